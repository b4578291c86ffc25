"""The JSON Schema of exported definitions, made from the classes that definitions are made of."""

import dataclasses
import json
import types
from collections.abc import Callable, Mapping
from datetime import time, timedelta
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from functions.kernel import LANGUAGES
from functions.kernel.capacity import Capacity
from functions.kernel.case import Case
from functions.kernel.consequences import Referral
from functions.kernel.definition import Definition
from functions.kernel.documents import Document, TermsText
from functions.kernel.fields import Field, Form
from functions.kernel.tables import Table
from infra.site.export import BY_NAME, LABELS, THERE, parts

Json = dict[str, Any]  # what json.dumps takes

_TEXT: Json = {"type": "string"}
_LABELS: Json = {
    "type": "object",
    "properties": dict.fromkeys(LANGUAGES, _TEXT),
    "required": list(LANGUAGES),
    "additionalProperties": False,
}
_PLAIN: Mapping[type, Json] = {
    str: _TEXT,
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    type(None): {"type": "null"},
    time: {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
    timedelta: {
        "type": "object",
        "properties": {"days": {"type": "integer"}},
        "required": ["days"],
        "additionalProperties": False,
    },
    **dict.fromkeys(BY_NAME, _TEXT),
    **{each: {"const": True} for each in THERE},
}
# Names that modules know for their types alone, which the annotations are read with.
_KNOWN = {c.__name__: c for c in (Capacity, Case, Document, Table, TermsText)}


def schema_json() -> str:
    """The schema as it is published beside the definitions."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def schema() -> Json:
    """The JSON Schema (2020-12) of ``infra.site.export.exported``."""
    defs: dict[str, Json] = {"labels": _LABELS}
    whole = _class(Definition, defs)
    whole["properties"] |= {
        "$schema": _TEXT,
        "release": _TEXT,
        "languages": {"type": "array", "items": {"enum": list(LANGUAGES)}},
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Kapula process"}
    return {**head, **whole, "$defs": defs}


def _class(part: type, defs: dict[str, Json]) -> Json:
    """A class of parts as an object: without what has no default it is not whole, and nothing
    beside its attributes stands in it."""
    hints = get_type_hints(part, localns=_KNOWN)
    fields = parts(part)
    properties: dict[str, Json] = {f.name: _type(hints[f.name], defs) for f in fields}
    needed = [f.name for f in fields if not _has_default(f)]
    if part in LABELS:
        properties["labels"] = {"$ref": "#/$defs/labels"}
        needed.append("labels")
    if part is Field:
        properties["limit"] = _PLAIN[int]
        properties["choices"] = {"type": "array", "items": _choice()}
    if part in (Form, Referral):
        properties["submit"] = _TEXT
    return {
        "type": "object",
        "description": " ".join((part.__doc__ or "").split()),
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _choice() -> Json:
    return {
        "type": "object",
        "properties": {"value": _TEXT, "labels": {"$ref": "#/$defs/labels"}},
        "required": ["value", "labels"],
        "additionalProperties": False,
    }


def _has_default(attribute: "dataclasses.Field[object]") -> bool:
    missing = dataclasses.MISSING
    return attribute.default is not missing or attribute.default_factory is not missing


def _type(hint: object, defs: dict[str, Json]) -> Json:
    """The schema of a type that an attribute can have; TypeError for one it does not know."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(inner)}
    if origin in (Union, types.UnionType):
        known = [_type(each, defs) for each in inner if each is not type(None)]
        return known[0] if len(known) == 1 else {"anyOf": [_type(each, defs) for each in inner]}
    if origin is tuple:
        return {"type": "array", "items": _type(inner[0], defs)}
    if origin is Callable:
        return {"const": True}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _type(inner[1], defs)}
    if isinstance(hint, type) and hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        if hint.__name__ not in defs:
            defs[hint.__name__] = {}  # it may hold itself
            defs[hint.__name__] = _class(hint, defs)
        return {"$ref": f"#/$defs/{hint.__name__}"}
    raise TypeError(hint)
