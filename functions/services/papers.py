"""Papers of a case: who may open one through a link, and the electronic invoice behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from functions.kernel.case import Case, Step
from functions.kernel.errors import Refused
from functions.kernel.papers import Paper
from functions.render.organisation import seller
from functions.services.links import Opened, open_link
from functions.services.wiring import Services


@dataclass(frozen=True, slots=True)
class OpenedPaper:
    """A paper that a link opens. ``made`` is when its readers could first open it."""

    opened: Opened
    paper: Paper
    made: datetime


def open_paper(services: Services, token: str, name: str) -> OpenedPaper:
    """The paper ``name`` of the case; ``Refused`` to whoever may not open it now."""
    opened = open_link(services, token)
    paper = next((p for p in opened.definition.papers if p.name == name), None)
    allowed = paper and opened.standing == "open" and paper.readable(opened.case, opened.party.role)
    if paper is None or not allowed:
        raise Refused
    steps = (told.entry.step for told in opened.file.history)
    return OpenedPaper(opened, paper, made_at(paper, opened.case, steps))


def electronic_invoice(services: Services, found: OpenedPaper, language: str) -> bytes:
    """The invoice as a file for the operator; ``Refused`` to whoever does not file it."""
    invoice, known = found.paper.invoice, seller()
    if found.opened.party.role not in found.paper.filed_by or invoice is None or known is None:
        raise Refused
    return services.einvoice(invoice(found.opened.case), known, language)


def made_at(paper: Paper, case: Case, steps: Iterable[Step]) -> datetime:
    """Since when all readers of a paper could open it as it is: one day for all of them.

    Where they never could together, or not yet, since when the case is where it is.
    """
    readers = [set(states) for states in paper.readers.values()]
    common = set.intersection(*readers) or set.union(*readers)
    came = [s.at for s in steps if s.target in common and s.source not in common]
    return came[-1] if came and case.state in common else case.entered_at
