"""The calendar files of a mail, by the case as it is when the mail leaves."""

from collections.abc import Iterator

from functions.kernel.case import Party, reference
from functions.kernel.definition import Definition
from functions.kernel.meetings import Meeting, changed_at, start_of
from functions.kernel.visibility import PARTY, sees
from functions.render.mail.mail import CalendarFile
from functions.render.text.organisation import setting
from functions.render.text.texts import page_text, process_text
from functions.services.container import Services
from functions.services.ports import OutboxItem
from functions.services.record import CaseRecord


def meetings_of(definition: Definition, mail: str) -> Iterator[Meeting]:
    """The meetings that a mail puts into its reader's calendar, or takes out of it."""
    names = definition.mail(mail).meetings
    return (meeting for meeting in definition.meetings if meeting.name in names)


def has_turned(definition: Definition, record: CaseRecord, item: OutboxItem) -> bool:
    """Whether a mail says that a meeting is on, or called off, and by now that is otherwise: a
    later mail says so."""
    return any(
        meeting.is_on(item.order.state) != meeting.is_on(record.case.state)
        for meeting in meetings_of(definition, item.order.mail)
    )


def calendar_files(
    services: Services, definition: Definition, record: CaseRecord, party: Party, mail: str
) -> tuple[CalendarFile, ...]:
    """A file for each meeting of the mail of which its reader may know the time."""
    case, sender = record.case, services.rules.sender
    found: list[CalendarFile] = []
    for meeting in meetings_of(definition, mail):
        start, changed = start_of(meeting, case), changed_at(meeting, record.summary)
        if not (start and changed and sees(definition, meeting.start, party.role, case.state)):
            continue
        # A large library, which only mails about meetings need.
        from functions.render.mail.calendar_file import Invitation, calendar_file

        left = None if party.present else record.event(party.left_at)
        changed = max(changed, left.at) if left else changed
        domain = sender.rpartition("@")[2]
        invitation = Invitation(
            uid=f"{case.id}-{meeting.name}@{domain}",
            sequence=int((changed - case.opened_at).total_seconds()),
            on=meeting.is_on(case.state) and party.present,
            start=start,
            minutes=int(str(case.answers[meeting.minutes])),
            venues=_venues(definition, record, party, meeting),
            summary=process_text(case.process, party.language, f"meetings.{meeting.name}.summary"),
            description=page_text(party.language, "mail.in_calendar", reference=reference(case.id)),
            host=_host(definition, record, party, meeting),
            sender=sender,
            reader=party.email,
            sent_at=services.clock.now(),
        )
        found.append(calendar_file(invitation, len(found) + 1))
    return tuple(found)


def _venues(
    definition: Definition, record: CaseRecord, party: Party, meeting: Meeting
) -> tuple[str, ...]:
    case = record.case
    return tuple(
        str(case.answers[name])
        for name in (meeting.venue, meeting.link)
        if name in case.answers and sees(definition, name, party.role, case.state)
    )


def _host(definition: Definition, record: CaseRecord, party: Party, meeting: Meeting) -> str:
    """The name of who holds the role of the host, if the reader may know it, or the service's."""
    case, role = record.case, meeting.host
    named = bool(role) and sees(definition, PARTY + role, party.role, case.state)
    names = [holder.name for holder in case.holders(role)] if named else []
    return next(iter(names), setting("service_name", party.language))
