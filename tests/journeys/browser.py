"""A browser that looks at every page it comes to, as anybody who needs the page to work would."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any, Self

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Request, Response, ViewportSize, expect

from functions.kernel.definition import Definition
from functions.processes import NAMES, current
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from tests.fake_directory import MemoryDirectory

WIDTHS = (1280, 390)
HEIGHT = 900
PATIENCE = 20.0  # seconds
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# Most of axe's time goes to these, and they say the same of what has the same colours, sizes and
# surroundings: see ``_LOOKS``. Dark differs from light in nothing but colours.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
OF_LOOKS = [*OF_COLOURS, "target-size"]
AXE = Axe().axe_script

# What can be seen of a page at once: everything that ``Eyes.look`` asks of it. ``kind`` is what
# differs in more than its data; ``parts`` are its elements, each with those it is in, what it is
# given, how many labels it has, and whether it is empty: what axe judges, but for what names
# something else on the page, which is seen of every page. Pages of the site share their parts.
_SEEN = """standing => {
    const one = s => document.querySelector(s);
    const text = e => e ? e.innerText.split(/\\s+/).filter(Boolean).join(' ') : '';
    const name = e => e.tagName + '.' + e.className;
    const path = location.pathname
        .replace(/^\\/api\\/([td])\\/[^/]+/, '/api/$1/*').replace(/people\\/.+/, 'people');
    const place = path.startsWith('/api/') ? path : 'site';
    const all = [...document.querySelectorAll('main *')];
    const within = e => [
        place, ...[e.parentElement.parentElement, e.parentElement, e].map(name),
        ...e.getAttributeNames().sort(), e.labels?.length, !e.textContent.trim(),
    ].join(' ');
    const lang = document.documentElement.lang;
    const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
    const named = ['for', 'headers', 'aria-labelledby', 'aria-describedby', 'aria-controls'].flatMap(
        a => [...document.querySelectorAll(`[${a}]`)].map(e => e.getAttribute(a))
            .flatMap(ids => a === 'for' ? [ids] : ids.split(/\\s+/)));
    return {
        twice: ids.filter((id, place) => ids.indexOf(id) !== place),
        nowhere: named.filter(id => id && !document.getElementById(id)),
        lang, headings: document.querySelectorAll('h1').length, title: document.title,
        heading: text(one('h1')), body: text(document.body), main: text(one('main')),
        faulty: document.querySelectorAll('.k-error-summary').length > 0,
        tag: text(one(standing + ' .k-tag:not(.k-tag--urgent)')),
        standing: document.querySelectorAll(standing).length > 0,
        steps: [...document.querySelectorAll('.k-route [aria-current=step]')].map(text),
        kind: [path, lang, one('h1')?.textContent, [...new Set(all.map(name))].sort()].flat().join(' '),
        parts: [...new Set(all.map(within))],
    };
}"""
_UNFOLD = """all => {
    all.forEach(each => { each.open = true; each.dataset.examined = ''; });
    return all.length;
}"""
_FOLD = "all => all.forEach(each => { each.open = false; delete each.dataset.examined; })"
# What can be seen and has text of its own or can be pressed, by all that makes its contrast and, of
# what can be pressed, whether it is small at this width: the place of the first of each.
_LOOKS = """() => {
    const found = {}, grounds = new Map();
    const name = e => e ? e.tagName + '.' + e.className : '';
    const ground = e => {
        if (!e) return '';
        if (!grounds.has(e)) {
            const {backgroundColor: colour, backgroundImage: image, opacity} = getComputedStyle(e);
            const plain = image === 'none' && opacity === '1' && colour === 'rgba(0, 0, 0, 0)';
            const own = plain ? '' : `${colour} ${image} ${opacity} `;
            grounds.set(e, own + ground(e.parentElement));
        }
        return grounds.get(e);
    };
    document.querySelectorAll('body *').forEach((e, place) => {
        const pressed = e.matches('a, button, input, select, textarea, summary, [tabindex]');
        const said = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
        if (!(said || pressed) || !e.checkVisibility()) return;
        const {color, fontSize, fontWeight, textDecorationLine, position} = getComputedStyle(e);
        const own = [color, fontSize, fontWeight, textDecorationLine, position, e.disabled];
        if (pressed) own.push(innerWidth, e.offsetWidth < 24, e.offsetHeight < 24);
        const up = e.parentElement;
        found[[name(up.parentElement), name(up), name(e), ...own, ground(e)].join(' ')] ??= place;
    });
    return found;
}"""
_RUN_AXE = """async ([tags, without, rules, places]) => {
    const all = document.querySelectorAll('body *'), resultTypes = ['violations'];
    const found = places
        ? await axe.run({include: places.map(n => all[n])}, {runOnly: rules, resultTypes})
        : await axe.run(document, {
            runOnly: {type: 'tag', values: tags}, resultTypes,
            rules: Object.fromEntries(without.map(rule => [rule, {enabled: false}])),
        });
    return found.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.html).join(' | ')}`);
}"""


class Memory:
    """Kinds of pages that were examined in this run of the tests, by whichever worker.

    What differs only in its data is examined once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()
        folder.mkdir(exist_ok=True)

    def new(self, *kinds: str) -> list[str]:
        """Those that nobody has asked about before."""
        unknown = {*kinds} - self._known
        self._known |= unknown
        return [kind for kind in unknown if self._is_first(kind)]

    def _is_first(self, kind: str) -> bool:
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
        self._everywhere: Any = page.context  # also tabs that pages open
        self._heard: dict[str, Callable[..., None]] = {
            "request": self._on_request,
            "console": lambda said: self._on_console(said.type, said.text),
            "weberror": lambda wrong: self.complaints.append(str(wrong.error)),
        }
        for event, hear in self._heard.items():
            self._everywhere.on(event, hear)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Others may use the page from now on."""
        for event, hear in self._heard.items():
            self._everywhere.remove_listener(event, hear)

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
        seen = self.page.evaluate(_SEEN, STANDING)
        assert seen["lang"] == self.language
        assert seen["headings"] == 1
        assert seen["heading"]
        assert "Kapula" in seen["title"]
        assert not self.strangers
        assert not self.complaints
        assert "{" not in seen["body"]
        assert (seen["twice"], seen["nowhere"]) == ([], []), "ids"
        wrong = page_text(self.language, "form.error") + ": "
        assert seen["title"].startswith(wrong) == seen["faulty"]
        if seen["standing"]:
            _look_at_standing(seen, self.language)
        if self.memory:
            wide, axe = self.memory.new(seen["kind"]), self.memory.new(*seen["parts"])
            self.examine(wide=bool(wide), axe=bool(axe))

    def examine(self, *, wide: bool = True, axe: bool = True) -> None:
        """Nothing is cut off, and axe finds nothing: two widths in light, one in dark."""
        if not wide and not axe:
            return
        page = self.page
        if axe:
            page.evaluate(AXE)
        unfolded = page.locator("main details:not([open])").evaluate_all(_UNFOLD)
        for width in WIDTHS:
            self._widen(width)
            reaches = page.evaluate("document.documentElement.scrollWidth")
            assert reaches <= width, f"{page.url} is {reaches} wide at {width}"
            if axe:
                self._judge(f"at {width}")
                self._judge_looks("light", OF_LOOKS)
        if axe:
            page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            self._judge_looks("dark", OF_COLOURS)  # at one width: no colour depends on it
            page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self._widen(WIDTHS[0])
        if unfolded:
            page.locator("details[data-examined]").evaluate_all(_FOLD)

    def _widen(self, width: int) -> None:
        size = ViewportSize(width=width, height=HEIGHT)
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)

    def _judge_looks(self, scheme: str, rules: list[str]) -> None:
        """What has colours, a size and surroundings that were not judged yet."""
        found = {f"{scheme} {kind}": place for kind, place in self.page.evaluate(_LOOKS).items()}
        new = self.memory.new(*found) if self.memory else [*found]
        if new:
            self._judge(scheme, rules, sorted(found[kind] for kind in new))

    def _judge(self, how: str, rules: Sequence[str] = (), places: Sequence[int] = ()) -> None:
        """Axe finds nothing: by some ``rules`` at some ``places``, or by all others anywhere."""
        asked = [TAGS, OF_LOOKS, rules, places] if places else [TAGS, OF_LOOKS, None, None]
        found = self.page.evaluate(_RUN_AXE, asked)
        assert found == [], f"{self.page.url} {how}"

    def standing(self) -> str:
        """Where the case is: the tag of its notice, or the heading, which says it instead."""
        return next(iter(self.texts(f"{STANDING} .k-tag:not(.k-tag--urgent)")), self.title())

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


def _look_at_standing(seen: Mapping[str, Any], language: str) -> None:
    """Where the case is, whose turn it is, and what comes next, in words and on the line."""
    tag = seen["tag"] or seen["heading"]  # the heading says it instead
    lines = told(language).get(tag, ())
    assert any(now in seen["main"] and after in seen["main"] for now, after in lines), tag
    (step,) = seen["steps"]
    assert tag in step


@cache
def told(language: str) -> Mapping[str, set[tuple[str, str]]]:
    """What pages tell of each state by what they call it: where the case is, and what comes next;
    in the words of whose turn it is and who reads, where a state has such words."""
    found: dict[str, set[tuple[str, str]]] = {}
    for process in NAMES:
        for form in current(process).forms:
            words = Words(current(process), language, MemoryDirectory(), form.name)
            for places in _places(words.definition):
                name, now, after = (_first(words, places, part) for part in ("name", "now", "next"))
                found.setdefault(name, set()).add((now, after))
    return found


def _places(definition: Definition) -> Iterator[list[str]]:
    """Where the texts of a state are, those of its own first."""
    for state in definition.states:
        for turn in state.turn_roles or ("",):
            for way in (None, *state.variants):
                places = [f"states.{state.name}.{turn}", f"states.{state.name}"]
                places = [f"states.{state.name}.{way.name}", *places] if way else places
                for role in definition.roles:
                    yield [f"{place}{to}" for place in places for to in (f".to.{role.name}", "")]


def _first(words: Words, places: list[str], part: str) -> str:
    """A text from the first of the places that has it: in the form's own words first."""
    keys = [f"{start}{place}" for start in (f"forms.{words.form}.", "") for place in places]
    return next(filter(None, (words.maybe(f"{key}.{part}") for key in keys)), "")
