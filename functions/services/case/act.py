"""Takes an action through a link: reads what was typed, decides, stores, and reports a conflict."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from functions.kernel.apart import kept_from
from functions.kernel.case import Actor
from functions.kernel.computation import require_unchanged
from functions.kernel.definition import Action
from functions.kernel.directory import is_picked
from functions.kernel.errors import (
    Broken,
    Conflict,
    Done,
    Invalid,
    KapulaError,
    Problem,
    Taken,
    Unavailable,
)
from functions.kernel.fields import Answers
from functions.kernel.form_origin import Acts, done_before, drawn_at, has_moved
from functions.kernel.mailboxes import same_mailbox
from functions.kernel.parse import read
from functions.kernel.people_field import is_pasted
from functions.kernel.timers import due_timer
from functions.services import commit
from functions.services.access.links import Opened, open_link
from functions.services.access.quotas import free_mailbox
from functions.services.case.decide import decided
from functions.services.case.timers import run_due_timer
from functions.services.commit import PendingWrite
from functions.services.container import Services
from functions.services.history import part_of
from functions.services.integrity import is_sound_or_recorded
from functions.services.mail.pacing import answered

# A reminder may be written between reading and deciding, or somebody else take a place: the turn
# is the same.
_TRIES = 12
_MAX_SINCE = 100  # entries that are looked at for what was done since a form was drawn


def chosen(opened: Opened, name: str) -> Action:
    """The open action of this name; ``Invalid`` at ``action`` when none was chosen."""
    for action in opened.actions:
        if action.name == name:
            return action
    raise Invalid((Problem("action", "unchosen"),))


def _require_same_form(services: Services, opened: Opened, typed: Mapping[str, str]) -> None:
    """``Done`` if this same form was sent before, ``Conflict`` if the link's turn is over, and
    ``Invalid`` if the form was drawn before something that it depends on changed."""
    acts, all_of_them = _acts_since(services, opened, typed)
    known = opened.definition, opened.case, acts, opened.party, typed
    done = done_before(*known)
    if done:
        raise Done(done.number)
    if opened.standing != "open":
        raise Conflict
    named = next((a for a in opened.definition.actions if a.name == typed.get("action")), None)
    number = drawn_at(opened.case, typed)
    late = number is not None and number < opened.case.revision
    if late and named and named.role == opened.party.role and named not in opened.actions:
        raise Invalid((Problem("", "too_late"),))
    if not all_of_them or has_moved(*known):
        raise Invalid((Problem("action", "moved"),))


def was_done(services: Services, token: str, typed: Mapping[str, str]) -> bool:
    """Whether this same form was sent before its desk was over."""
    try:
        _require_same_form(services, open_link(services, token, ended=True), typed)
    except Done:
        return True
    except KapulaError:
        return False
    return False


def _acts_since(services: Services, opened: Opened, typed: Mapping[str, str]) -> tuple[Acts, bool]:
    """What was done since a form was drawn, as far as it is read, and whether that is all; where
    the form does not say when that was, since the case moved on last. ``Broken`` if it is not as
    it was written."""
    record, drawn = opened.record, drawn_at(opened.case, typed)
    first = record.summary.moved if drawn is None else drawn + 1
    since = range(max(first, record.entries - _MAX_SINCE), record.entries)
    part = part_of(services, record, since)
    if not is_sound_or_recorded(services, part):
        raise Broken
    acts = [(entry.sealed.event, entry.answers) for entry in part.history]
    return acts, drawn is None or since.start == first


def act(
    services: Services,
    token: str,
    typed: Mapping[str, str],
    language: str,
    opened: Opened | None = None,
) -> Opened:
    """Take the chosen action. Returns the case as it was when the decision was made.

    ``opened`` is what the link showed a moment ago, if it was looked at; should the case have moved
    since, the write finds out and it is opened anew. ``Invalid`` with every problem; ``Broken``
    where the history is not as it was written; ``Done`` when this form was sent before;
    ``Conflict`` when the turn was over already; ``Unavailable`` if others were faster each time,
    though it is still theirs to do.
    """
    for _ in range(_TRIES):
        if opened is None:
            opened = open_link(services, token)
        if not opened.sound:
            raise opened.why_unsound
        _require_same_form(services, opened, typed)
        changes = _decided(services, opened, typed, language)
        # The mailbox is shown to be theirs; who disowns a case still wants no more mails of it.
        if opened.definition.unproven(opened.case) and not changes[0].decision.erases:
            free_mailbox(services, opened.party.email)
        try:
            if not _same_vote(opened, changes[0]):
                commit.commit(services, *changes)
        except Taken as taken:
            raise Invalid((Problem(taken.field, taken.code),)) from taken
        except Conflict:
            opened = None
            continue
        _go_on(services, opened, changes)
        return opened
    raise Unavailable("overtaken")


def _same_vote(opened: Opened, change: PendingWrite) -> bool:
    """Whether this is one's vote once more, as it is sent when the answer to it was lost."""
    action = opened.definition.action(change.decision.event.action)
    return bool(action.votes) and change.decision.case.votes == opened.case.votes


def _go_on(services: Services, opened: Opened, changes: Sequence[PendingWrite]) -> None:
    """Whoever acted has answered, and what has become due by the act itself is done at once, in
    the case and in those linked to it.

    The act is written already: if this fails, mails wait a day and the clock does what is due."""
    with suppress(KapulaError):
        answered(services, opened.definition, opened.record, opened.party)
    for change in changes:
        case = change.decision.case
        if due_timer(change.definition, case, services.clock.now()):
            with suppress(KapulaError):
                run_due_timer(services, case.id)


def _decided(
    services: Services, opened: Opened, typed: Mapping[str, str], language: str
) -> tuple[PendingWrite, ...]:
    action = chosen(opened, typed.get("action", ""))
    answers = read(
        opened.definition.asked(action, opened.case.form),
        action.checks,
        typed,
        services.directory,
        services.today(),
        opened.case.answers,
    )
    _require_same_rows(opened, action, typed)
    _hold_apart(services, opened, answers)
    require_unchanged(action, opened.case, typed, services.clock.now())
    actor = Actor(opened.party.role, opened.party.id, language)
    return decided(
        services, opened.definition, opened.record, actor, action.name, answers, opened.linked_cases
    )


def _require_same_rows(opened: Opened, action: Action, typed: Mapping[str, str]) -> None:
    """``Invalid`` where people are pasted: they are shown in rows of their own before anybody hears
    of it, as a form's review does."""
    asked = opened.definition.asked(action, opened.case.form)
    pasted = [f.name for f in asked if is_pasted(f, typed)]
    if pasted:
        raise Invalid(tuple(Problem(name, "pasted") for name in pasted))


def _hold_apart(services: Services, opened: Opened, answers: Answers) -> None:
    """``Invalid`` where somebody picks themself, or one whom another role keeps from the place."""
    definition, case = opened.definition, opened.case
    for role in definition.roles:
        if not role.key or role.key not in answers or not is_picked(role):
            continue
        for person in services.directory.people(role.source, str(answers[role.key])):
            themself = same_mailbox(person.email, opened.party.email)
            if themself or kept_from(
                definition, case, role.name, person.email, opened.linked_cases
            ):
                raise Invalid((Problem(role.key, "apart"),))
