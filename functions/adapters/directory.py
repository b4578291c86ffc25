"""The directory in DynamoDB: one row per entry, all entries of a list under one key."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from functions.adapters.dynamo import Place, answering, bound, write_all
from functions.kernel import clean
from functions.kernel.directory import (
    PEOPLE_OF,
    SOURCES,
    DirectoryFile,
    Entry,
    Mark,
    by_finnish_name,
    is_offered,
    listing,
    person,
    who_answer,
    who_coordinate,
)
from functions.kernel.errors import Conflict
from functions.kernel.people import Listing, Person

FRESH = 60.0  # seconds that a list is believed; one whose counts move, not at all
_COUNTED = "supervisors"
_WHOLE = ("#", "revision")  # the row that every change of the directory moves on


class DirectoryItem(Model):
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
    revision = NumberAttribute(null=True)


class DynamoDirectory:
    """``Register`` on the table ``directory``. ``row`` is the model that cases count on.

    ``monotonic`` gives seconds; it decides how long a list read once is believed.
    """

    def __init__(self, place: Place, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.row = bound(DirectoryItem, "directory", place)
        self._place = place
        self._monotonic = monotonic
        self._read: dict[str, tuple[float, Mapping[str, Listing]]] = {}

    def listings(self, source: str) -> Sequence[Listing]:
        """See ``Directory.listings``."""
        return tuple(x for x in self._all(source).values() if is_offered(x))

    def people(self, source: str, key: str) -> Sequence[Person]:
        """See ``Directory.people``. Nobody who is retired; the rest in the order written."""
        if source not in SOURCES and source in PEOPLE_OF:
            return who_answer(source, key, self._all(PEOPLE_OF[source]).values())
        found = self.named(source, key)
        if found is None or source == "domains":
            return ()
        if source == "units":
            return who_coordinate(found, self._all("coordinators"))
        return (person(found),) if is_offered(found) else ()

    def named(self, source: str, key: str) -> Listing | None:
        """See ``Directory.named``; ``facts["retired"]`` is there if the entry is retired."""
        if source != _COUNTED:
            return self._all(source).get(key)
        with answering():
            try:
                row = self.row.get(source, key, consistent_read=True)
            except DoesNotExist:
                return None
        return _told(row) if row.entry else None

    def knows_domain(self, domain: str) -> bool:
        """See ``Directory.knows_domain``. A subdomain is another domain."""
        form = clean.domain(domain)
        known = self._all("domains").get(form) if form else None
        return known is not None and is_offered(known)

    def entries(self, source: str) -> Sequence[Entry]:
        """See ``Register.entries``."""
        return tuple(_entry(row) for row in self._rows(source))

    def entry(self, source: str, key: str) -> Entry | None:
        """See ``Register.entry``. One consistent read, whatever is believed of the list."""
        with answering():
            try:
                row = self.row.get(source, key, consistent_read=True)
            except DoesNotExist:
                return None
        return _entry(row) if row.entry else None

    def save(self, file: DirectoryFile, mark: Mark | None = None) -> int:
        """See ``Register.save``. Safe to repeat, if it should stop half-way.

        The revision moves before and after, so that nobody's check spans a whole import.
        """
        with answering():
            self._move_on()
            for source in SOURCES:
                for entry in file.of(source):
                    self.row(source, entry.key).update(actions=self._written(entry, mark))
            self._move_on()
        self._read.clear()
        return len(file.entries)

    def revision(self) -> int:
        """See ``Register.revision``."""
        with answering():
            try:
                row = self.row.get(*_WHOLE, consistent_read=True)
            except DoesNotExist:
                return 0
        return int(row.revision or 0)

    def replace(self, entry: Entry, mark: Mark, since: int) -> None:
        """See ``Register.replace``. The entry and the revision are one transaction."""
        revision: Any = self.row.revision
        unchanged = revision == since if since else revision.does_not_exist()

        def fill(batch: TransactWrite) -> None:
            moved = [revision.set(since + 1)]
            batch.update(self.row(*_WHOLE), actions=moved, condition=unchanged)
            row = self.row(entry.source, entry.key)
            batch.update(row, actions=self._written(entry, mark))

        told = f"{entry}{mark.at.isoformat()}{mark.by}{since}"
        token = hashlib.sha256(told.encode()).hexdigest()[:36]
        if write_all(self._place, token, fill):
            raise Conflict
        self._read.clear()

    def _move_on(self) -> None:
        self.row(*_WHOLE).update(actions=[self.row.revision.add(1)])

    def _written(self, entry: Entry, mark: Mark | None) -> list[Action]:
        plain = {"names": entry.names, "facts": entry.facts, "retired": entry.retired}
        return [
            self.row.entry.set(plain),
            self.row.changed_at.set(mark.at.isoformat()) if mark else self.row.changed_at.remove(),
            self.row.changed_by.set(mark.by) if mark else self.row.changed_by.remove(),
        ]

    def _all(self, source: str) -> Mapping[str, Listing]:
        now = self._monotonic()
        if source in self._read:
            read_at, known = self._read[source]
            if now - read_at < FRESH:
                return known
        known = {x.key: x for x in sorted(map(_told, self._rows(source)), key=by_finnish_name)}
        if source != _COUNTED:
            self._read[source] = (now, known)
        return known

    def _rows(self, source: str) -> Sequence[DirectoryItem]:
        """All pages of a list, by key. A counter moved without an entry is nobody's."""
        with answering():
            rows = tuple(self.row.query(source, consistent_read=True))
        return tuple(row for row in rows if row.entry)


def _told(row: DirectoryItem) -> Listing:
    return listing(_entry(row), int(row.ongoing or 0), int(row.queued or 0))


def _entry(row: DirectoryItem) -> Entry:
    plain: Any = row.entry
    facts = {k: tuple(v) if isinstance(v, list) else v for k, v in plain["facts"].items()}
    mark = Mark(datetime.fromisoformat(row.changed_at), row.changed_by) if row.changed_at else None
    return Entry(row.list, row.key, plain["names"], facts, plain["retired"], mark)
