"""The lines of mails about changes in the directory."""

from collections.abc import Sequence

from functions.kernel.case import Case, Party, reference
from functions.kernel.clean import readable
from functions.kernel.definition import Definition
from functions.kernel.directory import DirectoryEntry, is_picked
from functions.kernel.directory_changes import ChangeKind, DirectoryChange
from functions.kernel.duties import TOPIC_FACT, declared
from functions.kernel.timers import deadline
from functions.processes import pinned
from functions.render.text import dates
from functions.render.text.choices import offered
from functions.render.text.texts import (
    OWN_MAILS,
    form_text,
    mail_text,
    maybe,
    page_text,
    process_text,
)

MAX_LINES = 40  # lines in one mail
OWN = frozenset(folder.name for folder in OWN_MAILS.iterdir())  # mails of no process


def change_lines(changes: Sequence[DirectoryChange], language: str) -> tuple[str, ...]:
    """A line for everything that was done, up to 40, and one that says that there is more."""
    lines = [_line(change, kind, language) for change in changes for kind in change.kinds]
    return _limited(lines, language)


def maker_lines(maker: DirectoryEntry | None, language: str, *, imported: bool) -> tuple[str, ...]:
    """Who made the changes: a person of the directory, or an imported file. None for an address
    that was taken back, whose own line says it."""
    if maker:
        who = readable(maker.names.get(language) or maker.key)
        return (page_text(language, "directory_lines.by_person", who=who),)
    return (page_text(language, "directory_lines.by_import"),) if imported else ()


def case_lines(cases: Sequence[Case], language: str) -> tuple[str, ...]:
    """A line for each case: what it is and its reference, and the day if it waits for staff."""
    return _limited([_case_line(case, language) for case in cases], language)


def _case_line(case: Case, language: str) -> str:
    definition = pinned(case.process, case.version)
    roles = {role.name for role in definition.roles if role.source and not is_picked(role)}
    day = deadline(definition, case) if definition.turn(case) in roles else None
    line = f"{reference(case.id)}: {_kind(case, language)}"
    if day is None:
        return line
    return page_text(language, "directory_lines.by_day", line=line, day=dates.day(day, language))


def waited_for(definition: Definition, case: Case) -> tuple[Party, ...]:
    """The people who are to act in a case, or to record what is done elsewhere."""
    return case.holders(definition.state(case.state).recorded_by or definition.turn(case))


def overdue_lines(definition: Definition, case: Case, language: str) -> tuple[str, ...]:
    """Who is waited for: what they are in which kind of case, and their names."""
    names = [
        f"{_kind(case, language)}, {what}: {p.name}"
        for p in waited_for(definition, case)
        for what in [form_text(case.process, language, case.form, f"roles.{p.role}")]
    ]
    return _limited(names, language)


def late_lines(cases: Sequence[Case], language: str, *, by_law: bool) -> tuple[str, ...]:
    """A line for each case in which nobody has acted: who is waited for, and the day that is set
    ``by_law``."""
    lines = []
    for case in cases:
        definition = pinned(case.process, case.version)
        day = deadline(definition, case) if by_law else None
        who = "; ".join(overdue_lines(definition, case, language)) or _kind(case, language)
        when = f" ({dates.day(day, language)})" if day else ""
        lines.append(f"{reference(case.id)}: {who}{when}")
    return _limited(lines, language)


def unheld_lines(cases: Sequence[tuple[Case, Sequence[Party]]], language: str) -> tuple[str, ...]:
    """A line for each who has a place in a case still, and may not have it any more."""
    lines = []
    for case, gone in cases:
        for each in gone:
            what = form_text(case.process, language, case.form, f"roles.{each.role}")
            lines.append(f"{reference(case.id)}: {_kind(case, language)}, {what}: {each.name}")
    return _limited(lines, language)


def lost_line(entry: DirectoryEntry, mail: str, language: str) -> str:
    """That somebody has not got a mail; ``mail`` is "" if it is not known which."""
    subject = mail_text("", mail, language).subject if mail in OWN else ""
    if "{" in subject:  # it names a case, which others need not know of
        subject = ""
    return page_text(
        language,
        "directory_lines.lost" if subject else "directory_lines.lost_any",
        name=entry.names.get(language) or entry.key,
        list=page_text(language, f"directory.{entry.source}.title"),
        mail=subject,
    )


def _line(change: DirectoryChange, kind: ChangeKind, language: str) -> str:
    entry = change.after
    duties = [
        page_text(language, f"directory.fields.duties.choices.{duty}")
        for duty in declared(entry.facts)
    ]
    before, name = _names(change, language)
    return page_text(
        language,
        f"directory_lines.{kind}",
        name=name,
        before=before,
        list=page_text(language, f"directory.{entry.source}.title"),
        duties=", ".join(duties) or "–",
        topics=", ".join(_topics(entry, language)) or "–",
    )


def _topics(entry: DirectoryEntry, language: str) -> list[str]:
    topics = entry.facts.get(TOPIC_FACT, ())
    return [offered(language, TOPIC_FACT, t) for t in topics] if isinstance(topics, tuple) else []


def _names(change: DirectoryChange, language: str) -> tuple[str, str]:
    """What an entry was called and is called: in a language, or in the first in which that
    changed if it did in another alone."""
    entry, before = change.after, change.before or change.after
    changed = [n for n in entry.names if entry.names[n] != before.names.get(n)]
    shown = language if language in changed or not changed else changed[0]
    return before.names.get(shown) or before.key, entry.names.get(shown) or entry.key


def _kind(case: Case, language: str) -> str:
    own = maybe(case.process, language, f"forms.{case.form}.case_type")
    return own or process_text(case.process, language, "case_type")


def _limited(lines: Sequence[str], language: str) -> tuple[str, ...]:
    more = (page_text(language, "directory_lines.more"),) if len(lines) > MAX_LINES else ()
    return (*lines[:MAX_LINES], *more)


def waiting_lines(cases: Sequence[Case], more: bool, language: str) -> tuple[str, ...]:
    """A line for each case that waits, and one that says that there are more."""
    lines = [_waiting_line(case, language) for case in cases]
    if more:
        lines.append(page_text(language, "digest.more"))
    return tuple(lines)


def _waiting_line(case: Case, language: str) -> str:
    turn = pinned(case.process, case.version).turn(case)
    return page_text(
        language,
        "digest.line",
        reference=reference(case.id),
        state=process_text(case.process, language, f"states.{case.state}.name"),
        who=process_text(case.process, language, f"roles.{turn}"),
        when=dates.day(case.since, language),
    )
