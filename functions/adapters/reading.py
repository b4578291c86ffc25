"""Reads the rows of cases. What cannot be read was edited in the store, which is an alarm
(``Broken``), or saved by a newer release, which is none (``Newer``): then it has its seal."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from functions.adapters.rows import (
    NO_CASE,
    CaseRow,
    case_from_plain,
    entry_from_row,
    summary_from_text,
)
from functions.kernel.case import Case
from functions.kernel.errors import Broken, Newer
from functions.kernel.history import SealKeys, covers, fits_as_kept
from functions.kernel.release import RELEASE
from functions.kernel.summary import HistorySummary
from functions.processes import checked
from functions.services.ports import BROKEN, NEWER, HistoryEntry

_log = logging.getLogger("kapula.cases")


def newer(where: str, plain: Any = None) -> Newer:
    """The error for a row of a newer release, which ``plain`` may name; logged with its place."""
    _log.warning(NEWER, where)
    release = plain.get("release", "") if isinstance(plain, dict) else ""
    return Newer(release if isinstance(release, str) and release != RELEASE else "")


def case_of(keys: SealKeys, row: CaseRow) -> Case:
    """The case of a row; ``Broken``, and an alarm, if the row is not as it was written, and
    ``Newer`` if it is, and this release does not understand it."""
    body: Any = row.body
    with _written(row.case):
        if (row.case, row.revision) != (body["id"], body["revision"]):
            raise ValueError(row.case)
        if not covers(keys, body, row.seal or "", row.cover or "", row.summary or ""):
            raise ValueError(row.case)
    with _understood(row.case, body):
        if row.more:
            raise ValueError(row.case)
        return checked(case_from_plain(body))


def summary_of(case: Case, row: CaseRow) -> HistorySummary:
    """The summary of a case's history, which is under the cover of its row."""
    with _understood(case.id, row.body):
        summary = summary_from_text(row.summary or "")
        checked(case, summary.last)
    return summary


def entry_of(keys: SealKeys, case: Case, row: CaseRow) -> HistoryEntry:
    """The entry of a row; whether its seal fits is asked of the whole chain. ``Newer`` if it does,
    and this release does not understand the entry; ``Broken``, and an alarm, if it does not."""
    with suppress(*NO_CASE, Broken):
        entry = entry_from_row(row)
        checked(case, [entry.sealed.event])
        if not row.more:
            return entry
    with _written(case.id):
        if not fits_as_kept(keys, case.id, row.body, row.answers, row.salt or ""):
            raise ValueError(row.part)
    raise newer(case.id, row.body)


@contextmanager
def _written(case_id: str) -> Iterator[None]:
    """``Broken``, and an alarm, if what is read of a case was edited to what it cannot be."""
    try:
        yield
    except NO_CASE as error:
        _log.error(BROKEN, case_id)
        raise Broken from error


@contextmanager
def _understood(case_id: str, plain: Any) -> Iterator[None]:
    """``Newer`` if what is read of a case is as it was written, but not as we know it."""
    try:
        yield
    except NO_CASE as error:
        raise newer(case_id, plain) from error
