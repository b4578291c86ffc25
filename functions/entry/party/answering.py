"""The page on which somebody answers all subcases of a case that ask them, at once."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Flask, Response, request

from functions.entry.reading import read_form
from functions.entry.web import go_on, language_of, page
from functions.kernel.errors import Conflict, Done, Invalid, Problem, Unavailable
from functions.processes import current
from functions.render.page.answering import ALL, AskedSubcase, answering_page, same_answers
from functions.render.text.words import Words
from functions.services.access.links import Opened, open_link
from functions.services.access.tokens import way_to
from functions.services.case.act import act
from functions.services.case.answering import open_turns
from functions.services.container import Services

_ROUTE = "/api/t/<token>/answer/<name>"


def add_routes(app: Flask, services: Services) -> None:
    """GET shows what asks, POST answers each that something was chosen for, by itself."""

    @app.get(_ROUTE)
    def look_at_all(token: str, name: str) -> Response:
        opened = open_link(services, token)
        language = language_of(request.args.get("lang"), opened.party.language)
        done = request.args.get("done", 0, type=int)
        asked = _asked(services, opened, name, language)
        return page(_shown(services, opened, name, language, token, asked, done=done))

    @app.post(_ROUTE)
    def answer_all(token: str, name: str) -> Response:
        typed, opened = read_form(request), open_link(services, token)
        language = language_of(typed.get("_lang"), opened.party.language)
        asked = [x.with_typed(typed) for x in _asked(services, opened, name, language)]
        alike = same_answers(asked).get(typed.get(ALL, ""))
        same = {"action": alike[0].name, **alike[1]} if alike else {}
        chosen = [own for x in asked if (own := x.chosen(same))]
        left = [(x, _answer(services, token, x, language)) for x in chosen]
        wrong = [replace(x, problems=problems) for x, problems in left if problems]
        if not chosen:
            wrong = [replace(x, problems=(Problem("action", "unchosen"),)) for x in asked[:1]]
        if wrong or not chosen:
            html = _shown(services, opened, name, language, token, wrong, typed.get(ALL, ""))
            return page(html, Invalid.status)
        there = f"{services.rules.base_url}/api/t/{token}/answer/{name}"
        return go_on(f"{there}?lang={language}&done={len(chosen)}")


def _asked(services: Services, opened: Opened, name: str, language: str) -> list[AskedSubcase]:
    return [
        AskedSubcase(
            Words(turn.definition, language, services.directory, turn.case.form),
            turn.case, turn.party, turn.actions,
        )
        for turn in open_turns(services, opened, name)
    ]  # fmt: skip


def _answer(
    services: Services, token: str, asked: AskedSubcase, language: str
) -> Sequence[Problem]:
    """Do what was chosen in one subcase; what is wrong with it, if anything is."""
    try:
        act(services, way_to(token, asked.case), asked.typed or {}, language)
    except Done:
        return ()
    except Invalid as error:
        return error.problems
    except (Conflict, Unavailable):
        return (Problem("action", "moved"),)
    return ()


def _shown(
    services: Services,
    opened: Opened,
    name: str,
    language: str,
    token: str,
    asked: Sequence[AskedSubcase],
    typed: str = "",
    done: int = 0,
) -> str:
    words = Words(current(f"{opened.case.process}.{name}"), language, services.directory)
    return answering_page(words, asked, opened.case, f"/api/t/{token}", typed, done)
