"""Lists of a desk: what is first, what is found, how one goes on, and what it never shows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.kernel.desk import TODO, list_of
from functions.kernel.errors import Unreadable
from functions.kernel.people import Listing
from functions.services.access.people import person_key
from functions.services.desk import worklist
from functions.services.desk.index import index_case
from functions.services.desk.worklist import (
    ROWS,
    DeskPage,
    DeskQuery,
    find_cases,
    list_page,
    overview,
)
from tests.fakes import START, World


class Desk:
    """A world seen from one desk."""

    def __init__(self, world: World, email: str) -> None:
        self.world = world
        self.person = person_key(world.services, email)

    def found(self, text: str = "", *marks: str, cursor: str = "") -> DeskPage:
        return find_cases(self.world.services, self.person, DeskQuery(marks, text), cursor)

    def every(self, text: str = "", *marks: str) -> list[str]:
        """All that is found, page by page."""
        ids: list[str] = []
        cursor = ""
        for _ in range(1000):
            listed = self.found(text, *marks, cursor=cursor)
            ids += [row.case.id for row in listed.rows]
            cursor = listed.next
            if not cursor:
                return ids
        raise AssertionError("it never ends")


def seed(world: World, number: int, step: timedelta = timedelta(hours=1), **answers: str) -> str:
    """A copy of a confirmed case with an id and answers of its own, opened later each time."""
    if "model" not in vars(world):
        vars(world)["model"] = world.case_at("confirm", "endorse")
    folder = world.cases.folders[vars(world)["model"]]
    moment = START + (number + 1) * step
    case = replace(
        folder.case,
        id=f"case{number:016}",
        opened_at=moment,
        entered_at=moment,
        answers={**folder.case.answers, **answers},
    )
    world.cases.folders[case.id] = replace(folder, case=case)
    index_case(world.services, case.id)
    return case.id


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def anna(world: World) -> Desk:
    return Desk(world, "anna@example.org")


def test_overview_of_an_empty_desk(world: World, anna: Desk) -> None:
    assert overview(world.services, anna.person) == worklist.Overview(DeskPage(TODO, ()), [])


def test_overview_urgent_first_then_oldest(world: World, anna: Desk) -> None:
    kinds = ("individual", "crisis", "group", "crisis")
    ids = [seed(world, n, form_of_supervision=kind) for n, kind in enumerate(kinds)]
    seen = overview(world.services, anna.person)
    assert [row.case.id for row in seen.todo.rows] == [ids[1], ids[3], ids[0], ids[2]]


def test_overview_shows_25_and_leads_on(world: World, anna: Desk) -> None:
    for n in range(60):
        seed(world, n)
    for _ in range(3):
        world.case_at("confirm")
    world.index()
    seen = overview(world.services, anna.person)
    assert len(seen.todo.rows) == 22
    assert [(each.prefix, len(each.rows)) for each in seen.lists] == [
        (list_of("supervision", "coordinator", "waiting"), 3)
    ]
    assert seen.todo.next
    first = [row.case.id for row in seen.todo.rows]
    then = list_page(world.services, anna.person, TODO, seen.todo.next)
    assert first[1:] == [f"case{n:016}" for n in range(21)], "behind the model, the oldest"
    assert [row.case.id for row in then.rows] == [f"case{n:016}" for n in range(21, 46)]


def test_stretches_meet_without_gap_or_overlap(world: World, anna: Desk) -> None:
    ids = [seed(world, n) for n in range(2 * ROWS + 1)]
    got, cursor, pages = [], "", 0
    while True:
        listed = list_page(world.services, anna.person, TODO, cursor)
        got += [row.case.id for row in listed.rows]
        pages += 1
        cursor = listed.next
        if not cursor:
            break
    assert [i for i in got if i.startswith("case")] == ids
    assert pages == 3


@pytest.mark.parametrize(
    "cursor", ["x", "ä", "=", "AAAA", "bWluZSM=", "bWluZSMA", "YWxsIzE", "a" * 201, "%00", "."]
)
def test_cursor_that_is_none_of_this_list(world: World, anna: Desk, cursor: str) -> None:
    with pytest.raises(Unreadable):
        list_page(world.services, anna.person, TODO, cursor)
    with pytest.raises(Unreadable):
        find_cases(world.services, anna.person, DeskQuery(("unit=north",)), cursor)


def test_cursor_of_another_desk_shows_nothing_of_it(world: World, anna: Desk) -> None:
    for n in range(ROWS + 3):
        seed(world, n)
    cursor = list_page(world.services, anna.person, TODO).next
    stranger = person_key(world.services, "stranger@example.org")
    assert list_page(world.services, stranger, TODO, cursor).rows == ()


@pytest.mark.parametrize("text", ["fältets", "field's edge", "Pellonreuna", "fielding"])
def test_found_by_the_name_of_the_unit_in_any_language(
    world: World, anna: Desk, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    names = {"fi": "Pellonreuna", "sv": "Fältets kant", "en": "Field's Edge"}
    told, listings = Listing("acre", names), world.directory.listings
    monkeypatch.setattr(
        type(world.directory),
        "listings",
        lambda _, source: [told] if source == "units" else listings(source),
    )
    here = [seed(world, n, unit="acre", title=f"Number {n + 100}") for n in range(ROWS + 2)]
    seed(world, 90, unit="other", title="Something else")
    named = seed(world, 91, unit="other", title=text)
    both = seed(world, 92, unit="acre", title=text)
    if text == "fielding":  # begins no name's word
        assert sorted(anna.every(text)) == sorted([named, both])
        return
    assert sorted(anna.every(text)) == sorted([*here, named, both]), "each once"
    assert anna.every(f"{text} 107") == [here[7]]
    assert anna.every(f"{text} 107", "unit=other") == []


def test_found_by_state_unit_form_and_words(world: World, anna: Desk) -> None:
    crisis = seed(world, 0, form_of_supervision="crisis", title="Äkillinen tilanne")
    calm = seed(world, 1, title="Åsas grupp")
    other = world.case_at("confirm")
    world.index()
    model = vars(world)["model"]
    assert anna.every() == [calm, crisis, other, model]
    assert anna.every("", "state=supervision.submitted") == [other]
    assert anna.every("", "form_of_supervision=crisis") == [crisis]
    assert anna.every("", "unit=north", "form_of_supervision=crisis") == [crisis]
    assert anna.every("", "unit=south") == []
    assert anna.every("", "form=supervision.individual") == [calm, crisis, other, model]
    for text in ("akill", "ÄKILL", "tilanne äkill", "A\u0308killinen", "matti tila"):
        assert anna.every(text) == [crisis], text
    assert anna.every("asas", "form_of_supervision=individual") == [calm]
    assert anna.every("illinen") == []
    assert anna.every("aka tilanne") == []


def test_case_with_two_words_that_begin_alike_is_found_once(world: World, anna: Desk) -> None:
    ids = [seed(world, n, title="Ainola ainokki") for n in range(60)]
    assert anna.every("aino")[::-1] == ids


def test_found_goes_on_until_all_were_seen(world: World, anna: Desk) -> None:
    """What is rare is found too, though no page reads more than its bound."""
    ids = [
        seed(world, n, form_of_supervision="crisis" if n % 97 == 5 else "group") for n in range(450)
    ]
    rare = [i for n, i in enumerate(ids) if n % 97 == 5][::-1]
    listed = anna.found("", "unit=north", "form_of_supervision=crisis")
    assert listed.next
    assert anna.every("", "unit=north", "form_of_supervision=crisis") == rare
    assert anna.every("aino", "form_of_supervision=group")[::-1] == [
        i for i in ids if i not in rare
    ]


def test_candidates_that_hold_no_longer_are_dropped(world: World, anna: Desk) -> None:
    case_id = world.case_at("confirm", "endorse")
    world.index()
    assert [r.case.id for r in overview(world.services, anna.person).todo.rows] == [case_id]
    world.do(case_id, "offer")  # and the indexer has not come yet
    assert overview(world.services, anna.person).todo.rows == ()
    assert anna.every("", "state=supervision.coordinating") == []
    del world.cases.folders[case_id]
    assert anna.every() == []


def test_desk_of_others_has_no_list_of_everything(world: World) -> None:
    world.case_at("confirm")
    world.index()
    matti = Desk(world, "matti@example.org")
    assert matti.every() == []
    assert matti.every("aino") == []
    assert [r.party.role for r in overview(world.services, matti.person).todo.rows] == ["manager"]


def test_person_in_two_roles_has_lists_of_both(world: World) -> None:
    case_id = world.case_at("confirm")
    folder = world.cases.folders[case_id]
    parties = tuple(
        replace(p, email="sten@example.org") if p.role == "applicant" else p
        for p in folder.case.parties
    )
    folder.case = replace(folder.case, parties=parties)
    world.index()
    seen = overview(world.services, person_key(world.services, "sten@example.org"))
    assert [each.prefix for each in seen.lists] == [
        list_of("supervision", "applicant", "waiting"),
        list_of("supervision", "coordinator", "waiting"),
    ]


def test_wanted_reads_the_list_that_has_fewest() -> None:
    assert DeskQuery().prefix == "all#"
    assert DeskQuery(("state=x", "unit=y")).prefix == "state=x#"
    assert DeskQuery(("state=x",), "ab abc").prefix == "word#abc"
    assert DeskQuery((), "#!").prefix == "all#"
