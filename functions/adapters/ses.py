"""Mails through SES v2, as whole MIME messages with one recipient each."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from functions.services.ports import SendFailed

if TYPE_CHECKING:
    from email.message import EmailMessage

# What SES answers when sending this very message again cannot help.
_PERMANENT = {"MessageRejected", "BadRequestException", "NotFoundException"}
_PATIENCE = {
    "connect_timeout": 2,
    "read_timeout": 10,
    "retries": {"total_max_attempts": 3, "mode": "standard"},
}


class SesPost:
    """``Post`` over a client of SES v2, which ``session``, botocore's, makes at the first mail."""

    def __init__(
        self,
        session: Any,
        region: str,
        endpoint_url: str | None,
        configuration_set: str | None = None,
    ) -> None:
        self._session, self._region, self._endpoint_url = session, region, endpoint_url
        self._set = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    @cached_property
    def client(self) -> Any:
        """The client; most functions never need it."""
        config = Config(**_PATIENCE)
        return self._session.create_client(
            "sesv2", self._region, endpoint_url=self._endpoint_url, config=config
        )

    def send(self, message: "EmailMessage") -> None:
        """See ``Post.send``."""
        try:
            self.client.send_email(
                FromEmailAddress=str(message["From"]),
                Destination={"ToAddresses": [str(message["To"])]},
                EmailTags=[{"Name": "origin", "Value": str(message["X-Kapula-Origin"])}],
                **self._set,
                Content={"Raw": {"Data": message.as_bytes()}},
            )
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            raise SendFailed(code, permanent=code in _PERMANENT) from error
        except BotoCoreError as error:
            raise SendFailed(type(error).__name__, permanent=False) from error
