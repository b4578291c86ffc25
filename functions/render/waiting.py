"""The lines of a digest: references, states, roles and days; no names and no titles."""

from collections.abc import Sequence

from functions.kernel.case import Case
from functions.processes import pinned
from functions.render import dates
from functions.render.mail import reference
from functions.render.texts import page_text, process_text


def waiting_lines(cases: Sequence[Case], more: bool, language: str) -> tuple[str, ...]:
    """A line for each case that waits, and one that says that there are more."""
    lines = [_line(case, language) for case in cases]
    if more:
        lines.append(page_text(language, "digest.more"))
    return tuple(lines)


def _line(case: Case, language: str) -> str:
    turn = pinned(case.process, case.version).turn(case)
    return page_text(
        language,
        "digest.line",
        reference=reference(case.id),
        state=process_text(case.process, language, f"states.{case.state}.name"),
        who=process_text(case.process, language, f"roles.{turn}"),
        when=dates.day(case.since, language),
    )
