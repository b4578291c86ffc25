"""Shows that a trimmed package still works: every operation, in an interpreter of its own.

The interpreter sees the package and the standard library, nothing else. An AWS of its own
answers each call with nearly nothing, which is enough for a page, for the retries, and for
botocore to show that it has the model, the endpoint rules and the serialisers of every
operation the function uses.
"""

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from infra.deploy.install import PackagingError
from infra.deploy.plan import Function

PROGRAM = Path(__file__).with_name("smoke_inside.py")
# A parameter for SSM, an empty page for DynamoDB; every other operation overlooks both.
_ANSWER = {"Parameter": {"Value": "smoke"}, "Items": [], "Count": 0, "ScannedCount": 0}


class _Aws(BaseHTTPRequestHandler):
    """Answers anything with the same; only the very first call fails, and is made again."""

    protocol_version = "HTTP/1.1"
    status = 500

    def do_POST(self) -> None:
        """One call."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps(_ANSWER).encode()
        self.send_response(self.status)
        type(self).status = 200
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
        """Silence."""


@contextmanager
def _aws() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Aws", (_Aws,), {}))
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def run(function: Function, roots: Sequence[Path], interpreter: str) -> None:
    """Try a laid-out package; `PackagingError` with what it said if it does not work."""
    with _aws() as endpoint:
        environment = {
            "PATH": os.environ["PATH"],
            "AWS_REGION": "eu-north-1",
            "AWS_DEFAULT_REGION": "eu-north-1",
            "AWS_ACCESS_KEY_ID": "smoke",
            "AWS_SECRET_ACCESS_KEY": "smoke",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": endpoint,
            "KAPULA_BASE_URL": "https://smoke.example.org",
            "KAPULA_STAGE": "smoke",
            "KAPULA_TABLE_PREFIX": "smoke",
            "KAPULA_SENDER": "smoke@example.org",
            "KAPULA_SECRET_PARAMETER": "/smoke",
            "KAPULA_ORIGIN": "smoke",
        }
        # -S -I: no site-packages and no paths but the package's own, -B: leave no traces in it.
        command = [interpreter, "-S", "-I", "-B", str(PROGRAM)]
        command += [json.dumps([str(root) for root in roots])]
        command += [function.handler, json.dumps(function.operations)]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    if done.returncode:
        raise PackagingError(f"{function.name} does not work when packaged:\n{done.stderr}")
