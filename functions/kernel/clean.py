"""Normalises typed text before anything else reads it, so that it is safe and comparable."""

import re
import unicodedata
from itertools import groupby
from urllib.parse import unquote

# Bidirectional controls (Unicode UAX #9) can make text read as something it is not.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Characters without a shape of their own: those that Unicode has ignored where they are not known
# (Default_Ignorable_Code_Point), other controls of format, and what stands for an object. Between
# letters the joiners U+200C and U+200D matter in some scripts, and U+FE00-FE0F choose how the
# character before them looks.
UNSEEN = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
UNSEEN += "\u2800\u3164\ufeff\uffa0\ufff0-\ufffc\U00013430-\U0001343f\U0001bca0-\U0001bca3"
UNSEEN += "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
ANY_UNSEEN = re.compile(f"[\u061c\ufe00-\ufe0f{UNSEEN}]")
UNREADABLE = "\ufffd"
_MEETING = re.compile(rf"(?<=([^\W\d_]))(?:{ANY_UNSEEN.pattern})++(?=([^\W\d_]))")
_AT_THE_START = re.compile(rf"[\s\ufe00-\ufe0f{UNSEEN}]+")
_AT_THE_END = re.compile(rf"[\s{UNSEEN}]")
# Those that shape what they follow stay within a line after it alone: joiners between letters of
# Arabic and of scripts of India and around it, and between emoji; signs that choose how Mongolian
# is written, or which picture of an ideograph is meant. Fillers as wide as a space are one.
_JOINERS = "\u200c\u200d"
_JOINED = "\u0600-\u0fff\u1000-\u109f\u1780-\u180a\u1810-\u1cff\ua800-\uabff\ufb50-\ufdff"
_JOINED += "\ufe70-\ufefe\U00010a00-\U00011fff\u203c-\u3299\U0001f000-\U0001faff"
_UNSEEN_IN_ADDRESSES = re.compile(f"(?![{_JOINERS}]){ANY_UNSEEN.pattern}")
_OF_MONGOLIAN, _MONGOLIAN = "\u180b-\u180f", "\u1800-\u180a\u1810-\u18af"
_OF_IDEOGRAPHS = "\ufe00-\ufe0d\U000e0100-\U000e01ef"
_IDEOGRAPHS = "\u2e80-\u2fff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SHAPING = f"[{_JOINERS}{_OF_MONGOLIAN}{_OF_IDEOGRAPHS}]"
_IDLE = re.compile(
    f"(?<={_SHAPING}){_SHAPING}+"
    f"|(?<![{_JOINED}])[{_JOINERS}]+|[{_JOINERS}]++(?![{_JOINED}])"
    f"|(?<![{_MONGOLIAN}])[{_OF_MONGOLIAN}]+|(?<![{_IDEOGRAPHS}])[{_OF_IDEOGRAPHS}]+"
)
_FILLERS = re.compile("[\u2800\u3164\uffa0]")
_NEVER = re.compile(f"(?!{_SHAPING}|{_FILLERS.pattern})[\ufe0e\ufe0f{UNSEEN}]")
_MAX_ROUNDS = 4  # in which marks change their order when something between them is gone
_SPACES = re.compile("[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")  # category Zs
# Category Pd but the hyphen-minus, the minus sign and the hyphen bullet.
ODD_DASHES = re.compile(
    "[\u058a\u05be\u1400\u1806\u2010-\u2015\u2043\u2212\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d\u301c"
    "\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d\U00010d6e\U00010ead]"
)
MAX_MARKS = 30  # on one letter (UAX #15, stream-safe text); more are no writing
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LINK = "mailto:"
# Latin letters with marks, without those that are easily taken for others (dotless i, long s).
_PLAINLY_LATIN = re.compile("[\\x20-\\x7e\u00c0-\u0130\u0132-\u017e]*")
_LOOSE_IN_DOMAIN = re.compile(f"[{_JOINERS}]|[A-Za-z0-9][\u0300-\u036f]")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TOP_LEVEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")  # letters alone, or other letters
_PHONE = re.compile(r"[(]?\+?[(]?[0-9][0-9 ()./-]{3,28}[0-9]")
_MAX_DIGITS = 17  # 15 (E.164) after 00
_LONGEST_AREA = 7  # digits, as in 00358 40/
# Small letters of Cyrillic, Greek and other alphabets that look like Latin ones, or whose capitals
# do; and apostrophes.
_ALIKE = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0455\u0456\u0457\u0458"
    "\u04bb\u04cf\u0501\u051b\u051d\u0451\u04af"
    "\u03b1\u03b2\u03b5\u03b6\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
    "\u0570\u0578\u057d\u0585\u0131\u0251\u0261\u2019\u2018\u02bc\u02b9\u00b4`\u2032",
    "abekmhopctyxsi\u00efjhldqw\u00ebyabezhikmnoptyxhnuoiag" + "'" * 7,
) | str.maketrans("\u0269\u01c0\u0185\u01a8\u03f3\u03f2\u0475", "ilbsjcv")
_SMALL_CAPITAL = re.compile("LATIN LETTER SMALL CAPITAL ([A-Z])")
_ADJACENT_TO_LETTER = r"(?:(?<=[^\W\d_]){0}|{0}(?=[^\W\d_]))"
_ZERO, _ONE = (re.compile(_ADJACENT_TO_LETTER.format(digit)) for digit in "01")
_DOTTED = re.compile("(?<=[ij])\u0307")
_APOSTROPHES = re.compile("['\u02bb]")
_BREAKS = "\u2028\u2029\x85\x0b\x0c"
_AROUND = {"<": ">", "(": ")", "[": "]", '"': '"', "'": "'", "\u201c": "\u201d", "\u201d": "\u201d"}
_AROUND |= {
    "\u2018": "\u2019",
    "\u2019": "\u2019",
    "\u201e": "\u201c",
    "\u00ab": "\u00bb",
    "\u00bb": "\u00bb",
}
_STOPS = ".,;:"
FULL_STOPS = ".\u3002\uff0e\uff61"  # between the labels of a domain (UTS 46)
_ANY_FULL_STOP = re.compile(f"[{FULL_STOPS}]")
_WIDTH = re.compile("<(wide|narrow)>")
_MAX_WRAPPERS = 4  # around an address: stop, quotes, brackets, and one more
_LONGEST_DOMAIN = 253
_LONGEST_ADDRESS = 1000  # of what is looked at; what surrounds an address is shorter


def unified(raw: str) -> str:
    """NFC, one kind of line break, no bidi controls. Takes time in proportion to its length.

    Text with more than ``MAX_MARKS`` combining marks in a row is not normalised, as that
    would take the square of their number; ``has_controls`` refuses it.
    """
    breaks = raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw
    if breaks.isascii():  # of which each text is its own NFC, and no bidi control is part
        return breaks
    plain = _BIDI.sub("", breaks)
    return plain if _heaped(plain) else unicodedata.normalize("NFC", plain)


def text(raw: str) -> str:
    """Unified text of one or more lines, with nothing around it that cannot be seen.

    Text that has no visible character is empty.
    """
    plain = unified(raw)
    if plain.isascii():
        return plain.strip()
    start = _AT_THE_START.match(plain)
    begin, end = start.end() if start else 0, len(plain)
    while end > begin and _AT_THE_END.match(plain, end - 1):
        end -= 1
    return plain[begin:end]


def line(raw: str) -> str:
    """Text of one line such as a name: as ``text``, without characters that nobody sees and that
    change nothing, and with one space for every run of spaces of any kind."""
    if raw.isascii():
        return _SPACES.sub(" ", text(raw))
    seen = _FILLERS.sub(" ", _NEVER.sub("", unified(raw)))
    for _ in range(_MAX_ROUNDS):
        before, seen = seen, unified(_IDLE.sub("", seen))
        if seen == before:
            break
    else:
        seen = unified(re.sub(_SHAPING, "", seen))
    return _SPACES.sub(" ", text(seen))


def apart(raw: str) -> str:
    """A text with a sign that no name has wherever characters that nobody sees stand between a
    small letter and a capital: two names may meet there."""
    if raw.isascii():
        return raw
    return _MEETING.sub(lambda m: UNREADABLE if m[1].islower() and m[2].isupper() else m[0], raw)


def look(raw: str) -> str:
    """What a name or a line looks like, to compare it by: letters of other scripts, widths and
    small capitals that look alike are one, in any case, and what cannot be seen is gone. So are
    signs, if there is anything else: ``(Aino)`` and ``Aino.`` look like ``Aino``."""
    seen = plain(line(raw))
    if _heaped(seen):
        return unified(plain(seen).casefold().translate(_ALIKE))
    small = unicodedata.normalize("NFKD", seen).casefold().translate(_ALIKE)
    usual = _DOTTED.sub("", "".join(map(_uncapped, unicodedata.normalize("NFKD", small))))
    usual = _ONE.sub("l", _ZERO.sub("o", usual))
    spelt = "".join(
        c if unicodedata.category(c)[0] in "LMN" else " " for c in _APOSTROPHES.sub("", usual)
    )
    return plain(spelt) or plain(usual)


def _uncapped(char: str) -> str:
    """A letter, small instead of as a small capital."""
    match = None if char.isascii() else _SMALL_CAPITAL.fullmatch(unicodedata.name(char, ""))
    return match[1].lower() if match else char


def plain(raw: str) -> str:
    """An address, a number or a code as it was meant: every dash is a hyphen, every run of spaces
    one space, and what cannot be seen is gone, but joiners in a domain, which make another one."""
    if raw.isascii():
        return _SPACES.sub(" ", raw.strip())
    unseen = _UNSEEN_IN_ADDRESSES if "@" in raw else ANY_UNSEEN
    return ODD_DASHES.sub("-", line(unseen.sub("", unified(raw))))


def visible(value: str) -> str:
    """A typed value as far as it may stand in a message: on one line, at most 60 characters."""
    seen = "".join(c if c.isprintable() else "?" for c in value)
    return f"{seen[:59]}…" if len(seen) > 60 else seen


def quoted(value: str) -> str:
    """A typed value for a message: quoted, short, and harmless to a terminal."""
    return f'"{visible(value)}"'


def bare(raw: str) -> str:
    """``raw`` without white space, brackets and quotes in pairs around it, and stops after it."""
    found = raw.strip()
    for _ in range(_MAX_WRAPPERS):
        inner = found.rstrip(_STOPS)
        if len(inner) > 1 and _AROUND.get(inner[0]) == inner[-1]:
            inner = inner[1:-1]
        found = inner.strip()
    return found


def has_controls(value: str, *, lines: bool) -> bool:
    """Whether control characters remain, heaps of combining marks, or characters that mean nothing
    to others; ``lines`` allows line feeds and tabs."""
    if value.isprintable():  # then there is no control, and no need to look at each character
        return _heaped(value)
    allowed = "\n\t" if lines else ""
    return _heaped(value) or any(
        (unicodedata.category(c) in ("Cc", "Cs", "Co") or c in _BREAKS or _unassigned(c))
        and c not in allowed
        for c in value
    )


def _unassigned(char: str) -> bool:
    """Whether no character is there, nor may be in a newer Unicode than ours: emoji, ideographs."""
    return unicodedata.category(char) == "Cn" and not (
        "\U0001f000" <= char <= "\U0001faff"
        or ("\U00020000" <= char <= "\U0003fffd" and ord(char) & 0xFFFF < 0xFFFE)
    )


def _heaped(value: str) -> bool:
    """Whether more than ``MAX_MARKS`` combining marks stand in a row."""
    if len(value) <= MAX_MARKS or value.isascii():
        return False
    runs = groupby(map(unicodedata.combining, value), bool)
    return any(combining and sum(1 for _ in run) > MAX_MARKS for combining, run in runs)


def domain(value: str) -> str | None:
    """The IDNA (UTS 46) form of a domain in lower case, or None if it is none.

    Comparing this form keeps look-alike letters of other scripts from matching ours. What UTS 46
    would change besides case and width, such as a raised digit into a digit, makes it none. So do
    joiners, which nobody sees, and marks on Latin letters that have none with them.
    """
    if len(value) > _LONGEST_DOMAIN or _LOOSE_IN_DOMAIN.search(unified(value)):
        return None
    try:
        ascii_form = value.encode("ascii").decode().lower()
    except UnicodeEncodeError:
        import idna  # its tables are large and nearly every address is plain ASCII

        try:
            mapped = idna.uts46_remap(value, std3_rules=False, transitional=False)
            ascii_form = idna.encode(mapped).decode()
        except idna.IDNAError:
            return None
        if mapped != _small(value):
            return None
    labels = ascii_form.split(".")
    if len(ascii_form) > 253 or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return None
    real = _TOP_LEVEL.fullmatch(labels[-1]) and _decodes(ascii_form)
    return ascii_form if real else None


def _decodes(ascii_form: str) -> bool:
    """Whether each label that says it is punycode is, and has nothing in it that nobody sees."""
    if "xn--" not in ascii_form:
        return True
    import idna

    try:
        return not _LOOSE_IN_DOMAIN.search(idna.decode(ascii_form))
    except UnicodeError:
        return False


def _small(domain: str) -> str:
    """A domain in lower case and NFC, with letters and full stops of the usual width."""
    narrow = (
        unicodedata.normalize("NFKC", char)
        if _WIDTH.match(unicodedata.decomposition(char))
        else char
        for char in _ANY_FULL_STOP.sub(".", domain)
    )
    return unicodedata.normalize("NFC", "".join(char.lower() for char in "".join(narrow)))


def email(value: str) -> str | None:
    """The address with its domain in IDNA form, or None if it cannot be one (RFC 5321).

    Brackets, quotes or a ``mailto:`` around it, stops after it and characters that nobody sees
    are not part of it. ``=?`` begins an encoded word (RFC 2047), which a mail header would turn
    into another address, or several.
    """
    if len(value) > _LONGEST_ADDRESS:
        return None
    local, at, host = _linked(bare(plain(value))).rpartition("@")
    if not at or len(local) > 64 or "=?" in local or not _LOCAL_PART.fullmatch(local):
        return None
    if local[0] in "/'=":  # the rest of a link, such as mailto://, of a quote or a formula
        return None
    host_form = domain(host)
    address = f"{local}@{host_form}"
    return address if host_form and len(address) <= 254 else None


def _linked(address: str) -> str:
    """The address in a link ``mailto:`` (RFC 6068), or itself.

    A link that has more addresses after its question mark is no address.
    """
    if address[: len(_LINK)].lower() != _LINK:
        return address
    written, _, more = address[len(_LINK) :].partition("?")
    return "" if "@" in unquote(more) else bare(unquote(written))


def readable(address: str) -> str:
    """An address or a domain as people write it: ``hyvä.example`` for ``xn--hyv-sla.example``.

    Letters that can be taken for Latin ones are told by the IDNA form after it, in brackets.
    """
    written = writable(address)
    if written == address or _PLAINLY_LATIN.fullmatch(written):
        return written
    return f"{written} ({address.rpartition('@')[2]})"


def writable(address: str) -> str:
    """As ``readable``, but always an address or a domain that ``email`` or ``domain`` takes."""
    local, at, host = address.rpartition("@")
    if "xn--" not in host:
        return address
    import idna

    try:
        written = idna.decode(host)
    except idna.IDNAError:
        return address
    return f"{local}{at}{written}" if domain(written) == host else address


def phone(value: str) -> str | None:
    """A telephone number as typed if it can be one (5-17 digits with separators), else None.

    It has plain spaces and hyphens, whichever were typed; ``tel:`` and stops are left out.
    """
    found = plain(value)
    found = found[4 if found[:4].lower() == "tel:" else 0 :].strip().rstrip(_STOPS)
    short = sum(map(str.isdigit, found)) <= _MAX_DIGITS
    paired = found.count("(") == found.count(")")
    area, *rest = found.split("/")  # after a whole number a stroke begins another one
    one = not rest or (len(rest) == 1 and sum(map(str.isdigit, area)) <= _LONGEST_AREA)
    return found if short and paired and one and _PHONE.fullmatch(found) else None
