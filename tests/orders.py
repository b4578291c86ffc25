"""A world in memory in which quotes are asked for, accepted, and their supervisors found."""

from datetime import date, datetime

from functions.kernel.case import Case
from functions.kernel.computation import PREVIEW_STAMP, preview, stamp
from functions.processes import current
from functions.services.case import apply
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from functions.services.mail.deliver import deliver
from tests.fakes import START, World
from tests.faults.ordering import BILLING, PRICED

QUOTE = current("quote")
REQUEST = {
    "product": "group",
    "participants": "4",
    "need": "Our team wants to learn from its work.",
    "urgency": "usual",
    "mode": "online",
    "payer_type": "organisation",
    "organisation": "Mallilan mallikunta",
    "business_id": "2345678-0",
    "contact_name": "Tilda Tilaaja",
    "contact_email": "tilda@example.net",
    "privacy_read": "yes",
}
DATES = {
    "start_date": "2026-09-14",
    "end_date": "2026-12-14",
    "participant_names": "Aino\nBertta\nCecilia\nDaavid",
}
SAID = {
    "ask": {"question": "When could you begin?"},
    "reply": {"reply": "In September."},
    "ask_about": {"about_quote": "Is the travel included?"},
    "quote": PRICED,
    "revise": {**PRICED, "net_price": "1000"},
    "accept_organisation": BILLING,
    "accept_person": BILLING,
    "schedule": DATES,
    "cancel_one": {"leaving": "Aino"},
    "substitute": {"replaced": "Aino", "coming_in": "Eeva"},
    "call_off": {"provider_reason": "The supervisor has fallen ill."},
    "no_show": {"absent": "everybody", "absent_on": "2026-09-14"},
    "invoice": {"invoice_number": "1001"},
    "credit": {"credit_number": "1002", "credit_reason": "Called off."},
}
CLIENT = "confirm reply accept_person accept_organisation ask_about decline cancel cancel_one substitute withdraw"
WHO = {
    **dict.fromkeys(CLIENT.split(), "contact"),
    **dict.fromkeys(("invoice", "pay", "credit"), "finance"),
    **dict.fromkeys(("no_show", "was_there"), "supervisor"),
}


class Quotes(World):
    """A world in which quotes are asked for: the days they name are those after 3 August 2026."""

    def __init__(self) -> None:
        super().__init__(datetime.combine(date(2026, 8, 3), START.timetz()))

    def request(self, *actions: str, **changed: str) -> str:
        key = apply.mint_key(self.services)
        self.clock.forward(seconds=5)
        typed = {**REQUEST, **changed}
        draft = apply.Draft(QUOTE, QUOTE.form("request"), typed, "fi", key)
        case_id = apply.send(self.services, draft)
        for name in actions:
            self.take(case_id, name)
        return case_id

    def take(self, case_id: str, action: str, **said: str) -> None:
        if action == "staff":
            self.staff(case_id)
            return
        self.clock.forward(minutes=1)
        token = self.token(case_id, WHO.get(action, "coordinator"))
        spec, case = QUOTE.action(action), self.case(case_id)
        shown = preview(spec, case, self.clock.now())
        stamps = {PREVIEW_STAMP + action: stamp(shown)} if shown else {}
        act(
            self.services, token, {"action": action, **SAID.get(action, {}), **stamps, **said}, "fi"
        )

    def order_of(self, case_id: str) -> Case:
        """The case in which the supervisor of an order is found."""
        found = self.linked(case_id, "supervision", "ordered")
        assert found
        return found

    def staff(self, case_id: str, supervisor: str = "testi", *answers: str) -> None:
        """A supervisor is asked, and accepts or does what ``answers`` say."""
        order = self.order_of(case_id).id
        self.do(order, "offer", supervisor=supervisor)
        for action in answers or ("accept",):
            self.do(order, action)

    def load(self, supervisor: str = "testi") -> tuple[object, object]:
        """How many orders a supervisor has, and how many are offered to them."""
        found = self.directory.named("supervisors", supervisor)
        assert found
        return found.facts["ongoing"], found.facts["queued"]

    def mailed(self, case_id: str) -> list[tuple[str, str]]:
        """The mails of a case since this was asked last: which, and to whom; they leave now."""
        new = [key for key in self.pending() if key[0] == case_id]
        orders = [self.cases.outbox[key].order for key in new]
        for key in new:
            deliver(self.services, *key)
        names = {p.id: p.name for p in self.case(case_id).parties}
        return [(order.mail, names[order.party]) for order in orders]

    def until(self, day: str) -> None:
        """Noon of that day in Finland, and what time does until then."""
        self.clock.time = self.clock.time.replace(
            **dict(zip(("year", "month", "day"), map(int, day.split("-")), strict=True)), hour=9
        )
        for case_id in list(self.cases.folders):
            while run_due_timer(self.services, case_id):
                pass

    def linked(self, case_id: str, process: str, form: str) -> Case | None:
        found = [self.case(i) for i in self.case(case_id).linked]
        return next((c for c in found if (c.process, c.form) == (process, form)), None)

    def invoice_of(self, case_id: str) -> Case:
        found = self.linked(case_id, "quote", "invoice")
        assert found
        return found


ACCEPTED = ("confirm", "quote", "accept_organisation")
AGREED = (*ACCEPTED, "staff")
DATED = (*AGREED, "schedule")
