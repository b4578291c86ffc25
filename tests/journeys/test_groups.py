"""A manager applies for a group: the list of people, and what each of them gets and sees."""

import pytest

from functions.render.text.texts import process_text
from tests.journeys.groups import MORE, Group, cell, open_desk
from tests.journeys.journey import CONTACT, ENDORSED, SUPERVISORS, said, word

COSTS = ("travel_reimbursed", "fee_reimbursed", "cost_centre")
PASTED = "supervisees-pasted"


@pytest.fixture
def start(stack, eyes, start):
    """Makes groups' applications, each with addresses of its own."""
    return lambda **known: Group(stack, eyes, start().number, **known)


def to_people(j):
    """From the site's own page to the step that asks for the people."""
    j.eyes.language = j.language
    j.eyes.go(j.eyes.home + j.pages[j.language])
    for step in j.steps()[:3]:
        j.eyes.onward(step)


def paste(eyes, *lines):
    fold = eyes.page.locator("details:not([open]):has(textarea) summary")
    if fold.count():
        fold.click()
    eyes.fill({PASTED: "\n".join(lines)})


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_group_from_rows_and_a_spreadsheet_until_it_runs(start, eyes, scripts):
    j = start()
    to_people(j)
    typed = {**j.cells(), "supervisees-2-email": "asa@"}
    eyes.fill(typed)
    rows = eyes.page.locator(".k-person").count()
    eyes.press(MORE)
    assert eyes.page.locator(".k-person").count() == rows + 5
    assert eyes.filled(typed) == typed
    assert eyes.page.locator(".k-error").count() == 0, "nobody has said that this is all"
    pasted = (f"Pär Åker {j.number}", f"par.{j.number}@example.org", "sv")
    paste(eyes, "\t".join(pasted))
    eyes.press("#step .k-actions button:not([name])", 422)
    j.supervisees.append(pasted)
    typed = {**j.cells(), "supervisees-2-email": "asa@"}
    assert eyes.filled(typed) == typed
    message = word("fi", "problems.email")
    told = f"{cell('fi', 'supervisees-2-email')}: {message}"
    assert eyes.texts(".k-error-summary li") == [told]
    assert message in eyes.text(".k-person:nth-child(2) .k-field--error")
    assert eyes.page.locator("[aria-invalid=true]").count() == 1
    if scripts:
        eyes.focused(".k-error-summary")
        eyes.page.locator(".k-error-summary a").click()
        eyes.focused("[name=supervisees-2-email]")

    eyes.onward({"supervisees-2-email": j.supervisees[1][1]})
    eyes.onward(j.steps()[-1])
    reviewed = j.rows()[said("fi", "fields.supervisees.label")]
    for name, email, _ in j.supervisees:
        assert name in reviewed
        assert email in reviewed
    assert reviewed.endswith(f"{pasted[1]}, {word('fi', 'people.sv')}")
    assert said("fi", "forms.group.then") in eyes.text()
    j.send()
    assert said("fi", "forms.group.sent") in eyes.text()
    j.mailed(("manager", "confirm_group", 7))
    j.confirm()
    seen_by_all(j, "coordinating")

    j.open("coordinator")
    costs = [j.label(name) for name in COSTS]
    assert j.rows()[costs[2]] == ENDORSED["cost_centre"]
    assert j.rows()[said("fi", "fields.supervisees.label")] == reviewed
    j.offer("testi")
    seen_by_all(j, "offered")
    j.open("supervisor")
    assert {*costs} < set(j.rows())
    assert j.answers["reason_and_goals"] in j.rows().values()
    j.accept()
    seen_by_all(j, "active")
    j.open("supervisor")
    assert all(email in eyes.text() for _, email, _ in j.supervisees), "the list to write to"
    j.begin()
    seen_by_all(j, "running")
    j.open("manager", "receipt_group")
    j.stands("running")
    assert eyes.page.locator("main form").count() == 0


def seen_by_all(j, state):
    """Each supervisee reads names, form and state in their own language, and nothing more."""
    begun = state in ("active", "running")
    for _, email, language in j.supervisees:
        j.open(email, "accepted_supervisee" if begun else "named")
        assert j.eyes.language == language
        j.stands(state)
        page = j.eyes.text("body")
        assert all(other in page for other, *_ in j.supervisees)
        assert all(address not in page for _, address, _ in j.supervisees if address != email)
        assert j.answers["title"] in page
        assert said(language, "fields.form_of_supervision.choices.group") in page
        hidden = [j.answers[x] for x in ("reason_and_goals", "supervisor_wishes", "place")]
        hidden += [j.label(x) for x in COSTS]
        assert not [each for each in (*hidden, ENDORSED["cost_centre"]) if each in page]
        assert (SUPERVISORS[j.supervisor][0] in page) == begun
        assert (CONTACT in page) == begun
        assert j.eyes.page.locator("main form").count() == 0


def test_manager_among_the_supervisees_holds_both_roles_and_withdraws(start, stack, eyes):
    j = start()
    manager = j.answers["manager_email"]
    j.supervisees[0] = (j.answers["manager_name"], manager, "fi")
    j.hurry()
    j.offer()
    j.open(manager, "named")
    j.stands("offered")
    assert j.answers["reason_and_goals"] not in eyes.text("body")
    open_desk(stack, eyes, manager)
    for role in ("manager", "supervisee"):
        assert process_text("supervision", "fi", f"desk.{role}.waiting") in eyes.texts("h2")

    j.open("manager", "receipt_group")
    j.stands("offered")
    assert j.answers["reason_and_goals"] in j.rows().values()
    eyes.decide("withdraw_group")
    j.stands("withdrawn")
    j.mailed(
        ("manager", "withdrawn_group"),
        ("supervisee", "withdrawn_supervisee"),
        ("coordinator", "withdrawn_offered"),
        ("supervisor", "withdrawn_supervisor"),
    )
    for _, email, language in j.supervisees[1:]:
        j.open(email)
        j.stands("withdrawn")
        assert said(language, "states.withdrawn.now") in eyes.text()
    j.open("supervisor", "offer")
    assert eyes.title() == word("fi", "over.left")
    assert j.answers["reason_and_goals"] not in eyes.text("body")
    assert eyes.page.locator("[name=action]").count() == 0


def test_language_in_the_middle_keeps_everything(start, eyes):
    j = start()
    to_people(j)
    eyes.fill(j.cells())
    paste(eyes, "Pär Åker; par@example.org; sv")
    eyes.speak("sv")
    pasted = {"supervisees-4-name": "Pär Åker", "supervisees-4-email": "par@example.org"}
    kept = {**j.cells(), **pasted, "supervisees-4-language": "sv"}
    assert eyes.filled(kept) == kept
    assert said("sv", "fields.supervisees.label") in eyes.text("legend.k-label")
    eyes.speak("en")
    assert eyes.filled(kept) == kept
    eyes.onward({})
    eyes.press("[name=_go]")
    assert eyes.filled(kept) == kept


def test_list_that_cannot_be_is_mended_where_it_is_wrong(start, eyes):
    j = start()
    to_people(j)
    (name, email, _), (other, *_), _ = j.supervisees
    label = said("fi", "fields.supervisees.label")
    eyes.onward({}, 422)
    assert eyes.texts(".k-error-summary li") == [f"{label}: {word('fi', 'problems.nobody')}"]
    first = {"supervisees-1-name": name, "supervisees-1-email": email}
    eyes.onward(first, 422)
    assert eyes.texts(".k-error-summary li") == [f"{label}: {word('fi', 'problems.few', limit=2)}"]
    again = {"supervisees-2-name": other, "supervisees-2-email": email.upper()}
    eyes.onward(again, 422)
    twice = f"{cell('fi', 'supervisees-2-email')}: {word('fi', 'problems.twice')}"
    assert eyes.texts(".k-error-summary li") == [twice]
    assert eyes.filled(first) == first


def test_form_for_one_is_not_offered_and_a_stranger_as_manager_is_refused(start, eyes):
    j = start()
    need, arrangements, sender, *_ = j.steps()
    eyes.language = "fi"
    eyes.go(eyes.home + j.pages["fi"])
    forms = eyes.page.locator("[name=form_of_supervision]")
    assert "individual" not in [each.get_attribute("value") for each in forms.all()]
    eyes.onward({**need, "form_of_supervision": "pair"})
    eyes.onward(arrangements)
    eyes.onward({**sender, "manager_email": "pekka@muualla.example"}, 422)
    field = j.question("manager_email")
    assert eyes.texts(".k-error-summary li") == [f"{field}: {said('fi', 'checks.manager_is_ours')}"]
    assert said("fi", "checks.manager_is_ours") in eyes.text("#e-manager_email")
    j.mailed()
