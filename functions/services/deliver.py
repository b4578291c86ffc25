"""Mails out of the outbox: leased, addressed from the case as it is now, sent, settled."""

import logging

from functions.kernel.case import Party
from functions.kernel.definition import Definition
from functions.kernel.duties import DIRECTORY
from functions.kernel.errors import KapulaError
from functions.kernel.ladder import deadline
from functions.kernel.pace import asks, helped, is_urgent, paces
from functions.processes import pinned
from functions.render.mail import Note, message, names_day
from functions.services.bounced import note_bounce
from functions.services.desk_letters import send_desk_letter
from functions.services.directory_told import SETTLED, follow_case, send_directory_letter
from functions.services.links import DESK, mint
from functions.services.offices import Offices
from functions.services.ports import File, Letter, SendFailed
from functions.services.quotas import code_of, of_address
from functions.services.repeated import repeated
from functions.services.sealing import hold
from functions.services.telling import answers_told, cases_named
from functions.services.unanswered import WAIT, gathered, handed_kind, must_wait, new_kind
from functions.services.wiring import Services

_log = logging.getLogger("kapula.deliver")
MOST_ATTEMPTS = 8
_WAITS = {"held": WAIT, "soon": SETTLED}


def deliver(services: Services, case_id: str, number: str) -> str:
    """Send one mail of the outbox. Returns what became of it.

    ``sent``; ``suppressed`` (its turn was over); ``held`` (it leaves tomorrow); ``soon`` (in some
    minutes); ``parked`` (cannot be sent, needs a person); ``later`` (a failure that may pass);
    ``taken`` (somebody else has it, or it is done). Never raises for one bad mail, so that it does
    not stop the others.
    """
    letter = services.cases.lease(case_id, number, services.clock.now())
    if letter is None:
        return "taken"
    if letter.attempts > MOST_ATTEMPTS:  # it killed its sender each time
        _log.error("mail parked: %s killed its sender", letter.order.mail)
        services.cases.settle(letter, "parked")
        return "parked"
    try:
        outcome = _send(services, letter)
    except (SendFailed, KapulaError) as error:
        permanent = isinstance(error, SendFailed) and error.permanent
        if not permanent and letter.attempts < MOST_ATTEMPTS:
            _log.warning("mail put off: %s %s", letter.order.mail, type(error).__name__)
            services.cases.release(letter, services.clock.now())
            return "later"
        _log.error("mail parked: %s %s", letter.order.mail, error)
        outcome = "parked"
    if outcome in _WAITS:
        services.cases.postpone(letter, services.clock.now() + _WAITS[outcome])
    else:
        services.cases.settle(letter, outcome)
    return outcome


def resume_parked(services: Services) -> int:
    """Have every parked mail tried anew by the clock's next round; how many there were."""
    now = services.clock.now()
    return sum(services.cases.unpark(*mail, now) for mail in services.cases.parked())


def _send(services: Services, letter: Letter) -> str:
    if letter.order.purpose == DESK:
        return send_desk_letter(services, letter)
    if letter.order.purpose == DIRECTORY:
        return send_directory_letter(services, letter)
    file = services.cases.load(letter.case)
    if file:
        hold(file, letter.order.round)
    party = file.case.party(letter.order.party) if file else None
    if file is None or party is None or not party.reachable:
        return "suppressed"
    case = file.case
    definition = pinned(case.process, case.version)
    if not _current(definition, file, party, letter):
        return "suppressed"
    over = definition.is_over(case.state) or not party.present
    if over and _never_told(services, file, party, letter):
        return "suppressed"
    if services.limits.suppressed(of_address(services, party.email), services.clock.now()):
        note_bounce(services, case.id, party.id)
        return "suppressed"
    if not Offices(services).has_right(definition, case, party):
        follow_case(services, file)  # whoever has the place by now is told of it
        return "suppressed"
    if kept := _kept_back(services, definition, file, party, letter):
        return kept
    services.post.send(message(_note(services, definition, file, party, letter)))
    return "sent"


def _note(
    services: Services, definition: Definition, file: File, party: Party, letter: Letter
) -> Note:
    case = file.case
    until = deadline(definition, case) if case.state == letter.order.state else None
    unproven = definition.unproven(case)
    return Note(
        process=case.process,
        mail=letter.order.mail,
        language=party.language,
        to=party.email,
        case_id=case.id,
        link=mint(services, case.id, letter.order, party.email, until),
        deadline=until,
        sender=services.rules.sender,
        sent_at=services.clock.now(),
        dedupe=f"{letter.case}.{letter.number}",
        letter=f"{case.id}-{party.id}-{letter.order.mail}",
        told=answers_told(services, definition, case, party, letter.order.mail),
        names=cases_named(services, definition, case, party),
        code=code_of(services, party.email, services.today()) if unproven else "",
        urgent=is_urgent(definition, case),
        asks=asks(definition, case, letter.order.mail, letter.order.purpose),
        helps=helped(definition, case, party),
    )


def _kept_back(
    services: Services, definition: Definition, file: File, party: Party, letter: Letter
) -> str:
    """What becomes of a mail of which its mailbox has been sent enough today; "" if it leaves."""
    if must_wait(services, definition, file.case, party, letter):
        return "held"
    mail, listed = letter.order.mail, bool(definition.role(party.role).source)
    if not listed or mail == definition.fresh_mail.name:
        return repeated(services, definition, letter)
    kind = handed_kind(mail) or new_kind(definition, file, party, mail)
    at_once = gathered(services, party.email, kind, letter)
    return "suppressed" if at_once else repeated(services, definition, letter)


def _never_told(services: Services, file: File, party: Party, letter: Letter) -> bool:
    """Whether none of the earlier mails about a case has left for a party who did nothing in it
    either: as they never heard of it, they do not hear that it is over for them."""
    if any(told.entry.step.party == party.id for told in file.history):
        return False
    fates = services.cases.fates(letter.case, party.id)
    earlier = [fate for number, fate in fates.items() if number != letter.number]
    return bool(earlier) and "sent" not in earlier


def _current(definition: Definition, file: File, party: Party, letter: Letter) -> bool:
    """Whether a mail still says what holds.

    A task's mail does while it is still that task's turn; a reminder, and a mail that names a
    day, while the case is in the state that it was ordered in. Others report what has been.
    """
    case, order = file.case, letter.order
    if order.purpose == "task":
        return (case.state, case.round) == (order.state, order.round)
    if case.state == order.state:
        return True
    there = paces((definition.state(order.state),))
    reminds = any(rung.mail == order.mail for state in there for rung in state.ladder)
    return not reminds and not names_day(case.process, order.mail, party.language)
