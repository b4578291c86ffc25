"""The rows of the tables, and the plain forms in which a case and its steps are kept."""

import hashlib
import json
from datetime import datetime
from functools import cache
from typing import Any, Self

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb.models import Model

from functions.kernel.case import Case, Event, Party
from functions.kernel.digests import canonical
from functions.kernel.history import SealedEvent
from functions.kernel.release import RELEASE
from functions.kernel.several_values import from_json
from functions.kernel.subcases import OpenSubcase, Subcases
from functions.kernel.summary import EndedPick, HistorySummary
from functions.services.ports import HistoryEntry

CASE = "case"
HISTORY = "act#"  # sorts right before the case, so that one query reads it and what is newest
OUTBOX = "outbox#"
WAITLIST = "waitlist"
CLAIM = "claim"
BY_DUE = "by_due"
BY_PART = "by_part"
SHARDS = 4
# What reading a row leads to that was edited in the store; that its case names what no definition
# knows (``Unknown``) is among it.
NO_CASE = (AttributeError, KeyError, RecursionError, TypeError, ValueError)


class DueIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    """Mails that wait: those not yet sent for their moment, parked ones for a person."""

    class Meta:  # noqa: D106
        index_name = BY_DUE
        projection = KeysOnlyProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class PartIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    """All rows by what they are: whatever is written to a case, it is found among the cases. Of the
    table's key alone, so that nobody takes a row out of it but by removing the row."""

    class Meta:  # noqa: D106
        index_name = BY_PART
        projection = KeysOnlyProjection()

    part = UnicodeAttribute(hash_key=True)
    case = UnicodeAttribute(range_key=True)


@cache
def _attributes(model: type[Model]) -> frozenset[str]:
    return frozenset(attribute.attr_name for attribute in model.get_attributes().values())


class KnownRow(Model):
    """A row that knows whether it has ``more`` than the attributes of its model: then a newer
    release wrote it."""

    more = False

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """The row of an item."""
        row = super().from_raw_data(data)
        row.more = cls.has_more(data)
        return row

    def deserialize(self, attribute_values: dict[str, Any]) -> None:
        """Become what an item is."""
        super().deserialize(attribute_values)
        self.more = self.has_more(attribute_values)

    @classmethod
    def has_more(cls, data: dict[str, Any]) -> bool:
        """Whether an item has attributes that this model does not know."""
        return not _attributes(cls).issuperset(data)


class CaseRow(KnownRow):
    """Everything of one case under one key: the case, its history, its outbox."""

    STREAM = "NEW_IMAGE"

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> "CaseRow":
        """The row; with its key alone, if it was edited to what no row can hold."""
        try:
            return super().from_raw_data(data)
        except NO_CASE:
            return cls(data["case"]["S"], data["part"]["S"])

    case = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    body: JSONAttribute = JSONAttribute(null=True)
    answers: JSONAttribute = JSONAttribute(null=True)
    salt = UnicodeAttribute(null=True)
    revision = NumberAttribute(null=True)
    seal = UnicodeAttribute(null=True)
    cover = UnicodeAttribute(null=True)
    summary = UnicodeAttribute(null=True)
    unerased = NumberAttribute(null=True)
    broken = NumberAttribute(null=True)
    status = UnicodeAttribute(null=True)
    leased_until = UnicodeAttribute(null=True)
    settled_at = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    by_due = DueIndex()
    by_part = PartIndex()


class TimerIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    """Timers that wait: for their moment, or, once they are parked, for a person."""

    class Meta:  # noqa: D106
        index_name = BY_DUE
        projection = IncludeProjection(["attempts"])

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)
    attempts = NumberAttribute(null=True)


class TimerRow(Model):
    """One timer of a case: the moment it waits for, and how often it was tried."""

    case = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    due_shard = UnicodeAttribute()
    due_at = UnicodeAttribute()
    attempts = NumberAttribute(null=True)
    by_due = TimerIndex()


class GrantRow(KnownRow):
    """A link: the hash of its token and what it permits; or when the newest of a desk was made.
    ``closed`` is there once a desk's link was: what is written beside that asks for it."""

    token_hash = UnicodeAttribute(hash_key=True)
    body: JSONAttribute = JSONAttribute()
    made_at = UnicodeAttribute(null=True)
    closed = NumberAttribute(null=True)
    expires = TTLAttribute()


class QuotaRow(Model):
    """One quota slot of a mailbox for mails that it did not ask for; it is free again at
    ``free_at``. ``holder`` is the case and the number of the mail that took it."""

    quota = UnicodeAttribute(hash_key=True)
    slot = NumberAttribute(range_key=True)
    free_at = UnicodeAttribute()
    holder = UnicodeAttribute(null=True)
    expires = TTLAttribute()


class SlotRow(Model):
    """Who holds the slots of a quota, and until when each is held."""

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> "SlotRow":
        """The row; without holders and a version if somebody edited it to what it cannot be, so
        that it is written anew."""
        try:
            return super().from_raw_data(data)
        except NO_CASE:
            return cls(data["quota"]["S"], int(data["slot"]["N"]), holders=None)

    quota = UnicodeAttribute(hash_key=True)
    slot = NumberAttribute(range_key=True)
    holders: JSONAttribute = JSONAttribute()
    version = NumberAttribute()
    expires = TTLAttribute()


class CounterRow(Model):
    """One shard of a counter, in the table of the quotas; gone when its window is."""

    quota = UnicodeAttribute(hash_key=True)
    slot = NumberAttribute(range_key=True)
    counted = NumberAttribute(null=True)
    expires = TTLAttribute()


def stamp(moment: datetime) -> str:
    """A moment as text that sorts in time (UTC, microseconds)."""
    return moment.isoformat(timespec="microseconds")


def shard(case_id: str) -> int:
    """Which part of the due index a case waits in."""
    return int(hashlib.sha256(case_id.encode()).hexdigest(), 16) % SHARDS


def history_part(number: int) -> str:
    """The sort key of an entry of a history."""
    return f"{HISTORY}{number:05}"


def flat(value: Any) -> dict[str, Any]:
    """The fields of a slotted dataclass. ``asdict`` copies all below, at many times the cost."""
    return {name: getattr(value, name) for name in value.__slots__}


def case_to_plain(case: Case) -> dict[str, Any]:
    """A case as JSON-ready values, with the release that writes it."""
    case = case.alone()
    return {
        **{name: value for name, value in flat(case).items() if name != "parent"},
        "release": RELEASE,
        "entered_at": stamp(case.entered_at),
        "opened_at": stamp(case.opened_at),
        "turned_at": stamp(case.turned_at) if case.turned_at else None,
        "parties": [flat(p) for p in case.parties],
        "subcases": {name: _kept_to_plain(kept) for name, kept in case.subcases.items()},
    }


def _kept_to_plain(kept: Subcases) -> dict[str, Any]:
    still_open = [[each.number, each.state, each.at] for each in kept.open]
    return {"begun": kept.begun, "open": still_open, "over": dict(kept.over)}


def _kept_from_plain(plain: dict[str, Any]) -> Subcases:
    still_open = tuple(OpenSubcase(*each) for each in plain["open"])
    return Subcases(plain["begun"], still_open, dict(plain["over"]))


def case_from_plain(plain: dict[str, Any]) -> Case:
    """The case that ``case_to_plain`` made ``plain`` of."""
    turned = plain.get("turned_at")
    case = Case(
        **{
            **{name: value for name, value in plain.items() if name != "release"},
            "entered_at": datetime.fromisoformat(plain["entered_at"]),
            "opened_at": datetime.fromisoformat(plain["opened_at"]),
            "turned_at": datetime.fromisoformat(turned) if turned else None,
            "parties": tuple(Party(**p) for p in plain["parties"]),
            "linked": tuple(plain.get("linked", ())),
            "answers": from_json(plain["answers"]),
            "subcases": {n: _kept_from_plain(k) for n, k in plain.get("subcases", {}).items()},
        }
    )
    if not _has_its_types(case):
        raise TypeError(case.id)
    return case


def _has_its_types(case: Case) -> bool:
    """Whether a case that was read has in each place what belongs there."""
    texts: list[Any] = [case.id, case.process, case.form, case.language, case.state, *case.linked]
    flags: list[Any] = [*case.votes.values()]
    for party in case.parties:
        texts += (party.id, party.role, party.name, party.email, party.language, party.ref)
        texts += (party.unit, party.missed)
        flags += (party.present, party.reachable, party.vacant)
    numbers: list[Any] = [party.left_at for party in case.parties]
    for kept in case.subcases.values():
        texts += [text for each in kept.open for text in (each.state, each.at)]
        numbers += [kept.begun, *kept.over.values(), *(each.number for each in kept.open)]
    numbers += (case.version, case.round, case.revision, case.next_timer, case.parties_named)
    moments = [case.entered_at, case.opened_at, case.turned_at or case.entered_at]
    moments += map(datetime.fromisoformat, case.started.values())
    return (
        all(isinstance(text, str) for text in texts)
        and all(isinstance(flag, bool) for flag in flags)
        and all(type(number) is int for number in numbers)
        and all(moment.tzinfo for moment in moments)
        and isinstance(case.answers, dict)
    )


def entry_to_plain(entry: SealedEvent) -> dict[str, Any]:
    """A history entry as JSON-ready values."""
    return {**flat(entry), "event": {**flat(entry.event), "at": stamp(entry.event.at)}}


def summary_to_text(summary: HistorySummary) -> str:
    """A summary as it is kept: JSON without the names of its fields."""
    ended = [[each.field, each.key, each.action, stamp(each.at)] for each in summary.ended]
    last = [_event_to_list(event) for event in summary.last]
    answered = [[_event_to_list(event), list(names)] for event, names in summary.answered]
    return canonical([last, answered, summary.filled, dict(summary.picked), ended])


def summary_from_text(text: str) -> HistorySummary:
    """The summary that ``summary_to_text`` made ``text`` of."""
    last, answered, filled, picked, ended = json.loads(text)
    return HistorySummary(
        tuple(_event_from_list(event) for event in last),
        tuple((_event_from_list(event), tuple(names)) for event, names in answered),
        tuple(filled),
        picked,
        tuple(
            EndedPick(name, key, act, datetime.fromisoformat(at)) for name, key, act, at in ended
        ),
    )


def _event_to_list(event: Event) -> list[Any]:
    return [*{**flat(event), "at": stamp(event.at)}.values()]


def _event_from_list(plain: list[Any]) -> Event:
    number, at, *rest = plain
    return Event(number, datetime.fromisoformat(at), *rest)


def entry_from_row(row: CaseRow) -> HistoryEntry:
    """A history row as an entry with what was said."""
    plain: dict[str, Any] = row.body
    at = datetime.fromisoformat(plain["event"]["at"])
    event = Event(**{**plain["event"], "at": at})
    answers, entry = from_json(row.answers), SealedEvent(**{**plain, "event": event})
    texts = (entry.digest, entry.previous, entry.seal, event.action, event.role, event.target)
    if not all(isinstance(text, str) for text in texts) or not isinstance(answers, dict | None):
        raise TypeError(row.part)
    return HistoryEntry(entry, answers, row.salt or "")
