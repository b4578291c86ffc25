"""People in pasted text: a line is read by rules, and what they do not cover is kept where its
row is refused.

A line is cells apart by tabs, else by semicolons, else by commas, outside ``<>`` and quotes. One
with several addresses is a list of people, such as mail programs write it. An address is what
``clean.email`` takes, whole, unless another reading is as likely: ``Ann=ann@example.org``. A row
of names of columns says what the columns below it hold. Where an address may have been cut in two,
its row is refused.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, tee

from functions.kernel import clean
from functions.kernel.list_words import (
    FOREIGN,
    PEOPLE,
    SURNAMES,
    head_of,
    heads_of,
    language_of,
    surname_beside,
    unlisted,
)
from functions.kernel.names import spoken, words
from functions.kernel.split_addresses import (
    SEPARATORS,
    SIGN,
    WORD,
    goes_on_beside,
    in_doubt,
    torn,
    torn_by_break,
    unjoined,
)

Row = dict[str, str]

LEFT = "; "  # between a name and what else is left of a line, which `names.not_a_name` refuses
_LINES = re.compile("[\n\x0b\x0c\x85\u2028\u2029]")
_BORDERS = " \t<>,;:|*=_\u2013\u2014-\u2022\u00b7"
_QUOTES = {'"': '"', "\u201c": "\u201d", "\u201d": "\u201d", "\u201e": "\u201c\u201d", "'": "'"}
# What people have before the @. Other signs that mail allows are more likely between two things.
_LOCAL_PART = re.compile(r"(?!\d{1,3}\.|.*(?:'[.+_-]|[.+_-]'|'$))[A-Za-z0-9][A-Za-z0-9.+_'-]*")
_MAILED = re.compile(r"([^<>,;|\"\t]*[^<>,;|\"\s]), *([^<>,;|\"\s][^<>,;|\"\t]*)<[^<>\s]+>")
_MOST_FIRST = 3  # first names
_INNER_BAR = re.compile(r"(?<=[^\s|])\|(?=[^\s|])")
# Separators after cells that are not empty: of a list of 99 people on one line, with two marks in
# each name, and of 99 lines with some 40 columns.
_MOST_MARKS = 400
_MOST_IN_ALL = 4000
_MOST_HEADS = 9  # rows of names of columns in one paste
_AFTER_SOMETHING = re.compile(rf"[^{SEPARATORS} ] ?[{SEPARATORS}]")
# What separates data, which nobody sees and no name or address has; within a line it may stand
# between two things or within one.
_DIVIDING = re.compile("[\x1c-\x1f]")
_LONGEST_UNADDRESSED = 2000  # characters of a line without an address, such as of names of columns
_UNKNOWN = ("unknown", FOREIGN)
_ASIDE = ("other", "phone", *_UNKNOWN)
# What mail and web pages put for a character (HTML, RFC 2047), which nobody's name has.
_CODED = re.compile(r"&(?:#\w{1,8}|[A-Za-z]\w{1,30});|=\?|\?=")


def pasted_rows(pasted: str, most: int) -> list[Row]:
    """The rows of ``name``, ``email`` and ``language`` that a paste makes, in its order. Nothing is
    read once there are more than ``most``.

    Every address in it is the address of one row as it was written, or stands in a row that
    ``people_rows`` refuses. Takes time in proportion to the length of the paste.
    """
    found: list[Row] = []
    columns: list[str] = []
    between, read, left = "", 0, _MOST_IN_ALL
    for before, line, after in _lines(pasted):
        if len(found) > most:
            break
        separators = len(_AFTER_SOMETHING.findall(line))
        left -= separators
        if separators > _MOST_MARKS or left < 0 or _unreadable(line):
            found.append(_refused(line))
            continue
        separator = _separator(line)
        cells = _cells(line, separator)
        heads = _heads(cells, first=not found)
        if heads and read < _MOST_HEADS:
            columns, between, read = heads, separator, read + 1
        elif torn_by_break(before, line, after):
            found.append(_refused(line))
        elif columns and separator and separator == between:
            found.append(_by_columns(line, cells, columns))
        elif FOREIGN in columns or (separator and between and between in line):
            found.append(_refused(line))
        else:
            found += _by_shape(line, cells)
    return found


def _lines(pasted: str) -> Iterator[tuple[str, str, str]]:
    """Each line that holds anything, with the one before it and the one after it, if any."""
    raw = _LINES.split(clean.unified(unjoined(pasted)))
    lines = ("\t".join(map(clean.line, each.split("\t"))) for each in raw)
    held = (line for line in lines if line.strip(_BORDERS + "\"'"))  # no rule between rows either
    before, line, after = tee(chain([""], held, [""]), 3)
    return zip(before, islice(line, 1, None), islice(after, 2, None), strict=False)


def _unreadable(line: str) -> bool:
    """Whether a line has what nobody writes, or is too long for one without an address."""
    long = len(line) > _LONGEST_UNADDRESSED and not SIGN.search(line)
    return long or bool(_CODED.search(line) or _DIVIDING.search(line))


def _by_shape(line: str, cells: Sequence[str]) -> Iterable[Row]:
    """The rows of a line that stands below no names of columns."""
    addresses = _addresses(cells)
    if len(addresses) > 1:
        return _several(line)
    if addresses and torn(line):
        return [_refused(line)]
    row = _person(cells, next(iter(addresses), ""))
    return [row if row["name"] or row["email"] else _row(line, "")]


def _refused(text: str) -> Row:
    """A row that holds a text as it was written, and is refused for want of an address."""
    return _row(" ".join(text.split()), "")


def _addresses(texts: Iterable[str]) -> list[str]:
    """Everything that looks like an address, as written; what is the same address once."""
    found: dict[str, str] = {}
    for word in (w for text in texts for w in WORD.findall(text)):
        if SIGN.search(word):
            found.setdefault(clean.email(word) or word, word)
    return list(found.values())


def _marked(line: str) -> Iterator[tuple[str, bool]]:
    """Each character, and whether it stands outside quotes and ``<>``.

    A quote begins with a cell, and only if it ends somewhere.
    """
    last = {separator: line.rfind(separator) for separator in {*"".join(_QUOTES.values()), ">"}}
    closing, depth, at_cell_start = "", 0, True
    for at, char in enumerate(line):
        if closing:
            closing = "" if char in closing and _ends_there(line, at) else closing
            yield char, False
            continue
        closers = _QUOTES.get(char, "") if at_cell_start and not depth else ""
        closing = closers if any(last[separator] > at for separator in closers) else ""
        depth += char == "<" and last[">"] > at
        yield char, not (closing or depth)
        depth -= char == ">" and depth > 0
        at_cell_start = char in SEPARATORS or (at_cell_start and char.isspace())


def _ends_there(line: str, at: int) -> bool:
    """Whether what is in quotes ends with this one: the cell or the name does."""
    return at + 1 == len(line) or line[at + 1] in f"{SEPARATORS} <"


def _separator(line: str, among: str = SEPARATORS) -> str:
    """The strongest separator that stands in a line outside quotes and ``<>``, or ""."""
    outside = {char for char, free in _marked(line) if free}
    ruled = " | " in line or line.startswith("|")  # else a sign that an address may have
    return next((s for s in among if s in outside and (s != "|" or ruled)), "")


def _cells(line: str, separator: str) -> list[str]:
    """The texts between separators that stand outside quotes and ``<>``.

    Where bars have spaces around them, one without is a part of its word.
    """
    if not separator or (separator == "," and _last_first(line)):
        return [line.strip()]
    spaced = separator == "|" and " | " in line
    found, begin = [], 0
    for at, (char, free) in enumerate(_marked(line)):
        if free and char == separator and not (spaced and _INNER_BAR.match(line, at)):
            found.append(line[begin:at].strip())
            begin = at + 1
    return [*found, line[begin:].strip()]


def _unquoted(text: str) -> str:
    """What is in the quotes that are around a text, or ""."""
    closing = _QUOTES.get(text[:1], "")
    return text[1:-1].replace('""', '"').strip() if text[1:] and text[-1] in closing else ""


def _heads(cells: Sequence[str], *, first: bool) -> list[str]:
    """What the columns hold, if this is a row of their names; else nothing.

    Below people a row of names of columns has one for addresses, and more than one. What may be
    the name of somebody without an address is none: ``Person``, ``Meili Lang``.
    """
    told = [_unquoted(cell) or cell for cell in cells]
    heads = list(map(head_of, told)) if len(told) > 1 else [heads_of(told[0])]
    known = [each for each in heads if each]
    names = {name for each in known for name in each}
    if (
        not names - {"other", "phone"}
        or (len(known) < 2 and len(known) < len(list(filter(None, cells))))
        or _addresses(cells)
    ):
        return []
    if not first and (not names & {"email", FOREIGN} or sum(map(len, known)) < 2):
        return []
    if all(word.strip(_BORDERS).casefold() in PEOPLE for cell in cells for word in cell.split()):
        return []
    if len(cells) == 1:  # apart by spaces alone, as is what stands below
        return heads[0]
    while not told[-1]:
        heads, told = heads[:-1], told[:-1]
    several = [FOREIGN if "email" in each else "unknown" for each in heads]
    return [
        each[0] if len(each) == 1 else other for each, other in zip(heads, several, strict=True)
    ]


def _by_columns(line: str, cells: Sequence[str], columns: Sequence[str]) -> Row:
    """A row below names of columns. Other columns are left out, unless an address or a part of it
    or of the name may be there.

    What stands in two columns of one name, or beyond the last, is left beside the name; so is what
    stands below a name that is not known, where it may be the rest of a name of one word.
    """
    few = len(cells) < len(columns)
    if few or torn(line) or ("\t" not in line and goes_on_beside(cells, columns)):
        return _refused(line)
    given = dict.fromkeys(("name", "first", "last", "email", "language"), "")
    left: list[str] = []
    aside: list[tuple[str, str]] = []
    for at, cell in enumerate(cells):
        head = columns[at] if at < len(columns) else ""
        if head in given and columns.count(head) == 1:
            given[head] = cell
        elif head in _ASIDE and not _addresses([cell]):
            aside.append((head, _unquoted(cell) or cell))
        elif cell:
            left.append(_unquoted(cell) or cell)
    names = _whole_name(given["name"], given["first"], given["last"])
    addresses = _addresses([given["email"]])
    said = words(" ".join([*names, *(each.partition("@")[0] for each in addresses)]))
    short = len(names) == 1 and len(names[0].split()) < 2
    left += [
        cell
        for head, cell in aside
        if in_doubt(cell, said)
        or (any(map(str.isalpha, cell)) and (head == "phone" or (short and head in _UNKNOWN)))
    ]
    if len(addresses) != 1 or _words_of(given["email"]):
        left += [given["email"]] if given["email"] else []
        addresses = []
    row = _person(names, next(iter(addresses), ""), exact=True)
    spoken = _unquoted(given["language"]) or given["language"]
    name = LEFT.join(filter(None, [row["name"], *left]))
    return _kept({**row, "name": name, "language": language_of(spoken) or spoken}, cells)


def _whole_name(name: str, first: str, last: str) -> list[str]:
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


def _several(line: str) -> Iterator[Row]:
    """People on one line, each with a name and an address between two separators."""
    separator = _separator(line, ";,\t")
    chunks = [text for text in _cells(line, separator) if text.strip(_BORDERS)]
    found = [_addresses([text]) for text in chunks]
    whole = all(len(addresses) == 1 for addresses in found)
    for at, (text, addresses) in enumerate(zip(chunks, found, strict=True)):
        before = f"{chunks[at - 1]}{separator} " if at and not found[at - 1] else ""
        after = f"{separator} {chunks[at + 1]}" if at + 1 < len(chunks) else ""
        alone = len(addresses) == 1 and not torn(text, before, after)
        if alone and (whole or (separator == ";" and "<" in text)):
            yield _person(_cells(text, _separator(text)), addresses[0])
        else:
            yield _row(text, "")


def _person(cells: Sequence[str], address: str, *, exact: bool = False) -> Row:
    """One person: what is left of the cells is the name, the language or a number.

    Several texts are one name if their words are in the address; else all are left in the cell
    for the name. ``exact``: all of it is the name, and nothing a language or a number.
    """
    local = words(address.partition("@")[0])
    proven: list[str] = []
    names: list[str] = []
    language = ""
    for piece, loose in _pieces(cells):
        said = words(piece)
        if said and said <= local:
            proven.append(piece)
            local -= said
        elif loose and not exact and not language and language_of(piece):
            language = language_of(piece)
        elif given := None if exact else spoken(piece):
            whole = given.sure and not language
            language = language_of(given.word) if whole else language
            names.append(given.name if whole else f"{given.name}{LEFT}{given.word}")
        elif exact or any(map(str.isalpha, piece)):
            names.append(piece)
    if language and not exact and len(" ".join([*proven, *names]).split()) == 1:
        surname = surname_beside(cells)
        names, language = ([*names, surname], "") if surname else (names, language)
    parts = [" ".join(proven)] if proven and not names else [*proven, *names]
    return _kept({**_row(LEFT.join(parts), address), "language": language}, [*cells, address])


def _pieces(cells: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """What the cells hold besides addresses, and whether a piece stands by itself, so that it may
    be a language. What is in quotes is one piece, as "Last, First" is."""
    for cell in filter(None, cells):
        bracketed, mailed = "<" in cell, _last_first(cell)
        for part in _words_of(_unquoted(cell) if _addresses([_unquoted(cell)]) else cell):
            quoted = _unquoted(part)
            whole = quoted or (part if mailed else "")
            texts = [whole.replace(",", " ")] if whole else part.split(",")
            for piece in filter(None, map(_named, texts)):
                first, _, last = piece.rpartition(" ")
                if quoted or bracketed or part == cell or not first or not language_of(last):
                    yield piece, True
                else:  # apart by spaces alone: a language, or a name such as Suomi
                    yield first, False
                    yield last, False


def _last_first(text: str) -> bool:
    """Whether this is ``Last, First <address>``, as mail programs write one person. What may be two
    names or a title after the comma is not."""
    match = _MAILED.fullmatch(unlisted(text.strip()))
    if not match:
        return False
    *particles, last = match[1].split()
    first = match[2].split()
    return (
        all(map(str.islower, particles))
        and len(first) <= _MOST_FIRST
        and not any(word[0].islower() for word in (last, *first))
        and not any(map(language_of, first))
        and (not language_of(last) or last.casefold() in SURNAMES)
    )


def _words_of(text: str) -> list[str]:
    """What stands before, between and after the addresses of a text."""
    split = WORD.sub(lambda m: "\n" if SIGN.search(m[0]) else m[0], text).split("\n")
    return [part for part in (each.strip(_BORDERS) for each in split) if part]


def _named(text: str) -> str:
    """A text as a name: one space between words, no list marks and no stops around it."""
    return unlisted(" ".join(text.split()) + " ").strip(_BORDERS)


def _row(name: str, address: str) -> Row:
    """A row with an address as people write it, or as it is if it is none.

    It has no address if what stands there may be more than one; see ``_kept``.
    """
    read = clean.email(address)
    shown = clean.writable(read) if read else clean.bare(address)
    if read and not _alone(address, read):
        shown = ""
    return {"name": name, "email": shown, "language": ""}


def _alone(written: str, read: str) -> bool:
    """Whether a word is an address and nothing else: no list mark, name or dash is joined to it."""
    local = read.rpartition("@")[0]
    return bool(_LOCAL_PART.fullmatch(local)) and not clean.ODD_DASHES.search(written)


def _kept(row: Row, texts: Iterable[str]) -> Row:
    """The row with all addresses of the texts: those that it would lose are beside its name, where
    it is refused."""
    given = {
        clean.email(word) or clean.bare(word) for word in [row["email"], *_addresses([row["name"]])]
    }
    lost = [w for w in _addresses(texts) if (clean.email(w) or clean.bare(w)) not in given]
    return {**row, "name": LEFT.join(filter(None, [row["name"], *lost]))}
