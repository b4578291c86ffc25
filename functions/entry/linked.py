"""The documents of the cases that a case joins, for those who read them."""

from dataclasses import replace

from functions.kernel.case import Case
from functions.kernel.desk import confirmed
from functions.kernel.mailboxes import same_address
from functions.processes import pinned
from functions.render.case_view import Beside, Group, groups
from functions.render.mail import reference
from functions.render.words import Words
from functions.services.links import Opened, desk_of
from functions.services.wiring import Services


def linked_documents(
    services: Services, opened: Opened, language: str
) -> tuple[tuple[str, tuple[Group, ...]], ...]:
    """The documents of the cases this one joins, to those who read them, as they may."""
    case, role = opened.case, opened.party.role
    if role not in opened.definition.form(case.form).shows_linked:
        return ()
    found = (services.cases.load(case_id) for case_id in case.linked)
    return tuple(
        (other.parties[0].name, groups(words, other, replace(opened.party, id="")))
        for other in (file.case for file in found if file)
        for words in [_words(services, other, language)]
    )


def cases_beside(
    services: Services, opened: Opened, language: str, token: str
) -> tuple[Beside, ...]:
    """The cases linked to this one, to those who are told of them: what each is and where it
    stands; with the way to it for who came from their desk and has a place in it."""
    case, party = opened.case, opened.party
    if party.role not in opened.definition.form(case.form).names_linked or not case.linked:
        return ()
    found = services.cases.several(case.linked)
    told = []
    for other in (found[i] for i in case.linked if i in found):
        definition = pinned(other.process, other.version)
        if not confirmed(definition, other):
            continue
        words = _words(services, other, language)
        own = next(
            (p for p in other.parties if p.present and same_address(p.email, party.email)), None
        )
        desk = desk_of(token)
        there = f"/api/t/{desk}.{other.id}.{own.id}.{other.round}" if desk and own else ""
        told.append(
            Beside(
                words.matter(other.form),
                reference(other.id),
                words.state(other, "name"),
                f"{there}?lang={language}" if there else "",
            )
        )
    return tuple(told)


def _words(services: Services, case: Case, language: str) -> Words:
    definition = pinned(case.process, case.version)
    return Words(definition, language, services.directory, case.form)
