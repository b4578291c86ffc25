"""One request of a public form: back, onward, review or send; nothing typed is ever lost."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from functions.kernel.errors import Invalid, Problem, TooMany, Unavailable
from functions.kernel.fields import TRAP, Answers
from functions.services.access.quotas import count_source
from functions.services.case import apply
from functions.services.case.apply import CODE, Draft, TooFast
from functions.services.container import Services

if TYPE_CHECKING:
    from functions.render.page.pages import Filling

Answer = tuple[str, int]


def answer_step(
    services: Services, draft: Draft, typed: Mapping[str, str], source: str
) -> Answer | None:
    """The page that follows and its status, or None when the form has been sent."""
    ours = apply.key_is_ours(services, draft.key)
    if not ours:
        draft = replace(draft, key=apply.mint_key(services))
    if ours and _sends(draft, typed):
        try:
            answers = apply.answers(services, draft)
        except Invalid:
            return _page(services, draft, typed)
        return _send(services, draft, answers, typed, source)
    return _page(services, draft, typed)


def _sends(draft: Draft, typed: Mapping[str, str]) -> bool:
    """Whether the button was the review's own."""
    elsewhere = "_say" in typed or typed.get("_go", "") in {s.name for s in draft.form.sections}
    return typed.get("_step", "") == "review" and not elsewhere


def _page(services: Services, draft: Draft, typed: Mapping[str, str]) -> Answer:
    """The step or the review that follows, or the step again with what is wrong in it."""
    from functions.render.page.pages import review_page, step_page

    filling = _filling(services, draft, typed)
    sections = {s.name: s for s in draft.form.sections}
    step = typed.get("_step", "")
    going = step if "_say" in typed or filling.more else typed.get("_go", "")
    if going in sections:
        return step_page(filling, sections[going]), 200
    if step in sections:
        problems = apply.section_problems(services, draft, sections[step])
        if typed.get(TRAP):
            problems = (Problem("", "trap"), *problems)
        if problems:
            return step_page(filling, sections[step], problems), Invalid.status
        names = list(sections)
        if names[-1] != step and not (filling.reviewed and not apply.first_wrong(services, draft)):
            return step_page(filling, sections[names[names.index(step) + 1]]), 200
    wrong = apply.first_wrong(services, draft)
    if wrong:
        problems = apply.section_problems(services, draft, wrong)
        return step_page(filling, wrong, problems), Invalid.status
    return review_page(filling, apply.answers(services, draft)), 200


def _send(
    services: Services, draft: Draft, answers: "Answers", typed: Mapping[str, str], source: str
) -> Answer | None:
    try:
        if typed.get(TRAP):
            raise Invalid((Problem("", "trap"),))
        count_source(services, source)
        apply.send(services, draft, answers, ours=True, code=typed.get(CODE, ""))
    except Invalid as error:
        problems, status = error.problems, error.status
    except (TooFast, TooMany, Unavailable) as error:
        problems, status = (error.problem,), error.status
    else:
        return None
    from functions.render.page.pages import review_page

    filling, code = _filling(services, draft, typed), typed.get(CODE, "")
    return review_page(filling, answers, problems, code), status


def _filling(services: Services, draft: Draft, typed: Mapping[str, str]) -> "Filling":
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
