"""Names of quotas. They are keyed hashes, so that no name shows an address.

Limits are of mailboxes (``kernel.mailboxes``), so that no spelling of an address has one of its
own, but three: for forms, for links to desks, and for mails that others had sent, the address as
its owner writes it has its own places, so that nobody is locked out or kept waiting by another
spelling, and the other spellings share some. Mail that came back is of an address: another
spelling may well arrive.
"""

import base64
import hmac
import re
from collections.abc import Iterator
from datetime import date, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from functions.kernel.digests import signature
from functions.kernel.errors import TooMany, TooManyFromSource
from functions.kernel.mailboxes import mailbox, plain
from functions.services.container import Services
from functions.services.ports import RateLimit

# What is told by some mails, then one; urgent cases when they come, and again. Then those in which
# nobody has acted: by their deadline, that of an urgent case, or one that the law sets.
HANDED, NEW, URGENT, URGENT_REPEATED, LATE, LATE_URGENT, BY_LAW = KINDS = (
    "handed", "new", "urgent", "urgentrepeated", "late", "lateurgent", "bylaw",
)  # fmt: skip
_CODE = 12  # characters: 60 bits
_NARROW, _WIDE = 64, 48  # bits of an IPv6 address: one connection, one customer


def of_form(services: Services, email: str) -> str:
    """The quota of an address for mails about forms that nobody has confirmed; the other spellings
    of its mailbox share another. Who opens cases may not read whether somebody has acted by one."""
    plain_one = plain(email) == mailbox(email)
    return f"{'form' if plain_one else 'forms'}#{_keyed(services, mailbox(email))}"


def of_desk(services: Services, email: str) -> str:
    """The quota of an address for links to its desk; other spellings of the mailbox do not use
    it."""
    return f"desk#{_keyed(services, plain(email))}"


def of_desks(services: Services, email: str) -> str:
    """The quota that other spellings of a mailbox share for links to their desks."""
    return f"desks#{_keyed(services, mailbox(email))}"


def of_unopened_desk(services: Services, email: str) -> str:
    """The name of the one place of an address's link to its desk that was mailed just now."""
    return f"unopened#{_keyed(services, plain(email))}"


def of_unanswered(services: Services, email: str) -> str:
    """The quota of an address for mails that others had sent to it, until it answers; other
    spellings of the mailbox do not use it."""
    return f"unanswered#{_keyed(services, plain(email))}"


def of_others_unanswered(services: Services, email: str) -> str:
    """The quota that other spellings of a mailbox share for mails that others had sent to them."""
    return f"unanswereds#{_keyed(services, mailbox(email))}"


def of_directory_mails(services: Services, kind: str, email: str) -> str:
    """The name of a mailbox's places for mails that tell somebody of the directory of cases of one
    of the ``KINDS``."""
    return f"{kind}#{_keyed(services, mailbox(email))}"


def of_gathered(services: Services, kind: str, email: str) -> str:
    """The name of the one place for the mail that tells of all further ones."""
    return f"{kind}many#{_keyed(services, mailbox(email))}"


def of_repeated(services: Services, case_id: str, party_id: str, mail: str) -> str:
    """The name of a party's places for mails of one kind about one case in one state."""
    return f"repeated#{_keyed(services, f'{case_id}#{party_id}#{mail}')}"


def of_fresh(case_id: str, party_id: str) -> str:
    """The quota of a party of a case for links that are asked for."""
    return f"fresh#{case_id}#{party_id}"


def of_proven(services: Services, email: str) -> str:
    """The quota of a mailbox for forms that its owner sends with a code from its mails."""
    return f"proven#{_keyed(services, mailbox(email))}"


def code_of(services: Services, email: str, day: date) -> str:
    """The code by which the owner of a mailbox shows that they read its mails of this day."""
    made = signature(services.rules.secret, "code", f"{day}#{mailbox(email)}")
    plain = base64.b32encode(bytes.fromhex(made)).decode()[:_CODE]
    return f"{plain[: _CODE // 2]}-{plain[_CODE // 2 :]}"


def is_code(services: Services, email: str, typed: str) -> bool:
    """Whether this is a mailbox's code of today or of the two days before, however written."""
    plain = re.sub(r"[\s-]", "", typed).upper().encode()
    days = (services.today() - timedelta(days=n) for n in range(3))
    codes = (code_of(services, email, day).replace("-", "").encode() for day in days)
    return any(hmac.compare_digest(plain, code) for code in codes)


def free_mailbox(services: Services, email: str) -> None:
    """Free the quota of a mailbox after its owner has confirmed what they sent; only some times a
    day, so that the quota still limits somebody who confirms everything."""
    rules, now = services.rules, services.clock.now()
    name = of_form(services, email)
    try:
        services.limits.take(RateLimit(f"freed#{name}", rules.limit_freed, timedelta(days=1)), now)
    except TooMany:
        return
    for each in (name, of_proven(services, email)):
        services.cases.free(each)


def of_address(services: Services, email: str) -> str:
    """The name under which an address that refuses mail is kept."""
    return f"address#{_keyed(services, plain(email))}"


def count_source(services: Services, source: str) -> None:
    """Count one mail ordered from an address of the net, as the gateway saw it.

    ``TooManyFromSource`` when its network orders more than anybody at a desk would.
    """
    for rate_limit in source_limits(services, source):
        try:
            services.limits.take(rate_limit, services.clock.now())
        except TooMany as error:
            raise TooManyFromSource from error


def source_limits(services: Services, source: str) -> tuple[RateLimit, ...]:
    """The rate limits of the networks that an address of the net belongs to."""
    rules = services.rules
    return tuple(
        RateLimit(
            f"source#{_keyed(services, network)}",
            rules.limit_per_wide_source if wide else rules.limit_per_source,
            rules.source_window,
        )
        for network, wide in _networks(source)
    )


def _networks(source: str) -> Iterator[tuple[str, bool]]:
    """The networks that an address belongs to, and whether each is a wide one."""
    try:
        address = ip_address(source)
    except ValueError:
        yield source, False
        return
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if isinstance(address, IPv6Address):
        for bits in (_NARROW, _WIDE):
            yield str(ip_network((int(address), bits), strict=False)), bits == _WIDE
    else:
        yield str(address), False


def _keyed(services: Services, plain_name: str) -> str:
    return signature(services.rules.secret, "quota", plain_name)
