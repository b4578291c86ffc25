"""Mails through SES v2, as whole MIME messages with one recipient each."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.services.ports import SendFailed

if TYPE_CHECKING:
    from email.message import EmailMessage

# What SES answers when sending this very message again cannot help.
_PERMANENT = {"MessageRejected", "BadRequestException", "NotFoundException"}


class SesPost:
    """``Post`` over a boto3 ``sesv2`` client, made at the first mail."""

    def __init__(
        self, region: str, endpoint_url: str | None, configuration_set: str | None = None
    ) -> None:
        self._region, self._endpoint_url = region, endpoint_url
        self._set = {"ConfigurationSetName": configuration_set} if configuration_set else {}
        self._client: Any = None

    @property
    def client(self) -> Any:
        """The boto3 client; its import is slow, and only the mailer pays for it."""
        if self._client is None:
            import boto3
            from botocore.config import Config

            config = Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 2})
            self._client = boto3.client(
                "sesv2", region_name=self._region, endpoint_url=self._endpoint_url, config=config
            )
        return self._client

    def send(self, message: "EmailMessage") -> None:
        """See ``Post.send``."""
        try:
            self.client.send_email(
                FromEmailAddress=str(message["From"]),
                Destination={"ToAddresses": [str(message["To"])]},
                EmailTags=[{"Name": "letter", "Value": str(message["X-Kapula-Letter"])}],
                **self._set,
                Content={"Raw": {"Data": message.as_bytes()}},
            )
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            raise SendFailed(code, permanent=code in _PERMANENT) from error
        except BotoCoreError as error:
            raise SendFailed(type(error).__name__, permanent=False) from error
