"""Whoever hears that something is over hears whose answer was missing, and so does the sender of a
group; what was taken back stands under no act; nobody is asked to declare what is not theirs."""

from collections import Counter
from html import unescape

import pytest

from functions.entry.party import app as party
from functions.kernel import LANGUAGES
from functions.kernel.errors import Invalid
from functions.processes import current
from functions.render.case.view import groups
from functions.render.text.texts import mail_text, process_text
from functions.render.text.words import Words
from functions.services.case.timers import run_due_timer
from tests.fakes import World, history_of
from tests.orders import AGREED, Quotes
from tests.unit.test_corrected_groups import group, office  # noqa: F401
from tests.unit.test_retirement import Staffed
from tests.unit.test_vacant import read, seller  # noqa: F401

SUPERVISION, QUOTE = current("supervision"), current("quote")
# By the state in which an application lapsed and its reader, a word for whom it says was silent.
SILENT = {
    "submitted": {"applicant": "your line manager", "manager": "you did", "coordinator": "manager"},
    "returned": {"applicant": "you did", "manager": "the applicant", "coordinator": "applicant"},
    "rejected": {"applicant": "you did", "manager": "the applicant", "coordinator": "applicant"},
}
ACTS = {"submitted": (), "returned": ("return",), "rejected": ("reject",)}


def lapsed(world: World, case_id: str) -> dict[str, str]:
    """What those in a case are mailed when it lapses, by role."""
    for _ in range(90):
        world.clock.forward(days=1)
        run_due_timer(world.services, case_id)
        if world.case(case_id).state == "lapsed":
            break
        world.deliver_all()
    roles = {p.id: p.role for p in world.case(case_id).parties}
    sent = [world.cases.outbox[key].order for key in world.pending() if key[0] == case_id]
    return {roles[o.party]: o.mail for o in sent}


@pytest.mark.parametrize("state", SILENT)
def test_who_was_silent_is_said_to_everybody(state: str) -> None:
    world = World()
    case_id = world.case_at("confirm", *ACTS[state])
    told = lapsed(world, case_id)
    assert told.keys() == SILENT[state].keys()
    for role, mail in told.items():
        assert SILENT[state][role] in mail_text("supervision", mail, "en").ask, (state, role)


def test_who_was_silent_is_said_of_a_group(office: Staffed, group: str) -> None:  # noqa: F811
    told = lapsed(office, group)
    assert {*told} == {"manager", "supervisee", "coordinator"}
    asks = {role: mail_text("supervision", mail, "en").ask for role, mail in told.items()}
    assert "you did" in asks["manager"]
    assert "the sender" in asks["supervisee"]
    assert "the sender" in asks["coordinator"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_of_a_lapse_says_why(language: str) -> None:
    """In each process: the silence that a role let pass is named in a clause of its own."""
    rows = [(d, t) for d in (SUPERVISION, QUOTE) for t in d.transitions if t.action == "lapse"]
    assert rows
    because = {"fi": "koska", "sv": "eftersom", "en": "because"}[language]
    for definition, row in rows:
        for mail in row.mails:
            assert because in mail_text(definition.name, mail, language).ask, mail


def test_sender_of_a_group_hears_what_an_applicant_hears(
    office: Staffed,  # noqa: F811
    group: str,  # noqa: F811
) -> None:
    """Of each mail to who applied for themself alone, when the same happens to a group."""
    told: dict[str, Counter[str]] = {}
    for way in ("individual", "group"):
        rows = SUPERVISION.for_form(way).transitions
        opener = SUPERVISION.form(way).opener
        told[way] = Counter(
            t.action
            for t in rows
            if t.source == "offered" or t.action == "offer"
            if any(opener in (SUPERVISION.mail(m).to, *SUPERVISION.mail(m).also) for m in t.mails)
        )
    same = {"withdraw": "withdraw_group"}
    assert {same.get(a, a) for a in told["individual"]} <= {*told["group"]}
    from tests.unit.test_corrected_groups import LISTED, corrected

    corrected(office, group, *LISTED)
    office.deliver_all()
    office.do(group, "offer", supervisor="testi")
    office.do(group, "decline")
    heard = [str(m["Subject"]) for m in office.deliver_all() if m["To"] == "matti@example.org"]
    assert len(heard) == 1 or len(heard) == 2
    assert any("toista työnohjaajaa" in subject for subject in heard)


def test_who_pays_for_themself_declares_no_authority() -> None:
    world = Quotes()
    case_id = world.request("confirm", "quote", payer_type="individual")
    client = party.create_app(world.services).test_client()
    page = client.get(f"/api/t/{world.token(case_id, 'contact')}?lang=en").text
    assert 'value="accept_person"' in page or "accept_person" in page
    assert process_text("quote", "en", "fields.authority.label") not in unescape(page)
    world.take(case_id, "accept_person", authority="")
    assert world.case(case_id).state == "staffing"
    other = world.request("confirm", "quote", contact_email="other@example.net")
    with pytest.raises(Invalid):
        world.take(other, "accept_organisation", authority="")


def test_supervisor_stands_once_on_the_coordinators_page() -> None:
    world = Quotes()
    case_id = world.request(*AGREED)
    alone = world.case_at("confirm", "endorse", "offer", "accept")
    for each in (world.order_of(case_id).id, alone):
        case, file = world.case(each), world.cases.load(each)
        assert file
        words = Words(SUPERVISION, "en", world.directory, case.form)
        told = history_of(case, file.history)
        shown = groups(words, case, case.holders("coordinator")[0], told)
        rows = [row.label for each in shown for row in each.rows]
        assert rows.count("Supervisor") == 1


def test_names_that_are_left_stand_under_no_dates(seller: tuple[Quotes, str]) -> None:  # noqa: F811
    world, case_id = seller
    agreed = process_text("quote", "en", "actions.schedule.history")
    before = read(world, case_id, "contact")  # type: ignore[arg-type]
    assert f"<h3>{agreed}</h3>" in before
    world.until("2026-11-02")
    assert world.case(case_id).state == "accepted"
    after = read(world, case_id, "contact")  # type: ignore[arg-type]
    assert "Aino" in after
    assert f"<h3>{agreed}</h3>" not in after


@pytest.mark.parametrize("language", LANGUAGES)
def test_hint_of_a_corrected_form_speaks_of_what_is_there(language: str) -> None:
    world = World()
    case_id = world.case_at("confirm", "return")
    client = party.create_app(world.services).test_client()
    page = client.get(f"/api/t/{world.token(case_id, 'applicant')}?lang={language}").text
    assert process_text("supervision", language, "fields.employer.hint_in_correction") in unescape(
        page
    )
    new = process_text("supervision", language, "fields.employer.hint")
    assert f">{new}<" not in unescape(page)
