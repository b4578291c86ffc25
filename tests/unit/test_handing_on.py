"""Cases that follow the directory, each by itself: one that cannot go on stops no other."""

from dataclasses import replace

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.directory import DirectoryFile
from functions.kernel.errors import Conflict
from functions.processes import current, pinned
from functions.render.mail.mail import reference
from functions.render.text.texts import mail_text
from functions.services.access.offices import Offices
from functions.services.case import apply
from tests.unit.test_directory_told import Kept, told
from tests.unit.test_duties import _person

UNHELD = {mail_text("", "unheld", language).subject for language in LANGUAGES}
ON = {mail_text("", "handed_on", language).subject for language in LANGUAGES}


@pytest.fixture
def office() -> Kept:
    """Una looks after the unit's cases; Kira, who will have to, keeps the directory with Kim."""
    return Kept()


def coordinates(office: Kept, key: str, *units: str) -> None:
    """Somebody has the duty and the units."""
    entry = office.kept("coordinators", key)
    own = entry.facts["duties"]
    duties = tuple(dict.fromkeys((*(own if isinstance(own, tuple) else ()), "units")))
    changed = [replace(entry, facts={**entry.facts, "duties": duties})]
    for unit in (office.kept("units", name) for name in units):
        changed.append(replace(unit, facts={**unit.facts, "coordinators": ("una", key)}))
    office.directory.save(DirectoryFile(tuple(changed)))


def alone(office: Kept) -> str:
    """Kira looks after all alone, and has an application of her own: its id."""
    own = sent_by(office, "kira@example.org")
    coordinates(office, "kira", "north", "south")
    kim = office.kept("coordinators", "kim")
    office.directory.save(DirectoryFile((replace(kim, retired=True),)))
    return own


def holder_of(office: Kept, case_id: str) -> list[str]:
    return [p.ref for p in office.case(case_id).holders("coordinator")]


def sent_by(office: Kept, email: str) -> str:
    """The application of somebody at this address, which waits for who coordinates it."""
    office.cases.quotas.clear()
    case_id = apply.send(office.services, office.draft(applicant_email=email))
    office.do(case_id, "confirm")
    office.do(case_id, "endorse")
    office.index()
    return case_id


def test_case_that_nobody_may_hold_keeps_no_other_from_going_on(office: Kept) -> None:
    own = alone(office)
    others = [sent_by(office, f"a{n}@example.net") for n in range(3)]
    office.deliver_all()
    office.put_out("coordinators", "una")
    sent = office.sent()
    assert [holder_of(office, i) for i in others] == [["kira"]] * 3
    assert holder_of(office, own) == ["una"]
    moved = [m for m in sent if m["Subject"] in ON]
    assert {m["To"] for m in moved} == {"kira@example.org"}
    assert all(reference(own) not in told(m) for m in moved)
    assert all(reference(i) in told(moved[0]) for i in others)
    stays = [m for m in sent if m["Subject"] in UNHELD]
    assert [m["To"] for m in stays] == ["kira@example.org"]
    assert all(reference(own) in told(m) and "Una" in told(m) for m in stays)
    assert all(reference(i) not in told(m) for m in stays for i in others)
    assert [k for k in office.cases.outbox.values() if k.status == "parked"] == []


def test_case_that_nobody_may_hold_goes_on_within_a_day_of_there_being_somebody(
    office: Kept,
) -> None:
    own = alone(office)
    office.put_out("coordinators", "una")
    office.sent()
    reminded = []
    for _ in range(4):
        office.clock.forward(hours=25)
        reminded += [m for m in office.sent() if m["Subject"] in UNHELD]
    assert reminded == []
    assert holder_of(office, own) == ["una"]
    office.directory.save(DirectoryFile((_person("urho", "units"),)))
    office.clock.forward(hours=25)
    sent = office.sent()
    assert holder_of(office, own) == ["urho"]
    assert [m["To"] for m in sent if m["Subject"] in ON] == ["urho@example.org"]
    office.clock.forward(hours=25)
    assert office.mails() == []


def test_case_with_a_broken_history_keeps_no_other_from_going_on(
    office: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    broken, whole = (sent_by(office, f"a{n}@example.net") for n in range(2))
    coordinates(office, "kira", "north", "south")
    folder = office.cases.folders[broken]
    as_written = folder.told[-1]
    folder.told[-1] = replace(as_written, answers={"title": "Another"})
    office.put_out("coordinators", "una")
    sent = office.sent()
    assert holder_of(office, whole) == ["kira"]
    assert holder_of(office, broken) == ["una"]
    moved = [told(m) for m in sent if m["Subject"] in ON]
    assert any(reference(whole) in text for text in moved)
    assert not any(reference(broken) in text for text in moved)
    assert f"history broken: {broken}" in caplog.text
    folder.told[-1] = as_written  # it was put back
    office.clock.forward(hours=25)
    assert "kira@example.org" in {to for to, _ in office.mails()}
    assert holder_of(office, broken) == ["kira"]


def test_case_that_moves_each_time_is_tried_again(
    office: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (sent_by(office, f"a{n}@example.net") for n in range(2))
    coordinates(office, "kira", "north", "south")
    commit = office.cases.commit

    def overtaken(*moves):  # type: ignore[no-untyped-def]
        if moves[0].decision.case.id == first:
            raise Conflict
        commit(*moves)

    monkeypatch.setattr(office.cases, "commit", overtaken)
    office.put_out("coordinators", "una")
    office.sent()
    assert (holder_of(office, first), holder_of(office, second)) == (["una"], ["kira"])
    monkeypatch.setattr(office.cases, "commit", commit)
    office.clock.forward(hours=25)
    office.sent()
    assert holder_of(office, first) == ["kira"]


def test_place_goes_to_who_keeps_the_directory_where_all_with_the_duty_are_kept_from_it(
    office: Kept,
) -> None:
    """As when an application is sent: who has the duty has another role in it."""
    office.directory.save(DirectoryFile((_person("urho", "units"),)))
    case_id = sent_by(office, "urho@example.org")
    office.put_out("coordinators", "una")
    office.sent()
    assert holder_of(office, case_id) == ["kim", "kira"]
    case = office.case(case_id)
    assert Offices(office.services).gone(pinned(case.process, case.version), case) == ()


def test_duty_that_is_taken_away_is_gone_for_who_keeps_the_directory_too(office: Kept) -> None:
    """Somebody without the duty has applied: nobody stands in for those who are free to act."""
    coordinates(office, "kira", "north", "south")
    definition = current("supervision")
    for applicant in ("fiona@example.org", "a@example.net"):
        case = office.case(sent_by(office, applicant))
        kira = next(p for p in case.parties if p.ref == "kira")
        assert Offices(office.services).holds(definition, case, kira)
        entry = office.kept("coordinators", "kira")
        less = replace(entry, facts={**entry.facts, "duties": ("directory",)})
        office.directory.save(DirectoryFile((less,)))
        assert not Offices(office.services).holds(definition, case, kira)
        office.directory.save(DirectoryFile((entry,)))
