"""The page on which somebody answers all subcases of a case that ask them, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from functions.kernel.case import Case, Party, reference
from functions.kernel.definition import Action
from functions.kernel.errors import Problem
from functions.kernel.form_origin import DRAWN
from functions.kernel.subcases import name_and_number
from functions.render.case.act_forms import ActForm, InitialValues, act_forms
from functions.render.case.people import voted
from functions.render.case.receipt import NextStep
from functions.render.case.subcases import subcase_row
from functions.render.form.widgets import Option, SummaryError, Widget, action_options, summary
from functions.render.page.pages import whole_page
from functions.render.text.words import Words

ALL = "all"  # the input by which all are answered alike that have no answer of their own


@dataclass(frozen=True, slots=True)
class AskedSubcase:
    """A subcase that asks its reader for something: what they can do in it, what they typed and
    what is wrong with it."""

    words: Words
    case: Case
    party: Party
    actions: tuple[Action, ...]
    typed: Mapping[str, str] | None = None
    problems: Sequence[Problem] = ()

    @property
    def prefix(self) -> str:
        """What the inputs of its form begin with."""
        return f"{name_and_number(self.case.id)[1]}-"

    def with_typed(self, typed: Mapping[str, str]) -> "AskedSubcase":
        """The same with what was typed for it."""
        start = self.prefix
        own = {n.removeprefix(start): v for n, v in typed.items() if n.startswith(start)}
        return replace(self, typed=own)

    def chosen(self, same: Mapping[str, str]) -> "AskedSubcase | None":
        """The same with what is done in it: what was chosen for it, or else the ``same`` as for
        all; None if nothing was. Where there is one thing to do, it is chosen by filling something
        in."""
        typed, first = self.typed or {}, self.actions[0]
        filled = any(typed.get(f.name) for f in first.fields)
        if "action" not in typed and len(self.actions) == 1 and filled:
            typed = {**typed, "action": first.name}
        if "action" not in typed:
            typed = {**typed, **same}
        return replace(self, typed=typed) if "action" in typed else None


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One subcase on the page: what it is called with its day, what was answered before, the choice
    among actions, and the fields of each."""

    prefix: str
    title: str
    before: str
    options: tuple[Option, ...]
    fields: Mapping[str, list[Widget]]
    drawn: str
    error: str


def same_answers(asked: Sequence[AskedSubcase]) -> dict[str, tuple[Action, dict[str, str]]]:
    """The answers that can be given to all alike, by their values: an action that has to be told
    nothing else, or a vote with its answer."""
    found: dict[str, tuple[Action, dict[str, str]]] = {}
    for action in asked[0].actions if asked else ():
        if not all(any(a.name == action.name for a in each.actions) for each in asked):
            continue
        needed = [f.name for f in action.fields if f.required]
        if not needed:
            found[action.name] = (action, {})
        elif needed == [action.votes]:
            found |= {f"{action.name}.{v}": (action, {action.votes: v}) for v in ("yes", "no")}
    return found


def answering_page(
    words: Words,
    asked: Sequence[AskedSubcase],
    case: Case,
    path: str,
    typed: str = "",
    done: int = 0,
) -> str:
    """The page; ``words`` are those of the subprocess, ``path`` that of the case's page; ``done``
    is how many have just been answered."""
    rows = [_row(each) for each in asked]
    drawn = [w for row in rows for group in row.fields.values() for w in group]
    lines = [SummaryError(f"f-{row.prefix}action", row.error) for row in rows if row.error]
    return whole_page(
        "answering.html",
        words.language,
        words.page("subcases.answer", name=words.text("several")),
        wrong=summary(drawn, lines),
        back=NextStep(reference(case.id), f"{path}?lang={words.language}"),
        process=words.text("several"),
        rows=rows,
        alike=_alike(words, asked, typed) if len(asked) > 1 else (),
        done=words.page("subcases.answered", number=done) if done else "",
        path=f"{path}/answer/{name_and_number(asked[0].case.id)[0]}" if asked else "",
        languages=True,
    )


def _alike(words: Words, asked: Sequence[AskedSubcase], typed: str) -> tuple[Option, ...]:
    found = []
    for value, (action, answers) in same_answers(asked).items():
        label = words.text(f"actions.{action.name}.label")
        if answers:
            field = next(f for f in action.fields if f.name == action.votes)
            label = words.yes_no(field, answers[action.votes] == "yes")
        found.append(Option(value, label, value == typed))
    return tuple(found)


def _row(asked: AskedSubcase) -> AskedRow:
    case, words, actions = asked.case, asked.words, asked.actions
    filled = InitialValues(
        case.form, case.answers, {}, asked.typed, asked.problems, task=True,
        drawn=str(case.revision), language=case.language,
    )  # fmt: skip
    line = subcase_row(words, case, asked.party, "")
    chosen = (asked.typed or {}).get("action", "")
    (form,) = act_forms(words, actions, filled)
    return AskedRow(
        prefix=asked.prefix,
        title=", ".join(filter(None, (line.title, line.when))),
        before=voted(words, case, asked.party) if asked.party.id in case.votes else "",
        options=action_options(words, actions, chosen) if len(actions) > 1 or _bare(form) else (),
        fields={name: _prefixed(asked.prefix, each) for name, each in form.fields.items()},
        drawn=form.stamps[DRAWN],
        error=form.error,
    )


def _bare(form: ActForm) -> bool:
    """Whether its only action asks for nothing."""
    return not any(form.fields.values())


def _prefixed(prefix: str, fields: Sequence[Widget]) -> list[Widget]:
    return [replace(widget, name=f"{prefix}{widget.name}") for widget in fields]
