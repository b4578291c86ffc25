"""The coordinator chooses a supervisor: filtered, pointed at, by keyboard and without scripts."""

import pytest

from tests.journeys.browser import WIDTHS
from tests.journeys.journey import SUPERVISORS, word
from tests.journeys.test_keyboard import enter, tab_to

MESSAGE = "Olisiko sinulla tilaa? Ehtisimme aloittaa & jatkaa."
ASIDE = "#a-supervisor-provia"


def shown(eyes):
    """The supervisors on the page, in order."""
    radios = eyes.page.locator("[type=radio][name=supervisor]")
    return radios.evaluate_all("all => all.map(each => each.value)")


def unfold(eyes):
    if not eyes.page.locator(".k-pick__filters[open]").count():
        eyes.page.locator(".k-pick__filters > summary").click()


def choose_and_filter(eyes, j):
    """Provia, whom the filters leave out, stays; so does all that was typed."""
    j.open("coordinator")
    j.asks("coordinating")
    everybody = shown(eyes)
    assert everybody[0] == "testi"
    assert eyes.text("#o-supervisor-testi") == (
        "Ohjaa yksilötyönohjausta suomeksi, paikka sopii, onnistuu etänä, tilaa neljälle."
    )
    unfold(eyes)
    typed = {"supervisor": "provia", "offer_message": MESSAGE}
    eyes.fill({**typed, "_form": "group", "_language": "fi"})
    eyes.press("[name=_filter][value=apply]")
    j.asks("coordinating")
    assert shown(eyes) == ["provia", "testi", "maija"]
    assert eyes.filled(typed) == typed
    assert word("fi", "choosing.outside") in eyes.text("#o-supervisor-provia")
    total = len(everybody)
    assert eyes.text("#list-supervisor") == word(
        "fi", "choosing.count_filtered", found=2, total=total
    )
    assert eyes.page.url.endswith("#list-supervisor")
    return typed, everybody


def test_filter_choose_and_offer(start, eyes):
    j = start(supervisor="provia").to("coordinating")
    typed, everybody = choose_and_filter(eyes, j)
    eyes.until(lambda: eyes.page.evaluate("scrollY > 200"))

    unfold(eyes)
    eyes.fill({"_sort": "name"})
    eyes.press("[name=_filter][value=all]")
    assert sorted(shown(eyes)) == sorted(everybody)
    assert shown(eyes) != everybody
    assert eyes.filled({**typed, "_sort": ""}) == {**typed, "_sort": "name"}
    j.mailed()

    notes = eyes.text("#o-supervisor-provia")
    assert "Tapaamisia toivotaan 12" in notes, "a warning, in words, before the offer"
    eyes.press("form:has([name=supervisor]) .k-actions button")
    j.done("offer", "offered")
    j.mailed(("supervisor", "offer", 7), ("applicant", "offered"))
    j.open("supervisor")
    assert MESSAGE in eyes.text()


def test_the_page_at_both_widths(start, eyes):
    j = start().to("coordinating")
    j.open("coordinator")
    eyes.examine()
    unfold(eyes)
    eyes.fill({"_form": "group", "_sector": "schools"})
    eyes.press("[name=_filter][value=apply]")
    assert eyes.text("#list-supervisor") == word("fi", "choosing.none_found")
    eyes.examine()


def test_what_is_aside_shows_when_pointed_at_or_focused(start, eyes):
    j = start().to("coordinating")
    j.open("coordinator")
    aside = eyes.page.locator(ASIDE)
    told = SUPERVISORS["provia"][1], "inte fredagar"

    def seen():
        return aside.evaluate(
            "e => getComputedStyle(e).opacity === '1' && e.getBoundingClientRect().height > 20"
        )

    for width in WIDTHS:
        eyes.page.set_viewport_size({"width": width, "height": 900})
        eyes.page.mouse.move(0, 0)
        eyes.until(lambda: not seen())
        tops = eyes.page.locator(".k-pick__row").evaluate_all("all => all.map(e => e.offsetTop)")
        eyes.page.hover("label[for=f-supervisor-provia]")
        eyes.until(seen)
        assert all(part in aside.inner_text() for part in told)
        aside.hover()  # the pointer can move onto it
        eyes.until(seen)
        if width == WIDTHS[0]:
            moved = eyes.page.locator(".k-pick__row").evaluate_all(
                "all => all.map(e => e.offsetTop)"
            )
            assert moved == tops, "nothing moves, nothing is covered"
        eyes.page.mouse.move(0, 0)
        eyes.until(lambda: not seen())
        eyes.page.locator("#d-supervisor-provia summary").focus()
        eyes.until(seen)
        eyes.page.evaluate("document.activeElement.blur()")
        described = eyes.page.get_attribute("#f-supervisor-provia", "aria-describedby")
        assert described.split() == ["o-supervisor-provia", "a-supervisor-provia"]


def test_everything_told_opens(start, eyes):
    j = start().to("coordinating")
    j.open("coordinator")
    whole = eyes.page.locator("#d-supervisor-testi")
    last = "jatketaanko"
    assert last not in eyes.text()
    assert eyes.text("#r-supervisor-testi .k-pick__flag") == word("fi", "choosing.goes_on")
    whole.locator("summary").click()
    assert last in whole.inner_text()


def test_choosing_by_keyboard(start, eyes):
    j = start(supervisor="uusi").to("coordinating")
    j.open("coordinator")
    keys = eyes.page.keyboard
    tab_to(eyes, ".k-pick__filters > summary", most=60)
    keys.press("Enter")
    tab_to(eyes, "[name=_vacancy]")
    keys.press("ArrowDown")
    tab_to(eyes, "[name=_filter]")
    enter(eyes)
    assert "maija" not in shown(eyes)
    tab_to(eyes, "[name=supervisor]", most=1 + 9)
    keys.press("Space")
    while eyes.filled({"supervisor": ""}) != {"supervisor": "uusi"}:
        keys.press("ArrowDown")
    tab_to(eyes, "[name=offer_message]")
    keys.type("Hei")
    tab_to(eyes, "form:has([name=supervisor]) .k-actions button")
    enter(eyes)
    j.done("offer", "offered")
    j.mailed(("supervisor", "offer", 7), ("applicant", "offered"))


class TestWithoutScripts:
    @pytest.fixture
    def scripts(self):
        return False

    def test_filter_and_offer(self, start, eyes):
        j = start(supervisor="provia").to("coordinating")
        choose_and_filter(eyes, j)
        eyes.press("form:has([name=supervisor]) .k-actions button")
        j.done("offer", "offered")
        j.mailed(("supervisor", "offer", 7), ("applicant", "offered"))
