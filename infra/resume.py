"""Mails and timers that were parked go back to those that wait for the clock."""

from functions.services.case import timers
from functions.services.container import Services
from functions.services.mail import deliver


def resume(services: Services, case: str = "") -> None:
    """Have all of them tried anew, or those of one case (its id or its reference), and print how
    many there were. The erasing of a case is a timer, too."""
    where = f" of {case}" if case else ""
    for what, count in (
        ("mails", deliver.resume_parked(services, case)),
        ("timers", timers.resume_parked(services, case)),
    ):
        print(f"Parked {what}{where} that the clock tries anew: {count}.")
