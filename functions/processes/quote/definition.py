"""Quotes, version 1: from a request to what is agreed, held, cancelled, invoiced and paid."""

from functions.kernel.consequences import Guard
from functions.kernel.definition import ALWAYS, Definition, Mail, Visibility
from functions.kernel.documents import Document, Part, TermsText
from functions.kernel.fields import Answers
from functions.kernel.tables import Table
from functions.processes.quote import forms, money
from functions.processes.quote.fees import TERMS
from functions.processes.quote.moves import ACTIONS, TRANSITIONS
from functions.processes.quote.states import ROLES, STATES, URGENT

_CLIENT: Visibility = {"contact": ALWAYS, "coordinator": ALWAYS}
_HELD: Visibility = {
    "contact": ALWAYS,
    "coordinator": ALWAYS,
    "supervisor": ALWAYS,
    "finance": ALWAYS,
}
_DATES: Visibility = {"contact": ALWAYS, "coordinator": ALWAYS, "supervisor": ALWAYS}
_BILLING: Visibility = {"contact": ALWAYS, "finance": ALWAYS}
_MONEY: Visibility = {"contact": ALWAYS, "coordinator": ALWAYS, "finance": ALWAYS}
_FINANCE: Visibility = {
    "contact": ("invoiced", "paid", "credit_due", "credited"),
    "finance": ALWAYS,
}

MAILS = (
    Mail("confirm", "contact", "task"),
    Mail("receipt", "contact"),
    Mail("requested", "coordinator", "task"),
    Mail("remind_review", "coordinator", "task"),
    Mail("asked", "contact", "task"),
    Mail("remind_info", "contact", "task"),
    Mail("lapsed", "contact"),
    Mail("replied", "coordinator", "task"),
    Mail("quoted", "contact", "task"),
    Mail("requoted", "contact", "task"),
    Mail("asked_about", "coordinator", "task"),
    Mail("remind_quote", "contact", "task"),
    Mail("refused", "contact"),
    Mail("declined", "coordinator"),
    Mail("expired", "contact"),
    Mail("expired_coordinator", "coordinator"),
    Mail("accepted", "contact"),
    Mail("appointed", "contact"),
    Mail("another_supervisor", "contact"),
    Mail("to_schedule", "coordinator", "task"),
    Mail("remind_dates", "coordinator", "task"),
    Mail("withdrawn", "contact"),
    Mail("withdrawn_coordinator", "coordinator"),
    Mail("scheduled", "contact"),
    Mail("scheduled_supervisor", "supervisor"),
    Mail("changed", "contact"),
    Mail("changed_coordinator", "coordinator"),
    Mail("changed_supervisor", "supervisor"),
    Mail("place_cancelled", "contact"),
    Mail("replaced", "contact"),
    Mail("participants_coordinator", "coordinator"),
    Mail("participants_supervisor", "supervisor"),
    Mail("remind_start", "contact"),
    Mail("remind_supervisor", "supervisor"),
    Mail("started", "contact"),
    Mail("postponed", "contact"),
    Mail("postponed_coordinator", "coordinator", "task"),
    Mail("completed", "contact"),
    Mail("missed", "contact"),
    Mail("missed_coordinator", "coordinator"),
    Mail("not_missed", "contact", also=("coordinator",)),
    Mail("cancelled", "contact"),
    Mail("cancelled_free", "contact"),
    Mail("cancelled_started", "contact"),
    Mail("cancelled_held", "contact"),
    Mail("called_off", "contact"),
    Mail("called_off_started", "contact"),
    Mail("cancelled_coordinator", "coordinator"),
    Mail("to_invoice", "finance", "task"),
    Mail("remind_invoice", "finance", "task"),
    Mail("invoiced", "contact", shows=("payable", "invoice_kind", "payer_type")),
    Mail("invoiced_person", "contact", shows=("payable", "invoice_kind")),
    Mail("invoiced_finance", "finance", "task"),
    Mail("unpaid", "finance", "task", shows=("payable",)),
    Mail("dropped", "finance"),
    Mail("to_credit", "finance", "task"),
    Mail("to_credit_paid", "finance", "task"),
    Mail("not_to_pay", "contact", shows=("payable",)),
    Mail("to_return", "contact", shows=("payable",)),
    Mail("remind_credit", "finance", "task"),
    Mail("credited", "contact", shows=("payable",)),
    Mail("credited_paid", "contact", shows=("payable",)),
    Mail("credited_finance", "finance"),
    Mail("credited_paid_finance", "finance"),
)

# The country is asked twice, and whoever decides the VAT reads it.
_BILLED = (*(f for f in forms.ADDRESS if f != forms.COUNTRY), *forms.E_INVOICE)
_AGREED = (
    forms.SESSIONS,
    forms.MINUTES,
    forms.NET_PRICE,
    forms.GROSS,
    forms.VAT_PERCENT,
    *forms.PARTICIPANT_SUMS,
)
VISIBILITY: dict[str, Visibility] = {
    **{f.name: _CLIENT for f in (*forms.REQUEST.fields, *forms.QUOTE, *forms.QUOTE_FACTS)},
    **{f.name: _CLIENT for f in (forms.QUESTION, forms.REPLY, forms.ABOUT_QUOTE, forms.REFUSAL)},
    **{f.name: _CLIENT for f in (*forms.CONSENT, forms.DECLINE_REASON, forms.CANCEL_REASON)},
    **{
        f.name: _MONEY
        for f in (
            *_AGREED,
            forms.HELD,
            *forms.FEE_FACTS,
            forms.PAYABLE,
            *forms.CONTACT,
            forms.TITLE,
        )
    },
    **{
        f.name: _MONEY
        for f in (forms.PAYER_TYPE, forms.ORGANISATION, forms.BUSINESS_ID, *forms.ABROAD)
    },
    **{f.name: _BILLING for f in _BILLED},
    **{f.name: _HELD for f in (forms.PRODUCT, forms.START, forms.END)},
    **{f.name: _DATES for f in (forms.NAMES, *forms.PLACE, forms.LEAVING, forms.REPLACED)},
    **{f.name: _DATES for f in (forms.COMING_IN, forms.ABSENT, forms.ABSENT_ON)},
    **{f.name: _DATES for f in (forms.PROVIDER_REASON,)},
    "contact_instructions": _DATES,
    "started_on": {"coordinator": ALWAYS},
    "vat": {"coordinator": ALWAYS, "finance": ALWAYS},  # its percentage is told to all
    "valid_until": {"contact": ("quoted",), "coordinator": ("quoted",)},  # afterwards it is over
    "invoice_kind": _MONEY,
    "reference": _BILLING,
    "billable_from": {"finance": ALWAYS},
    **{f.name: _FINANCE for f in (forms.NUMBER, forms.ISSUED, forms.PAID_ON)},
    "due_date": {**_FINANCE, "coordinator": _FINANCE["contact"]},
    **{f.name: _FINANCE for f in (*forms.CREDIT, forms.CREDITED_ON)},
    "party.contact": _MONEY,
    "party.coordinator": _HELD,
    "party.supervisor": _DATES,
    "party.finance": {"finance": ALWAYS, "coordinator": ALWAYS},
}

_AGREED_ON = (
    "quoted", "staffing", "asking", "accepted", "scheduled", "running", "completed", "cancelled",
)  # fmt: skip
_OFFERED_IN = (*_AGREED_ON, "declined", "expired")
_INVOICED_IN = ("invoiced", "paid", "credit_due", "credited")
DOCUMENTS = (
    Document(
        "quote",
        "request",
        {"contact": _OFFERED_IN, "coordinator": _OFFERED_IN},
        (
            Part(
                "for_whom",
                (
                    "organisation", "business_id", "country", "foreign_business_id", "vat_id",
                    "contact_name",
                ),
            ),
            Part(
                "work",
                (
                    "product", "participants", "sessions", "session_minutes", "mode", "place",
                    "work_language", "desired_start", "start_date", "end_date",
                ),
            ),
            Part(
                "offer",
                (
                    "quote_version", "quoted_on", "valid_until", "option_sessions",
                    "option_gross", "option_price", "terms_version", "quote_message",
                ),
            ),
        ),
        money.quote_lines,
        terms=True,
        goes_to="contact",
        untaxed=money.untaxed,
    ),
    Document(
        "invoice",
        "invoice",
        {"contact": _INVOICED_IN, "finance": _INVOICED_IN},
        (
            Part(
                "work",
                (
                    "product", "sessions", "sessions_held", "session_minutes", "start_date",
                    "end_date",
                ),
                Guard("work_invoiced", lambda case: not money.is_fee(case)),
            ),
            Part(
                "cancelled",
                ("product", "days_left", "fee_base", "fee_base_gross", "fee_percent"),
                Guard("cancellation_invoiced", money.is_fee),
            ),
        ),
        money.invoice_lines,
        notes=("paying",),
        invoice=money.invoice,
        filed_by=("finance",),
        goes_to="contact",
        untaxed=money.untaxed,
    ),
    Document(
        "credit_note",
        "invoice",
        {"contact": ("credited",), "finance": ("credited",)},
        (Part("why", ("credit_reason",)),),
        money.invoice_lines,
        notes=("given_back",),
        invoice=money.credit_note,
        filed_by=("finance",),
        goes_to="contact",
        untaxed=money.untaxed,
    ),
)  # fmt: skip

TERMS_TEXT = TermsText(
    TERMS.version, ("accepting", "cancelling", "how_to_cancel", "replacing", "invoicing")
)


def _foremost(answers: Answers) -> tuple[str, ...]:
    """What whoever pays for themself reads first: what they pay, with VAT."""
    if answers.get("payer_type") != "individual":
        return ()
    return ("payable", *(f.with_vat for f in VERSION_1.fields().values() if f.with_vat))


TABLES = (
    Table(
        "invoices",
        "finance",
        "invoice",
        ("invoice_due", "invoiced", "credit_due", "paid", "credited"),
        (
            "invoice_kind", "invoice_number", "invoice_date", "due_date", "paid_on", "reference",
            "payer_type", "billing_name", "organisation", "business_id", "country",
            "foreign_business_id", "vat_id", "vat", "e_address", "operator",
            "buyer_reference", "order_number", "cost_centre", "billing_street",
            "billing_postcode", "billing_city", "contact_name", "contact_email", "title",
            "product", "start_date", "end_date", "vat_percent", "credit_number", "credited_on",
        ),
        ("net", "tax", "gross"),
        money.sums,
    ),
)  # fmt: skip

VERSION_1 = Definition(
    name="quote",
    version=1,
    forms=(forms.REQUEST, forms.INVOICE),
    roles=ROLES,
    owner="coordinator",
    states=STATES,
    actions=ACTIONS,
    transitions=TRANSITIONS,
    mails=MAILS,
    visibility=VISIBILITY,
    new_link_mail=Mail("fresh_link", ""),
    handover_mail=Mail("handed", ""),
    bounced_mail=Mail("unreachable", "coordinator"),
    vacant_mail=Mail("remind_vacant", "coordinator", "task"),
    headline="title",
    facets=("product", "payer_type"),
    urgent=URGENT,
    documents=DOCUMENTS,
    tables=TABLES,
    terms=TERMS_TEXT,
    foremost=_foremost,
)

VERSIONS = (VERSION_1,)
