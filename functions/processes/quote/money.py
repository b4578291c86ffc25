"""What follows in money from a quote, from its cancellation, and when it is invoiced."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from functions.kernel.case import Case
from functions.kernel.countries import HOME
from functions.kernel.documents import Buyer, Invoice, Untaxed
from functions.kernel.durations import day_of, working_from
from functions.kernel.fields import Answers, Value
from functions.kernel.identifiers import reference, reference_from
from functions.kernel.money import Cents, InvoiceLine, divided, share, totals
from functions.kernel.parse import distinct_labels, lines
from functions.processes.quote import forms
from functions.processes.quote.fees import TERMS, By, fee

# Value added tax in per cent (Finnish VAT Act 1501/1993, section 84; the general rate since
# 1 September 2024), by the choice in a quote. Stored with the quote, so a change is no harm.
VAT = {"standard": "25.5", "none": "0", "reverse": "0", "outside": "0"}
_UNTAXED: dict[str, Untaxed] = {"reverse": "reverse_charge", "outside": "outside_scope"}
DAYS_TO_PAY = 14
# What explains nothing on an invoice of each kind.
_NEEDLESS = {
    "price": forms.FEE_FACTS,
    "fee": (*forms.OF_WORK, forms.HELD),
    "held": (forms.END, forms.NET_PRICE, forms.GROSS, *forms.PARTICIPANT_SUMS),
}


def quoted(answers: Answers, today: date) -> Answers:
    """The facts of one more version of a quote, and the day until which it is valid: the next
    working day, if a day was chosen on which nobody works."""
    percent = VAT[str(answers["vat"])]
    net = _cents(answers, "net_price")
    answers = {**answers, "vat_percent": percent}
    option = {"option_gross": _gross(answers, _cents(answers, "option_price"))}
    return {
        "quote_version": _number(answers, "quote_version") + 1,
        "quoted_on": today.isoformat(),
        "terms_version": TERMS.version,
        "vat_percent": percent,
        "gross_price": _gross(answers, net),
        **(option if "option_price" in answers else {}),
        "valid_until": _working(str(answers["valid_until"])),
    }


def _working(day: str) -> str:
    """A deadline that somebody chose, as deadlines are (ADR 20)."""
    return working_from(date.fromisoformat(day)).isoformat()


def accepted(answers: Answers, _: date) -> Answers:
    """The price of one seat: its part of the agreed price."""
    participants = _number(answers, "participants") or 1
    return _both(answers, participant_price=divided(_cents(answers, "net_price"), participants))


def cancelled(by: By) -> Callable[[Answers, date], Answers]:
    """What it costs to call all of it off."""

    def of(answers: Answers, today: date) -> Answers:
        found = _fee(answers, today, left_price(answers), by)
        if found["fee_reason"] == "started":
            return {**found, "payable": in_all(answers)}
        return {**found, "payable": _gross(answers, _to_pay({**answers, **found}))}

    return of


def vacancy(case: Case) -> Answers:
    """Whether nobody is left to do the work, as a fee goes by it."""
    return {"vacant": case.waits_for_others("supervisor")}


def left_price(answers: Answers) -> Cents:
    """The agreed price without the seats that were cancelled."""
    off = _number(answers, "cancelled_participants") * _cents(answers, "participant_price")
    return max(0, _cents(answers, "net_price") - off)


def one_left(answers: Answers, today: date) -> Answers:
    """What it costs that one participant leaves, and who is left."""
    found = _fee(answers, today, _cents(answers, "participant_price"), "client")
    sums: Answers = {
        "cancelled_participants": _number(answers, "cancelled_participants") + 1,
        **_both(
            answers,
            participant_fees=_cents(answers, "participant_fees") + int(found["fee"]),  # type: ignore[arg-type]
            participant_price=_cents(answers, "participant_price"),
        ),
    }
    left = answers if found["fee_reason"] == "started" else {**answers, **sums}
    found["payable"] = in_all(left)
    if "leaving" not in answers:
        return found
    return {**found, **_names(answers, str(answers["leaving"]), ""), **sums}


def substituted(answers: Answers, today: date) -> Answers:
    """That a substitute costs nothing, and who takes part then."""
    found = _fee(answers, today, _cents(answers, "participant_price"), "substitution")
    if "replaced" not in answers:
        return found
    return {**found, **_names(answers, str(answers["replaced"]), str(answers["coming_in"]))}


def not_there(answers: Answers, today: date) -> Answers:
    """What it costs that somebody, or everybody, did not turn up."""
    everybody = answers.get("absent") == "everybody"
    base = left_price(answers) if everybody else _cents(answers, "participant_price")
    return _fee(answers, today, base, "no_show")


def started(answers: Answers, today: date) -> Answers:
    """The day from which on the agreed price is invoiced in full, and how much that is."""
    return {"started_on": today.isoformat(), "payable": in_all(answers)}


def in_all(answers: Answers) -> Cents:
    """What is invoiced in all for work that goes on: the places that are left, and the fees of
    those that were cancelled. From its start on nothing changes that."""
    if answers.get("started_on") and "payable" in answers:
        return _cents(answers, "payable")
    return _gross(answers, left_price(answers) + _cents(answers, "participant_fees"))


def invoiced(answers: Answers, today: date) -> Answers:
    """The days of an invoice where they were left out; it is due on a working day.

    The time to pay begins today, as whoever pays gets it today, even if it is dated earlier.
    """
    issued = str(answers.get("invoice_date", today.isoformat()))
    due = str(answers.get("due_date", (today + timedelta(days=DAYS_TO_PAY)).isoformat()))
    return {"invoice_date": issued, "due_date": _working(due)}


def paid(answers: Answers, today: date) -> Answers:
    """The day of payment where it was left out."""
    return {"paid_on": str(answers.get("paid_on", today.isoformat()))}


def credited(_: Answers, today: date) -> Answers:
    """The day of the credit note."""
    return {"credited_on": today.isoformat()}


def to_invoice(kind: str) -> Callable[[Case], Answers]:
    """The answers of the invoice's own case: what finance needs, and nothing of the rest. How an
    earlier cancellation was computed explains nothing on an invoice of the price, what was never
    done nothing on that of a cancellation, and what was agreed nothing on that of what was held."""

    def of(case: Case) -> Answers:
        asked = {f.name for f in forms.INVOICE.fields}
        asked -= {f.name for f in _NEEDLESS[kind]}
        known = {k: v for k, v in case.answers.items() if k in asked}
        known["payable"] = totals(_lines({**known, "invoice_kind": kind})).gross
        number = reference(reference_from(case.id, kind))
        opened = day_of(case.entered_at).isoformat()
        since = str(case.answers["start_date"]) if kind == "price" else opened
        return {**known, "invoice_kind": kind, "reference": number, "billable_from": since}

    return of


def is_fee(case: Case) -> bool:
    """Whether an invoice is of a cancellation, and not of work."""
    return case.answers.get("invoice_kind") == "fee"


def is_held(case: Case) -> bool:
    """Whether only the sessions held are paid, as nobody is left to hold the others."""
    return case.answers.get("fee_reason") == "held"


def costs_something(case: Case) -> bool:
    """Whether anything is to be paid for what was cancelled."""
    return bool(_to_pay(case.answers))


def quote_lines(case: Case) -> tuple[InvoiceLine, ...]:
    """What is offered."""
    return (_work(case.answers),)


def invoice_lines(case: Case) -> tuple[InvoiceLine, ...]:
    """The lines of an invoice: the price without cancelled participants, or a fee; and the
    participants' cancellation fees."""
    return _lines(case.answers)


def _lines(answers: Answers) -> tuple[InvoiceLine, ...]:
    rate = str(answers["vat_percent"])
    if answers["invoice_kind"] == "held":
        counts = {name: _number(answers, name) for name in ("sessions_held", "sessions")}
        about: dict[str, str | int] = {"product": str(answers["product"]), **counts}
        return (InvoiceLine("held", _cents(answers, "fee"), rate, values=about),)
    if answers["invoice_kind"] == "fee":
        texts = {name: str(answers[name]) for name in ("product", "fee_day")}
        values: dict[str, str | int] = {**texts, "percent": _number(answers, "fee_percent")}
        due = _cents(answers, "fee")
        found = [InvoiceLine("fee", due, rate, values=values)] if due else []
    else:
        found = [_work(answers)]
        if off := _number(answers, "cancelled_participants"):
            found.append(
                InvoiceLine(
                    "cancelled_participants", -_cents(answers, "participant_price"), rate, off
                )
            )
    if fees := _cents(answers, "participant_fees"):
        found.append(InvoiceLine("participant_fees", fees, rate))
    return tuple(found)


_DONE = {
    "price": ("start_date", "end_date"),
    "fee": ("fee_day", "fee_day"),
    "held": ("start_date", "fee_day"),
}


def invoice(case: Case) -> Invoice:
    """The invoice of a case that has been invoiced."""
    answers = {k: str(v) for k, v in case.answers.items()}
    home = answers.get("country", "FI") in HOME
    buyer = Buyer(
        name=answers["billing_name"],
        email=answers["contact_email"],
        street=answers["billing_street"],
        postcode=answers["billing_postcode"],
        city=answers["billing_city"],
        business_id=answers.get("business_id", "") if home else "",
        foreign_id="" if home else answers.get("foreign_business_id", ""),
        vat_id=answers.get("vat_id", ""),
        country="FI" if home else answers["country"],
        e_address=answers.get("e_address", ""),
        operator=answers.get("operator", ""),
        reference=answers.get("buyer_reference", ""),
        order=answers.get("order_number", ""),
        cost_centre=answers.get("cost_centre", ""),
    )
    days = (date.fromisoformat(answers[x]) for x in ("invoice_date", "due_date"))
    done = _DONE[answers["invoice_kind"]]
    issued, due = days
    from_day, to_day = (date.fromisoformat(answers[x]) for x in done)
    return Invoice(
        answers["invoice_number"], issued, due, buyer, invoice_lines(case), answers["reference"],
        from_day, to_day, untaxed=untaxed(case), cancels=is_fee(case),
    )  # fmt: skip


def credit_note(case: Case) -> Invoice:
    """What gives the invoice back."""
    from dataclasses import replace

    given_back = invoice(case)
    answers = case.answers
    return replace(
        given_back,
        number=str(answers["credit_number"]),
        issued=date.fromisoformat(str(answers["credited_on"])),
        credits=given_back.number,
        credited_on=given_back.issued,
    )


def untaxed(case: Case) -> Untaxed:
    """Why there is no VAT, if there is none."""
    return _UNTAXED.get(str(case.answers.get("vat")), "exempt")


def sums(case: Case) -> dict[str, Cents]:
    """What is to be paid: without VAT, the VAT, and with it."""
    found = totals(invoice_lines(case))
    return {"net": found.net, "tax": found.tax, "gross": found.gross}


def _to_pay(answers: Answers) -> Cents:
    """What an order that was cancelled costs beside its price, without VAT: nothing if the
    provider cancelled it or could not have begun it, what was held if they cannot go on with it."""
    reason = answers.get("fee_reason")
    if reason in ("no_dates", "vacant", "provider"):
        return 0
    return _cents(answers, "fee") + (0 if reason == "held" else _cents(answers, "participant_fees"))


def _gross(answers: Answers, net: Cents) -> Cents:
    """A sum with its VAT, at the rate of the quote."""
    return net + share(net, Decimal(str(answers.get("vat_percent", "0"))))


def _both(answers: Answers, **net: Cents) -> dict[str, Value]:
    """Sums without VAT, by their fields, and the same with it."""
    fields = (*forms.PARTICIPANT_SUMS, *forms.FEE_FACTS)
    twins = {f.name: f.with_vat for f in fields if f.with_vat}
    return {**net, **{twins[name]: _gross(answers, cents) for name, cents in net.items()}}


def _work(answers: Answers) -> InvoiceLine:
    values = {
        "sessions": _number(answers, "sessions"),
        "minutes": _number(answers, "session_minutes"),
    }
    rate = str(answers["vat_percent"])
    return InvoiceLine(str(answers["product"]), _cents(answers, "net_price"), rate, values=values)


def _fee(answers: Answers, today: date, base: Cents, by: By) -> dict[str, Value]:
    answer = answers.get("start_date")
    start = date.fromisoformat(str(answer)) if answer else None
    started = bool(answers.get("started_on"))
    vacant = bool(answers.get("vacant"))
    held = (_number(answers, "sessions_held"), _number(answers, "sessions") or 1)
    found = fee(
        signed=True, notice=today, start=start, base=base, by=by, started=started, vacant=vacant,
        held=held,
    )  # fmt: skip
    known = {
        "fee_day": today.isoformat(),
        "fee_reason": found.reason,
        "fee_terms": found.terms,
        **_both(answers, fee=found.fee),
    }
    if found.reason == "held":
        return {**known, **_both(answers, fee_base=found.base), "sessions_held": held[0]}
    if started:  # its days and its price explain nothing that is to be paid
        return known
    days = {} if found.days is None else {"days_left": found.days}
    priced = _both(answers, fee_base=found.base)
    return {**known, **priced, **days, "fee_percent": found.percent}


def _names(answers: Answers, out: str, in_: str) -> dict[str, Value]:
    """Who takes part when one, as they are chosen by ``out``, leaves and ``in_`` comes, if any."""
    names = lines(answers, "participant_names")
    labels = distinct_labels(names)
    left = [in_ if label == out else n for n, label in zip(names, labels, strict=True)]
    return {"participant_names": "\n".join(filter(None, left))}


def _number(answers: Answers, name: str) -> int:
    value = answers.get(name, 0)
    return value if isinstance(value, int) else 0


_cents = _number
