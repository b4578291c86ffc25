"""What a definition must not lack about people: who acts, looks after it or is mailed is there."""

from collections.abc import Iterable, Iterator, Mapping

from functions.kernel.definition import Definition, Mail
from functions.kernel.directory_lists import DirectoryList
from functions.kernel.fields import Field, Form
from functions.kernel.roles import Role
from functions.kernel.states import BY_ITSELF, LINK, TURN
from functions.kernel.urgency import paces

Roles = frozenset[str]


def filled(d: Definition) -> Iterator[str]:
    """A fault for each role that may have no holder when it has the turn, records or acts; for an
    owner missing after confirmation; and for each mail that never has a reader."""
    actors = {a.name: a.role for a in d.actions}
    for form in d.forms:
        own = d.for_form(form.name)
        surely, _ = _holders(own)
        for state in own.states:
            needed = {*state.turn_roles, state.recorded_by} - {"", *BY_ITSELF}
            if form.public and state.name != form.start and not state.end:
                needed |= {d.owner}
            for role in sorted(needed - surely.get(state.name, frozenset())):
                yield f"{state.name} of {form.name}: {role} may not be there"
        for t in own.transitions:
            actor = actors.get(t.action, "")
            if actor not in ("", *BY_ITSELF) and actor not in surely.get(t.source, frozenset()):
                yield f"{t.source}-{t.action} of {form.name}: {actor} may not be there"
    yield from _unread(d)


def surely_there(d: Definition, form: str) -> Mapping[str, Roles]:
    """State → the roles that somebody has there in every case of a form."""
    return _holders(d.for_form(form))[0]


def _unread(d: Definition) -> Iterator[str]:
    """Mails that reach nobody, in whichever form they are sent."""
    read: dict[str, Roles] = {}
    for form in d.forms:
        own = d.for_form(form.name)
        _, perhaps = _holders(own)
        by_form = {name: {form.opener, *form.assigns} for name in form.mails}
        sent = [(n, perhaps[s.name]) for s in paces(own.states) for r in s.timers if (n := r.mail)]
        sent += [
            (r.mail, perhaps[s]) for r in own.timers for s in r.states if r.mail and s in perhaps
        ]
        sent += [(n, perhaps[t.source] | {*t.assigns}) for t in own.transitions for n in t.mails]
        for name, there in (*by_form.items(), *sent):
            read[name] = read.get(name, frozenset()) | there
    handed = {r.successor_mail for r in d.roles}  # to whoever is there when somebody takes a place
    roles = {r.name for r in d.roles}
    for mail in (m for m in d.mails if m.name in read.keys() - handed):
        never = [r for r in _readers(mail) if r in roles - read[mail.name]]
        yield from (f"mail {mail.name} goes to {role}, who is never there" for role in never)


def _readers(mail: Mail) -> tuple[str, ...]:
    return tuple(r for r in (mail.to, *mail.also) if r and r != TURN)


def somebody(d: Definition) -> Iterator[str]:
    """A fault for each role that a transition assigns although no answer, list or linked case names
    its holder."""
    actions = {a.name: a for a in d.actions}
    for form in d.forms:
        for role in () if passes_people(d, form) else unnamed(d, form):
            yield (
                f"form {form.name} gives {role} a place and does not say to whom; "
                f"{_name_them(d, role)}"
            )
        for t in d.for_form(form.name).transitions:
            if t.action in actions and actions[t.action].role != LINK:
                for role in unnamed_by(d, form, t.assigns):
                    yield (
                        f"transition {t.source}-{t.action} of {form.name} gives {role} a place and "
                        f"does not say to whom; {_name_them(d, role)}"
                    )


def passes_people(d: Definition, form: Form) -> bool:
    """Whether a form is filled in by a linked case, which may pass people on."""
    return form.follows or (d.merging is not None and d.merging.form == form.name)


def unnamed(d: Definition, form: Form) -> list[str]:
    """The roles that a form fills at once and whose people its answers do not say."""
    asked = {f.name: f for f in form.fields}
    return _unfilled(d, (form.opener, *form.assigns), asked)


def unnamed_by(d: Definition, form: Form, roles: tuple[str, ...]) -> list[str]:
    """Those of the roles whose people nothing says that a case of this form is asked."""
    acts = {t.action for t in d.for_form(form.name).transitions}
    asked = {f.name: f for a in d.actions if a.name in acts for f in a.all_fields}
    return _unfilled(d, roles, {**asked, **{f.name: f for f in form.fields}})


def _unfilled(d: Definition, names: tuple[str, ...], asked: Mapping[str, Field]) -> list[str]:
    roles = {r.name: r for r in d.roles}
    return [n for n in names if n in roles and not _is_filled(roles[n], asked)]


def _is_filled(role: Role, asked: Mapping[str, Field]) -> bool:
    """Whether these answers name the people of a role: those that must be given, or a list."""
    if role.source:
        return bool(role.always) or (role.key in asked and asked[role.key].required)
    email = asked.get(role.fields[1]) if role.fields else None
    return any(n in asked for n in role.rows) or (email is not None and email.required)


def _name_them(d: Definition, role: str) -> str:
    """What is to be done for a role that nothing fills."""
    spec = d.role(role)
    if spec.source:
        return "give the role a key that is asked there and required, or always one entry"
    return f"ask {', '.join(filter(None, (*(spec.fields or ()), *spec.rows)))} there, required"


def _holders(d: Definition) -> tuple[dict[str, Roles], dict[str, Roles]]:
    """State → roles that are filled there on every way, and on some way, in cases of one form."""
    (form,) = d.forms
    surely: dict[str, Roles] = {form.start: frozenset((form.opener, *form.assigns))}
    perhaps = dict(surely)
    left = [form.start]
    while left:
        state = left.pop()
        for t in (t for t in d.transitions if t.source == state):
            for known, both in ((surely, frozenset.intersection), (perhaps, frozenset.union)):
                after = frozenset() if t.erases else (known[state] | {*t.assigns}) - {*t.vacates}
                before = known.get(t.target)
                known[t.target] = after if before is None else both(before, after)
                if known[t.target] != before:
                    left.append(t.target)
    return surely, perhaps


def owned(d: Definition) -> Iterator[str]:
    """One role of the organisation's own people looks after every case and hears of its mail."""
    owner = next((r for r in d.roles if r.name == d.owner), None)
    if owner is None or not owner.source:
        yield f"owner {d.owner or 'of nobody'} is no role that the directory fills"
    for mail in (d.bounced_mail, d.vacant_mail):
        if mail and mail.to != d.owner:
            yield f"mail {mail.name} goes to {mail.to}, not to the owner"


def counted(d: Definition, lists: Iterable[DirectoryList]) -> Iterator[str]:
    """The counters that are moved are those of the list that a role is filled from."""
    known = {each.name: each.counters for each in lists if each.people}
    counters = {r.name: known.get(r.source, ()) for r in d.roles}
    for t in d.transitions:
        for rule in t.counters:
            if rule.counter not in counters.get(rule.role, ()):
                yield f"transition {t.source}-{t.action} moves no counter {rule.counter}"
