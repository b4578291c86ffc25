"""Nobody answers: reminders, and what is given up in the end."""

from tests.journeys.journey import said, word


def test_a_silent_manager_is_reminded_and_then_the_coordinator_told(start, stack, eyes):
    j = start().to("submitted")
    stack.advance(days=6, hours=23)
    j.mailed()
    stack.advance(hours=1)
    j.mailed(("manager", "remind_endorse"))
    stack.advance(days=7)
    j.mailed(("manager", "remind_endorse"))
    stack.advance(days=6, hours=23)
    j.mailed()
    stack.advance(hours=1)
    j.mailed(("coordinator", "stuck"))
    j.open("coordinator")
    j.stands("submitted")
    assert eyes.page.locator("[name=action]").count() == 0
    stack.advance(days=60)
    j.mailed()
    j.open("applicant", "receipt")
    j.stands("submitted")


def test_a_correction_that_does_not_come(start, stack):
    j = start().to("returned")
    stack.advance(days=14)
    j.mailed(("applicant", "remind_correct"))
    stack.advance(days=14)
    j.mailed(("coordinator", "stuck"))


def test_a_coordinator_is_reminded(start, stack):
    j = start().to("coordinating")
    stack.advance(days=7)
    j.mailed(("coordinator", "remind_offer"))
    stack.advance(days=7)
    j.mailed(("coordinator", "remind_offer"))
    j.offer()


def test_unconfirmed_is_purged(start, stack, eyes):
    j = start().to("unconfirmed")
    stack.advance(days=6, hours=23)
    j.open("applicant")
    j.asks("unconfirmed")
    stack.advance(hours=1)
    j.mailed()
    refused(j)


def test_not_me(start, eyes):
    j = start().to("unconfirmed")
    j.open("applicant")
    eyes.decide("disown")
    assert eyes.title() == said("fi", "actions.disown.done")
    assert said("fi", "actions.disown.forgotten") in eyes.text("main")
    refused(j)
    j.mailed()


def refused(j):
    """The link opens what any wrong address opens."""
    j.eyes.go(j.letter("applicant").link + "?lang=fi", 404)
    assert j.eyes.title() == word("fi", "errors.refused.title")
    assert j.reference not in j.eyes.text("body")
    assert j.answers["applicant_name"] not in j.eyes.text("body")
