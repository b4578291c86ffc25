"""Electronic invoices, checked by the schema and the rules of EN 16931 themselves."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any
from xml.etree import ElementTree

import drafthorse
import facturx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.adapters.einvoice import xml
from functions.kernel import LANGUAGES
from functions.kernel.documents import Buyer, Invoice, Seller
from functions.kernel.money import InvoiceLine, totals
from functions.render.text.organisation import seller
from infra.deploy.trim import trim_invoices
from tests.schematron import Schematron, schematron

ROOT = Path(__file__).parents[2]
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
NS = {"ram": RAM}
HOSTILE = 'Ääkkönen & <Öljy> "Åsa" \']]>  --> &#0; \x00\x08\ufffe\ud800 \u202e \U0001f600'

BUYER = Buyer(
    name="Ostaja Oy",
    email="ostot@example.org",
    street="Esimerkkikatu 2",
    postcode="00000",
    city="Esimerkkilä",
    business_id="0000002-7",
    e_address="003700000027",
    operator="EXMPFIHH",
    reference="Maija Esimerkki",
    order="T-17",
    cost_centre="4711",
)
PERSON = Buyer("Matti Meikäläinen", "matti@example.org", "Kotikuja 3", "00000", "Esimerkkilä")
INVOICE = Invoice(
    number="2026-17",
    issued=date(2026, 11, 2),
    due=date(2026, 11, 16),
    buyer=BUYER,
    lines=(InvoiceLine("sessions", 120_000, "25.5"),),
    reference="1234561",
    from_day=date(2026, 10, 1),
    to_day=date(2026, 10, 31),
)
CREDIT = replace(INVOICE, number="2026-18", credits="2026-17", credited_on=date(2026, 11, 2))
MANY_RATES = (
    InvoiceLine("a", 120_001, "25.5"),
    InvoiceLine("b", 3_333, "13.5", 3),
    InvoiceLine("c", 199, "10", 7),
    InvoiceLine("d", 5_001, "0"),
    InvoiceLine("e", -1_099, "25.5", 2),
)


def written(
    invoice: Invoice = INVOICE, by: Seller | None = None, language: str = "fi", text: str = "Ääni"
) -> bytes:
    return xml(invoice, by or seller(), language, lambda line: f"{text} {line.text}")


def only(document: bytes, path: str) -> Any:
    found = ElementTree.fromstring(document).findall(f".//{path}", NS)
    assert len(found) == 1, path
    return found[0]


def text_of(document: bytes, path: str) -> str:
    return str(only(document, path).text)


@pytest.fixture(scope="module")
def rules() -> Iterator[Schematron]:
    with schematron() as asked:
        yield asked


def test_rules_run_in_a_process_of_their_own(rules: Schematron) -> None:
    """What they are run with may end its process."""
    assert rules(written(INVOICE)) == []
    assert "saxonche" not in sys.modules


SWEDISH = replace(
    BUYER, business_id="", country="SE", postcode="114 35", foreign_id="556188-8404",
    vat_id="SE556188840401", e_address="0007:5561888404",
)  # fmt: skip
NORWEGIAN = replace(SWEDISH, country="NO", foreign_id="988077917", vat_id="NO988077917MVA")
JAPANESE = replace(NORWEGIAN, country="JP", foreign_id="T-1", vat_id="", e_address="TE12345678")
NOTHING = (InvoiceLine("x", 10_005, "0", 3), InvoiceLine("y", -1_000, "0"))
REVERSE = replace(INVOICE, buyer=SWEDISH, lines=NOTHING, untaxed="reverse_charge")
OUTSIDE = replace(INVOICE, buyer=NORWEGIAN, lines=NOTHING, untaxed="outside_scope")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("invoice", "category", "code"),
    [(REVERSE, "AE", "VATEX-EU-AE"), (OUTSIDE, "O", "VATEX-EU-O")],
)
def test_buyer_abroad(
    rules: Any, invoice: Invoice, category: str, code: str, language: str
) -> None:
    for each in (
        invoice,
        replace(CREDIT, buyer=invoice.buyer, lines=NOTHING, untaxed=invoice.untaxed),
    ):
        document = written(each, language=language)
        assert rules(document) == []
        text = document.decode()
        assert text.count(f"<ram:CategoryCode>{category}</ram:CategoryCode>") == 3
        assert text_of(document, "ram:ExemptionReasonCode") == code
        reason = seller().why_untaxed(invoice.untaxed, language)
        assert text_of(document, "ram:ExemptionReason") == reason
        buyer = ElementTree.tostring(only(document, "ram:BuyerTradeParty")).decode()
        assert f"CountryID>{invoice.buyer.country}<" in buyer
        assert invoice.buyer.foreign_id in buyer
        assert ('schemeID="VA"' in buyer) is (category == "AE")


def test_buyer_whose_number_and_address_have_no_scheme(rules: Any) -> None:
    document = written(replace(OUTSIDE, buyer=JAPANESE))
    assert rules(document) == []
    assert "TE12345678" not in document.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "invoice",
    [
        INVOICE,
        CREDIT,
        replace(INVOICE, lines=MANY_RATES),
        replace(CREDIT, lines=MANY_RATES),
        replace(INVOICE, lines=(InvoiceLine("x", 99, "13.5"),)),
        replace(INVOICE, lines=(InvoiceLine("x", 10_005, "0", 3),)),
        replace(CREDIT, lines=(InvoiceLine("x", 10_005, "0", 3),)),
        replace(INVOICE, lines=(InvoiceLine("x", -5_000, "25.5"),)),
        replace(INVOICE, lines=(InvoiceLine("x", 0, "25.5"),)),
        replace(INVOICE, buyer=PERSON),
        replace(INVOICE, buyer=replace(BUYER, e_address="FI0500000000000018")),
        replace(INVOICE, to_day=INVOICE.from_day),
    ],
)
def test_follows_the_standard(rules: Any, invoice: Invoice, language: str) -> None:
    document = written(invoice, language=language)
    assert facturx.xml_check_xsd(document)
    assert rules(document) == []


LINES = st.lists(
    st.builds(
        InvoiceLine,
        st.text(max_size=9),
        st.integers(-300_000, 900_000),
        st.sampled_from(("25.5", "13.5", "10", "0")),
        st.integers(1, 40),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=60)
@given(lines=LINES, credit=st.booleans())
def test_any_lines_follow_the_standard(rules: Any, lines: list[InvoiceLine], credit: bool) -> None:
    invoice = replace(CREDIT if credit else INVOICE, lines=tuple(lines))
    document = written(invoice)
    assert facturx.xml_check_xsd(document)
    assert rules(document) == []
    assert_sums(document, invoice)


def assert_sums(document: bytes, invoice: Invoice) -> None:
    """To the cent: the rules forgive up to a whole euro of VAT (BR-CO-17)."""
    whole = totals(invoice.lines)
    sums = only(document, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    assert [(e.tag.partition("}")[2], Decimal(e.text or "") * 100) for e in sums] == [
        ("LineTotalAmount", whole.net),
        ("TaxBasisTotalAmount", whole.net),
        ("TaxTotalAmount", whole.tax),
        ("GrandTotalAmount", whole.gross),
        ("DuePayableAmount", invoice.payable),
    ]
    header = only(document, "ram:ApplicableHeaderTradeSettlement")
    taxes = [
        tuple(
            Decimal(tax.findtext(f"ram:{name}", "", NS))
            for name in ("RateApplicablePercent", "BasisAmount", "CalculatedAmount")
        )
        for tax in header.findall("ram:ApplicableTradeTax", NS)
    ]
    assert taxes == [
        (Decimal(t.rate), t.base / Decimal(100), t.tax / Decimal(100)) for t in whole.taxes
    ]
    items = ElementTree.fromstring(document).findall(".//ram:IncludedSupplyChainTradeLineItem", NS)
    for item, line in zip(items, invoice.lines, strict=True):
        price = Decimal(item.findtext(".//ram:ChargeAmount", "", NS))
        quantity = Decimal(item.findtext(".//ram:BilledQuantity", "", NS))
        assert price >= 0
        assert price * quantity * 100 == line.net
        assert Decimal(item.findtext(".//ram:LineTotalAmount", "", NS)) * 100 == line.net


@pytest.mark.parametrize("invoice", [INVOICE, replace(CREDIT, lines=MANY_RATES)])
def test_sums_to_the_cent(invoice: Invoice) -> None:
    assert_sums(written(invoice), invoice)


HEADER = "SpecifiedTradeSettlementHeaderMonetarySummation"


@pytest.mark.parametrize(
    ("parent", "tag", "value", "rule"),
    [
        (HEADER, "LineTotalAmount", "1200.01", "BR-CO-10"),
        (HEADER, "TaxBasisTotalAmount", "1200.01", "BR-CO-13"),
        (HEADER, "TaxTotalAmount", "306.01", "BR-CO-14"),
        (HEADER, "GrandTotalAmount", "1506.01", "BR-CO-15"),
        (HEADER, "DuePayableAmount", "1506.01", "BR-CO-16"),
        (HEADER, "DuePayableAmount", "1506.001", "BR-DEC-18"),
        ("ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax", "BasisAmount", "1", "BR-S-08"),
        (
            "ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax",
            "CalculatedAmount",
            "308.00",
            "BR-CO-17",
        ),
        ("NetPriceProductTradePrice", "ChargeAmount", "-1200.00", "BR-27"),
        ("BuyerTradeParty", "Name", None, "BR-07"),
        ("SellerTradeParty", "SpecifiedTaxRegistration", None, "BR-S-02"),
    ],
)
def test_rules_find_what_is_wrong(
    rules: Any, parent: str, tag: str, value: str | None, rule: str
) -> None:
    root = ElementTree.fromstring(written())
    inside = root.find(f".//ram:{parent}", NS)
    assert inside is not None
    element = inside.find(f"ram:{tag}", NS)
    assert element is not None
    if value is None:
        inside.remove(element)
    else:
        assert element.text != value
        element.text = value
    assert rule in rules(ElementTree.tostring(root))


def test_exempt_says_why_in_the_language(rules: Any) -> None:
    invoice = replace(INVOICE, lines=MANY_RATES)
    for language in LANGUAGES:
        document = written(invoice, language=language)
        assert text_of(document, "ram:ExemptionReason") == seller().exempt[language]
    silent = re.sub(b"<ram:ExemptionReason>.*?</ram:ExemptionReason>", b"", document)
    assert "BR-E-10" in rules(silent)


@pytest.mark.parametrize(
    "path", ["number", "credits", "name", "street", "city", "order", "reference"]
)
def test_hostile_text_is_text(rules: Any, path: str) -> None:
    if path in ("number", "credits"):
        invoice = replace(CREDIT, **{path: HOSTILE})  # type: ignore[arg-type]
    else:
        invoice = replace(INVOICE, buyer=replace(BUYER, **{path: HOSTILE}))
    document = written(invoice, text=HOSTILE)
    assert facturx.xml_check_xsd(document)
    assert rules(document) == []
    shown = re.sub("[\x00\x08\ufffe\ud800]", "\ufffd", HOSTILE)
    assert text_of(document, "ram:SpecifiedTradeProduct/ram:Name") == f"{shown} sessions"
    assert sum(e.text == shown for e in ElementTree.fromstring(document).iter()) == 1


def test_invoice_says_who_pays_whom_and_how() -> None:
    document = written()
    assert text_of(document, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID") == (
        "urn:cen.eu:en16931:2017"
    )
    told = {
        "ram:BuyerReference": "Maija Esimerkki",
        "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID": "T-17",
        "ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID": "4711",
        "ram:PaymentReference": "1234561",
        "ram:IBANID": "FI0500000000000018",
        "ram:BICID": "EXMPFIHH",
        "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode": "58",
        "ram:DueDateDateTime/*": "20261116",
        "ram:BillingSpecifiedPeriod/ram:StartDateTime/*": "20261001",
        "ram:BillingSpecifiedPeriod/ram:EndDateTime/*": "20261031",
        "ram:OccurrenceDateTime/*": "20261031",
        "ram:SpecifiedTaxRegistration/ram:ID": "FI00000019",
        "ram:CompleteNumber": "+358 00 000 0000",
        "ram:SellerTradeParty//ram:EmailURIUniversalCommunication/*": "laskutus@example.org",
        "ram:BuyerTradeParty//ram:EmailURIUniversalCommunication/*": "ostot@example.org",
        "ram:SellerTradeParty/ram:Name": "Esimerkin hyvinvointialue",
        "ram:BuyerTradeParty/ram:PostalTradeAddress/ram:CityName": "Esimerkkilä",
    }
    assert {path: text_of(document, path) for path in told} == told
    coded = {
        "ram:SellerTradeParty/ram:SpecifiedLegalOrganization/ram:ID": ("0212", "0000001-9"),
        "ram:BuyerTradeParty/ram:SpecifiedLegalOrganization/ram:ID": ("0212", "0000002-7"),
        "ram:SellerTradeParty/ram:URIUniversalCommunication/ram:URIID": ("0216", "003700000019"),
        "ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID": ("0216", "003700000027"),
    }
    for path, (scheme, code) in coded.items():
        assert (only(document, path).get("schemeID"), text_of(document, path)) == (scheme, code)
    assert b"<ram:TypeCode>380</ram:TypeCode>" in document
    assert b"InvoiceReferencedDocument" not in document


@pytest.mark.parametrize(
    ("address", "scheme", "shown"),
    [("FI0500000000000018", "9918", "FI0500000000000018"), ("", "EM", "ostot@example.org")],
)
def test_buyer_without_ovt(address: str, scheme: str, shown: str) -> None:
    document = written(replace(INVOICE, buyer=replace(BUYER, e_address=address)))
    found = only(document, "ram:BuyerTradeParty/ram:URIUniversalCommunication/ram:URIID")
    assert (found.get("schemeID"), found.text) == (scheme, shown)


def test_person_has_no_business_id() -> None:
    document = written(replace(INVOICE, buyer=PERSON))
    assert only(document, "ram:SpecifiedLegalOrganization/ram:ID").text == "0000001-9"
    assert b"BuyerReference" not in document


def test_credit_note_names_its_invoice_and_no_account() -> None:
    document = written(CREDIT)
    assert b"<ram:TypeCode>381</ram:TypeCode>" in document
    assert text_of(document, "ram:InvoiceReferencedDocument/ram:IssuerAssignedID") == "2026-17"
    assert text_of(document, "ram:FormattedIssueDateTime/*") == "20261102"
    assert text_of(document, "ram:DuePayableAmount") == "1506.00"
    for absent in (b"IBANID", b"PaymentReference", b"PaymentMeans"):
        assert absent not in document


def test_same_invoice_is_the_same_bytes() -> None:
    assert written() == written()


def test_needs_no_library_but_drafthorse(tmp_path: Path) -> None:
    copytree(Path(str(drafthorse.__file__)).parent, tmp_path / "drafthorse")
    trim_invoices(tmp_path / "drafthorse")
    assert sorted(p.name for p in (tmp_path / "drafthorse").glob("*.*")) == [
        "__init__.py",
        "utils.py",
    ]
    program = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(tmp_path)!r}]\n"
        "from datetime import date\n"
        "from functions.adapters.einvoice import xml\n"
        "from functions.kernel.money import InvoiceLine\n"
        "from functions.kernel.documents import Buyer, Invoice, Seller\n"
        f"made = xml({INVOICE!r}, {seller()!r}, 'fi', lambda line: 'Ääni sessions')\n"
        "sys.stdout.buffer.write(made)\n"
    ).replace("datetime.date(", "date(")
    command = [sys.executable, "-S", "-I", "-B", "-c", program]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.stdout, done.stderr) == (written(), b"")


def test_seller_that_cannot_be_right_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.render.text import organisation

    right = organisation.organisation()
    wrong = {
        "business_id": "0000001-8",
        "vat_id": "FI00000027",
        "iban": "FI0600000000000018",
        "bic": "EXMPILAN",
        "e_address": "0037 00000019",
        "operator": "a@b",
    }
    for name, code in wrong.items():
        changed = {**right, "seller": {**right["seller"], name: code}}
        monkeypatch.setattr(organisation, "organisation", lambda now=changed: now)
        with pytest.raises(ValueError, match=name):
            organisation.seller()
