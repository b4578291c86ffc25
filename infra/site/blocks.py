"""Python-Markdown extension: forms, diagrams, pictures and the organisation's facts in pages.

A page says `[[form supervision/individual]]` and gets the very form that the server
checks, so page and rules cannot drift apart. It is a Markdown extension and not a
MkDocs hook because it then builds unchanged on MkDocs, ProperDocs and Zensical.
Anything unknown between `[[` and `]]` raises, and so fails the build.
"""

import re
from html import escape
from xml.etree.ElementTree import Element

from markdown import Markdown  # type: ignore[import-untyped]
from markdown.extensions import Extension  # type: ignore[import-untyped]
from markdown.inlinepatterns import InlineProcessor  # type: ignore[import-untyped]
from markdown.postprocessors import Postprocessor  # type: ignore[import-untyped]
from markdown.preprocessors import Preprocessor  # type: ignore[import-untyped]

from functions.render.text.texts import page_text
from infra.site.organisation import ROOT, Facts, fact, load
from infra.site.page_blocks import render, terms_version

WAYS = ("contact", "supervisors", "quote", "terms")  # pages that every page can lead to
KINDS = ("form", "diagram", "matrix", "desk", "terms")
INLINE = ("org", "way", "terms_version")
PICTURES = ROOT / "site" / "theme" / "partials"
MAX_ROWS = 80
_CAPTION = re.compile(r"<caption>([^<]*)</caption>")
# Behind what the layout keeps apart; the search reads the text alone, as if it were one word.
_APART = re.compile(
    r"</(?:th|td|li|dt|dd|ul|ol|caption|summary|p|h[1-6])>(?=<)|<br ?/?>(?=\S)"
    r"|(?<=\S)(?=<(?:ul|ol|details|table)\b)"
)
_BLOCK = re.compile(r"\[\[(\w+)(?: ([\w/-]+))?\]\]")


class UnknownBlockError(ValueError):
    """A page asks for something that does not exist."""


class BlockLines(Preprocessor):  # type: ignore[misc]
    """Replaces whole lines such as `[[form supervision/individual]]` by stashed HTML."""

    def __init__(self, md: Markdown, lang: str) -> None:
        super().__init__(md)
        self.lang = lang

    def run(self, lines: list[str]) -> list[str]:
        """Return the page's lines with every block line rendered."""
        return [self._line(line) for line in lines]

    def _line(self, line: str) -> str:
        match = _BLOCK.fullmatch(line.strip())
        if match is None or match[1] in INLINE:
            return line
        if match[1] not in (*KINDS, "picture"):
            raise UnknownBlockError(f"no such block: {line.strip()}")
        html: str = self.md.htmlStash.store(self._html(match[1], match[2] or ""))
        return html

    def _html(self, kind: str, name: str) -> str:
        if kind == "picture":
            return _picture(name)
        return _scrolled(render(kind, name, self.lang))


class OrganisationFacts(InlineProcessor):  # type: ignore[misc]
    """Replaces `[[org email]]`, `[[way contact]]` and their like inside text.

    Any other `[[…]]` is an error.
    """

    def __init__(self, pattern: str, md: Markdown, lang: str, facts: Facts) -> None:
        super().__init__(pattern, md)
        self.lang = lang
        self.facts = facts

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element | str, int, int]:  # noqa: N802
        """Return the fact as text, or as a link when it is an address or a number."""
        word, _, key = m[1].partition(" ")
        if word == "way" and key in WAYS:
            return self._way(key), m.start(0), m.end(0)
        if word == "terms_version":
            return terms_version(key), m.start(0), m.end(0)
        if word != "org":
            raise UnknownBlockError(f"no such inline block: {m[0]}")
        text = fact(self.facts, key, self.lang)
        return self._node(key, text), m.start(0), m.end(0)

    def _way(self, name: str) -> str:
        """A link to a page that a function serves, which Markdown's own links cannot reach."""
        path, label = (page_text(self.lang, f"page.{name}{end}") for end in ("_path", ""))
        link = f'<a href="{escape(path)}">{escape(label)}</a>'
        stashed: str = self.md.htmlStash.store(link)
        return stashed

    def _node(self, key: str, text: str) -> Element | str:
        last = key.rpartition(".")[2]
        if last.endswith("email"):
            return _link("mailto:" + text, text)
        if last == "phone":
            return _link("tel:" + text.replace(" ", ""), text)
        stashed: str = self.md.htmlStash.store(escape(text, quote=False))
        return stashed


def _picture(name: str) -> str:
    """Return one of the theme's own drawings; it says nothing that the page does not."""
    path = PICTURES / f"kapula-picture-{name}.html"
    if not path.is_file():
        raise UnknownBlockError(f"no such picture: {name}")
    return f'<div class="k-scene">{path.read_text(encoding="utf-8")}</div>'


def _scrolled(html: str) -> str:
    """Return a captioned table in a frame that scrolls by touch and by keyboard.

    A table of five columns is wider than a phone, and the page itself must not be. A very long
    one is folded, so that what comes after it is found.
    """
    caption = _CAPTION.search(html)
    if caption is None or not html.startswith("<table"):
        return html
    frame = '<div class="k-scroll" role="region" tabindex="0" aria-label="{}">{}</div>'
    framed = frame.format(caption[1].replace('"', "&quot;"), html)
    if html.count("<tr") <= MAX_ROWS:
        return framed
    return f'<details class="k-details"><summary>{caption[1]}</summary>{framed}</details>'


def _link(href: str, text: str) -> Element:
    node = Element("a", {"href": href})
    node.text = text
    return node


class LinesApart(Postprocessor):  # type: ignore[misc]
    """Puts a line break where only the layout keeps words apart."""

    def run(self, text: str) -> str:
        """Return the page's HTML with it."""
        return _APART.sub(r"\g<0>\n", text)


class BlocksExtension(Extension):  # type: ignore[misc]
    """Option `lang` (fi, sv, en) says in which language blocks and facts are written."""

    def __init__(self, **options: str) -> None:
        self.config = {"lang": ["fi", "language of the page"]}
        super().__init__(**options)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (Python-Markdown's name)
        """Register two processors before links and emphasis are read, one after all."""
        lang = str(self.getConfig("lang"))
        facts = OrganisationFacts(r"\[\[([^\]]+)\]\]", md, lang, load())
        md.preprocessors.register(BlockLines(md, lang), "kapula-blocks", 25)
        md.inlinePatterns.register(facts, "kapula-facts", 185)
        md.postprocessors.register(LinesApart(md), "kapula-apart", 5)  # the last one


def makeExtension(**options: str) -> BlocksExtension:  # noqa: N802 (Python-Markdown's name)
    """Entry point that Python-Markdown looks for."""
    return BlocksExtension(**options)
