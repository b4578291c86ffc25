"""Letters of desks: the same for the known and the unknown, and the week's digest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.entry.clock import app as clock
from functions.kernel.errors import Invalid, Problem
from functions.render.mail.mail import reference
from functions.services.access.desk_links import close_desk, open_desk, open_for
from functions.services.access.people import person_key
from functions.services.access.quotas import of_address
from functions.services.case import apply
from functions.services.mail.bounces import returned
from functions.services.mail.digest import LONG, MAX_CASES, waiting_long, week_of
from functions.services.mail.orders import ask_desk, outbox_of
from functions.services.ports import SendFailed
from tests.fakes import World
from tests.guards.test_guard_mails import parts

KNOWN, UNKNOWN = "matti@example.org", "nobody@example.org"


class Told:
    """Notes every call of a port, in order."""

    def __init__(self, inner: object, name: str, calls: list[str]) -> None:
        self._inner, self._name, self._calls = inner, name, calls

    def __getattr__(self, method: str) -> object:
        found = getattr(self._inner, method)
        if not callable(found):
            return found

        def noting(*args: object, **known: object) -> object:
            self._calls.append(f"{self._name}.{method}")
            return found(*args, **known)

        return noting


def noting(world: World) -> list[str]:
    """From now on, what the world's services are asked."""
    calls: list[str] = []
    told = {
        name: Told(getattr(world.services, name), name, calls)
        for name in ("cases", "timers", "grants", "directory", "limits", "desks", "post")
    }
    world.services = type(world.services)(
        **told,
        clock=world.clock,
        rules=world.services.rules,  # type: ignore[arg-type]
    )
    return calls


@pytest.fixture
def world() -> World:
    world = World()
    world.case_at("confirm")
    world.index()
    world.deliver_all()
    return world


def test_ask_calls_the_same_whoever_is_asked_for(world: World) -> None:
    calls = noting(world)
    seen = []
    for email in (KNOWN, UNKNOWN, "anna@example.org", *[KNOWN] * 9):  # however often
        calls.clear()
        ask_desk(world.services, {"email": email})
        seen.append(tuple(calls))
    assert set(seen) == {("cases.post_once",)}


def test_ask_puts_no_address_into_the_outbox(world: World) -> None:
    ask_desk(world.services, {"email": "Somebody.New@Example.org"})
    ((box, number),) = world.pending()
    assert "@" not in f"{box}{number}{world.cases.outbox[box, number]}"
    assert "somebody" not in f"{box}{number}{world.cases.outbox[box, number]}".lower()


@pytest.mark.parametrize(("email", "code"), [("", "empty"), (" ", "empty"), ("x", "email")])
def test_ask_what_is_no_address(world: World, email: str, code: str) -> None:
    with pytest.raises(Invalid) as wrong:
        ask_desk(world.services, {"email": email})
    assert wrong.value.problems == (Problem("email", code),)
    assert world.pending() == []


@pytest.mark.parametrize("email", ["a\nb@example.org", "a@example.org\r\nBcc: x@y.fi", "\x00@x.fi"])
def test_ask_with_controls(world: World, email: str) -> None:
    with pytest.raises(Invalid):
        ask_desk(world.services, {"email": email})


def test_ask_through_the_trap_sends_nothing(world: World) -> None:
    with pytest.raises(Invalid):
        ask_desk(world.services, {"email": KNOWN, "website": "x"})
    assert world.pending() == []


def test_ask_three_a_day_then_silence(world: World) -> None:
    sent = 0
    for _ in range(9):
        ask_desk(world.services, {"email": KNOWN.upper()})
        sent += len(world.deliver_all())
        world.clock.forward(minutes=5)
    assert sent == 3
    world.clock.forward(days=1)
    ask_desk(world.services, {"email": KNOWN})
    assert len(world.deliver_all()) == 1


def test_ask_again_at_once_is_one_link(world: World) -> None:
    for _ in range(9):
        ask_desk(world.services, {"email": KNOWN})
    assert len(world.deliver_all()) == 1


@pytest.mark.parametrize("signed_out", [False, True])
def test_link_that_was_opened_holds_no_new_one_back(world: World, signed_out: bool) -> None:
    ask_desk(world.services, {"email": KNOWN})
    world.clock.forward(seconds=30)
    ask_desk(world.services, {"email": KNOWN})
    assert len(world.deliver_all()) == 1
    token = links_in(world)[-1]
    open_for(world.services, token, "own")
    if signed_out:
        close_desk(world.services, token)
    world.clock.forward(seconds=30)
    ask_desk(world.services, {"email": KNOWN})
    assert len(world.deliver_all()) == 1


def test_other_spellings_lock_nobody_out_and_flood_no_mailbox(world: World) -> None:
    """Strangers name other spellings of a mailbox, which gives each a desk, and ask for it."""
    names = [f"matti+{n}@example.org" for n in range(5)]
    for name in names:
        case_id = world.case_at("confirm")
        folder = world.cases.folders[case_id]
        parties = tuple(
            replace(p, email=name) if p.role == "manager" else p for p in folder.case.parties
        )
        folder.case = replace(folder.case, parties=parties)
    world.index()
    while world.deliver_all():
        pass
    sent = []
    for name in [*names * 4, *[KNOWN] * 4]:
        ask_desk(world.services, {"email": name})
        sent += [m["To"] for m in world.deliver_all()]
        world.clock.forward(minutes=6)
    assert sent.count(KNOWN) == 3
    assert len(sent) == 6 + 3


@pytest.mark.parametrize("own", ["matti.m@gmail.com", "matti+work@example.org"])
def test_who_acts_by_a_spelling_of_their_own_is_not_locked_out(world: World, own: str) -> None:
    """A stranger names six spellings of their mailbox and asks for all those desks first."""
    name, _, host = own.replace(".m@", "m@").replace("+work", "").partition("@")
    for n in range(7):
        spelling = own if n == 6 else f"{name}+{n}@{host}"
        case_id = world.case_at("confirm", *(["endorse"] if spelling == own else []))
        folder = world.cases.folders[case_id]
        parties = tuple(
            replace(p, email=spelling) if p.role == "manager" else p for p in folder.case.parties
        )
        folder.case = replace(folder.case, parties=parties)
    world.index()
    while world.deliver_all():
        pass
    for n in range(6):
        ask_desk(world.services, {"email": f"{name}+{n}@{host}"})
        assert len(world.deliver_all()) == 1
        world.clock.forward(minutes=6)
    ask_desk(world.services, {"email": own})
    assert [m["To"] for m in world.deliver_all()] == [own]


def test_owner_has_a_working_link_whatever_strangers_ask(world: World) -> None:
    """Every few minutes for days, timed for the end of the owner's hours."""
    for day in range(4):
        for _ in range(40):
            ask_desk(world.services, {"email": KNOWN})
            world.clock.forward(minutes=36)
        mails = world.deliver_all()
        assert len(mails) <= 3, day
        token = links_in(world)[-1]
        assert open_desk(world.services, token).standing in ("unopened", "open")
        open_for(world.services, token, "own")
        ask_desk(world.services, {"email": KNOWN})  # who has opened one may ask at once
        world.clock.forward(minutes=1)
        assert len(world.deliver_all()) == 1
        fresh = links_in(world)[-1]
        open_for(world.services, fresh, "shared")
        assert open_desk(world.services, token).standing == "newer"
        close_desk(world.services, fresh)
        assert open_desk(world.services, fresh).standing == "closed"


def links_in(world: World) -> list[str]:
    """The tokens of all links to desks that were mailed, in order."""
    sent = [m for m in world.post.sent if "/api/d/" in str(m)]
    return [parts(m)[2][0].rpartition("/")[2] for m in sent]


def test_send_that_failed_takes_one_place_however_often_tried(world: World) -> None:
    world.post.failures = [SendFailed("busy", permanent=False)] * 4
    ask_desk(world.services, {"email": KNOWN})
    for _ in range(6):
        world.clock.forward(minutes=20)
        clock.handle(world.services, {})
    for _ in range(2):
        world.clock.forward(minutes=5)
        ask_desk(world.services, {"email": KNOWN})
        world.deliver_all()
    assert len(links_in(world)) == 3


def test_link_goes_to_the_known_alone(world: World) -> None:
    for email in (KNOWN, UNKNOWN):
        ask_desk(world.services, {"email": email})
    (mail,) = world.deliver_all()
    assert mail["To"] == KNOWN
    text, _, links = parts(mail)
    link = links[0]
    desk = open_desk(world.services, link.rpartition("/")[2])
    assert (desk.email, desk.expires_at) == (KNOWN, world.clock.now() + timedelta(days=7))
    for word in ("Aino", "Matti", "K-", "learn"):
        assert word not in text + str(mail["Subject"])
    assert {
        kept.status for key, kept in world.cases.outbox.items() if key[0].startswith("desk#")
    } == {
        "sent",
        "suppressed",
    }


def test_link_in_the_language_on_record() -> None:
    world = World()
    ask_desk(world.services, {"email": "sten@example.org", "_lang": "en"})
    (mail,) = world.deliver_all()
    assert mail["Content-Language"] == "sv"


def test_link_not_to_a_mailbox_that_bounced(world: World) -> None:
    until = world.clock.now() + timedelta(days=9)
    world.limits.suppress(of_address(world.services, KNOWN), until)
    ask_desk(world.services, {"email": KNOWN})
    assert world.deliver_all() == []


def test_link_that_bounced_stops_mail(world: World) -> None:
    ask_desk(world.services, {"email": KNOWN})
    (mail,) = world.deliver_all()
    letter = str(mail["X-Kapula-Origin"])
    assert not returned(world.services, letter, UNKNOWN)
    assert returned(world.services, letter, KNOWN)
    assert world.limits.suppressed(of_address(world.services, KNOWN), world.clock.now())


def test_sweeper_sends_desk_letters_too(world: World) -> None:
    ask_desk(world.services, {"email": KNOWN})
    world.clock.forward(minutes=5)
    clock.handle(world.services, {})
    assert [m["To"] for m in world.post.sent[-1:]] == [KNOWN]


@pytest.mark.parametrize(
    ("moment", "week"),
    [
        (datetime(2026, 8, 3, 4, 59, tzinfo=UTC), "2026-W31"),  # Monday 7.59 in summer
        (datetime(2026, 8, 3, 5, 0, tzinfo=UTC), "2026-W32"),
        (datetime(2026, 12, 7, 5, 59, tzinfo=UTC), "2026-W49"),  # Monday 7.59 in winter
        (datetime(2026, 12, 7, 6, 0, tzinfo=UTC), "2026-W50"),
        (datetime(2027, 1, 3, 12, 0, tzinfo=UTC), "2026-W53"),
    ],
)
def test_week_begins_on_monday_at_8_in_finland(moment: datetime, week: str) -> None:
    assert week_of(moment) == week


def digest(world: World) -> dict[str, list[str]]:
    """What the week's digest says to whom."""
    clock.handle(world.services, {"digest": True})
    sent = [m for m in world.deliver_all() if "/api/d/" in str(m)]
    return {str(m["To"]): [w for w in parts(m)[0].split() if w.startswith("K-")] for m in sent}


def test_digest_says_nothing_while_nothing_is_late(world: World) -> None:
    assert digest(world) == {}


def test_digest_once_a_week_to_each_coordinator(world: World) -> None:
    (case_id,) = world.cases.folders
    world.clock.forward(days=13)
    told = {e: [f"{reference(case_id)}:"] for e in ("anna@example.org", "sten@example.org")}
    assert digest(world) == told
    assert digest(world) == {}
    world.clock.forward(days=7)
    assert digest(world) == told


def test_digest_names_nobody_and_nothing(world: World) -> None:
    world.clock.forward(days=13)
    clock.handle(world.services, {"digest": True})
    mail = next(m for m in world.deliver_all() if "/api/d/" in str(m))
    text = parts(mail)[0]
    assert "Odottaa puoltoa" in text
    assert "esihenkilö" in text
    for word in ("Aino", "Matti", "learn", "north", "Yksilö"):
        assert word not in text


def test_digest_has_a_bound() -> None:
    world = World()
    ids = []
    for n in range(MAX_CASES + 9):
        draft = world.draft(applicant_email=f"aino{n}@example.net")
        ids.append(apply.send(world.services, draft))
        world.do(ids[-1], "confirm")
    world.index()
    world.clock.forward(days=13)
    cases, more = waiting_long(world.services, person_key(world.services, "anna@example.org"))
    assert ([c.id for c in cases], more) == (ids[:MAX_CASES], True)
    assert len(digest(world)["anna@example.org"]) == MAX_CASES


def test_waiting_long_without_a_deadline() -> None:
    world = World()
    case_id = world.case_at("confirm", "reject")
    world.index()
    anna = person_key(world.services, "anna@example.org")
    world.clock.forward(days=13)
    assert waiting_long(world.services, anna) == ([], False)
    world.clock.forward(days=LONG.days - 13)
    assert [c.id for c in waiting_long(world.services, anna)[0]] == [case_id]


def test_outbox_of_a_person_is_no_case(world: World) -> None:
    assert world.cases.load(outbox_of("x" * 40)) is None
