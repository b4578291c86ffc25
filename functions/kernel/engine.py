"""``decide``: the one way a case changes. Pure: same inputs, same decision."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.case import Actor, Case, Count, Decision, Order, Party, Step
from functions.kernel.clean import same_address
from functions.kernel.definition import CLOCK, Action, Definition, Purpose, Role, Transition
from functions.kernel.errors import Refused
from functions.kernel.fields import Answers
from functions.kernel.people import Directory, Person
from functions.kernel.read import complete

OPEN = "open"  # the first step of every history
BOUNCE = "bounce"  # the step a mail that came back leaves


def open_case(
    definition: Definition,
    form: str,
    case_id: str,
    answers: Answers,
    language: str,
    now: datetime,
    directory: Directory,
) -> Decision:
    """A new case from a public form's answers. ``Refused`` if they are not this form's."""
    spec = definition.form(form)
    if not complete(spec.fields, answers):
        raise Refused
    case = Case(
        id=case_id,
        process=definition.name,
        version=definition.version,
        form=form,
        language=language,
        state=definition.start,
        entered_at=now,
        opened_at=now,
        answers=dict(answers),
    )
    case = _fill(case, definition.role(spec.opener), directory)
    opener = case.parties[0].id
    step = Step(0, now, OPEN, spec.opener, opener, "", definition.start)
    return Decision(case, step, dict(answers), _orders(definition, case, definition.opening_mails))


def transition(definition: Definition, case: Case, action: str) -> Transition | None:
    """The row of the table that ``action`` would take from where the case is, if any."""
    return next(
        (
            t
            for t in definition.transitions
            if t.action == action
            and t.source == case.state
            and (t.guard is None or t.guard.holds(case))
        ),
        None,
    )


def open_actions(
    definition: Definition, case: Case, role: str, purpose: Purpose
) -> tuple[Action, ...]:
    """What ``role`` may do now through a link of this purpose, in the definition's order."""
    return tuple(
        a
        for a in definition.actions
        if a.role == role and purpose in a.via and transition(definition, case, a.name)
    )


def decide(
    definition: Definition,
    case: Case,
    actor: Actor,
    action: str,
    said: Answers,
    now: datetime,
    directory: Directory,
) -> Decision:
    """The decision that ``actor`` makes by ``action``, saying ``said``.

    Refuses (``Refused``) what the definition does not permit: another version, role,
    person or state, an undeclared or incomplete answer.
    """
    row = transition(definition, case, action)
    spec = next((a for a in definition.actions if a.name == action), None)
    if row is None or spec is None or not _may(definition, case, actor, spec):
        raise Refused
    if not complete(definition.asked(spec, case.form), said):
        raise Refused
    if actor.party and actor.language:
        case = case.speaking(actor.party, actor.language)
    moved = _move(definition, case, row, spec, said, now)
    for name in row.fills:
        moved = _fill(moved, definition.role(name), directory)
    counts = _counts(definition, moved, row)
    mailed = _orders(definition, moved, row.mails)
    moved = moved.without(row.clears)
    if row.forgets:
        moved, said = replace(moved, answers={}, parties=()), {}
    step = Step(moved.revision, now, action, actor.role, actor.party, case.state, row.target)
    return Decision(moved, step, dict(said), mailed, counts, row.forgets)


def bounce(definition: Definition, case: Case, party_id: str, now: datetime) -> Decision | None:
    """Note that mail to a party came back, and tell who looks after the case. None if known."""
    party = case.party(party_id)
    if party is None or not party.reachable:
        return None
    marked = (replace(p, reachable=False) if p.id == party_id else p for p in case.parties)
    moved = replace(case, parties=tuple(marked), revision=case.revision + 1)
    mail = definition.bounced_mail.name
    step = Step(moved.revision, now, BOUNCE, CLOCK, party_id, case.state, case.state)
    return Decision(moved, step, {}, _orders(definition, moved, (mail,)))


def _may(definition: Definition, case: Case, actor: Actor, action: Action) -> bool:
    if (definition.name, definition.version) != (case.process, case.version):
        return False
    if actor.role != action.role:
        return False
    if actor.role == CLOCK:
        return not actor.party
    party = case.party(actor.party)
    return party is not None and party.present and party.role == actor.role


def _move(
    definition: Definition,
    case: Case,
    row: Transition,
    action: Action,
    said: Answers,
    now: datetime,
) -> Case:
    asked = {f.name for f in definition.asked(action, case.form)}
    kept = {k: v for k, v in case.answers.items() if k not in asked}  # emptied is gone
    return replace(
        case,
        state=row.target,
        entered_at=now,
        answers={**kept, **said},
        round=case.round + 1,
        revision=case.revision + 1,
        rung=0,
    )


def _fill(case: Case, role: Role, directory: Directory) -> Case:
    """Seat the people a role's slot names; who stays in it keeps their pseudonym and links."""
    seated: list[Party] = []
    seats = case.seats
    for person in _people(case, role, directory):
        same = (p for p in case.holders(role.name) if same_address(p.email, person.email))
        earlier = next(same, None)
        if earlier is None:
            seats += 1
        seated.append(
            Party(
                id=earlier.id if earlier else f"p{seats}",
                role=role.name,
                name=person.name,
                email=person.email,
                language=earlier.language if earlier else person.language,
                ref=person.ref,
            )
        )
    staying = {p.id for p in seated}
    others = tuple(p for p in case.without((role.name,)).parties if p.id not in staying)
    return replace(case, parties=(*others, *seated), seats=seats)


def _people(case: Case, role: Role, directory: Directory) -> tuple[Person, ...]:
    if role.fields is None:
        return tuple(directory.people(role.source, str(case.answers.get(role.key, ""))))
    name, email, language = (str(case.answers.get(f, "")) for f in role.fields)
    return (Person(name, email, language or case.language),)


def _orders(definition: Definition, case: Case, mails: tuple[str, ...]) -> tuple[Order, ...]:
    ordered = (definition.mail(name) for name in mails)
    return tuple(
        Order(mail.name, party.id, mail.purpose, case.state, case.round)
        for mail in ordered
        for party in case.holders(mail.to)
        if party.reachable
    )


def _counts(definition: Definition, case: Case, row: Transition) -> tuple[Count, ...]:
    return tuple(
        Count(definition.role(tally.role).source, party.ref, tally.counter, tally.step)
        for tally in row.tallies
        for party in case.holders(tally.role)
        if party.ref
    )
