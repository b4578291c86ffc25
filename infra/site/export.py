"""A definition as JSON, for whoever wants to build upon it: data, and nothing of how it runs."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from functions import processes
from functions.kernel import LANGUAGES
from functions.kernel.capacity import Capacity
from functions.kernel.consequences import Referral
from functions.kernel.definition import Action, Definition, Mail, Transition
from functions.kernel.durations import ByAnswer, Calendar, Length, OnDate, Span
from functions.kernel.fields import Field, Form
from functions.kernel.pace import hurried
from functions.kernel.roles import Role
from functions.kernel.states import State
from functions.render.text.texts import process_text
from infra.site.matrix import seen_in

Json = dict[str, Any]  # what json.dumps takes


def definition_json(name: str) -> str:
    """The current definition of a process; KeyError if there is no such process.

    Keys stand in a fixed order, so that two releases can be compared line by line.
    """
    return json.dumps(exported(processes.current(name)), ensure_ascii=False, indent=2) + "\n"


def exported(d: Definition) -> Json:
    """A definition as plain values; lengths of time are in days where no unit is named."""
    return {
        "process": d.name,
        "version": d.version,
        "name": _labels(d, "name"),
        "languages": list(LANGUAGES),
        "roles": [_role(d, role) for role in d.roles],
        "forms": [_form(d, form) for form in d.forms],
        "states": [_state(d, state) for state in d.states],
        "actions": [_action(d, action) for action in d.actions],
        "transitions": [_transition(row) for row in d.transitions],
        "mails": [_mail(mail) for mail in d.mails],
        "capacity": _capacity(d.capacity) if d.capacity else None,
        "referrals": [_referral(way) for way in d.referrals],
        "visibility": {thing: _visibility(d, thing) for thing in d.visibility},
    }


def _role(d: Definition, role: Role) -> Json:
    """A role, with the roles whose people may not act in it."""
    labels = _labels(d, f"roles.{role.name}")
    return {"name": role.name, "labels": labels, "apart_from": list(role.apart)}


def _labels(d: Definition, key: str) -> dict[str, str]:
    return {lang: process_text(d.name, lang, key) for lang in LANGUAGES}


def _form(d: Definition, form: Form) -> Json:
    return {
        "name": form.name,
        "opener": form.opener,
        "start": form.start,
        "route": list(form.route),
        "mails": list(form.mails),
        "submit": f"/api/forms/{d.name}/{form.name}" if form.public else None,
        "labels": _labels(d, f"forms.{form.name}.title"),
        "checks": [{"name": c.name, "field": c.field} for c in form.checks],
        "sections": [
            {
                "name": section.name,
                "labels": _labels(d, f"sections.{section.name}.title"),
                "fields": [_field(d, f) for f in section.fields],
            }
            for section in form.sections
        ],
    }


def _field(d: Definition, field: Field) -> Json:
    """A field; bounds that its type has not are left out, not null."""
    bounds: Mapping[str, int | None] = {
        "min_length": field.shortest or None,
        "max_length": field.limit or None,
        "min": field.lowest,
        "max": field.highest,
    }
    out: Json = {
        "name": field.name,
        "type": field.kind,
        "required": field.required,
        "labels": _labels(d, f"fields.{field.name}.label"),
    }
    out |= {key: bound for key, bound in bounds.items() if bound is not None}
    if field.countries:
        out["choices_from"] = "ISO 3166-1"
    elif field.choices:
        out["choices"] = [
            {"value": c, "labels": _labels(d, f"fields.{field.name}.choices.{c}")}
            for c in field.choices
        ]
    if field.source or field.lines_of:
        out["choices_from"] = field.source or f"answer {field.lines_of}"
    if field.code:
        out["standard"] = field.code.name
    if field.unique:
        out["unique_among"] = field.unique
    if field.default:
        out["default_from"] = list(field.defaults)
    return out


def _state(d: Definition, state: State) -> Json:
    return {
        "name": state.name,
        "labels": _labels(d, f"states.{state.name}.name"),
        "turn": state.turn or None,
        "turn_instead": [
            {
                "role": turn.role,
                "guard": turn.when.name if turn.when else None,
                "forms": list(turn.forms) or None,
            }
            for turn in state.turns
        ]
        or None,
        "recorded_by": state.recorded_by or None,
        "unhurried": state.unhurried or None,
        **_timed(state),
        "if_urgent": _timed(hurried(state)) if state.hurry else None,
        "end": state.end,
    }


def _timed(state: State) -> Json:
    """By when something is to be done in a state, and what happens by itself."""
    return {
        **(_length("deadline", state.deadline) if state.deadline else {"deadline_days": None}),
        "timers": [
            _length("after", timer.after)
            | ({"mail": timer.mail} if timer.mail else {})
            | ({"action": timer.action} if timer.action else {})
            | ({"escalates": True} if timer.escalates else {})
            | ({"warns": True} if timer.warns else {})
            | ({"sooner": timer.sooner.name} if timer.sooner else {})
            for timer in state.timers
        ],
    }


def _length(name: str, length: Length) -> Json:
    """A length; of one that depends on an answer, which, and the length for each choice."""
    if not isinstance(length, ByAnswer):
        return _span(name, length)
    choices = {choice: _span(name, span) for choice, span in length.spans.items()}
    by = {"field": length.field, "choices": choices}
    law = {"by_law": list(length.by_law)} if length.by_law else {}
    return {**_span(name, length.otherwise), f"{name}_by": {**by, **law}}


def _span(name: str, span: Span | OnDate | None) -> Json:
    if span is None:
        return {f"{name}_days": None}
    if isinstance(span, OnDate):
        return {f"{name}_date": {"field": span.field, "days": span.days}}
    if not isinstance(span, Calendar):
        return {f"{name}_days": span.days}
    if span.months:
        return {f"{name}_months": span.months}
    return {f"{name}_working_days": span.working}


def _action(d: Definition, action: Action) -> Json:
    """An action; its words are those of the diagram, which the clock's actions have, too."""
    return {
        "name": action.name,
        "role": action.role,
        "labels": _labels(d, f"diagram.actions.{action.name}"),
        "available_on": list(action.available_on),
        "reopens_form": action.reopens_form,
        "vote": action.votes or None,
        "fields": [_field(d, f) for f in action.fields],
        "works_out": [_field(d, f) for f in action.computes.fields] if action.computes else None,
    }


def _transition(row: Transition) -> Json:
    return {
        "action": row.action,
        "source": row.source,
        "target": row.target,
        "forms": list(row.forms) or None,
        "guard": row.guard.name if row.guard else None,
        "linked_actions": dataclasses.asdict(row.linked_actions) if row.linked_actions else None,
        "signals": [c.action for c in row.signals] or None,
        "spawns": [{"process": o.process, "form": o.form} for o in row.spawns] or None,
        "restarts_deadline": row.restarts or row.source != row.target,
        "mails": list(row.mails),
    }


def _referral(way: Referral) -> Json:
    field, value = way.choice
    return {
        "state": way.state,
        "role": way.role,
        "field": field,
        "value": value,
        "submit": f"/api/forms/{way.process}/{way.form}",
        "fields": dict(way.fields),
    }


def _capacity(room: Capacity) -> Json:
    return {
        "field": room.by,
        "places": dict(room.limits),
        "taken_by": room.units_field or None,
        "held_in": list(room.occupying),
        "waiting": room.waiting,
        "admits": room.admits,
    }


def _mail(mail: Mail) -> Json:
    return {"name": mail.name, "to": [mail.to, *mail.also], "purpose": mail.purpose}


def _visibility(d: Definition, thing: str) -> dict[str, str | list[str]]:
    """Who sees a thing: ``"always"``, or a list of the states in which they do."""
    seen = {role.name: seen_in(d, thing, role.name) for role in d.roles}
    return {
        role: "always" if len(states) == len(d.states) else list(states)
        for role, states in seen.items()
        if states
    }
