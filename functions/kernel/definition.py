"""What a process is: states, who acts, what is collected, who is mailed, what time does.

Frozen data: all that people see of a process is drawn from it, and only what it declares is done.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeVar

from functions.kernel.case import Case
from functions.kernel.consequences import (
    Computation,
    Guard,
    LinkedActions,
    Merging,
    Referral,
    Signal,
    Spawn,
)
from functions.kernel.durations import OnDate, day_of
from functions.kernel.errors import Unknown
from functions.kernel.fields import Answers, Check, Field, Form
from functions.kernel.roles import Role
from functions.kernel.states import BY_ITSELF, CLOCK, TURN, LastingTimer, State

if TYPE_CHECKING:  # few processes have any, and every request reads a definition
    from functions.kernel.capacity import Capacity
    from functions.kernel.documents import Document, TermsText
    from functions.kernel.tables import Table

Purpose = Literal["task", "status"]
_Named = TypeVar("_Named", "Form", "Role", "State", "Action", "Mail", "LastingTimer")


@dataclass(frozen=True, slots=True)
class Action:
    """An action that a role can take.

    If it is the only one and has no required field, its page asks whether to take it at all.
    ``reopens_form`` asks the case's own form again, with its answers filled in. ``prefill`` maps a
    field to a fact of the actor's directory entry, its first answer. ``votes`` names the yes or no
    by which each holder of the role answers for themself; the case stays in its state, and they may
    change their vote until it leaves it. ``visible_to`` are the roles whose history shows it, in
    addition to the actor's own; none means all. ``start_with_last``: its fields start with the
    latest answers. ``by`` is the role, here or in the linked case, whose act there it follows,
    if it is always the same one: the history names it. ``led`` actions are open to a case that this
    one was referred to.
    """

    name: str
    role: str
    fields: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    reopens_form: bool = False
    available_on: tuple[Purpose, ...] = ("task",)
    prefill: Mapping[str, str] = field(default_factory=dict)
    votes: str = ""
    visible_to: tuple[str, ...] = ()
    start_with_last: bool = False
    computes: Computation | None = None
    by: str = ""
    led: bool = False

    @property
    def pressed(self) -> bool:
        """Whether it is chosen on a case's page: not by time, a link, or somewhere else."""
        return self.role not in BY_ITSELF and bool(self.available_on)

    @property
    def all_fields(self) -> tuple[Field, ...]:
        """What it asks, and what it works out; what is both, once."""
        worked_out = self.computes.fields if self.computes else ()
        return tuple({f.name: f for f in (*self.fields, *worked_out)}.values())


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail, to everybody in the role ``to`` and the roles ``also``, or to whoever has the
    turn then (``TURN``); its texts lie in ``mails/<name>/``. ``purpose`` says what its link opens:
    the task of the state the case is in, or its status. For ``newcomers`` it goes to nobody who had
    a place before, for ``leavers`` only to those who had one and have none any more. It ``shows``
    answers that its readers see, of kinds that name nobody: sums, choices, days, numbers. A
    ``passing`` one says where the case is now, and nothing that a later mail does not: if it waited
    for an outage to end and the case has gone on since, it does not go.
    """

    name: str
    to: str
    purpose: Purpose = "status"
    also: tuple[str, ...] = ()
    newcomers: bool = False
    leavers: bool = False
    shows: tuple[str, ...] = ()
    passing: bool = False


@dataclass(frozen=True, slots=True)
class CounterRule:
    """A counter of a person in the directory that a transition moves by ``step``."""

    role: str
    counter: str
    step: int


@dataclass(frozen=True, slots=True)
class Transition:
    """One transition: in the state ``source``, ``action`` leads to the state ``target``.

    ``assigns`` are the roles whose slots are filled from the answers; ``vacates`` are those that
    are emptied, with the answers that filled them; ``erases`` erases all answers and parties.
    ``forms`` limits it to cases of these forms. ``removes_unless_agreed`` is a role whose holders
    leave unless they voted yes; ``leaves`` is a role of whom those leave whom the calling case
    brought. ``linked_actions`` and ``signals`` are actions that it takes on linked cases.
    ``empties`` are answers that are removed; ``becomes`` computes answers from the case afterwards.
    ``restarts``: the deadline and the timers of the state start anew, although the case stays in
    it. The mails of a vote are sent once everybody has voted. ``spawns`` are cases that it opens.
    """

    action: str
    source: str
    target: str
    mails: tuple[str, ...] = ()
    assigns: tuple[str, ...] = ()
    vacates: tuple[str, ...] = ()
    counters: tuple[CounterRule, ...] = ()
    guard: Guard | None = None
    erases: bool = False
    forms: tuple[str, ...] = ()
    removes_unless_agreed: str = ""
    leaves: str = ""
    becomes: Callable[[Case], Answers] | None = field(default=None, compare=False)
    linked_actions: LinkedActions | None = None
    signals: tuple[Signal, ...] = ()
    spawns: tuple[Spawn, ...] = ()
    restarts: bool = False
    empties: tuple[str, ...] = ()


Visibility = Mapping[str, tuple[str, ...]]
ALWAYS = ("*",)  # in all states


@dataclass(frozen=True)
class Definition:
    """A process as data.

    ``visibility`` maps a field, or ``party.<role>``, to those who may see it. ``owner`` is the role
    that is responsible for every case: a case that waits for nobody else waits for it.
    ``new_link_mail`` carries a link that was asked for; ``handover_mail`` goes to a new holder of a
    role; ``bounced_mail`` to the owner when a mail bounced; ``vacant_mail`` to the owner instead of
    a reminder that has no reader. On desks the answer ``headline`` is the case's name, the choices
    ``facets`` are its filters, and it comes first if ``urgent`` holds, which also shortens
    deadlines. ``merging`` is how cases are joined, ``capacity`` limits how many run at once,
    ``terms`` are the terms of sale. ``foremost`` names the answers that are shown first. ``timers``
    are those that outlast the state that starts them.
    """

    name: str
    version: int
    forms: tuple[Form, ...]
    roles: tuple[Role, ...]
    owner: str
    states: tuple[State, ...]
    actions: tuple[Action, ...]
    transitions: tuple[Transition, ...]
    mails: tuple[Mail, ...]
    visibility: Mapping[str, Visibility]
    new_link_mail: Mail
    handover_mail: Mail
    bounced_mail: Mail
    vacant_mail: Mail | None = None
    headline: str = ""
    facets: tuple[str, ...] = ()
    urgent: Guard | None = None
    referrals: tuple[Referral, ...] = ()
    documents: "tuple[Document, ...]" = ()
    tables: "tuple[Table, ...]" = ()
    merging: Merging | None = None
    capacity: "Capacity | None" = None
    terms: "TermsText | None" = None
    timers: tuple[LastingTimer, ...] = ()
    foremost: Callable[[Answers], tuple[str, ...]] | None = field(default=None, compare=False)

    def form(self, name: str) -> Form:
        """The form ``name``, public or not; KeyError if there is none."""
        return _by_name(self.forms, name)

    def role(self, name: str) -> Role:
        """The role ``name``; KeyError if there is none."""
        return _by_name(self.roles, name)

    def state(self, name: str) -> State:
        """The state ``name``; KeyError if there is none."""
        return _by_name(self.states, name)

    def action(self, name: str) -> Action:
        """The action ``name``; KeyError if there is none."""
        return _by_name(self.actions, name)

    def timer(self, name: str) -> LastingTimer:
        """The timer ``name`` that outlasts its state; KeyError if there is none."""
        return _by_name(self.timers, name)

    def rows(self, action: str, state: str) -> tuple[Transition, ...]:
        """The transitions of an action in a state, in their order, whatever their guards."""
        return self._rows.get((action, state), ())

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], tuple[Transition, ...]]:
        found: dict[tuple[str, str], tuple[Transition, ...]] = {}
        for row in self.transitions:
            key = row.action, row.source
            found[key] = (*found.get(key, ()), row)
        return found

    def picked_by(self, role: Role) -> tuple[str, ...]:
        """What picks the people of a role from its list: the choices of its key, or one always."""
        return self.fields()[role.key].choices if role.key else (role.always,)

    def mail(self, name: str) -> Mail:
        """The mail ``name``; KeyError if there is none."""
        return _by_name(self.all_mails, name)

    @property
    def all_mails(self) -> tuple[Mail, ...]:
        """Every mail with texts: those of the process, and those that every process has."""
        always = (*self.mails, self.new_link_mail, self.handover_mail, self.bounced_mail)
        return (*always, self.vacant_mail) if self.vacant_mail else always

    def turn(self, case: Case) -> str:
        """The role whose turn it is, ``CLOCK`` or ``LINK``; "" where a case has ended. Where it
        has nobody who may act any more, it is the turn of who looks after the case."""
        state = self.state(case.state)
        turn = next((t.role for t in state.turns if t.counts(case)), state.turn)
        return self.owner if self.is_vacant(case) else turn

    def is_vacant(self, case: Case) -> bool:
        """Whether the case is under way and a role has no holder who may act, also while the case
        waits for time or a linked case."""
        left = {p.role for p in case.parties if p.present and p.vacant}
        return any(map(case.waits_for_others, left)) and not self.is_over(case.state)

    def begun(self, case: Case) -> date:
        """The day from which the state's lengths of time count: when it was entered, or when
        what it is called begins, if that is later."""
        entered, field = day_of(case.entered_at), self.state(case.state).begins
        named = OnDate(field).of(case.answers) if field else None
        return max(entered, named) if named else entered

    def readers(self, mail: Mail, case: Case) -> tuple[str, ...]:
        """The roles that a mail of this case goes to."""
        return (self.turn(case) if mail.to == TURN else mail.to, *mail.also)

    def answered_with(self, role: str) -> set[str]:
        """The fields that are answered in the act which picks the people of a role."""
        key = self.role(role).key
        acts = (a.fields for a in self.actions if key and any(f.name == key for f in a.fields))
        return {f.name for fields in acts for f in fields}

    def unproven(self, case: Case) -> bool:
        """Whether the opener's email address has not been confirmed yet."""
        form = self.form(case.form)
        return form.public and case.state == form.start

    def referral_for(self, case: Case, role: str) -> Referral | None:
        """Where ``role`` can go on with the case as it stands, or None."""
        for referral in self.referrals:
            field, value = referral.choice
            if (referral.state, referral.role) == (case.state, role) and case.answers.get(
                field
            ) == value:
                return referral
        return None

    def is_over(self, state: str) -> bool:
        """Whether a state is final: nobody has the turn, and time does nothing but erase the
        case."""
        return self.state(state).name in self._final

    @cached_property
    def _final(self) -> frozenset[str]:
        return frozenset(s.name for s in self.states if s.end or self._only_erased(s))

    def _only_erased(self, state: State) -> bool:
        timed = {timer.action for timer in state.timers}
        rows = [t for t in self.transitions if t.source == state.name and t.action in timed]
        return state.turn == CLOCK and bool(rows) and all(t.erases for t in rows)

    def for_form(self, form: str) -> "Definition":
        """This definition with only what a case of one form can reach; KeyError if there is no
        such form."""
        if form not in self._for_forms:
            self._for_forms[form] = self._reached_by(form)
        return self._for_forms[form]

    @cached_property
    def _for_forms(self) -> "dict[str, Definition]":
        return {}

    def _reached_by(self, form: str) -> "Definition":
        rows = [t for t in self.transitions if not t.forms or form in t.forms]
        reached = [self.form(form).start]
        for name in reached:
            targets = (t.target for t in rows if t.source == name)
            reached += [n for n in dict.fromkeys(targets) if n not in reached]
        kept = tuple(t for t in rows if t.source in reached)
        states = tuple(s.for_form(form) for s in self.states if s.name in reached)
        timers = tuple(t for t in self.timers if not t.forms or form in t.forms)
        return replace(
            self, forms=(self.form(form),), states=states, transitions=kept, timers=timers
        )

    def when_full(self) -> "Definition":
        """This definition when the capacity is used up: without the transitions that need a free
        unit."""
        capacity = self.capacity
        rows = (
            t for t in self.transitions if not (capacity and capacity.enters(t.source, t.target))
        )
        return replace(self, transitions=tuple(rows))

    def asked(self, action: Action, form: str) -> tuple[Field, ...]:
        """The fields an action asks for: its own, or the case's form again without fixed ones."""
        if not action.reopens_form:
            return action.fields
        return (*(f for f in self.form(form).fields if not f.immutable), *action.fields)

    def fields(self) -> Mapping[str, Field]:
        """Every field of every form and action by name, in the order of the definition; of one
        that offers fewer choices or is required in later ones, the first."""
        return self._fields

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        declared = [f for form in self.forms for f in form.fields]
        declared += [f for action in self.actions for f in action.all_fields]
        found: dict[str, Field] = {}
        for each in declared:
            found.setdefault(each.name, each)
        return MappingProxyType(found)


def _by_name(items: tuple[_Named, ...], name: str) -> _Named:
    for item in items:
        if item.name == name:
            return item
    raise Unknown(name)
