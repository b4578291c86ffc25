"""Delivers stream records to the functions as Lambda's event source mapping does.

Records go in order. When the handler reports a failed record, or raises, delivery continues from
that record after a pause; a record that keeps failing is parked (logged and skipped), so that it
cannot block the others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from infra.local.stream import Checkpoint, Record, StreamReader

log = logging.getLogger("kapula.local")

TRIES = 5
FIRST_PAUSE = 0.1  # seconds, doubled at every try

Handler = Callable[[dict[str, Any]], dict[str, Any]]


class Pump:
    """Moves records from a stream to a handler; one delivery at a time, as one shard has."""

    def __init__(
        self,
        reader: StreamReader,
        handle: Handler,
        checkpoint: Checkpoint,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reader = reader
        self._handle = handle
        self._checkpoint = checkpoint
        self._sleep = sleep
        self._delivering = threading.Lock()

    def drain(self) -> int:
        """Deliver until the stream is quiet; the number of records delivered or parked."""
        count = 0
        with self._delivering:
            while records := self._reader.read():
                self._deliver(records)
                count += len(records)
        return count

    def _deliver(self, records: list[Record]) -> None:
        """Deliver one page whole, with retries."""
        size, tries = len(records), 0
        while records:
            batch = records[:size]
            done, raised = self._attempt(batch)
            if raised:
                size = 1  # nobody said which one: find it by handing them over one by one
            if done == len(batch):
                tries = 0
            else:
                tries = 1 if done else tries + 1
                if tries >= TRIES:
                    log.error("parked stream record %s", batch[done].get("eventID"))
                    done, tries = done + 1, 0
                else:
                    self._sleep(FIRST_PAUSE * 2 ** (tries - 1))
            if done:
                self._checkpoint.move(sequence_number(batch[done - 1]))
            records = records[done:]

    def _attempt(self, batch: list[Record]) -> tuple[int, bool]:
        """One call: how many records from the front are done, and whether it raised."""
        try:
            answer = self._handle({"Records": batch})
        except Exception:  # Lambda's boundary: whatever is raised fails the batch
            log.exception("a function on the stream raised")
            return 0, True
        failures = {item["itemIdentifier"] for item in answer.get("batchItemFailures") or ()}
        if not failures:
            return len(batch), False
        failed = [sequence_number(record) in failures for record in batch]
        return (failed.index(True) if any(failed) else 0), False  # unknown name: fails all


def sequence_number(record: Record) -> str:
    """The record's place in its stream."""
    number: str = record["dynamodb"]["SequenceNumber"]
    return number
