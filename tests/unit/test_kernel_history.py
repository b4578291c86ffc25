"""The hash chain: whatever is done to a kept history shows, and erasing what was said does not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.case import Step
from functions.kernel.history import Entry, digest, seal, verifies
from tests.fakes import START

SAID = [{"a": "one"}, {}, {"b": 2, "c": True}, {"d": "four"}]


def chain() -> list[Entry]:
    entries: list[Entry] = []
    for n, said in enumerate(SAID):
        at = START + timedelta(days=n)
        step = Step(n, at, f"act{n}", "manager", "p1", f"s{n}", f"s{n + 1}")
        previous = entries[-1].seal if entries else ""
        entries.append(seal(step, digest(said, f"salt{n}"), previous))
    return entries


def test_verifies_untouched() -> None:
    entries = chain()
    assert verifies(entries, entries[-1].seal)
    assert verifies([], "")


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(
    "edit",
    [
        {"number": 9},
        {"at": START + timedelta(seconds=1)},
        {"action": "x"},
        {"role": "x"},
        {"party": "x"},
        {"source": "x"},
        {"target": "x"},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_verifies_not_after_an_edited_step(place: int, edit: dict[str, object]) -> None:
    entries = chain()
    last = entries[-1].seal
    entries[place] = replace(entries[place], step=replace(entries[place].step, **edit))  # type: ignore[arg-type]
    assert not verifies(entries, last)


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("part", ["digest", "previous", "seal"])
def test_verifies_not_after_an_edited_seal(place: int, part: str) -> None:
    entries = chain()
    last = entries[-1].seal
    entries[place] = replace(entries[place], **{part: digest({"other": 1}, "")})  # type: ignore[arg-type]
    assert not verifies(entries, last)


@pytest.mark.parametrize("place", range(4))
def test_verifies_not_without_one_entry(place: int) -> None:
    entries = chain()
    assert not verifies([e for e in entries if e is not entries[place]], entries[-1].seal)


@pytest.mark.parametrize("length", range(4))
def test_verifies_not_with_a_truncated_end(length: int) -> None:
    entries = chain()
    assert not verifies(entries[:length], entries[-1].seal)


@given(st.permutations(range(4)))
def test_verifies_only_in_order(order: list[int]) -> None:
    entries = chain()
    told = [entries[n] for n in order]
    assert verifies(told, entries[-1].seal) is (order == [0, 1, 2, 3])


def test_verifies_not_with_one_more() -> None:
    entries = chain()
    extra = seal(replace(entries[-1].step, number=4), digest({}, ""), entries[-1].seal)
    assert not verifies([*entries, extra], entries[-1].seal)
    assert not verifies([*entries, entries[-1]], entries[-1].seal)


def test_verifies_not_when_a_rewritten_step_is_sealed_anew() -> None:
    entries = chain()
    forged = seal(replace(entries[1].step, role="applicant"), entries[1].digest, entries[0].seal)
    assert not verifies([entries[0], forged, *entries[2:]], entries[-1].seal)


@given(
    st.dictionaries(st.text(max_size=3), st.one_of(st.text(max_size=3), st.integers())),
    st.dictionaries(st.text(max_size=3), st.one_of(st.text(max_size=3), st.integers())),
)
def test_digest_tells_answers_apart(one: dict[str, int], other: dict[str, int]) -> None:
    same = [(k, type(v), v) for k, v in sorted(one.items())] == [
        (k, type(v), v) for k, v in sorted(other.items())
    ]
    assert (digest(one, "salt") == digest(other, "salt")) is same


def test_digest_tells_nothing_without_its_salt() -> None:
    assert digest({"a": "yes"}, "one") != digest({"a": "yes"}, "two")
    assert digest({"a": 1, "b": 2}, "s") == digest({"b": 2, "a": 1}, "s")
    assert len(digest({}, "")) == 64
