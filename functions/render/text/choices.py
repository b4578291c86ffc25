"""Choices in the words of the process that asks them."""

from functions.processes import NAMES, current
from functions.render.text.texts import process_text


def found_by(language: str, source: str, value: str) -> str:
    """What people are found by in a source, in the words of the process that asks it."""
    for definition in map(current, NAMES):
        for role in definition.roles:
            if role.source == source and role.key and value in definition.picked_by(role):
                key = f"fields.{role.key}.choices.{value}"
                return process_text(definition.name, language, key)
    return value
