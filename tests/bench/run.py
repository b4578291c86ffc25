"""One process of Lambda's runtime client with one package: counted, or timed."""

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.fake import FakeAws, Turns

STARTS_WITHIN = 300.0  # seconds; a count of instructions takes fifty times its time


@dataclass(frozen=True)
class Program:
    """What is started: a folder that is Lambda's task root, and the handler in it."""

    root: Path
    handler: str


@dataclass(frozen=True)
class Timed:
    """A run by the clock. ``first`` and ``later`` are wall seconds, ``cpu`` of the process."""

    first: float
    later: float
    cpu: float


@dataclass(frozen=True)
class Lambda:
    """Runs programs as Lambda would, with the runtime client in ``runtime``."""

    aws: FakeAws
    runtime: Path
    environment: dict[str, str]

    def count(self, program: Program, event: bytes, times: int) -> int:
        """Instructions of a process from its start until ``times`` events are answered."""
        with tempfile.NamedTemporaryFile("r", prefix="kapula-bench-") as out:
            tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no"]
            tool.append(f"--cachegrind-out-file={out.name}")
            self._run(program, event, times, tool)
            found = re.search(r"^summary: (\d+)", out.read(), re.MULTILINE)
        assert found, "valgrind counted nothing"
        return int(found[1])

    def time(self, program: Program, event: bytes, times: int = 1) -> Timed:
        """One run by the clock."""
        before = os.times()
        turns, began = self._run(program, event, times, [])
        after = os.times()
        spent = [b - a for a, b in zip(turns.given[1:], turns.answered[1:], strict=True)]
        cpu = after.children_user + after.children_system
        cpu -= before.children_user + before.children_system
        return Timed(turns.answered[0] - began, median(spent) if spent else 0.0, cpu)

    def answers(self, program: Program, event: bytes, times: int = 1) -> list[dict[str, Any]]:
        """What a program answers."""
        return self._run(program, event, times, [])[0].answers

    def _run(
        self, program: Program, event: bytes, times: int, tool: list[str]
    ) -> tuple[Turns, float]:
        turns = self.aws.turns = Turns(event, times)
        python = [sys._base_executable, "-S", "-s", "-m", "bench_client", program.handler]  # type: ignore[attr-defined]
        environment = {
            **self.environment,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{program.root}:{self.runtime}",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LAMBDA_TASK_ROOT": str(program.root),
        }
        with tempfile.TemporaryFile("w+") as log:
            began = time.perf_counter()
            process = subprocess.Popen(
                [*tool, *python], cwd=program.root, env=environment, stdout=log, stderr=log
            )
            try:
                ended = _wait(turns, process)
            finally:
                process.terminate()
                process.wait(60)
            if turns.error or not ended or len(turns.answered) != times:
                log.seek(0)
                raise RuntimeError(
                    f"{program}: {process.returncode} {turns.error}\n{log.read()[-4000:]}"
                )
        return turns, began


def _wait(turns: Turns, process: "subprocess.Popen[bytes]") -> bool:
    for _ in range(int(STARTS_WITHIN * 10)):
        if turns.over.wait(0.1):
            return True
        if process.poll() is not None:
            return turns.over.is_set()
    return False
