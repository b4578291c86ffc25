"""Papers: documents of a case to be read as a page and kept as a file, such as a quote.

What a paper says is put together once, so that its page and its PDF cannot differ.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from functions.kernel.case import Case, Party
from functions.kernel.money import Cents, Line, totals


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who is invoiced. ``e_address`` is an OVT identifier or an IBAN, ``operator`` the e-invoice
    operator's identifier; an individual has neither these nor a ``business_id``."""

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


@dataclass(frozen=True, slots=True)
class Seller:
    """Who invoices. The codes stand in their normal form (``kernel/codes.py``); ``operator`` is
    that of the e-invoices. ``exempt`` says in each language why a line without VAT has none."""

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


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or, with ``credits`` naming the invoice it gives back, a credit note.

    The lines of a credit note are positive, as those of its invoice. ``reference`` is the
    national payment reference without spaces; ``from_day`` to ``to_day`` is when it was done.
    """

    number: str
    issued: date
    due: date
    buyer: Buyer
    lines: tuple[Line, ...]
    reference: str
    from_day: date
    to_day: date
    credits: str = ""
    credited_on: date | None = None

    @property
    def payable(self) -> Cents:
        """The sum with VAT; what a credit note gives back."""
        return totals(self.lines).gross


@dataclass(frozen=True, slots=True)
class TermsText:
    """The terms of what a process sells, of one ``version``.

    Each point has a title ``terms.<point>.title`` and sentences ``terms.<point>.text``. The site's
    page, the paper and the tick of who accepts show these and no other wording.
    """

    version: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a paper under the title ``papers.<paper>.<name>``: answers of the case."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. ``readers`` are the roles who may open it, and in which states (never all:
    a paper is there from some state on). It is only of cases of ``form``.

    ``parts`` are rows of answers; ``lines`` what is sold, with its sums, in words
    ``lines.<text>``; ``notes`` are paragraphs ``papers.<name>.notes.<note>``; with
    ``terms`` it ends in those of its definition. One that has an
    ``invoice`` can also be had as an electronic invoice by those in ``filed_by``. Its files go on
    to the role ``goes_to`` and are in that person's language unless another one is asked for.
    """

    name: str
    form: str
    readers: Mapping[str, tuple[str, ...]]
    parts: tuple[Part, ...]
    lines: Callable[[Case], tuple[Line, ...]] | None = field(default=None, compare=False)
    notes: tuple[str, ...] = ()
    terms: bool = False
    invoice: Callable[[Case], Invoice] | None = field(default=None, compare=False)
    filed_by: tuple[str, ...] = ()
    goes_to: str = ""

    def language_of_files(self, case: Case, reader: Party) -> str:
        """The language of its files: that of the person they go on to, or else the reader's."""
        if not self.goes_to or reader.role == self.goes_to:
            return reader.language
        return next((p.language for p in case.holders(self.goes_to)), case.language)

    def readable(self, case: Case, role: str) -> bool:
        """Whether ``role`` may open it now."""
        return case.form == self.form and case.state in self.readers.get(role, ())
