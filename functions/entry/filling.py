"""One request of a public form: back, onward, review or send; nothing typed is ever lost."""

from collections.abc import Mapping
from dataclasses import replace

from functions.kernel.errors import Invalid, Problem, TooMany, Unavailable
from functions.render.pages import Filling, review_page, step_page
from functions.services import apply
from functions.services.apply import TRAP, Draft, TooFast
from functions.services.links import count_source
from functions.services.wiring import Services

Answer = tuple[str, int]


def answer_step(
    services: Services, draft: Draft, typed: Mapping[str, str], source: str
) -> Answer | None:
    """The page that follows and its status, or None when the form has been sent."""
    if not apply.key_is_ours(services, draft.key):
        draft = replace(draft, key=apply.mint_key(services))
        fresh = True
    else:
        fresh = False
    filling = Filling(
        draft.definition,
        draft.form,
        draft.language,
        draft.typed,
        services.directory,
        draft.key,
        reviewed=typed.get("_seen") == "review",
    )
    sections = {s.name: s for s in draft.form.sections}
    step = typed.get("_step", "")
    going = step if "_say" in typed else typed.get("_go", "")
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
    if step != "review" or fresh or "_say" in typed:
        return review_page(filling, apply.answers(services, draft)), 200
    return _send(services, draft, filling, typed, source)


def _send(
    services: Services, draft: Draft, filling: Filling, typed: Mapping[str, str], source: str
) -> Answer | None:
    answers = apply.answers(services, draft)
    try:
        if typed.get(TRAP):
            raise Invalid((Problem("", "trap"),))
        count_source(services, source)
        apply.send(services, draft)
    except Invalid as error:
        return review_page(filling, answers, error.problems), error.status
    except (TooFast, TooMany, Unavailable) as error:
        return review_page(filling, answers, [error.problem]), error.status
    return None
