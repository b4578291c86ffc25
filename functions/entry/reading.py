"""Reading a form from a request: whole and right, or refused before anything is done."""

from urllib.parse import parse_qsl

from flask import Request

from functions.kernel.errors import TooLarge, Unreadable

MOST_BYTES = 64 * 1024
MOST_FIELDS = 200
TYPED = "kapula.typed"  # where a request keeps what was read


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
    request.environ[TYPED] = typed  # the stream is read once; a crash page gives this back
    return typed
