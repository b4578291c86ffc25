"""The diagram of a process, drawn from its definition, and the same in words."""

from collections.abc import Sequence
from datetime import time

from markupsafe import Markup

from functions.kernel.definition import Definition, Transition
from functions.kernel.durations import ByAnswer, Calendar, Length, OnDate, Span
from functions.kernel.states import BY_ITSELF, TURN, LastingTimer, State, Timer
from functions.kernel.urgency import hurried
from functions.render.text.dates import time_of_day
from functions.render.text.texts import form_text, maybe, page_text, process_text, read_label
from infra.site.layout import Layout, anchors, enclosed
from infra.site.layout_lines import draw
from infra.site.layout_parts import (
    Bundle,
    Link,
    Node,
    Picture,
    Word,
)
from infra.site.layout_svg import svg

MANY = 3  # from so many states the same action is drawn as one
Bundles = dict[tuple[str, str], Bundle]


def diagram(whole: Definition, lang: str, form: str = "") -> str:
    """A ``<figure>`` with the picture of one ``form`` (the first by default), and a list with the
    same content.

    The list also has the timers, which the picture does not show.
    """
    definition = whole.for_form(form or whole.forms[0].name)
    return str(
        Markup('<figure class="k-diagram">{}{}</figure>').format(
            _svg(definition, lang), _words(definition, lang)
        )
    )


def span(lang: str, key: str, length: Span) -> str:
    """A length of time in words."""
    if isinstance(length, Calendar):
        n, unit = (length.months, "month") if length.months else (length.working, "working_day")
    else:
        n, unit = length.days, "day"
    return page_text(lang, f"diagram.{key}.{unit}{'' if n == 1 else 's'}", n=n)


def on_date(d: Definition, lang: str, length: OnDate) -> str:
    """A day that was agreed, or days before or after it, in words."""
    name = read_label(d.name, lang, length.field)
    unit = "earlier" if length.days < 0 else "later" if length.days else "date"
    when = page_text(lang, f"diagram.on.{unit}", name=name, n=abs(length.days))
    if isinstance(length.at, time):
        return page_text(lang, "diagram.on.at", when=when, time=time_of_day(length.at, lang))
    return page_text(lang, "diagram.on.same", when=when) if length.at and length.days else when


# From the definition to what is laid out


def _picture(d: Definition, lang: str) -> Picture:
    (form,) = d.forms
    route = form.route if form.route[0] == form.start else (form.start, *form.route)
    bundles = _bundles(d, lang)
    pairs = [(t.source, t.target) for t in d.transitions if (t.action, t.target) not in bundles]
    order = sorted(bundles.values(), key=lambda b: -len(b.sources))
    names = [s.name for s in d.states]
    frame = next(
        (b for b in order if enclosed(b, anchors(names, route, pairs, order, b), route)), None
    )
    rows = anchors(names, route, pairs, order, frame)
    nodes = [_node(d, lang, s, [b for b in order if b is not frame]) for s in d.states]
    start = (Word(_text(d, lang, f"forms.{form.name}.begins")),)
    return draw(Layout(nodes, route, rows, _links(d, lang, bundles), frame, start))


def _bundles(d: Definition, lang: str) -> Bundles:
    sources: dict[tuple[str, str], list[str]] = {}
    for t in d.transitions:
        if t.source != t.target:
            sources.setdefault((t.action, t.target), []).append(t.source)
    return {
        (action, target): Bundle(tuple(dict.fromkeys(names)), target, _verb(d, lang, action, ""))
        for (action, target), names in sources.items()
        if len(set(names)) >= MANY
    }


def _links(d: Definition, lang: str, bundles: Bundles) -> list[Link]:
    """One line for all that leads from a state to another."""
    between: dict[tuple[str, str], list[str]] = {}
    for t in d.transitions:
        if t.source != t.target and (t.action, t.target) not in bundles:
            actions = between.setdefault((t.source, t.target), [])
            if t.action not in actions:
                actions.append(t.action)
    return [
        Link(a, b, tuple(w for x in actions for w in _verb(d, lang, x, d.state(a).turn)))
        for (a, b), actions in between.items()
    ]


def _verb(d: Definition, lang: str, action: str, turn: str) -> tuple[Word, ...]:
    """What is done; and by whom, unless it is the one whose turn it is anyway."""
    role = d.action(action).role
    verb = Word(_text(d, lang, f"diagram.actions.{action}"), clock=role in BY_ITSELF)
    if role in (turn, *BY_ITSELF):
        return (verb,)
    return (verb, Word(f"({_role(d, lang, role)})", "actor"))


def _node(d: Definition, lang: str, state: State, bundles: Sequence[Bundle]) -> Node:
    """The words in a state's box: its name, whose turn, what is repeated in it, and from
    where a bundle without a frame of its own leads here.
    """
    words = [Word(_state(d, lang, state.name), "name")]
    if not d.is_over(state.name):
        words += [Word(line, "turn") for line in _turns(d, lang, state)]
        words += [Word(line, "turn") for line in _within(d, lang, state)]
    loops = [t.action for t in d.transitions if t.source == t.target == state.name]
    repeated = dict.fromkeys(_text(d, lang, f"diagram.actions.{a}") for a in loops)
    words += [Word(f"↻ {each}") for each in repeated]
    for bundle in bundles:
        if bundle.target == state.name:
            states = ", ".join(_state(d, lang, s) for s in bundle.sources)
            words_on = " ".join(w.text for w in bundle.words)
            words.append(
                Word(f"{words_on}, {page_text(lang, 'diagram.from', states=states)}", "actor")
            )
    return Node(state.name, tuple(words))


def _turns(d: Definition, lang: str, state: State) -> list[str]:
    """Whose turn it is; then whose on which condition, a line for each."""
    own = maybe(d.name, lang, f"states.{state.name}.turn")
    lines = [own or form_text(d.name, lang, d.forms[0].name, f"turns.{state.turn}")]
    for turn in state.turns:
        when = _text(d, lang, f"guards.{turn.when.name}") if turn.when else ""
        taken = form_text(d.name, lang, d.forms[0].name, f"turns.{turn.role}")
        lines.append(f"{when}: {taken}" if when else taken)
    return lines


def _within(d: Definition, lang: str, state: State) -> list[str]:
    """How long there is to act; where that depends on an answer, or on whether the case is
    urgent, a line for each length."""
    soon = [_if_urgent(lang, each) for each in _limit(d, lang, hurried(state)) if state.hurry]
    return [*_limit(d, lang, state), *soon]


def _if_urgent(lang: str, what: str) -> str:
    return f"{page_text(lang, 'diagram.urgent')}: {what}"


def _limit(d: Definition, lang: str, state: State) -> list[str]:
    if state.deadline is None:
        return []
    if isinstance(state.deadline, OnDate):
        return [on_date(d, lang, state.deadline)]
    if not isinstance(state.deadline, ByAnswer):
        return [span(lang, "within", state.deadline)]
    return _by_answer(d, lang, "within", state.deadline)


def _by_answer(d: Definition, lang: str, key: str, by: ByAnswer) -> list[str]:
    """A length that depends on an answer, in words: a line for each there is."""
    lines = [span(lang, key, by.otherwise)] if by.otherwise else []
    for choice, length in by.spans.items():
        answer = _text(d, lang, f"fields.{by.field}.choices.{choice}")
        lines += [f"{answer}: {span(lang, key, length)}"] if length else []
    return lines


def _state(d: Definition, lang: str, name: str) -> str:
    return _text(d, lang, f"states.{name}.name")


def _role(d: Definition, lang: str, name: str) -> str:
    """What a role is called in the form whose way is drawn; shortly, if there is a short word."""
    short = maybe(d.name, lang, f"diagram.roles.{name}")
    return short or form_text(d.name, lang, d.forms[0].name, f"roles.{name}")


def _text(d: Definition, lang: str, key: str) -> str:
    return process_text(d.name, lang, key)


def _svg(d: Definition, lang: str) -> Markup:
    (form,) = d.forms
    route = ", ".join(_state(d, lang, s) for s in form.route)
    return svg(
        _picture(d, lang),
        f"d-{d.name}-{form.name}-{lang}",
        page_text(lang, "diagram.title", name=_text(d, lang, f"forms.{form.name}.title")),
        page_text(lang, "diagram.desc", count=len(d.states), route=route),
        {s.name for s in d.states if d.is_over(s.name)},
        form.route,
    )


# The same in words


def _words(d: Definition, lang: str) -> Markup:
    states = Markup("").join(_item(d, lang, state) for state in d.states)
    return Markup(
        '<details class="k-details"><summary>{}</summary><ol>{}</ol><p>{}</p></details>'
    ).format(page_text(lang, "diagram.words"), states, page_text(lang, "diagram.days"))


def _item(d: Definition, lang: str, state: State) -> Markup:
    """One state: its name, whose turn and by when, what can happen, what time does."""
    if d.is_over(state.name):
        lead = page_text(lang, "diagram.end")
    else:
        lead = ", ".join((*_turns(d, lang, state), *_within(d, lang, state))) + "."
    leaving = [t for t in d.transitions if t.source == state.name]
    lines = [_can(d, lang, t) for t in leaving if d.action(t.action).role not in BY_ITSELF]
    lines += [line for timer in state.timers for line in _will(d, lang, state, timer)]
    started = [timer for timer in d.timers if state.name in timer.starts]
    lines += [line for timer in started for line in _will(d, lang, state, timer)]
    soon = state.hurry.timers if state.hurry else ()
    lines += [
        Markup("{}: {}").format(page_text(lang, "diagram.urgent"), line)
        for timer in soon
        for line in _will(d, lang, state, timer)
        if timer not in state.timers
    ]
    timed = {timer.action for timer in state.timers} | {timer.action for timer in started}
    lines += [
        _can(d, lang, t)
        for t in leaving
        if d.action(t.action).role in BY_ITSELF and t.action not in timed
    ]
    each = dict.fromkeys(lines)  # of an action with several rows some lead to the same
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in each)
    return Markup("<li><strong>{}</strong><br>{}{}</li>").format(
        _state(d, lang, state.name), lead, Markup("<ul>{}</ul>").format(items) if lines else ""
    )


def _can(d: Definition, lang: str, row: Transition) -> Markup:
    """Who does what, and where that leads."""
    action = d.action(row.action)
    what = _text(d, lang, f"diagram.actions.{action.name}")
    by_itself = action.role in BY_ITSELF  # then its words say all of it
    what = what if by_itself else f"{_role(d, lang, action.role)} {what}"
    return _transition_line(d, lang, what, row)


def _transition_line(d: Definition, lang: str, what: str, row: Transition) -> Markup:
    if row.target == row.source:
        return Markup("{}: {}").format(what, page_text(lang, "diagram.same"))
    return Markup(
        '{} <span aria-hidden="true">→</span><span class="k-visually-hidden">{}</span> {}'
    ).format(what, page_text(lang, "diagram.to"), _state(d, lang, row.target))


def _reached(d: Definition, lang: str, length: Length) -> str:
    if isinstance(length, OnDate):
        return on_date(d, lang, length)
    if isinstance(length, ByAnswer):
        return ", ".join(_by_answer(d, lang, "after", length))
    return span(lang, "after", length)


def _will(d: Definition, lang: str, state: State, timer: Timer | LastingTimer) -> list[Markup]:
    """A step of the timers: when, and the mail or the action it brings, wherever that leads."""
    when = _reached(d, lang, timer.after)
    if timer.action:
        action = _text(d, lang, f"diagram.actions.{timer.action}")
        there = timer.states if isinstance(timer, LastingTimer) else (state.name,)
        rows = (t for t in d.transitions if t.action == timer.action and t.source in there)
        return [_transition_line(d, lang, f"{when}: {action}", row) for row in rows]
    if isinstance(timer, Timer) and (timer.escalates or timer.warns):
        key = "diagram.escalates" if timer.escalates else "diagram.warns"
        return [Markup("{}: {}").format(when, page_text(lang, key))]
    mail = d.mail(timer.mail)
    to = state.turn if mail.to == TURN else mail.to
    key = "diagram.remind" if to in (state.turn, state.recorded_by) else "diagram.notice"
    notice = page_text(lang, key, role=_role(d, lang, to))
    return [Markup("{}: {}").format(when, notice)]
