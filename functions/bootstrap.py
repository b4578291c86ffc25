"""The only place that reads settings and wires adapters to the services."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from functions.adapters.cases import DynamoCases
from functions.adapters.desks import DynamoDesks
from functions.adapters.directory import DynamoDirectory
from functions.adapters.dynamo import DynamoSettings
from functions.adapters.grants import DynamoGrants
from functions.adapters.limits import DynamoLimits
from functions.adapters.ses import SesPost
from functions.adapters.timers import DynamoTimers
from functions.kernel.history import SealKeys
from functions.services.container import Rules, Services
from functions.services.logs import stamp_records
from functions.services.ports import Clock


@dataclass(frozen=True, slots=True)
class Settings:
    """An installation. ``secret`` signs form keys, seals histories and names mailboxes in quotas;
    ``earlier`` gives those before it, which old histories are sealed with."""

    base_url: str
    stage: str
    region: str
    endpoint_url: str | None
    table_prefix: str
    sender: str
    secret: bytes
    earlier: Callable[[], Iterable[bytes]] = field(default=tuple, repr=False)
    configuration_set: str | None = None


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


def settings_from(
    environ: Mapping[str, str], earlier: Callable[[], Iterable[bytes]] = tuple
) -> Settings:
    """Settings from environment variables; KeyError names the one that is missing. ``earlier``
    gives the secrets before the present one."""
    return Settings(
        base_url=environ["KAPULA_BASE_URL"].rstrip("/"),
        stage=environ.get("KAPULA_STAGE", "dev"),
        region=environ["AWS_REGION"],
        endpoint_url=environ.get("AWS_ENDPOINT_URL") or None,
        table_prefix=environ["KAPULA_TABLE_PREFIX"],
        sender=environ["KAPULA_SENDER"],
        secret=environ["KAPULA_SECRET"].encode(),
        earlier=earlier,
        configuration_set=environ.get("KAPULA_CONFIGURATION_SET") or None,
    )


def dynamo_settings(settings: Settings) -> DynamoSettings:
    """Where an installation has its tables, and what asks them."""
    return DynamoSettings(settings.region, settings.table_prefix, settings.endpoint_url)


def build(
    settings: Settings, clock: Clock | None = None, tables_at: DynamoSettings | None = None
) -> Services:
    """The services of an installation, on its tables and its mail; ``tables_at`` if there is one
    already."""
    stamp_records()
    tables_at = tables_at or dynamo_settings(settings)
    directory = DynamoDirectory(tables_at)
    return Services(
        cases=DynamoCases(tables_at, directory.row, SealKeys(settings.secret, settings.earlier)),
        grants=DynamoGrants(tables_at),
        directory=directory,
        post=SesPost(
            tables_at.session, settings.region, settings.endpoint_url, settings.configuration_set
        ),
        clock=clock or SystemClock(),
        rules=Rules(settings.base_url, settings.sender, settings.secret),
        limits=DynamoLimits(tables_at),
        desks=DynamoDesks(tables_at),
        timers=DynamoTimers(tables_at),
    )
