"""Who is named in many forms is mailed some, then told of the rest at once; nothing is lost."""

from dataclasses import replace

import pytest

from functions.entry.clock import app as clock
from functions.kernel.case import Actor, MailOrder
from functions.kernel.desk import ACTED
from functions.kernel.directory import person as person_of
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import TooMany, TooManyFromSource
from functions.kernel.handover import hand_over
from functions.processes import pinned
from functions.render.text.texts import mail_text
from functions.services import commit
from functions.services.access.desk_links import open_for
from functions.services.access.people import is_own_spelling, person_key
from functions.services.access.quotas import count_source
from functions.services.case import apply
from functions.services.case.handover import replace_person
from functions.services.commit import PendingWrite
from functions.services.desk.worklist import overview
from functions.services.mail.orders import ask_desk
from functions.services.ports import WorklistItem
from tests.fakes import World, token_in
from tests.guards.test_guard_mails import parts

MATTI = "matti@example.org"


def applied(world: World, n: int, **changed: str) -> str:
    """One more application from a sender who confirms it at once."""
    draft = world.draft(**{"applicant_email": f"aino{n}@example.net", **changed})
    case_id = apply.send(world.services, draft)
    world.do(case_id, "confirm")
    world.index()
    world.deliver_all()
    return case_id


def taken(world: World) -> bool:
    try:
        applied(world, 0)
    except TooMany:
        return False
    return True


def to(world: World, *emails: str) -> list[str]:
    """Whether each mail to these addresses was of a case or of their desk."""
    mails = [m for m in world.post.sent if m["To"] in emails]
    return ["desk" if "/api/d/" in str(m) else "case" for m in mails]


def pass_days(world: World, days: float) -> None:
    for _ in range(int(days * 24)):
        world.clock.forward(hours=1)
        clock.handle(world.services, {})
        world.index()
        world.deliver_all()


def test_one_senders_twelve_applications_are_four_mails_to_their_manager() -> None:
    """Each confirmation gives the sender their own places back."""
    world = World()
    for _ in range(12):
        applied(world, 0)
    assert to(world, MATTI) == ["case"] * 3 + ["desk"]


def test_all_lie_on_the_desk_that_the_days_mail_opens() -> None:
    world = World()
    ids = [applied(world, n) for n in range(12)]
    mail = next(m for m in world.post.sent if m["To"] == MATTI and "/api/d/" in str(m))
    open_for(world.services, parts(mail)[2][0].rpartition("/")[2], "own")
    mine = overview(world.services, person_key(world.services, MATTI)).todo
    assert {row.case.id for row in mine.rows} == set(ids)


def test_every_held_mail_leaves_later_unless_its_turn_is_over() -> None:
    world = World()
    ids = [applied(world, n) for n in range(8)]
    world.do(ids[7], "withdraw")
    told = {
        str(m["X-Kapula-Origin"]).rpartition("-")[0] for m in world.post.sent if m["To"] == MATTI
    }
    pass_days(world, 3)
    told = {
        str(m["X-Kapula-Origin"]).rpartition("-")[0] for m in world.post.sent if m["To"] == MATTI
    }
    assert {f"{i}-p2" for i in ids[:7]} <= told
    days = [m["Date"].datetime.date() for m in world.post.sent if m["To"] == MATTI]
    assert max(days.count(day) for day in days) <= 5


def test_who_acts_or_opens_their_desk_is_mailed_at_once_again() -> None:
    world = World()
    ids = [applied(world, n) for n in range(4)]
    world.do(ids[0], "endorse")
    applied(world, 5)
    assert to(world, MATTI) == ["case"] * 3 + ["desk", "case"]
    applied(world, 6), applied(world, 7), applied(world, 8)
    assert to(world, MATTI)[5:] == ["case"] * 2
    mail = next(m for m in world.post.sent if m["To"] == MATTI and "/api/d/" in str(m))
    open_for(world.services, parts(mail)[2][0].rpartition("/")[2], "own")
    applied(world, 9)
    assert to(world, MATTI)[7:] == ["case"]


def test_plus_addresses_are_one_recipient() -> None:
    world = World()
    for n in range(20):
        applied(world, n, manager_email=f"matti+{n}@example.org")
    sent = to(world, *(f"matti+{n}@example.org" for n in range(20)))
    assert sent.count("case") == 3
    assert sent.count("desk") == 3


def test_other_spellings_keep_nothing_from_the_plain_address() -> None:
    """A stranger names 23 of them; the real application is mailed that day, and what it cannot
    be mailed of lies on the desk that is told of."""
    world = World()
    for n in range(23):
        applied(world, n, manager_email=f"matti+{n}@example.org")
    ids = [applied(world, 30 + n) for n in range(5)]
    assert to(world, MATTI) == ["case"] * 3 + ["desk"]
    mail = next(m for m in world.post.sent if m["To"] == MATTI and "/api/d/" in str(m))
    open_for(world.services, parts(mail)[2][0].rpartition("/")[2], "own")
    mine = overview(world.services, person_key(world.services, MATTI)).todo
    assert {row.case.id for row in mine.rows} == set(ids)


def test_spelling_that_its_owner_has_acted_by_waits_for_no_other() -> None:
    world, work = World(), "matti+work@example.org"
    first = applied(world, 0, manager_email=work)
    world.do(first, "endorse")
    world.index()
    for n in range(23):
        applied(world, n, manager_email=f"matti+{n}@example.org")
    applied(world, 30, manager_email=work)
    assert to(world, work) == ["case"] * 2


def test_no_number_of_strangers_makes_a_spelling_a_strangers_again() -> None:
    world, work = World(), "matti+work@example.org"
    first = applied(world, 0, manager_email=work)
    world.do(first, "endorse")
    for n in range(25):
        world.clock.forward(hours=1)
        applied(world, n, manager_email=work)
    world.index()
    assert is_own_spelling(world.services, person_key(world.services, work), work)
    for n in range(6):
        ask_desk(world.services, {"email": applied_for(world, f"matti+{n}@example.org")})
    world.deliver_all()
    ask_desk(world.services, {"email": work})
    links = [m["To"] for m in world.deliver_all() if m["X-Kapula-Origin"].endswith("desk_link")]
    assert links == [work]


def applied_for(world: World, manager: str) -> str:
    applied(world, 99, manager_email=manager)
    world.index()
    return manager


def test_only_what_its_owner_does_makes_a_spelling_theirs() -> None:
    world, work = World(), "matti+work@example.org"
    key = person_key(world.services, work)
    named = applied(world, 0, manager_email=work)
    mine = apply.send(
        world.services, world.draft(applicant_email=work, manager_email="eva@example.org")
    )
    world.index()
    assert not is_own_spelling(world.services, key, work)  # a stranger sent both
    world.do(mine, "confirm")
    world.index()
    assert is_own_spelling(world.services, key, work)
    world.do(mine, "withdraw", "status")
    world.index()
    assert is_own_spelling(world.services, key, work)
    manager = world.case(named).holders("manager")[0]
    assert not any(key == card.desk and named in card.sort_key for card in acted(world))
    world.do(named, "return")
    other = {"new_name": "Eva", "new_email": "eva@example.org", "new_language": "fi"}
    replace_person(world.services, "anna@example.org", named, manager.id, other)
    world.index()
    assert any(key == card.desk and named in card.sort_key for card in acted(world))


def acted(world: World) -> list[WorklistItem]:
    return [card for card in world.desks.cards.values() if card.sort_key.startswith(ACTED)]


def test_each_mail_that_more_waits_opens_the_desk_on_which_it_lies() -> None:
    world = World()
    for n in range(20):
        applied(world, n, manager_email=f"matti+{n}@example.org")
    mails = [m for m in world.post.sent if "/api/d/" in str(m)]
    assert mails
    for mail in mails:
        open_for(world.services, parts(mail)[2][0].rpartition("/")[2], "own")
        rows = overview(world.services, person_key(world.services, str(mail["To"]))).todo.rows
        assert rows


@pytest.mark.parametrize("way", ["acts", "opens"])
def test_other_spelling_that_acts_or_opens_its_desk_frees_what_they_share(way: str) -> None:
    world = World()
    ids = [applied(world, n, manager_email=f"matti+{n}@example.org") for n in range(5)]
    if way == "acts":
        world.do(ids[0], "endorse")
    else:
        mail = next(m for m in world.post.sent if "/api/d/" in str(m) and "matti+" in m["To"])
        open_for(world.services, parts(mail)[2][0].rpartition("/")[2], "own")
    applied(world, 9, manager_email="matti+9@example.org")
    assert to(world, "matti+9@example.org") == ["case"]


def test_link_that_was_asked_for_does_not_wait() -> None:
    world = World()
    ids = [applied(world, n) for n in range(5)]
    mail = next(m for m in world.post.sent if m["To"] == MATTI)
    from functions.services.access.links import ask_fresh

    ask_fresh(world.services, token_in(mail))
    (fresh,) = world.deliver_all()
    assert fresh["To"] == MATTI
    assert len(ids) == 5


def test_staff_and_senders_are_mailed_of_each_on_an_ordinary_day() -> None:
    """What comes beyond that is gathered (``test_gathered``)."""
    world = World()
    for n in range(5):
        world.do(applied(world, 0, manager_email=f"m{n}@example.org"), "endorse")
    world.deliver_all()
    assert to(world, "anna@example.org") == ["case"] * 5
    assert to(world, "aino0@example.net").count("case") >= 10


def test_sixty_plus_addresses_are_three_mails() -> None:
    world = World()
    taken = 0
    for n in range(60):
        draft = world.draft(applicant_email=f"victim+{n}@example.net")
        try:
            apply.send(world.services, draft)
            taken += 1
        except TooMany:
            continue
    assert taken == len(world.deliver_all()) == 3


def test_sender_who_confirms_goes_on_for_so_long_in_a_day() -> None:
    world = World()
    done = 0
    while done < 99 and taken(world):
        done += 1
    assert 20 <= done <= 23
    world.clock.forward(days=1)
    applied(world, 0)


@pytest.mark.parametrize(
    ("sources", "most"),
    [
        ([f"203.0.113.{n}" for n in range(5)], 5),
        (["203.0.113.7", "::ffff:203.0.113.7"], 1),
        ([f"2001:db8:1:1::{n:x}" for n in range(1, 9)], 1),
        ([f"2001:db8:1:1:{n:x}:{n:x}:{n:x}:1" for n in range(1, 9)], 1),
        ([f"2001:db8:1:{n:x}::1" for n in range(9)], 4),  # a /48 holds four times as many
        ([f"2001:db8:{n:x}::1" for n in range(9)], 9),
    ],
)
def test_network_has_one_limit(sources: list[str], most: int) -> None:
    """Each source as often as one network may; ``most`` networks' worth are let through."""
    world = World()
    limit, through = world.services.rules.limit_per_source, 0
    for source in sources:
        for _ in range(limit):
            try:
                count_source(world.services, source)
                through += 1
            except TooManyFromSource:
                break
    assert through == most * limit
    world.clock.forward(minutes=10)
    count_source(world.services, sources[0])


def to_sten(world: World) -> list[str]:
    """The subjects of what is mailed to Sten by two rounds of mail."""
    sent = [*world.deliver_all(), *world.deliver_all()]
    return [str(m["Subject"]) for m in sent if m["To"] == "sten@example.org"]


def coordinated(world: World, count: int) -> list[str]:
    """Applications that Anna coordinates alone."""
    ids = []
    for n in range(count):
        ids.append(applied(world, n, manager_email=f"m{n}@example.org"))
        world.do(ids[-1], "endorse")
        case = world.case(ids[-1])
        for party in case.holders("coordinator"):
            if party.ref == "sten":
                away = tuple(replace(p, present=p.id != party.id) for p in case.parties)
                world.cases.folders[ids[-1]].case = replace(case, parties=away)
    world.deliver_all()
    return ids


def hand_to_sten(world: World, case_id: str) -> None:
    case = world.case(case_id)
    person = person_of(world.directory.named("coordinators", "sten"))  # type: ignore[arg-type]
    held = case.holders("coordinator")[0]
    definition, now = pinned(case.process, case.version), world.clock.now()
    decision = hand_over(definition, case, Actor("coordinator", held.id), held.id, person, now)
    file = world.cases.load(case_id)
    commit.commit(world.services, PendingWrite(definition, decision, file))


def test_thirty_cases_that_are_handed_over_at_once_are_four_mails() -> None:
    world = World()
    ids = coordinated(world, 31)
    many = mail_text("", "handed_many", "sv").subject
    for case_id in ids[:30]:
        hand_to_sten(world, case_id)
    told = to_sten(world)
    assert (len(told), told.count(many)) == (4, 1)
    world.index()
    mine = overview(world.services, person_key(world.services, "sten@example.org")).todo
    assert {row.case.id for row in mine.rows} <= {*ids[:30]}
    assert mine.rows
    mail = next(m for m in world.post.sent if m["Subject"] == many)
    open_for(world.services, parts(mail)[2][0].rpartition("/")[2], "own")
    hand_to_sten(world, ids[30])
    assert [many not in subject for subject in to_sten(world)] == [True]


@pytest.mark.parametrize("mail", ["handed_on", "vacant"])
def test_thirty_people_whom_one_replaces_at_once_are_four_mails(mail: str) -> None:
    world = World()
    case_id = coordinated(world, 1)[0]
    hand_to_sten(world, case_id)
    to_sten(world)
    case = world.case(case_id)
    gone = tuple(replace(p, vacant=p.role == "manager") for p in case.parties)
    world.cases.folders[case_id].case = replace(case, parties=gone)
    world.clock.forward(days=1)
    now = world.clock.now()
    for n in range(30):  # an order for each entry of the directory that was changed
        order = MailOrder(mail, "sten", DIRECTORY, case_id, 0)
        world.cases.post_once(f"{DIRECTORY}#change{n}", f"{mail}#sten", order, now)
    told = to_sten(world)
    assert (len(told), told.count(mail_text("", "handed_many", "sv").subject)) == (4, 1)
