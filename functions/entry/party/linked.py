"""The documents of the cases that a case joins, for those who read them."""

from dataclasses import replace

from functions.kernel.case import Case, reference
from functions.kernel.desk import confirmed
from functions.kernel.mailboxes import same_address
from functions.processes import pinned
from functions.render.case.people import SummaryRow
from functions.render.case.view import LinkedCase, SummarySection, groups
from functions.render.text.words import Words
from functions.services.access.links import Opened
from functions.services.access.tokens import desk_of
from functions.services.container import Services

Documents = tuple[tuple[str, tuple[SummarySection, ...]], ...]


def linked_to(
    services: Services, opened: Opened, language: str, token: str
) -> tuple[Documents, tuple[LinkedCase, ...]]:
    """What a page shows of the cases linked to its own: their documents, and what they are."""
    cases = linked_cases_of(services, opened, language, token)
    return linked_answers(services, opened, language), cases


def linked_answers(services: Services, opened: Opened, language: str) -> Documents:
    """The documents of the cases this one joins, to those who read them, as they may."""
    case, role = opened.case, opened.party.role
    if role not in opened.definition.form(case.form).shows_linked:
        return ()
    own = words_of(services, case, language)
    found = services.cases.several(case.linked)
    unread = [(reference(i), _warning(own)) for i in case.linked if i not in found]
    return tuple(unread) + tuple(
        (
            other.parties[0].name,
            groups(words, other, replace(opened.party, id="")),
        )
        for other in (found[i] for i in case.linked if i in found)
        if other.parties
        for words in [words_of(services, other, language)]
    )


def _warning(words: Words) -> tuple[SummarySection, ...]:
    """What is said first, or alone, of a case that is not as it was written."""
    row = SummaryRow(words.page("tables.sound"), words.page("broken.row"))
    return (SummarySection("", words.page("broken.title"), (row,)),)


def linked_cases_of(
    services: Services, opened: Opened, language: str, token: str
) -> tuple[LinkedCase, ...]:
    """The cases linked to this one: what each is and its state, for roles that may know of them.

    Each has a link if the reader came from their desk and has a role in it.
    """
    case, party = opened.case, opened.party
    if party.role not in opened.definition.form(case.form).names_linked or not case.linked:
        return ()
    found = services.cases.several(case.linked)
    own_words = words_of(services, case, language)
    title, warning = own_words.page("tables.reference"), own_words.page("broken.row")
    linked_cases = [
        LinkedCase(title, reference(i), warning) for i in case.linked if i in found.broken
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


def words_of(services: Services, case: Case, language: str) -> Words:
    """The words of the process that a case is of, in a language."""
    definition = pinned(case.process, case.version)
    return Words(definition, language, services.directory, case.form)
