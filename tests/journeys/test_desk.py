"""My matters: from an address to a desk, from the desk to a task and back; in three languages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.kernel import LANGUAGES
from functions.kernel.desk import ALL, TODO, WHO
from functions.kernel.summary import HistorySummary
from functions.services.access.people import person_key
from functions.services.desk.index import worklist_items
from tests.journeys.groups import enter_desk
from tests.journeys.journey import ENDORSED, said, word

MY_MATTERS = {"fi": "/omat-asiat/", "sv": "/sv/mina-arenden/", "en": "/en/your-cases/"}
ANNA = "anna.esimerkki@example.org"
ROWS = ".k-desk tbody tr"


def links(stack, to):
    """The links to desks that somebody was mailed, oldest first."""
    stack.settle()
    return [m["links"][0] for m in stack.mailbox(to) if "/api/d/" in m["text"]]


def ask(stack, eyes, email, language="fi"):
    """From the site to the answer that tells nobody who is known; the new link, if one came."""
    before = len(links(stack, email))
    if before:
        stack.advance(minutes=5)
    eyes.language = language
    eyes.go(eyes.home + MY_MATTERS[language])
    eyes.fill({"email": email})
    eyes.press("main form button[type=submit]")
    assert eyes.title() == word(language, "desk_sent.title")
    return (links(stack, email)[before:] or [""])[0]


def open_desk(stack, eyes, email, language="fi"):
    link = ask(stack, eyes, email)
    eyes.language = language
    enter_desk(eyes, link)
    assert eyes.title() == word(language, "desk.title")
    return link


@pytest.mark.parametrize("scripts", [True, False])
def test_from_an_address_to_a_task_and_back(start, stack, eyes):
    j = start().to("submitted")
    manager = j.answers["manager_email"]
    open_desk(stack, eyes, manager)
    assert j.answers["manager_name"] in eyes.text(".k-caption")
    assert eyes.texts("h2") == [word("fi", "desk.todo")]
    (row,) = eyes.texts(ROWS)
    for told in (j.answers["title"], j.answers["applicant_name"], j.reference):
        assert told in row
    eyes.press(".k-desk__task")
    j.asks("submitted")
    eyes.decide("endorse", **ENDORSED)
    j.done("endorse", "coordinating")
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))
    eyes.press(".k-back a")
    assert word("fi", "desk.todo_none") in eyes.text()
    assert said("fi", "desk.manager.waiting") in eyes.texts("h2")
    (row,) = eyes.texts(ROWS)
    assert said("fi", "states.coordinating.name") in row
    assert said("fi", "turns.coordinator") in row
    eyes.press(f"{ROWS} .k-desk__title a")
    j.stands("coordinating")


def test_each_role_finds_the_case_where_it_stands(start, stack, eyes):
    j = start(supervisor="uusi").to("active")
    places = {
        j.answers["applicant_email"]: "supervision.applicant.waiting",
        j.answers["manager_email"]: "supervision.manager.waiting",
        "uusi.ohjaajanen@example.org": "todo",
        ANNA: "supervision.coordinator.waiting",
    }
    for email, name in places.items():
        open_desk(stack, eyes, email)
        table = eyes.page.locator(f"#l-{name.replace('.', '-')} + table")
        assert j.reference in table.inner_text()
        assert said("fi", "states.active.name") in table.inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_address_that_is_none_is_mended_in_the_readers_language(stack, eyes, language):
    eyes.language = language
    eyes.go(eyes.home + MY_MATTERS[language])
    eyes.fill({"email": "nobody"})
    eyes.press("main form button[type=submit]", 422)
    assert word(language, "problems.email") in eyes.text(".k-error-summary")
    assert eyes.page.locator("[name=email]").input_value() == "nobody"
    eyes.fill({"email": "nobody@example.org"})
    eyes.press("main form button[type=submit]")
    assert eyes.title() == word(language, "desk_sent.title")
    assert links(stack, "nobody@example.org") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_desk_speaks_the_language_one_chooses(start, stack, eyes, language):
    j = start().to("submitted")
    open_desk(stack, eyes, j.answers["manager_email"])
    if language != "fi":
        eyes.speak(language)
    assert eyes.title() == word(language, "desk.title")
    eyes.press(".k-desk__task")
    j.asks("submitted")
    eyes.press(".k-back a")
    assert eyes.title() == word(language, "desk.title")


def test_empty_desk_teaches(stack, eyes):
    open_desk(stack, eyes, "provia.handledare@hyvaesimerkki.example.org", "sv")
    assert word("sv", "desk.todo_none") in eyes.text()
    assert eyes.page.locator(ROWS).count() == 0


def test_expired_desk_mails_a_fresh_link(start, stack, eyes):
    j = start().to("submitted")
    manager = j.answers["manager_email"]
    link = open_desk(stack, eyes, manager)
    task = eyes.page.locator(".k-desk__task").get_attribute("href")
    stack.advance(hours=12, minutes=1)
    eyes.go(link)
    assert eyes.title() == word("fi", "desk_old.old_title")
    assert j.reference not in eyes.text("body")
    eyes.go(eyes.home + task)
    assert eyes.title() == word("fi", "desk_old.old_title")
    eyes.press('form[action$="/fresh"] button', 422)
    assert word("fi", "problems.where_to") in eyes.text(".k-error-summary")
    eyes.fill({"send_to": "here"})
    eyes.press('form[action$="/fresh"] button')
    assert eyes.title() == word("fi", "fresh_sent.title")
    fresh = links(stack, manager)[-1]
    assert fresh != link
    eyes.go(fresh)
    eyes.press("#open button", 422)
    assert word("fi", "problems.device") in eyes.text(".k-error-summary")
    enter_desk(eyes, fresh)
    assert j.reference in eyes.text(ROWS)
    eyes.press('a[href*="/out?"]')
    eyes.fill({"out": "yes"})
    eyes.press("#out button")
    assert eyes.title() == word("fi", "desk_old.closed_title")
    eyes.go(eyes.home + task.replace(link.rpartition("/")[2], fresh.rpartition("/")[2]))
    assert eyes.title() == word("fi", "desk_old.closed_title")


def test_digest_comes_when_a_monday_has_passed(start, stack, eyes):
    j = start().to("submitted")
    before = len(links(stack, ANNA))
    eyes.page.goto(eyes.home + "/_mailbox/")
    eyes.page.get_by_text("Another length of time").click()
    eyes.page.fill("#days", "11")  # a week's deadline may end some days later, past holidays
    eyes.page.locator("details form button").click()
    (link,) = links(stack, ANNA)[before:]
    digest = next(m for m in stack.mailbox(ANNA) if link in m["links"])
    assert j.reference in digest["text"]
    for private in j.secrets():
        assert private not in digest["text"] + digest["html"]
    j.mailed(("manager", "remind_endorse"))
    eyes.language = "fi"
    enter_desk(eyes, link)
    assert j.reference in eyes.text()


def test_coordinator_finds_and_turns_pages(start, stack, eyes):
    """A hundred applications: first what is urgent, then a page at a time, then by words. What a
    desk of thousands costs is in tests/contract/test_desk_costs.py."""
    j = start(form_of_supervision="crisis", title="Äkillinen tilanne").to("coordinating")
    case = stack.services.cases.several([_id(stack, j)]).popitem()[1]
    calm = {**case.answers, "form_of_supervision": "group", "title": "Ryhmä"}
    row, store, anna = (
        stack.services.cases.row,
        stack.services.desks,
        person_key(stack.services, ANNA),
    )
    with row.batch_write() as cases, store.row.batch_write() as laid:
        for n in range(99):
            moment = case.entered_at - timedelta(minutes=n)
            other = replace(
                case, id=f"many{n:016}", answers=calm, opened_at=moment, entered_at=moment
            )
            cases.save(stack.services.cases.case_row(other, "", HistorySummary()))
            for card in worklist_items(stack.services, other):
                if card.desk == anna and card.sort_key.startswith((TODO, WHO, ALL)):
                    laid.save(store.item_row(card))
    open_desk(stack, eyes, ANNA)
    first = eyes.texts(ROWS)
    assert word("fi", "desk.urgent") in first[0]
    assert j.reference in first[0]
    assert len(first) <= 25
    eyes.press(".k-desk p > a")
    assert len(eyes.texts(ROWS)) == 25
    eyes.press(".k-back a")
    eyes.press("[name=find]")
    pages = 1
    while eyes.page.locator(".k-desk p > a").count():
        assert len(eyes.texts(ROWS)) == 25
        eyes.press(".k-desk p > a")
        pages += 1
    assert pages >= 100 // 25
    eyes.press(".k-back a")
    eyes.fill({"q": "akillinen", "form_of_supervision": "crisis"})
    eyes.press("[name=find]")
    (row_found,) = eyes.texts(ROWS)
    assert j.reference in row_found
    eyes.fill({"q": "akillinen", "state": "supervision.offered"})
    eyes.press("[name=find]")
    assert eyes.texts(ROWS) == []
    assert word("fi", "desk.found_none") in eyes.text()


def _id(stack, j):
    """The id of a journey's case, by its reference."""
    anna = person_key(stack.services, ANNA)
    found = stack.services.desks.page(anna, TODO, "", 50)
    return next(c.case for c in found if c.case.upper().startswith(j.reference.removeprefix("K-")))
