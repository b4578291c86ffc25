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
from functions.kernel.address_words import local_part, names_owner, spelt
from functions.kernel.joined_addresses import cut_by_space, stands_alone
from functions.kernel.list_words import (
    FOREIGN,
    PEOPLE,
    begins_with_label,
    head_of,
    heads_of,
    language_of,
    may_be_name,
    some_heads,
    surname_in,
    unlisted,
    unmarked,
)
from functions.kernel.names import spoken, whole_name, words
from functions.kernel.pasted_cells import cells_of, last_first, separator_of, unquoted
from functions.kernel.split_addresses import (
    SEPARATORS,
    SIGN,
    WORD,
    continues_adjacent,
    in_doubt,
    torn,
    torn_by_break,
    unjoined,
)
from functions.kernel.whose_address import LEFT, PersonRow, settled

_LINES = re.compile("[\n\x0b\x0c\x85\u2028\u2029]")
_BORDERS = " \t<>,;:|*=_\u2013\u2014-\u2022\u00b7"
_MAILED_NAME = re.compile(r"[^<>]*[^\W\d_][^<>]*<[^<>\s]+>\s*")
# Separators after cells that are not empty: of a list of 99 people on one line, with two marks in
# each name, and of 99 lines with some 40 columns.
_MAX_SEPARATORS = 400
_MAX_TOTAL = 4000
_MAX_HEADS = 9  # rows of names of columns in one paste
_AFTER_SOMETHING = re.compile(rf"[^{SEPARATORS} ] ?[{SEPARATORS}]")
# What separates data, which nobody sees and no name or address has; within a line it may stand
# between two things or within one.
_DIVIDING = re.compile("[\x1c-\x1f]")
_LONGEST_UNADDRESSED = 2000  # characters of a line without an address, such as of names of columns
_Languages = dict[tuple[str, int], set[str]]
UNKNOWN = ("unknown", "unnamed", FOREIGN)  # names of columns
_TWO_NAMES = re.compile(r"\b[^\W\d_a-z][^\W\d_A-Z]+\s[^\W\d_a-z][^\W\d_A-Z]+\b")  # as of a person
_OPTIONAL = {"language", "other", "phone"}  # which may be left out at the end of a line
_UNREAD_COLUMNS = ("other", "phone", *UNKNOWN)
# What mail and web pages put for a character (HTML, RFC 2047), which nobody's name has.
_CODED = re.compile(r"&(?:#\w{1,8}|[A-Za-z]\w{1,30});|=\?|\?=")


def pasted_rows(pasted: str, limit: int) -> list[PersonRow]:
    """The rows of ``name``, ``email`` and ``language`` that a paste makes, in its order. Nothing is
    read once there are more than ``limit``.

    Every address in it is the address of one row as it was written, or stands in a row that
    ``people_field`` refuses. Takes time in proportion to the length of the paste.
    """
    found: list[PersonRow] = []
    columns: list[str] = []
    between, read, left = "", 0, _MAX_TOTAL
    lines = list(islice(_lines(pasted), limit + _MAX_HEADS + 1))  # each makes a row, but heads
    spoken_in = _languages(line for _, line, _ in lines)
    for before, line, after in lines:
        if len(found) > limit:
            break
        separators = len(_AFTER_SOMETHING.findall(line))
        left -= separators
        if separators > _MAX_SEPARATORS or left < 0 or _unreadable(line):
            found.append(_refused(line))
            continue
        separator = separator_of(line)
        cells = cells_of(line, separator)
        heads = _heads(cells, first=not found)
        if heads and read < _MAX_HEADS:
            columns, between, read = heads, separator, read + 1
        elif some := _some_heads(line, cells):
            columns, between = some, separator
            found.append(_refused(line))  # it may be a part of a person
        elif torn_by_break(before, line, after):
            found.append(_refused(line))
        elif columns and separator and separator == between:
            found.append(_by_columns(line, cells, columns))
        elif FOREIGN in columns or (separator and between and between in line):
            found.append(_refused(line))
        else:
            found += _by_shape(line, cells, spoken_in)
    parted = "first" in columns and "last" in columns
    return found if len(found) > limit else settled(found, pasted, parted=parted)


def _lines(pasted: str) -> Iterator[tuple[str, str, str]]:
    """Each line that holds anything, with the one before it and the one after it, if any."""
    raw = _LINES.split(clean.unified(unjoined(pasted)))
    lines = ("\t".join(map(clean.line, each.split("\t"))) for each in raw)
    filled = (line for line in lines if line.strip(_BORDERS + "\"'"))  # no rule between rows either
    before, line, after = tee(chain([""], filled, [""]), 3)
    return zip(before, islice(line, 1, None), islice(after, 2, None), strict=False)


def _unreadable(line: str) -> bool:
    """Whether a line has what nobody writes, or is too long for one without an address."""
    long = len(line) > _LONGEST_UNADDRESSED and not SIGN.search(line)
    return long or bool(_CODED.search(line) or _DIVIDING.search(line))


def _languages(lines: Iterable[str]) -> _Languages:
    """The codes of the languages that the columns hold, by their separator; "" for other words but
    addresses."""
    found: _Languages = {}
    for line in lines:
        separator = separator_of(line)
        for at, cell in enumerate(cells_of(line, separator)):
            if any(map(str.isalpha, cell)) and not SIGN.search(cell):
                found.setdefault((separator, at), set()).add(language_of(cell))
    return found


def _by_shape(line: str, cells: Sequence[str], spoken_in: _Languages) -> Iterable[PersonRow]:
    """The rows of a line that stands below no names of columns. A language that may be a name is
    in doubt in a column that holds something else, and is none in one of several languages."""
    addresses = _addresses(cells)
    if len(addresses) > 1:
        return _several(line)
    separator = separator_of(line)
    named = [(at, cell) for at, cell in enumerate(cells) if language_of(cell)]
    codes = [spoken_in.get((separator, at), {""}) for at, cell in named if may_be_name(cell, line)]
    doubted = begins_with_label(line) or any("" in each for each in codes)
    if addresses and (doubted or torn(line) or any(map(_spaced, cells))):
        return [_refused(line)]
    sure = bool(codes) and all(len(each) > 1 for each in codes)
    row = _person(cells, next(iter(addresses), ""), sure=sure)
    return [row if row["name"] or row["email"] else _row(line, "")]


def _refused(text: str) -> PersonRow:
    """A row that holds a text as it was written, and is refused for want of an address."""
    return _row(" ".join(text.split()), "")


def _addresses(texts: Iterable[str]) -> list[str]:
    """Everything that looks like an address, as written; what is the same address once."""
    found: dict[str, str] = {}
    for word in (w for text in texts for w in WORD.findall(text)):
        if SIGN.search(word):
            found.setdefault(clean.email(word) or word, word)
    return list(found.values())


def _heads(cells: Sequence[str], *, first: bool) -> list[str]:
    """What the columns hold, if this is a row of their names; else nothing.

    Below people a row of names of columns has one for addresses, and more than one. What may be
    the name of somebody without an address is none: ``Person``, ``Meili Lang``.
    """
    texts = [unquoted(cell) or cell for cell in cells]
    heads = list(map(head_of, texts)) if len(texts) > 1 else [heads_of(texts[0])]
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
    while not texts[-1]:
        heads, texts = heads[:-1], texts[:-1]
    several = [
        FOREIGN if "email" in each else "unknown" if cell else "unnamed"
        for cell, each in zip(texts, heads, strict=True)
    ]
    return [
        each[0] if len(each) == 1 else other for each, other in zip(heads, several, strict=True)
    ]


def _some_heads(line: str, cells: Sequence[str]) -> list[str]:
    """As ``some_heads``, of a line without an address."""
    parts = cells if len(cells) > 1 else line.split("|")
    return [] if SIGN.search(line) else some_heads([unquoted(cell) or cell for cell in parts])


def _unquoted_below(head: str, cell: str) -> str:
    """A cell without the quotes around it; an address below another head stays as it is."""
    misplaced = head != "email" and _addresses([cell])
    return cell if misplaced else unquoted(cell) or cell


def _by_columns(line: str, cells: Sequence[str], columns: Sequence[str]) -> PersonRow:
    """A row below names of columns. Other columns are left out, unless an address or a part of it
    or of the name may be there.

    What stands in two columns of one name, or beyond the last, is left beside the name.
    """
    lacking = {*columns[len(cells) :]} - _OPTIONAL
    if lacking or torn(line) or ("\t" not in line and continues_adjacent(cells, columns)):
        return _refused(line)
    given = dict.fromkeys(("name", "first", "last", "email", "language"), "")
    left: list[str] = []
    unread: list[tuple[str, str]] = []
    for at, cell in enumerate(cells):
        head = columns[at] if at < len(columns) else ""
        if head in given and columns.count(head) == 1:
            given[head] = _unquoted_below(head, cell)
        elif head in _UNREAD_COLUMNS and not _addresses([cell]):
            unread.append((head, unquoted(cell) or cell))
        elif cell:
            left.append(unquoted(cell) or cell)
    names = whole_name(given["name"], given["first"], given["last"])
    addresses = _addresses([given["email"]])
    named = words(" ".join([*names, *map(local_part, addresses)]))
    if _is_asked(columns, unread, names_owner(" ".join(names), "".join(addresses))):
        return _refused(line)
    short = len(names) == 1 and len(names[0].split()) < 2
    left += [
        cell
        for head, cell in unread
        if in_doubt(cell, named)
        or (any(map(str.isalpha, cell)) and (head == "phone" or (short and head in UNKNOWN)))
    ]
    if len(addresses) != 1 or _words_of(given["email"]):
        left += [given["email"]] if given["email"] else []
        addresses = []
    row = _person(names, next(iter(addresses), ""), exact=True)
    spoken = unquoted(given["language"]) or given["language"]
    name = LEFT.join(filter(None, [row["name"], *left]))
    read = {**row, "name": name, "language": language_of(spoken) or spoken}
    return _kept(read, cells) if name or row["email"] else _refused(line)


def _is_asked(columns: Sequence[str], unread: Sequence[tuple[str, str]], own: bool) -> bool:
    """Whether a person has to look at a row: for a text below an unknown name, or for an address
    that does not say whose it is below one, or where another column has a name."""
    if any(head in UNKNOWN and any(map(str.isalpha, cell)) for head, cell in unread):
        return True
    unknown = any(head in UNKNOWN and head != "unnamed" for head in columns)
    return not own and (unknown or any(_TWO_NAMES.search(cell) for _, cell in unread))


def _several(line: str) -> Iterator[PersonRow]:
    """People on one line, each with a name and an address after it, between two semicolons or, if
    there are none, commas. Anything else is one row that is refused, but what stands between
    two semicolons of a list of a mail program."""
    separator = separator_of(line, "\t;,")
    chunks = [text for text in cells_of(line, separator) if text.strip(_BORDERS)]
    named = [_is_named(text) for text in chunks]
    mailed = separator == ";" and all(
        _MAILED_NAME.fullmatch(text) for text in chunks if "@" in text
    )
    if separator not in tuple(";,") or not (all(named) or mailed):
        yield _refused(line)
        return
    for at, text in enumerate(chunks):
        before = f"{chunks[at - 1]}{separator} " if at and not named[at - 1] else ""
        after = f"{separator} {chunks[at + 1]}" if at + 1 < len(chunks) else ""
        cells = cells_of(text, separator_of(text))
        if named[at] and not torn(text, before, after) and not any(map(_spaced, cells)):
            yield _person(cells, _addresses([text])[0])
        else:
            yield _row(text, "")


def _is_named(text: str) -> bool:
    """Whether a text is a name and one address after it, and a language at most after that."""
    signed = [m for m in WORD.finditer(text) if SIGN.search(m[0])]
    if len(_addresses([text])) != 1 or not any(map(str.isalpha, text[: signed[0].start()])):
        return False
    after = text[signed[-1].end() :].strip(_BORDERS)
    return not any(map(str.isalpha, after)) or bool(language_of(after))


def _spaced(cell: str) -> bool:
    """Whether a space may have cut an address in a cell, as in ``cut_by_space``."""
    signed = [m for m in WORD.finditer(cell) if SIGN.search(m[0])]
    return any(cut_by_space(cell[: m.start()], m[0], cell[m.end() :]) for m in signed)


def _person(
    cells: Sequence[str], address: str, *, exact: bool = False, sure: bool = False
) -> PersonRow:
    """One person: what is left of the cells is the name, the language or a number.

    Several texts are one name if their words are in the address; else all are left in the cell
    for the name. ``exact``: all of it is the name, and nothing a language or a number; ``sure``:
    a language is nobody's name.
    """
    local = spelt(address)
    proven: list[str] = []
    names: list[str] = []
    language = ""
    for piece, loose in _pieces(cells, address):
        named = words(piece)
        if named and named <= local:
            proven.append(piece)
            local -= named
        elif loose and not exact and not language and language_of(piece):
            language = language_of(piece)
        elif given := None if exact else spoken(piece):
            whole = given.sure and not language
            language = language_of(given.word) if whole else language
            names.append(given.name if whole else f"{given.name}{LEFT}{given.word}")
        elif exact or any(map(str.isalpha, piece)):
            names.append(piece)
    if language and not (exact or sure):
        surname = surname_in(cells, " ".join([*proven, *names]))
        names, language = ([*names, surname], "") if surname else (names, language)
    parts = [" ".join(proven)] if proven and not names else [*proven, *names]
    return _kept({**_row(LEFT.join(parts), address), "language": language}, [*cells, address])


def _pieces(cells: Sequence[str], address: str) -> Iterator[tuple[str, bool]]:
    """What the cells hold besides addresses, and whether a piece stands by itself, so that it may
    be a language. What is in quotes is one piece, as "Last, First" is, and a name that the
    address tells."""
    for cell in filter(None, cells):
        bracketed, mailed = "<" in cell, last_first(cell)
        for part in _words_of(unquoted(cell) if _addresses([unquoted(cell)]) else cell):
            quoted = unquoted(part)
            whole = quoted or (part if mailed else "")
            texts = [whole.replace(",", " ")] if whole else part.split(",")
            for piece in filter(None, map(_named, texts)):
                first, _, last = piece.rpartition(" ")
                one = quoted or bracketed or part == cell or not first or not language_of(last)
                if one or names_owner(piece, address):
                    yield piece, True
                else:  # apart by spaces alone: a language, or a name such as Suomi
                    yield first, False
                    yield last, False


def _words_of(text: str) -> list[str]:
    """What stands before, between and after the addresses of a text."""
    split = WORD.sub(lambda m: "\n" if SIGN.search(m[0]) else m[0], text).split("\n")
    return [part for part in (each.strip(_BORDERS) for each in split) if part]


def _named(text: str) -> str:
    """A text as a name: one space between words, no list marks and no stops around it."""
    return unmarked(unlisted(" ".join(text.split()) + " ").strip(_BORDERS))


def _row(name: str, address: str) -> PersonRow:
    """A row with an address as people write it, or as it is if it is none.

    It has no address if what stands there may be more than one; see ``_kept``.
    """
    read = clean.email(address)
    shown = clean.writable(read) if read else clean.bare(address)
    if read and not stands_alone(address, read):
        shown = ""
    return {"name": name, "email": shown, "language": ""}


def _kept(row: PersonRow, texts: Iterable[str]) -> PersonRow:
    """The row with all addresses of the texts: those that it would lose are beside its name, where
    it is refused."""
    given = {
        clean.email(word) or clean.bare(word) for word in [row["email"], *_addresses([row["name"]])]
    }
    lost = [w for w in _addresses(texts) if (clean.email(w) or clean.bare(w)) not in given]
    return {**row, "name": LEFT.join(filter(None, [row["name"], *lost]))}
