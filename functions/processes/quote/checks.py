"""Rules over several answers of a quote, its order and its invoice."""

import re
from collections import Counter
from datetime import date, timedelta

from functions.kernel import clean
from functions.kernel.countries import (
    EU,
    HOME,
    is_in_eu,
    organisation_id,
    vat_id_is_of,
)
from functions.kernel.fields import Answers, Check
from functions.kernel.parse import lines
from functions.kernel.people import Directory

_LABELLED = re.compile(r"(?<=\S) ?\(\d{1,2}\)$")


def ahead(name: str) -> Check:
    """Whether a day has not been yet; one that is left out has not."""

    def holds(answers: Answers, _: Directory, today: date) -> bool:
        return str(answers.get(name, "9999-12-31")) >= today.isoformat()

    return Check(f"{name}_ahead", name, holds)


def given(name: str) -> Check:
    """An organisation tells this; an individual need not."""

    def holds(answers: Answers, _: Directory, __: date) -> bool:
        return answers.get("payer_type") != "organisation" or bool(answers.get(name))

    return Check(f"{name}_given", name, holds)


def within(name: str, days: int, since: str = "") -> Check:
    """Whether a day is at most so many days after today, or after another day."""

    def holds(answers: Answers, _: Directory, today: date) -> bool:
        first = date.fromisoformat(str(answers.get(since, today.isoformat())))
        last = (first + timedelta(days=days)).isoformat()
        return str(answers.get(name, "")) <= last

    return Check(f"{name}_near", name, holds, (since,) if since else ())


def not_before(name: str, first: str) -> Check:
    """Whether a day is not before another; one that is left out means today."""

    def holds(answers: Answers, _: Directory, today: date) -> bool:
        return str(answers.get(name, today.isoformat())) >= str(answers.get(first, ""))

    return Check(f"{name}_not_before", name, holds)


def _at_home(answers: Answers) -> bool:
    return answers.get("country", "FI") in HOME


def _business_id_given(answers: Answers, _: Directory, __: date) -> bool:
    """A Finnish organisation tells its business ID."""
    asked = answers.get("payer_type") == "organisation" and _at_home(answers)
    return not asked or bool(answers.get("business_id"))


def _foreign_id_given(answers: Answers, _: Directory, __: date) -> bool:
    """An organisation abroad tells by which number it is known there."""
    asked = answers.get("payer_type") == "organisation" and not _at_home(answers)
    return not asked or bool(answers.get("foreign_business_id") or answers.get("vat_id"))


def _foreign_id_fits(answers: Answers, _: Directory, __: date) -> bool:
    answer = answers.get("foreign_business_id")
    return not answer or _at_home(answers) or organisation_id(str(answers["country"]), str(answer))


def vat_id_fits(answers: Answers, _: Directory, __: date) -> bool:
    """The VAT number is one of the payer's country."""
    answer = answers.get("vat_id")
    return not answer or vat_id_is_of(str(answers.get("country", "FI")), str(answer))


def _postcode_fits(answers: Answers, _: Directory, __: date) -> bool:
    """Five digits in Finland; other countries have letters, spaces, or none."""
    answer = str(answers.get("billing_postcode", ""))
    return not _at_home(answers) or bool(re.fullmatch(r"\d{5}", answer, re.ASCII))


def reverse_fits(answers: Answers, _: Directory, __: date) -> bool:
    """Only a business in another EU country, known by its VAT number, pays the VAT itself."""
    answer = str(answers.get("vat_id", ""))
    organised = answers.get("payer_type") == "organisation" and not _at_home(answers)
    return answers.get("vat") != "reverse" or (organised and is_in_eu(answer))


def standard_fits(answers: Answers, _: Directory, __: date) -> bool:
    """A business abroad that is known by its VAT number pays no Finnish VAT."""
    organised = answers.get("payer_type") == "organisation" and not _at_home(answers)
    return answers.get("vat") != "standard" or not (organised and answers.get("vat_id"))


def outside_fits(answers: Answers, _: Directory, __: date) -> bool:
    """Only a business outside the EU buys without Finnish VAT by that."""
    organised = answers.get("payer_type") == "organisation"
    outside = answers.get("country", "FI") not in (*EU, *HOME)
    return answers.get("vat") != "outside" or (organised and outside)


BUSINESS_ID_GIVEN = Check("business_id_given", "business_id", _business_id_given, ("country",))
IDS_FIT = (
    BUSINESS_ID_GIVEN,
    Check("foreign_id_given", "foreign_business_id", _foreign_id_given, ("country", "vat_id")),
    Check("foreign_id_fits", "foreign_business_id", _foreign_id_fits, ("country",)),
    Check("vat_id_fits", "vat_id", vat_id_fits, ("country",)),
)
POSTCODE_FITS = Check("postcode_fits", "billing_postcode", _postcode_fits, ("country",))


def one_alone(answers: Answers, _: Directory, __: date) -> bool:
    """Supervision of one person is for one."""
    return answers.get("product") != "individual" or answers.get("participants") == 1


def in_order(answers: Answers, _: Directory, __: date) -> bool:
    """The end is not before the start."""
    return str(answers.get("end_date")) >= str(answers.get("start_date"))


def names_fit(answers: Answers, _: Directory, __: date) -> bool:
    """There is a name, and no more names than seats that were agreed."""
    participants = answers.get("participants")
    names = len(lines(answers, "participant_names"))
    return isinstance(participants, int) and 1 <= names <= participants


def held_fit(answers: Answers, _: Directory, __: date) -> bool:
    """No more sessions were held than there are."""
    held, agreed = answers.get("sessions_held"), answers.get("sessions")
    return not (isinstance(held, int) and isinstance(agreed, int)) or held <= agreed


def priced_option(answers: Answers, _: Directory, __: date) -> bool:
    """An option of more sessions has a number and a price, or neither."""
    return bool(answers.get("option_sessions")) == ("option_price" in answers)


def reachable(answers: Answers, _: Directory, __: date) -> bool:
    """An identifier with its scheme is found by itself; anything else needs an operator."""
    answer, operator = str(answers.get("e_address", "")), bool(answers.get("operator"))
    return (bool(answer) or not operator) and (operator or not answer or ":" in answer)


def operator_fits(answers: Answers, _: Directory, __: date) -> bool:
    """A bank that carries e-invoices is of the country of the address."""
    from functions.kernel import identifiers  # few requests tell an operator

    return identifiers.operator_fits(
        str(answers.get("e_address", "")), str(answers.get("operator", ""))
    )


def not_ahead(name: str) -> Check:
    """Whether a day is not in the future."""

    def holds(answers: Answers, _: Directory, today: date) -> bool:
        return str(answers.get(name, "")) <= today.isoformat()

    return Check(f"{name}_not_ahead", name, holds)


def is_new(answers: Answers, _: Directory, __: date) -> bool:
    """Whoever comes in is not a participant yet."""
    taken = set(map(clean.look, lines(answers, "participant_names")))
    return clean.look(str(answers.get("coming_in", ""))) not in taken


def names_apart(answers: Answers, _: Directory, __: date) -> bool:
    """Whether each participant has a line of their own. A number in brackets tells namesakes
    apart, and counts people elsewhere."""
    answer = [*map(str.strip, str(answers.get("participant_names", "")).splitlines())]
    names = [_LABELLED.sub("", line) for line in answer]
    times = Counter(map(clean.look, names))
    apart = (
        name if times[clean.look(name)] > 1 else line
        for name, line in zip(names, answer, strict=True)
    )
    return not any(map(_several, apart))


def names_only(answers: Answers, _: Directory, __: date) -> bool:
    """Whether the lines hold names and nothing else."""
    return not any(map(_more, lines(answers, "participant_names")))


def one_comes(answers: Answers, _: Directory, __: date) -> bool:
    """Whether the one who comes instead is one person, named by their name alone."""
    name = str(answers.get("coming_in", ""))
    return not (_several(name) or _more(name))


def _several(line: str) -> bool:
    from functions.kernel.names import names_several  # few requests name participants

    return names_several(clean.ANY_UNSEEN.sub("", line))


def _more(line: str) -> bool:
    from functions.kernel.names import not_a_name

    return not_a_name(line)
