"""Desks in DynamoDB: cards under a person's key, and what lies out for a case under its own."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from functions.adapters.dynamo import Place, Table, write_all
from functions.adapters.rows import flat
from functions.kernel.errors import Conflict
from functions.kernel.people import Person
from functions.services.ports import Card, Indexed

_INDEXED = "indexed"
_LAST = "\U0010ffff"  # sorts after whatever a place goes on with


class DeskRow(Model):
    """A card, or the list of all cards of one case."""

    desk = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)
    case = UnicodeAttribute(null=True)
    party = UnicodeAttribute(null=True)
    marks: JSONAttribute = JSONAttribute(null=True)
    person: JSONAttribute = JSONAttribute(null=True)
    version = NumberAttribute(null=True)
    revision = NumberAttribute(null=True)
    cards: JSONAttribute = JSONAttribute(null=True)


class DynamoDesks:
    """``DeskStore`` on the table ``desks``."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._table = Table(DeskRow, "desks", place)
        self.row = self._table.row
        self.rows: tuple[Any, ...] = (self.row,)

    def indexed(self, case_id: str) -> Indexed:
        """See ``DeskStore.indexed``."""
        row = self._table.get(_of(case_id), _INDEXED)
        if row is None:
            return Indexed()
        cards: Any = row.cards
        laid = {(desk, at): print_ for desk, at, print_ in cards}
        return Indexed(int(row.version or 0), laid, int(row.revision or 0))

    def revision(self, case_id: str) -> int:
        """See ``DeskStore.revision``. A query, as who only reads desks may not read otherwise."""
        here = (self.row.desk == _of(case_id)) & (self.row.place == _INDEXED)
        rows = list(self._table.query(here, limit=1))
        return int(rows[0].revision or 0) if rows else 0

    def change(
        self,
        case_id: str,
        seen: Indexed,
        put: Mapping[str, Card],
        drop: Sequence[tuple[str, str]],
        revision: int = 0,
    ) -> Indexed:
        """See ``DeskStore.change``. The case's own row, whose version guards the rest, is
        written in the same transaction, so that it always names exactly what lies out."""
        left = {key: mark for key, mark in seen.cards.items() if key not in drop}
        left |= {(card.desk, card.place): mark for mark, card in put.items()}
        listed = sorted([desk, place, mark] for (desk, place), mark in left.items())
        version, latest = seen.version + 1, max(seen.revision, revision)
        own = self.row(_of(case_id), _INDEXED, version=version, cards=listed, revision=latest)
        row = self.row
        same = row.version == seen.version if seen.version else row.desk.does_not_exist()

        def fill(batch: TransactWrite) -> None:
            batch.save(own, condition=same)
            for card in put.values():
                batch.save(self.card_row(card))
            for desk, place in drop:
                batch.delete(self.row(desk, place))

        if write_all(self._place, secrets.token_hex(18), fill):  # repeated by the SDK alone
            raise Conflict
        return Indexed(version, left, latest)

    def page(self, desk: str, prefix: str, after: str, most: int) -> Sequence[Card]:
        """See ``DeskStore.page``. One read of at most ``most`` rows, whatever there is."""
        first = f"{after} " if after else prefix  # no place goes on with a space
        key = (self.row.desk == desk) & self.row.place.between(first, prefix + _LAST)
        return tuple(map(_card, self._table.query(key, limit=most)))

    def card_row(self, card: Card) -> DeskRow:
        """A card as it is kept."""
        return self.row(
            card.desk,
            card.place,
            case=card.case,
            party=card.party,
            marks=list(card.marks) or None,
            person=flat(card.person) if card.person else None,
        )


def _of(case_id: str) -> str:
    return f"case#{case_id}"


def _card(row: DeskRow) -> Card:
    person: Any = row.person
    marks: Any = row.marks or ()
    told = Person(**person) if person else None
    return Card(row.desk, row.place, str(row.case), str(row.party), tuple(marks), told)
