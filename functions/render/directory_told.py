"""The lines of the mails that tell of changes in the directory."""

from collections.abc import Sequence

from functions.kernel.case import Case
from functions.kernel.directory_changes import Change, Kind
from functions.kernel.duties import declared
from functions.render.mail import reference
from functions.render.texts import maybe, page_text, process_text

MOST = 40  # lines in one mail


def change_lines(changes: Sequence[Change], language: str) -> tuple[str, ...]:
    """A line for everything that was done, up to 40, and one that says that there is more."""
    lines = [_line(change, kind, language) for change in changes for kind in change.kinds]
    return _at_most(lines, language)


def case_lines(cases: Sequence[Case], language: str) -> tuple[str, ...]:
    """A line for each case: what it is and its reference."""
    return _at_most([f"{reference(c.id)}: {_kind(c, language)}" for c in cases], language)


def _line(change: Change, kind: Kind, language: str) -> str:
    entry = change.after
    duties = [
        page_text(language, f"directory.fields.duties.{duty}") for duty in declared(entry.facts)
    ]
    return page_text(
        language,
        f"directory_told.{kind}",
        name=entry.names.get(language) or entry.key,
        list=page_text(language, f"directory.{entry.source}.title"),
        duties=", ".join(duties) or "–",
    )


def _kind(case: Case, language: str) -> str:
    own = maybe(case.process, language, f"forms.{case.form}.document")
    return own or process_text(case.process, language, "document")


def _at_most(lines: Sequence[str], language: str) -> tuple[str, ...]:
    more = (page_text(language, "directory_told.more"),) if len(lines) > MOST else ()
    return (*lines[:MOST], *more)
