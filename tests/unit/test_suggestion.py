"""Which supervisor is suggested first: better matches never come later, and everything said is so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.people import Listing
from functions.processes.supervision.forms import OFFER
from functions.processes.supervision.suggestion import free, judge

FORMS, LANGUAGES = ("individual", "pair", "group"), ("fi", "sv", "en")
PLACES = ("", "Mallila", "Esimerkkilä", "Exempelby")
COUNT = st.integers(0, 12)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), unique=True).map(tuple)


FACTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "forms": some(FORMS),
        "languages": some(LANGUAGES),
        "place": st.sampled_from(PLACES),
        "online": st.booleans(),
        "maximum": COUNT,
        "ongoing": COUNT,
        "queued": COUNT,
        "longest_new_process": st.integers(1, 20),
    },
)
ANSWERS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"form_of_supervision": st.sampled_from(FORMS)},
    optional={
        "supervision_language": st.sampled_from((*LANGUAGES, "other")),
        "mode": st.sampled_from(("on_site", "online", "hybrid")),
        "place": st.sampled_from(PLACES[1:]),
        "number_of_sessions": st.integers(1, 20),
    },
)
WISH = {
    "form_of_supervision": "individual",
    "supervision_language": "fi",
    "mode": "on_site",
    "place": "Mallilassa",
    "number_of_sessions": 10,
}
FITS = {
    "forms": ("individual",),
    "languages": ("fi",),
    "place": "Mallila",
    "maximum": 5,
    "ongoing": 2,
    "queued": 1,
    "longest_new_process": 10,
}


def listing(**facts: Any) -> Listing:
    return Listing("x", {"fi": "X"}, facts)


def better(answers: dict[str, Any], facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The same supervisor, each a better match in one thing."""
    improved = [{"forms": (answers["form_of_supervision"], *facts.get("forms", ()))}]
    language = answers.get("supervision_language")
    if language in LANGUAGES:
        improved.append({"languages": (language, *facts.get("languages", ()))})
    if "maximum" in facts:
        improved.append({"maximum": facts["maximum"] + 1})
    for count in ("ongoing", "queued"):
        if facts.get(count):
            improved.append({count: facts[count] - 1})
    if "longest_new_process" in facts:
        improved.append({"longest_new_process": facts["longest_new_process"] + 1})
    if answers.get("mode") in ("online", "hybrid"):
        improved.append({"online": True})
    if answers.get("place") and answers.get("mode") != "online":
        improved.append({"place": answers["place"]})
    return [{**facts, **change} for change in improved]


@given(ANSWERS, FACTS)
def test_better_match_never_ranks_lower(answers: dict[str, Any], facts: dict[str, Any]) -> None:
    before = judge(answers, listing(**facts))
    for improved in better(answers, facts):
        after = judge(answers, listing(**improved))
        assert after.order <= before.order, (facts, improved)
        assert len(after.warnings) <= len(before.warnings)


@given(ANSWERS, FACTS)
def test_judgement_is_the_same_each_time_and_says_only_what_has_words(
    answers: dict[str, Any], facts: dict[str, Any]
) -> None:
    found = judge(answers, listing(**facts))
    assert found == judge(dict(reversed(answers.items())), listing(**facts))
    ranking = OFFER[0].ranked
    assert ranking
    assert {n.code for n in (*found.why, *found.warnings)} <= set(ranking.codes)


@given(ANSWERS, FACTS, FACTS)
def test_fewer_warnings_come_first(
    answers: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = (judge(answers, listing(**facts)) for facts in (one, other))
    if len(first.warnings) < len(second.warnings):
        assert first.order < second.order


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        ({}, []),
        ({"forms": ("group",)}, ["form"]),
        ({"languages": ("sv",)}, ["language"]),
        ({"ongoing": 5, "queued": 0}, ["full"]),
        ({"ongoing": 7}, ["full"]),
        ({"maximum": 0, "ongoing": 0, "queued": 0}, ["full"]),
        ({"queued": 3}, ["queue"]),
        ({"longest_new_process": 9}, ["long"]),
        ({"forms": ("pair",), "languages": ("en",), "ongoing": 9}, ["form", "language", "full"]),
    ],
)
def test_warnings(changed: dict[str, Any], warning: list[str]) -> None:
    found = judge(WISH, listing(**{**FITS, **changed}))
    assert [n.code for n in found.warnings] == [f"warning.{w}" for w in warning]


def test_nothing_told_is_no_warning() -> None:
    found = judge(WISH, listing())
    assert (found.why, found.warnings, found.badge) == ((), (), None)
    assert judge({}, listing(**FITS)).warnings == ()


def test_reasons_in_full() -> None:
    found = judge(WISH, listing(**FITS))
    assert [n.code for n in found.why] == ["why.form_language", "why.place", "why.vacancy"]
    assert found.why[0].values == {"guided": "individual", "spoken": "fi"}
    assert found.why[2].values == {"vacancy": 2}
    assert found.badge
    assert found.badge.values == {"longest": 10}


def test_other_language_is_judged_by_people() -> None:
    found = judge({**WISH, "supervision_language": "other"}, listing(**FITS))
    assert found.warnings == ()
    assert found.why[0].code == "why.form"


@pytest.mark.parametrize(
    ("mode", "facts", "far"),
    [
        ("on_site", {"place": "Mallila"}, 0),
        ("on_site", {"place": "Exempelby"}, 1),
        ("on_site", {"online": True}, 2),
        ("on_site", {}, 1),
        ("online", {"online": True}, 0),
        ("online", {"online": False, "place": "Mallila"}, 2),
        ("online", {}, 1),
        ("hybrid", {"online": True}, 1),
        ("hybrid", {"online": False}, 2),
    ],
)
def test_place(mode: str, facts: dict[str, Any], far: int) -> None:
    assert judge({"mode": mode, "place": "Mallilassa"}, listing(**facts)).order[6] == far


def test_free_counts_the_queue() -> None:
    assert free(listing(maximum=5, ongoing=2, queued=1)) == 2
    assert free(listing(maximum=1, ongoing=2)) == 0
    assert free(listing(ongoing=2)) is None
