"""The tables as they are made on a local stack; in AWS the deployment makes them."""

from typing import Any

from functions.adapters.cases import DynamoCases
from functions.adapters.desks import DynamoDesks
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import Place
from functions.adapters.grants import DynamoGrants
from functions.kernel.history import Keys


def create_tables(place: Place) -> None:
    """Make every table that does not exist yet."""
    directory = DynamoDirectory(place)
    rows: list[Any] = [directory.row, *DynamoCases(place, directory.row, Keys(b"")).rows]
    rows += [*DynamoGrants(place).rows, *DynamoDesks(place).rows]
    for row in rows:
        if not row.exists():
            row.create_table(wait=True)
