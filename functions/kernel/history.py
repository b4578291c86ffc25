"""The hash chain over a case's steps: an edited, dropped or moved step shows."""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

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
    keys: SealKeys, case_id: str, event: Event, said_digest: str, previous: str
) -> SealedEvent:
    """The entry that follows ``previous`` (the earlier entry's seal, "" for the first)."""
    return SealedEvent(
        event, said_digest, previous, keys.seal(*_parts(case_id, event, said_digest, previous))
    )


def verifies(keys: SealKeys, case_id: str, entries: Iterable[SealedEvent], last_seal: str) -> bool:
    """Whether these are all the entries of a case, in order and as they were written.

    ``last_seal`` is kept with the case, so that a missing end shows too.
    """
    previous, number = "", 0
    for entry in entries:
        if entry.previous != previous or entry.event.number != number:
            return False
        if not keys.fits(entry.seal, *_parts(case_id, entry.event, entry.digest, previous)):
            return False
        previous, number = entry.seal, number + 1
    return previous == last_seal


def cover(keys: SealKeys, case: Mapping[str, object], last_seal: str) -> str:
    """The seal of a case as it is kept (plain values), with its last entry."""
    return keys.seal("cover", canonical(dict(case)), last_seal)


def covers(keys: SealKeys, case: Mapping[str, object], last_seal: str, made: str) -> bool:
    """Whether ``made`` is the cover of this case with this last entry."""
    return keys.fits(made, "cover", canonical(dict(case)), last_seal)


def _parts(case_id: str, event: Event, said_digest: str, previous: str) -> tuple[str, ...]:
    fields = {name: getattr(event, name) for name in event.__slots__}
    plain = {**fields, "at": event.at.isoformat(), "digest": said_digest}
    return case_id, previous, canonical(plain)


def _named(secret: bytes) -> tuple[str, bytes]:
    """A key of its own for seals, and its name, which tells nothing of it."""
    key = hmac.digest(secret, b"seal", "sha256")
    return hmac.digest(key, b"name", "sha256").hex()[:_NAME], key


def _sealed(name: str, key: bytes, parts: Iterable[str]) -> str:
    plain = "\x00".join(parts).encode()
    return f"{name}.{hmac.digest(key, plain, 'sha256').hex()}"
