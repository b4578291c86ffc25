"""The export: all of a definition that others need, and nothing of how it runs."""

import json
from dataclasses import replace

import pytest

from functions import processes
from functions.kernel.consequences import Guard
from functions.kernel.definition import ALWAYS, Transition
from functions.processes.supervision.definition import VERSION_1
from infra.site import export
from infra.site.export import definition_json, exported

OUT = exported(VERSION_1)


def field(name: str) -> dict[str, object]:
    listed = [f for form in OUT["forms"] for s in form["sections"] for f in s["fields"]]
    listed += [f for action in OUT["actions"] for f in action["fields"]]
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


def test_exported_counts_match() -> None:
    assert list(OUT) == [
        "process",
        "version",
        "name",
        "languages",
        "roles",
        "forms",
        "states",
        "actions",
        "transitions",
        "mails",
        "capacity",
        "referrals",
        "visibility",
    ]
    for part in ("roles", "forms", "states", "actions", "transitions", "mails"):
        assert len(OUT[part]) == len(getattr(VERSION_1, part)), part
    assert OUT["visibility"].keys() == VERSION_1.visibility.keys()


def test_exported_fields_say_what_they_take() -> None:
    assert field("reason_and_goals") == {
        "name": "reason_and_goals",
        "type": "longtext",
        "required": True,
        "min_length": 10,
        "max_length": 2000,
    }
    assert field("number_of_sessions") == {
        "name": "number_of_sessions",
        "type": "number",
        "required": False,
        "min": 1,
        "max": 60,
    }
    assert field("unit") == {
        "name": "unit",
        "type": "choice",
        "required": True,
        "choices_from": "units",
    }
    assert field("mode")["choices"] == [
        {"value": v, "labels": export._labels(VERSION_1, f"fields.mode.choices.{v}")}
        for v in ("on_site", "online", "hybrid")
    ]


def test_exported_form_says_where_to_send() -> None:
    form = OUT["forms"][0]
    assert {k: form[k] for k in ("name", "opener", "submit")} == {
        "name": "individual",
        "opener": "applicant",
        "submit": "/api/forms/supervision/individual",
    }
    assert [s["name"] for s in form["sections"]] == [
        "supervision",
        "arrangements",
        "people",
        "sending",
    ]


def test_exported_state_with_its_timers() -> None:
    offered = next(s for s in OUT["states"] if s["name"] == "offered")
    assert offered == {
        "name": "offered",
        "labels": export._labels(VERSION_1, "states.offered.name"),
        "turn": "supervisor",
        "turn_instead": None,
        "recorded_by": None,
        "unhurried": None,
        "deadline_days": 7,
        "timers": [
            {"after_days": 4, "mail": "remind_answer"},
            {"after_days": 7, "action": "expire"},
        ],
        "if_urgent": {
            "deadline_working_days": 2,
            "timers": [
                {"after_working_days": 1, "mail": "remind_answer"},
                {"after_working_days": 2, "action": "expire"},
            ],
        },
        "end": False,
    }


def test_exported_transition_names_its_guard() -> None:
    row = Transition("go", "a", "b", ("m",), guard=Guard("is_group", lambda _: True))
    assert export._transition(row) == {
        "action": "go",
        "source": "a",
        "target": "b",
        "forms": None,
        "signals": None,
        "spawns": None,
        "guard": "is_group",
        "linked_actions": None,
        "restarts_deadline": True,
        "mails": ["m"],
    }


def test_exported_visibility_always_or_in_states() -> None:
    visibility = {"title": {"applicant": ALWAYS, "manager": ("active", "offered")}}
    assert exported(replace(VERSION_1, visibility=visibility))["visibility"] == {
        "title": {"applicant": "always", "manager": ["offered", "active"]},
    }
