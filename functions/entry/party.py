"""What a link opens: a task to act on, a status to look at, a page about what is over."""

from collections.abc import Mapping

from flask import Flask, Response, request

from functions.entry.reading import read_form
from functions.entry.showing import show
from functions.entry.web import go_on, language_of, make_app, page
from functions.kernel.engine import transition
from functions.kernel.errors import Conflict, Invalid, Refused, Unavailable
from functions.render.act_forms import NOT_NOW
from functions.render.fresh import ELSEWHERE, HERE, TO
from functions.render.pages import forgotten_page, note_page
from functions.services.act import act
from functions.services.links import ask_fresh, open_link, present_row
from functions.services.quotas import count_source
from functions.services.wiring import Services

FILTER = "_filter"  # the button of a list to choose from: sort it, filter it, show more of it


def create_app(services: Services) -> Flask:
    """The routes under ``/api/t``. GET shows, POST acts."""
    app = make_app("party", services)

    @app.get("/api/t/<token>")
    def look(token: str) -> Response:
        opened = open_link(services, token)
        language = language_of(request.args.get("lang"), opened.party.language)
        done = request.args.get("done", "")
        row = present_row(opened, token) if opened.on_turn_again else ""
        if row and not done:
            return go_on(_address(services, row, language))
        return page(show(services, opened, language, token, done=done))

    @app.post("/api/t/<token>")
    def decide(token: str) -> Response:
        typed = read_form(request)
        opened = open_link(services, token)
        language = language_of(typed.get("_lang"), opened.party.language)
        if (said := _undecided(typed)) is not None:
            return page(show(services, opened, language, token, typed, done=said))
        try:
            act(services, token, typed, language, opened)
        except Conflict as error:  # also what is sent once more, since its answer was lost
            now, done = open_link(services, token), typed.get("action", "")
            return page(show(services, now, language, token, done=done), error.status)
        except (Invalid, Unavailable) as error:
            problems = error.problems if isinstance(error, Invalid) else (error.problem,)
            return page(show(services, opened, language, token, typed, problems), error.status)
        taken = transition(opened.definition, opened.case, typed["action"])
        if taken and taken.forgets:
            return page(forgotten_page(opened.definition, language, taken.action))
        return go_on(_address(services, token, language, f"&done={typed['action']}"))

    @app.post("/api/t/<token>/fresh")
    def fresh(token: str) -> Response:
        return _send_fresh(services, token, read_form(request))

    return app


def _undecided(typed: Mapping[str, str]) -> str | None:
    """What is said where the page is only shown anew with what was typed; None for a decision.

    A list on it is to be shown otherwise, or its holder does not act now.
    """
    if FILTER in typed:
        return ""
    action = typed.get("action", "")
    return action if action.startswith(NOT_NOW) else None


def _send_fresh(services: Services, token: str, typed: Mapping[str, str]) -> Response:
    """A link is mailed if it was chosen to go to the address on record, else nothing is."""
    opened = open_link(services, token)
    language = language_of(typed.get("_lang"), opened.party.language)
    if not opened.party.present:
        raise Refused
    if typed.get(TO) == ELSEWHERE:
        return page(note_page(language, "fresh_elsewhere"))
    if typed.get(TO) != HERE:
        return page(show(services, opened, language, token, nowhere=True), Invalid.status)
    count_source(services, request.remote_addr or "")
    ask_fresh(services, token)
    return page(note_page(language, "fresh_sent"))


def _address(services: Services, token: str, language: str, more: str = "") -> str:
    return f"{services.rules.base_url}/api/t/{token}?lang={language}{more}"
