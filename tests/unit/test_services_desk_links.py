"""What a desk's link opens, and what it does not."""

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.entry.party import app as party_pages
from functions.kernel.case import reference
from functions.kernel.errors import Conflict, DeskOver, Refused
from functions.render.text.texts import page_text
from functions.services.access.desk_links import close_desk, open_desk
from functions.services.access.links import ask_fresh, desk_of, open_link, token_hash
from functions.services.access.people import person_key
from functions.services.case.act import act
from functions.services.case.documents import open_document
from tests.fakes import TYPED, World

ANNA, STEN, MATTI, AINO = (
    "anna@example.org",
    "sten@example.org",
    "matti@example.org",
    "aino@example.net",
)


def on_desk(world: World, email: str, case_id: str, role: str, round_: int | None = None) -> str:
    """The token by which a desk opens a case as the holder of a role who has this address."""
    case = world.case(case_id)
    party = next(p for p in case.parties if p.role == role and p.email == email)
    return f"{world.desk(email)}.{case_id}.{party.id}.{round_ or case.round}"


@pytest.fixture
def world() -> World:
    return World()


def test_open_desk_of_a_coordinator(world: World) -> None:
    desk = open_desk(world.services, world.desk(ANNA))
    assert (desk.person, desk.name, desk.email, desk.language) == (
        person_key(world.services, ANNA),
        "Anna Directory",
        ANNA,
        "fi",
    )
    assert dict(desk.entries) == {"coordinators": "anna"}
    assert desk.expires_at == world.clock.now() + timedelta(hours=12)
    assert desk.standing == "open"


def test_open_desk_of_an_applicant(world: World) -> None:
    world.case_at("confirm")
    world.index()
    desk = open_desk(world.services, world.desk(AINO))
    assert (desk.name, desk.email, desk.language, dict(desk.entries)) == (
        "Aino Applicant",
        AINO,
        "fi",
        {},
    )


def test_open_desk_of_nobody_refused(world: World) -> None:
    for token in ("", "x", "a" * 43, world.desk("nobody@example.org")):
        with pytest.raises(Refused):
            open_desk(world.services, token)


@pytest.mark.parametrize(("seconds", "expired"), [(-1, False), (0, True), (1, True)])
def test_open_desk_expires_to_the_second(world: World, seconds: int, expired: bool) -> None:
    token = world.desk(ANNA)
    world.clock.forward(hours=12, seconds=seconds)
    assert open_desk(world.services, token).standing == ("old" if expired else "open")


def test_links_of_cases_and_desks_open_nothing_of_each_other(world: World) -> None:
    case_id = world.case_at("confirm")
    world.index()
    for purpose in ("task", "status"):
        with pytest.raises(Refused):
            open_desk(world.services, world.token(case_id, "manager", purpose))
    with pytest.raises(Refused):
        open_link(world.services, world.desk(MATTI))
    with pytest.raises(Refused):
        ask_fresh(world.services, world.desk(MATTI))


def test_case_from_a_desk_is_task_or_status(world: World) -> None:
    case_id = world.case_at("confirm")
    task = open_link(world.services, on_desk(world, MATTI, case_id, "manager"))
    assert (task.purpose, task.standing) == ("task", "open")
    assert [a.name for a in task.actions] == ["endorse", "return", "reject"]
    status = open_link(world.services, on_desk(world, AINO, case_id, "applicant"))
    assert (status.purpose, status.standing) == ("status", "open")
    assert [a.name for a in status.actions] == ["withdraw"]


def test_case_from_a_desk_mints_nothing(world: World) -> None:
    case_id = world.case_at("confirm")
    token = on_desk(world, MATTI, case_id, "manager")
    before = world.stored()
    open_link(world.services, token)
    assert world.stored() == before


def test_acting_from_a_desk_is_done_once(world: World) -> None:
    case_id = world.case_at("confirm")
    token = on_desk(world, MATTI, case_id, "manager")
    typed = {"action": "endorse", **TYPED["endorse"]}
    act(world.services, token, typed, "fi")
    assert world.case(case_id).state == "coordinating"
    opened = open_link(world.services, token)
    assert (opened.standing, opened.actions) == ("done", ())
    with pytest.raises(Conflict):
        act(world.services, token, typed, "fi")


def test_wrong_person_case_party_round_refused(world: World) -> None:
    """The full cross product: of all combinations only the true ones open anything."""
    cases = [world.case_at("confirm", "endorse", "offer"), world.case_at("confirm")]
    people = (ANNA, STEN, MATTI, AINO, "testi@example.org", "sulo@example.org")
    world.index()
    tokens = {email: world.desk(email) for email in people}
    opened = 0
    rounds = ("1", "2", "3", "4", "5", "0", "-1", "01", "1 ", "", "٣", "9999999")
    for (email, token), case_id, number in itertools.product(tokens.items(), cases, rounds):
        case = world.case(case_id)
        for party_id in (*(p.id for p in case.parties), "p9", "", "P1"):
            party = case.party(party_id)
            whole = f"{token}.{case_id}.{party_id}.{number}"
            right = party is not None and party.email == email
            if right and number in ("1", "2", "3", "4", "5"):
                standing = open_link(world.services, whole).standing
                assert standing == ("open" if int(number) == case.round else "done")
                opened += standing == "open"
                continue
            with pytest.raises(Refused):
                open_link(world.services, whole)
    assert opened == 5 + 4


def test_mangled_tokens_refused(world: World) -> None:
    case_id = world.case_at("confirm")
    token = on_desk(world, MATTI, case_id, "manager")
    desk, _, rest = token.partition(".")
    task = world.token(case_id, "manager")
    for wrong in (
        f"{token}.",
        f"{token}.1",
        f".{rest}",
        f"{desk[:-1]}.{rest}",
        f"{desk}..{rest}",
        desk + ".",
        f"{desk}.{case_id}",
        f"{task}.{rest}",
        "...",
        f"{token_hash(desk)}.{rest}",
    ):
        with pytest.raises(Refused):
            open_link(world.services, wrong)


def test_unconfirmed_case_is_on_no_desk(world: World) -> None:
    case_id = world.case_at()
    with pytest.raises(Refused):
        open_link(world.services, on_desk(world, AINO, case_id, "applicant"))


def test_who_has_left_by_an_act_of_their_own_sees_that_alone(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    token = on_desk(world, "testi@example.org", case_id, "supervisor")
    assert open_link(world.services, token).standing == "open"
    world.do(case_id, "decline")
    opened = open_link(world.services, token)
    assert (opened.standing, opened.actions) == ("left", ())


def test_who_has_left_without_acting_is_refused(world: World) -> None:
    case_id = world.case_at("confirm", "endorse", "offer")
    token = on_desk(world, "testi@example.org", case_id, "supervisor")
    world.do(case_id, "take_back", purpose="status")
    with pytest.raises(Refused):
        open_link(world.services, token)


def test_replaced_address_is_refused(world: World) -> None:
    case_id = world.case_at("confirm")
    token = on_desk(world, MATTI, case_id, "manager")
    folder = world.cases.folders[case_id]
    parties = tuple(
        replace(p, email="other@example.org") if p.role == "manager" else p
        for p in folder.case.parties
    )
    folder.case = replace(folder.case, parties=parties)
    with pytest.raises(Refused):
        open_link(world.services, token)


def nothing(world: World, token: str) -> str:
    return token


def later(world: World, token: str) -> str:
    world.clock.forward(hours=12)
    return token


def signed_out(world: World, token: str) -> str:
    world.index()
    close_desk(world.services, desk_of(token))
    return token


def newer(world: World, token: str) -> str:
    world.clock.forward(seconds=1)
    world.desk(MATTI)
    return token


def unopened(world: World, token: str) -> str:
    return token.replace(desk_of(token), world.desk_link(MATTI))


STANDINGS = {nothing: "", later: "old", signed_out: "closed", newer: "newer", unopened: "unopened"}


@pytest.mark.parametrize("happens", STANDINGS)
def test_case_from_a_desk_lives_as_the_desk_does(
    world: World, happens: Callable[[World, str], str]
) -> None:
    case_id = world.case_at("confirm")
    token = happens(world, on_desk(world, MATTI, case_id, "manager"))
    world.deliver_all()
    before, standing = world.stored(), STANDINGS[happens]
    if not standing:
        assert open_link(world.services, token).actions
        return
    typed = {"action": "endorse", **TYPED["endorse"]}
    asks: tuple[Callable[[], object], ...] = (
        lambda: open_link(world.services, token),
        lambda: ask_fresh(world.services, token),
        lambda: act(world.services, token, typed, "fi"),
        lambda: open_document(world.services, token, "agreement"),
    )
    for ask in asks:
        with pytest.raises(DeskOver) as over:
            ask()
        assert (over.value.standing, over.value.email) == (standing, MATTI)
    assert world.stored() == before
    assert not world.pending()


@pytest.mark.parametrize("happens", [each for each, over in STANDINGS.items() if over])
def test_page_of_a_case_from_a_desk_that_is_over_is_that_of_the_desk(
    world: World, happens: Callable[[World, str], str]
) -> None:
    case_id = world.case_at("confirm")
    token = happens(world, on_desk(world, MATTI, case_id, "manager"))
    desk, standing = desk_of(token), STANDINGS[happens]
    title = "desk_open.title" if standing == "unopened" else f"desk_old.{standing}_title"
    path, client = f"/api/t/{token}", party_pages.create_app(world.services).test_client()
    typed = {"action": "endorse", **TYPED["endorse"], "reason": "Said by hand.", "_lang": "sv"}
    for answer, status, language in (
        (client.get(f"{path}?lang=en"), 200, "en"),
        (client.post(f"{path}/fresh", data={"send_to": "here", "_lang": "fi"}), 410, "fi"),
        (client.post(path, data=typed), 410, "sv"),
    ):
        assert answer.status_code == status
        assert f"<h1>{page_text(language, title)}</h1>" in answer.text
        assert reference(case_id) not in answer.text
        assert set(re.findall(r'action="/api/([^"?]*)', answer.text)) == {
            f"d/{desk}" if standing == "unopened" else f"d/{desk}/fresh"
        }
    if standing != "unopened":  # nobody has typed anything in what was never opened
        assert "Said by hand." in answer.text
        assert page_text("sv", "unrecorded.lead") in answer.text
    assert not [key for key in world.pending() if key[0] != case_id]


def test_desk_of_other_links_is_none() -> None:
    assert desk_of("a" * 43) == ""
    assert desk_of("abc.case.p1.1") == "abc"
