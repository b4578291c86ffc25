"""The privacy notice says how long everything is kept; time keeps it as long, and no longer."""

import re
from pathlib import Path

from functions.kernel.definition import Definition
from functions.kernel.spans import Calendar

SITE = Path(__file__).parents[2] / "site"
PAGES = {"fi/tietosuoja.md": "fi", "sv/dataskydd.md": "sv", "en/privacy.md": "en"}
# How the line about each begins, in the order of ``PAGES``.
APPLIED = ("- Vahvistettu hakemus:", "- En bekräftad ansökan:", "- A confirmed application:")
WRITTEN = (
    "- Vahvistettu yhteydenotto:", "- Ett bekräftat meddelande:", "- A confirmed message:",
)  # fmt: skip
ASKED = ("- Tarjouspyyntö,", "- En offertförfrågan", "- A request for a quote")
AGREED = ("- Sovittu työ", "- Avtalat arbete", "- Agreed work")
COUNTS = ("- Viestien ja lomakkeiden", "- Antalet meddelanden", "- Counts of emails")
UNITS = {"päiv": 1, "dag": 1, "day": 1, "kuuk": 30, "mån": 30, "month": 30, "vuo": 360, "år": 360,
         "year": 360}  # fmt: skip


def kept(definition: Definition, forms: tuple[str, ...]) -> set[int]:
    """For how many months cases of these forms are kept, in each state that time erases."""
    found = set()
    for way in map(definition.way, forms):
        erasing = {(t.source, t.action) for t in way.transitions if t.forgets}
        found |= {
            rung.after.months
            for state in way.states
            for rung in state.ladder
            if (state.name, rung.action) in erasing and isinstance(rung.after, Calendar)
        }
    return found


def line(page: str, starts: tuple[str, ...]) -> str:
    text = (SITE / page).read_text(encoding="utf-8")
    start = starts[[*PAGES].index(page)]
    (found,) = [x for x in text.splitlines() if x.startswith(start)]
    return found


def periods(said: str) -> set[int]:
    """The periods in a line, in days of months with thirty."""
    found = re.findall(r"(\d+) (\w+)", said)
    return {int(n) * next(d for unit, d in UNITS.items() if word.startswith(unit))
            for n, word in found}  # fmt: skip


def months(*numbers: int) -> set[int]:
    return {n * 30 for n in numbers}
