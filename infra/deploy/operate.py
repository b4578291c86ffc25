"""Looking after an installation: its logs, its directory."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

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
        told = datetime.fromtimestamp(moment / 1000, UTC).strftime("%H:%M:%S")
        print(f"{told} {name:8} {message}")


def import_directory(stage: str, file: str = "") -> None:
    """Load people and units into the installation's directory, with your own rights."""
    from infra import import_directory as directory

    if not file:
        raise SettingsError("say which file: FILE=people.yaml")
    count = directory.import_file(services_of(stage), Path(file))
    print(f"{count} entries are in the directory of {stage}.")


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
