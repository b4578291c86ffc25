"""Choices that lists of the directory take from elsewhere, in the words that they have there."""

from functions.processes import NAMES, current
from functions.render.text.organisation import sector
from functions.render.text.texts import process_text


def offered(language: str, origin: str, value: str) -> str:
    """What a choice is called that a field ``offers``: a sector of the organisation's, else in the
    words of the process that asks it; the value itself if nobody asks it any more."""
    if origin == "sectors":
        return sector(value, language)
    for definition in map(current, NAMES):
        keys = {role.key for role in definition.roles if role.source == origin} | {origin}
        for name, field in definition.fields().items():
            if name in keys and value in field.choices:
                return process_text(definition.name, language, f"fields.{name}.choices.{value}")
    return value
