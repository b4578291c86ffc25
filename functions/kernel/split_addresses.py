"""Addresses that may have been cut in two, in a text that was pasted: their row is refused.

Between an address and the next word stand only signs that no address has. A stop, a dash or
anything else may have been a part of it there, and so may a word before it that ends in one.
"""

import re
from collections import Counter
from collections.abc import Sequence

from functions.kernel import clean
from functions.kernel.joined_addresses import completes
from functions.kernel.list_words import language_of, unlisted, unmarked
from functions.kernel.names import words

SIGNS = "@\uff20\ufe6b"
SIGN = re.compile(f"[{SIGNS}]")
WORD = re.compile(r"[^\s<>,;\"]+")
SEPARATORS = "\t;,|"
_EDGE = r"\s()\[\]\"\u201c-\u201f\u00ab\u00bb"
_JOINING = re.compile(
    f"(?<=[^{_EDGE}\u061c\ufe00-\ufe0f{clean.UNSEEN}])"
    f"(?:{clean.ANY_UNSEEN.pattern})++(?=[^{_EDGE}])"
)
_MAX_SAME = 4  # times that one address stands beside a name, as in a link of it
_CONTEXT = 400  # characters beside an address that are looked at; no address is as long
_BETWEEN = SEPARATORS + "\n <>"
_BEFORE = re.compile(r"[\s<>,;|]")
_QUOTES = "\"'\u201c\u201d"
_CLOSING = _QUOTES + r"\u2019\u00bb)\]}>"
# Stops of a domain, and what looks like one of them: in the middle or raised, of other scripts, two
# or three in one. With the shift key a stop is a colon.
_FULL = f"{clean.FULL_STOPS}\u2024\ufe52"
_STOPS = _FULL + (
    "\u00b7\u02d9\u0387\u0589\u06d4\u0701\u0702\u2022\u2025-\u2027\u2219\u22c5\u25cf\u25e6"
    "\u2e31\u2e33\u30fb\ua4f8\ua60e\ufe12\ufe30\uff65"
)
_COLONS = ":\u02d0\u2236\ua789\ufe55\uff1a"
_DASHES = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d\\-"
_ENDED = re.compile(f"[{_STOPS}{_COLONS}][{_CLOSING}]*$")
_STOPPED = re.compile(rf"[^\W_](?![{_COLONS}]+$)[{_STOPS}{_COLONS}_+={_DASHES}]+$")
_LABELLING = re.compile(rf"[^\W_][{_COLONS}]+$")
_LOOSE = re.compile(rf"\s+([{_STOPS}_+=]+)$")
_INNER_STOP = re.compile(rf"[^\W_][{_FULL}_+=]+[^\W_]")
_SINGLE = re.compile(r"(?:^|[\t;,|])\s*'")  # a quote that begins
_OPENED = re.compile(r'(?:^|(?<=[\s,;|]))"$')
_NUMBER = re.compile(r"\s*\d{1,3}[.)]")
_DIGITS = re.compile(r"(?:^|[\t;,|])\s*[+(]?\d(?:[\s()+./-]*\d){4,}[)]?$")  # a day, a telephone
# What may end a name, such as "A.", "A.-M." and "Jr.", where its letters after stops are capitals.
_INITIALS = re.compile(r"(?:([^\W\d_])-)?(?:[^\W\d_][a-z]?\.-?)+")
_OWN_CELL = re.compile(r"[\t;,|]\s*\w+$")
_CELLS = re.compile(r"\s*([\t;,])\s*")
_GAP = re.compile(r"(?:\W|_)*")  # up to the next letter or digit
_PARTING = re.compile(r"[\s,;|<(\[]")
# What parts two things where it has spaces around it, or a cell of its own.
_SIGN_APART = rf"(?:[{_DASHES}]+|[*=/&%~\u00d7])"
_LAST_ALONE = re.compile(rf"\s+{_SIGN_APART}$")
_ALONE = re.compile(rf"(?<= ){_SIGN_APART}(?= )|(?<=[\t;|]){_SIGN_APART}(?=[\t;|])")
_CLEAR = re.compile(
    r"[\s<>,;|()\[\]{}\"'\u2018\u2019\u201c-\u201f\u00ab\u00bb#+\u00a7\u20ac\u2713\u2714]*"
)
_CODE = re.compile(r",[a-z]{2,3}(?!\w)")
_WRAPPED = re.compile(rf"[a-z0-9-]+(?:[{_FULL}][a-z0-9-]+)*[{_FULL}]?(?!\w)")
_KNOWN_END = re.compile(
    r"[\s,;|-]+(?:ax|com|dk|edu|ee|eu|info|net|no|nu|org|ru|se|uk)(?!\w)"  # no languages
)
_JOINED_ON = re.compile(rf"[{_FULL}@]\w")
# What an address with a stop in it may leave behind where other things are: a domain, or its end.
_DOMAIN = re.compile(rf"\w[{_FULL}]\s?[^\W\d_]{{2,}}")
_END_OF_DOMAIN = re.compile("[a-z]{2,3}")
_LONGEST_NAME = 500
_GOES_ON = re.compile(rf"[{_STOPS}{_COLONS}{_DASHES}@]\s*\w")


def unjoined(pasted: str) -> str:
    """A paste with a sign that no address has wherever an unseen character is within a word with
    an address, or between two names, as two words may meet there."""
    if pasted.isascii():
        return pasted
    return WORD.sub(
        lambda m: _JOINING.sub(clean.UNREADABLE, m[0]) if SIGN.search(m[0]) else m[0],
        clean.apart(pasted),
    )


def torn(text: str, before: str = "", after: str = "") -> bool:
    """Whether what stands beside an address may be a part of it, in this text or in those before
    and after it; or a bracket or a quote is without its pair.

    After a name such as "Virtanen A." an address stands in brackets, or the name in quotes.
    """
    paired = unmarked(text.strip())
    if any(paired.count(a) != paired.count(b) for a, b in ("<>", "()")) or text.count('"') % 2:
        return True
    signed = [m for m in WORD.finditer(text) if SIGN.search(m[0])]
    return len(signed) > _MAX_SAME or any(
        _cut(before + text[: m.start()], m[0], text[m.end() :] + after) for m in signed
    )


def torn_by_break(before: str, line: str, after: str) -> bool:
    """Whether the address at the start of a line may begin in the line before, or the one at its
    end go on in the line after."""
    last, first = before[-_CONTEXT:].split()[-1:], WORD.search(line[:_CONTEXT])
    adjacent = last and first and SIGN.search(first[0]) and not SIGN.search(last[0])
    if (
        adjacent
        and first
        and (_WRAPPED.fullmatch(before) or _begun(f"{before[-_CONTEXT:]}\n", first[0]))
    ):
        return True
    tail, head = line[-_CONTEXT:], unlisted(after[:_CONTEXT]).strip(f" \t{_QUOTES}")
    signed = [m for m in WORD.finditer(tail) if SIGN.search(m[0])]
    if not head or not signed or not _GAP.fullmatch(tail, signed[-1].end()):
        return False
    if SIGN.search(head):  # somebody else's line, unless it begins like that
        return bool(_JOINED_ON.match(head))
    ended = _ENDED.search(tail) and not head[0].isupper()
    ended = ended or completes(signed[-1][0], head.split()[0])
    return bool(ended or _GOES_ON.match(head) or _WRAPPED.match(head))


def continues_adjacent(cells: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether the cell after an address has what may be the end of it: a separator was a stop."""
    pairs = zip(columns, columns[1:], cells[1:], strict=False)
    return any(
        head == "email" and other != "language" and _END_OF_DOMAIN.fullmatch(cell)
        for head, other, cell in pairs
    )


def in_doubt(cell: str, named: Counter[str]) -> bool:
    """Whether a cell that would be left out may be a part of an address or of a name, whose words
    are ``named``: it holds a domain, or words of theirs alone."""
    repeats = any(map(str.isalpha, cell)) and len(cell) <= _LONGEST_NAME and words(cell) <= named
    return repeats or bool(_DOMAIN.search(cell))


def _cut(before: str, address: str, after: str) -> bool:
    """Whether the text before an address may end with the beginning of it, or the text after it
    begin with its end. A comma that is the only one may have been a stop."""
    return (
        _shares_brackets(before, after)
        or _begun(before[-_CONTEXT:], address)
        or _continued(address, after[:_CONTEXT])
        or bool(_KNOWN_END.match(after))
        or completes(address, next(iter(re.findall(r"\w+", after[:_CONTEXT])), "."))
        or bool(_CODE.match(after) and "," not in before and "," not in after[1:])
    )


def _shares_brackets(before: str, after: str) -> bool:
    """Whether anything else is in the ``<>`` that are around an address."""
    opened = before.rfind("<")
    if opened <= before.rfind(">"):
        return False
    adjacent = before[opened + 1 :] + re.split("[<>]", after, maxsplit=1)[0]
    return bool(adjacent.strip(' \t"'))


def _begun(before: str, address: str) -> bool:
    """Whether the word before an address may be the beginning of it."""
    before = _OPENED.sub("", before)
    lead = before.rstrip(_BETWEEN)
    between = before[len(lead) :]
    if lead.endswith("'") and not _SINGLE.search(lead):
        return True
    name = _LOOSE.sub(r"\1", _LAST_ALONE.sub("", lead.rstrip(_QUOTES)))
    word = _BEFORE.split(name)[-1]
    if not word or SIGN.search(word) or _NUMBER.fullmatch(name):
        return False
    if lead[-1] in _QUOTES or between.endswith("<") or address[0] in "([":
        joined = not between.strip("<>")
        return bool(_STOPPED.search(word)) and (joined or not any(map(str.isupper, word)))
    if _ends_a_name(name, between) and address == address.lower():
        return False
    if _CELLS.fullmatch(between) and _DIGITS.search(name):
        return False
    if word.islower() and (_LABELLING.search(word) or _repeats(name, word)):
        return True
    return bool(_STOPPED.search(word) or _INNER_STOP.search(word))


def _repeats(name: str, word: str) -> bool:
    """Whether a word is one letter, or a part of the name once more: so begins an address whose
    stop is gone."""
    if _OWN_CELL.search(name) and language_of(word):
        return False
    named, known = words(word), words(name)
    lone = len(word) == 1 and word != "x" and known.total() > 1
    return lone or (bool(named) and all(known[each] > 1 for each in named))


def _continued(address: str, after: str) -> bool:
    """Whether the word after an address may be the end of it, by what stands between them."""
    between = _GAP.match(after)[0]  # type: ignore[index]
    if between == after:
        return False
    rest = _ALONE.sub("", after[: len(between) + 1])
    parted = _PARTING.search(between) and _CLEAR.fullmatch(rest[:-1])
    return bool(_ENDED.search(address)) or not parted


def _ends_a_name(lead: str, between: str) -> bool:
    """Whether a cell of a line ends, as names do, in initials after a capitalised word; no address
    that goes on in small letters begins like that."""
    separator = _CELLS.fullmatch(between)
    words = lead.rpartition(separator[1])[2].split() if separator else []
    if len(words) < 2 or not _INITIALS.fullmatch(words[-1]):
        return False
    parts = [part for part in re.split(r"[.-]+", words[-1]) if part]
    return all(part[0].isupper() for part in (words[-2], *parts))
