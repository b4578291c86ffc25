"""The hash chain over a case's steps: an edited, dropped or moved step shows."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from functions.kernel.case import Step
from functions.kernel.fields import Answers


@dataclass(frozen=True, slots=True)
class Entry:
    """A step as it is kept: chained to the one before by ``previous``, sealed by ``seal``.

    ``digest`` stands for what was said, salted, so that what was said can be erased (with
    its salt) while the chain still verifies and tells nothing of it.
    """

    step: Step
    digest: str
    previous: str
    seal: str


def digest(said: Answers, salt: str) -> str:
    """The salted SHA-256 of what was said, in hex."""
    return _hash(salt, json.dumps(dict(said), sort_keys=True, ensure_ascii=False))


def seal(step: Step, said_digest: str, previous: str) -> Entry:
    """The entry that follows ``previous`` (the earlier entry's seal, "" for the first)."""
    return Entry(step, said_digest, previous, _seal(step, said_digest, previous))


def verifies(entries: Iterable[Entry], last_seal: str) -> bool:
    """Whether these are all the entries of a case, in order and as they were written.

    ``last_seal`` is kept with the case, so that a missing end shows too.
    """
    previous, number = "", 0
    for entry in entries:
        if entry.previous != previous or entry.step.number != number:
            return False
        if entry.seal != _seal(entry.step, entry.digest, previous):
            return False
        previous, number = entry.seal, number + 1
    return previous == last_seal


def _seal(step: Step, said_digest: str, previous: str) -> str:
    fields = {name: getattr(step, name) for name in step.__slots__}
    plain = {**fields, "at": step.at.isoformat(), "digest": said_digest}
    return _hash(previous, json.dumps(plain, sort_keys=True, ensure_ascii=False))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
