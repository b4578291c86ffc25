"""Places of limits belong to mails that have left: one that did not leave gives its places back."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.kernel.errors import KapulaError
from functions.kernel.mail_orders import step_of
from functions.processes import pinned
from functions.services.access.quotas import of_form, of_fresh, of_proven
from functions.services.container import Services
from functions.services.ports import FIRST_MAIL, Limits, OutboxItem, RateLimit


@dataclass
class MailSlots:
    """``Limits`` that remember which places a mail, the ``holder``, has been given."""

    limits: Limits
    holder: str
    names: list[str] = field(default_factory=list)

    def take(self, rate_limit: RateLimit, now: datetime) -> None:
        """See ``Limits.take``."""
        self.limits.take(rate_limit, now)

    def hold(self, name: str, holder: str, limit: int, window: timedelta, now: datetime) -> bool:
        """See ``Limits.hold``."""
        has = self.limits.hold(name, holder, limit, window, now)
        if has and holder == self.holder:
            self.names.append(name)
        return has

    def free(self, name: str) -> None:
        """See ``Limits.free``."""
        self.limits.free(name)

    def give_back(self, name: str, holder: str, now: datetime) -> None:
        """See ``Limits.give_back``."""
        self.limits.give_back(name, holder, now)

    def suppress(self, mailbox: str, until: datetime) -> None:
        """See ``Limits.suppress``."""
        self.limits.suppress(mailbox, until)

    def suppressed(self, mailbox: str, now: datetime) -> bool:
        """See ``Limits.suppressed``."""
        return self.limits.suppressed(mailbox, now)

    def give_all_back(self, now: datetime) -> None:
        """The mail does not leave now, so that another may have its places."""
        for name in dict.fromkeys(self.names):
            with suppress(KapulaError):  # then they are free in a day
                self.limits.give_back(name, self.holder, now)


def holder_of(item: OutboxItem) -> str:
    """The name under which a mail has places."""
    return f"{item.case}.{item.number}"


def give_ordered_back(services: Services, item: OutboxItem) -> None:
    """Free the place that a mail took when it was ordered, as it never leaves: one that opened a
    case, or a link that was asked for."""
    if item.number != FIRST_MAIL and step_of(item.number) is not None:
        return
    with suppress(KapulaError):  # then it is free in a day
        record = services.cases.case(item.case)
        party = record.case.party(item.order.party) if record else None
        if record is None or party is None:
            return
        names = [of_fresh(item.case, party.id)]
        if pinned(record.case.process, record.case.version).unproven(record.case):
            names = [of_form(services, party.email), of_proven(services, party.email)]
        for name in names:
            services.cases.give_back(name, holder_of(item), services.clock.now())
