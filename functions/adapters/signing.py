"""How a call of AWS is signed: by botocore's signer, spared what our few headers do not need."""

import hmac
from functools import lru_cache
from typing import NamedTuple

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest


class Keys(NamedTuple):
    """Credentials that hold as long as the process, as those of a Lambda function do."""

    access_key: str
    secret_key: str
    token: str | None = None


class Request(AWSPreparedRequest):  # type: ignore[misc]  # botocore is not typed
    """A request that is signed as it is sent: nothing in it is left to be worked out."""

    params = None


class _Named(dict[str, str]):
    """Headers to sign, each there once."""

    def get_all(self, name: str) -> tuple[str, ...]:
        """As the standard library's headers, which take ten times as long, have it."""
        return (self[name],)


class Signer(SigV4Auth):  # type: ignore[misc]
    """One request, in the order of botocore, which knows what AWS wants."""

    def headers_to_sign(self, request: Request) -> _Named:
        """All but what a proxy may change."""
        return _Named((n.lower(), v) for n, v in request.headers.items() if n != "User-Agent")

    def signature(self, string_to_sign: str, request: Request) -> str:
        """With the key of the day, which is made of nothing but what it is asked for by."""
        day = request.context["timestamp"][:8]
        made = _day_key(self.credentials.secret_key, day, self._region_name, self._service_name)
        return hmac.new(made, string_to_sign.encode(), "sha256").hexdigest()


@lru_cache(maxsize=8)
def _day_key(secret_key: str, *scope: str) -> bytes:
    """AWS's signing key: four rounds, of which all calls of a day share the result."""
    made = f"AWS4{secret_key}".encode()
    for part in (*scope, "aws4_request"):
        made = hmac.new(made, part.encode(), "sha256").digest()
    return made
