"""pynamodb models bound to one endpoint, over one botocore client, with one way to fail."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from pynamodb.connection import Connection
from pynamodb.exceptions import CancellationReason, PynamoDBException, TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from functions.adapters.signing import Keys
from functions.adapters.wire import DYNAMODB, Client
from functions.kernel.errors import Unavailable

_Model = TypeVar("_Model", bound=Model)
_Reason = CancellationReason | None
_CONFLICTS = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
_TRIES = 6


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tables are, and what opens them.

    ``endpoint_url`` None means AWS itself; without ``keys`` botocore looks for credentials.
    """

    region: str
    table_prefix: str
    endpoint_url: str | None = None
    keys: Keys | None = field(default=None, repr=False)
    connection: Connection = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """One client for all models, made with the services and not in the first request."""
        shared = Connection(region=self.region, host=self.endpoint_url)
        client = Client(DYNAMODB, self.region, self.endpoint_url, self.keys)
        shared._client = cast(Any, client)  # in the place of botocore's, see wire.py
        object.__setattr__(self, "connection", shared)


def bound(model: type[_Model], table: str, place: Place) -> type[_Model]:
    """A subclass of ``model`` that reads and writes ``<prefix>-<table>`` at ``place``."""
    meta = {
        "table_name": f"{place.table_prefix}-{table}",
        "region": place.region,
        "host": place.endpoint_url,
        "billing_mode": "PAY_PER_REQUEST",
    }
    if stream := getattr(model, "STREAM", None):
        meta["stream_view_type"] = stream
    made = cast(type[_Model], type(model.__name__, (model,), {"Meta": type("Meta", (), meta)}))
    own = made._get_connection()
    if own.table_name not in place.connection._tables:  # two models may share a table
        place.connection.add_meta_table(own.get_meta_table())
    own.connection = place.connection
    return made


@contextmanager
def answering() -> Iterator[None]:
    """Any failure of the database inside becomes ``Unavailable``: try again later."""
    try:
        yield
    except PynamoDBException as error:
        raise Unavailable(type(error).__name__) from error


def condition_failed(error: PynamoDBException) -> bool:
    """Whether a write was refused by its own condition. (A timeout has no answer to look at.)"""
    answer = getattr(error.cause, "response", None) or {}
    return bool(answer.get("Error", {}).get("Code") == "ConditionalCheckFailedException")


def write_all(place: Place, token: str, fill: Callable[[TransactWrite], None]) -> set[int]:
    """One transaction; the places of the items whose condition failed (none: written).

    ``token`` is DynamoDB's client request token: the same write repeated with it within
    ten minutes is answered as done. Conflicts with other transactions are waited out.
    """
    for attempt in range(_TRIES):
        try:
            with TransactWrite(connection=place.connection, client_request_token=token) as batch:
                fill(batch)
        except TransactWriteError as error:
            codes = [r.code if r else "" for r in _reasons(error)]
            failed = {n for n, code in enumerate(codes) if code == "ConditionalCheckFailed"}
            if failed:
                return failed
            if not _CONFLICTS & set(codes):
                raise Unavailable(",".join(filter(None, codes))) from error
            time.sleep(0.02 * 2**attempt)
        except PynamoDBException as error:
            raise Unavailable(type(error).__name__) from error
        else:
            return set()
    raise Unavailable("conflict")


def _reasons(error: TransactWriteError) -> list[_Reason]:
    try:
        return list(error.cancellation_reasons)
    except AttributeError:  # not cancelled: the call itself failed
        return []
