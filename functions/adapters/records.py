"""Reads cases with their histories. A subcase is read with the case that it is a part of, for its
people are the people of that."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from functions.adapters.reading import case_of, entry_of, summary_of, written
from functions.adapters.rows import CASE, history_part
from functions.adapters.waiting import Waiting
from functions.kernel.case import Case
from functions.kernel.errors import Broken
from functions.kernel.subcases import root_of
from functions.services.ports import HISTORY_PAGE, CaseRecord, Found

Rows = Mapping[str, Any]  # heads of cases, by their ids
_READS = 3  # of a case that is written to meanwhile
_LONGEST_ID = 64 + 40  # of a case, and what the id of a subcase has behind it


class Reading(Waiting):
    """The part of ``CaseStore`` that reads cases."""

    def case(self, case_id: str) -> CaseRecord | None:
        """See ``CaseStore.case``. One query, as the newest entries lie next to the case."""
        return self._newest(case_id, 1) if _can_be(case_id) else None

    def page(self, case_id: str) -> CaseRecord | None:
        """See ``CaseStore.page``."""
        return self._newest(case_id, HISTORY_PAGE) if _can_be(case_id) else None

    def load(self, case_id: str) -> CaseRecord | None:
        """See ``CaseStore.load``."""
        return self._newest(case_id, None) if _can_be(case_id) else None

    def _newest(self, case_id: str, limit: int | None) -> CaseRecord | None:
        """The case with at most so many entries. Consistent, since decisions are made on it.

        A query is no snapshot: what somebody writes meanwhile may show in a part of its rows, so
        it is asked again where its last entry is not that of the case.
        """
        key = (self.row.case == case_id) & (self.row.part <= CASE)
        for _ in range(_READS):
            rows = list(self._table.query(key, limit=limit and limit + 1, forward=False))
            if not rows or rows[0].part != CASE:
                return None
            last = int(rows[0].revision or 0)
            if len(rows) > 1 and rows[1].part == history_part(last):
                break
        asked = range(max(0, last + 1 - limit), last + 1) if limit else None
        return self._record(rows[0], rows[:0:-1], asked)

    def entries(self, record: CaseRecord, numbers: range) -> CaseRecord:
        """See ``CaseStore.entries``."""
        asked = range(max(0, numbers.start), min(numbers.stop + 1, record.entries))
        rows: list[Any] = []
        if asked:
            here = self.row.part.between(history_part(asked[0]), history_part(asked[-1]))
            rows = list(self._table.query((self.row.case == record.case.id) & here))
        read = tuple(entry_of(self.keys, record.case, row) for row in rows)
        return replace(record, history=read, asked=asked)

    def _record(
        self, first: Any, history: Sequence[Any], asked: range | None, parents: Rows | None = None
    ) -> CaseRecord:
        case = self._whole(first, parents)
        summary = summary_of(case, first)
        read = tuple(entry_of(self.keys, case, row) for row in history)
        left, has_break = int(first.unerased or 0), bool(first.broken)
        return CaseRecord(case, read, first.seal or "", self.keys, summary, asked, left, has_break)

    def _whole(self, row: Any, parents: Rows | None = None) -> Case:
        """The case of a row; a subcase with the case that it is a part of, which is among the
        ``parents`` or is read now."""
        case, root = case_of(self.keys, row), root_of(row.case)
        if root == case.id:
            return case
        if parents is None:
            key = (self.row.case == root) & (self.row.part == CASE)
            parents = {each.case: each for each in self._table.query(key)}
        with written(case.id):
            parent = parents[root]
        return case.inside(case_of(self.keys, parent))

    def records(self, case_ids: Sequence[str]) -> Mapping[str, CaseRecord]:
        """See ``CaseStore.records``."""
        rows = self._heads(case_ids)
        found: dict[str, CaseRecord] = {}
        for case_id in (i for i in case_ids if i in rows):
            with suppress(Broken):  # the alarm has been raised
                found[case_id] = self._record(rows[case_id], (), range(0), rows)
        return found

    def _heads(self, case_ids: Sequence[str]) -> Rows:
        """The rows of cases by their ids, and of those that they are parts of."""
        each = (there for i in case_ids for there in (i, root_of(i)))
        asked = [(i, CASE) for i in each if _can_be(i)]
        return {row.case: row for row in self._table.several(dict.fromkeys(asked))}

    def several(self, case_ids: Sequence[str]) -> Found:
        """See ``CaseStore.several``. One consistent BatchGetItem, for desks show what is."""
        rows, found = self._heads(case_ids), Found()
        there = [i for i in dict.fromkeys(case_ids) if i in rows]
        for case_id in there:
            try:
                found[case_id] = self._whole(rows[case_id], rows)
            except Broken as error:  # the alarm has been raised
                found.broken[case_id] = error
        return found


def _can_be(case_id: str) -> bool:
    """Whether this can be a case's id. Addresses and forms name whatever they like, and what
    cannot be a key DynamoDB answers with an error, not with nothing."""
    return 0 < len(case_id) <= _LONGEST_ID
