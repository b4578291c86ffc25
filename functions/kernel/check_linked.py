"""Checks of what processes say of one another: each signal is an action of a linked process,
spawned cases have all their people, and referrals name a form."""

from collections.abc import Iterator, Sequence

from functions.kernel.check_people import passes_people, unnamed, unnamed_by
from functions.kernel.consequences import Signal, Spawn
from functions.kernel.definition import Action, Definition, Transition
from functions.kernel.duties import TOPIC_FACT
from functions.kernel.errors import WrongDefinition
from functions.kernel.states import LINK

Definitions = Sequence[Definition]  # every version of every process, oldest first


def check_linked(definition: Definition, known: Definitions) -> None:
    """``WrongDefinition`` lists all that a definition says of the ``known`` ones, itself among
    them, and that is not so."""
    faults = [fault for rule in _RULES for fault in rule(definition, known)]
    if faults:
        raise WrongDefinition("\n".join(f"{definition.name}: {fault}" for fault in faults))


def _signals(d: Definition, known: Definitions) -> Iterator[str]:
    """Whatever a transition signals is an action of a process whose cases are linked to it, and
    the people whom it passes on take a place there."""
    for t, signal in _signalled(d):
        hearers = [(o, a) for o in known for a in _heard(d, o) if a.name == signal.action]
        if not hearers:
            yield (
                f"{_at(t)} signals {signal.action}, which no process does by link whose cases are "
                "linked to these; correct the action, or link the processes"
            )
        assigned = {
            n for o, a in hearers for r in o.transitions if r.action == a.name for n in r.assigns
        }
        for role in sorted({*signal.roles.values()} - assigned) if hearers else ():
            yield (
                f"{_at(t)} passes somebody on as {role}, which {signal.action} does not assign "
                "there; correct the role, or let the row there assign it"
            )


def _heeded(d: Definition, known: Definitions) -> Iterator[str]:
    """Every action by link is taken by something, with the people whom its rows need."""
    own = {n for t in d.transitions if t.linked_actions for n in t.linked_actions.names}
    own |= {d.capacity.admits} if d.capacity else set()
    own |= {action for each in d.subprocesses for action in each.reports.values()}
    for action in (a for a in d.actions if a.role == LINK):
        signals = [s for o in known if action in _heard(o, d) for _, s in _signalled(o)]
        passed = {role for s in signals if s.action == action.name for role in s.roles.values()}
        if action.name not in {*own, *(s.action for s in signals)}:
            yield f"action {action.name} is by link, and no case takes it; signal it, or delete it"
        for form in d.forms:
            rows = d.for_form(form.name).transitions
            needed = {n for t in rows if t.action == action.name for n in t.assigns}
            for role in sorted({*unnamed_by(d, form, (*needed,))} - passed):
                yield (
                    f"action {action.name} gives {role} a place in {form.name} and nothing says to "
                    "whom; let the signal pass the role"
                )


def _doers(d: Definition, known: Definitions) -> Iterator[str]:
    """Whose act an action by link follows has a role here, or where it is called."""
    for action in (a for a in d.actions if a.by):
        callers = (d, *(o for o in known if action in _heard(o, d)))
        if action.by not in {role.name for each in callers for role in each.roles}:
            yield (
                f"action {action.name}: by names the role {action.by}, which is not there; correct "
                "the name, or declare it"
            )


def _spawns(d: Definition, known: Definitions) -> Iterator[str]:
    """A case that a transition begins is of a form that linked cases open, with its people."""
    for t, spawn in _spawned(d):
        there = _current(known, spawn.process)
        form = next((f for f in there.forms if f.name == spawn.form), None) if there else None
        if there is None or form is None or not form.follows:
            yield (
                f"{_at(t)} begins {spawn.form} of {spawn.process}, which is no form that follows; "
                "correct the process and the form"
            )
            continue
        roles, fields = {r.name for r in there.roles}, {f.name for f in form.fields}
        filled = {n for names in spawn.names.values() for n in names} | {*spawn.passes.values()}
        for role in sorted({*spawn.roles.values()} - roles):
            yield f"{_at(t)} passes somebody on as {role}, no role there; correct the name"
        for name in sorted(filled - fields):
            yield f"{_at(t)} fills {name}, which {form.name} does not ask; correct the name"
        for role in (n for n in unnamed(there, form) if n not in spawn.roles.values()):
            yield (
                f"{_at(t)} begins {form.name} without {role}, whom nothing names there; pass the "
                "role on, or give it a key or always one entry"
            )


def _opened(d: Definition, known: Definitions) -> Iterator[str]:
    """A form that follows is opened by a transition of some process."""
    opened = {(s.process, s.form) for o in known for _, s in _spawned(o)}
    for form in d.forms:
        if form.follows and (d.name, form.name) not in opened:
            yield f"form {form.name} follows, and no transition begins it; spawn it, or delete it"
        merged = passes_people(d, form) and not form.follows
        for role in unnamed(d, form) if merged else ():
            if role != form.opener:
                yield f"form {form.name} gives {role} a place and nothing says to whom; ask for it"


def _referrals(d: Definition, known: Definitions) -> Iterator[str]:
    """A way onward leads to a public form, and fills what that asks."""
    for referral in d.referrals:
        there = _current(known, referral.process)
        forms = {f.name: f for f in there.forms if f.public} if there else {}
        if referral.form not in forms:
            yield (
                f"referral to {referral.form} of {referral.process} leads to no public form; "
                "correct the process and the form"
            )
            continue
        fields = {f.name for f in forms[referral.form].fields}
        for name in sorted({*referral.fields.values()} - fields):
            yield f"referral to {referral.form} fills {name}, which is not asked; correct the name"


def _roles(d: Definition, known: Definitions) -> Iterator[str]:
    """Roles are kept apart from roles of linked processes, and topics have words."""
    near = {r.name for o in known if _linked(d, o) or _linked(o, d) for r in o.roles}
    found = [(o, r.key) for o in known for r in o.roles if r.source == TOPIC_FACT and r.key]
    asked = {choice for o, key in found for choice in _choices(o, key)}
    for role in d.roles:
        for name in (n for n in role.apart_linked if n not in near):
            yield (
                f"role {role.name}: apart_linked names {name}, no role of a process whose cases "
                "are linked to these; correct the name"
            )
        if role.source == TOPIC_FACT and role.always and role.always not in asked:
            yield (
                f"role {role.name}: always names the topic {role.always}, which nobody can choose "
                "and has no words; offer it among the topics of a process"
            )


def _choices(d: Definition, field: str) -> tuple[str, ...]:
    return d.fields()[field].choices if field in d.fields() else ()


def _current(known: Definitions, name: str) -> Definition | None:
    return next((d for d in reversed(known) if d.name == name), None)


def _linked(one: Definition, other: Definition) -> bool:
    """Whether cases of one process link cases of the other to themselves: they begin or join
    them."""
    joined = one.merging is not None and one.name == other.name
    return joined or any(spawn.process == other.name for _, spawn in _spawned(one))


def _heard(signalling: Definition, other: Definition) -> tuple[Action, ...]:
    """The actions of a process that cases of another can take by link."""
    near = _linked(signalling, other) or _linked(other, signalling)
    led = any(r.process == signalling.name for r in other.referrals)
    return tuple(a for a in other.actions if a.role == LINK and (near or (led and a.led)))


def _signalled(d: Definition) -> Iterator[tuple[Transition, Signal]]:
    yield from ((t, signal) for t in d.transitions for signal in t.signals)


def _spawned(d: Definition) -> Iterator[tuple[Transition, Spawn]]:
    yield from ((t, spawn) for t in d.transitions for spawn in t.spawns)


def _at(t: Transition) -> str:
    return f"transition {t.source}-{t.action}"


_RULES = (_signals, _heeded, _doers, _spawns, _opened, _referrals, _roles)
