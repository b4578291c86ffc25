"""Tells of a form of the directory what it was drawn from, and whether it was done before.

The form of an entry says how the entry was when the form was drawn; that of a new one has a key,
which begins with that moment. An entry remembers the forms that it was saved by.
"""

import secrets
from collections.abc import Iterable, Mapping

from functions.kernel.digests import canonical, sha256
from functions.kernel.directory import DirectoryEntry
from functions.kernel.directory_changes import MOMENT
from functions.services.container import Services

_DIGEST = 32
_REMEMBERED = 20  # forms beside the first, which may be the one that the entry is made by


def origin(services: Services, entry: DirectoryEntry | None) -> str:
    """What a form is drawn from: an entry, or the key of a new one."""
    if entry is None:
        return f"{services.clock.now().strftime(MOMENT)}.{secrets.token_hex(12)}"
    return fingerprint(entry)


def fingerprint(entry: DirectoryEntry) -> str:
    """What an entry says and since when: one that says the same again after others changed it has
    another."""
    since = [entry.changed.at.isoformat(), entry.changed.by] if entry.changed else []
    plain = [dict(entry.names), dict(entry.facts), entry.retired, since]
    return sha256(canonical(plain))[:_DIGEST]


def remembered(entry: DirectoryEntry, seen: str, typed: Mapping[str, str]) -> tuple[str, ...]:
    """The forms of an entry after one more was saved."""
    if not seen:
        return entry.forms
    forms = (*entry.forms, _form(seen, typed))
    return (*forms[:1], *forms[1:][-_REMEMBERED:])


def saved_by(
    entries: Iterable[DirectoryEntry], seen: str, typed: Mapping[str, str]
) -> tuple[DirectoryEntry | None, bool]:
    """The entry that a form of this origin was saved in, and whether it said the same."""
    if not seen:
        return None, False
    form = _form(seen, typed)
    for entry in entries:
        if form in entry.forms:
            return entry, True
        if any(each.startswith(form[:_DIGEST]) for each in entry.forms):
            return entry, False
    return None, False


def drawn_before(seen: str, entry: DirectoryEntry) -> bool:
    """Whether the form of a new entry was drawn before an entry that is there was last changed."""
    changed = entry.changed
    return bool(seen) and changed is not None and seen < changed.at.strftime(MOMENT)


def _form(seen: str, typed: Mapping[str, str]) -> str:
    """A form as it is remembered: its origin, and all that was typed into it."""
    answers = {name: value for name, value in typed.items() if not name.startswith("_")}
    return sha256(seen)[:_DIGEST] + sha256(canonical(answers))[:_DIGEST]
