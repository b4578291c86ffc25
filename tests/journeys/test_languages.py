"""Each party in their own language."""

from tests.journeys.journey import CONTACT, ENDORSED, said


def test_each_party_in_their_own_language(start, eyes):
    j = start(language="en", manager_language="sv", supervisor="provia")
    j.apply()
    j.open("applicant")
    j.asks("unconfirmed")
    eyes.decide("confirm")
    j.done("confirm", "submitted")
    j.mailed(("manager", "endorse", 7), ("applicant", "receipt"), manager="sv")

    j.open("manager")
    assert eyes.language == "sv"
    j.asks("submitted")
    eyes.decide("endorse", **ENDORSED)
    j.done("endorse", "coordinating")
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))

    j.offer()
    j.open("supervisor")
    assert eyes.language == "sv"
    j.asks("offered")
    eyes.decide("accept", contact_instructions=CONTACT)
    j.done("accept", "active", yours=True)
    j.mailed(
        ("applicant", "accepted"),
        ("manager", "accepted_manager"),
        ("coordinator", "accepted_coordinator"),
        ("supervisor", "accepted_supervisor", 14),
        manager="sv",
    )
    for who, language in (
        ("applicant", "en"),
        ("manager", "sv"),
        ("coordinator", "fi"),
        ("supervisor", "sv"),
    ):
        j.open(who)
        assert eyes.language == language
        title = "tasks.active.title" if who == "supervisor" else "states.active.name"
        assert eyes.title() == said(language, title)
        assert CONTACT in j.rows().values()


def test_acting_in_another_language_changes_the_mails(start, eyes):
    j = start(unit="nuorten-talo")  # two coordinators: one reads Finnish, one Swedish
    j.apply()
    j.confirm()
    j.open("manager")
    eyes.speak("en")
    j.asks("submitted")
    eyes.decide("return", return_reason="Please tell more about your aims.")
    j.done("return", "returned")
    j.mailed(("applicant", "returned", 14))

    j.open("applicant")
    eyes.speak("sv")
    j.asks("returned")
    eyes.decide("correct", place="Helsingfors")
    j.done("correct", "submitted")
    j.mailed(
        ("applicant", "corrected"), ("manager", "endorse_again", 7), applicant="sv", manager="en"
    )

    j.open("manager")
    assert eyes.language == "en"
    j.asks("submitted")
    eyes.speak("fi")  # looking in another language is not acting in it
    j.open("manager")
    assert eyes.language == "en"
    eyes.decide("endorse", **ENDORSED)
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"), applicant="sv")
    assert j.letter("coordinator").language == "sv"
    j.open("coordinator")
    j.asks("coordinating")


def test_switching_in_the_middle_of_the_form_keeps_what_was_typed(start, eyes):
    j = start()
    first, second, third, fourth = j.steps()
    eyes.go(eyes.home + "/tyonohjaus/hae/")
    eyes.onward(first)
    eyes.fill(second)
    eyes.speak("en")
    assert eyes.text("legend h2") == said("en", "sections.arrangements.title")
    assert eyes.filled(second) == second
    eyes.onward({})
    eyes.fill(third)
    eyes.speak("sv")
    assert eyes.filled(third) == third
    eyes.onward({})
    eyes.onward(fourth)
    assert j.answers["reason_and_goals"] in j.rows().values()
    eyes.speak("en")
    assert said("en", "fields.mode.choices.hybrid") in j.rows().values()
    j.language = "en"
    j.send()
    j.mailed(("applicant", "confirm", 7))
