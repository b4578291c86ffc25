"""DynamoDB: pynamodb's models and conditions, one client of botocore's for all, one way to fail."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, TypeVar, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import CancellationReason, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from functions.adapters.rows import NO_CASE
from functions.kernel.digests import sha256
from functions.kernel.errors import Unavailable
from functions.services.ports import BROKEN

_log = logging.getLogger("kapula.store")
_Raw = TypeVar("_Raw")
_Read = TypeVar("_Read")
_Row = TypeVar("_Row", bound=Model)
_Reason = CancellationReason | None
_CONFLICTS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_TOKEN_LENGTH = 36  # characters of a client request token, at most
_TRIES = 6
_MAX_KEYS = 100  # that DynamoDB takes in one BatchGetItem
# Seconds to connect and to wait for an answer, and how often to ask again: three times in all.
# What is told to `Connection` and to models, which have connections of their own.
PATIENCE: Mapping[str, int] = {
    "connect_timeout_seconds": 2,
    "read_timeout_seconds": 5,
    "max_retry_attempts": 2,
}

# For every client of the session: what we send is not checked against models, and what we are
# called is not put together anew for each call; one address per region.
_PLAIN = Config(
    parameter_validation=False, user_agent="kapula", account_id_endpoint_mode="disabled"
)

# What is asked of AWS holds addresses and answers: it is in no log, whatever the level.
for _library in ("botocore", "pynamodb", "urllib3"):
    logging.getLogger(_library).setLevel(logging.WARNING)


class DynamoSettings:
    """Where the tables are, and the one client that all of them share.

    ``endpoint_url`` None means AWS itself. ``session`` is botocore's: what else asks AWS makes
    its client from it, so that credentials are looked for and data files are read once.
    """

    def __init__(self, region: str, table_prefix: str, endpoint_url: str | None = None) -> None:
        self.region, self.table_prefix, self.endpoint_url = region, table_prefix, endpoint_url
        self.connection = Connection(
            region=region,
            host=endpoint_url,
            connect_timeout_seconds=PATIENCE["connect_timeout_seconds"],
            read_timeout_seconds=PATIENCE["read_timeout_seconds"],
            max_retry_attempts=PATIENCE["max_retry_attempts"],
        )
        self.session = self.connection.session
        self.session.set_default_client_config(_PLAIN)
        self.client: Any = self.connection.client  # made now, and not in the first request
        self.client.meta.events.register("after-call.dynamodb", _must_be_json)


def _must_be_json(http_response: Any, **_: Any) -> None:
    """An answer that is cut off is none. botocore takes it for one that says nothing."""
    if http_response.status_code < 300 and not http_response.content.endswith(b"}"):
        raise HTTPClientError(error="the answer is not JSON")


def tolerant(read: Callable[[_Raw], _Read], raw: _Raw, where: str) -> _Read | None:
    """What is read of an item; None, and an alarm that says ``where`` it is, if it was edited in
    the store to what it cannot be."""
    try:
        return read(raw)
    except NO_CASE:
        _log.error(BROKEN, where)
        return None


class DynamoTable(Generic[_Row]):
    """Items of one kind in the table ``<prefix>-<name>``; ``row`` is their model there.

    Every method raises ``Unavailable`` when DynamoDB does not answer as it should.
    """

    def __init__(self, model: type[_Row], name: str, settings: DynamoSettings) -> None:
        meta = {
            "table_name": f"{settings.table_prefix}-{name}",
            "region": settings.region,
            "host": settings.endpoint_url,
            "billing_mode": "PAY_PER_REQUEST",
            **PATIENCE,
        }
        if stream := getattr(model, "STREAM", None):
            meta["stream_view_type"] = stream
        self.name = f"{settings.table_prefix}-{name}"
        self.row = cast(
            type[_Row], type(model.__name__, (model,), {"Meta": type("Meta", (), meta)})
        )
        self._connection = settings.connection

    def get(self, key: str, sort_key: Any = None, *, consistent: bool = True) -> _Row | None:
        """The item with this key."""
        asked = self.row.get_operation_kwargs_from_class(key, range_key=sort_key)
        response = self._call("GetItem", {**asked, "ConsistentRead": consistent})
        return self._readable(response["Item"]) if response.get("Item") else None

    def several(self, keys: Iterable[tuple[str, str]]) -> Sequence[_Row]:
        """The items with these keys, in no order. What is not there is left out."""
        todo = [self.row.get_operation_kwargs_from_class(*key)["Key"] for key in keys]
        found: list[_Row] = []
        tries = 0
        while todo:
            if tries == _TRIES:
                raise Unavailable("unprocessed")
            asked = {"Keys": todo[:_MAX_KEYS], "ConsistentRead": True}
            response = self._call("BatchGetItem", {"RequestItems": {self.name: asked}})
            found += self._all_readable(response["Responses"].get(self.name, ()))
            left = response.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if left:  # DynamoDB has too much to do
                time.sleep(0.02 * 2**tries)
            tries = tries + 1 if left else 0
            todo = left + todo[_MAX_KEYS:]
        return found

    def query(
        self,
        key: Condition,
        *,
        index: str = "",
        limit: int | None = None,
        page: int | None = None,
        forward: bool = True,
    ) -> Iterator[_Row]:
        """The items whose key is so, in the order of their sort keys; of an index if named.

        At most ``limit``; ``page`` at a time, or as many as DynamoDB likes. An index cannot be
        read consistently; the table is.
        """
        return islice(self._pages(key, index, page or limit, forward), limit)

    def _pages(self, key: Condition, index: str, page: int | None, forward: bool) -> Iterator[_Row]:
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        asked: dict[str, Any] = {
            "TableName": self.name,
            "KeyConditionExpression": key.serialize(names, values),
            "ExpressionAttributeNames": {short: name for name, short in names.items()},
            "ExpressionAttributeValues": values,
            **({"IndexName": index} if index else {"ConsistentRead": True}),
            **({"Limit": page} if page else {}),
            **({} if forward else {"ScanIndexForward": False}),
        }
        while True:
            response = self._call("Query", asked)
            yield from self._all_readable(response["Items"])
            if not response.get("LastEvaluatedKey"):
                return
            asked["ExclusiveStartKey"] = response["LastEvaluatedKey"]

    def _readable(self, raw: dict[str, Any]) -> _Row | None:
        """The item of what DynamoDB answered; None, and an alarm, if it was edited in the store to
        what it cannot be."""
        keys = (str(raw.get(name, {}).get("S", "")) for name in ("quota", "list", "key", "desk"))
        where = "#".join((self.name, *filter(None, keys)))
        return tolerant(self.row.from_raw_data, raw, where)

    def _all_readable(self, raw: Iterable[dict[str, Any]]) -> Iterator[_Row]:
        return (row for row in map(self._readable, raw) if row is not None)

    def put(self, row: _Row, condition: Condition | None = None) -> bool:
        """Write an item in place of what has its key; whether the condition held."""
        asked = row.get_save_kwargs_from_instance(condition=condition)
        return self._call_if("PutItem", asked) is not None

    def update(
        self,
        row: _Row,
        actions: list[Action],
        condition: Condition | None = None,
        *,
        read: bool = False,
    ) -> bool:
        """Change an item, or make it; whether the condition held. ``read``: ``row`` becomes
        what the item is then."""
        asked = row.get_update_kwargs_from_instance(actions=actions, condition=condition)
        if read:
            asked["ReturnValues"] = "ALL_NEW"
        response = self._call_if("UpdateItem", asked)
        if read and response is not None:
            row.deserialize(response["Attributes"])
        return response is not None

    def delete(self, row: _Row, condition: Condition | None = None) -> bool:
        """Remove the item with this key, if there is one; whether the condition held."""
        asked = row.get_delete_kwargs_from_instance(condition=condition)
        return self._call_if("DeleteItem", asked) is not None

    def _call(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        response = self._call_if(operation, asked)
        if response is None:
            raise Unavailable("condition")
        return response

    def _call_if(self, operation: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        """What DynamoDB answers; None if the condition did not hold. A transaction that writes the
        same item at this moment is waited out."""
        for attempt in range(_TRIES):
            try:
                return self._connection.dispatch(operation, asked)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code == "ConditionalCheckFailedException":
                    return None
                if code != "TransactionConflictException":
                    raise Unavailable(code) from error
            except BotoCoreError as error:
                raise Unavailable(type(error).__name__) from error
            time.sleep(0.02 * 2**attempt)
        raise Unavailable("conflict")


def write_all(
    settings: DynamoSettings, token: str, fill: Callable[[TransactWrite], None]
) -> tuple[bool, ...]:
    """One transaction; of each of its items whether its condition failed, or nothing: written.

    DynamoDB's client request token is made of ``token``: the same write repeated with it within
    ten minutes is answered as done. Conflicts with other transactions are waited out.
    """
    asked = sha256(token)[:_TOKEN_LENGTH]
    for attempt in range(_TRIES):
        try:
            with TransactWrite(connection=settings.connection, client_request_token=asked) as batch:
                fill(batch)
        except TransactWriteError as error:
            codes = [r.code if r else "" for r in _reasons(error)]
            failed = tuple(code == "ConditionalCheckFailed" for code in codes)
            if any(failed):
                return failed
            if not _CONFLICTS & set(codes):
                raise Unavailable(",".join(filter(None, codes))) from error
            time.sleep(0.02 * 2**attempt)
        else:
            return ()
    raise Unavailable("conflict")


def _reasons(error: TransactWriteError) -> list[_Reason]:
    try:
        return list(error.cancellation_reasons)
    except AttributeError:  # not cancelled: the call itself failed
        return []
