"""Computes on whose desks a case is listed, and where. It is pure: it reads the case alone.

A desk is one person's. It has lists; each list is a prefix of ``Placement.sort_key``, which sorts
as the list is read, so that a page of a list is one read of a bounded length.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from functions.kernel.apart import LinkedCases, may_act
from functions.kernel.case import REFERENCE_LENGTH, Case, Party
from functions.kernel.definition import Definition
from functions.kernel.duties import UNIT_LIST, coordinators_duty, may
from functions.kernel.fields import Field
from functions.kernel.states import BY_ITSELF, CLOCK, LINK
from functions.kernel.timers import deadline
from functions.kernel.urgency import is_urgent
from functions.kernel.visibility import sees, visible, visible_parties

Group = Literal["todo", "running", "returned", "waiting", "closed"]

# Lists of a role in a process beside what waits for its holder, in the order they are shown.
GROUPS: tuple[Group, ...] = ("returned", "waiting", "running", "closed")

ROLE = "role#"  # what a role in a process has beside that, in lists
TODO = "todo#"  # what waits for the person, in whatever role
ACTED = "acted#"  # cases in which somebody did something by a spelling of their mailbox
WHO = "who#"  # people whom the directory does not know, as their cases do, newest first
ALL = "all#"  # every case that the person can search, newest first
WORD = "word#"
_STATE = "state="
AS = "as"  # the tag of the process and the role by which the item is somebody's
_NEWEST_FIRST: tuple[Group, ...] = ("running", "closed")
_FAR = 10**17  # microseconds; some thousand years
_NO_DAY = 999_999  # as if it were due then
MAX_WORDS = 24  # per case
LONGEST_WORD = 24
LONGEST_CODE = 40  # characters: a text that is no longer is a number or code that people quote
# Letters that Unicode does not take apart, as people type them who lack them.
_LETTERS = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "ø": "o", "ŧ": "t",
     "æ": "ae", "œ": "oe", "þ": "th"}
)  # fmt: skip
_RUNS = re.compile(r"[^\W_]+")
_GROUPS = re.compile(r"(?<![^\W_])\d+(?:[\W_]+\d+)+(?![^\W_])")  # of digits that stand alone
_REFERENCE_PREFIX = re.compile(r"(?<!\S)k-(?=\w)")  # people quote a reference with or without it


@dataclass(frozen=True, slots=True)
class Placement:
    """One place of a case on one person's desk. ``tags`` are what it can be filtered by, and by
    which role it lies there (``as_role``)."""

    party: Party
    sort_key: str
    tags: tuple[str, ...] = ()


def confirmed(definition: Definition, case: Case) -> bool:
    """Whether the case is listed on desks at all: its opener's email address has been confirmed."""
    return not definition.unproven(case) and bool(case.parties)


def group(
    definition: Definition, case: Case, role: str, party: str = "", linked: LinkedCases = ()
) -> Group:
    """The group of a case on the desk of a role.

    ``todo`` waits for them; ``returned`` was returned or refused on its way; ``waiting`` waits for
    others, also for a ``party`` who has voted or may not act; ``running`` waits for time, here or
    in a linked case; ``closed`` is over. A role in a ``linked`` case may exclude the party from
    acting, too.
    """
    if definition.is_over(case.state):
        return "closed"
    turn = definition.turn(case)
    if turn == role:
        holder = case.party(party)
        free = holder is None or may_act(definition, case, holder, linked)
        return "todo" if free and party not in case.votes else "waiting"
    if turn == CLOCK or (turn == LINK and definition.state(case.state).runs):
        return "running"
    on_its_way = case.state in definition.form(case.form).route or turn in BY_ITSELF
    return "waiting" if on_its_way else "returned"


def part_of(definition: Definition, case: Case, role: str) -> str:
    """The reference of the case that this one is a part of, without its prefix, for a role that may
    see both; else ""."""
    knows_both = role in definition.form(case.form).names_linked
    return case.linked[0][:REFERENCE_LENGTH] if knows_both and case.linked else ""


def placements(
    definition: Definition, case: Case, linked: LinkedCases = ()
) -> tuple[Placement, ...]:
    """The worklist items of a case on all desks. None before it is confirmed or once it is erased.

    ``linked`` are the linked cases in which a role may exclude somebody from acting.
    """
    parties = case.parties
    return tuple(slot for p in parties for slot in placements_of(definition, case, p, linked))


def placements_of(
    definition: Definition, case: Case, party: Party, linked: LinkedCases = ()
) -> Iterator[Placement]:
    """The worklist items of a case on the desk of one of its parties, the one of its list first;
    each is computed when it is asked for."""
    if party.present and confirmed(definition, case):
        yield from _of(definition, case, party, linked)


def list_of(process: str, role: str, name: Group) -> str:
    """The prefix of a role's list of the cases of one process."""
    return f"{ROLE}{process}.{role}#{name}#"


def list_named(name: str) -> str | None:
    """The prefix of a list by its name in addresses, ``todo`` or
    ``supervision.manager.waiting``."""
    process, _, rest = name.partition(".")
    role, _, group = rest.rpartition(".")
    if name == "todo":
        return TODO
    if not (process.isidentifier() and role.isidentifier()):
        return None
    return next((list_of(process, role, g) for g in GROUPS if g == group), None)


def desk_lists(definition: Definition) -> Iterator[tuple[str, Group]]:
    """The lists in which a case of this process can lie, by role."""
    states = [(s, definition.is_over(s.name)) for s in definition.states]
    turned = any(
        not definition.is_over(s.name) and s.turn not in BY_ITSELF and s.name not in form.route
        for form in definition.forms
        for s in definition.for_form(form.name).states
    )
    starts = {form.start for form in definition.forms if form.public}
    turns = {r for s, over in states if not over and s.name not in starts for r in s.turn_roles}
    for role in (r.name for r in definition.roles):
        if turned:
            yield role, "returned"
        voting = any(a.votes and a.role == role for a in definition.actions)
        if turns - {role, CLOCK} or voting:
            yield role, "waiting"
        if CLOCK in turns:
            yield role, "running"
        yield role, "closed"


def name_of(prefix: str) -> str:
    """The name of a list by its prefix: ``list_named`` the other way round."""
    return ".".join(part for part in prefix.split("#") if part not in ("", "role"))


def facet(name: str, value: str) -> str:
    """The tag of a choice; with ``#`` behind it, the prefix of the list of all who have it."""
    return f"{name}={value}"


def as_role(process: str, role: str) -> str:
    """The tag of all items that somebody has by a role."""
    return facet(AS, f"{process}.{role}")


def facets(definition: Definition, case: Case, role: str) -> tuple[str, ...]:
    """The tags of a case: its state, its form, and the definition's facets that are answered
    and that ``role`` sees."""
    known = {"state": case.state, "form": case.form}
    tags = [facet(name, f"{case.process}.{value}") for name, value in known.items()]
    seen = (n for n in definition.facets if sees(definition, n, role, case.state))
    answered = (n for n in seen if case.answers.get(n) not in (None, ""))
    return (*tags, *(facet(name, str(case.answers[name])) for name in answered))


def lasting(tags: tuple[str, ...]) -> tuple[str, ...]:
    """The tags that a case has as long as its answers stay: all but its state and its words. These
    are stored with an item, so that a step changes few items."""
    return tuple(tag for tag in tags if not tag.startswith((WORD, _STATE)))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: NFKD, without case, accents or punctuation.

    Of a reference, such as K-7FQ2MX, the code is a word.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    bare = _REFERENCE_PREFIX.sub("", "".join(c for c in plain if not unicodedata.combining(c)))
    return tuple(dict.fromkeys(w[:LONGEST_WORD] for w in _RUNS.findall(bare)))


def asked_words(text: str) -> tuple[str, ...]:
    """The words of what somebody searches for; digits in groups are one number, as in what is found
    (``_numbers``)."""
    runs = _RUNS.findall(text)
    return words_of("".join(runs) if all(run.isdecimal() for run in runs) else text)


def fits(tags: tuple[str, ...], required: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether tags have all wanted facets, and a word that begins as each of ``words``."""
    known = [m.removeprefix(WORD) for m in tags if m.startswith(WORD)]
    return set(required) <= set(tags) and all(
        any(k.startswith(word) for k in known) for word in words
    )


def _of(
    definition: Definition, case: Case, party: Party, linked: LinkedCases
) -> Iterator[Placement]:
    end = f"{case.id}#{party.id}"
    stands = group(definition, case, party.role, party.id, linked)
    own = as_role(case.process, party.role)
    if stands == "todo":
        rank = 0 if is_urgent(definition, case) else 1
        yield Placement(party, f"{TODO}{rank}#{_due_first(definition, case)}#{end}", (own,))
    if case.parent:  # the others are on the page of the case that it is a part of
        return
    if stands != "todo":
        newest = stands in _NEWEST_FIRST
        order = _newest(case.since) if newest else _due_first(definition, case)
        there = f"{list_of(case.process, party.role, stands)}{order}"
        yield Placement(party, f"{there}#{end}", (own,))
    if not definition.role(party.role).source:  # the others are known by the directory
        yield Placement(party, f"{WHO}{_newest(case.since)}#{end}")
    if may([coordinators_duty(definition.role(party.role))], "search"):
        end = f"{_newest(case.opened_at)}#{end}"
        words = _words(definition, case, party)
        choices = facets(definition, case, party.role)
        tags = (*choices, *(WORD + word for word in words), own)
        lists = [ALL, *(f"{tag}#" for tag in choices), *(f"{WORD}{word}#" for word in words)]
        yield from (Placement(party, each + end, tags) for each in lists)


def _words(definition: Definition, case: Case, reader: Party) -> tuple[str, ...]:
    """What the case is found by: its reference and that of the case it is a part of, its headline,
    and of what the reader sees the checked codes, units and organisations, names, email
    addresses and other short texts.

    A case has no more than MAX_WORDS of them, in this order.
    """
    people = visible_parties(definition, case, reader)
    texts = [case.id[:REFERENCE_LENGTH], part_of(definition, case, reader.role)]
    if sees(definition, definition.headline, reader.role, case.state):
        texts.append(str(case.answers.get(definition.headline, "")))
    fields = definition.fields()
    seen = [
        (fields[name], str(value))
        for name, value in visible(definition, case, reader.role).items()
        if value not in (None, "")
    ]
    for field, value in sorted(seen, key=lambda each: not each[0].unique):
        if field.code:
            texts += [value, "".join(_RUNS.findall(value))]
    texts += [value for field, value in seen if _is_named(field)]
    texts += [p.name for p in people]
    texts += [value for field, value in seen if field.kind == "email"]
    if reader.role == definition.owner:
        texts += [p.email for p in people]
    texts += [value for field, value in seen if _is_short(field)]
    return words_of(" ".join(part for text in texts for part in (text, *_numbers(text))))[
        :MAX_WORDS
    ]


def _numbers(text: str) -> Iterator[str]:
    """The numbers whose digits stand in groups: of ``2026-001`` it is 2026001."""
    for groups in _GROUPS.findall(text):
        yield "".join(_RUNS.findall(groups))


def _is_named(field: Field) -> bool:
    """Whether the answer is a unit or an organisation."""
    return field.source == UNIT_LIST or field.autocomplete == "organization"


def _is_short(field: Field) -> bool:
    """Whether the answer is a number or another short text that people quote."""
    return field.kind == "text" and 0 < field.longest <= LONGEST_CODE


def _due_first(definition: Definition, case: Case) -> str:
    """What is due first comes first, and so, on any day, what is overdue; then the oldest of what
    is due on no day."""
    day = deadline(definition, case)
    return f"{day.toordinal() if day else _NO_DAY}{int(case.since.timestamp()):011}"


def _newest(moment: datetime) -> str:
    return f"{_FAR - _micros(moment):017}"


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond
