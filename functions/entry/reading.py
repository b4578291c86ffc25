"""Reading a form from a request: whole and right, or refused before anything is done."""

import re
from urllib.parse import parse_qsl

from flask import Request

from functions.kernel.errors import TooLarge, Unreadable

# The largest public form where all is as long as can be, and as much again of something pasted: a
# letter such as ä is 6 bytes of what is sent, and one of another script up to 12.
MAX_BYTES = 512 * 1024
MAX_FIELDS = 200
TYPED = "kapula.typed"  # where a request keeps what was read
SPOKEN = "kapula.language"  # and the language that a form which could not be read says it has
_LANGUAGE = re.compile(rb"(?:^|&)_lang=([a-z]{2})(?=&|$)")


def read_form(request: Request) -> dict[str, str]:
    """The fields of an urlencoded UTF-8 form, each once; ``Unreadable`` or ``TooLarge``."""
    body = request.stream.read(MAX_BYTES + 1)  # no further, however long it says it is
    if match := _LANGUAGE.search(body):
        request.environ[SPOKEN] = match[1].decode()
    if len(body) > MAX_BYTES:
        raise TooLarge
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Unreadable
    if request.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Unreadable
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except ValueError as error:  # UnicodeDecodeError is one
        raise Unreadable from error
    typed = dict(pairs)
    if len(typed) != len(pairs):
        raise Unreadable
    request.environ[TYPED] = typed  # the stream is read once; a crash page gives this back
    return typed
