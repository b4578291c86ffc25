"""Handles the stream of cases: updates the worklist items of each changed case. What the product
never does to the table raises the alarm. After a deployment (``{"left": true}``), those that an
earlier release could not read are updated."""

import logging
from collections.abc import Mapping
from typing import Any

from functions.services.container import Services
from functions.services.desk.index import index_case
from functions.services.integrity import broken
from functions.services.logs import log_error

CASE, CLAIM = "case", "claim"
_log = logging.getLogger("kapula.indexer")


def handle(services: Services, event: dict[str, Any]) -> dict[str, Any]:
    """Index each case that a batch of DynamoDB stream records tells of, once.

    ``anew``: an operator has all of them laid out once more, whatever is said to lie there.
    Answers with the records to be tried again (Lambda's partial batch response).
    """
    if event.get("left"):
        return _left(services)
    anew = bool(event.get("anew"))
    records: dict[str, str] = {}  # a case that was written twice is as it stands, once
    for record in event.get("Records", ()):
        keys = record.get("dynamodb", {}).get("Keys", {})
        if _is_foreign(record.get("eventName", ""), keys):
            broken(keys["case"]["S"])
        if keys.get("part", {}).get("S") == CASE:
            records.setdefault(keys["case"]["S"], record["dynamodb"]["SequenceNumber"])
    return _indexed(services, records, anew=anew)


def _indexed(
    services: Services, records: Mapping[str, str], *, anew: bool = False
) -> dict[str, Any]:
    """Index cases, each with the number of its record."""
    failed = []
    for case_id, number in records.items():
        try:
            index_case(services, case_id, anew=anew)
        except Exception as error:  # noqa: BLE001  # the next record is another case's
            log_error(_log, "not indexed", error)
            failed.append({"itemIdentifier": number})
    return {"batchItemFailures": failed}


def _left(services: Services) -> dict[str, Any]:
    """Index the cases that an earlier release left for this one. What is left is forgotten first:
    a case that this one cannot read either is left once more."""
    left = services.desks.left()
    for case_id in left:
        services.desks.take_up(case_id)
    answer = _indexed(services, {case_id: case_id for case_id in left})
    for each in answer["batchItemFailures"]:
        services.desks.leave(each["itemIdentifier"])
    return answer


def _is_foreign(event: str, keys: dict[str, Any]) -> bool:
    """Whether a record tells of what nobody but a stranger does: nothing is ever removed from the
    table, and who has claimed a value keeps it."""
    part = keys.get("part", {}).get("S")
    return bool(part) and (event == "REMOVE" or (event == "MODIFY" and part == CLAIM))
