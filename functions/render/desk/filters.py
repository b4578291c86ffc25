"""What a coordinator can look for: the states, forms and facets of every process."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from functions.kernel.definition import Definition
from functions.kernel.desk import facet
from functions.kernel.fields import Field, Form
from functions.kernel.people import Directory
from functions.lists import duty_of
from functions.processes import NAMES, current
from functions.render.text.texts import maybe, page_text
from functions.render.text.words import Words


@dataclass(frozen=True, slots=True)
class FilterOption:
    """A value that can be looked for; ``rank`` tells how few cases it leaves, few first."""

    value: str
    label: str
    rank: int


@dataclass(frozen=True, slots=True)
class Select:
    """A choice among the values of one facet; ``chosen`` is "" for all of them."""

    name: str
    label: str
    choices: tuple[FilterOption, ...]
    chosen: str


def _distinct(known: Mapping[str, tuple[FilterOption, str]]) -> tuple[FilterOption, ...]:
    """The choices, those that would read alike with what they belong to."""
    times = Counter(choice.label for choice, _ in known.values())
    return tuple(
        replace(choice, label=f"{choice.label} ({of})") if times[choice.label] > 1 else choice
        for choice, of in known.values()
    )


def selects(
    directory: Directory, language: str, asked: Mapping[str, str], duties: Container[str]
) -> tuple[Select, ...]:
    """All that can be chosen with these duties, with what the address asks for; unknown values are
    not taken."""
    found: dict[str, tuple[str, dict[str, tuple[FilterOption, str]]]] = {}
    for process in NAMES:
        words = Words(current(process), language, directory)
        for name, label, choice, of in _choices(words, _seen_by(words.definition, duties)):
            found.setdefault(name, (label, {}))[1][choice.value] = (choice, of)
    return tuple(
        Select(name, label, _distinct(known), _chosen(known, asked.get(name, "")))
        for name, (label, known) in found.items()
        if len(known) > 1
    )


def sought(language: str, duties: Container[str]) -> str:
    """What a search by these duties looks at, as a label: what it does for everybody, and what it
    does for the roles that they give."""
    phrases = [page_text(language, "desk.text")]
    for process in NAMES:
        roles = (role.name for role in current(process).roles if duty_of(role) in duties)
        phrases += filter(None, (maybe(process, language, f"desk.{role}.sought") for role in roles))
    *first, last = dict.fromkeys(", ".join(phrases).split(", "))
    return page_text(language, "desk.text_or", first=", ".join(first), last=last)


def tags(drawn: tuple[Select, ...]) -> tuple[str, ...]:
    """The chosen tags, the one with the fewest cases first."""
    chosen = [(c.rank, facet(s.name, c.value)) for s in drawn for c in s.choices]
    applied = {facet(s.name, s.chosen) for s in drawn if s.chosen}
    return tuple(tag for _, tag in sorted(chosen) if tag in applied)


def _chosen(known: Container[str], asked: str) -> str:
    return asked if asked in known else ""


def _seen_by(definition: Definition, duties: Container[str]) -> tuple[Form, ...]:
    """The forms in whose cases these duties give somebody a role."""
    roles = {role.name for role in definition.roles if duty_of(role) in duties}
    return tuple(form for form in definition.forms if roles & _roles_of(definition, form))


def _roles_of(definition: Definition, form: Form) -> set[str]:
    rows = definition.for_form(form.name).transitions
    return {form.opener, *form.assigns, *(role for row in rows for role in row.assigns)}


def _choices(words: Words, forms: Sequence[Form]) -> Iterator[tuple[str, str, FilterOption, str]]:
    """(name, label, choice, what it belongs to) of these forms of one process; what still moves is
    rarer than what has ended."""
    definition = words.definition
    reached = {s.name for form in forms for s in definition.for_form(form.name).states}
    own, process = _of_forms(definition), words.text("name")
    starts = {form.start for form in definition.forms if form.public}
    for state in (s for s in definition.states if s.name in reached):
        if state.name not in starts and state.name not in _erased(definition):
            value = f"{definition.name}.{state.name}"
            name = words.text(f"states.{state.name}.name")
            rank = 3 if definition.is_over(state.name) else 0
            of = words.matter(own[state.name]) if state.name in own else process
            yield "state", words.page("desk.state"), FilterOption(value, name, rank), of
    for form in forms:
        value, name = f"{definition.name}.{form.name}", words.matter(form.name)
        yield "form", words.page("desk.form"), FilterOption(value, name, 2), process
    fields = definition.fields()
    for each in definition.facets if forms else ():
        for key, name in _values(words, fields[each]):
            yield each, words.label(fields[each]), FilterOption(key, name, 1), process


def _of_forms(definition: Definition) -> Mapping[str, str]:
    """The form of each state, where no two forms of the process have one in common."""
    gone = _erased(definition)
    ways = {f.name: {s.name for s in definition.for_form(f.name).states} for f in definition.forms}
    found = {state: form for form, states in ways.items() for state in states - gone}
    shared = sum(len(states - gone) for states in ways.values()) > len(found)
    return {} if shared else found


def _values(words: Words, field: Field) -> Iterator[tuple[str, str]]:
    if field.source:
        for listing in words.directory.listings(field.source):
            yield listing.key, listing.name(words.language)
    for value in field.choices:
        yield value, words.choice(field, value)


def _erased(definition: Definition) -> set[str]:
    return {row.target for row in definition.transitions if row.erases}
