"""Links in DynamoDB: the hash of a token and what it permits, nothing else."""

from datetime import datetime, timedelta
from typing import Any

from functions.adapters.dynamo import Place, answering, bound
from functions.adapters.rows import GrantRow, flat, stamp
from functions.services.ports import Grant

# A link that has expired still opens a page that offers a fresh one, for this long.
REMEMBERED = timedelta(days=365)


class DynamoGrants:
    """``GrantStore`` on the table ``grants``."""

    def __init__(self, place: Place) -> None:
        self._row = bound(GrantRow, "grants", place)
        self.rows: tuple[Any, ...] = (self._row,)

    def put(self, grant: Grant) -> None:
        """See ``GrantStore.put``."""
        body = {**flat(grant), "expires_at": stamp(grant.expires_at)}
        del body["token_hash"]
        row = self._row(grant.token_hash, body=body, expires=grant.expires_at + REMEMBERED)
        with answering():
            row.save()

    def find(self, token_hash: str) -> Grant | None:
        """See ``GrantStore.find``."""
        with answering():
            try:
                row = self._row.get(token_hash, consistent_read=True)
            except self._row.DoesNotExist:
                return None
        expires_at = datetime.fromisoformat(row.body["expires_at"])
        return Grant(token_hash, **{**row.body, "expires_at": expires_at})
