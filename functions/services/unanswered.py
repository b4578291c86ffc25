"""Mails that others had sent to somebody who has not answered yet: some a day, then one for all."""

from datetime import timedelta

from functions.kernel.case import Case, Party
from functions.kernel.definition import Definition
from functions.services.desk_mail import order_handed_many, order_waiting
from functions.services.persons import person_key
from functions.services.ports import Letter
from functions.services.quotas import of_handed, of_handed_many, of_unanswered
from functions.services.wiring import Services

MOST = 3
HANDED = ("handed", "handed_on", "vacant")  # mails that say that cases are somebody's now
WAIT = timedelta(hours=24)


def must_wait(
    services: Services, definition: Definition, case: Case, party: Party, letter: Letter
) -> bool:
    """Whether a mail is to leave a day later, as its mailbox has been sent three today.

    Then the person is told by one mail of the day that more waits on their desk. It is so for
    people whom somebody named in a form, until they act or open their desk; never for a link
    that was asked for.
    """
    if not named(definition, case, party) or letter.order.mail == definition.fresh_mail.name:
        return False
    now, name = services.clock.now(), of_unanswered(services, party.email)
    if services.limits.hold(name, f"{letter.case}.{letter.number}", MOST, WAIT, now):
        return False
    person = person_key(services, party.email)
    if services.limits.hold(f"waiting#{name}", person, 1, WAIT, now):
        order_waiting(services, person, now)
    return True


def answered(services: Services, definition: Definition, case: Case, party: Party) -> None:
    """Note that somebody has acted: what is sent to them next need not wait."""
    if named(definition, case, party):
        services.limits.free(of_unanswered(services, party.email))


def named(definition: Definition, case: Case, party: Party) -> bool:
    """Whether somebody is in a case because another named them in a form that is anybody's. A case
    that is opened by what is done to others (an invoice, a merger) has nobody of a stranger's."""
    form = definition.form(case.form)
    return form.public and not definition.role(party.role).source and party.role != form.opener


def told_at_once(services: Services, email: str, mail: str, letter: Letter) -> bool:
    """Whether somebody of the directory is told by one mail for all, in place of this one, that
    cases were handed to them: their mailbox has been sent three such mails in a day, since they
    opened their desk last."""
    if mail not in HANDED:
        return False
    now, name = services.clock.now(), of_handed(services, email)
    number = f"{letter.case}.{letter.number}"
    if services.limits.hold(name, number, MOST, WAIT, now):
        return False
    if services.limits.hold(of_handed_many(services, email), number, 1, WAIT, now):
        order_handed_many(services, person_key(services, email), number, now)
    return True
