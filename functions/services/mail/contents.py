"""What a mail tells of its case beside its text: some answers, and which cases it concerns."""

from functions.kernel.case import Case, Party, reference
from functions.kernel.definition import Definition
from functions.kernel.desk import confirmed
from functions.kernel.mailboxes import same_address
from functions.kernel.visibility import sees
from functions.processes import pinned
from functions.render.text.words import Words
from functions.services.container import Services


def shown_answers(
    services: Services, definition: Definition, case: Case, party: Party, mail: str
) -> dict[str, str]:
    """The answers that a mail tells, as its reader reads them; "" where they may not see one."""
    words = Words(definition, party.language, services.directory, case.form)
    fields, known = definition.fields(), case.answers
    return {
        name: words.value(fields[name], known[name])
        if name in known and sees(definition, name, party.role, case.state)
        else ""
        for name in definition.mail(mail).shows
    }


def cases_named(
    services: Services, definition: Definition, case: Case, party: Party
) -> tuple[str, ...]:
    """The case and those linked to it of which its reader knows, each with its name; nothing
    where there is one alone."""
    if not case.linked:
        return ()
    everywhere = party.role in definition.form(case.form).names_linked
    found = services.cases.several(case.linked)
    others = [
        (own, other)
        for other in (found[i] for i in case.linked if i in found)
        for own in [pinned(other.process, other.version)]
        if confirmed(own, other) and (everywhere or _takes_part(other, party))
    ]
    named = [(definition, case), *others] if others else []
    return tuple(
        f"{Words(own, party.language, services.directory, each.form).matter(each.form)}"
        f" {reference(each.id)}"
        for own, each in named
    )


def _takes_part(case: Case, party: Party) -> bool:
    return any(p.present and same_address(p.email, party.email) for p in case.parties)
