"""A group's application on its way, and desks from which applications are looked after."""

from datetime import timedelta

from infra.local.stack import Stack
from tests.journeys.browser import Eyes
from tests.journeys.journey import CONTACT, ENDORSED, Journey, word

APPLY_FOR_GROUP = {
    "fi": "/tyonohjaus/hae-ryhmalle/",
    "sv": "/sv/arbetshandledning/ansok-for-grupp/",
    "en": "/en/supervision/apply-for-group/",
}
MY_MATTERS = {"fi": "/omat-asiat/", "sv": "/sv/mina-arenden/", "en": "/en/your-cases/"}
ANNA = "anna.esimerkki@example.org"
STEN = "sten.provperson@hyvaesimerkki.example.org"
MORE = "[name=_more]"


class Group(Journey):
    """A group's application; ``supervisees`` are name, address and language of each."""

    form = "group"
    pages = APPLY_FOR_GROUP
    straight = (("manager", "confirm_group", {}),)

    def __init__(self, stack: Stack, eyes: Eyes, number: int, **known: str) -> None:
        group = {"form_of_supervision": "group", "sender_position": "manager", **ENDORSED}
        super().__init__(stack, eyes, number, **{**group, **known})
        self.supervisees = [
            (f"Maija Mäkelä-Ohjattava {number}", f"maija.{number}@example.org", "fi"),
            (f"Åsa Handledd {number}", f"asa.{number}@example.org", "sv"),
            (f"Eve Supervised {number}", f"eve.{number}@example.org", "en"),
        ]

    def steps(self) -> tuple[dict[str, str], ...]:
        *before, _, last = super().steps()
        return (*before, self.cells(), last)

    def cells(self) -> dict[str, str]:
        """What is typed into the rows of the list."""
        return {
            f"supervisees-{n}-{cell}": value
            for n, person in enumerate(self.supervisees, 1)
            for cell, value in zip(("name", "email", "language"), person, strict=True)
        }

    def people(self, who: str) -> dict[str, str]:
        named = {email: language for _, email, language in self.supervisees}
        if who == "supervisee":
            return named
        if who == "manager":
            return {self.answers["manager_email"]: self.answers["manager_language"]}
        return {who: named[who]} if who in named else super().people(who)

    def secrets(self) -> list[str]:
        return [*super().secrets(), *(name for name, *_ in self.supervisees)]

    def confirm(self) -> None:
        self.open("manager", "confirm_group")
        self.asks("group_unconfirmed")
        self.eyes.decide("confirm_group")
        self.done("confirm_group", "coordinating")
        self.mailed(
            ("manager", "receipt_group"), ("supervisee", "named"), ("coordinator", "coordinate", 7)
        )

    def apply(self) -> None:
        self.fill()
        self.send()
        self.mailed(("manager", "confirm_group", 7))

    def offer(self, supervisor: str = "") -> None:
        self.supervisor = supervisor or self.supervisor
        self.open("coordinator")
        self.asks("coordinating")
        self.eyes.decide("offer", supervisor=self.supervisor)
        self.done("offer", "offered")
        self.mailed(("supervisor", "offer", 7), ("manager", "offered_group"))

    def accept(self) -> None:
        self.open("supervisor")
        self.asks("offered")
        self.eyes.decide("accept", contact_instructions=CONTACT)
        self.done("accept", "active", yours=True)
        self.mails_told("supervisee", "manager", "coordinator", "you")
        self.mailed(
            ("supervisee", "accepted_supervisee"),
            ("manager", "accepted_manager"),
            ("coordinator", "accepted_coordinator"),
            ("supervisor", "accepted_supervisor", 14),
        )

    def begin(self) -> None:
        day = (self.stack.clock.now() + timedelta(days=5)).date().isoformat()
        self.open("supervisor")
        self.asks("active")
        self.eyes.decide("begin", first_session=day)
        self.done("begin", "running")
        self.mails_told("supervisee", "manager", "coordinator", "you")
        told = ("supervisee", "manager", "coordinator")
        self.mailed(*((who, "begun") for who in told), ("supervisor", "under_way"))


def cell(language: str, name: str) -> str:
    """The label of a cell, by the name of its input."""
    _, number, part = name.split("-")
    return f"{word(language, f'people.{part}')} ({word(language, 'people.whose', n=number)})"


def open_desk(stack: Stack, eyes: Eyes, email: str, language: str = "fi") -> None:
    """From the site's page to somebody's desk, some minutes after they asked the last time."""
    before = desk_links(stack, email)
    if before:
        stack.advance(minutes=5)
    eyes.language = language
    eyes.go(eyes.home + MY_MATTERS[language])
    eyes.fill({"email": email})
    eyes.press("main form button[type=submit]")
    assert eyes.title() == word(language, "desk_sent.title")
    (link,) = desk_links(stack, email)[len(before) :]
    enter_desk(eyes, link)
    assert eyes.title() == word(language, "desk.title")


def enter_desk(eyes: Eyes, link: str) -> None:
    """Follow a link to a desk from its mail, and open it on one's own device."""
    eyes.go(link)
    assert eyes.page.locator(".k-desk").count() == 0
    eyes.fill({"device": "own"})
    eyes.press("#open button")


def desk_links(stack: Stack, email: str) -> list[str]:
    """The links to desks that somebody was mailed, oldest first."""
    stack.settle()
    return [m["links"][0] for m in stack.mailbox(email) if "/api/d/" in m["text"]]


def door(eyes: Eyes, name: str) -> None:
    """Go from a desk to what else it leads to."""
    eyes.press(f'.k-desk__pages a[href*="/{name}?"]')
