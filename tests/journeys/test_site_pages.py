"""Every page of the public site, in each language. A class each, so that workers share them."""

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import expect

from functions.render.text.texts import page_text
from infra.local.server import Server
from infra.local.sitebuild import script_hashes
from infra.local.sockets import listening_socket
from infra.local.static import StaticSite, content_security_policy
from tests.journeys.browser import HEIGHT, WIDTHS, Eyes

LONG = 3  # screens
CUT = """all => all.filter(each => each.scrollWidth > each.clientWidth + 1).map(
    each => `${each.className} ${each.scrollWidth} in ${each.clientWidth}`)"""


@pytest.fixture(scope="module")
def home(site) -> Iterator[str]:
    """The address of the site alone."""
    with listening_socket(0) as listener:
        server = Server(StaticSite(site, content_security_policy(script_hashes(site))), listener)
        server.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.close()


@pytest.fixture
def eyes(pages, home, memory) -> Iterator[Eyes]:
    with Eyes(pages(True), home, memory) as eyes:
        yield eyes


class Pages:
    """``root`` is the language's folder, ``search`` a word that its pages hold."""

    language: str
    root: str
    search: str

    def test_every_page(self, eyes, site):
        eyes.language = self.language
        paths = sitemap(site / self.root / "sitemap.xml")
        assert len(paths) == len(set(paths)) == 24
        for path in paths:
            eyes.go(eyes.home + path)
            self.leads_on(eyes)

    def test_page_not_found(self, eyes):
        eyes.language = self.language
        eyes.go(f"{eyes.home}/{self.root}nothing/", 404)
        self.leads_on(eyes)

    def leads_on(self, eyes):
        """To a message to us from every page, and from a long one back to its top."""
        page, contact = eyes.page, page_text(self.language, "page.contact_path")
        assert page.locator(f'footer a[href="{contact}"]').first.is_visible()
        tall = page.locator("main").bounding_box()["height"]
        top = page.locator("main .k-top a")
        assert top.count() or tall < LONG * HEIGHT, f"{page.url} is {tall:.0f} high"

    def test_pages_that_others_lead_to(self, eyes):
        eyes.language = self.language
        for way in ("contact", "quote", "terms", "services", "apply"):
            eyes.go(eyes.home + page_text(self.language, f"page.{way}_path"))
        eyes.go(eyes.home + page_text(self.language, "page.terms_path"))
        assert "2026-1" in eyes.text(".k-notice")
        assert eyes.text(".k-ask h2")
        eyes.page.locator(".k-ask .k-button").first.click()
        eyes.page.wait_for_url(eyes.home + page_text(self.language, "page.contact_path"))
        eyes.go(eyes.home + page_text(self.language, "page.services_path"))
        cards = page_text(self.language, "page.supervisors_path")
        assert eyes.page.locator(f'main a[href="{cards}"]').count() == 1
        assert eyes.page.locator(f'.k-section a[href="{cards}"]').count() == 1

    def test_search_and_menu(self, eyes):
        eyes.language = self.language
        eyes.go(f"{eyes.home}/{self.root}")
        eyes.page.set_viewport_size({"width": WIDTHS[1], "height": HEIGHT})
        eyes.page.locator(".k-menu summary").click()
        assert eyes.page.locator(".k-menu nav a").count() >= 3
        eyes.examine()
        eyes.go(f"{eyes.home}/{self.root}")
        eyes.page.locator("[data-search-open]").click()
        eyes.page.locator("#k-search-word").fill(self.search)
        eyes.page.locator(".k-search__results a").first.wait_for()
        eyes.examine()
        for asked, found in self.undotted.items():
            eyes.page.locator("#k-search-word").fill(asked)
            first = eyes.page.locator(".k-search__results a").first
            expect(first).to_contain_text(found, ignore_case=True)
        eyes.page.locator("#k-search-word").fill("qwertyu")
        expect(eyes.page.locator(".k-search__results a")).to_have_count(0)

    def test_wide_things_are_all_in_sight(self, eyes):
        eyes.language = self.language
        for name in ("matrix", "diagram"):
            eyes.go(f"{eyes.home}/{self.wide[name]}")
            eyes.page.locator("main details").evaluate_all(
                "all => all.forEach(e => { e.open = true })"
            )
            for width in (1920, 1280, 960, 800, 767, 390, 320):
                eyes.page.set_viewport_size({"width": width, "height": HEIGHT})
                cut = eyes.page.locator(".k-scroll, .k-diagram").evaluate_all(CUT)
                assert cut == [], f"{eyes.page.url} at {width}"
                assert eyes.page.evaluate("document.documentElement.scrollWidth") <= width


class TestFinnish(Pages):
    language, root, search = "fi", "", "esihenkilö"
    undotted: ClassVar = {
        "tyoyhteiso": "työyhteisö",
        "kriisityonohjaus": "kriisityönohjaus",
        "esimies": "esihenkilö",
    }
    wide: ClassVar = {
        "matrix": "tyonohjaus/kuka-nakee/",
        "diagram": "tyonohjaus/nain-se-etenee/",
    }


class TestSwedish(Pages):
    language, root, search = "sv", "sv/", "chef"
    undotted: ClassVar = {"ansok": "ansök", "avbokning": "annullering"}
    wide: ClassVar = {
        "matrix": "sv/arbetshandledning/vem-ser-vad/",
        "diagram": "sv/arbetshandledning/sa-gar-det-till/",
    }


class TestEnglish(Pages):
    language, root, search = "en", "en/", "manager"
    undotted: ClassVar = {"sûpervisor": "supervisor"}
    wide: ClassVar = {
        "matrix": "en/supervision/who-sees-what/",
        "diagram": "en/supervision/what-happens/",
    }


def sitemap(file):
    """The paths that a sitemap lists."""
    entries = ElementTree.parse(file).getroot().findall("{*}url/{*}loc")
    return [urlsplit(entry.text).path for entry in entries]
