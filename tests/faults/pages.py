"""Pages as a browser without scripts reads them: forms, what they would send, their problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)


@dataclass
class Element:
    """An element with its attributes, its children and the text directly inside it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def text(self) -> str:
        parts = (c if isinstance(c, str) else c.text() for c in self.children)
        return "".join(parts)

    def find(self, tag: str, **attributes: str) -> list[Element]:
        wanted = attributes.items()
        return [e for e in self.walk() if e.tag == tag and wanted <= e.attributes.items()]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        tags = [e.tag for e in self.open]
        if tag in tags:
            del self.open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


@dataclass(frozen=True)
class Control:
    """One control of a form: its value if sent as it stands (None: it sends nothing)."""

    name: str
    kind: str
    value: str | None
    offered: str
    element: Element


@dataclass(frozen=True)
class Form:
    """A form and its buttons, also those outside it that name it."""

    id: str
    method: str
    action: str
    controls: tuple[Control, ...]
    buttons: tuple[tuple[str, str], ...]

    def sends(self) -> dict[str, str]:
        """What pressing a nameless button sends when nothing has been touched."""
        return {c.name: c.value for c in self.controls if c.name and c.value is not None}

    def names(self) -> list[str]:
        return list(dict.fromkeys(c.name for c in self.controls if c.name))


class Page:
    """An answer, parsed."""

    def __init__(self, status: int, html: str, headers: Mapping[str, str] | None = None) -> None:
        self.status, self.html, self.headers = status, html, dict(headers or {})
        builder = _Builder()
        builder.feed(html)
        builder.close()
        self.root = builder.root

    @property
    def language(self) -> str:
        return next((e.attributes.get("lang", "") for e in self.root.find("html")), "")

    @property
    def title(self) -> str:
        return " ".join(e.text().strip() for e in self.root.find("h1"))

    @property
    def forms(self) -> list[Form]:
        return [self._form(e) for e in self.root.find("form")]

    def form(self, *names: str, id: str = "") -> Form:  # noqa: A002
        """The one form that asks all these names (or has the id)."""
        found = [f for f in self.forms if {*names} <= {*f.names()} and (not id or f.id == id)]
        assert len(found) == 1, f"{len(found)} forms with {names} on {self.status} {self.title!r}"
        return found[0]

    def error_at(self, name: str) -> str:
        """The message beside a field."""
        return " ".join(e.text().strip() for e in self.root.walk() if _is_error(e, name))

    def errors(self) -> dict[str, str]:
        """All messages beside fields."""
        ids = (e.attributes.get("id", "") for e in self.root.walk())
        return {i[2:]: self.error_at(i[2:]) for i in ids if i.startswith("e-")}

    def _form(self, element: Element) -> Form:
        own = element.attributes.get("id", "")
        inside = [*element.walk()]
        pressed = [e for e in inside if e.tag == "button" and "form" not in e.attributes]
        if own:
            pressed += self.root.find("button", form=own)
        return Form(
            own,
            element.attributes.get("method", "get"),
            element.attributes.get("action", ""),
            tuple(c for e in inside for c in _control(e)),
            tuple((b.attributes.get("name", ""), b.attributes.get("value", "")) for b in pressed),
        )


def _is_error(element: Element, name: str) -> bool:
    return element.attributes.get("id") == f"e-{name}"


def _control(element: Element) -> list[Control]:
    attributes = element.attributes
    name, value = attributes.get("name", ""), attributes.get("value", "")
    if element.tag == "textarea":
        text = element.text().removeprefix("\n")
        return [Control(name, "textarea", text, text, element)]
    if element.tag == "select":
        options = element.find("option")
        chosen = next((o for o in options if "selected" in o.attributes), options[0])
        return [Control(name, "select", chosen.attributes.get("value", ""), "", element)]
    if element.tag != "input":
        return []
    kind = attributes.get("type", "text")
    if kind in ("radio", "checkbox"):
        sent = value if "checked" in attributes else None
        return [Control(name, kind, sent, value, element)]
    return [Control(name, kind, value, value, element)]
