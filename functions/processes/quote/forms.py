"""What is asked when a quote is wanted, made, accepted, cancelled and invoiced."""

import re
from datetime import date, timedelta

from functions.kernel.codes import (
    business_id,
    document_number,
    e_invoice_address,
    operator_id,
    reference_number,
)
from functions.kernel.countries import (
    COUNTRIES,
    EU,
    HOME,
    is_in_eu,
    organisation_id,
    vat_id,
    vat_id_is_of,
)
from functions.kernel.fields import Answers, Check, Code, Field, Form, Section
from functions.kernel.people import Directory
from functions.kernel.read import lines

# Those that are forms of supervision have the same names there.
SUPERVISION = ("individual", "group", "community", "situational", "crisis", "managers")
PRODUCTS = (*SUPERVISION, "consultation", "development")
MOST = 1_000_000_00  # cents
# How far ahead a day may be, in days: where typing a wrong year is likelier than meaning it.
FAR, LONGEST_VALIDITY, LONGEST_WORK, LONGEST_CREDIT = 3 * 366, 366, 5 * 366, 366

PRODUCT = Field("product", "choice", choices=PRODUCTS)
PARTICIPANTS = Field("participants", "number", lowest=1, highest=200, width=4)
PAYER_TYPE = Field("payer_type", "choice", choices=("individual", "organisation"))
ORGANISATION = Field("organisation", required=False, autocomplete="organization")
BUSINESS_ID = Field(
    "business_id",
    required=False,
    width=12,
    code=Code("business_id", business_id, "1234567-1"),
    longest=12,
)
COUNTRY = Field(
    "country", "choice", required=False, choices=COUNTRIES, countries=True, default="=FI",
    autocomplete="country",
)  # fmt: skip
FOREIGN_ID = Field("foreign_business_id", required=False, longest=30, width=20)
VAT_ID = Field(
    "vat_id", required=False, longest=30, width=20, code=Code("vat_id", vat_id, "SE556188840401")
)
ABROAD = (COUNTRY, FOREIGN_ID, VAT_ID)
CONTACT = (
    Field("contact_name", autocomplete="name"),
    Field("contact_email", "email", autocomplete="email"),
)
TITLE = Field("title", required=False, default="organisation,contact_name")
PLACE = (
    Field("mode", "choice", required=False, choices=("on_site", "online", "hybrid")),
    Field("place", required=False),
)
NEED = Field("need", "longtext", shortest=10, longest=2000)
DESIRED_START = Field("desired_start", "date", required=False)
WORK_LANGUAGE = Field(
    "work_language", "choice", required=False, choices=("fi", "sv", "en", "other")
)
PHONE = Field("contact_phone", "phone", required=False, autocomplete="tel", width=20)


def _ahead(name: str) -> Check:
    def holds(answers: Answers, _: Directory, today: date) -> bool:
        return str(answers.get(name, "9999-12-31")) >= today.isoformat()

    return Check(f"{name}_ahead", name, holds)


def _given(name: str) -> Check:
    """An organisation tells this; an individual need not."""

    def holds(answers: Answers, _: Directory, __: date) -> bool:
        return answers.get("payer_type") != "organisation" or bool(answers.get(name))

    return Check(f"{name}_given", name, holds)


def _within(name: str, days: int, since: str = "") -> Check:
    """Whether a day is at most so many days after today, or after another day."""

    def holds(answers: Answers, _: Directory, today: date) -> bool:
        first = date.fromisoformat(str(answers.get(since, today.isoformat())))
        last = (first + timedelta(days=days)).isoformat()
        return str(answers.get(name, "")) <= last

    return Check(f"{name}_near", name, holds, (since,) if since else ())


def _not_before(name: str, first: str) -> Check:
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
    told = answers.get("foreign_business_id")
    return not told or _at_home(answers) or organisation_id(str(answers["country"]), str(told))


def _vat_id_fits(answers: Answers, _: Directory, __: date) -> bool:
    told = answers.get("vat_id")
    return not told or vat_id_is_of(str(answers.get("country", "FI")), str(told))


def _postcode_fits(answers: Answers, _: Directory, __: date) -> bool:
    """Five digits in Finland; other countries have letters, spaces, or none."""
    told = str(answers.get("billing_postcode", ""))
    return not _at_home(answers) or bool(re.fullmatch(r"\d{5}", told, re.ASCII))


def _reverse_fits(answers: Answers, _: Directory, __: date) -> bool:
    """Only a business in another EU country, known by its VAT number, pays the VAT itself."""
    told = str(answers.get("vat_id", ""))
    organised = answers.get("payer_type") == "organisation" and not _at_home(answers)
    return answers.get("vat") != "reverse" or (organised and is_in_eu(told))


def _outside_fits(answers: Answers, _: Directory, __: date) -> bool:
    organised = answers.get("payer_type") == "organisation"
    outside = answers.get("country", "FI") not in (*EU, *HOME)
    return answers.get("vat") != "outside" or (organised and outside)


BUSINESS_ID_GIVEN = Check("business_id_given", "business_id", _business_id_given, ("country",))
IDS_FIT = (
    BUSINESS_ID_GIVEN,
    Check("foreign_id_given", "foreign_business_id", _foreign_id_given, ("country", "vat_id")),
    Check("foreign_id_fits", "foreign_business_id", _foreign_id_fits, ("country",)),
    Check("vat_id_fits", "vat_id", _vat_id_fits, ("country",)),
)
POSTCODE_FITS = Check("postcode_fits", "billing_postcode", _postcode_fits, ("country",))


def _one_alone(answers: Answers, _: Directory, __: date) -> bool:
    return answers.get("product") != "individual" or answers.get("participants") == 1


def _in_order(answers: Answers, _: Directory, __: date) -> bool:
    return str(answers.get("end_date")) >= str(answers.get("start_date"))


def _names_fit(answers: Answers, _: Directory, __: date) -> bool:
    seats = answers.get("participants")
    names = len(lines(answers, "participant_names"))
    return isinstance(seats, int) and 1 <= names <= seats


def _priced_option(answers: Answers, _: Directory, __: date) -> bool:
    return bool(answers.get("option_sessions")) == ("option_price" in answers)


def _reachable(answers: Answers, _: Directory, __: date) -> bool:
    """An identifier with its scheme is found by itself; anything else needs an operator."""
    told, operator = str(answers.get("e_address", "")), bool(answers.get("operator"))
    return (bool(told) or not operator) and (operator or not told or ":" in told)


def _due_later(answers: Answers, _: Directory, today: date) -> bool:
    issued = str(answers.get("invoice_date", today.isoformat()))
    return str(answers.get("due_date", "9999-12-31")) >= issued


def _not_ahead(name: str) -> Check:
    def holds(answers: Answers, _: Directory, today: date) -> bool:
        return str(answers.get(name, "")) <= today.isoformat()

    return Check(f"{name}_not_ahead", name, holds)


def _is_new(answers: Answers, _: Directory, __: date) -> bool:
    return str(answers.get("coming_in", "")) not in lines(answers, "participant_names")


REQUEST = Form(
    "request",
    opener="contact",
    sections=(
        Section(
            "need",
            (
                PRODUCT,
                PARTICIPANTS,
                NEED,
                Field("urgency", "choice", choices=("usual", "soon", "crisis")),
            ),
        ),
        Section(
            "wishes",
            (
                DESIRED_START,
                *PLACE,
                WORK_LANGUAGE,
                Field("extra_sessions", "yesno", required=False),
            ),
        ),
        Section("payer", (PAYER_TYPE, ORGANISATION, BUSINESS_ID, *ABROAD, *CONTACT, PHONE)),
        Section("sending", (TITLE, Field("privacy_read", "tick", page="privacy"))),
    ),
    start="unconfirmed",
    route=(
        "unconfirmed", "in_review", "quoted", "staffing", "accepted", "scheduled", "running",
        "completed",
    ),
    mails=("confirm",),
    checks=(
        _ahead("desired_start"),
        _within("desired_start", FAR),
        Check("one_alone", "participants", _one_alone, ("product",)),
        _given("organisation"),
        *IDS_FIT,
    ),
    names_linked=("contact", "coordinator"),
)  # fmt: skip

QUESTION = Field("question", "longtext", shortest=10, longest=2000, stays=True)
REPLY = Field("reply", "longtext", shortest=2, longest=2000, stays=True)
ABOUT_QUOTE = Field("about_quote", "longtext", shortest=10, longest=2000, stays=True)
REFUSAL = Field("refusal", "longtext", shortest=10, longest=1000)
DECLINE_REASON = Field("decline_reason", "longtext", required=False, longest=1000)

NET_PRICE = Field("net_price", "money", lowest=100, highest=MOST, width=12)
VAT = Field("vat", "choice", choices=("standard", "none", "reverse", "outside"))
SESSIONS = Field("sessions", "number", lowest=1, highest=100, width=4)
MINUTES = Field("session_minutes", "number", lowest=15, highest=480, width=4)
OPTION = (
    Field("option_sessions", "number", required=False, lowest=1, highest=100, width=4),
    Field("option_price", "money", required=False, lowest=100, highest=MOST, width=12),
)
VALID_UNTIL = Field("valid_until", "date")
QUOTE = (
    NET_PRICE,
    VAT,
    SESSIONS,
    MINUTES,
    *OPTION,
    VALID_UNTIL,
    Field("quote_message", "longtext", required=False, longest=1000),
)
QUOTE_CHECKS = (
    _ahead("valid_until"),
    _within("valid_until", LONGEST_VALIDITY),
    Check("reverse_fits", "vat", _reverse_fits),
    Check("outside_fits", "vat", _outside_fits),
    Check("priced_option", "option_price", _priced_option, ("option_sessions",)),
)
# What follows from a quote.
VAT_PERCENT = Field("vat_percent", "choice", choices=("25.5", "0"))
GROSS = Field("gross_price", "money")
QUOTE_FACTS = (
    Field("quote_version", "number"),
    Field("quoted_on", "date"),
    Field("terms_version"),
    VAT_PERCENT,
    GROSS,
)

ADDRESS = (
    Field("billing_name", autocomplete="billing name"),
    Field("billing_street", autocomplete="billing street-address"),
    Field("billing_postcode", longest=12, width=12, autocomplete="billing postal-code"),
    Field("billing_city", longest=60, autocomplete="billing address-level2"),
    COUNTRY,
)
E_INVOICE = (
    Field(
        "e_address",
        required=False,
        longest=60,
        code=Code("e_address", e_invoice_address, "003712345671"),
        width=24,
    ),
    Field(
        "operator",
        required=False,
        longest=40,
        code=Code("operator", operator_id, "NDEAFIHH"),
        width=20,
    ),
    Field("buyer_reference", required=False, longest=60),
    Field("order_number", required=False, longest=40, width=20),
    Field("cost_centre", required=False, longest=40, width=20),
)
CONSENT = (
    Field("accepter_name", autocomplete="name"),
    Field("authority", "tick"),
    Field("terms_read", "tick", page="terms"),
)
ACCEPT_PERSON = (*ADDRESS, *CONSENT)
ACCEPT_ORGANISATION = (*ADDRESS, BUSINESS_ID, FOREIGN_ID, VAT_ID, *E_INVOICE, *CONSENT)
_OPERATOR = Check("operator_given", "operator", _reachable, ("e_address",))
_STAYS_UNTAXED = (
    Check("reverse_fits", "vat_id", _reverse_fits, ("country",)),
    Check("outside_fits", "country", _outside_fits),
)
ACCEPT_PERSON_CHECKS = (POSTCODE_FITS,)
ACCEPT_CHECKS = (POSTCODE_FITS, *IDS_FIT, *_STAYS_UNTAXED, _OPERATOR)

START, END = Field("start_date", "date"), Field("end_date", "date")
NAMES = Field("participant_names", "longtext", shortest=2, longest=4000)
DATES = (START, END, NAMES)
INSTRUCTIONS = Field("contact_instructions", "longtext", required=False, longest=1000)
DATES_CHECKS = (
    _ahead("start_date"),
    _within("start_date", FAR),
    Check("in_order", "end_date", _in_order, ("start_date",)),
    _within("end_date", LONGEST_WORK, "start_date"),
    Check("names_fit", "participant_names", _names_fit),
)

# A cancellation, and what it costs.
CANCEL_REASON = Field("cancel_reason", "longtext", required=False, longest=1000)
PROVIDER_REASON = Field("provider_reason", "longtext", shortest=10, longest=1000)
LEAVING = Field("leaving", "choice", among="participant_names")
REPLACED = Field("replaced", "choice", among="participant_names")
COMING_IN = Field("coming_in", shortest=2)
ABSENT = Field("absent", "choice", required=False, among="participant_names")
COMES_NEW = Check("comes_new", "coming_in", _is_new)
FEE_REASON = Field(
    "fee_reason",
    "choice",
    required=False,
    choices=(
        "not_signed", "no_dates", "early", "late", "same_day", "started", "no_show",
        "substitution", "provider",
    ),
)  # fmt: skip
FEE_FACTS = (
    Field("fee", "money", required=False),
    FEE_REASON,
    Field("days_left", "number", required=False),
    Field("fee_base", "money", required=False),
    Field("fee_percent", "number", required=False),
    Field("fee_terms", required=False),
)
STARTED = Field("started_on", "date", required=False)
SEATS = (
    Field("seats_off", "number", required=False),
    *(Field(name, "money", required=False) for name in ("seat_price", "seat_fees")),
)

BILLED = Section(
    "billed",
    (
        Field("invoice_kind", "choice", choices=("price", "fee")),
        TITLE, PAYER_TYPE, *CONTACT, *ADDRESS, ORGANISATION, BUSINESS_ID, FOREIGN_ID,
        VAT_ID, *E_INVOICE,
    ),
)  # fmt: skip
BILLABLE_FROM = Field("billable_from", "date")  # the start of the work, or its cancellation
REFERENCE = Field("reference", width=24, code=Code("reference", reference_number, "1232"))
WORK = Section(
    "work",
    (
        PRODUCT, SESSIONS, MINUTES, START, END, NET_PRICE, VAT, VAT_PERCENT, *SEATS, *FEE_FACTS,
        BILLABLE_FROM, REFERENCE,
    ),
)  # fmt: skip
INVOICE = Form(
    "invoice",
    opener="finance",
    sections=(BILLED, WORK),
    start="invoice_due",
    route=("invoice_due", "invoiced", "paid"),
    mails=("to_invoice",),
    fills=("contact", "coordinator"),
    public=False,
    names_linked=("finance", "coordinator"),
)

_DOCUMENT = Code("document_number", document_number, "2026-001")
_VOUCHERS = "vouchers"  # invoices and credit notes share their numbers
NUMBER = Field("invoice_number", longest=20, width=20, code=_DOCUMENT, unique=_VOUCHERS)
ISSUED = Field("invoice_date", "date", required=False)
DUE = Field("due_date", "date", required=False)
INVOICE_CHECKS = (
    _not_ahead("invoice_date"),
    _not_before("invoice_date", "billable_from"),
    Check("due_later", "due_date", _due_later, ("invoice_date",)),
    _within("due_date", LONGEST_CREDIT, "invoice_date"),
)
PAID_ON = Field("paid_on", "date", required=False)
PAID_CHECKS = (_not_ahead("paid_on"), _not_before("paid_on", "invoice_date"))
CREDIT = (
    Field("credit_number", longest=20, width=20, code=_DOCUMENT, unique=_VOUCHERS),
    Field("credit_reason", "longtext", shortest=5, longest=500),
)
CREDITED_ON = Field("credited_on", "date")
