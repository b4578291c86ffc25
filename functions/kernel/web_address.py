"""Web addresses that people type, such as that of a video meeting."""

import re
from urllib.parse import quote, urlsplit

from functions.kernel import clean

_SCHEME = "https"
_KEPT = "-._~:/?#[]@!$&'()*+,;=%"
_SAFE = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_FORBIDDEN = re.compile(r"[\s\\\"<>^`{|}]")


def read_web_address(typed: str) -> str | None:
    """An address that begins with ``https://``, its host in IDNA form and its other letters
    percent-encoded; None for what is none.

    A user's name or a port other than 443 in it, and a host that is a number or has no domain,
    make it none: they are used to lead to another place than it seems.
    """
    found = clean.bare(typed)
    if _FORBIDDEN.search(found) or clean.has_controls(found, lines=False):
        return None
    try:
        parts = urlsplit(found)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme != _SCHEME or "@" in parts.netloc or port not in (None, 443):
        return None
    host = clean.domain(parts.hostname or "")
    rest = found.partition("//")[2][len(parts.netloc) :]
    rest = quote(rest, safe=_KEPT)
    return f"{_SCHEME}://{host}{rest}" if host and _SAFE.fullmatch(rest) else None
