"""An application that comes back, and what is mended in it."""

from tests.journeys.journey import ENDORSED, said, word

REASON = "Kerro tarkemmin, mitä työnohjaukselta toivot."


def given(j):
    """What was answered, of the fields that can be corrected."""
    fixed = ("applicant_email", "privacy_read")
    return {name: value for name, value in j.answers.items() if name not in fixed}


def test_returned_corrected_and_endorsed(start, eyes):
    j = start().to("submitted")
    j.turn_back("returned", REASON)

    j.open("applicant", "returned")
    j.asks("returned")
    assert j.rows()[j.label("return_reason")] == REASON
    assert eyes.filled(given(j)) == given(j)
    assert eyes.page.locator("[name=applicant_email], [name=privacy_read]").count() == 0
    eyes.decide(
        "correct", reason_and_goals="Haluan oppia rajaamaan työtäni.", place="", mode="online"
    )
    j.done("correct", "submitted")
    j.mailed(("applicant", "corrected"), ("manager", "endorse_again", 7))

    j.open("manager", "endorse")
    j.again("submitted", "return")
    j.open("manager")
    j.asks("submitted")
    assert REASON not in j.rows().values(), "the reason was of an earlier turn"
    assert f"{j.label('return_reason', own=True)}: {REASON}" in eyes.text(".k-history")
    assert changes(eyes) == [
        (
            j.label("reason_and_goals"),
            j.answers["reason_and_goals"],
            "Haluan oppia rajaamaan työtäni.",
        ),
        (
            j.label("mode"),
            said("fi", "fields.mode.choices.hybrid"),
            said("fi", "fields.mode.choices.online"),
        ),
        (j.label("place"), j.answers["place"], word("fi", "review.empty")),
    ]
    eyes.decide("endorse", **ENDORSED)
    j.done("endorse", "coordinating")
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))
    j.open("coordinator")
    j.asks("coordinating")
    assert "Haluan oppia rajaamaan työtäni." in j.rows().values()
    assert j.answers["reason_and_goals"] not in j.rows().values()


def test_rejected_corrected_for_another_manager(start, eyes):
    j = start().to("submitted")
    j.turn_back("rejected", REASON)
    former = j.letter("manager")

    j.open("applicant", "rejected")
    j.asks("rejected")
    assert j.rows()[j.label("reject_reason")] == REASON
    assert eyes.filled(given(j)) == given(j)
    j.answers |= {"manager_name": "Maria Malli", "manager_email": "maria.malli@example.org"}
    eyes.decide("correct", manager_name="Maria Malli", manager_email="maria.malli@example.org")
    j.done("correct", "submitted")
    j.mailed(("applicant", "corrected"), ("manager", "endorse_again", 7), (former.to, "left_out"))

    eyes.go(former.link)
    assert eyes.title() == word("fi", "over.left")
    assert eyes.page.locator("main form").count() == 0, "the former manager's link is dead"
    j.endorse()
    eyes.go(former.link)
    assert eyes.title() == word("fi", "over.left"), "the last word was another's"
    assert eyes.page.locator("main form").count() == 0


def changes(eyes):
    """What the page says has changed: question, before, now."""
    rows = eyes.page.locator(".k-change .k-summary__row").all()
    return [
        tuple(" ".join(row.locator(part).inner_text().split()) for part in ("dt", "del", "ins"))
        for row in rows
    ]
