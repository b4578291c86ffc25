"""The papers of a case that its reader may open now, as links on the case's page."""

from dataclasses import dataclass

from functions.kernel.case import Case
from functions.render.words import Words


@dataclass(frozen=True, slots=True)
class Offer:
    """A paper to open; ``filed``: as an electronic invoice, too."""

    name: str
    title: str
    filed: bool


def offers(words: Words, case: Case, role: str) -> tuple[Offer, ...]:
    """Those that ``role`` may open, in the order of the definition."""
    return tuple(
        Offer(p.name, words.text(f"papers.{p.name}.button"), role in p.filed_by)
        for p in words.definition.papers
        if p.readable(case, role)
    )
