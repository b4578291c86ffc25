"""What a list can be filtered by: the values that its entries have, and the choices of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from functions.kernel.directory import finnish
from functions.kernel.people import Listing
from functions.kernel.ranking import Facet
from functions.render.text.words import Words

MAX_VALUES = 100  # of one filter

Typed = Mapping[str, str]
Values = Mapping[str, Mapping[str, str]]  # by filter: the values and their names, in order


@dataclass(frozen=True, slots=True)
class FacetOption:
    """A value of a filter or an order."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Picker:
    """A list of such values to pick one from; an empty value is no filter."""

    name: str
    label: str
    choices: tuple[FacetOption, ...]


def values_of(words: Words, facets: Sequence[Facet], everybody: Sequence[Listing]) -> Values:
    """What there is to filter by."""
    return {facet.name: _values(words, facet, everybody) for facet in facets}


def chosen_of(values: Values, typed: Typed, prefix: str = "") -> dict[str, str]:
    """The filters that were set; what is no value of any entry is no filter."""
    asked = {name: typed.get(f"{prefix}{name}", "").casefold() for name in values}
    return {name: value for name, value in asked.items() if value in values[name]}


def passes(facets: Sequence[Facet], chosen: Mapping[str, str], listing: Listing) -> bool:
    """Whether an entry has all that is wanted."""
    return all(
        chosen[facet.name] in [value.casefold() for value in facet.of(listing)]
        for facet in facets
        if facet.name in chosen
    )


def pickers(
    words: Words,
    facets: Sequence[Facet],
    values: Values,
    chosen: Mapping[str, str],
    prefix: str = "",
) -> list[Picker]:
    """The filters, without those that every entry passes."""
    return [
        Picker(
            f"{prefix}{facet.name}",
            words.text(f"facts.facets.{facet.name}"),
            (
                FacetOption("", words.page("choosing.any"), facet.name not in chosen),
                *(
                    FacetOption(value, label, chosen.get(facet.name) == value)
                    for value, label in values[facet.name].items()
                ),
            ),
        )
        for facet in facets
        if values[facet.name]
    ]


def _values(words: Words, facet: Facet, everybody: Sequence[Listing]) -> dict[str, str]:
    """The values of one filter; cases of letters are one value.

    Of very many, those that most entries have.
    """
    counts: dict[str, int] = {}
    labels: dict[str, str] = {}
    for value in chain.from_iterable(map(facet.of, everybody)):
        key = value.casefold()
        counts[key] = counts.get(key, 0) + 1
        labels.setdefault(key, words.named(facet.named, value))
    common = sorted(labels, key=lambda key: (-counts[key], finnish(labels[key])))[:MAX_VALUES]
    first = [key for key in facet.values if key in common]
    rest = sorted((k for k in common if k not in first), key=lambda key: finnish(labels[key]))
    return {key: labels[key] for key in (*first, *rest)}
