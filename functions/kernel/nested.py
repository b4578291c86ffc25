"""Decides what happens between a case and its subcases: they are begun, the case keeps where they
are, is told of what is done in them, and takes open ones along. Pure, as ``effects``, which calls
it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from functions.kernel.apart import LinkedCases, may_act
from functions.kernel.case import Actor, Case, Decision, Event
from functions.kernel.definition import Definition
from functions.kernel.engine import OPEN, decide, transition
from functions.kernel.errors import Refused
from functions.kernel.fields import Answers
from functions.kernel.mail_orders import orders
from functions.kernel.parse import complete
from functions.kernel.people import Directory
from functions.kernel.states import CLOCK, LINK
from functions.kernel.subcases import DOT, OpenSubcase, Subcases, name_and_number, subcase_id
from functions.kernel.subprocesses import NONE_BEGUN, Subprocess
from functions.kernel.turns import timed

ERASE = "erase"  # the last step of a subcase, when its case has been erased
SUBCASE = "subcase"  # what an entry in the history of a case says of which subcase it tells


def may_begin(definition: Definition, case: Case, role: str) -> tuple[Subprocess, ...]:
    """The subprocesses of which holders of a role can begin one now."""
    return tuple(
        each
        for each in definition.subprocesses
        if role in each.begun_by
        and case.state in each.states
        and each.remaining(case.subcases.get(each.name, NONE_BEGUN))
    )


def begin(
    definition: Definition,
    case: Case,
    actor: Actor,
    spec: Subprocess,
    there: Definition,
    form: str,
    answers: Answers,
    now: datetime,
    linked: LinkedCases = (),
) -> tuple[Decision, ...]:
    """The subcases that a form begins, in their order; ``there`` is their definition. The first one
    has the form's mails. ``Refused`` unless the actor may begin one, as many as there is room
    for, with these answers. Roles are kept apart in ``linked`` cases, too."""
    party, asked = case.party(actor.party), there.form(form)
    if party is None or not party.present or {party.role, asked.opener} != {actor.role}:
        raise Refused
    if spec not in may_begin(definition, case, actor.role) or not complete(asked.fields, answers):
        raise Refused
    kept, each = case.subcases.get(spec.name, NONE_BEGUN), spec.answers(form, answers)
    if not may_act(definition, case, party, linked) or not 0 < len(each) <= spec.remaining(kept):
        raise Refused
    found = [
        _begun(case, actor, spec, there, form, kept.begun + number, own, now)
        for number, own in enumerate(each, 1)
    ]
    mails = orders(there, found[0].case, asked.mails)
    return (replace(found[0], mail_orders=mails), *found[1:])


def _begun(
    case: Case,
    actor: Actor,
    spec: Subprocess,
    there: Definition,
    form: str,
    number: int,
    answers: Answers,
    now: datetime,
) -> Decision:
    start = there.form(form).start
    begun = Case(
        subcase_id(case.id, spec.name, number), there.name, there.version, form,
        actor.language or case.language, start, entered_at=now, opened_at=now,
        answers=dict(answers),
    ).inside(case)  # fmt: skip
    event = Event(0, now, OPEN, actor.role, actor.party, "", start)
    return Decision(timed(there, begun, now, entered=True), event, dict(answers))


def reported_action(definition: Definition, case: Case, name: str, action: str) -> str:
    """The action that a case takes when ``action`` is taken in a subcase of this name, if it can;
    else ""."""
    follows = definition.subprocess(name).reports.get(action, "")
    return follows if follows and transition(definition, case, follows) else ""


def reported_answers(definition: Definition, case: Case, action: str, subcase: Case) -> Answers:
    """What the case is told by a subcase: of its answers those that the action asks."""
    asked = definition.asked(definition.action(action), case.form)
    return {f.name: subcase.answers[f.name] for f in asked if f.name in subcase.answers}


def keeping(
    definition: Definition, case: Case, moved: Sequence[tuple[Definition, Case | None, Case]]
) -> Case:
    """A case that keeps where its subcases are after they moved: each with its definition, as it
    was before (None: it is begun) and as it is."""
    found = dict(case.subcases)
    for there, before, after in moved:
        name, _ = name_and_number(after.id)
        found[name] = _kept(definition.subprocess(name), found.get(name), there, before, after)
    return replace(case, subcases=found)


def _kept(
    spec: Subprocess,
    kept: Subcases | None,
    there: Definition,
    before: Case | None,
    after: Case,
) -> Subcases:
    _, number = name_and_number(after.id)
    at = str(after.answers.get(spec.dated, "")) if spec.dated else ""
    one = OpenSubcase(number, after.state, at)
    source = before.state if before else ""
    return (kept or NONE_BEGUN).moved(one, source, is_over=there.is_over(after.state))


def recorded(before: Case, after: Case, subcase: Decision) -> Decision | None:
    """What a case records of a step in a subcase: where that is now, and that it was taken. None if
    the case keeps the same of it."""
    if after.subcases == before.subcases:
        return None
    by, state = subcase.event, before.state
    name, number = name_and_number(subcase.case.id)
    moved = replace(after, revision=before.revision + 1)
    event = Event(moved.revision, by.at, f"{name}{DOT}{by.action}", by.role, by.party, state, state)
    return Decision(moved, event, {SUBCASE: f"{name}{DOT}{number}"})


def taken_along(
    definition: Definition,
    decision: Decision,
    subcases: LinkedCases,
    now: datetime,
    directory: Directory,
) -> tuple[Decision, Sequence[tuple[Definition, Decision]]]:
    """A decision on a case, which keeps where its open ``subcases`` are then, and what these take
    with its action."""
    taken: list[tuple[Definition, Decision]] = []
    moved: list[tuple[Definition, Case | None, Case]] = []
    for there, subcase in subcases:
        name, _ = name_and_number(subcase.id)
        action = definition.subprocess(name).takes.get(decision.event.action, "")
        if action and transition(there, subcase, action):
            actor = Actor(LINK, case=decision.case.id)
            then = decide(there, subcase, actor, action, {}, now, directory)
            taken.append((there, then))
            moved.append((there, subcase, then.case))
    case = keeping(definition, decision.case, moved) if moved else decision.case
    return replace(decision, case=case), taken


def takes_along(definition: Definition, case: Case, action: str) -> tuple[str, ...]:
    """The ids of the open subcases that take something when a case takes an action."""
    named = [each.name for each in definition.subprocesses if action in each.takes]
    return tuple(i for i in case.open_subcases if name_and_number(i)[0] in named)


def erase_subcase(case: Case, now: datetime) -> Decision:
    """The erasing of a subcase, whose case has been erased: of what was said nothing is left."""
    moved = replace(case, answers={}, votes={}, started={}, revision=case.revision + 1)
    event = Event(moved.revision, now, ERASE, CLOCK, "", case.state, case.state)
    return Decision(moved, event, {}, erases=True)


def unwritten_parents(decisions: Iterable[Decision]) -> tuple[Case, ...]:
    """The cases of which subcases are decided on, but not they themselves: each has to be as it was
    read when these are written, as they rest on its people and on where it is."""
    cases = [decision.case for decision in decisions]
    parents = {case.parent.id: case.parent for case in cases if case.parent}
    return tuple(parent for i, parent in parents.items() if all(c.id != i for c in cases))
