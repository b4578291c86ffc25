"""The hash chain over a case's steps: an edited, dropped or moved step shows."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.kernel.case import Event
from functions.kernel.digests import canonical, sha256
from functions.kernel.fields import Answers

_NAME = 8  # characters by which a seal names its key


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """A step as it is kept: chained to the one before by ``previous``, sealed by ``seal``.

    ``digest`` stands for what was said, salted, so that what was said can be erased (with
    its salt) while the chain still verifies and tells nothing of it.
    """

    event: Event
    digest: str
    previous: str
    seal: str


class SealKeys:
    """The keys of seals, made of the installation's secrets: new seals are of the present one.

    ``earlier`` gives the secrets before it, the latest first. It is asked once, when a seal
    names a key that is not the present one.
    """

    def __init__(self, secret: bytes, earlier: Callable[[], Iterable[bytes]] = tuple) -> None:
        self._name, key = _named(secret)
        self._known, self._earlier = {self._name: key}, earlier
        self._asked = False

    def seal(self, *parts: str) -> str:
        """The seal of these parts by the present key, whose name it begins with."""
        return _sealed(self._name, self._known[self._name], parts)

    def fits(self, seal: str, *parts: str) -> bool:
        """Whether this is a seal of these parts, by the present key or an earlier one."""
        name = seal.partition(".")[0]
        if name not in self._known and len(name) == _NAME and not self._asked:
            self._known = {**dict(map(_named, self._earlier())), **self._known}
            self._asked = True
        key = self._known.get(name)
        return key is not None and hmac.compare_digest(seal, _sealed(name, key, parts))


def digest(answers: Answers, salt: str) -> str:
    """The salted SHA-256 of what was said, in hex."""
    return sha256(salt, canonical(dict(answers)))


def seal(
    keys: SealKeys, case_id: str, event: Event, answers_digest: str, previous: str
) -> SealedEvent:
    """The entry that follows ``previous`` (the earlier entry's seal, "" for the first)."""
    return SealedEvent(
        event,
        answers_digest,
        previous,
        keys.seal(*_parts(case_id, event, answers_digest, previous)),
    )


def verifies(
    keys: SealKeys,
    case_id: str,
    entries: Iterable[SealedEvent],
    last_seal: str | None,
    numbers: Iterable[int] | None = None,
) -> bool:
    """Whether these are the entries of a case of some ``numbers`` (all of them, if none are given),
    in order and as they were written.

    ``last_seal`` is kept with the case, so that a missing end shows too; None where the entries end
    before. What the first one of a part is chained to, its own seal says.
    """
    chain = list(entries)
    expected = range(len(chain)) if numbers is None else numbers
    if [entry.event.number for entry in chain] != list(expected):
        return False
    previous = chain[0].previous if chain and chain[0].event.number else ""
    for entry in chain:
        if entry.previous != previous:
            return False
        if not keys.fits(entry.seal, *_parts(case_id, entry.event, entry.digest, previous)):
            return False
        previous = entry.seal
    return last_seal in (None, previous)


def fits_as_kept(
    keys: SealKeys, case_id: str, entry: Mapping[str, Any], answers: Any, salt: str
) -> bool:
    """Whether an entry (plain values) is as it was written, whatever fields its event has: those of
    a newer release are under its seal, too."""
    event = entry["event"]
    at = datetime.fromisoformat(event["at"]).isoformat()
    plain = canonical({**event, "at": at, "digest": entry["digest"]})
    has_seal = keys.fits(entry["seal"], case_id, entry["previous"], plain)
    return has_seal and (answers is None or digest(answers, salt) == entry["digest"])


def cover(keys: SealKeys, case: Mapping[str, object], last_seal: str, summary: str = "") -> str:
    """The seal of a case as it is kept (plain values), with its last entry and the summary of
    its history."""
    return keys.seal("cover", canonical(dict(case)), last_seal, summary)


def covers(
    keys: SealKeys, case: Mapping[str, object], last_seal: str, made: str, summary: str = ""
) -> bool:
    """Whether ``made`` is the cover of this case with this last entry and this summary."""
    return keys.fits(made, "cover", canonical(dict(case)), last_seal, summary)


def seal_order(keys: SealKeys, box: str, number: str, order: Mapping[str, object]) -> str:
    """The seal of the order of a mail (plain values), under its number in an outbox."""
    return keys.seal("order", box, number, canonical(dict(order)))


def ordered(keys: SealKeys, box: str, number: str, order: Mapping[str, object], made: str) -> bool:
    """Whether ``made`` is the seal of this order in this outbox, under this number."""
    return keys.fits(made, "order", box, number, canonical(dict(order)))


def _parts(case_id: str, event: Event, answers_digest: str, previous: str) -> tuple[str, ...]:
    fields = {name: getattr(event, name) for name in event.__slots__}
    plain = {**fields, "at": event.at.isoformat(), "digest": answers_digest}
    return case_id, previous, canonical(plain)


def _named(secret: bytes) -> tuple[str, bytes]:
    """A key of its own for seals, and its name, which tells nothing of it."""
    key = hmac.digest(secret, b"seal", "sha256")
    return hmac.digest(key, b"name", "sha256").hex()[:_NAME], key


def _sealed(name: str, key: bytes, parts: Iterable[str]) -> str:
    plain = "\x00".join(parts).encode()
    return f"{name}.{hmac.digest(key, plain, 'sha256').hex()}"
