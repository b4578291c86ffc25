"""`python -m tests.bench`: count, time, compare with the floor and with the limits.

A process is counted (valgrind) until its first answer, its eleventh and its fifty-first: the
first is the cold start, the difference of the others is the warm cost. Instructions repeat
within a few in a hundred on a busy machine, times do not: so the limits are on ratios of
instructions. Exit code 1 when one is broken, 2 when something to measure with is missing.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import desks, programs, scenes
from tests.bench.fake import FakeAws
from tests.bench.run import Lambda, Program, Timed
from tests.bench.scenes import Scene

WARMING, MORE = 11, 40  # answers before the counting of warm requests, and those counted
FLOOR = "floor (stock botocore)"
STARTS = 7  # cold starts that are timed, of each program in turn
WARM_TIMES = 200

# Ratios to the floor that must not be passed, and what is aimed at. What was measured last stands in
# docs/performance.md. Lower the first when something has become faster.
LIMITS = {
    "public POST": (1.33, 1.92),
    "opening a link": (1.58, 2.04),
    "acting": (1.49, 1.41),
    "choosing a supervisor": (1.63, 3.69),
    "a desk page": (1.87, 4.79),
}
GOALS = {"public POST": (1.15, 1.9)}


@dataclass(frozen=True)
class Cost:
    """Instructions of a cold start to the first answer, and of one warm request."""

    cold: int
    warm: float


def main() -> int:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(description="Measure what a request costs.")
    parser.add_argument("--client", type=Path, help="a folder with awslambdaric installed")
    parser.add_argument("--only", default="", help="the scenes whose name begins so")
    parser.add_argument("--no-times", action="store_true", help="count instructions alone")
    known = parser.parse_args()
    if not shutil.which("valgrind"):
        print("valgrind is missing (Debian: apt-get install valgrind).", file=sys.stderr)
        return 2
    with FakeAws() as aws, TemporaryDirectory(prefix="kapula-bench-") as folder:
        work = Path(folder)
        try:
            runtime = programs.client(work, known.client)
        except programs.MissingClientError as error:
            print(error, file=sys.stderr)
            return 2
        chosen = [s for s in scenes.prepare(aws) if s.name.startswith(known.only)]
        there = Lambda(aws, runtime, scenes.environment(aws))
        faults = [f for s in chosen for f in measure(s, aws, there, work, times=not known.no_times)]
    if not known.only:
        faults += desks.table()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def measure(scene: Scene, aws: FakeAws, there: Lambda, work: Path, *, times: bool) -> list[str]:
    """Print the figures of one scene; what is over its limit."""
    ours = programs.ours(scene.function, work, aws.authority)
    print(f"\n{scene.name}")
    cold, warm = _calls(there, ours, scene)
    print(f"  calls to AWS: cold {_named(cold)}; warm {_named(warm)}")
    bare = scenes.bare_calls(scene, aws.calls)
    floors = {
        FLOOR: programs.told(programs.floor(work, aws.authority, cut=False), scene.status, bare)
    }
    if scene.name in GOALS:  # the others would say the same
        cut = programs.floor(work, aws.authority, cut=True)
        floors["floor, data cut"] = programs.told(cut, scene.status, bare)
        floors["no work at all"] = programs.nothing(work)
    mine = _count(there, ours, scene)
    print(f"  {'':24} {'cold':>10} {'warm':>10}   ratio to it, cold and warm")
    print(f"  {'ours':24} {mine.cold / 1e6:9.1f}M {mine.warm / 1e6:9.3f}M")
    faults: list[str] = []
    for name, program in floors.items():
        its = _count(there, program, scene)
        ratios = mine.cold / its.cold, mine.warm / its.warm
        print(
            f"  {name:24} {its.cold / 1e6:9.1f}M {its.warm / 1e6:9.3f}M"
            f"   {ratios[0]:.3f} {ratios[1]:9.3f}",
            flush=True,
        )
        if name == FLOOR:
            faults = list(_judge(scene.name, ratios))
    if times:
        _times(there, ours, floors[FLOOR], scene)
    return faults


def _calls(there: Lambda, program: Program, scene: Scene) -> tuple[list[str], list[str]]:
    """What a cold and a warm request ask of AWS; the answers must be what they should."""
    made: list[list[str]] = []
    for times in (1, 2):
        there.aws.calls.clear()
        answers = there.answers(program, scene.event, times)
        if any(a["statusCode"] != scene.status for a in answers):
            raise RuntimeError(f"{scene.name} was answered {str(answers)[:600]}")
        made.append([f"{c.operation} {c.table}".strip() for c in there.aws.calls])
    return made[0], made[1][len(made[0]) :]


def _named(calls: list[str]) -> str:
    return ", ".join(calls) or "none"


def _count(there: Lambda, program: Program, scene: Scene) -> Cost:
    first = there.count(program, scene.event, 1)
    warmed = there.count(program, scene.event, WARMING)
    more = there.count(program, scene.event, WARMING + MORE)
    return Cost(first, (more - warmed) / MORE)


def _judge(name: str, ratios: tuple[float, float]) -> Iterator[str]:
    if name not in LIMITS:
        return
    goals = GOALS.get(name, LIMITS[name])
    for kind, ratio, limit, goal in zip(("cold", "warm"), ratios, LIMITS[name], goals, strict=True):
        reached = "reached" if ratio <= goal else "not reached"
        print(f"  goal {kind} ≤ {goal}: {reached}; limit {limit}")
        if ratio > limit:
            yield f"{name}: {kind} is {ratio:.3f} of the floor; the limit is {limit}"


def _times(there: Lambda, ours: Program, floor: Program, scene: Scene) -> None:
    """Wall and processor time, for orientation: starts of both in turn, medians."""
    starts: dict[str, list[Timed]] = {"ours": [], "floor": []}
    for _ in range(STARTS):
        for name, program in (("ours", ours), ("floor", floor)):
            starts[name].append(there.time(program, scene.event))
    later = {
        n: there.time(p, scene.event, WARM_TIMES) for n, p in (("ours", ours), ("floor", floor))
    }

    def middle(name: str, of: Callable[[Timed], float]) -> float:
        return median(of(t) for t in starts[name])

    for label, of in (("wall", lambda t: t.first), ("processor", lambda t: t.cpu)):
        mine, its = middle("ours", of), middle("floor", of)
        print(f"  cold {label:9} {mine * 1e3:7.0f} ms, floor {its * 1e3:7.0f} ms: {mine / its:.2f}")
    mine, its = later["ours"].later, later["floor"].later
    print(f"  warm wall      {mine * 1e3:7.2f} ms, floor {its * 1e3:7.2f} ms: {mine / its:.2f}")


if __name__ == "__main__":
    sys.exit(main())
