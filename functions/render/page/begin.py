"""The page of a form by which a subcase is begun."""

from functions.kernel.case import Case, reference
from functions.kernel.definition import Action
from functions.render.case.act_forms import InitialValues, act_forms, all_wrong
from functions.render.case.receipt import NextStep
from functions.render.page.pages import whole_page
from functions.render.text.words import Words


def begin_page(
    words: Words, action: Action, filled: InitialValues, case: Case, path: str, name: str
) -> str:
    """The form of ``action``, which begins a subcase of the subprocess ``name`` in a case whose
    page is at ``path``."""
    forms = act_forms(words, (action,), filled)
    back = NextStep(reference(case.id), f"{path}?lang={words.language}")
    return whole_page(
        "begin.html",
        words.language,
        words.text(f"forms.{action.name}.title"),
        wrong=all_wrong(words, forms, filled.problems),
        process=words.text("name"),
        back=back,
        forms=forms,
        path=f"{path}/begin/{name}/{action.name}",
        languages=True,
    )
