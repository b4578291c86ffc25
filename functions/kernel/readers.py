"""Whom somebody writes to by an act: all who see what was written, those mailed of it first."""

from dataclasses import replace

from functions.kernel.case import Case, Party
from functions.kernel.definition import Action, Definition
from functions.kernel.engine import transition
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
