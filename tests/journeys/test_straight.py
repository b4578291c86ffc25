"""From the form to an accepted supervisor without a turn, every field filled; in Finnish,
with JavaScript and without."""

import pytest

from functions.render.case.act_forms import NOT_NOW
from functions.render.text.texts import maybe
from tests.journeys.journey import CONTACT, SUPERVISORS, said, word

SERVED = True  # a local AWS of its own process
WORDED = ("desired_start", "unit", "privacy_read")  # told in other words than they are sent in
COSTS = ("travel_reimbursed", "fee_reimbursed", "cost_centre")
ACTS = {
    "active": {"coordinator": ["not_begin_instead"], "supervisor": ["begin", "not_begin"]},
    "running": {"coordinator": ["redate_instead", "interrupt"], "supervisor": ["redate", "close"]},
}  # who can do what from the acceptance on
TESTI, TESTI_MAIL, _ = SUPERVISORS["testi"]


def labels(j, names, *, own=False):
    return {j.label(name, own=own) for name in names}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_straight_until_it_runs(start, eyes):
    j = start()
    j.fill()
    reviewed(j)
    j.send()
    j.mailed(("applicant", "confirm", 7))
    confirmed(j)
    endorsed(j)
    offered(j)
    accepted(j)
    begun(j)
    ended(j)


def reviewed(j):
    """The answers as people read them, all of them."""
    assert j.eyes.title() == word("fi", "review.title")
    rows = j.rows()
    assert len(rows) == len(j.answers)
    for name, value in j.answers.items():
        told = rows[j.question(name)]
        if name in WORDED:
            assert told not in (value, word("fi", "review.empty"))
        else:
            assert told == (maybe("supervision", "fi", f"fields.{name}.choices.{value}") or value)


def confirmed(j):
    """Only who sent it is written to, until they confirm; then their manager."""
    j.open("applicant")
    j.asks("unconfirmed")
    assert j.answers["reason_and_goals"] in j.rows().values()
    j.eyes.decide("confirm")
    j.done("confirm", "submitted")
    j.mailed(("manager", "endorse", 7), ("applicant", "receipt"))
    j.open("applicant", "receipt")
    assert j.eyes.title() == said("fi", "states.submitted.name")
    j.stands("submitted")


def endorsed(j):
    """The manager reads all of it, answers both reimbursements, and sees that it went on."""
    j.open("manager")
    j.asks("submitted")
    values = j.rows().values()
    for name in ("reason_and_goals", "place", "applicant_phone", "accessibility_needs", "title"):
        assert j.answers[name] in values
    j.eyes.decide("endorse", travel_reimbursed="yes", fee_reimbursed="no", cost_centre="KP-4711")
    j.done("endorse", "coordinating")
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))
    j.open("applicant", "endorsed")
    j.stands("coordinating")
    assert not labels(j, COSTS) & set(j.rows()), "costs are not for the applicant"


def offered(j):
    """The coordinator sees costs and capacity, and chooses; the applicant is not told whom."""
    j.open("coordinator")
    j.asks("coordinating")
    assert j.rows()[j.label("cost_centre")] == "KP-4711"
    assert j.eyes.page.locator("input[name=supervisor]").count() == 6
    assert "käynnissä 3, enintään 3" in j.eyes.text("#o-supervisor-maija")
    j.eyes.decide("offer", supervisor="testi", offer_message="Olisiko sinulla tilaa syksyllä?")
    j.done("offer", "offered")
    j.mailed(("supervisor", "offer", 7), ("applicant", "offered"))
    j.open("applicant", "offered")
    j.stands("offered")
    assert TESTI not in j.eyes.text("body")
    assert "Olisiko sinulla tilaa syksyllä?" not in j.eyes.text("body")


def accepted(j):
    """The supervisor reads all of it, the costs too, and says how to be reached."""
    j.open("supervisor")
    j.asks("offered")
    rows = j.rows()
    assert labels(j, COSTS) < set(rows)
    assert {"Olisiko sinulla tilaa syksyllä?", j.answers["reason_and_goals"]} < set(rows.values())
    known = j.eyes.page.locator("[name=contact_instructions]").input_value()
    assert known.startswith("Soita arkisin klo 8–9"), "what the directory knows is filled in"
    j.eyes.decide("accept", contact_instructions=CONTACT)
    j.done("accept", "active", yours=True)
    j.mails_told("applicant", "manager", "coordinator", "you")
    j.mailed(
        ("applicant", "accepted"),
        ("manager", "accepted_manager"),
        ("coordinator", "accepted_coordinator"),
        ("supervisor", "accepted_supervisor", 14),
    )


def begun(j):
    """Everybody sees who and how to reach them; costs stay with whom they concern. The
    supervisor records the first session, and everybody hears of it."""
    seen_by_all(j, "active", turn="supervisor")
    j.open("supervisor", "offer")
    j.again("active", "accept")
    j.begin()
    j.eyes.fill({"send_to": "here"})  # the link to the task is used: one to the case is mailed
    j.eyes.press('form[action$="/fresh"] button')
    j.mailed(("supervisor", "fresh_link"))
    seen_by_all(j, "running")


def seen_by_all(j, state, turn=""):
    """What each of them can read, and what they can do, after the acceptance."""
    for who in ("applicant", "manager", "coordinator", "supervisor"):
        j.open(who)
        j.stands(state, yours=who == turn)
        title = f"tasks.{state}.title" if who == turn else f"states.{state}.name"
        assert j.eyes.title() == said("fi", title)
        assert CONTACT in j.rows().values()
        assert (labels(j, COSTS, own=who == "manager") < set(j.rows())) == (who != "applicant")
        if who != "supervisor":
            assert f"{TESTI}, {TESTI_MAIL}" in j.eyes.texts(".k-summary dd")
        assert offered_acts(j) == ACTS[state].get(who, [])


def ended(j):
    """Links of turns that are over tell what was done, and where it is now."""
    for who, mail, action in (
        ("applicant", "confirm", "confirm"),
        ("manager", "endorse", "endorse"),
        ("coordinator", "coordinate", "offer"),
        ("supervisor", "accepted_supervisor", "begin"),
    ):
        j.open(who, mail)
        j.done(action, "running")


def offered_acts(j):
    """What the page lets its reader do, by name."""
    names = j.eyes.page.locator("[name=action]").evaluate_all("all => all.map(e => e.value)")
    return [name for name in names if not name.startswith(NOT_NOW)]


def test_a_page_that_is_not_there(eyes):
    for path, language in (("/nothing/", "fi"), ("/sv/nothing/", "sv"), ("/en/nothing/", "en")):
        eyes.language = language
        eyes.go(eyes.home + path, 404)
    eyes.language = "en"
    eyes.go(eyes.home + "/api/t/" + "A" * 43 + "?lang=en", 404)
    assert eyes.title() == word("en", "errors.refused.title")
