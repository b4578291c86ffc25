"""Documents: what stands on the page stands in the PDF, and nobody sees more than they may."""

import io
import os
import random
import re
import unicodedata
from dataclasses import asdict, replace
from datetime import timedelta
from html import unescape
from itertools import groupby

import pypdf
import pytest

from functions import lists, processes
from functions.adapters import pdf as adapter
from functions.adapters import typesetting
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.kernel import clean
from functions.kernel.case import Event
from functions.kernel.check import check
from functions.kernel.definition import ALWAYS, Definition
from functions.kernel.documents import Document, Part
from functions.kernel.errors import Unprintable, WrongDefinition
from functions.processes import current
from functions.render.case.people import SummaryRow
from functions.render.document.content import DocumentView, document_view, file_name
from functions.render.document.page import document_page
from functions.render.text import files, texts
from functions.render.text.letters import BREAK, LONG, known, lacking, printable
from functions.render.text.money import creditor_reference, euros, iban, national, percent
from functions.render.text.words import Words
from functions.services.access import links
from functions.services.case.act import act
from functions.services.case.documents import made_at
from infra.letters import BLOCK, has_shapes
from infra.missing_texts import missing_texts, needed_texts
from tests.document_fixtures import (
    BILL,
    BOTH,
    LANGUAGES,
    LINES,
    QUOTE,
    STATES,
    definition,
    einvoice,
    papered,
)
from tests.fakes import START, World
from tests.guards.pages import page_faults

LISTS = lists.known()

__all__ = ["papered"]
FILES = ("quote", "bill", "credit")


def opened(role: str = "manager", *actions: str) -> tuple[World, str, str]:
    """A world, the id of its case, and a link to it."""
    world = World()
    case_id = world.case_at("confirm", *actions)
    return world, case_id, world.token(case_id, role, "status")


def get(world: World, path: str, **more: str):  # type: ignore[no-untyped-def]
    app = documents.create_app(world.services, einvoice=einvoice)
    return app.test_client().get(path, query_string=more)


def view(name: str, language: str = "en", role: str = "manager") -> DocumentView:
    world, case_id, _ = opened(role)
    return view_of(world, case_id, name, language, role)


def view_of(world: World, case_id: str, name: str, language: str, role: str) -> DocumentView:
    case, found = world.case(case_id), definition()
    document = next(p for p in found.documents if p.name == name)
    words = Words(found, language, world.directory)
    return document_view(words, case, document, case.holders(role)[0], START)


def words_of(page: str) -> str:
    """What a page says, its white space made even."""
    main = re.search("<main.*</main>", page, re.DOTALL)
    assert main
    return even(unescape(re.sub("<[^>]*>", " ", main[0])))


def even(text: str) -> str:
    return " ".join(text.replace("\u200b", "").split())


def bare(text: str) -> str:
    """Without any white space: a PDF breaks lines where a page does not."""
    return even(text).replace(" ", "")


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def said(content: bytes) -> str:
    return "".join(page.extract_text() for page in read(content).pages)


def told(found: DocumentView) -> list[str]:
    """Every label and value of a document."""
    groups = [*found.groups, *([found.payment] if found.payment else [])]
    rows = [r for g in groups for r in g.rows]
    everything = [found.title, found.lead, *(g.title for g in groups), *found.notes]
    everything += [found.notes_title] if found.notes else []
    if found.table:
        everything += [found.table.caption, *found.table.columns]
        everything += [cell for cells in found.table.rows for cell in cells]
        rows += found.table.sums
    return everything + [text for r in rows for text in (r.label, r.value)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FILES)
def test_page_and_pdf_say_the_same(papered: Definition, name: str, language: str) -> None:
    world, case_id, token = opened()
    path = f"/api/t/{token}/documents/{name}"
    page = get(world, path, lang=language)
    made = get(world, f"{path}.pdf", lang=language)
    assert (page.status_code, made.status_code) == (200, 200)
    assert page_faults(page.text, language) == []
    found = view_of(world, case_id, name, language, "manager")
    assert len(told(found)) > 20
    whole = re.sub(r'<span class="k-ref">([^<]*)</span>', r"\1", page.text)
    shown, printed = words_of(whole), bare(said(made.data))
    assert [t for t in told(found) if even(t) not in shown] == []
    assert [t for t in told(found) if bare(t) not in printed] == []


def test_pdf_is_tagged_titled_and_in_its_language(papered: Definition) -> None:
    world, _, token = opened()
    made = get(world, f"/api/t/{token}/documents/bill.pdf", lang="sv")
    assert made.mimetype == "application/pdf"
    case = made.headers["Content-Disposition"]
    assert re.fullmatch(r'inline; filename="sv-invoice-K-[A-Z0-9_-]{6}\.pdf"', case)
    assert made.headers["Cache-Control"] == "no-store"
    document = read(made.data)
    root = document.trailer["/Root"]
    assert root["/Lang"] == "sv"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata
    assert document.metadata.title == "sv Invoice"
    kinds = tags(root["/StructTreeRoot"])
    assert kinds[:2] == ["/Document", "/H1"]
    assert kinds.count("/H2") == 6
    assert (kinds.count("/Table"), kinds.count("/THead"), kinds.count("/TH")) == (1, 1, 5)
    assert kinds.count("/TR") == 1 + 3 + 5
    assert b"pdfuaid:part>1<" in made.data


def tags(node: pypdf.generic.PdfObject) -> list[str]:
    """The tags of a document in the order they are read."""
    found = node.get_object()
    if isinstance(found, list):
        return [t for inner in found for t in tags(inner)]
    if not isinstance(found, dict):
        return []
    own = [str(found["/S"])] if "/S" in found else []
    return own + (tags(found["/K"]) if "/K" in found else [])


def test_same_document_is_the_same_bytes(papered: Definition) -> None:
    found = view("quote")
    assert adapter.pdf(found) == adapter.pdf(replace(found))
    moment = replace(found, made=START + timedelta(microseconds=17))
    assert adapter.pdf(found) == adapter.pdf(moment)
    assert adapter.pdf(found) != adapter.pdf(replace(found, made=START + timedelta(days=1)))


HOSTILE = (
    '#eval("1+1")',
    "*bold* _it_ `raw` $x^2$ @ref <label> [x](y)",
    "= Heading\n- list\n+ enum\n/ Term: x",
    '#read("/etc/passwd") #include "x" \\u{41} \\',
    "<script>alert(1)</script> ' \" -- --- ... ~",
    "https://evil.example/ mailto:x@y.example",
    "ÅÄÖåäö €–− Šžőł Привет Ωδ שלום",
    "x" * 120,
    '"}], "title": "Other", "x": [{"',
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_was_typed_is_no_markup(papered: Definition, text: str) -> None:
    found = view("quote")
    group = replace(found.groups[0], rows=(replace(found.groups[0].rows[0], value=text),))
    made = adapter.pdf(replace(found, groups=(group,), title=text, lead=text, notes=(text,)))
    right_to_left = "שלום" in text
    wanted = bare(text.replace("שלום", ""))
    printed = bare(said(made).replace("שלום", "").replace("םולש", ""))
    assert printed.count(wanted) >= 4 - right_to_left
    assert b"/URI" not in made
    assert "root:" not in said(made)
    assert b"pdfuaid:part>1<" in made


def test_letter_of_no_font_does_not_lose_the_document(papered: Definition) -> None:
    found = view("quote")
    assert found.lacks not in said(adapter.pdf(found))
    made = adapter.pdf(replace(found, lead="before 😀你 after"))
    assert "before □□ after" in said(made)
    assert bare(found.lacks) in bare(said(made))
    assert read(made).trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part>1<" in made


def test_page_names_the_letters_that_its_pdf_has_not(papered: Definition) -> None:
    found = view("quote")
    told = "The PDF file does not show these characters"
    assert told not in document_page(found, "/api/t/x", ())
    page = document_page(replace(found, lead="😀你 and 你 ä שָׁלוֹם"), "/api/t/x", ())
    assert f"{told}, because its typeface does not have them: 😀 你." in unescape(page)
    assert page_faults(page, "en") == []


STOPPED_THE_LIBRARY = {
    "marks that no font has": "צ\u05aa" * 15,
    "marks that no font has, over lines": ("צ\u05aa" * 20 + " ") * 5,
    "a syllable of 500 letters": "क्" * 500,
    "a thousand marks": "a" + "\u0301\u0323" * 500,
    "words of right-to-left letters without a space": "שָׁלוֹם" * 60 + "مُحَمَّد" * 60,
}


@pytest.mark.parametrize("text", STOPPED_THE_LIBRARY.values(), ids=STOPPED_THE_LIBRARY)
def test_text_that_stopped_the_library_is_printed(papered: Definition, text: str) -> None:
    found = view("quote")
    group = replace(found.groups[0], rows=(replace(found.groups[0].rows[0], value=text),))
    made = adapter.pdf(replace(found, groups=(group,), title=text, lead=text, notes=(text,)))
    assert "Law of" not in said(made)
    assert made.startswith(b"%PDF")


def test_long_words_may_break_and_keep_their_letters() -> None:
    for word in ("Å" * 29, "short words only, as people write them, and many of these"):
        assert printable(word) == word
    for word in ("x" * 200, "Työnohjaus" * 20, "e\u0301" * 40, "שָׁלוֹם" * 60):
        parted = printable(word)
        assert parted.replace(BREAK, "") == word
        assert all(len(part) <= LONG for part in parted.split(BREAK))
        assert not any(part.startswith(("\u0301", "\u05b8")) for part in parted.split(BREAK))
    assert printable("x" * LONG) == BREAK.join("x" * LONG) + BREAK


def test_every_listed_letter_has_a_shape() -> None:
    letters = sorted(known())
    assert {*"ÄÖÅäöåŠšŽžĐđŁłØøŁŋŧıẞőĄỳΩЖё€–’”…שم"} <= {*letters}
    assert lacking("".join(letters)) == ""
    for _, block in groupby(letters, key=lambda letter: ord(letter) // BLOCK):
        assert has_shapes(list(block))
    assert not has_shapes(["你"])


@pytest.mark.parametrize("seed", range(int(os.environ.get("KAPULA_TEXTS", "400")) // 40))
def test_no_text_stops_the_library(papered: Definition, seed: int) -> None:
    """Forty random texts of every script to a document, in all its places."""
    found = adapter._printable(asdict(view("quote")) | {"made": ""})
    dice = random.Random(seed)
    texts_ = [printable(clean.text(a_text(dice))) for _ in range(40)]
    rows = [{"label": text[:60], "value": text} for text in texts_]
    table = {**found["table"], "rows": [[text[:90], *"1234"] for text in texts_]}
    groups = [{"name": "", "title": texts_[0][:60], "rows": rows}]
    said_ = {**found, "groups": groups, "table": table, "notes": texts_, "lacking": False}
    try:
        made = typesetting.typeset(said_, START)
    except BaseException as error:  # noqa: BLE001 (the library panics with one)
        pytest.fail(f"{type(error).__name__} {error!s:.200} with seed {seed}")
    assert made.startswith(b"%PDF")


BLOCKS = [
    [chr(n) for n in range(first, first + 128) if unicodedata.category(chr(n))[0] != "C"]
    for first in range(32, 0x1FB00, 128)
]
LETTERS = [block for block in BLOCKS if block]
MARKS = [c for block in LETTERS for c in block if unicodedata.category(c)[0] == "M"]
FONTS_MARKS = [c for c in MARKS if c in known()]


def a_text(dice: random.Random) -> str:
    """Letters of one or two scripts or of all, with marks, spaces and repetitions."""
    ours = [block for block in LETTERS if known() & {*block}]
    several = [letter for block in dice.sample(LETTERS, 9) for letter in block]
    pool = dice.choice((several, dice.choice(LETTERS), dice.choice(ours)))
    marks = dice.choice((MARKS, FONTS_MARKS, [""]))
    spaces = dice.choice(([""], [""] * 20 + [*" \u200b\n\u00a0-\u200d"], ["", " "]))

    def one() -> str:
        mark = dice.choice(marks) * dice.choice((0, 0, 1, 1, 2, 20))
        return dice.choice(pool) + mark + dice.choice(spaces)

    unit = "".join(one() for _ in range(dice.choice((1, 2, 3, 40))))
    return (unit * dice.choice((1, 15, 60, 500)))[:2000]


def test_document_that_cannot_be_set_is_told_and_its_page_offered(
    papered: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "__name__", "functions.adapters.nothing")
    world, _, token = opened()
    path = f"/api/t/{token}/documents/quote"
    made = get(world, f"{path}.pdf", lang="en")
    assert (made.status_code, made.mimetype) == (422, "text/html")
    assert page_faults(made.text, "en") == []
    assert "We cannot make the PDF file" in made.text
    assert f'href="{path}?lang=en"' in made.text
    assert get(world, path, lang="en").status_code == 200


def test_library_that_never_ends_is_stopped(papered: Definition) -> None:
    with pytest.raises(Unprintable):
        adapter.pdf(view("quote"), seconds=0.001)


def test_role_without_a_sight_of_an_answer_does_not_read_it(
    papered: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    visibility = {**papered.visibility, "reason_and_goals": {"applicant": ALWAYS}}
    found = replace(papered, visibility=visibility)
    monkeypatch.setattr("functions.services.access.links.pinned", lambda process, version: found)
    world, case_id, token = opened()
    own = world.token(case_id, "applicant", "status")
    for ending, text in (("", lambda r: r.text), (".pdf", lambda r: said(r.data))):
        secret = "I want to learn"
        assert secret not in text(get(world, f"/api/t/{token}/documents/quote{ending}"))
        assert secret in text(get(world, f"/api/t/{own}/documents/quote{ending}"))


@pytest.mark.parametrize("ending", ["", ".pdf", ".xml"])
def test_document_that_is_not_theirs_to_open_is_not_there(papered: Definition, ending: str) -> None:
    world, case_id, token = opened()
    applicant = world.token(case_id, "applicant", "status")
    for path in (
        f"{token}/documents/nothing{ending}",
        f"{token}/documents/QUOTE{ending}",
        f"{token[:-1]}/documents/quote{ending}",
        f"x/documents/quote{ending}",
        f"{applicant}/documents/credit{ending}",
    ):
        refused = get(world, f"/api/t/{path}", lang="en")
        assert (refused.status_code, refused.mimetype) == (404, "text/html")
        assert page_faults(refused.text, "en") == []
        assert "quote lead" not in refused.text


@pytest.mark.parametrize("ending", ["", ".pdf", ".xml"])
def test_document_in_another_state_or_through_a_link_that_is_over(
    papered: Definition, ending: str
) -> None:
    world, case_id, _ = opened()
    task = world.token(case_id, "manager")
    path = f"/api/t/{task}/documents/bill{ending}"
    assert get(world, path).status_code == 200
    world.do(case_id, "endorse")
    assert get(world, path).status_code == 404  # its turn is over
    later = world.token(case_id, "manager", "status")
    assert get(world, f"/api/t/{later}/documents/bill{ending}").status_code == 200
    world.do(case_id, "offer")
    assert world.case(case_id).state not in STATES
    assert get(world, f"/api/t/{later}/documents/bill{ending}").status_code == 404


def test_document_from_a_desk(papered: Definition) -> None:
    world, case_id, _ = opened()
    world.index()
    case = world.case(case_id)
    manager = case.holders("manager")[0]
    token = f"{world.desk(manager.email)}.{case_id}.{manager.id}"
    assert get(world, f"/api/t/{token}.{case.round}/documents/quote").status_code == 200
    assert get(world, f"/api/t/{token}.{case.round}/documents/quote.pdf").status_code == 200
    assert get(world, f"/api/t/{token}.{case.round - 1}/documents/quote").status_code == 404


def test_electronic_invoice_is_for_who_files_it(papered: Definition) -> None:
    world, case_id, token = opened()
    made = get(world, f"/api/t/{token}/documents/bill.xml", lang="sv")
    seller = "Exempels välfärdsområde"
    assert made.data.decode() == f"2026-0007 {seller} sv sv Material, sv Discount"
    assert made.mimetype == "application/xml"
    assert made.headers["Content-Disposition"].startswith('attachment; filename="sv-invoice-K-')
    assert made.headers["Cache-Control"] == "no-store"
    own = world.token(case_id, "applicant", "status")
    assert get(world, f"/api/t/{own}/documents/bill").status_code == 200
    assert get(world, f"/api/t/{own}/documents/bill.xml").status_code == 404
    assert get(world, f"/api/t/{token}/documents/quote.xml").status_code == 404


@pytest.mark.parametrize(
    ("role", "links"),
    [
        ("manager", ["quote", "quote.pdf", "bill", "bill.pdf", "bill.xml", "credit", "credit.pdf"]),
        ("applicant", ["quote", "quote.pdf", "bill", "bill.pdf"]),
        ("coordinator", []),
    ],
)
def test_case_page_offers_what_may_be_opened(
    papered: Definition, role: str, links: list[str]
) -> None:
    world, case_id, _ = opened("manager", "endorse")
    token = world.token(case_id, role, "status")
    page = party.create_app(world.services).test_client().get(f"/api/t/{token}?lang=en").text
    found = re.findall(r'/documents/([a-z.]+)\?lang=en"', page)
    assert found == links
    assert ("<h2" in page and "Documents" in page) == bool(links)
    assert page_faults(page, "en") == []
    statuses = [get(world, f"/api/t/{token}/documents/{link}").status_code for link in found]
    assert set(statuses) <= {200}


def test_page_leads_to_the_pdf_and_back_in_its_language(papered: Definition) -> None:
    world, _, token = opened()
    page = get(world, f"/api/t/{token}/documents/bill", lang="sv").text
    assert f'href="/api/t/{token}?lang=sv"' in page
    assert f'href="/api/t/{token}/documents/bill.pdf?lang=sv" type="application/pdf"' in page
    assert f'href="/api/t/{token}/documents/bill.xml?lang=sv"' in page
    assert 'href="?lang=fi"' in page
    assert get(world, f"/api/t/{token}/documents/credit").text.count(".xml") == 0


LETTER = replace(BILL, goes_to="applicant")


def test_files_that_go_on_are_in_the_recipients_language(
    papered: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Finnish clerk opens the invoice of somebody who acted in Swedish."""
    monkeypatch.setattr(links, "pinned", lambda *_: replace(papered, documents=(LETTER,)))
    world = World()
    case_id = world.case_at()
    act(world.services, world.token(case_id, "applicant"), {"action": "confirm"}, "sv")
    token = world.token(case_id, "manager", "status")
    path = f"/api/t/{token}/documents/bill"
    assert get(world, f"{path}.xml").data.decode().split(" sv ")[1:]
    assert "sv-invoice" in get(world, f"{path}.pdf").headers["Content-Disposition"]
    assert "en-invoice" in get(world, f"{path}.pdf", lang="en").headers["Content-Disposition"]
    for page in (
        get(world, path).text,
        party.create_app(world.services).test_client().get(f"/api/t/{token}").text,
    ):
        shown = dict(re.findall(r'/documents/(bill\.\w+\?lang=\w\w)"[^>]*>([^<]+)<', page))
        assert list(shown) == ["bill.pdf?lang=sv", "bill.xml?lang=sv", "bill.pdf?lang=fi"]
        assert ["ruotsiksi" in t for t in shown.values()] == [True, True, False]
        assert page_faults(page, "fi") == []
    own = get(
        world, f"/api/t/{world.token(case_id, 'applicant', 'status')}/documents/bill", lang="en"
    )
    assert re.findall(r"/documents/(bill\.[^\"]+)", own.text) == ["bill.pdf?lang=en"]


def test_credit_note_asks_for_no_money(papered: Definition) -> None:
    found = view("credit")
    assert found.payment is None
    facts = {r.label: r.value for r in found.groups[0].rows}
    assert facts["Credit note number"] == "2026-0008"
    assert facts["Credits invoice"] == "2026-0007, 4 August 2026"
    assert "Due date" not in facts
    assert facts["Credit note date"] == "4 August 2026"
    assert "Invoice date" not in facts


def test_account_reference_and_sum_stand_on_one_page(papered: Definition) -> None:
    """However much stands before them."""
    found = view("bill")
    assert found.payment
    wanted = [bare(r.value) for r in found.payment.rows]
    moved = set()
    for more in range(0, 60, 3):
        group = replace(found.groups[0], rows=(SummaryRow("Row", "told"),) * more)
        made = read(adapter.pdf(replace(found, groups=(*found.groups, group))))
        pages = [bare(page.extract_text()) for page in made.pages]
        whole = [n for n, text in enumerate(pages) if all(each in text for each in wanted)]
        assert whole, more
        moved.add(whole[0])
    assert len(moved) > 1


def test_invoice_tells_how_to_pay(papered: Definition) -> None:
    found = view("bill")
    assert found.payment
    assert {r.label: r.value for r in found.payment.rows} == {
        "Payee": "Example Wellbeing Services County",
        "Account number (IBAN)": "FI05 0000 0000 0000 18",
        "Bank (BIC)": "EXMPFIHH",
        "Payment reference": "23 48236",
        "International reference (RF)": "RF33 2348 236",
        "Due date": "18 August 2026",
        "Amount due": "€1,575.39",
    }
    assert found.table
    assert [(r.label, r.value) for r in found.table.sums] == [
        ("Total excluding VAT", "€1,249.90"),
        ("VAT 25.5% of €1,250.00", "€318.75"),
        ("VAT 13.5% of €49.90", "€6.74"),
        ("VAT 0% of −€50.00", "€0.00"),
        ("Total including VAT", "€1,575.39"),
    ]


def test_note_that_wants_a_day_the_case_has_not_is_left_out(papered: Definition) -> None:
    world, case_id, _ = opened()
    case = world.case(case_id)
    words = Words(papered, "en", world.directory)
    reader = case.holders("manager")[0]
    assert len(document_view(words, case, QUOTE, reader, START).notes) == 3
    still = replace(case, state="running")
    assert len(document_view(words, still, QUOTE, reader, START).notes) == 2


def test_day_of_a_document_is_that_on_which_all_could_open_it() -> None:
    def step(number: int, source: str, target: str) -> Event:
        return Event(number, START + timedelta(days=number), "act", "x", "p1", source, target)

    world, case_id, _ = opened()
    case = replace(world.case(case_id), state="sent")
    steps = [step(1, "", "draft"), step(2, "draft", "sent"), step(3, "sent", "sent")]
    document = Document("p", "f", {"a": ("draft", "sent"), "b": ("sent", "paid")}, ())
    assert made_at(document, case, steps) == START + timedelta(days=2)
    again = [*steps, step(4, "sent", "draft"), step(5, "draft", "sent")]
    assert made_at(document, case, again) == START + timedelta(days=5)
    assert made_at(document, replace(case, state="draft"), steps[:1]) == case.entered_at
    apart = replace(document, readers={"a": ("draft",), "b": ("sent",)})
    assert made_at(apart, case, steps) == START + timedelta(days=1)


def test_sums_and_numbers_of_payments_as_they_are_written() -> None:
    assert [euros(125_000, lang) for lang in LANGUAGES] == [
        "1\u00a0250,00\u00a0€",
        "1\u00a0250,00\u00a0€",
        "€1,250.00",
    ]
    assert [euros(-5, lang) for lang in LANGUAGES] == [
        "−0,05\u00a0€",
        "−0,05\u00a0€",
        "−€0.05",
    ]
    assert [percent(r, "fi") for r in ("25.5", "0", "10")] == [
        "25,5\u00a0%",
        "0\u00a0%",
        "10\u00a0%",
    ]
    assert percent("25.5", "en") == "25.5%"
    assert national("1234561") == "12 34561"
    assert national("12345") == "12345"
    assert iban("FI2112345600000785") == "FI21 1234 5600 0007 85"
    assert creditor_reference("2348236") == "RF33 2348 236"


def test_file_name_is_in_plain_letters() -> None:
    assert file_name("Työnohjauksen tarjous / Äyriä") == "tyonohjauksen-tarjous-ayria"
    assert file_name("你好") == "document"
    assert file_name('x"; y=\r\n../z') == "x-y-z"


def test_document_without_vat_says_why_it_has_none(papered: Definition) -> None:
    said = "Exempt from VAT, section 39 of the Value Added Tax Act"
    assert view("quote").notes[-1].startswith(said)
    world, case_id, _ = opened()
    case, words = world.case(case_id), Words(papered, "en", world.directory)
    taxed = replace(QUOTE, lines=lambda case: LINES[:2])
    found = document_view(words, case, taxed, case.holders("manager")[0], START)
    assert not [note for note in found.notes if said in note]


def test_missing_texts_of_documents_are_found(papered: Definition) -> None:
    assert missing_texts(papered) == []
    other = Document("other", "individual", BOTH, (Part("rows", ()),), notes=("x",))
    wanted = ("title", "lead", "button", "rows", "notes.x")
    faults = [f"{lang}: documents.other.{key}" for lang in LANGUAGES for key in wanted]
    assert missing_texts(replace(papered, documents=(*papered.documents, other))) == faults


def test_line_that_one_language_lacks_is_found(papered: Definition) -> None:
    path = processes.folder("supervision") / "texts" / "sv.toml"
    path.write_text(path.read_text().replace('material = "sv Material"\n', ""))
    texts.flat_texts.cache_clear()
    files.toml.cache_clear()
    assert missing_texts(papered) == ["sv: lines.material"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"name": "a.pdf"}, "document a.pdf has no name for an address"),
        ({"readers": {}}, "document quote is open in no state"),
        ({"readers": {"manager": ()}}, "document quote is open in no state"),
        (
            {"filed_by": ("manager",)},
            "document quote is filed by who cannot read it, or is no invoice",
        ),
    ],
)
def test_wrong_document_is_refused(changed: dict[str, object], fault: str) -> None:
    wrong = replace(definition(), documents=(replace(QUOTE, **changed),))  # type: ignore[arg-type]
    with pytest.raises(WrongDefinition) as refusal:
        check(wrong, LISTS)
    assert str(refusal.value) == f"supervision: {fault}"


def test_document_twice_is_refused_and_right_ones_are_not() -> None:
    assert check(definition(), LISTS) == definition()
    with pytest.raises(WrongDefinition, match="documents: quote stands twice"):
        check(replace(definition(), documents=(QUOTE, QUOTE)), LISTS)


def test_process_without_documents_wants_no_words_for_them() -> None:
    asked = needed_texts(current("supervision"))
    assert not [key for key in asked if key.startswith("documents.")]
