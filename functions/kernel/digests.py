"""Names and marks that are worked out of what they are of: the same for the same, everywhere."""

import base64
import hashlib
import json
from typing import Any


def case_id_of(plain: str) -> str:
    """The id of the case that this text leads to: twenty letters and digits."""
    return base64.b32encode(hashlib.sha256(plain.encode()).digest())[:20].decode().lower()


def canonical(value: Any) -> str:
    """A value as JSON that does not depend on the order in which it was put together."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def sha256(*parts: str) -> str:
    """The SHA-256 of texts, in hex."""
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
