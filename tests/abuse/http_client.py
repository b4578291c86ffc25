"""A running Kapula as somebody hostile meets it: raw requests, cases in any state, fingerprints."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from functions.kernel.case import Case, MailOrder
from functions.kernel.digests import signature
from functions.processes import current
from functions.services.access import links
from functions.services.case import apply
from functions.services.case.act import act
from infra.local.stack import REGION, TABLE_PREFIX, Stack
from tests.faults.pages import Form, Page
from tests.in_process_aws import admin, scanned

DEFINITION = current("supervision")
FORM = DEFINITION.form("individual")
FORM_PATH = "/api/forms/supervision/individual"
URLENCODED = "application/x-www-form-urlencoded"
TABLES = ("cases", "grants", "quotas", "directory", "desks", "timers")
UNKEPT = frozenset({"no-store"})
KEPT_FOR_BACK = UNKEPT | {"private, no-cache"}  # a page that gives back what was typed
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
POLICY = ("default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'")
ANSWERS = {
    "form_of_supervision": "individual",
    "reason_and_goals": "I want to learn from my work.",
    "earlier_supervision": "Two years ago.",
    "supervisor_wishes": "Somebody calm.",
    "willing_to_merge": "yes",
    "frequency": "monthly",
    "session_length": "60",
    "number_of_sessions": "10",
    "mode": "online",
    "place": "Mallila",
    "supervision_language": "en",
    "accessibility_needs": "A quiet room.",
    "applicant_name": "Aino Applicant",
    "applicant_email": "aino@example.net",
    "applicant_phone": "+358 40 1234567",
    "applicant_role": "Nurse",
    "unit": "perhekeskus",
    "employer": "Esimerkki",
    "manager_name": "Matti Manager",
    "manager_email": "matti@example.org",
    "manager_language": "en",
    "title": "An application",
    "privacy_read": "yes",
}
TYPED: dict[str, dict[str, str]] = {
    "return": {"return_reason": "Please be more exact."},
    "reject": {"reject_reason": "This is not possible now."},
    "endorse": {"travel_reimbursed": "yes", "fee_reimbursed": "no", "cost_centre": "4711"},
    "offer": {"supervisor": "testi", "offer_message": "Would this suit you?"},
    "accept": {"contact_instructions": "Call me on Monday."},
    "decline": {"decline_reason": "No room just now."},
    "correct": {k: v for k, v in ANSWERS.items() if k not in ("applicant_email", "privacy_read")},
}
PATHS = {  # the actions that lead to a state
    "unconfirmed": (),
    "submitted": ("confirm",),
    "returned": ("confirm", "return"),
    "rejected": ("confirm", "reject"),
    "coordinating": ("confirm", "endorse"),
    "offered": ("confirm", "endorse", "offer"),
    "active": ("confirm", "endorse", "offer", "accept"),
    "withdrawn": ("confirm", "withdraw"),
}
ROLE = {a.name: a.role for a in DEFINITION.actions}


@dataclass(frozen=True)
class Answer:
    """A response as it came over the socket."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        return next((v for k, v in self.headers if k.lower() == name.lower()), "")

    @property
    def page(self) -> Page:
        return Page(self.status, self.body.decode("utf-8"), dict(self.headers))


class Kit:
    """A stack with short ways to attack it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.services: Any = stack.services
        self._where = urlsplit(stack.url)
        self._admin = admin(stack.aws_endpoint, REGION)
        self.minted: list[str] = []

    # --- requests

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own, sent as given."""
        assert self._where.hostname
        assert self._where.port
        connection = http.client.HTTPConnection(self._where.hostname, self._where.port, timeout=20)
        sent = dict(headers or {})
        raw = body.encode() if isinstance(body, str) else body
        try:
            connection.putrequest(method, path, skip_host="Host" in sent, skip_accept_encoding=True)
            for name, value in sent.items():
                connection.putheader(name, value)
            if raw is not None and "Content-Length" not in sent:
                connection.putheader("Content-Length", str(len(raw)))
            connection.endheaders(raw)
            answer = connection.getresponse()
            return Answer(answer.status, tuple(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.checked(self.ask("GET", path, None, _dashed(headers)))

    def post(self, path: str, typed: Mapping[str, str], **headers: str) -> Answer:
        sent = {"Content-Type": URLENCODED, **_dashed(headers)}
        # What was typed is kept for the Back button; what could not be read is not there to keep.
        return self.checked(self.ask("POST", path, urlencode(typed), sent), KEPT_FOR_BACK)

    def checked(self, answer: Answer, kept: frozenset[str] = UNKEPT) -> Answer:
        """No page without its protection, whatever is on it; ``kept``: how it may be kept."""
        assert answer.header("Cache-Control") in kept
        for name, value in HEADERS.items():
            assert answer.header(name) == value, name
        for part in POLICY:
            assert part in answer.header("Content-Security-Policy")
        assert "unsafe" not in answer.header("Content-Security-Policy")
        assert answer.header("Set-Cookie") == ""
        return answer

    # --- what is stored

    def tables(self, *names: str) -> dict[str, list[dict[str, Any]]]:
        """All items of the tables, in the order of their JSON."""
        found = {}
        for table in names or TABLES:
            items = scanned(self._admin, f"{TABLE_PREFIX}-{table}")
            found[table] = sorted(items, key=lambda i: json.dumps(i, sort_keys=True, default=str))
        return found

    def fingerprint(self, *names: str) -> str:
        """One hash of everything stored but how much this machine has sent, once the mailer is done
        with all that was written."""
        self.stack.settle()
        kept = {
            name: [i for i in rows if not i.get("quota", {}).get("S", "").startswith("source#")]
            for name, rows in self.tables(*names).items()
        }
        plain = json.dumps(kept, sort_keys=True, default=str)
        return hashlib.sha256(plain.encode()).hexdigest()

    def decided(self) -> dict[str, tuple[str, int]]:
        """State and revision of every case: what only a decision changes."""
        rows = (i for i in self.tables("cases")["cases"] if i["part"]["S"] == "case")
        bodies = (json.loads(i["body"]["S"]) for i in rows)
        return {b["id"]: (b["state"], b["revision"]) for b in bodies}

    def forgive(self) -> None:
        """Forget how much this machine has sent, so that a long test is not a flood."""
        for item in self.tables("quotas")["quotas"]:
            if item["quota"]["S"].startswith("source#"):
                key = {"quota": item["quota"], "slot": item["slot"]}
                self._admin("DeleteItem", TableName=f"{TABLE_PREFIX}-quotas", Key=key)

    # --- cases

    def key(self, seconds: float = 60) -> str:
        """A form's key, minted some time ago."""
        ago = (self.services.clock.now() - timedelta(seconds=seconds)).timestamp()
        plain = f"{ago:.3f}.{hashlib.sha256(str(len(self.minted)).encode()).hexdigest()[:24]}"
        return f"{plain}.{signature(self.services.rules.secret, apply._KEY, plain)}"

    def new(self, state: str = "unconfirmed", n: int = 0, /, **changed: str) -> str:
        """The id of a new case in a state; ``n`` makes the applicant somebody else."""
        typed = {**ANSWERS, "applicant_email": f"aino{n}@example.net", **changed}
        key = apply.mint_key(self.services)
        plain = f"{float(key.partition('.')[0]) - 60:.3f}.{key.split('.')[2]}"
        key = f"{plain}.{signature(self.services.rules.secret, apply._KEY, plain)}"
        draft = apply.Draft(DEFINITION, FORM, typed, "en", key)
        case_id = apply.send(self.services, draft)
        for action in PATHS[state]:
            self.do(case_id, action, **(changed if action == "correct" else {}))
        return case_id

    def do(self, case_id: str, action: str, **typed: str) -> None:
        """Act as whoever holds the action's role."""
        token = self.token(case_id, ROLE[action])
        act(self.services, token, {"action": action, **TYPED.get(action, {}), **typed}, "en")

    def case(self, case_id: str) -> Case:
        file = self.services.cases.load(case_id)
        assert file is not None
        case: Case = file.case
        return case

    def token(self, case_id: str, role: str, purpose: Any = "task", **other: Any) -> str:
        """A link for the (last) party in a role, for the present turn unless told otherwise."""
        case = self.case(case_id)
        party = [p for p in case.parties if p.role == role][-1]
        known = {"party": party.id, "state": case.state, "round": case.round, **other}
        order = MailOrder("any", known["party"], purpose, known["state"], known["round"])
        token = links.mint(
            self.services, case_id, order, (case.party(known["party"]) or party).email
        ).rpartition("/")[2]
        self.minted.append(token)
        return token


def _dashed(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def same_form(page: Page, names: Iterable[str]) -> Form:
    """The form of a page that asks these names (the largest, if several do)."""
    found = [f for f in page.forms if {*names} <= {*f.names()}]
    assert found, page.title
    return max(found, key=lambda f: len(f.controls))
