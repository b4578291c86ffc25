"""Documents and tables of whatever process: nobody gets more than the matrix says, by any address.

Canaries stand in every answer. Every party of every case, by mail and from their desk, asks for
every document as a page, a PDF and an electronic invoice, and for every table; what comes is held
against the matrix. Stand-ins take what would be made a file of.
"""

import csv
import io
from dataclasses import asdict, replace
from html import unescape

import pytest

from functions.adapters.einvoice import xml
from functions.adapters.pdf import pdf
from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.kernel.case import Party
from functions.kernel.definition import Definition
from functions.kernel.fields import Answers
from functions.kernel.visibility import sees
from tests.abuse.every import DEFINITIONS, Place, places
from tests.abuse.test_hostile_text import CORPUS
from tests.fakes import World
from tests.guards.test_guard_visibility import denied
from tests.workbooks import sheet_of

EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.name)
WITH_DOCUMENTS = [d for d in DEFINITIONS if d.documents]
PAPERED = pytest.mark.parametrize("definition", WITH_DOCUMENTS, ids=lambda d: d.name)
TABLED = pytest.mark.parametrize(
    "definition", [d for d in DEFINITIONS if d.tables], ids=lambda d: d.name
)
WEIRD = (
    "..", "%2e%2e", "../{0}", "..%2f{0}", "{0}%00", "{0}%20", "{0}/", "{0}.pdf.pdf", "{0}.PDF", "{0}.txt",
    "{0}.xml.pdf", "{0};x=1", "__class__", "%3Cscript%3E", "{0}{0}", "%F0%9D%94%B8", "x" * 4000,
)  # fmt: skip
FORMULAS = ('=HYPERLINK("//evil.example")', "+1+1", "-2+3", "@SUM(1)", "\uff1d1", " =1", 'a;b"c')


@pytest.fixture(autouse=True)
def _forgiven() -> None:
    """No stack runs here whose counters could be forgotten."""


def app(world: World):  # type: ignore[no-untyped-def]
    made = documents.create_app(
        world.services,
        printer=lambda view: repr(asdict(view)).encode(),
        einvoice=lambda invoice, *_: repr(invoice).encode(),
    )
    return made.test_client()


def roads(at: Place, each: Party) -> list[str]:
    """The tokens of somebody, by mail and from their desk."""
    composite = f"{at.world.desk(each.email)}.{at.case.id}.{each.id}.{at.case.round}"
    return [*(at.link(each, p).rpartition("/")[2] for p in at.purposes(each)), composite]


@EACH
def test_documents_are_their_readers_and_tell_them_what_they_see(definition: Definition) -> None:
    got, refused, leaked = 0, 0, []
    for at in places(definition):
        client, before = app(at.world), at.world.cases.folders.copy()
        for each in (p for p in at.case.parties if p.present):
            secret = denied(definition, at.case, [each])
            for token in roads(at, each):
                for document in definition.documents:
                    base = f"/api/t/{token}/documents/{document.name}"
                    readable = document.readable(at.case, each.role)
                    filed = (
                        readable and each.role in document.filed_by and document.invoice is not None
                    )
                    for ending, allowed in (("", readable), (".pdf", readable), (".xml", filed)):
                        answer = client.get(base + ending)
                        where = (at.case.state, each.role, document.name, ending)
                        assert answer.status_code == (200 if allowed else 404), where
                        assert client.head(base + ending).status_code == answer.status_code
                        assert client.post(base + ending).status_code == 405
                        told = unescape(answer.get_data(as_text=True))
                        leaked += [(where, c) for c in secret if c in told]
                        got += allowed
                        refused += not allowed
        assert at.world.cases.folders == before
    assert leaked == []
    assert bool(got) == bool(definition.documents)
    assert bool(refused) == bool(definition.documents)


@PAPERED
def test_no_other_name_no_others_token_and_no_old_one_opens_a_document(
    definition: Definition,
) -> None:
    for at in places(definition):
        found = [
            (p, each)
            for p in definition.documents
            for each in at.case.parties
            if each.present and p.readable(at.case, each.role)
        ]
        client = app(at.world)
        for document, each in found:
            token = roads(at, each)[-1]
            assert client.get(f"/api/t/{token}/documents/{document.name}").status_code == 200
            for name in WEIRD:
                answer = client.get(f"/api/t/{token}/documents/{name.format(document.name)}")
                assert answer.status_code in (404, 405), name
            head, _, number = token.rpartition(".")
            mail, case_id, _ = head.split(".")
            own = {p.id for p in at.case.parties if p.email == each.email}
            others = [p for p in at.case.parties if p.id not in own]
            strange = [f"{mail}.{case_id}.{p.id}.{number}" for p in others]
            strange += [f"{at.world.desk(p.email)}.{case_id}.{each.id}.{number}" for p in others]
            strange += [f"{mail}.{case_id[::-1]}.{each.id}.{number}", mail, f"{head}.", f"{head}.0"]
            strange += [
                f"{head}.{number}9",
                f"{mail}.{case_id}.{each.id}",
                "x",
                "A" * 43,
                token[1:],
            ]
            for other in strange:
                for ending in ("", ".pdf", ".xml"):
                    answer = client.get(f"/api/t/{other}/documents/{document.name}{ending}")
                    assert answer.status_code == 404, other


def hostile(definition: Definition, answers: Answers, n: int) -> Answers:
    """The answers with hostile text in each that was written freely."""
    free = [
        f for f in definition.fields().values()
        if f.kind in ("text", "longtext") and not f.code and "canary" in str(answers.get(f.name))
    ]  # fmt: skip
    texts = [*CORPUS, *FORMULAS, '#eval("1") $x$ *b* @ref \\ [a] `c` // d', "]]> &amp; <a/>"]
    return {
        **answers,
        **{f.name: texts[(n + i) % len(texts)][: f.limit] for i, f in enumerate(free)},
    }


@PAPERED
def test_hostile_text_is_text_in_pages_and_files(definition: Definition) -> None:
    made = set()
    for at in places(definition):
        for document in definition.documents:
            readers = [
                p for p in at.case.parties if p.present and document.readable(at.case, p.role)
            ]
            if not readers or document.name in made:
                continue
            made.add(document.name)
            folder = at.world.cases.folders[at.case.id]
            client = documents.create_app(at.world.services, pdf, xml).test_client()
            for n in (0, 9):
                folder.case = replace(at.case, answers=hostile(definition, at.case.answers, n))
                for each in readers:
                    path = f"/api/t/{roads(at, each)[-1]}/documents/{document.name}"
                    page = client.get(path).get_data(as_text=True)
                    for tag in ("<script>", "<img", "<svg", "<iframe", "<form action=//", "<base"):
                        assert tag not in page
                    if each is readers[-1]:
                        assert client.get(f"{path}.pdf").data.startswith(b"%PDF-")
                    if each.role in document.filed_by:
                        assert client.get(f"{path}.xml").status_code == 200
    assert made == {p.name for p in definition.documents}


@TABLED
def test_tables_are_for_those_who_hold_their_role(definition: Definition) -> None:
    full = 0
    for at in places(definition):
        at.world.index()
        client = desk.create_app(at.world.services).test_client()
        for table in definition.tables:
            for each in (p for p in at.case.parties if p.present and at.world.desks.cards):
                base = f"/api/d/{at.world.desk(each.email)}/tables/{definition.name}/{table.name}"
                mine = [p for p in at.case.parties if p.email == each.email and p.present]
                holds = any(p.role == table.role for p in mine)
                for state in table.states:
                    answer = client.get(f"{base}/{state}.csv")
                    if not holds and answer.status_code == 404:  # not among their duties
                        assert client.get(f"{base}/{state}.xlsx").status_code == 404
                        continue
                    rows = list(
                        csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
                    )
                    here = holds and (at.case.form, at.case.state) == (table.form, state)
                    assert (answer.status_code, len(rows)) == (200, 1 + here), (each.role, state)
                    full += here
                    book = sheet_of(client.get(f"{base}/{state}.xlsx").data)
                    assert book.texts(0) == rows[0]
                    assert len(book.rows) == len(rows)
                    if not holds:
                        assert "canary" not in answer.get_data(as_text=True)
    assert full


@TABLED
def test_no_other_address_of_a_table_and_no_link_but_a_desks_opens_it(
    definition: Definition,
) -> None:
    table = definition.tables[0]
    at = next(
        p for p in places(definition) if p.case.form == table.form and p.case.state in table.states
    )
    at.world.index()
    client = desk.create_app(at.world.services).test_client()
    holder = next(p for p in at.case.parties if p.role == table.role)
    token, state = at.world.desk(holder.email), at.case.state
    rest = f"tables/{definition.name}/{table.name}/{state}.csv"
    assert client.get(f"/api/d/{token}/{rest}").status_code == 200
    assert client.head(f"/api/d/{token}/{rest}").status_code == 200
    assert client.post(f"/api/d/{token}/{rest}").status_code == 405
    assert client.get(f"/api/d/{token}/{rest.replace('.csv', '.xlsx')}").status_code == 200
    for ending in (".xlsm", ".CSV", ".xlsx.csv", ".", ""):
        assert client.get(f"/api/d/{token}/{rest.removesuffix('.csv')}{ending}").status_code == 404
    others = [
        at.link(holder, "status").rpartition("/")[2],
        roads(at, holder)[-1],
        "A" * 43,
        "x",
        token[:-1],
    ]
    for other in others:
        assert client.get(f"/api/d/{other}/{rest}").status_code == 404
    states = [s.name for s in definition.states if s.name not in table.states]
    parts = [(definition.name, table.name, s) for s in (*states, *(w.format(state) for w in WEIRD))]
    parts += [(definition.name, w.format(table.name), state) for w in WEIRD]
    parts += [(w.format(definition.name), table.name, state) for w in WEIRD]
    for process, name, each in parts:
        answer = client.get(f"/api/d/{token}/tables/{process}/{name}/{each}.csv")
        assert answer.status_code in (404, 405), (process[:20], name[:20], each[:20])


@TABLED
def test_no_cell_of_a_table_is_a_formula(definition: Definition) -> None:
    table, tried = definition.tables[0], 0
    for at in places(definition):
        if (at.case.form, at.case.state in table.states) != (table.form, True):
            continue
        folder = at.world.cases.folders[at.case.id]
        for n in range(0, len(FORMULAS), 2):
            folder.case = replace(
                at.case, answers=hostile(definition, at.case.answers, len(CORPUS) + n)
            )
            at.world.index()
            client = desk.create_app(at.world.services).test_client()
            holder = next(p for p in at.case.parties if p.role == table.role)
            base = f"/api/d/{at.world.desk(holder.email)}/tables/{definition.name}/{table.name}"
            answer = client.get(f"{base}/{at.case.state}.csv")
            rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
            assert len({len(row) for row in rows}) == 1
            for cell in rows[1]:
                assert cell.strip()[:1] not in tuple("=+@\uff1d"), cell
                assert cell.strip()[:1] != "-" or cell.strip()[1:].replace(",", "").isdigit()
            book = sheet_of(client.get(f"{base}/{at.case.state}.xlsx").data)
            assert {cell.kind for row in book.rows for cell in row.values()} == {"text", "number"}
            tried += 1
    assert tried


@PAPERED
def test_who_sees_no_money_of_a_case_has_a_denial_to_be_held_to(definition: Definition) -> None:
    """So that the canaries above mean something: some role is denied some answer of a document."""
    named = {f for p in definition.documents for part in p.parts for f in part.fields}
    named |= {f for t in definition.tables for f in t.fields}
    blind = [
        r.name
        for r in definition.roles
        if any(
            not any(sees(definition, f, r.name, s.name) for s in definition.states) for f in named
        )
    ]
    assert blind


@PAPERED
def test_the_page_of_a_case_offers_only_documents_that_open(definition: Definition) -> None:
    offered = 0
    for at in places(definition):
        client, show = app(at.world), party.create_app(at.world.services).test_client()
        for each in (p for p in at.case.parties if p.present):
            token = roads(at, each)[-1]
            page = show.get(f"/api/t/{token}").get_data(as_text=True)
            for document in definition.documents:
                for ending in ("", ".pdf", ".xml"):
                    path = f"/api/t/{token}/documents/{document.name}{ending}"
                    if f'"{path}"' in page or f'"{path}?' in page:
                        offered += 1
                        assert client.get(path).status_code == 200
                    elif not ending:
                        assert client.get(path).status_code == 404
    assert offered
