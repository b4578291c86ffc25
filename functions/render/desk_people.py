"""The pages on which a coordinator looks after the people of one case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.kernel.case import Case, Party
from functions.kernel.clean import readable
from functions.kernel.definition import Definition
from functions.kernel.errors import Problem
from functions.kernel.fields import Field
from functions.render.desk import Frame
from functions.render.mail import reference
from functions.render.pages import given_back, whole_page
from functions.render.texts import capital
from functions.render.widgets import Option, Widget, Wrong, summary, widgets
from functions.render.words import Words

WHOM = "party"  # the input: to whom a fresh link is to be sent
DONE = ("resent", "replaced")


@dataclass(frozen=True, slots=True)
class Looked:
    """A case as the one who looks after it has it on their desk. ``own`` is their place; the
    places of those who are ``gone`` from the directory do not hold any more. ``sound`` is whether
    its history is as it was written, ``free`` whether no other role keeps them from acting."""

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
        place = f"{token}.{self.case.id}.{self.own.id}.{self.case.round}"
        return f"/api/t/{place}?lang={self.frame.language}"


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A party whose place cannot be taken as it was asked, with those who are ``now`` in the role,
    and what was ``typed``: others were faster."""

    party: Party
    now: tuple[Party, ...]
    typed: Mapping[str, str]

    def told(self, words: "PeopleWords") -> str:
        """What has changed."""
        if self.party.present:
            return words.page("handing.over_meanwhile")
        names = ", ".join(p.name for p in self.now) or words.page("handing.nobody")
        role = capital(words.role(self.party.role))
        name = self.party.name
        return words.page("handing.other_meanwhile", name=name, role=role, names=names)


class PeopleWords(Words):
    """Words whose fields are those of these pages and of no process."""

    def question(self, field: Field) -> str:
        """What a field is called."""
        return self.page(f"handing.{field.name}")

    def choice(self, field: Field, value: str) -> str:
        """The name of a language."""
        return self.page(f"people.{value}")


@dataclass(frozen=True, slots=True)
class Seat:
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
    looked: Looked,
    problems: Sequence[Problem] = (),
    done: str = "",
    overtaken: Overtaken | None = None,
) -> str:
    """Everybody in the case, each with a fresh link to send and a way to replace them."""
    words, case = looked.words, looked.case
    seats = [_seat(looked, p) for p in case.parties if p.present]
    whom = _whom(looked, seats, problems)
    loose = [Wrong("", overtaken.told(words))] if overtaken else []
    loose += [Wrong("", words.problem(p)) for p in problems if p.field != WHOM]
    return whole_page(
        "desk_people.html",
        words.language,
        words.page("handing.title"),
        looked=looked,
        case=str(case.answers.get(words.definition.headline, "")),
        reference=reference(case.id),
        seats=seats,
        whom=whom,
        wrong=summary([whom], loose),
        given=given_back(overtaken.typed) if overtaken else (),
        done=done if done in DONE else "",
        languages=True,
    )


def replacing_page(
    looked: Looked,
    party: Party,
    fields: Sequence[Field],
    typed: Mapping[str, str],
    problems: Sequence[Problem],
    overtaken: Overtaken | None = None,
) -> str:
    """Who takes the place of one of them, and what that leads to."""
    words = looked.words
    drawn = widgets(words, fields, typed, problems)
    asked = {f.name for f in fields}
    loose = [Wrong("", overtaken.told(words))] if overtaken else []
    loose += [Wrong("", words.problem(p)) for p in problems if p.field not in asked]
    seat = _seat(looked, party)
    return whole_page(
        "desk_replacing.html",
        words.language,
        words.page("handing.replace_title", name=seat.name),
        looked=looked,
        seat=seat,
        widgets=drawn,
        wrong=summary(drawn, loose),
        languages=not typed,
    )


def _whom(looked: Looked, seats: Sequence[Seat], problems: Sequence[Problem]) -> Widget:
    """The question to whom a fresh link is to be sent: whoever can be reached, but oneself;
    nobody, where another role keeps the one who asks from acting in the case."""
    words = looked.words
    told = next((words.problem(p) for p in problems if p.field == WHOM), "")
    options = tuple(
        Option(s.id, f"{s.name}, {s.email}", chosen=False, hint=s.role)
        for s in seats
        if looked.free and s.reachable and not s.own and not s.gone
    )
    asks = words.page("handing.whom")
    return Widget(WHOM, "radios", asks, "", told, "", required=True, options=options)


def _seat(looked: Looked, party: Party) -> Seat:
    return Seat(
        id=party.id,
        name=party.name,
        role=capital(looked.words.role(party.role)),
        email=readable(party.email),
        reachable=party.reachable,
        missed=bool(party.missed),
        replaceable=party.id in looked.replaceable,
        own=party.id == looked.own.id,
        gone=party.id in looked.gone,
    )
