"""Names and fingerprints computed from content: the same content gives the same one everywhere."""

import base64
import hashlib
import hmac
import json
from typing import Any


def case_id_of(plain: str) -> str:
    """The id of the case that this text leads to: twenty letters and digits."""
    return base64.b32encode(hashlib.sha256(plain.encode()).digest())[:20].decode().lower()


def canonical(value: Any) -> str:
    """A value as JSON that does not depend on the order in which it was put together."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def signature(secret: bytes, purpose: str, plain: str) -> str:
    """What only we can make of a text: 64 hex digits. What is signed for one ``purpose`` is nothing
    for another."""
    return hmac.new(secret, f"{purpose}\x00{plain}".encode(), hashlib.sha256).hexdigest()


def is_signature(shown: str, secret: bytes, purpose: str, plain: str) -> bool:
    """Whether this is that signature, whatever it is."""
    made = signature(secret, purpose, plain)
    return hmac.compare_digest(shown.encode(errors="replace"), made.encode())


def sha256(*parts: str) -> str:
    """The SHA-256 of texts, in hex."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
