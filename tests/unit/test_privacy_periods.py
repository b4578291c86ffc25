"""The privacy notice says how long confirmed applications are kept; time keeps them as long."""

import re
from pathlib import Path

import pytest

from functions.kernel.definition import Definition
from functions.kernel.spans import Calendar
from functions.processes import current

SITE = Path(__file__).parents[2] / "site"
LINES = {
    "fi/tietosuoja.md": "- Vahvistettu hakemus:",
    "sv/dataskydd.md": "- En bekräftad ansökan:",
    "en/privacy.md": "- A confirmed application:",
}


def kept_months(definition: Definition) -> set[int]:
    """For how many months each state is kept from which time erases at once."""
    erasing = {(t.source, t.action) for t in definition.transitions if t.forgets}
    return {
        rung.after.months
        for state in definition.states
        for rung in state.ladder
        if (state.name, rung.action) in erasing and isinstance(rung.after, Calendar)
    }


@pytest.mark.parametrize("page", LINES)
def test_notice_says_the_period_that_applications_are_kept(page: str) -> None:
    text = (SITE / page).read_text(encoding="utf-8")
    (line,) = [x for x in text.splitlines() if x.startswith(LINES[page])]
    assert {int(n) for n in re.findall(r"\d+", line)} == kept_months(current("supervision"))
