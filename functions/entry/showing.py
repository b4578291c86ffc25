"""From an opened link to its page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from functions.entry.apart import apart_words
from functions.entry.linked import cases_beside, linked_documents
from functions.entry.opened_forms import opened_forms
from functions.entry.over import over, until_they_left
from functions.entry.saying import broken_words, receipt_of
from functions.kernel.errors import Problem
from functions.render.act_forms import all_wrong
from functions.render.case_view import CaseView, case_view
from functions.render.fresh import fresh_form
from functions.render.pages import task_page
from functions.render.receipt import Way
from functions.render.texts import page_text
from functions.render.words import Words
from functions.services.apply import mint_key
from functions.services.links import Opened, desk_of
from functions.services.wiring import Services


def show(
    services: Services,
    opened: Opened,
    language: str,
    token: str,
    typed: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    done: str | int = "",
    *,
    nowhere: bool = False,
) -> str:
    """The page of a link; with what was typed and what is wrong with it, after a problem;
    with what was ``done`` just now, or in that entry of the history, where the link goes on;
    ``nowhere``: a link was asked for without a choice where to send it."""
    words = Words(opened.definition, language, services.directory, opened.case.form)
    case, party, path = opened.case, opened.party, f"/api/t/{token}"
    desk = f"/api/d/{desk_of(token)}?lang={language}" if desk_of(token) else ""
    told, is_open = [(t.entry, t.said) for t in until_they_left(opened)], opened.standing == "open"
    task = is_open and opened.purpose == "task" and bool(opened.actions)
    linked = linked_documents(services, opened, language) if is_open else ()
    beside = cases_beside(services, opened, language, token) if is_open else ()
    view = case_view(
        words, case, told, party, task=task, document=is_open, now=services.clock.now(),
        linked=linked, beside=beside, kept=bool(opened.kept_by),
    )  # fmt: skip
    view = _keyed(services, opened, _warned(words, opened, view))
    fresh = fresh_form(language, path, party.email, unchosen=nowhere)
    receipted = typed is None or done != ""
    told_done = receipt_of(services, words, opened, token, done) if receipted else None
    if not is_open:
        return over(words, opened, view, token, desk, told_done, fresh, typed)
    forms = opened_forms(services, words, opened, typed, problems)
    wrong = [*all_wrong(words, forms, problems), *fresh.wrong]
    return task_page(
        words, view, path, forms, wrong, desk, _people(opened, token, language), told_done, fresh
    )


def _warned(words: Words, opened: Opened, view: CaseView) -> CaseView:
    """The view with what its reader is warned of."""
    broken, apart = broken_words(words, opened), apart_words(words, opened)
    return replace(view, broken=broken, apart=apart)


def _keyed(services: Services, opened: Opened, view: CaseView) -> CaseView:
    """The view with the key by which a form that the case leads on to is known to come from it."""
    if view.onward is None:
        return view
    key = mint_key(services, led_from=opened.case.id)
    return replace(view, onward=replace(view.onward, key=key))


def _people(opened: Opened, token: str, language: str) -> Way | None:
    """The way to where those in the case are looked after; None if it is not for the reader to do.
    From a mailed link it leads over the desk, where somebody has to be found for a place."""
    if opened.party.role != opened.definition.bounced_mail.to:
        return None
    if desk := desk_of(token):
        link = f"/api/d/{desk}/people/{opened.case.id}?lang={language}"
        return Way(page_text(language, "handing.title"), link)
    if not opened.definition.is_vacant(opened.case):
        return None
    return Way(page_text(language, "handing.by_desk"), page_text(language, "page.desk_path"))
