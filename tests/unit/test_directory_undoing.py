"""An address that was changed is taken back by whoever had it first, and by nobody after them."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.directory import ChangeStamp, DirectoryError
from functions.kernel.directory_changes import KEPT, UNDO, DirectoryChange
from functions.services.access.links import mint_restoring
from functions.services.directory.importing import import_directory
from tests.guards.pages import page_faults
from tests.unit.test_directory_told import BY, KEEPERS, Kept, told, undo_token

ANNA, EVIL, WORSE = "una@example.org", "evil2@evil.example", "evil3@evil.example"
UNA = ("coordinators", "una")


@pytest.fixture
def office() -> Kept:
    return Kept()


def force(office: Kept, **now: object) -> None:
    """Save an entry as a form would that asked no more: its ``retired`` and its ``email``."""
    office.clock.forward(minutes=1)
    before = office.kept(*UNA)
    retired = bool(now.get("retired", before.retired))
    after = replace(before, facts={**before.facts, **_email(now)}, retired=retired)
    mark = ChangeStamp(office.clock.now(), BY)
    change = DirectoryChange(before, after, mark)
    noted = change if change.kinds or change.loses else None
    office.directory.replace(after, mark, office.directory.revision(), noted)


def _email(now: dict[str, object]) -> dict[str, str]:
    return {"email": str(now["email"])} if "email" in now else {}


def undo(office: Kept, token: str) -> int:
    office.clock.forward(minutes=1)
    path = f"/api/d/{token}/restore"
    got = office.client().post(path, data={"sure": "yes", "_lang": "en"})
    assert page_faults(got.text, "en") == []
    return got.status_code


def kept(office: Kept) -> tuple[object, bool]:
    una = office.kept(*UNA)
    return una.facts["email"], una.retired


def to(messages: list[EmailMessage], address: str) -> list[EmailMessage]:
    return [m for m in messages if m["To"] == address]


def refused(office: Kept, token: str) -> None:
    """The page of a link asks nothing any more, and pressing what it asked changes nothing."""
    before = kept(office)
    for language in LANGUAGES:
        page = office.client().get(f"/api/d/{token}/restore?lang={language}")
        assert (page.status_code, page_faults(page.text, language)) == (200, [])
        assert 'name="sure"' not in page.text
    undo(office, token)
    assert kept(office) == before
    assert office.sent() == []


def forged(office: Kept, source: str, key: str, before: str) -> str:
    """A link to undo the change after which an address was an entry's no more."""
    changes = office.directory.changes_since(office.clock.now() - KEPT)
    (change,) = [
        c
        for c in changes
        if (c.after.source, c.after.key) == (source, key)
        and c.before
        and c.before.facts["email"] == before
    ]
    return mint_restoring(office.services, change).split("/")[-2]


def test_undoing_ends_the_links_of_all_changes_after_it(office: Kept) -> None:
    office.change(*UNA, email=EVIL)
    first = undo_token(office.sent())
    office.change(*UNA, email=WORSE)
    office.sent()
    assert undo(office, first) == 200
    assert kept(office) == (ANNA, False)
    office.sent()
    office.clock.forward(days=3)
    refused(office, forged(office, *UNA, EVIL))


@pytest.mark.parametrize("days", [0, 3, UNDO.days - 1])
def test_address_that_stood_for_less_than_a_week_is_never_taken_back(
    office: Kept, days: int
) -> None:
    office.change(*UNA, email=EVIL)
    first = undo_token(office.sent())
    office.clock.forward(days=days)
    office.change(*UNA, email=WORSE)
    sent = office.sent()
    (gone,) = to(sent, EVIL)
    assert gone["X-Kapula-Origin"].endswith("-address_gone")
    assert not any("/restore" in told(m) for m in sent)
    refused(office, forged(office, *UNA, EVIL))
    undo(office, first)
    assert kept(office) == (ANNA, False)


@pytest.mark.parametrize(
    ("source", "typed"),
    [
        ("coordinators", {"duties.directory": "yes"}),
        ("supervisors", {"forms.pair": "yes", "languages.fi": "yes", "maximum": "1"}),
    ],
)
def test_first_address_of_a_new_entry_that_is_corrected_has_no_right_to_it(
    office: Kept, source: str, typed: dict[str, str]
) -> None:
    named = {"name": "Nea", "language": "fi", "email": EVIL, **typed}
    nea = office.change(source, "", **named).key
    office.sent()
    office.change(source, nea, email="nea@example.org")
    assert not any("/restore" in told(m) for m in office.sent())
    token = forged(office, source, nea, EVIL)
    office.clock.forward(days=3)
    undo(office, token)
    assert office.kept(source, nea).facts["email"] == "nea@example.org"
    assert office.sent() == []


def test_change_after_the_undoing_can_be_undone_anew(office: Kept) -> None:
    office.change(*UNA, email=EVIL)
    undo(office, undo_token(office.sent()))
    office.sent()
    office.change(*UNA, email=WORSE)
    undo(office, undo_token(office.sent()))
    assert kept(office) == (ANNA, False)


def test_first_address_can_be_taken_back_however_often_others_put_theirs_there(
    office: Kept,
) -> None:
    for email in (EVIL, ANNA):
        office.change(*UNA, email=email)
        office.sent()
    office.clock.forward(days=6)
    office.change(*UNA, email=EVIL)
    token = undo_token(to(office.sent(), ANNA))
    office.clock.forward(days=3)
    undo(office, token)
    assert kept(office) == (ANNA, False)


def test_address_of_a_week_can_be_taken_back_from_the_one_before_it(office: Kept) -> None:
    office.change(*UNA, email="una.new@example.org")
    office.sent()
    office.clock.forward(days=UNDO.days)
    office.change(*UNA, email=ANNA)
    undo(office, undo_token(office.sent()))
    assert kept(office) == ("una.new@example.org", False)


def test_who_has_the_first_address_back_by_a_keeper_keeps_it(office: Kept) -> None:
    office.change(*UNA, email=EVIL)
    office.sent()
    office.clock.forward(days=6)
    office.change(*UNA, email=WORSE)
    office.sent()
    office.clock.forward(days=2)
    office.change(*UNA, email=ANNA)
    office.sent()
    for email in (EVIL, WORSE):
        undo(office, forged(office, *UNA, email))
        assert kept(office) == (ANNA, False)


@pytest.mark.parametrize(
    "saves",
    [
        [{"email": EVIL, "retired": True}, {"retired": False}],
        [{"retired": True}, {"email": EVIL}, {"retired": False}],
        [{"retired": True}, {"email": EVIL, "retired": False}],
        [{"email": EVIL}, {"retired": True}, {"retired": False}],
        [{"email": EVIL}, {"email": WORSE, "retired": True}, {"retired": False}],
    ],
)
def test_change_of_an_address_is_told_and_undone_whatever_else_is_saved(
    office: Kept, saves: list[dict[str, object]]
) -> None:
    sent: list[EmailMessage] = []
    for save in saves:
        force(office, **save)
        sent += office.sent()
    links = to(sent, ANNA)
    assert to(sent, EVIL)
    undo(office, undo_token(links))
    assert kept(office) == (ANNA, False)
    told_of = {m["To"] for m in office.sent()}
    assert {ANNA, *KEEPERS} <= told_of


def test_keepers_hear_of_an_address_changed_out_of_office(office: Kept) -> None:
    force(office, retired=True)
    office.sent()
    force(office, email=EVIL)
    sent = office.sent()
    assert {m["To"] for m in sent} == {ANNA, EVIL, *KEEPERS}


def test_retirement_after_a_change_is_told_to_the_earlier_address_too(office: Kept) -> None:
    office.change(*UNA, email=EVIL)
    token = undo_token(office.sent())
    force(office, retired=True)
    sent = office.sent()
    assert to(sent, ANNA)
    assert to(sent, EVIL)
    assert undo(office, token) == 200
    assert kept(office) == (ANNA, True)
    for language in LANGUAGES:
        page = office.client().get(f"/api/d/{token}/restore?lang={language}")
        assert page_faults(page.text, language) == []
    assert "not active in our directory" in page.text
    assert {m["To"] for m in office.sent()} == {ANNA, EVIL, *KEEPERS}


def test_duties_after_a_change_are_told_to_who_can_undo_it_alone(office: Kept) -> None:
    office.change(*UNA, email=EVIL)
    office.sent()
    office.change(*UNA, **{"duties.topics": "yes"})
    assert {m["To"] for m in office.sent()} == {ANNA, EVIL, *KEEPERS}
    office.clock.forward(days=UNDO.days)
    office.change(*UNA, **{"duties.topics": ""})
    assert {m["To"] for m in office.sent()} == {EVIL, *KEEPERS}


def test_address_that_can_be_taken_back_is_nobody_elses_until_then(office: Kept) -> None:
    office.change(*UNA, email=EVIL)
    token = undo_token(office.sent())
    for spelling in (ANNA, "Una+x@Example.org"):
        with pytest.raises(DirectoryError) as wrong:
            office.change("coordinators", "tom", email=spelling)
        assert [(p.field, p.code, p.values) for p in wrong.value.problems] == [
            ("email", "address_held", {"owner": "una"})
        ]
    assert undo(office, token) == 200
    assert kept(office) == (ANNA, False)
    with pytest.raises(DirectoryError):
        office.change("coordinators", "tom", email=ANNA)


def test_address_is_free_when_it_can_no_longer_be_taken_back(office: Kept) -> None:
    office.change(*UNA, email=EVIL)
    office.clock.forward(days=UNDO.days)
    assert office.change("coordinators", "tom", email=ANNA).facts["email"] == ANNA


def test_import_gives_nobody_an_address_that_can_be_taken_back(office: Kept) -> None:
    office.change(*UNA, email=EVIL)
    text = (
        "coordinators:\n  - key: nea\n    name: Nea\n    email: una@example.org\n"
        "    language: fi\n    duties: [finance]\n"
    )
    with pytest.raises(DirectoryError, match="take it back"):
        import_directory(text.encode(), "yaml", office.directory, office.clock.now())
    office.clock.time += timedelta(days=UNDO.days)
    import_directory(text.encode(), "yaml", office.directory, office.clock.now())
