"""The only place that reads settings and wires adapters to the services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from functions.adapters.cases import DynamoCases
from functions.adapters.desks import DynamoDesks
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import Place
from functions.adapters.grants import DynamoGrants
from functions.adapters.limits import DynamoLimits
from functions.adapters.ses import SesPost
from functions.adapters.signing import Keys
from functions.services.ports import Clock
from functions.services.wiring import Rules, Services


@dataclass(frozen=True, slots=True)
class Settings:
    """An installation. ``secret`` signs form keys and names mailboxes in quotas; ``keys`` are
    credentials that do not expire while this process lives."""

    base_url: str
    stage: str
    region: str
    endpoint_url: str | None
    table_prefix: str
    sender: str
    secret: bytes
    configuration_set: str | None = None
    keys: Keys | None = field(default=None, repr=False)


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


def settings_from(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables; KeyError names the one that is missing."""
    return Settings(
        base_url=environ["KAPULA_BASE_URL"].rstrip("/"),
        stage=environ.get("KAPULA_STAGE", "dev"),
        region=environ["AWS_REGION"],
        endpoint_url=environ.get("AWS_ENDPOINT_URL") or None,
        table_prefix=environ["KAPULA_TABLE_PREFIX"],
        sender=environ["KAPULA_SENDER"],
        secret=environ["KAPULA_SECRET"].encode(),
        configuration_set=environ.get("KAPULA_CONFIGURATION_SET") or None,
        keys=keys_from(environ),
    )


def keys_from(environ: Mapping[str, str]) -> Keys | None:
    """The keys that Lambda gives a function; those that say when they expire are botocore's to
    renew, as are profiles and roles."""
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if not key or not secret or environ.get("AWS_CREDENTIAL_EXPIRATION"):
        return None
    return Keys(key, secret, environ.get("AWS_SESSION_TOKEN") or None)


def build(settings: Settings, clock: Clock | None = None) -> Services:
    """The services of an installation, on its tables and its mail."""
    place = Place(settings.region, settings.table_prefix, settings.endpoint_url, settings.keys)
    directory = DynamoDirectory(place)
    return Services(
        cases=DynamoCases(place, directory.row),
        grants=DynamoGrants(place),
        directory=directory,
        post=SesPost(settings.region, settings.endpoint_url, settings.configuration_set),
        clock=clock or SystemClock(),
        rules=Rules(settings.base_url, settings.sender, settings.secret),
        limits=DynamoLimits(place),
        desks=DynamoDesks(place),
    )
