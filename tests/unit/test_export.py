"""The export: all that a definition says, in the shape that its JSON Schema tells."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from functions import processes
from functions.kernel.consequences import Guard
from functions.kernel.definition import Transition
from functions.processes.supervision.definition import VERSION_1
from functions.render.text.texts import process_text
from infra.site.export import definition_json, exported
from infra.site.schema import schema, schema_json

OUT: Any = json.loads(json.dumps(exported(VERSION_1)))
SHAPE = Draft202012Validator(schema())


def labels(key: str) -> dict[str, str]:
    return {lang: process_text("supervision", lang, key) for lang in ("fi", "sv", "en")}


def field(name: str) -> dict[str, object]:
    listed = [f for form in OUT["forms"] for s in form["sections"] for f in s["fields"]]
    listed += [f for action in OUT["actions"] for f in action.get("fields", ())]
    return next({k: v for k, v in f.items() if k != "labels"} for f in listed if f["name"] == name)


@pytest.mark.parametrize("name", processes.NAMES)
def test_definition_json_of_every_process_whole(name: str) -> None:
    text = definition_json(name)
    assert json.loads(text) == exported(processes.current(name))
    assert text == definition_json(name)
    assert "<" not in text  # no repr of a class or a function


def test_definition_json_unknown_refused() -> None:
    with pytest.raises(KeyError):
        definition_json("nothing")


def said(part: Any) -> Iterator[tuple[str, object]]:
    """The attributes of a part that have not their default; of countries no list."""
    for f in dataclasses.fields(part):
        value, made = getattr(part, f.name), f.default_factory
        usual = f.default if made is dataclasses.MISSING else made()
        if f.init and value != usual and not (f.name == "choices" and part.countries):
            yield f.name, value


def left_out(value: object, told: Any, where: str) -> Iterator[str]:
    """What a definition says, and its export does not: attributes that have not their default."""
    if isinstance(value, tuple):
        assert len(value) == len(told)
        for n, (each, one) in enumerate(zip(value, told, strict=True)):
            yield from left_out(each, one, f"{where}.{n}")
    elif isinstance(value, Mapping):
        assert value.keys() == told.keys()
        for key, each in value.items():
            yield from left_out(each, told[key], f"{where}.{key}")
    elif isinstance(told, dict) and dataclasses.is_dataclass(value):
        for name, each in said(value):
            if name not in told:
                yield f"{where}.{name}"
            elif name != "choices":
                yield from left_out(each, told[name], f"{where}.{name}")
    elif isinstance(value, str | int):
        assert told == value


@pytest.mark.parametrize("name", processes.NAMES)
def test_everything_is_told(name: str) -> None:
    assert list(left_out(processes.current(name), json.loads(definition_json(name)), name)) == []


def test_what_is_left_out_is_found() -> None:
    less = deepcopy(OUT)
    del less["states"][3]["timers"], less["owner"]
    assert len(list(left_out(VERSION_1, less, ""))) == 2


def test_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(schema_json()))


@pytest.mark.parametrize("name", processes.NAMES)
def test_every_definition_has_the_shape_of_the_schema(name: str) -> None:
    found = SHAPE.iter_errors(json.loads(definition_json(name)))
    assert [(list(e.absolute_path), e.message) for e in found] == []


@pytest.mark.parametrize(
    ("where", "broken"),
    [
        (("transitions", 0), {"action": "go", "source": "here"}),
        (("forms", 0, "sections", 0, "fields", 0, "kind"), "colour"),
        (("states", 0, "labels"), {"fi": "Tila", "sv": "Läge"}),
        (("states", 0), {"name": "a", "labels": labels("name"), "shoe_size": 40}),
        (("version",), "1"),
        (("owner",), None),
        (("mails", 0, "purpose"), "advertisement"),
    ],
)
def test_schema_refuses_what_is_no_definition(where: tuple[Any, ...], broken: object) -> None:
    other = deepcopy(OUT)
    *way, last = where
    part = other
    for step in way:
        part = part[step]
    part[last] = broken
    assert [tuple(e.absolute_path) for e in SHAPE.iter_errors(other)] == [where]


def test_exported_fields_say_what_they_take() -> None:
    assert field("reason_and_goals") == {
        "name": "reason_and_goals",
        "kind": "longtext",
        "shortest": 10,
        "longest": 2000,
        "limit": 2000,
    }
    assert field("number_of_sessions") == {
        "name": "number_of_sessions",
        "kind": "number",
        "required": False,
        "lowest": 1,
        "highest": 60,
        "width": 4,
    }
    assert field("unit") == {"name": "unit", "kind": "choice", "source": "units"}
    assert field("mode")["choices"] == [
        {"value": v, "labels": labels(f"fields.mode.choices.{v}")}
        for v in ("on_site", "online", "hybrid")
    ]


def test_exported_form_says_where_to_send() -> None:
    form = OUT["forms"][0]
    assert {k: form[k] for k in ("name", "opener", "submit", "labels")} == {
        "name": "individual",
        "opener": "applicant",
        "submit": "/api/forms/supervision/individual",
        "labels": labels("forms.individual.title"),
    }
    assert [s["name"] for s in form["sections"]] == [
        "supervision",
        "arrangements",
        "people",
        "sending",
    ]
    assert [f["name"] for f in OUT["forms"] if "submit" not in f] == ["merged", "ordered"]


def test_exported_state_with_its_timers() -> None:
    offered = next(s for s in OUT["states"] if s["name"] == "offered")
    assert offered == {
        "name": "offered",
        "labels": labels("states.offered.name"),
        "turn": "supervisor",
        "deadline": {"days": 7},
        "timers": [
            {"after": {"days": 4}, "mail": "remind_answer"},
            {"after": {"days": 7}, "action": "expire"},
        ],
        "hurry": {
            "deadline": {"working": 2},
            "timers": [
                {"after": {"working": 1}, "mail": "remind_answer"},
                {"after": {"working": 2}, "action": "expire"},
            ],
        },
    }


def test_exported_transition_names_its_guard() -> None:
    guard = Guard("is_group", lambda _: True)
    row = Transition("go", "a", "b", ("m",), guard=guard, becomes=lambda _: {})
    definition = dataclasses.replace(VERSION_1, transitions=(row,))
    assert exported(definition)["transitions"] == [
        {
            "action": "go",
            "source": "a",
            "target": "b",
            "mails": ["m"],
            "guard": "is_group",
            "becomes": True,
        }
    ]


def test_exported_length_is_in_whole_days() -> None:
    state = dataclasses.replace(VERSION_1.states[0], timers=(), deadline=timedelta(days=30))
    told: Any = exported(dataclasses.replace(VERSION_1, states=(state,)))["states"]
    assert told[0]["deadline"] == {"days": 30}
