"""The mailbox's pages and its clock."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.mail import Outgoing
from infra.local.mailbox import create_app
from tests.unit.test_local_mail import CALENDAR, message, record

NOW = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)


class Standing:
    """A clock that stands."""

    def now(self):
        return NOW


@pytest.fixture
def moves():
    return []


@pytest.fixture
def client(tmp_path, moves):
    mail = message("<b>Hei</b>")
    mail.add_attachment(CALENDAR, maintype="text", subtype="calendar", filename="k.ics")
    (tmp_path / "1.json").write_text(json.dumps(record(mail, identifier="m-1@ses")))
    other = record(message(), to=["bo@example.org"], identifier="m-2@ses")
    (tmp_path / "2.json").write_text(json.dumps(other))
    app = create_app(Outgoing(tmp_path), Standing(), moves.append, "http://127.0.0.1:1")
    return app.test_client()


def test_overview_shows_newest_first_and_helsinki_time(client):
    page = client.get("/_mailbox/").text
    assert "2026-11-23 00:30:00" in page
    assert page.index("bo@example.org") < page.index("aino@example.org")
    assert "&lt;b&gt;Hei" in page
    assert "<b>Hei" not in page


def test_overview_filters_by_recipient(client):
    page = client.get("/_mailbox/?to=aino@example.org").text
    assert "m-1@ses" in page
    assert "m-2@ses" not in page


def test_messages_have_exactly_the_promised_fields(client):
    first, second = client.get("/_mailbox/messages.json").json
    assert second["id"] == "m-2@ses"
    assert first == {
        "id": "m-1@ses",
        "to": "aino@example.org",
        "subject": "<b>Hei</b>",
        "language": "fi",
        "text": "Avaa: http://127.0.0.1:1/api/t/abc.\nJa <https://example.org/ä>, loppu.\n",
        "html": "<p>Avaa</p>\n",
        "links": ["http://127.0.0.1:1/api/t/abc", "https://example.org/ä"],
        "attachments": [
            {
                "name": "k.ics",
                "type": "text/calendar",
                "size": len(CALENDAR),
                "url": "http://127.0.0.1:1/_mailbox/m-1@ses/attachments/0",
            }
        ],
        "sent_at": "2026-11-22T12:00:00+00:00",
    }


def test_message_page_and_its_parts(client):
    page = client.get("/_mailbox/m-1@ses").text
    assert '<a href="http://127.0.0.1:1/api/t/abc">' in page
    html = client.get("/_mailbox/m-1@ses/html")
    assert html.text == '<base target="_top"><p>Avaa</p>\n'
    assert html.headers["Content-Security-Policy"].startswith("sandbox allow-top-navigation")
    part = client.get("/_mailbox/m-1@ses/attachments/0")
    assert part.data == CALENDAR
    assert part.headers["Content-Disposition"] == "attachment; filename=k.ics"


@pytest.mark.parametrize("path", ["nobody", "nobody/html", "m-1@ses/attachments/1", "..%2fsecret"])
def test_unknown_things_are_missing(client, path):
    assert client.get(f"/_mailbox/{path}").status_code == 404


def test_clock_moves_on_by_the_form(client, moves):
    answer = client.post("/_mailbox/clock", data={"days": "4", "hours": "", "minutes": "30"})
    assert (answer.status_code, answer.location) == (303, "/_mailbox/")
    assert moves == [timedelta(days=4, minutes=30)]


@pytest.mark.parametrize(
    "data",
    [{}, {"days": "0"}, {"days": "-1", "hours": "48"}, {"days": "x"}, {"days": "9" * 30}],
)
def test_clock_refuses_to_stand_or_go_back(client, moves, data):
    assert client.post("/_mailbox/clock", data=data).status_code == 400
    assert moves == []


def test_clock_is_not_moved_by_looking(client, moves):
    assert client.get("/_mailbox/clock").status_code == 404
    assert moves == []
