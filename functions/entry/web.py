"""What every web function shares: headers, and one answer to each error."""

import logging
import re
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from functions.entry.error_pages import (
    duty_lost_page,
    handed_on_page,
    message_page,
    old_desk_page,
    open_desk_page,
)
from functions.entry.reading import SPOKEN, TYPED
from functions.kernel import DEFAULT_LANGUAGE, LANGUAGES
from functions.kernel.errors import (
    Broken,
    DeskOver,
    DutyLost,
    HandedOn,
    KapulaError,
    Unavailable,
    Unknown,
)
from functions.kernel.release import RELEASE
from functions.services.container import Services
from functions.services.logs import log_error

_log = logging.getLogger("kapula.web")
_HEADERS = {
    "Kapula-Release": RELEASE,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}
KEPT_FOR_BACK = "private, no-cache"
# What mail programs take for a part of a link that ends a sentence or stands in brackets.
_TAILED = re.compile(r"(/api/[td]/[\w.-]*[\w-])[.,;:!?=)\]}>'\"»”’]+", re.ASCII)
_LINK = re.compile(r"/api/[td]/([^/]+)")
_PAGES = {404: "refused", 405: "method", 413: "too_large", 429: "too_many"}


def language_of(requested: str | None, otherwise: str = DEFAULT_LANGUAGE) -> str:
    """A language we speak."""
    return requested if requested in LANGUAGES else otherwise


def page(html: str, status: int = 200) -> Response:
    """An HTML answer."""
    return Response(html, status=status, mimetype="text/html")


def file(content: bytes, kind: str, name: str, shown: str) -> Response:
    """A file called ``name``, to be shown ``inline`` or kept as an ``attachment``."""
    headers = {"Content-Disposition": f'{shown}; filename="{name}"'}
    return Response(content, mimetype=kind, headers=headers)


def go_on(address: str) -> Response:
    """What follows a POST that was taken: the browser asks for that page, and can do so again."""
    return Response(status=303, headers={"Location": address})


class _App(Flask):
    """Flask that never writes a path into a log: the paths of links are secrets."""

    def log_exception(self, exc_info: Any) -> None:
        """Called when an error page itself could not be made."""
        log_error(_log, f"no error page for {request.url_rule}", exc_info[1])


def make_app(
    name: str, services: Services, reader: Callable[[Services, str], str] | None = None
) -> Flask:
    """A Flask app with our headers and errors; its routes are the caller's. ``reader`` gives the
    language of who holds the link of a token, for pages that say what went wrong below it."""
    app = _App(name, static_folder=None)
    app.extensions["kapula.reader"] = reader
    app.url_map.merge_slashes = False  # it redirects, to whichever host the request names
    app.extensions["kapula"] = services
    app.before_request(_untailed)
    app.after_request(_with_headers)
    app.register_error_handler(KapulaError, _refuse)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)
    return app


def request_language() -> str:
    """The language to say in what went wrong: the form's, the address's, that of who holds the
    link, or the browser's."""
    asked = request.environ.get(SPOKEN, request.args.get("lang"))
    if asked not in LANGUAGES:
        asked = _readers_language()
    return language_of(asked, language_of(request.accept_languages.best_match(LANGUAGES)))


def _readers_language() -> str:
    """The language on record of who holds the link that a page is below; "" if nobody does."""
    reader, found = current_app.extensions["kapula.reader"], _LINK.match(request.path)
    if reader is None or found is None:
        return ""
    try:
        return str(reader(current_app.extensions["kapula"], found[1]))
    except Exception:  # noqa: BLE001  # what went wrong is said in some language
        return ""


def _untailed() -> Response | None:
    """The way to the address of a link without the signs that came to stand behind it."""
    found = _TAILED.fullmatch(request.path) if request.method in ("GET", "HEAD") else None
    if found is None:
        return None
    services: Services = current_app.extensions["kapula"]
    query = request.query_string.decode("ascii", "ignore")
    return go_on(f"{services.rules.base_url}{found[1]}{'?' if query else ''}{query}")


def _with_headers(response: Response) -> Response:
    """Our headers on every answer; a page that says how it may be kept keeps its word.

    A page that answers a form shows what was typed. The browser keeps it for its Back button,
    which would otherwise ask to send the form again and lose what was typed.
    """
    kept = response.headers.get("Cache-Control")
    shown = response.mimetype == "text/html" and response.status_code != 303
    if not kept and TYPED in request.environ and shown:
        kept = KEPT_FOR_BACK
    response.headers.extend(_HEADERS)
    if kept:
        response.headers["Cache-Control"] = kept
    return response


def _refuse(error: KapulaError) -> Response:
    if isinstance(error, Unknown):  # not of a case: one that was edited is ``Broken``
        log_error(_log, f"case not as it was written in {request.url_rule}", error)  # an alarm
    if isinstance(error, DeskOver):
        return _desk_over(error)
    if isinstance(error, HandedOn):
        typed = request.environ.get(TYPED)
        return page(handed_on_page(request_language(), error.names, typed), error.status)
    if isinstance(error, DutyLost):
        typed = request.environ.get(TYPED)
        return page(duty_lost_page(request_language(), typed), error.status)
    is_recoverable = isinstance(error, Broken | Unavailable)  # what was typed is given back
    typed = request.environ.get(TYPED) if is_recoverable else None
    values = error.values if isinstance(error, Broken) else {}
    html = message_page(request_language(), f"errors.{error.code}", typed, values)
    return page(html, error.status)


def _desk_over(error: DeskOver) -> Response:
    """The page of a link to a desk that shows none now, or of a case on it: to open it, or why it
    is over."""
    home = f"/api/d/{(request.view_args or {})['token'].partition('.')[0]}"
    language = language_of(request.environ.get(SPOKEN, request.args.get("lang")), error.language)
    status = 200 if request.method == "GET" else error.status
    if error.standing == "unopened":
        return page(open_desk_page(language, home, error.email), status)
    typed = None if error.done else request.environ.get(TYPED)
    known = (language, home, error.email, error.standing, typed)
    return page(old_desk_page(*known, done=error.done), status)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    key = _PAGES.get(status, "unreadable" if status < 500 else "crash")
    answer = page(message_page(request_language(), f"errors.{key}"), status)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _crash(error: Exception) -> Response:
    """The last resort. Logged by type and place, without what anybody typed."""
    log_error(_log, f"unexpected in {request.url_rule}", error)
    typed = request.environ.get(TYPED)
    return page(message_page(request_language(), "errors.crash", typed), 500)
