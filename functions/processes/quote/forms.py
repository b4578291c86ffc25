"""What is asked when a quote is wanted, made, accepted, cancelled and invoiced."""

from dataclasses import replace

from functions.kernel.countries import COUNTRIES, vat_id
from functions.kernel.fields import Check, Code, Field, Form, Section
from functions.kernel.identifiers import (
    business_id,
    document_number,
    e_invoice_address,
    operator_id,
    reference_number,
)
from functions.processes.quote import checks

# Those that are forms of supervision have the same names there.
SUPERVISION = ("individual", "group", "community", "situational", "crisis", "managers")
PRODUCTS = (*SUPERVISION, "leadership", "consultation", "development")
MAX_PRICE = 1_000_000_00  # cents
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
        "unconfirmed", "in_review", "quoted", "staffing", "asking", "accepted", "scheduled",
        "running", "completed",
    ),
    mails=("confirm",),
    checks=(
        checks.ahead("desired_start"),
        checks.within("desired_start", FAR),
        Check("one_alone", "participants", checks.one_alone, ("product",)),
        checks.given("organisation"),
        *checks.IDS_FIT,
    ),
    names_linked=("contact", "coordinator"),
)  # fmt: skip

QUESTION = Field("question", "longtext", shortest=10, longest=2000, keep_all_versions=True)
REPLY = Field("reply", "longtext", shortest=2, longest=2000, keep_all_versions=True)
ABOUT_QUOTE = Field("about_quote", "longtext", shortest=10, longest=2000, keep_all_versions=True)
REFUSAL = Field("refusal", "longtext", shortest=10, longest=1000, transient=True)
DECLINE_REASON = Field("decline_reason", "longtext", required=False, longest=1000, transient=True)

NET_PRICE = Field(
    "net_price", "money", lowest=100, highest=MAX_PRICE, width=12, with_vat="gross_price"
)
VAT = Field("vat", "choice", choices=("standard", "none", "reverse", "outside"))
SESSIONS = Field("sessions", "number", lowest=1, highest=100, width=4)
MINUTES = Field("session_minutes", "number", lowest=15, highest=480, width=4)
OPTION = (
    Field("option_sessions", "number", required=False, lowest=1, highest=100, width=4),
    Field(
        "option_price",
        "money",
        required=False,
        lowest=100,
        highest=MAX_PRICE,
        width=12,
        with_vat="option_gross",
    ),
)
VALID_UNTIL = Field("valid_until", "date")
QUOTE = (
    NET_PRICE,
    VAT,
    VAT_ID,
    SESSIONS,
    MINUTES,
    *OPTION,
    VALID_UNTIL,
    Field("quote_message", "longtext", required=False, longest=1000),
)
QUOTE_CHECKS = (
    checks.ahead("valid_until"),
    checks.within("valid_until", LONGEST_VALIDITY),
    Check("reverse_fits", "vat", checks.reverse_fits, ("vat_id",)),
    Check("standard_fits", "vat", checks.standard_fits, ("vat_id",)),
    Check("vat_id_fits", "vat_id", checks.vat_id_fits),
    Check("outside_fits", "vat", checks.outside_fits),
    Check("priced_option", "option_price", checks.priced_option, ("option_sessions",)),
)
# What follows from a quote.
VAT_PERCENT = Field("vat_percent", "choice", choices=("25.5", "0"))
GROSS = Field("gross_price", "money")
OPTION_GROSS = Field("option_gross", "money", required=False)
QUOTE_FACTS = (
    Field("quote_version", "number"),
    Field("quoted_on", "date"),
    Field("terms_version"),
    VAT_PERCENT,
    GROSS,
    OPTION_GROSS,
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
# Who pays for themselves has nobody's authority to declare.
ACCEPT_PERSON = (*ADDRESS, *(f for f in CONSENT if f.name != "authority"))
ACCEPT_ORGANISATION = (*ADDRESS, BUSINESS_ID, FOREIGN_ID, VAT_ID, *E_INVOICE, *CONSENT)
_OPERATOR = (
    Check("operator_given", "operator", checks.reachable, ("e_address",)),
    Check("operator_fits", "operator", checks.operator_fits, ("e_address",)),
)
_UNTAXED_CHECKS = (
    Check("reverse_fits", "vat_id", checks.reverse_fits, ("country",)),
    Check("quoted_with_vat", "vat_id", checks.standard_fits, ("country",)),
    Check("outside_fits", "country", checks.outside_fits),
)
ACCEPT_PERSON_CHECKS = (checks.POSTCODE_FITS,)
ACCEPT_CHECKS = (checks.POSTCODE_FITS, *checks.IDS_FIT, *_UNTAXED_CHECKS, *_OPERATOR)

START, END = Field("start_date", "date"), Field("end_date", "date")
NAMES = Field("participant_names", "longtext", shortest=2, longest=4000)
DATES = (START, END, NAMES)
INSTRUCTIONS = Field("contact_instructions", "longtext", required=False, longest=1000)
DATES_CHECKS = (
    checks.ahead("start_date"),
    checks.within("start_date", FAR),
    Check("in_order", "end_date", checks.in_order, ("start_date",)),
    checks.within("end_date", LONGEST_WORK, "start_date"),
    Check("names_apart", "participant_names", checks.names_apart),
    Check("names_only", "participant_names", checks.names_only),
    Check("names_fit", "participant_names", checks.names_fit),
)

# A cancellation, and what it costs.
CANCEL_REASON = Field("cancel_reason", "longtext", required=False, longest=1000, transient=True)
PROVIDER_REASON = Field("provider_reason", "longtext", shortest=10, longest=1000, transient=True)
LEAVING = Field("leaving", "choice", lines_of="participant_names", transient=True)
REPLACED = Field("replaced", "choice", lines_of="participant_names", transient=True)
COMING_IN = Field("coming_in", shortest=2, transient=True)
ABSENT = Field(
    "absent", "choice", lines_of="participant_names", choices=("everybody",), transient=True
)
ABSENT_ON = Field("absent_on", "date", transient=True)
ABSENT_CHECKS = (checks.not_ahead("absent_on"), checks.not_before("absent_on", "start_date"))
COMING_CHECKS = (
    Check("comes_new", "coming_in", checks.is_new),
    Check("one_comes", "coming_in", checks.one_comes),
)
FEE_REASON = Field(
    "fee_reason",
    "choice",
    required=False,
    choices=(
        "not_signed", "no_dates", "early", "late", "same_day", "started", "vacant", "held",
        "no_show", "substitution", "provider",
    ),
)  # fmt: skip
# What is paid if the supervisor is gone and the client does not wait for another.
HELD = Field("sessions_held", "number", lowest=0, highest=100, width=4)
HELD_FACT = replace(HELD, required=False)
HELD_CHECKS = (Check("held_fit", "sessions_held", checks.held_fit),)
FEE_FACTS = (
    Field("fee_day", "date", required=False),
    Field("fee", "money", required=False, with_vat="fee_gross"),
    FEE_REASON,
    Field("days_left", "number", required=False),
    Field("fee_base", "money", required=False, with_vat="fee_base_gross"),
    Field("fee_base_gross", "money", required=False),
    Field("fee_percent", "number", required=False),
    Field("fee_gross", "money", required=False),
    Field("fee_terms", required=False),
)
# What is invoiced in all for an order, or by an invoice.
PAYABLE = Field("payable", "money", required=False)
STARTED = Field("started_on", "date", required=False)
PARTICIPANT_PRICE = (
    Field("participant_price", "money", required=False, with_vat="participant_gross"),
    Field("participant_gross", "money", required=False),
)
PARTICIPANT_SUMS = (
    Field("cancelled_participants", "number", required=False),
    *PARTICIPANT_PRICE,
    Field("participant_fees", "money", required=False, with_vat="participant_fees_gross"),
    Field("participant_fees_gross", "money", required=False),
)

BILLED = Section(
    "billed",
    (
        Field("invoice_kind", "choice", choices=("price", "fee", "held")),
        TITLE, PAYER_TYPE, *CONTACT, *ADDRESS, ORGANISATION, BUSINESS_ID, FOREIGN_ID,
        VAT_ID, *E_INVOICE,
    ),
)  # fmt: skip
OF_WORK = (SESSIONS, MINUTES, START, END, NET_PRICE, GROSS)
BILLABLE_FROM = Field("billable_from", "date")  # the start of the work, or its cancellation
REFERENCE = Field("reference", width=24, code=Code("reference", reference_number, "1232"))
WORK = Section(
    "work",
    (
        PRODUCT,
        # A cancellation has none of these.
        *(replace(f, required=False) for f in OF_WORK),
        VAT, VAT_PERCENT, *PARTICIPANT_SUMS, HELD_FACT, *FEE_FACTS, PAYABLE,
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
    assigns=("contact", "coordinator"),
    public=False,
    names_linked=("finance", "coordinator"),
    follows=True,
)

_DOCUMENT = Code("document_number", document_number, "2026-001")
_VOUCHERS = "vouchers"  # invoices and credit notes share their numbers
NUMBER = Field("invoice_number", longest=20, width=20, code=_DOCUMENT, unique=_VOUCHERS)
ISSUED = Field("invoice_date", "date", required=False)
DUE = Field("due_date", "date", required=False)
INVOICE_CHECKS = (
    checks.not_ahead("invoice_date"),
    checks.not_before("invoice_date", "billable_from"),
    checks.ahead("due_date"),
    checks.within("due_date", LONGEST_CREDIT, "invoice_date"),
)
PAID_ON = Field("paid_on", "date", required=False)
PAID_CHECKS = (checks.not_ahead("paid_on"), checks.not_before("paid_on", "invoice_date"))
CREDIT = (
    Field("credit_number", longest=20, width=20, code=_DOCUMENT, unique=_VOUCHERS),
    Field("credit_reason", "longtext", shortest=5, longest=500),
)
CREDITED_ON = Field("credited_on", "date")
