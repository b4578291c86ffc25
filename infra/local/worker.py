"""A background thread that does one thing again and again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

AFTER_FAILURE = 2.0  # seconds at least, so that a lasting failure does not fill the log

log = logging.getLogger("kapula.local")


class Worker:
    """Calls `work` every `every` seconds, and at once when woken, until closed."""

    def __init__(self, name: str, every: float, work: Callable[[], object]) -> None:
        self._name = name
        self._every = every
        self._work = work
        self._woken = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"kapula-{name}", daemon=True)

    def start(self) -> None:
        """Start the thread; the first call of `work` is made at once."""
        self._thread.start()

    def wake(self) -> None:
        """Ask for a call now."""
        self._woken.set()

    def close(self) -> None:
        """Let the call under way end, then stop."""
        self._stopping = True
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            pause = self._every
            try:
                self._work()
            except Exception:  # the thread must outlive any failure of what it calls
                if not self._stopping:
                    log.exception("%s failed; trying again", self._name)
                pause = max(pause, AFTER_FAILURE)
            self._woken.wait(pause)
