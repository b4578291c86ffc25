"""Typed text made safe and comparable before anything else looks at it."""

import re
import unicodedata

# Bidirectional controls (Unicode UAX #9) can make text read as something it is not.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]{3,28}[0-9]")
_BREAKS = "\u2028\u2029\x85\x0b\x0c"


def text(raw: str) -> str:
    """NFC, one kind of line break, no bidi controls, no white space around."""
    unified = raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw
    if unified.isascii():  # of which each text is its own NFC, and no bidi control is part
        return unified.strip()
    return unicodedata.normalize("NFC", _BIDI.sub("", unified)).strip()


def has_controls(value: str, *, lines: bool) -> bool:
    """Whether control characters remain; ``lines`` allows line feeds and tabs."""
    if value.isprintable():  # then there is none, and no need to look at each character
        return False
    allowed = "\n\t" if lines else ""
    return any(
        (unicodedata.category(c) in ("Cc", "Cs") or c in _BREAKS) and c not in allowed
        for c in value
    )


def domain(value: str) -> str | None:
    """The IDNA (UTS 46) form of a domain in lower case, or None if it is none.

    Comparing this form keeps look-alike letters of other scripts from matching ours.
    """
    try:
        ascii_form = value.encode("ascii").decode().lower()
    except UnicodeEncodeError:
        import idna  # its tables are large and nearly every address is plain ASCII

        try:
            ascii_form = idna.encode(value, uts46=True).decode()
        except idna.IDNAError:
            return None
    labels = ascii_form.split(".")
    if len(ascii_form) > 253 or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return None
    return None if labels[-1].isdigit() else ascii_form


def email(value: str) -> str | None:
    """The address with its domain in IDNA form, or None if it cannot be one (RFC 5321).

    ``=?`` begins an encoded word (RFC 2047), which a mail header would turn into another
    address, or several.
    """
    local, at, host = value.rpartition("@")
    if not at or len(local) > 64 or "=?" in local or not _LOCAL_PART.fullmatch(local):
        return None
    host_form = domain(host)
    address = f"{local}@{host_form}"
    return address if host_form and len(address) <= 254 else None


def phone(value: str) -> str | None:
    """A telephone number as typed if it can be one (5-30 digits and separators), else None."""
    return value if _PHONE.fullmatch(value) else None
