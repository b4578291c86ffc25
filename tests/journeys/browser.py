"""A browser that looks at every page it comes to, as anybody who needs the page to work would."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from time import monotonic

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request, Response, expect

from functions.processes import NAMES, current
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from tests.fake_directory import MemoryDirectory

WIDTHS = (1280, 390)
HEIGHT = 900
PATIENCE = 20.0  # seconds
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
# Dark differs from light in nothing but colours, so only their rules are run again.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
SCHEMES = {"light": RULES, "dark": COLOURS}
AXE = Axe().axe_script

_KIND = """() => [
    location.pathname.replace(/^\\/api\\/([td])\\/[^/]+/, '/api/$1/*').replace(/people\\/.+/, 'people'),
    document.documentElement.lang,
    document.querySelector('h1')?.textContent,
    [...new Set([...document.querySelectorAll('main *')].map(e => e.tagName + '.' + e.className))].sort(),
].flat().join(' ')"""
_UNFOLD = "all => all.forEach(each => { each.open = true; each.dataset.examined = ''; })"
_FOLD = "all => all.forEach(each => { each.open = false; delete each.dataset.examined; })"
_RUN_AXE = """async only => {
    const found = await axe.run(document, {runOnly: only, resultTypes: ['violations']});
    return found.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html).join(' | ')}`);
}"""


class Memory:
    """Kinds of pages that were examined in this run of the tests, by whichever worker.

    What differs only in its data is examined once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)

    def is_new(self, kind: str) -> bool:
        """True for the first who asks."""
        try:
            (self._folder / sha256(kind.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


# The notice of where a case is.
STANDING = "main .k-standing"


class Eyes:
    """One person's browser. Every page it comes to must be whole; see ``look``."""

    def __init__(self, page: Page, home: str, memory: Memory | None) -> None:
        """``memory`` None: never examine (without JavaScript, axe cannot run)."""
        self.page = page
        self.home = home
        self.language = "fi"
        self.memory = memory
        self.strangers: list[str] = []
        self.complaints: list[str] = []
        everywhere = page.context  # also tabs that pages open
        everywhere.on("request", self._on_request)
        everywhere.on("console", lambda said: self._on_console(said.type, said.text))
        everywhere.on("weberror", lambda wrong: self.complaints.append(str(wrong.error)))

    def go(self, url: str, status: int = 200) -> None:
        """Open an address and look."""
        self._arrived(self.page.goto(url), status)

    def press(self, what: Locator | str, status: int = 200) -> None:
        """Press what leads to another page, and look at that."""
        target = self.page.locator(what) if isinstance(what, str) else what
        with self.page.expect_navigation() as there:
            target.click()
        self._arrived(there.value, status)

    def press_aside(self, what: str, status: int = 200) -> None:
        """Press what opens beside the page, in a tab of its own; look at that, and go on there."""
        arriving = self.page.context.expect_event(
            "response", lambda answer: answer.request.is_navigation_request()
        )
        with arriving as there, self.page.expect_popup() as tab:
            self.page.locator(what).click()
        self.page = tab.value
        self.page.wait_for_load_state()
        self._arrived(there.value, status)

    def speak(self, language: str, status: int = 200) -> None:
        """Choose a language at the top of the page."""
        self.language = language
        self.press(f".k-lang [lang={language}]", status)

    def fill(self, answers: Mapping[str, str]) -> None:
        """Answer fields by their names; "" clears a text and chooses nothing of a list."""
        for name, value in answers.items():
            fields = self.page.locator(f'[name="{name}"]')
            kind = fields.first.evaluate("e => e.type")
            if kind == "radio":
                self.page.check(f'[name="{name}"][value="{value}"]')
            elif kind == "checkbox":
                fields.set_checked(value == "yes")
            elif kind.startswith("select"):
                fields.select_option(value)
            else:
                fields.fill(value)

    def filled(self, names: Mapping[str, str]) -> dict[str, str]:
        """What the named fields hold, in the form ``fill`` takes."""
        held = {}
        for name in names:
            fields = self.page.locator(f'[name="{name}"]')
            if fields.first.evaluate("e => e.type") in ("radio", "checkbox"):
                chosen = self.page.locator(f'[name="{name}"]:checked')
                held[name] = chosen.input_value() if chosen.count() else ""
            else:
                held[name] = fields.input_value()
        return held

    def onward(self, answers: Mapping[str, str], status: int = 200) -> None:
        """Fill one step of a form and continue."""
        self.fill(answers)
        self.press("#step .k-actions button:not([name])", status)

    def decide(self, action: str, status: int = 200, **answers: str) -> None:
        """Choose a decision of a task page, answer what it asks, and press its button."""
        choice = self.page.locator(f'[name=action][value="{action}"]')
        form = self.page.locator("form", has=choice)
        folded = self.page.locator("details:not([open])", has=choice).locator("summary")
        if folded.count():
            folded.click()
        if choice.get_attribute("type") != "hidden":
            choice.check()
        self.fill(answers)
        self.press(form.locator(".k-actions button[type=submit]"), status)

    def title(self) -> str:
        """The page's heading."""
        return self.text("h1")

    def text(self, selector: str = "main") -> str:
        """What can be read in an element."""
        return " ".join(self.page.locator(selector).inner_text().split())

    def texts(self, selector: str) -> list[str]:
        """What can be read in each of the elements."""
        return [" ".join(text.split()) for text in self.page.locator(selector).all_inner_texts()]

    def focused(self, selector: str) -> None:
        """The focus comes to the element, however long the page takes to put it there."""
        expect(self.page.locator(selector)).to_be_focused()

    def until(self, holds: Callable[[], object]) -> None:
        """Ask again until it holds. From outside: the pages' policy lets no string be evaluated
        in them, so playwright's own waiting for a function fails unless it holds at once."""
        end = monotonic() + PATIENCE
        while not holds():
            assert monotonic() < end, "it never came true"
            self.page.wait_for_load_state()

    def look(self) -> None:
        """The page is whole: language, heading, title, own address only, nothing to complain of;
        and, the first time such a page is seen, usable at any width, in light and dark."""
        page = self.page
        assert page.locator("html").get_attribute("lang") == self.language
        assert page.locator("h1").count() == 1
        assert self.title()
        assert "Kapula" in page.title()
        assert not self.strangers
        assert not self.complaints
        assert "{" not in self.text("body")
        wrong = page_text(self.language, "form.error") + ": "
        assert page.title().startswith(wrong) == bool(page.locator(".k-error-summary").count())
        if page.locator(STANDING).count():
            self._look_at_standing()
        if self.memory and self.memory.is_new(page.evaluate(_KIND)):
            self.examine()

    def examine(self) -> None:
        """axe finds nothing and nothing is cut off: two widths in light, one in dark."""
        page = self.page
        page.evaluate(AXE)
        page.locator("main details:not([open])").evaluate_all(_UNFOLD)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            for scheme, rules in SCHEMES.items():
                if scheme == "dark" and width != WIDTHS[0]:
                    continue  # no colour depends on the width
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                assert page.evaluate(_RUN_AXE, rules) == [], f"{page.url} {width} {scheme}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{page.url} is {wide} wide at {width}"
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
        page.locator("details[data-examined]").evaluate_all(_FOLD)

    def standing(self) -> str:
        """Where the case is: the tag of its notice, or the heading, which says it instead."""
        return next(iter(self.texts(f"{STANDING} .k-tag:not(.k-tag--urgent)")), self.title())

    def _look_at_standing(self) -> None:
        """Where the case is, whose turn it is, and what comes next, in words and on the line."""
        tag = self.standing()
        words = [
            Words(current(p), self.language, MemoryDirectory(), form.name)
            for p in NAMES
            for form in current(p).forms
        ]
        own = [  # in the words of whose turn it is and who reads, where a state has such words
            (w, [f"{place}{to}" for place in places for to in (f".to.{role.name}", "")])
            for w in words
            for s in w.definition.states
            for turn in s.turn_roles or ("",)
            for way in (None, *s.variants)
            for places in (
                [
                    *([f"states.{s.name}.{way.name}"] if way else []),
                    f"states.{s.name}.{turn}",
                    f"states.{s.name}",
                ],
            )
            for role in w.definition.roles
        ]
        told = [
            [_first(w, places, part) for part in ("now", "next")]
            for w, places in own
            if _first(w, places, "name") == tag
        ]
        assert any(all(line in self.text() for line in lines) for lines in told)
        step = self.page.locator(".k-baton [aria-current=step]")
        assert step.count() == 1
        assert tag in step.inner_text()

    def _arrived(self, response: Response | None, status: int) -> None:
        assert response is not None
        assert response.status == status, f"{response.status} at {self.page.url}: {self.title()}"
        self.look()

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.home + "/", "data:")):
            self.strangers.append(request.url)

    def _on_console(self, kind: str, said: str) -> None:
        refused = any(f"status of {status}" in said for status in (404, 409, 410, 422, 429))
        if kind in ("error", "warning") and not refused:
            self.complaints.append(said)


def _first(words: Words, places: list[str], part: str) -> str:
    """A text from the first of the places that has it: in the form's own words first."""
    keys = [f"{start}{place}" for start in (f"forms.{words.form}.", "") for place in places]
    return next(filter(None, (words.maybe(f"{key}.{part}") for key in keys)), "")
