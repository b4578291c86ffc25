"""From YAML or CSV to rows of text that remember their lines; what it means is not asked yet."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions import lists
from functions.kernel.clean import quoted
from functions.kernel.directory import DirectoryError, file_problem
from functions.kernel.errors import Problem

if TYPE_CHECKING:
    import yaml

_DEEPEST = 4  # lists of entries that have lists: anything deeper is not a directory


@dataclass(frozen=True, slots=True)
class ImportCell:
    """What was typed in one place: text, a list of texts, or None: already found wrong."""

    line: int
    value: str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One entry as typed. ``cells`` has no empty ones."""

    line: int
    source: str
    cells: Mapping[str, ImportCell]

    def line_of(self, name: str) -> int:
        """Where to look for a field; the entry's first line if it is not there."""
        return self.cells[name].line if name in self.cells else self.line

    def problem(self, name: str, code: str, **values: str) -> Problem:
        """What is wrong with a field, with what the message quotes."""
        return Problem(name, code, values=values, line=self.line_of(name))


def csv_rows(text: str, problems: list[Problem]) -> Iterator[ImportRow]:
    """The rows of a CSV file. Commas or semicolons between cells: Finnish Excel writes ``;``."""
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=";" if first.count(";") > first.count(",") else ",",
        strict=True,
    )
    header: list[str] | None = None
    line = 1
    try:
        for values in reader:
            if header is None:
                header = _header([v.strip() for v in values])
            elif any(v.strip() for v in values):
                yield from _csv_row(header, values, line, problems)
            line = reader.line_num + 1
    except csv.Error as error:
        raise _unreadable(line, f"cannot be read as CSV: {error}") from error


def _header(header: list[str]) -> list[str]:
    if "kind" not in header:
        missing = file_problem(1, "kind", "is not among the columns on the first line")
        raise DirectoryError([missing])
    names = {"", "kind", *(field.name for known in lists.known() for field in known.fields)}
    problems = [
        file_problem(1, quoted(name), "is not the name of a column")
        for name in header
        if name not in names
    ]
    problems += [
        file_problem(1, name, "is the name of two columns")
        for name in dict.fromkeys(header)
        if name and header.count(name) > 1
    ]
    if problems:
        raise DirectoryError(problems)
    return header


def _csv_row(
    header: list[str], values: list[str], line: int, problems: list[Problem]
) -> Iterator[ImportRow]:
    if any(v.strip() for v in values[len(header) :]):
        more = "this row has more cells than there are columns"
        problems.append(file_problem(line, "file", more))
    typed = dict(zip(header, values, strict=False))
    nameless = [v for name, v in zip(header, values, strict=False) if not name and v.strip()]
    if nameless:
        where = f"{quoted(nameless[0])} is in a nameless column"
        problems.append(file_problem(line, "file", where))
    kind = typed.pop("kind", "").strip()
    kinds = {known.kind: known.name for known in lists.file_order()}
    if kind not in kinds:
        wrong = f"{quoted(kind)} is not one of {', '.join(kinds)}" if kind else "is missing"
        problems.append(file_problem(line, "kind", wrong))
        return
    source = kinds[kind]
    values_by_name = {n: _csv_value(source, n, v) for n, v in typed.items() if n and v.strip()}
    yield ImportRow(line, source, {n: ImportCell(line, v) for n, v in values_by_name.items() if v})


def _csv_value(source: str, name: str, value: str) -> str | tuple[str, ...]:
    field = lists.named(source).find(name)
    if field is None or not field.many:
        return value
    return tuple(part.strip() for part in value.split(";") if part.strip())


def yaml_rows(text: str, problems: list[Problem]) -> Iterator[ImportRow]:
    """The rows of a YAML file, from its node tree: nothing is ever constructed from it."""
    import yaml  # only imports need it; no request does

    try:
        _refuse_cleverness(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise _unreadable(line, f"cannot be read as YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise _unreadable(1, f"cannot be read as YAML: {quoted(str(error))}") from error
    if root is None:
        return
    names = ", ".join(known.name for known in lists.file_order())
    if not isinstance(root, yaml.MappingNode):
        raise _unreadable(_line(root), f"must have the lists {names}")
    for source, cell in _pairs(root, problems):
        if not lists.find(source):
            wrong = f"is not one of the lists {names}"
            problems.append(file_problem(_line(cell), quoted(source), wrong))
        elif isinstance(cell, yaml.SequenceNode):
            for node in cell.value:
                yield from _yaml_row(source, node, problems)
        elif not _is_empty(cell):
            wrong = 'must be a list: start each with "- "'
            problems.append(file_problem(_line(cell), source, wrong))


def _refuse_cleverness(text: str) -> None:
    """Anchors, tags and deep nesting have no use here, and can be made to eat all memory."""
    import yaml

    depth = 0
    problems: list[Problem] = []
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise _unreadable(line, "is nested too deep")
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            mark = "*" if isinstance(event, yaml.AliasEvent) else "&"
            wrong = f"{quoted(mark + event.anchor)}: anchors and aliases are not used here"
            problems.append(file_problem(line, "file", wrong))
        if getattr(event, "tag", None):
            wrong = 'tags (with "!") are not used here; put quotes around the text'
            problems.append(file_problem(line, "file", wrong))
    if problems:
        raise DirectoryError(problems)


def _yaml_row(source: str, node: "yaml.Node", problems: list[Problem]) -> Iterator[ImportRow]:
    import yaml

    if not isinstance(node, yaml.MappingNode):
        wrong = 'each must have fields such as "key: …"'
        problems.append(file_problem(_line(node), source, wrong))
        return
    cells: dict[str, ImportCell] = {}
    for name, value in _pairs(node, problems):
        if isinstance(value, yaml.MappingNode) or (
            isinstance(value, yaml.SequenceNode)
            and not all(isinstance(v, yaml.ScalarNode) for v in value.value)
        ):
            wrong = "must be a text or a list of texts"
            problems.append(file_problem(_line(value), name, wrong))
            cells[name] = ImportCell(_line(value), None)
        elif isinstance(value, yaml.SequenceNode):
            parts = tuple(v.value for v in value.value if not _is_empty(v))
            if parts:
                cells[name] = ImportCell(_line(value), parts)
        elif not _is_empty(value):
            cells[name] = ImportCell(_line(value), value.value)
    yield ImportRow(_line(node), source, cells)


def _pairs(node: "yaml.MappingNode", problems: list[Problem]) -> Iterator[tuple[str, "yaml.Node"]]:
    seen: set[str] = set()
    for key, value in node.value:
        name = key.value if isinstance(key.value, str) else ""
        if not name or name in seen:
            wrong = "is there twice" if name else "a field must have a name"
            problems.append(file_problem(_line(key), quoted(name), wrong))
        else:
            seen.add(name)
            yield name, value


def _is_empty(node: "yaml.Node") -> bool:
    """Nothing after the colon, ``~``, ``null``, or empty quotes."""
    return isinstance(node.value, str) and (
        node.tag == "tag:yaml.org,2002:null" or not node.value.strip()
    )


def _line(node: "yaml.Node") -> int:
    return int(node.start_mark.line) + 1


def _unreadable(line: int, message: str) -> DirectoryError:
    return DirectoryError([file_problem(line, "file", message)])
