"""What a person's name is made of, and what may stand beside it that is no part of it: another
name, how many people there are, the language of their mails."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from functions.kernel.list_words import PEOPLE, SURNAMES, columns_of, language_of, unlisted

_LISTED = re.compile(r"[,;|/\\\t\u060c\u061b\u201a\u2044\u2215\u3001\ufe50\uff0c\uff1b\uff0f]")
_COLUMNS = re.compile(r"\S[ \u00a0\u2000-\u200a\u202f\u3000]{2,}\S")
# "And" in any case, but for "Ja", which is a part of Korean names.
_AND = re.compile(r"(?<!\bvon)\s(?:ja|JA|(?i:sek\u00e4|och|samt|and|plus|und|sowie|ynn\u00e4))\s")
_LATIN = "A-Za-z\u00c0-\u024f"
# A dot in the middle (but in l\u00b7l, which is Catalan); a number before or after a multiple, or
# before a word; a colon before a capital, as there is none in "A:son".
_COUNTED = re.compile(
    rf"(?<=[{_LATIN}])(?<![lL])[\u00b7\u2027\u2219\u22c5](?=[{_LATIN}])"
    r"|^\d+(?:\s|[xX\u00d7*])|\s[xX\u00d7*]\s?\d+$|\d\s+[^\W\d_]"
    r"|\d(?i:hl\u00f6|henk|pers|kpl|st\b)"
)
_PARENT = re.compile(r"(?<=\s)(?i:[as]/[lo]|[ad]/[po])(?=\s)")  # son or daughter of, in Malaysia
_KANA = re.compile("(?<=[\u30a1-\u30ff])[\uff1d=\u30a0\u30fb](?=[\u30a1-\u30ff])")
# Signs that names have beside letters, their marks and digits; apostrophes of any kind, the dots
# and hyphens of several scripts, and joiners.
_SIGNS = frozenset(
    " -'.,()\"!\uff07\uff0c\uff08\uff09\u2019\u2018\u201c\u201d\u201e\u00b4`\u2032\u00b7\u2027"
    "\u2219\u22c5\u30fb\u30a0\u0f0b\u1361\u05be\u05f3\u05f4\u2010\u2011\u2012\u2013\u2014\u200c\u200d"
    "\u180b\u180c\u180d\u180e\u180f"
)
_NO_NAME = re.compile(r"[@\uff20\ufe6b<>\uff1c\uff1e;|\t]|mailto:|://|:\s", re.IGNORECASE)
_MOST_DIGITS = 2
_MARKING = "<>@\uff20\ufe6b"  # they are around or in an address, and part no names
_BRACKETS = "()\uff08\uff09"
_QUOTES = '"\u201c\u201d\u201e'
_TWO_QUOTED = re.compile(r"(?<=\w)['\u2019]\s+['\u2018\u2019](?=\w)")
_COLON = re.compile(r"(?<=[^\W\d_]):(?=[^\W\d_])")
_LONGEST_CODE = 3  # letters of the code of a language; longer words for one are nobody's name
_LONGEST_NAME = 500
_EDGES = " \t:=()[]/|*.,\u2013\u2014\u2022\u00b7-"
_AFTER = re.compile(r"(?P<name>.*?)(?P<sign>[\s:=()\[\]/|*\u2013\u2014\u2022\u00b7]+)(?P<word>\S+)")
_BEFORE = re.compile(
    r"(?P<word>[^\s:=()\[\]/|*]+)(?P<sign>[\s:=()\[\]/|*\u2013\u2014\u2022\u00b7-]+)(?P<name>.*)"
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A name with a language at one end of it; not ``sure`` where the word may be a name, too."""

    name: str
    word: str
    sure: bool


def names_several(line: str) -> bool:
    """Whether a line has more than one name on it: with commas, slashes, columns of spaces or what
    ``names_joined`` finds between them."""
    listed = _LISTED.search(_PARENT.sub("-", line))
    return bool(listed or _COLUMNS.search(line)) or names_joined(line)


def names_joined(name: str) -> bool:
    """Whether two names have "and" or a sign between them that no name has, each stands in brackets
    or quotes, or a number counts them."""
    bare = _KANA.sub("-", _PARENT.sub("a", unlisted(name)))
    if _AND.search(bare) or _COUNTED.search(bare) or _TWO_QUOTED.search(bare):
        return True
    inner = bare.split()[1:-1]
    parted = any(not any(map(str.isalnum, word)) and word.strip(_BRACKETS) for word in inner)
    return parted or _wrapped(bare) or _odd_between(bare)


def not_a_name(text: str) -> bool:
    """Whether more than a person's name stands here: an address, a number, several columns, a sign
    that no name has, a language."""
    odd = (
        text.count("(") != text.count(")")
        or text.count('"') % 2
        or _odd(_KANA.sub("-", _PARENT.sub("a", text)))
    )
    digits = sum(map(str.isdigit, text))
    column = columns_of(text) and not all(w.casefold() in PEOPLE for w in text.split())
    named = any(map(str.isalpha, text)) and not column
    more = odd or digits > _MOST_DIGITS or _NO_NAME.search(text)
    return bool(more or not named or _tells_language(text))


def words(text: str) -> Counter[str]:
    """The words of a text as addresses have them: in lower case, without marks."""
    flat = (unicodedata.normalize("NFD", char)[0] for char in text.casefold())
    letters = (c if c.isalnum() else " " for c in flat if not unicodedata.combining(c))
    return Counter("".join(letters).split())


def _tells_language(text: str) -> bool:
    """Whether a language stands at one end of a name, or between its words."""
    told = spoken(text)
    if told and told.sure:
        return not _surname(told)
    return any(map(_is_language, text.split()[1:-1]))


def _is_language(word: str) -> bool:
    """Whether a word is the name of a language and nobody's."""
    bare = word.strip(_EDGES)
    return len(bare) > _LONGEST_CODE and bool(language_of(bare)) and not _may_be_name(bare)


def _may_be_name(word: str) -> bool:
    return word.casefold() in SURNAMES


def spoken(text: str) -> Spoken | None:
    """The language that stands before or after a name, with a sign between them or none; None if
    there is none, or the word is the surname, or the text is too long for a name."""
    if len(text) > _LONGEST_NAME:
        return None
    after = _AFTER.fullmatch(text.rstrip(_EDGES))
    before = _BEFORE.fullmatch(text.lstrip(_EDGES))
    for match in filter(None, (after, before)):
        word = match["word"].strip(_EDGES)
        name = match["name"].strip(_EDGES)
        if language_of(word) and any(map(str.isalpha, name)):
            found = _spoken(name, word, signed=bool(match["sign"].strip()))
            if found and match is after and _leads(name):
                return Spoken(name, word, sure=False)
            return found
    return None


def _spoken(name: str, word: str, *, signed: bool) -> Spoken | None:
    beside = _apart(name, word)
    if _may_be_name(word):
        sure = beside and (signed or len(name.split()) > 1)
        return Spoken(name, word, sure) if signed or beside else None
    if len(word) > _LONGEST_CODE or signed:
        return Spoken(name, word, sure=not any(map(_is_language, name.split())))
    return Spoken(name, word, beside) if beside or word.islower() else None


def _apart(name: str, word: str) -> bool:
    """Whether a word is written otherwise than the name: in small letters beside capitals, or in
    capitals beside small ones."""
    if word.islower():
        return any(map(str.isupper, name))
    return word.isupper() and any(map(str.islower, name))


def _leads(name: str) -> bool:
    """Whether a name ends in a word that leads on to the language: ``på``, ``kieli``, ``in``."""
    last = name.split()[-1]
    return bool(columns_of(last)) or (last.islower() and not name.islower())


def _surname(told: Spoken) -> bool:
    """Whether the word for a language may still be a surname, in a name of two words."""
    return len(told.name.split()) == 1 and told.word.istitle() and told.word.isalpha()


def _wrapped(name: str) -> bool:
    """Whether more than one part stands in brackets or quotes, or the first of several does."""
    opened = sum(map(name.count, "(\uff08"))
    quoted = sum(map(name.count, _QUOTES))
    first = name[:1] in "(\uff08" + _QUOTES and name[-1:] not in _BRACKETS + _QUOTES
    return opened > 1 or quoted > 2 or (bool(name) and first)


def _odd(name: str) -> list[int]:
    """Where signs stand that no name has."""
    return [
        at
        for at, char in enumerate(name)
        if char not in _SIGNS
        and unicodedata.category(char)[0] not in "LMN"
        and not (char == ":" and _COLON.match(name, at) and name[at + 1].islower())
        and not "\ufe00" <= char <= "\ufe0d"
        and not "\U000e0100" <= char <= "\U000e01ef"
    ]


def _odd_between(name: str) -> bool:
    """Whether such a sign has a letter or a digit somewhere before it and after it."""
    spelt = [at for at, char in enumerate(name) if char.isalnum()]
    odd = [at for at in _odd(name) if name[at] not in _MARKING]
    return bool(spelt) and any(spelt[0] < at < spelt[-1] for at in odd)
