"""What a page says of what was done through its link, and where to go from there."""

from contextlib import suppress
from dataclasses import replace

from functions.kernel.errors import Unavailable
from functions.render.act_forms import NOT_NOW
from functions.render.receipt import Receipt, Way, receipt
from functions.render.words import Words
from functions.services.desk_links import open_desk
from functions.services.desks import first_waiting
from functions.services.links import Opened, desk_of, ends
from functions.services.wiring import Services

_OVER = ("done", "left")  # a link that is too old says that, whatever was done through it


def receipt_of(
    services: Services, words: Words, opened: Opened, token: str, done: str
) -> Receipt | None:
    """The receipt of the act ``done``, or, on the link of a turn that its holder has ended, of
    that act, unless it is their turn again; with the way to their desk, and to the next task if
    they came from there. Who did not want to act now is told that nothing was done."""
    if done.startswith(NOT_NOW):
        return Receipt(words.page("task.kept"), "", _ways(services, words, token))
    steps = [told.entry.step for told in opened.file.history]
    over = opened.standing in _OVER and not opened.on_turn_again
    act = done or next((s.action for s in ends(opened) if over), "")
    found = receipt(words, opened.case, steps, opened.party, act)
    return replace(found, ways=_ways(services, words, token)) if found else None


def _ways(services: Services, words: Words, token: str) -> tuple[Way, ...]:
    name, desk = words.page("desk.title"), desk_of(token)
    if not desk:
        return (Way(name, words.page("page.desk_path")),)
    own = Way(name, f"/api/d/{desk}?lang={words.language}")
    with suppress(Unavailable):  # the act is done: its receipt does not wait for what is next
        return (*_next_task(services, words, desk), own)
    return (own,)


def _next_task(services: Services, words: Words, desk: str) -> tuple[Way, ...]:
    """The way to the first task that waits on a desk, if there is one."""
    lying = first_waiting(services, open_desk(services, desk).person)
    if lying is None:
        return ()
    case, party = lying.case, lying.party
    there = Words(lying.definition, words.language, words.directory, case.form)
    task = there.task(case.state, party.role, "title")
    path = f"/api/t/{desk}.{case.id}.{party.id}.{case.round}?lang={words.language}"
    return (Way(words.page("receipt.next_task", task=task), path),)


def over_words(words: Words, opened: Opened, told: Receipt | None) -> tuple[str, str]:
    """The title and the first sentence of a page about a turn that is over."""
    if opened.on_turn_again and not told:
        task = words.task(opened.case.state, opened.party.role, "title")
        return task, words.page("over.again_lead")
    last = next((s for s in ends(opened) if opened.standing in _OVER), None)
    if told or (last and last.party == opened.party.id):
        done = told.done if told else words.maybe(f"actions.{last.action}.done") if last else ""
        return done, words.page("over.done_lead")
    return words.page(f"over.{opened.standing}"), words.page(f"over.{opened.standing}_lead")


def broken_words(words: Words, opened: Opened) -> tuple[str, ...]:
    """What is said where the history is not as it was written: the warning, why nothing can be
    done, and to whoever looks after the case, what they are to do."""
    if opened.sound:
        return ()
    looks_after = opened.party.role == opened.definition.bounced_mail.to
    parts = ("title", "lead", *(("desk",) if looks_after else ()))
    return tuple(words.page(f"broken.{part}") for part in parts)


def earlier(words: Words, opened: Opened) -> str:
    """What the holder of an older link did in its turn, or ""; told after what is asked now."""
    last = next((s for s in ends(opened) if s.party == opened.party.id), None)
    return words.maybe(f"actions.{last.action}.done") if last and opened.on_turn_again else ""
