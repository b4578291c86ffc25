"""The fields of a directory entry made ready to draw, and what is wrong with them in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from functions import lists as directory_lists
from functions.kernel.directory import OTHER, DirectoryEntry, DirectoryProblem, EntryField
from functions.kernel.directory_lists import ListField
from functions.kernel.directory_messages import visible
from functions.processes import NAMES, current
from functions.render.form.widgets import Option, SummaryError, Widget, summary
from functions.render.text.choices import found_by
from functions.render.text.organisation import sector
from functions.render.text.texts import MissingText, page_text, process_text

Lists = Mapping[str, Mapping[str, DirectoryEntry]]
_SHAPES = {"longtext": "textarea", "lines": "textarea", "yesno": "radios", "choice": "radios"}
_AREA = 200  # characters; what may be longer gets more than one line
_NARROW = 4


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields under one legend; ``sees`` tells people who reads what they write of themselves."""

    name: str
    title: str
    sees: str
    widgets: tuple[Widget, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that somebody else saved otherwise than it was typed here."""

    label: str
    present: str
    typed: str


@dataclass(frozen=True, slots=True)
class EntryForm:
    """The form of one entry in one language, with what was typed and what is wrong with it."""

    language: str
    source: str
    asked: Sequence[EntryField]
    typed: Mapping[str, str]
    lists: Lists
    problems: Sequence[DirectoryProblem] = ()
    own: bool = False

    def groups(self) -> list[FieldGroup]:
        """The fields in their groups."""
        found: list[FieldGroup] = []
        for name in dict.fromkeys(a.group for a in self.asked):
            drawn = [w for a in self.asked if a.group == name for w in self._widgets(a)]
            sees = self._maybe(f"directory.{self.source}.sees.{name}") if self.own else ""
            own = self._maybe(f"directory.groups.{name}_{self.source}")
            title = own or self._text(f"directory.groups.{name}")
            found.append(FieldGroup(name, title, sees, tuple(drawn)))
        return found

    def sure(self, name: str) -> Widget | None:
        """The tick that confirms a step its taker cannot undo, once it has been asked for."""
        error = self._error(name, "tick")
        if not error and name not in self.typed:
            return None
        label = self._text("directory.sure")
        value = self.typed.get(name, "")
        return Widget(name, "tick", label, "", error, value, required=True)

    def wrong(self, groups: Iterable[FieldGroup], *others: Widget | None) -> list[SummaryError]:
        """The error summary. Problems of fields that are not on the page come first."""
        drawn = [*(w for g in groups for w in g.widgets), *(w for w in others if w)]
        shown = {w.name for w in drawn}
        loose = [
            SummaryError("", f"{self._label(p.field)}: {self._said(p, '')}")
            for p in self.problems
            if p.field not in shown
        ]
        return summary(drawn, loose)

    def differences(self, present: Mapping[str, str]) -> list[Difference]:
        """Where ``present``, filled in as a form is, says otherwise than what was typed."""
        values = ((a, self._told(a, present), self._told(a, self.typed)) for a in self.asked)
        return [Difference(self._label(a.name), *pair) for a, *pair in values if pair[0] != pair[1]]

    def _widgets(self, asked: EntryField) -> Iterable[Widget]:
        name, shape = asked.name, asked.shape
        shape = "ticks" if shape == "ticks" else _SHAPES.get(shape, "input")
        number = asked.shape == "number"
        yield Widget(
            name=name,
            shape=shape,
            label=self._label(name),
            hint=self._hint(name),
            error=self._error(name, shape),
            value=self.typed.get(name, ""),
            required=asked.required,
            options=tuple(self._options(asked)),
            type="email" if asked.shape == "email" else "text",
            mode={"number": "numeric", "email": "email"}.get(asked.shape, ""),
            limit=asked.longest,
            width=_NARROW if number else 0,
            autocomplete=name if self.own and name == "name" else "off",
        )
        if asked.others:
            other, typed = f"{name}.{OTHER}", self.typed.get(f"{name}.{OTHER}", "")
            label, hint = (self._of_field(name, part) for part in ("other", "other_hint"))
            yield Widget(other, "input", label, hint, "", typed, False, limit=_AREA)

    def _options(self, asked: EntryField) -> Iterable[Option]:
        name, chosen = asked.name, self.typed.get(asked.name, "")
        if asked.shape == "yesno":
            for value in ("no", "yes") if name == "retired" else ("yes", "no"):
                yield Option(value, self._choice(name, value), value == chosen)
        elif asked.shape == "choice":
            for value in asked.choices:
                yield Option(value, self._choice(name, value), value == chosen)
        elif asked.shape == "ticks":
            for value in self._offered(asked):
                ticked = bool(self.typed.get(f"{name}.{value}"))
                yield Option(value, self._choice(name, value), ticked)

    def _offered(self, asked: EntryField) -> list[str]:
        """The choices, and what was ticked though it can be chosen no more: nothing is lost."""
        start = f"{asked.name}."
        ticked = [n.removeprefix(start) for n in self.typed if n.startswith(start)]
        offered = list(dict.fromkeys([*asked.choices, *(t for t in ticked if t != OTHER)]))
        if not self._field(asked.name).source:
            return offered
        return sorted(offered, key=lambda key: self._choice(asked.name, key).casefold())

    def _field(self, name: str) -> ListField:
        """The field of this name in the list's definition."""
        return next(f for f in directory_lists.named(self.source).fields if f.name == name)

    def _choice(self, name: str, value: str) -> str:
        field = self._field(name)
        if field.source:
            return named(self.language, self.lists, field.source, value)
        if field.languages:
            return self._maybe(f"directory.languages.{value}") or value
        if field.sectors:
            return sector(value, self.language)
        if field.choices_of:
            return _asked_as(self.language, field.choices_of, value)
        if own := self._maybe(f"directory.{self.source}.{name}_{value}"):
            return own
        if own := self._of_field(name, value):
            return own
        if field.found_by:
            return found_by(self.language, field.found_by, value)
        return self._text(f"form.{value}")

    def _told(self, asked: EntryField, form: Mapping[str, str]) -> str:
        """What a form says of a field, as people read it."""
        raw = form.get(asked.name, "").replace("\r\n", "\n").strip()
        if asked.shape == "ticks":
            start = f"{asked.name}."
            keys = [n.removeprefix(start) for n, v in form.items() if n.startswith(start) and v]
            values = sorted(self._choice(asked.name, k) for k in keys if k != OTHER)
            return ", ".join([*values, *filter(None, [form.get(start + OTHER, "").strip()])])
        return self._choice(asked.name, raw) if raw in ("yes", "no", *asked.choices) else raw

    def _error(self, name: str, shape: str) -> str:
        return " ".join(self._said(p, shape) for p in self.problems if p.field == name)

    def _said(self, problem: DirectoryProblem, shape: str) -> str:
        choosing = problem.code == "missing" and shape in ("radios", "ticks")
        code = "unchosen" if choosing else problem.code
        return problem_text(self.language, code, problem, self.lists, self.source)

    def _label(self, name: str) -> str:
        own = self._of_field(name, "label_own") if self.own else ""
        return own or self._of_field(name, "label") or self._text(f"directory.fields.{name}.label")

    def _hint(self, name: str) -> str:
        own = self._of_field(name, "hint_own") if self.own else ""
        return own or self._of_field(name, "hint")

    def _of_field(self, name: str, part: str) -> str:
        """A text about a field, in this list where that has one of its own; "" if there is none."""
        key = f"directory.fields.{name}.{part}"
        return self._maybe(f"{key}_{self.source}") or self._maybe(key)

    def _text(self, key: str) -> str:
        return page_text(self.language, key)

    def _maybe(self, key: str) -> str:
        """A text of ours, or "" where none is needed."""
        return _or_nothing(lambda: self._text(key))


def _asked_as(language: str, field: str, value: str) -> str:
    """A choice in the words of a process that offers it."""
    for definition in map(current, NAMES):
        asked = definition.fields().get(field)
        if asked and value in asked.choices:
            return process_text(definition.name, language, f"fields.{field}.choices.{value}")
    return value


def problem_text(
    language: str, code: str, problem: DirectoryProblem, lists: Lists, source: str
) -> str:
    """What is wrong and how to mend it, with entries called by their names."""
    values: dict[str, str | int] = {}
    places = {known.kind: known.name for known in directory_lists.known()} | {"owner": source}
    for name, value in problem.values.items():
        place = places.get(name, "")
        if place:
            values[name] = named(language, lists, place, str(value))
        else:
            values[name] = visible(value) if isinstance(value, str) else value
    return page_text(language, f"directory.problems.{code}", **values)


def named(language: str, lists: Lists, source: str, key: str) -> str:
    """What an entry is called, and that it is retired if it is."""
    entry = lists.get(source, {}).get(key)
    if entry is None:
        return key
    name = entry.names.get(language) or key
    if not entry.retired:
        return name
    return page_text(language, f"directory.{source}.retired_name", name=name)


def _or_nothing(read: Callable[[], str]) -> str:
    try:
        return read()
    except MissingText:
        return ""
