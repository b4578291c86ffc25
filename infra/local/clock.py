"""A clock that can be moved on, so that a month of reminders can be seen in a minute."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.aws import write_atomically


class MovableClock:
    """Real UTC plus an offset that only grows; implements `functions.services.ports.Clock`.

    The offset is kept in a file: data written in the future must not come back to a past.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._offset = timedelta()
        if path.exists():
            self._offset = timedelta(seconds=json.loads(path.read_text())["offset_seconds"])

    def now(self) -> datetime:
        """The moved time, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, step: timedelta) -> None:
        """Move on by `step`; ValueError when that would stand still or go back."""
        if step <= timedelta():
            raise ValueError("the clock moves forward only")
        with self._lock:
            moved = self._offset + step
            record = {"offset_seconds": moved.total_seconds()}
            write_atomically(self._path, json.dumps(record).encode())
            self._offset = moved
