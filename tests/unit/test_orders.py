"""An order and the case that finds its supervisor: one choice, asked, and both follow each other."""

import pytest

from functions.entry.party.app import create_app
from functions.kernel import LANGUAGES
from functions.kernel.desk import placements
from functions.kernel.errors import Conflict
from functions.kernel.states import LINK
from functions.processes import current
from functions.render.case.people import history_lines
from functions.render.desk.desk import Frame, desk_row
from functions.render.mail.mail import reference
from functions.render.text.texts import process_text
from functions.render.text.unbroken import unbroken
from functions.render.text.words import Words
from functions.services.case.handover import replace_person
from tests.fakes import history_of, interrupt
from tests.orders import ACCEPTED, AGREED, DATED, Quotes

SUPERVISION = current("supervision")
# Where each answer of the quote stands in the application, as the client sees both.
_SAME = {
    "product": "service",
    "participants": "participants",
    "need": "reason_and_goals",
    "desired_start": "desired_start",
    "sessions": "number_of_sessions",
    "mode": "mode",
    "place": "place",
    "work_language": "supervision_language",
    "contact_name": "client_name",
    "contact_email": "client_email",
    "contact_phone": "client_phone",
    "organisation": "employer",
}
CALLED_OFF_AT = {
    "coordinating": (),
    "offered": ("offer",),
    "declined": ("offer", "decline"),
    "active": ("offer", "accept"),
}


@pytest.fixture
def world() -> Quotes:
    return Quotes()


@pytest.mark.parametrize("product", ["group", "consultation"])
def test_accepted_quote_looks_for_one_supervisor_in_one_case(world: Quotes, product: str) -> None:
    case_id = world.request(*ACCEPTED, product=product)
    order = world.order_of(case_id)
    assert order.linked == (case_id,)
    assert (world.case(case_id).state, order.state) == ("staffing", "coordinating")
    assert (order.answers["service"], order.answers["client_name"]) == (product, "Tilda Tilaaja")
    assert order.answers["title"] == "Mallilan mallikunta"
    assert not {"net_price", "business_id"} & order.answers.keys()
    tasks = [
        m
        for i in (case_id, order.id)
        for m, _ in world.mailed(i)
        if "schedule" in m or "coordinate" in m
    ]
    assert tasks == ["coordinate_order"] * len(order.holders("coordinator"))


def test_what_the_client_told_is_passed_on(world: Quotes) -> None:
    case_id = world.request(*ACCEPTED)
    told, order = world.case(case_id).answers, world.order_of(case_id).answers
    passed = {here: there for here, there in _SAME.items() if here in told}
    assert {here: order[there] for here, there in passed.items()} == {h: told[h] for h in passed}
    assert passed.keys() >= {"mode", "need", "participants", "contact_name", "organisation"}


def test_supervisor_who_accepts_is_that_of_the_order(world: Quotes) -> None:
    case_id = world.request(*ACCEPTED)
    order = world.order_of(case_id).id
    world.do(order, "offer", supervisor="testi")
    assert world.load() == (0, 1)
    assert world.case(case_id).holders("supervisor") == ()
    world.mailed(case_id), world.mailed(order)
    world.do(order, "accept", contact_instructions="Call Testi on Monday.")
    case = world.case(case_id)
    assert case.state == "accepted"
    assert [p.ref for p in case.holders("supervisor")] == ["testi"]
    assert case.answers["contact_instructions"] == "Call Testi on Monday."
    assert world.load() == (1, 0)
    assert [m for m, _ in world.mailed(case_id)] == ["appointed", *["to_schedule"] * 2]
    assert [m for m, _ in world.mailed(order)] == ["accepted_order"]


TURNS = [
    ((), "Coordinator's turn to choose a supervisor", "Coordinator's turn"),
    (("offer",), "Supervisor's turn", "Supervisor's turn"),
    (("offer", "decline"), "Coordinator's turn to choose a supervisor", "Coordinator's turn"),
    (("offer", "take_back"), "Coordinator's turn to choose a supervisor", "Coordinator's turn"),
    (("offer", "accept"), "Coordinator's turn", "Coordinator's turn to agree on the dates"),
]


@pytest.mark.parametrize(("done", "order_says", "work_says"), TURNS, ids=lambda x: str(x)[:24])
def test_order_and_its_work_say_whose_turn_it_is(
    world: Quotes, done: tuple[str, ...], order_says: str, work_says: str
) -> None:
    case_id = world.request(*ACCEPTED)
    work = world.order_of(case_id).id
    for action in done:
        world.do(work, action)
    told = {}
    for each in (case_id, work):
        case = world.case(each)
        words = Words(current(case.process), "en", world.directory, case.form)
        told[each] = (words.turn(case), words.state(case, "name"))
    assert (told[case_id][0], told[work][0]) == (order_says, work_says)
    if done[-1:] == ("accept",):
        assert told[work][1] == "Supervisor found, dates missing"
        world.take(case_id, "schedule")
        case = world.case(work)
        assert SUPERVISION.turn(case) == "clock"
        words = Words(SUPERVISION, "en", world.directory, case.form)
        assert words.state(case, "name") == "Work agreed"


def test_work_without_dates_is_not_among_what_runs(world: Quotes) -> None:
    case_id = world.request(*AGREED)
    work = world.order_of(case_id)
    who = work.holders("supervisor")[0]
    lists = [s.sort_key for s in placements(SUPERVISION, work) if s.party == who]
    assert not any("#running#" in place for place in lists)
    world.take(case_id, "schedule")
    dated = world.case(work.id)
    assert any("#running#" in s.sort_key for s in placements(SUPERVISION, dated) if s.party == who)


def test_nobody_chooses_a_supervisor_again(world: Quotes) -> None:
    quote = current("quote")
    asked = {f.name for a in quote.actions for f in a.fields if f.source == "supervisors"}
    assert asked == set()
    world.request(*AGREED)
    assert world.load() == (1, 0)


@pytest.mark.parametrize("answer", ["decline", "expire"])
def test_order_tells_that_its_supervisor_did_not_accept(world: Quotes, answer: str) -> None:
    case_id = world.request(*ACCEPTED)
    order = world.order_of(case_id).id
    world.do(order, "offer", supervisor="testi")
    if answer == "expire":
        world.until("2026-08-14")
    else:
        world.do(order, "decline")
    told = [t.sealed.event.action for t in world.cases.load(case_id).history]  # type: ignore[union-attr]
    assert told[-1] == "not_taken"
    assert (world.case(case_id).state, world.case(order).state) == ("staffing", "coordinating")
    assert world.load() == (0, 0)
    world.staff(case_id, "sulo")
    assert [p.ref for p in world.case(case_id).holders("supervisor")] == ["sulo"]


@pytest.mark.parametrize("by", ["cancel", "call_off"])
@pytest.mark.parametrize("standing", CALLED_OFF_AT)
def test_order_that_is_called_off_ends_it_with_its_supervisor_mailed(
    world: Quotes, standing: str, by: str
) -> None:
    case_id = world.request(*ACCEPTED)
    order = world.order_of(case_id).id
    for action in CALLED_OFF_AT[standing]:
        world.do(order, action)
    asked = world.case(order).holders("supervisor")
    for each in (case_id, order):
        world.mailed(each)
    world.take(case_id, by)
    assert (world.case(case_id).state, world.case(order).state) == ("cancelled", "called_off")
    mails = world.mailed(order)
    assert [name for mail, name in mails if mail.endswith(("_supervisor", "_undated"))] == [
        p.name for p in asked
    ]
    heard = {"cancel": "cancelled_free", "call_off": "called_off"}[by]
    assert [m for m, _ in world.mailed(case_id)] == [heard, *["cancelled_coordinator"] * 2]
    assert world.load() == (0, 0)


@pytest.mark.parametrize("day", ["2026-09-10", "2026-10-10"])
def test_dated_order_that_is_called_off_frees_its_supervisor(world: Quotes, day: str) -> None:
    case_id = world.request(*DATED)
    world.until(day)
    order = world.order_of(case_id).id
    world.mailed(order)
    world.take(case_id, "cancel")
    assert world.case(order).state == "called_off"
    assert world.mailed(order) == [("called_off_supervisor", "Testi Directory")]
    assert world.load() == (0, 0)


def test_order_that_is_over_ends_it(world: Quotes) -> None:
    case_id = world.request(*DATED)
    order = world.order_of(case_id).id
    world.until("2026-12-14")
    assert (world.case(order).state, world.load()) == ("running", (1, 0))
    world.mailed(order)
    world.until("2026-12-15")
    assert (world.case(case_id).state, world.case(order).state) == ("completed", "ended")
    assert world.mailed(order) == [("ended_supervisor", "Testi Directory")]
    assert world.load() == (0, 0)


@pytest.mark.parametrize(
    ("action", "said", "names"),
    [
        ("cancel_one", {"leaving": "Aino"}, "Bertta\nCecilia\nDaavid"),
        ("substitute", {"replaced": "Aino"}, "Eeva\nBertta\nCecilia\nDaavid"),
        ("reschedule", {"participant_names": "Aino", "start_date": "2026-09-20"}, "Aino"),
    ],
)
def test_supervision_knows_who_takes_part_and_when(
    world: Quotes, action: str, said: dict[str, str], names: str
) -> None:
    case_id = world.request(*AGREED)
    assert "participant_names" not in world.order_of(case_id).answers
    world.take(case_id, "schedule")
    answers = world.order_of(case_id).answers
    assert answers["participant_names"] == "Aino\nBertta\nCecilia\nDaavid"
    assert (answers["start_date"], answers["end_date"]) == ("2026-09-14", "2026-12-14")
    dates = {"start_date": "2026-09-14", "end_date": "2026-12-14"} if action == "reschedule" else {}
    world.take(case_id, action, **dates | said)
    for case in (world.case(case_id), world.order_of(case_id)):
        assert case.answers["participant_names"] == names
        assert case.answers["start_date"] == said.get("start_date", "2026-09-14")
    assert "contact_instructions" in world.order_of(case_id).answers


def test_race_of_a_client_who_cancels_and_a_supervisor_who_accepts(world: Quotes) -> None:
    case_id = world.request(*ACCEPTED)
    order = world.order_of(case_id).id
    world.do(order, "offer", supervisor="testi")
    interrupt(world, lambda: world.take(case_id, "cancel"))
    with pytest.raises(Conflict):
        world.do(order, "accept")
    assert (world.case(case_id).state, world.case(order).state) == ("cancelled", "called_off")
    assert world.load() == (0, 0)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_buyer_is_no_applicant(world: Quotes, language: str) -> None:
    """Nobody is written to as an applicant, and no first session within two weeks is promised."""
    case_id = world.request(*DATED)
    world.until("2026-12-15")
    order = world.order_of(case_id)
    assert {p.role for p in order.parties} == {"coordinator", "supervisor"}
    words = Words(SUPERVISION, language, world.directory, order.form)
    application = {"fi": "hakemus", "sv": "ansökan", "en": "application"}[language]
    weeks = {"fi": "kahden viikon", "sv": "två veckor", "en": "two weeks"}[language]
    for state in ("coordinating", "offered", "running", "ended", "called_off"):
        told = " ".join(words.text(f"states.{state}.{part}") for part in ("name", "now", "next"))
        assert application not in told.casefold()
        assert weeks not in told
    sent = {str(m["Subject"]) for m in world.post.sent if m["To"] == "tilda@example.net"}
    assert not any(application in s.casefold() for s in sent)


@pytest.mark.parametrize("at", ["request", "ordered"])
def test_supervisor_who_is_replaced_in_one_is_replaced_in_the_other(world: Quotes, at: str) -> None:
    case_id = world.request(*DATED)
    order = world.order_of(case_id).id
    where = {"request": case_id, "ordered": order}[at]
    place = world.case(where).holders("supervisor")[0]
    by = world.case(where).holders("coordinator")[0]
    replace_person(world.services, by.email, where, place.id, {"colleague": "sulo"})
    for each in (case_id, order):
        assert [p.ref for p in world.case(each).holders("supervisor")] == ["sulo"]
        assert ("handed", "Sulo Directory") in world.mailed(each)
    assert (world.load("testi"), world.load("sulo")) == ((0, 0), (1, 0))
    world.take(case_id, "cancel")
    assert world.mailed(order) == [("called_off_supervisor", "Sulo Directory")]
    assert world.load("sulo") == (0, 0)


def test_only_its_order_ends_it() -> None:
    """Else the order would wait for a supervisor whom nobody looks for any more."""
    way = SUPERVISION.for_form("ordered")
    over = {s.name for s in way.states if SUPERVISION.is_over(s.name)}
    ending = {t.action for t in way.transitions if t.target in over and t.source not in over}
    assert {SUPERVISION.action(name).role for name in ending} == {LINK}


def test_rows_of_one_order_say_that_they_belong_together(world: Quotes) -> None:
    case_id = world.request(*AGREED)
    work = world.order_of(case_id)
    row = {}
    for case in (world.case(case_id), work):
        definition = current(case.process)
        for role in ("coordinator", "supervisor"):
            who, until = case.holders(role)[0], world.clock.now()
            frame = Frame(who.name, until, "en", "/api/d/x", world.directory)
            row[case.process, role] = desk_row(frame, definition, case, who, until)
    for role in ("coordinator", "supervisor"):
        assert row["supervision", role].kinds[:2] == ("Ordered work", f"order {reference(case_id)}")
    assert row["quote", "supervisor"].title == "Ordered work"


def test_order_whose_supervisor_is_looked_for_says_where_the_coordinator_goes_on(
    world: Quotes,
) -> None:
    case = world.case(world.request(*ACCEPTED))
    words = Words(current("quote"), "en", world.directory, case.form)
    assert words.turn(case, "coordinator") == "The supervisor is chosen in the ordered work"
    assert words.turn(case, "contact") == "Coordinator's turn to choose a supervisor"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_of_the_work_says_of_which_order_it_is(world: Quotes, language: str) -> None:
    """Beside its own reference, as the row on the desk does."""
    case_id = world.request(*AGREED)
    work = world.order_of(case_id)
    pages = create_app(world.services).test_client()
    of = process_text("supervision", language, "forms.ordered.part")
    for role in ("coordinator", "supervisor"):
        path = f"/api/t/{world.token(work.id, role, 'status')}?lang={language}"
        told = unbroken(f"{reference(work.id)} · {of.format(reference=reference(case_id))}</p>")
        assert told in pages.get(path).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("act", "role"), [("cancel", "contact"), ("call_off", "coordinator")])
def test_work_tells_who_cancelled_its_order(
    world: Quotes, act: str, role: str, language: str
) -> None:
    case_id = world.request(*DATED)
    work = world.order_of(case_id)
    world.take(case_id, act)
    told = world.cases.load(work.id)
    assert told
    words = Words(SUPERVISION, language, world.directory, work.form)
    reader = work.holders("supervisor")[0]
    line, *_ = history_lines(
        words, world.case(work.id), history_of(told.case, told.history), reader
    )
    assert line.who == ""
    assert line.what.casefold().startswith(words.mention(role).casefold())
