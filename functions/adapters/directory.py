"""The directory in DynamoDB: one row per entry, all entries of a list under one key."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from functions import lists
from functions.adapters.dynamo import DynamoSettings, DynamoTable, tolerant, write_all
from functions.adapters.outbox import item_row
from functions.adapters.rows import CaseRow, KnownRow
from functions.kernel import LANGUAGES, clean
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
from functions.kernel.directory_changes import CHANGE_FACTS, KEPT, MOMENT, DirectoryChange
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import Conflict
from functions.kernel.people import Listing, Person

_Read = TypeVar("_Read")
_AT_ONCE = 30  # entries in one transaction, each with two rows of what is told of it
FRESH = 60.0  # seconds that a list is believed; one whose counts move, not at all
_CHANGES = "#changes"  # the list of what was done, for as long as it is remembered
_WHOLE = ("#", "revision")  # the row that every change of the directory moves on


class DirectoryItem(KnownRow):
    """An entry as the organisation wrote it, beside the counters that cases move.

    The counters are attributes of their own, so that a case's transaction can add to
    them and an import can leave them alone.
    """

    STREAM = None

    list = UnicodeAttribute(hash_key=True)
    key = UnicodeAttribute(range_key=True)
    entry: JSONAttribute = JSONAttribute(null=True)
    ongoing = NumberAttribute(null=True)
    queued = NumberAttribute(null=True)
    changed_at = UnicodeAttribute(null=True)
    changed_by = UnicodeAttribute(null=True)
    forms: JSONAttribute = JSONAttribute(null=True)
    revision = NumberAttribute(null=True)
    expires = TTLAttribute(null=True)


class DynamoDirectory:
    """``DirectoryStore`` on the table ``directory``. ``row`` is the model that cases count on.

    ``monotonic`` gives seconds; it decides how long a list read once is believed.
    """

    def __init__(
        self, settings: DynamoSettings, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._table = DynamoTable(DirectoryItem, "directory", settings)
        self.row = self._table.row
        self._outbox_row = DynamoTable(CaseRow, "cases", settings).row
        self._settings = settings
        self._monotonic = monotonic
        self._read: dict[str, tuple[float, Mapping[str, Listing]]] = {}

    def listings(self, source: str) -> Sequence[Listing]:
        """See ``Directory.listings``."""
        return tuple(x for x in self._all(source).values() if is_offered(x))

    def people(self, source: str, key: str) -> Sequence[Person]:
        """See ``Directory.people``. Nobody who is retired; the rest in the order written."""
        known, theirs = lists.find(source), people_of(source)
        if known is None:
            return who_answer(source, key, self._all(theirs).values())
        found = self.named(source, key)
        if found and theirs != source:
            return who_coordinate(found, self._all(theirs))
        return (person(found),) if found and known.people and is_offered(found) else ()

    def named(self, source: str, key: str) -> Listing | None:
        """See ``Directory.named``; ``facts["retired"]`` is there if the entry is retired."""
        if not lists.counters(source):
            return self._all(source).get(key)
        row = self._table.get(source, key)
        return self._read_of(_listing, row) if row and row.entry else None

    def knows_domain(self, domain: str) -> bool:
        """See ``Directory.knows_domain``. A subdomain is another domain."""
        form = clean.domain(domain)
        known = self._all("domains").get(form) if form else None
        return known is not None and is_offered(known)

    def entries(self, source: str) -> Sequence[DirectoryEntry]:
        """See ``DirectoryStore.entries``."""
        return tuple(self._each(_entry, self._rows(source)))

    def entry(self, source: str, key: str) -> DirectoryEntry | None:
        """See ``DirectoryStore.entry``. One consistent read, whatever is believed of the list."""
        row = self._table.get(source, key)
        return self._read_of(_entry, row) if row and row.entry else None

    def save(
        self,
        file: DirectoryFile,
        stamp: ChangeStamp | None = None,
        changes: Sequence[DirectoryChange] = (),
        since: int | None = None,
    ) -> int:
        """See ``DirectoryStore.save``. Safe to repeat, if it should stop half-way.

        Some entries, what is told of them and the revision are one transaction, under the condition
        that the revision is what it was before: no page's check spans a part of an import.
        """
        revision = self.revision() if since is None else since
        notified = {(c.after.source, c.after.key): c for c in changes}
        entries = [entry for source in lists.saving_order() for entry in file.of(source)]
        saving = [(entry, notified.pop((entry.source, entry.key), None)) for entry in entries]
        for first in range(0, len(saving), _AT_ONCE):
            self._write(saving[first : first + _AT_ONCE], stamp, revision)
            revision += 1
        for each in notified.values():
            write_all(self._settings, each.id, partial(self._log_change, each))
        return len(file.entries)

    def read_anew(self) -> None:
        """See ``DirectoryStore.read_anew``."""
        self._read.clear()

    def revision(self) -> int:
        """See ``DirectoryStore.revision``."""
        row = self._table.get(*_WHOLE)
        return int(row.revision or 0) if row else 0

    def replace(
        self,
        entry: DirectoryEntry,
        stamp: ChangeStamp,
        since: int,
        change: DirectoryChange | None = None,
    ) -> None:
        """See ``DirectoryStore.replace``. The entry and the revision are one transaction."""
        self._write([(entry, change)], stamp, since)

    def _write(
        self,
        saving: Sequence[tuple[DirectoryEntry, DirectoryChange | None]],
        stamp: ChangeStamp | None,
        since: int,
    ) -> None:
        """Save some entries and move the revision on from ``since``, or nothing: ``Conflict``."""
        revision: Any = self.row.revision
        unchanged = revision == since if since else revision.does_not_exist()

        def fill(batch: TransactWrite) -> None:
            moved = [revision.set(since + 1)]
            batch.update(self.row(*_WHOLE), actions=moved, condition=unchanged)
            for entry, change in saving:
                row = self.row(entry.source, entry.key)
                batch.update(row, actions=self._written(entry, stamp))
                if change:
                    self._log_change(change, batch)

        token = f"{[entry for entry, _ in saving]}{stamp}{since}"
        if write_all(self._settings, token, fill):
            raise Conflict
        self._read.clear()

    def change(self, change_id: str) -> DirectoryChange | None:
        """See ``DirectoryStore.change``."""
        row = self._table.get(_CHANGES, change_id)
        return self._read_of(_change, row) if row else None

    def changes(self, batch: str) -> Sequence[DirectoryChange]:
        """See ``DirectoryStore.changes``."""
        return self._changes(self.row.key.startswith(f"{batch}."))

    def changes_since(self, moment: datetime) -> Sequence[DirectoryChange]:
        """See ``DirectoryStore.changes_since``."""
        return self._changes(self.row.key >= moment.strftime(MOMENT))

    def _changes(self, which: Condition) -> Sequence[DirectoryChange]:
        rows = self._table.query((self.row.list == _CHANGES) & which)
        return tuple(self._each(_change, rows))

    def _read_of(self, read: Callable[[DirectoryItem], _Read], row: DirectoryItem) -> _Read | None:
        """What a row says; None, and an alarm, if it was edited to what it cannot be."""
        return tolerant(read, row, f"{self._table.name}#{row.list}#{row.key}")

    def _each(
        self, read: Callable[[DirectoryItem], _Read], rows: Iterable[DirectoryItem]
    ) -> Iterator[_Read]:
        """What each of some rows says, without those that cannot be read."""
        return (found for row in rows if (found := self._read_of(read, row)) is not None)

    def _log_change(self, change: DirectoryChange, batch: TransactWrite) -> None:
        """Remember a change, and order that it is told of."""
        plain = {"before": _slim(change.before), "after": _slim(change.after)}
        more = {"undoes": change.undoes, "by_person": change.by_person, "shown": change.shown}
        entry = plain | {name: value for name, value in more.items() if value}
        row = self.row(_CHANGES, change.id)
        actions: list[Action] = [
            self.row.entry.set(entry),
            self.row.changed_at.set(change.stamp.at.isoformat()),
            self.row.changed_by.set(change.stamp.by),
            self.row.expires.set(change.stamp.at + KEPT),
        ]
        batch.update(row, actions=actions)
        order = MailOrder("follow", "", DIRECTORY, change.id, 0)
        batch.save(
            item_row(self._outbox_row, f"{DIRECTORY}#{change.id}", "0", order, change.stamp.at)
        )

    def _written(self, entry: DirectoryEntry, stamp: ChangeStamp | None) -> list[Action]:
        plain = {"names": entry.names, "facts": entry.facts, "retired": entry.retired}
        return [
            self.row.entry.set(plain),
            self.row.changed_at.set(stamp.at.isoformat())
            if stamp
            else self.row.changed_at.remove(),
            self.row.changed_by.set(stamp.by) if stamp else self.row.changed_by.remove(),
            *([self.row.forms.set(list(entry.forms))] if entry.forms else []),
        ]

    def _all(self, source: str) -> Mapping[str, Listing]:
        now = self._monotonic()
        if source in self._read:
            read_at, known = self._read[source]
            if now - read_at < FRESH:
                return known
        read = self._each(_listing, self._rows(source))
        known = {x.key: x for x in sorted(read, key=by_finnish_name)}
        if not lists.counters(source):
            self._read[source] = (now, known)
        return known

    def _rows(self, source: str) -> Sequence[DirectoryItem]:
        """All pages of a list, by key. A counter moved without an entry is nobody's."""
        return tuple(row for row in self._table.query(self.row.list == source) if row.entry)


def _listing(row: DirectoryItem) -> Listing:
    counts = {name: int(getattr(row, name) or 0) for name in lists.counters(row.list)}
    return listing(_entry(row), counts)


def _entry(row: DirectoryItem) -> DirectoryEntry:
    stamp = ChangeStamp(_moment(row.changed_at), row.changed_by or "") if row.changed_at else None
    entry, forms = _from_plain(row.entry, row.list, row.key), tuple(row.forms or ())
    is_newer = entry.newer or row.more
    return replace(entry, changed=stamp, forms=forms, newer=is_newer)


def _from_plain(plain: Any, source: str, key: str) -> DirectoryEntry:
    """An entry as it was written; an error if it was edited to what none is."""
    facts = {k: tuple(v) if isinstance(v, list) else v for k, v in plain["facts"].items()}
    more = not {"names", "facts", "retired"}.issuperset(plain) or not lists.knows(source, facts)
    if more and isinstance(facts.get("language"), str) and facts["language"] not in LANGUAGES:
        facts["language"] = LANGUAGES[0]  # to be read and written to until the release is updated
    entry = DirectoryEntry(source, key, dict(plain["names"]), facts, plain["retired"], newer=more)
    known = isinstance(entry.retired, bool) and all(
        all(isinstance(v, str) for v in fact)
        if isinstance(fact, tuple)
        else isinstance(fact, str | int)
        for fact in facts.values()
    )
    named = bool(entry.names["fi"]) and all(isinstance(v, str) for v in entry.names.values())
    if not (known and named and facts.get("language", LANGUAGES[0]) in LANGUAGES):
        raise ValueError(key)
    return entry


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def _slim(entry: DirectoryEntry | None) -> dict[str, Any] | None:
    """Of an entry what a change is told and undone by."""
    if entry is None:
        return None
    facts = {name: entry.facts[name] for name in CHANGE_FACTS if name in entry.facts}
    return {"names": entry.names, "facts": facts, "retired": entry.retired}


def _change(row: DirectoryItem) -> DirectoryChange:
    plain: Any = row.entry
    _, source, key = row.key.split(".", 2)
    before = _from_plain(plain["before"], source, key) if plain["before"] else None
    stamp = ChangeStamp(_moment(row.changed_at or ""), row.changed_by or "")
    after = _from_plain(plain["after"], source, key)
    undoes, by_person = plain.get("undoes", ""), plain.get("by_person", False)
    return DirectoryChange(before, after, stamp, undoes, by_person, plain.get("shown", False))
