"""The straight journey in stages, walked by people who try again when something fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.processes import current
from infra.site.page_blocks import render
from tests.faults.faulty import Crash
from tests.faults.pages import Form, Page
from tests.faults.rig import BASE, Rig, Tables

MOST_TRIES = 5


class Person:
    """Somebody with a browser and patience: what does not work is tried again, as people do."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.conflicts = 0
        self.troubles = 0

    def get(self, path: str) -> Page:
        """Open an address; reload it while the service is not there."""
        for _ in range(MOST_TRIES):
            page = self._ask("GET", path)
            if page is not None and page.status != 503:
                return self._follow(page)
            self.troubles += 1
            self.rig.clock.forward(seconds=20)
        raise AssertionError(f"GET never worked: {path[:9]}")

    def send(self, form: Form, **chosen: str) -> Page:
        """Fill a form, send it, and follow; after a failure send what the page still holds."""
        typed = {**form.sends(), **chosen}
        for _ in range(MOST_TRIES):
            self.rig.clock.forward(seconds=5)
            page = self._ask("POST", form.action, typed)
            if page is None:  # the connection broke: the browser offers to send it again
                self.troubles += 1
                continue
            if page.status != 503:
                self.conflicts += page.status == 409
                return self._follow(page)
            self.troubles += 1
            typed = self._kept(page, form, typed)
        raise AssertionError(f"sending never worked: {form.action[:12]}")

    def _kept(self, page: Page, form: Form, typed: dict[str, str]) -> dict[str, str]:
        """The form of a page that says "try again": everything typed must still be on it."""
        kept = [f for f in page.forms if f.action == form.action and f.id == form.id]
        kept = kept or [f for f in page.forms if f.action in (form.action, "")]
        wanted = {k: v for k, v in typed.items() if v}
        holding = [f for f in kept if wanted.items() <= f.sends().items()]
        assert holding, (
            f"503 lost what was typed: {sorted(wanted)}; page {page.title!r} has {[f.sends() for f in kept]}"
        )
        assert "503" not in page.title
        return {**form.sends(), **holding[0].sends()}

    def _follow(self, page: Page) -> Page:
        if page.status != 303:
            return page
        where = page.headers["Location"]
        assert where.startswith(f"{BASE}/api/"), where
        return self.get(where.removeprefix(BASE))

    def _ask(self, method: str, path: str, data: dict[str, str] | None = None) -> Page | None:
        client = self.rig.apps[path.split("/")[2]]
        try:
            answer = client.open(path, method=method, data=data)
        except Crash:
            return None
        return Page(answer.status_code, answer.get_data(as_text=True), dict(answer.headers))


APPLICANT, MANAGER = "aino@example.net", "matti@example.org"
COORDINATOR, SUPERVISOR = "anna.esimerkki@example.org", "testi.tyonohjaaja@example.org"
ANSWERS = {
    "form_of_supervision": "individual",
    "reason_and_goals": "Haluan oppia työstäni & <b>kasvaa</b>.",
    "earlier_supervision": "Kaksi vuotta sitten.",
    "mode": "online",
    "number_of_sessions": "10",
    "applicant_name": "Aino Äyräväinen",
    "applicant_email": APPLICANT,
    "unit": "perhekeskus",
    "manager_name": "Matti Meikäläinen",
    "manager_email": MANAGER,
    "privacy_read": "yes",
}


def fill_form(person: Person, **changed: str) -> Page:
    """The form of an application, sent."""
    return fill(person, "supervision", "individual", {**ANSWERS, **changed})


def fill(person: Person, process: str, form: str, answers: dict[str, str]) -> Page:
    """A public form from its first step on the site to the page that says it was sent."""
    page = Page(200, render("form", f"{process}/{form}", "fi"))
    for _ in current(process).form(form).sections:
        step = page.form(id="step")
        page = person.send(step, **{k: v for k, v in answers.items() if k in step.names()})
        assert page.status == 200, page.errors()
    return person.send(page.form(id="send"))


def _task(action: str, **typed: str) -> Callable[[Rig, Person, str], Page]:
    def act(rig: Rig, person: Person, token: str) -> Page:
        page = person.get(f"/api/t/{token}")
        (form,) = (f for f in page.forms if any(c.offered == action for c in f.controls))
        return person.send(form, action=action, **typed)

    return act


@dataclass(frozen=True)
class Stage:
    """One hand of the straight journey: who acts on their newest link, and how."""

    name: str
    actor: str
    act: Callable[[Rig, Person, str], Page]
    mails: bool = True  # whether anybody is written to


STAGES = (
    Stage("apply", "", lambda rig, person, token: fill_form(person)),
    Stage("confirm", APPLICANT, _task("confirm")),
    Stage(
        "endorse",
        MANAGER,
        _task("endorse", travel_reimbursed="yes", fee_reimbursed="no", cost_centre="4711 ä"),
    ),
    Stage("offer", COORDINATOR, _task("offer", supervisor="testi", offer_message="Olisiko tässä?")),
    Stage("accept", SUPERVISOR, _task("accept", contact_instructions="Soita maanantaina.")),
)


@dataclass
class Start:
    """Where a stage begins: the tables, the time, and the links that people have by then."""

    tables: Tables
    time: datetime
    tokens: dict[str, str]


def begin(rig: Rig, start: Start) -> None:
    """Put everything back to where a stage begins."""
    rig.restore(start.tables)
    rig.clock.time = start.time + timedelta(microseconds=rig.restored)  # no two runs are the same


def run_stage(rig: Rig, stage: Stage, start: Start) -> tuple[Person, Page]:
    """The act and what the stream makes of it."""
    person = Person(rig)
    page = stage.act(rig, person, start.tokens.get(stage.actor, ""))
    rig.pump.drain()
    return person, page


def walk_to(rig: Rig, last: str = "accept") -> dict[str, Start]:
    """Where each stage begins, up to and with the end after ``last`` (as ``end``)."""
    starts = {}
    tokens: dict[str, str] = {}
    for stage in STAGES:
        start = starts[stage.name] = Start(rig.tables(), rig.clock.time, dict(tokens))
        begin(rig, start)
        _, page = run_stage(rig, stage, start)
        assert page.status == 200
        rig.settle()
        tokens |= {mail.to: mail.token for mail in rig.mails()}
        if stage.name == last:
            break
    starts["end"] = Start(rig.tables(), rig.clock.time, dict(tokens))
    return starts
