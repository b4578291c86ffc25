"""The whole product on this machine, a browser, and an application to walk through it.

Tests of a worker share one browser and, with JavaScript and without, one page of it, which has
forgotten everything when the next test begins: a profile of one's own costs a process of its own,
with fonts and styles to read anew.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from infra.local.sitebuild import ensure_site
from infra.local.stack import Stack
from tests.journeys.browser import HEIGHT, WIDTHS, Eyes, Memory
from tests.journeys.journey import Journey
from tests.local_stack import running

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--accept-lang=en-US,en",
]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def site():
    """The built site; workers that ask together build it once."""
    return ensure_site(lambda _: None)


@pytest.fixture(scope="module")
def stack(request, site, tmp_path_factory) -> Iterator[Stack]:
    """A Kapula of the module's own: its clock and its directory's counts are nobody else's. Where
    a module says so (``SERVED``), its local AWS is in a process of its own, as in `make run`."""
    served = getattr(request.module, "SERVED", False)
    with running(tmp_path_factory.mktemp("kapula"), site, served=served) as stack:
        yield stack


@pytest.fixture(scope="session")
def memory(tmp_path_factory) -> Memory:
    base = tmp_path_factory.getbasetemp()
    return Memory((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "examined")


@pytest.fixture
def scripts() -> bool:
    """Whether the browser runs JavaScript."""
    return True


@pytest.fixture(scope="session")
def pages(browser: Browser) -> Iterator[Callable[[bool], Page]]:
    """The page with JavaScript and the one without, as nobody has used them."""
    known: dict[bool, Page] = {}
    with ExitStack() as contexts:

        def page(scripts: bool) -> Page:
            if scripts not in known or known[scripts].is_closed():
                context = browser.new_context(java_script_enabled=scripts)
                context.set_default_timeout(30_000)
                known[scripts] = contexts.enter_context(context).new_page()
            return unused(known[scripts])

        yield page


def unused(page: Page) -> Page:
    """The page, with nothing kept of who had it before: no cookie, no storage, no other tab."""
    for other in page.context.pages:
        if other is not page:
            other.close()
    if page.url.startswith("http"):
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.goto("about:blank")
    page.context.clear_cookies()
    page.mouse.move(0, 0)
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")
    return page


@pytest.fixture
def eyes(
    pages: Callable[[bool], Page], stack: Stack, memory: Memory, scripts: bool
) -> Iterator[Eyes]:
    with Eyes(pages(scripts), stack.url, memory if scripts else None) as eyes:
        yield eyes


@pytest.fixture
def start(stack: Stack, eyes: Eyes):
    """Makes applications, each with addresses of its own."""
    return lambda **known: Journey(stack, eyes, next(_numbers), **known)
