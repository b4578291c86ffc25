"""Links that are old, used or broken."""

from datetime import timedelta

from functions.kernel.durations import day_ends, day_of
from tests.journeys.journey import ENDORSED, said, word
from tests.moments import wait


def fresh_link(j, who, kind):
    """Ask for a fresh link on the page that is open; it comes by mail and not on the page."""
    before = {letter.link for letter in j.letters}
    j.eyes.press('form[action$="/fresh"] button', 422)
    assert word("fi", "problems.where_to") in j.eyes.text(".k-error-summary")
    assert j.eyes.page.locator("[name=send_to]").count() == 2
    j.eyes.fill({"send_to": "here"})
    j.eyes.press('form[action$="/fresh"] button')
    assert j.eyes.title() == word("fi", "fresh_sent.title")
    assert "/api/t/" not in j.eyes.text("body")
    j.mailed((who, "fresh_link"))
    assert j.letter(who).link not in before
    j.open(who, "fresh_link")


def test_expired_link_gives_a_fresh_one_to_the_same_task(start, stack, eyes):
    j = start().to("submitted")
    end = day_ends(day_of(stack.clock.now()) + timedelta(days=14))
    wait(stack, end - timedelta(minutes=1))
    j.mailed(("manager", "remind_endorse"))
    j.open("manager", "endorse")
    assert eyes.title() == said("fi", "tasks.submitted.title")
    stack.advance(minutes=1)

    j.open("manager", "endorse")
    assert eyes.title() == word("fi", "over.expired")
    j.stands("submitted", yours=True)
    assert j.answers["reason_and_goals"] not in eyes.text("body")
    assert eyes.page.locator("[name=action]").count() == 0
    fresh_link(j, "manager", "task")
    j.asks("submitted", late=True)
    eyes.decide("endorse", **ENDORSED)
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))
    j.open("manager", "endorse")
    j.done("endorse", "coordinating")


def test_status_link_offers_the_turns_own_link(start, eyes):
    j = start().to("submitted")
    j.open("applicant", "receipt")
    assert eyes.page.locator('form[action$="/fresh"]').count() == 0, "not their turn"
    j.turn_back("returned")
    j.open("applicant", "receipt")
    j.stands("returned", yours=True)
    assert eyes.page.locator("[name=reason_and_goals]").count() == 0
    fresh_link(j, "applicant", "task")
    j.asks("returned")
    eyes.decide("correct", place="Toinen paikka")
    j.done("correct", "submitted")
    j.mailed(("applicant", "corrected"), ("manager", "endorse_again", 7))


def test_used_link_of_a_later_round_is_not_a_way_in(start, eyes):
    """The manager's first link stays used when the application comes back to them."""
    j = start().to("returned")
    j.open("applicant")
    eyes.decide("correct")
    j.mailed(("applicant", "corrected"), ("manager", "endorse_again", 7))
    j.open("manager", "endorse")
    j.again("submitted", "return")
    fresh_link(j, "manager", "task")
    j.asks("submitted")


def test_links_that_are_no_links(start, eyes):
    j = start().to("unconfirmed")
    link = j.letter("applicant").link
    turned = link[:-1] + ("A" if link[-1] != "A" else "B")
    for mangled in (link[:-1], link + "A", turned, link.lower(), link.rsplit("/", 1)[0] + "/x"):
        eyes.go(mangled + "?lang=fi", 404)
        assert eyes.title() == word("fi", "errors.refused.title")
        assert j.reference not in eyes.text("body")
    j.confirm()
