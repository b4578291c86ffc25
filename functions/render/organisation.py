"""Whose service this is: one file, so that another organisation makes it theirs."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functions.kernel.papers import Seller

FILE = Path(__file__).parent.parent / "organisation.toml"


@cache
def organisation() -> dict[str, Any]:
    """The settings of ``organisation.toml``, as they stand there."""
    ready = FILE.with_suffix(".json")  # a package has it, as it has those of texts.py
    if ready.is_file():
        return dict(json.loads(ready.read_text(encoding="utf-8")))
    import tomllib

    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def told(key: str, language: str) -> str:
    """One setting in the reader's language; settings without languages are as they are."""
    value = organisation()[key]
    return str(value[language] if isinstance(value, dict) else value)


def seller() -> "Seller":
    """Who invoices."""
    from functions.kernel.papers import Seller  # few functions invoice, and all read this file

    return Seller(**organisation()["seller"])
