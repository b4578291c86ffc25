"""A receipt names all who are mailed by an act, also those of linked cases; and nobody else."""

import re
from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel.computation import PREVIEW_STAMP, preview, stamp
from functions.kernel.mailboxes import same_address
from functions.processes import pinned
from functions.render.text import dates
from functions.render.text.words import Words
from functions.services.case.act import act
from tests.fakes import TYPED, World
from tests.guards.test_guard_visibility import Joined
from tests.orders import ACCEPTED, AGREED, DATED, SAID, WHO, Quotes
from tests.unit.test_corrected_groups import LISTED, listed_group, typed
from tests.unit.test_retirement import Staffed

SEVERAL = {"the applicant": "the applicants", "the line manager": "the line managers"}


def told_by(
    world: World, case_id: str, role: str, action: str, **said: str
) -> tuple[str, set[str]]:
    """What the receipt says of mails after an act, and the roles of those who are mailed."""
    before, case = set(world.cases.outbox), world.case(case_id)
    actor = case.holders(role)[0]
    definition = pinned(case.process, case.version)
    shown = preview(definition.action(action), case, world.clock.now())
    stamps = {PREVIEW_STAMP + action: stamp(shown)} if shown else {}
    client = party.create_app(world.services).test_client()
    purpose = "task" if "task" in definition.action(action).available_on else "status"
    token = world.token_of(case_id, actor, purpose)
    typed = {**said, **stamps, "action": action, "_lang": "en"}
    got = client.post(f"/api/t/{token}", data=typed)
    assert got.status_code == 303, got.text
    page = unescape(client.get(got.headers["Location"]).text)
    receipt = re.search(r'k-receipt" role="status">(.*?)<ul>', page, re.DOTALL)
    assert receipt
    keys = world.cases.outbox.keys() - before
    sent = {(key[0], world.cases.outbox[key].order.party) for key in keys}
    mailed, people, left = set[str](), dict[str, dict[str, str]](), dict[str, set[str]]()
    emails = {p.email for i, _ in sent for p in world.case(i).parties if (i, p.id) in sent}
    for there in (world.case(i) for i in {i for i, _ in sent}):
        words = Words(pinned(there.process, there.version), "en", world.directory, there.form)
        for who in there.parties:
            name = words.mention(who.role)
            if same_address(who.email, actor.email):
                mailed |= {"you"} if who.email in emails else set()
            elif (there.id, who.id) in sent:
                people.setdefault(name, {})[who.email] = who.name
            elif who.present and who.email not in emails:
                left.setdefault(SEVERAL.get(name, name), set()).add(who.email)
    for name in sorted(people, reverse=True):  # of many the plural, which stands for the one, too
        plural = SEVERAL.get(name, "")
        many = bool(plural) and len({*people[name], *people.get(plural, ())}) > 1
        out = left.get(plural or name)
        mailed |= set(map(lower, people[name].values())) if out else {plural if many else name}
    return receipt[1], mailed


def named(text: str) -> set[str]:
    found = re.search("<p>([^<]*) will get an email about this[.]</p>", text)
    told = re.split(", | and ", found[1]) if found else []
    return set(map(lower, told))


def lower(name: str) -> str:
    return name[0].lower() + name[1:]


def formed() -> Joined:
    world = Joined()
    for name, consent in (("Aino", "yes"), ("Bertta", "yes"), ("Cecilia", "no")):
        world.votes(name, consent)
    return world


def at(*actions: str) -> Joined:
    world = formed()
    world.do(world.hub, "close_merge")
    for action in actions:
        world.do(world.hub, action)
    world.clock.forward(minutes=5)
    return world


MERGED = [
    (
        (),
        "dissolve",
        "coordinator",
        {"the applicants", "the line managers", "you", "the coordinator"},
    ),
    (("offer",), "accept", "supervisor", None),
    (("offer", "accept"), "begin", "supervisor", None),
    (("offer", "accept"), "not_begin", "supervisor", None),
    (("offer", "accept"), "not_begin_instead", "coordinator", None),
    (("offer", "accept", "begin"), "close", "supervisor", None),
    (("offer", "accept", "begin"), "interrupt", "coordinator", None),
]


@pytest.mark.parametrize(
    ("before", "action", "role", "exactly"),
    MERGED,
    ids=lambda x: str(x)[:30] if not isinstance(x, set) else "those",
)
def test_receipt_names_who_is_mailed_in_merged_applications(
    before: tuple[str, ...], action: str, role: str, exactly: set[str] | None
) -> None:
    world = at(*before)
    text, mailed = told_by(world, world.hub, role, action, **TYPED.get(action, {}))
    assert {"the line manager", "the line managers"} & mailed
    assert named(text) == mailed
    assert exactly is None or mailed == exactly


def test_receipt_of_who_forms_the_group_names_those_who_are_let_go() -> None:
    world = formed()
    text, mailed = told_by(world, world.hub, "coordinator", "close_merge")
    assert "the applicants" in mailed  # Cecilia, too, who goes on alone
    assert "the applicant" not in mailed
    assert named(text) == mailed
    # The manager of who said no is not written to: those of the others are named.
    cases = [world.case(world.ids[name]) for name in ("Aino", "Bertta")]
    managers = {lower(c.holders("manager")[0].name) for c in cases}
    assert mailed == {"the applicants", "the coordinator", "you", *managers}
    assert "the line managers" not in text.casefold()


@pytest.mark.parametrize(
    ("listed", "exactly"),
    [
        (LISTED, {"you", "the coordinator"}),
        ((*LISTED[:2], ("Dd", "dd@example.net")), {"you", "the coordinator", "dd", "cilla"}),
    ],
    ids=["unchanged", "replaced"],
)
def test_receipt_of_a_correction_names_only_who_is_mailed(
    listed: tuple[tuple[str, str], ...], exactly: set[str]
) -> None:
    """Who is new and who is left out are written to, and none of those who stay."""
    world = Staffed()
    case_id = listed_group(world)
    world.clock.forward(minutes=5)
    text, mailed = told_by(world, case_id, "manager", "correct_group", **typed(*listed))
    assert named(text) == mailed == exactly


@pytest.mark.parametrize("last", ["Aino", "Bertta", "Cecilia"])
def test_receipt_of_the_last_who_agrees_tells_the_answer_and_who_is_mailed(last: str) -> None:
    """The case has moved on by itself before the page is drawn."""
    world = Joined()
    for name in ("Aino", "Bertta", "Cecilia"):
        if name != last:
            world.votes(name, "yes")
    world.clock.forward(minutes=5)
    hub = world.case(world.hub)
    voter = next(p for p in hub.holders("supervisee") if p.name.startswith(last))
    client = party.create_app(world.services).test_client()
    before = set(world.cases.outbox)
    token = world.token_of(world.hub, voter, "task")
    typed = {"action": "consent", "consent": "yes", "_lang": "en"}
    got = client.post(f"/api/t/{token}", data=typed)
    assert world.case(world.hub).state == "coordinating"
    page = unescape(client.get(got.headers["Location"]).text)
    receipt = re.search(r'k-receipt" role="status">(.*?)<ul>', page, re.DOTALL)
    assert receipt
    assert "Your answer: Yes" in receipt[1]
    told = {
        (key[0], world.cases.outbox[key].order.party) for key in world.cases.outbox.keys() - before
    }
    roles = {p.role for i, who in told for p in world.case(i).parties if p.id == who}
    assert roles == {"supervisee", "coordinator", "manager"}
    for who in ("you", "the coordinator", "line managers"):
        assert who in receipt[1].casefold(), receipt[1]
    assert receipt[1].count("will get an email about this") == 1


ORDERS = [
    (ACCEPTED[:-1], "accept_organisation", ()),
    (ACCEPTED, "cancel", ()),
    (ACCEPTED, "cancel", ("offer",)),
    (AGREED, "schedule", ()),
    (DATED, "cancel", ()),
    (DATED, "call_off", ()),
    (DATED, "reschedule", ()),
]


@pytest.mark.parametrize(("before", "action", "there"), ORDERS, ids=lambda x: str(x)[-30:])
def test_receipt_names_who_is_mailed_in_the_cases_of_an_order(
    before: tuple[str, ...], action: str, there: tuple[str, ...]
) -> None:
    world = Quotes()
    case_id = world.request(*before)
    for name in there:
        world.do(world.order_of(case_id).id, name)
    world.clock.forward(minutes=5)
    said = SAID["schedule"] if action == "reschedule" else SAID.get(action, {})
    text, mailed = told_by(world, case_id, WHO.get(action, "coordinator"), action, **said)
    assert mailed
    assert named(text) == mailed


@pytest.mark.parametrize("action", ["accept", "decline"])
def test_receipt_of_a_supervisor_names_who_hears_of_it_in_the_order(action: str) -> None:
    world = Quotes()
    case_id = world.request(*ACCEPTED)
    order = world.order_of(case_id).id
    world.do(order, "offer")
    world.clock.forward(minutes=5)
    text, mailed = told_by(world, order, "supervisor", action, **TYPED.get(action, {}))
    assert ("the client" in mailed) == (action == "accept")
    assert named(text) == mailed


def test_managers_of_merged_applications_hear_that_it_began_and_ended() -> None:
    world = at("offer", "accept")
    mine = world.ids["Aino"]
    manager = world.case(mine).holders("manager")[0]
    for action, mail, state in (
        ("begin", "begun_manager", "joint"),
        ("close", "completed_manager", "completed"),
    ):
        before = set(world.cases.outbox)
        world.do(world.hub, action)
        new = [
            world.cases.outbox[key].order
            for key in world.cases.outbox.keys() - before
            if key[0] == mine
        ]
        assert [(o.mail, o.party) for o in new] == [(mail, manager.id)]
        assert world.case(mine).state == state
    begun = world.case(world.hub).answers["first_session"]
    assert world.case(mine).answers["first_session"] == begun
    assert world.case(world.ids["Cecilia"]).state == "coordinating"  # not theirs


def test_managers_hear_of_the_end_of_what_never_began() -> None:
    world = at("offer", "accept", "not_begin")
    orders = [x.order.mail for k, x in world.cases.outbox.items() if k[0] == world.ids["Bertta"]]
    assert orders[-1] == "never_begun_manager"
    assert "begun_manager" not in orders
    assert {world.case(i).state for i in (world.hub, world.ids["Bertta"])} == {"unbegun"}


@pytest.mark.parametrize(
    ("language", "at_once", "later"),
    [
        ("fi", " saavat tästä viestin.", "saivat tästä viestin {}."),
        ("sv", " får ett meddelande om detta.", "fick ett meddelande om detta {}."),
        (
            "en",
            " will get an email about this.",
            "got an email about this on {}.",
        ),
    ],
)
def test_receipt_read_later_promises_nothing(language: str, at_once: str, later: str) -> None:
    """It tells who was mailed and when; where the case is now, the page says beside it."""
    world = World()
    case_id = world.case_at("confirm")
    token = world.token(case_id, "manager")
    world.clock.forward(minutes=5)
    act(world.services, token, {"action": "endorse", **TYPED["endorse"]}, "fi")
    later = later.format(dates.day(world.clock.now(), language))
    client = party.create_app(world.services).test_client()

    def told() -> str:
        page = unescape(client.get(f"/api/t/{token}?lang={language}").text)
        found = re.search(r'k-receipt" role="status">(.*?)<ul>', page, re.DOTALL)
        assert found
        return found[1]

    assert at_once in told()
    assert later not in told()
    world.clock.forward(days=7)
    assert later in told()
    assert at_once not in told()
