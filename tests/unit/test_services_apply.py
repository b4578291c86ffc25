"""A public form on its way in: one case however often it is sent, and none that is refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.kernel.durations import day_ends, day_of, working_from
from functions.kernel.errors import Invalid, Problem, Refused, TooMany
from functions.kernel.fields import TRAP
from functions.services.access.quotas import of_form
from functions.services.case import apply
from functions.services.case.apply import TooFast
from tests.fakes import APPLICATION, START, World, token_in


@pytest.fixture
def world() -> World:
    return World()


def test_send_opens_a_case_and_mails_only_its_sender(world: World) -> None:
    case_id = apply.send(world.services, world.draft("sv"))
    case = world.case(case_id)
    assert (case.state, case.language, case.opened_at) == ("unconfirmed", "sv", world.clock.now())
    assert [(p.role, p.email, p.language) for p in case.parties] == [
        ("applicant", APPLICATION["applicant_email"], "sv")
    ]
    assert world.cases.folders[case_id].due_at == day_ends(
        working_from(day_of(world.clock.now()) + timedelta(days=7))
    )
    assert [m["To"] for m in world.deliver_all()] == [APPLICATION["applicant_email"]]


def test_send_same_key_and_answers_is_one_case(world: World) -> None:
    draft = world.draft()
    first = apply.send(world.services, draft)
    stored = world.stored()
    world.clock.forward(minutes=11)
    assert [apply.send(world.services, draft) for _ in range(20)] == [first] * 20
    assert world.stored() == stored


def test_send_same_key_after_the_case_moved_on(world: World) -> None:
    draft = world.draft()
    case_id = apply.send(world.services, draft)
    world.do(case_id, "confirm")
    stored = world.stored()
    assert apply.send(world.services, draft) == case_id
    assert world.stored() == stored


def test_send_other_answers_or_another_key_is_another_case(world: World) -> None:
    draft = world.draft()
    changed = replace(draft, typed={**draft.typed, "title": "Another"})
    ids = [apply.send(world.services, d) for d in (draft, changed, world.draft())]
    assert len(set(ids)) == 3
    assert set(world.cases.folders) == set(ids)


@pytest.mark.parametrize(("after", "fast"), [(0.0, True), (0.999, True), (1.0, False)])
def test_send_too_fast(world: World, after: float, fast: bool) -> None:
    draft = replace(world.draft(), key=apply.mint_key(world.services))
    world.clock.forward(seconds=after)
    if fast:
        with pytest.raises(TooFast):
            apply.send(world.services, draft)
    else:
        apply.send(world.services, draft)
    assert len(world.cases.folders) == (not fast)


def test_send_trap(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        apply.send(world.services, world.draft(**{TRAP: "https://spam.example"}))
    assert caught.value.problems == (Problem(TRAP, "trap"),)
    assert world.cases.folders == {}


def test_send_wrong_answers(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        apply.send(world.services, world.draft(applicant_email="nobody", unit="", privacy_read=""))
    assert caught.value.problems == (
        Problem("applicant_email", "email"),
        Problem("unit", "unchosen"),
        Problem("privacy_read", "untick"),
    )
    assert world.cases.folders == {}


def foreign_keys(world: World) -> list[str]:
    ours = apply.mint_key(world.services)
    time, nonce, signature = ours.split(".")[0], ours.split(".")[2], ours.split(".")[3]
    return [
        "",
        "1",
        "nan.x.y",
        f"{START.timestamp()}.{nonce}",
        f"1.000.{nonce}.{signature}",
        f"{ours}0",
        ours.replace(signature, "0" * 64),
        ours.replace(time, "1"),
        ours.upper(),
        "ä" + ours,
    ]


def test_send_foreign_key_refused(world: World) -> None:
    draft = world.draft()
    for key in foreign_keys(world):
        assert not apply.key_is_ours(world.services, key)
        with pytest.raises(Refused):
            apply.send(world.services, replace(draft, key=key))
    assert world.cases.folders == {}


def test_send_key_of_another_installation_refused(world: World) -> None:
    rules = replace(world.services.rules, secret=b"another")
    key = apply.mint_key(replace(world.services, rules=rules))
    assert not apply.key_is_ours(world.services, key)
    assert apply.key_is_ours(world.services, apply.mint_key(world.services))


def sent(world: World, **changed: str) -> bool:
    try:
        apply.send(world.services, world.draft(**changed))
    except TooMany:
        return False
    return True


def test_send_three_in_24_hours_to_a_mailbox(world: World) -> None:
    address = APPLICATION["applicant_email"]
    assert [sent(world) for _ in range(5)] == [True, True, True, False, False]
    assert sent(world, applicant_email=address.upper()) is False
    assert sent(world, applicant_email="other@example.net") is True
    assert len(world.cases.folders) == 4
    assert len(world.deliver_all()) == 4
    world.clock.forward(hours=24)
    assert sent(world) is True


def test_send_again_when_the_mailbox_is_full_is_still_the_case(world: World) -> None:
    draft = world.draft()
    first = apply.send(world.services, draft)
    assert [sent(world) for _ in range(3)] == [True, True, False]
    assert apply.send(world.services, draft) == first


def test_send_confirming_gives_the_places_back(world: World) -> None:
    case_id = world.case_at()
    assert [sent(world) for _ in range(3)] == [True, True, False]
    world.do(case_id, "confirm")
    assert [sent(world) for _ in range(4)] == [True, True, True, False]


def test_send_disowning_gives_no_place_back(world: World) -> None:
    case_id = world.case_at()
    assert [sent(world) for _ in range(3)] == [True, True, False]
    world.do(case_id, "disown")
    assert sent(world) is False


def test_mailbox_holds_no_address(world: World) -> None:
    name = of_form(world.services, "Aino@Example.net")
    assert name == of_form(world.services, "aino@example.net")
    assert name != of_form(world.services, "aino@example.org")
    assert "aino" not in name.lower()
    world.case_at()
    assert "aino" not in repr(world.cases.quotas).lower()


def test_section_problems_only_of_that_section(world: World) -> None:
    draft = world.draft(applicant_email="nobody", title="x" * 200, manager_name="")
    people = next(s for s in draft.form.sections if s.name == "people")
    assert apply.check(world.services, draft).problems_in(people) == (
        Problem("applicant_email", "email"),
        Problem("manager_name", "empty"),
    )


@pytest.mark.parametrize(
    ("changed", "section"),
    [
        ({}, None),
        ({"title": "x" * 200}, "sending"),
        ({"title": "x" * 200, "unit": ""}, "people"),
        ({"manager_email": "a@elsewhere.example"}, "people"),
        ({"reason_and_goals": "short", "unit": ""}, "supervision"),
    ],
)
def test_first_wrong(world: World, changed: dict[str, str], section: str | None) -> None:
    found = apply.check(world.services, world.draft(**changed)).first_wrong
    assert (found.name if found else None) == section


def test_send_today_is_the_date_in_finland(world: World) -> None:
    world.clock.time = datetime(2026, 8, 3, 21, 30, tzinfo=UTC)  # half past midnight of the fourth
    assert world.services.today().isoformat() == "2026-08-04"
    with pytest.raises(Invalid) as caught:
        apply.send(world.services, world.draft(desired_start="3.8.2026"))
    assert caught.value.problems == (Problem("desired_start", "starts_ahead"),)


def test_confirm_mail_leads_to_the_task(world: World) -> None:
    case_id = world.case_at()
    (mail,) = world.deliver_all()
    assert len(token_in(mail)) == 43
    assert world.case(case_id).state == "unconfirmed"
