"""What the texts of a process lack, which tests ask before anybody reads a page."""

from collections.abc import Iterator
from dataclasses import fields

from functions import processes
from functions.kernel import LANGUAGES
from functions.kernel.definition import Action, Definition
from functions.kernel.desk import desk_lists
from functions.kernel.engine import BOUNCE, OPEN
from functions.kernel.fields import Field
from functions.kernel.handover import HAND_OVER, RESUMED, VACATED
from functions.kernel.missed_mail import MISSED, RESEND
from functions.kernel.states import BY_ITSELF, CLOCK, State
from functions.kernel.timers import REMIND
from functions.render.text.texts import (
    FACTS,
    LINES,
    PLACEHOLDERS,
    TERMS,
    MailText,
    flat_texts,
    placeholders,
    texts_of,
)

_BY_ITSELF = (REMIND, BOUNCE, MISSED, RESEND, HAND_OVER, VACATED, RESUMED)
_PRESSED = ("label", "consequence", "question", "button", "done")  # of what somebody presses


def missing_texts(definition: Definition) -> list[str]:
    """What a definition's texts lack: ``<lang>: <key>`` for each absent or empty text,
    and ``<lang>: <key>: {name}`` for each placeholder that nothing would fill.
    """
    faults: list[str] = []
    for lang in LANGUAGES:
        flat = texts_of(definition.name, lang)
        texts = {key: flat.get(key, "") for key in dict.fromkeys(needed_texts(definition))} | flat
        for mail in definition.all_mails:
            texts |= _mail_parts(definition.name, mail.name, lang)
        for key, text in texts.items():
            if not text.strip():
                faults.append(f"{lang}: {key}")
            strange = [] if key.startswith((FACTS, LINES)) else _strange(text)
            strange = [name for name in strange if name not in _mail_placeholders(definition, key)]
            filled = ("since", *definition.fields()) if key.endswith(".since") else ()
            faults += [f"{lang}: {key}: {{{name}}}" for name in strange if name not in filled]
    return faults


def _mail_placeholders(definition: Definition, key: str) -> tuple[str, ...]:
    """The answers that the mail to which a text belongs may tell."""
    part, _, rest = key.partition(".")
    names = {mail.name: mail.shows for mail in definition.all_mails}
    return names.get(rest.partition(".")[0], ()) if part == "mails" else ()


def needed_texts(d: Definition) -> Iterator[str]:
    """Every key of a process's text file that some surface asks for, mails apart."""
    yield from (
        "name",
        "case_type",
        f"history.{OPEN}",
    )
    yield from _history_keys(d)
    yield from (f"{part}.{role.name}" for role in d.roles for part in ("roles", "mentions"))
    others = [a.role for a in d.actions if a.role in BY_ITSELF] + [a.by for a in d.actions if a.by]
    yield from (f"roles.{name}" for name in dict.fromkeys((CLOCK, *others)))
    for form in d.forms:
        parts = ("title", "begins", "then", "sent") if form.public else ("title", "begins")
        yield from (f"forms.{form.name}.{part}" for part in parts)
        if d.within:  # its form is sent as an action is taken
            yield f"forms.{form.name}.done"
            yield from (f"actions.{form.name}.{part}" for part in _PRESSED)
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
            yield f"actions.{action.name}.erased"
    yield from _document_keys(d)
    for way in d.referrals:
        yield from (f"referral.{way.choice[1]}.{part}" for part in ("title", "lead", "button"))
    lists = () if d.within else desk_lists(d)
    yield from (f"desk.{role}.{group}" for role, group in lists)
    yield from (f"meetings.{meeting.name}.summary" for meeting in d.meetings)
    for table in d.tables:
        yield from (f"tables.{table.name}.{part}" for part in ("title", *table.sums))


def _history_keys(d: Definition) -> Iterator[str]:
    """What happens by itself. In a subcase nobody is replaced, and no mail comes back: that
    happens in its case."""
    itself = (REMIND,) if d.within else _BY_ITSELF
    yield from (f"history.{event}" for event in itself)
    own = (OPEN,) if d.within else (OPEN, HAND_OVER, RESEND)
    yield from (f"history.own.{event}" for event in own)
    yield from ("several",) if d.within else ()


def _turn_keys(d: Definition, state: State) -> Iterator[str]:
    """What is said of whoever can have the turn in a state, and on which condition."""
    if not d.is_over(state.name):
        yield from (f"turns.{taker}" for taker in state.turn_roles)
    if any(taker not in BY_ITSELF for taker in state.turn_roles):
        yield from (f"tasks.{state.name}.{part}" for part in ("title", "lead"))
    yield from (f"guards.{turn.when.name}" for turn in state.turns if turn.when)


def _field_keys(field: Field) -> Iterator[str]:
    yield f"fields.{field.name}.label"
    if field.others:
        yield f"fields.{field.name}.other"
    if not (field.countries or field.languages):
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
    required = (*_PRESSED, "history") if action.pressed else ("history",)
    yield from (f"actions.{action.name}.{part}" for part in required)
    if action.votes:
        yield f"actions.{action.name}.heard"
    yield f"diagram.actions.{action.name}"


def _document_keys(d: Definition) -> Iterator[str]:
    """Which lines and sentences there are only the process knows: what one language has, all
    must have."""
    for document in d.documents:
        named = ("title", "lead", "button", *(part.name for part in document.parts))
        yield from (f"documents.{document.name}.{name}" for name in named)
        yield from (f"documents.{document.name}.notes.{text}" for text in document.notes)
    for point in d.terms.points if d.terms else ():
        yield f"terms.{point}.title"
    for lang in LANGUAGES:
        flat = texts_of(d.name, lang)
        yield from (key for key in flat if key.startswith((LINES, TERMS)))


def _mail_parts(process: str, mail: str, lang: str) -> dict[str, str]:
    path = processes.folder(process) / "mails" / mail / f"{lang}.toml"
    flat = flat_texts(path) if path.is_file() else {}
    parts = {f.name: flat.get(f.name, "") for f in fields(MailText) if f.name != "body"}
    body = {key: text for key, text in flat.items() if key.startswith(("body.", "urgent."))}
    return {f"mails.{mail}.{k}": text for k, text in (parts | (body or {"body": ""})).items()}


def _strange(text: str) -> list[str]:
    return [name for name in placeholders(text) if name not in PLACEHOLDERS]
