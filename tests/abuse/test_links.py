"""Replayed, foreign and mangled links: one refusal that tells nothing, or what became of one's own."""

import base64
import hashlib
import itertools
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest

from functions.entry.party import app as party
from functions.kernel.case import MailOrder
from functions.render.case.act_forms import NOT_NOW
from functions.services.access import links
from functions.services.ports import Grant
from tests.abuse.http_client import DEFINITION, TYPED
from tests.fakes import FakeClock
from tests.faults.pages import Page

ACTIONS = [a for a in DEFINITION.actions if a.role != "clock"]
STATES = ("unconfirmed", "submitted", "returned", "coordinating", "offered", "active")
ROLES = ("applicant", "manager", "coordinator", "supervisor")


def mangled(token: str) -> list[str]:
    """Tokens that are nearly this one."""
    return [
        token[:-1], token + "A", token[1:], token[::-1], token.swapcase(), token.lower(),
        token[:20] + ("A" if token[20] != "A" else "B") + token[21:], f"{token} ",
        f"%20{token}", f"{token}%00", token.replace(token[0], "%C3%A4", 1),
        hashlib.sha256(token.encode()).hexdigest(), "A" * 43, "-" * 43, "null", "0",
        base64.urlsafe_b64encode(bytes(32)).decode().rstrip("="),
    ]  # fmt: skip


class TestUnknown:
    def test_every_unknown_link_gets_the_same_answer(self, kit):
        case_id = kit.new("submitted", 1)
        token = kit.token(case_id, "manager")
        grants = kit.services.grants
        foreign = []  # grants that lead nowhere: of no case, of nobody in it
        for n, (case, person) in enumerate([("nosuchcase", "p1"), (case_id, "p99"), (case_id, "")]):
            name = f"foreign{n}".ljust(43, "x")
            until = kit.services.clock.now() + timedelta(days=1)
            hashed = links.token_hash(name)
            grants.put(Grant(hashed, case, person, "task", "submitted", 2, until))
            foreign.append(name)
        before = kit.fingerprint()
        bodies = set()
        typed = {"action": "endorse", **TYPED["endorse"], "_lang": "sv"}
        for each in [*mangled(token), *foreign]:
            if each.endswith(" "):
                continue
            for answer in (
                kit.get(f"/api/t/{each}", Accept_Language="sv"),
                kit.post(f"/api/t/{each}", typed, Accept_Language="sv"),
                kit.post(f"/api/t/{each}/fresh", {"_lang": "sv"}, Accept_Language="sv"),
            ):
                assert answer.status == 404, each
                bodies.add(answer.body)
        assert len(bodies) == 1
        assert kit.get(f"/api/t/{token}").status == 200
        assert kit.fingerprint("cases", "grants", "directory") is not None
        assert _without_counts(kit, before)

    def test_signs_behind_a_link_are_left_out_whether_it_is_one_or_not(self, kit):
        token = kit.token(kit.new("submitted", 3), "manager")
        before = kit.fingerprint()
        for each, tail in itertools.product([token, token[:-1], "A" * 43, "null"], ".=)>"):
            answer = kit.get(f"/api/t/{each}{quote(tail)}")
            assert answer.status == 303
            assert urlsplit(answer.header("Location")).path == f"/api/t/{each}"
            assert kit.post(f"/api/t/{each}{quote(tail)}", {"_lang": "sv"}).status == 404
        assert _without_counts(kit, before)

    def test_unknown_links_cost_the_same_calls_whatever_they_are(self, kit, calls):
        token = kit.token(kit.new("submitted", 2), "manager")
        seen = set()
        client = party.create_app(kit.services).test_client()
        for each in mangled(token)[:6]:
            calls.clear()
            assert client.get(f"/api/t/{each}").status_code == 404
            seen.add(tuple(calls))
        assert len(seen) == 1


def _without_counts(kit, before) -> bool:
    """Nothing changed but the counters of where requests came from."""
    rows = kit.tables()["quotas"]
    others = ("mailbox#", "unanswered#", "waiting#", "new#", "newmany#", "urgent#", "handed#")
    return all("counted" in r or r["quota"]["S"].startswith(others) for r in rows)


@pytest.fixture
def calls(kit):
    """The AWS calls of the functions, in order."""
    client = kit.stack.tables.client
    log: list[str] = []

    me = threading.get_ident()  # the mailer works beside us

    def note(model, **_):
        if threading.get_ident() == me:
            log.append(model.name)

    client.meta.events.register("before-call.*.*", note)
    yield log
    client.meta.events.unregister("before-call.*.*", note)


class TestCrossProduct:
    """Purpose × person × case × round, against every action of the process."""

    @pytest.mark.parametrize("state", STATES)
    def test_no_link_does_what_is_not_its_own(self, kit, state):
        case_id = kit.new(state, 10 + STATES.index(state))
        case = kit.case(case_id)
        roles = [r for r in ROLES if any(p.role == r for p in case.parties)]
        kit.new(state, 30 + STATES.index(state))  # the other case, whose ids are equal
        tried = 0
        clocked = kit.decided()
        stored = kit.fingerprint("cases", "directory")
        steps = [t.sealed.event for t in kit.services.cases.load(case_id).history]
        told = [(s.role, s.action) for s in steps if s.action in {a.name for a in ACTIONS}][-1:]
        turns = [(case.state, case.round), (case.state, case.round - 1), ("submitted", 2)]
        turns += [(case.state, case.round + 1), ("offered", 4)]
        for role, purpose, turn in itertools.product(roles, ("task", "status"), {*turns}):
            if purpose == "task" and not DEFINITION.state(turn[0]).turn:
                continue  # no mail has such a link
            token = kit.token(case_id, role, purpose, state=turn[0], round=turn[1])
            current = purpose == "status" or turn == (case.state, case.round)
            current = current and turn[1] <= case.round  # a later turn: the case was put back
            able = {a.name for a in ACTIONS if _may(a, role, purpose, state)} if current else set()
            page = kit.get(f"/api/t/{token}").page
            ways = {c.offered for f in page.forms for c in f.controls if c.name == "action"}
            offered = {way for way in ways if not way.startswith(NOT_NOW)}
            assert (page.status, offered) == (200, able), (role, purpose, turn)
            for action in ACTIONS:
                if action.name in able or (not current and action.role != role):
                    continue  # a turn that is over is refused before anybody asks for what
                typed = {"action": action.name, **TYPED.get(action.name, {})}
                answer = kit.post(f"/api/t/{token}", typed)
                again = (role, action.name) in told  # sent once more: the receipt of what was done
                expected = 409 if again or not current else 422
                assert answer.status == expected, (role, purpose, action.name)
                tried += 1
        assert kit.decided() == clocked
        assert kit.fingerprint("cases", "directory") == stored
        assert tried >= 25

    def test_a_link_of_one_case_never_shows_or_moves_another(self, kit):
        mine = kit.new("submitted", 50, title="Mine alone")
        other = kit.new("submitted", 51, title="Of the other")
        token = kit.token(mine, "manager")
        before = kit.case(other)
        page = kit.get(f"/api/t/{token}").page
        assert "Mine alone" in page.html
        assert "Of the other" not in page.html
        typed = {
            "action": "endorse",
            **TYPED["endorse"],
            "case": other,
            "_case": other,
            "id": other,
        }
        assert kit.post(f"/api/t/{token}?case={other}", {**typed, "party": "p1"}).status == 303
        assert kit.case(other) == before
        assert kit.case(mine).state == "coordinating"


def _may(action, role, purpose, state) -> bool:
    moves = any(
        (t.action, t.source) == (action.name, state) and (not t.forms or "individual" in t.forms)
        for t in DEFINITION.transitions
    )
    return action.role == role and purpose in action.available_on and moves


class TestUsed:
    def test_a_used_link_says_what_was_done_and_does_nothing_more(self, kit):
        case_id = kit.new("submitted", 60)
        path = f"/api/t/{kit.token(case_id, 'manager')}"
        typed = {"action": "endorse", **TYPED["endorse"], "_lang": "en"}
        assert kit.post(path, typed).status == 303
        stored = kit.fingerprint()
        pages = [kit.post(path, typed), kit.post(path, typed), kit.get(path)]
        assert [p.status for p in pages] == [409, 409, 200]
        for answer in pages[:2]:
            assert answer.page.title == "You endorsed the application"
            assert not any(c.name == "action" for f in answer.page.forms for c in f.controls)
        assert kit.fingerprint() == stored

    def test_who_declined_has_left_and_their_links_do_nothing(self, kit):
        case_id = kit.new("offered", 61)
        path = f"/api/t/{kit.token(case_id, 'supervisor')}"
        status = f"/api/t/{kit.token(case_id, 'supervisor', 'status')}"
        kit.do(case_id, "decline")
        stored = kit.fingerprint("cases", "directory")
        for link in (path, status):
            page = kit.get(link).page
            assert (page.status, page.forms) == (200, [])
            assert "Aino" not in page.html
            assert kit.post(link, {"action": "accept", **TYPED["accept"]}).status == 409
            assert kit.post(f"{link}/fresh", {"_lang": "fi"}).status == 404
        assert kit.fingerprint("cases", "directory") == stored

    def test_a_replaced_manager_loses_the_case_at_the_next_request(self, kit):
        case_id = kit.new("submitted", 62)
        old = kit.token(case_id, "manager", "status")
        kit.do(case_id, "return")
        kit.do(case_id, "correct", manager_email="other@example.org", manager_name="Other Manager")
        page = kit.get(f"/api/t/{old}").page
        assert (page.status, page.forms) == (200, [])
        assert "Two years ago" not in page.html

    def test_a_fresh_link_goes_to_the_address_on_record_only_and_thrice_at_most(self, kit):
        case_id = kit.new("submitted", 63)
        path = f"/api/t/{kit.token(case_id, 'manager')}/fresh"
        kit.fingerprint()
        before = len(kit.stack.mailbox())
        typed = {"_lang": "en", "email": "thief@example.com", "to": "thief@example.com"}
        typed["send_to"] = "here"
        statuses = []
        for n in range(6):
            statuses += [kit.post(path, typed, X_Forwarded_For=f"10.0.0.{n}").status]
            kit.stack.advance(minutes=1)  # else it is the same press
        assert statuses == [200, 200, 200, 429, 429, 429]
        kit.stack.settle()
        sent = kit.stack.mailbox()[before:]
        assert {m["to"] for m in sent} == {"matti@example.org"}
        assert len(sent) == 3


class TestExpiry:
    @pytest.mark.parametrize("late", [-300, -1, 0, 1, 300])
    def test_a_link_dies_at_its_moment(self, kit, late):
        case_id = kit.new("submitted", 70 + late % 7)
        token = kit.token(case_id, "manager")
        end = kit.services.grants.find(links.token_hash(token)).expires_at
        clock = FakeClock(end + timedelta(seconds=late))
        client = party.create_app(replace(kit.services, clock=clock)).test_client()
        answer = client.post(f"/api/t/{token}", data={"action": "endorse", **TYPED["endorse"]})
        if late < 0:
            assert (answer.status_code, kit.case(case_id).state) == (303, "coordinating")
        else:
            page = Page(answer.status_code, answer.get_data(as_text=True))
            assert (page.status, page.title) == (409, "Your link has expired")
            assert kit.case(case_id).state == "submitted"
            assert [f.action for f in page.forms] == [f"/api/t/{token}/fresh"]

    @pytest.mark.parametrize("skew", [-300, 300])
    def test_a_skewed_clock_accepts_nothing_late_by_its_own_computation(self, kit, skew):
        """A machine whose clock is off by five minutes mints and judges links by that clock."""
        clock = FakeClock(kit.services.clock.now() + timedelta(seconds=skew))
        services = replace(kit.services, clock=clock)
        case_id = kit.new("submitted", 80 + skew)
        case = kit.case(case_id)
        party = case.holders("manager")[0]
        order = MailOrder("any", party.id, "task", case.state, case.round)
        token = links.mint(services, case_id, order, party.email).rpartition("/")[2]
        clock.time = services.grants.find(links.token_hash(token)).expires_at
        assert links.open_link(services, token).standing == "expired"
        clock.forward(seconds=-1)
        assert links.open_link(services, token).standing == "open"
