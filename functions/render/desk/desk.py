"""The page of a person's desk: cases that wait for them, cases that wait for others, and a
search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from urllib.parse import urlencode

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Case, Party, reference
from functions.kernel.definition import Definition
from functions.kernel.desk import desk_lists, group
from functions.kernel.durations import day_of
from functions.kernel.errors import Broken, Refused
from functions.kernel.people import Directory
from functions.kernel.states import CLOCK
from functions.kernel.timers import deadline, is_late
from functions.kernel.urgency import is_urgent
from functions.kernel.visibility import sees, visible_parties
from functions.processes import NAMES, current
from functions.render.case.view import part_of
from functions.render.desk.filters import Select
from functions.render.desk.tables import TableLink
from functions.render.form.widgets import SummaryError
from functions.render.page.pages import whole_page
from functions.render.templates import template
from functions.render.text import dates
from functions.render.text.texts import capital, page_text, process_text
from functions.render.text.words import Words, why_unread


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose desk, until when, in which language, and where it is."""

    name: str
    until: datetime
    language: str
    path: str
    directory: Directory

    def to(self, **query: str) -> str:
        """An address on the desk, in the language it is read in."""
        known = {name: value for name, value in query.items() if value}
        return f"{self.path}?{urlencode({**known, 'lang': self.language})}"


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A case as one of its parties has it on their desk, in their language."""

    title: str
    reference: str
    kinds: tuple[str, ...]
    people: tuple[str, ...]
    bounced: tuple[str, ...]
    state: str
    tag: str
    turn: str
    since: str
    until: str
    late: bool
    urgent: bool
    task: str
    link: str


@dataclass(frozen=True, slots=True)
class DeskList:
    """A list under its heading.

    ``empty`` is the text of an empty list; ``more`` is the link to its next page; ``broken`` are
    the references of cases that cannot be read, each with what is said of it in two lines.
    """

    name: str
    title: str
    rows: Sequence[DeskRow]
    empty: str = ""
    more: str = ""
    broken: Sequence[tuple[str, ...]] = ()


@dataclass(frozen=True, slots=True)
class Search:
    """What can be looked for among everything, and what was."""

    selects: Sequence[Select]
    label: str
    text: str = ""


def desk_row(
    frame: Frame,
    definition: Definition,
    case: Case,
    party: Party,
    now: datetime,
    linked: LinkedCases = (),
) -> DeskRow:
    """The row of a case, with only what the party's role may see now. A role in a ``linked`` case
    may keep the party from acting."""
    words = Words(definition, frame.language, frame.directory, case.form)
    role = party.role
    todo = group(definition, case, role, party.id, linked) == "todo"
    over = definition.is_over(case.state)
    until = deadline(definition, case)
    others = [p for p in visible_parties(definition, case, party) if p.id != party.id]
    token = frame.path.rpartition("/")[2]
    query = urlencode({"lang": frame.language})
    return DeskRow(
        title=_headline(words, case, role),
        reference=reference(case.id),
        kinds=tuple(_kinds(words, case, role)),
        people=tuple(f"{p.name}, {words.role(p.role)}" for p in others),
        bounced=tuple(
            words.page("desk.missed" if p.reachable else "desk.bounced", name=p.name)
            for p in others
            if (p.missed or not p.reachable) and role == definition.owner
        ),
        state=words.state(case, "name"),
        tag="turn" if todo else "done" if over else "wait",
        turn="" if todo or over or definition.turn(case) == CLOCK else words.turn(case, role),
        since=_since(words, case, now),
        until=_until(words, case, until, now) if until else "",
        late=is_late(definition, case, now),
        urgent=is_urgent(definition, case),
        task=words.task(case, role, "title") if todo else "",
        link=f"/api/t/{token}.{case.id}.{party.id}.{case.round}?{query}",
    )


def _since(words: Words, case: Case, now: datetime) -> str:
    """Since when the case stands as it does, or from when on, if that day has not been yet."""
    key = "desk.since" if day_of(case.since) <= day_of(now) else "desk.from"
    return words.page(key, when=dates.day(case.since, words.language))


def _until(words: Words, case: Case, until: date, now: datetime) -> str:
    """The deadline in words. What only time is waited for has a day of its own: it ends on it."""
    when = dates.day(until, words.language)
    if is_late(words.definition, case, now):
        return words.page("desk.late", when=when)
    waits = words.definition.state(case.state).turn == CLOCK
    own = words.maybe(f"states.{case.state}.by") if waits else ""
    return own.format(deadline=when).removesuffix(".") if own else words.page("desk.by", when=when)


def drawn(
    frame: Frame,
    name: str,
    cases: Sequence[tuple[Definition, Case, Party, LinkedCases]],
    more: Mapping[str, str],
    now: datetime,
    broken: Mapping[str, Broken] = MappingProxyType({}),
) -> DeskList:
    """The list ``name`` under its heading; ``more`` is the query that goes on with it, if any;
    ``broken`` says by id why cases in it cannot be read."""
    rows = [desk_row(frame, own, case, who, now, linked) for own, case, who, linked in cases]
    role_key, _, group_name = name.rpartition(".")
    empty = ""
    if not (rows or broken or role_key):
        empty = page_text(frame.language, "desk.found_on" if more else f"desk.{name}_none")
    link = frame.to(**more) if more else ""
    title = _title(frame, role_key, group_name)
    shown = [
        (reference(i), *(why_unread(frame.language, why, part) for part in ("title", "row_lead")))
        for i, why in broken.items()
    ]
    return DeskList(name.replace(".", "-"), title, rows, empty, link, shown)


def desk_page(
    frame: Frame,
    lists: Sequence[DeskList],
    search: Search | None,
    pages: Sequence[str],
    tables: Sequence[TableLink] = (),
    done: str = "",
) -> str:
    """The desk at first sight. ``pages`` are what else its person can go to, ``tables`` the
    files they can have; ``done`` is what they did just now."""
    title = page_text(frame.language, "desk.title")
    known = {
        "lists": lists,
        "search": search,
        "pages": pages,
        "tables": tables,
        "done": done,
    }
    return _desk(frame, title, back="", **known)


def found_page(frame: Frame, one: DeskList, search: Search | None) -> str:
    """One list alone, a page at a time, or what was found."""
    return _desk(
        frame, one.title, lists=[one], search=search, pages=(), tables=(), done="", back=frame.to()
    )


def ask_desk_page(language: str, typed: Mapping[str, str], error: str) -> str:
    """The form that asks for a link to one's desk, with what is to be mended."""
    title = page_text(language, "ask_desk.title")
    fields = {"email": typed.get("email", ""), "error": error}
    return whole_page("desk_ask.html", language, title, **fields, **_wrong(error))


def ask_desk_form(language: str) -> str:
    """The same form, as it stands on the static site."""
    text = partial(page_text, language)
    return template("desk_form.html").render(language=language, text=text, email="", error="")


def _title(frame: Frame, role_key: str, group_name: str) -> str:
    """The heading of a list, in the words of its process for a role; ``Refused`` if no case
    of that process can lie in it."""
    if not role_key:
        return page_text(frame.language, f"desk.{group_name}")
    process, _, role = role_key.partition(".")
    if process in NAMES and (role, group_name) in list(desk_lists(current(process))):
        return process_text(process, frame.language, f"desk.{role}.{group_name}")
    raise Refused


def _wrong(error: str) -> dict[str, object]:
    return {"wrong": [SummaryError("f-email", error)]} if error else {}


def _desk(frame: Frame, title: str, **known: object) -> str:
    until = dates.moment(frame.until, frame.language)
    return whole_page(
        "desk.html", frame.language, title, frame=frame, until=until, languages=True, **known
    )


def _headline(words: Words, case: Case, role: str) -> str:
    """What the case is called, if the role may know, else what kind of document it is."""
    name = words.definition.headline
    shown = case.answers.get(name) if sees(words.definition, name, role, case.state) else None
    own = words.maybe(f"forms.{case.form}.titles.{role}")
    return str(shown) if shown else own or capital(words.case_type(case.form))


def _part(words: Words, case: Case, role: str) -> Sequence[str]:
    """What a case is that began by another one, and of which, to those who are told of both."""
    part = part_of(words, case, role)
    return [words.matter(case.form), part] if part else []


def _kinds(words: Words, case: Case, role: str) -> Sequence[str]:
    fields = words.definition.fields()
    shown = (
        words.value(fields[name], case.answers[name])
        for name in words.definition.facets
        if name in case.answers and sees(words.definition, name, role, case.state)
    )
    return [*_part(words, case, role), *shown]
