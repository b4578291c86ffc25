"""Who is retired from the directory, or loses a duty, loses what they held by it at once; and
whoever holds a place in a case can be replaced."""

from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest

from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.case import Case, Party
from functions.kernel.directory import DirectoryFile
from functions.lists import duty_of
from functions.processes import pinned
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from functions.services.access.links import open_link
from functions.services.access.offices import Offices
from functions.services.access.people import known, person_key
from functions.services.case import handover
from functions.services.case.handover import may_be_replaced
from functions.services.mail.orders import ask_desk
from tests.document_fixtures import einvoice
from tests.unit.test_contact import Contacts
from tests.unit.test_duties import Office, _person

# The roles that people hold because of the directory, as (process, role, action of their turn).
HELD = (
    ("supervision", "coordinator"),
    ("supervision", "supervisor"),
    ("quote", "coordinator"),
    ("quote", "supervisor"),
    ("quote", "finance"),
    ("contact", "assignee"),
)


class Staffed(Office):
    """An office in which somebody of each duty, and a supervisor, has a case in hand."""

    def __init__(self) -> None:
        super().__init__()
        self.offered = self.case_at("confirm", "endorse", "offer")
        others = Contacts()  # whose ways to act are those of contacts, in this office
        others.__dict__.update(self.__dict__)
        self.message = others.contact("confirm")
        self.begun = self.request("confirm")
        self.index()

    def holder_of(self, process: str, role: str) -> tuple[Case, Party]:
        """A case in which somebody holds a role, in their turn if there is one."""
        cases = [self.case(i) for i in self.cases.folders]
        mine = [c for c in cases if c.process == process and c.holders(role)]
        mine.sort(key=lambda c: pinned(c.process, c.version).state(c.state).turn != role)
        return mine[0], mine[0].holders(role)[0]

    def retire(self, held: Party, source: str) -> None:
        entry = self.kept(source, held.ref)
        self.directory.save(DirectoryFile((replace(entry, retired=True),)))


def source_of(case: Case, role: str) -> str:
    found = pinned(case.process, case.version).role(role)
    return "supervisors" if found.source == "supervisors" else "coordinators"


@pytest.fixture
def office() -> Staffed:
    return Staffed()


@pytest.mark.parametrize(("process", "role"), HELD)
def test_retirement_ends_access_at_the_next_request(
    office: Staffed, process: str, role: str
) -> None:
    case, held = office.holder_of(process, role)
    links = [office.token_of(case.id, held, purpose) for purpose in ("task", "status")]
    token = office.desk(held.email)
    links.append(f"{token}.{case.id}.{held.id}.{case.round}")
    pages = party.create_app(office.services).test_client()
    assert [open_link(office.services, link).standing for link in links] == ["open"] * 3
    office.retire(held, source_of(case, role))
    before = office.case(case.id)
    for link in links:
        got = pages.get(f"/api/t/{link}?lang=en")
        assert got.status_code in (200, 404)
        assert case.answers.get("title", held.email) not in got.text
        assert '<form class="k-form' not in got.text
        for action in pinned(case.process, case.version).actions:
            acted = pages.post(f"/api/t/{link}", data={"action": action.name, "_lang": "en"})
            assert acted.status_code in (404, 409)
        assert pages.post(f"/api/t/{link}/fresh", data={"_lang": "en"}).status_code == 404
    assert office.case(case.id) == before
    assert known(office.services, person_key(office.services, held.email)) is None
    assert office.client().get(f"/api/d/{token}").status_code == 404
    office.deliver_all()
    ask_desk(office.services, {"email": held.email})
    assert [m for m in office.deliver_all() if m["To"] == held.email] == []


@pytest.mark.parametrize(("process", "role"), HELD)
def test_place_goes_with_the_duty_and_the_address(office: Staffed, process: str, role: str) -> None:
    case, held = office.holder_of(process, role)
    definition = pinned(case.process, case.version)
    source = source_of(case, role)
    entry = office.kept(source, held.ref)
    moved = replace(entry, facts={**entry.facts, "email": "elsewhere@example.org"})
    office.directory.save(DirectoryFile((moved,)))
    assert not Offices(office.services).holds(definition, case, held)
    if source == "coordinators":
        others = [d for d in ("units", "topics", "finance") if d != duty_of(definition.role(role))]
        less = replace(entry, facts={**entry.facts, "duties": tuple(others)})
        office.directory.save(DirectoryFile((less,)))
        assert not Offices(office.services).holds(definition, case, held)
    office.directory.save(DirectoryFile((entry,)))
    assert Offices(office.services).holds(definition, case, held)


def test_documents_and_tables_go_too(office: Staffed) -> None:
    office.take(office.invoice, "invoice")
    held = office.case(office.invoice).holders("finance")[0]
    link = office.token_of(office.invoice, held, "status")
    printed = documents.create_app(office.services, lambda _: b"", einvoice).test_client()
    path = f"/api/t/{link}/documents/invoice"
    assert printed.get(path).status_code == 200
    table = f"{office.path('fiona')}/tables/quote/invoices/invoiced.csv"
    assert office.client().get(table).status_code == 200
    office.retire(held, "coordinators")
    assert printed.get(path).status_code == 404
    assert office.client().get(table).status_code == 404


def test_retired_who_applied_too_keeps_that_alone(office: Staffed) -> None:
    own = office.case_at("confirm")
    folder = office.cases.folders[own]
    parties = tuple(
        replace(p, email="una@example.org") if p.role == "applicant" else p
        for p in folder.case.parties
    )
    folder.case = replace(folder.case, parties=parties)
    office.index()
    office.retire(office.case(own).holders("coordinator")[0], "coordinators")
    html = office.client().get(f"{office.path('una')}?lang=en").text
    assert own in html
    assert office.supervision not in html


def test_lists_of_others_are_as_they_were(office: Staffed) -> None:
    held = office.case(office.invoice).holders("finance")[0]
    office.retire(held, "coordinators")
    for who in ("una", "tom", "testi"):
        assert office.client().get(office.path(who)).status_code == 200


def replaceable(office: Staffed) -> Iterator[tuple[Case, Party]]:
    """Every present party of every case under way, and somebody who could take their place."""
    for case_id in office.cases.folders:
        case = office.case(case_id)
        definition = pinned(case.process, case.version)
        for each in case.parties:
            if may_be_replaced(definition, case, each):
                yield case, each


def test_every_role_can_be_replaced_by_who_looks_after_the_case(office: Staffed) -> None:
    extra = [
        replace(_person(f"{duty}2", duty), key=f"{duty}2")
        for duty in ("units", "topics", "finance")
    ]
    office.directory.save(DirectoryFile(tuple(extra)))
    seen: set[tuple[str, str]] = set()
    client = desk.create_app(office.services).test_client()
    for case, old in [(c, p) for c, p in replaceable(office)]:
        definition = pinned(case.process, case.version)
        after = definition.owner
        if not case.holders(after) or (old.role == after and (case.process, after) in seen):
            continue
        by = office.case(case.id).holders(after)[0]
        role = definition.role(old.role)
        duty = duty_of(role)
        typed = {"_lang": "en", "colleague": "sulo" if duty == "supervising" else f"{duty}2"}
        if not role.source:
            typed = {
                "_lang": "en", "new_name": "Nea", "new_email": f"nea.{old.id}@example.org",
                "new_language": "fi",
            }  # fmt: skip
        current = office.case(case.id).party(old.id)
        if current is None or not current.present:
            continue
        path = f"/api/d/{office.desk(by.email)}/people/{case.id}/{old.id}"
        form = client.get(f"{path}?lang=en")
        assert form.status_code == 200, (case.process, old.role)
        assert client.post(path, data=typed).status_code == 303, (case.process, old.role)
        gone = office.case(case.id).party(old.id)
        assert gone is not None
        assert not gone.present
        seen.add((case.process, old.role))
    assert set(HELD) <= seen


def test_supervisor_replaced_is_counted_and_named(office: Staffed) -> None:
    case = office.case(office.offered)
    held = case.holders("supervisor")[0]
    by = case.holders("coordinator")[0]
    counts = dict(office.directory.counts)
    handover.replace_person(office.services, by.email, case.id, held.id, {"colleague": "sulo"})
    after = office.case(case.id)
    assert [p.ref for p in after.holders("supervisor")] == ["sulo"]
    assert after.answers["supervisor"] == "sulo"
    moved = {
        key: office.directory.counts[key] - counts.get(key, 0)
        for key in [("supervisors", "testi", "queued"), ("supervisors", "sulo", "queued")]
    }
    assert moved == {("supervisors", "testi", "queued"): -1, ("supervisors", "sulo", "queued"): 1}
    office.do(case.id, "accept")
    assert office.directory.counts["supervisors", "sulo", "queued"] == 0


def test_only_who_has_the_duty_is_offered_the_place(office: Staffed) -> None:
    held = office.case(office.invoice).holders("finance")[0]
    by = office.case(office.invoice).holders("coordinator")[0]
    path = f"/api/d/{office.desk(by.email)}/people/{office.invoice}/{held.id}"
    client = office.client()
    html = client.get(f"{path}?lang=en").text
    assert 'value="fiona"' in html
    for other in ("una", "tom", "kira"):
        assert f'value="{other}"' not in html
        got = client.post(path, data={"_lang": "en", "colleague": other})
        assert got.status_code == 422


def test_who_looks_after_a_case_sees_who_is_gone(office: Staffed) -> None:
    case, held = office.holder_of("supervision", "supervisor")
    office.retire(held, "supervisors")
    by = case.holders("coordinator")[0]
    html = office.client().get(f"/api/d/{office.desk(by.email)}/people/{case.id}?lang=en").text
    assert "can no longer open this case" in html
    got = office.client().post(
        f"/api/d/{office.desk(by.email)}/people/{case.id}/{held.id}/link", data={"_lang": "en"}
    )
    assert got.status_code == 404


def told(office: Staffed, token: str, language: str = "en") -> str:
    pages = party.create_app(office.services).test_client()
    got = pages.get(f"/api/t/{token}?lang={language}")
    assert got.status_code == 200
    return unescape(got.text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("process", "role"), HELD)
def test_old_link_says_that_ones_part_is_over_and_nothing_of_a_turn(
    office: Staffed, process: str, role: str, language: str
) -> None:
    case, held = office.holder_of(process, role)
    words = Words(pinned(case.process, case.version), language, office.directory, case.form)
    entry = office.kept(source_of(case, role), held.ref)
    own = [words.state(case, part, role) for part in ("name", "now", "next")]
    asked = pinned(case.process, case.version).turn(case) == role
    for purpose in ("task", "status") if asked else ("status",):
        token = office.token_of(case.id, held, purpose)
        leads = [page_text(language, f"over.{how}_lead") for how in ("left", "out")]
        before = told(office, token, language)
        assert not any(lead in before for lead in leads)
        office.retire(held, source_of(case, role))
        shown = told(office, token, language)
        assert sum(lead in shown for lead in leads) == 1
        assert [text for text in own if text and text in shown] == []
        assert "k-route" not in shown
        office.directory.save(DirectoryFile((entry,)))


def test_old_link_tells_what_had_happened_when_its_holder_did_something_last() -> None:
    office = Staffed()
    held = office.case(office.offered).holders("coordinator")[0]
    token = office.token_of(office.offered, held, "status")
    office.retire(held, "coordinators")
    office.do(office.offered, "accept")
    case = office.case(office.offered)
    words = Words(pinned(case.process, case.version), "en", office.directory, case.form)
    shown = told(office, token)
    assert "You offered the work to a supervisor" in shown
    assert words.text("actions.accept.history") not in shown


def test_whoever_is_seated_again_is_at_home_with_their_earlier_links(office: Staffed) -> None:
    """A manager is replaced and put back: their links lead to the place that they have now."""
    case_id = office.case_at("confirm")
    (first,) = office.case(case_id).holders("manager")
    links = {p: office.token_of(case_id, first, p) for p in ("task", "status")}  # type: ignore[arg-type]
    names = ("new_name", "new_email", "new_language")
    by = office.case(case_id).holders("coordinator") or office.case(case_id).parties[:1]
    for email in ("other@example.org", first.email):
        (held,) = office.case(case_id).holders("manager")
        typed = dict(zip(names, ("Some Body", email, "en"), strict=True))
        handover.replace_person(office.services, by[0].email, case_id, held.id, typed)
    (back,) = office.case(case_id).holders("manager")
    assert back.id != first.id
    task, status = (open_link(office.services, links[p]) for p in ("task", "status"))
    assert (task.party, task.standing, task.has_new_turn) == (back, "done", True)
    assert (status.party, status.standing) == (back, "open")
