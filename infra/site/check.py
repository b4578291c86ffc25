"""What the finished site must keep, checked on the built files.

MkDocs checks links between Markdown pages, but not those in templates and rendered
blocks, nor that the three languages point at each other; and a strict CSP breaks
silently. So every build is read once more here.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

_LOADING = {"src", "poster", "data"}
_LINKING = {"href", "action"} | _LOADING


class SiteCheckError(ValueError):
    """The built site breaks one of its promises; the message lists every break."""


@dataclass
class BuiltPage(HTMLParser):
    """What one built page says: ids, links, language links, inline scripts, faults."""

    url: str = ""
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    langs: dict[str, str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _in_script: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect ids and addresses; note what a strict CSP would refuse."""
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            if values["id"] in self.ids:
                self.faults.append(f"id {values['id']!r} twice")
            self.ids.add(values["id"])
        self.faults += [f"{name} on <{tag}>" for name in values if name.startswith("on")]
        if "style" in values or tag == "style":
            self.faults.append(f"inline style on <{tag}>")
        if tag == "link" and "hreflang" in values:
            self.langs[values["hreflang"]] = values["href"]
        elif not (tag == "link" and values.get("rel") == "canonical"):
            self.links += [value for name, value in values.items() if name in _LINKING]
        self._in_script = tag == "script" and "src" not in values
        if self._in_script:
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        """Keep the text of inline scripts, byte for byte."""
        if self._in_script:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        """A script ends."""
        self._in_script = False


def read_pages(out: Path) -> dict[str, BuiltPage]:
    """Return every built page by its path on the site (`/sv/dataskydd/`)."""
    pages = {}
    for file in sorted(out.rglob("*.html")):
        url = "/" + file.relative_to(out).as_posix().removesuffix("index.html")
        page = BuiltPage(url)
        page.feed(file.read_text(encoding="utf-8"))
        pages[url] = page
    return pages


def check_site(out: Path, address: str, served: tuple[str, ...] = ("/api/",)) -> None:
    """Check links, language links and CSP fitness of the site in `out`.

    `address` is the site's own address; `served` are path prefixes that a server and
    not a file answers. Raises SiteCheckError with all faults at once.
    """
    pages = read_pages(out)
    faults = [f"{url}: {fault}" for url, page in pages.items() for fault in page.faults]
    for page in pages.values():
        faults += _link_faults(out, pages, page, served)
        faults += _language_faults(pages, page, address)
    if faults:
        raise SiteCheckError("\n  ".join(["the built site is not whole:", *faults]))


def _link_faults(
    out: Path, pages: dict[str, BuiltPage], page: BuiltPage, served: tuple[str, ...]
) -> list[str]:
    faults = []
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme in ("mailto", "tel"):
            continue
        if parts.scheme or parts.netloc:
            faults.append(f"{page.url}: leads outside the site: {link}")
            continue
        path, anchor = urldefrag(urljoin(page.url, link))
        path = urlsplit(path).path
        if path.startswith(served):
            continue
        if path not in pages and not (out / path.lstrip("/")).is_file():
            faults.append(f"{page.url}: no such page: {link}")
        elif anchor and path in pages and anchor not in pages[path].ids:
            faults.append(f"{page.url}: no such place: {link}")
    return faults


def _language_faults(pages: dict[str, BuiltPage], page: BuiltPage, address: str) -> list[str]:
    if page.url.endswith("404.html"):
        return []
    if not {"fi", "sv", "en"} <= page.langs.keys():
        return [f"{page.url}: does not name its other languages"]
    faults = []
    for lang, target in page.langs.items():
        other = pages.get("/" + target.removeprefix(address))
        if other is None or other.langs != page.langs:
            faults.append(f"{page.url}: its {lang} page {target} does not answer")
    return faults


def inline_script_hashes(out: Path) -> list[str]:
    """Return the CSP sources (`'sha256-…'`) of all inline scripts in the built pages.

    Our templates have none, so the list is empty and `script-src 'self'` is enough;
    whoever adds one gets its hash into the header with no further work.
    """
    texts = {text for page in read_pages(out).values() for text in page.scripts}
    digests = (hashlib.sha256(text.encode()).digest() for text in texts)
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
