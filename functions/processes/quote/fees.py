"""What a cancellation costs: by the days from the notice to the start, as dates in Finland."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from functions.kernel.money import Cents, divided, share

By = Literal["client", "provider", "substitution", "no_show"]
Reason = Literal[
    "not_signed",
    "no_dates",
    "early",
    "late",
    "same_day",
    "started",
    "vacant",
    "held",
    "no_show",
    "substitution",
    "provider",
]


@dataclass(frozen=True, slots=True)
class CancellationTerms:
    """One version of the terms. A notice is early when more than ``free_above_days`` are left,
    and late until the day before the start; percentages are of the agreed price."""

    version: str = "2026-1"
    free_above_days: int = 7
    early_percent: int = 0
    late_percent: int = 50
    same_day_percent: int = 100


TERMS = CancellationTerms()


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee with what it was computed from, so that it can be explained years later.

    ``days`` are those from the notice to the start, None if no start was agreed; ``terms`` is
    the version of the terms.
    """

    reason: Reason
    days: int | None
    base: Cents
    percent: int
    fee: Cents
    terms: str


def fee(
    *,
    signed: bool,
    notice: date,
    start: date | None,
    base: Cents,
    by: By = "client",
    started: bool = False,
    vacant: bool = False,
    held: tuple[int, int] = (0, 1),
    terms: CancellationTerms = TERMS,
) -> Fee:
    """The fee of a cancellation made on the day ``notice``; halves of a cent are rounded up.

    ``base`` is the agreed net price, or that of one participant, in cents. There is no fee before
    an agreement is signed and a start agreed, for a substitute, when the provider cancels, or while
    the supervisor's role is ``vacant``. Once the work has ``started`` its price is invoiced in
    full, and leaving or absence adds nothing. If nobody is left to continue the work, only the
    sessions that were ``held`` are paid: (held, agreed).
    """
    days = None if start is None else (start - notice).days
    reason = _reason(signed, days, by, started, vacant, terms)
    percent = {
        "early": terms.early_percent,
        "late": terms.late_percent,
        "same_day": terms.same_day_percent,
        "no_show": 0 if started else terms.same_day_percent,
    }.get(reason, 0)
    if reason == "held":
        done, agreed = held
        return Fee(reason, days, base, percent, divided(base * done, agreed), terms.version)
    return Fee(reason, days, base, percent, share(base, Decimal(percent)), terms.version)


def _reason(
    signed: bool, days: int | None, by: By, started: bool, vacant: bool, terms: CancellationTerms
) -> Reason:
    if by in ("provider", "substitution"):
        return by
    if not signed:
        return "not_signed"
    if days is None:
        return "no_dates"
    if by == "no_show":
        return by
    if started:
        return "held" if vacant else "started"
    if vacant:
        return "vacant"
    if days > terms.free_above_days:
        return "early"
    return "late" if days >= 1 else "same_day"
