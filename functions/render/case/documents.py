"""The documents of a case that its reader may open now, the links to them as files, and what an
invoice asks for at a glance."""

from dataclasses import dataclass

from functions.kernel.case import Case, Party
from functions.kernel.documents import Document
from functions.render.case.people import SummaryRow
from functions.render.text import dates
from functions.render.text.words import Words

TYPES = {"pdf": "application/pdf", "xml": "application/xml"}


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A link to a document as a file. ``address`` is relative to the documents of the case,
    ``language`` that of the file, ``label`` the link's text."""

    address: str
    language: str
    kind: str
    label: str

    @property
    def type(self) -> str:
        """Its media type."""
        return TYPES[self.kind]


@dataclass(frozen=True, slots=True)
class Offer:
    """A document to open, as a page or as one of its files. ``paying`` is what whoever pays it
    needs to know, under the ``heading``; empty for other documents."""

    name: str
    title: str
    files: tuple[DocumentFile, ...]
    heading: str = ""
    paying: tuple[SummaryRow, ...] = ()


def offers(words: Words, case: Case, party: Party) -> tuple[Offer, ...]:
    """Those that a party may open, in the order of the definition."""
    found = []
    for document in words.definition.documents:
        if document.readable(case, party.role):
            title = words.text(f"documents.{document.name}.button")
            files = document_files(words, case, document, party, title)
            heading = words.text(f"documents.{document.name}.title")
            found.append(
                Offer(document.name, title, files, heading, _paying(words, case, document))
            )
    return tuple(found)


def _paying(words: Words, case: Case, document: Document) -> tuple[SummaryRow, ...]:
    """What an invoice asks for: how much, by when, to which account, with which reference.

    Once nobody waits for the payment, the sum is no longer called what is to be paid.
    """
    invoice = document.invoice(case) if document.invoice else None
    if invoice is None or invoice.credits:
        return ()
    from functions.render.text.money import euros, iban, national  # few pages tell a sum
    from functions.render.text.organisation import seller

    awaited = bool(words.definition.state(case.state).recorded_by)
    account = [("iban", iban(seller(words.language).iban))] if awaited else []
    rows = [
        ("payable" if awaited else "gross", euros(invoice.payable, words.language)),
        ("due", dates.day(invoice.due, words.language)),
        *account,
        ("payment_reference", national(invoice.reference)),
        ("number", invoice.number),
    ]
    return tuple(SummaryRow(words.page(f"document.{label}"), value) for label, value in rows)


def document_files(
    words: Words, case: Case, document: Document, party: Party, title: str
) -> tuple[DocumentFile, ...]:
    """The files of a document. A file to be sent on is in its receiver's language, which its link
    names; the PDF is there in the page's language, too."""
    own = not document.goes_to or party.role == document.goes_to
    language = words.language if own else document.language_of_files(case, party)
    kinds = ("pdf", "xml") if party.role in document.filed_by else ("pdf",)

    def file(kind: str, lang: str, way: str) -> DocumentFile:
        label = words.page(f"document.open_{kind}", title=title)
        if way:
            named = words.page(f"document.languages.{lang}")
            label = words.page(f"document.{way}", file=label, language=named)
        return DocumentFile(f"{document.name}.{kind}?lang={lang}", lang, kind, label)

    sent = tuple(file(kind, language, "" if own else "to_send") for kind in kinds)
    other = () if language == words.language else (file("pdf", words.language, "to_read"),)
    return (*sent, *other)
