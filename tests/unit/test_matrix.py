"""The matrix: what is published is what ``visible`` gives, cell by cell."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from itertools import product
from pathlib import Path

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.case import Case, Party
from functions.kernel.definition import ALWAYS
from functions.kernel.visibility import visible, visible_parties
from functions.processes import current
from functions.processes.supervision.definition import VERSION_1
from functions.render.text.texts import page_text, process_text
from functions.render.text.words import Words
from infra.site.matrix import matrix, seen_in
from tests.fakes import World
from tests.orders import ACCEPTED, Quotes

ROOT = Path(__file__).parents[2]
ROLES = [r.name for r in VERSION_1.roles]


def rows(html: str) -> dict[str, list[str]]:
    """Each row's cells as a reader hears them, by its heading."""
    found = {}
    for row in re.findall(r'<tr role="row"><th scope="row".*?</tr>', html):
        head = re.findall(r"<th[^>]*>(.*?)</th>", row)[0]
        cells = re.findall(r"<td[^>]*>(.*?)</td>", row)
        seen = [re.sub(r"<span [^>]*aria-hidden.*?</span>|<[^>]+>", "", c) for c in cells]
        found[head] = seen
    return found


def test_matrix_rows_said_in_words() -> None:
    sight = {"applicant": ("active",), "manager": ("offered", "active"), "coordinator": ALWAYS}
    found = rows(
        matrix(
            replace(VERSION_1, visibility={**VERSION_1.visibility, "party.supervisor": sight}), "en"
        )
    )
    assert len(found) == len(VERSION_1.fields()) + len(ROLES)
    assert found["Supervisor: name and email address"] == [
        "sees when the stage is Supervision beginning, and afterwards",
        "sees when the stage is Waiting for the supervisor&#39;s reply, Supervision beginning, "
        "and afterwards",
        "sees",
        "sees only themselves",
        "does not see",
    ]


def test_matrix_frame_and_signs() -> None:
    html = matrix(VERSION_1, "fi")
    start = (
        '<table class="k-table k-matrix" role="table"><caption>Kuka näkee mitäkin: Työnohjaus</caption>'
        '<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Tieto</th>'
        '<th scope="col" role="columnheader">Hakija</th>'
    )
    assert html.startswith(start)
    assert '<th colspan="6" scope="rowgroup" role="rowheader">Esihenkilö puoltaa</th>' in html
    assert (
        '<td role="cell" data-label="Työnohjaaja"><span class="k-matrix__sign" aria-hidden="true">–'
        '</span><span class="k-visually-hidden">ei näe</span></td>'
    ) in html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_matrix_every_language_same_shape(lang: str) -> None:
    signs = 'aria-hidden="true">(.)</span>'
    assert re.findall(signs, matrix(VERSION_1, lang)) == re.findall(signs, matrix(VERSION_1, "fi"))


@pytest.mark.parametrize(
    ("role", "state"), list(product(ROLES, [s.name for s in VERSION_1.states]))
)
def test_matrix_says_what_the_engine_gives(role: str, state: str) -> None:
    now = datetime(2026, 3, 3, tzinfo=UTC)
    case = Case(
        id="c",
        process="supervision",
        version=1,
        form="individual",
        language="fi",
        state=state,
        entered_at=now,
        opened_at=now,
        answers=dict.fromkeys(VERSION_1.fields(), "x"),
        parties=tuple(
            Party(f"{r}{n}", r, r, f"{r}@example.org", "fi") for r in ROLES for n in (1, 2)
        ),
    )
    reader = case.holders(role)[0]
    given = [*visible(VERSION_1, case, role)]
    given += [
        f"party.{p.role}" for p in visible_parties(VERSION_1, case, reader) if p.id.endswith("2")
    ]
    things = [*VERSION_1.fields(), *(f"party.{r}" for r in ROLES)]
    assert given == [t for t in things if state in seen_in(VERSION_1, t, role)]


def test_matrix_own_role_undeclared_sees_oneself() -> None:
    alone = replace(
        VERSION_1, visibility={**VERSION_1.visibility, "party.applicant": {"manager": ALWAYS}}
    )
    cells = list(rows(matrix(alone, "en")).values())[-len(ROLES)]
    assert cells == ["sees only themselves", "sees", *["does not see"] * 3]


def test_matrix_sight_withdrawn_shows() -> None:
    hidden = replace(
        VERSION_1, visibility={**VERSION_1.visibility, "title": {"manager": ("offered",)}}
    )
    row = "Name of the application"
    assert rows(matrix(VERSION_1, "en"))[row] == ["sees"] * 5
    assert rows(matrix(hidden, "en"))[row] == [
        "does not see",
        "sees when the stage is Waiting for the supervisor&#39;s reply",
        *["does not see"] * 3,
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_matrix_tells_what_is_read_in_the_case_that_follows(lang: str) -> None:
    """The supervisor of an order reads there what the client wrote in the request."""
    quote, there = current("quote"), current("supervision")
    words = Words(quote, lang, World().directory)
    ordered = process_text("supervision", lang, "forms.ordered.name")
    cells = {unescape(head): told for head, told in rows(matrix(quote, lang)).items()}
    supervisor = [r.name for r in quote.roles].index("supervisor")
    opens = next(o for t in quote.transitions for o in t.spawns if o.process == "supervision")
    case = _accepted()
    for here, name in opens.passes.items():
        told = unescape(cells[words.label(quote.fields()[here])][supervisor])
        seen = seen_in(quote, here, "supervisor")
        assert ordered in told or seen, here
        assert seen_in(there, name, "supervisor")
    passed = opens.answers(case)
    assert set(passed) == {opens.passes[n] for n in case.answers if n in opens.passes}
    assert page_text(lang, "matrix.unseen") in cells[words.label(quote.fields()["net_price"])]


def _accepted() -> Case:
    world = Quotes()
    return world.case(world.request(*ACCEPTED))


def test_every_role_is_named_at_every_width() -> None:
    """Wherever a table's head is hidden, each cell says under which heading it stands."""
    css = (ROOT / "site/theme/assets/kapula/kapula.css").read_text(encoding="utf-8")
    blocks = re.findall(r"@media \(max-width: [\d.]+rem\) \{\n(.*?)\n\}", css, re.S)
    hiding = [b for b in blocks if re.search(r"k-(table|matrix)\S* thead \{ position: absolute", b)]
    assert len(hiding) > 1
    assert all(re.search(r"::before \{[^}]*content: attr\(data-label\)", b) for b in hiding)
