"""The pages of desks: what each role sees and does not see, and what addresses may ask."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient

from functions import lists
from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.definition import Definition
from functions.kernel.desk import confirmed, desk_lists, group
from functions.kernel.visibility import sees, visible_parties
from functions.processes import NAMES, current, versions
from functions.render.text.texts import page_text
from tests.fakes import Folder, World
from tests.guards.pages import page_faults
from tests.paths import walks

DEFINITIONS = [d for name in NAMES for d in versions(name)]
LONG = "x" * 300 + "@example.org"
EACH = pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda d: f"{d.name}-{d.version}")


def client(world: World) -> FlaskClient:
    return desk.create_app(world.services).test_client()


def shown(world: World, email: str, query: str = "") -> str:
    """A desk's page, which must be whole."""
    got = client(world).get(f"/api/d/{world.desk(email)}?lang=fi{query}")
    assert got.status_code == 200
    assert page_faults(got.text, "fi") == []
    return unescape(got.text)


def rows(html: str) -> list[str]:
    return [
        " ".join(re.sub("<[^>]+>", " ", r).split())
        for r in re.findall(r"<tr>\s*<td.*?</tr>", html, re.S)
    ]


@EACH
def test_rows_show_what_the_role_sees_and_no_more(definition: Definition) -> None:
    """A canary in every written answer and every name: on a desk as the matrix says."""
    world = World()
    written = [f.name for f in definition.fields().values() if f.kind in ("text", "longtext")]
    looked = 0
    for walk in walks(definition, world.directory):
        case = walk.case
        world.cases.folders = {case.id: Folder.of(case, walk.told())}
        world.desks.cards.clear()
        world.desks.known.clear()
        world.index()
        world.clock.time = walk.decisions[-1].event.at
        for reader in (p for p in case.parties if p.present and world.desks.cards):
            html = shown(world, reader.email)
            mine = [p for p in case.parties if p.email == reader.email and p.present]
            looked += bool(rows(html))
            for name in written:
                canary = f"canary-{name.replace('_', '-')}-"
                allowed = any(sees(definition, name, p.role, case.state) for p in mine)
                names = {p.name for p in mine} | {
                    o.name for p in mine for o in visible_parties(definition, case, p)
                }
                bare = html
                for known in names:
                    bare = bare.replace(known, "")
                assert canary not in bare or (allowed and name == definition.headline)
            for other in case.parties:
                shown_to = [o for p in mine for o in (p, *visible_parties(definition, case, p))]
                named = any(other.name == o.name for o in shown_to)  # they, or a namesake
                assert named or other.name not in html, (reader.role, other.role)
    assert looked > 20


def test_row_of_a_task_has_its_one_action() -> None:
    world = World()
    case_id = world.case_at("confirm")
    world.index()
    html = shown(world, "matti@example.org")
    (row,) = rows(html)
    assert "Puolla, palauta tai hylkää hakemus" in row
    (link,) = re.findall(rf'href="(/api/t/[^"]*{case_id}[^"]*)"', html)
    got = party.create_app(world.services).test_client().get(link)
    assert got.status_code == 200
    assert page_faults(got.text, "fi") == []
    assert page_text("fi", "desk.back") in got.text
    assert "<h1>Puolla, palauta tai hylkää hakemus</h1>" in got.text


def test_acting_from_a_desk_leads_back_to_it() -> None:
    world = World()
    case_id = world.case_at("confirm")
    world.index()
    token = world.desk("matti@example.org")
    case = world.case(case_id)
    path = f"/api/t/{token}.{case_id}.{case.holders('manager')[0].id}.{case.round}"
    app = party.create_app(world.services).test_client()
    form = {"action": "endorse", "travel_reimbursed": "yes", "fee_reimbursed": "no"}
    got = app.post(path, data={**form, "_lang": "sv"})
    assert (got.status_code, got.headers["Location"]) == (
        303,
        f"https://kapula.test{path}?lang=sv&done=endorse",
    )
    after = app.get(f"{path}?lang=sv")
    assert after.status_code == 200
    assert f'href="/api/d/{token}?lang=sv"' in after.text
    assert app.post(path, data=form).status_code == 409
    world.index()
    assert rows(shown(world, "matti@example.org"))[0].count("Työnohjaajaa etsitään") == 1


def test_everybody_sees_urgency_and_the_coordinator_alone_bounces() -> None:
    world = World()
    case_id = world.case_at("confirm")
    folder = world.cases.folders[case_id]
    from dataclasses import replace

    people = tuple(
        replace(p, reachable=False) if p.role == "manager" else p for p in folder.case.parties
    )
    answers = {**folder.case.answers, "form_of_supervision": "crisis"}
    folder.case = replace(folder.case, parties=people, answers=answers)
    world.index()
    anna, aino = shown(world, "anna@example.org"), shown(world, "aino@example.net")
    bounced = page_text("fi", "desk.bounced", name="Matti Manager")
    assert bounced in anna
    assert bounced not in aino
    for each in (anna, aino):  # whoever is in an urgent case reads that it is
        assert page_text("fi", "desk.urgent") in each


def test_deadline_that_has_passed_is_said() -> None:
    world = World(datetime(2026, 8, 3, 9, tzinfo=UTC))
    world.case_at("confirm")
    world.index()
    assert "Viimeistään ma 10.8.2026" in shown(world, "matti@example.org")
    world.clock.forward(days=8)
    assert "Määräaika päättyi ma 10.8.2026" in shown(world, "matti@example.org")


def test_search_is_for_coordinators() -> None:
    world = World()
    world.case_at("confirm")
    world.index()
    assert 'role="search"' in shown(world, "anna@example.org")
    assert 'role="search"' not in shown(world, "matti@example.org")
    assert rows(shown(world, "anna@example.org", "&find=1&q=matt&state=supervision.submitted"))
    assert not rows(shown(world, "anna@example.org", "&find=1&q=matt&state=supervision.offered"))
    sought = f"/api/d/{world.desk('matti@example.org')}?find=1&q=matt"
    assert client(world).get(sought).status_code == 404
    assert rows(shown(world, "anna@example.org", "&find=1&unit=nowhere&state=%00"))  # not taken


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("list=todo", 200),
        ("list=supervision.manager.waiting", 200),
        ("list=who", 404),
        ("list=all%23", 404),
        ("list=", 404),
        ("list=todo&after=nonsense", 400),
        ("find=1&after=bWluZSMx", 400),
        ("find=1&q=" + "x" * 5000, 200),
        ("find=1&q=%F0%9F%98%80%00%0a'\"<script>", 200),
    ],
)
def test_addresses_that_ask_for_anything(query: str, status: int) -> None:
    world = World()
    world.case_at("confirm")
    world.index()
    got = client(world).get(f"/api/d/{world.desk('anna@example.org')}?{query}")
    assert got.status_code == status
    assert page_faults(got.text, "fi") == []
    assert "<script>" not in got.text.replace("<script src", "")


def test_search_words_are_inert() -> None:
    html = client(world := World()).get(
        f"/api/d/{world.desk('anna@example.org')}?find=1&q=%22%3E%3Cb%3E"
    )
    assert '"><b>' not in html.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_expired_desk_offers_a_fresh_link_and_shows_nothing(language: str) -> None:
    world = World()
    world.case_at("confirm")
    world.index()
    token = world.desk("matti@example.org")
    world.clock.forward(hours=12)
    app = client(world)
    for query in ("", "&list=todo", "&find=1"):
        got = app.get(f"/api/d/{token}?lang={language}{query}")
        assert page_text(language, "desk_old.old_title") in got.text
        assert "Aino" not in got.text
        assert page_faults(got.text, language) == []
    world.deliver_all()
    sent = []
    for _ in range(9):
        world.clock.forward(minutes=9)
        data = {"_lang": language, "send_to": "here"}
        assert app.post(f"/api/d/{token}/fresh", data=data).status_code == 200
        sent += [m["To"] for m in world.deliver_all()]
    assert sent == ["matti@example.org"] * 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_ask_answers_the_same_to_everybody(language: str) -> None:
    world = World()
    world.case_at("confirm")
    world.index()
    app = client(world)
    told = {
        app.post("/api/desk", data={"email": email, "_lang": language}).text
        for email in ["matti@example.org", "anna@example.org", *["x@example.org"] * 9]
    }
    assert len(told) == 1
    assert page_text(language, "desk_sent.title") in told.pop()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("email", ["", "x", "x@", "x\ty@example.org", LONG])
def test_ask_again_with_the_message_at_the_field(language: str, email: str) -> None:
    got = client(World()).post("/api/desk", data={"email": email, "_lang": language})
    assert got.status_code == 422
    assert page_faults(got.text, language) == []
    assert f"<title>{page_text(language, 'form.error')}: " in got.text
    code = {"": "empty", "x\ty@example.org": "line_break", LONG: "long"}.get(email, "email")
    assert unescape(got.text).count(page_text(language, f"problems.{code}", limit=254)) == 2
    assert 'aria-describedby="h-email e-email"' in got.text


@EACH
def test_every_list_that_a_case_can_lie_in_is_known(definition: Definition) -> None:
    lists = set(desk_lists(definition))
    found = {
        (party.role, group(definition, walk.case, party.role, party.id))
        for walk in walks(definition, World().directory)
        for party in walk.case.parties
        if confirmed(definition, walk.case)
    }
    assert {each for each in found if each[1] != "todo"} <= lists


def test_list_of_a_role_that_no_process_has() -> None:
    world = World()
    token = world.desk("anna@example.org")
    assert client(world).get(f"/api/d/{token}?list=king.waiting").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_empty_desk_teaches(language: str) -> None:
    world = World()
    token = world.desk("sulo@example.org")
    got = client(world).get(f"/api/d/{token}?lang={language}")
    assert page_text(language, "desk.todo_none") in unescape(got.text)
    assert page_faults(got.text, language) == []


def test_pages_are_shown_where_they_lead_somewhere() -> None:
    world = World()
    app = desk.create_app(world.services).test_client()
    seen = {}
    for name in ("anna", "sulo", "testi"):
        path = f"/api/d/{world.desk(f'{name}@example.org')}"
        shown = app.get(path).text
        known = ("merge", "directory", *(each.own_page for each in lists.known() if each.own_page))
        pages = [d for d in known if f'href="{path}/{d}?lang=' in shown]
        assert [app.get(f"{path}/{d}").status_code for d in pages] == [200] * len(pages)
        seen[name] = pages
    assert seen == {"anna": ["merge", "directory"], "sulo": ["own"], "testi": ["own"]}
    assert current("supervision").urgent is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_went_wrong_below_a_link_is_said_in_its_readers_language(language: str) -> None:
    """Whatever the browser speaks; unless the page is asked for in another language."""
    world = World()
    case_id = world.case_at("confirm", "endorse")
    folder = world.cases.folders[case_id]
    parties = tuple(replace(p, language=language) for p in folder.case.parties)
    folder.case = replace(folder.case, parties=parties)
    world.index()
    manager = world.case(case_id).holders("manager")[0]
    token = world.desk(manager.email)
    row, mailed = f"{token}.{case_id}.p99.1", world.token_of(case_id, manager, "status")
    paths = {
        f"/api/d/{token}/directory": 404,
        f"/api/d/{token}/people/{case_id}": 404,
        f"/api/d/{token}/nothing/here": 404,
        f"/api/t/{row}": 404,
        f"/api/t/{mailed}/nothing": 404,
        f"/api/t/{mailed}/documents/nothing": 404,
    }
    other = next(each for each in LANGUAGES if each != language)
    for path, status in paths.items():
        entry = desk if "/d/" in path else documents if "documents" in path else party
        pages = entry.create_app(world.services).test_client()
        for asked, spoken in ((path, language), (f"{path}?lang={other}", other)):
            got = pages.get(asked, headers={"Accept-Language": other})
            assert got.status_code == status
            assert f'<html lang="{spoken}"' in got.text, asked
    unknown = client(world).get(f"/api/d/{'A' * 43}", headers={"Accept-Language": other})
    assert f'<html lang="{other}"' in unknown.text
