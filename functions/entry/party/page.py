"""From an opened link to its page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from functions.entry.party.conflict_notice import apart_words
from functions.entry.party.ended_link import over
from functions.entry.party.history import turning, with_history
from functions.entry.party.linked import linked_answers, named_linked_cases, read_linked
from functions.entry.party.opened_forms import opened_forms
from functions.entry.party.receipt import broken_words, receipt_of
from functions.kernel.errors import Problem
from functions.render.case.act_forms import all_wrong
from functions.render.case.people import SummaryRow
from functions.render.case.receipt import NextStep
from functions.render.case.unrecorded import unrecorded_rows
from functions.render.case.view import CaseView, case_view
from functions.render.page.new_link import fresh_form
from functions.render.page.pages import task_page
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from functions.services.access.links import Opened, desk_of
from functions.services.case.apply import mint_key
from functions.services.container import Services


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
    before: int | None = None,
) -> str:
    """The page of a link, after a problem with what was typed. ``done``: the action just taken, or
    its number; ``nowhere``: where to send a new link was not chosen; ``before``: with the entries
    of the history before this number."""
    opened, history = with_history(services, opened, before)
    words = Words(opened.definition, language, services.directory, opened.case.form)
    case, party, path = opened.case, opened.party, f"/api/t/{token}"
    desk = f"/api/d/{desk_of(token)}?lang={language}" if desk_of(token) else ""
    is_open = opened.standing == "open"
    task = is_open and opened.purpose == "task" and bool(opened.actions)
    found = read_linked(services, opened)
    linked = linked_answers(services, opened, language, found) if is_open else ()
    named = named_linked_cases(services, opened, language, token, found) if is_open else ()
    view = case_view(
        words, case, history, party, task=task, with_answers=is_open, now=services.clock.now(),
        linked=linked, linked_cases=named, kept=bool(opened.kept_by),
    )  # fmt: skip
    view = turning(view, history, f"{path}?lang={language}", before)
    view = _keyed(services, opened, _warned(words, opened, view))
    new_link = fresh_form(language, path, party.email, unchosen=nowhere)
    wants_receipt = typed is None or done != ""
    receipt = receipt_of(services, words, opened, token, done) if wants_receipt else None
    given = None if typed is None else _given(services, words, opened, typed)
    if not is_open:
        return over(words, opened, view, token, desk, receipt, new_link, given)
    forms = opened_forms(services, words, opened, history, typed, problems)
    wrong = [*all_wrong(words, forms, problems), *new_link.wrong]
    gone = any(p.code == "too_late" for p in problems)  # no form there holds what was typed
    lost, people = given if gone and given else (), _people(opened, token, language)
    return task_page(words, view, path, forms, wrong, desk, people, receipt, new_link, lost)


def _given(
    services: Services, words: Words, opened: Opened, typed: Mapping[str, str]
) -> tuple[SummaryRow, ...]:
    return unrecorded_rows(words, opened.case, opened.party.role, typed, services.today())


def _warned(words: Words, opened: Opened, view: CaseView) -> CaseView:
    """The view with what its reader is warned of."""
    broken, apart = broken_words(words, opened), apart_words(words, opened)
    return replace(view, broken=broken, apart=apart)


def _keyed(services: Services, opened: Opened, view: CaseView) -> CaseView:
    """The view with the key by which a form that the case leads on to is known to come from it."""
    if view.referral is None:
        return view
    key = mint_key(services, led_from=opened.case.id)
    return replace(view, referral=replace(view.referral, key=key))


def _people(opened: Opened, token: str, language: str) -> NextStep | None:
    """The way to where those in the case are looked after; None if it is not for the reader to do.
    From a mailed link it leads over the desk, where somebody has to be found for a place."""
    if opened.party.role != opened.definition.owner:
        return None
    if desk := desk_of(token):
        link = f"/api/d/{desk}/people/{opened.case.id}?lang={language}"
        return NextStep(page_text(language, "handover.title"), link)
    if not opened.definition.is_vacant(opened.case):
        return None
    return NextStep(page_text(language, "handover.by_desk"), page_text(language, "page.desk_path"))
