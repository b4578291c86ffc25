"""The pages of documents in a browser: whole in every language, on a phone and in print."""

import contextlib
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Page

from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.entry.public import app as public
from functions.kernel.definition import Definition
from infra.local.front import Front
from infra.local.server import Server
from infra.local.sitebuild import script_hashes
from infra.local.sockets import listening_socket
from infra.local.static import StaticSite, content_security_policy
from tests.document_fixtures import LANGUAGES, papered
from tests.fakes import World
from tests.journeys.browser import HEIGHT, Eyes

__all__ = ["papered"]


@pytest.fixture
def there(papered: Definition, site: Path) -> Iterator[str]:
    """A link to a case with documents, on a Kapula in memory."""
    world = World()
    applications = (e.create_app(world.services) for e in (public, party, documents, desk, desk))
    policy = content_security_policy(script_hashes(site))
    front = Front(*applications, StaticSite(site, policy), changed=lambda: None)
    with listening_socket(0) as listener:
        server = Server(front, listener)
        server.start()
        with contextlib.closing(server):
            port = listener.getsockname()[1]
            token = world.token(world.case_at("confirm"), "manager")
            yield f"http://127.0.0.1:{port}/api/t/{token}"


@pytest.fixture
def eyes(pages: Callable[[bool], Page], there: str) -> Iterator[Eyes]:
    with Eyes(pages(True), there.partition("/api")[0], None) as eyes:
        yield eyes


def test_documents_are_found_on_the_case_and_are_whole(eyes: Eyes, there: str) -> None:
    eyes.page.goto(there)
    for name in ("quote", "bill", "credit"):
        eyes.press_aside(f'main a[href*="/documents/{name}?"]')
        eyes.examine()
        for language in reversed(LANGUAGES):
            eyes.speak(language)
        file = eyes.page.locator('main a[type="application/pdf"]')
        assert "PDF" in file.inner_text()
        answer = eyes.page.request.get(eyes.home + (file.get_attribute("href") or ""))
        pages = pypdf.PdfReader(io.BytesIO(answer.body())).pages
        assert eyes.title() in pages[0].extract_text()
        eyes.press(".k-back a")
    eyes.examine()


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_no_line_of_the_table_is_cut_off(eyes: Eyes, there: str, width: int) -> None:
    eyes.page.set_viewport_size({"width": width, "height": HEIGHT})
    eyes.page.goto(f"{there}/documents/quote?lang=fi")
    assert eyes.page.evaluate("document.documentElement.scrollWidth") <= width
    table = eyes.page.get_by_role("table", name="Sisältö ja hinta")
    assert table.get_by_role("columnheader").count() == 5
    assert table.get_by_role("rowheader").count() == 3 + 5
    edges = table.locator("td, tbody th").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect().right)"
    )
    assert max(edges) <= width


def test_in_print_stands_the_document_alone(eyes: Eyes, there: str) -> None:
    eyes.page.goto(f"{there}/documents/bill?lang=fi")
    eyes.page.emulate_media(media="print")
    for hidden in (".k-back", ".k-files", ".k-lang"):
        assert not eyes.page.locator(hidden).is_visible()
    assert eyes.page.locator(".k-bill").is_visible()
