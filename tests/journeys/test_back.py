"""What was typed is still there after an error, a look elsewhere and the Back button; and a
program that presses every button of a page decides nothing."""

import pytest
from playwright.sync_api import expect

from tests.journeys.journey import word

UNFOLD = "all => all.forEach(each => { each.open = true; })"
REASON = "Tarkenna"  # too short for a reason


def test_back_after_an_error_brings_the_page_with_what_was_typed(start, eyes):
    j = start().hurry(("applicant", "confirm", {}))
    j.open("manager")
    eyes.decide("return", return_reason=REASON, status=422)
    eyes.press(eyes.page.locator(".k-footer a[href^='/']").first)
    eyes.page.go_back()
    expect(eyes.page.locator(".k-error-summary")).to_be_visible()
    expect(eyes.page.locator("[name=return_reason]")).to_have_value(REASON)
    expect(eyes.page.locator("[name=action][value=return]")).to_be_checked()
    eyes.decide("return", return_reason="Tarkenna tavoitteita, kiitos.")
    j.done("return", "returned")


def test_back_after_an_error_on_the_desk(eyes):
    eyes.go(f"{eyes.home}/omat-asiat/")
    form = eyes.page.locator("main form")
    form.locator("[name=email]").fill("ei osoite")
    eyes.press(form.locator("button[type=submit]"), 422)
    eyes.press(eyes.page.locator(".k-footer a[href^='/']").first)
    eyes.page.go_back()
    expect(eyes.page.locator("[name=email]")).to_have_value("ei osoite")


def test_not_now_leaves_everything_as_it_is(start, eyes):
    j = start().to("returned")
    j.open("applicant", "returned")
    eyes.fill({"place": "Toinen paikka"})
    form = eyes.page.locator("form", has=eyes.page.locator("[name=action][value=correct]"))
    form.locator("[name=action][value=_not-correct]").check()
    eyes.press(form.locator(".k-actions button"))
    assert word("fi", "task.kept") in eyes.text()
    assert eyes.filled({"place": ""}) == {"place": "Toinen paikka"}
    eyes.decide("correct")
    j.done("correct", "submitted")


WHO = {
    "unconfirmed": "applicant",
    "submitted": "manager",
    "returned": "applicant",
    "coordinating": "coordinator",
    "offered": "supervisor",
}


@pytest.mark.parametrize("state", WHO)
def test_pressing_every_button_decides_nothing(start, eyes, state):
    j = start().to(state)
    j.open(WHO[state])
    link = j.letter(WHO[state]).link
    before = (eyes.title(), eyes.texts(".k-history li"))
    buttons = eyes.page.locator("main form:not([action$=fresh]) button")
    assert buttons.count()
    for number in range(buttons.count()):
        eyes.page.goto(link)
        eyes.page.locator("main details").evaluate_all(UNFOLD)
        with eyes.page.expect_navigation():
            buttons.nth(number).click()
    eyes.go(link)
    assert (eyes.title(), eyes.texts(".k-history li")) == before
    assert j.read() == []
