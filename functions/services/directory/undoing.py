"""Which changes of the directory can still be undone: for its pages, and for mails about it.

It stands by itself, so that who only sends mails does not carry what reads forms and files.
"""

from functions.kernel.directory_changes import KEPT, DirectoryChange, can_be_undone
from functions.services.container import Services


def undoable(services: Services) -> tuple[DirectoryChange, ...]:
    """The changes after which somebody can still take their address back, earliest first."""
    now = services.clock.now()
    return can_be_undone(services.directory.changes_since(now - KEPT), now)
