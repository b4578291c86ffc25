"""Stages of a quote, from its request until it is paid or called off, and of a message to us."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time

from functions.kernel.durations import HELSINKI
from tests.faults.journey import COORDINATOR, SUPERVISOR, Person, Stage, fill
from tests.faults.pages import Page
from tests.faults.rig import Rig
from tests.faults.several import task, tick

CLIENT, WRITER = "tilda@example.net", "liisa@example.net"
FINANCE = "sten.provperson@hyvaesimerkki.example.org"
REQUEST = {
    "product": "group",
    "participants": "3",
    "need": "Haluamme oppia työstämme & <b>kasvaa</b>.",
    "urgency": "usual",
    "mode": "online",
    "payer_type": "organisation",
    "organisation": "Mallilan mallikunta",
    "business_id": "2345678-0",
    "contact_name": "Tilda Tilaaja",
    "contact_email": CLIENT,
    "privacy_read": "yes",
}
PRICED = {
    "net_price": "1 250,50",
    "vat": "standard",
    "sessions": "5",
    "session_minutes": "90",
    "valid_until": "2026-08-31",
}
BILLING = {
    "billing_name": "Mallilan mallikunta",
    "billing_street": "Mallikatu 1",
    "billing_postcode": "00000",
    "billing_city": "Mallila",
    "business_id": "2345678-0",
    "accepter_name": "Tilda Tilaaja",
    "authority": "yes",
    "terms_read": "yes",
}
REMINDED, BEGINS = date(2026, 8, 6), date(2026, 8, 8)
DATES = {
    "start_date": BEGINS.isoformat(),
    "end_date": "2026-12-14",
    "participant_names": "Aino\nBertta\nCecilia",
}
MESSAGE = {
    "topic": "general",
    "message": "Miten työnohjausta haetaan & <b>saadaan</b>?",
    "name": "Liisa Lähettäjä",
    "email": WRITER,
    "privacy_read": "yes",
}
OFF = {"provider_reason": "Työnohjaaja on sairastunut."}


def midnight(day: str) -> datetime:
    """When a day has just begun in Finland."""
    return datetime.combine(date.fromisoformat(day), time(0, 1), HELSINKI).astimezone(UTC)


def morning(day: str) -> datetime:
    """When the reminders of a day have just become due."""
    return datetime.combine(date.fromisoformat(day), time(8, 1), HELSINKI).astimezone(UTC)


def _until(day: date, moment: Callable[[str], datetime]) -> Stage:
    def do(rig: Rig, person: Person, _: str) -> Page:
        rig.clock.time = moment(day.isoformat())
        return tick(rig)

    return Stage(f"until {day}", "", do)


def _sent(name: str, process: str, form: str, answers: dict[str, str]) -> Stage:
    return Stage(name, "", lambda rig, person, _: fill(person, process, form, answers))


REQUESTED = (
    _sent("request", "quote", "request", REQUEST),
    task("confirm the request", CLIENT, "confirm", "request"),
    task("quote", COORDINATOR, "quote", "request", **PRICED),
)
ACCEPT = task("accept", CLIENT, "accept_organisation", "request", **BILLING)
OFFER = task("offer the order", COORDINATOR, "offer", "ordered", supervisor="testi")
TAKE = task(
    "take the order", SUPERVISOR, "accept", "ordered", contact_instructions="Soita maanantaina."
)
STAFF = (OFFER, TAKE)
SCHEDULE = task("schedule", COORDINATOR, "schedule", "request", **DATES)
CANCEL = task("cancel", CLIENT, "cancel", "request", "status")
CALL_OFF = task("call off", COORDINATOR, "call_off", "request", "status", **OFF)
REMIND, BEGIN = _until(REMINDED, morning), _until(BEGINS, midnight)
INVOICE = task("invoice", FINANCE, "invoice", "invoice", invoice_number="1001")
PAY = replace(task("pay", FINANCE, "pay", "invoice"), mails=False)
CONTACT = (
    _sent("message", "contact", "message", MESSAGE),
    task("confirm the message", WRITER, "confirm", "message"),
    task("answer", COORDINATOR, "answer", "message", answer="Lomakkeella, tästä linkistä."),
)
