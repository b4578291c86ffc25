"""The rows of the tables, and the plain forms in which a case and its steps are kept."""

import hashlib
from datetime import datetime
from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from functions.kernel.case import Case, Event, Party
from functions.kernel.history import SealedEvent
from functions.services.ports import HistoryEntry

CASE = "case"
HISTORY = "history#"
OUTBOX = "outbox#"
WAITLIST = "waitlist"
CLAIM = "claim"
BY_DUE = "by_due"
BY_PART = "by_part"
AFTER_HISTORY = "i"  # sorts after every history row and before the outbox
SHARDS = 4
# What reading a row leads to that was edited in the store; that its case names what no definition
# knows (``Unknown``) is among it.
NO_CASE = (AttributeError, KeyError, RecursionError, TypeError, ValueError)


class DueIndex(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
    """Rows that wait: the next timer of a case and a mail not yet sent for their moment, a
    parked mail for a person."""

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


class CaseRow(Model):
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
    entries = NumberAttribute(null=True)
    status = UnicodeAttribute(null=True)
    leased_until = UnicodeAttribute(null=True)
    settled_at = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    by_due = DueIndex()
    by_part = PartIndex()


class GrantRow(Model):
    """A link: the hash of its token and what it permits; or when the newest of a desk was made."""

    token_hash = UnicodeAttribute(hash_key=True)
    body: JSONAttribute = JSONAttribute()
    made_at = UnicodeAttribute(null=True)
    expires = TTLAttribute()


class QuotaRow(Model):
    """One quota slot of a mailbox for mails that it did not ask for; it is free again at
    ``free_at``."""

    quota = UnicodeAttribute(hash_key=True)
    slot = NumberAttribute(range_key=True)
    free_at = UnicodeAttribute()
    expires = TTLAttribute()


class HeldRow(Model):
    """Who holds the slots of a quota, and until when each is held."""

    quota = UnicodeAttribute(hash_key=True)
    slot = NumberAttribute(range_key=True)
    held: JSONAttribute = JSONAttribute()
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


def flat(value: Any) -> dict[str, Any]:
    """The fields of a slotted dataclass. ``asdict`` copies all below, at many times the cost."""
    return {name: getattr(value, name) for name in value.__slots__}


def case_to_plain(case: Case) -> dict[str, Any]:
    """A case as JSON-ready values."""
    return {
        **flat(case),
        "entered_at": stamp(case.entered_at),
        "opened_at": stamp(case.opened_at),
        "turned_at": stamp(case.turned_at) if case.turned_at else None,
        "parties": [flat(p) for p in case.parties],
    }


def case_from_plain(plain: dict[str, Any]) -> Case:
    """The case that ``case_to_plain`` made ``plain`` of."""
    turned = plain.get("turned_at")
    case = Case(
        **{
            **plain,
            "entered_at": datetime.fromisoformat(plain["entered_at"]),
            "opened_at": datetime.fromisoformat(plain["opened_at"]),
            "turned_at": datetime.fromisoformat(turned) if turned else None,
            "parties": tuple(Party(**p) for p in plain["parties"]),
            "linked": tuple(plain.get("linked", ())),
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
    numbers += (case.version, case.round, case.revision, case.next_timer, case.parties_named)
    moments = (case.entered_at, case.opened_at, case.turned_at or case.entered_at)
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


def entry_from_row(row: CaseRow) -> HistoryEntry:
    """A history row as an entry with what was said."""
    plain: dict[str, Any] = row.body
    at = datetime.fromisoformat(plain["event"]["at"])
    event = Event(**{**plain["event"], "at": at})
    return HistoryEntry(SealedEvent(**{**plain, "event": event}), row.answers, row.salt or "")
