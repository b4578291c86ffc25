"""Offers that nobody takes: declined, or left without an answer."""

from datetime import timedelta

from functions.kernel.durations import day_of
from tests.journeys.journey import SUPERVISORS, said, word
from tests.moments import lapses, reminds, wait

REASON = "Kalenterini on täynnä jouluun asti."
TESTI = SUPERVISORS["testi"][0]
UUSI = SUPERVISORS["uusi"][0]

MINUTE = timedelta(minutes=1)


def capacity(eyes, key):
    """What the coordinator reads of a supervisor's load."""
    figure = eyes.page.locator(f"#r-supervisor-{key} .k-pick__cell--load dd")
    assert eyes.texts(f"#r-supervisor-{key} .k-pick__figure")[0] in figure.inner_text()
    return figure.locator(".k-visually-hidden").text_content()


def unseen_by_applicant(j, *names):
    """No link that the applicant has shows any of these names."""
    for letter in [x for x in j.letters if x.to == j.answers["applicant_email"]]:
        j.eyes.go(letter.link)
        assert not [name for name in names if name in j.eyes.text("body")]


def test_declined_and_the_next_accepts(start, eyes):
    j = start().to("coordinating")
    j.offer("testi")
    j.open("supervisor")
    j.asks("offered")
    eyes.decide("decline", decline_reason=REASON)
    assert eyes.title() == said("fi", "actions.decline.done")
    assert word("fi", "over.left_lead") in eyes.text(".k-lead")
    j.mails_told("coordinator", "applicant")
    assert j.answers["reason_and_goals"] not in eyes.text("body")
    assert eyes.page.locator("main form").count() == 0
    j.mailed(("coordinator", "declined", 7), ("applicant", "search_on"))
    declined = j.letter("supervisor")

    j.open("coordinator")
    j.asks("coordinating")
    assert j.rows()[j.label("decline_reason")] == REASON
    assert capacity(eyes, "testi") == "Käynnissä 2, enintään 6, jonossa 0"
    j.offer("uusi")
    unseen_by_applicant(j, TESTI, UUSI, REASON)
    j.open("supervisor")
    assert REASON not in eyes.text("body")
    j.accept()

    unseen_by_applicant(j, TESTI, REASON)
    j.open("applicant", "accepted")
    assert UUSI in eyes.text()
    j.open("manager")
    assert TESTI not in eyes.text("body")
    eyes.go(declined.link)
    assert eyes.title() == word("fi", "over.left"), "the last word was another's"
    assert said("fi", "actions.decline.done") in eyes.text(".k-history")
    assert eyes.page.locator("main form").count() == 0, "it is no longer theirs"
    assert not {UUSI, j.answers["applicant_name"]} & set(eyes.text("body").split(", "))

    k = start().to("coordinating")
    k.open("coordinator")
    assert capacity(eyes, "uusi") == "Käynnissä 1, enintään 2, jonossa 0"
    assert capacity(eyes, "testi") == "Käynnissä 2, enintään 6, jonossa 0"


def test_offer_expires_after_seven_days(start, stack, eyes):
    j, other = start(), start()
    other.to("coordinating")
    j.to("offered")
    other.open("coordinator")
    assert capacity(eyes, "testi") == "Käynnissä 2, enintään 6, jonossa 1"

    begun = day_of(stack.clock.now())
    wait(stack, reminds(begun, 4) - MINUTE)
    j.mailed()
    stack.advance(minutes=1)
    j.mailed(("supervisor", "remind_answer", 3))
    j.open("supervisor", "remind_answer")
    j.asks("offered")
    wait(stack, lapses(begun, 7) - MINUTE)
    j.mailed()
    j.open("supervisor", "offer")
    j.asks("offered")
    stack.advance(minutes=1)
    j.mailed(
        ("coordinator", "expired", 7),
        ("supervisor", "offer_expired"),
        ("applicant", "search_on"),
    )

    for mail in ("offer", "remind_answer", "offer_expired"):
        j.open("supervisor", mail)
        assert eyes.title() == word("fi", "over.late")
    unseen_by_applicant(j, TESTI)
    j.open("coordinator")
    j.asks("coordinating")
    assert capacity(eyes, "testi") == "Käynnissä 2, enintään 6, jonossa 0"
    j.offer("uusi")
