"""A quote on its way, from the request to its paid invoice, by the links in the mails."""

import itertools
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from functions.kernel.durations import HELSINKI, working_from
from functions.kernel.states import BY_ITSELF
from functions.processes import current
from functions.render.text import dates
from functions.render.text.texts import mail_text, maybe, process_text
from functions.services.case.apply import mint_key
from infra.local.stack import Stack
from tests.journeys.browser import STANDING, Eyes
from tests.journeys.journey import headed, says, word

PAGES = {"fi": "/tarjouspyynto/", "sv": "/sv/offertforfragan/", "en": "/en/request-a-quote/"}
ANNA, STEN = "anna.esimerkki@example.org", "sten.provperson@hyvaesimerkki.example.org"
TESTI = "testi.tyonohjaaja@example.org"
NEED = "Haluamme oppia työstämme & <b>levätä</b> välillä."
MESSAGE = "Hinta sisältää matkat Mallilaan."
NAMES = ("Aino Alku", "Bertta Bisse", "Cecilia Celsius", "Daavid Dahl")
PERSON = {
    "product": "individual",
    "participants": "1",
    "payer_type": "individual",
    "title": "Omaan työhön",
}
ORGANISATION = {
    "product": "group",
    "participants": "4",
    "payer_type": "organisation",
    "organisation": "Mallilan mallikunta",
    "business_id": "2345678-0",
}
PRICED = {
    "net_price": "1 250,50",
    "vat": "standard",
    "sessions": "5",
    "session_minutes": "90",
    "option_sessions": "2",
    "option_price": "250",
    "quote_message": MESSAGE,
}
BILLING = {
    "billing_name": "Mallilan mallikunta",
    "billing_street": "Mallikatu 1",
    "billing_postcode": "00000",
    "billing_city": "Mallila",
    "accepter_name": "Tilda Tilaaja",
    "terms_read": "yes",
}
AUTHORISED = {**BILLING, "authority": "yes"}  # whoever orders for an organisation says that, too
SECRETS = (
    NEED, MESSAGE, *NAMES, "Tilda", "Mallila", "1 250", "1 569", "2345678", "mallikunta",
)  # fmt: skip
_REFERENCE = re.compile(r"(?<![\w/-])K-[A-Z2-7]{6}(?![\w-])")
_QUOTE = current("quote")
_numbers = itertools.count(1)


def said(language: str, key: str) -> str:
    return process_text("quote", language, key)


class Quote:
    """One request and all that comes of it."""

    def __init__(self, stack: Stack, eyes: Eyes, language: str = "fi", **answers: str) -> None:
        self.stack, self.eyes, self.language = stack, eyes, language
        number = next(_numbers)
        self.email = f"tilaaja.{number}@example.net"
        self.bill_number = f"2026-{number:03}"  # each is used once
        who = PERSON if answers.get("payer_type") == "individual" else ORGANISATION
        self.answers = {
            "need": NEED,
            "urgency": "usual",
            "mode": "online",
            "contact_name": "Tilda Tilaaja",
            "contact_email": self.email,
            "privacy_read": "yes",
            **who,
            **answers,
        }
        self.reference = ""
        self.known: set[str] = set()

    # -- days

    def today(self) -> date:
        """The day it is in Finland."""
        return self.stack.clock.now().astimezone(HELSINKI).date()

    def day(self, ahead: int) -> str:
        return (self.today() + timedelta(days=ahead)).isoformat()

    def working_day(self, ahead: int) -> str:
        """The day that a deadline is moved to which was set for ``ahead`` days from now."""
        return working_from(self.today() + timedelta(days=ahead)).isoformat()

    def until(self, day: str | date, hour: int = 12, *, days: int = 0) -> None:
        """Let time pass until this hour of a day in Finland, or of one ``days`` later."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        moment = datetime.combine(day + timedelta(days=days), time(hour), HELSINKI)
        self.stack.advance_by(moment - self.stack.clock.now())

    def said_day(self, iso: str) -> str:
        """A day as documents, and within what they say, pages have it."""
        return dates.plain_day(date.fromisoformat(iso), self.eyes.language)

    # -- the public form

    def steps(self) -> tuple[dict[str, str], ...]:
        return tuple(
            {f.name: self.answers[f.name] for f in section.fields if self.answers.get(f.name)}
            for section in _QUOTE.form("request").sections
        )

    def send(self) -> "Quote":
        """From the site's page through the form to the page that tells to look at the mail."""
        eyes = self.eyes
        eyes.language = self.language
        eyes.go(eyes.home + PAGES[self.language])
        for step in self.steps():
            eyes.onward(step)
        assert eyes.title() == word(self.language, "review.title")
        self.stack.advance(minutes=1)
        eyes.press("form#send button[type=submit]")
        assert eyes.title() == word(self.language, "sent.title")
        return self

    def hurry(self) -> "Quote":
        """The same without its pages, confirmed."""
        whole = {k: v for step in self.steps() for k, v in step.items()}
        whole |= {"_step": "review", "_key": mint_key(self.stack.services), "_lang": self.language}
        self.stack.settle()
        self.stack.clock.advance(timedelta(minutes=1))
        self._post(f"{self.eyes.home}/api/forms/quote/request", whole)
        self.take(self.email, "confirm", "confirm")
        return self

    # -- mails

    def mails(self, to: str, reference: str = "") -> list[dict[str, object]]:
        """The mails of this case (or of one beside it) to somebody; none tells its content."""
        self.stack.settle()
        found = [m for m in self.stack.mailbox(to) if "/api/t/" in str(m["text"])]
        if not self.reference and to == self.email:
            match = _REFERENCE.search(str(found[-1]["text"]))
            assert match
            self.reference = match[0]
        found = [m for m in found if (reference or self.reference) in str(m["text"])]
        for mail in found:
            text = f"{mail['subject']} {mail['text']} {mail['html']}"
            assert not [secret for secret in SECRETS if secret in text]
            assert len(mail["links"]) == 1  # type: ignore[arg-type]
        return found

    def mail(self, to: str, name: str, reference: str = "") -> dict[str, object]:
        """The last mail of this name to somebody."""
        found = self.mails(to, reference)
        fitting = [m for m in found if _is(name, m)]
        assert fitting, f"{name} to {to}: {[m['subject'] for m in found]}"
        return fitting[-1]

    def got(self, to: str, name: str, reference: str = "") -> int:
        """How many mails of this name somebody has had."""
        return sum(_is(name, m) for m in self.mails(to, reference))

    def link(self, to: str, name: str, reference: str = "") -> str:
        return str(self.mail(to, name, reference)["links"][0])  # type: ignore[index]

    def open(self, to: str, name: str, reference: str = "") -> None:
        mail = self.mail(to, name, reference)
        self.eyes.language = str(mail["language"])
        self.eyes.go(mail["links"][0])  # type: ignore[index]

    def take(self, to: str, mail: str, action: str, reference: str = "", **answers: str) -> None:
        """Decide by a link without its page, where no sum is told before; a minute later."""
        link = self.link(to, mail, reference)
        self.stack.clock.advance(timedelta(minutes=1))  # nothing is due, and all mail has come
        self._post(link, {"action": action, **answers})

    def _post(self, address: str, answers: dict[str, str]) -> None:
        answer = self.eyes.page.request.post(address, form=dict(answers))
        assert answer.ok, f"{answer.status} at {address}"

    # -- what a page says

    def asks(self, state: str, of: str = "") -> None:
        """The page is the task of this state, with where it is, whose turn and what next.
        ``of`` is the role that records what somebody else, whose turn it is, has done."""
        language = self.eyes.language
        task = f"tasks.{state}.{of}" if of else f"tasks.{state}"
        assert self.eyes.title() == said(language, f"{task}.title")
        self.stands(state, yours=not of)
        assert self.eyes.page.locator("form [name=action]:checked:visible").count() == 0

    def stands(self, state: str, *, yours: bool = False) -> None:
        """The page says where it is, whose turn it is and what comes next."""
        language, notice = self.eyes.language, self.eyes.text(STANDING)
        assert self.eyes.standing() == said(language, f"states.{state}.name")
        for part in ("now", "next"):  # in words to who reads it, where the state has any
            ways = [f"states.{state}.{g.name}" for g in _QUOTE.state(state).variants]
            places = (f"states.{state}", *ways)
            keys = [*places, *(f"{p}.to.{r.name}" for p in places for r in _QUOTE.roles)]
            assert any(t in notice for k in keys if (t := maybe("quote", language, f"{k}.{part}")))
        turn = _QUOTE.state(state).turn
        if yours:
            assert word(language, "case.your_turn", when="\0").partition("\0")[0] in notice
        elif _QUOTE.is_over(state):
            lines = [word(language, f"case.{n}") for n in ("nobodys_turn", "goes_on")]
            lines += [maybe("quote", language, f"{k}.left") for k in keys]
            assert any(line in notice for line in lines if line)
        elif turn not in BY_ITSELF:
            own = maybe("quote", language, f"states.{state}.turn")
            assert (own or said(language, f"turns.{turn}")) in notice
        assert self.eyes.page.locator(".k-standing.k-notice--turn").count() == yours

    def done(self, action: str, state: str, *, yours: bool = False) -> None:
        """The page is a receipt: what was done, who hears of it and the way on; and it tells
        where the case went."""
        language, receipt = self.eyes.language, self.eyes.page.locator(".k-receipt[role=status]")
        told = [self.eyes.title(), *self.eyes.texts(".k-receipt strong")]
        assert said(language, f"actions.{action}.done") in told
        ends = (word(language, f"receipt.{n}", roles="") for n in ("one", "several", "you_and"))
        heard = (*ends, word(language, "receipt.you"), word(language, "receipt.unmailed"))
        assert any(line in receipt.inner_text() for line in heard)
        assert receipt.get_by_role("link").count() > 0
        self.stands(state, yours=yours)
        assert said(language, f"actions.{action}.done") in self.eyes.text(".k-history")

    def rows(self) -> dict[str, str]:
        """What the page tells: each label and its answer."""
        labels, values = self.eyes.texts(".k-summary dt"), self.eyes.texts(".k-summary dd")
        return dict(zip(labels, values, strict=True))

    def row(self, field: str) -> str:
        return self.rows()[said(self.eyes.language, f"fields.{field}.label")]

    def preview(self, action: str) -> dict[str, str]:
        """What is told of a choice before it is made, by field."""
        choice = self.eyes.page.locator(f'[name=action][value="{action}"]')
        form = self.eyes.page.locator("form", has=choice)
        folded = self.eyes.page.locator("details:not([open])", has=choice).locator("summary")
        if folded.count():
            folded.click()
        labels = form.locator(".k-summary dt").all_inner_texts()
        values = form.locator(".k-summary dd").all_inner_texts()
        names = {said(self.eyes.language, f"fields.{n}.label"): n for n in _FEE}
        told = zip(labels, values, strict=True)
        return {names[label.strip()]: " ".join(value.split()) for label, value in told}

    def beside(self, title: str) -> str:
        """The reference of a case beside this one, as its page tells it."""
        found = self.eyes.texts("section[aria-labelledby=linked-title] dt")
        (line,) = [t for t in found if t.startswith(f"{title},")]
        return line.rpartition(" ")[2]

    # -- short ways to a state

    def quote(self, **changed: str) -> "Quote":
        said_ = {**PRICED, "valid_until": self.day(14), **changed}
        self.take(ANNA, "requested", "quote", **said_)
        return self

    def accept(self, **changed: str) -> "Quote":
        self.quote()
        by = {"individual": "accept_person"}.get(self.answers["payer_type"], "accept_organisation")
        extra = {"business_id": self.answers["business_id"]} if by != "accept_person" else {}
        told = BILLING if by == "accept_person" else AUTHORISED
        self.take(self.email, "quoted", by, **{**told, **extra, **changed})
        return self

    def order(self) -> str:
        """The reference of the case in which the supervisor is found."""
        self.open(self.email, "receipt")
        return self.beside(process_text("supervision", self.eyes.language, "forms.ordered.title"))

    def staff(self) -> "Quote":
        """Accepted, and a supervisor has accepted the work."""
        if self.got(self.email, "accepted") == 0:
            self.accept()
        order = self.order()
        self.take(ANNA, "coordinate_order", "offer", order, supervisor="testi")
        self.take(TESTI, "offer", "accept", order, contact_instructions="Soita maanantaina.")
        return self

    def schedule(self, ahead: int = 30, **changed: str) -> "Quote":
        """Accepted, and begins ``ahead`` days from now."""
        self.staff()
        seats = int(self.answers["participants"])
        told = {
            "start_date": self.day(ahead),
            "end_date": self.day(ahead + 60),
            "participant_names": "\n".join(NAMES[:seats]),
        }
        self.take(ANNA, "to_schedule", "schedule", **{**told, **changed})
        return self

    def invoice(self) -> str:
        """The reference of the invoice, from the client's page."""
        self.open(self.email, "receipt")
        return self.beside(said(self.eyes.language, "forms.invoice.title"))


_FEE = (
    "days_left", "fee_reason", "fee_base", "fee_base_gross", "fee_percent", "fee", "fee_gross",
    "payable", "fee_terms",
)  # fmt: skip
Quotes = Callable[..., Quote]


def _is(name: str, mail: dict[str, object]) -> bool:
    process = "quote" if name in {m.name for m in _QUOTE.all_mails} else "supervision"
    language, subject = str(mail["language"]), str(mail["subject"]).strip()
    forms = [mail_text(process, name, language, urgent=urgent) for urgent in (False, True)]
    return any(
        headed(subject, form.subject, language) and says(str(mail["text"]), form.ask)
        for form in forms
    )
