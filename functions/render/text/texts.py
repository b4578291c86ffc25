"""Every word that people read, from the TOML files beside the processes and the pages.

Read when first asked for and kept: a Lambda that shows one language reads one language.
Nothing here falls back to another language, because a page in two languages is a fault
that ``infra/missing_texts.py`` finds before anybody sees it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from string import Formatter

from functions import lists, processes
from functions.kernel.subcases import DOT
from functions.render.text.files import toml

PAGES = Path(__file__).parents[1] / "texts"
OF_ALL = PAGES / "processes"  # what every process says in the same words
OWN_MAILS = Path(__file__).parents[1] / "mails"  # those that belong to no process

# What a process text or a mail may ask to have filled in; the case gives the values.
PLACEHOLDERS = frozenset(
    {"deadline", "deadline_short", "reference", "number", "organisation", "refund"}
)

FACTS = "facts."  # under these keys, a directory entry's own facts are filled in
TERMS = "terms."  # under these, what is agreed to
LINES = "lines."  # and under these, what a line of a document is about
# What a subprocess calls as its process does: people, and what its pages say of each case.
_BORROWED = ("roles.", "mentions.", "mentions_several.", "turns.", "diagram.roles.",
             "history.remind", FACTS)  # fmt: skip


class MissingText(KeyError):
    """A text that should be there is not: a fault of ours, never of who reads the page."""


@dataclass(frozen=True, slots=True)
class MailText:
    """A mail in one language, placeholders unfilled. ``body`` is a list of paragraphs;
    ``why`` tells the reader why they got it, ``silence`` what happens if they do nothing.
    """

    subject: str
    ask: str
    body: tuple[str, ...]
    button: str
    why: str
    silence: str


def process_text(process: str, lang: str, key: str) -> str:
    """The text under a dotted key (``fields.title.label``); ``MissingText`` if there is none."""
    return _found(texts_of(process, lang), f"{process}.{lang}", key)


def maybe(process: str, lang: str, key: str) -> str:
    """The text under a dotted key, or "" where a process may go without (a hint)."""
    return texts_of(process, lang).get(key, "")


def list_texts(process: str, lang: str, key: str) -> tuple[str, ...]:
    """The texts of a list under a dotted key; ``MissingText`` if there is none."""
    flat = texts_of(process, lang)
    found = tuple(text for name, text in flat.items() if name.rpartition(".")[0] == key)
    return found or (_found(flat, f"{process}.{lang}", key),)


def form_text(process: str, lang: str, form: str, key: str) -> str:
    """A text in a form's own words (``forms.<form>.<key>``), or else in the process's."""
    return maybe(process, lang, f"forms.{form}.{key}") or process_text(process, lang, key)


def read_label(process: str, lang: str, field: str) -> str:
    """What a field is called to those who read its answer; ``MissingText`` if it has no label."""
    own = maybe(process, lang, f"fields.{field}.read")
    return own or process_text(process, lang, f"fields.{field}.label")


def mail_text(process: str, mail: str, lang: str, *, urgent: bool = False) -> MailText:
    """The texts of one mail of a process, or of none (""), in an ``urgent`` case with the parts
    that it has for one; ``MissingText`` names the first part that is not there."""
    folder = processes.folder(process) / "mails" if process else OWN_MAILS
    path = folder / mail / f"{lang}.toml"
    table = toml(path)
    for part in fields(MailText):
        if part.name not in table:
            raise MissingText(f"{process}.{lang}: mails.{mail}.{part.name}")
    own = table.get("urgent") if urgent else None
    table = {**table, **(own if isinstance(own, dict) else {})}
    parts = {f.name: str(table[f.name]) for f in fields(MailText) if f.name != "body"}
    body = table["body"]
    if not isinstance(body, list):
        raise MissingText(f"{process}.{lang}: mails.{mail}.body is not a list")
    return MailText(body=tuple(str(p) for p in body), **parts)


def is_own_mail(mail: str) -> bool:
    """Whether there is such a mail that belongs to no process."""
    return (OWN_MAILS / mail).is_dir()


def page_text(lang: str, key: str, **numbers: int | str) -> str:
    """A word of the pages themselves, its placeholders filled with ``numbers``.

    Page texts are all of ``texts/*.<lang>.toml`` together, here and beside the lists of the
    directory, so that each surface and each list keeps its own file. A placeholder without its
    number is a ``MissingText``, too. A text whose words depend on a number has two forms,
    ``<key>.one`` for 1 and ``<key>.many``; the first number that it names decides.
    """
    texts = _pages(PAGES, tuple(lists.__path__), lang)
    if f"{key}.many" in texts:
        key = f"{key}.{'one' if numbers.get(_counted(texts[f'{key}.many'])) == 1 else 'many'}"
    text = _found(texts, lang, key)
    try:
        return text.format(**numbers)
    except (KeyError, IndexError) as gap:
        raise MissingText(f"{lang}: {key} wants {gap}") from gap


def page_maybe(lang: str, key: str) -> str:
    """The text of the pages under a dotted key as it is, or "" where there is none."""
    return _pages(PAGES, tuple(lists.__path__), lang).get(key, "")


def _counted(text: str) -> str:
    """The name of the first placeholder of a text."""
    return next(name for _, name, _, _ in Formatter().parse(text) if name)


def capital(text: str) -> str:
    """With a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


@cache  # of texts of the repository alone, which are few
def placeholders(text: str) -> tuple[str, ...]:
    """The names a text wants filled in, sorted; ``?`` for braces that nothing can fill."""
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return ("?",)  # a brace that opens and never closes
    return tuple(sorted(names))


def _found(texts: dict[str, str], where: str, key: str) -> str:
    try:
        return texts[key]
    except KeyError:
        raise MissingText(f"{where}: {key}") from None


def texts_of(process: str, lang: str) -> dict[str, str]:
    """All texts of a process in one language, without those of its mails, by dotted key: its own,
    and those of all processes that it does not say in its own words; of a subprocess with those of
    its process for what it has from there."""
    outer, _, inner = process.partition(DOT)
    if inner:
        return _texts_within(processes.folder(outer), processes.folder(process), lang)
    return _texts(processes.folder(process), lang)


@cache
def _texts_within(outer: Path, inner: Path, lang: str) -> dict[str, str]:
    borrowed = {k: text for k, text in _texts(outer, lang).items() if k.startswith(_BORROWED)}
    own = flat_texts(inner / "texts" / f"{lang}.toml")
    return flat_texts(OF_ALL / f"{lang}.toml") | borrowed | own


@cache
def _texts(folder: Path, lang: str) -> dict[str, str]:
    return flat_texts(OF_ALL / f"{lang}.toml") | flat_texts(folder / "texts" / f"{lang}.toml")


@cache
def _pages(folder: Path, extra: tuple[str, ...], lang: str) -> dict[str, str]:
    """All page texts: those of a folder, and of the folders ``texts`` of the others."""
    merged: dict[str, str] = {}
    folders = (folder, *(Path(path) / "texts" for path in extra))
    for path in (p for each in folders for p in sorted(each.glob(f"*.{lang}.toml"))):
        merged |= flat_texts(path)
    return merged


@cache
def flat_texts(path: Path) -> dict[str, str]:
    """The texts of a TOML file by dotted key; the paragraphs of a list are ``key.0``, ``key.1``."""
    return dict(_leaves(toml(path), ""))


def _leaves(value: object, key: str) -> Iterator[tuple[str, str]]:
    """Texts by dotted key; the paragraphs of a list are ``key.0``, ``key.1``, …"""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{key}.{number}")
    else:
        yield key, str(value)
