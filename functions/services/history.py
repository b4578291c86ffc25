"""Parts of a history: those that were read with the case, or are read now; where they are read they
are verified."""

from dataclasses import replace

from functions.kernel.case import Event
from functions.services.container import Services
from functions.services.integrity import require_sound
from functions.services.ports import CaseRecord


def part_of(services: Services, record: CaseRecord, numbers: range) -> CaseRecord:
    """The same case with the entries of these numbers. It is for the caller to ask whether they are
    ``sound``."""
    numbers = range(max(0, numbers.start), min(numbers.stop, record.entries))
    read = range(record.entries) if record.asked is None else record.asked
    if not numbers:
        return replace(record, history=(), asked=range(0))
    if numbers.start not in read or numbers[-1] not in read:
        return services.cases.entries(record, numbers)
    there = tuple(e for e in record.history if e.sealed.event.number in numbers)
    return replace(record, history=there, asked=numbers)


def with_event(services: Services, record: CaseRecord, number: int) -> CaseRecord:
    """The same case, with the event of this number. It is read only if the summary does not have
    it. ``Broken`` if it is not as it was written."""
    if record.event(number) or not 0 <= number < record.entries:
        return record
    part = part_of(services, record, range(number, number + 1))
    require_sound(services, part)
    return part


def event_of(services: Services, record: CaseRecord, number: int) -> Event | None:
    """The event of this number, or None. ``Broken`` if it is not as it was written."""
    return with_event(services, record, number).event(number)
