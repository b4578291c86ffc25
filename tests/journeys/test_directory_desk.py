"""The directory on the desk: supervisors tell of themselves, coordinators look after all of it."""

import pytest

from functions.render.text.texts import page_text
from tests.journeys.browser import HEIGHT, WIDTHS, Eyes
from tests.journeys.groups import ANNA, STEN, door, open_desk
from tests.journeys.journey import SUPERVISORS, word

FRAMEWORK = "Narratiivinen ja voimavarakeskeinen"
CONTACT = "Tekstiviesti riittää, vastaan iltapäivällä."
SAVE = "#entry .k-actions button"
UNIT = {"name_fi": "Kylän asema", "name_sv": "Bystationen", "name_en": "Village Station"}
PERSON = {
    "name": "Tuula Tuore",
    "email": "tuula.tuore@example.org",
    "language": "fi",
    "forms.individual": "yes",
    "languages.fi": "yes",
    "maximum": "3",
}


def label(name, language="fi"):
    return word(language, f"directory.fields.{name}.label")


def entry(eyes, source, key):
    eyes.press(f'main a[href*="/directory/{source}/{key}?"]')


def saved(eyes, fields):
    """Fill, save, and see that it was."""
    eyes.fill(fields)
    eyes.press(SAVE)
    assert word(eyes.language, "directory.saved") in eyes.text(".k-notice h2")
    assert eyes.filled(fields) == fields


def offers(eyes):
    """The supervisors the coordinator may choose from, by key."""
    radios = eyes.page.locator("[type=radio][name=supervisor]")
    return radios.evaluate_all("all => all.map(each => each.value)")


def test_supervisor_keeps_own_data_and_the_offer_shows_it(start, stack, eyes):
    j = start(supervisor="uusi").to("coordinating")
    open_desk(stack, eyes, SUPERVISORS["uusi"][1])
    assert eyes.page.locator('.k-desk__pages a[href*="/directory?"]').count() == 0
    door(eyes, "own")
    assert eyes.title() == word("fi", "own.title")
    assert SUPERVISORS["uusi"][1] in eyes.text()
    assert eyes.page.locator(":is([name=email], [name=retired])").count() == 0

    typed = {"framework": FRAMEWORK, "contact": CONTACT, "maximum": "paljon", "name": ""}
    eyes.fill(typed)
    eyes.press(SAVE, 422)
    told = [
        f"{label('name')}: {word('fi', 'problems.empty')}",
        f"{label('maximum')}: {word('fi', 'problems.number')}",
    ]
    assert eyes.texts(".k-error-summary li") == told
    eyes.focused(".k-error-summary")
    eyes.page.locator(".k-error-summary a").last.click()
    eyes.focused("[name=maximum]")
    assert word("fi", "problems.number") in eyes.text("#e-maximum")
    assert eyes.filled(typed) == typed
    eyes.speak("sv")
    assert eyes.title() == word("sv", "own.title")
    assert eyes.filled(typed) == typed
    saved(eyes, {**typed, "maximum": "7", "name": SUPERVISORS["uusi"][0]})

    stack.advance(minutes=2)
    j.open("coordinator")
    whole = eyes.page.locator("#d-supervisor-uusi")
    whole.locator("summary").click()
    assert FRAMEWORK in whole.inner_text()
    assert "enintään 7" in eyes.text("#r-supervisor-uusi .k-pick__cell--load")
    j.offer("uusi")
    j.open("supervisor")
    assert eyes.filled({"contact_instructions": ""}) == {"contact_instructions": CONTACT}


def test_unit_and_supervisor_added_and_retired(start, stack, eyes):
    open_desk(stack, eyes, ANNA)
    door(eyes, "directory")
    desk = eyes.page.url
    entry(eyes, "units", "new")
    eyes.press(SAVE, 422)
    missing = word("fi", "problems.empty")
    assert f"{label('name_fi')}: {missing}" in eyes.texts(".k-error-summary li")
    assert missing in eyes.text("#e-name_fi")
    saved(eyes, {**UNIT, "employer": "Kylä", "language": "sv", "coordinators.anna": "yes"})
    eyes.go(desk)
    assert UNIT["name_fi"] in eyes.text()
    entry(eyes, "supervisors", "new")
    eyes.fill({**PERSON, "email": SUPERVISORS["testi"][1]})
    eyes.press(SAVE, 422)
    taken = word("fi", "directory.checks.address_taken", owner=SUPERVISORS["testi"][0])
    assert eyes.texts(".k-error-summary li") == [f"{label('email')}: {taken}"]
    saved(eyes, PERSON)
    eyes.go(desk)
    entry(eyes, "supervisors", "krister")
    saved(eyes, {"retired": "yes"})
    eyes.go(desk)
    assert "Krister Kuvitteellinen" not in " ".join(eyes.texts("main > section > table"))

    stack.advance(minutes=2)
    j = start()
    eyes.go(eyes.home + j.pages["fi"])
    for step in j.steps()[:2]:
        eyes.onward(step)
    j.answers["unit"] = eyes.page.locator(
        "[name=unit] option", has_text=UNIT["name_fi"]
    ).get_attribute("value")
    j.hurry()
    j.open("coordinator")
    j.asks("coordinating")
    assert UNIT["name_fi"] in j.rows().values()
    assert PERSON["name"] in eyes.text(".k-pick")
    assert "krister" not in offers(eyes)


def test_supervisor_permits_and_the_public_page_shows_it(stack, eyes):
    name, address, _ = SUPERVISORS["uusi"]
    public = page_text("fi", "page.supervisors_path").partition("?")[0]
    eyes.go(f"{eyes.home}{public}")
    assert name not in eyes.text()
    open_desk(stack, eyes, address)
    door(eyes, "own")
    assert word("fi", "directory.fields.published.label_own") in eyes.text()
    assert eyes.filled({"published": ""}) == {"published": ""}
    saved(eyes, {"published": "yes", "framework": FRAMEWORK})
    own = eyes.page.url

    for language in ("fi", "sv", "en"):
        eyes.language = language
        eyes.go(f"{eyes.home}{public}?lang={language}")
        assert name in eyes.texts("article h2")
        assert FRAMEWORK in eyes.text("article[aria-labelledby=c-uusi]")
        assert address not in eyes.page.content()
    everybody = eyes.texts("article h2")
    eyes.fill({"form": "crisis", "place": "online"})
    eyes.press("main form button[type=submit]")
    assert name not in eyes.texts("article h2")
    assert SUPERVISORS["testi"][0] in eyes.texts("article h2")
    assert SUPERVISORS["provia"][0] not in eyes.texts("article h2")
    eyes.speak("fi")
    assert eyes.filled({"form": "", "place": ""}) == {"form": "crisis", "place": "online"}
    eyes.page.locator(".k-top a").click()
    eyes.fill({"form": "managers", "language": "sv"})
    eyes.press("main form button[type=submit]")
    assert word("fi", "cards.none_found") in eyes.text()
    eyes.press("main form .k-button--link")
    assert eyes.texts("article h2") == everybody

    eyes.go(own)
    saved(eyes, {"published": "no"})
    eyes.go(f"{eyes.home}{public}?lang=fi&fresh=1")  # past what the browser keeps
    assert name not in eyes.texts("article h2")


@pytest.fixture
def colleague(browser, stack):
    """Another coordinator's browser."""
    with browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT}) as context:
        yield Eyes(context.new_page(), stack.url, None)


def test_two_who_edit_at_once_see_both_values(stack, eyes, colleague):
    open_desk(stack, eyes, ANNA)
    door(eyes, "directory")
    back = eyes.page.url
    entry(eyes, "coordinators", "sten")
    saved(eyes, {"duties.directory": "yes"})
    eyes.go(back)
    entry(eyes, "supervisors", "sam")
    open_desk(stack, colleague, STEN, "sv")
    door(colleague, "directory")
    entry(colleague, "supervisors", "sam")
    saved(colleague, {"place": "Grankulla"})
    mine = {"place": "Kauniainen", "framework": FRAMEWORK}
    eyes.fill(mine)
    eyes.press(SAVE, 409)
    assert word("fi", "directory.conflict.title") in eyes.text("main")
    told = eyes.text(".k-notice--warning")
    for part in ("Grankulla", "Kauniainen", "Sten Provperson"):
        assert part in told
    assert eyes.filled(mine) == mine
    saved(eyes, mine)
    assert word("fi", "directory.conflict.title") not in eyes.text("main")


def test_strangers_have_no_way_to_the_directory(start, stack, eyes):
    j = start().hurry()
    open_desk(stack, eyes, j.answers["manager_email"])
    assert eyes.page.locator(".k-desk__pages").count() == 0
    there = eyes.page.url.partition("?")[0]
    for path in ("directory", "own", "directory/units/new", "merge"):
        eyes.go(f"{there}/{path}", 404)  # in the language of the desk's reader
        assert eyes.title() == word("fi", "errors.refused.title")
