"""What lies on a desk: candidates from its lists, each held against the case itself."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from functions.kernel.apart import Beside
from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.desk import (
    ALL,
    GROUPS,
    MINE,
    ROLE,
    WORD,
    as_role,
    asked_words,
    facet,
    fits,
    list_of,
    looks_after,
    slots,
    words_of,
)  # fmt: skip
from functions.kernel.duties import UNITS
from functions.kernel.errors import Unreadable
from functions.kernel.fields import Field
from functions.processes import NAMES, current, pinned
from functions.services.beside import beside_turns
from functions.services.offices import Offices
from functions.services.persons import person_key
from functions.services.ports import Card
from functions.services.wiring import Services

ROWS = 25  # on one page, and so in one read of cases
MINE_FIRST = 13  # of these, at most, of what waits for the person; the lists share the rest
_FEW = 3  # cards that are read to find one: those of cases just moved lie there for a moment
SIFTED = 50  # cards read at once where some are filtered out
SIEVES = 4  # such reads for one page, at most
LONGEST_CURSOR = 200
SHORTEST = 3  # letters of a word by which a unit is meant
MOST_UNITS = 5  # that the words of a search can mean
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Lying:
    """A case that lies on the desk now, and as which of its parties. A role in a ``linked`` case
    may keep them from acting."""

    definition: Definition
    case: Case
    party: Party
    marks: tuple[str, ...]
    linked: Beside = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A stretch of one list. ``next`` is the cursor of what follows, "" at the end. ``broken`` are
    the cards of cases that are not as they were written, made when they were."""

    prefix: str
    rows: tuple[Lying, ...]
    next: str = ""
    broken: tuple[Card, ...] = ()

    def broken_as(self, *roles: str) -> tuple[str, ...]:
        """The ids of the broken cases that are here by one of these roles (``as_role``)."""
        return tuple(c.case for c in self.broken if not set(roles).isdisjoint(c.marks))

    @property
    def broken_looked_after(self) -> tuple[str, ...]:
        """The ids of the broken cases that the desk's person looks after."""
        known = map(current, NAMES)
        return self.broken_as(*(as_role(each.name, looks_after(each)) for each in known))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for among all that a coordinator looks after: marks and words; in the list of
    the mark ``by``, if it is given."""

    marks: tuple[str, ...] = ()
    text: str = ""
    by: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text, longest first: the longest is the rarest."""
        return tuple(sorted(asked_words(self.text), key=len, reverse=True))

    @property
    def prefix(self) -> str:
        """The list that has fewest of them: a word's, else the first mark's, else all."""
        if self.words and not self.by:
            return WORD + self.words[0]
        return f"{self.by or self.marks[0]}#" if self.by or self.marks else ALL

    def lists_once(self, card: Card) -> bool:
        """Whether a card is the first of its case's here: several of its words may begin alike."""
        if not self.words or self.by:
            return True
        alike = (m for m in card.marks if m.startswith(self.prefix))
        return card.place.startswith(f"{min(alike, default=self.prefix)}#")


@dataclass(frozen=True, slots=True)
class Overview:
    """A desk at first sight: what waits for its person, then each role's lists in order."""

    mine: Listed
    lists: Sequence[Listed] = field(default_factory=tuple)


def overview(services: Services, person: str) -> Overview:
    """The beginning of every list that has anything, with one read of at most 25 cases."""
    prefixes = [list_of(*role, name) for role in _roles(services, person) for name in GROUPS]
    pages = {p: services.desks.page(person, p, "", ROWS + 1) for p in (MINE, *prefixes)}
    sizes = _shares({prefix: min(len(cards), ROWS) for prefix, cards in pages.items()})
    shown = {prefix: cards[: sizes[prefix]] for prefix, cards in pages.items()}
    held = _held_against_cases(services, [c for cards in shown.values() for c in cards])
    mine, *others = (
        _listed(p, shown[p], held, _more(cards, n))
        for (p, cards), n in zip(pages.items(), sizes.values(), strict=True)
    )
    return Overview(mine, [each for each in others if each.rows or each.broken])


def _listed(prefix: str, cards: Sequence[Card], held: "Held", onward: str) -> Listed:
    rows = tuple(held.lying[c.place] for c in cards if c.place in held.lying)
    return Listed(prefix, rows, onward, tuple(c for c in cards if c.case in held.broken))


def _shares(lengths: Mapping[str, int]) -> Mapping[str, int]:
    """How many rows of each list a first sight shows: half for what waits, the rest in turn."""
    sizes = {prefix: min(n, MINE_FIRST) if prefix == MINE else 0 for prefix, n in lengths.items()}
    while sum(sizes.values()) < min(ROWS, sum(lengths.values())):
        for prefix, length in lengths.items():
            if sizes[prefix] < length and sum(sizes.values()) < ROWS:
                sizes[prefix] += 1
    return sizes


def first_waiting(services: Services, person: str) -> Lying | None:
    """The case that waits for a person and comes first on their desk, if any does."""
    cards = services.desks.page(person, MINE, "", _FEW)
    return next(iter(_held_against_cases(services, cards).lying.values()), None)


def stretch(services: Services, person: str, prefix: str, cursor: str = "") -> Listed:
    """One page of a list, and where the next begins."""
    cards = services.desks.page(person, prefix, _place(cursor, prefix), ROWS + 1)
    held = _held_against_cases(services, cards[:ROWS])
    return _listed(prefix, cards[:ROWS], held, _more(cards, ROWS))


def found(services: Services, person: str, wanted: Wanted, cursor: str = "") -> Listed:
    """One page of what is looked for: by its own words first, then by the units that these name.

    Cards that lack a mark are sifted out before any case is read. After four reads the page
    ends even if it is not full, and ``next`` goes on: its cost has a bound, whatever is sought.
    """
    ways = [wanted, *_by_units(services, wanted)]
    at = next((n for n, way in enumerate(ways) if _belongs(cursor, way.prefix)), 0)
    for way in ways[at:]:
        listed = _found(services, person, way, cursor, ways[: ways.index(way)])
        cursor = listed.next
        if listed.rows or listed.broken or cursor:
            break
    if not cursor and way is not ways[-1]:
        cursor = _cursor(ways[ways.index(way) + 1].prefix)
    return replace(listed, next=cursor)


def _found(
    services: Services, person: str, wanted: Wanted, cursor: str, earlier: Sequence[Wanted]
) -> Listed:
    """One page of what is looked for in one way, without what was found in ``earlier`` ones."""
    after, kept = _place(cursor, wanted.prefix), dict[str, Card]()
    for _ in range(SIEVES):
        cards = services.desks.page(person, wanted.prefix, after, SIFTED)
        for card in cards:
            after = card.place
            known = any(fits(card.marks, way.marks, way.words) for way in earlier)
            fit = wanted.lists_once(card) and fits(card.marks, wanted.marks, wanted.words)
            if fit and not known:
                kept[card.case] = card
            if len(kept) == ROWS:
                break
        if len(kept) == ROWS or len(cards) < SIFTED:
            break
    done = len(cards) < SIFTED and (not cards or after == cards[-1].place)
    held = _held_against_cases(services, list(kept.values()))
    listed = _listed(wanted.prefix, list(kept.values()), held, "" if done else _cursor(after))
    rows = (x for x in listed.rows if fits(x.marks, wanted.marks, wanted.words))
    return replace(listed, rows=tuple(rows))


def _by_units(services: Services, wanted: Wanted) -> list[Wanted]:
    """The same looked for by the units whose names, in any language, begin with its words; what
    is no word of a name is looked for in their cases. A case itself has its unit's key only."""
    marks = {f.name for f in _unit_facets()}
    ways: list[Wanted] = []
    for unit in services.directory.listings(UNITS) if wanted.words else ():
        named = words_of(" ".join(unit.names.values()))
        meant = {w for w in wanted.words if any(name.startswith(w) for name in named)}
        if any(len(word) >= SHORTEST for word in meant):
            rest = " ".join(w for w in wanted.words if w not in meant)
            own = (facet(name, unit.key) for name in marks)
            ways += [Wanted((mark, *wanted.marks), rest, by=mark) for mark in own]
    return ways[:MOST_UNITS]


def _unit_facets() -> list[Field]:
    """The answers that name a unit and by which cases are found."""
    known = [current(name) for name in NAMES]
    return [d.fields()[n] for d in known for n in d.facets if d.fields()[n].source == UNITS]


def _belongs(cursor: str, prefix: str) -> bool:
    """Whether a cursor is one of this list."""
    with suppress(Unreadable):
        return bool(_place(cursor, prefix))
    return False


def _roles(services: Services, person: str) -> Sequence[tuple[str, str]]:
    """The processes and roles in which anything lies on the desk: from each to the next, a row
    at a time."""
    roles: list[tuple[str, str]] = []
    after = ""
    while cards := services.desks.page(person, ROLE, after, 1):
        named = cards[0].place.split("#")[1]
        process, _, role = named.partition(".")
        roles.append((process, role))
        after = f"{ROLE}{named}#{_LAST}"
    return roles


@dataclass(frozen=True, slots=True)
class Held:
    """Cards held against their cases: what lies there now, by place, and which cases are broken."""

    lying: Mapping[str, Lying]
    broken: frozenset[str]


def _held_against_cases(services: Services, cards: Sequence[Card]) -> Held:
    """The cards' cases, without those that lie elsewhere by now."""
    cases = services.cases.several([card.case for card in cards])
    lying: dict[str, Lying] = {}
    offices, linked = Offices(services), beside_turns(services, cases.values())
    for card in cards:
        case = cases.get(card.case)
        definition = pinned(case.process, case.version) if case else None
        if case is None or definition is None:
            continue
        beside = linked.get(case.id, ())
        for slot in slots(definition, case, beside):
            if (slot.place, slot.party.id) != (card.place, card.party):
                continue
            own = person_key(services, slot.party.email) == card.desk
            if own and offices.holds(definition, case, slot.party):
                lying[card.place] = Lying(definition, case, slot.party, slot.marks, beside)
    return Held(lying, cases.broken)


def _more(cards: Sequence[Card], most: int) -> str:
    return _cursor(cards[most - 1].place) if most and len(cards) > most else ""


def _cursor(place: str) -> str:
    """A place as it stands in an address."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(cursor: str, prefix: str) -> str:
    """The place of a cursor; ``Unreadable`` unless it is one of this list."""
    if not cursor:
        return ""
    try:
        if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
            raise Unreadable
        place = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise Unreadable from error
    if not (place.startswith(prefix) and place.isprintable() and _cursor(place) == cursor):
        raise Unreadable
    return place
