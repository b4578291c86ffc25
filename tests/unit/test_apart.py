"""Nobody decides on their own matter: roles that are kept apart, in every process, by link and
from the desk, however the address is written."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.case import Actor, Case, Party
from functions.kernel.directory import DirectoryFile
from functions.kernel.duties import DIRECTORY
from functions.kernel.engine import decide, open_case
from functions.kernel.errors import Conflict, Invalid, Problem, Refused
from functions.processes import NAMES, current, pinned
from functions.render.text.texts import page_text
from functions.services.access.links import open_link
from functions.services.access.offices import Offices
from functions.services.case import handover
from functions.services.case.act import act
from tests.fakes import Folder
from tests.paths import walks
from tests.unit.test_duties import _person
from tests.unit.test_retirement import Staffed

PAIRS = [
    (name, role.name, other)
    for name in NAMES
    for role in current(name).roles
    for other in role.apart
    if other != "supervisee"  # whom the applications of one person have not
]
SPELT: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    lambda email: email.replace("@", "+boss@"),
)


@pytest.fixture
def office() -> Staffed:
    return Staffed()


def in_both(office: Staffed, process: str, role: str, other: str, email: str) -> tuple[Case, Party]:
    """A case in which the holder of ``role`` holds ``other`` as well, as one written before."""
    for case_id, folder in office.cases.folders.items():
        case = office.case(case_id)
        if case.process == process and case.holders(role) and case.holders(other):
            held = case.holders(other)[0]
            parties = (replace(p, email=email) if p.id == held.id else p for p in case.parties)
            folder.case = replace(case, parties=tuple(parties))
            return folder.case, case.holders(role)[0]
    raise AssertionError((process, role, other))


def with_both(office: Staffed, process: str, role: str, other: str) -> Case:
    """A case in which both are held: of a process that the office has none of, one of its walks."""
    there = [c for c in map(office.case, office.cases.folders) if c.process == process]
    found = [c for c in there if c.holders(role) and c.holders(other)]
    if not there:
        ways = walks(current(process), office.directory)
        walk = next(w for w in ways if w.case.holders(role) and w.case.holders(other))
        office.cases.folders[walk.case.id] = Folder.of(walk.case, walk.told())
        found = [walk.case]
    return found[0]


def test_every_pair_is_tried() -> None:
    assert {pair[0] for pair in PAIRS} == {*NAMES}
    assert len(PAIRS) >= 9


@pytest.mark.parametrize("spelt", SPELT)
@pytest.mark.parametrize(("process", "role", "other"), PAIRS)
def test_who_has_a_stake_does_nothing(
    office: Staffed, process: str, role: str, other: str, spelt: Callable[[str], str]
) -> None:
    """Neither page nor engine lets them act, nor does the desk hold the case as theirs to do."""
    held = with_both(office, process, role, other).holders(role)[0]
    case, held = in_both(office, process, role, other, spelt(held.email))
    definition = pinned(case.process, case.version)
    links = [office.token_of(case.id, held, purpose) for purpose in ("task", "status")]
    if definition.role(role).source:
        links.append(f"{office.desk(held.email)}.{case.id}.{held.id}.{case.round}")
    pages = party.create_app(office.services).test_client()
    for link in links:
        assert open_link(office.services, link).actions == ()
        shown = pages.get(f"/api/t/{link}?lang=en")
        assert page_text("en", "apart.title") in shown.text
        for action in (a for a in definition.actions if a.role == role):
            got = pages.post(f"/api/t/{link}", data={"action": action.name, "_lang": "en"})
            assert got.status_code in (409, 422), action.name
    for action in definition.actions:
        for state in definition.states:
            there = replace(case, state=state.name)
            with pytest.raises(Refused):
                decide(
                    definition, there, Actor(role, held.id), action.name, {},
                    office.clock.now(), office.directory,
                )  # fmt: skip
    assert office.case(case.id) == case


def test_other_in_the_pair_acts_on(office: Staffed) -> None:
    """Who applied may still correct or withdraw: it is their own to do."""
    case, _ = in_both(office, "supervision", "coordinator", "applicant", "una@example.org")
    applicant = case.holders("applicant")[0]
    link = office.token_of(case.id, applicant, "status")
    act(office.services, link, {"action": "withdraw"}, "fi")
    assert office.case(case.id).state == "withdrawn"


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_says_who_can_instead(office: Staffed, language: str) -> None:
    case, held = in_both(office, "supervision", "coordinator", "applicant", "una@example.org")
    pages = party.create_app(office.services).test_client()
    link = office.token_of(case.id, held, "status")
    assert (
        page_text(language, "apart.hand_over") in pages.get(f"/api/t/{link}?lang={language}").text
    )
    second = replace(held, id="p90", name="Urho Unit", email="urho@example.org", ref="")
    office.cases.folders[case.id].case = replace(case, parties=(*case.parties, second))
    told = page_text(language, "apart.others", names="Urho Unit")
    assert told in pages.get(f"/api/t/{link}?lang={language}").text
    case, held = in_both(office, "supervision", "manager", "applicant", "matti@example.org")
    told = page_text(language, "apart.ask", names="Una, Urho Unit")
    link = office.token_of(case.id, held, "status")
    assert told in pages.get(f"/api/t/{link}?lang={language}").text


def sent_by(office: Staffed, email: str, **typed: str) -> Case:
    """An application from this address, until it waits for who coordinates it."""
    answers = {**office.case(office.supervision).answers, "applicant_email": email, **typed}
    form = {f.name for f in current("supervision").form("individual").fields}
    said = {name: value for name, value in answers.items() if name in form}
    now, definition = office.clock.now(), current("supervision")
    sent = open_case(definition, "individual", "sent", said, "fi", now, office.directory).case
    by = Actor("applicant", sent.holders("applicant")[0].id)
    return decide(definition, sent, by, "confirm", {}, now, office.directory).case


def test_own_application_goes_to_a_colleague_with_the_same_duty(office: Staffed) -> None:
    office.directory.save(DirectoryFile((_person("urho", "units"),)))
    for own in (spelt("una@example.org") for spelt in SPELT):
        assert [p.ref for p in sent_by(office, own).holders("coordinator")] == ["urho"]
    assert [p.ref for p in sent_by(office, "a@example.org").holders("coordinator")] == ["una"]


def test_own_application_goes_to_who_keeps_the_directory(office: Staffed) -> None:
    """There is nobody else with the duty: the place holds, and can be handed on."""
    case = sent_by(office, "una@example.org")
    (keeper,) = case.holders("coordinator")
    assert keeper.ref == "kira"
    offices = Offices(office.services)
    assert offices.holds(current("supervision"), case, keeper)
    plain = sent_by(office, "a@example.org")
    elsewhere = replace(keeper, id="p9")  # beside the one who has the duty
    assert not offices.holds(current("supervision"), plain, elsewhere)
    known = handover.colleagues(office.services, current("supervision"), case, keeper)
    assert "una" not in [x.key for x in known.listings("coordinators")]


def test_only_person_there_is_holds_a_place_in_which_nothing_can_be_done(office: Staffed) -> None:
    gone = [replace(office.kept("coordinators", k), retired=True) for k in ("tom", "fiona", "kira")]
    una = office.kept("coordinators", "una")
    alone = replace(una, facts={**una.facts, "duties": ("units", DIRECTORY)})
    office.directory.save(DirectoryFile((*gone, alone)))
    case = sent_by(office, "una@example.org")
    assert [p.ref for p in case.holders("coordinator")] == ["una"]


def test_manager_who_coordinates_the_unit_is_not_asked_twice(office: Staffed) -> None:
    case = sent_by(office, "a@example.org", manager_email="una@example.org")
    assert [p.email for p in case.holders("manager")] == ["una@example.org"]
    assert [p.ref for p in case.holders("coordinator")] == ["kira"]


@pytest.mark.parametrize("email", ["una@example.org", "Una+x@Example.org"])
@pytest.mark.parametrize("role", ["manager", "applicant"])
def test_coordinator_takes_nobody_elses_place(office: Staffed, role: str, email: str) -> None:
    case_id = office.case_at("confirm")
    taken = office.case(case_id).holders(role)[0]
    typed = {"new_name": "Una", "new_email": email, "new_language": "fi"}
    with pytest.raises(Invalid) as wrong:
        handover.replace_person(office.services, "una@example.org", case_id, taken.id, typed)
    assert wrong.value.problems == (Problem("new_email", "apart"),)


def test_second_coordinator_does_not_take_the_managers_place_either(office: Staffed) -> None:
    case_id = office.case_at("confirm")
    folder = office.cases.folders[case_id]
    una = folder.case.holders("coordinator")[0]
    second = replace(una, id="p90", email="urho@example.org", ref="")
    folder.case = replace(folder.case, parties=(*folder.case.parties, second))
    taken = folder.case.holders("manager")[0]
    typed = {"new_name": "Urho", "new_email": "urho+x@example.org", "new_language": "fi"}
    with pytest.raises(Invalid) as wrong:
        handover.replace_person(office.services, "una@example.org", case_id, taken.id, typed)
    assert wrong.value.problems == (Problem("new_email", "apart"),)


def test_who_may_not_act_hands_on_their_own_place_alone(office: Staffed) -> None:
    office.directory.save(DirectoryFile((_person("urho", "units"),)))
    case, held = in_both(office, "supervision", "coordinator", "applicant", "una@example.org")
    manager = case.holders("manager")[0]
    typed = {"new_name": "M", "new_email": "m@example.org", "new_language": "fi"}
    with pytest.raises(Refused):
        handover.replace_person(office.services, held.email, case.id, manager.id, typed)
    handover.replace_person(office.services, held.email, case.id, held.id, {"colleague": "urho"})
    assert [p.ref for p in office.case(case.id).holders("coordinator")] == ["urho"]


def test_nobody_offers_work_to_themself(office: Staffed) -> None:
    """Who coordinates and supervises picks another for it, and hands it to another."""
    testi = office.kept("supervisors", "testi")
    own = replace(testi, facts={**testi.facts, "email": "una+work@example.org"})
    office.directory.save(DirectoryFile((own,)))
    case_id = office.case_at("confirm", "endorse")
    with pytest.raises(Invalid) as wrong:
        office.do(case_id, "offer", supervisor="testi")
    assert wrong.value.problems == (Problem("supervisor", "apart"),)
    office.do(case_id, "offer", supervisor="sulo")
    held = office.case(case_id).holders("supervisor")[0]
    with pytest.raises(Invalid) as wrong:
        handover.replace_person(
            office.services, "una@example.org", case_id, held.id, {"colleague": "testi"}
        )
    assert wrong.value.problems == (Problem("colleague", "apart"),)


def test_act_on_a_stale_page_is_refused(office: Staffed) -> None:
    """The roles met after the page was shown: the write asks again."""
    case, held = in_both(office, "supervision", "coordinator", "applicant", "x@example.org")
    shown = open_link(office.services, office.token_of(case.id, held, "status"))
    in_both(office, "supervision", "coordinator", "applicant", "una@example.org")
    link = office.token_of(case.id, held, "status")
    with pytest.raises((Conflict, Invalid, Refused)):
        act(office.services, link, {"action": "take_back"}, "fi")
    assert shown.case.id == case.id


def test_who_may_not_act_sends_nobody_a_link(office: Staffed) -> None:
    case, held = in_both(office, "supervision", "coordinator", "applicant", "una@example.org")
    manager = case.holders("manager")[0]
    before = dict(office.cases.outbox)
    with pytest.raises(Refused):
        handover.resend(office.services, held.email, case.id, manager.id)
    assert office.cases.outbox == before
    page = f"/api/d/{office.desk(held.email)}/people/{case.id}?lang=en"
    assert f'value="{manager.id}"' not in office.client().get(page).text
