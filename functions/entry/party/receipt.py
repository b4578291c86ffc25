"""What a page says of what was done through its link, and where to go from there."""

from contextlib import suppress
from dataclasses import replace

from functions.entry.party.effects import followed
from functions.kernel.case import Event, reference
from functions.kernel.errors import Unavailable
from functions.render.case.act_forms import NOT_NOW
from functions.render.case.receipt import NextStep, Receipt, at_once, last_act, receipt
from functions.render.text.words import Words, why_unread
from functions.services.access.desk_links import open_desk
from functions.services.access.links import OVER, Opened, desk_of, ends
from functions.services.container import Services
from functions.services.desk.worklist import first_waiting
from functions.services.history import event_of, part_of
from functions.services.integrity import is_sound_or_recorded

_AT_ONCE = 10  # entries behind an act among which those are that it made due at once


def receipt_of(
    services: Services, words: Words, opened: Opened, token: str, done: str | int
) -> Receipt | None:
    """The receipt that a page shows, or None.

    ``done`` is the act that was just taken, or the number of the history entry if the same form had
    been sent before. On the link of a turn that its holder has ended, it is the receipt of that
    act, unless they have a new turn. It carries the way to their desk, and to the next task if they
    came from there. If they chose not to act now, it says that nothing was done.
    """
    if isinstance(done, str) and done.startswith(NOT_NOW):
        return Receipt(words.page("task.kept"), "", _ways(services, words, opened, token))
    over = opened.standing in OVER and not opened.has_new_turn
    if isinstance(done, int):
        last = event_of(services, opened.record, done)
    else:
        act = done or next((s.action for s in ends(opened) if over), "")
        last = last_act(words, opened.record.summary.last, opened.party, act)
    found = _receipt_of(services, words, opened, last) if last else None
    if found is None:
        return None
    once = words.page("receipt.once") if isinstance(done, int) else ""
    return replace(found, once=once, next_steps=_ways(services, words, opened, token))


def _receipt_of(services: Services, words: Words, opened: Opened, event: Event) -> Receipt | None:
    """The receipt of a step, with all that happened by it: in linked cases, and at once."""
    numbers = range(event.number, event.number + _AT_ONCE)
    part, case = part_of(services, opened.record, numbers), opened.case
    if not is_sound_or_recorded(services, part):
        return None
    own, *others = followed(services, words, case, event)
    for then in at_once([entry.sealed.event for entry in part.history], event):
        others += followed(services, words, case, then)
    return receipt(own, opened.party, others, services.clock.now(), part.history[0].answers)


def _ways(services: Services, words: Words, opened: Opened, token: str) -> tuple[NextStep, ...]:
    name, desk = words.page("desk.title"), desk_of(token)
    if not desk:
        return (NextStep(name, words.page("page.desk_path")),)
    own = NextStep(name, f"/api/d/{desk}?lang={words.language}")
    with suppress(Unavailable):  # the act is done: its receipt does not wait for what is next
        return (*_next_task(services, words, desk, opened.case.id), own)
    return (own,)


def _next_task(services: Services, words: Words, desk: str, here: str) -> tuple[NextStep, ...]:
    """The way to the first task that waits on a desk, if there is one; to one in the case that
    is shown, its page leads anyhow."""
    desk_case = first_waiting(services, open_desk(services, desk).person)
    if desk_case is None or desk_case.case.id == here:
        return ()
    case, party = desk_case.case, desk_case.party
    there = Words(desk_case.definition, words.language, words.directory, case.form)
    task = there.task(case, party.role, "title")
    path = f"/api/t/{desk}.{case.id}.{party.id}.{case.round}?lang={words.language}"
    return (
        NextStep(words.page("receipt.next_task", task=task, reference=reference(case.id)), path),
    )


def broken_words(words: Words, opened: Opened) -> tuple[str, ...]:
    """The words of a page whose case has a broken history: the warning, why nothing can be done
    and, for the owner of the case, what to do."""
    if opened.sound:
        return ()
    is_owner = opened.party.role == opened.definition.owner
    parts = ("title", "lead", *(("desk",) if is_owner else ()))
    return tuple(why_unread(words.language, opened.why_unsound, part) for part in parts)
