"""What a correction changed is shown to who reads it again, and only then."""

from dataclasses import replace

from functions.kernel.diff import AnswerChange, latest_changes
from functions.kernel.engine import decide
from functions.processes import current
from functions.services.ports import HistoryEntry
from tests.fake_directory import MemoryDirectory
from tests.fakes import DIRECTORY, history_of
from tests.paths import Walk, actor_of, opened, step

PEOPLE = MemoryDirectory(*DIRECTORY)
SUPERVISION = current("supervision")


def corrected(walk: Walk, **changed: str | None) -> Walk:
    """The walk after a correction that changes only these answers (None: emptied)."""
    case = walk.case
    asked = [f for f in SUPERVISION.form("individual").fields if not f.immutable]
    filled = {f.name: case.answers[f.name] for f in asked if f.name in case.answers} | changed
    actor = actor_of(SUPERVISION, case, "correct")
    assert actor is not None
    said = {k: v for k, v in filled.items() if v is not None}
    now = walk.decisions[-1].event.at.replace(year=2027)
    decision = decide(SUPERVISION, case, actor, "correct", said, now, PEOPLE)
    return Walk((*walk.decisions, decision))


def walked(*actions: str, walk: Walk | None = None) -> Walk:
    walk = walk or opened(SUPERVISION, "individual", PEOPLE)
    for name in actions:
        walk = step(SUPERVISION, walk, name, PEOPLE)
    return walk


def changes(walk: Walk, told: tuple[HistoryEntry, ...] | None = None) -> tuple[AnswerChange, ...]:
    kept = walk.told() if told is None else told
    return latest_changes(SUPERVISION, walk.case, history_of(walk.case, kept).fillings)


def test_changes_of_a_correction_in_the_order_of_the_form() -> None:
    walk = corrected(walked("confirm", "return"), title="New", place=None, mode="online")
    assert changes(walk) == (
        AnswerChange("mode", "on_site", "online"),
        AnswerChange("place", "canary-place-0", None),
        AnswerChange("title", "canary-title-0", "New"),
    )


def test_changes_none_before_a_correction() -> None:
    assert [changes(walked(*done)) for done in ((), ("confirm",), ("confirm", "return"))] == [
        ()
    ] * 3


def test_changes_none_when_nothing_changed() -> None:
    assert changes(corrected(walked("confirm", "return"))) == ()


def test_changes_of_the_latest_correction_alone() -> None:
    first = corrected(walked("confirm", "return"), title="First")
    again = step(SUPERVISION, first, "reject", PEOPLE)
    second = corrected(again, place="Second")
    assert changes(second) == (AnswerChange("place", "canary-place-0", "Second"),)


def test_changes_gone_once_the_case_has_moved_on() -> None:
    walk = corrected(walked("confirm", "return"), title="New")
    assert changes(walk)
    assert changes(step(SUPERVISION, walk, "endorse", PEOPLE)) == ()


def test_changes_none_of_what_was_erased() -> None:
    walk = corrected(walked("confirm", "return"), title="New")
    assert changes(walk, tuple(replace(t, answers=None) for t in walk.told())) == ()
