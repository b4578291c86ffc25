"""One request of a public form: back, next, review or send. All that was typed is carried along."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from functions.kernel.errors import Invalid, KapulaError, Problem, SinceErased
from functions.kernel.fields import TRAP
from functions.services.case import apply
from functions.services.case.apply import CODE, REFUSALS, CheckedDraft, Draft
from functions.services.container import Services

if TYPE_CHECKING:
    from functions.render.page.pages import Filling

Answer = tuple[str, int]
Inputs = Mapping[str, str]


def answer_step(services: Services, draft: Draft, typed: Inputs, source: str) -> Answer | None:
    """The page that follows and its status, or None when the form has been sent."""
    if not apply.key_is_ours(services, draft.key):
        draft = replace(draft, key=apply.mint_key(services))
    elif _sends(draft, typed):
        return _send(services, draft, typed, source)
    return _page(services, draft, typed)


def _sends(draft: Draft, typed: Inputs) -> bool:
    """Whether the button was the review's own."""
    elsewhere = "_say" in typed or typed.get("_go", "") in {s.name for s in draft.form.sections}
    return typed.get("_step", "") == "review" and not elsewhere


def _page(services: Services, draft: Draft, typed: Inputs) -> Answer:
    """The step or the review that follows, or the step again with what is wrong in it."""
    from functions.render.page.pages import step_page

    filling = _filling(services, draft, typed)
    sections = {s.name: s for s in draft.form.sections}
    step = typed.get("_step", "")
    going = step if "_say" in typed or filling.more else typed.get("_go", "")
    if going in sections:
        return step_page(filling, sections[going]), 200
    checked = apply.check(services, draft)
    if step in sections:
        problems = checked.problems_in(sections[step])
        if typed.get(TRAP):
            problems = (Problem("", "trap"), *problems)
        if problems:
            return step_page(filling, sections[step], problems), Invalid.status
        names = list(sections)
        if names[-1] != step and not (filling.reviewed and not checked.first_wrong):
            return step_page(filling, sections[names[names.index(step) + 1]]), 200
    return _review(services, checked, typed)


def _send(services: Services, draft: Draft, typed: Inputs, source: str) -> Answer | None:
    try:
        if typed.get(TRAP):
            raise Invalid((Problem("", "trap"),))
        apply.send(services, draft, ours=True, code=typed.get(CODE, ""), source=source)
    except REFUSALS as error:
        if isinstance(error, SinceErased):
            draft = apply.under_new_key(services, draft)
        return _review(services, apply.check(services, draft), typed, error)
    return None


def _review(
    services: Services, checked: CheckedDraft, typed: Inputs, error: KapulaError | None = None
) -> Answer:
    """The review, with why the form was not sent; where an answer is wrong, its step."""
    from functions.render.page.pages import review_page, step_page

    filling = _filling(services, checked.draft, typed)
    problems = error.problems if isinstance(error, Invalid) else (error.problem,) if error else ()
    if checked.answers is None:
        wrong = checked.first_wrong or checked.draft.form.sections[-1]
        whole = (p for p in problems if not p.field)
        problems = (*whole, *(checked.problems_in(wrong) or checked.problems))
        return step_page(filling, wrong, problems), (error or Invalid).status
    shown = review_page(filling, checked.answers, problems, typed.get(CODE, ""))
    return shown, error.status if error else 200


def _filling(services: Services, draft: Draft, typed: Inputs) -> "Filling":
    from functions.render.page.pages import Filling  # a form that is sent needs no page

    return Filling(
        draft.definition,
        draft.form,
        draft.language,
        draft.typed,
        services.directory,
        draft.key,
        reviewed=typed.get("_seen") == "review",
        more="_more" in typed,
    )
