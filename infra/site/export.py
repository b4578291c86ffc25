"""A definition as JSON: all that it says, for others to build on.

``infra/site/schema.py`` is the JSON Schema of its shape. One rule holds for every part: each
attribute has its own name, and defaults are left out. Lengths are ``{"days": 7}``, conditions are
their names, and what only code can say (a computation, a check, a ranking) is ``true``.
"""

import dataclasses
import json
from collections.abc import Mapping
from datetime import time, timedelta

from functions import processes
from functions.kernel import LANGUAGES
from functions.kernel.consequences import Guard, Referral
from functions.kernel.definition import Action, Definition
from functions.kernel.fields import Code, Field, Form, Section
from functions.kernel.ranking import Ranking
from functions.kernel.release import RELEASE
from functions.kernel.roles import Role
from functions.kernel.states import State
from functions.render.text.texts import page_text, process_text

SCHEMA = "schema.json"  # beside the definitions

# What people call a part: the text of each class of parts, by its name.
LABELS = {
    Definition: "name",
    Role: "roles.{name}",
    Form: "forms.{name}.title",
    Section: "sections.{name}.title",
    Field: "fields.{name}.label",
    State: "states.{name}.name",
    Action: "diagram.actions.{name}",
}
# What is said by its name alone, and what is said to be there.
BY_NAME, THERE = (Guard, Code), (Ranking,)


def definition_json(name: str) -> str:
    """The current definition of a process; KeyError if there is no such process.

    Keys stand in a fixed order, so that two releases can be compared line by line.
    """
    return json.dumps(exported(processes.current(name)), ensure_ascii=False, indent=2) + "\n"


def exported(definition: Definition) -> dict[str, object]:
    """A definition as plain values, as ``json.dumps`` takes them."""
    return {
        "$schema": SCHEMA,
        "release": RELEASE,
        "languages": list(LANGUAGES),
        **_part(definition.name, definition),
    }


def parts(value: object) -> list[dataclasses.Field[object]]:
    """The attributes that are told of a part (its class, or one of them), in their order."""
    return [f for f in dataclasses.fields(value) if f.init]  # type: ignore[arg-type]


def is_default(attribute: "dataclasses.Field[object]", value: object) -> bool:
    """Whether an attribute says nothing, so that it is left out."""
    if attribute.default_factory is not dataclasses.MISSING:
        return value == attribute.default_factory()
    return attribute.default is not dataclasses.MISSING and value == attribute.default


def _part(process: str, part: object) -> dict[str, object]:
    values = ((f, getattr(part, f.name)) for f in parts(part))
    found = {f.name: _plain(process, value) for f, value in values if not is_default(f, value)}
    if type(part) in LABELS:
        found["labels"] = _labels(process, LABELS[type(part)].format_map(found))
    if isinstance(part, Field) and part.limit:
        found["limit"] = part.limit  # in characters, also where the kind sets it
    if isinstance(part, Field) and part.choices and not part.countries:
        found["choices"] = [
            {"value": c, "labels": _choice_labels(process, part, c)} for c in part.choices
        ]
    if isinstance(part, Field) and part.countries:
        del found["choices"]  # ISO 3166-1, with the names of the standard library
    if isinstance(part, Form) and part.public:
        found["submit"] = f"/api/forms/{process}/{part.name}"
    if isinstance(part, Referral):
        found["submit"] = f"/api/forms/{part.process}/{part.form}"
    return found


def _plain(process: str, value: object) -> object:
    if isinstance(value, BY_NAME):
        return value.name
    if callable(value) or isinstance(value, THERE):
        return True
    if isinstance(value, timedelta):
        return {"days": value.days}
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, Mapping):
        return {str(key): _plain(process, each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(process, each) for each in value]
    if dataclasses.is_dataclass(value):
        return _part(process, value)
    return value


def _choice_labels(process: str, field: Field, choice: str) -> dict[str, str]:
    if field.languages:
        key = f"directory.languages.{choice}"
        return {language: page_text(language, key) for language in LANGUAGES}
    return _labels(process, f"fields.{field.name}.choices.{choice}")


def _labels(process: str, key: str) -> dict[str, str]:
    return {language: process_text(process, language, key) for language in LANGUAGES}
