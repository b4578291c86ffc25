"""Nobody answers: reminders, and what is given up in the end."""

from datetime import timedelta

from functions.kernel.durations import day_of
from functions.render.case.act_forms import NOT_NOW
from tests.journeys.journey import said, word
from tests.moments import chides, lapses, wait

MINUTE = timedelta(minutes=1)


def test_a_silent_manager_is_reminded_and_then_the_coordinator_told(start, stack, eyes):
    j = start().to("submitted")
    begun = day_of(stack.clock.now())
    wait(stack, lapses(begun, 7) - MINUTE)
    j.mailed()
    j.open("manager", "endorse")
    j.asks("submitted")
    wait(stack, chides(begun, 7))
    j.mailed(("manager", "remind_endorse"))
    j.open("manager")
    j.asks("submitted", late=True)
    wait(stack, chides(begun, 14))
    j.mailed(("manager", "remind_endorse"))
    wait(stack, chides(begun, 21) - MINUTE)
    j.mailed()
    stack.advance(minutes=1)
    j.mailed(("coordinator", "stuck"))
    j.open("coordinator")
    j.stands("submitted")
    offered = {c.get_attribute("value") for c in eyes.page.locator("[name=action]").all()}
    offered = {a for a in offered if not a.startswith(NOT_NOW)}
    assert offered == {"end_handling"}, "nobody endorses in the manager's place"
    wait(stack, lapses(begun, 60) - MINUTE)
    j.mailed()
    j.open("applicant", "receipt")
    j.stands("submitted")
    stack.advance(minutes=1)
    j.mailed(
        ("applicant", "lapsed_unendorsed"),
        ("manager", "lapsed_unendorsed_own"),
        ("coordinator", "lapsed_unendorsed_told"),
    )
    j.open("applicant", "receipt")
    j.stands("lapsed")
    j.open("manager")
    assert eyes.page.locator("[name=action]").count() == 0


def test_a_correction_that_does_not_come(start, stack):
    j = start().to("returned")
    begun = day_of(stack.clock.now())
    wait(stack, chides(begun, 14))
    j.mailed(("applicant", "remind_correct"))
    wait(stack, chides(begun, 28))
    j.mailed(("coordinator", "stuck"))


def test_a_coordinator_is_reminded(start, stack):
    j = start().to("coordinating")
    begun = day_of(stack.clock.now())
    wait(stack, chides(begun, 7))
    j.mailed(("coordinator", "remind_offer"))
    wait(stack, chides(begun, 14))
    j.mailed(("coordinator", "remind_offer"))
    j.open("coordinator")
    j.asks("coordinating", late=True)


def test_unconfirmed_is_purged(start, stack, eyes):
    j = start().to("unconfirmed")
    end = lapses(day_of(stack.clock.now()), 7)
    wait(stack, end - MINUTE)
    j.open("applicant")
    j.asks("unconfirmed")
    wait(stack, end)
    j.mailed()
    j.eyes.go(j.letter("applicant").link + "?lang=fi", 404)
    assert j.eyes.title() == word("fi", "errors.unconfirmed.title")
    assert j.reference not in j.eyes.text("body")


def test_not_me(start, eyes):
    j = start().to("unconfirmed")
    j.open("applicant")
    eyes.decide("disown")
    assert eyes.title() == said("fi", "actions.disown.done")
    assert said("fi", "actions.disown.erased") in eyes.text("main")
    refused(j)
    j.mailed()


def refused(j):
    """The link opens what any wrong address opens."""
    j.eyes.go(j.letter("applicant").link + "?lang=fi", 404)
    assert j.eyes.title() == word("fi", "errors.refused.title")
    assert j.reference not in j.eyes.text("body")
    assert j.answers["applicant_name"] not in j.eyes.text("body")
