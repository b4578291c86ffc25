"""A mail leaves only as the product ordered it, and none stops the others, whatever it is."""

from dataclasses import replace

import pytest

from functions.entry.mailer import app as mailer
from functions.kernel.case import MailOrder
from functions.kernel.directory import ChangeStamp
from functions.kernel.directory_changes import IMPORT, DirectoryChange
from functions.kernel.history import SealKeys, ordered, seal_order
from functions.kernel.missed_mail import missed
from functions.processes import current
from functions.services import commit
from functions.services.access.people import person_key
from functions.services.case import handover
from functions.services.commit import PendingWrite
from functions.services.mail import deliver as delivering
from functions.services.mail.deliver import MAX_ATTEMPTS, deliver, resume_parked
from functions.services.mail.orders import order_desk, outbox_of
from functions.services.ports import NEWER, UNTIL_UPDATED
from tests.fakes import World

ANNA = "anna@example.org"


@pytest.fixture
def world() -> World:
    return World()


def quiet(world: World) -> str:
    """A case of which no mail waits."""
    case_id = world.case_at("confirm", "endorse")
    world.deliver_all()
    world.post.sent.clear()
    return case_id


def of_desk(world: World, mail: str) -> tuple[str, str, MailOrder]:
    key = person_key(world.services, ANNA)
    return outbox_of(key), f"{mail}#1", MailOrder(mail, key, "desk", "", 0)


def forgeries(world: World, case_id: str) -> list[tuple[str, str, MailOrder]]:
    """Orders of every purpose, as who can write to the table would write them."""
    case, found = world.case(case_id), []
    for number in ("00000#7", "00002#7", "00099#0", "asked", "2026-08-03T00:00:00#p1"):
        for mail, party, purpose in (
            ("confirm", "p1", "task"),
            ("refused", "p1", "status"),
            ("fresh_link", "p2", "status"),
            ("coordinate", "p3", "task"),
        ):
            order = MailOrder(mail, party, purpose, case.state, case.round)
            found.append((case_id, number, order))
    found += [of_desk(world, mail) for mail in ("desk_link", "digest", "more_waiting")]
    for mail, to, what in (
        ("address_old", "before", "20260803T000000000000.coordinators.anna"),
        ("directory_changed", "anna", "20260803T000000000000"),
        ("overdue", "anna", case_id),
        ("handed_on", "anna", case_id),
        ("follow_case", "", case_id),
        ("recheck", "", "20260803T000000000000.coordinators.anna"),
        ("not_arrived", "anna", "x-y"),
    ):
        found.append(("directory#x", f"{mail}#{to}", MailOrder(mail, to, "directory", what, 0)))
    return found


def test_no_order_that_somebody_else_wrote_leaves(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = quiet(world)
    for n, (box, number, order) in enumerate(forgeries(world, case_id)):
        world.cases.forge(box, number, order, world.clock.now())
        assert deliver(world.services, box, number) == "parked", order
        assert caplog.messages[-1] == f"mail parked: {order.mail} nobody ordered it"
        assert len(caplog.messages) == n + 1
    assert world.post.sent == []
    resume_parked(world.services)
    assert world.deliver_all() == []


@pytest.mark.parametrize(
    "changed",
    [
        {"party": "p2"},
        {"mail": "refused"},
        {"purpose": "status"},
        {"state": "offered"},
        {"round": 1},
    ],
)
def test_order_that_was_edited_does_not_leave(world: World, changed: dict[str, object]) -> None:
    case_id = world.case_at("confirm", "endorse")
    key = next(k for k in world.pending() if world.cases.outbox[k].order.mail == "coordinate")
    kept = world.cases.outbox[key]
    kept.order = replace(kept.order, **changed)  # type: ignore[arg-type]
    assert deliver(world.services, *key) == "parked"
    assert world.case(case_id).parties


@pytest.mark.parametrize(("box", "number"), [("", "00001#0"), ("", "asked#1"), ("desk#other", "")])
def test_order_that_was_moved_does_not_leave(world: World, box: str, number: str) -> None:
    order_desk(world.services, person_key(world.services, ANNA))
    key = next(k for k in world.pending() if world.cases.outbox[k].order.mail == "desk_link")
    other = (box or key[0], number or key[1])
    world.cases.outbox[other] = replace(world.cases.outbox[key])
    assert (deliver(world.services, *other), deliver(world.services, *key)) == ("parked", "sent")


def test_sending_again_allows_that_mail_alone(world: World) -> None:
    case_id = quiet(world)
    record = world.cases.load(case_id)
    assert record
    definition, now = current("supervision"), world.clock.now()
    noted = missed(definition, record.case, "p1", "endorsed", now)
    assert noted
    commit.commit(world.services, PendingWrite(definition, noted, record))
    handover.resend(world.services, ANNA, case_id, "p1")
    step = f"{world.case(case_id).revision:05}"
    case = world.case(case_id)
    for n, mail in enumerate(m.name for m in definition.all_mails):
        order = MailOrder(mail, "p1", "status", case.state, case.round)
        world.cases.forge(case_id, f"{step}#9{n}", order, world.clock.now())
    sent = [str(m["X-Kapula-Origin"]) for m in world.deliver_all()]
    assert sent == [f"{case_id}-p1-endorsed"]


def test_what_somebody_else_wrote_counts_for_nothing(world: World) -> None:
    """Neither for what a receipt tells nor for what was sent before."""
    case_id = quiet(world)
    case = world.case(case_id)
    mails, told = world.cases.mails_to(case_id, "p1"), world.cases.ordered(case_id, 2)
    order = MailOrder("refused", "p1", "status", case.state, case.round)
    world.cases.forge(case_id, "00002#9", order, world.clock.now())
    assert world.cases.mails_to(case_id, "p1") == mails
    assert world.cases.ordered(case_id, 2) == told


def test_order_to_follow_a_change_needs_that_change_alone(world: World) -> None:
    """An operator's command writes both and has no key; elsewhere, or of no change, it is none."""
    anna = world.directory.entry("coordinators", "anna")
    assert anna
    stamp = ChangeStamp(world.clock.now(), IMPORT)
    moved = replace(anna, facts={**anna.facts, "email": "anna2@example.org"})
    change = DirectoryChange(anna, moved, stamp)
    world.directory.replace(moved, stamp, world.directory.revision(), change)
    box, order = f"directory#{change.id}", MailOrder("follow", "", "directory", change.id, 0)
    assert not world.cases.outbox[box, "0"].seal
    assert deliver(world.services, box, "0") == "sent"
    others = [
        (box, "1", order),
        ("directory#x", "0", order),
        (box, "0#", replace(order, round=1)),
        (box, "2", replace(order, mail="recheck")),
    ]
    for place, number, forged in others:
        world.cases.forge(place, number, forged, world.clock.now())
        assert deliver(world.services, place, number) == "parked"
    never = "20260803T000000000000.coordinators.anna"
    forged = replace(order, state=never)
    world.cases.forge(f"directory#{never}", "0", forged, world.clock.now())
    assert deliver(world.services, f"directory#{never}", "0") == "suppressed"


def test_order_of_a_step_that_the_history_has_not_stays(world: World) -> None:
    """As when the case was put back, with its history, to before that step."""
    case_id = quiet(world)
    case = world.case(case_id)
    order = MailOrder("endorsed", "p1", "status", case.state, case.round)
    world.cases.post_once(case_id, f"{case.revision + 1:05}#0", order, world.clock.now())
    assert deliver(world.services, case_id, f"{case.revision + 1:05}#0") == "parked"


def test_seal_of_an_earlier_secret_fits_and_none_of_another_installation() -> None:
    order: dict[str, object] = {"mail": "digest", "party": "x"}
    made = seal_order(SealKeys(b"old"), "desk#x", "digest#1", order)
    renewed, other = SealKeys(b"new", lambda: [b"old"]), SealKeys(b"other")
    assert ordered(renewed, "desk#x", "digest#1", order, made)
    assert not ordered(other, "desk#x", "digest#1", order, made)
    assert not ordered(renewed, "desk#x", "digest#1", order, "")


@pytest.mark.parametrize(
    ("box", "order"),
    [
        ("", MailOrder("of_a_later_release", "p1", "status", "coordinating", 3)),
        ("", MailOrder("of_a_later_release", "p1", "task", "coordinating", 3)),
        ("", MailOrder("endorsed", "p1", "new_purpose", "coordinating", 3)),
        ("nowhere", MailOrder("endorsed", "p1", "new_purpose", "coordinating", 3)),
        ("desk#x", MailOrder("of_a_later_release", "{anna}", "desk", "", 0)),
        ("directory#x", MailOrder("of_a_later_release", "anna", "directory", "", 0)),
        ("directory#x", MailOrder("follow_otherwise", "", "directory", "x", 0)),
    ],
)
def test_order_of_another_release_waits_and_stops_no_other(
    world: World, box: str, order: MailOrder, caplog: pytest.LogCaptureFixture
) -> None:
    case_id = quiet(world)
    case, party = world.case(case_id), order.party
    key = person_key(world.services, ANNA)
    order = replace(order, party=key if party == "{anna}" else party)
    if not box:
        order = replace(order, state=case.state, round=case.round)
    number = "new#1"
    world.cases.post_once(box or case_id, number, order, world.clock.now())
    order_desk(world.services, key)
    mails = [*world.pending()]
    keys = [{"case": {"S": i}, "part": {"S": f"outbox#{n}"}} for i, n in mails]
    records = [
        {"eventName": "INSERT", "dynamodb": {"Keys": k, "SequenceNumber": str(n)}}
        for n, k in enumerate(keys)
    ]
    assert mailer.handle(world.services, {"Records": records}) == {"batchItemFailures": []}
    assert [m["To"] for m in world.post.sent] == [ANNA]
    kept = world.cases.outbox[box or case_id, number]
    later = world.clock.now() + UNTIL_UPDATED
    assert (kept.status, kept.attempts, kept.due_at) == ("pending", 0, later)
    assert NEWER % f"mail {order.mail} of {box or case_id}" in caplog.messages
    assert not [r for r in caplog.records if r.levelname == "ERROR"]


@pytest.mark.parametrize("fault", [KeyError("x"), TypeError("x"), RuntimeError("typed by Aino")])
def test_mail_that_fails_by_a_fault_of_ours_is_tried_again_then_parked(
    world: World,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    world.case_at()
    (key,) = world.pending()

    def broken(*_: object) -> None:
        raise fault

    monkeypatch.setattr(delivering, "message", broken)
    outcomes = []
    for _ in range(MAX_ATTEMPTS):
        outcomes.append(deliver(world.services, *key))
        world.clock.forward(hours=1)
    assert outcomes == ["later"] * (MAX_ATTEMPTS - 1) + ["parked"]
    assert caplog.messages[-1] == f"mail parked: confirm {type(fault).__name__}"
    assert "typed by Aino" not in caplog.text
    assert "in broken" in caplog.text
    monkeypatch.undo()
    resume_parked(world.services)
    world.clock.forward(minutes=1)
    assert len(world.deliver_all()) == 1
