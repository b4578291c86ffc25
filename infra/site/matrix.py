"""Who sees what, as a table that is published: asked of the same rule that hides answers."""

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from functions.kernel.definition import Action, Definition
from functions.kernel.states import BY_ITSELF
from functions.kernel.subcases import DOT
from functions.kernel.subprocesses import Subprocess
from functions.kernel.visibility import PARTY, sees
from functions.processes import current
from functions.render.text.texts import capital, maybe, page_text, process_text, read_label


def matrix(definition: Definition, lang: str) -> str:
    """A ``<table>``: a row for each field and each kind of people, a column for each role."""
    roles = Markup("").join(
        Markup('<th scope="col" role="columnheader">{}</th>').format(
            capital(_role(definition, lang, r.name))
        )
        for r in definition.roles
    )
    caption = page_text(lang, "matrix.caption", name=process_text(definition.name, lang, "name"))
    groups = [_group(definition, lang, *group) for group in _groups(definition, lang)]
    groups += [each for spec in definition.subprocesses for each in _within(definition, spec, lang)]
    return str(
        Markup(
            '<table class="k-table k-matrix" role="table"><caption>{}</caption>'
            '<thead role="rowgroup"><tr role="row">'
            '<th scope="col" role="columnheader">{}</th>{}</tr></thead>{}</table>'
        ).format(caption, page_text(lang, "matrix.field"), roles, Markup("").join(groups))
    )


def _within(d: Definition, spec: Subprocess, lang: str) -> Iterator[Markup]:
    """The groups of a subprocess: who knows of its subcases, and who sees what in them."""
    inner = current(f"{d.name}{DOT}{spec.name}")
    name = _text(inner, lang, "several")
    known = (_sign(d, lang, r.name, seen=r.name in spec.known_to) for r in d.roles)
    head = page_text(lang, "matrix.known")
    yield _tbody(d, name, [_row(head, known)])
    for title, things in _asked(inner, lang):
        yield _group(inner, lang, f"{name}: {title}", things)


def seen_in(definition: Definition, thing: str, role: str) -> tuple[str, ...]:
    """The states in which ``role`` sees a field or, as ``party.<role>``, who others are."""
    return tuple(s.name for s in definition.states if sees(definition, thing, role, s.name))


def _groups(d: Definition, lang: str) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """Headings with what stands under them: pairs of what is seen and what it is called.

    The people stand last.
    """
    yield from _asked(d, lang)
    yield (
        page_text(lang, "matrix.people"),
        [
            (
                PARTY + r.name,
                page_text(
                    lang,
                    "matrix.person" if r.source else "matrix.named",
                    role=capital(_role(d, lang, r.name)),
                ),
            )
            for r in d.roles
        ],
    )


def _asked(d: Definition, lang: str) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """What is asked in several places stands once: in the first form, where it is decided, or
    in the other forms, in this order."""
    sections = [(_section(d, lang, s.name), s.fields) for f in d.forms for s in f.sections]
    first = len(d.forms[0].sections)
    decided = [(_decided(d, lang, action), action.all_fields) for action in d.actions]
    shown: set[str] = set()
    for title, fields in (*sections[:first], *decided, *sections[first:]):
        fresh = [f for f in fields if f.name not in shown]
        shown |= {f.name for f in fresh}
        if fresh:
            yield title, [(f.name, read_label(d.name, lang, f.name)) for f in fresh]


def _decided(d: Definition, lang: str, action: Action) -> str:
    verb = _text(d, lang, f"diagram.actions.{action.name}")
    by_itself = action.role in BY_ITSELF  # then its words say all of it
    return capital(verb if by_itself else f"{_role(d, lang, action.role)} {verb}")


def _group(d: Definition, lang: str, title: str, things: Sequence[tuple[str, str]]) -> Markup:
    rows = (_row(label, (_cell(d, lang, x, r.name) for r in d.roles)) for x, label in things)
    return _tbody(d, title, rows)


def _row(label: str, cells: Iterable[Markup]) -> Markup:
    return Markup('<tr role="row"><th scope="row" role="rowheader">{}</th>{}</tr>').format(
        label, Markup("").join(cells)
    )


def _tbody(d: Definition, title: str, rows: Iterable[Markup]) -> Markup:
    return Markup(
        '<tbody role="rowgroup"><tr role="row">'
        '<th colspan="{}" scope="rowgroup" role="rowheader">{}</th></tr>{}</tbody>'
    ).format(len(d.roles) + 1, title, Markup("").join(rows))


def _cell(d: Definition, lang: str, thing: str, role: str) -> Markup:
    states, seen, when = seen_in(d, thing, role), True, ""
    if not states and thing == PARTY + role:
        when = " " + page_text(lang, "matrix.self")
    elif not states and (there := _passed_on(d, lang, thing, role)):
        when = " " + page_text(lang, "matrix.passed", page=there)
    elif not states:
        seen = False
    elif len(states) < len(d.states):
        names = ", ".join(_text(d, lang, f"states.{s}.name") for s in states)
        key = "matrix.since" if _remains_visible(d, thing, states) else "matrix.when"
        when = " " + page_text(lang, key, states=names)
    return _sign(d, lang, role, when, seen=seen)


def _sign(d: Definition, lang: str, role: str, when: str = "", *, seen: bool) -> Markup:
    """A cell: whether a role sees it, and when."""
    sign, label = ("●", "matrix.seen") if seen else ("–", "matrix.unseen")
    return Markup(
        '<td role="cell" data-label="{}"><span class="k-matrix__sign" aria-hidden="true">{}</span>'
        '<span class="k-visually-hidden">{}</span>{}</td>'
    ).format(capital(_role(d, lang, role)), sign, page_text(lang, label), when)


def _passed_on(d: Definition, lang: str, thing: str, role: str) -> str:
    """What the case is called that begins by this one, and in which the role reads what it does
    not see here, or ""."""
    opened = {o.process: o for t in d.transitions for o in t.spawns if thing in o.passes}
    for spawn in opened.values():
        there = current(spawn.process)
        same = role in {r.name for r in there.roles}
        if same and seen_in(there, spawn.passes[thing], role):
            return _text(there, lang, f"forms.{spawn.form}.name")
    return ""


def _remains_visible(d: Definition, thing: str, states: Sequence[str]) -> bool:
    """Whether a case can go on, with the same person in it, to where their name is not seen but
    by whom has been told it."""
    leaving = (t for t in d.transitions if t.source in states and t.target not in states)
    going_on = (t for t in leaving if not t.erases)
    return thing.startswith(PARTY) and any(
        thing.removeprefix(PARTY) not in (*t.vacates, *t.assigns) for t in going_on
    )


def _role(d: Definition, lang: str, name: str) -> str:
    return _text(d, lang, f"roles.{name}")


def _section(d: Definition, lang: str, name: str) -> str:
    own = maybe(d.name, lang, f"sections.{name}.read")
    return own or _text(d, lang, f"sections.{name}.title")


def _text(d: Definition, lang: str, key: str) -> str:
    return process_text(d.name, lang, key)
