"""Every word that people read, from the TOML files beside the processes and the pages.

Read when first asked for and kept: a Lambda that shows one language reads one language.
Nothing here falls back to another language, because a page in two languages is a fault
that ``missing`` finds before anybody sees it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from string import Formatter

from functions import lists, processes
from functions.kernel import LANGUAGES
from functions.kernel.definition import Action, Definition
from functions.kernel.desk import desk_lists
from functions.kernel.engine import BOUNCE, OPEN
from functions.kernel.fields import Field
from functions.kernel.handover import HAND_OVER, RESUMED, VACATED
from functions.kernel.missed_mail import MISSED, SEND_AGAIN
from functions.kernel.states import BY_ITSELF, CLOCK, State
from functions.kernel.timers import REMIND
from functions.render.text.files import toml

PAGES = Path(__file__).parents[1] / "texts"
OWN_MAILS = Path(__file__).parents[1] / "mails"  # those that belong to no process

# What a process text or a mail may ask to have filled in; the case gives the values.
PLACEHOLDERS = frozenset({"deadline", "deadline_short", "reference", "organisation", "refund"})

FACTS = "facts."  # under these keys, a directory entry's own facts are filled in
TERMS = "terms."  # under these, what is agreed to
LINES = "lines."  # and under these, what a line of a document is about


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
    return _found(_words(process, lang), f"{process}.{lang}", key)


def maybe(process: str, lang: str, key: str) -> str:
    """The text under a dotted key, or "" where a process may go without (a hint)."""
    return _words(process, lang).get(key, "")


def listed(process: str, lang: str, key: str) -> tuple[str, ...]:
    """The texts of a list under a dotted key; ``MissingText`` if there is none."""
    flat = _words(process, lang)
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


def _counted(text: str) -> str:
    """The name of the first placeholder of a text."""
    return next(name for _, name, _, _ in Formatter().parse(text) if name)


def missing(definition: Definition) -> list[str]:
    """What a definition's texts lack: ``<lang>: <key>`` for each absent or empty text,
    and ``<lang>: <key>: {name}`` for each placeholder that nothing would fill.
    """
    faults: list[str] = []
    for lang in LANGUAGES:
        flat = _words(definition.name, lang)
        texts = {key: flat.get(key, "") for key in dict.fromkeys(_needed(definition))} | flat
        for mail in definition.all_mails:
            texts |= _mail_parts(definition.name, mail.name, lang)
        for key, text in texts.items():
            if not text.strip():
                faults.append(f"{lang}: {key}")
            strange = [] if key.startswith((FACTS, LINES)) else _strange(text)
            strange = [name for name in strange if name not in _told(definition, key)]
            filled = ("since", *definition.fields()) if key.endswith(".since") else ()
            faults += [f"{lang}: {key}: {{{name}}}" for name in strange if name not in filled]
    return faults


def _told(definition: Definition, key: str) -> tuple[str, ...]:
    """The answers that the mail to which a text belongs may tell."""
    part, _, rest = key.partition(".")
    names = {mail.name: mail.tells for mail in definition.all_mails}
    return names.get(rest.partition(".")[0], ()) if part == "mails" else ()


def _needed(d: Definition) -> Iterator[str]:
    """Every key of a process's text file that some surface asks for."""
    yield from (
        "name",
        "case_type",
        f"history.{OPEN}",
    )
    itself = (REMIND, BOUNCE, MISSED, SEND_AGAIN, HAND_OVER, VACATED, RESUMED)
    yield from (f"history.{step}" for step in itself)
    yield from (f"history.own.{step}" for step in (OPEN, HAND_OVER, SEND_AGAIN))
    yield from (f"{part}.{role.name}" for role in d.roles for part in ("roles", "mentions"))
    others = (a.role for a in d.actions if a.role in BY_ITSELF)
    yield from (f"roles.{name}" for name in dict.fromkeys((CLOCK, *others)))
    for form in d.forms:
        parts = ("title", "begins", "then", "sent") if form.public else ("title", "begins")
        yield from (f"forms.{form.name}.{part}" for part in parts)
        yield from (f"sections.{section.name}.title" for section in form.sections)
    for each in d.fields().values():
        yield from _field_keys(each)
    checks = [c for form in d.forms for c in form.checks]
    checks += [c for action in d.actions for c in action.checks]
    yield from (f"checks.{check.name}" for check in checks)
    passed = {state for form in d.forms for state in form.route[:-1]}
    for state in d.states:
        parts = ("name", "now", "next", *(("passed",) if state.name in passed else ()))
        yield from (f"states.{state.name}.{part}" for part in parts)
        yield from (f"states.{state.name}.{guard.name}.next" for guard in state.variants)
        yield from _turn_keys(d, state)
    for action in d.actions:
        yield from _action_keys(action)
        if action.pressed and any(t.erases for t in d.transitions if t.action == action.name):
            yield f"actions.{action.name}.forgotten"
    yield from _document_keys(d)
    for way in d.referrals:
        yield from (f"referral.{way.choice[1]}.{part}" for part in ("title", "lead", "button"))
    yield from (f"desk.{role}.{group}" for role, group in desk_lists(d))
    for table in d.tables:
        yield from (f"tables.{table.name}.{part}" for part in ("title", *table.sums))


def _turn_keys(d: Definition, state: State) -> Iterator[str]:
    """What is said of whoever can have the turn in a state, and on which condition."""
    if not d.is_over(state.name):
        yield from (f"turns.{taker}" for taker in state.turn_roles)
    if any(taker not in BY_ITSELF for taker in state.turn_roles):
        yield from (f"tasks.{state.name}.{part}" for part in ("title", "lead"))
    yield from (f"guards.{turn.when.name}" for turn in state.turns if turn.when)


def _field_keys(field: Field) -> Iterator[str]:
    yield f"fields.{field.name}.label"
    if not field.countries:
        yield from (f"fields.{field.name}.choices.{choice}" for choice in field.choices)
    if field.code:
        yield f"checks.{field.code.name}"
    yield from (f"{FACTS}{label}{fact}" for fact in field.shows for label in ("", "labels."))
    if field.ranked:
        yield f"{FACTS}explained"
        yield from (f"{FACTS}{code}" for code in field.ranked.codes)
        yield from (f"{FACTS}facets.{facet.name}" for facet in field.ranked.facets)
        yield from (f"{FACTS}cells.{cell.name}" for cell in field.ranked.columns)
        yield from (f"{FACTS}{cell.figure}" for cell in field.ranked.columns if cell.figure)


def _action_keys(action: Action) -> Iterator[str]:
    """Nobody presses what comes by itself, so only its history and its arrow have words."""
    parts = ("label", "consequence", "question", "button", "done", "history")
    wanted = parts if action.pressed else parts[-1:]
    yield from (f"actions.{action.name}.{part}" for part in wanted)
    if action.votes:
        yield f"actions.{action.name}.heard"
    yield f"diagram.actions.{action.name}"


def _document_keys(d: Definition) -> Iterator[str]:
    """Which lines and sentences there are only the process knows: what one language has, all
    must have."""
    for document in d.documents:
        named = ("title", "lead", "button", *(part.name for part in document.parts))
        yield from (f"documents.{document.name}.{name}" for name in named)
        yield from (f"documents.{document.name}.notes.{note}" for note in document.notes)
    for point in d.terms.points if d.terms else ():
        yield f"terms.{point}.title"
    for lang in LANGUAGES:
        flat = _words(d.name, lang)
        yield from (key for key in flat if key.startswith((LINES, TERMS)))


def _mail_parts(process: str, mail: str, lang: str) -> dict[str, str]:
    path = processes.folder(process) / "mails" / mail / f"{lang}.toml"
    flat = _flat(path) if path.is_file() else {}
    parts = {f.name: flat.get(f.name, "") for f in fields(MailText) if f.name != "body"}
    body = {key: text for key, text in flat.items() if key.startswith(("body.", "urgent."))}
    return {f"mails.{mail}.{k}": text for k, text in (parts | (body or {"body": ""})).items()}


def capital(text: str) -> str:
    """With a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


def placeholders(text: str) -> list[str]:
    """The names a text wants filled in, sorted; ``?`` for braces that nothing can fill."""
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return ["?"]  # a brace that opens and never closes
    return sorted(names)


def _strange(text: str) -> list[str]:
    return [name for name in placeholders(text) if name not in PLACEHOLDERS]


def _found(texts: dict[str, str], where: str, key: str) -> str:
    try:
        return texts[key]
    except KeyError:
        raise MissingText(f"{where}: {key}") from None


def _words(process: str, lang: str) -> dict[str, str]:
    return _texts(processes.folder(process), lang)


@cache
def _texts(folder: Path, lang: str) -> dict[str, str]:
    return _flat(folder / "texts" / f"{lang}.toml")


@cache
def _pages(folder: Path, beside: tuple[str, ...], lang: str) -> dict[str, str]:
    """All page texts: those of a folder, and of the folders ``texts`` of the others."""
    merged: dict[str, str] = {}
    folders = (folder, *(Path(place) / "texts" for place in beside))
    for path in (p for each in folders for p in sorted(each.glob(f"*.{lang}.toml"))):
        merged |= _flat(path)
    return merged


@cache
def _flat(path: Path) -> dict[str, str]:
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
