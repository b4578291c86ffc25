"""An address that was changed is taken back by whoever had it first, and by nobody after them."""

import random
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.directory import ChangeStamp, DirectoryError, DirectoryFile
from functions.kernel.directory_changes import COUNTED, IMPORT, KEPT, UNDO, DirectoryChange
from functions.render.text.dates import moment
from functions.render.text.texts import mail_text
from functions.services.access.links import mint_restoring
from functions.services.directory.edit import SURE, AlreadySaved, EntryChanged, EntryEdit, save
from functions.services.directory.fields import asked_of, form_from
from functions.services.directory.importing import import_directory
from functions.services.directory.sent_forms import fingerprint
from functions.services.directory.undoing import undoable
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
        and "address" in c.kinds
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
    assert {m["To"] for m in sent if "/restore" in told(m)} == {ANNA}
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


def test_form_that_moved_an_address_moves_it_not_again_after_the_undoing(office: Kept) -> None:
    una = office.kept(*UNA)
    asked = asked_of(UNA[0], una, office.directory.entries(UNA[0]))
    form = {**form_from(asked, una), "email": EVIL, SURE: "yes"}
    edit = EntryEdit(*UNA, form, fingerprint(una), asked, BY)
    office.clock.forward(minutes=1)
    save(office.services, edit)
    undo(office, undo_token(office.sent()))
    office.sent()
    with pytest.raises(AlreadySaved):
        save(office.services, edit)
    with pytest.raises(EntryChanged):
        save(office.services, replace(edit, typed={**form, "email": WORSE}))
    assert (kept(office), office.sent()) == ((ANNA, False), [])


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
    for each in saves:
        force(office, **each)
        sent += office.sent()
    links = to(sent, ANNA)
    assert to(sent, EVIL)
    undo(office, undo_token([m for m in links if "/restore" in told(m)][-1:]))
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
            ("email", "address_reserved", {"owner": "una"})
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
    with pytest.raises(DirectoryError, match="address_reserved"):
        import_directory(text.encode(), "yaml", office.directory, office.clock.now())
    office.clock.time += timedelta(days=UNDO.days)
    import_directory(text.encode(), "yaml", office.directory, office.clock.now())


def by(office: Kept, who: str, **facts: object) -> DirectoryChange:
    """A change of Una's entry by somebody: of its ``name`` and of facts."""
    office.clock.forward(minutes=1)
    before = office.kept(*UNA)
    name = facts.pop("name", "")
    names = dict.fromkeys(LANGUAGES, str(name)) if name else before.names
    after = replace(before, names=names, facts={**before.facts, **facts})
    change = DirectoryChange(before, after, ChangeStamp(office.clock.now(), who))
    office.directory.replace(after, change.stamp, office.directory.revision(), change)
    return change


OWN = "/".join(UNA)
NEW = "una.new@example.org"


@pytest.mark.parametrize("days", range(1, UNDO.days))
@pytest.mark.parametrize("who", [OWN, BY])
def test_first_address_can_be_taken_back_for_a_week_after_the_last_change(
    office: Kept, who: str, days: int
) -> None:
    """Whoever moved themself a few days before somebody else moved them has a whole week."""
    by(office, who, email=NEW)
    office.sent()
    office.clock.forward(days=days)
    last = by(office, BY, email=EVIL)
    sent = office.sent()
    (gone,) = to(sent, NEW)
    assert gone["X-Kapula-Origin"].endswith("-address_gone")
    token = undo_token(to(sent, ANNA))
    office.clock.time = last.stamp.at + UNDO - timedelta(minutes=2)
    for email in (NEW, EVIL):
        assert not [c for c in undoable(office.services) if c.before.facts["email"] == email]  # type: ignore[union-attr]
    page = office.client().get(f"/api/d/{token}/restore?lang=en").text
    assert moment(last.stamp.at + UNDO, "en") in page
    assert undo(office, token) == 200
    assert kept(office) == (ANNA, False)
    office.sent()
    office.clock.forward(days=1)
    assert by(office, BY, email=NEW) in undoable(office.services)


def test_nobody_can_take_an_address_back_from_who_had_theirs_for_a_week() -> None:
    """However the addresses follow each other within these days: of all that were there, only the
    one from before them."""
    rng = random.Random(7)  # any order
    for _ in range(15):
        here = Kept()
        for _ in range(rng.randint(1, 6)):
            who = rng.choice((OWN, BY, IMPORT))
            others = [e for e in (NEW, EVIL, WORSE, ANNA) if e != kept(here)[0]]
            by(here, who, email=rng.choice(others))
            here.clock.forward(hours=rng.randint(1, 24 * UNDO.days - 2))
            rightful = {c.before.facts["email"] for c in undoable(here.services) if c.before}
            assert rightful <= {ANNA}


def test_what_is_forgotten_gives_nobody_a_right(office: Kept) -> None:
    """Addresses that follow each other for longer than changes are remembered for."""
    first = by(office, BY, email=EVIL)
    for n in range(40):
        office.clock.forward(days=1)
        by(office, BY, email=(WORSE, EVIL)[n % 2])
        rightful = {c.before.facts["email"] for c in undoable(office.services) if c.before}
        since = office.clock.now() - first.stamp.at
        assert rightful == ({ANNA} if since < COUNTED + UNDO - timedelta(days=1) else set()), n
        office.deliver_all()


@pytest.mark.parametrize("who", [BY, IMPORT])
@pytest.mark.parametrize("earlier", [False, True])
def test_entry_that_was_given_to_another_person_is_not_taken_back(
    office: Kept, who: str, earlier: bool
) -> None:
    if earlier:
        by(office, who, name="Sanna Seuraaja")
        office.clock.forward(days=2)
    by(office, who, name="Sanna Seuraaja", email="sanna@example.org")
    sent = office.sent()
    (mail,) = (m for m in to(sent, ANNA) if "-address_" in m["X-Kapula-Origin"])
    assert mail["X-Kapula-Origin"].endswith("-address_handed")
    assert not any("/restore" in told(m) for m in sent)
    assert {m["To"] for m in sent} >= KEEPERS
    undo(office, forged(office, *UNA, ANNA))
    assert kept(office) == ("sanna@example.org", False)
    assert undoable(office.services) == ()


def test_who_changes_their_own_name_and_address_can_take_the_address_back(office: Kept) -> None:
    """So can they if somebody else did it at their desk."""
    by(office, OWN, name="Una Uusi", email=EVIL)
    assert undo(office, undo_token(office.sent())) == 200
    assert kept(office) == (ANNA, False)


@pytest.mark.parametrize("who", [BY, IMPORT])
@pytest.mark.parametrize("days", [0, UNDO.days - 1])
@pytest.mark.parametrize("name", ["UNA", "Unna", "Sanna Seuraaja"])
def test_own_address_can_be_taken_back_whatever_others_did_to_the_name(
    office: Kept, name: str, days: int, who: str
) -> None:
    """Whoever sits at an open desk gives nobody's entry to themself, not even under a new name."""
    by(office, who, name=name)
    office.sent()
    office.clock.forward(days=days)
    by(office, OWN, email=EVIL, name="Eve Evil")
    assert undo(office, undo_token(office.sent())) == 200
    assert kept(office)[0] == ANNA


MAIJA = "Maija Esimerkki"
SUPERVISES = {"forms.pair": "yes", "languages.fi": "yes"}


@pytest.mark.parametrize(
    ("names", "handed"),
    [
        ((MAIJA.upper(),), False),
        (("Maija Esimerkki",), False),
        (("Mаija Esimerkki",), False),  # the second letter is Cyrillic
        (("Maja Esimerki",), False),
        (("Maija Uusinimi",), False),
        (("Uusinimi-Esimerkki, M.",), False),
        (("Sanna Seuraaja", MAIJA), False),
        (("Sanna Seuraaja",), True),
        (("Maija Seuraaja", "Sanna Seuraaja"), True),
        (("Sanna Seuraaja", "Sanna Uusinimi"), True),
    ],
)
@pytest.mark.parametrize("who", [BY, IMPORT])
@pytest.mark.parametrize("together", [True, False])
def test_entry_is_handed_on_only_with_the_name_of_another_person(
    office: Kept, names: tuple[str, ...], handed: bool, who: str, together: bool
) -> None:
    by(office, BY, name=MAIJA)
    office.sent()
    office.clock.forward(days=UNDO.days + 1)
    for name in names:
        by(office, who, name=name, **({"email": EVIL} if together and name == names[-1] else {}))
        office.sent()
        office.clock.forward(days=1)
    change = office.directory.changes_since(office.clock.now() - KEPT)[-1]
    if not together:
        change = by(office, BY, email=EVIL)
    assert (change in undoable(office.services)) is not handed


def test_name_that_somebody_gave_themself_is_theirs(office: Kept) -> None:
    by(office, BY, name="UNA")
    by(office, OWN, name="Maija Uusinimi")
    by(office, BY, email=EVIL)
    assert undo(office, undo_token(office.sent())) == 200


def test_name_that_was_given_away_is_not_taken_back_at_the_earlier_ones_desk(office: Kept) -> None:
    by(office, BY, name="Sanna Seuraaja")
    by(office, OWN, name="Maija Uusinimi")
    by(office, BY, email="sanna@example.org")
    assert undoable(office.services) == ()


@pytest.mark.parametrize("moved", [False, True])
def test_own_entry_of_another_list_is_changed_at_ones_own_desk(office: Kept, moved: bool) -> None:
    """A keeper who is a supervisor, too: who sits at her desk changes both entries, in any
    order."""
    sulo = office.kept("supervisors", "sulo")
    own = replace(sulo, facts={**sulo.facts, "email": "Kira+s@example.org"})
    office.directory.save(DirectoryFile((own,)))
    if moved:
        office.change("coordinators", "kira", email=WORSE)
        office.sent()
    office.change("supervisors", "sulo", name="Eve Evil", email=EVIL, **SUPERVISES)
    (old,) = (m for m in office.sent() if m["To"] == "Kira+s@example.org")
    assert undo(office, undo_token([old])) == 200
    assert office.kept("supervisors", "sulo").facts["email"] == "Kira+s@example.org"


def test_entry_of_another_person_is_changed_at_no_desk_of_theirs(office: Kept) -> None:
    theirs = {"name": "Sanna Seuraaja", "email": "sanna@example.org"}
    office.change("supervisors", "sulo", **theirs, **SUPERVISES)
    assert not any("/restore" in told(m) for m in office.sent())


@pytest.mark.parametrize(
    ("before", "days", "mail"),
    [
        ((), 0, "address_old"),
        ((), UNDO.days + 1, "address_late"),
        ((), KEPT.days - 1, "address_late"),
        ((NEW,), 0, "address_gone"),
        ((NEW,), UNDO.days + 1, "address_gone"),
    ],
)
def test_mail_to_an_old_address_says_why_there_is_no_link(
    office: Kept, before: tuple[str, ...], days: int, mail: str
) -> None:
    """Also when mail leaves after an outage."""
    for email in before:
        by(office, BY, email=email)
        office.sent()
    old = str(kept(office)[0])
    by(office, BY, email=EVIL)
    office.clock.forward(days=days)
    (sent,) = to(office.sent(), old)
    assert sent["X-Kapula-Origin"].endswith(f"-{mail}")
    assert ("/restore" in told(sent)) == (mail == "address_old")
    for language in LANGUAGES:
        words = " ".join(mail_text("", mail, language).body)
        short = {"en": "short time", "fi": "vähän aikaa", "sv": "kort tid"}[language]
        assert (short in words) == (mail == "address_gone")


SANNA, SANNAS = "Sanna Seuraaja", "sanna@example.org"


@pytest.mark.parametrize("who", [OWN, BY, IMPORT])
@pytest.mark.parametrize("renamer", [BY, IMPORT])
@pytest.mark.parametrize("days", [0, UNDO.days - 1])
def test_name_of_another_person_that_others_give_later_ends_the_link(
    office: Kept, who: str, renamer: str, days: int
) -> None:
    """A keeper who hands an entry on may save the address first and the name another day."""
    by(office, who, email=SANNAS)
    token = undo_token(office.sent())
    office.clock.forward(days=days)
    by(office, renamer, name=SANNA)
    sent = office.sent()
    (mail,) = to(sent, ANNA)
    assert mail["X-Kapula-Origin"].endswith("-address_handed")
    refused(office, token)
    assert kept(office)[0] == SANNAS
    assert undoable(office.services) == ()


@pytest.mark.parametrize("who", [OWN, BY])
@pytest.mark.parametrize("together", [True, False])
def test_name_that_is_put_right_after_a_theft_leaves_the_link(
    office: Kept, who: str, together: bool
) -> None:
    """Somebody at an open desk gives the entry their name; a keeper puts the name back."""
    if not together:
        by(office, OWN, name="Eve Evil")
    by(office, OWN, email=EVIL, **({"name": "Eve Evil"} if together else {}))
    token = undo_token(office.sent())
    by(office, who, name="Una")
    office.sent()
    assert undo(office, token) == 200
    assert kept(office)[0] == ANNA


@pytest.mark.parametrize("names", [("Una Uusi",), (SANNA, "Una")])
@pytest.mark.parametrize("who", [OWN, BY])
def test_name_that_is_the_same_persons_in_the_end_leaves_the_link(
    office: Kept, who: str, names: tuple[str, ...]
) -> None:
    by(office, who, email=EVIL)
    token = undo_token(office.sent())
    for name in names:
        by(office, BY, name=name)
        office.sent()
    assert undo(office, token) == 200
    assert kept(office)[0] == ANNA


def test_name_that_who_has_the_new_address_gives_themself_ends_no_link(office: Kept) -> None:
    by(office, BY, email=EVIL)
    token = undo_token(office.sent())
    by(office, OWN, name="Eve Evil")
    office.sent()
    assert undo(office, token) == 200


def test_address_that_another_entry_has_already_is_not_left(office: Kept) -> None:
    """Or the link to take it back would be dead when it is mailed."""
    force(office, retired=True)
    office.change("coordinators", "tom", email=ANNA)
    with pytest.raises(DirectoryError) as wrong:
        office.change(*UNA, email=EVIL, retired="no")
    assert [(p.field, p.code, p.values) for p in wrong.value.problems] == [
        ("email", "address_left", {"owner": "tom"})
    ]
    office.change("coordinators", "tom", email="tom@example.org")
    assert office.change(*UNA, email=EVIL, retired="no").facts["email"] == EVIL
