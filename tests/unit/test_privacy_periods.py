"""The privacy notice says how long everything is kept; time keeps it as long, and no longer."""

import re
from pathlib import Path

import pytest

from functions.adapters.grants import REMEMBERED
from functions.kernel.definition import Definition
from functions.kernel.directory_changes import KEPT
from functions.kernel.durations import Calendar
from functions.processes import current
from functions.services.container import Rules

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"
PAGES = {"fi/tietosuoja.md": "fi", "sv/dataskydd.md": "sv", "en/privacy.md": "en"}
# How the line about each begins, in the order of ``PAGES``.
APPLIED = ("- Vahvistettu hakemus:", "- En bekräftad ansökan:", "- A confirmed application:")
WRITTEN = (
    "- Vahvistettu yhteydenotto:", "- Ett bekräftat meddelande:", "- A confirmed message:",
)  # fmt: skip
ASKED = ("- Tarjouspyyntö,", "- En offertförfrågan", "- A request for a quote")
AGREED = ("- Sovittu työ", "- Avtalat arbete", "- Agreed work")
COUNTS = ("- Viestien ja lomakkeiden", "- Antalet meddelanden", "- Counts of emails")
LINKS = ("- Lähettämiemme linkkien", "- Koderna för länkarna", "- Codes of the links")
PEOPLE = ("- Koordinaattorien,", "- Katalogen över", "- The directory of")
CHANGES = ("- Luettelon muutokset:", "- Ändringar i katalogen:", "- Changes to the directory:")
LOGS = ("- Tekniset lokit:", "- Tekniska loggar:", "- Technical logs:")
BACKUPS = ("- Varmuuskopiot:", "- Säkerhetskopior:", "- Backups:")
ERASED = ("Kerromme, mitä poistettiin", "Vi berättar vad som har", "We tell you what was deleted")
UNITS = {"päiv": 1, "dag": 1, "day": 1, "kuuk": 30, "mån": 30, "month": 30, "vuo": 360, "år": 360,
         "year": 360}  # fmt: skip


def kept(definition: Definition, forms: tuple[str, ...]) -> set[int]:
    """For how many months cases of these forms are kept, in each state that time erases."""
    found = set()
    for way in map(definition.for_form, forms):
        erasing = {(t.source, t.action) for t in way.transitions if t.erases}
        found |= {
            timer.after.months
            for state in way.states
            for timer in state.timers
            if (state.name, timer.action) in erasing and isinstance(timer.after, Calendar)
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


def backups() -> set[int]:
    """For how many days each table can be put back to any moment."""
    text = (ROOT / "infra/aws/tables.yml").read_text(encoding="utf-8")
    found = re.findall(r"\{PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: (\d+)\}", text)
    assert len(found) == text.count("Type: AWS::DynamoDB::Table")
    return set(map(int, found))


def logs() -> set[int]:
    text = (ROOT / "serverless.yml").read_text(encoding="utf-8")
    return set(map(int, re.findall(r"^  logRetentionInDays: (\d+)$", text, re.MULTILINE)))


EXPECTED = {
    APPLIED: months(*kept(current("supervision"), ("individual", "group", "merged"))),
    WRITTEN: months(*kept(current("contact"), ("message",))),
    AGREED: months(84, 12),
    LINKS: {REMEMBERED.days},
    PEOPLE: set(),
    CHANGES: {KEPT.days},
    LOGS: logs(),
    BACKUPS: backups(),
    ERASED: backups(),
}


@pytest.mark.parametrize("starts", EXPECTED, ids=lambda starts: starts[-1])
@pytest.mark.parametrize("page", PAGES)
def test_notice_says_as_long_as_it_is(page: str, starts: tuple[str, ...]) -> None:
    assert periods(line(page, starts)) == EXPECTED[starts]


@pytest.mark.parametrize("page", PAGES)
def test_orders_and_invoices_are_kept_as_long_as_the_notice_says(page: str) -> None:
    quotes = kept(current("quote"), ("request", "invoice"))
    orders = kept(current("supervision"), ("ordered",))
    assert months(*(quotes | orders)) == periods(line(page, AGREED))
    assert months(12) <= periods(line(page, ASKED)) <= {7, *months(12)}


@pytest.mark.parametrize("page", PAGES)
def test_counts_are_kept_as_long_as_the_notice_says(page: str) -> None:
    suppressed = Rules("", "", b"").suppression.days
    assert periods(line(page, COUNTS)) == {2, suppressed}


# What a supervisee sees of a case, as the notice says it, in the order of ``PAGES``.
TOLD = {
    "title": ("hakemuksen nimen", "ansökans namn", "name of the application"),
    "form_of_supervision": ("ohjauksen muodon", "handledningens form", "form of supervision"),
    "first_session": ("ensimmäisen tapaamisen", "första träffen", "first session"),
    "contact_instructions": ("yhteydenotto-ohjeet", "kontaktanvisning", "contact instructions"),
    "members_question": ("kysytty", "frågats", "asked"),
    "members_reply": ("vastattu", "svaret", "answered"),
    "party.manager": ("esihenkilön", "chefens", "line manager"),
    "party.coordinator": ("koordinaattorin", "koordinatorns", "coordinator"),
    "party.supervisee": ("toistensa", "varandras", "each other"),
    "party.supervisor": ("työnohjaajan nimen", "arbetshandledarens namn", "supervisor's name"),
}


@pytest.mark.parametrize("page", PAGES)
def test_notice_tells_all_that_a_supervisee_sees(page: str) -> None:
    seen = {
        thing for thing, who in current("supervision").visibility.items() if "supervisee" in who
    }
    assert seen == set(TOLD)
    starts = ("Ryhmän ohjattavat", "De handledda", "The supervisees")[list(PAGES).index(page)]
    whole = next(x for x in (SITE / page).read_text().splitlines() if starts in x)
    told = whole[whole.index(starts) :]
    assert [t for t in TOLD.values() if t[list(PAGES).index(page)] not in told] == []
