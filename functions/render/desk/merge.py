"""The page on which a coordinator picks applications to propose a merger of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.kernel.case import Case, reference
from functions.kernel.definition import Definition
from functions.kernel.errors import Problem
from functions.kernel.fields import Field
from functions.processes import pinned
from functions.render.desk.desk import Frame
from functions.render.form.widgets import SummaryError, summary, widgets
from functions.render.page.pages import whole_page
from functions.render.text import dates
from functions.render.text.texts import page_text
from functions.render.text.words import Words

PICKED = "cases"


@dataclass(frozen=True, slots=True)
class MergePage:
    """What the page asks, what was typed, and what is wrong with it."""

    definition: Definition
    fields: tuple[Field, ...]
    typed: Mapping[str, str]
    problems: Sequence[Problem]
    key: str
    after: str
    next: str


@dataclass(frozen=True, slots=True)
class Pick:
    """An application that can be picked."""

    name: str
    title: str
    facts: tuple[str, ...]
    picked: bool


class MergingWords(Words):
    """Words for who names the merger: not the sender of an application, but its coordinator."""

    def hint(self, field: Field, *, correcting: bool = False) -> str:
        """What helps to fill in a field; how the merger is named if the field is left empty."""
        named = field.name == self.definition.headline
        return self.page("merging.named") if named else Words.hint(self, field)


def merging_page(frame: Frame, merging: MergePage, cases: Sequence[Case]) -> str:
    """The applications to pick from, what to call their merger, and what that leads to."""
    words = MergingWords(merging.definition, frame.language, frame.directory)
    drawn = widgets(words, merging.fields, merging.typed, merging.problems)
    picks = [_pick(frame, case, merging.typed) for case in cases]
    asked = {f.name for f in merging.fields}
    loose = [words.problem(p) for p in merging.problems if p.field not in asked]
    target = f"f-{picks[0].name}" if picks else ""
    more = frame.to(after=merging.next).replace("?", "/merge?", 1) if merging.next else ""
    return whole_page(
        "desk_merging.html",
        frame.language,
        page_text(frame.language, "merging.title"),
        frame=frame,
        picks=picks,
        error=" ".join(loose),
        widgets=drawn,
        wrong=summary(drawn, [SummaryError(target, facts) for facts in loose]),
        key=merging.key,
        after=merging.after,
        more=more,
        languages=not merging.typed,
    )


def _pick(frame: Frame, case: Case, typed: Mapping[str, str]) -> Pick:
    definition = pinned(case.process, case.version)
    words = Words(definition, frame.language, frame.directory, case.form)
    fields = definition.fields()
    opener = case.holders(definition.form(case.form).opener)[0]
    since = words.page("desk.since", when=dates.day(case.since, frame.language))
    name = f"{PICKED}-{case.id}"
    title = str(case.answers.get(definition.headline, opener.name))
    who = () if title == opener.name else (opener.name,)
    reads = words.page("merging.reads", language=words.page(f"people.{opener.language}"))
    facts = (*who, reads, *_facts(words, fields, case), f"{reference(case.id)} · {since}")
    return Pick(name, title, facts, typed.get(name) == "yes")


def _facts(words: Words, fields: Mapping[str, Field], case: Case) -> list[str]:
    """The facets of a case, and what its sender answered by yes or no in the form."""
    asked = words.definition.form(case.form).fields
    known = (name for name in words.definition.facets if name in case.answers)
    facts = [" · ".join(words.value(fields[name], case.answers[name]) for name in known)]
    facts += [
        f"{words.label(f)} {words.value(f, case.answers[f.name])}"
        for f in asked
        if f.kind == "yesno" and f.name in case.answers
    ]
    return facts
