"""By keyboard alone."""

from tests.journeys.journey import word

_SEEN = """() => {
    const e = document.activeElement, box = e.closest('.k-choice, .k-pick__row');
    return [e, box].some(x => x && getComputedStyle(x).outlineStyle !== 'none'
        && parseFloat(getComputedStyle(x).outlineWidth) >= 2);
}"""


def tab_to(eyes, selector, most=40):
    """Press Tab until the element has the focus; wherever it goes, it can be seen."""
    for _ in range(most):
        eyes.page.keyboard.press("Tab")
        if eyes.page.evaluate("document.activeElement === document.body"):
            continue  # the focus is with the browser, not on the page yet
        assert eyes.page.evaluate(_SEEN), eyes.page.evaluate("document.activeElement.outerHTML")
        if eyes.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"Tab never comes to {selector}")


def enter(eyes, status=200):
    with eyes.page.expect_navigation() as there:
        eyes.page.keyboard.press("Enter")
    assert there.value.status == status
    eyes.look()


def skip(eyes, main):
    """The first stop is the link past the header, in sight; it leads to the content."""
    tab_to(eyes, ".k-skip", most=1)
    assert eyes.page.locator(".k-skip").bounding_box()["y"] >= 0
    eyes.page.keyboard.press("Enter")
    eyes.page.keyboard.press("Tab")
    eyes.until(lambda: eyes.page.evaluate(f"!!document.activeElement.closest('{main}')"))


def test_first_step_by_keyboard(start, eyes):
    eyes.go(eyes.home + "/tyonohjaus/hae/")
    skip(eyes, "#k-main")
    tab_to(eyes, "#step .k-button")
    enter(eyes, 422)
    eyes.focused(".k-error-summary")
    tab_to(eyes, ".k-error-summary a", most=1)
    eyes.page.keyboard.press("Enter")
    eyes.focused("#f-form_of_supervision-individual")
    eyes.page.keyboard.press("Space")
    tab_to(eyes, "[name=reason_and_goals]", most=1)
    eyes.page.keyboard.type("Haluan oppia rajaamaan työtäni.")
    assert eyes.text(".k-counter >> nth=0") == word("fi", "form.counter", n=2000 - 31)
    tab_to(eyes, "[name=willing_to_merge]")
    eyes.page.keyboard.press("Space")
    tab_to(eyes, "#step .k-button", most=3)
    enter(eyes)
    typed = {
        "form_of_supervision": "individual",
        "reason_and_goals": "Haluan oppia rajaamaan työtäni.",
        "willing_to_merge": "yes",
    }
    assert eyes.filled(typed) == typed, "carried along"


def test_a_decision_by_keyboard(start, eyes):
    j = start().to("submitted")
    j.open("manager")
    skip(eyes, "#main")
    keys = eyes.page.keyboard
    if not eyes.page.evaluate("document.activeElement.matches('#f-action-endorse')"):
        tab_to(eyes, "[name=action]")
    keys.press("Space")
    tab_to(eyes, "[name=travel_reimbursed]", most=1)
    keys.press("Space")
    tab_to(eyes, "[name=fee_reimbursed]", most=1)
    keys.press("Space")
    keys.press("ArrowDown")
    tab_to(eyes, "[name=cost_centre]", most=1)
    keys.type("KP-4711")
    tab_to(eyes, "form:has([name=action]) button", most=5)
    enter(eyes)
    j.done("endorse", "coordinating")
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))
    j.open("coordinator")
    values = set(j.rows().values())
    assert {"KP-4711", "Kyllä", "Ei"} < values
