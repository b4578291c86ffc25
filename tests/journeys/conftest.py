"""The whole product on this machine, a browser, and an application to walk through it."""

import itertools
import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

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
def stack(site, tmp_path_factory) -> Iterator[Stack]:
    """A Kapula of the module's own: its clock and its directory's counts are nobody else's."""
    with running(tmp_path_factory.mktemp("kapula"), site) as stack:
        yield stack


@pytest.fixture(scope="session")
def memory(tmp_path_factory) -> Memory:
    base = tmp_path_factory.getbasetemp()
    return Memory((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "examined")


@pytest.fixture
def scripts() -> bool:
    """Whether the browser runs JavaScript."""
    return True


@pytest.fixture
def eyes(browser: Browser, stack: Stack, memory: Memory, scripts: bool) -> Iterator[Eyes]:
    with browser.new_context(
        viewport={"width": WIDTHS[0], "height": HEIGHT},
        java_script_enabled=scripts,
        reduced_motion="reduce",
    ) as context:
        context.set_default_timeout(30_000)
        yield Eyes(context.new_page(), stack.url, memory if scripts else None)


@pytest.fixture
def start(stack: Stack, eyes: Eyes):
    """Makes applications, each with addresses of its own."""
    return lambda **known: Journey(stack, eyes, next(_numbers), **known)
