"""``python -m tests.screenshots``: pictures of the pages, into docs/screenshots/."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from infra.local.child import ROOT
from infra.local.sitebuild import ensure_site
from infra.local.stack import Stack
from tests.journeys.browser import Eyes
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.groups import enter_desk, open_desk
from tests.journeys.journey import Journey
from tests.journeys.quotes import STEN, Quote

OUT = ROOT / "docs" / "screenshots"
SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
SCHEMES = ("light", "dark")
MAX_BYTES = 4_500_000


def main() -> None:
    """Walk one application through every hand and take a picture of what each of them sees."""
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), site=ensure_site(print)) as stack,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser,
    ):
        taken = {path.name for path in shots(browser, stack)}
        taken |= {path.name for path in quote_shots(browser, stack)}
    for old in OUT.glob("*.png"):
        if old.name not in taken:
            old.unlink()
    size = sum(path.stat().st_size for path in OUT.glob("*.png"))
    print(f"{len(taken)} pictures in {OUT.relative_to(ROOT)}, {size / 1000:.0f} kB")
    if size > MAX_BYTES:
        sys.exit(f"More than {MAX_BYTES / 1000:.0f} kB: take fewer or smaller ones.")


def shots(browser: Browser, stack: Stack) -> Iterator[Path]:
    """The files written, as they are."""
    page = browser.new_page(reduced_motion="reduce")
    eyes = Eyes(page, stack.url, None)
    journey = Journey(
        stack,
        eyes,
        1,
        applicant_name="Aino Esimerkki",
        applicant_email="aino.esimerkki@example.org",
        manager_name="Pekka Pomonen",
        manager_email="pekka.pomonen@example.org",
        reason_and_goals="Haluan löytää keinoja rajata työtäni ja puhua vaikeista kohtaamisista.",
        title="",
    )
    eyes.go(stack.url + "/")
    yield from pictures(page, "home")
    eyes.go(stack.url + "/tyonohjaus/hae/")
    yield from pictures(page, "form", "#step")
    first = journey.steps()[0]
    eyes.onward({**first, "reason_and_goals": "Lyhyt"}, 422)
    yield from pictures(page, "error")
    journey.apply()
    journey.confirm()
    journey.open("manager")
    yield from pictures(page, "task")
    journey.endorse()
    eyes.go(stack.url + "/omat-asiat/")
    eyes.fill({"email": "anna.esimerkki@example.org"})
    eyes.press("main form button[type=submit]")
    stack.settle()
    desks = [m for m in stack.mailbox("anna.esimerkki@example.org") if "/api/d/" in m["text"]]
    enter_desk(eyes, desks[-1]["links"][0])
    yield from pictures(page, "desk")
    journey.open("coordinator")
    yield from pictures(page, "coordinator", "form.k-form")
    journey.offer()
    journey.open("applicant", "receipt")
    yield from pictures(page, "status")
    identifier = stack.mailbox("pekka.pomonen@example.org")[0]["id"]
    page.goto(f"{stack.url}/_mailbox/{identifier}/html")
    yield from pictures(page, "mail")
    page.goto(f"{stack.url}/_mailbox/")
    yield from pictures(page, "mailbox")


def quote_shots(browser: Browser, stack: Stack) -> Iterator[Path]:
    """A quote as its client and finance see it, and what cancelling it would cost."""
    eyes = Eyes(browser.new_page(reduced_motion="reduce"), stack.url, None)
    quote = Quote(stack, eyes).hurry().schedule(10)
    quote.open(quote.email, "scheduled")
    eyes.press_aside('main a[href*="/documents/quote?"]')
    yield from pictures(eyes.page, "quote")
    quote.until(quote.day(5))
    quote.open(quote.email, "scheduled")
    quote.preview("cancel")
    yield from pictures(eyes.page, "cancellation", "details[open]")
    quote.until(quote.day(5))
    bill = quote.invoice()
    quote.open(STEN, "to_invoice", bill)
    eyes.decide("invoice", invoice_number="2026-101")
    open_desk(stack, eyes, STEN, "sv")
    eyes.speak("fi")
    yield from pictures(eyes.page, "finance")
    quote.open(quote.email, "invoiced", bill)
    eyes.press('main a[href*="/documents/invoice?"]')
    yield from pictures(eyes.page, "invoice")


def pictures(page: Page, name: str, part: str = "") -> Iterator[Path]:
    """Desktop and phone, light and dark; ``part``: scrolled to this element."""
    for device, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.evaluate("document.fonts.ready")
            page.evaluate("() => document.activeElement?.blur()")
            page.evaluate("part => scrollTo(0, 0)", part)
            if part:
                page.locator(part).first.evaluate("e => e.scrollIntoView({block: 'start'})")
            path = OUT / f"{name}-{device}-{scheme}.png"
            page.screenshot(path=path)
            yield path


if __name__ == "__main__":
    main()
