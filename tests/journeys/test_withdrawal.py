"""Withdrawing, from the status link, wherever the application is."""

import pytest

from tests.journeys.journey import said, word

TOLD = {
    "submitted": ["manager"],
    "returned": ["manager"],
    "rejected": [],
    "coordinating": ["manager", "coordinator"],
    "offered": ["manager", "coordinator", "supervisor"],
}


@pytest.mark.parametrize("state", TOLD)
def test_withdrawn(start, eyes, state):
    j = start().to(state)
    j.open("applicant", "receipt")
    j.stands(state, yours=state in ("returned", "rejected"))
    eyes.decide("withdraw")
    assert eyes.title() == said("fi", "states.withdrawn.name")
    assert eyes.texts(".k-notice[role=status] strong") == [said("fi", "actions.withdraw.done")]
    j.mails_told("you", *TOLD[state])
    j.stands("withdrawn")
    heard = {("manager", "submitted"): "unanswered", ("coordinator", "offered"): "offered"}
    mails = [(who, f"withdrawn_{heard.get((who, state), who)}") for who in TOLD[state]]
    j.mailed(("applicant", "withdrawn"), *mails)

    for who in ("applicant", *TOLD[state]):
        j.open(who)
        if who == "supervisor":  # who never accepted it keeps nothing of it
            assert eyes.title() == word(eyes.language, "over.left")
        else:
            j.stands("withdrawn")
        assert eyes.page.locator("main form").count() == 0
    if state == "offered":
        j.open("supervisor", "offer")
        assert eyes.title() == word(eyes.language, "over.left")
        assert j.answers["reason_and_goals"] not in eyes.text("body")
        assert eyes.page.locator("[name=action]").count() == 0


def test_withdrawing_takes_a_choice_and_not_only_a_button(start, eyes):
    j = start().to("submitted")
    j.open("applicant", "receipt")
    fold = eyes.page.locator("details")
    fold.locator("summary").click()
    eyes.press(fold.locator("button[type=submit]"), 422)
    assert word("fi", "task.undecided") in eyes.text(".k-error-summary")
    j.stands("submitted")
    j.mailed()


@pytest.mark.parametrize("state", ["active", "running"])
def test_no_withdrawal_once_supervision_has_begun(start, eyes, state):
    j = start().to(state)
    for mail in ("receipt", "accepted"):
        j.open("applicant", mail)
        j.stands(state)
        assert eyes.page.locator("main form").count() == 0
