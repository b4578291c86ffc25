"""Who may not act on a case, because they hold another role in it: the roles that are kept apart.

A role names in ``apart`` the roles whose people may not act in it, and in ``apart_linked`` those of
linked cases. People are compared by their mailboxes (``kernel/mailboxes.py``), so that another
spelling makes nobody another person.
"""

from collections.abc import Iterable, Sequence

from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.mailboxes import mailbox
from functions.kernel.people import Person
from functions.kernel.roles import Role

LinkedCases = Sequence[tuple[Definition, Case]]  # the cases linked to one, with their definitions


def linked_cases_of(case: Case, found: Iterable[tuple[Definition, Case]]) -> LinkedCases:
    """Of cases that were read, those linked to this one both ways that go on."""
    return tuple(
        (definition, other)
        for definition, other in found
        if case.id in other.linked
        and other.id in case.linked
        and not definition.is_over(other.state)
    )


def kept_by(
    definition: Definition, case: Case, role: str, email: str, linked: LinkedCases = ()
) -> tuple[Definition, str] | None:
    """The role, here or in a linked case, by which somebody at this address may not act in
    ``role``, with the definition it is of; None if they may."""
    spec = definition.role(role)
    if not spec.apart:
        return None
    reached = mailbox(email)
    barred = [(definition, p) for p in _in(case, spec.apart)]
    barred += [(own, p) for own, other in linked for p in _in(other, _everywhere(spec))]
    return next(((own, p.role) for own, p in barred if mailbox(p.email) == reached), None)


def kept_from(
    definition: Definition, case: Case, role: str, email: str, linked: LinkedCases = ()
) -> str:
    """The role by which somebody at this address may not act in ``role``; "" if they may."""
    found = kept_by(definition, case, role, email, linked)
    return found[1] if found else ""


def may_act(definition: Definition, case: Case, party: Party, linked: LinkedCases = ()) -> bool:
    """Whether no other role keeps a party from acting in its own."""
    return not kept_by(definition, case, party.role, party.email, linked)


def may_take(
    definition: Definition, case: Case, party: Party, email: str, linked: LinkedCases = ()
) -> bool:
    """Whether a person at this address may take a party's role: none of their roles, here or in a
    linked case, excludes it, and it excludes none of theirs."""
    if kept_by(definition, case, party.role, email, linked):
        return False
    barred = tuple(r.name for r in definition.roles if party.role in r.apart)
    parties = [*_in(case, barred)]
    for own, other in linked:
        parties += _in(other, tuple(r.name for r in own.roles if party.role in _everywhere(r)))
    reached = mailbox(email)
    return all(mailbox(p.email) != reached for p in parties)


def taken_by(role: Role, case: Case, linked: LinkedCases = ()) -> list[str]:
    """The addresses of those whom another role keeps from ``role``."""
    found = [*_in(case, role.apart)]
    for _, other in linked:
        found += _in(other, _everywhere(role))
    return [p.email for p in found]


def who_may(people: Iterable[Person], taken: Iterable[str]) -> tuple[Person, ...]:
    """Those of ``people`` whose mailboxes are not those of the addresses ``taken``."""
    kept = {mailbox(email) for email in taken}
    return tuple(p for p in people if not kept or mailbox(p.email) not in kept)


def _everywhere(role: Role) -> tuple[str, ...]:
    """What a role is apart from in linked cases."""
    return (*role.apart, *role.apart_linked) if role.apart else ()


def _in(case: Case, roles: tuple[str, ...]) -> Iterable[Party]:
    return (p for p in case.parties if p.present and p.role in roles)
