"""Decisions made ready to draw: nothing preselected, each with its consequence in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.kernel.definition import Action
from functions.kernel.errors import Problem
from functions.kernel.fields import Answers, Field
from functions.render.widgets import (
    Option,
    Widget,
    Wrong,
    action_options,
    summary,
    typed_from,
    widgets,
)
from functions.render.words import Words


@dataclass(frozen=True, slots=True)
class ActForm:
    """The actions of a page that are chosen and sent together.

    ``mode``: ``choose`` among several, ``tick`` beside the button, or ``hidden`` when a
    required field is the deliberate choice. ``side`` forms stand apart, at the end.
    """

    name: str
    mode: str
    options: tuple[Option, ...]
    fields: Mapping[str, list[Widget]]
    button: str
    error: str
    side: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """What the fields of decisions start with: the case's answers, facts of the actor's own
    directory entry, or, after a problem, what was typed and what is wrong with it."""

    form: str
    answers: Answers
    facts: Mapping[str, object]
    typed: Mapping[str, str] | None = None
    problems: Sequence[Problem] = ()


def act_forms(words: Words, actions: Sequence[Action], filled: Filled) -> list[ActForm]:
    """The forms of a page: the turn's own actions together, those always open apart."""
    main = [a for a in actions if "status" not in a.via]
    bundles = ([main] if main else []) + [[a] for a in actions if "status" in a.via]
    undecided = any(p.field == "action" for p in filled.problems)
    return [
        _act_form(words, bundle, filled, undecided=undecided and bundle is bundles[0])
        for bundle in bundles
    ]


def all_wrong(words: Words, forms: Sequence[ActForm], problems: Sequence[Problem]) -> list[Wrong]:
    """The error summary of a page with decisions on it."""
    lines = [Wrong(f"f-action-{f.options[0].value}", f.error) for f in forms if f.error]
    drawn = [w for f in forms for group in f.fields.values() for w in group]
    loose = [Wrong("", words.problem(p)) for p in problems if not p.field]
    return summary(drawn, [*loose, *lines])


def _act_form(
    words: Words, actions: Sequence[Action], filled: Filled, *, undecided: bool
) -> ActForm:
    chosen = (filled.typed or {}).get("action", "")
    first = actions[0]
    side = "status" in first.via
    single = len(actions) == 1
    return ActForm(
        name=first.name,
        mode="choose" if not single else "hidden" if first.deliberate else "tick",
        options=action_options(words, actions, chosen),
        fields={a.name: _fields(words, a, filled, chosen) for a in actions},
        button=words.text(f"actions.{first.name}.button") if single else words.page("task.button"),
        error=words.page("problems.undecided") if undecided else "",
        side=side,
    )


def _fields(words: Words, action: Action, filled: Filled, chosen: str) -> list[Widget]:
    asked = words.definition.asked(action, filled.form)
    wrong = filled.problems if action.name == chosen else ()
    if filled.typed is not None:
        return widgets(words, asked, filled.typed, wrong, filled.answers)
    starts = {f.name: _start(action, f, filled) for f in asked}
    return widgets(words, asked, starts, wrong, filled.answers)


def _start(action: Action, field: Field, filled: Filled) -> str:
    if action.corrects and field.name in filled.answers:
        return typed_from(field, filled.answers[field.name])
    return typed_from(field, filled.facts.get(action.prefill.get(field.name, ""), ""))
