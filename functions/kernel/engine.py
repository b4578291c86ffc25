"""``decide`` computes every change of a case. It is pure: the same inputs give the same
decision."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from functions.kernel.apart import LinkedCases, may_act, taken_by, who_may
from functions.kernel.case import Actor, Case, CounterChange, Decision, Event, Party
from functions.kernel.claims import claims
from functions.kernel.computation import compute
from functions.kernel.definition import Action, Definition, Purpose, Transition
from functions.kernel.directory import is_picked
from functions.kernel.duties import DIRECTORY, coordinators_duties
from functions.kernel.errors import Refused
from functions.kernel.fields import Answers, People
from functions.kernel.mail_orders import orders
from functions.kernel.mailboxes import mailbox, plain, same_address
from functions.kernel.parse import complete
from functions.kernel.people import Directory, Person
from functions.kernel.people_field import rows_of
from functions.kernel.roles import Role
from functions.kernel.states import BY_ITSELF, CLOCK
from functions.kernel.turns import timed, turned
from functions.kernel.urgency import pace

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
    linked: tuple[str, ...] = (),
    passed_people: Mapping[str, Sequence[Person]] = MappingProxyType({}),
    linked_cases: LinkedCases = (),
) -> Decision:
    """A new case from the answers of a form. ``Refused`` if they are not this form's.

    ``linked`` are the cases that are moved with it; ``linked_cases`` are those in which roles
    exclude one another, too. ``passed_people`` are people by role, in addition to those whom the
    answers name; the first of them in the opener's role opens the case, unless another role
    excludes them.
    """
    spec = definition.form(form)
    if not complete(spec.fields, answers):
        raise Refused
    case = Case(
        case_id, definition.name, definition.version, form, language, spec.start,
        entered_at=now, opened_at=now, answers=dict(answers), linked=linked,
    )  # fmt: skip
    case = timed(definition, case, now, entered=True)
    names = dict.fromkeys((spec.opener, *spec.assigns, *passed_people))
    case = _assign(definition, (*names,), case, case, directory, passed_people, linked_cases)
    by = next(iter(passed_people.get(spec.opener, ())), None)
    holders = case.holders(spec.opener)
    if not holders:
        raise Refused
    opener = next((p for p in holders if by and same_address(p.email, by.email)), holders[0])
    event = Event(0, now, OPEN, spec.opener, opener.id, "", spec.start)
    return Decision(case, event, dict(answers), orders(definition, case, spec.mails))


def transition(definition: Definition, case: Case, action: str) -> Transition | None:
    """The transition that ``action`` takes from the present state, or None."""
    return next(
        (
            t
            for t in definition.rows(action, case.state)
            if (not t.forms or case.form in t.forms) and (t.guard is None or t.guard.holds(case))
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
        if a.role == role and purpose in a.available_on and transition(definition, case, a.name)
    )


def decide(
    definition: Definition,
    case: Case,
    actor: Actor,
    action: str,
    answers: Answers,
    now: datetime,
    directory: Directory,
    passed_people: Mapping[str, Sequence[Person]] = MappingProxyType({}),
    linked_cases: LinkedCases = (),
) -> Decision:
    """The decision that ``actor`` makes by ``action``, saying ``answers``; ``passed_people`` are
    people whom a linked case passes on, for roles that the action fills. Roles are kept apart in
    ``linked_cases``, too.

    Refuses (``Refused``) what the definition does not permit, and an incomplete answer.
    """
    row = transition(definition, case, action)
    spec = next((a for a in definition.actions if a.name == action), None)
    if row is None or spec is None or not _may(definition, case, actor, spec, linked_cases):
        raise Refused
    if not complete(definition.asked(spec, case.form), answers):
        raise Refused
    answers = _with_computed(spec, case, answers, now)
    case = _acting(case, actor)
    if spec.votes:
        return _vote(definition, case, row, spec, actor, answers, now)
    if row.leaves:
        return _leave(definition, case, row, actor, now)
    moved = _after(definition, case, row, spec, answers, now)
    moved = _assign(definition, row.assigns, case, moved, directory, passed_people, linked_cases)
    counts = _counts(definition, moved, row)
    mailed = orders(definition, moved, row.mails, case)
    moved = turned(definition, case, _cleared(definition, moved, row.vacates), now)
    if row.erases:
        moved, answers = replace(moved, answers={}, parties=()), {}
    claimed = claims(definition.asked(spec, case.form), answers)
    event = Event(moved.revision, now, action, actor.role, actor.party, case.state, row.target)
    return Decision(moved, event, dict(answers), mailed, counts, row.erases, claims=claimed)


def _acting(case: Case, actor: Actor) -> Case:
    """The case as the act of somebody finds it: they speak their language, their timer has come."""
    case = case.without_timer(actor.timer)
    return case.speaking(actor.party, actor.language) if actor.party and actor.language else case


def _cleared(definition: Definition, case: Case, roles: tuple[str, ...]) -> Case:
    """The case after everybody in ``roles`` has left, without what was said to have them in."""
    gone = {name for role in roles for name in definition.answered_with(role)}
    answers = {name: value for name, value in case.answers.items() if name not in gone}
    return replace(case.without(roles), answers=answers)


def bounce(definition: Definition, case: Case, party_id: str, now: datetime) -> Decision | None:
    """Record that mail to a party bounced, and mail the owner of the case. None if it is recorded
    already."""
    party = case.party(party_id)
    if party is None or not party.reachable:
        return None
    parties = (replace(p, reachable=False) if p.id == party_id else p for p in case.parties)
    moved = replace(case, parties=tuple(parties), revision=case.revision + 1)
    mail = definition.bounced_mail.name
    event = Event(moved.revision, now, BOUNCE, CLOCK, party_id, case.state, case.state)
    return Decision(moved, event, {}, orders(definition, moved, (mail,)))


def _with_computed(action: Action, case: Case, answers: Answers, now: datetime) -> Answers:
    if not action.computes:
        return answers
    computed = compute(action.computes, case, answers, now)
    if not complete(action.computes.fields, computed):
        raise Refused
    return {**answers, **computed}


def _may(
    definition: Definition, case: Case, actor: Actor, action: Action, linked_cases: LinkedCases
) -> bool:
    if (definition.name, definition.version) != (case.process, case.version):
        return False
    if actor.role != action.role:
        return False
    if actor.role in BY_ITSELF:
        return not actor.party
    party = case.party(actor.party)
    if party is None or not party.present or party.role != actor.role:
        return False
    return may_act(definition, case, party, linked_cases)


def _vote(
    definition: Definition,
    case: Case,
    row: Transition,
    action: Action,
    actor: Actor,
    answers: Answers,
    now: datetime,
) -> Decision:
    """The decision that adds one vote; links, deadlines and the other votes do not change."""
    votes = {**case.votes, actor.party: answers[action.votes] is True}
    moved = replace(case, votes=votes, revision=case.revision + 1)
    moved = turned(definition, case, moved, now)
    mails = _once_answered(definition, case, moved, row, action.role)
    event = Event(moved.revision, now, action.name, actor.role, actor.party, case.state, case.state)
    return Decision(moved, event, dict(answers), orders(definition, moved, mails))


def _leave(
    definition: Definition, case: Case, row: Transition, actor: Actor, now: datetime
) -> Decision:
    """Those whom the acting case brought are out, with their answers; everything else stays."""
    gone = {p.id for p in case.holders(row.leaves) if p.ref == actor.case}
    staying = tuple(i for i in case.linked if i != actor.case)
    moved = replace(
        case,
        parties=tuple(p.leaving(case.revision + 1) if p.id in gone else p for p in case.parties),
        votes={k: v for k, v in case.votes.items() if k not in gone},
        linked=staying,
        answers=rows_of(case.answers, {*staying}),
        revision=case.revision + 1,
    )
    moved = turned(definition, case, moved, now)
    mails = _once_answered(definition, case, moved, row, row.leaves)
    event = Event(moved.revision, now, row.action, actor.role, "", case.state, case.state)
    return Decision(moved, event, {}, orders(definition, moved, mails))


def _once_answered(
    definition: Definition, before: Case, after: Case, row: Transition, role: str
) -> tuple[str, ...]:
    """The mails of the act after which nobody's answer is awaited any more; none where the case
    moves on at once by itself."""
    last = after.all_voted(role) and not before.all_voted(role)
    timers = pace(definition, after).timers
    at_once = any(timer.sooner and timer.sooner.holds(after) for timer in timers)
    return row.mails if last and not at_once else ()


def _after(
    definition: Definition,
    case: Case,
    row: Transition,
    action: Action,
    answers: Answers,
    now: datetime,
) -> Case:
    gone = {f.name for f in (*definition.asked(action, case.form), *action.all_fields)}
    gone |= set(row.empties)
    gone |= {f.name for f in definition.fields().values() if f.transient}
    kept = {k: v for k, v in case.answers.items() if k not in gone}  # emptied is gone, too
    anew = row.restarts or row.source != row.target
    moved = replace(
        case,
        state=row.target,
        answers={**kept, **answers},
        round=case.round + 1,
        revision=case.revision + 1,
        votes={},
    )
    moved = moved.timed_anew(now) if anew else moved
    if not row.removes_unless_agreed:
        return moved
    staying = {p.ref for p in case.agreeing(row.removes_unless_agreed)}
    left = replace(
        moved,
        linked=tuple(i for i in case.linked if i in staying),
        answers=rows_of(moved.answers, staying),
    )
    return replace(left, answers={**left.answers, **(row.becomes(left) if row.becomes else {})})


def _assign(
    definition: Definition,
    names: tuple[str, ...],
    before: Case,
    case: Case,
    directory: Directory,
    passed_people: Mapping[str, Sequence[Person]],
    linked_cases: LinkedCases,
) -> Case:
    """The case with the people of these roles in their slots."""
    for number, name in enumerate(names):
        role, coming = definition.role(name), names[number + 1 :]
        if name in passed_people or not _keeps_people(definition, role, before, case, linked_cases):
            people = (*_people(case, role, directory), *passed_people.get(name, ()))
            following = [definition.role(each) for each in coming if each in role.apart]
            later = [p for r in following for p in _people(case, r, directory)]
            later += [p for r in following for p in passed_people.get(r.name, ())]
            taken = [*taken_by(role, case, linked_cases), *(p.email for p in later)]
            case = _fill(case, role, _slot(case, role, people, directory, taken))
    return case


def _keeps_people(
    definition: Definition, role: Role, before: Case, after: Case, linked_cases: LinkedCases
) -> bool:
    """Whether the directory's people stay: nothing else was picked, nothing keeps them from it
    now, and the case may have been handed over since."""
    same = before.answers.get(role.key) == after.answers.get(role.key)
    holders = before.holders(role.name)
    return (
        bool(role.source)
        and same
        and bool(holders)
        and all(may_act(definition, after, p, linked_cases) for p in holders)
    )


def _slot(
    case: Case, role: Role, people: Sequence[Person], directory: Directory, taken: Sequence[str]
) -> Sequence[Person]:
    """Who of the ``people`` that a slot names is put there, or whom a linked case passes on. Where
    they are the directory's, none of those whom another role keeps from it, at the addresses
    ``taken``: then whoever has the same duty, then who keeps the directory. If there is nobody
    else, they themselves."""
    if not (role.apart and role.source) or is_picked(role):
        return people
    for duty in ("", *coordinators_duties(role, case.answers), DIRECTORY) if people else ():
        fit = who_may(directory.people("duties", duty) if duty else people, taken)
        if fit:
            return fit
    return people


def _fill(case: Case, role: Role, named: Sequence[Person]) -> Case:
    """Give a role to the people whom the case names for it.

    Who stays in it keeps their pseudonym and links; of several at one mailbox the first has it."""
    by_mailbox: dict[str, Party] = {}
    number = case.parties_named
    before = {plain(p.email): p for p in case.holders(role.name)}
    for person in named:
        reached = mailbox(person.email)
        if reached in by_mailbox:  # named twice: one person all the same
            continue
        earlier = before.get(plain(person.email))
        number += earlier is None
        by_mailbox[reached] = Party(
            id=earlier.id if earlier else f"p{number}",
            role=role.name,
            name=person.name,
            email=person.email,
            language=earlier.language if earlier else person.language,
            ref=person.ref,
            reachable=earlier.reachable if earlier else True,
            missed=earlier.missed if earlier else "",
            unit=person.unit,
        )
    staying = {p.id for p in by_mailbox.values()}
    others = tuple(p for p in case.without((role.name,)).parties if p.id not in staying)
    return replace(case, parties=(*others, *by_mailbox.values()), parties_named=number)


def _people(case: Case, role: Role, directory: Directory) -> tuple[Person, ...]:
    rows = [row for name in role.rows for row in _rows(case, name)]
    if rows:
        return tuple(
            Person(
                row["name"],
                row["email"],
                row.get("language") or case.language,
                row.get("case", ""),
                row.get("unit", ""),
            )
            for row in rows
        )
    if role.source:
        key = role.always or str(case.answers.get(role.key, ""))
        return tuple(directory.people(role.source, key)) if key else ()
    if role.fields is None:
        return ()
    name, email, language = (str(case.answers.get(f, "")) for f in role.fields)
    return (Person(name, email, language or case.language),) if email else ()


def _rows(case: Case, name: str) -> People:
    value = case.answers.get(name)
    return value if isinstance(value, list) else []


def _counts(definition: Definition, case: Case, row: Transition) -> tuple[CounterChange, ...]:
    return tuple(
        CounterChange(definition.role(rule.role).source, party.ref, rule.counter, rule.step)
        for rule in row.counters
        for party in case.holders(rule.role)
        if party.ref
    )
