"""One application on its way, followed by nothing but the links in the mails."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from functions.kernel.durations import day_of, working_from
from functions.kernel.states import BY_ITSELF
from functions.processes.supervision.definition import VERSION_1
from functions.render.text import dates
from functions.render.text.texts import mail_text, page_text, process_text
from functions.render.text.words import Words
from functions.services.case.apply import mint_key
from infra.local.stack import Stack
from tests.fake_directory import MemoryDirectory
from tests.journeys.browser import STANDING, Eyes
from tests.receipts import who_hears

Turn = tuple[str, str, Mapping[str, str]]  # who, by which action, with which answers

TURNED_BACK = {"returned": "return", "rejected": "reject"}  # by which action, from "submitted"
APPLY = {
    "fi": "/tyonohjaus/hae/",
    "sv": "/sv/arbetshandledning/ansok/",
    "en": "/en/supervision/apply/",
}
COORDINATORS = {
    "perhekeskus": {"anna.esimerkki@example.org": "fi"},
    "svenska-tjanster": {"sten.provperson@hyvaesimerkki.example.org": "sv"},
    "nuorten-talo": {
        "anna.esimerkki@example.org": "fi",
        "sten.provperson@hyvaesimerkki.example.org": "sv",
    },
}
SUPERVISORS = {
    "testi": ("Testi Työnohjaaja", "testi.tyonohjaaja@example.org", "fi"),
    "uusi": ("Uusi Ohjaajanen", "uusi.ohjaajanen@example.org", "fi"),
    "provia": ("Provia Handledare", "provia.handledare@hyvaesimerkki.example.org", "sv"),
}
ENDORSED = {"travel_reimbursed": "yes", "fee_reimbursed": "no", "cost_centre": "KP-4711"}
CONTACT = "Soita arkisin klo 8–9 numeroon 040 765 4321."
_REFERENCE = re.compile(r"(?<![\w/-])K-[A-Z2-7]{6}(?![\w-])")


@dataclass(frozen=True)
class Letter:
    """A mail as its reader has it."""

    to: str
    name: str
    language: str
    subject: str
    text: str
    html: str
    link: str


def said(language: str, key: str) -> str:
    """A text of the process."""
    return process_text("supervision", language, key)


def word(language: str, key: str, **numbers: str | int) -> str:
    """A text of the pages."""
    return page_text(language, key, **numbers)


def question(language: str, name: str, form: str = "individual") -> str:
    """What a field asks of whoever fills in a form."""
    return Words(VERSION_1, language, MemoryDirectory(), form).question(VERSION_1.fields()[name])


class Journey:
    """An application, who takes part in it, and what each of them got by mail."""

    form = "individual"
    pages = APPLY

    def __init__(
        self,
        stack: Stack,
        eyes: Eyes,
        number: int,
        *,
        language: str = "fi",
        unit: str = "perhekeskus",
        supervisor: str = "testi",
        **answers: str,
    ) -> None:
        self.stack = stack
        self.number = number
        self.eyes = eyes
        self.language = language
        self.unit = unit
        self.supervisor = supervisor
        self.answers = _answers(stack, number, unit, answers)
        self.letters: list[Letter] = []
        self._read: dict[str, Letter] = {}  # by the ids of their mails
        self.reference = ""

    @property
    def opener(self) -> str:
        """The mailbox that confirms the form."""
        role = VERSION_1.form(self.form).opener
        return self.answers[f"{role}_email"]

    # -- the public form

    def steps(self) -> tuple[dict[str, str], ...]:
        """The answers by the steps in which they are asked."""
        form = VERSION_1.form(self.form)
        return tuple(
            {f.name: self.answers[f.name] for f in section.fields if self.answers.get(f.name)}
            for section in form.sections
        )

    def fill(self) -> None:
        """From the site's own page to the review of the answers."""
        self.eyes.language = self.language
        self.eyes.go(self.eyes.home + self.pages[self.language])
        for step in self.steps():
            self.eyes.onward(step)

    def send(self) -> None:
        """From the review to the page that tells to look at the mail."""
        self.stack.advance(minutes=1)  # nobody fills it in less than a second, but we do
        self.eyes.press("form#send button[type=submit]")
        assert self.eyes.title() == word(self.eyes.language, "sent.title")

    def apply(self) -> None:
        self.fill()
        self.send()
        self.mailed(("applicant", "confirm", 7))

    # -- mails

    def mailed(self, *expected: tuple[str, str] | tuple[str, str, int], **languages: str) -> None:
        """Since last asked, these mails came of this application and no others.

        Each is who, which, and how many days from now its subject names as the deadline.
        ``languages`` names those who are not written to in the application's language.
        """
        new = self.read()
        wanted = []
        for who, name, *days in expected:
            for address, language in self._readers(who, languages):
                wanted.append((address, name, language))
                letter = next((x for x in new if (x.to, x.name) == (address, name)), None)
                assert letter, f"{name} to {address}: {[(x.to, x.name) for x in new]}"
                self._dated(letter, *days)
        assert sorted((x.to, x.name, x.language) for x in new) == sorted(wanted)

    def open(self, who: str, mail: str = "") -> None:
        """Follow the link of the last mail to somebody (or of the last one of this name)."""
        letter = self.letter(who, mail)
        self.eyes.language = letter.language
        self.eyes.go(letter.link)

    def letter(self, who: str, mail: str = "") -> Letter:
        addresses = self.people(who)
        return [x for x in self.letters if x.to in addresses and mail in ("", x.name)][-1]

    def people(self, who: str) -> dict[str, str]:
        """The addresses of a role, or one given as it is, with the language of its mails."""
        if who == "coordinator":
            return COORDINATORS[self.unit]
        if who == "supervisor":
            _, email, language = SUPERVISORS[self.supervisor]
            return {email: language}
        return {self.answers.get(f"{who}_email", who): self.language}

    # -- what a page says

    def question(self, name: str) -> str:
        """What a field asks of whoever fills it in."""
        return question(self.eyes.language, name, self.form)

    def label(self, name: str, *, own: bool = False) -> str:
        """What a field is called to whoever reads what somebody else filled in, or they did."""
        return self._words().label(VERSION_1.fields()[name], own=own)

    def _words(self) -> Words:
        return Words(VERSION_1, self.eyes.language, MemoryDirectory(), self.form)

    def stands(self, state: str, *, yours: bool = False) -> None:
        """The page says that the application is here, and whether it is the reader's turn."""
        eyes, language = self.eyes, self.eyes.language
        assert eyes.standing() == said(language, f"states.{state}.name")
        assert self.reference in eyes.text(".k-caption")
        notice = eyes.text(STANDING)
        turn, line = VERSION_1.state(state).turn, word(language, "case.nobodys_turn")
        if yours:
            line = word(language, "case.your_turn", when="{day}")
        elif turn in BY_ITSELF and not VERSION_1.is_over(state):
            line = re.sub("{.*?}", "{day}", self._words().maybe(f"states.{state}.since"))
        elif not VERSION_1.is_over(state):
            since = word(language, "case.since", when="{day}")
            line = f"{self._words().text(f'turns.{turn}')} {since}."
        assert re.search(_pattern(line), notice), f"{line} not in {notice}"
        assert eyes.page.locator(".k-standing.k-notice--turn").count() == yours
        assert eyes.page.locator(".k-route--turn").count() == yours

    def asks(self, state: str, *, late: bool = False) -> None:
        """The page is the task of this state: what is asked is its heading, and by when."""
        assert self.eyes.title() == said(self.eyes.language, f"tasks.{state}.title")
        self.stands(state, yours=True)
        if VERSION_1.state(state).deadline:
            by = word(self.eyes.language, "case.late" if late else "case.by", when="{day}")
            if not late and (own := self._words().due(state, "")):
                by = own.format(deadline="{day}")
            assert re.search(_pattern(by), self.eyes.text(".k-lead")), "by when?"
        checked = self.eyes.page.locator(
            "form :is([type=radio], [type=checkbox])[name=action]:checked"
        )
        assert checked.count() == 0, "a decision is made already"

    def done(self, action: str, state: str, *, yours: bool = False) -> None:
        """The page tells that this was done, and where the application went."""
        assert self.eyes.title() == said(self.eyes.language, f"actions.{action}.done")
        self.stands(state, yours=yours)
        assert said(self.eyes.language, f"actions.{action}.done") in self.eyes.text(".k-history")

    def mails_told(self, *roles: str) -> None:
        """The receipt says that these get a mail of what was done: "you", or by their role."""
        told = who_hears(self._words(), roles, "you")
        assert told in self.eyes.text(".k-receipt[role=status]")

    def again(self, state: str, action: str) -> None:
        """An older link tells that it is its holder's turn again, and what they did before."""
        language = self.eyes.language
        assert self.eyes.title() == said(language, f"tasks.{state}.title")
        self.stands(state, yours=True)
        past = f"{word(language, 'over.earlier')}: {said(language, f'actions.{action}.done')}."
        assert past in self.eyes.text()
        assert self.eyes.page.locator("[name=action]").count() == 0, "it never acts in a later turn"
        assert self.eyes.page.locator("[name=send_to]").count(), "but it can mail a link that does"

    def rows(self) -> dict[str, str]:
        """The document on the page: each question and its answer."""
        labels, values = self.eyes.texts(".k-summary dt"), self.eyes.texts(".k-summary dd")
        return dict(zip(labels, values, strict=True))

    # -- short ways to a state, for journeys that begin there

    def to(self, state: str) -> "Journey":
        """The straight way, and a turn from it, to this state: without its pages, but to the page
        that whoever took the last step comes to."""
        arrived = self._open()
        for who, action, answers in self._way(state):
            self.read()
            letter = self.letter(who)
            arrived = self._post(letter.link, {"action": action, **answers})
            self.eyes.language = letter.language
        self.read()
        self.eyes.go(arrived)
        return self

    def _way(self, state: str) -> Iterator[Turn]:
        """The turns that lead to a state."""
        day = (self.stack.clock.now() + timedelta(days=5)).date().isoformat()
        offered = {"supervisor": self.supervisor, "offer_message": "Olisiko sinulla tilaa?"}
        way: dict[str, Turn] = {
            "submitted": ("applicant", "confirm", {}),
            "coordinating": ("manager", "endorse", ENDORSED),
            "offered": ("coordinator", "offer", offered),
            "active": ("supervisor", "accept", {"contact_instructions": CONTACT}),
            "running": ("supervisor", "begin", {"first_session": day}),
        }
        if state in TURNED_BACK:
            action = TURNED_BACK[state]
            yield way["submitted"]
            yield "manager", action, {f"{action}_reason": "Tarkenna vielä tavoitteita."}
        elif state != "unconfirmed":
            yield from [*way.values()][: [*way].index(state) + 1]

    def confirm(self) -> None:
        self.open("applicant", "confirm")
        self.asks("unconfirmed")
        self.eyes.decide("confirm")
        self.done("confirm", "submitted")
        self.mailed(("manager", "endorse", 7), ("applicant", "receipt"))

    def turn_back(self, state: str, reason: str = "Tarkenna vielä tavoitteita.") -> None:
        action = TURNED_BACK[state]
        self.open("manager")
        self.asks("submitted")
        self.eyes.decide(action, **{f"{action}_reason": reason})
        self.done(action, state)
        days = (14,) if state == "returned" else ()
        self.mailed(("applicant", state, *days))

    def endorse(self) -> None:
        self.open("manager")
        self.asks("submitted")
        self.eyes.decide("endorse", **ENDORSED)
        self.done("endorse", "coordinating")
        self.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))

    def offer(self, supervisor: str = "") -> None:
        self.supervisor = supervisor or self.supervisor
        self.open("coordinator")
        self.asks("coordinating")
        self.eyes.decide(
            "offer", supervisor=self.supervisor, offer_message="Olisiko sinulla tilaa?"
        )
        self.done("offer", "offered")
        self.mailed(("supervisor", "offer", 7), ("applicant", "offered"))

    def accept(self) -> None:
        self.open("supervisor")
        self.asks("offered")
        self.eyes.decide("accept", contact_instructions=CONTACT)
        self.done("accept", "active", yours=True)
        self.mails_told("applicant", "manager", "coordinator", "you")
        self.mailed(
            ("applicant", "accepted"),
            ("manager", "accepted_manager"),
            ("coordinator", "accepted_coordinator"),
            ("supervisor", "accepted_supervisor", 14),
        )

    def begin(self) -> None:
        """The supervisor records the day of the first session."""
        day = (self.stack.clock.now() + timedelta(days=5)).date().isoformat()
        self.open("supervisor")
        self.asks("active")
        self.eyes.decide("begin", first_session=day)
        self.done("begin", "running")
        self.mails_told("applicant", "manager", "coordinator", "you")
        told = ("applicant", "manager", "coordinator")
        self.mailed(*((who, "begun") for who in told), ("supervisor", "under_way"))

    def hurry(self, *turns: Turn) -> "Journey":
        """As the browser would send it, without its pages: apply, then each of the turns; by
        default until it waits for the coordinator."""
        self._open()
        for who, action, answers in turns or self.straight:
            self.read()
            self._post(self.letter(who).link, {"action": action, **answers})
        self.read()
        return self

    def _open(self) -> str:
        """Send the form without its pages; the address that its sender comes to."""
        self.eyes.language = self.language
        whole = {k: v for step in self.steps() for k, v in step.items()}
        whole |= {"_step": "review", "_key": mint_key(self.stack.services), "_lang": self.language}
        self.stack.settle()
        self.stack.clock.advance(timedelta(minutes=1))  # nothing is due, and all mail has come
        return self._post(f"{self.eyes.home}/api/forms/supervision/{self.form}", whole)

    straight: tuple[Turn, ...] = (
        ("applicant", "confirm", {}),
        ("manager", "endorse", ENDORSED),
    )

    def read(self) -> list[Letter]:
        """All mail that came of this application since it was last looked at."""
        self.stack.settle()
        known = len(self.letters)
        for mail in self.stack.mailbox():
            if self._mine(mail) and (place := str(mail["id"])) not in self._read:
                self._read[place] = self._letter(mail)
        self.letters = [*self._read.values()]
        return self.letters[known:]

    def _post(self, address: str, answers: Mapping[str, str]) -> str:
        answer = self.eyes.page.request.post(address, form=dict(answers))
        assert answer.ok, f"{answer.status} at {address}"
        assert "/sent?" in answer.url or "lang=" in answer.url, "sent on to a page that shows it"
        return answer.url

    # -- inner workings

    def _readers(self, who: str, languages: Mapping[str, str]) -> list[tuple[str, str]]:
        """Addresses of a role with the language each is written to in."""
        return [(a, languages.get(who) or own) for a, own in self.people(who).items()]

    def _mine(self, mail: Mapping[str, object]) -> bool:
        text = str(mail["text"])
        if "/api/d/" in text:  # a link to a desk, or the week's digest: of no one application
            return False
        if not self.reference and mail["to"] == self.opener:
            found = _REFERENCE.search(text)
            assert found
            self.reference = found[0]
        if not self.reference or self.reference not in text:
            return False
        named = _REFERENCE.findall(str(mail["subject"]))  # a mail may name linked cases, too
        return not named or self.reference in named

    def _letter(self, mail: Mapping[str, object]) -> Letter:
        language, text = str(mail["language"]), str(mail["text"])
        subject = str(mail["subject"]).strip()  # a long one is folded right after its name
        link, *others = mail["links"]  # type: ignore[misc]
        assert not others, "one mail, one link"
        assert link.startswith(f"{self.eyes.home}/api/t/")
        assert link in text
        assert f'href="{link}"' in str(mail["html"])
        for private in self.secrets():
            assert private not in f"{subject} {text} {mail['html']}"
        others_too = (VERSION_1.new_link_mail, VERSION_1.handover_mail, VERSION_1.bounced_mail)
        names = [m.name for m in (*VERSION_1.mails, *others_too)]
        found = [n for n in names if _is(n, language, subject, text)]
        name = max(found, key=lambda n: len("".join(mail_text("supervision", n, language).body)))
        return Letter(str(mail["to"]), name, language, subject, text, str(mail["html"]), link)

    def secrets(self) -> list[str]:
        """What no mail may hold: what was written into the application, and who is in it."""
        names = ("reason_and_goals", "accessibility_needs", "applicant_name", "manager_name")
        written = [self.answers[n] for n in names if self.answers.get(n)]
        return [
            *written,
            ENDORSED["cost_centre"],
            CONTACT,
            *(name for name, *_ in SUPERVISORS.values()),
        ]

    def _dated(self, letter: Letter, days: int | None = None) -> None:
        """The subject names the deadline; where there is none to name, it has no number. What is
        urgent has days of its own (tests/unit/test_urgent.py)."""
        if letter.subject.startswith(f"{word(letter.language, 'desk.urgent')}: "):
            return
        if days is None:
            assert "{deadline" not in mail_text("supervision", letter.name, letter.language).subject
            return
        short = [dates.short_day(day, letter.language) for day in self._days(days)]
        assert any(day in letter.subject for day in short), (letter.subject, short)
        whole = [dates.day(day, letter.language) for day in self._days(days)]
        assert any(day in letter.text for day in whole)

    def _days(self, days: int) -> list[date]:
        """The deadline ``days`` from today, and as it was a minute ago: midnight may pass in a test."""
        now = self.stack.clock.now()
        begun = (day_of(moment) for moment in (now, now - timedelta(minutes=1)))
        return [working_from(day + timedelta(days=days)) for day in begun]


def _is(name: str, language: str, subject: str, text: str) -> bool:
    wanted = _wanted(name, language)
    return any(headed(subject, head, language) and says(text, *parts) for head, parts in wanted)


@cache
def _wanted(name: str, language: str) -> list[tuple[str, list[str]]]:
    """The subject and the texts of a mail, as it is usually and as it is when urgent."""
    forms = [mail_text("supervision", name, language, urgent=urgent) for urgent in (False, True)]
    return [
        (form.subject, [form.ask, *(p for p in form.body if "{deadline" not in p), form.why])
        for form in forms
    ]


def headed(subject: str, wanted: str, language: str) -> bool:
    """Whether a mail's subject is the ``wanted`` one, or how an urgent case shortens it."""
    return any(re.fullmatch(_pattern(form), subject) for form in _subjects(wanted, language))


@cache
def _subjects(wanted: str, language: str) -> list[str]:
    urgent = page_text(language, "urgent.subject", subject=wanted)
    short = [_found_text(language, f"urgent.{form}") for form in ("by", "see")]
    return [wanted, urgent, *short]


def says(text: str, *parts: str) -> bool:
    """Whether a mail's text holds each of the parts, whatever its placeholders were filled with."""
    return all(re.search(_pattern(part), text) for part in parts)


def _found_text(language: str, key: str) -> str:
    return page_text(language, key, reference="{reference}", deadline_short="{deadline_short}")


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".+".join(re.escape(part) for part in re.split(r"\{\w+\}", text)))


def _answers(stack: Stack, number: int, unit: str, others: Mapping[str, str]) -> dict[str, str]:
    """An answer to every field of the application; ``others`` change or empty some."""
    start = (stack.clock.now() + timedelta(days=40)).date().isoformat()
    return {
        "form_of_supervision": "individual",
        "reason_and_goals": "Haluan kehittää tapaani kohdata perheitä & <b>levätä</b>.",
        "earlier_supervision": "Ryhmässä vuosina 2019–2021.",
        "supervisor_wishes": "Kokemusta lastensuojelusta.",
        "willing_to_merge": "no",
        "desired_start": start,
        "frequency": "every_three_weeks",
        "session_length": "90",
        "number_of_sessions": "12",
        "mode": "hybrid",
        "place": "Esimerkkilän asema",
        "supervision_language": "fi",
        "accessibility_needs": "Esteetön tila, kiitos.",
        "applicant_name": f"Aino Äärelä-Hakija {number}",
        "applicant_email": f"aino.{number}@example.org",
        "applicant_phone": "040 123 4567",
        "applicant_role": "Perheohjaaja",
        "unit": unit,
        "employer": "Hyvinvointialue Oy",
        "manager_name": f"Pekka Östman-Pomo {number}",
        "manager_email": f"pekka.{number}@example.org",
        "manager_language": "fi",
        "title": f"Ainon työnohjaus {number}",
        "privacy_read": "yes",
        **others,
    }
