"""Documents of a case, to be read as a page and kept as a file, such as a quote.

What a document says is put together once, so that its page and its PDF cannot differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from functions.kernel.case import Case, Party
from functions.kernel.consequences import Guard
from functions.kernel.money import Cents, InvoiceLine, totals

# Why there is no VAT: the law frees it, the buyer pays it, or it is sold outside the EU.
Untaxed = Literal["exempt", "reverse_charge", "outside_scope"]


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who is invoiced. ``e_address`` is an address as ``codes.e_invoice_address`` gives it,
    ``operator`` the e-invoice operator's identifier; an individual has neither these nor a
    ``business_id``. ``foreign_id`` is the number of an organisation in another ``country``."""

    name: str
    email: str
    street: str
    postcode: str
    city: str
    business_id: str = ""
    e_address: str = ""
    operator: str = ""
    reference: str = ""
    order: str = ""
    cost_centre: str = ""
    country: str = "FI"
    foreign_id: str = ""
    vat_id: str = ""


@dataclass(frozen=True, slots=True)
class Seller:
    """Who invoices. The codes stand in their normal form (``kernel/identifiers.py``); ``operator``
    is that of the e-invoices. The last three say in each language why a line without VAT has none:
    by ``untaxed`` of its invoice."""

    name: str
    business_id: str
    vat_id: str
    street: str
    postcode: str
    city: str
    iban: str
    bic: str
    e_address: str
    operator: str
    email: str
    phone: str
    exempt: Mapping[str, str]
    reverse_charge: Mapping[str, str]
    outside_scope: Mapping[str, str]

    def why_untaxed(self, untaxed: Untaxed, language: str) -> str:
        """Why a line without VAT has none."""
        found: Mapping[str, str] = getattr(self, untaxed)
        return found[language]


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or, with ``credits`` naming the invoice it gives back, a credit note.

    The lines of a credit note are positive, as those of its invoice. ``reference`` is the
    national payment reference without spaces; ``from_day`` to ``to_day`` is when it was done, or
    the day of the cancellation that one which ``cancels`` is of;
    ``untaxed`` says why lines without VAT have none.
    """

    number: str
    issued: date
    due: date
    buyer: Buyer
    lines: tuple[InvoiceLine, ...]
    reference: str
    from_day: date
    to_day: date
    credits: str = ""
    credited_on: date | None = None
    untaxed: Untaxed = "exempt"
    cancels: bool = False

    @property
    def payable(self) -> Cents:
        """The sum with VAT; what a credit note gives back."""
        return totals(self.lines).gross


@dataclass(frozen=True, slots=True)
class TermsText:
    """The terms of what a process sells, of one ``version``.

    Each point has a title ``terms.<point>.title`` and sentences ``terms.<point>.text``. The site's
    page, the document and the tick of who accepts show these and no other wording.
    """

    version: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a document under the title ``documents.<document>.<name>``: answers of the case. It
    is there only if ``when`` holds."""

    name: str
    fields: tuple[str, ...]
    when: Guard | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a case, such as a quote, that is read as a page and kept as a file. ``readers``
    are the roles who may open it, and in which states (never all: a document is there from some
    state on). It is only of cases of ``form``.

    ``parts`` are rows of answers; ``lines`` what is sold, with its sums, in words ``lines.<text>``;
    ``notes`` are paragraphs ``documents.<name>.notes.<note>``; with ``terms`` it ends in those of
    its definition. One that has an ``invoice`` can also be had as an electronic invoice by those in
    ``filed_by``. Its files go on to the role ``goes_to`` and are in that person's language unless
    another one is asked for. ``untaxed`` says why a line without VAT has none, if not because the
    law frees it.
    """

    name: str
    form: str
    readers: Mapping[str, tuple[str, ...]]
    parts: tuple[Part, ...]
    lines: Callable[[Case], tuple[InvoiceLine, ...]] | None = field(default=None, compare=False)
    notes: tuple[str, ...] = ()
    terms: bool = False
    invoice: Callable[[Case], Invoice] | None = field(default=None, compare=False)
    filed_by: tuple[str, ...] = ()
    goes_to: str = ""
    untaxed: Callable[[Case], Untaxed] | None = field(default=None, compare=False)

    def language_of_files(self, case: Case, reader: Party) -> str:
        """The language of its files: that of the person they go on to, or else the reader's."""
        if not self.goes_to or reader.role == self.goes_to:
            return reader.language
        return next((p.language for p in case.holders(self.goes_to)), case.language)

    def readable(self, case: Case, role: str) -> bool:
        """Whether ``role`` may open it now."""
        return case.form == self.form and case.state in self.readers.get(role, ())
