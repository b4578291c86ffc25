"""Documents of a case: who may open one through a link, and who may file its invoice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from functions.kernel.case import Case, Event
from functions.kernel.documents import Document, Invoice
from functions.kernel.errors import Refused
from functions.services.access.links import Opened, open_link
from functions.services.container import Services


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document that a link opens. ``made`` is when its readers could first open it."""

    opened: Opened
    document: Document
    made: datetime

    @property
    def language(self) -> str:
        """The language of its files, unless another one is asked for."""
        return self.document.language_of_files(self.opened.case, self.opened.party)

    @property
    def filed(self) -> bool:
        """Whether the link's holder may have it as an electronic invoice, too."""
        return self.opened.party.role in self.document.filed_by


def open_document(services: Services, token: str, name: str) -> OpenedDocument:
    """The document ``name`` of the case; ``Refused`` to whoever may not open it now, ``Broken``
    where the history is not as it was written."""
    opened = open_link(services, token)
    document = next((p for p in opened.definition.documents if p.name == name), None)
    allowed = (
        document and opened.standing == "open" and document.readable(opened.case, opened.party.role)
    )
    if document is None or not allowed:
        raise Refused
    if not opened.sound:
        raise opened.why_unsound
    steps = opened.record.summary.last
    return OpenedDocument(opened, document, made_at(document, opened.case, steps))


def invoice_of(found: OpenedDocument) -> Invoice:
    """The invoice behind a document; ``Refused`` to whoever does not file it."""
    invoice = found.document.invoice
    if not found.filed or invoice is None:
        raise Refused
    return invoice(found.opened.case)


def made_at(document: Document, case: Case, steps: Iterable[Event]) -> datetime:
    """Since when all readers of a document could open it as it is: one day for all of them.
    ``steps`` are the events of the case, the last of each kind at least.

    Where they never could together, or not yet, since when the case is where it is.
    """
    readers = [set(states) for states in document.readers.values()]
    common = set.intersection(*readers) or set.union(*readers)
    came = [s.at for s in steps if s.target in common and s.source not in common]
    return came[-1] if came and case.state in common else case.since
