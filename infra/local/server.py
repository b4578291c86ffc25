"""An HTTP server on a thread, which can be stopped."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 8
LARGEST_BODY = 32 * 2**20
"""Bytes that are read before refusing. Far above what the functions take: they refuse with a
readable page, which needs the whole request to have arrived; a cut connection shows nothing."""


class Server:
    """Waitress on a bound socket."""

    def __init__(self, app: WSGIApplication, listener: socket.socket) -> None:
        self._open: dict[int, Any] = {}  # what the server listens and talks on, by descriptor
        self._server: Any = create_server(
            app,
            map=self._open,
            sockets=[listener],
            threads=THREADS,
            ident=None,
            max_request_body_size=LARGEST_BODY,
        )
        self._thread = threading.Thread(target=self._server.run, name="kapula-http", daemon=True)

    def start(self) -> None:
        """Accept connections from now on."""
        self._thread.start()

    def close(self) -> None:
        """Let the requests under way end, then close every connection."""
        self._server.task_dispatcher.shutdown()
        self._server.trigger.pull_trigger(self._close_all)  # on the thread that owns them
        self._thread.join(10)

    def _close_all(self) -> None:
        self._server.asyncore.close_all(self._open, ignore_all=True)
