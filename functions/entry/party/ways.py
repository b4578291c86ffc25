"""Where the page of a link leads besides."""

from collections.abc import Sequence

from functions.kernel.nested import may_begin
from functions.kernel.subcases import name_and_number
from functions.kernel.subprocesses import Subprocess
from functions.render.case.receipt import NextStep
from functions.render.case.subcases import SubcaseRow
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from functions.services.access.links import Opened
from functions.services.access.tokens import desk_of, way_to

_SEVERAL = 2


def people_way(opened: Opened, token: str, language: str) -> NextStep | None:
    """The way to where those in the case are looked after; None if it is not for the reader to do.
    From a mailed link it leads over the desk, where somebody has to be found for a place."""
    if opened.party.role != opened.definition.owner or opened.case.parent:
        return None
    if desk := desk_of(token):
        link = f"/api/d/{desk}/people/{opened.case.id}?lang={language}"
        return NextStep(page_text(language, "handover.title"), link)
    if not opened.definition.is_vacant(opened.case):
        return None
    return NextStep(page_text(language, "handover.by_desk"), page_text(language, "page.desk_path"))


def ways_on(
    own: Words, opened: Opened, spec: Subprocess, rows: Sequence[SubcaseRow], token: str
) -> tuple[NextStep, ...]:
    """Where the list of subcases leads: to one page for all that ask the reader, if several do, and
    to the forms by which they begin one."""
    return (*_answers(own, rows, spec, token), *_begins(own, opened, spec, token))


def answers_way(words: Words, opened: Opened, token: str) -> NextStep | None:
    """The way from a subcase that asks its reader to one page for all of its kind, if the case has
    several open ones that wait for the same."""
    case, parent = opened.case, opened.case.parent
    name, _ = name_and_number(case.id)
    alike = [x for x in parent.subcases[name].open if x.state == case.state] if parent else []
    if parent is None or not opened.actions or len(alike) < _SEVERAL or opened.purpose != "task":
        return None
    text = words.page("subcases.answer", name=words.text("several"))
    link = f"/api/t/{way_to(token, parent)}/answer/{name}?lang={words.language}"
    return NextStep(text, link)


def _answers(
    own: Words, rows: Sequence[SubcaseRow], spec: Subprocess, token: str
) -> Sequence[NextStep]:
    """The way to answer several at once, where several ask the reader."""
    if sum(row.tag == "turn" for row in rows) < _SEVERAL:
        return ()
    text = own.page("subcases.answer", name=own.text("several"))
    return (NextStep(text, f"/api/t/{token}/answer/{spec.name}?lang={own.language}"),)


def _begins(own: Words, opened: Opened, spec: Subprocess, token: str) -> Sequence[NextStep]:
    """The ways to the forms by which the reader begins one now."""
    role, case = opened.party.role, opened.case
    able = opened.sound and not opened.kept_by and spec in may_begin(opened.definition, case, role)
    forms = (form for form in own.definition.forms if able and form.opener == role)
    path, language = f"/api/t/{token}/begin/{spec.name}", own.language
    return [
        NextStep(own.text(f"forms.{f.name}.title"), f"{path}/{f.name}?lang={language}")
        for f in forms
    ]
