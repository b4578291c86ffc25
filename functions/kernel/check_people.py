"""What a definition must not lack about people: who acts, looks after it or is mailed is there."""

from collections.abc import Iterable, Iterator

from functions.kernel.definition import Definition, Mail
from functions.kernel.directory import people_of
from functions.kernel.directory_lists import DirectoryList
from functions.kernel.states import BY_ITSELF, TURN
from functions.kernel.urgency import paces

Roles = frozenset[str]


def filled(d: Definition) -> Iterator[str]:
    """Whoever has the turn, records or acts is in the case by then, whichever way led there; so is
    who looks after it, once it is confirmed; and a mail has a reader on some way."""
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


def _unread(d: Definition) -> Iterator[str]:
    """Mails that reach nobody, in whichever form they are sent."""
    read: dict[str, Roles] = {}
    for form in d.forms:
        own = d.for_form(form.name)
        _, perhaps = _holders(own)
        told = {name: {form.opener, *form.assigns} for name in form.mails}
        sent = [(n, perhaps[s.name]) for s in paces(own.states) for r in s.timers if (n := r.mail)]
        sent += [(n, perhaps[t.source] | {*t.assigns}) for t in own.transitions for n in t.mails]
        for name, there in (*told.items(), *sent):
            read[name] = read.get(name, frozenset()) | there
    handed = {r.successor_mail for r in d.roles}  # to whoever is there when somebody takes a place
    roles = {r.name for r in d.roles}
    for mail in (m for m in d.mails if m.name in read.keys() - handed):
        never = [r for r in _readers(mail) if r in roles - read[mail.name]]
        yield from (f"mail {mail.name} goes to {role}, who is never there" for role in never)


def _readers(mail: Mail) -> tuple[str, ...]:
    return tuple(r for r in (mail.to, *mail.also) if r and r != TURN)


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
                after = (known[state] | {*t.assigns}) - {*t.vacates}
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


def listed(d: Definition, lists: Iterable[DirectoryList]) -> Iterator[str]:
    """Roles are filled from lists of people that there are, and move counters that these have."""
    known = {each.name: each for each in lists if each.people}
    for role in d.roles:
        if role.source and people_of(role.source) not in known:
            yield f"role {role.name}: no list {role.source}"
    counted = {r.name: known[r.source].counters for r in d.roles if r.source in known}
    for t in d.transitions:
        for rule in t.counters:
            if rule.counter not in counted.get(rule.role, ()):
                yield f"transition {t.source}-{t.action} moves no counter {rule.counter}"
