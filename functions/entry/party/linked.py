"""The documents of the cases that a case joins, for those who read them."""

from dataclasses import replace

from functions.entry.party.effects import words_of
from functions.kernel.case import reference
from functions.kernel.desk import confirmed
from functions.kernel.errors import Broken
from functions.kernel.mailboxes import same_address
from functions.processes import pinned
from functions.render.case.people import SummaryRow
from functions.render.case.view import LinkedCase, SummarySection, groups
from functions.render.text.words import Words, why_unread
from functions.services.access.links import Opened
from functions.services.access.tokens import desk_of
from functions.services.container import Services
from functions.services.ports import Found


def read_linked(services: Services, opened: Opened) -> Found:
    """The cases linked to this one, as they were read when it was opened, or now; none for roles
    that may not know of them."""
    form = opened.definition.form(opened.case.form)
    knows = opened.party.role in (*form.shows_linked, *form.names_linked)
    if opened.standing != "open" or not knows or not opened.case.linked:
        return Found()
    return services.cases.several(opened.case.linked) if opened.found is None else opened.found


Documents = tuple[tuple[str, tuple[SummarySection, ...]], ...]


def linked_to(
    services: Services, opened: Opened, language: str, token: str
) -> tuple[Documents, tuple[LinkedCase, ...]]:
    """What a page shows of the cases linked to its own: their documents, and what they are."""
    found = read_linked(services, opened)
    named = named_linked_cases(services, opened, language, token, found)
    return linked_answers(services, opened, language, found), named


def linked_answers(services: Services, opened: Opened, language: str, found: Found) -> Documents:
    """The documents of the cases this one joins, to those who read them, as they may."""
    case, role = opened.case, opened.party.role
    if role not in opened.definition.form(case.form).shows_linked:
        return ()
    own = words_of(services, case, language)
    missing = {i: found.broken.get(i, Broken()) for i in case.linked if i not in found}
    unread = [(reference(i), _warning(own, why)) for i, why in missing.items()]
    return tuple(unread) + tuple(
        (other.parties[0].name, groups(words, other, replace(opened.party, id="")))
        for other in (found[i] for i in case.linked if i in found)
        if other.parties
        for words in [words_of(services, other, language)]
    )


def _warning(words: Words, why: Broken) -> tuple[SummarySection, ...]:
    """What is said, alone, of a case that cannot be read."""
    row = SummaryRow(words.page("tables.sound"), why_unread(words.language, why, "row"))
    return (SummarySection("", why_unread(words.language, why, "title"), (row,)),)


def named_linked_cases(
    services: Services, opened: Opened, language: str, token: str, found: Found
) -> tuple[LinkedCase, ...]:
    """The cases linked to this one: what each is and its state, for roles that may know of them.

    Each has a link if the reader came from their desk and has a role in it.
    """
    case, party = opened.case, opened.party
    if party.role not in opened.definition.form(case.form).names_linked or not case.linked:
        return ()
    own_words = words_of(services, case, language)
    title = own_words.page("tables.reference")
    linked_cases = [
        LinkedCase(title, reference(i), why_unread(language, why, "row"))
        for i, why in found.broken.items()
    ]
    for other in (found[i] for i in case.linked if i in found):
        definition = pinned(other.process, other.version)
        if not confirmed(definition, other):
            continue
        words = words_of(services, other, language)
        own = next(
            (p for p in other.parties if p.present and same_address(p.email, party.email)), None
        )
        desk = desk_of(token)
        there = f"/api/t/{desk}.{other.id}.{own.id}.{other.round}" if desk and own else ""
        linked_cases.append(
            LinkedCase(
                words.matter(other.form),
                reference(other.id),
                words.state(other, "name"),
                f"{there}?lang={language}" if there else "",
                over=definition.is_over(other.state),
            )
        )
    return tuple(linked_cases)
