"""The mailbox's reading of kept mails."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage

from infra.local.mail import Attachment, Outgoing, SentMail, links_in, parse

CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


def record(message, to=("aino@example.org",), identifier="m-1"):
    """What the local AWS keeps of a SendEmail call."""
    raw = base64.b64encode(message.as_bytes()).decode()
    request = {"Destination": {"ToAddresses": list(to)}, "Content": {"Raw": {"Data": raw}}}
    return {"MessageId": identifier, "Request": request}


def message(subject="Tervetuloa mäelle"):
    mail = EmailMessage()
    mail["From"] = "kapula@example.org"
    mail["To"] = "someone-else@example.org"
    mail["Subject"] = subject
    mail["Date"] = datetime(2026, 11, 22, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    mail.set_content("Avaa: http://127.0.0.1:1/api/t/abc.\nJa <https://example.org/ä>, loppu.\n")
    mail.add_alternative("<p>Avaa</p>", subtype="html")
    mail["Content-Language"] = "fi"
    return mail


def test_parse_reads_every_part():
    mail = message()
    mail.add_attachment(CALENDAR, maintype="text", subtype="calendar", filename="käynti.ics")
    assert parse(record(mail)) == SentMail(
        id="m-1",
        to="aino@example.org",
        subject="Tervetuloa mäelle",
        language="fi",
        text="Avaa: http://127.0.0.1:1/api/t/abc.\nJa <https://example.org/ä>, loppu.\n",
        html="<p>Avaa</p>\n",
        links=("http://127.0.0.1:1/api/t/abc", "https://example.org/ä"),
        attachments=(Attachment("käynti.ics", "text/calendar", CALENDAR),),
        sent_at=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    )


def test_parse_counts_a_calendar_alternative_as_an_attachment():
    mail = message()
    mail.add_alternative("BEGIN:VCALENDAR\n", subtype="calendar")
    assert [(part.name, part.type) for part in parse(record(mail)).attachments] == [
        ("invite.ics", "text/calendar")
    ]


def test_parse_survives_a_mail_without_optional_headers():
    mail = EmailMessage()
    mail["To"] = "Aino <aino@example.org>"
    mail.set_content("hei")
    parsed = parse(record(mail, to=()))
    assert (parsed.to, parsed.subject, parsed.language, parsed.html) == (
        "aino@example.org",
        "",
        "",
        "",
    )
    assert parsed.sent_at == datetime.fromtimestamp(0, UTC)


def test_links_in_keeps_order_and_drops_duplicates():
    text = "(http://a.example/x?y=1&z=2) http://b.example/! http://a.example/x?y=1&z=2"
    assert links_in(text) == ("http://a.example/x?y=1&z=2", "http://b.example/")


def test_outgoing_lists_in_order_of_sending_and_filters(tmp_path):
    for number, to in ((2, "b@example.org"), (1, "a@example.org"), (3, "A@example.org")):
        kept = record(message(), to=[to], identifier=f"m-{number}")
        (tmp_path / f"{number}.json").write_text(json.dumps(kept))
    (tmp_path / "4.json.part").write_text("half a file")
    outgoing = Outgoing(tmp_path)
    assert [mail.id for mail in outgoing.mails()] == ["m-1", "m-2", "m-3"]
    assert [mail.id for mail in outgoing.mails("a@example.org")] == ["m-1", "m-3"]
    assert outgoing.find("m-2").to == "b@example.org"
    assert outgoing.find("m-9") is None
