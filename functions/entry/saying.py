"""What a page says of what was done through its link."""

from functions.render.act_forms import NOT_NOW
from functions.render.words import Words
from functions.services.links import Opened, ends


def acknowledged(words: Words, opened: Opened, done: str) -> str:
    """That this is done, if it is the last thing done and its holder did it; or that it was not
    to be done now, and was not."""
    if done.startswith(NOT_NOW):
        return words.page("task.kept")
    actions = {a.name for a in opened.definition.actions}
    steps = (told.entry.step for told in reversed(opened.file.history))
    last = next((s for s in steps if s.action in actions), None)
    if last is None or (last.action, last.party) != (done, opened.party.id):
        return ""
    return words.maybe(f"actions.{done}.done")


def over_words(words: Words, opened: Opened) -> tuple[str, str]:
    """The title and the first sentence of a page about what is over."""
    last = next((s for s in ends(opened) if opened.standing == "done"), None)
    if last and last.party == opened.party.id:
        return words.maybe(f"actions.{last.action}.done"), words.page("over.done_lead")
    return words.page(f"over.{opened.standing}"), words.page(f"over.{opened.standing}_lead")


def broken_words(words: Words, opened: Opened) -> tuple[str, ...]:
    """What is said where the history is not as it was written: the warning, why nothing can be
    done, and to whoever looks after the case, what they are to do."""
    if opened.sound:
        return ()
    looks_after = opened.party.role == opened.definition.bounced_mail.to
    parts = ("title", "lead", *(("desk",) if looks_after else ()))
    return tuple(words.page(f"broken.{part}") for part in parts)
