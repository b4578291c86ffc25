"""The slots for people that a process has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A role of people in a case. Answers of a form may name its holders.

    ``fields`` names the answers with name, email and language, ``rows`` answers that are lists of
    people; ``source`` and ``key`` are a directory list and the answer that picks from it, or
    ``always`` the entry that is picked every time. ``own`` are answers of the holder's own, which
    are removed with them; ``successor_mail`` goes to those who may see the holder, when another
    person takes over. A holder of one of the roles ``apart`` in a case may not act in this role
    there, nor may a holder of one of those, or of ``apart_linked``, in a linked case.
    """

    name: str
    fields: tuple[str, str, str] | None = None
    source: str = ""
    key: str = ""
    rows: tuple[str, ...] = ()
    always: str = ""
    apart: tuple[str, ...] = ()
    apart_linked: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    successor_mail: str = ""
