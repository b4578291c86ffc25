"""Tells a person's name from what is typed next to it: another name, a number of people, the
language of their mails."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import takewhile

from functions.kernel.list_words import (
    AND_OTHERS,
    CUT_SHORT,
    JOINING,
    JOINING_ALWAYS,
    PEOPLE,
    SEVERAL,
    SURNAMES,
    columns_of,
    language_of,
    unlisted,
    unmarked,
    within,
)
from functions.kernel.scripts import oddly_lettered

_SEPARATORS = re.compile(r"[,;|/\\\t\u060c\u061b\u201a\u2044\u2215\u3001\ufe50\uff0c\uff1b\uff0f]")
_COLUMNS = re.compile(r"\S[ \u00a0\u2000-\u200a\u202f\u3000]{2,}\S")
_SMALL, _ANY = ("|".join(words.split()) for words in (JOINING, JOINING_ALWAYS))
# "Ja" with a capital is a part of Korean names, and "Or" a name; not so between two whole names.
_AND = re.compile(
    rf"(?:^|(?<!\bvon)[\s(\uff08])(?:{_SMALL}|{_ANY})(?=[\s)\uff09]|$)"
    rf"|(?<!\bvon)\s(?:{_SMALL.upper()}|(?i:{_ANY}))\s"
    rf"|\S\s\S+\s(?:{_SMALL.title()})\s\S+\s\S"
)
_OTHERS = re.compile(rf"[\s(](?:{AND_OTHERS})\.?\)?$")
_STOPPED = re.compile(r"(?<![^\W\d_])([^\W\d_]{2,})\.\s*(?=[^\W\d_])")
# A hyphen or a dash with a space on one side; a dash within a word.
_HYPHENS = r"[-\u058a\u2010-\u2015\u2212\ufe58\ufe63\uff0d]"
_HANGING = re.compile(rf"\w[.)]?(?:\s{_HYPHENS}+|{_HYPHENS}+\s)[(]?\w")
_DASHED = re.compile(r"\w[\u2012-\u2015]+\w")
_CALLED = re.compile(r"\w!\s|\w\w!(?=\w)")  # no click, as in "N!xau"
_VOWELS = frozenset(
    "aeiouy\u00e6\u00f8\u0131\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f\u0456\u03b1\u03b5\u03b7\u03b9\u03bf\u03c5\u03c9"
)
_LATIN = "A-Za-z\u00c0-\u024f"
# A dot in the middle (but in l\u00b7l, which is Catalan), a dot or a hyphen of another script, a
# letter for a click that parts words, an x between words; a number before or after a multiple, or
# before a word, or of more than one in brackets.
_COUNTED = re.compile(
    rf"(?<=[{_LATIN}])(?<![lL])[\u00b7\u2027\u2219\u22c5](?=[{_LATIN}])"
    rf"|(?<=[{_LATIN}])[\u30fb\u30a0\u0f0b\u1361\u05be](?=[{_LATIN}])"
    r"|[\u01c0-\u01c3](?:\s|$)|(?<=[a-z\u00df-\u00ff])[\u01c0-\u01c3](?=[A-Z\u00c0-\u00de])|\sx\s"
    r"|^\d+(?:\s|[xX\u00d7*])|\s[xX\u00d7*]\s?\d+$|\d\s+[^\W\d_]|\d(?!(?:nd|rd|th)\b)[^\W\d_]"
    r"|[(\uff08]\s*(?!0*1\s*[)\uff09])\d+\s*[)\uff09]"
    r"|\d(?i:hl\u00f6|henk|pers|kpl|st\b)"
)
_PARENT = re.compile(r"(?<=\s)(?i:[as]/[lo]|[ad]/[po])(?=\s)")  # son or daughter of, in Malaysia
_KANA = re.compile("(?<=[\u30a1-\u30ff])[\uff1d=\u30a0\u30fb](?=[\u30a1-\u30ff])")
# Signs that names have beside letters, their marks and digits; apostrophes of any kind, the dots
# and hyphens of several scripts, and joiners.
_SIGNS = frozenset(
    " -'.,()\"!\uff07\uff0c\uff08\uff09\u2019\u2018\u201c\u201d\u201e\u00b4`\u2032\u00b7\u2027"
    "\u2219\u22c5\u30fb\u30a0\u0f0b\u1361\u05be\u05f3\u05f4\u2010\u2011\u2013\u200c\u200d"
    "\u180b\u180c\u180d\u180e\u180f"
)
_NO_NAME = re.compile(r"[@\uff20\ufe6b<>\uff1c\uff1e;|\t]|mailto:|://|:\s", re.IGNORECASE)
_MAX_DIGITS = 2
_MARKING = "<>@\uff20\ufe6b"  # they are around or in an address, and part no names
_BRACKETS = "()\uff08\uff09"
_QUOTES = '"\u201c\u201d\u201e'
_TWO_QUOTED = re.compile(r"(?<=\w)['\u2019]\s+['\u2018\u2019](?=\w)")
_COLON = re.compile(r"(?<=[^\W\d_]):(?=[^\W\d_])")
_LONGEST_CODE = 3  # letters of the code of a language; longer words for one are nobody's name
_LONGEST_NAME = 500
_SIGN_OF, _WORD = r"(?P<sign>[\W_]+)", r"(?P<word>(?i:fi|sv|en)[-_][^\W\d_]{2}|[^\W_]+)"
_AFTER = re.compile(f"(?P<name>.*?){_SIGN_OF}{_WORD}")
_BEFORE = re.compile(f"{_WORD}{_SIGN_OF}(?P<name>.*)")
_JOINTS = frozenset("-'\u2010\u2011\u2019")  # within one name
_NO_SIGNS = " .\u00a0"  # between two words, or after an initial
# Letters that Unicode takes for others than those that addresses have for them.
_WITHOUT_STROKES = str.maketrans(
    {"\u0142": "l", "\u00f8": "o", "\u0111": "d", "\u00f0": "d", "\u0131": "i", "\u00e6": "ae"}
)
_IDEOGRAPHIC_ZERO = "\u3007"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A name with a language at one end of it; not ``sure`` where the word may be a name, too."""

    name: str
    word: str
    sure: bool


def names_several(line: str) -> bool:
    """Whether a line has more than one name on it: with commas, slashes, columns of spaces or what
    ``names_joined`` finds between them."""
    separator = _SEPARATORS.search(_PARENT.sub("-", line))
    return bool(separator or _COLUMNS.search(line)) or names_joined(line)


def names_joined(name: str) -> bool:
    """Whether two names have "and" or a sign between them that no name has, each stands in brackets
    or quotes, or a number counts them."""
    bare = _KANA.sub("-", _PARENT.sub("a", unlisted(name)))
    if any(sign.search(bare) for sign in (_AND, _OTHERS, _COUNTED, _CALLED, _HANGING, _TWO_QUOTED)):
        return True
    if any(map(_is_whole, _STOPPED.findall(bare))) or SEVERAL & set(_spelt(bare.casefold())):
        return True
    inner = bare.split()[1:-1]
    parted = any(not any(map(str.isalnum, word)) and word.strip(_BRACKETS) for word in inner)
    parted = parted or any(map(_DASHED.search, inner))  # "Aalto\u2013Berg" at an end is one surname
    return parted or _wrapped(bare) or _odd_between(bare) or _apart_by_commas(bare)


def _apart_by_commas(name: str) -> bool:
    """Whether commas part two names of two words or more, or three names; a particle in small
    letters is no word of a name."""
    parts = [
        [w for w in part.split() if not w.islower()] or part.split() for part in name.split(",")
    ]
    return len(parts) > 2 or (len(parts) > 1 and all(len(part) > 1 for part in parts))


def _spelt(text: str) -> list[str]:
    """The words of a text, without what is around them."""
    return [word for word in (within(each) for each in text.split()) if word]


def _is_whole(word: str) -> bool:
    """Whether a word before a stop is not one cut short, such as "Dr." or "Prof."."""
    letters = unicodedata.normalize("NFD", word.casefold())
    return bool(_VOWELS & set(letters)) and word.casefold() not in CUT_SHORT


def not_a_name(text: str) -> bool:
    """Whether more than a person's name stands here: an address, a number, several columns, a sign
    that no name has, a mark of a list, a language."""
    odd = (
        text.count("(") != text.count(")")
        or text.count('"') % 2
        or _odd(_KANA.sub("-", _PARENT.sub("a", text)))
    )
    digits = sum(map(str.isdigit, text))
    column = columns_of(text) and not all(w.casefold() in PEOPLE for w in text.split())
    named = any(map(str.isalpha, text)) and not column
    more = odd or digits > _MAX_DIGITS or _NO_NAME.search(text) or oddly_lettered(text)
    return bool(more or not named or unmarked(text) != text or _has_language(text))


def words(text: str) -> Counter[str]:
    """The words of a text as addresses have them: in lower case, without marks."""
    plain = text.casefold().translate(_WITHOUT_STROKES)
    flat = (unicodedata.normalize("NFD", char)[0] for char in plain)
    letters = (c if c.isalnum() else " " for c in flat if not unicodedata.combining(c))
    return Counter("".join(letters).split())


def whole_name(name: str, first: str, last: str) -> list[str]:
    """The name that three columns tell together, or several texts where they may not be one.

    One word for the name beside a first or a last name alone is the other part of it.
    """
    known, given = words(name), [part for part in (first, last) if part]
    if known <= words(" ".join(given)):
        return [" ".join(given)]
    more = [part for part in given if not words(part) <= known]
    if len(more) == len(given) == 1 and known.total() == 1:
        return [f"{first or name} {last or name}"]
    return [name, *more]


def _has_language(text: str) -> bool:
    """Whether a language stands at one end of a name, or between its words."""
    found = spoken(text)
    if found and found.sure:
        return not _surname(found)
    if found and found.word.isupper() and len(found.word) <= _LONGEST_CODE:
        return True
    return any(map(_is_language, re.findall(r"[^\W_]+", text)[1:-1]))


def _is_language(word: str) -> bool:
    """Whether a word is the name of a language and nobody's."""
    bare = within(word)
    return len(bare) > _LONGEST_CODE and bool(language_of(bare)) and not _may_be_name(bare)


def _may_be_name(word: str) -> bool:
    return word.casefold() in SURNAMES


def spoken(text: str) -> Spoken | None:
    """The language that stands before or after a name, with a sign between them or none; None if
    there is none, or the word is the surname, or the text is too long for a name."""
    if len(text) > _LONGEST_NAME:
        return None
    bare = within(text)
    after, before = _AFTER.fullmatch(bare), _BEFORE.fullmatch(bare)
    for match in filter(None, (after, before)):
        word, sign = match["word"], match["sign"]
        name = within(_with_marks(match))
        if language_of(word) and any(map(str.isalpha, name)):
            found = _joined(name, word) if sign in _JOINTS else _spoken(name, word, sign)
            if found and match is after and _ends_in_link_word(name):
                return Spoken(name, word, sure=False)
            return found
    return None


def _with_marks(match: re.Match[str]) -> str:
    """The name, with the marks of its last letter, which begin what is after it."""
    marks = takewhile(lambda char: unicodedata.category(char)[0] == "M", match["sign"])
    return f"{match['name']}{''.join(marks)}" if match.end("name") < match.end() else match["name"]


def _spoken(name: str, word: str, sign: str) -> Spoken | None:
    distinct, signed = _apart(name, word), bool(sign.strip(_NO_SIGNS))
    if _may_be_name(word):
        sure = distinct and (signed or len(name.split()) > 1)
        return Spoken(name, word, sure) if signed or distinct else None
    if len(word) > _LONGEST_CODE or signed or _is_nobody(word):
        return Spoken(name, word, sure=not any(map(_is_language, name.split())))
    return Spoken(name, word, distinct) if distinct or word.islower() or word.isupper() else None


def _joined(name: str, word: str) -> Spoken | None:
    """As ``_spoken``, of a word that a hyphen joins to a name: a surname may be one of two, and a
    code a part of a name, as in "Mei-En"."""
    if _may_be_name(word) and word.islower():
        return Spoken(name, word, sure=True)
    if _may_be_name(word) or (len(word) <= _LONGEST_CODE and not _is_nobody(word)):
        return Spoken(name, word, sure=False) if _apart(name, word) else None
    return Spoken(name, word, sure=True)


def _is_nobody(word: str) -> bool:
    """Whether a code of a language has no vowel, so that it is no part of a name."""
    return not _VOWELS & set(word.casefold())


def _apart(name: str, word: str) -> bool:
    """Whether a word is written otherwise than the name: in small letters beside capitals, or in
    capitals beside small ones."""
    if word.islower():
        return any(map(str.isupper, name))
    return word.isupper() and any(map(str.islower, name))


def _ends_in_link_word(name: str) -> bool:
    """Whether a name ends in a word that leads on to the language: ``på``, ``kieli``, ``in``."""
    last = name.split()[-1]
    return bool(columns_of(last)) or (last.islower() and not name.islower())


def _surname(found: Spoken) -> bool:
    """Whether the word for a language may still be a surname, in a name of two words."""
    return len(found.name.split()) == 1 and found.word.istitle() and found.word.isalpha()


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
        and unicodedata.category(char)[0] not in "LM"
        and unicodedata.category(char) != "Nd"
        and char != _IDEOGRAPHIC_ZERO
        and not (char == ":" and _COLON.match(name, at) and name[at + 1].islower())
        and not "\ufe00" <= char <= "\ufe0d"
        and not "\U000e0100" <= char <= "\U000e01ef"
    ]


def _odd_between(name: str) -> bool:
    """Whether such a sign has a letter or a digit somewhere before it and after it."""
    spelt = [at for at, char in enumerate(name) if char.isalnum()]
    odd = [at for at in _odd(name) if name[at] not in _MARKING]
    return bool(spelt) and any(spelt[0] < at < spelt[-1] for at in odd)
