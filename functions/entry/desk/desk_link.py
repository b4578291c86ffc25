"""The link of a desk: its person opens it, closes it, or asks for a new one when it has expired."""

from flask import Flask, Response, request

from functions.entry.reading import read_form
from functions.entry.web import go_on, language_of, page
from functions.kernel.errors import Invalid
from functions.render.page.desk_link import OUT, old_desk_page, open_desk_page, sign_out_page
from functions.render.page.new_link import ELSEWHERE, HERE, TO
from functions.render.page.pages import message_page
from functions.render.text.words import problem_text
from functions.services.access.desk_links import DEVICE, close_desk, live_desk, open_desk, open_for
from functions.services.access.quotas import count_source
from functions.services.container import Services
from functions.services.mail.orders import order_desk


def register(app: Flask, services: Services) -> None:
    """POST to a desk's link opens it, to ``/out`` closes it if that was chosen, to ``/fresh`` mails
    another."""

    @app.post("/api/d/<token>")
    def open_for_person(token: str) -> Response:
        typed, desk = read_form(request), open_desk(services, token)
        language = language_of(typed.get("_lang"), desk.language)
        try:
            open_for(services, token, typed.get(DEVICE, ""))
        except Invalid as error:
            text = problem_text(language, error.problems[0])
            return page(open_desk_page(language, f"/api/d/{token}", desk.email, text), error.status)
        return go_on(f"{services.rules.base_url}/api/d/{token}?lang={language}")

    @app.get("/api/d/<token>/out")
    def ask_to_sign_out(token: str) -> Response:
        desk = live_desk(services, token)
        language = language_of(request.args.get("lang"), desk.language)
        return page(sign_out_page(language, f"/api/d/{token}"))

    @app.post("/api/d/<token>/out")
    def sign_out(token: str) -> Response:
        return _signed_out(services, token)

    @app.post("/api/d/<token>/fresh")
    def fresh(token: str) -> Response:
        typed, desk = read_form(request), open_desk(services, token)
        language = language_of(typed.get("_lang"), desk.language)
        if typed.get(TO) == ELSEWHERE:
            return page(message_page(language, "fresh_elsewhere"))
        if typed.get(TO) != HERE:
            known = (language, f"/api/d/{token}", desk.email, desk.standing)
            return page(old_desk_page(*known, unchosen=True), Invalid.status)
        count_source(services, request.remote_addr or "")
        order_desk(services, desk.person)
        return page(message_page(language, "fresh_sent"))


def _signed_out(services: Services, token: str) -> Response:
    """The link is closed if that was chosen; asked again if nothing was."""
    typed, desk = read_form(request), open_desk(services, token)
    language = language_of(typed.get("_lang"), desk.language)
    answer = typed.get(OUT, "")
    if answer not in ("yes", "no") and desk.standing == "open":
        asked = sign_out_page(language, f"/api/d/{token}", unchosen=True)
        return page(asked, Invalid.status)
    if answer == "yes":
        close_desk(services, token)
    return go_on(f"{services.rules.base_url}/api/d/{token}?lang={language}")
