"""Reads the TOML files of texts and settings."""

import json
from functools import cache
from pathlib import Path


@cache
def toml(path: Path) -> dict[str, object]:
    """A TOML file's content. In a package the same content is next to it as JSON, which is read
    faster."""
    ready = path.with_suffix(".json")
    if ready.is_file():
        return dict(json.loads(ready.read_text(encoding="utf-8")))
    import tomllib

    return tomllib.loads(path.read_text(encoding="utf-8"))
