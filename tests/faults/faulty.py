"""Faults at the one door to AWS: the clients of the services, by their events.

``Tap`` sees every API call of some clients (``before-call``), keeps a log of them and lets one of them fail in a chosen way:

- ``error``: AWS answers 500 and does nothing (the SDK's own retries used up);
- ``throttled``: AWS answers that there is too much going on;
- ``lost``: it is carried out, and the answer never comes;
- ``hiccup``: it is carried out, the first answer is lost, and the SDK repeats it;
- ``crash_before``, ``crash_after``: the process dies before the call, or right after it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

WAYS = ("error", "throttled", "lost", "hiccup", "crash_before", "crash_after")
CARRIED_OUT = ("lost", "hiccup", "crash_after")  # though the caller may not know
_ANSWERS = {"error": ("InternalServerError", 500), "throttled": ("ThrottlingException", 400)}


class Crash(BaseException):
    """The process is killed: nothing in it may catch this."""


class Lost(BotoCoreError):
    """No answer came, however often the SDK asked: this one it does not try again."""

    fmt = "the answer was lost"


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status
        self.headers: dict[str, str] = {}


class Tap:
    """The calls of some clients, in order; ``arm`` makes one of those to come fail.

    Calls of other threads are neither logged nor failed.
    """

    def __init__(self, *clients: Any) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.struck, self.strikes, self.sends = "", 0, 0
        self._target, self._way, self._every, self._first = 0, "", 0, 0
        self._sent_for = ""  # how the next request that is sent goes wrong
        self._http = URLLib3Session()
        self._thread = threading.get_ident()
        for client in clients:
            self._watch(client)

    def arm(self, number: int = 0, way: str = "", every: int = 0, first: int = 0) -> None:
        """Count from here; call ``number`` (from 1; 0: none) goes wrong in this way.

        With ``every``, the call ``first`` and then each that comes so many calls later, the
        way changing each time.
        """
        self.calls, self.struck, self.strikes = [], "", 0
        self._target, self._way, self._every, self._sent_for = number, way, every, ""
        self._first = first
        self._thread = threading.get_ident()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is done inside is neither logged nor failed."""
        thread, self._thread = self._thread, 0
        try:
            yield
        finally:
            self._thread = thread

    def _watch(self, client: Any) -> None:
        def before_call(model: Any, params: Any, **_: Any) -> Any:
            if threading.get_ident() != self._thread:
                return None
            self.calls.append(_name(model.name, params))
            number = len(self.calls)
            if number != self._target and not self._is_nth(number):
                return None
            if self._every:
                self._way = WAYS[(self._first + self.strikes) % len(WAYS)]
            self.strikes += 1
            self.struck = " ".join(self.calls[-1])
            return self._strike()

        def before_send(request: Any, **_: Any) -> None:
            if threading.get_ident() != self._thread:
                return
            self.sends += 1
            way, self._sent_for = self._sent_for, ""
            if way:
                self._http.send(request)
                raise {
                    "lost": Lost(),
                    "hiccup": ReadTimeoutError(endpoint_url="(lost once)"),
                    "crash_after": Crash(),
                }[way]

        client.meta.events.register_last("before-call.*.*", before_call)
        client.meta.events.register("before-send.*.*", before_send)

    def _is_nth(self, number: int) -> bool:
        return self._every > 0 and number % self._every == self._first % self._every

    def _strike(self) -> Any:
        way = self._way
        if way in _ANSWERS:
            code, status = _ANSWERS[way]
            error = {"Code": code, "Message": "injected"}
            return _Http(status), {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}
        if way == "crash_before":
            raise Crash
        self._sent_for = way
        return None


def _name(operation: str, params: Any) -> tuple[str, ...]:
    """A call as it is logged: operation, table, kind of thing; no keys, no values."""
    body = params.get("body", b"")
    text = body.decode() if isinstance(body, bytes) else str(body)
    tables = [
        t for t in ("cases", "grants", "quotas", "directory", "desks", "timers") if f'-{t}"' in text
    ]
    return (operation, "+".join(tables))
