"""Values that we made, or that look like them, where another one belongs: never an error of ours.

Signed and structured values of every kind (keys, seals, links, cursors, numbers of histories,
stamps, ids) go into every place that takes one, whole and mangled, in memory and by real routes.
"""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask.testing import FlaskClient

from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.digests import signature
from functions.services.access.quotas import code_of
from functions.services.case import apply
from tests.fakes import APPLICATION, World

ANNA, AINO = "anna@example.org", "aino@example.net"
ODD = (
    "", ".", "...", "-", "#", "todo#", "%00", "\x00", "\ud7ff", "\U0010ffff", "٣", "²", "１", "-1", "1e9",
    "NaN", "inf", "9" * 400, "0" * 64, "_" * 300, "\u202e", "a" * 5000, "../..", "é.é.é.é", "new", "_other",
)  # fmt: skip
# The places that take a value of ours: (path, input), asked with what else the page needs.
POSTED = (
    ("site", "/api/forms/supervision/individual", "_key"), ("site", "/api/forms/supervision/individual", "_code"),
    ("site", "/api/forms/supervision/individual", "_step"), ("site", "/api/forms/supervision/individual", "_go"),
    ("links", "/api/t/{row}", "_drawn"), ("links", "/api/t/{mailed}", "_drawn"), ("links", "/api/t/{row}", "_sent"),
    ("links", "/api/t/{row}", "action"), ("links", "/api/t/{mailed}/fresh", "to"),
    ("desks", "/api/d/{desk}/merge", "_key"), ("desks", "/api/d/{desk}/merge", "_after"),
    ("desks", "/api/d/{desk}/merge", "case-"), ("desks", "/api/d/{desk}/people/{case}/link", "whom"),
)  # fmt: skip
LOOKED = (
    ("site", "/api/forms/supervision/individual/sent?to="), ("site", "/api/supervisors?unit="),
    ("links", "/api/t/{row}?before="), ("links", "/api/t/{row}?done="), ("desks", "/api/d/{desk}?done="),
    ("desks", "/api/d/{desk}?find=1&after="), ("desks", "/api/d/{desk}?list=todo&after="),
    ("desks", "/api/d/{desk}?list="), ("desks", "/api/d/{desk}?find=1&q="), ("desks", "/api/d/{desk}?find=1&unit="),
    ("desks", "/api/d/{desk}/merge?after="), ("desks", "/api/d/{desk}/people/{case}?done="),
)  # fmt: skip
ADDRESSES = (
    ("links", "/api/t/{}"), ("links", "/api/t/{}/fresh"), ("links", "/api/t/{desk}.{}.{party}.1"),
    ("links", "/api/t/{desk}.{case}.{}.1"), ("links", "/api/t/{desk}.{case}.{party}.{}"),
    ("links", "/api/t/{}.{case}.{party}.1"), ("files", "/api/t/{}/documents/quote"),
    ("files", "/api/t/{row}/documents/{}.pdf"), ("desks", "/api/d/{}"), ("desks", "/api/d/{}/restore"),
    ("desks", "/api/d/{}/merge"), ("desks", "/api/d/{desk}/{}"), ("desks", "/api/d/{desk}/people/{}"),
    ("desks", "/api/d/{desk}/people/{case}/{}"), ("desks", "/api/d/{desk}/directory/{}/new"),
    ("desks", "/api/d/{desk}/directory/units/{}"), ("desks", "/api/d/{desk}/tables/{}/x/y.csv"),
)  # fmt: skip


class Made:
    """A world with a case on desks, and one of each value of ours."""

    def __init__(self) -> None:
        self.world = World()
        world, services = self.world, self.world.services
        self.site = public.create_app(services).test_client()
        self.key = apply.mint_key(services)
        world.clock.forward(seconds=5)
        self.case = world.case_at("confirm", "endorse")
        for _ in range(30):  # more than a page of a desk
            world.clock.forward(days=2)
            world.case_at("confirm", "endorse")
        world.index()
        case = world.case(self.case)
        self.mailed, self.desk = world.token(self.case, "applicant", "status"), world.desk(ANNA)
        holder = next(p for p in case.parties if p.email == ANNA)
        self.row = f"{self.desk}.{case.id}.{holder.id}.{case.round}"
        typed = {**APPLICATION, "_step": "review", "_key": self.key, "_lang": "en"}
        sent = self.site.post("/api/forms/supervision/individual", data=typed)
        self.to = parse_qs(urlsplit(sent.headers["Location"]).query)["to"][0]
        overview = desk.create_app(services).test_client().get(f"/api/d/{self.desk}?find=1")
        self.cursor = re.findall(r"after=([\w-]+)", unescape(overview.text))[0]
        self.party = holder.id
        entries = {"site": public, "links": party, "desks": desk, "files": documents}
        self.clients = {n: e.create_app(services).test_client() for n, e in entries.items()}

    def filled(self, path: str) -> str:
        """An address with the values of this world."""
        for name in ("row", "mailed", "desk", "case", "party"):
            path = path.replace(f"{{{name}}}", getattr(self, name))
        return path

    def values(self) -> Iterator[str]:
        """Each value of ours, mangled, and what looks like one."""
        services = self.world.services
        led = apply.mint_key(services, led_from=self.case)
        code = code_of(services, AINO, services.today())
        yield from (self.desk, led, code, self.party)
        ours = (self.key, self.to, self.mailed, self.row, self.cursor, self.case)
        for value in ours:
            half = len(value) // 2
            yield from (
                value,
                value[:-1],
                value[half:],
                value[:half],
                value + "0",
                value.upper(),
                value[::-1],
            )
            yield from (
                value.replace(".", ".."),
                value.replace(".", ""),
                f"{value}.{value}",
                f"{value}é",
                f" {value}",
            )
            *rest, _last = value.split(".")
            yield from (
                ".".join(rest),
                ".".join((*rest, "٣")),
                ".".join((*rest, "9" * 400)),
                ".".join((*rest, "")),
            )
        for purpose in (apply._KEY, apply._WRITTEN_TO, "quota", "desk", "code", ""):
            for plain in (
                "",
                ".",
                "nan.x.y",
                "inf.000." + "0" * 24,
                "9" * 11 + ".000." + "0" * 24,
                "a•••@b.c",
            ):
                yield f"{plain}.{signature(services.rules.secret, purpose, plain)}"
        for sort_key in ("", "todo#", "todo#\x00", "all#\U0010ffff", "word#é#", "x#" * 60):
            yield urlsafe_b64encode(sort_key.encode()).decode().rstrip("=")
        yield from ODD


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


@pytest.fixture(autouse=True)
def _forgiven() -> None:
    """No stack runs here whose counters could be forgotten."""


def answered(client: FlaskClient, path: str, typed: dict[str, str] | None = None) -> int:
    """The status of what is answered; an error that nobody caught is a 500, as in Lambda."""
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    client.application.testing = False
    got = client.get(path) if typed is None else client.post(path, data=typed)
    assert got.status_code < 500, (path[:120], {k: v[:60] for k, v in (typed or {}).items()})
    return got.status_code


@pytest.mark.parametrize(("app", "path", "name"), POSTED)
def test_form_with_a_value_of_another_kind_is_answered(
    made: Made, app: str, path: str, name: str
) -> None:
    client, there = made.clients[app], made.filled(path)
    form = {**APPLICATION, "_step": "review", "_key": made.key, "_lang": "en", "action": "withdraw"}
    told = set()
    for value in made.values():
        more = {f"{name}{value}": "yes"} if name.endswith("-") else {name: value}
        told.add(answered(client, there, {**form, **more}))
    assert told <= {200, 303, 400, 403, 404, 409, 410, 422, 429}


@pytest.mark.parametrize(("app", "path"), LOOKED)
def test_page_asked_for_with_a_value_of_another_kind_is_answered(
    made: Made, app: str, path: str
) -> None:
    there = made.filled(path)
    told = {answered(made.clients[app], there + quote(value)) for value in made.values()}
    assert told <= {200, 303, 400, 404}


@pytest.mark.parametrize(("app", "path"), ADDRESSES)
def test_address_with_a_value_of_another_kind_is_answered(made: Made, app: str, path: str) -> None:
    client, told = made.clients[app], set()
    for value in made.values():
        there = made.filled(path.replace("{}", quote(value).replace("{", "")))
        told.add(answered(client, there))
        told.add(answered(client, there, {"_lang": "en", "_seen": value, "sure": "yes"}))
    assert 404 in told
