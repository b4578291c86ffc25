"""What the matrix denies is on no page of any kind, in no list, in no search and in no mail.

Canaries stand in every answer. Whoever takes part in a case opens every address that a link or
a desk of theirs has; what they get is held against the matrix. ``test_guard_registry`` does the
same for the pages of cases, field by field.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.entry.party import page as showing
from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.kernel.desk import GROUPS
from functions.kernel.visibility import PARTY, sees, visible_parties
from functions.processes import NAMES, current, versions
from functions.services.access.links import Opened
from functions.services.access.people import known, person_key
from functions.services.case import apply, merge
from functions.services.case.act import act
from functions.services.case.timers import run_due_timer
from functions.services.container import Services
from tests.fakes import APPLICATION, TYPED, Folder, World
from tests.paths import walks

DEFINITIONS = [d for name in NAMES for d in versions(name)]
EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.name}-{d.version}")
WRITTEN = ("text", "longtext", "email")
COORDINATORS = ("/merge", "/people", "/directory")


@dataclass(frozen=True)
class Seen:
    """What one person got at one address."""

    path: str
    status: int
    html: str

    @property
    def rows(self) -> int:
        return len(re.findall(r"<tr>\s*<td", self.html))


class Browser:
    """Both web functions, as somebody with a desk's link uses them."""

    def __init__(self, world: World) -> None:
        self.world = world
        apps = {"d": desk.create_app(world.services), "t": party.create_app(world.services)}
        self.clients: dict[str, FlaskClient] = {k: a.test_client() for k, a in apps.items()}

    def get(self, path: str) -> Seen:
        got = self.clients[path.split("/")[2]].get(path)
        assert got.status_code < 500, path
        return Seen(path, got.status_code, unescape(got.text))

    def everything(self, email: str, cases: list[Case], sought: list[str]) -> Iterator[Seen]:
        """All addresses under a desk, with every list and every party of every case."""
        token = self.world.desk(email)
        base = f"/api/d/{token}"
        yield self.get(base)
        roles = [r.name for c in cases for r in current(c.process).roles]
        for name in ("todo", *(f"{r}.{g}" for r in dict.fromkeys(roles) for g in GROUPS)):
            yield self.get(f"{base}?list={name}")
        for text in sought:
            yield self.get(f"{base}?{urlencode({'find': '1', 'q': text})}")
        for path in ("/merge", "/own", "/directory", "/directory/units/north"):
            yield self.get(base + path)
        for case in cases:
            yield self.get(f"{base}/people/{case.id}")
            for each in case.parties:
                yield self.get(f"{base}/people/{case.id}/{each.id}")
                for number in {1, case.round}:
                    yield self.get(f"/api/t/{token}.{case.id}.{each.id}.{number}")


def denied(definition: Definition, case: Case, places: list[Party]) -> list[str]:
    """The canaries that nobody in these places may see: of fields, and of people's addresses."""
    found = []
    names = {o.name for p in places for o in (p, *visible_parties(definition, case, p))}
    for field in definition.fields().values():
        ways = [field.name]
        ways += [PARTY + r.name for r in definition.roles if r.fields and r.fields[0] == field.name]
        value = case.answers.get(field.name)
        if any(sees(definition, w, p.role, case.state) for w in ways for p in places):
            continue
        if field.kind in WRITTEN and value:
            found.append(str(value))
        if isinstance(value, list):
            own = {p.email for p in places}
            found += [row["email"] for row in value if row["email"] not in own]
            found += [row["name"] for row in value if row["name"] not in names]
    allowed = {str(case.answers.get(f)) for f in definition.fields() for p in places
               if sees(definition, f, p.role, case.state)}  # fmt: skip
    return [c for c in found if c not in allowed]


def leaks(definition: Definition, world: World, case: Case, email: str) -> tuple[list[str], int]:
    """What somebody gets to see on any page that the matrix denies; how many pages they got."""
    places = [p for p in case.parties if p.email == email and p.present]
    canaries = denied(definition, case, places)
    looks_after = any(p.role == definition.owner for p in places)
    words = [str(v) for v in case.answers.values() if isinstance(v, str)]
    found, got = [], 0
    for page in Browser(world).everything(email, [case], words[:6]):
        got += page.status == 200
        told = page.html
        if "find=" in page.path and not looks_after and page.rows:
            found.append(f"{email} finds {page.path}")
        for sought in words if "find=" in page.path else ():
            told = told.replace(f'value="{sought}"', "")
        where = re.sub(r"[\w-]{43}", "…", page.path)
        found += [f"{email} sees {c} at {where} in {case.state}" for c in canaries if c in told]
        tail = page.path.partition("?")[0][7 + 43 :]
        if tail.startswith(COORDINATORS) and not looks_after and page.status != 404:
            found.append(f"{email} gets {where}")
    return found, got


def worlds(definition: Definition) -> Iterator[tuple[World, Case]]:
    """A world with one case, at the end of each walk that ends in another state or form."""
    seen = set()
    world = World()
    for walk in walks(definition, world.directory):
        case = walk.case
        if (case.form, case.state, len(case.votes)) in seen:
            continue
        seen.add((case.form, case.state, len(case.votes)))
        world = World()
        world.cases.folders = {case.id: Folder.of(case, walk.told())}
        world.clock.time = walk.decisions[-1].event.at
        world.index()
        yield world, case


@EACH
def test_no_page_of_a_desk_shows_what_the_matrix_denies(definition: Definition) -> None:
    looked, held, found = 0, 0, list[str]()
    for world, case in worlds(definition):
        for email in {p.email for p in case.parties if p.present} if world.desks.cards else ():
            told, got = leaks(definition, world, case, email)
            found += told
            looked += got
            places = [p for p in case.parties if p.email == email and p.present]
            held += len(denied(definition, case, places))
    assert found == []
    assert looked > 15 * len(definition.states)
    everybody = {r.name for r in definition.roles}
    kept = [f for f in definition.fields() if definition.visibility[f].keys() != everybody]
    assert bool(held) == bool(kept)


@EACH
def test_a_matrix_that_is_narrower_than_the_pages_is_found(
    definition: Definition, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = next(f.name for a in definition.actions for f in a.fields if f.kind == "longtext")
    narrower = {**definition.visibility, definition.headline: {}, said: {}}
    found = set[str]()
    for world, case in worlds(definition):
        if said in case.answers:
            for each in (p for p in case.parties if p.present):
                told = replace(definition, visibility=narrower)
                found |= {
                    f"{each.role} {x.split()[2]}" for x in leaks(told, world, case, each.email)[0]
                }
    names = {f for role in definition.roles for f in role.fields or ()}
    for hidden in {said, definition.headline} - names:  # a name is told with the person, too
        assert any(f"canary-{hidden.replace('_', '-')}" in x for x in found)


# --- several applicants, each with documents of their own

ALL = ("Aino", "Bertta", "Cecilia")
OWN = (
    "reason_and_goals", "earlier_supervision", "supervisor_wishes", "place",
    "accessibility_needs", "applicant_role", "employer", "title",
)  # fmt: skip


def canary(name: str, field: str) -> str:
    return f"canary-{field.replace('_', '-')}-of-{name.lower()}"


class Joined(World):
    """Three whose applications are joined: every answer a canary, every manager another."""

    def __init__(self) -> None:
        super().__init__()
        self.ids = {name: self.applied(name) for name in ALL}
        anna = known(self.services, person_key(self.services, "anna@example.org"))
        assert anna
        typed = {"form_of_supervision": "group", "title": "canary-title-of-the-group"}
        self.hub = merge.propose(
            self.services, "supervision", anna.person, list(self.ids.values()), typed, "fi",
            apply.mint_key(self.services),
        )  # fmt: skip

    def applied(self, name: str) -> str:
        low = name.lower()
        people = {
            "applicant_name": name, "applicant_email": f"{low}@example.net",
            "applicant_phone": f"+358 40 {len(self.cases.folders)}00 7777",
            "manager_name": f"Manager of {name}", "manager_email": f"boss-of-{low}@example.org",
        }  # fmt: skip
        typed = {**APPLICATION, **people, **{f: canary(name, f) for f in OWN}}
        case_id = apply.send(self.services, self.draft(**typed))
        self.do(case_id, "confirm")
        self.do(case_id, "endorse", cost_centre=canary(name, "cost_centre"))
        return case_id

    def votes(self, name: str, consent: str) -> None:
        (asked,) = (p for p in self.case(self.hub).holders("supervisee") if p.name == name)
        token = self.token_of(self.hub, asked)
        act(self.services, token, {"action": "consent", "consent": consent}, "fi")

    def settle(self) -> None:
        self.clock.forward(days=8)
        while run_due_timer(self.services, self.hub):
            pass


def stages(world: Joined, ending: str) -> Iterator[str]:
    """The life of a merger, a step at a time."""
    yield "asked"
    world.votes("Cecilia", "no")
    world.votes("Aino", "yes")
    world.votes("Bertta", "yes")
    yield "answered"
    world.settle()
    yield "formed"
    if ending == "dissolved":
        world.do(world.hub, "dissolve")
        yield "dissolved"
        return
    world.do(world.hub, "offer", offer_message="canary-offer-message")
    yield "offered"
    world.do(world.hub, "decline", decline_reason="canary-decline-reason")
    yield "declined"
    world.do(world.hub, "offer", supervisor="sulo")
    yield "offered again"
    world.do(world.hub, "accept", **TYPED["accept"])
    yield "active"


def may_see(world: Joined, email: str, stage: str) -> set[str]:
    """Of whom somebody may read the document: spelled out, not worked out."""
    members = {"Aino", "Bertta"} if stage not in ("asked", "answered") else set(ALL)
    if email == "anna@example.org" or email == "sten@example.org":
        return set(ALL)
    if email == "testi@example.org":
        return members if stage in ("offered", "active") and email in _held(world) else set()
    if email == "sulo@example.org":
        return members if email in _held(world) else set()
    return {
        name
        for name in ALL
        if email in (f"{name.lower()}@example.net", f"boss-of-{name.lower()}@example.org")
    }


def _held(world: Joined) -> set[str]:
    return {p.email for p in world.case(world.hub).holders("supervisor")}


@pytest.mark.parametrize("ending", ["declined", "dissolved"])
def test_documents_of_joined_cases_are_read_by_none_of_the_others(ending: str) -> None:
    world = Joined()
    emails = ["anna@example.org", "testi@example.org", "sulo@example.org"]
    emails += [f"{n.lower()}@example.net" for n in ALL] + [
        f"boss-of-{n.lower()}@example.org" for n in ALL
    ]
    found, read, looked = list[str](), set[tuple[str, str, str]](), 0
    for stage in stages(world, ending):
        world.index()
        cases = [world.case(c) for c in (world.hub, *world.ids.values())]
        for email in emails:
            allowed = may_see(world, email, stage)
            for page in (
                *Browser(world).everything(email, cases, []),
                *_by_links(world, cases, email),
            ):
                looked += page.status == 200
                for name in ALL:
                    private = [canary(name, f) for f in (*OWN, "cost_centre") if f != "title"]
                    private += [f"boss-of-{name.lower()}@", f"{name.lower()}@example.net"]
                    shown = {c for c in private if c in page.html}
                    read |= {(email, stage, c) for c in shown}
                    if shown and name not in allowed:
                        found.append(f"{email} reads {shown} at {page.path[:8]} when {stage}")
                if canary("Aino", "cost_centre") in page.html and email == "aino@example.net":
                    found.append(f"the applicant reads the cost centre when {stage}")
    for mail in world.deliver_all():
        told = str(mail) + "".join(p.get_content() for p in mail.walk() if not p.is_multipart())
        assert "canary-" not in told
        assert all(n.lower() not in told.lower().replace(str(mail["To"]), "") for n in ALL)
    assert found == []
    assert looked > 100
    goals = {n: canary(n, "reason_and_goals") for n in ALL}
    for name in ("Aino", "Bertta"):
        assert ("anna@example.org", "formed", goals[name]) in read
        if ending != "dissolved":
            assert ("testi@example.org", "offered", goals[name]) in read
    assert ("aino@example.net", "asked", goals["Aino"]) in read


def _by_links(world: Joined, cases: list[Case], email: str) -> Iterator[Seen]:
    """The pages of the links that somebody was mailed, old ones too."""
    browser = Browser(world)
    for case in cases:
        for each in (p for p in case.parties if p.email == email):
            turn = current(case.process).turn(case) == each.role
            for purpose in ("task", "status") if turn else ("status",):
                yield browser.get(f"/api/t/{world.token_of(case.id, each, purpose)}")


def test_a_document_shown_to_others_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    real = showing.linked_to

    def for_all(services: Services, opened: Opened, language: str, token: str) -> object:
        party = replace(opened.party, role="coordinator")
        return real(services, replace(opened, party=party), language, token)

    monkeypatch.setattr(showing, "linked_to", for_all)
    with pytest.raises(AssertionError, match="reads"):
        test_documents_of_joined_cases_are_read_by_none_of_the_others("dissolved")
