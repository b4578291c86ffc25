"""Desks, lists of people and what coordinators do, met by somebody hostile."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, urlencode, urlsplit

import pytest

from functions.kernel.case import Case, MailOrder
from functions.services.access import links
from functions.services.access.desk_links import open_for
from functions.services.access.people import person_key
from functions.services.case import apply
from functions.services.ports import Grant
from tests.abuse.http_client import ANSWERS, DEFINITION, URLENCODED, Kit
from tests.abuse.test_hostile_text import BREAKS, CORPUS, PRODUCT
from tests.faults.pages import Page

GROUP_PATH = "/api/forms/supervision/group"
ANNA, STEN = "anna.esimerkki@example.org", "sten.provperson@hyvaesimerkki.example.org"
TESTI = "testi.tyonohjaaja@example.org"
GROUP = {
    **{
        k: v
        for k, v in ANSWERS.items()
        if not k.startswith("applicant") and k != "willing_to_merge"
    },
    "form_of_supervision": "group",
    "sender_position": "manager",
    "travel_reimbursed": "yes",
    "fee_reimbursed": "no",
}
MERGE = {"form_of_supervision": "group", "_lang": "en"}
NEW = {
    "new_name": "Nelli New",
    "new_email": "nelli@example.org",
    "new_language": "en",
    "_lang": "en",
}
ALLOWED = ("/", "#", "mailto:", "http://127.0.0.1", "")


def people(count: int) -> dict[str, str]:
    """So many people in rows."""
    cells = {}
    for n in range(1, count + 1):
        cells |= {
            f"supervisees-{n}-name": f"Person {n}",
            f"supervisees-{n}-email": f"p{n}@example.net",
        }
    return cells


def faults(page: Page) -> list[str]:
    """What runs or leads away, on a page that should be inert."""
    found = []
    for element in page.root.walk():
        known = element.attributes
        if (
            element.tag in ("iframe", "svg", "base", "object", "embed", "img")
            and known.get("class") is None
        ):
            found.append(element.tag)
        if element.tag == "script" and not known.get("src", "").startswith("/"):
            found.append("script")
        found += [name for name in known if name.startswith("on") or name == "srcdoc"]
        found += [
            known[a] for a in ("href", "src", "action") if not known.get(a, "").startswith(ALLOWED)
        ]
    return [*found, *([PRODUCT] if PRODUCT in page.html else [])]


def desk(kit: Kit, email: str, **age: float) -> str:
    """A desk's token that its person opened; with an ``age``, one that was made so long ago."""
    key = person_key(kit.services, email)
    order = MailOrder("desk_link", key, links.DESK, "", 0)
    token = links.mint(kit.services, links.DESK, order, email)
    token = token.rpartition("/")[2]
    if age:
        until = kit.services.clock.now() + timedelta(hours=12) - timedelta(**age)
        hashed = links.token_hash(token)
        old = Grant(hashed, links.DESK, key, links.DESK, "", 0, until)
        kit.services.grants.put(links.sealed_for(kit.services, old, email))
    else:
        open_for(kit.services, token, "own")
    return token


def step(kit: Kit, section: str, typed: dict[str, str]) -> Page:
    """The answer to one step of the group's form."""
    return kit.post(
        GROUP_PATH, {**GROUP, **typed, "_step": section, "_key": kit.key(), "_lang": "en"}
    ).page


def grouped(kit: Kit, names: list[str]) -> Case:
    """A confirmed application of a group, with names that its form may not have let in."""
    rows = {}
    for n in range(1, len(names) + 1):
        rows |= {f"supervisees-{n}-name": "Nobody", f"supervisees-{n}-email": f"s{n}@example.net"}
    form = links.pinned("supervision", 1).form("group")
    draft = apply.Draft(links.pinned("supervision", 1), form, {**GROUP, **rows}, "en", kit.key())
    values = apply.answers(kit.services, draft)
    people = [{**row, "name": n} for row, n in zip(values["supervisees"], names, strict=True)]
    case_id = apply.send(kit.services, draft, {**values, "supervisees": people})
    kit.do(case_id, "confirm_group")
    return kit.case(case_id)


class TestLists:
    def test_odd_row_numbers_name_nobody(self, kit):
        for number in ("0", "01", "100", "-1", "1٣", "١", "1e1", "", " 1", "1-2", "999999999999"):
            typed = {
                f"supervisees-{number}-name": "Nobody",
                f"supervisees-{number}-email": "n@example.net",
            }
            page = step(kit, "supervisees", typed)
            assert (page.status, set(page.errors())) == (422, {"supervisees"}), number
            page = step(kit, "supervisees", {**people(2), **typed})
            assert page.status == 200, number
            assert "Nobody" not in page.root.text(), number
            assert all(
                v != "Nobody" for f in page.forms for k, v in f.sends().items() if "-3-" in k
            )

    @pytest.mark.parametrize("count", [31, 45])
    def test_too_many_people_are_told_and_none_is_lost(self, kit, count):
        page = step(kit, "supervisees", people(count))
        assert (page.status, set(page.errors())) == (422, {"supervisees"})
        sent = page.form(id="step").sends()
        assert people(count).items() <= sent.items()

    def test_ten_thousand_rows_or_one_row_twice_get_a_page(self, kit):
        before = kit.fingerprint("cases")
        row = [("supervisees-1-name", "A"), ("supervisees-1-name", "B")]
        many = [(f"supervisees-{n}-name", "x") for n in range(10_000)]
        for pairs in (row, many):
            body = urlencode([("_step", "supervisees"), *pairs])
            answer = kit.ask("POST", GROUP_PATH, body, {"Content-Type": URLENCODED})
            assert 400 <= answer.status < 500
            assert answer.page.title
        assert kit.fingerprint("cases") == before

    def test_a_long_paste_is_read_whole(self, kit):
        """Spreadsheets have wide rows; nobody at the end of the paste may go missing unseen."""
        wide = "\t" * 400
        pasted = "\n".join(f"Person {n}{wide}p{n}@example.net" for n in range(1, 26))
        assert len(pasted) > 8000
        page = step(kit, "supervisees", {"supervisees-pasted": pasted})
        assert page.status == 200
        assert "p25@example.net" in page.html

    @pytest.mark.parametrize("count", [31, 70, 1500])
    def test_too_many_pasted_are_given_back_to_be_shortened(self, kit, count):
        """As rows they would be more fields than a form may have, and the next try in vain."""
        pasted = "\n".join(f"P{n} p{n}@a.fi" for n in range(count))[:60_000]
        page = step(kit, "supervisees", {**people(1), "supervisees-pasted": pasted})
        assert (page.status, set(page.errors())) == (422, {"supervisees"})
        sent = page.form(id="step").sends()
        assert sent["supervisees-pasted"] == pasted
        assert len(page.html) < 300_000
        assert sent["supervisees-1-name"] == "Person 1"
        short = {**sent, "supervisees-pasted": "Aino Alku aino@a.fi\nBo Berg;bo@a.fi"}
        assert kit.post(GROUP_PATH, short).status == 200

    def test_eight_kilobytes_of_anything_get_a_page(self, kit):
        for text in (
            "x" * 8000,
            "a@b.fi\n" * 1100,
            "\n" * 8000,
            ";,\t<>" * 1500,
            "å" * 8000,
            "@" * 8000,
        ):
            page = step(kit, "supervisees", {"supervisees-pasted": text})
            assert page.status == 422
            assert page.title

    def test_control_characters_in_a_row_are_told_beside_their_cell(self, kit):
        for attack in BREAKS:
            for cell in ("name", "email"):
                typed = {**people(2), f"supervisees-1-{cell}": f"x{attack}y@example.net"}
                page = step(kit, "supervisees", typed)
                assert page.status == 422, (attack, cell)
                assert f"supervisees-1-{cell}" in page.errors(), (attack, cell)

    def test_what_is_wrong_in_any_row_is_told_beside_it(self, kit):
        for cell, value in (
            ("email", "nobody"),
            ("email", "p2@EXAMPLE.net"),
            ("name", "x" * 121),
            ("language", "xx"),
        ):
            page = step(kit, "supervisees", {**people(2), f"supervisees-1-{cell}": value})
            assert page.status == 422, (cell, value)
            assert any(e.startswith("supervisees-") for e in page.errors())


class TestHostileText:
    @pytest.mark.parametrize("number", range(len(CORPUS)))
    def test_a_payload_is_inert_wherever_it_is_read(self, kit, number):
        payload = CORPUS[number][:100]
        case = grouped(kit, [payload, f"{payload[:60]} again"])
        one, two = (
            kit.new("coordinating", 1000 + 2 * number + n, applicant_name=payload) for n in (0, 1)
        )
        kit.stack.settle()
        anna = desk(kit, ANNA)
        asked = urlencode({"find": "1", "q": payload, "lang": "en"})
        pages = [kit.get(f"/api/d/{anna}?lang=en"), kit.get(f"/api/d/{anna}?{asked}")]
        rows = {f"supervisees-{n}-name": payload for n in (1, 2)}
        refused = {**GROUP, **rows, "supervisees-pasted": payload, "_step": "supervisees"}
        pages.append(kit.post(GROUP_PATH, {**refused, "_key": kit.key(), "_lang": "en"}))
        typed = {
            **MERGE,
            f"cases-{one}": "yes",
            f"cases-{two}": "yes",
            "title": payload,
            "_key": kit.key(),
        }
        pages.append(kit.post(f"/api/d/{anna}/merge", {**typed, "form_of_supervision": payload}))
        sent = kit.post(f"/api/d/{anna}/merge", typed)
        assert sent.status == 303
        hub = kit.case(sent.header("Location").rpartition("/")[2].split(".")[1])
        kit.stack.settle()
        pages.append(kit.get(f"/api/d/{anna}/merge?lang=en"))
        for each in (case, hub, kit.case(one)):
            path = f"/api/d/{anna}/people/{each.id}"
            pages.append(kit.get(f"{path}?lang=en"))
            party = each.parties[-1].id
            pages += [
                kit.get(f"{path}/{p.id}?lang=en") for p in each.parties if p.role != "supervisor"
            ]
            wrong = {**NEW, "new_name": payload, "new_email": payload}
            pages.append(kit.post(f"{path}/{party}", wrong))
            for reader in each.parties:
                token = kit.token(each.id, reader.role, "status", party=reader.id)
                pages.append(kit.get(f"/api/t/{token}?lang=en"))
        for source in ("units", "coordinators", "supervisors", "domains"):
            names = [
                c
                for f in kit.get(f"/api/d/{anna}/directory/{source}/new?lang=en").page.forms
                for c in f.names()
            ]
            typed = {name: payload for name in names if not name.startswith("_")}
            pages.append(
                kit.post(f"/api/d/{anna}/directory/{source}/new", {**typed, "_lang": "en"})
            )
        pages.append(kit.get(f"/api/d/{anna}/directory?{urlencode({'q': payload})}"))
        assert {p.status for p in pages} <= {200, 404, 422}
        assert [(p.page.title, f) for p in pages for f in faults(p.page)] == []
        assert sum(payload[:40] in p.page.root.text() for p in pages) > 8

    def test_what_breaks_a_line_is_refused_in_every_new_field(self, kit):
        case_id, other = kit.new("coordinating", 1100), kit.new("coordinating", 1101)
        anna, before = desk(kit, ANNA), kit.decided()
        manager = kit.case(case_id).holders("manager")[0].id
        for attack in BREAKS:
            text = f"a{attack}b"
            typed = {**MERGE, f"cases-{case_id}": "yes", f"cases-{other}": "yes", "title": text}
            page = kit.post(f"/api/d/{anna}/merge", {**typed, "_key": kit.key()}).page
            assert (page.status, set(page.errors())) == (422, {"title"}), attack
            for name in ("new_name", "new_email"):
                path = f"/api/d/{anna}/people/{case_id}/{manager}"
                page = kit.post(path, {**NEW, name: f"{NEW[name]}{attack}x"}).page
                assert (page.status, set(page.errors())) == (422, {name}), (attack, name)
        assert kit.decided() == before


def routes(case_id: str, party_id: str) -> Iterator[tuple[str, str]]:
    """Every route under a desk's token: method and the rest of the path."""
    pages = [
        "",
        "/merge",
        "/directory",
        "/own",
        f"/people/{case_id}",
        f"/people/{case_id}/{party_id}",
    ]
    pages += ["/directory/units/perhekeskus", "/directory/coordinators/new"]
    yield from (("GET", p) for p in pages)
    posts = ["/fresh", "/merge", "/own", "/directory/units/perhekeskus", "/directory/domains/new"]
    posts += [f"/people/{case_id}/{party_id}", f"/people/{case_id}/link", "/out", ""]
    yield from (("POST", p) for p in posts)


class TestTokens:
    def test_no_mangled_or_foreign_token_opens_any_route(self, kit):
        case_id = kit.new("submitted", 1200)
        party = kit.case(case_id).holders("manager")[0].id
        kit.stack.settle()
        good = desk(kit, ANNA)
        status, task = (kit.token(case_id, "manager", p) for p in ("status", "task"))
        composite = f"{good}.{case_id}.{party}.2"
        tokens = [
            good[:-1], good + "A", good.swapcase(), good[::-1], f"{good}%00",
            status, task, composite, f".{good}", "A" * 43, "null", quote("ä" * 43), "x" * 5000,
        ]  # fmt: skip
        before, bodies = kit.fingerprint("cases", "grants", "directory", "desks"), set()
        for token, (method, path) in itertools.product(tokens, routes(case_id, party)):
            body = urlencode({**NEW, **MERGE}) if method == "POST" else None
            sent = {"Content-Type": URLENCODED, "Accept-Language": "en"}
            answer = kit.ask(method, f"/api/d/{token}{path}", body, sent)
            assert answer.status == 404, (token[:9], method, path)
            bodies.add(answer.body)
        assert len(bodies) == 1
        assert kit.fingerprint("cases", "grants", "directory", "desks") == before

    def test_an_expired_desk_opens_nothing_but_its_own_renewal(self, kit):
        case_id = kit.new("submitted", 1201)
        party = kit.case(case_id).holders("coordinator")[0].id
        kit.stack.settle()
        old = desk(kit, ANNA, hours=12, seconds=1)
        before = kit.fingerprint("cases", "grants", "directory", "desks")
        for method, path in routes(case_id, party):
            if path in ("/fresh", "/out"):
                continue
            body = urlencode({**NEW, **MERGE}) if method == "POST" else None
            answer = kit.ask(method, f"/api/d/{old}{path}", body, {"Content-Type": URLENCODED})
            gentle = method == "GET"  # a link that is too old is no error of who follows it
            assert answer.status == 200 if gentle else 400 <= answer.status < 500, (method, path)
            assert "Aino" not in answer.page.html
            assert "Esimerkki" not in answer.page.html.replace("Esimerkki</", "")
        answer = kit.get(f"/api/t/{old}.{case_id}.{party}.2")
        assert "I want to learn" not in answer.page.html
        assert [f.action for f in answer.page.forms] == [f"/api/d/{old}/fresh"]
        assert kit.post(f"/api/t/{old}.{case_id}.{party}.2", {"action": "withdraw"}).status == 410
        fresh = kit.post(f"/api/t/{old}.{case_id}.{party}.2/fresh", {"send_to": "here"})
        assert fresh.status == 410
        assert kit.fingerprint("cases", "grants", "directory", "desks") == before

    def test_composite_tokens_open_only_what_is_on_that_desk(self, kit):
        """Desk × case × party × round: only one's own place in a case, and acts only now."""
        ids = [kit.new("coordinating", 1210), kit.new("submitted", 1211, unit="svenska-tjanster")]
        kit.stack.settle()
        emails = (ANNA, STEN, "matti@example.org", "aino1210@example.net", TESTI)
        desks = {email: desk(kit, email) for email in emails}
        odd = [(c, "p1", "2") for c in ("nowhere", "", "x" * 3000, ids[0].upper())]
        odd += [(ids[0], "p1", n) for n in ("0", "03", "", "x", "+3", "3 ", "9" * 9)]
        odd += [(ids[0], p, "3") for p in ("p9", "", "P1")]
        places = [*itertools.product(ids, ("p1", "p2", "p3"), ("1", "3")), *odd]
        before, tried, opened = kit.decided(), 0, 0
        for email, (case_id, party, number) in itertools.product(emails, places):
            case = kit.case(case_id) if case_id in ids else None
            place = case.party(party) if case else None
            theirs = bool(place and place.email == email and number in ("1", "3"))
            path = f"/api/t/{desks[email]}.{case_id}.{party}.{quote(number)}"
            where = (email, case_id[:9], party, number)
            answer = kit.get(path)
            if not number:  # a full stop behind a link is left out
                assert answer.status == 303, where
                answer = kit.get(path.removesuffix("."))
            if theirs and DEFINITION.turn(case) == place.role and int(number) != case.round:
                present = f"/api/t/{desks[email]}.{case_id}.{party}.{case.round}"
                assert answer.status == 303, where
                assert urlsplit(answer.header("Location")).path == present  # the same turn, now
                answer = kit.get(present)
            assert answer.status == (200 if theirs else 404), where
            opened += theirs
            tried += 1
            if not theirs or (case and int(number) != case.round):
                typed = {"action": "endorse", "travel_reimbursed": "yes"}
                assert kit.post(path, typed).status == (409 if theirs else 404), where
        assert (tried, opened) == (130, 10)
        assert kit.decided() == before


class TestCoordinators:
    @pytest.fixture(scope="class")
    @classmethod
    def two(cls, kit):
        """A case that Anna looks after, and one that Sten does."""
        found = (
            kit.new("coordinating", 1300),
            kit.new("coordinating", 1301, unit="svenska-tjanster"),
        )
        kit.stack.settle()
        return found

    def test_merging_takes_no_case_that_is_not_on_the_desk(self, kit, two):
        mine, other = two
        third = kit.new("submitted", 1302)
        anna, before = desk(kit, ANNA), kit.fingerprint("cases", "desks")
        foreign = [other, third, "nowhere", "", "x" * 3000, "../..", "ä", mine.upper(), f"{mine} "]
        for each in foreign:
            typed = {**MERGE, f"cases-{mine}": "yes", f"cases-{each}": "yes", "_key": kit.key()}
            answer = kit.post(f"/api/d/{anna}/merge", typed)
            assert answer.status == 422, each[:9]
            assert "aino1301" not in answer.page.html
        many = {f"cases-{n}": "yes" for n in range(150)}
        assert kit.post(f"/api/d/{anna}/merge", {**MERGE, **many, "_key": kit.key()}).status == 422
        for key in ("", "x", kit.key()[:-1]):
            typed = {**MERGE, f"cases-{mine}": "yes", "_key": key}
            assert kit.post(f"/api/d/{anna}/merge", typed).status == 404
        assert kit.fingerprint("cases", "desks") == before

    def test_who_is_no_coordinator_has_no_such_pages(self, kit, two):
        case = kit.case(two[0])
        before = kit.fingerprint("cases", "directory", "desks")
        for email in ("matti@example.org", "aino1300@example.net", TESTI):
            token = desk(kit, email)
            for method, path in routes(case.id, case.holders("manager")[0].id):
                if path in ("", "/fresh", "/out") or (path == "/own" and email == TESTI):
                    continue
                body = urlencode({**NEW, **MERGE, "_key": kit.key()}) if method == "POST" else None
                answer = kit.ask(
                    method, f"/api/d/{token}{path}", body, {"Content-Type": URLENCODED}
                )
                assert answer.status == 404, (email, method, path)
        assert kit.fingerprint("cases", "directory", "desks") == before

    def test_nobody_is_replaced_or_mailed_in_somebody_elses_case(self, kit, two):
        mine, other = map(kit.case, two)
        before = kit.fingerprint("cases", "desks")
        for desk_of, case in ((STEN, mine), (ANNA, other)):
            token = desk(kit, desk_of)
            for party in case.parties:
                path = f"/api/d/{token}/people/{case.id}/{party.id}"
                assert kit.post(path, NEW).status == 404
                again = {"_lang": "en", "party": party.id}
                assert kit.post(f"/api/d/{token}/people/{case.id}/link", again).status == 404
                assert kit.get(path).status == 404
            for each in ("nowhere", "x" * 3000, "%00", case.id.upper()):
                assert kit.get(f"/api/d/{token}/people/{each}").status == 404, each[:9]
        anna = desk(kit, ANNA)
        for party in ("p9", "x", "p1%00", other.parties[0].id + "x"):
            assert kit.post(f"/api/d/{anna}/people/{mine.id}/{party}", NEW).status == 404
            path = f"/api/d/{anna}/people/{mine.id}/link"
            assert kit.post(path, {"party": party.replace("%00", "\0")}).status == 404
        assert kit.fingerprint("cases", "desks") == before

    @pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
    def test_looking_at_every_route_of_a_desk_changes_nothing(self, kit, two, method):
        case = kit.case(two[0])
        manager = case.holders("manager")[0].id
        for email in (ANNA, TESTI):
            token = desk(kit, email)
            own = case.holders("coordinator")[0].id
            paths = {f"/api/d/{token}{path}" for _, path in routes(case.id, manager)}
            paths |= {f"/api/d/{token}?list=todo", f"/api/d/{token}?find=1&q=aino&state=nothing"}
            paths |= {
                f"/api/d/{token}?list={x}"
                for x in ("supervision.coordinator.waiting", "x", "todo.todo")
            }
            paths |= {
                f"/api/d/{token}?find=1&after={x}" for x in ("AAAA", "%00", "x" * 300, "%C3%A4")
            }
            paths |= {f"/api/t/{token}.{case.id}.{own}.{case.round}", "/api/desk"}
            before = kit.fingerprint()
            for path in sorted(paths):
                statuses = {kit.ask(method, path).status for _ in range(3)}
                assert len(statuses) == 1
                assert max(statuses) < 500, path
            assert kit.fingerprint() == before
