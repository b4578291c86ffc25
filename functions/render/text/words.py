"""A process in one language: labels of fields and values as a person reads them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from functions import lists
from functions.kernel import LANGUAGES
from functions.kernel.case import Case
from functions.kernel.clean import readable, visible
from functions.kernel.definition import Definition
from functions.kernel.directory import EMPLOYER
from functions.kernel.duties import UNIT_LIST
from functions.kernel.errors import Broken, Problem
from functions.kernel.fields import Field, Value
from functions.kernel.people import Directory, Listing
from functions.kernel.ranking import Remark
from functions.kernel.visibility import sees
from functions.render.text import dates, money, numbers
from functions.render.text.organisation import employer, refund, sector
from functions.render.text.terms import Terms, terms_of
from functions.render.text.texts import (
    maybe,
    page_maybe,
    page_text,
    placeholders,
    process_text,
)


def problem_text(
    language: str, problem: Problem, values: Mapping[str, str | int] | None = None
) -> str:
    """What is wrong and how to mend it, in the words of all pages; ``values`` are those that it
    quotes, if they are not the problem's own."""
    quoted = {**problem.values, "limit": numbers.limit(problem.limit, language), **(values or {})}
    return page_text(language, f"problems.{problem.code}", **quoted)


def why_unread(language: str, why: Broken, part: str) -> str:
    """One ``part`` of what is said of a case that cannot be read, ``broken`` or ``newer``."""
    return page_text(language, f"{why.code}.{part}", **why.values)


class FieldWords(ABC):
    """The texts of fields in one language, of a process or of a list of the directory.

    A subclass says where a text stands. ``MissingText`` if one that must be there is not.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @property
        def language(self) -> str:
            """The language of the texts."""

    @abstractmethod
    def text(self, key: str) -> str:
        """A text that must be there."""

    @abstractmethod
    def maybe(self, key: str) -> str:
        """A text, or "" where none is needed."""

    def listings(self, field: Field) -> Iterable[tuple[str, str, tuple[str, ...]]]:
        """The entries of the directory that can be chosen in a field: the key, the name, and what
        is told of each."""
        return ()

    def terms(self) -> Terms | None:
        """The terms that are agreed to; None where there are none."""
        return None

    def page(self, key: str, **numbers: int | str) -> str:
        """A text of the pages around every process."""
        return page_text(self.language, key, **numbers)

    def question(self, field: Field) -> str:
        """What a field asks of whoever fills it in."""
        return self.text(f"fields.{field.name}.label")

    def hint(self, field: Field, *, correcting: bool = False) -> str:
        """What helps to fill in a field, or "", also to who corrects it (``correcting``)."""
        own = self.maybe(f"fields.{field.name}.hint_in_correction") if correcting else ""
        return own or self.maybe(f"fields.{field.name}.hint")

    def yes_no(self, field: Field, value: bool) -> str:
        """The name of a yes or a no, the field's own where it has one."""
        word = "yes" if value else "no"
        return self.maybe(f"fields.{field.name}.choices.{word}") or self.page(f"form.{word}")

    def choice(self, field: Field, value: str) -> str:
        """The name of one of a field's own choices."""
        if field.countries:
            return country(value, self.language)
        if field.languages:
            return page_maybe(self.language, f"directory.languages.{value}") or value
        return self.text(f"fields.{field.name}.choices.{value}")

    def removed_choice(self, field: Field, value: str) -> str:
        """The name of what was chosen in a field though it is no choice, or not any more."""
        return value

    def problem(self, problem: Problem) -> str:
        """What is wrong and how to mend it: the process's or list's own message or the general
        one."""
        values = {name: self.quoted_value(name, value) for name, value in problem.values.items()}
        values["limit"] = numbers.limit(problem.limit, self.language)
        own = self.maybe(f"checks.{problem.code}").format(**values)
        return own or problem_text(self.language, problem, values)

    def quoted_value(self, name: str, value: str | int) -> str | int:
        """What a message calls one of the values of a problem."""
        return visible(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Words(FieldWords):
    """All texts of one definition in one language.

    ``form`` is that of the case that is shown: its own text ``forms.<form>.<key>`` stands in the
    place of the process's, where there is one.
    """

    definition: Definition
    language: str
    directory: Directory
    form: str = ""

    def role(self, name: str) -> str:
        """What a role is called."""
        return self.text(f"roles.{name}")

    def mention(self, role: str) -> str:
        """How a role is spoken of in a sentence."""
        return self.text(f"mentions.{role}")

    def turn(self, case: Case, reader: str = "") -> str:
        """Whose turn it is, in words, to the role that reads it."""
        own = self._stage(case, "turn", reader)
        return own or self.text(f"turns.{self.definition.turn(case)}")

    def state(self, case: Case, part: str, reader: str = "") -> str:
        """A text of the state a case is in: in words to the role that reads it
        (``states.<state>.to.<role>``), for a place that is ``vacant``, for a condition on which the
        state has words of its own, or for whose turn it is, if there are any."""
        return self._stage(case, part, reader) or self.text(f"states.{case.state}.{part}")

    def since(self, case: Case, reader: str) -> str:
        """What is said of the days of a state that waits for nobody in it, or "": of when it
        began (``since``), or of an answer that is there and that the reader sees."""
        text = self._stage(case, "since", reader)
        fields, found = self.definition.fields(), {"since": dates.day(case.since, self.language)}
        for name in placeholders(text):
            if name in case.answers and sees(self.definition, name, reader, case.state):
                found[name] = self.value(fields[name], case.answers[name])
        return text.format(**found) if found.keys() >= set(placeholders(text)) else ""

    def left(self, case: Case, reader: str) -> str:
        """What somebody still does elsewhere though a case is over, or ""."""
        return self._stage(case, "left", reader)

    def _stage(self, case: Case, part: str, reader: str) -> str:
        name, turn = case.state, self.definition.turn(case)
        keys = [f"states.{name}.{turn}", f"states.{name}"]
        ways = (g.name for g in self.definition.state(name).variants if g.holds(case))
        keys = [*(f"states.{name}.{way}" for way in [*ways][:1]), *keys]
        if self.definition.is_vacant(case):
            keys.insert(0, f"states.{name}.vacant")
        if reader:
            keys = [key for own in keys for key in (f"{own}.to.{reader}", own)]
        found = (find(f"{key}.{part}") for find in (self._own, self._common) for key in keys)
        text = next(filter(None, found), "")
        return text.replace("{refund}", refund(self.language)) if "{refund}" in text else text

    def passed(self, state: str) -> str:
        """What the step is called that a case took in a state, once it is over."""
        return self.text(f"states.{state}.passed")

    def task(self, case: Case, role: str, part: str) -> str:
        """A text of what is to be done where a case is, by a role that has words of its own or
        not; of whom it waits for while a place is vacant."""
        own = f"tasks.{case.state}"
        vacant = self.definition.is_vacant(case) and self.maybe(f"{own}.vacant.{part}")
        return vacant or self.maybe(f"{own}.{role}.{part}") or self.text(f"{own}.{part}")

    def due(self, state: str, role: str) -> str:
        """By when a task is to be done, in a verb of its own, or "" where it is to reply."""
        own = self.maybe(f"tasks.{state}.{role}.by")
        return own or self.maybe(f"tasks.{state}.by")

    def section(self, name: str, *, own: bool = False) -> str:
        """The heading of a form's section: for its sender (``own``), or for a reader of what others
        typed."""
        read = "" if own else self.maybe(f"sections.{name}.read")
        return read or self.text(f"sections.{name}.title")

    def text(self, key: str) -> str:
        """A text of the process that must be there."""
        return self._own(key) or process_text(self.definition.name, self.language, key)

    def maybe(self, key: str) -> str:
        """A text of the process, or "" where none is needed."""
        return self._own(key) or self._common(key)

    def _common(self, key: str) -> str:
        return maybe(self.definition.name, self.language, key)

    def _own(self, key: str) -> str:
        own = f"forms.{self.form}.{key}"
        return maybe(self.definition.name, self.language, own) if self.form else ""

    def matter(self, form: str) -> str:
        """What a case of a form is called: the form's name, or its title."""
        return self.maybe(f"forms.{form}.name") or self.text(f"forms.{form}.title")

    def case_type(self, form: str) -> str:
        """What kind of document a case of a form is: the form's own, or the process's."""
        return self.maybe(f"forms.{form}.case_type") or self.text("case_type")

    def label(self, field: Field, *, own: bool = False) -> str:
        """The label of a field for a reader: the question itself to who answered it, unless it was
        asked in an act that is over."""
        asked = self.question(field)
        if own and (not asked.endswith("?") or self._in_a_form(field)):
            return asked
        return self.maybe(f"fields.{field.name}.read") or asked

    def _in_a_form(self, field: Field) -> bool:
        return any(field.name == f.name for form in self.definition.forms for f in form.fields)

    def value(self, field: Field, value: Value) -> str:
        """An answer as people read it: a choice's name, yes or no, a date."""
        if field.kind in ("yesno", "tick"):
            return self.yes_no(field, bool(value))
        if isinstance(value, tuple):
            return ", ".join(self.value(field, each) for each in value)
        if isinstance(value, list):
            return "\n".join(self._person(row) for row in value)
        if field.kind in ("date", "datetime", "money", "halves", "email"):
            return self._written(field, value)
        if field.source:
            found = self.directory.named(field.source, str(value))
            return found.name(self.language) if found else str(value)
        if value in field.choices or (field.choices and not field.lines_of and not field.others):
            return self.choice(field, str(value))
        if EMPLOYER in field.defaults:
            return employer(str(value), self.language)
        return str(value) + self.maybe(f"fields.{field.name}.unit")

    def _written(self, field: Field, value: Value) -> str:
        """A day, a time, a sum, units or an address."""
        if field.kind == "date":
            return dates.day(date.fromisoformat(str(value)), self.language)
        if field.kind == "datetime":
            return dates.local_moment(datetime.fromisoformat(str(value)), self.language)
        if field.kind == "money" and isinstance(value, int):
            return money.euros(value, self.language)
        if field.kind == "halves" and isinstance(value, int):
            unit = self.maybe(f"fields.{field.name}.unit")
            return numbers.halves(value, self.language) + unit
        return readable(str(value))

    def _person(self, row: Mapping[str, str]) -> str:
        spoken = row.get("language", "")
        language = self.page(f"people.{spoken}") if spoken in LANGUAGES else ""
        return ", ".join(filter(None, (row["name"], readable(row["email"]), language)))

    def unit(self, key: str) -> str:
        """The name of a unit of the directory."""
        found = self.directory.named(UNIT_LIST, key)
        return found.name(self.language) if found else key

    def listings(self, field: Field) -> Iterable[tuple[str, str, tuple[str, ...]]]:
        """The entries of the directory that can be chosen in a field: the key, the name, and what
        is told of each."""
        for x in self.directory.listings(field.source):
            facts = tuple(f"{label}: {value}" for label, value in self.facts(field.shows, x))
            yield x.key, x.name(self.language), facts

    def terms(self) -> Terms | None:
        """The terms of the process; None if it sells nothing."""
        return terms_of(self.definition, self.language)

    def facts(self, names: Iterable[str], listing: Listing) -> list[tuple[str, str]]:
        """Labels and values of a directory entry's facts, without those that it lacks."""
        found = ((name, self.fact(name, listing)) for name in names)
        return [(self.text(f"facts.labels.{name}"), value) for name, value in found if value]

    def fact(self, name: str, listing: Listing) -> str:
        """One fact of a directory entry in words, or "" where it has not told it."""
        return self._filled(name, listing.facts)

    def remark(self, remark: Remark) -> str:
        """What a process says of a directory entry."""
        return self._filled(remark.code, remark.values)

    def named(self, name: str, value: object) -> str:
        """A value of a fact as people read it: its name, or itself where it has none."""
        field, found = lists.field_of(name), self.maybe(f"facts.{name}_values.{value}")
        if field and field.offers == "sectors":
            return readable(sector(str(value), self.language))
        if field and field.languages and not found:
            found = page_maybe(self.language, f"directory.languages.{value}")
            found = found if self.language == "en" else found.lower()
        return found or readable(str(value))

    def _filled(self, code: str, values: Mapping[str, object]) -> str:
        text = self.text(f"facts.{code}")
        names = placeholders(text)
        if any(name not in values for name in names):
            return ""
        return text.format(**{name: self._joined(name, values[name]) for name in names})

    def _joined(self, name: str, value: object) -> str:
        values = value if isinstance(value, (list, tuple)) else [value]
        return ", ".join(self.named(name, v) for v in values)


def country(code: str, language: str) -> str:
    """The name of a country in a language."""
    from babel import Locale  # large, and few pages name a country

    return str(Locale.parse(language).territories[code])
