"""The people of a case change: another manager, another coordinator, mail that comes back."""

import json

from functions.entry.bounces import app as bounces
from functions.kernel.desk import ALL
from functions.services.access.people import person_key
from tests.journeys.groups import ANNA, STEN, open_desk
from tests.journeys.journey import ENDORSED, said, word

NEW = {
    "new_name": "Ulla Uusi-Esihenkilö",
    "new_email": "ulla.uusi@example.org",
    "new_language": "sv",
}


def seats(stack, eyes, j):
    """From Anna's desk to the people of a case."""
    open_desk(stack, eyes, ANNA)
    eyes.fill({"q": j.answers["title"]})
    eyes.press("[name=find]")
    row = eyes.page.locator(".k-desk tbody tr", has_text=j.reference)
    eyes.press(row.locator("a").first)
    eyes.press("main a[href*='/people/']")
    assert eyes.title() == word("fi", "handover.title")
    assert j.reference in eyes.text(".k-caption")


def seat(eyes, name):
    return eyes.page.locator(".k-party", has_text=name)


def test_manager_replaced_midway(start, stack, eyes):
    j = start().to("submitted")
    old = j.letter("manager")
    seats(stack, eyes, j)
    eyes.press(seat(eyes, j.answers["manager_name"]).locator("a"))
    labels = {name: word("fi", f"handover.{name}") for name in NEW}
    eyes.press(".k-form .k-actions button", 422)
    codes = {"new_name": "empty", "new_email": "empty", "new_language": "unchosen"}
    told = [f"{labels[n]}: {word('fi', f'problems.{code}')}" for n, code in codes.items()]
    assert eyes.texts(".k-error-summary li") == told
    for address, check in (
        ("ulla@muualla.example", said("fi", "checks.manager_is_ours")),
        (j.answers["applicant_email"], said("fi", "checks.manager_is_another")),
        (j.answers["manager_email"], word("fi", "problems.there_already")),
    ):
        typed = {**NEW, "new_email": address}
        eyes.fill(typed)
        eyes.press(".k-form .k-actions button", 422)
        assert eyes.texts(".k-error-summary li") == [f"{labels['new_email']}: {check}"]
        assert check in eyes.text("#e-new_email")
        assert eyes.filled(typed) == typed
    eyes.fill(NEW)
    eyes.press(".k-form .k-actions button")
    assert word("fi", "handover.replaced") in eyes.text(".k-notice")
    assert seat(eyes, NEW["new_name"]).count() == 1
    assert seat(eyes, j.answers["manager_name"]).count() == 0
    j.answers |= {"manager_name": NEW["new_name"], "manager_email": NEW["new_email"]}
    j.mailed(("manager", "handed"), manager="sv")

    eyes.language = "fi"
    eyes.go(old.link)
    assert eyes.title() == word("fi", "over.left")
    assert eyes.page.locator("[name=action]").count() == 0
    assert eyes.page.locator(".k-history li").count() == 0, "what came later is for others"
    assert not [x for x in (NEW["new_name"], j.answers["place"]) if x in eyes.text("body")]
    j.open("manager", "handed")
    j.asks("submitted")
    eyes.decide("endorse", **ENDORSED)
    j.done("endorse", "coordinating")
    j.mailed(("coordinator", "coordinate", 7), ("applicant", "endorsed"))
    j.open("applicant", "receipt")
    assert said("fi", "history.hand_over") in eyes.text(".k-history")
    assert NEW["new_name"] in eyes.text()


def test_link_sent_again(start, stack, eyes):
    j = start().to("submitted")
    seats(stack, eyes, j)
    eyes.press("#link button", 422)
    assert word("fi", "problems.whom") in eyes.text("#e-party")
    label = eyes.page.locator("#link label", has_text=j.answers["manager_name"])
    chosen = label.get_attribute("for").removeprefix("f-party-")
    for status in (200, 200, 200, 429):
        stack.advance(minutes=1)  # else it is the same press
        eyes.fill({"party": chosen})
        eyes.press("#link button", status)
        if status == 200:
            assert word("fi", "handover.resent") in eyes.text(".k-notice")
    assert eyes.texts(".k-error-summary li") == [word("fi", "problems.too_many")]
    j.mailed(*[("manager", "fresh_link")] * 3)
    j.open("manager")
    j.asks("submitted")


def test_case_handed_to_another_coordinator(start, stack, eyes):
    j = start(supervisor="uusi").to("coordinating")
    seats(stack, eyes, j)
    mine = seat(eyes, ANNA)
    assert word("fi", "handover.you") in mine.inner_text()
    assert ANNA not in eyes.text("#link")
    eyes.press(mine.locator("a"))
    eyes.press(".k-form .k-actions button", 422)
    unchosen = f"{word('fi', 'handover.colleague')}: {word('fi', 'problems.unchosen')}"
    assert eyes.texts(".k-error-summary li") == [unchosen]
    eyes.fill({"colleague": "sten"})
    eyes.press(".k-form .k-actions button")
    assert eyes.title() == word("fi", "desk.title")
    stack.settle()
    eyes.page.reload()
    assert j.reference not in eyes.text("body")
    j.unit = "svenska-tjanster"  # whose only coordinator is Sten
    j.mailed(("coordinator", "handed"))
    j.open("applicant")
    j.stands("coordinating")

    open_desk(stack, eyes, STEN, "sv")
    row = eyes.page.locator(".k-desk tbody tr", has_text=j.reference)
    eyes.press(row.locator(".k-desk__task"))
    j.asks("coordinating")
    assert said("sv", "history.hand_over") in eyes.text(".k-history")
    eyes.decide("offer", supervisor="uusi")
    j.done("offer", "offered")
    j.mailed(("supervisor", "offer", 7), ("applicant", "offered"))
    j.accept()


def test_bounced_address_shows_and_is_mended(start, stack, eyes):
    j = start().to("submitted")
    bounce(stack, j, "manager")
    j.mailed(("coordinator", "unreachable"))
    open_desk(stack, eyes, ANNA)
    eyes.fill({"q": j.answers["title"]})
    eyes.press("[name=find]")
    alert = word("fi", "desk.bounced", name=j.answers["manager_name"])
    row = eyes.page.locator(".k-desk tbody tr", has_text=j.reference)
    assert alert in row.inner_text()
    eyes.press(row.locator("a").first)
    assert word("fi", "case.bounced") in eyes.text()
    eyes.press("main a[href*='/people/']")
    there = seat(eyes, j.answers["manager_name"])
    assert alert in there.inner_text()
    assert there.locator("button").count() == 0
    eyes.press(there.locator("a"))
    eyes.fill({**NEW, "new_email": "pekka.oikea@example.org", "new_language": "fi"})
    eyes.press(".k-form .k-actions button")
    assert alert not in eyes.text()
    j.answers["manager_email"] = "pekka.oikea@example.org"
    j.mailed(("manager", "handed"))
    j.open("manager")
    j.asks("submitted")


def bounce(stack, j, role):
    """What SES tells of a mailbox that is not there."""
    cards = stack.services.desks.page(person_key(stack.services, ANNA), ALL, "", 50)
    known = j.reference.removeprefix("K-")
    (case_id,) = [card.case for card in cards if card.case.upper().startswith(known)]
    (party,) = stack.services.cases.load(case_id).case.holders(role)
    told = {
        "eventType": "Bounce",
        "mail": {"tags": {"origin": [f"{case_id}-{party.id}"]}},
        "bounce": {
            "bounceType": "Permanent",
            "bouncedRecipients": [{"emailAddress": party.email}],
        },
    }
    event = {"Records": [{"Sns": {"Message": json.dumps(told)}}]}
    assert bounces.handle(stack.services, event) == {"noted": 1}
