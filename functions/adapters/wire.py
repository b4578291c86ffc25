"""A client for services of AWS that speak JSON: botocore's signer and its connections, no more.

It stands below pynamodb in the place of a botocore client, which spends most of a request on
what nobody here asks for (models, endpoint rules, plug-ins). What can go wrong goes wrong in
botocore's words: `ClientError` and `BotoCoreError`, after botocore's own standard retries.
Its events are botocore's too (`before-call`, `before-send`, `after-call`). See ADR 10.
"""

import json
import socket
import time
import zlib
from dataclasses import dataclass, field
from http.client import responses
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.hooks import HierarchicalEmitter
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from functions.adapters.signing import Keys, Request, Signer

if TYPE_CHECKING:
    from functions.adapters.retries import Retries

Plain = dict[str, Any]
_AGENT = "kapula"
_NO_DELAY = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]  # else 40 ms more a call


@dataclass(frozen=True, slots=True)
class Api:
    """A service: its name in addresses and signatures, its operations' prefix, its protocol."""

    name: str
    prefix: str
    json: str


DYNAMODB = Api("dynamodb", "DynamoDB_20120810", "1.0")
SSM = Api("ssm", "AmazonSSM", "1.1")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to connect and to wait for an answer, and how often to ask in all."""

    connect: float = 2
    read: float = 5
    attempts: int = 3


@dataclass(frozen=True, slots=True)
class Operation:
    """What botocore's retries and its events want to know of a call."""

    name: str
    service_model: Any
    error_shapes: tuple[()] = field(default=(), init=False)


class Client:
    """One service in one region. Without ``keys``, botocore finds credentials and renews them."""

    _request_signer = None  # pynamodb looks there for credentials that botocore failed to find

    def __init__(
        self,
        api: Api,
        region: str,
        endpoint_url: str | None = None,
        keys: Keys | None = None,
        patience: Patience | None = None,
    ) -> None:
        patience = patience or Patience()
        url = endpoint_url or f"https://{api.name}.{region}.amazonaws.com"
        self._api, self._region, self._keys, self._patience = api, region, keys, patience
        self._found: Any = None
        self._retries: Retries | None = None
        self._service = SimpleNamespace(service_name=api.name)
        self._url, self._host = url.rstrip("/") + "/", urlsplit(url).netloc
        self.meta = SimpleNamespace(events=HierarchicalEmitter(), endpoint_url=url)
        self.http = URLLib3Session(
            proxies=get_environ_proxies(url),
            timeout=(patience.connect, patience.read),
            socket_options=_NO_DELAY,
        )

    def call(self, name: str, **body: Any) -> Plain:
        """The answer to a call of an operation."""
        return self._make_api_call(name, body)

    def _make_api_call(self, name: str, body: Plain) -> Plain:
        """The same, under the name by which pynamodb asks botocore's clients."""
        operation, events = Operation(name, self._service), self.meta.events
        call = self._event(name)
        params = {"body": json.dumps(body).encode(), "context": {}}
        _, answered = events.emit_until_response(
            f"before-call.{call}", model=operation, params=params
        )
        http, parsed = answered or self.ask(operation, params)
        events.emit(f"after-call.{call}", model=operation, http_response=http, parsed=parsed)
        if http.status_code >= 300:
            raise ClientError(parsed, name)
        return parsed

    def ask(self, operation: Operation, params: Plain) -> tuple[Any, Plain]:
        """Send a call, again if botocore's rules say so; the last answer, good or bad."""
        response: Any
        for attempt in count(1):
            response, failure = self._once(operation, params)
            if response and _is_whole(response[0]):
                break
            delay = self._delay(operation, params, attempt, response, failure)
            if delay is None:
                break
            time.sleep(delay)
        if failure:
            raise failure
        http, parsed = response
        if self._retries:
            self._retries.give_back(params, http)
        return http, parsed

    def _delay(self, operation: Operation, params: Plain, *what: Any) -> float | None:
        """Seconds until the next try, or None. Most processes never come here."""
        if self._retries is None:
            from functions.adapters.retries import Retries

            self._retries = Retries(self._api.name, self._patience.attempts)
        return self._retries.delay(operation, params, *what)

    def _once(self, operation: Operation, params: Plain) -> tuple[Any, BotoCoreError | None]:
        """One answer with what it says, or the reason why there is none."""
        try:
            http = self._send(operation, params["body"])
            return (http, _parsed(http)), None
        except BotoCoreError as error:
            return None, error

    def _send(self, operation: Operation, body: bytes) -> Any:
        """Sign and send; signed anew each time, for a signature ages."""
        headers = {
            "Host": self._host,
            "Content-Type": f"application/x-amz-json-{self._api.json}",
            "User-Agent": _AGENT,
            "X-Amz-Target": f"{self._api.prefix}.{operation.name}",
        }
        request = Request("POST", self._url, headers, body, stream_output=False, context={})
        Signer(self._credentials(), self._api.name, self._region).add_auth(request)
        _, http = self.meta.events.emit_until_response(
            f"before-send.{self._event(operation.name)}", request=request
        )
        return http or self.http.send(request)

    def _event(self, name: str) -> str:
        return f"{self._api.name}.{name}"

    def _credentials(self) -> Any:
        """What to sign with now; None, which the signer refuses, if there is nothing."""
        if self._keys:
            return self._keys
        if self._found is None:
            from botocore.session import get_session

            self._found = get_session().get_credentials()
        return self._found and self._found.get_frozen_credentials()


def _is_whole(http: Any) -> bool:
    """Whether this is a good answer, and the one that was sent (DynamoDB adds a checksum)."""
    if http.status_code >= 300:
        return False
    checksum = http.headers.get("x-amz-crc32")
    return checksum is None or int(checksum) == zlib.crc32(http.content)


def _parsed(http: Any) -> Plain:
    """What an answer says; an error as botocore words it, with whatever else it tells."""
    status = http.status_code
    try:
        said: Plain = json.loads(http.content or b"{}")
    except ValueError as error:
        if status < 300:
            raise HTTPClientError(error=error) from error
        said = {}
    if status < 300:
        return said
    said = said or {"__type": status, "message": responses.get(status, "")}
    code = str(said.pop("__type", status)).rpartition("#")[2]
    message = said.pop("message", "") or said.pop("Message", "")
    headers = {name.lower(): value for name, value in http.headers.items()}
    told = {"HTTPStatusCode": status, "HTTPHeaders": headers}
    return {**said, "Error": {"Code": code, "Message": message}, "ResponseMetadata": told}
