"""The papers of a case that its reader may open now, the links to them as files, and what an
invoice asks for at a glance."""

from dataclasses import dataclass

from functions.kernel.case import Case, Party
from functions.kernel.papers import Paper
from functions.render import dates
from functions.render.case_people import Row
from functions.render.words import Words

TYPES = {"pdf": "application/pdf", "xml": "application/xml"}


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A link to a paper as a file. ``address`` is relative to the papers of the case,
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
    """A paper to open, as a page or as one of its files. ``paying`` is what whoever pays it needs
    to know, under the ``heading``; empty for other papers."""

    name: str
    title: str
    files: tuple[PaperFile, ...]
    heading: str = ""
    paying: tuple[Row, ...] = ()


def offers(words: Words, case: Case, party: Party) -> tuple[Offer, ...]:
    """Those that a party may open, in the order of the definition."""
    found = []
    for paper in words.definition.papers:
        if paper.readable(case, party.role):
            title = words.text(f"papers.{paper.name}.button")
            files = paper_files(words, case, paper, party, title)
            heading = words.text(f"papers.{paper.name}.title")
            found.append(Offer(paper.name, title, files, heading, _paying(words, case, paper)))
    return tuple(found)


def _paying(words: Words, case: Case, paper: Paper) -> tuple[Row, ...]:
    """What an invoice asks for: how much, by when, to which account, with which reference.

    Once nobody waits for the payment, the sum is no longer called what is to be paid.
    """
    invoice = paper.invoice(case) if paper.invoice else None
    if invoice is None or invoice.credits:
        return ()
    from functions.render.money import euros, iban, national  # few pages tell a sum
    from functions.render.organisation import seller

    awaited = bool(words.definition.state(case.state).recorded_by)
    account = [("iban", iban(seller(words.language).iban))] if awaited else []
    rows = [
        ("payable" if awaited else "gross", euros(invoice.payable, words.language)),
        ("due", dates.day(invoice.due, words.language)),
        *account,
        ("payment_reference", national(invoice.reference)),
        ("number", invoice.number),
    ]
    return tuple(Row(words.page(f"paper.{label}"), value) for label, value in rows)


def paper_files(
    words: Words, case: Case, paper: Paper, party: Party, title: str
) -> tuple[PaperFile, ...]:
    """The files of a paper. What goes on to somebody else is in that person's language, which its
    link names; the PDF is also there in the language of the page, to be read."""
    own = not paper.goes_to or party.role == paper.goes_to
    language = words.language if own else paper.language_of_files(case, party)
    kinds = ("pdf", "xml") if party.role in paper.filed_by else ("pdf",)

    def file(kind: str, lang: str, way: str) -> PaperFile:
        label = words.page(f"paper.open_{kind}", title=title)
        if way:
            named = words.page(f"paper.languages.{lang}")
            label = words.page(f"paper.{way}", file=label, language=named)
        return PaperFile(f"{paper.name}.{kind}?lang={lang}", lang, kind, label)

    sent = tuple(file(kind, language, "" if own else "to_send") for kind in kinds)
    other = () if language == words.language else (file("pdf", words.language, "to_read"),)
    return (*sent, *other)
