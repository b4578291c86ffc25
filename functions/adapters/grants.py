"""Grants of links in DynamoDB: the hash of a token and what it permits."""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pynamodb.transactions import TransactWrite

from functions.adapters.dynamo import DynamoSettings, DynamoTable, tolerant, write_all
from functions.adapters.reading import newer
from functions.adapters.rows import GrantRow, flat, stamp
from functions.services.ports import PURPOSES, Grant

# A link that has expired still opens a page that offers a fresh one, for this long.
REMEMBERED = timedelta(days=365)
_MOMENTS = ("expires_at", "made_at")
_NEWEST = "newest#"  # no hash has this in it


class DynamoGrants:
    """``GrantStore`` on the table ``grants``."""

    def __init__(self, settings: DynamoSettings) -> None:
        self._settings = settings
        self._table = DynamoTable(GrantRow, "grants", settings)
        self._row = self._table.row
        self.rows: tuple[Any, ...] = (self._row,)

    def put(self, grant: Grant) -> None:
        """See ``GrantStore.put``."""
        self._table.put(self._kept(grant))

    def find(self, token_hash: str) -> Grant | None:
        """See ``GrantStore.find``."""
        row = self._table.get(token_hash)
        return tolerant(_grant, row, self._table.name) if row else None

    def open_desk(self, grant: Grant) -> bool:
        """See ``GrantStore.open_desk``."""
        if grant.made_at is None:
            raise ValueError(grant.purpose)
        made_at, expires = stamp(grant.made_at), grant.expires_at + REMEMBERED
        newest = self._row(_NEWEST + grant.party, body={}, made_at=made_at, expires=expires)
        older = self._row.made_at.does_not_exist() | (self._row.made_at <= made_at)

        def fill(batch: TransactWrite) -> None:
            batch.save(self._kept(grant), condition=self._row.closed.does_not_exist())
            batch.save(newest, condition=older)

        return not write_all(self._settings, secrets.token_hex(18), fill)

    def newest_desk(self, person: str) -> datetime | None:
        """See ``GrantStore.newest_desk``."""
        row = self._table.get(_NEWEST + person)
        return tolerant(_moment, row.made_at, self._table.name) if row and row.made_at else None

    def _kept(self, grant: Grant) -> GrantRow:
        moments = {n: value and stamp(value) for n in _MOMENTS if (value := getattr(grant, n))}
        body = {**flat(grant), **moments}
        del body["token_hash"]
        closed, expires = 1 if grant.closed else None, grant.expires_at + REMEMBERED
        return self._row(grant.token_hash, body=body, closed=closed, expires=expires)


def _grant(row: GrantRow) -> Grant:
    """The link of a row; an error if it was edited to what no link is. ``Newer`` if it has all that
    a link has, and more, or is for a purpose that this release does not know."""
    plain: Any = dict(row.body)
    moments = {n: plain[n] and _moment(plain[n]) for n in _MOMENTS if n in plain}
    known = {name: plain.pop(name) for name in Grant.__slots__ if name in plain}
    grant = Grant(row.token_hash, **{**known, **moments})
    texts = (grant.case, grant.party, grant.purpose, grant.state, grant.holder)
    if not all(isinstance(text, str) for text in texts) or grant.expires_at is None:
        raise ValueError(grant.purpose)
    if plain or row.more or grant.purpose not in PURPOSES:
        raise newer(f"grants {grant.case}", plain)
    return replace(grant, round=int(grant.round))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment
