"""Places on a theme day: taken, waited for, passed on, and never one too many."""

from tests.fakes import interrupt
from tests.sixth import BEFORE
from tests.web_client import Visits


def enrol(world: Visits, name: str, participants: str = "1", *, confirm: bool = True) -> str:
    address = f"{name}@example.net"
    typed = {"theme_day": "2026-10-07", "participants": participants, "name": name, "unit": "north"}
    typed |= {"email": address, "language": "sv", "privacy_read": "yes"}
    world.send("themeday/enrol", typed)
    if confirm:
        world.press(address, "confirm")
    return address


FIVE = [("aino", "3"), ("bea", "1"), ("cai", "2"), ("dea", "1"), ("eva", "1")]


def stands(world: Visits, *people: str) -> list[str]:
    return [world.case_of(p).state for p in people]


def test_queue_goes_in_order_until_the_day_is_over() -> None:
    world = Visits(BEFORE)
    aino, bea, cai, dea, eva = people = [enrol(world, n, m) for n, m in FIVE]
    assert stands(world, *people) == ["placed", "placed", "waiting", "waiting", "waiting"]
    world.press(bea, "withdraw")
    assert stands(world, *people) == ["placed", "left", "waiting", "waiting", "waiting"]
    world.press(cai, "withdraw")
    assert stands(world, dea, eva) == ["offered", "waiting"]
    world.wait(days=3)
    assert stands(world, dea, eva) == ["left", "offered"]
    assert [world.last_mail(p) for p in (dea, eva)] == ["lapsed", "offered"]
    assert "Platserna bokade" in world.press(eva, "accept")
    world.wait(days=60)
    assert [world.last_mail(p) for p in (aino, eva)] == ["remind", "remind"]
    world.wait(days=3)
    assert stands(world, aino, eva) == ["over", "over"]
    assert [world.last_mail(p) for p in (aino, eva)] == ["remind", "remind"]
    world.wait(days=6)
    assert [world.last_mail(p) for p in people] == [
        "thanks",
        "cancelled",
        "waiting",
        "lapsed",
        "thanks",
    ]


def test_of_two_who_want_the_last_place_one_waits() -> None:
    world = Visits(BEFORE)
    enrol(world, "aino", "3")
    bea, cai = (enrol(world, name, confirm=False) for name in ("bea", "cai"))
    interrupt(world, lambda: world.press(cai, "confirm"))
    world.press(bea, "confirm")
    assert stands(world, bea, cai) == ["waiting", "placed"]
    assert [world.last_mail(p) for p in (bea, cai)] == ["waiting", "placed"]
