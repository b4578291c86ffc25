"""A document in one language, put together once: its page and its PDF say the same words."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from functions.kernel.case import Case, Party, reference
from functions.kernel.clean import readable
from functions.kernel.documents import Document, Invoice
from functions.kernel.fields import Field, Value
from functions.kernel.money import InvoiceLine, totals
from functions.kernel.timers import deadline
from functions.kernel.visibility import visible
from functions.render.case.people import SummaryRow
from functions.render.case.view import SummarySection, foremost
from functions.render.text import dates
from functions.render.text.money import creditor_reference, euros, iban, national, percent
from functions.render.text.organisation import seller, setting
from functions.render.text.terms import Terms, terms_of
from functions.render.text.texts import placeholders
from functions.render.text.words import Words, country

COLUMNS = ("item", "quantity", "unit_price", "vat", "net")


@dataclass(frozen=True, slots=True)
class PriceTable:
    """What is sold. ``rows`` have a cell for each of the ``columns``; ``sums`` end with what is
    paid altogether."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[SummaryRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """The whole content of a document for one reader. ``file`` is what it is called as a file,
    without its ending; ``made`` is when it came to be; ``lacks`` is told where the file has no
    shape for some letter."""

    name: str
    language: str
    title: str
    lead: str
    sender: str
    reference: str
    file: str
    made: datetime
    groups: tuple[SummarySection, ...]
    table: PriceTable | None
    notes_title: str
    notes: tuple[str, ...]
    payment: SummarySection | None
    terms: Terms | None = None
    terms_title: str = ""
    lacks: str = ""


def document_view(
    words: Words, case: Case, document: Document, reader: Party, made: datetime
) -> DocumentView:
    """The document as ``reader`` may see it; whether they may at all is the caller's to check."""
    invoice = document.invoice(case) if document.invoice else None
    lines = _lines(case, document, invoice)
    title = words.text(f"documents.{document.name}.title")
    terms = terms_of(words.definition, words.language) if document.terms else None
    return DocumentView(
        name=document.name,
        language=words.language,
        title=title,
        lead=words.text(f"documents.{document.name}.lead"),
        sender=setting("name", words.language),
        reference=reference(case.id),
        file=f"{file_name(title)}-{reference(case.id)}",
        made=made,
        groups=tuple(g for g in _groups(words, case, document, reader, made, invoice) if g.rows),
        table=_table(words, lines) if lines else None,
        notes_title=words.page("document.notes"),
        notes=_notes(words, case, document, untaxed=any(not Decimal(n.rate) for n in lines)),
        terms=terms,
        terms_title=words.page("terms.title", version=terms.version) if terms else "",
        payment=_payment(words, invoice) if invoice and not invoice.credits else None,
        lacks=words.page("document.lacks"),
    )


def _lines(case: Case, document: Document, invoice: Invoice | None) -> tuple[InvoiceLine, ...]:
    return document.lines(case) if document.lines else invoice.lines if invoice else ()


def file_name(title: str) -> str:
    """A title in letters that every system takes in a file's name."""
    bare = unicodedata.normalize("NFKD", title.casefold()).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", bare).strip("-") or "document"


def _groups(
    words: Words,
    case: Case,
    document: Document,
    reader: Party,
    made: datetime,
    invoice: Invoice | None,
) -> Iterator[SummarySection]:
    facts = [("reference", reference(case.id)), ("concerns", _part(words, case))]
    facts += _invoice_facts(words, invoice) if invoice else [("date", _day(words, made))]
    if words.definition.foremost and words.definition.foremost(case.answers):
        all_ = totals(_lines(case, document, invoice)).gross
        facts.insert(0, ("gross", euros(all_, words.language)))
    yield _group(words, "facts", facts)
    yield _group(words, "seller", _seller(words.language))
    if invoice:
        yield _group(words, "buyer", _buyer(words, invoice))
    shown, fields = visible(words.definition, case, reader.role), words.definition.fields()
    for part in (p for p in document.parts if p.when is None or p.when.holds(case)):
        known = [fields[n] for n in part.fields if n in shown and fields[n].kind != "tick"]
        ordered = foremost(words, known, case.answers)
        rows = tuple(SummaryRow(words.label(f), _value(words, f, shown[f.name])) for f in ordered)
        yield SummarySection(part.name, words.text(f"documents.{document.name}.{part.name}"), rows)


def _part(words: Words, case: Case) -> str:
    """Of which other case this one is a part: its reference is the one that a client knows."""
    of = words.maybe(f"forms.{case.form}.part")
    return of.format(reference=reference(case.linked[0])) if of and case.linked else ""


def _value(words: Words, field: Field, value: Value) -> str:
    """An answer as a document has it: its days without the names of weekdays."""
    if field.kind == "date":
        return _day(words, date.fromisoformat(str(value)))
    if field.kind == "datetime":
        return dates.plain_moment(datetime.fromisoformat(str(value)), words.language)
    return words.value(field, value)


def _group(words: Words, name: str, rows: list[tuple[str, str]]) -> SummarySection:
    """Rows under general labels, without those that say nothing."""
    ordered = tuple(
        SummaryRow(words.page(f"document.{label}"), value) for label, value in rows if value
    )
    return SummarySection(name, words.page(f"document.{name}"), ordered)


def _invoice_facts(words: Words, invoice: Invoice) -> list[tuple[str, str]]:
    first, last = _day(words, invoice.from_day), _day(words, invoice.to_day)
    of = _day(words, invoice.credited_on) if invoice.credited_on else ""
    return [
        ("credit_number" if invoice.credits else "number", invoice.number),
        ("credit_issued" if invoice.credits else "issued", _day(words, invoice.issued)),
        ("credits", ", ".join(filter(None, (invoice.credits, of)))),
        ("due", "" if invoice.credits else _day(words, invoice.due)),
        (
            "cancelled_on" if invoice.cancels else "period",
            first if first == last else f"{first} – {last}",
        ),
        ("your_reference", invoice.buyer.reference),
        ("order", invoice.buyer.order),
        ("cost_centre", invoice.buyer.cost_centre),
    ]


def _seller(language: str) -> list[tuple[str, str]]:
    known = seller(language)
    return [
        ("name", known.name),
        ("address", _address(known.street, known.postcode, known.city)),
        ("business_id", known.business_id),
        ("vat_id", known.vat_id),
        ("email", known.email),
        ("phone", known.phone),
    ]


def _buyer(words: Words, invoice: Invoice) -> list[tuple[str, str]]:
    buyer = invoice.buyer
    address = _address(buyer.street, buyer.postcode, buyer.city)
    abroad = "" if buyer.country == "FI" else country(buyer.country, words.language)
    return [
        ("name", buyer.name),
        ("address", ", ".join(filter(None, (address, abroad)))),
        ("business_id", buyer.business_id),
        ("foreign_id", buyer.foreign_id),
        ("vat_id", buyer.vat_id),
        ("email", readable(buyer.email)),
        ("e_address", buyer.e_address),
        ("operator", buyer.operator),
    ]


def _address(street: str, postcode: str, city: str) -> str:
    return ", ".join(filter(None, (street, f"{postcode} {city}".strip())))


def _payment(words: Words, invoice: Invoice) -> SummarySection:
    known = seller(words.language)
    return _group(words, "payment", [
        ("payee", known.name),
        ("iban", iban(known.iban)),
        ("bic", known.bic),
        ("payment_reference", national(invoice.reference)),
        ("rf_reference", creditor_reference(invoice.reference)),
        ("due", _day(words, invoice.due)),
        ("payable", euros(invoice.payable, words.language)),
    ])  # fmt: skip


def _table(words: Words, lines: tuple[InvoiceLine, ...]) -> PriceTable:
    language, sums = words.language, totals(lines)
    taxes = [
        SummaryRow(
            words.page(
                "document.tax", rate=percent(t.rate, language), base=euros(t.base, language)
            ),
            euros(t.tax, language),
        )
        for t in sums.taxes
    ]
    return PriceTable(
        caption=words.page("document.lines"),
        columns=tuple(words.page(f"document.{name}") for name in COLUMNS),
        rows=tuple(_cells(words, line) for line in lines),
        sums=(
            SummaryRow(words.page("document.net_sum"), euros(sums.net, language)),
            *taxes,
            SummaryRow(words.page("document.gross"), euros(sums.gross, language)),
        ),
    )


def line_text(words: Words, line: InvoiceLine) -> str:
    """What a line is about, in words; what it tells of answers, as they are read."""
    fields = words.definition.fields()
    values = {
        name: _value(words, fields[name], value)
        if name in fields and fields[name].kind in ("choice", "date", "datetime", "halves")
        else value
        for name, value in line.values.items()
    }
    return words.text(f"lines.{line.text}").format(**values)


def _cells(words: Words, line: InvoiceLine) -> tuple[str, ...]:
    return (
        line_text(words, line),
        str(line.quantity),
        euros(line.unit_price, words.language),
        percent(line.rate, words.language),
        euros(line.net, words.language),
    )


def _notes(words: Words, case: Case, document: Document, *, untaxed: bool) -> tuple[str, ...]:
    """Its paragraphs, but for those that want a day which the case does not have now; and why
    a line without VAT has none."""
    until = deadline(words.definition, case)
    known = {
        "reference": reference(case.id),
        "organisation": setting("name", words.language),
        "deadline": _day(words, until) if until else "",
        "deadline_short": dates.short_day(until, words.language) if until else "",
    }
    texts = (words.text(f"documents.{document.name}.notes.{name}") for name in document.notes)
    values = [t.format(**known) for t in texts if all(known[n] for n in placeholders(t))]
    return (*values, *([_why_untaxed(words, case, document)] if untaxed else []))


def _why_untaxed(words: Words, case: Case, document: Document) -> str:
    why = document.untaxed(case) if document.untaxed else "exempt"
    return seller().why_untaxed(why, words.language)


def _day(words: Words, day: datetime | date) -> str:
    return dates.plain_day(day, words.language)
