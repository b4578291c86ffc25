"""Serve the built site as CloudFront does: index pages, one 404 per language, headers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join
from werkzeug.utils import redirect, send_file
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LANGUAGES = ("sv", "en")  # Finnish has the root


def content_security_policy(script_hashes: Sequence[str]) -> str:
    """The site's policy; `script_hashes`: sources like `'sha256-…'` with their quotes."""
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


class StaticSite:
    """A WSGI application for a folder of built pages."""

    def __init__(self, root: Path | None, policy: str) -> None:
        """`root` None: a stack without a site, where every page is missing."""
        self._root = root.resolve() if root else None
        self._policy = policy

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer with the site's headers."""
        request = Request(environ)
        response = self.respond(request)
        response.headers["Content-Security-Policy"] = self._policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response(environ, start)

    def respond(self, request: Request) -> Response:
        """The file, a redirect to its folder, or the 404 page of the path's language."""
        if request.method not in ("GET", "HEAD"):
            return Response("Method not allowed\n", 405, {"Allow": "GET, HEAD"})
        path = self._find(request.path)
        if path is None:
            return self._missing(request)
        if path.is_dir():
            if not request.path.endswith("/"):
                return redirect(request.path + "/", 301)
            path = path / "index.html"
        elif request.path.endswith("/"):
            return self._missing(request)
        return self._send(request, path) if path.is_file() else self._missing(request)

    def _find(self, path: str) -> Path | None:
        """What the path names inside the site; nothing outside it, also not by a link."""
        inner = path.strip("/").split("/")
        odd = "\0" in path or (path != "/" and any(name in ("", ".", "..") for name in inner))
        if self._root is None or odd:
            return None
        joined = safe_join(str(self._root), path.strip("/"))
        if joined is None:
            return None
        found = Path(joined).resolve()
        return found if found.exists() and found.is_relative_to(self._root) else None

    def _send(self, request: Request, path: Path) -> Response:
        response = send_file(path, request.environ, conditional=True, etag=True)
        response.headers.remove("Content-Disposition")  # names a file that nobody saves
        return response

    def _missing(self, request: Request) -> Response:
        first = request.path.strip("/").partition("/")[0]
        name = f"{first}/404.html" if first in LANGUAGES else "404.html"
        page = self._root / name if self._root else None
        if page is None or not page.is_file():
            return NotFound().get_response(request.environ)
        return Response(page.read_bytes(), 404, mimetype="text/html")
