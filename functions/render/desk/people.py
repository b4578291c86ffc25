"""The pages on which the owner of a case manages its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.kernel.case import Case, Party, reference
from functions.kernel.clean import readable
from functions.kernel.definition import Definition
from functions.kernel.errors import Problem
from functions.kernel.fields import Field
from functions.render.desk.desk import Frame
from functions.render.form.widgets import Option, SummaryError, Widget, summary, widgets
from functions.render.page.pages import given_back, whole_page
from functions.render.text.texts import capital
from functions.render.text.words import Words

WHOM = "party"  # the input: to whom a fresh link is to be sent
DONE = ("resent", "replaced")


@dataclass(frozen=True, slots=True)
class OwnedCase:
    """A case as its owner has it on their desk. ``own`` is their place; the places of those who are
    ``gone`` from the directory do not hold any more. ``sound`` is whether its history is as it was
    written, ``free`` whether no other role keeps them from acting."""

    frame: Frame
    definition: Definition
    case: Case
    own: Party
    replaceable: frozenset[str]
    gone: frozenset[str] = frozenset()
    sound: bool = True
    free: bool = True

    @property
    def broken(self) -> tuple[str, ...]:
        """The warning where the history is not as it was written, in lines."""
        parts = () if self.sound else ("title", "lead", "desk")
        return tuple(self.words.page(f"broken.{part}") for part in parts)

    @property
    def path(self) -> str:
        """Where this case's people are."""
        return f"{self.frame.path}/people/{self.case.id}"

    @property
    def words(self) -> "PeopleWords":
        """The texts of these pages."""
        return PeopleWords(
            self.definition, self.frame.language, self.frame.directory, self.case.form
        )

    @property
    def back(self) -> str:
        """The case's own page, opened from the desk."""
        token = self.frame.path.rpartition("/")[2]
        path = f"{token}.{self.case.id}.{self.own.id}.{self.case.round}"
        return f"/api/t/{path}?lang={self.frame.language}"


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A party whose place cannot be taken as it was asked, with those who are ``now`` in the role,
    and what was ``typed``: others were faster."""

    party: Party
    now: tuple[Party, ...]
    typed: Mapping[str, str]

    def message(self, words: "PeopleWords") -> str:
        """What has changed."""
        if self.party.present:
            return words.page("handover.over_meanwhile")
        names = ", ".join(p.name for p in self.now) or words.page("handover.nobody")
        role = capital(words.role(self.party.role))
        name = self.party.name
        return words.page("handover.other_meanwhile", name=name, role=role, names=names)


class PeopleWords(Words):
    """Words whose fields are those of these pages and of no process."""

    def question(self, field: Field) -> str:
        """What a field is called."""
        return self.page(f"handover.{field.name}")

    def choice(self, field: Field, value: str) -> str:
        """The name of a language."""
        return self.page(f"people.{value}")


@dataclass(frozen=True, slots=True)
class PartyRow:
    """Somebody's place, ready to draw."""

    id: str
    name: str
    role: str
    email: str
    reachable: bool
    missed: bool
    replaceable: bool
    own: bool
    gone: bool


def people_page(
    owned: OwnedCase,
    problems: Sequence[Problem] = (),
    done: str = "",
    overtaken: Overtaken | None = None,
) -> str:
    """Everybody in the case, each with a fresh link to send and a way to replace them."""
    words, case = owned.words, owned.case
    rows = [_party_row(owned, p) for p in case.parties if p.present]
    whom = _whom(owned, rows, problems)
    loose = [SummaryError("", overtaken.message(words))] if overtaken else []
    loose += [SummaryError("", words.problem(p)) for p in problems if p.field != WHOM]
    return whole_page(
        "desk_people.html",
        words.language,
        words.page("handover.title"),
        looked=owned,
        case=str(case.answers.get(words.definition.headline, "")),
        reference=reference(case.id),
        rows=rows,
        whom=whom,
        wrong=summary([whom], loose),
        given=given_back(overtaken.typed) if overtaken else (),
        done=done if done in DONE else "",
        languages=True,
    )


def replacing_page(
    owned: OwnedCase,
    party: Party,
    fields: Sequence[Field],
    typed: Mapping[str, str],
    problems: Sequence[Problem],
    overtaken: Overtaken | None = None,
) -> str:
    """Who takes the place of one of them, and what that leads to."""
    words = owned.words
    drawn = widgets(words, fields, typed, problems)
    asked = {f.name for f in fields}
    loose = [SummaryError("", overtaken.message(words))] if overtaken else []
    loose += [SummaryError("", words.problem(p)) for p in problems if p.field not in asked]
    row = _party_row(owned, party)
    return whole_page(
        "desk_replacing.html",
        words.language,
        words.page("handover.replace_title", name=row.name),
        looked=owned,
        row=row,
        widgets=drawn,
        wrong=summary(drawn, loose),
        languages=not typed,
    )


def _whom(owned: OwnedCase, rows: Sequence[PartyRow], problems: Sequence[Problem]) -> Widget:
    """The question to whom a fresh link is to be sent: whoever can be reached, but oneself;
    nobody, where another role keeps the one who asks from acting in the case."""
    words = owned.words
    error = next((words.problem(p) for p in problems if p.field == WHOM), "")
    options = tuple(
        Option(s.id, f"{s.name}, {s.email}", chosen=False, hint=s.role)
        for s in rows
        if owned.free and s.reachable and not s.own and not s.gone
    )
    asks = words.page("handover.whom")
    return Widget(WHOM, "radios", asks, "", error, "", required=True, options=options)


def _party_row(owned: OwnedCase, party: Party) -> PartyRow:
    return PartyRow(
        id=party.id,
        name=party.name,
        role=capital(owned.words.role(party.role)),
        email=readable(party.email),
        reachable=party.reachable,
        missed=bool(party.missed),
        replaceable=party.id in owned.replaceable,
        own=party.id == owned.own.id,
        gone=party.id in owned.gone,
    )
