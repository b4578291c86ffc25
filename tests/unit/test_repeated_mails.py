"""Acts that leave a case where it is can be repeated; their mails cannot be sent without end."""

from collections import Counter

from functions.entry.clock import app as clock
from functions.services.mail.pacing import MAX_A_DAY
from tests.orders import DATED, Quotes


def substitute(world: Quotes, case_id: str, times: int) -> None:
    for n in range(times):
        leaving = str(world.case(case_id).answers["participant_names"]).splitlines()[0]
        world.take(case_id, "substitute", replaced=leaving, coming_in=f"Eeva {chr(65 + n)}")
        world.clock.forward(minutes=1)


def test_twenty_substitutes_are_three_mails_to_each_today_and_one_tomorrow() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.deliver_all()
    substitute(world, case_id, 20)
    today = Counter((m["To"], m["Subject"]) for m in world.deliver_all())
    assert len(today) > 2
    assert {*today.values()} == {MAX_A_DAY}
    world.deliver_all()
    world.clock.forward(hours=25)
    before = len(world.post.sent)
    clock.handle(world.services, {})
    world.deliver_all()
    tomorrow = Counter((m["To"], m["Subject"]) for m in world.post.sent[before:])
    assert {k: n for k, n in tomorrow.items() if k in today} == dict.fromkeys(today, 1)


def test_what_is_done_three_times_a_day_is_told_at_once() -> None:
    world = Quotes()
    case_id = world.request(*DATED)
    world.deliver_all()
    for _ in range(3):
        substitute(world, case_id, MAX_A_DAY)
        assert {*Counter(m["To"] for m in world.deliver_all()).values()} == {MAX_A_DAY}
        world.clock.forward(hours=24)
