"""Pages of a desk that others were faster than: what was typed, and what has changed; never 404."""

from dataclasses import replace
from html import unescape

import pytest
from werkzeug.test import TestResponse

from functions.entry.desk import app as desk
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.case import Case, Party
from functions.kernel.directory import DirectoryFile
from functions.kernel.errors import Conflict
from functions.kernel.handover import reassign_party
from functions.kernel.people import Person
from functions.processes import pinned
from functions.render.text.texts import page_text
from functions.services import commit
from functions.services.case.handover import asked
from functions.services.commit import PendingWrite
from tests.unit.test_retirement import HELD, Staffed, source_of

NEW = {"new_name": "Maija Uusi", "new_email": "maija@example.org", "new_language": "fi"}
MINE = {"new_name": "Oma Valinta", "new_email": "oma@example.org", "new_language": "sv"}


class Two(Staffed):
    """An office in which two coordinators look after the same cases."""

    def __init__(self) -> None:
        super().__init__()
        anna = replace(self.kept("coordinators", "anna"), retired=False)
        unit = self.kept("units", "north")
        both = {**unit.facts, "coordinators": ("una", "anna")}
        units = [replace(self.kept("units", k), facts=both) for k in ("north", "south")]
        self.directory.save(DirectoryFile((anna, *units)))
        self.shared = self.case_at("confirm", "endorse")
        self.index()

    def at(self, who: str, path: str, typed: dict[str, str] | None = None) -> TestResponse:
        """What somebody's desk answers; with what was ``typed``, to a form."""
        app = desk.create_app(self.services).test_client()
        there = f"/api/d/{self.desk(who)}{path}"
        if typed is None:
            return app.get(f"{there}?lang=en")
        return app.post(there, data={"_lang": "en", **typed})

    def replaced(self, who: str, case_id: str, seat: Party, typed: dict[str, str]) -> TestResponse:
        return self.at(who, f"/people/{case_id}/{seat.id}", typed)


ANNA, UNA = "anna@example.org", "una@example.org"


@pytest.fixture
def office() -> Two:
    return Two()


def seat(office: Two, role: str) -> Party:
    return office.case(office.shared).holders(role)[0]


def given(typed: dict[str, str], page: str) -> bool:
    return all(f'value="{v}"' in page or f">{v}<" in page for v in typed.values())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["applicant", "manager"])
def test_later_of_two_reads_who_it_is_now_and_keeps_what_was_typed(
    office: Two, role: str, language: str
) -> None:
    before = seat(office, role)
    assert office.replaced(ANNA, office.shared, before, NEW).status_code == 303
    now = office.case(office.shared)
    got = office.replaced(UNA, office.shared, before, {**MINE, "_lang": language})
    page = unescape(got.text)
    assert (got.status_code, office.case(office.shared)) == (409, now)
    assert f"{before.name} " in page
    assert NEW["new_name"] in page
    assert given(MINE, page)
    (new,) = now.holders(role)
    assert f'action="/api/d/{got.request.path.split("/")[3]}/people/{now.id}/{new.id}"' in page
    again = office.replaced(UNA, office.shared, new, MINE)
    assert again.status_code == 303
    assert office.case(office.shared).holders(role)[0].email == MINE["new_email"]


def test_same_form_sent_twice_is_done_once(office: Two) -> None:
    before = seat(office, "manager")
    assert office.replaced(ANNA, office.shared, before, NEW).status_code == 303
    now, waiting = office.case(office.shared), office.pending()
    for who in (ANNA, UNA):
        got = office.replaced(who, office.shared, before, NEW)
        assert (got.status_code, got.headers["Location"][-13:]) == (303, "done=replaced")
    assert (office.case(office.shared), office.pending()) == (now, waiting)


def taken_over(office: Two, case: Case, held: Party) -> str:
    """The name of whoever gets somebody's place by the act of the one who has it."""
    definition, name = pinned(case.process, case.version), "Toinen Tekijä"
    person = Person(name, "toinen@example.org", "fi", "toinen")
    decision = reassign_party(definition, case, held.id, (person,), office.clock.now())
    commit.commit(office.services, PendingWrite(definition, decision, office.cases.load(case.id)))
    return name


LOOKING = [(p, r) for p, r in HELD if r in ("coordinator", "assignee")]


@pytest.mark.parametrize(("process", "role"), LOOKING)
@pytest.mark.parametrize("path", ["", "/link", "/other", "/own"])
def test_who_handed_the_case_on_is_told_and_gets_back_what_was_typed(
    office: Two, process: str, role: str, path: str
) -> None:
    case, held = office.holder_of(process, role)
    other = next(p for p in case.parties if p.id != held.id)
    name = taken_over(office, case, held)
    now = office.case(case.id)
    part = {"/other": f"/{other.id}", "/own": f"/{held.id}"}.get(path, path)
    typed = {"/link": {"party": other.id}, "/other": MINE, "/own": {"colleague": "una"}}.get(path)
    got = office.at(held.email, f"/people/{case.id}{part}", typed)
    page = unescape(got.text)
    assert (got.status_code, office.case(case.id)) == (409, now)
    assert page_text("en", "errors.handed_on.title") in page
    assert name in page
    assert path != "/other" or given(MINE, page)


@pytest.mark.parametrize(("process", "role"), LOOKING)
def test_row_of_a_desk_whose_case_was_handed_on(office: Two, process: str, role: str) -> None:
    case, held = office.holder_of(process, role)
    name = taken_over(office, case, held)
    now, typed = office.case(case.id), "Words that took an hour."
    client = party.create_app(office.services).test_client()
    row = f"/api/t/{office.desk(held.email)}.{case.id}.{held.id}.{case.round}"
    for got in (
        client.get(f"{row}?lang=en"),
        client.post(row, data={"_lang": "en", "action": "offer", "offer_message": typed}),
    ):
        assert (got.status_code, name in unescape(got.text)) == (409, True)
        assert page_text("en", "errors.handed_on.title") in got.text
    assert typed in got.text
    assert office.case(case.id) == now


@pytest.mark.parametrize(("process", "role"), HELD)
def test_who_left_the_office_is_told_nothing(office: Two, process: str, role: str) -> None:
    case, held = office.holder_of(process, role)
    token = office.desk(held.email)
    taken_over(office, case, held)
    office.retire(held, source_of(case, role))
    app = desk.create_app(office.services).test_client()
    assert app.get(f"/api/d/{token}/people/{case.id}").status_code == 404
    row = f"/api/t/{token}.{case.id}.{held.id}.{case.round}"
    assert party.create_app(office.services).test_client().get(row).status_code in (200, 404)


@pytest.mark.parametrize("kind", ["task", "status", "desk"])
def test_who_acted_before_the_case_was_handed_on_gets_back_what_was_typed(
    office: Two, kind: str
) -> None:
    """By a row of their desk as by the link of a mail."""
    case = office.case(office.case_at("confirm", "endorse", "offer", "decline"))
    acted = {told.sealed.event.party for told in office.cases.folders[case.id].told}
    held = next(p for p in case.holders("coordinator") if p.id in acted)
    if kind == "desk":
        office.index()
        row = f"{office.desk(held.email)}.{case.id}.{held.id}.{case.round}"
    else:
        row = office.token_of(case.id, held, kind)
    taken_over(office, case, held)
    now, words = office.case(case.id), "Words that took an hour."
    typed = {"_lang": "en", "action": "offer", "supervisor": "testi", "offer_message": words}
    got = party.create_app(office.services).test_client().post(f"/api/t/{row}", data=typed)
    assert (got.status_code, office.case(case.id)) == (409, now)
    assert page_text("en", "handover.given") in got.text
    assert words in got.text
    assert ">testi<" not in got.text  # what was chosen is a code, not their words


def test_link_to_somebody_who_has_left_is_not_sent(office: Two) -> None:
    before = seat(office, "manager")
    assert office.replaced(ANNA, office.shared, before, NEW).status_code == 303
    waiting = office.pending()
    got = office.at(UNA, f"/people/{office.shared}/link", {"party": before.id})
    assert (got.status_code, office.pending()) == (409, waiting)
    assert NEW["new_name"] in got.text


def test_case_that_ended_meanwhile_keeps_what_was_typed(office: Two) -> None:
    before = seat(office, "manager")
    office.do(office.shared, "withdraw", "status")
    now = office.case(office.shared)
    got = office.replaced(UNA, office.shared, before, MINE)
    assert (got.status_code, office.case(office.shared)) == (409, now)
    assert page_text("en", "handover.over_meanwhile") in unescape(got.text)
    assert given({k: v for k, v in MINE.items() if k != "new_language"}, got.text)
    assert office.at(UNA, f"/people/{office.shared}/{before.id}").status_code == 409


def test_page_of_who_was_replaced_leads_to_who_it_is_now(office: Two) -> None:
    before = seat(office, "manager")
    assert office.replaced(ANNA, office.shared, before, NEW).status_code == 303
    got = office.at(UNA, f"/people/{office.shared}/{before.id}")
    assert (got.status_code, NEW["new_name"] in got.text) == (409, True)
    assert office.at(UNA, f"/people/{office.shared}/p99").status_code == 404


def test_form_of_a_place_is_asked_as_ever(office: Two) -> None:
    case = office.case(office.shared)
    definition = pinned(case.process, case.version)
    for each in (p for p in case.parties if p.email != UNA):
        got = office.at(UNA, f"/people/{office.shared}/{each.id}")
        assert got.status_code == 200
        assert all(f'name="{f.name}"' in got.text for f in asked(definition, each))


def test_case_that_others_write_to_all_the_time(
    office: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*_: object) -> None:
        raise Conflict

    monkeypatch.setattr(commit, "commit", overtaken)
    got = office.replaced(UNA, office.shared, seat(office, "manager"), MINE)
    assert got.status_code == 409
    assert page_text("en", "problems.conflict") in unescape(got.text)
    assert given(MINE, got.text)


def test_link_to_somebody_whose_mail_came_back_meanwhile(office: Two) -> None:
    folder, before = office.cases.folders[office.shared], seat(office, "manager")
    lost = tuple(replace(p, reachable=p.id != before.id) for p in folder.case.parties)
    folder.case = replace(folder.case, parties=lost)
    got = office.at(UNA, f"/people/{office.shared}/link", {"party": before.id})
    assert got.status_code == 409
    assert page_text("en", "problems.conflict") in unescape(got.text)
