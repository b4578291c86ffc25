"""The page of a form by which somebody begins a subcase."""

from collections.abc import Mapping, Sequence

from flask import Flask, Response, request

from functions.entry.party.acting import address
from functions.entry.reading import read_form
from functions.entry.web import go_on, language_of, page
from functions.kernel.errors import Invalid, Problem, Unavailable
from functions.kernel.form_origin import DRAWN
from functions.render.case.act_forms import NOT_NOW, InitialValues
from functions.render.page.begin import begin_page
from functions.render.text.words import Words
from functions.services.access.links import open_link
from functions.services.access.people import own_facts
from functions.services.access.tokens import way_to
from functions.services.case.begin import Beginning, begin, beginning
from functions.services.container import Services

_ROUTE = "/api/t/<token>/begin/<name>/<form>"


def add_routes(app: Flask, services: Services) -> None:
    """GET shows the form, POST begins what it asks for."""

    @app.get(_ROUTE)
    def ask_to_begin(token: str, name: str, form: str) -> Response:
        found = beginning(open_link(services, token), name, form)
        language = language_of(request.args.get("lang"), found.opened.party.language)
        return page(_shown(services, found, token, language))

    @app.post(_ROUTE)
    def begin_one(token: str, name: str, form: str) -> Response:
        typed = read_form(request)
        opened = open_link(services, token)
        language = language_of(typed.get("_lang"), opened.party.language)
        if typed.get("action", "").startswith(NOT_NOW):
            return go_on(address(services, token, language, f"&done={NOT_NOW}"))
        try:
            begun = begin(services, token, name, form, typed, language)
        except (Invalid, Unavailable) as error:
            problems = error.problems if isinstance(error, Invalid) else (error.problem,)
            found = beginning(open_link(services, token), name, form)
            return page(_shown(services, found, token, language, typed, problems), error.status)
        return go_on(address(services, way_to(token, begun), language, "&done=open"))


def _shown(
    services: Services,
    found: Beginning,
    token: str,
    language: str,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
) -> str:
    opened, path = found.opened, f"/api/t/{token}"
    # Of a form that may have been taken though no answer came, what is sent again is the same.
    same = typed is not None and all(problem.code != "moved" for problem in problems)
    drawn = (typed or {}).get(DRAWN, found.drawn) if same else found.drawn
    words = Words(found.definition, language, services.directory, found.form.name)
    filled = InitialValues(
        found.form.name,
        {},
        own_facts(services, opened.definition, opened.party),
        typed,
        problems,
        task=True,
        drawn=drawn,
        language=opened.case.language,
    )
    return begin_page(words, found.action, filled, opened.case, path, found.spec.name)
