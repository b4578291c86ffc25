"""The public page of the supervisors who permit it: a card each, and filters in the address.

Which facts have words, and what can be filtered by, is told by the process that lets somebody
choose from the same list. What is shown of them is told here, by name: a fact that is added to
the directory is shown to nobody before it stands in ``SHOWN``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from functions.kernel import LANGUAGES
from functions.kernel.fields import Field
from functions.kernel.people import Directory, Listing
from functions.kernel.ranking import Facet
from functions.processes import NAMES, current
from functions.render.form.choosing import cut
from functions.render.form.facets import chosen_of, passes, pickers, values_of
from functions.render.page.pages import whole_page
from functions.render.text.texts import page_text
from functions.render.text.words import Words

SOURCE = "supervisors"
SHOWN = (
    "forms",
    "sectors",
    "languages",
    "place",
    "online",
    "education",
    "licence",
    "qualification_year",
    "framework",
    "experience",
    "membership",
)
FILTERS = ("form", "language", "sector", "place")
WRITTEN = frozenset(SHOWN) - {"forms", "sectors", "languages", "online", "qualification_year"}
LONG = 220  # characters of a text that are shown before the rest is unfolded
MAX_CARDS = 100  # cards on one page


@dataclass(frozen=True, slots=True)
class CardFact:
    """A fact of a card. ``begins`` is its beginning if it is ``whole`` too long; ``language``
    that of somebody's own words, or ""; ``more`` is added in the page's."""

    label: str
    whole: str
    begins: str = ""
    language: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class SupervisorCard:
    """One supervisor. ``picture`` is a file among the site's pictures of people, or ""."""

    key: str
    name: str
    initials: str
    picture: str
    facts: tuple[CardFact, ...]


def cards_page(language: str, directory: Directory, typed: Mapping[str, str]) -> str:
    """Those who permit it and suit the filters, by name. Filters that nobody suits are none."""
    words, field, facets = _telling(language, directory)
    everybody = [x for x in directory.listings(SOURCE) if x.facts.get("published") is True]
    values = values_of(words, facets, everybody)
    chosen = chosen_of(values, typed)
    found = [x for x in everybody if passes(facets, chosen, x)]
    facts = [name for name in SHOWN if name in field.shows]
    return whole_page(
        "cards.html",
        language,
        page_text(language, "cards.title"),
        pickers=pickers(words, facets, values, chosen),
        cards=[_card(words, facts, x) for x in found[:MAX_CARDS]],
        found=len(found),
        total=len(everybody),
        filtered=bool(chosen),
        capped=MAX_CARDS if len(found) > MAX_CARDS else 0,
        languages=True,
        kept=f"&{urlencode(chosen)}" if chosen else "",
    )


def _telling(language: str, directory: Directory) -> tuple[Words, Field, list[Facet]]:
    """The process that has words for the list, its field, and what may be filtered by."""
    facts = (
        (len(set(SHOWN).intersection(field.shows)), definition, field)
        for definition in map(current, NAMES)
        for field in definition.fields().values()
        if field.source == SOURCE and field.shows
    )
    _, definition, field = max(facts, key=lambda each: each[0])
    ranked = {f.name: f for f in field.ranked.facets} if field.ranked else {}
    facets = [ranked[name] for name in FILTERS if name in ranked]
    return Words(definition, language, directory), field, facets


def _card(words: Words, facts: list[str], listing: Listing) -> SupervisorCard:
    name = listing.name(words.language)
    parts = name.split() or [" "]
    ends = parts[:1] if len(parts) == 1 else [parts[0], parts[-1]]
    return SupervisorCard(
        listing.key,
        name,
        "".join(part[0] for part in ends).upper(),
        str(listing.facts.get("picture", "")),
        tuple(_facts(words, facts, listing)),
    )


def _facts(words: Words, facts: list[str], listing: Listing) -> Iterator[CardFact]:
    own = str(listing.facts.get("language", ""))
    own = own if own in LANGUAGES and own != words.language else ""
    for name in facts:
        more = words.fact("online", listing) if name == "place" and "online" in facts else ""
        for label, value in words.facts((name,), listing):
            if name == "online" and "place" in listing.facts:
                continue  # said beside the place
            line, was_cut = cut(value, LONG)
            spoken = own if name in WRITTEN else ""
            yield CardFact(label, *((value, line) if was_cut else (line, "")), spoken, more)
