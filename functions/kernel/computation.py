"""Computed answers of an action: they are previewed before it is chosen and must still be the same
when it is sent."""

from collections.abc import Mapping
from datetime import datetime

from functions.kernel.case import Case
from functions.kernel.consequences import Computation
from functions.kernel.definition import Action
from functions.kernel.digests import canonical, sha256
from functions.kernel.durations import day_of
from functions.kernel.errors import Invalid, Problem
from functions.kernel.fields import Answers

PREVIEW_STAMP = "_computed-"  # with the action's name: the input that says what was told


def compute(computation: Computation, case: Case, typed: Answers, now: datetime) -> Answers:
    """What follows from a case and from what is said on the present day in Finland."""
    known = computation.knows(case) if computation.knows else {}
    return computation.compute({**case.answers, **typed, **known}, day_of(now))


def preview(action: Action, case: Case, now: datetime) -> Answers:
    """The computed values shown before an action is chosen; empty if the action has none."""
    if not action.computes or not action.computes.previewed:
        return {}
    found = compute(action.computes, case, {}, now)
    return {name: found[name] for name in action.computes.previewed if name in found}


def stamp(previewed: Answers) -> str:
    """A short digest of a preview; a form sends it back, so that a changed preview is noticed."""
    return sha256(canonical(dict(previewed)))[:16]


def require_unchanged(action: Action, case: Case, typed: Mapping[str, str], now: datetime) -> None:
    """``Invalid`` if something else would be worked out now than was told."""
    previewed = preview(action, case, now)
    if previewed and typed.get(PREVIEW_STAMP + action.name) != stamp(previewed):
        raise Invalid((Problem("action", "computed"),))
