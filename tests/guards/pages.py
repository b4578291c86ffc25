"""What is wrong with a page of ours, as far as its text can tell."""

import re
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
SITE = re.compile(r"/(?!/)|#|\?|mailto:|data:,$|$")


class _Reader(HTMLParser):
    """Gathers faults while a page is read."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.refers: list[tuple[str, str]] = []
        self.language = ""
        self.names: list[str] = []  # of what the form that is open would send

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "html":
            self.language = known.get("lang") or ""
        self.ids += [known["id"] or ""] if "id" in known else []
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        self._input(tag, known)
        if tag == "style" or (tag == "script" and "src" not in known):
            self.faults.append(f"inline {tag}")

    def _input(self, tag: str, known: dict[str, str | None]) -> None:
        """A form that sends a name twice is refused when it arrives."""
        if tag == "form":
            self.names = []
        sends = tag in ("select", "textarea") or (
            tag == "input" and known.get("type") not in ("radio", "submit", "button")
        )
        name = known.get("name") if sends else None
        if name in self.names:
            self.faults.append(f"{name} is sent twice")
        self.names += [name] if name else []

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name == "style" or name.startswith("on"):
            self.faults.append(f"inline {name}")
        if name in ("href", "src", "action", "formaction") and not SITE.match(value):
            self.faults.append(f"{tag} leads to {value}")
        if name in ("for", "aria-describedby", "aria-labelledby", "form"):
            self.refers += [(name, each) for each in value.split()]
        if name == "href" and value.startswith("#"):
            self.refers.append((name, value[1:]))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} is closed but not open")


def page_faults(html: str, language: str) -> list[str]:
    """Tags out of order, ids twice or with spaces, labels of nothing, links to nothing on the page, anything inline, foreign or unfilled."""
    reader = _Reader()
    reader.feed(html)
    faults = reader.faults + [f"{tag} is never closed" for tag in reader.open]
    faults += [
        f"id {i} stands twice" for i in sorted({i for i in reader.ids if reader.ids.count(i) > 1})
    ]
    faults += [f"id {i!r} is none" for i in reader.ids if not i or i.split() != [i]]
    faults += [f"{name} of nothing: {i}" for name, i in reader.refers if i not in reader.ids]
    faults += ["language"] * (reader.language != language)
    faults += ["headings"] * (html.count("<h1") != 1)
    bare = re.sub(r'data-(counter|over)="[^"]*"', "", html)
    return faults + ["unfilled"] * bool(re.search(r"\{\w*\}|\{\{|\{%|None<|Undefined", bare))
