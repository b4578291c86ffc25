"""The tables as they are made on a local stack; in AWS the deployment makes them."""

from typing import Any

from functions.adapters.cases import DynamoCases
from functions.adapters.desks import DynamoDesks
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.adapters.grants import DynamoGrants
from functions.kernel.history import SealKeys


def create_tables(settings: DynamoSettings) -> None:
    """Make every table that does not exist yet."""
    directory = DynamoDirectory(settings)
    rows: list[Any] = [directory.row, *DynamoCases(settings, directory.row, SealKeys(b"")).rows]
    rows += [*DynamoGrants(settings).rows, *DynamoDesks(settings).rows]
    for row in rows:
        if not row.exists():
            row.create_table(wait=True)
