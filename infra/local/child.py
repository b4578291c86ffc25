"""Start and stop the local AWS (`aws.py`) as a child process."""

from __future__ import annotations

import http.client
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from infra.local.sockets import listening_socket

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("aws.py")
START_WITHIN = 30.0  # seconds; usually one or two
STOP_WITHIN = 10.0
KEPT_ENVIRONMENT = ("PATH", "HOME", "TMPDIR", "LANG", "LOG_LEVEL")


class ChildFailedError(Exception):
    """The local AWS did not start; the message says why in one line."""


class LocalAws:
    """A running ministack; `endpoint` is its URL. `close` ends it with its data saved."""

    def __init__(self, state: Path, region: str, inherited: Sequence[int] = ()) -> None:
        """Start it, without waiting: the site can be built meanwhile.

        `inherited`: file descriptors that the child keeps open as long as it lives (the lock of
        the state folder, which must outlast a parent that was killed).
        """
        interpreter = ROOT / ".venv-aws" / "bin" / "python"
        if not interpreter.exists():
            raise ChildFailedError(f"{interpreter} is missing: run `make run` once to set it up.")
        with listening_socket() as listener, (state / "aws.log").open("ab") as log:
            self.port: int = listener.getsockname()[1]
            command = [str(interpreter), "-P", str(PROGRAM), "--socket", str(listener.fileno())]
            command += ["--port", str(self.port), "--region", region, str(state)]
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # its end tells the child that we are gone
                stdout=log,
                stderr=log,
                pass_fds=[listener.fileno(), *inherited],
                start_new_session=True,  # Ctrl-C is ours to handle: the child stops last
                env={key: os.environ[key] for key in KEPT_ENVIRONMENT if key in os.environ},
            )
        self._log = state / "aws.log"
        self.pid = self._process.pid
        self.endpoint = f"http://127.0.0.1:{self.port}"

    def wait_until_healthy(self) -> None:
        """Return once it answers; raise ChildFailedError when it does not."""
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ChildFailedError(f"The local AWS stopped at start; see {self._log}.")
            if self._answers():
                return
            time.sleep(0.03)
        self.close()
        raise ChildFailedError(f"The local AWS did not answer in time; see {self._log}.")

    def save(self) -> None:
        """Return once everything written so far is on the disk."""
        self._get("/_kapula/save")

    def _answers(self) -> bool:
        try:
            return self._get("/_ministack/ready") == 200
        except OSError:
            return False

    def _get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=START_WITHIN)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def close(self) -> None:
        """Ask it to save and stop; end it by force if it hangs."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
