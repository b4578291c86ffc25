"""What every web function shares: reading a form, headers, and one answer to each error."""

import logging
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException

from functions.entry.logs import tell
from functions.entry.note import note_page
from functions.kernel import DEFAULT_LANGUAGE, LANGUAGES
from functions.kernel.errors import KapulaError, TooLarge, Unavailable, Unreadable
from functions.services.wiring import Services

MOST_BYTES = 64 * 1024
MOST_FIELDS = 200
_log = logging.getLogger("kapula.web")
_HEADERS = {
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
_TYPED = "kapula.typed"
_PAGES = {404: "refused", 405: "method", 413: "too_large", 429: "too_many"}


def read_form(request: Request) -> dict[str, str]:
    """The fields of an urlencoded UTF-8 form, each once; ``Unreadable`` or ``TooLarge``."""
    if request.content_length is not None and request.content_length > MOST_BYTES:
        raise TooLarge
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Unreadable
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Unreadable
    body = request.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise TooLarge
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:  # UnicodeDecodeError is one
        raise Unreadable from error
    typed = dict(pairs)
    if len(typed) != len(pairs):
        raise Unreadable
    request.environ[_TYPED] = typed  # the stream is read once; a crash page gives this back
    return typed


def language_of(wanted: str | None, otherwise: str = DEFAULT_LANGUAGE) -> str:
    """A language we speak."""
    return wanted if wanted in LANGUAGES else otherwise


def page(html: str, status: int = 200) -> Response:
    """An HTML answer."""
    return Response(html, status=status, mimetype="text/html")


class _App(Flask):
    """Flask that never writes a path into a log: the paths of links are secrets."""

    def log_exception(self, exc_info: Any) -> None:
        """Called when an error page itself could not be made."""
        tell(_log, f"no error page for {request.url_rule}", exc_info[1])


def make_app(name: str, services: Services) -> Flask:
    """A Flask app with our headers and errors; its routes are the caller's."""
    app = _App(name, static_folder=None)
    app.extensions["kapula"] = services
    app.after_request(_with_headers)
    app.register_error_handler(KapulaError, _refuse)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _crash)
    return app


def request_language() -> str:
    """The language to say in what went wrong: the form's, the address's, or the browser's."""
    accepted = language_of(request.accept_languages.best_match(LANGUAGES))
    typed: dict[str, str] = request.environ.get(_TYPED, {})
    return language_of(typed.get("_lang", request.args.get("lang")), accepted)


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response


def _refuse(error: KapulaError) -> Response:
    again = isinstance(error, Unavailable)  # what was typed is given back, to be sent again
    typed = request.environ.get(_TYPED) if again else None
    return page(note_page(request_language(), f"errors.{error.code}", typed), error.status)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    key = _PAGES.get(status, "unreadable" if status < 500 else "crash")
    return page(note_page(request_language(), f"errors.{key}"), status)


def _crash(error: Exception) -> Response:
    """The last resort. Logged by type and place, without what anybody typed."""
    tell(_log, f"unexpected in {request.url_rule}", error)
    typed = request.environ.get(_TYPED)
    return page(note_page(request_language(), "errors.crash", typed), 500)
