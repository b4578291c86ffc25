"""What a Markdown page can carry: ``[[form P/F]]``, ``[[diagram P]]``, ``[[matrix P]]``,
``[[terms P]]``, ``[[desk]]``."""

from collections.abc import Sequence
from html import escape

from functions.kernel.people import Listing, Person
from functions.processes import current
from functions.render.desk.desk import ask_desk_form
from functions.render.page.pages import Filling, step_form
from functions.render.templates import template
from functions.render.text.terms import terms_of
from functions.render.text.texts import page_text
from infra.site.diagram import diagram
from infra.site.matrix import matrix


class NoDirectory:
    """The directory as a page that is built in advance knows it: empty.

    So the first step of a form, which stands on such a page, asks nothing of the directory.
    """

    def listings(self, source: str) -> Sequence[Listing]:
        """Nothing may be chosen from a list that can change after the build."""
        raise LookupError(f"the first step of a form cannot choose from {source}")

    def named(self, source: str, key: str) -> Listing | None:
        """No entry is known."""
        return None

    def people(self, source: str, key: str) -> Sequence[Person]:
        """Nobody is known."""
        return ()

    def knows_domain(self, domain: str) -> bool:
        """No domain is known."""
        return False


def render(kind: str, name: str, language: str) -> str:
    """The HTML of a block; ``LookupError`` if there is no such thing, so that the build fails."""
    if kind == "diagram":
        process, _, form = name.partition("/")
        return diagram(current(process), language, form)
    if kind == "matrix":
        return matrix(current(name), language)
    if kind == "form":
        process, _, form = name.partition("/")
        definition = current(process)
        spec = definition.form(form)
        filling = Filling(definition, spec, language, {}, NoDirectory())
        return step_form(filling, spec.sections[0])
    if kind == "terms":
        return _terms(name, language)
    if kind == "desk":
        return ask_desk_form(language)
    raise LookupError(f"unknown block: {kind}")


def terms_version(process: str) -> str:
    """The version of a process's terms that holds now; ``LookupError`` if it has none."""
    definition = current(process)
    if definition.terms is None:
        raise LookupError(f"{process} has no terms")
    return definition.terms.version


def _terms(process: str, language: str) -> str:
    version = terms_version(process)
    sentence = page_text(language, "terms.applies", version=version)
    drawn: str = template("terms.html").module.points(  # type: ignore[attr-defined]
        terms_of(current(process), language), 2
    )
    return f'<p class="k-notice"><strong>{escape(sentence)}</strong></p>{drawn}'
