"""The forms of a case's actions: nothing is preselected, and each action says what follows from it.

A program that presses every button of a page must decide nothing. So each form needs something that
only a person gives: a choice among actions, an answer to whether to act at all, or a required field
that is empty at first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from functions.kernel.computation import PREVIEW_STAMP, stamp
from functions.kernel.definition import Action, Definition
from functions.kernel.errors import Problem
from functions.kernel.fields import Answers, Field
from functions.kernel.form_origin import DRAWN
from functions.render.case.people import SummaryRow
from functions.render.case.view import foremost
from functions.render.form.widgets import (
    Option,
    SummaryError,
    Widget,
    action_options,
    inputs_from,
    summary,
    widgets,
)
from functions.render.text.words import Words


@dataclass(frozen=True, slots=True)
class ActForm:
    """The actions of a page that are chosen and sent together.

    ``preview`` are rows of what each would compute. ``stamps`` are digests of what the form was
    drawn from, by input, sent along with its ``name``. ``mode``: ``choose`` among several, ``ask``
    whether to take the only one (the ``question``, yes or no), or ``fill`` when it has a required
    field that is empty at first. ``title`` is the heading of a single action. ``side`` forms come
    last, folded unless ``tried``: sent already, with problems. ``final`` actions end the case.
    """

    name: str
    mode: str
    title: str
    question: str
    options: tuple[Option, ...]
    fields: Mapping[str, list[Widget]]
    button: str
    error: str
    side: bool
    final: bool
    tried: bool
    preview: Mapping[str, tuple[SummaryRow, ...]]
    stamps: Mapping[str, str]

    @property
    def target(self) -> str:
        """The element that the error summary leads to for what is wrong with the form itself."""
        if self.mode != "fill":
            return f"f-action-{self.options[0].value}"
        return self.fields[self.name][0].id


@dataclass(frozen=True, slots=True)
class InitialValues:
    """The values that the fields of actions start with: the case's answers, facts of the actor's
    own directory entry, or, after a problem, what was typed and what is wrong with it. ``preview``
    is what each action would work out, told before it is chosen; ``task`` says that the page is
    that of a task, ``drawn`` how far the case's history went. ``before`` are notes on who was
    picked before in the case, by field and entry; ``language`` is the case's; ``readers`` say of a
    field in which an action writes to others, by ``action.field``, who reads it."""

    form: str
    answers: Answers
    facts: Mapping[str, object]
    typed: Mapping[str, str] | None = None
    problems: Sequence[Problem] = ()
    preview: Mapping[str, Answers] = field(default_factory=dict)
    task: bool = False
    drawn: str = ""
    before: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    language: str = ""
    readers: Mapping[str, str] = field(default_factory=dict)


MORE = "_more"  # the button of a list of people: more empty rows
FORM = "_sent"  # the input that says which form was sent, also where no action was chosen
NOT_NOW = "_not-"  # with an action's name: what is sent as the action by who does not do it now


def act_forms(words: Words, actions: Sequence[Action], filled: InitialValues) -> list[ActForm]:
    """The forms of a page: the actions of the turn in one, those that are always open in others.
    Where a turn has none of its own (``filled.task``), the first of the others takes their place.
    """
    main = [a for a in actions if "status" not in a.available_on]
    if filled.task and not main:
        main = list(actions[:1])
    bundles = ([main] if main else []) + [[a] for a in actions if a not in main]
    at = None if filled.typed is None else _sent(bundles, filled.typed)
    others = replace(filled, typed=None, problems=())  # what was typed stands in the form sent
    return [
        _act_form(words, bundle, filled if n == at else others, side=bundle is not main)
        for n, bundle in enumerate(bundles)
    ]


def _sent(bundles: Sequence[Sequence[Action]], typed: Mapping[str, str]) -> int:
    """The number of the form that was sent: the one with the chosen action or, where none was
    chosen, the one that says so; the first where nothing says which."""
    names = [{a.name for a in bundle} for bundle in bundles]
    previews = (typed.get("action", "").removeprefix(NOT_NOW), typed.get(FORM, ""))
    found = (n for name in previews for n, bundle in enumerate(names) if name in bundle)
    return next(found, 0)


def all_wrong(
    words: Words, forms: Sequence[ActForm], problems: Sequence[Problem]
) -> list[SummaryError]:
    """The error summary of a page with decisions on it."""
    lines = [SummaryError(f.target, f.error) for f in forms if f.error]
    drawn = [w for f in forms for group in f.fields.values() for w in group]
    loose = [SummaryError("", words.problem(p)) for p in problems if not p.field]
    return summary(drawn, [*loose, *lines])


def _act_form(
    words: Words, actions: Sequence[Action], filled: InitialValues, *, side: bool
) -> ActForm:
    chosen = (filled.typed or {}).get("action", "")
    wrong = next((p for p in filled.problems if p.field == "action"), None)
    first = actions[0]
    single = len(actions) == 1
    mode = "choose" if not single else "fill" if _to_fill(words, first, filled) else "ask"
    options = action_options(words, actions, chosen)
    return ActForm(
        name=first.name,
        mode=mode,
        title=words.text(f"actions.{first.name}.label"),
        question=words.text(f"actions.{first.name}.question"),
        options=_yes_or_no(words, options[0], chosen) if mode == "ask" else options,
        fields={a.name: _fields(words, a, filled, chosen) for a in actions},
        button=_button(words, first, mode),
        error=_undecided(words, first, wrong, mode) if wrong else "",
        side=side,
        final=_ends(words.definition, first),
        tried=filled.typed is not None,
        preview={a.name: _preview(words, a, filled) for a in actions},
        stamps={FORM: first.name, DRAWN: filled.drawn}
        | {
            PREVIEW_STAMP + a.name: stamp(filled.preview[a.name])
            for a in actions
            if filled.preview.get(a.name)
        },
    )


def _to_fill(words: Words, action: Action, filled: InitialValues) -> bool:
    """Whether the action asks for something that has to be answered and has no answer at first:
    then what is typed is the deliberate choice.
    """
    asked = words.definition.asked(action, filled.form)
    return any(f.required and not f.default and not _start(action, f, filled) for f in asked)


def _ends(definition: Definition, action: Action) -> bool:
    """Whether an action leads to where a case is over."""
    rows = (t for t in definition.transitions if t.action == action.name)
    return any(definition.is_over(t.target) for t in rows)


def _yes_or_no(words: Words, action: Option, chosen: str) -> tuple[Option, ...]:
    no = NOT_NOW + action.value
    return (
        replace(action, label=words.page("task.yes")),
        Option(no, words.page("task.no"), no == chosen, words.page("task.no_hint")),
    )


def _button(words: Words, action: Action, mode: str) -> str:
    """Only where the button alone does it, it says what."""
    if mode == "fill":
        return words.text(f"actions.{action.name}.button")
    return words.page("task.go_on" if mode == "ask" else "task.button")


def _undecided(words: Words, action: Action, problem: Problem, mode: str) -> str:
    """What is wrong with the choice; where it is asked by yes or no, with the question."""
    if mode == "ask" and problem.code == "unchosen":
        question = words.text(f"actions.{action.name}.question")
        return f"{question} {words.page('task.undecided')}"
    code = "undecided" if problem.code == "unchosen" else problem.code
    return words.page(f"problems.{code}")


def _preview(words: Words, action: Action, filled: InitialValues) -> tuple[SummaryRow, ...]:
    fields = action.computes.fields if action.computes else ()
    previews = filled.preview.get(action.name, {})
    ordered = foremost(words, fields, filled.answers)
    return tuple(
        SummaryRow(words.label(f), words.value(f, previews[f.name]))
        for f in ordered
        if f.name in previews
    )


def _fields(words: Words, action: Action, filled: InitialValues, chosen: str) -> list[Widget]:
    asked = words.definition.asked(action, filled.form)
    wrong = filled.problems if action.name == chosen else ()
    more, starts = False, filled.typed
    if starts is None:
        starts = {name: text for f in asked for name, text in _start(action, f, filled).items()}
    else:
        more = MORE in starts
    drawn = widgets(words, asked, starts, wrong, filled.answers, more=more, before=filled.before)
    if action.reopens_form:
        by_name = {f.name: words.hint(f, correcting=True) for f in asked}
        drawn = [replace(w, hint=by_name.get(w.name, w.hint)) for w in drawn]
    return [_for_readers(w, filled.readers.get(f"{action.name}.{w.name}", "")) for w in drawn]


def _for_readers(widget: Widget, previews: str) -> Widget:
    """A field that says in which language those who are written to read."""
    return replace(widget, hint=f"{widget.hint} {previews}".strip()) if previews else widget


def _start(action: Action, field: Field, filled: InitialValues) -> dict[str, str]:
    if (action.reopens_form or action.start_with_last) and field.name in filled.answers:
        return inputs_from(field, filled.answers[field.name], filled.language)
    return inputs_from(field, filled.facts.get(action.prefill.get(field.name, ""), ""))
