"""Loopback sockets."""

from __future__ import annotations

import errno
import socket
import time


class PortTakenError(Exception):
    """Somebody else listens on the wanted port; the message says so in one line."""


def listening_socket(port: int = 0, patience: float = 0) -> socket.socket:
    """A bound loopback socket; 0 takes any free port, `patience` is in seconds.

    Binding first and handing the socket on leaves no moment for another program to take the
    port in between. Raises PortTakenError.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return _bound(port)
        except PortTakenError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.1)


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        hint = f"PORT={port + 1} make run" if port < 65535 else "PORT=8000 make run"
        raise PortTakenError(f"Port {port} is not free. Choose another: {hint}") from None
    return listener
