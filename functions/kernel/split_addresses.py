"""Addresses that may have been cut in two, in a line that was pasted: their row is refused."""

import re

SIGNS = "@\uff20\ufe6b"
SIGN = re.compile(f"[{SIGNS}]")
WORD = re.compile(r"[^\s<>,;\"]+")
SEPARATORS = "\t;,|"
_MOST_SAME = 4  # times that one address stands beside a name, as in a link of it
_BETWEEN = SEPARATORS + " <>"
_BEFORE = re.compile(r"[\s<>,;|]")
END_OF_ONE = re.compile(r"[\s,;|<>]+[.@][^\W_]")
_STOPPED = re.compile(r"[^\W_][._+=-]+$")
_INNER_STOP = re.compile(r"[^\W_][._+=]+[^\W_]")
_SINGLE = re.compile(r"(?:^|[\t;,|])\s*'")  # a quote that begins
_CLOSING = '"\u201c\u201d'
_NUMBER = re.compile(r"\s*\d{1,3}[.)]")
# What may end a name, such as "A.", "A.-M." and "Jr.", where its letters after stops are capitals.
_INITIALS = re.compile(r"(?:([^\W\d_])-)?(?:[^\W\d_][a-z]?\.-?)+")
_CELLS = re.compile(r"\s*([\t;,])\s*")


def torn(text: str) -> bool:
    """Whether what stands beside an address may be a part of it: a word that ends in a stop or
    has one within it, or a bracket without its pair.

    After a name such as "Virtanen A." an address stands in brackets, or the name in quotes.
    """
    if text.count("<") != text.count(">"):
        return True
    signed = [m for m in WORD.finditer(text) if SIGN.search(m[0])]
    return len(signed) > _MOST_SAME or any(
        cut(text[: m.start()], m[0], text[m.end() :]) for m in signed
    )


def cut(before: str, address: str, after: str) -> bool:
    """Whether the text before an address may end with the beginning of it, or the text after it
    begin with its end."""
    if END_OF_ONE.match(after):
        return True
    if address[0] in "([" or (before.endswith("<") and after[:1] in ("<", ">")):
        return bool(_STOPPED.search(before.removesuffix("<")[-2:]))
    lead = before.rstrip(_BETWEEN)
    if _ends_a_name(lead, before[len(lead) :]) and address == address.lower():
        return False
    word = _BEFORE.split(lead)[-1]
    if not word or "@" in word or _NUMBER.fullmatch(lead) or word[-1] in _CLOSING:
        return False
    open_ended = word[-1] == "'" and not _SINGLE.search(lead)
    return open_ended or bool(_STOPPED.search(word) or _INNER_STOP.search(word))


def _ends_a_name(lead: str, between: str) -> bool:
    """Whether a cell of a line ends, as names do, in initials after a capitalised word; no address
    that goes on in small letters begins like that."""
    mark = _CELLS.fullmatch(between)
    words = lead.rpartition(mark[1])[2].split() if mark else []
    if len(words) < 2 or not _INITIALS.fullmatch(words[-1]):
        return False
    parts = [part for part in re.split(r"[.-]+", words[-1]) if part]
    return all(part[0].isupper() for part in (words[-2], *parts))
