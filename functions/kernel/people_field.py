"""Lists of people in a form: rows of inputs, or lines pasted from a spreadsheet, read as one.

A field ``supervisees`` has the inputs ``supervisees-1-name``, ``-1-email``, ``-1-language``
and so on, and ``supervisees-pasted`` with a person on each line (``pasted``).
"""

import re
from collections.abc import Mapping

from functions.kernel import LANGUAGES, clean
from functions.kernel.errors import Problem
from functions.kernel.fields import MAX_LENGTH, Answers, Field, People, Value
from functions.kernel.mailboxes import mailbox

CELLS = ("name", "email", "language")
PASTED = "pasted"
_LONGEST = 65_536  # characters of a paste; a longer one counts as more people than may be, unread
_UNREAD = {"name": "…", "email": "", "language": ""}
MAX_ROWS = 99
_NUMBERED = re.compile(r"([1-9][0-9]?)-(name|email|language)")


def rows(field: Field, typed: Mapping[str, str]) -> People:
    """Everybody typed or pasted so far, as typed, without empty rows, in order."""
    found = _typed(field, typed)
    if pasted := typed.get(f"{field.name}-{PASTED}", ""):
        from functions.kernel.pasted import pasted_rows  # most requests paste nothing

        limit = field.highest or MAX_ROWS
        short = len(pasted) <= _LONGEST
        found += pasted_rows(pasted, limit) if short else [_UNREAD] * (limit + 1)
    return [row for row in found if row["name"] or row["email"]]


def is_pasted(field: Field, typed: Mapping[str, str]) -> bool:
    """Whether people were pasted who have no rows of their own yet."""
    text = typed.get(f"{field.name}-{PASTED}", "") if field.kind == "people" else ""
    return bool(text.strip())


def drawn(field: Field, typed: Mapping[str, str]) -> tuple[People, str]:
    """The rows to draw, and what was pasted if that makes more rows than anybody may send: it is
    given back as it was, to be shortened."""
    people = rows(field, typed)
    pasted = typed.get(f"{field.name}-{PASTED}", "")
    if not (pasted and field.highest and len(people) > field.highest):
        return people, ""
    return [row for row in _typed(field, typed) if row["name"] or row["email"]], pasted


def _typed(field: Field, typed: Mapping[str, str]) -> People:
    """The numbered rows, empty ones too."""
    numbered: dict[int, dict[str, str]] = {}
    for name, value in typed.items():
        match = _NUMBERED.fullmatch(name.removeprefix(f"{field.name}-"))
        if match and field.owns(name):
            cells = numbered.setdefault(int(match[1]), dict.fromkeys(CELLS, ""))
            cells[match[2]] = (
                clean.plain(value) if match[2] == "email" else clean.line(clean.apart(value))
            )
    return [numbered[n] for n in sorted(numbered)]


def read_people(field: Field, typed: Mapping[str, str]) -> tuple[People, list[Problem]]:
    """The people as values, and what is to be mended, each beside its cell."""
    people = rows(field, typed)
    problems: list[Problem] = []
    if not people and field.required:
        return [], [Problem(field.name, "nobody")]
    if field.lowest and len(people) < field.lowest:
        problems.append(Problem(field.name, "few", field.lowest))
    if field.highest and len(people) > field.highest:
        return people, [Problem(field.name, "many", field.highest)]
    seen: set[str] = set()
    for number, row in enumerate(people, 1):
        for cell in CELLS:
            code, limit = _wrong(cell, row)
            if code:
                problems.append(Problem(f"{field.name}-{number}-{cell}", code, limit))
        address = row["email"] = clean.email(row["email"]) or row["email"]
        if address and mailbox(address) in seen:
            problems.append(Problem(f"{field.name}-{number}-email", "twice"))
        seen.add(mailbox(address))
    return people, problems


def named_after(people: People) -> str:
    """What a case is called after its people, when nobody has called it otherwise."""
    return ", ".join(row["name"] for row in people)[: MAX_LENGTH["text"]]


def are_people(value: object) -> bool:
    """Whether a stored value is a list of people: texts by cell, each with name and address."""
    return isinstance(value, list) and all(
        isinstance(row, dict)
        and {"name", "email"} <= row.keys()
        and all(isinstance(cell, str) for cell in row.values())
        for row in value
    )


def _wrong(cell: str, row: Mapping[str, str]) -> tuple[str, int | None]:
    value = row[cell]
    if cell == "language":
        return ("unknown", None) if value and value not in LANGUAGES else ("", None)
    if not value:
        return "empty", None
    limit = MAX_LENGTH["email" if cell == "email" else "text"]
    if len(value) > limit:
        return "long", limit
    if clean.has_controls(value, lines=False):
        return "characters", None
    if cell == "name" and _more_than_a_name(value):
        return "name", None
    return ("email", None) if cell == "email" and clean.email(value) is None else ("", None)


def _more_than_a_name(value: str) -> bool:
    # Few forms have a list of people.
    from functions.kernel.list_words import labelled
    from functions.kernel.names import names_joined, not_a_name

    return not_a_name(value) or names_joined(value) or labelled(value)


def rows_of(answers: Answers, cases: set[str]) -> dict[str, Value]:
    """Lists of people without those whom dropped cases brought, who do not live on in a name
    that was made of the names of all; anything else as it is."""
    lists = {k: v for k, v in answers.items() if isinstance(v, list)}
    left = {k: [r for r in v if r.get("case") in cases] for k, v in lists.items()}
    names = {named_after(v): named_after(left[k]) for k, v in lists.items()}
    renamed = {k: names[v] for k, v in answers.items() if isinstance(v, str) and v in names}
    return {**answers, **left, **renamed}
