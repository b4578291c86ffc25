"""The terms of what a process sells, in one language: the same on the site, a document and a
page."""

from dataclasses import dataclass

from functions.kernel.definition import Definition
from functions.render.text.texts import list_texts, process_text


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the terms: its name in the definition, its title and its sentences."""

    name: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """All points of one version."""

    version: str
    points: tuple[Point, ...]


def terms_of(definition: Definition, language: str) -> Terms | None:
    """The terms of a process; None if it sells nothing."""
    if definition.terms is None:
        return None
    return Terms(
        definition.terms.version,
        tuple(
            Point(
                name,
                process_text(definition.name, language, f"terms.{name}.title"),
                list_texts(definition.name, language, f"terms.{name}.text"),
            )
            for name in definition.terms.points
        ),
    )
