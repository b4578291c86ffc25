"""Mails to SES: what it is given, and which of its answers may pass."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from functions.adapters.ses import SesPost
from functions.services.ports import SendFailed
from tests.fakes import World


class FakeClient:
    """The client as far as it is used."""

    def __init__(self, answer: Callable[[], object] = dict) -> None:
        self.calls: list[dict[str, Any]] = []
        self._answer = answer

    def send_email(self, **call: Any) -> object:
        self.calls.append(call)
        return self._answer()


class FakeSession:
    """botocore's session: what it was asked for, and a client."""

    def __init__(self, client: FakeClient) -> None:
        self.made: list[tuple[str, str | None]] = []
        self._client = client

    def create_client(self, service: str, region: str, **more: Any) -> FakeClient:
        self.made.append((service, more["endpoint_url"]))
        self.config = more["config"]
        return self._client


def post(client: FakeClient, configuration_set: str | None = None) -> SesPost:
    return SesPost(FakeSession(client), "eu-north-1", None, configuration_set)


def mails() -> list[Any]:
    world = World()
    world.case_at("confirm", "endorse", "offer", "accept")
    return world.deliver_all()


def test_send_one_recipient_and_the_whole_message() -> None:
    client, mail = FakeClient(), mails()[0]
    post(client).send(mail)
    (call,) = client.calls
    assert call == {
        "FromEmailAddress": "Kapula <kapula@example.org>",
        "Destination": {"ToAddresses": ["aino@example.net"]},
        "EmailTags": [{"Name": "origin", "Value": mail["X-Kapula-Origin"]}],
        "Content": {"Raw": {"Data": mail.as_bytes()}},
    }


def test_send_tags_as_ses_allows_them() -> None:
    """Letters, digits, _ and - (API reference, MessageTag); the fakes of AWS take anything."""
    client = FakeClient()
    for mail in mails():
        post(client).send(mail)
    values = [tag["Value"] for call in client.calls for tag in call["EmailTags"]]
    assert len(set(values)) == 8
    assert [v for v in values if not re.fullmatch("[A-Za-z0-9_-]{1,256}", v)] == []


def test_send_configuration_set() -> None:
    client = FakeClient()
    post(client, "kapula-events").send(mails()[0])
    assert client.calls[0]["ConfigurationSetName"] == "kapula-events"


@pytest.mark.parametrize(
    ("code", "permanent"),
    [
        ("MessageRejected", True),
        ("BadRequestException", True),
        ("NotFoundException", True),
        ("TooManyRequestsException", False),
        ("LimitExceededException", False),
        ("SendingPausedException", False),
        ("AccountSuspendedException", False),
        ("InternalFailure", False),
    ],
)
def test_send_refused_by_ses(code: str, permanent: bool) -> None:
    def refuse() -> object:
        raise ClientError({"Error": {"Code": code, "Message": "aino@example.net"}}, "SendEmail")

    with pytest.raises(SendFailed) as caught:
        post(FakeClient(refuse)).send(mails()[0])
    assert (str(caught.value), caught.value.permanent) == (code, permanent)


def test_send_ses_not_reached() -> None:
    def silent() -> object:
        raise ConnectTimeoutError(endpoint_url="https://ses.example")

    with pytest.raises(SendFailed) as caught:
        post(FakeClient(silent)).send(mails()[0])
    assert (str(caught.value), caught.value.permanent) == ("ConnectTimeoutError", False)
