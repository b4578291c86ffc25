"""The form of a directory entry made ready to draw, and the words of a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from functions import lists as directory_lists
from functions.kernel.clean import quoted, visible
from functions.kernel.directory import EntriesByList
from functions.kernel.errors import Problem
from functions.kernel.fields import Field
from functions.render.form.widgets import SummaryError, Widget, summary, widgets
from functions.render.text.choices import offered
from functions.render.text.texts import page_maybe, page_text
from functions.render.text.words import FieldWords


@dataclass(frozen=True, slots=True)
class ListWords(FieldWords):
    """The texts of a list in one language, as its people read them of themselves if it is their
    ``own`` entry. ``lists`` has the entries that are called by their names.

    What a list says otherwise than the others has its name at the end: "hint_units".
    """

    language: str
    source: str = ""
    lists: EntriesByList = field(default_factory=dict)
    own: bool = False

    def text(self, key: str) -> str:
        """A text that must be there."""
        return self.maybe(key) or page_text(self.language, f"directory.{key}")

    def maybe(self, key: str) -> str:
        """A text, or "" where none is needed."""
        own = (f"{key}_own_{self.source}", f"{key}_own") if self.own else ()
        keys = (f"directory.{each}" for each in (*own, f"{key}_{self.source}", key))
        return next(filter(None, (page_maybe(self.language, each) for each in keys)), "")

    def yes_no(self, field: Field, value: bool) -> str:
        """The name of a yes or a no, the list's or the field's own where it has one."""
        own = f"directory.{self.source}.{field.name}_{'yes' if value else 'no'}"
        return page_maybe(self.language, own) or FieldWords.yes_no(self, field, value)

    def choice(self, field: Field, value: str) -> str:
        """The name of one of a field's choices."""
        if field.source:
            return named(self.language, self.lists, field.source, value)
        if field.offers:
            return offered(self.language, field.offers, value)
        return FieldWords.choice(self, field, value)

    def removed_choice(self, field: Field, value: str) -> str:
        """The name of what was chosen in a field though it is no choice, or not any more."""
        return self.choice(field, value) if field.source or field.offers else value

    def quoted_value(self, name: str, value: str | int) -> str | int:
        """What a message calls one of the values of a problem: an entry by its name."""
        lists_by_kind = {known.kind: known.name for known in directory_lists.known()}
        source_list = (lists_by_kind | {"owner": self.source}).get(name, "")
        if not source_list:
            return FieldWords.quoted_value(self, name, value)
        return named(self.language, self.lists, source_list, str(value))


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
    """The form of one entry, with what was typed and what is wrong with it."""

    words: ListWords
    asked: Sequence[Field]
    typed: Mapping[str, str]
    problems: Sequence[Problem] = ()

    def groups(self) -> list[FieldGroup]:
        """The fields in their groups."""
        words, found = self.words, list[FieldGroup]()
        drawn = widgets(words, self.asked, self.typed, self.problems)
        for section in directory_lists.named(words.source).sections:
            names = {each.name for each in section.fields}
            inside = tuple(w for w in drawn if w.name.partition(".")[0] in names)
            if inside:
                sees = f"directory.{words.source}.sees.{section.name}"
                as_text = page_maybe(words.language, sees) if words.own else ""
                title = words.text(f"groups.{section.name}")
                found.append(FieldGroup(section.name, title, as_text, inside))
        return found

    def sure(self, name: str) -> Widget | None:
        """The tick that confirms a step its taker cannot undo, once it has been asked for."""
        if name not in {*self.typed, *(problem.field for problem in self.problems)}:
            return None
        return widgets(self.words, [Field(name, "tick")], self.typed, self.problems)[0]

    def wrong(self, groups: Iterable[FieldGroup], *others: Widget | None) -> list[SummaryError]:
        """The error summary. Problems of fields that are not on the page come first."""
        drawn = [*(w for g in groups for w in g.widgets), *(w for w in others if w)]
        shown, words = {w.name for w in drawn}, self.words
        loose = [
            SummaryError("", f"{words.text(f'fields.{p.field}.label')}: {words.problem(p)}")
            for p in self.problems
            if p.field not in shown
        ]
        return summary(drawn, loose)

    def differences(self, present: Mapping[str, str]) -> list[Difference]:
        """Where ``present``, filled in as a form is, says otherwise than what was typed."""
        saved, typed = (widgets(self.words, self.asked, x, ()) for x in (present, self.typed))
        pairs = ((a.label, a.as_text, b.as_text) for a, b in zip(saved, typed, strict=True))
        return [Difference(*each) for each in pairs if each[1] != each[2]]


def operator_lines(problems: Iterable[Problem]) -> list[str]:
    """What is wrong with a file, a line for each, in English: where, what stands there, how to mend
    it, and what can be chosen."""
    words, lines = ListWords("en"), list[str]()
    for each in problems:
        as_text = str(each.values.get("message", "")) or _for_operators(words, each)
        lines.append(f"line {each.line}: {each.field}: {as_text}")
    return lines


def _for_operators(words: ListWords, problem: Problem) -> str:
    as_text, value = words.problem(problem), str(problem.values.get("value", ""))
    stands = "" if not value or f"“{visible(value)}”" in as_text else f"{quoted(value)}: "
    choices = problem.values.get("choices")
    return f"{stands}{as_text}{f' The options are {choices}.' if choices else ''}"


def named(language: str, lists: EntriesByList, source: str, key: str) -> str:
    """What an entry is called, and that it is retired if it is."""
    entry = lists.get(source, {}).get(key)
    if entry is None:
        return key
    name = entry.names.get(language) or key
    if not entry.retired:
        return name
    return page_text(language, f"directory.{source}.retired_name", name=name)
