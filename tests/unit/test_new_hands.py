"""Whoever is given a place that has the turn has that turn's time, and is told the day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.case import Actor, Case, Party
from functions.kernel.definition import Definition
from functions.kernel.durations import ByAnswer, OnDate, day_ends, day_of
from functions.kernel.errors import Refused
from functions.kernel.handover import hand_over, reassign_party, vacate
from functions.kernel.people import Person
from functions.kernel.states import BY_ITSELF
from functions.kernel.timers import deadline, due_at
from functions.processes import NAMES, current
from functions.render.mail.lines import case_lines
from functions.render.text import dates
from functions.render.text.texts import mail_text
from functions.services.case.handover import replace_person
from functions.services.case.timers import run_due_timer
from tests.fakes import START, World
from tests.unit.test_deadlines import every

SECOND = timedelta(seconds=1)
NEW = {"new_name": "Uusi Esihenkilö", "new_email": "uusi@example.org", "new_language": "en"}
SOMEBODY = Person("Somebody Else", "somebody.else@example.com", "en", "somebody")


def with_turn(name: str) -> Iterator[tuple[Definition, Case, Party, datetime]]:
    """Each case of a process, who has its turn, and the last second of their time."""
    for definition, case in every(name, START):
        last, turn = deadline(definition, case), definition.turn(case)
        if last and turn not in BY_ITSELF:
            old = replace(case, turned_at=None, next_timer=1)
            for party in case.holders(turn):
                yield definition, old, party, day_ends(last) - SECOND


def handed_to_another(definition: Definition, case: Case, party: Party, now: datetime) -> Case:
    owner = case.holders(definition.owner)
    by = next((p for p in owner if p.id != party.id), owner[0])
    return hand_over(definition, case, Actor(by.role, by.id), party.id, SOMEBODY, now).case


def followed(definition: Definition, case: Case, party: Party, now: datetime) -> Case:
    alone = replace(
        case,
        parties=tuple(
            p.leaving(0) if p.role == party.role and p.id != party.id else p for p in case.parties
        ),
    )
    return reassign_party(definition, alone, party.id, (SOMEBODY,), now).case


def back(definition: Definition, case: Case, party: Party, now: datetime) -> Case:
    alone = replace(
        case,
        parties=tuple(
            p.leaving(0) if p.role == party.role and p.id != party.id else p for p in case.parties
        ),
    )
    left = vacate(definition, alone, party.id, now - 3 * SECOND).case
    return vacate(definition, left, party.id, now).case


WAYS = (handed_to_another, followed, back)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_who_is_given_the_turn_has_the_time_of_who_had_it_first(name, way) -> None:  # type: ignore[no-untyped-def]
    tried = 0
    for definition, case, party, now in with_turn(name):
        try:
            after = way(definition, case, party, now)
        except (Refused, IndexError):
            continue
        shared = len(after.holders(party.role)) > 1
        limit = definition.state(case.state).deadline
        law = isinstance(limit, ByAnswer) and case.answers.get(limit.field) in limit.by_law
        where = (definition.name, case.state, party.role, way.__name__)
        if isinstance(limit, OnDate) or law:  # a day that was agreed, or is the law's
            assert deadline(definition, after) == deadline(definition, case), where
            assert after.since == now or shared, where
        elif not shared:
            fresh = replace(after, entered_at=now, turned_at=None, next_timer=0)
            assert deadline(definition, after) == deadline(definition, fresh), where
            assert due_at(definition, after) == due_at(definition, fresh), where
            assert after.since == now, where
            tried += 1
    assert tried


def test_who_joins_others_who_have_the_turn_takes_it_as_it_is() -> None:
    definition = current("supervision")
    case = next(c for d, c in every("supervision", START) if c.state == "coordinating")
    first = case.holders("coordinator")[0]
    beside = replace(first, id="p90", email="beside@example.org", ref="beside")
    case = replace(case, parties=(*case.parties, beside), parties_named=90)
    now = START + timedelta(days=6)
    after = reassign_party(definition, case, first.id, (SOMEBODY,), now).case
    assert (after.since, after.entered_at) == (case.since, case.entered_at)


def test_who_has_a_new_address_has_no_new_time() -> None:
    definition = current("supervision")
    case = next(c for d, c in every("supervision", START) if c.state == "offered")
    party = case.holders("supervisor")[0]
    person = replace(SOMEBODY, ref=party.ref)
    after = reassign_party(definition, case, party.id, (person,), START + timedelta(days=6)).case
    assert (after.since, after.entered_at) == (case.since, case.entered_at)


def test_each_who_is_asked_whether_they_agree_has_the_whole_time() -> None:
    definition = current("supervision")
    cases = (c for d, c in every("supervision", START) if c.state == "merge_pending")
    case = next(c for c in cases if len(c.holders("supervisee")) > 1)
    now = START + timedelta(days=6)
    after = handed_to_another(definition, case, case.holders("supervisee")[0], now)
    assert after.entered_at == now


def told(world: World, to: str) -> str:
    sent = [m for m in world.deliver_all() if m["To"] == to]
    return "".join(m.get_body(("plain",)).get_content() for m in sent)  # type: ignore[union-attr]


def run_all(world: World, case_id: str) -> None:
    while run_due_timer(world.services, case_id):
        pass


def day(after: date | None, language: str = "en") -> str:
    assert after
    return dates.day(after, language)


def test_manager_who_takes_over_on_the_last_day_is_told_a_day_and_does_not_lapse() -> None:
    world = World()
    case_id = world.case_at("confirm")
    world.clock.forward(days=59)
    run_all(world, case_id)
    world.deliver_all()
    manager = world.case(case_id).holders("manager")[0]
    replace_person(world.services, "anna@example.org", case_id, manager.id, NEW)
    case = world.case(case_id)
    last = deadline(current("supervision"), case)
    assert last
    assert last >= day_of(world.clock.now()) + timedelta(days=7)
    assert day(last) in told(world, "uusi@example.org")
    world.clock.forward(days=3)
    run_all(world, case_id)
    assert world.case(case_id).state == "submitted"


def test_who_is_given_a_place_without_the_turn_is_told_no_day_of_anothers() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    world.deliver_all()
    manager = world.case(case_id).holders("manager")[0]
    replace_person(world.services, "anna@example.org", case_id, manager.id, NEW)
    last = deadline(current("supervision"), world.case(case_id))
    text = told(world, "uusi@example.org")
    assert text
    assert day(last) not in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_mail_to_who_takes_a_place_has_a_paragraph_for_the_day(name: str, language: str) -> None:
    text = mail_text(name, current(name).handover_mail.name, language)
    assert any("{deadline}" in each for each in text.body)


def test_list_of_cases_that_were_handed_on_names_the_day_of_those_that_wait_for_staff() -> None:
    cases = {c.state: c for d, c in every("supervision", START)}
    mine, others = case_lines([cases["coordinating"], cases["offered"]], "en")
    assert day(deadline(current("supervision"), cases["coordinating"])) in mine
    assert day(deadline(current("supervision"), cases["offered"])) not in others
