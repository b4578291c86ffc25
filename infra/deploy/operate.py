"""Looking after an installation: its logs, its directory."""

import os
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from functions.services.access.quotas import of_address
from functions.services.container import Services
from infra.deploy import aws
from infra.deploy.plan import FUNCTIONS
from infra.deploy.settings import SettingsError

FOLLOWED = 600  # seconds of the past that `logs` shows


def logs(stage: str, function: str = "") -> None:
    """Print the last ten minutes of one function's log, or of all, in the order of time."""
    client, since = aws.client("logs"), int((time.time() - FOLLOWED) * 1000)
    lines: list[tuple[int, str, str]] = []
    for name in [function] if function else [f.name for f in FUNCTIONS]:
        group = f"/aws/lambda/kapula-{stage}-{name}"
        pages = client.get_paginator("filter_log_events").paginate(
            logGroupName=group, startTime=since
        )
        lines += [
            (e["timestamp"], name, e["message"].rstrip()) for page in pages for e in page["events"]
        ]
    for moment, name, message in sorted(lines):
        shown = datetime.fromtimestamp(moment / 1000, UTC).strftime("%H:%M:%S")
        print(f"{shown} {name:8} {message}")


def import_directory(stage: str, file: str = "") -> None:
    """Load people and units into the installation's directory, with your own rights."""
    from infra import import_directory as directory

    if not file:
        raise SettingsError("say which file: FILE=people.yaml")
    count = directory.import_file(services_of(stage), Path(file))
    print(f"{count} entries are in the directory of {stage}.")


def allow_mail(stage: str, address: str = "") -> None:
    """Send mail to an address again that bounced or pressed "spam", with your own rights: Kapula
    and the mail service leave it out no more."""
    if not address:
        raise SettingsError("say which address: EMAIL=matti@example.org")
    read = aws.client("ssm").get_parameter(Name=f"/kapula/{stage}/secret", WithDecryption=True)
    services = services_of(stage)
    rules = replace(services.rules, secret=read["Parameter"]["Value"].encode())
    known = replace(services, rules=rules)
    known.limits.suppress(of_address(known, address), known.clock.now())
    mails = aws.client("sesv2")
    with suppress(mails.exceptions.NotFoundException):
        mails.delete_suppressed_destination(EmailAddress=address)
    print(f"Mail to {address} leaves again.")


def services_of(stage: str) -> Services:
    """The services on an installation's tables, with your own rights. They sign nothing."""
    from functions.bootstrap import build, settings_from

    environ = {
        "AWS_REGION": aws.region(),
        "AWS_ENDPOINT_URL": os.environ.get("AWS_ENDPOINT_URL", ""),
        "KAPULA_STAGE": stage,
        "KAPULA_TABLE_PREFIX": f"kapula-{stage}",
        "KAPULA_BASE_URL": aws.installed(stage)["Url"],
        "KAPULA_SENDER": "",
        "KAPULA_SECRET": "",
    }
    return build(settings_from(environ))
