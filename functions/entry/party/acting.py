"""A form of a link that was sent: what was chosen is done, or the page says why it was not."""

from collections.abc import Mapping

from flask import Response

from functions.entry.party.page import show
from functions.entry.web import go_on, language_of, page
from functions.kernel.engine import transition
from functions.kernel.errors import Conflict, DeskOver, Done, Invalid, Problem, Unavailable
from functions.render.case.act_forms import MORE, NOT_NOW
from functions.render.page.pages import act_erased_page
from functions.services.access.links import open_link, present_row
from functions.services.case.act import act, was_done
from functions.services.container import Services

FILTER = "_filter"  # the button of a list to choose from: sort it, filter it, show more of it


def decide_by(services: Services, token: str, typed: Mapping[str, str]) -> Response:
    """What was chosen is done, and its receipt shown; or the page says why it was not."""
    try:
        opened = open_link(services, token)
    except DeskOver as over:
        done = was_done(services, token, typed)
        raise DeskOver(over.language, over.standing, over.email, done=done) from over
    language = language_of(typed.get("_lang"), opened.party.language)
    if (undecided := _undecided(typed)) is not None:
        return page(show(services, opened, language, token, typed, done=undecided))
    try:
        act(services, token, typed, language, opened)
    except Done as error:
        now = open_link(services, token)
        return page(show(services, now, language, token, done=error.number), error.status)
    except Conflict as error:
        return page(_moved_on(services, token, typed, language), error.status)
    except (Invalid, Unavailable) as error:
        problems = error.problems if isinstance(error, Invalid) else (error.problem,)
        if any(p.code in ("moved", "too_late") for p in problems):  # shown as the case is now
            opened = open_link(services, token)
        return page(show(services, opened, language, token, typed, problems), error.status)
    taken = transition(opened.definition, opened.case, typed["action"])
    if taken and taken.erases:
        return page(act_erased_page(opened.definition, language, taken.action))
    return go_on(address(services, token, language, f"&done={typed['action']}"))


def _moved_on(services: Services, token: str, typed: Mapping[str, str], language: str) -> str:
    """The page of a link whose turn is over, which says that nothing was recorded. Who came from
    their desk, and may still do what they chose, is shown the case as it is now with what they
    typed."""
    now, action = open_link(services, token), typed.get("action", "")
    row = present_row(now, token)
    if row:
        there = open_link(services, row)
        if any(a.name == action for a in there.actions):
            moved = (Problem("action", "moved"),)
            return show(services, there, language, row, typed, moved)
    return show(services, now, language, token, typed)


def _undecided(typed: Mapping[str, str]) -> str | None:
    """What is said where the page is only shown anew with what was typed; None for a decision.

    A list on it is to be shown otherwise or with more rows, or its holder does not act now.
    """
    if FILTER in typed or MORE in typed:
        return ""
    action = typed.get("action", "")
    return action if action.startswith(NOT_NOW) else None


def address(services: Services, token: str, language: str, more: str = "") -> str:
    """Where a link leads."""
    return f"{services.rules.base_url}/api/t/{token}?lang={language}{more}"
