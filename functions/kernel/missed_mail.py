"""A mail that the mail service has given up on for now: noted on the case, sent again by whoever
looks after it."""

from dataclasses import replace
from datetime import datetime

from functions.kernel.case import Actor, Case, Decision, Event, MailOrder
from functions.kernel.definition import Definition, Mail
from functions.kernel.errors import Refused
from functions.kernel.mail_orders import link_order
from functions.kernel.states import CLOCK
from functions.kernel.timers import is_late
from functions.kernel.urgency import pace

MISSED = "missed"  # the step that such a mail leaves in the history
SEND_AGAIN = "send_again"  # and that of sending it again


def missed(
    definition: Definition, case: Case, party_id: str, mail: str, now: datetime
) -> Decision | None:
    """Note that a mail to a party may not have arrived. None if there is nothing new to note:
    no such party or mail, the party is not reachable at all, or it is noted already."""
    party = case.party(party_id)
    known = {m.name for m in definition.all_mails}
    if party is None or not (party.present and party.reachable) or mail not in known:
        return None
    if party.missed == mail:
        return None
    return _noted(case, party_id, mail, Actor(CLOCK), MISSED, now)


def send_again(
    definition: Definition, case: Case, actor: Actor, party_id: str, now: datetime
) -> Decision:
    """Send a party the mail that they have missed. ``Refused`` if they have missed none."""
    party = case.party(party_id)
    if party is None or not (party.present and party.reachable and party.missed):
        raise Refused
    mail = definition.mail(party.missed)
    order = MailOrder(mail.name, party_id, mail.purpose, case.state, case.round)
    if not _fits(definition, case, mail, now):
        order = link_order(definition, case, party)
    decision = _noted(case, party_id, "", actor, SEND_AGAIN, now)
    return replace(decision, mail_orders=(order,))


def _fits(definition: Definition, case: Case, mail: Mail, now: datetime) -> bool:
    """Whether a mail still says what holds: it asks for nothing, or for what is to be done now
    and by a day that has not passed."""
    shared = mail.name in {definition.new_link_mail.name, definition.handover_mail.name}
    if shared or mail.purpose == "status":
        return not shared
    return not is_late(definition, case, now) and mail.name in _asking(definition, case)


def _asking(definition: Definition, case: Case) -> set[str]:
    """The mails by which a case comes to where it is, and the reminders of it."""
    found = {timer.mail for timer in pace(definition, case).timers}
    found |= {n for t in definition.transitions if t.target == case.state for n in t.mails}
    return found | {n for f in definition.forms if f.start == case.state for n in f.mails}


def _noted(
    case: Case, party_id: str, mail: str, actor: Actor, action: str, now: datetime
) -> Decision:
    """The case with what a party has missed, and the step that says so."""
    parties = tuple(replace(p, missed=mail) if p.id == party_id else p for p in case.parties)
    moved = replace(case, parties=parties, revision=case.revision + 1)
    party = party_id if action == MISSED else actor.party
    event = Event(moved.revision, now, action, actor.role, party, case.state, case.state)
    return Decision(moved, event, {})
