"""The directory's pages on the desk: the lists, one entry, and somebody's own data."""

from collections.abc import Mapping
from dataclasses import dataclass

from functions import lists as directory_lists
from functions.kernel.clean import readable
from functions.kernel.directory import (
    ChangeStamp,
    DirectoryEntry,
    EntriesByList,
    by_finnish_name,
    listing,
)
from functions.render.directory.forms import EntryForm, named
from functions.render.form.widgets import SummaryError
from functions.render.page.pages import whole_page
from functions.render.text import dates
from functions.render.text.texts import page_text

CONFLICT = "changed-title"  # the heading that the error summary links to


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One entry in a list. ``facts`` are a line each."""

    name: str
    path: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryList:
    """One list: what is in use, and apart from it what is not."""

    source: str
    title: str
    add: str
    empty: str
    gone: str
    used: tuple[DirectoryRow, ...]
    retired: tuple[DirectoryRow, ...]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """What the page of one entry shows around its form. ``home`` is the desk's path.

    ``entry`` is None for a new one; ``seen`` is what the form is drawn from. ``present`` is the
    form of what somebody else has saved meanwhile. ``sure`` is the name of the confirming tick.
    ``saved``: ``yes`` if it was just saved, ``already`` if that form had been saved before.
    ``action`` is where the form goes, "" for where it stands.
    """

    form: EntryForm
    home: str
    entry: DirectoryEntry | None
    seen: str
    sure: str = ""
    present: Mapping[str, str] | None = None
    saved: str = ""
    action: str = ""


def lists_page(language: str, home: str, lists: EntriesByList, query: str = "") -> str:
    """All lists, or of them what has ``query`` in its name, address or employer."""
    return whole_page(
        "directory.html",
        language,
        page_text(language, "directory.title"),
        home=home,
        query=query,
        shelves=[
            _entry_list(language, home, lists, known.name, query)
            for known in directory_lists.known()
        ],
        languages=True,
    )


def entry_page(page: EntryPage) -> str:
    """One entry: its form, who changed it last, and what has just happened to it."""
    form, words = page.form, page.form.words
    language, source = words.language, words.source
    groups, sure = form.groups(), form.sure(page.sure) if page.sure else None
    wrong = form.wrong(groups, sure)
    if page.present is not None:
        wrong = [SummaryError(CONFLICT, page_text(language, "directory.conflict.title"))]
    own = directory_lists.named(source).own_page if words.own else ""
    title = readable(page.entry.names[language]) if page.entry else None
    return whole_page(
        "directory_entry.html",
        language,
        page_text(language, f"{own}.title") if own else title or _of(language, source, "add"),
        own=own,
        caption="" if own else _of(language, source, "title"),
        lead="" if own else _of(language, source, "lead"),
        home=page.home,
        groups=groups,
        sure=sure,
        wrong=wrong,
        entry=page.entry,
        seen=page.seen,
        changed=_changed(language, page.entry.changed, words.lists) if page.entry else "",
        differences=form.differences(page.present) if page.present is not None else None,
        saved=page.saved,
        action=page.action,
        address=readable(str(page.entry.facts.get("email", ""))) if page.entry else "",
        saying="entry",
    )


def _entry_list(
    language: str, home: str, lists: EntriesByList, source: str, query: str
) -> EntryList:
    entries = [e for e in lists.get(source, {}).values() if _matches(e, query)]
    entries.sort(key=lambda e: by_finnish_name(listing(e)))
    rows = [(e.retired, _row(language, home, lists, e)) for e in entries]
    none = page_text(language, "directory.nothing_found")
    return EntryList(
        source,
        _of(language, source, "title"),
        _of(language, source, "add"),
        none if query else _of(language, source, "empty"),
        _of(language, source, "retired_yes"),
        tuple(row for retired, row in rows if not retired),
        tuple(row for retired, row in rows if retired),
    )


def _matches(entry: DirectoryEntry, query: str) -> bool:
    facts = (str(entry.facts.get(name, "")) for name in ("email", "employer", "place"))
    text = " ".join(map(readable, [*entry.names.values(), *facts])).casefold()
    return all(word in text for word in query.casefold().split())


def _row(language: str, home: str, lists: EntriesByList, entry: DirectoryEntry) -> DirectoryRow:
    keys = entry.coordinators
    people = ", ".join(named(language, lists, "coordinators", key) for key in keys)
    facts = [readable(str(entry.facts.get(name, ""))) for name in ("employer", "email")]
    path = f"{home}/directory/{entry.source}/{entry.key}?lang={language}"
    return DirectoryRow(
        readable(entry.names[language]), path, tuple(f for f in (*facts, people) if f)
    )


def _changed(language: str, stamp: ChangeStamp | None, lists: EntriesByList) -> str:
    """``Viimeksi muuttanut …``; "" for what was saved before this was kept."""
    if stamp is None:
        return ""
    when = dates.moment(stamp.at, language)
    source, _, key = stamp.by.partition("/")
    if not key:
        return page_text(language, "directory.changed_import", when=when)
    who = named(language, lists, source, key)
    return page_text(language, f"directory.changed_{source}", when=when, who=who)


def _of(language: str, source: str, key: str) -> str:
    return page_text(language, f"directory.{source}.{key}")
