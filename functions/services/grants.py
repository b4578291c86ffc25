"""What links permit, as it is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

PURPOSES = ("task", "status", "desk", "restore")  # of links


@dataclass(frozen=True, slots=True)
class Grant:
    """What a link permits; the token itself is nowhere, only its SHA-256 (hex).

    Links of desks are opened once and can be closed; ``made_at`` says which is the newer one.
    ``holder`` is a seal over the link and the address that it was mailed to, which tells neither.
    """

    token_hash: str
    case: str
    party: str
    purpose: str
    state: str
    round: int
    expires_at: datetime
    made_at: datetime | None = None
    opened: bool = False
    closed: bool = False
    holder: str = ""


class GrantStore(Protocol):
    """Links by the hash of their token."""

    def put(self, grant: Grant) -> None:
        """Keep a grant."""
        ...

    def find(self, token_hash: str) -> Grant | None:
        """The grant of this hash, or None. Expiry is the caller's to check. ``Newer`` if a newer
        release wrote it in a way that this one does not understand."""
        ...

    def open_desk(self, grant: Grant) -> bool:
        """Keep the opened link of a desk and note it as its person's newest, together.

        False, and nothing is kept, if a link that was made later has been opened, or this one
        has been closed.
        """
        ...

    def newest_desk(self, person: str) -> datetime | None:
        """When the newest link that was opened to a person's desk was made, or None."""
        ...
