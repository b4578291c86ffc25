"""One origin for the whole product: functions, mailbox and site.

In the cloud this is CloudFront and the HTTP API. The access log names routes, not paths: a path can
hold the token of a link, and a log must not.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("kapula.local.access")

SAFE = ("GET", "HEAD", "OPTIONS")
DOCUMENTS = re.compile("/api/t/[^/]+/documents/[^/]+")


class Front:
    """The WSGI application that sends each request to the application that owns its path."""

    def __init__(
        self,
        public: Flask,
        party: Flask,
        documents: Flask,
        desk: Flask,
        mailbox: Flask,
        site: WSGIApplication,
        changed: Callable[[], None],
    ) -> None:
        """`changed` is called after every request that may have written something."""
        self._apps = (
            ("/api/forms/", public),
            ("/api/my/", public),
            ("/api/supervisors", public),
            ("/api/desk", desk),
            ("/api/d/", desk),
            ("/api/", party),
            ("/_mailbox/", mailbox),
        )
        self._documents = documents
        self._site = site
        self._changed = changed

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Pass a request on, and log its route."""
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        began = time.perf_counter()
        statuses: list[str] = []

        def noting(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            statuses.append(status[:3])
            return start(status, headers, *rest)

        if path == "/_mailbox":
            return redirect("/_mailbox/", 308)(environ, start)
        app = self._owner(path)
        try:
            body = app(environ, noting) if app else self._site(environ, noting)
        except Exception:  # else waitress would log it, with the path
            log.exception("%s %s failed", method, route_of(app, path, method))
            body = Response("Something went wrong.\n", 500)(environ, noting)
        if app and method not in SAFE:
            self._changed()
        status = statuses[0] if statuses else "-"
        milliseconds = (time.perf_counter() - began) * 1000
        route = site_route(path, status) if app is None else route_of(app, path, method)
        log.info("%s %s %s %.0f ms", method, route, status, milliseconds)
        return body

    def _owner(self, path: str) -> Flask | None:
        """As the HTTP API has it: the most exact route wins."""
        if DOCUMENTS.fullmatch(path):
            return self._documents
        return next((app for prefix, app in self._apps if path.startswith(prefix)), None)


def route_of(app: Flask | None, path: str, method: str) -> str:
    """The pattern that a path matches, e.g. `/api/t/<token>`; never the path itself."""
    if app is None:
        return "(site)"
    try:
        rule, _ = app.url_map.bind("").match(path, method=method, return_rule=True)
    except HTTPException:
        return f"({app.name}: no such route)"
    return str(rule.rule)


def site_route(path: str, status: str) -> str:
    """A page's path, once it is known to be a page: a mistyped link is not logged either."""
    return path if status in ("200", "304") else "(site)"
