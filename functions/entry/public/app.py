"""The public pages: forms, step by step, and the supervisors' page. This function cannot read a
case."""

from urllib.parse import urlencode

from flask import Flask, Response, request

from functions.entry.public.filling import answer_step
from functions.entry.reading import read_form
from functions.entry.web import go_on, language_of, make_app, page, request_language
from functions.kernel.errors import Refused
from functions.processes import current
from functions.services.case.apply import Draft, is_written_to, written_to
from functions.services.container import Services


def create_app(services: Services) -> Flask:
    """The routes under ``/api/forms``, and ``/api/supervisors``."""
    app = make_app("public", services)

    @app.post("/api/forms/<process>/<form>")
    def fill(process: str, form: str) -> Response:
        typed = read_form(request)
        draft = _draft(process, form, typed)
        answer = answer_step(services, draft, typed, request.remote_addr or "")
        if answer is None:
            sent = f"{services.rules.base_url}/api/forms/{process}/{form}/sent"
            asked = {"lang": draft.language, "to": written_to(services, draft)}
            return go_on(f"{sent}?{urlencode(asked)}")
        return page(*answer)

    @app.get("/api/forms/<process>/<form>")
    def begin(process: str, form: str) -> Response:
        """The first step, to who comes back to the address of the form."""
        draft = _draft(process, form, {"_lang": request_language()})
        answer = answer_step(services, draft, {"_go": draft.form.sections[0].name}, "")
        return page(*answer or ("", Refused.status))

    @app.get("/api/forms/<process>/<form>/sent")
    def sent(process: str, form: str) -> Response:
        from functions.render.page.pages import sent_page  # a form that is sent needs no page

        language = _draft(process, form, {"_lang": request.args.get("lang", "")}).language
        to = is_written_to(services, request.args.get("to", ""))
        return page(sent_page(process, form, language, to))

    @app.get("/api/supervisors")
    def supervisors() -> Response:
        from functions.render.directory.supervisors import cards_page

        language = language_of(request.args.get("lang"))
        shown = page(cards_page(language, services.directory, request.args))
        shown.headers["Cache-Control"] = "public, max-age=300"  # the same to everybody
        return shown

    return app


def _draft(process: str, form: str, typed: dict[str, str]) -> Draft:
    try:
        definition = current(process)
        spec = definition.form(form)
    except KeyError as error:
        raise Refused from error
    if not spec.public:
        raise Refused
    kept = spec.own(typed)
    language = language_of(typed.get("_say", typed.get("_lang")))
    return Draft(definition, spec, kept, language, typed.get("_key", ""))
