"""A server as seen over a slow line: each page comes in pieces, with pauses between them."""

import random
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from urllib.parse import urlsplit

PIECES = 12
PAUSE = 0.005  # seconds; longer ones find no more of what is lost


@contextmanager
def slowly(site: Path, pages: Mapping[str, str]) -> Iterator[str]:
    """The address of a server with these ``pages`` by path, and else the built site's files."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            file = site / path.lstrip("/")
            file = file / "index.html" if file.is_dir() else file
            content = pages.get(path, "").encode() or (file.read_bytes() if file.is_file() else b"")
            kind = "text/html" if path in pages else guess_type(file.name)[0] or "text/plain"
            self.send_response(200 if content else 404)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            for piece in _pieces(content) if kind == "text/html" else [content]:
                self.wfile.write(piece)
                self.wfile.flush()
                time.sleep(PAUSE if kind == "text/html" else 0)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _pieces(content: bytes) -> Iterator[bytes]:
    """The content, cut at other places each time."""
    cuts = sorted(random.sample(range(1, max(len(content), PIECES + 1)), PIECES - 1))
    for first, last in zip([0, *cuts], [*cuts, len(content)], strict=True):
        yield content[first:last]
