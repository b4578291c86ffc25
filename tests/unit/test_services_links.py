"""Links: what each shows, when it dies, and that none does more than it was made for."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from functions.kernel.case import MailOrder
from functions.kernel.durations import day_ends, day_of
from functions.kernel.engine import open_actions
from functions.kernel.errors import Broken, Conflict, Invalid, Refused, TooMany
from functions.processes import current
from functions.services.access import links
from functions.services.access.links import ask_fresh, open_link, token_hash
from functions.services.case.act import act
from functions.services.ports import Grant
from tests.fakes import TYPED, World

SECOND = timedelta(seconds=1)
ACTIONS = [a.name for a in current("supervision").actions]


@pytest.fixture
def world() -> World:
    return World()


def standing(world: World, token: str) -> tuple[str, list[str]]:
    opened = open_link(world.services, token)
    return opened.standing, [a.name for a in opened.actions]


def test_open_link_on_its_turn(world: World) -> None:
    case_id = world.case_at("confirm")
    assert standing(world, world.token(case_id, "manager")) == (
        "open",
        ["endorse", "return", "reject"],
    )
    assert standing(world, world.token(case_id, "applicant", "status")) == ("open", ["withdraw"])


def test_open_link_tells_the_case_and_the_party(world: World) -> None:
    case_id = world.case_at("confirm")
    opened = open_link(world.services, world.token(case_id, "manager"))
    assert opened.record == world.cases.case(case_id)
    assert (opened.case, opened.party.role) == (world.case(case_id), "manager")
    assert opened.definition == current("supervision")


def test_open_link_after_its_turn(world: World) -> None:
    case_id = world.case_at("confirm")
    task = world.token(case_id, "manager")
    status = world.token(case_id, "applicant", "status")
    world.do(case_id, "endorse")
    assert standing(world, task) == ("done", [])
    assert standing(world, status) == ("open", ["withdraw"])


def test_open_link_of_an_earlier_round_of_the_same_state(world: World) -> None:
    case_id = world.case_at("confirm")
    first = world.token(case_id, "manager")
    world.do(case_id, "return")
    world.do(case_id, "correct")
    assert world.case(case_id).state == "submitted"
    assert standing(world, first) == ("done", [])
    assert standing(world, world.token(case_id, "manager"))[0] == "open"


@pytest.mark.parametrize(("purpose", "days"), [("task", 14), ("status", 180)])
@pytest.mark.parametrize(
    ("off", "expected"),
    [
        (-timedelta(minutes=5), "open"),
        (-SECOND, "open"),
        (timedelta(0), "expired"),
        (SECOND, "expired"),
        (timedelta(minutes=5), "expired"),
    ],
)
def test_open_link_at_the_second_it_expires(
    world: World, purpose: str, days: int, off: timedelta, expected: str
) -> None:
    case_id = world.case_at("confirm")
    token = world.token(case_id, "applicant", purpose)
    world.clock.time = day_ends(day_of(world.clock.now()) + timedelta(days=days)) + off
    found = standing(world, token)
    assert found == (expected, ["withdraw"] if expected == "open" else [])
    if expected == "expired":
        stored = world.stored()
        with pytest.raises(Conflict):
            act(world.services, token, {"action": "withdraw"}, "fi")
        assert world.stored() == stored


def test_open_link_of_somebody_who_left(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    token = world.token(case_id, "supervisor")
    status = world.token(case_id, "supervisor", "status")
    world.do(case_id, "decline")
    assert [standing(world, t) for t in (token, status)] == [("left", []), ("left", [])]
    world.do(case_id, "offer")  # to the same person, who has a new place and a new link
    assert [standing(world, t) for t in (token, status)] == [("done", []), ("open", [])]
    assert open_link(world.services, token).has_new_turn


def test_open_link_of_a_replaced_manager(world: World) -> None:
    case_id = world.case_at("confirm", "return")
    status = world.token(case_id, "manager", "status")
    world.do(case_id, "correct", manager_email="new.boss@example.org")
    assert standing(world, status) == ("left", [])


def test_open_link_of_a_forgotten_case(world: World) -> None:
    case_id = world.case_at()
    token = world.token(case_id, "applicant")
    world.do(case_id, "disown")
    with pytest.raises(Refused):
        open_link(world.services, token)


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "../../etc/passwd", "ä", "\x00"])
def test_open_link_unknown_token(world: World, token: str) -> None:
    world.case_at("confirm")
    for use in (open_link, ask_fresh):
        with pytest.raises(Refused):
            use(world.services, token)
    with pytest.raises(Refused):
        act(world.services, token, {"action": "confirm"}, "fi")


def test_open_link_hash_is_no_token(world: World) -> None:
    token = world.token(world.case_at(), "applicant")
    with pytest.raises(Refused):
        open_link(world.services, token_hash(token))


def test_mint_keeps_the_hash_alone(world: World) -> None:
    case_id = world.case_at("confirm")
    order = MailOrder("any", "p2", "task", "submitted", 2)
    address = links.mint(world.services, case_id, order, "matti@example.org")
    head, _, token = address.rpartition("/")
    assert (head, len(token)) == ("https://kapula.test/api/t", 43)
    expires = day_ends(day_of(world.clock.now()) + timedelta(days=14))
    grant = Grant(token_hash(token), case_id, "p2", "task", "submitted", 2, expires)
    holder = world.grants.grants[token_hash(token)].holder
    assert "matti" not in holder
    grant = replace(grant, holder=holder)
    assert world.grants.grants == {**world.grants.grants, token_hash(token): grant}
    assert token not in repr(world.stored())


def test_mint_never_twice_the_same(world: World) -> None:
    case_id = world.case_at("confirm")
    assert len({world.token(case_id, "manager") for _ in range(100)}) == 100


def forged(world: World, case_id: str, party: str, purpose: str, state: str, turn: int) -> str:
    """The token of a grant as it could at worst be stored: by one who has the secret."""
    expires, hashed = world.clock.now() + timedelta(days=1), token_hash("forged")
    holder = world.case(case_id).party(party)
    grant = Grant(hashed, case_id, party, purpose, state, turn, expires)
    world.grants.put(links.sealed_for(world.services, grant, holder.email if holder else ""))
    return "forged"


def revisions(world: World) -> list[tuple[str, int, int, int]]:
    """How far each case is written, cheap enough to be asked thousands of times."""
    return [
        (i, f.case.revision, len(f.told), len(world.cases.outbox))
        for i, f in world.cases.folders.items()
    ]


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("purpose", ["task", "status"])
def test_act_cross_product_of_wrong_links(number: int, purpose: str) -> None:
    """Every person, case and round with every action: only what is theirs now."""

    def fresh() -> tuple[World, str, str]:
        world = World()
        one = world.case_at("confirm", "return", "correct")
        two = world.case_at("confirm", "endorse", "offer", "decline", "offer")
        return (world, one, two) if number == 0 else (world, two, one)

    world, case_id, other_id = fresh()
    done, refused = set(), 0
    case = world.case(case_id)
    people = {p.id for p in (*case.parties, *world.case(other_id).parties)} | {"p0", ""}
    turns = [(case.state, n) for n in range(case.round + 2)] + [("unconfirmed", case.round)]
    for party_id, (state, turn), name in product(sorted(people), turns, (*ACTIONS, "", "open")):
        forged(world, case_id, party_id, purpose, state, turn)
        party = case.party(party_id)
        now = purpose == "status" or (state, turn) == (case.state, case.round)
        now = now and turn <= case.round  # a link of a later turn: the case was put back
        allowed = (
            now
            and party is not None
            and party.present
            and name
            in [
                a.name
                for a in open_actions(current("supervision"), case, party.role, purpose)  # type: ignore[arg-type]
            ]
        )
        before = revisions(world)
        try:
            act(world.services, "forged", {"action": name, **TYPED.get(name, {})}, "fi")
        except (Refused, Conflict, Invalid, Broken):
            assert revisions(world) == before
            assert not allowed
            refused += 1
        else:
            assert allowed
            done.add((party_id, name))
            world, case_id, other_id = fresh()
            case = world.case(case_id)
    task = (
        {("p2", "endorse"), ("p2", "reject"), ("p2", "return")}
        if number == 0
        else {
            ("p6", "accept"),
            ("p6", "decline"),
        }
    )
    always = {("p1", "withdraw")}  # and what the coordinators can do at any time
    always |= {(p, "end_handling" if number == 0 else "take_back") for p in ("p3", "p4")}
    assert done == always | (task if purpose == "task" else set())
    assert refused > 300


def fresh_orders(world: World) -> list[tuple[str, MailOrder]]:
    found = [(c, kept.order) for (c, _), kept in world.cases.outbox.items()]
    return [(c, order) for c, order in found if order.mail == "fresh_link"]


@pytest.mark.parametrize(
    ("actions", "role", "purpose"),
    [
        (("confirm",), "manager", "task"),
        (("confirm",), "applicant", "status"),
        (("confirm", "endorse"), "coordinator", "task"),
        (("confirm", "endorse"), "manager", "status"),
        (("confirm", "endorse", "offer"), "supervisor", "task"),
        (("confirm", "endorse", "offer", "accept"), "supervisor", "task"),
        (("confirm", "endorse", "offer", "accept", "begin"), "supervisor", "status"),
        (("confirm", "withdraw"), "applicant", "status"),
    ],
)
def test_ask_fresh_to_the_address_on_record(
    world: World, actions: tuple[str, ...], role: str, purpose: str
) -> None:
    case_id = world.case_at(*actions)
    world.deliver_all()
    token = world.token(case_id, role, "status")
    world.clock.forward(days=200)
    assert standing(world, token) == ("expired", [])
    before = world.case(case_id)
    ask_fresh(world.services, token)
    party = before.holders(role)[0]
    order = MailOrder("fresh_link", party.id, purpose, before.state, before.round)  # type: ignore[arg-type]
    assert fresh_orders(world) == [(case_id, order)]
    assert world.case(case_id) == before
    (mail,) = world.deliver_all()
    assert mail["To"] == party.email


def test_ask_fresh_link_works(world: World) -> None:
    case_id = world.case_at("confirm")
    world.deliver_all()
    token = world.token(case_id, "manager")
    world.clock.forward(days=15)
    ask_fresh(world.services, token)
    (mail,) = world.deliver_all()
    fresh = mail.get_body(("plain",)).get_content().split("/api/t/")[1][:43]  # type: ignore[union-attr]
    act(world.services, fresh, {"action": "endorse", **TYPED["endorse"]}, "fi")
    assert world.case(case_id).state == "coordinating"


def asked(world: World, token: str) -> bool:
    world.clock.forward(minutes=1)
    try:
        ask_fresh(world.services, token)
    except TooMany:
        return False
    return True


def test_ask_fresh_three_in_24_hours_for_a_person_and_case(world: World) -> None:
    one, two = world.case_at("confirm"), world.case_at("confirm")
    token = world.token(one, "manager")
    assert [asked(world, token) for _ in range(4)] == [True, True, True, False]
    assert asked(world, world.token(one, "manager", "status")) is False
    assert asked(world, world.token(one, "applicant", "status")) is True
    assert asked(world, world.token(two, "manager")) is True
    world.clock.forward(hours=24)
    assert asked(world, token) is True


def test_ask_fresh_unconfirmed_takes_the_mailboxs_places(world: World) -> None:
    case_id = world.case_at()
    token = world.token(case_id, "applicant")
    assert [asked(world, token) for _ in range(3)] == [True, True, False]
    with pytest.raises(TooMany):
        world.case_at()
    assert [o.purpose for _, o in fresh_orders(world)] == ["task", "task"]


def test_ask_fresh_by_somebody_who_left_refused(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    token = world.token(case_id, "supervisor")
    world.do(case_id, "decline")
    stored = world.stored()
    with pytest.raises(Refused):
        ask_fresh(world.services, token)
    assert world.stored() == stored


def test_ask_fresh_to_no_address_that_was_edited_in_the_case(world: World) -> None:
    case_id = world.case_at("confirm", "return")
    manager = world.token(case_id, "manager", "status")
    folder = world.cases.folders[case_id]
    moved = tuple(
        replace(p, email="moved@example.org") if p.role == "manager" else p
        for p in folder.case.parties
    )
    folder.case = replace(folder.case, parties=moved)
    world.deliver_all()
    with pytest.raises(Refused):
        ask_fresh(world.services, manager)
    assert world.deliver_all() == []
