"""Begins a subcase, or several, by a form on the page of their case."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions.kernel.case import Actor, Case
from functions.kernel.definition import Action, Definition
from functions.kernel.errors import (
    Broken,
    Conflict,
    Invalid,
    Problem,
    Refused,
    Unavailable,
    Unknown,
)
from functions.kernel.fields import Answers, Form
from functions.kernel.form_origin import DRAWN, says
from functions.kernel.nested import may_begin
from functions.kernel.parse import read
from functions.kernel.subcases import subcase_id
from functions.kernel.subprocesses import NONE_BEGUN, Subprocess
from functions.processes import current
from functions.services import commit
from functions.services.access.links import Opened, open_link
from functions.services.case.decide import begun
from functions.services.container import Services

_TRIES = 12  # others may write the case meanwhile


@dataclass(frozen=True, slots=True)
class Beginning:
    """A form by which a link's holder can begin a subcase now, with its definition."""

    opened: Opened
    spec: Subprocess
    definition: Definition
    form: Form

    @property
    def action(self) -> Action:
        """The sending of the form, as something that they can do."""
        form = self.form
        return Action(form.name, form.opener, form.fields, form.checks)

    @property
    def drawn(self) -> str:
        """How many had been begun when the form was drawn: so it is known when it is sent again."""
        return str(self.opened.case.subcases.get(self.spec.name, NONE_BEGUN).begun)


def beginning(opened: Opened, name: str, form: str) -> Beginning:
    """The form of a subprocess by which the link's holder begins a subcase. ``Refused`` if there is
    none such; ``Conflict`` if there is, but nobody can begin one so now."""
    definition, role = opened.definition, opened.party.role
    try:
        spec = definition.subprocess(name)
        there = current(f"{definition.name}.{name}")
        asked = there.form(form)
    except Unknown as error:
        raise Refused from error
    if role not in spec.begun_by or asked.opener != role or not opened.party.present:
        raise Refused
    if opened.standing != "open" or opened.kept_by:
        raise Conflict
    return Beginning(opened, spec, there, asked)


def begin(
    services: Services, token: str, name: str, form: str, typed: Mapping[str, str], language: str
) -> Case:
    """Begin what a form asks for; the first subcase. The same form sent twice begins it once.

    ``Invalid`` with every problem; ``Conflict`` if none can be begun any more; ``Unavailable`` if
    others were faster each time.
    """
    for _ in range(_TRIES):
        found = beginning(open_link(services, token), name, form)
        opened = found.opened
        if not opened.sound:
            raise Broken
        if done := _begun_before(services, found, typed):
            return done
        if found.spec not in may_begin(opened.definition, opened.case, opened.party.role):
            raise Conflict
        _require_form(found, typed)
        asked, directory, today = found.form, services.directory, services.today()
        answers = read(asked.fields, asked.checks, typed, directory, today)
        _require_remaining(found, len(found.spec.answers(form, answers)))
        actor = Actor(opened.party.role, opened.party.id, language)
        try:
            return _begin(services, found, actor, answers)
        except Conflict:
            continue
    raise Unavailable("overtaken")


def _begin(services: Services, found: Beginning, actor: Actor, answers: Answers) -> Case:
    opened = found.opened
    changes = begun(
        services, opened.definition, opened.record, actor, found.spec.name, found.form.name,
        answers, opened.linked_cases,
    )  # fmt: skip
    commit.commit(services, *changes)
    return changes[0].decision.case


def _require_form(found: Beginning, typed: Mapping[str, str]) -> None:
    """``Invalid`` where the form was not sent by its own button, or another one was begun since it
    was drawn: then it is shown anew, with what was typed."""
    if typed.get("action") != found.form.name:
        raise Invalid((Problem("action", "unchosen"),))
    if typed.get(DRAWN) != found.drawn:
        raise Invalid((Problem("action", "moved"),))


def _require_remaining(found: Beginning, number: int) -> None:
    kept = found.opened.case.subcases.get(found.spec.name, NONE_BEGUN)
    if number > found.spec.remaining(kept):
        raise Invalid((Problem("action", "too_many_subcases", found.spec.remaining(kept)),))


def _begun_before(services: Services, found: Beginning, typed: Mapping[str, str]) -> Case | None:
    """The first subcase that this same form has begun; None if it has not been sent yet."""
    drawn, case, name = typed.get(DRAWN, "")[:6], found.opened.case, found.spec.name
    if not (drawn.isascii() and drawn.isdecimal()) or int(drawn) >= int(found.drawn):
        return None
    record = services.cases.case(subcase_id(case.id, name, int(drawn) + 1))
    first = services.cases.entries(record, range(1)) if record else None
    if record is None or first is None or not first.history:
        return None
    entry, several = first.history[0], found.form.name in found.spec.spreads
    same = several or says(found.form.fields, entry.answers, typed)
    by_them = entry.sealed.event.party == found.opened.party.id
    return record.case if same and by_them and record.case.form == found.form.name else None
