"""Starts Lambda's runtime client with AWS's names leading to the fake AWS; copied beside it."""

import os
import socket
import sys
from typing import Any

_real = socket.getaddrinfo


def _here(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
    if str(host).endswith(".amazonaws.com"):
        host, port = "127.0.0.1", int(os.environ["KAPULA_BENCH_PORT"])
    return _real(host, port, *rest, **more)


if __name__ == "__main__":
    socket.getaddrinfo = _here
    from awslambdaric.__main__ import main

    main(sys.argv)
