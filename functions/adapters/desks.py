"""Desks in DynamoDB: worklist items under a person's key, and a list of them under the case's
key."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from functions.adapters.dynamo import DynamoSettings, DynamoTable, tolerant, write_all
from functions.adapters.rows import flat
from functions.kernel.errors import Conflict
from functions.kernel.people import Person
from functions.services.ports import IndexedItems, WorklistItem

_INDEXED = "indexed"
_LEFT, _AT_ONCE = "left", 500  # no desk: the cases that a newer release has to index
_LAST = "\U0010ffff"  # sorts after whatever a place goes on with


class WorklistRow(Model):
    """A worklist item, or the list of all items of one case."""

    desk = UnicodeAttribute(hash_key=True)
    sort_key = UnicodeAttribute(range_key=True)
    case = UnicodeAttribute(null=True)
    party = UnicodeAttribute(null=True)
    tags: JSONAttribute = JSONAttribute(null=True)
    person: JSONAttribute = JSONAttribute(null=True)
    version = NumberAttribute(null=True)
    revision = NumberAttribute(null=True)
    fingerprints: JSONAttribute = JSONAttribute(null=True)


class DynamoDesks:
    """``DeskStore`` on the table ``desks``."""

    def __init__(self, settings: DynamoSettings) -> None:
        self._settings = settings
        self._table = DynamoTable(WorklistRow, "desks", settings)
        self.row = self._table.row
        self.rows: tuple[Any, ...] = (self.row,)

    def indexed(self, case_id: str) -> IndexedItems:
        """See ``DeskStore.indexed``."""
        row = self._table.get(_of(case_id), _INDEXED)
        if row is None:
            return IndexedItems()
        return tolerant(_indexed, row, self._table.name) or IndexedItems(int(row.version or 0))

    def revision(self, case_id: str) -> int:
        """See ``DeskStore.revision``. A query, as who only reads desks may not read otherwise."""
        here = (self.row.desk == _of(case_id)) & (self.row.sort_key == _INDEXED)
        rows = list(self._table.query(here, limit=1))
        return int(rows[0].revision or 0) if rows else 0

    def change(
        self,
        case_id: str,
        seen: IndexedItems,
        put: Mapping[str, WorklistItem],
        drop: Sequence[tuple[str, str]],
        revision: int = 0,
    ) -> IndexedItems:
        """See ``DeskStore.change``. The case's own row, whose version guards the rest, is
        written in the same transaction, so that it always names exactly what lies out."""
        left = {key: tag for key, tag in seen.fingerprints.items() if key not in drop}
        left |= {(item.desk, item.sort_key): tag for tag, item in put.items()}
        fingerprints = sorted([desk, sort_key, tag] for (desk, sort_key), tag in left.items())
        version, latest = seen.version + 1, max(seen.revision, revision)
        own = self.row(
            _of(case_id), _INDEXED, version=version, fingerprints=fingerprints, revision=latest
        )
        row = self.row
        same = row.version == seen.version if seen.version else row.desk.does_not_exist()

        def fill(batch: TransactWrite) -> None:
            batch.save(own, condition=same)
            for item in put.values():
                batch.save(self.item_row(item))
            for desk, sort_key in drop:
                batch.delete(self.row(desk, sort_key))

        if write_all(self._settings, secrets.token_hex(18), fill):  # repeated by the SDK alone
            raise Conflict
        return IndexedItems(version, left, latest)

    def leave(self, case_id: str) -> None:
        """See ``DeskStore.leave``."""
        self._table.put(self.row(_LEFT, case_id))

    def left(self) -> Sequence[str]:
        """See ``DeskStore.left``."""
        return [row.sort_key for row in self._table.query(self.row.desk == _LEFT, limit=_AT_ONCE)]

    def take_up(self, case_id: str) -> None:
        """See ``DeskStore.take_up``."""
        self._table.delete(self.row(_LEFT, case_id))

    def page(self, desk: str, prefix: str, after: str, limit: int) -> Sequence[WorklistItem]:
        """See ``DeskStore.page``. One read of at most ``limit`` rows, whatever there is."""
        first = f"{after} " if after else prefix  # no place goes on with a space
        key = (self.row.desk == desk) & self.row.sort_key.between(first, prefix + _LAST)
        rows, where = self._table.query(key, limit=limit), self._table.name
        return tuple(item for row in rows if (item := tolerant(_item, row, where)) is not None)

    def item_row(self, item: WorklistItem) -> WorklistRow:
        """An item as it is kept."""
        return self.row(
            item.desk,
            item.sort_key,
            case=item.case,
            party=item.party,
            tags=list(item.tags) or None,
            person=flat(item.person) if item.person else None,
        )


def _of(case_id: str) -> str:
    return f"case#{case_id}"


def _indexed(row: WorklistRow) -> IndexedItems:
    items: Any = row.fingerprints  # what else a newer release keeps with one is not read
    laid = {(str(desk), str(at)): str(tag) for desk, at, tag, *_ in items}
    return IndexedItems(int(row.version or 0), laid, int(row.revision or 0))


def _item(row: WorklistRow) -> WorklistItem:
    """The item of a row; an error if it was edited to what none is."""
    person: Any = row.person
    tags: Any = row.tags or []
    known = {name: person[name] for name in Person.__slots__ if name in person} if person else {}
    person_seen = Person(**known) if person else None
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError(row.sort_key)
    return WorklistItem(
        row.desk, row.sort_key, str(row.case), str(row.party), tuple(tags), person_seen
    )
