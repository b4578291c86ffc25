"""A mail scanner that follows each link and presses each button: no mail, no decision."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.case import Case
from functions.kernel.definition import Definition
from functions.services.access.desk_links import open_desk
from tests.abuse.every import DEFINITIONS, Place, places
from tests.fakes import World
from tests.faults.pages import Page

EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: d.name)
MAX_PAGES = 400  # from one link
OTHER = "?lang=sv"  # the way to a page in another language than its reader's


@pytest.fixture(autouse=True)
def _forgiven() -> None:
    """No stack runs here whose counters could be forgotten."""


@dataclass
class Scanner:
    """Reads the page of a link, follows what it leads to, and presses every button as it is;
    also to the same page in another of the ``languages``."""

    world: World
    languages: bool = True
    seen: set[str] = field(default_factory=set)
    pressed: int = 0

    def __post_init__(self) -> None:
        apps = {"d": desk, "desk": desk, "t": party, "forms": public, "supervisors": public}
        self.apps = {n: m.create_app(self.world.services).test_client() for n, m in apps.items()}

    def scan(self, start: str) -> None:
        waiting = [("GET", start, {})]
        while waiting and len(self.seen) < MAX_PAGES:
            method, path, typed = waiting.pop(0)
            if repr((method, path, typed)) not in self.seen:
                self.seen.add(repr((method, path, typed)))
                waiting += self._ask(method, path, typed)

    def _ask(
        self, method: str, path: str, typed: dict[str, str]
    ) -> Iterator[tuple[str, str, dict[str, str]]]:
        client = self._client(path)
        if client is None:
            return
        self.pressed += method == "POST"
        answer = client.open(path, method=method, data=typed if method == "POST" else None)
        assert answer.status_code < 500, path
        if answer.status_code == 303:
            yield "GET", answer.headers["Location"], {}
            return
        if answer.mimetype != "text/html":
            return
        page = Page(answer.status_code, answer.get_data(as_text=True))
        here = path.partition("?")[0]
        for link in page.root.find("a"):
            to = link.attributes.get("href", "")
            if not to.startswith("?lang=") or (self.languages and to.startswith(OTHER)):
                yield "GET", here + to if to.startswith("?") else to, {}
        for form in page.forms:
            for name, value in form.buttons or (("", ""),):
                if name == "_say" and not (
                    self.languages and value == OTHER.removeprefix("?lang=")
                ):
                    continue
                sent = {**form.sends(), **({name: value} if name else {})}
                yield form.method.upper(), form.action or here, sent

    def _client(self, path: str) -> FlaskClient | None:
        inside = path.removeprefix("https://kapula.test")
        parts = inside.partition("?")[0].split("/")
        return self.apps.get(parts[2]) if parts[:2] == ["", "api"] and "#" not in path else None


def standing(world: World) -> tuple[set[tuple[str, str]], dict[str, Case]]:
    """All mails that were ever ordered, and every case."""
    return set(world.cases.outbox), {i: f.case for i, f in world.cases.folders.items()}


def starts(at: Place) -> Iterator[str]:
    """Every link that anybody in a case can have in their mail, to it and to their desk."""
    for each in at.case.parties:
        yield from (at.link(each, purpose) for purpose in at.purposes(each))
        yield f"/api/d/{at.world.desk_link(each.email)}"


@EACH
def test_pressing_everything_that_a_mail_leads_to(definition: Definition) -> None:
    pressed = 0
    for at in places(definition):
        at.world.index()
        links = list(starts(at))
        for days in (0, 20):
            at.world.clock.forward(days=days)
            before = standing(at.world)
            for link in links:
                scanner = Scanner(at.world, languages=not days)
                scanner.scan(link)
                pressed += scanner.pressed
                assert standing(at.world) == before, (at.case.state, link.split("/")[2])
    assert pressed > 50


def test_pressing_everything_on_desks_that_are_open() -> None:
    """Beside what a mail leads to: what is there once its person has opened it."""
    world = World()
    for actions in (("confirm",), ("confirm", "endorse"), ("confirm", "endorse", "offer")):
        world.case_at(*actions)
    world.index()
    world.deliver_all()
    for name in ("anna", "testi", "matti", "aino"):
        email = f"{name}@example.{'net' if name == 'aino' else 'org'}"
        before = standing(world)
        scanner, token = Scanner(world), world.desk(email)
        scanner.scan(f"/api/d/{token}")
        assert scanner.pressed > 1, name
        assert any("POST" in seen and "/out'" in seen for seen in scanner.seen), name
        assert standing(world) == before, name
        assert open_desk(world.services, token).standing == "open", name
