"""What the page of a case shows of its subcases, and that of a subcase of its case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from functions.entry.party.effects import words_of
from functions.entry.party.ways import answers_way, ways_on
from functions.kernel.case import Case, reference
from functions.kernel.subcases import DOT, subcase_id
from functions.kernel.subprocesses import NONE_BEGUN, Subprocess
from functions.processes import current
from functions.render.case.receipt import NextStep
from functions.render.case.subcases import SubcaseList, SubcaseRow, subcase_row, subcase_title
from functions.render.case.view import CaseView
from functions.render.text.words import Words
from functions.services.access.links import Opened
from functions.services.access.tokens import way_to
from functions.services.container import Services

SHOWN = 20  # of one list on a page, beside those that are open


def with_subcases(
    services: Services, words: Words, opened: Opened, view: CaseView, token: str, older: str
) -> CaseView:
    """The view with the lists of subcases that its reader knows of; that of a subcase with the way
    to its case. ``older`` is the subcase before which those of its list are shown."""
    case = opened.case
    if opened.standing != "open":
        return view
    if case.parent:
        view = replace(view, answers=answers_way(words, opened, token))
        matter = words_of(services, case.parent, words.language).matter(case.parent.form)
        link = f"/api/t/{way_to(token, case.parent)}?lang={words.language}"
        return replace(view, up=NextStep(f"{matter}, {reference(case.id)}", link))
    known = [s for s in opened.definition.subprocesses if opened.party.role in s.known_to]
    ids = {spec.name: _shown(case, spec.name, older) for spec in known}
    asked = [i for each in ids.values() for i in each]
    found = services.cases.several(asked) if asked else {}
    lists = (_list(words, opened, spec, ids[spec.name], found, token, older) for spec in known)
    return replace(view, subcases=tuple(x for x in lists if x.rows or x.begins))


def _shown(case: Case, name: str, older: str) -> Sequence[str]:
    """The ids of the subcases of a list that a page shows."""
    kept, before = case.subcases.get(name, NONE_BEGUN), _before(name, older)
    still_open = () if before else tuple(kept.open_ids(case.id, name))
    over = islice(kept.closed_numbers(before), SHOWN)
    return (*still_open, *(subcase_id(case.id, name, number) for number in over))


def _before(name: str, older: str) -> int:
    of, _, number = older.partition(DOT)
    return int(number) if of == name and number.isdecimal() and len(number) < len("10000") else 0


def _list(
    words: Words,
    opened: Opened,
    spec: Subprocess,
    ids: Sequence[str],
    found: Mapping[str, Case],
    token: str,
    older: str,
) -> SubcaseList:
    case, there = opened.case, f"/api/t/{token}?lang={words.language}"
    own = replace(words, definition=current(f"{case.process}{DOT}{spec.name}"), form="")
    kept = case.subcases.get(spec.name, NONE_BEGUN)
    over = list(islice(kept.closed_numbers(_before(spec.name, older)), SHOWN + 1))
    shown = f"&subcases={spec.name}{DOT}{over[-2:][0]}" if over else ""
    where = f"#subcases-{spec.name}"
    rows = tuple(_row(own, opened, each, found.get(each), token) for each in ids)
    return SubcaseList(
        spec.name,
        own.text("several"),
        rows,
        ways_on(own, opened, spec, rows, token),
        f"{there}{shown}{where}" if len(over) > SHOWN else "",
        f"{there}{where}" if _before(spec.name, older) else "",
    )


def _row(own: Words, opened: Opened, case_id: str, case: Case | None, token: str) -> SubcaseRow:
    if case is None:
        title = subcase_title(own, int(case_id.rpartition(DOT)[2]))
        return SubcaseRow(title, alert=own.page("broken.row"))
    link = f"/api/t/{way_to(token, case)}?lang={own.language}"
    return subcase_row(replace(own, form=case.form), case, opened.party, link)
