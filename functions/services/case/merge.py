"""Merging: the coordinator proposes to join applications into one new case, to which the originals
are linked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.kernel.apart import may_act
from functions.kernel.case import Actor, Case, Party
from functions.kernel.definition import Action, Definition
from functions.kernel.digests import case_id_of
from functions.kernel.engine import open_case, transition
from functions.kernel.errors import Conflict, Invalid, Problem, Refused, Unavailable
from functions.kernel.fields import Answers, Field, Form, People, Value
from functions.kernel.linking import decide_joining
from functions.kernel.mailboxes import mailbox, same_address
from functions.kernel.parse import read
from functions.kernel.people import Person
from functions.kernel.people_field import named_after
from functions.processes import current, pinned
from functions.services import commit
from functions.services.commit import PendingWrite
from functions.services.container import Services
from functions.services.ports import CaseRecord

PICKED = "cases"  # the input under which the applications are picked


@dataclass(frozen=True, slots=True)
class Merger:
    """How a process joins cases: by which action, into which form, with which list of people, and
    the answer with each one's unit."""

    definition: Definition
    action: Action
    form: Form
    members: Field
    unit: str

    @property
    def asked(self) -> tuple[Field, ...]:
        """What the coordinator is asked; the rest comes from the originals."""
        known = {self.members.name, *(r.key for r in self.definition.roles)}
        return tuple(f for f in self.form.fields if f.name not in known)


def merger(process: str) -> Merger | None:
    """The process's way of joining cases; None if it has none."""
    definition = current(process)
    way = definition.merging
    if way is None:
        return None
    members = definition.fields()[way.members]
    form = definition.form(way.form)
    return Merger(definition, definition.action(way.action), form, members, way.unit)


def may_join(merging: Merger, case: Case, email: str) -> Party | None:
    """The party as which somebody may propose to merge this case; None if they may not now."""
    definition = pinned(case.process, case.version)
    if case.process != merging.definition.name or not transition(
        definition, case, merging.action.name
    ):
        return None
    holders = case.holders(merging.action.role)
    position = next((p for p in holders if same_address(p.email, email)), None)
    return position if position and may_act(definition, case, position) else None


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
    merging = merger(process)
    if merging is None:
        raise Refused
    picked = tuple(dict.fromkeys(picked))
    case_id = _case_id(key, picked)
    if services.cases.case(case_id):
        return case_id
    read_no_more = picked[: (merging.members.highest or 8) + 1]  # what is wrong shows by then
    files = [f for f in map(services.cases.case, read_no_more) if f]
    values = _values(services, merging, by, files, len(picked), typed)
    now = services.clock.now()
    decision = open_case(
        merging.definition, merging.form.name, case_id, values, language, now, services.directory,
        linked=picked, passed_people={merging.form.opener: (by,)},
        linked_cases=[(pinned(f.case.process, f.case.version), f.case) for f in files],
    )  # fmt: skip
    changes = [PendingWrite(merging.definition, decision)]
    changes += [_frozen(services, merging, by, record, case_id) for record in files]
    try:
        commit.commit(services, *changes)
    except (Conflict, Unavailable):  # perhaps by ourselves: an answer can be lost
        if services.cases.case(case_id) is None:
            raise
    return case_id


def _values(
    services: Services,
    merging: Merger,
    by: Person,
    files: Sequence[CaseRecord],
    picked: int,
    typed: Mapping[str, str],
) -> dict[str, Value]:
    problems = _wrong(merging, by, files, picked)
    people = [] if problems else _members(merging, files)
    known: Answers = {merging.members.name: people} if people else {}
    today, directory = services.today(), services.directory
    try:
        values = read(merging.asked, merging.form.checks, typed, directory, today, known)
    except Invalid as error:
        raise Invalid((*problems, *error.problems)) from error
    if problems:
        raise Invalid(problems)
    values.setdefault(merging.definition.headline, named_after(people))
    keys = {r.key for r in merging.definition.roles} & {f.name for f in merging.form.fields}
    first = files[0].case.answers
    return {**values, **{k: first[k] for k in keys if k in first}, merging.members.name: people}


def _members(merging: Merger, files: Sequence[CaseRecord]) -> People:
    """Who sent the applications, with their units and cases."""
    return [
        {
            "name": p.name,
            "email": p.email,
            "language": p.language,
            "unit": str(record.case.answers.get(merging.unit, "")),
            "case": record.case.id,
        }
        for record in files
        for p in (_opener(record.case),)
    ]


def _wrong(
    merging: Merger, by: Person, files: Sequence[CaseRecord], picked: int
) -> tuple[Problem, ...]:
    lowest, highest = merging.members.lowest or 2, merging.members.highest or 8
    if picked < lowest:
        return (Problem(PICKED, "pick_more", lowest),)
    if picked > highest:
        return (Problem(PICKED, "pick_fewer", highest),)
    if len(files) < picked or not all(may_join(merging, f.case, by.email) for f in files):
        return (Problem(PICKED, "moved_on"),)
    mailboxes = {mailbox(_opener(f.case).email) for f in files}
    return (Problem(PICKED, "same_person"),) if len(mailboxes) < picked else ()


def _opener(case: Case) -> Party:
    opener = pinned(case.process, case.version).form(case.form).opener
    return case.holders(opener)[0]


def _frozen(
    services: Services, merging: Merger, by: Person, record: CaseRecord, case_id: str
) -> PendingWrite:
    definition = pinned(record.case.process, record.case.version)
    position = may_join(merging, record.case, by.email)
    if position is None:
        raise Refused
    actor, now = Actor(position.role, position.id), services.clock.now()
    decision = decide_joining(
        definition, record.case, actor, merging.action.name, case_id, now, services.directory
    )
    return PendingWrite(definition, decision, record)


def _case_id(key: str, picked: Sequence[str]) -> str:
    return case_id_of("\x00".join((key, *sorted(picked))))
