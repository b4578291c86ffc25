"""A mail that the mail service has given up on for now: noted on the case, sent again by whoever
looks after it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from functions.kernel.case import Actor, Case, Decision, Event, MailOrder
from functions.kernel.definition import Definition
from functions.kernel.engine import BOUNCE
from functions.kernel.errors import Refused
from functions.kernel.mail_orders import link_order
from functions.kernel.states import CLOCK
from functions.kernel.subcases import DOT
from functions.kernel.timers import REMIND, is_late

MISSED = "missed"  # the step that such a mail leaves in the history
RESEND = "resend"  # and that of sending it again
# Steps that no act leaves, and that leave everybody in the case who is in it.
CHANGES_NOBODY = frozenset((MISSED, RESEND, REMIND, BOUNCE))


def missed(
    definition: Definition, case: Case, party_id: str, mail: str, now: datetime
) -> Decision | None:
    """Note that a mail to a party may not have arrived. None if there is nothing new to note:
    no such party or mail, the party is not reachable at all, or it is noted already."""
    party = case.party(party_id)
    known = {m.name for m in definition.all_mails}
    within = DOT in mail  # one of a subcase, named after its subprocess
    if party is None or not (party.present and party.reachable and (within or mail in known)):
        return None
    if party.missed == mail:
        return None
    return _recorded(case, party_id, mail, Actor(CLOCK), MISSED, now)


def resend_missed(
    definition: Definition,
    case: Case,
    actor: Actor,
    party_id: str,
    now: datetime,
    order: MailOrder | None = None,
    since: Iterable[str] = (),
) -> Decision:
    """Send a party the mail that they have missed, by its latest ``order``, or in its place a link
    to where the case is now. ``since`` are the steps that were taken after it was ordered.
    ``Refused`` if they have missed none."""
    party = case.party(party_id)
    if party is None or not (party.present and party.reachable and party.missed):
        raise Refused
    if order is None or not _fits(definition, case, order, since, now):
        order = link_order(definition, case, party)
    decision = _recorded(case, party_id, "", actor, RESEND, now)
    return replace(decision, mail_orders=(order,))


def _fits(
    definition: Definition, case: Case, order: MailOrder, since: Iterable[str], now: datetime
) -> bool:
    """Whether a mail still says what holds, whatever it says: the case is where it was when the
    mail was ordered, with the same people, and the day that it may name has not passed."""
    here = (case.state, case.round) == (order.state, order.round)
    acts = {action.name for action in definition.actions}  # of a turn that is still on: answers
    same_people = acts.union(CHANGES_NOBODY).issuperset(since)
    return here and same_people and not is_late(definition, case, now)


def _recorded(
    case: Case, party_id: str, mail: str, actor: Actor, action: str, now: datetime
) -> Decision:
    """The case with what a party has missed, and the step that says so."""
    parties = tuple(replace(p, missed=mail) if p.id == party_id else p for p in case.parties)
    moved = replace(case, parties=parties, revision=case.revision + 1)
    party = party_id if action == MISSED else actor.party
    event = Event(moved.revision, now, action, actor.role, party, case.state, case.state)
    return Decision(moved, event, {})
