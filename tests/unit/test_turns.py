"""Whose turn it is, said alike by page, desk and mail; reasons beside their act; older links."""

import re
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.case import Party
from functions.kernel.definition import Definition
from functions.kernel.desk import TODO, desk_lists, placements
from functions.kernel.durations import day_of
from functions.kernel.engine import open_actions
from functions.kernel.errors import Unavailable
from functions.kernel.states import BY_ITSELF
from functions.processes import NAMES, current
from functions.render.case.receipt import Followed, last_act, receipt
from functions.render.mail.mail import reference
from functions.render.text import dates
from functions.render.text.texts import page_text, process_text
from functions.render.text.words import Words
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from tests.fakes import World, day_after
from tests.guards.test_guard_registry import shown
from tests.guards.test_guard_visibility import Joined
from tests.paths import walks

SUPERVISION = current("supervision")


def page_of(world: World, case_id: str, who: Party, purpose: str = "task") -> str:
    client = party.create_app(world.services).test_client()
    got = client.get(f"/api/t/{world.token_of(case_id, who, purpose)}?lang=en")
    return unescape(got.text)


def history_of(page: str) -> str:
    return page[page.index('class="k-history"') :]


@pytest.mark.parametrize("name", NAMES)
def test_page_and_desk_agree_whose_turn_it_is(name: str) -> None:
    definition = current(name)
    told = 0
    for page in shown(definition, "en", every=True):
        case, who = page.walk.case, page.party
        if definition.unproven(case):
            continue
        mine = [s for s in placements(definition, case) if s.party.id == who.id]
        on_desk = any(s.sort_key.startswith(TODO) for s in mine)
        assert ("k-notice--turn" in page.html) == on_desk, (case.state, who.role)
        told += on_desk
    assert told


@pytest.mark.parametrize("name", NAMES)
def test_whose_turn_it_is_can_act_or_is_recorded(name: str) -> None:
    definition = current(name)
    for walk in walks(definition, World().directory):
        case, turn = walk.case, definition.turn(walk.case)
        if not case.parties or definition.is_over(case.state) or turn in BY_ITSELF:
            continue
        recorder = definition.state(case.state).recorded_by
        assert open_actions(definition, case, recorder or turn, "task"), (case.form, case.state)


def unending(definition: Definition) -> list[str]:
    """States that wait for people with no timers, or that neither time nor staff can end."""
    staff = {r.name for r in definition.roles if r.source}
    acts = {a.name: a.role for a in definition.actions}
    wrong = []
    for form in definition.forms:
        way = definition.for_form(form.name)
        over = {s.name for s in way.states if definition.is_over(s.name)}
        for state in way.states:
            if state.name in over or state.turn == "link":
                continue
            timed = {r.action for r in state.timers if r.action}
            rows = [t for t in way.transitions if t.source == state.name]
            ended = any(t.action in timed for t in rows)
            closed = any(t.target in over and acts[t.action] in staff for t in rows)
            wrong += [f"{form.name}: {state.name} has no timers"] * (not state.timers)
            wrong += [f"{form.name}: {state.name} waits for ever"] * (not (ended or closed))
    return wrong


def test_every_state_of_supervision_that_waits_has_a_timers_and_an_end() -> None:
    # What was ordered ends with its order.
    assert [w for w in unending(SUPERVISION) if not w.startswith("ordered")] == []


def test_what_is_over_is_erased_after_its_time() -> None:
    for walk in walks(SUPERVISION, World().directory):
        case = walk.case
        if SUPERVISION.is_over(case.state) and not SUPERVISION.state(case.state).end:
            assert SUPERVISION.state(case.state).timers[-1].action == "erase"


def test_turn_of_a_merger_that_all_have_answered_is_the_coordinators() -> None:
    world = Joined()
    hub = world.hub
    assert SUPERVISION.turn(world.case(hub)) == "supervisee"
    for name, consent in (("Aino", "yes"), ("Bertta", "no"), ("Cecilia", "yes")):
        world.votes(name, consent)
    case = world.case(hub)
    assert SUPERVISION.turn(case) == "coordinator"
    coordinator, member = case.holders("coordinator")[0], case.holders("supervisee")[0]
    page = page_of(world, hub, coordinator)
    title = process_text("supervision", "en", "tasks.merge_pending.coordinator.title")
    assert f"<h1>{title}</h1>" in page
    assert "k-notice--turn" in page
    assert 'name="action" id="f-action-close_merge"' in page or 'value="close_merge"' in page
    theirs = page_of(world, hub, member)
    assert "Coordinator's turn" in theirs
    world.index()
    anna = desk.create_app(world.services).test_client()
    shown_there = anna.get(f"/api/d/{world.desk(coordinator.email)}?lang=en").text
    assert title in unescape(shown_there)


def test_turn_after_acceptance_is_the_supervisors_until_the_first_session() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    assert SUPERVISION.turn(world.case(case_id)) == "supervisor"
    assert world.directory.counts["supervisors", "testi", "ongoing"] == 1
    world.do(case_id, "begin")
    assert SUPERVISION.turn(world.case(case_id)) == "clock"
    world.do(case_id, "close")
    assert world.case(case_id).state == "completed"
    assert world.directory.counts["supervisors", "testi", "ongoing"] == 0


def test_unpaid_invoice_is_the_clients_turn_and_finance_records_it() -> None:
    quote = current("quote")
    walk = next(w for w in walks(quote, World().directory) if w.case.state == "invoiced")
    assert quote.turn(walk.case) == "contact"
    assert [a.name for a in open_actions(quote, walk.case, "finance", "task")][:1] == ["pay"]
    for page in shown(quote, "en", every=False):
        if page.state == "invoiced":
            assert ("k-notice--turn" in page.html) == (page.party.role == "contact")
            assert 'action="/api/t/t/fresh"' not in page.html  # there is nothing to do here


# -- reasons


def test_old_reason_stands_beside_its_act_and_not_beside_the_next_person() -> None:
    world = World()
    case_id = world.case_at("confirm", "reject")
    applicant = world.case(case_id).holders("applicant")[0]
    present = page_of(world, case_id, applicant)
    reason = "This is not possible now."
    assert reason in present[: present.index('class="k-history"')]
    world.do(case_id, "correct")
    world.do(case_id, "endorse")
    for role in ("applicant", "manager", "coordinator"):
        page = page_of(world, case_id, world.case(case_id).holders(role)[0])
        assert reason not in page[: page.index('class="k-history"')]
        assert reason in history_of(page)
    world.do(case_id, "offer")
    supervisor = page_of(world, case_id, world.case(case_id).holders("supervisor")[0])
    assert reason not in supervisor


def test_next_supervisor_learns_nothing_of_the_one_before() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    world.do(case_id, "offer", offer_message="A word for Testi alone.")
    world.do(case_id, "decline", decline_reason="I have no time this autumn.")
    assert {"supervisor", "offer_message"} & world.case(case_id).answers.keys() == set()
    world.do(case_id, "offer", supervisor="sulo")
    next_one = page_of(world, case_id, world.case(case_id).holders("supervisor")[0])
    for told in ("A word for Testi", "no time this autumn", "Testi Directory"):
        assert told not in next_one
    coordinator = page_of(world, case_id, world.case(case_id).holders("coordinator")[0], "status")
    assert "no time this autumn" not in coordinator[: coordinator.index('class="k-history"')]
    assert "no time this autumn" in history_of(coordinator)
    assert "Supervisor: Testi Directory" in history_of(coordinator)


@pytest.mark.parametrize("how", ["decline", "expire", "take_back"])
def test_list_of_supervisors_marks_who_has_been_asked_before(how: str) -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    anna = world.case(case_id).holders("coordinator")[0]
    before = page_of(world, case_id, anna)
    assert "In this same case" not in before
    world.do(case_id, "offer")
    if how == "expire":
        world.clock.forward(days=10)
        while run_due_timer(world.services, case_id):
            pass
    elif how == "take_back":
        token = world.token(case_id, "coordinator", "status")
        act(world.services, token, {"action": "take_back"}, "en")
    else:
        world.do(case_id, how)
    assert world.directory.counts["supervisors", "testi", "queued"] == 0
    page = page_of(world, case_id, anna)
    rows = re.findall(r'value="(testi|sulo)"', page)
    note = process_text("supervision", "en", f"actions.{how}.history")
    assert f"{note}." in page[page.index('value="testi"') :]
    assert page.count("In this same case on") == 1
    assert rows.index("sulo") < rows.index("testi")


# -- older links


def client_of(world: World) -> FlaskClient:
    return party.create_app(world.services).test_client()


def test_older_link_says_first_that_it_is_ones_turn_again() -> None:
    world = World()
    case_id = world.case_at("confirm")
    manager = world.case(case_id).holders("manager")[0]
    first = world.token_of(case_id, manager)
    act(
        world.services,
        first,
        {"action": "return", "return_reason": "Please be more exact."},
        "en",
    )
    page = client_of(world).get(f"/api/t/{first}?lang=en").text
    returned = process_text("supervision", "en", "actions.return.done")
    assert f"<h1>{returned}</h1>" in page
    world.do(case_id, "correct")
    page = unescape(client_of(world).get(f"/api/t/{first}?lang=en").text)
    title = process_text("supervision", "en", "tasks.submitted.title")
    assert f"<h1>{title}</h1>" in page
    again, past = page.index(f'action="/api/t/{first}/fresh"'), page.index(returned)
    assert page.index("k-notice--turn") < again < past
    got = client_of(world).post(f"/api/t/{first}", data={"action": "endorse"})
    assert got.status_code == 409  # the older link itself decides nothing
    assert world.case(case_id).state == "submitted"


def test_link_whose_act_led_to_ones_own_next_turn_is_about_that_when_opened_again() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    supervisor = world.case(case_id).holders("supervisor")[0]
    link = world.token_of(case_id, supervisor)
    typed = {"action": "accept", "contact_instructions": "Call in the morning.", "_lang": "en"}
    client = client_of(world)
    sent_on = client.post(f"/api/t/{link}", data=typed).headers["Location"]
    accepted = process_text("supervision", "en", "actions.accept.done")
    assert f"<h1>{accepted}</h1>" in client.get(sent_on).text
    later = unescape(client.get(f"/api/t/{link}?lang=en").text)
    assert f"<h1>{process_text('supervision', 'en', 'tasks.active.title')}</h1>" in later
    assert "k-receipt" not in later
    assert accepted in later


def test_receipt_comes_before_what_is_asked_next_and_says_that_a_link_was_mailed() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    link = world.token_of(case_id, world.case(case_id).holders("supervisor")[0])
    typed = {"action": "accept", "contact_instructions": "Call in the morning.", "_lang": "en"}
    client = client_of(world)
    page = unescape(client.get(client.post(f"/api/t/{link}", data=typed).headers["Location"]).text)
    main = page.partition("<main")[2]
    assert main.index("k-receipt") < main.index("k-notice--turn") < main.index("/fresh")
    assert "You will get a link by email for this step." in main
    assert "Earlier:" not in main
    later = unescape(client.get(f"/api/t/{link}?lang=en").text)  # nothing was mailed just now
    assert "You will get a link by email" not in later


def test_receipt_of_a_vote_says_what_was_answered_and_who_hears() -> None:
    world = Joined()
    told = []
    for name, consent in (("Aino", "yes"), ("Bertta", "no"), ("Cecilia", "yes")):
        world.votes(name, consent)
        case = world.case(world.hub)
        who = next(p for p in case.holders("supervisee") if p.name.startswith(name))
        link = world.token_of(world.hub, who)
        page = client_of(world).get(f"/api/t/{link}?lang=en&done=consent").text
        told.append(unescape(page).partition("k-receipt")[2].partition("</section>")[0])
    assert [
        f"Your answer: {a}." in said for a, said in zip(("Yes", "No", "Yes"), told, strict=True)
    ]
    for said in told:
        assert "Only the coordinator sees your answer." in said
    heard = ["The coordinator will get an email about this." in said for said in told]
    assert heard == [False, False, True]


def test_turn_is_said_to_have_come_again_only_to_who_had_it_before() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    first = world.token_of(case_id, world.case(case_id).holders("supervisor")[0])
    world.do(case_id, "accept")
    page = unescape(client_of(world).get(f"/api/t/{first}?lang=en").text)
    assert "It is your turn now" in page
    assert "again" not in page.partition("<main")[2].partition("</main>")[0]
    other = world.case_at("confirm")
    manager = world.token_of(other, world.case(other).holders("manager")[0])
    world.do(other, "return"), world.do(other, "correct")
    assert "It is your turn again" in client_of(world).get(f"/api/t/{manager}?lang=en").text


def test_who_came_from_their_desk_goes_on_without_a_mail() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    world.index()
    who = world.case(case_id).holders("supervisor")[0]
    row = f"/api/t/{world.desk(who.email)}.{case_id}.{who.id}"
    here = f"{row}.{world.case(case_id).round}"
    typed = {"action": "accept", "contact_instructions": "Call in the morning.", "_lang": "en"}
    client = client_of(world)
    page = client.get(client.post(here, data=typed).headers["Location"]).text
    assert "k-receipt" in page
    assert "/fresh" not in page
    now = f"{row}.{world.case(case_id).round}?lang=en"
    assert page.count(f'href="{now}"') == 1
    task = process_text("supervision", "en", "tasks.active.title")
    assert f"<h1>{task}</h1>" in unescape(client.get(now).text)
    world.do(case_id, "begin")
    later = client.get(f"{here}?lang=en").text  # it is nobody's turn, and one may look
    assert "/fresh" not in later
    assert f'href="{row}.{world.case(case_id).round}?lang=en"' in later


def test_mailed_link_of_an_earlier_turn_offers_no_way_but_a_mail() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    link = world.token_of(case_id, world.case(case_id).holders("supervisor")[0])
    world.do(case_id, "accept")
    client = client_of(world)
    assert f'action="/api/t/{link}/fresh"' in client.get(f"/api/t/{link}?done=accept").text
    got = client.post(f"/api/t/{link}", data={"action": "begin", "first_session": day_after(119)})
    assert (got.status_code, world.case(case_id).state) == (409, "active")


@pytest.mark.parametrize("name", NAMES)
def test_page_asks_where_to_send_a_link_only_if_it_permits_more(name: str) -> None:
    definition = current(name)
    asked = 0
    for page in shown(definition, "en", every=True):
        case, role = page.walk.case, page.party.role
        if "k-route" not in page.html or "/fresh" not in page.html:
            continue
        here = {a.name for a in open_actions(definition, case, role, "status")}
        there = {a.name for a in open_actions(definition, case, role, "task")}
        assert there - here, (case.state, role)
        asked += 1
    assert asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_page_says_once_where_the_case_is(name: str, language: str) -> None:
    for page in shown(current(name), language, every=False):
        title = re.search(r"<h1>(.*?)</h1>", page.html)
        tag = re.search(r'<strong class="k-tag[^>]*>(.*?)</strong>', page.html)
        assert title
        assert tag is None or tag[1] != title[1], (page.state, page.party.role)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_nobody_is_said_to_have_the_turn_where_the_case_waits_by_itself(
    name: str, language: str
) -> None:
    definition = current(name)
    for page in shown(definition, language, every=True):
        case = page.walk.case
        if definition.turn(case) not in BY_ITSELF or definition.is_over(case.state):
            continue
        words = Words(definition, language, World().directory, case.form)
        since = words.page("case.since", when=dates.day(case.since, language))
        notice = page.html.partition("k-standing")[2].partition("</div>")[0]
        assert notice
        assert f"{words.turn(case)} {since}" not in unescape(notice), (case.form, case.state)
        assert "{" not in notice
        assert unescape(notice).count(words.state(case, "now", page.party.role)) == 1


def test_day_of_the_first_session_is_said_and_not_the_day_it_was_recorded() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer", "accept")
    ahead = world.clock.now() + timedelta(days=5)
    world.do(case_id, "begin", first_session=day_of(ahead).isoformat())
    page = page_of(world, case_id, world.case(case_id).holders("applicant")[0], "status")
    notice = page.partition("k-standing")[2].partition("</div>")[0]
    assert dates.day(ahead, "en") in notice
    assert dates.day(world.clock.now(), "en") not in notice


def test_older_row_of_a_desk_leads_to_the_present_turn() -> None:
    world = World()
    case_id = world.case_at("confirm", "return", "correct")
    world.index()
    manager = world.case(case_id).holders("manager")[0]
    row = f"{world.desk(manager.email)}.{case_id}.{manager.id}"
    got = client_of(world).get(f"/api/t/{row}.2?lang=en")
    assert got.status_code == 303
    assert got.headers["Location"].endswith(f".{world.case(case_id).round}?lang=en")


def test_who_declined_from_the_desk_reads_that_they_did() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "offer")
    world.index()
    who = world.case(case_id).holders("supervisor")[0]
    row = f"/api/t/{world.desk(who.email)}.{case_id}.{who.id}.{world.case(case_id).round}"
    client = client_of(world)
    got = client.post(row, data={"action": "decline", "_lang": "en"})
    page = client.get(got.headers["Location"])
    assert page.status_code == 200
    declined = process_text("supervision", "en", "actions.decline.done")
    assert declined in page.text
    assert "coordinator" in page.text[page.text.index("k-receipt") :]
    world.clock.forward(hours=1)
    world.do(case_id, "offer", supervisor="sulo")
    assert declined in client.get(row).text


def test_receipt_leads_to_the_next_task() -> None:
    world = World()
    first, second = world.case_at("confirm"), world.case_at("confirm")
    world.index()
    manager = world.case(first).holders("manager")[0]
    token = world.desk(manager.email)
    row = f"/api/t/{token}.{first}.{manager.id}.2"
    client = client_of(world)
    said = {"travel_reimbursed": "yes", "fee_reimbursed": "no", "action": "endorse", "_lang": "en"}
    got = client.post(row, data=said)
    page = unescape(client.get(got.headers["Location"]).text)
    own = world.case(second).holders("manager")[0]
    assert f'href="/api/t/{token}.{second}.{own.id}.2?lang=en">Next task in your cases: ' in page
    assert reference(second) in page[page.index("k-receipt") :]
    assert "The applicant and the coordinator will get an email about this." in page


def test_address_alone_makes_no_receipt() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    applicant = world.case(case_id).holders("applicant")[0]
    manager = world.case(case_id).holders("manager")[0]
    client = client_of(world)
    for who, done in ((applicant, "endorse"), (manager, "return"), (applicant, "confirm")):
        path = f"/api/t/{world.token_of(case_id, who, 'status')}?lang=en&done={done}"
        assert "k-receipt" not in client.get(path).text, done
    path = f"/api/t/{world.token_of(case_id, manager, 'status')}?lang=en&done=endorse"
    assert "k-receipt" in client.get(path).text


def test_receipt_names_nobody_whom_the_case_does_not_have() -> None:
    for name in NAMES:
        definition = current(name)
        for walk in walks(definition, World().directory):
            steps = [d.event for d in walk.decisions]
            for who in walk.case.parties:
                words = Words(definition, "en", World().directory, walk.case.form)
                last = last_act(words, steps, who, steps[-1].action)
                orders = walk.decisions[-1].mail_orders
                own = Followed(words, walk.case, last, orders) if last else None
                found = receipt(own, who, (), steps[-1].at) if own else None
                there = {words.mention(p.role) for p in walk.case.parties}
                names = {words.mention(r.name) for r in definition.roles} - there
                said = found.mailed.partition(" will get")[0].casefold() if found else ""
                assert names.isdisjoint(re.split(", | and ", said)), (name, steps[-1].action)


def test_receipt_is_shown_though_the_next_task_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    case_id = world.case_at("confirm")
    world.index()
    manager = world.case(case_id).holders("manager")[0]
    token = world.desk(manager.email)
    client = client_of(world)
    said = {"travel_reimbursed": "yes", "fee_reimbursed": "no", "action": "endorse", "_lang": "en"}
    got = client.post(f"/api/t/{token}.{case_id}.{manager.id}.2", data=said)

    def fails(*_: object) -> None:
        raise Unavailable("desks")

    monkeypatch.setattr(world.services.desks, "page", fails)
    page = client.get(got.headers["Location"])
    assert page.status_code == 200
    assert "k-receipt" in page.text
    assert f'href="/api/d/{token}?lang=en"' in page.text


# -- what the coordinator can do


def test_coordinator_asks_and_is_answered() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "ask")
    assert SUPERVISION.turn(world.case(case_id)) == "applicant"
    assert world.deliver_all()[-1]["To"] == "aino@example.net"
    world.do(case_id, "reply")
    case = world.case(case_id)
    assert case.state == "coordinating"
    page = page_of(world, case_id, case.holders("coordinator")[0])
    for told in ("In which town would you like to meet?", "In Tampere, please."):
        assert told in page


def test_coordinator_sends_back_and_the_manager_endorses_anew() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "send_back")
    assert world.case(case_id).state == "returned"
    world.do(case_id, "correct")
    assert world.case(case_id).state == "submitted"


@pytest.mark.parametrize(("action", "state"), [("refuse", "refused"), ("end_handling", "closed")])
def test_coordinator_ends_an_application_with_a_reason(action: str, state: str) -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse")
    world.deliver_all()
    world.do(case_id, action)
    assert world.case(case_id).state == state
    assert {m["To"] for m in world.deliver_all()} == {"aino@example.net", "matti@example.org"}
    world.clock.forward(days=370)
    assert run_due_timer(world.services, case_id)
    assert world.case(case_id).answers == {}


def test_coordinator_asks_the_members_of_a_merger() -> None:
    world = Joined()
    for name in ("Aino", "Bertta", "Cecilia"):
        world.votes(name, "yes")
    world.settle()
    hub = world.hub
    assert world.case(hub).state == "coordinating"
    world.do(hub, "ask_members", members_question="Which weekday suits you all best?")
    assert SUPERVISION.turn(world.case(hub)) == "supervisee"
    world.do(hub, "reply_member", members_reply="Tuesdays suit all of us.")
    assert world.case(hub).state == "coordinating"
    world.do(hub, "offer")
    world.do(hub, "accept")
    world.do(hub, "begin")
    world.do(hub, "close")
    states = {world.case(i).state for i in (hub, *world.ids.values())}
    assert states == {"completed"}


def test_wait_for_an_answer_ends_by_itself() -> None:
    world = World()
    case_id = world.case_at("confirm", "endorse", "ask")
    world.clock.forward(days=17)  # the last day is never a Sunday or a holiday
    while run_due_timer(world.services, case_id):
        pass
    case = world.case(case_id)
    assert (case.state, SUPERVISION.turn(case)) == ("coordinating", "coordinator")


# -- lists of desks


def test_headings_of_lists_are_those_of_the_cases_own_process() -> None:
    world = World()
    for actions in (("confirm",), ("confirm", "return"), ("confirm", "withdraw")):
        world.case_at(*actions)
    running = world.case_at("confirm", "endorse", "offer", "accept", "begin")
    world.index()
    client = desk.create_app(world.services).test_client()
    for language, quotes in (("fi", "Tarjou"), ("sv", "Offert"), ("en", "Quote")):
        page = unescape(client.get(f"/api/d/{world.desk('anna@example.org')}?lang={language}").text)
        headings = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
        assert not [h for h in headings if h.startswith(quotes)]
        lists = dict(
            re.findall(
                r'(?s)<section class="k-desk" aria-labelledby="l-([\w-]+)">(.*?)</section>', page
            )
        )
        assert running in lists["supervision-coordinator-running"]
        assert running not in lists["supervision-coordinator-closed"]


def test_headings_of_lists_differ_from_each_other() -> None:
    """A heading that two lists of one desk share would not say what stands under it."""
    for language in ("fi", "sv", "en"):
        told = [
            process_text(name, language, f"desk.{role}.{group}")
            for name in NAMES
            for role, group in desk_lists(current(name))
        ]
        assert len(told) == len(set(told)), sorted(h for h in told if told.count(h) > 1)


def test_link_whose_deadline_has_passed_says_so() -> None:
    """Nobody is thanked for what they did not do."""
    world = World()
    case_id = world.case_at("confirm")
    manager = world.case(case_id).holders("manager")[0]
    link = world.token_of(case_id, manager)
    for _ in range(90):
        world.clock.forward(days=1)
        run_due_timer(world.services, case_id)
        if world.case(case_id).state != "submitted":
            break
    assert world.case(case_id).state == "lapsed"
    page = unescape(client_of(world).get(f"/api/t/{link}?lang=en").text)
    assert f"<h1>{page_text('en', 'over.late')}</h1>" in page
    assert page_text("en", "over.done_lead") not in page
