"""The page of one directory entry and its saving, with every way that can end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Response

from functions import lists
from functions.entry.desk.directory_access import Visit
from functions.entry.web import go_on, language_of, page
from functions.kernel.directory import DirectoryError, DirectoryProblem, EntryField
from functions.kernel.errors import Conflict, Invalid
from functions.render.directory.forms import EntryForm
from functions.render.directory.pages import EntryPage, entry_page
from functions.render.page.pages import note_page
from functions.services.directory.edit import (
    SURE,
    EntryChanged,
    EntryEdit,
    fingerprint,
    parting,
    save,
    snapshot,
)
from functions.services.directory.fields import asked_of, form_from


def drawn(visit: Visit, asked: Mapping[str, str]) -> str:
    """The entry's page as it is looked at; ``asked`` is the query of the address."""
    present = visit.present
    language = language_of(asked.get("lang"), visit.language)
    typed = form_from(_asked(visit), present) if present else {}
    form = EntryForm(language, visit.source, _asked(visit), typed, visit.now.lists, own=visit.own)
    just_saved = present is not None and asked.get("saved") == "yes"
    return entry_page(EntryPage(form, visit.home, present, fingerprint(present), saved=just_saved))


def saved(visit: Visit, typed: Mapping[str, str]) -> Response:
    """Save what was typed and show the entry; or the form again, with nothing typed lost."""
    before = visit.present
    language = language_of(typed.get("_say", typed.get("_lang")), visit.language)
    if "_say" in typed:
        return page(_again(visit, language, typed))
    seen = typed.get("_seen", "")
    edit = EntryEdit(visit.source, visit.key, typed, seen, _asked(visit), visit.by)
    try:
        entry = save(visit.services, edit)
    except DirectoryError as error:
        return page(_again(visit, language, typed, error.problems), Invalid.status)
    except EntryChanged:
        later = replace(visit, now=snapshot(visit.services))
        return page(_again(later, language, typed, conflict=True), Conflict.status)
    if left := parting(visit.by, before, entry):
        return page(note_page(language, f"directory.{left}"))
    own = lists.named(entry.source).own_page
    position = own if visit.own else f"directory/{entry.source}/{entry.key}"
    there = f"{visit.services.rules.base_url}{visit.home}/{position}?lang={language}&saved=yes"
    return go_on(there)


def _again(
    visit: Visit,
    language: str,
    typed: Mapping[str, str],
    problems: Sequence[DirectoryProblem] = (),
    *,
    conflict: bool = False,
) -> str:
    """The form as it was typed. After a conflict it may be saved over what is there now."""
    asked, present = _asked(visit), visit.present
    form = EntryForm(language, visit.source, asked, typed, visit.now.lists, problems, visit.own)
    seen = fingerprint(present) if conflict else typed.get("_seen", "")
    stored = form_from(asked, present) if conflict and present else None
    return entry_page(EntryPage(form, visit.home, present, seen, SURE, stored))


def _asked(visit: Visit) -> tuple[EntryField, ...]:
    """The fields of the entry's form."""
    return asked_of(visit.source, visit.present, visit.now.entries, own=visit.own)
