"""Reads the lists of a desk and drops the items that the case itself does not confirm."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.desk import (
    ALL,
    GROUPS,
    ROLE,
    TODO,
    WORD,
    as_role,
    asked_words,
    facet,
    fits,
    lasting,
    list_of,
    placements_of,
    words_of,
)  # fmt: skip
from functions.kernel.duties import UNIT_LIST
from functions.kernel.errors import Broken, Unreadable
from functions.kernel.fields import Field
from functions.processes import NAMES, current, pinned
from functions.services.access.linked_cases import linked_cases_of_turns
from functions.services.access.offices import Offices
from functions.services.access.people import person_key
from functions.services.container import Services
from functions.services.ports import WorklistItem

ROWS = 25  # on one page, and so in one read of cases
TODO_FIRST = 13  # of these, at most, of what waits for the person; the lists share the rest
_FEW = 3  # items that are read to find one: those of cases just moved lie there for a moment
SIFTED = 50  # items read at once where some are filtered out
CHECKED = 50  # cases read for one page at most, where what is asked for is read from the case
SIEVES = 4  # such reads for one page, at most
LONGEST_CURSOR = 200
SHORTEST = 3  # letters of a word by which a unit is meant
MAX_UNITS = 5  # that the words of a search can mean
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class DeskCase:
    """A case that is on the desk now, with the party as which the desk's person has it. A role in a
    ``linked`` case may keep them from acting."""

    definition: Definition
    case: Case
    party: Party
    tags: tuple[str, ...]
    linked: LinkedCases = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing is done in it any more."""
        return self.definition.is_over(self.case.state)

    @property
    def names_linked(self) -> bool:
        """Whether its page leads its reader to the cases that are linked to it."""
        return self.party.role in self.definition.form(self.case.form).names_linked


@dataclass(frozen=True, slots=True)
class DeskPage:
    """One page of one list of a desk. ``next`` is the cursor of what follows, "" at the end.
    ``broken`` are the items of cases that cannot be read, and why; they were made when these
    could be."""

    prefix: str
    rows: tuple[DeskCase, ...]
    next: str = ""
    broken: tuple[tuple[WorklistItem, Broken], ...] = ()

    def broken_as(self, *roles: str) -> Mapping[str, Broken]:
        """Why cases that are here by one of these roles (``as_role``) cannot be read, by id."""
        return {c.case: why for c, why in self.broken if not set(roles).isdisjoint(c.tags)}

    @property
    def broken_looked_after(self) -> Mapping[str, Broken]:
        """The same of the cases that the desk's person looks after."""
        known = map(current, NAMES)
        return self.broken_as(*(as_role(each.name, each.owner) for each in known))


@dataclass(frozen=True, slots=True)
class DeskQuery:
    """A search among all cases that a coordinator owns: tags and words; in the list of the tag
    ``by``, if it is given."""

    tags: tuple[str, ...] = ()
    text: str = ""
    by: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the text, longest first: the longest is the rarest."""
        return tuple(sorted(asked_words(self.text), key=len, reverse=True))

    @property
    def prefix(self) -> str:
        """The list that has fewest of them: a word's, else the first tag's, else all."""
        if self.words and not self.by:
            return WORD + self.words[0]
        return f"{self.by or self.tags[0]}#" if self.by or self.tags else ALL

    @property
    def is_settled(self) -> bool:
        """Whether the tags that are stored with an item of its list tell all that is asked for."""
        read = {tag for tag in self.tags if f"{tag}#" != self.prefix} - {*lasting(self.tags)}
        return not read and len(self.words) <= self.prefix.startswith(WORD)

    def may_fit(self, item: WorklistItem) -> bool:
        """Whether an item's case may fit, as far as the tags that are stored with it tell."""
        return set(lasting(self.tags)) <= set(item.tags)

    def fits(self, row: DeskCase) -> bool:
        """Whether a case has all that is asked for, as it stands now."""
        return fits(row.tags, self.tags, self.words)

    def lists_once(self, sort_key: str, row: DeskCase) -> bool:
        """Whether this item is the first of its case's here: several of its words may begin
        alike."""
        if not self.words or self.by:
            return True
        alike = (m for m in row.tags if m.startswith(self.prefix))
        return sort_key.startswith(f"{min(alike, default=self.prefix)}#")


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page of a desk: what waits for its person, then the lists of each role in order."""

    todo: DeskPage
    lists: Sequence[DeskPage] = field(default_factory=tuple)


def overview(services: Services, person: str) -> Overview:
    """The beginning of every list that has anything, with one read of at most 25 cases."""
    prefixes = [list_of(*role, name) for role in _roles(services, person) for name in GROUPS]
    pages = {p: services.desks.page(person, p, "", ROWS + 1) for p in (TODO, *prefixes)}
    sizes = _shares({prefix: min(len(items), ROWS) for prefix, items in pages.items()})
    shown = {prefix: items[: sizes[prefix]] for prefix, items in pages.items()}
    checked = _current_cases(services, [c for items in shown.values() for c in items])
    todo, *others = (
        _page(p, shown[p], checked, _more(items, n))
        for (p, items), n in zip(pages.items(), sizes.values(), strict=True)
    )
    return Overview(todo, [each for each in _once(others) if each.rows or each.broken])


def _once(lists: Sequence[DeskPage]) -> Iterator[DeskPage]:
    """The lists without a case that is over if its part is, too, which leads there: to who is told
    of no part on the case itself, both are one."""
    named = {
        (row.party.role, case_id)
        for page in lists
        for row in page.rows
        if row.is_over and row.names_linked
        for case_id in row.case.linked
    }
    for page in lists:
        yield replace(
            page,
            rows=tuple(
                row
                for row in page.rows
                if row.names_linked or not row.is_over or (row.party.role, row.case.id) not in named
            ),
        )


def _page(
    prefix: str, items: Sequence[WorklistItem], checked: "CheckedItems", following: str
) -> DeskPage:
    rows = tuple(
        checked.by_sort_key[c.sort_key] for c in items if c.sort_key in checked.by_sort_key
    )
    broken = ((c, checked.broken[c.case]) for c in items if c.case in checked.broken)
    return DeskPage(prefix, rows, following, tuple(broken))


def _shares(lengths: Mapping[str, int]) -> Mapping[str, int]:
    """How many rows of each list a first sight shows: half for what waits, the rest in turn."""
    sizes = {prefix: min(n, TODO_FIRST) if prefix == TODO else 0 for prefix, n in lengths.items()}
    while sum(sizes.values()) < min(ROWS, sum(lengths.values())):
        for prefix, length in lengths.items():
            if sizes[prefix] < length and sum(sizes.values()) < ROWS:
                sizes[prefix] += 1
    return sizes


def first_waiting(services: Services, person: str) -> DeskCase | None:
    """The case that waits for a person and comes first on their desk, if any does."""
    items = services.desks.page(person, TODO, "", _FEW)
    return next(iter(_current_cases(services, items).by_sort_key.values()), None)


def list_page(services: Services, person: str, prefix: str, cursor: str = "") -> DeskPage:
    """One page of a list, and where the next begins."""
    items = services.desks.page(person, prefix, _position(cursor, prefix), ROWS + 1)
    checked = _current_cases(services, items[:ROWS])
    return _page(prefix, items[:ROWS], checked, _more(items, ROWS))


def find_cases(services: Services, person: str, query: DeskQuery, cursor: str = "") -> DeskPage:
    """One page of what is looked for: by its own words first, then by the units that these name.

    Items that lack a tag that is stored with them are left out before any case is read; states
    and words are those of the case as it stands. After four reads, or with the 50th case, the page
    ends even if it is not full, and ``next`` goes on: its cost has a bound, whatever is sought.
    """
    ways = [query, *_by_units(services, query)]
    at = next((n for n, way in enumerate(ways) if _belongs(cursor, way.prefix)), 0)
    for way in ways[at:]:
        page = _found(services, person, way, cursor, ways[: ways.index(way)])
        cursor = page.next
        if page.rows or page.broken or cursor:
            break
    if not cursor and way is not ways[-1]:
        cursor = _cursor(ways[ways.index(way) + 1].prefix)
    return replace(page, next=cursor)


def _found(
    services: Services, person: str, query: DeskQuery, cursor: str, earlier: Sequence[DeskQuery]
) -> DeskPage:
    """One page of what is looked for in one way, without what was found in ``earlier`` ones."""
    after, kept = _position(cursor, query.prefix), dict[str, WorklistItem]()
    limit = ROWS if query.is_settled and not earlier else CHECKED
    for _ in range(SIEVES):
        items = services.desks.page(person, query.prefix, after, SIFTED)
        for item in items:
            after = item.sort_key
            if query.may_fit(item):
                kept.setdefault(item.case, item)
            if len(kept) == limit:
                break
        if len(kept) == limit or len(items) < SIFTED:
            break
    done = len(items) < SIFTED and (not items or after == items[-1].sort_key)
    checked = _current_cases(services, list(kept.values()))
    fit = {
        key: row
        for key, row in checked.by_sort_key.items()
        if query.fits(row) and query.lists_once(key, row) and not any(w.fits(row) for w in earlier)
    }
    shown = dict(list(fit.items())[:ROWS])
    if len(fit) > ROWS:
        done, after = False, next(reversed(shown))
    page = _page(query.prefix, list(kept.values()), replace(checked, by_sort_key=shown), "")
    return replace(page, next="" if done else _cursor(after))


def _by_units(services: Services, query: DeskQuery) -> list[DeskQuery]:
    """The same looked for by the units whose names, in any language, begin with its words; what
    is no word of a name is looked for in their cases. A case itself has its unit's key only."""
    tags = {f.name for f in _unit_facets()}
    ways: list[DeskQuery] = []
    for unit in services.directory.listings(UNIT_LIST) if query.words else ():
        named = words_of(" ".join(unit.names.values()))
        meant = {w for w in query.words if any(name.startswith(w) for name in named)}
        if any(len(word) >= SHORTEST for word in meant):
            rest = " ".join(w for w in query.words if w not in meant)
            own = (facet(name, unit.key) for name in tags)
            ways += [DeskQuery((tag, *query.tags), rest, by=tag) for tag in own]
    return ways[:MAX_UNITS]


def _unit_facets() -> list[Field]:
    """The answers that name a unit and by which cases are found."""
    known = [current(name) for name in NAMES]
    return [d.fields()[n] for d in known for n in d.facets if d.fields()[n].source == UNIT_LIST]


def _belongs(cursor: str, prefix: str) -> bool:
    """Whether a cursor is one of this list."""
    with suppress(Unreadable):
        return bool(_position(cursor, prefix))
    return False


def _roles(services: Services, person: str) -> Sequence[tuple[str, str]]:
    """The processes and roles that the desk has cases of. One read finds the next one."""
    roles: list[tuple[str, str]] = []
    after = ""
    while items := services.desks.page(person, ROLE, after, 1):
        named = items[0].sort_key.split("#")[1]
        process, _, role = named.partition(".")
        roles.append((process, role))
        after = f"{ROLE}{named}#{_LAST}"
    return roles


@dataclass(frozen=True, slots=True)
class CheckedItems:
    """Items whose case confirms them, by sort key; ``broken`` says by id why other cases cannot be
    read."""

    by_sort_key: Mapping[str, DeskCase]
    broken: Mapping[str, Broken]


def _current_cases(services: Services, items: Sequence[WorklistItem]) -> CheckedItems:
    """The items' cases, without those that lie elsewhere by now."""
    cases = services.cases.several([item.case for item in items])
    desk_cases: dict[str, DeskCase] = {}
    offices, linked = Offices(services), linked_cases_of_turns(services, cases.values())
    for item in items:
        case = cases.get(item.case)
        definition = pinned(case.process, case.version) if case else None
        if case is None or definition is None:
            continue
        linked_cases = linked.get(case.id, ())
        party = case.party(item.party)
        found = placements_of(definition, case, party, linked_cases) if party else iter(())
        slot = next((each for each in found if each.sort_key == item.sort_key), None)
        if not (party and slot and person_key(services, party.email) == item.desk):
            continue
        if offices.holds(definition, case, party):
            desk_cases[item.sort_key] = DeskCase(definition, case, party, slot.tags, linked_cases)
    return CheckedItems(desk_cases, cases.broken)


def _more(items: Sequence[WorklistItem], limit: int) -> str:
    return _cursor(items[limit - 1].sort_key) if limit and len(items) > limit else ""


def _cursor(sort_key: str) -> str:
    """A sort key as it stands in an address."""
    return base64.urlsafe_b64encode(sort_key.encode()).decode().rstrip("=")


def _position(cursor: str, prefix: str) -> str:
    """The sort key of a cursor; ``Unreadable`` unless it is one of this list."""
    if not cursor:
        return ""
    try:
        if len(cursor) > LONGEST_CURSOR or not cursor.isascii():
            raise Unreadable
        sort_key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise Unreadable from error
    if not (sort_key.startswith(prefix) and sort_key.isprintable() and _cursor(sort_key) == cursor):
        raise Unreadable
    return sort_key
