"""What can be wrong with a directory, as codes, and what operators are told of each.

The desk tells of the same codes in the reader's language: ``directory.problems.<code>`` in
the page texts. ``!q`` quotes a typed value; other values are ours, and safe as they are.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Any

Values = Mapping[str, str | int]

# Of an entry, wherever it is written: a predicate whose subject is the field.
OF_ENTRIES = {
    "missing": "is missing",
    "too_many_values": "has {count} values; the most is {most}",
    "twice": "has {value!q} twice",
    "line_break": "has a line break or a tab; write it on one line",
    "control": "has a control character, which cannot be seen; type the text again",
    "too_long": "has {length} characters; the most is {most}",
    "too_short": "has {length} characters; the least is {least}",
    "not_email": "{value!q} is not an e-mail address",
    "not_domain": "{value!q} is not a domain such as example.org",
    "not_number": "{value!q} is not a whole number",
    "out_of_range": "{value} is not between {lowest} and {highest}",
    "not_yes_no": "{value!q} is not yes or no",
    "not_choice": "{value!q} is not one of {choices}",
    "not_key": (
        "{value!q} is not a key: small letters a-z, digits and hyphens, at most 40, "
        'such as "anna-a"'
    ),
    "reserved_key": "{value!q} is a word that Kapula keeps for its pages; choose another key",
    "not_language_code": "{value!q} is not a language code such as fi, sv, en or se",
    "not_picture": '{value!q} is not the name of a picture file, such as "maija.jpg"',
    "unknown_entry": "{value!q} is not among the {list} in this file or in the directory",
    "unknown_coordinator": "{coordinator!q} is not a coordinator in this file or in the directory",
    "not_coordinating": "{coordinator!q} does not have the duty units",
    "all_retired": "all are retired; name one who is not",
    "no_coordinator_left": "the unit {unit!q} would have no coordinator left",
    "no_keeper_left": "nobody in office would have the duty directory",
    "not_answering": "only those who have the duty topics answer topics",
    "address_taken": "is also the address of {owner!q}",
    "address_held": "was the address of {owner!q}, who can take it back for 7 days",
}

# Of a change on the desk that its maker should be sure of.
OF_CHANGES = {
    "leaving": "would take the directory from yourself",
    "moving": "would move your own desk to another address",
}

# Of a file: how it is written, and what stands in it twice or in the wrong place.
OF_FILES = {
    "too_large": "is larger than {most:,} bytes; import it in parts",
    "not_utf8": "is not in UTF-8; save it again with the encoding UTF-8",
    "file_control": "has a control character, which cannot be seen; type this line again",
    "letters_lost": "has letters that were lost (�); save the original again as UTF-8",
    "ending": "the name must end in {endings}",
    "no_entries": "has no entries",
    "one_text": "must be one text, not a list",
    "not_list": "must be a list, such as [first, second]",
    "no_such_field": "{list} have no such field",
    "already": "{value!q} is there already, on line {line}",
    "no_kind": "is not among the columns on the first line",
    "not_column": "is not the name of a column",
    "two_columns": "is the name of two columns",
    "more_cells": "this row has more cells than there are columns",
    "nameless_column": "{value!q} is in a nameless column",
    "csv": "cannot be read as CSV: {reason}",
    "yaml": "cannot be read as YAML: {reason}",
    "yaml_strange": "cannot be read as YAML: {reason!q}",
    "no_lists": "must have the lists {lists}",
    "not_a_list": "is not one of the lists {lists}",
    "no_dashes": 'must be a list: start each with "- "',
    "no_fields": 'each must have fields such as "key: …"',
    "not_text": "must be a text or a list of texts",
    "too_deep": "is nested too deep",
    "anchor": "{value!q}: anchors and aliases are not used here",
    "tag": 'tags (with "!") are not used here; put quotes around the text',
    "field_twice": "is there twice",
    "nameless_field": "a field must have a name",
}


_ALL = {**OF_ENTRIES, **OF_CHANGES, **OF_FILES}


class _Operators(Formatter):
    """``str.format`` that knows ``!q``."""

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return quoted(str(value)) if conversion == "q" else super().convert_field(value, conversion)


def operator_message(code: str, values: Values) -> str:
    """The English message of a problem. KeyError if there is no such code, or a value lacks."""
    return _Operators().vformat(_ALL[code], (), values)


def quoted(value: str) -> str:
    """A typed value for a message: quoted, short, and harmless to a terminal."""
    return f'"{visible(value)}"'


def visible(value: str) -> str:
    """A typed value as far as it may stand in a message: on one line, at most 60 characters."""
    seen = "".join(c if c.isprintable() else "?" for c in value)
    return f"{seen[:59]}…" if len(seen) > 60 else seen
