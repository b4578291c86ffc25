"""The folder where a local stack keeps everything: data, mails, clock, secret."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from pathlib import Path
from typing import IO

from infra.local.aws import write_atomically

RUNNING = "running.json"
WAIT_FOR_LOCK = 4.0  # seconds; a child whose parent was killed needs about one to save


class FolderInUseError(Exception):
    """Another stack runs on the same folder; the message says so in one line."""


class StateFolder:
    """A locked state folder; the lock goes to the child too, and ends with the last of both."""

    def __init__(self, path: Path) -> None:
        """Take the folder; raises FolderInUseError when another stack has it."""
        self.path = path.absolute()
        self.path.mkdir(parents=True, exist_ok=True)
        self.mail = self.path / "mail"
        self.mail.mkdir(exist_ok=True)
        self.clock = self.path / "clock.json"
        self.checkpoint = self.path / "stream.json"
        self.directory_loaded = self.path / "directory.loaded"
        self._running = self.path / RUNNING
        self.lock = self._take()

    def _take(self) -> IO[str]:
        lock = (self.path / "lock").open("a")
        deadline = time.monotonic() + WAIT_FOR_LOCK
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.close()
                    message = f"Another Kapula is running on {self.path}: stop it first."
                    raise FolderInUseError(message) from None
                time.sleep(0.05)
            else:
                return lock

    def secret(self) -> str:
        """This folder's own key for signing, made at first use, readable by its owner only."""
        path = self.path / "secret"
        if not path.exists():
            partial = path.with_name("secret.part")
            partial.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(partial, flags, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
            partial.replace(path)
        return path.read_text()

    def announce(self, url: str, endpoint: str) -> None:
        """Tell other programs where the running stack is."""
        record = {"url": url, "endpoint": endpoint}
        write_atomically(self._running, json.dumps(record).encode())

    def close(self) -> None:
        """Give the folder up."""
        self._running.unlink(missing_ok=True)
        self.lock.close()


def running_stack(path: Path) -> dict[str, str] | None:
    """The `url` and `endpoint` of the stack that runs on a folder now, if one does."""
    record, lock_path = path / RUNNING, path / "lock"
    if not (record.exists() and lock_path.exists()):
        return None
    with lock_path.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            found: dict[str, str] = json.loads(record.read_text())
            return found
    return None  # left behind by a stack that was killed
