"""The hash chain: whatever is done to a kept history shows, and erasing what was said does not."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.case import Event
from functions.kernel.history import SealedEvent, SealKeys, cover, covers, digest
from functions.kernel.history import seal as sealed
from functions.kernel.history import verifies as verified
from tests.fakes import START

KEYS = SealKeys(b"secret")

SAID = [{"a": "one"}, {}, {"b": 2, "c": True}, {"d": "four"}]


def seal(
    step: Event, said: str, previous: str, keys: SealKeys = KEYS, case: str = "one"
) -> SealedEvent:
    return sealed(keys, case, step, said, previous)


def verifies(
    entries: Iterable[SealedEvent], last: str, keys: SealKeys = KEYS, case: str = "one"
) -> bool:
    return verified(keys, case, entries, last)


def chain() -> list[SealedEvent]:
    entries: list[SealedEvent] = []
    for n, said in enumerate(SAID):
        at = START + timedelta(days=n)
        step = Event(n, at, f"act{n}", "manager", "p1", f"s{n}", f"s{n + 1}")
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
    entries[place] = replace(entries[place], event=replace(entries[place].event, **edit))  # type: ignore[arg-type]
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
    extra = seal(replace(entries[-1].event, number=4), digest({}, ""), entries[-1].seal)
    assert not verifies([*entries, extra], entries[-1].seal)
    assert not verifies([*entries, entries[-1]], entries[-1].seal)


def test_verifies_not_when_a_rewritten_step_is_sealed_anew() -> None:
    entries = chain()
    forged = seal(replace(entries[1].event, role="applicant"), entries[1].digest, entries[0].seal)
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


def test_who_has_no_key_cannot_seal() -> None:
    """The tail is cut off, the last step rewritten, and all sealed anew by somebody else's key, or
    by none."""
    entries = chain()
    step = replace(entries[2].event, role="applicant")
    for keys in (SealKeys(b"guessed"), SealKeys(b"")):
        forged = seal(step, entries[2].digest, entries[1].seal, keys)
        assert not verifies([*entries[:2], forged], forged.seal)
        named = replace(forged, seal=entries[2].seal[:8] + forged.seal[8:])
        assert not verifies([*entries[:2], named], named.seal)
    for bare in (digest({}, entries[1].seal), "", ".", "x" * 8):
        last = replace(entries[2], seal=bare)
        assert not verifies([*entries[:2], last], bare)


def test_history_of_one_case_is_not_anothers() -> None:
    entries = chain()
    assert verifies(entries, entries[-1].seal, case="one")
    assert not verifies(entries, entries[-1].seal, case="two")


def test_old_seals_fit_after_the_secret_was_renewed() -> None:
    """A chain goes on with the new key; who has the new secret alone cannot verify the old part."""
    entries, asked = chain(), list[str]()

    def earlier() -> list[bytes]:
        asked.append("once")
        return [b"between", b"secret"]

    keys = SealKeys(b"new", earlier)
    assert verifies(entries, entries[-1].seal, keys)
    more = seal(replace(entries[-1].event, number=4), digest({}, ""), entries[-1].seal, keys)
    assert more.seal[:8] != entries[0].seal[:8]
    assert verifies([*entries, more], more.seal, keys)
    assert not verifies([*entries, more], more.seal)
    assert not verifies([*entries, more], more.seal, SealKeys(b"new"))
    assert not verifies([replace(entries[0], seal="00000000.11")], "00000000.11", keys)
    assert asked == ["once"]


def test_present_key_asks_for_no_earlier_one() -> None:
    def earlier() -> list[bytes]:
        raise AssertionError

    entries = chain()
    assert verifies(entries, entries[-1].seal, SealKeys(b"secret", earlier))


def test_cover_is_of_the_case_and_its_last_entry() -> None:
    case: dict[str, object] = {"id": "one", "answers": {"a": 1}, "parties": [{"email": "a@b.fi"}]}
    made = cover(KEYS, case, "seal")
    assert covers(KEYS, {**case}, "seal", made)
    assert not covers(KEYS, {**case, "answers": {"a": 2}}, "seal", made)
    assert not covers(KEYS, {**case, "parties": []}, "seal", made)
    assert not covers(KEYS, case, "other", made)
    assert not covers(KEYS, case, "seal", cover(SealKeys(b"guessed"), case, "seal"))
    assert not covers(KEYS, case, "seal", "")
