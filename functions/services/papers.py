"""Papers of a case: who may open one through a link, and who may file its invoice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from functions.kernel.case import Case, Step
from functions.kernel.errors import Broken, Refused
from functions.kernel.papers import Invoice, Paper
from functions.services.links import Opened, open_link
from functions.services.wiring import Services


@dataclass(frozen=True, slots=True)
class OpenedPaper:
    """A paper that a link opens. ``made`` is when its readers could first open it."""

    opened: Opened
    paper: Paper
    made: datetime

    @property
    def language(self) -> str:
        """The language of its files, unless another one is asked for."""
        return self.paper.language_of_files(self.opened.case, self.opened.party)

    @property
    def filed(self) -> bool:
        """Whether the link's holder may have it as an electronic invoice, too."""
        return self.opened.party.role in self.paper.filed_by


def open_paper(services: Services, token: str, name: str) -> OpenedPaper:
    """The paper ``name`` of the case; ``Refused`` to whoever may not open it now, ``Broken``
    where the history is not as it was written."""
    opened = open_link(services, token)
    paper = next((p for p in opened.definition.papers if p.name == name), None)
    allowed = paper and opened.standing == "open" and paper.readable(opened.case, opened.party.role)
    if paper is None or not allowed:
        raise Refused
    if not opened.sound:
        raise Broken
    steps = (told.entry.step for told in opened.file.history)
    return OpenedPaper(opened, paper, made_at(paper, opened.case, steps))


def invoice_of(found: OpenedPaper) -> Invoice:
    """The invoice behind a paper; ``Refused`` to whoever does not file it."""
    invoice = found.paper.invoice
    if not found.filed or invoice is None:
        raise Refused
    return invoice(found.opened.case)


def made_at(paper: Paper, case: Case, steps: Iterable[Step]) -> datetime:
    """Since when all readers of a paper could open it as it is: one day for all of them.

    Where they never could together, or not yet, since when the case is where it is.
    """
    readers = [set(states) for states in paper.readers.values()]
    common = set.intersection(*readers) or set.union(*readers)
    came = [s.at for s in steps if s.target in common and s.source not in common]
    return came[-1] if came and case.state in common else case.since
