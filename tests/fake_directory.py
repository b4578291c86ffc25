"""The directory in memory: what tests that are not about DynamoDB work with."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from functions import lists
from functions.kernel import clean
from functions.kernel.case import MailOrder
from functions.kernel.directory import (
    ChangeStamp,
    DirectoryEntry,
    DirectoryFile,
    by_finnish_name,
    is_offered,
    listing,
    people_of,
    person,
    who_answer,
    who_coordinate,
)
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.errors import Conflict
from functions.kernel.people import Listing, Person

FIELDS = {known.name: known.fields for known in lists.known()}  # of each list


class MemoryDirectory:
    """``DirectoryStore`` over two dictionaries; keeps the same contract as ``DynamoDirectory``."""

    def __init__(self, *entries: DirectoryEntry) -> None:
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self._entries: dict[tuple[str, str], DirectoryEntry] = {}
        self._revision = 0
        self.noted: dict[str, DirectoryChange] = {}
        self.post: Callable[[str, str, MailOrder, datetime], object] = lambda *_: None
        self.save(DirectoryFile(entries))

    def move(self, source: str, key: str, counter: str, step: int) -> None:
        """What a case's transaction does to ``ongoing`` or ``queued``."""
        self.counts[source, key, counter] += step

    def listings(self, source: str) -> Sequence[Listing]:
        everybody = (self._told(e) for (s, _), e in self._entries.items() if s == source)
        return tuple(sorted(filter(is_offered, everybody), key=by_finnish_name))

    def people(self, source: str, key: str) -> Sequence[Person]:
        known, theirs = lists.find(source), people_of(source)
        if known is None:
            return who_answer(source, key, self.listings(theirs))
        entry = self._entries.get((source, key))
        if entry is None or not (known.people or theirs != source):
            return ()
        if theirs != source:
            everybody = {x.key: x for x in self.listings(theirs)}
            return who_coordinate(self._told(entry), everybody)
        return () if entry.retired else (person(self._told(entry)),)

    def named(self, source: str, key: str) -> Listing | None:
        entry = self._entries.get((source, key))
        return self._told(entry) if entry else None

    def knows_domain(self, domain: str) -> bool:
        entry = self._entries.get(("domains", clean.domain(domain) or ""))
        return entry is not None and not entry.retired

    def entries(self, source: str) -> Sequence[DirectoryEntry]:
        return tuple(e for (s, _), e in sorted(self._entries.items()) if s == source)

    def entry(self, source: str, key: str) -> DirectoryEntry | None:
        return self._entries.get((source, key))

    def save(
        self,
        file: DirectoryFile,
        mark: ChangeStamp | None = None,
        changes: Sequence[DirectoryChange] = (),
        since: int | None = None,
    ) -> int:
        if since is not None and since != self._revision:
            raise Conflict
        for each in changes:
            self._note(each)
        self._revision += 1
        for each in file.entries:
            before = self._entries.get((each.source, each.key), each)
            forms = each.forms or before.forms
            self._entries[each.source, each.key] = replace(each, changed=mark, forms=forms)
        return len(file.entries)

    def read_anew(self) -> None:
        """Nothing is believed that was read before, anyway."""

    def revision(self) -> int:
        return self._revision

    def replace(
        self,
        entry: DirectoryEntry,
        mark: ChangeStamp,
        since: int,
        change: DirectoryChange | None = None,
    ) -> None:
        if since != self._revision:
            raise Conflict
        self.save(DirectoryFile((entry,)), mark, (change,) if change else ())

    def change(self, change_id: str) -> DirectoryChange | None:
        return self.noted.get(change_id)

    def changes(self, batch: str) -> Sequence[DirectoryChange]:
        return tuple(c for i, c in sorted(self.noted.items()) if c.batch == batch)

    def changes_since(self, moment: datetime) -> Sequence[DirectoryChange]:
        return tuple(c for i, c in sorted(self.noted.items()) if c.stamp.at >= moment)

    def _note(self, change: DirectoryChange) -> None:
        self.noted[change.id] = change
        order = MailOrder("follow", "", "directory", change.id, 0)
        self.post(f"directory#{change.id}", "0", order, change.stamp.at)

    def _told(self, entry: DirectoryEntry) -> Listing:
        counters = lists.counters(entry.source)
        return listing(entry, {c: self.counts[entry.source, entry.key, c] for c in counters})
