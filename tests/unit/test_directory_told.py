"""Changes of the directory: who is told, how an address is taken back, where cases go."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from functions import lists
from functions.kernel import LANGUAGES
from functions.kernel.case import Party, reference
from functions.kernel.directory import ChangeStamp, DirectoryEntry, DirectoryFile
from functions.kernel.directory_changes import KEPT, UNDO, DirectoryChange
from functions.processes import pinned
from functions.render.text.choices import offered
from functions.render.text.texts import mail_text, page_text
from functions.services.access.links import token_hash
from functions.services.access.offices import Offices
from functions.services.case.timers import run_due_timer
from functions.services.directory.edit import SURE, EntryEdit, save
from functions.services.directory.fields import asked_of, form_from
from functions.services.directory.importing import import_directory
from functions.services.directory.sent_forms import fingerprint
from functions.services.mail.deliver import deliver
from tests.guards.pages import page_faults
from tests.unit.test_duties import _person
from tests.unit.test_retirement import HELD, Staffed, source_of
from tests.unit.test_retirement import told as told_by_link

BY = "coordinators/kira"
STRANGER = "stranger@evil.example"


class Kept(Staffed):
    """An office whose directory is changed on the desk, and whose mails are read."""

    def __init__(self) -> None:
        super().__init__()
        kim = replace(_person("kim", "directory"), names=dict.fromkeys(LANGUAGES, "Kim"))
        self.directory.save(DirectoryFile((kim,)))
        self.deliver_all()

    def change(self, source: str, key: str, **typed: str) -> DirectoryEntry:
        present = self.directory.entry(source, key) if key else None
        asked = asked_of(source, present, self.directory.entries("coordinators"))
        form = {**(form_from(asked, present) if present else {}), **typed, SURE: "yes"}
        self.clock.forward(minutes=1)
        return save(
            self.services,
            EntryEdit(source, key, form, fingerprint(present) if present else "", asked, BY),
        )

    def put_out(self, source: str, key: str) -> None:
        """Retire an entry that no form would take, being made for tests."""
        self.overwrite(source, key, retired=True)

    def overwrite(self, source: str, key: str, by: str = BY, **changed: object) -> None:
        """Change such an entry."""
        self.clock.forward(minutes=1)
        before, mark = self.kept(source, key), ChangeStamp(self.clock.now(), by)
        after = replace(before, **changed)  # type: ignore[arg-type]
        revision = self.directory.revision()
        shown = lists.shown_otherwise(before, after)
        change = DirectoryChange(before, after, mark, shown=shown)
        told_of = change if change.kinds or change.moves else None
        self.directory.replace(after, mark, revision, told_of)

    def mails(self) -> list[tuple[str, str]]:
        """What is sent now, over as many rounds as it takes: (to, subject)."""
        return [(m["To"], m["Subject"]) for m in self.sent()]

    def sent(self) -> list[EmailMessage]:
        found: list[EmailMessage] = []
        for _ in range(3):  # the order to follow a change, its letters, and what these lead to
            found += self.deliver_all()
            self.index()
        return found


@pytest.fixture
def office() -> Kept:
    return Kept()


def told(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def undo_token(messages: list[EmailMessage]) -> str:
    (token,) = {t for m in messages for t in re.findall(r"/api/d/([\w-]{43})/restore", told(m))}
    return token


KEEPERS = {"kim@example.org", "kira@example.org"}


def test_changed_address_is_told_to_both_and_to_all_who_keep(office: Kept) -> None:
    office.change("coordinators", "una", email=STRANGER)
    sent = office.sent()
    assert {m["To"] for m in sent} == {"una@example.org", STRANGER, *KEEPERS}
    old = next(m for m in sent if m["To"] == "una@example.org")
    assert undo_token([old])
    assert all("/restore" not in told(m) for m in sent if m["To"] != "una@example.org")
    keeper = next(m for m in sent if m["To"] == "kim@example.org")
    assert "Una" in told(keeper)
    who, language = office.kept("coordinators", "kira"), str(keeper["Content-Language"])
    assert page_text(language, "directory_lines.by_person", who=who.names[language]) in told(keeper)


@pytest.mark.parametrize(
    ("source", "typed", "name"),
    [
        ("domains", {"domain": "evil.example"}, "evil.example"),
        (
            "coordinators",
            {"name": "Nea", "email": "n@example.org", "language": "fi", "duties.finance": "yes"},
            "Nea",
        ),
        (
            "supervisors",
            {
                "name": "Olli", "email": "o@example.org", "language": "fi", "forms.pair": "yes",
                "languages.fi": "yes", "maximum": "1",
            },
            "Olli",
        ),
    ],
)  # fmt: skip
def test_what_is_added_is_told_to_all_who_keep(
    office: Kept, source: str, typed: dict[str, str], name: str
) -> None:
    office.change(source, "", **typed)
    sent = office.sent()
    assert {m["To"] for m in sent} == KEEPERS
    assert all(name in told(m) for m in sent)


@pytest.mark.parametrize(
    ("source", "key", "person"),
    [("coordinators", "tom", "tom@example.org"), ("coordinators", "una", "una@example.org"),
     ("units", "north", "")],
)  # fmt: skip
def test_changed_name_is_told_to_whose_it_is_and_to_all_who_keep(
    office: Kept, source: str, key: str, person: str
) -> None:
    before = office.kept(source, key).names
    field = "name" if person else "name_fi"
    office.change(source, key, **{field: "Forged"})
    sent = office.sent()
    assert {m["To"] for m in sent} == KEEPERS | {person} - {""}
    for each in sent:
        assert next(iter(before.values())) in told(each)
        assert "Forged" in told(each)
    if person:
        (own,) = [m for m in sent if m["To"] == person]
        assert own["Subject"] == mail_text("", "name_changed", str(own["Content-Language"])).subject


def test_duties_and_people_of_a_unit_are_told(office: Kept) -> None:
    office.change("coordinators", "tom", **{"duties.units": "yes"})
    assert {to for to, _ in office.mails()} == {"tom@example.org", *KEEPERS}
    office.change("units", "north", **{"coordinators.tom": "yes"})
    assert {to for to, _ in office.mails()} == KEEPERS
    office.change("units", "north", **{"coordinators.una": ""})
    sent = office.sent()
    assert {m["To"] for m in sent} == KEEPERS
    assert all("Unit north" in told(m) for m in sent)
    office.change("units", "north", employer="Another")
    assert office.mails() == []


def test_topics_that_move_are_told_to_whose_they_are_and_to_all_who_keep(office: Kept) -> None:
    office.change("coordinators", "tom", **{"topics.quotes": "yes"})
    sent = office.sent()
    assert {m["To"] for m in sent} == {"tom@example.org", *KEEPERS}
    named = offered("fi", "topics", "quotes")
    assert all(offered(str(m["Content-Language"]), "topics", "quotes") in told(m) for m in sent)
    assert named != "quotes"
    office.change("coordinators", "tom", **{"topics.quotes": ""})
    assert {m["To"] for m in office.sent()} == {"tom@example.org", *KEEPERS}


SHOWN = {"contact": "Call 040 666 6666.", "published": "yes"}


@pytest.mark.parametrize("fact", SHOWN)
def test_what_others_change_of_what_is_shown_of_somebody_is_told_to_them(
    office: Kept, fact: str
) -> None:
    """An instruction how to get in touch is given to clients in its person's name."""
    facts = {**office.kept("supervisors", "testi").facts, fact: SHOWN[fact]}
    office.overwrite("supervisors", "testi", facts=facts)
    sent = office.sent()
    assert {m["To"] for m in sent} == {"testi@example.org", *KEEPERS}
    (own,) = [m for m in sent if m["To"] == "testi@example.org"]
    language = str(own["Content-Language"])
    assert own["Subject"] == mail_text("", "details_changed", language).subject
    line = page_text(language, "directory_lines.shown", name="*", list="*").partition("*")[2]
    assert line.partition("*")[0].strip() in told(own)
    office.overwrite("supervisors", "testi", facts={**facts, "maximum": 9})
    assert office.sent() == []


def test_who_changes_their_own_details_hears_nothing_of_it(office: Kept) -> None:
    facts = {**office.kept("supervisors", "testi").facts, **SHOWN}
    office.overwrite("supervisors", "testi", "supervisors/testi", facts=facts)
    assert office.sent() == []


def test_keeper_who_is_put_out_by_another_hears_of_it(office: Kept) -> None:
    office.change("coordinators", "kim", retired="yes")
    assert {to for to, _ in office.mails()} == {"kim@example.org", "kira@example.org"}


BEFORE = "directory_changed_before"


def heard(messages: list[EmailMessage], address: str, what: str) -> list[EmailMessage]:
    """The mails to an address that tell of something."""
    return [mail for mail in messages if mail["To"] == address and what in told(mail)]


@pytest.mark.parametrize("first", ["retired", "duties.directory"])
def test_keeper_who_was_put_out_hears_how_another_is_taken_over(office: Kept, first: str) -> None:
    """Kira puts Nea out and then takes Kim's place: neither is to be left in the dark."""
    nea = replace(_person("nea", "directory"), names=dict.fromkeys(LANGUAGES, "Nea"))
    both = {**nea.facts, "duties": ("directory", "finance")}
    office.directory.save(DirectoryFile((replace(nea, facts=both),)))
    office.change("coordinators", "nea", **{first: "yes" if first == "retired" else ""})
    assert len(heard(office.sent(), "nea@example.org", "Nea")) == 1
    office.change("coordinators", "kim", name="Forged", email=STRANGER)
    (mail,) = heard(office.sent(), "nea@example.org", "Forged")
    assert mail["Subject"] == mail_text("", BEFORE, str(mail["Content-Language"])).subject
    assert "/api/" not in told(mail)
    office.change("domains", "", domain="one.example")
    sent = office.sent()
    for who in ("nea@example.org", "kim@example.org"):
        assert len(heard(sent, who, "one.example")) == 1
    office.clock.forward(days=7, minutes=1)
    office.change("domains", "", domain="two.example")
    later = office.sent()
    assert {m["To"] for m in later} == {"kira@example.org", STRANGER}


def test_keepers_who_are_taken_over_together_hear_of_each_other(office: Kept) -> None:
    """Both are changed before a mail has left."""
    nea = replace(_person("nea", "directory"), names=dict.fromkeys(LANGUAGES, "Nea"))
    office.directory.save(DirectoryFile((nea,)))
    for key in ("nea", "kim"):
        office.change("coordinators", key, name=f"Forged {key}", email=f"{key}@evil.example")
    sent = office.sent()
    for one, other in (("nea", "kim"), ("kim", "nea")):
        assert heard(sent, f"{one}@example.org", f"Forged {other}")


def test_keeper_whose_mail_waits_hears_of_it_where_they_were_then(office: Kept) -> None:
    office.change("domains", "", domain="evil.example")
    office.deliver_all()  # the mails are ordered
    (key,) = [k for k in office.pending() if office.cases.outbox[k].order.party == "kim"]
    office.change("coordinators", "kim", email=STRANGER)
    assert deliver(office.services, *key) == "sent"
    mail = office.post.sent[-1]
    assert mail["To"] == "kim@example.org"
    assert "evil.example" in told(mail)
    assert "/api/" not in told(mail)  # what is theirs no more does not open


def test_who_had_to_give_a_keepers_place_back_hears_nothing_more(office: Kept) -> None:
    office.change("coordinators", "kim", email=STRANGER)
    token = undo_token([m for m in office.sent() if m["To"] == "kim@example.org"])
    assert office.client().post(f"/api/d/{token}/restore", data={"sure": "yes"}).status_code == 200
    office.sent()
    office.change("domains", "", domain="one.example")
    assert {m["To"] for m in office.sent()} == KEEPERS


def test_letters_are_sent_once_however_often_the_order_is_followed(office: Kept) -> None:
    office.change("coordinators", "una", email=STRANGER)
    first = office.mails()
    for key, kept in office.cases.outbox.items():
        if kept.order.mail == "follow":
            kept.status = "pending"
            kept.leased_until = None
            assert key[0].startswith("directory#")
    assert office.mails() == []
    assert len(first) == 4


def test_address_is_taken_back_by_a_deliberate_choice(office: Kept) -> None:
    office.change("coordinators", "una", email=STRANGER)
    token = undo_token(office.sent())
    client, path = office.client(), f"/api/d/{token}/restore"
    for language in LANGUAGES:
        page = client.get(f"{path}?lang={language}")
        assert (page.status_code, page_faults(page.text, language)) == (200, [])
        assert 'type="checkbox"' not in page.text  # a lone tick beside a button is forgotten
        assert len(re.findall(r'<input type="radio" name="sure"', page.text)) == 2
        assert "checked" not in page.text
        unsure = client.post(path, data={"_lang": language})
        assert (unsure.status_code, page_faults(unsure.text, language)) == (422, [])
    assert office.kept("coordinators", "una").facts["email"] == STRANGER
    kept = client.post(path, data={"_lang": "en", "sure": "no"})
    assert (kept.status_code, page_faults(kept.text, "en")) == (200, [])
    assert page_text("en", "restoring.kept.title") in kept.text
    assert office.kept("coordinators", "una").facts["email"] == STRANGER
    office.clock.forward(minutes=1)
    done = client.post(path, data={"_lang": "en", "sure": "yes"})
    assert (done.status_code, page_faults(done.text, "en")) == (200, [])
    assert office.kept("coordinators", "una").facts["email"] == "una@example.org"
    sent = office.sent()
    assert {m["To"] for m in sent} == {"una@example.org", STRANGER, *KEEPERS}
    assert not any("/restore" in told(m) for m in sent)
    again = client.post(path, data={"_lang": "en", "sure": "yes"})
    assert again.status_code == 200
    assert office.mails() == []


def test_address_is_taken_back_whatever_was_changed_since(office: Kept) -> None:
    office.change("coordinators", "una", email=STRANGER)
    token = undo_token(office.sent())
    office.change("coordinators", "una", email="another@evil.example", name="Una U")
    office.client().post(f"/api/d/{token}/restore", data={"sure": "yes"})
    una = office.kept("coordinators", "una")
    assert (una.facts["email"], una.names["fi"]) == ("una@example.org", "Una U")


def test_address_that_is_anothers_by_now_is_not_taken(office: Kept) -> None:
    office.change("coordinators", "una", email=STRANGER)
    token = undo_token(office.sent())
    tom = office.kept("coordinators", "tom")
    taken = replace(tom, facts={**tom.facts, "email": "una@example.org"})
    office.directory.save(DirectoryFile((taken,)))  # no page and no import lets this through
    got = office.client().post(f"/api/d/{token}/restore", data={"sure": "yes", "_lang": "en"})
    assert (got.status_code, page_faults(got.text, "en")) == (409, [])
    assert office.kept("coordinators", "una").facts["email"] == STRANGER


def test_link_lives_for_seven_days_and_is_no_other(office: Kept) -> None:
    office.change("coordinators", "una", email=STRANGER)
    token = undo_token(office.sent())
    client = office.client()
    for path in ("", "/directory", "/merge", "/own"):
        assert client.get(f"/api/d/{token}{path}").status_code == 404
    desk = office.desk("una@example.org")
    assert client.get(f"/api/d/{desk}/restore").status_code == 404
    grant = office.grants.find(token_hash(token))
    assert grant
    change = office.directory.change(grant.state)
    assert change
    office.clock.time = change.stamp.at + UNDO - timedelta(seconds=1)
    assert "sure" in client.get(f"/api/d/{token}/restore?lang=en").text
    office.clock.time = change.stamp.at + UNDO
    got = client.post(f"/api/d/{token}/restore", data={"sure": "yes", "_lang": "en"})
    assert "too late" in got.text
    assert office.kept("coordinators", "una").facts["email"] == STRANGER
    assert KEPT > UNDO


def test_import_tells_once_and_the_first_one_nobody(office: Kept) -> None:
    demo = Path("infra/demo/directory.yaml").read_bytes()
    text = demo + (
        b"  - key: olga\n    name: Olga\n    email: olga@example.org\n    language: fi\n"
        b"    forms: [pair]\n    languages: [fi]\n    maximum: 2\n"
    )
    import_directory(text, "yaml", office.directory, office.clock.now())
    sent = office.sent()
    keepers = [m for m in sent if m["To"] == "kim@example.org"]
    assert len(keepers) == 1
    assert "Olga" in told(keepers[0])
    empty = Kept()
    empty.directory._entries.clear()
    import_directory(demo, "yaml", empty.directory, empty.clock.now())
    assert empty.mails() == []


@pytest.mark.parametrize(("process", "role"), HELD)
def test_cases_of_the_retired_are_handed_on_or_shown_to_who_looks_after_them(
    office: Kept, process: str, role: str
) -> None:
    case, held = office.holder_of(process, role)
    definition = pinned(case.process, case.version)
    source = source_of(case, role)
    if source == "coordinators":
        other = replace(office.kept(source, held.ref), key="other")
        other = replace(other, facts={**other.facts, "email": "other@example.org"})
        units = [
            replace(u, facts={**u.facts, "coordinators": ("una", "other")})
            for u in office.directory.entries("units")
        ]
        office.directory.save(DirectoryFile((other, *(units if held.ref == "una" else ()))))
    office.index()
    office.put_out(source, held.ref)
    mails = office.mails()
    after = office.case(case.id)
    offices = Offices(office.services)
    if source == "coordinators":
        assert [p.ref for p in after.holders(role)] == ["other"]
        assert offices.gone(definition, after) == ()
        assert "other@example.org" in {to for to, _ in mails}
    else:
        assert [p.ref for p in offices.gone(definition, after)] == [held.ref]
        looks_after = after.holders(definition.owner)[0]
        wanted = mail_text("", "vacant", looks_after.language).subject
        assert (looks_after.email, wanted) in mails


def test_duty_that_nobody_has_left_takes_its_cases_to_who_keeps_the_directory(
    office: Kept,
) -> None:
    office.change("coordinators", "fiona", retired="yes")
    office.sent()
    assert sorted(p.ref for p in office.case(office.invoice).holders("finance")) == ["kim", "kira"]
    assert (
        office.client()
        .get(f"{office.path('kira')}/tables/quote/invoices/invoice_due.csv")
        .status_code
        == 200
    )


def test_cases_go_along_to_a_new_address_and_back(office: Kept) -> None:
    for email in ("una.new@example.org", "una@example.org"):
        office.change("coordinators", "una", email=email)
        office.sent()
        (held,) = office.case(office.supervision).holders("coordinator")
        assert (held.email, held.ref) == (email, "una")
        office.index()
        assert office.supervision in office.client().get(f"/api/d/{office.desk(email)}").text


@pytest.mark.parametrize("followed_first", [True, False])
def test_request_that_waits_while_an_address_is_changed_goes_to_the_new_one(
    office: Kept, followed_first: bool
) -> None:
    case_id = office.case_at("confirm", "endorse")
    office.index()
    office.clock.forward(days=10)
    assert run_due_timer(office.services, case_id)  # two wait by now
    office.clock.forward(hours=2)
    waiting = [key for key in office.pending() if key[0] == case_id]
    office.change("coordinators", "una", email="una.new@example.org")
    if followed_first:
        for key in set(office.pending()) - set(waiting):
            deliver(office.services, *key)
    asked = [m["To"] for m in office.sent() if reference(case_id) in m["Subject"]]
    assert asked.count("una.new@example.org") == 1
    assert "una@example.org" not in asked


def test_mail_to_somebody_gone_hands_their_place_on(office: Kept) -> None:
    """The desk's index can be late: a case that was missed goes on with its next mail."""
    other = replace(_person("other", "finance"), names=dict.fromkeys(LANGUAGES, "Other"))
    office.directory.save(DirectoryFile((other,)))
    office.desks.cards.clear()
    office.change("coordinators", "fiona", retired="yes")
    office.deliver_all()
    office.deliver_all()
    assert [p.ref for p in office.case(office.invoice).holders("finance")] == ["fiona"]
    office.clock.forward(days=10)
    run_due_timer(office.services, office.invoice)
    mails = office.mails()
    assert [p.ref for p in office.case(office.invoice).holders("finance")] == ["other"]
    assert "other@example.org" in {to for to, _ in mails}


def retires(office: Kept, source: str, held: Party) -> str:
    office.put_out(source, held.ref)
    return "handed"


def moves(office: Kept, source: str, held: Party) -> str:
    facts = {**office.kept(source, held.ref).facts, "email": f"new-{held.email}"}
    office.overwrite(source, held.ref, facts=facts)
    return "moved"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("happens", [retires, moves])
@pytest.mark.parametrize(("process", "role"), HELD)
def test_old_link_says_that_the_place_was_passed_on(
    office: Kept,
    process: str,
    role: str,
    happens: Callable[[Kept, str, Party], str],
    language: str,
) -> None:
    """It is no deadline that was missed, though nobody of the case did it."""
    case, held = office.holder_of(process, role)
    token = office.token_of(case.id, held, "status")
    how = happens(office, source_of(case, role), held)
    office.sent()
    gone = office.case(case.id).party(held.id)
    if gone and gone.vacant:  # it waits for somebody to be picked
        assert how == "handed"
        how = "left"
    title = "moved" if how == "moved" else "left"
    page = told_by_link(office, token, language)
    assert f"<h1>{page_text(language, f'over.{title}')}</h1>" in page
    assert page_text(language, f"over.{how}_lead") in page
    assert page_text(language, "over.lapsed_lead") not in page
