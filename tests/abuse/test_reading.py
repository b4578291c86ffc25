"""Looking changes nothing, and a machine that presses everything decides nothing."""

from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import pytest

from functions.kernel.case import MailOrder
from functions.services.access.links import mint
from tests.abuse.http_client import ANSWERS, FORM_PATH, PATHS, ROLE, URLENCODED
from tests.faults.pages import Form, Page

TIMES = 100


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_hundred_looks_at_every_route_change_nothing(kit, method):
    n = {"GET": 0, "HEAD": 1, "OPTIONS": 2}[method]
    case_id = kit.new("submitted", n)
    task, status = (kit.token(case_id, "manager", p) for p in ("task", "status"))
    paths = [FORM_PATH, f"{FORM_PATH}/sent", f"/api/t/{task}", f"/api/t/{task}/fresh"]
    more = [
        f"/api/t/{status}?lang=sv",
        f"/api/t/{'A' * 43}",
        f"/api/t/{task}?action=endorse&travel_reimbursed=yes&fee_reimbursed=yes",
    ]
    before = kit.fingerprint()
    for path in (*paths, *more):
        times = TIMES if path in paths else 5
        statuses = {kit.ask(method, path).status for _ in range(times)}
        assert len(statuses) == 1
        assert statuses < {200, 404, 405}
    assert kit.fingerprint() == before


class Scanner:
    """What some mail filters do: open every link, press every button, choose nothing.

    With ``writes`` it also fills every box for a line of text; whoever writes a text of their own
    where one is asked for decides by it (ADR 25).
    """

    def __init__(self, kit, *, writes: bool) -> None:
        self.kit, self.writes = kit, writes
        self.seen: set[str] = set()
        self.pressed = 0

    def visit(self, link: str) -> None:
        path = urlsplit(link).path
        for method in ("HEAD", "OPTIONS"):
            self.kit.ask(method, path)
        for language in ("", "?lang=sv"):
            self._press(self.kit.get(path + language).page, depth=2)

    def _press(self, page: Page, depth: int) -> None:
        for form in page.forms:
            assert form.method == "post"
            for typed in self._fillings(form):
                key = f"{form.action or ''}{sorted(typed.items())}"
                if key in self.seen or not depth:
                    continue
                self.seen.add(key)
                self.pressed += 1
                answer = self.kit.ask(
                    "POST", form.action, urlencode(typed), {"Content-Type": URLENCODED}
                )
                assert answer.status in (200, 409, 422, 429), (
                    answer.status,
                    typed,
                    answer.header("Location"),
                )
                self._press(answer.page, depth - 1)

    def _fillings(self, form: Form) -> Iterator[dict[str, str]]:
        typed = form.sends()
        if self.writes:
            kinds = ("text", "email", "tel", "date")
            empty = {c.name for c in form.controls if c.kind in kinds and not c.value}
            typed |= dict.fromkeys(empty, "scanned for your safety")
        yield typed
        for name, value in form.buttons:
            if name:
                yield {**typed, name: value}


@pytest.mark.parametrize("writes", [False, True])
def test_a_scanner_that_presses_every_button_decides_nothing(kit, writes):
    offset = 500 if writes else 100
    for n, state in enumerate(PATHS):
        kit.new(state, offset + n)
    kit.stack.settle()
    mails = kit.stack.mailbox()
    assert len({m["to"] for m in mails}) >= 11
    before = kit.decided()
    scanner = Scanner(kit, writes=writes)
    for mail in mails:
        for link in mail["links"]:
            scanner.visit(link)
    assert scanner.pressed > len(mails)
    assert kit.decided() == before


def test_no_page_of_any_role_has_a_decision_ready_to_send(kit):
    """What the scanner does not find by luck: no untouched form names an action and is whole."""
    for n, state in enumerate(PATHS):
        case_id = kit.new(state, 900 + n)
        case = kit.case(case_id)
        for party in case.parties:
            for purpose in ("task", "status"):
                order = MailOrder("any", party.id, purpose, case.state, case.round)
                path = urlsplit(mint(kit.services, case_id, order, party.email)).path
                for form in kit.get(path).page.forms:
                    answer = kit.post(form.action, form.sends())
                    assert answer.status in (200, 422, 429)
        assert kit.case(case_id) == case


def test_the_public_form_untouched_is_never_sent(kit):
    before = kit.fingerprint()
    typed = {"_step": "supervision", "_lang": "fi"}
    for _ in range(6):
        page = kit.post(FORM_PATH, typed).page
        typed = page.forms[0].sends()
    assert page.status == 422
    assert kit.fingerprint() == before
    assert ROLE["confirm"] == "applicant"
    assert ANSWERS["privacy_read"] == "yes"
