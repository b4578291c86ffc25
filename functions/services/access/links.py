"""Links: made when a mail is sent, opened by its recipient, and ended with the turn they were made
for."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from functions.kernel.apart import LinkedCases, kept_by
from functions.kernel.case import Case, Event, MailOrder, Party
from functions.kernel.definition import Action, Definition, Purpose
from functions.kernel.desk import confirmed
from functions.kernel.digests import canonical
from functions.kernel.directory_changes import KEPT, DirectoryChange, address, undone_until
from functions.kernel.durations import day_ends, day_of
from functions.kernel.duties import DIRECTORY
from functions.kernel.engine import open_actions
from functions.kernel.errors import Broken, DeskOver, HandedOn, Refused
from functions.kernel.handover import in_role
from functions.kernel.mail_orders import link_order
from functions.kernel.mailboxes import plain, same_address
from functions.kernel.states import CLOCK
from functions.kernel.subcases import root_of
from functions.lists import duties_for
from functions.processes import pinned
from functions.services.access.linked_cases import excluding_cases, found_linked, require_known
from functions.services.access.offices import Offices, refusal
from functions.services.access.people import person_key
from functions.services.access.quotas import of_form, of_fresh
from functions.services.access.tokens import CaseToken, taken_apart, way_to
from functions.services.container import Services
from functions.services.history import event_of
from functions.services.integrity import broken, is_latest, is_sound
from functions.services.ports import CaseRecord, Found, Grant

Standing = Literal["open", "done", "expired", "left"]
DeskStanding = Literal["unopened", "open", "old", "newer", "closed"]
OVER = ("done", "left")  # a link that is too old says that, whatever was done through it
_ROUND = "[1-9][0-9]{0,5}"
_Read = Callable[[str], CaseRecord | None]
RESTORE = "restore"  # the purpose of a link by which somebody takes their address back
DESK = "desk"  # stands for the case and the purpose in grants and mails of desks


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened link: the case, the party, and what the link permits now. ``standing`` says whether
    its turn is still on.

    ``open``: it permits ``actions``; ``done``: the turn it was made for is over; ``expired``: too
    old; ``left``: its holder no longer has a place in the case. Where the history is not ``sound``,
    nothing can be done; ``unread`` is the error where the reason is a linked case that cannot be
    read. ``linked_cases`` are the cases linked to it, where a role of theirs may keep its holder
    from acting, of those that were ``found`` (None: not read). ``left`` is the event by which its
    holder lost their place.
    """

    definition: Definition
    record: CaseRecord
    party: Party
    purpose: Purpose
    standing: Standing
    actions: tuple[Action, ...]
    sound: bool = True
    linked_cases: LinkedCases = ()
    left: Event | None = None
    unread: Broken | None = None
    found: Found | None = None

    @property
    def why_unsound(self) -> Broken:
        """Why nothing can be done where the history is not ``sound``."""
        return self.unread or Broken()

    @property
    def case(self) -> Case:
        """The case the link is for."""
        return self.record.case

    @property
    def kept_by(self) -> tuple[Definition, str] | None:
        """The other role by which its holder may not act in the case, with the definition it is
        of; None if they may."""
        party = self.party
        return kept_by(self.definition, self.case, party.role, party.email, self.linked_cases)

    @property
    def has_new_turn(self) -> bool:
        """Whether the turn that the link was made for is over and its holder has another one."""
        case, party = self.case, self.party
        turn = self.definition.turn(case) == party.role and party.id not in case.votes
        turn = turn and not self.kept_by
        vacant = self.definition.is_vacant(case)  # then somebody is to be found for the place
        can = vacant or open_actions(self.definition, case, party.role, "task")
        return self.standing == "done" and party.present and turn and bool(can)

    @property
    def had_this_turn(self) -> bool:
        """Whether the present turn is one that its holder has had before."""
        here = self.case.state
        return any(s.source == here != s.target for s in ends(self))


def mint(
    services: Services, case_id: str, order: MailOrder, email: str, deadline: date | None = None
) -> str:
    """A new link for an ordered mail to ``email``; its address. Only the token's hash is kept, and
    a seal by which it is that address's alone.

    A link of a case lives to the end of its last day in Finland, and through the ``deadline``
    that its mail names.
    """
    rules, now = services.rules, services.clock.now()
    if order.purpose == DESK:
        expires_at = now + rules.desk_unopened
    else:
        lifetime = rules.task_link if order.purpose == "task" else rules.status_link
        last = day_of(now) + lifetime
        expires_at = day_ends(max(last, deadline or last))
    token = secrets.token_urlsafe(32)
    grant = Grant(
        token_hash=token_hash(token),
        case=case_id,
        party=order.party,
        purpose=order.purpose,
        state=order.state,
        round=order.round,
        expires_at=expires_at,
        made_at=now if order.purpose == DESK else None,
    )
    services.grants.put(sealed_for(services, grant, email))
    return f"{rules.base_url}/api/{'d' if order.purpose == DESK else 't'}/{token}"


def mint_restoring(services: Services, change: DirectoryChange) -> str:
    """A link by which an address can be taken back for as long as that is possible now."""
    token, known = secrets.token_urlsafe(32), services.clock.now() - KEPT
    until = undone_until(services.directory.changes_since(known), change)
    grant = Grant(token_hash(token), DIRECTORY, "before", RESTORE, change.id, 0, until)
    email = address(change.before) if change.before else ""
    services.grants.put(sealed_for(services, grant, email) if email else grant)
    return f"{services.rules.base_url}/api/d/{token}/{RESTORE}"


def token_hash(token: str) -> str:
    """The form in which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def sealed_for(services: Services, grant: Grant, email: str) -> Grant:
    """A grant as it is kept: with the seal by which it is that address's alone and permits what it
    says, no more and no longer."""
    return replace(grant, holder=services.cases.keys.seal(*_permitted(grant, email)))


def is_holders(services: Services, grant: Grant, email: str) -> bool:
    """Whether a link was mailed to this address and permits what it did when it was kept. If not,
    the case or the link was edited or put back in the store, which is an alarm."""
    if services.cases.keys.fits(grant.holder, *_permitted(grant, email)):
        return True
    broken(grant.case)
    return False


def _permitted(grant: Grant, email: str) -> tuple[str, ...]:
    """All that decides who may open a link, until when, and what for; a field that a grant gets is
    under the seal without being named here."""
    permitted = {f.name: getattr(grant, f.name) for f in fields(grant) if f.name != "holder"}
    plain_values = {name: _plain(value) for name, value in permitted.items()}
    return "link", plain(email), canonical(plain_values)


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def desk_standing(services: Services, grant: Grant) -> DeskStanding:
    """How a desk's link stands: not opened yet, open, or why it is over."""
    if grant.closed:
        return "closed"
    newest = services.grants.newest_desk(grant.party)
    if newest and grant.made_at and newest > grant.made_at:
        return "newer"
    if services.clock.now() >= grant.expires_at:
        return "old"
    return "open" if grant.opened else "unopened"


def open_link(services: Services, token: str, *, page: bool = False, ended: bool = False) -> Opened:
    """What this token shows now; ``Refused`` for all that was never a link of ours. ``page``: with
    the newest entries, which a page shows; ``ended``: also where its desk is over.

    A case on a desk is opened by the desk's token: ``<desk>.<case>.<party>.<round>``; another part
    of the case that a link was mailed for by that link's: ``<token>.<subprocess>.<number>.<round>``
    (``services/access/tokens.py``).
    """
    read, parts = services.cases.page if page else services.cases.case, taken_apart(token)
    if parts is None:
        raise Refused
    if parts.party:
        return _open_from_desk(services, parts, read, ended=ended)
    if parts.is_adjacent:
        return _open_adjacent(services, parts, read)
    grant = services.grants.find(token_hash(token))
    record = read(grant.case) if grant and grant.purpose != DESK else None
    party = record.case.party(grant.party) if grant and record else None
    if grant is None or record is None or party is None:
        raise Refused
    if not is_holders(services, grant, party.email):
        raise Refused
    definition = pinned(record.case.process, record.case.version)
    party = Offices(services).seen(definition, record.case, _present_party(record.case, party))
    purpose: Purpose = "task" if grant.purpose == "task" else "status"
    standing = _standing(grant, record.case, party, services.clock.now())
    if purpose == "task" and standing == "open" and party.id != grant.party:
        standing = "done"  # they are asked anew in their new place
    return _opened(services, definition, record, party, purpose, standing, grant.round)


def _present_party(case: Case, party: Party) -> Party:
    """The place of a link's holder: who has left, and came back in the same role, has a new one."""
    if party.present:
        return party
    same = (p for p in case.parties if p.role == party.role and p.present)
    return next((p for p in same if same_address(p.email, party.email)), party)


def _opened(
    services: Services,
    definition: Definition,
    record: CaseRecord,
    party: Party,
    purpose: Purpose,
    standing: Standing,
    made_in: int = 0,
) -> Opened:
    """What a link shows, with what can be done through it. A case that is in an earlier turn than
    the one its link was ``made_in``, or older than what lies on desks for it, was put back in the
    store; that is looked at whether or not something can be done through the link."""
    require_known(record.case, party.role)
    sound = is_sound(services, record) and made_in <= record.case.round
    if made_in > record.case.round:
        broken(record.case.id)
    elif sound:
        sound = is_latest(services, record)
        record = replace(record, latest=sound)
    opened = Opened(definition, record, party, purpose, standing, (), sound)
    try:
        if standing == "left":
            opened = replace(opened, left=event_of(services, record, party.left_at))
        opened = replace(opened, found=found_linked(services, definition, record.case, party.role))
        linked = excluding_cases(record.case, opened.found, whole=True)
    except Broken as error:  # whom a linked case keeps from acting nobody knows
        return replace(opened, sound=False, unread=error if sound else None)
    opened = replace(opened, linked_cases=linked)
    if not sound or standing != "open" or opened.kept_by:
        return opened
    return replace(opened, actions=open_actions(definition, record.case, party.role, purpose))


def ask_fresh(services: Services, token: str) -> Opened:
    """Mail a fresh link to the address on record: to the task if it is their turn, else status.

    At most three in 24 hours for one person and case (``TooMany``).
    """
    opened = open_link(services, token)
    case, party = opened.case, opened.party
    if not party.present:
        raise Refused
    order = link_order(opened.definition, case, party)
    quota = of_fresh(root_of(case.id), party.id)
    if opened.definition.unproven(case):  # nobody has shown that the mailbox is theirs
        quota = of_form(services, party.email)
    services.cases.post(case.id, order, services.clock.now(), quota)
    return opened


def erased_by_link(services: Services, token: str) -> tuple[Definition, str] | None:
    """The definition of a case that the link's holder erased, and the name of the action."""
    parts = taken_apart(token)
    grant = services.grants.find(token_hash(parts.own)) if parts else None
    if grant is None or parts is None or (grant.purpose == DESK) != bool(parts.party):
        return None
    case_id, party_id = parts.case, parts.party
    if grant.purpose != DESK:
        case_id, party_id = grant.case, grant.party
    elif desk_standing(services, grant) != "open":
        return None
    record = services.cases.case(case_id)
    if record is None or record.case.parties:
        return None
    event = record.summary.last[-1]
    own = party_id and event.party == party_id
    return (pinned(record.case.process, record.case.version), event.action) if own else None


def erased_after(services: Services, token: str) -> int | None:
    """In how many days the case of a mailed link had to be confirmed, where time erased it because
    it was not; 0 where it was kept for as long as such cases are; None for any other link."""
    grant = services.grants.find(token_hash(token))
    record = services.cases.case(grant.case) if grant and grant.purpose != DESK else None
    if record is None or record.case.parties or record.summary.last[-1].role != CLOCK:
        return None
    event, case = record.summary.last[-1], record.case
    definition = pinned(case.process, case.version)
    limit = definition.state(event.source).deadline if event.source else None
    start = definition.unproven(replace(case, state=event.source))
    return limit.days if start and isinstance(limit, timedelta) else 0


def _open_adjacent(services: Services, parts: CaseToken, read: _Read) -> Opened:
    """Another part of the case that a link was mailed for, as its holder may open it for as long as
    the link itself is open; nothing is minted for it."""
    own = open_link(services, parts.own)
    case_id = ".".join(filter(None, (root_of(own.case.id), parts.part)))
    record = read(case_id)
    if record is None or not re.fullmatch(_ROUND, parts.round):
        raise Refused
    case, party = record.case, own.party
    definition = pinned(case.process, case.version)
    purpose: Purpose = "task" if definition.turn(case) == party.role else "status"
    standing = own.standing
    if standing == "open" and int(parts.round) != case.round:
        standing = "done"
    opened = _opened(services, definition, record, party, purpose, standing)
    return opened if own.sound else replace(opened, sound=False, actions=())


def _open_from_desk(
    services: Services, parts: CaseToken, read: _Read, *, ended: bool = False
) -> Opened:
    """A case as the desk's person may open it; nothing is minted for it. ``DeskOver`` unless the
    desk's own link shows the desk now, or may have ``ended``."""
    case_id, party_id, number = parts.case, parts.party, parts.round
    grant = services.grants.find(token_hash(parts.own))
    record = read(case_id) if grant and grant.purpose == DESK else None
    party = record.case.party(party_id) if record else None
    if grant is None or record is None or party is None:
        raise Refused
    case, definition = record.case, pinned(record.case.process, record.case.version)
    acted = record.summary.acted(party_id)
    theirs = hmac.compare_digest(person_key(services, party.email), grant.party)
    theirs = theirs and is_holders(services, grant, party.email)
    if not (theirs and confirmed(definition, case) and re.fullmatch(_ROUND, number)):
        raise Refused
    if (desk_now := desk_standing(services, grant)) != "open" and not ended:
        raise DeskOver(party.language, desk_now, party.email)
    if not Offices(services).holds(definition, case, party):
        raise refusal(
            services, party.email, frozenset(duties_for(definition.role(party.role), case.answers))
        )
    if not (party.present or acted):  # they saw it, where they looked after it
        after = in_role(case, party) if party.role == definition.owner else ()
        raise HandedOn(tuple(p.name for p in after)) if after else Refused
    turn = definition.turn(case) == party.role
    purpose: Purpose = "task" if turn else "status"
    standing: Standing = "open" if int(number) == case.round else "done"
    if not party.present:
        standing = "left"  # they see what they did, as by their mails' links
    return _opened(services, definition, record, party, purpose, standing)


def _standing(grant: Grant, case: Case, party: Party, now: datetime) -> Standing:
    if not party.present:
        return "left"
    if grant.purpose == "task" and (grant.state, grant.round) != (case.state, case.round):
        return "done"
    return "expired" if now >= grant.expires_at else "open"


def present_row(opened: Opened, token: str) -> str:
    """The token by which a link's holder, who came from their desk or another part of the case,
    opens it as it is now; "" if they came from a mail, their desk is closed, or it is of now."""
    parts = taken_apart(token)
    earlier = parts and parts.round and opened.standing == "done" and opened.party.present
    row = way_to(token, opened.case)
    return row if earlier and row != token else ""


def ends(opened: Opened) -> Iterator[Event]:
    """The latest first, the last of each kind: what the link's holder did, and what others did in a
    turn of theirs."""
    definition, party = opened.definition, opened.party
    votes = {a.name: a.votes for a in definition.actions}
    ballots = {t.source for t in definition.transitions if votes[t.action]}
    for event in reversed(opened.record.summary.last):
        if event.action not in votes:
            continue
        turn = party.role in definition.state(event.source).for_form(opened.case.form).turn_roles
        theirs = turn and event.source not in ballots  # where all answer, nobody's answer is lost
        if event.party == party.id or theirs:
            yield event
