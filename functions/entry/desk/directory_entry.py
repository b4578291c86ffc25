"""The page of one directory entry and its saving, with every way that can end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Response

from functions import lists
from functions.entry.desk.directory_access import Visit
from functions.entry.web import go_on, language_of, page
from functions.kernel.directory import DirectoryEntry, DirectoryError
from functions.kernel.errors import Conflict, Invalid, Problem
from functions.kernel.fields import Field
from functions.render.directory.forms import EntryForm, ListWords
from functions.render.directory.pages import EntryPage, entry_page
from functions.render.page.pages import message_page
from functions.services.directory.edit import (
    SURE,
    AlreadySaved,
    EntryChanged,
    EntryEdit,
    parting,
    save,
    snapshot,
)
from functions.services.directory.fields import asked_of, form_from
from functions.services.directory.sent_forms import origin


def drawn(visit: Visit, asked: Mapping[str, str]) -> str:
    """The entry's page as it is looked at; ``asked`` is the query of the address."""
    present = visit.present
    language = language_of(asked.get("lang"), visit.language)
    typed = form_from(_asked(visit), present) if present else {}
    form = EntryForm(_words(visit, language), _asked(visit), typed)
    how, seen = asked.get("saved", "") if present else "", origin(visit.services, present)
    return entry_page(EntryPage(form, visit.home, present, seen, saved=how))


def saved(visit: Visit, typed: Mapping[str, str]) -> Response:
    """Save what was typed and show the entry; or the form again, with nothing typed lost."""
    language = language_of(typed.get("_say", typed.get("_lang")), visit.language)
    if "_say" in typed:
        return page(_refilled(visit, language, typed))
    where, seen = (visit.source, visit.key), typed.get("_seen", "")
    try:
        entry = save(visit.services, EntryEdit(*where, typed, seen, _asked(visit), visit.by))
    except DirectoryError as error:
        return page(_refilled(visit, language, typed, error.problems), Invalid.status)
    except AlreadySaved as error:
        return _shown(visit, error.present, language, "already")
    except EntryChanged as error:
        later = replace(visit, now=snapshot(visit.services), key=error.present.key)
        return page(_refilled(later, language, typed, conflict=True), Conflict.status)
    if left := parting(visit.by, visit.present, entry):
        return page(message_page(language, f"directory.{left}"))
    return _shown(visit, entry, language, "yes")


def _shown(visit: Visit, entry: DirectoryEntry, language: str, how: str) -> Response:
    """Lead on to an entry's page, which tells how it was saved."""
    base = visit.services.rules.base_url
    return go_on(f"{base}{_there(visit, entry)}?lang={language}&saved={how}")


def _there(visit: Visit, entry: DirectoryEntry) -> str:
    """Where an entry's page is."""
    own = lists.named(entry.source).own_page
    return f"{visit.home}/{own if visit.own else f'directory/{entry.source}/{entry.key}'}"


def _refilled(
    visit: Visit,
    language: str,
    typed: Mapping[str, str],
    problems: Sequence[Problem] = (),
    *,
    conflict: bool = False,
) -> str:
    """The form as it was typed. After a conflict it may be saved over what is there now, also if
    that is an entry that the form of a new one has made: what the form did not ask stays."""
    asked, present = _asked(visit), visit.present
    if not (conflict and present):
        form = EntryForm(_words(visit, language), asked, typed, problems)
        return entry_page(EntryPage(form, visit.home, present, typed.get("_seen", ""), SURE))
    stored = form_from(asked, present)
    sent = {each.name for each in asked_of(visit.source, None, (), own=visit.own)}
    kept = {n: v for n, v in stored.items() if n.partition(".")[0] not in sent}
    form = EntryForm(_words(visit, language), asked, {**kept, **typed}, problems)
    seen, there = origin(visit.services, present), _there(visit, present)
    return entry_page(EntryPage(form, visit.home, present, seen, SURE, stored, action=there))


def _words(visit: Visit, language: str) -> ListWords:
    return ListWords(language, visit.source, visit.now.lists, visit.own)


def _asked(visit: Visit) -> tuple[Field, ...]:
    """The fields of the entry's form."""
    return asked_of(visit.source, visit.present, visit.now.entries, own=visit.own)
