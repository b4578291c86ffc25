"""The people who read what an act writes: those whom it mails first, then all others who may see
it."""

from dataclasses import replace

from functions.kernel.apart import LinkedCases
from functions.kernel.case import Case, Party
from functions.kernel.definition import Action, Definition
from functions.kernel.engine import transition
from functions.kernel.mailboxes import mailbox
from functions.kernel.visibility import sees

WRITTEN = "longtext"  # the kind of field in which somebody writes in their own words


def readers(
    definition: Definition, case: Case, writer: Party, action: Action
) -> dict[str, tuple[Party, ...]]:
    """By each field in which ``writer`` writes in their own words, the others who read it; not who
    could have written it, because the directory gives them the same place."""
    row = transition(definition, case, action.name)
    if row is None:
        return {}
    there = replace(case, state=row.target)
    mails = (definition.mail(name) for name in row.mails)
    mailed = [role for mail in mails for role in definition.readers(mail, there)]
    roles = dict.fromkeys((*mailed, *(role.name for role in definition.roles)))
    written = [f.name for f in definition.asked(action, case.form) if f.kind == WRITTEN]
    return {
        name: tuple(
            party
            for role in roles
            for party in case.holders(role)
            if party.id != writer.id and sees(definition, name, role, row.target)
            if role != writer.role or not definition.role(role).source
        )
        for name in written
    }


def linked_readers(
    definition: Definition, case: Case, action: Action, linked: LinkedCases
) -> dict[str, tuple[tuple[Definition, Party], ...]]:
    """By each field in which somebody writes in their own words and which a signal passes on, who
    reads it in linked cases, with the definition of their case; nobody who reads it here."""
    row = transition(definition, case, action.name)
    own = {mailbox(p.email) for p in case.parties if p.present}
    found: dict[str, tuple[tuple[Definition, Party], ...]] = {}
    for other, their in linked:
        for signal in row.signals if row else ():
            follows = transition(other, their, signal.action)
            if follows is None or signal.answers is None:
                continue
            asked = {f.name for f in other.action(signal.action).fields if f.kind == WRITTEN}
            written = {f.name for f in definition.asked(action, case.form) if f.kind == WRITTEN}
            for name in written & asked:
                found[name] = (
                    *found.get(name, ()),
                    *(
                        (other, party)
                        for party in their.parties
                        if party.present and mailbox(party.email) not in own
                        if sees(other, name, party.role, follows.target)
                    ),
                )
    return found
