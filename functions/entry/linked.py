"""The documents of the cases that a case joins, for those who read them."""

from dataclasses import replace

from functions.processes import pinned
from functions.render.case_view import Group, groups
from functions.render.words import Words
from functions.services.links import Opened
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
        for words in [Words(pinned(other.process, other.version), language, services.directory)]
    )
