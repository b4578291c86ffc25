"""The coordinator proposes to join applications: one new case, the originals linked to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from functions.kernel.apart import may_act
from functions.kernel.case import Actor, Case, Decision, Party
from functions.kernel.definition import Action, Definition
from functions.kernel.digests import case_id_of
from functions.kernel.engine import decide, open_case, transition
from functions.kernel.errors import Conflict, Invalid, Problem, Refused, Unavailable
from functions.kernel.fields import Answers, Field, Form, People, Value
from functions.kernel.mailboxes import mailbox, same_address
from functions.kernel.people import Person
from functions.kernel.people_rows import named_after
from functions.kernel.read import read
from functions.processes import current, pinned
from functions.services import writing
from functions.services.ports import File
from functions.services.wiring import Services
from functions.services.writing import Change

PICKED = "cases"  # the input under which the applications are picked


@dataclass(frozen=True, slots=True)
class Merger:
    """How a process joins cases: by which action, into which form, with which list of people."""

    definition: Definition
    action: Action
    form: Form
    members: Field

    @property
    def asked(self) -> tuple[Field, ...]:
        """What the coordinator is asked; the rest comes from the originals."""
        known = {self.members.name, *(r.key for r in self.definition.roles)}
        return tuple(f for f in self.form.fields if f.name not in known)


def merger(process: str) -> Merger | None:
    """The process's way of joining cases; None if it has none."""
    definition = current(process)
    action = next((a for a in definition.actions if not a.via and not a.fields), None)
    form = next((f for f in definition.forms if not f.public), None)
    members = next((f for f in form.fields if f.kind == "people"), None) if form else None
    if action is None or form is None or members is None:
        return None
    return Merger(definition, action, form, members)


def may_join(way: Merger, case: Case, email: str) -> Party | None:
    """The place by which somebody may propose to join this case; None if they may not now."""
    definition = pinned(case.process, case.version)
    if case.process != way.definition.name or not transition(definition, case, way.action.name):
        return None
    holders = case.holders(way.action.role)
    place = next((p for p in holders if same_address(p.email, email)), None)
    return place if place and may_act(definition, case, place) else None


def propose(
    services: Services,
    process: str,
    by: Person,
    picked: Sequence[str],
    typed: Mapping[str, str],
    language: str,
    key: str,
) -> str:
    """Open the proposal and freeze the originals, all at once; the new case's id.

    ``Invalid`` with every problem; ``Conflict`` if one of the originals has moved meanwhile.
    The same ``key`` and applications are one proposal, however often sent.
    """
    way = merger(process)
    if way is None:
        raise Refused
    picked = tuple(dict.fromkeys(picked))
    case_id = _case_id(key, picked)
    if services.cases.load(case_id):
        return case_id
    read_no_more = picked[: (way.members.highest or 8) + 1]  # what is wrong shows by then
    files = [f for f in map(services.cases.load, read_no_more) if f]
    values = _values(services, way, by, files, len(picked), typed)
    now = services.clock.now()
    decision = open_case(
        way.definition, way.form.name, case_id, values, language, now, services.directory,
        linked=picked, seated={way.form.opener: (by,)},
        beside=[(pinned(f.case.process, f.case.version), f.case) for f in files],
    )  # fmt: skip
    changes = [Change(way.definition, decision)]
    changes += [_frozen(services, way, by, file, case_id) for file in files]
    try:
        writing.commit(services, *changes)
    except (Conflict, Unavailable):  # perhaps by ourselves: an answer can be lost
        if services.cases.load(case_id) is None:
            raise
    return case_id


def _values(
    services: Services,
    way: Merger,
    by: Person,
    files: Sequence[File],
    picked: int,
    typed: Mapping[str, str],
) -> dict[str, Value]:
    problems = _wrong(way, by, files, picked)
    people = [] if problems else _members(files)
    known: Answers = {way.members.name: people} if people else {}
    today, directory = services.today(), services.directory
    try:
        values = read(way.asked, way.form.checks, typed, directory, today, known)
    except Invalid as error:
        raise Invalid((*problems, *error.problems)) from error
    if problems:
        raise Invalid(problems)
    if "title" not in values:
        values["title"] = named_after(people)
    keys = {r.key for r in way.definition.roles} & {f.name for f in way.form.fields}
    first = files[0].case.answers
    return {**values, **{k: first[k] for k in keys if k in first}, way.members.name: people}


def _members(files: Sequence[File]) -> People:
    """Who sent the applications, with their units and cases."""
    return [
        {
            "name": p.name,
            "email": p.email,
            "language": p.language,
            "unit": str(file.case.answers.get("unit", "")),
            "case": file.case.id,
        }
        for file in files
        for p in (_opener(file.case),)
    ]


def _wrong(way: Merger, by: Person, files: Sequence[File], picked: int) -> tuple[Problem, ...]:
    least, most = way.members.lowest or 2, way.members.highest or 8
    if picked < least:
        return (Problem(PICKED, "pick_more", least),)
    if picked > most:
        return (Problem(PICKED, "pick_fewer", most),)
    if len(files) < picked or not all(may_join(way, f.case, by.email) for f in files):
        return (Problem(PICKED, "moved_on"),)
    mailboxes = {mailbox(_opener(f.case).email) for f in files}
    return (Problem(PICKED, "same_person"),) if len(mailboxes) < picked else ()


def _opener(case: Case) -> Party:
    opener = pinned(case.process, case.version).form(case.form).opener
    return case.holders(opener)[0]


def _frozen(services: Services, way: Merger, by: Person, file: File, case_id: str) -> Change:
    definition = pinned(file.case.process, file.case.version)
    place = may_join(way, file.case, by.email)
    if place is None:
        raise Refused
    actor = Actor(place.role, place.id)
    now = services.clock.now()
    decision: Decision = decide(
        definition, file.case, actor, way.action.name, {}, now, services.directory
    )
    linked = replace(decision.case, linked=(case_id,))
    return Change(definition, replace(decision, case=linked), file)


def _case_id(key: str, picked: Sequence[str]) -> str:
    return case_id_of("\x00".join((key, *sorted(picked))))
