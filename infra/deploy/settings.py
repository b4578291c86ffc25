"""The settings of an installation: given once on the command line, kept in SSM.

They are the parameters `/kapula/<stage>/<name>`.

Two of them nobody gives: `secret` (signs forms, names mailboxes; a SecureString that only the
functions read) and `origin` (CloudFront's word to the functions). They are made at the first
deployment. Functions name the version of the secret they use, so that a new version takes
effect with the next deployment and not before.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from botocore.exceptions import ClientError


class SettingsError(ValueError):
    """A setting is missing or wrong; the message says which."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its default (None: must be given), and what it may be (empty: anything)."""

    default: str | None = ""
    choices: tuple[str, ...] = ()


YES_NO = ("yes", "no")
SETTINGS = {
    "sender": Setting(None),
    "domain": Setting(),
    "zone": Setting(),
    "alarm_email": Setting(),
    "waf": Setting("yes", YES_NO),
    "keep": Setting("yes", YES_NO),
    "reserve": Setting("yes", YES_NO),
}
STAGE_NAME = "a to z, 0 to 9 and -, at most 20, a letter first"


def stage_from(name: str) -> str:
    """A stage's name, if it can be part of the names of everything."""
    fine = name.isascii() and name.replace("-", "").isalnum() and name.lower() == name
    if not (fine and name[0].isalpha() and len(name) <= 20):
        raise SettingsError(f"STAGE must be a name such as test or prod ({STAGE_NAME})")
    return name


def given(environ: Mapping[str, str]) -> dict[str, str]:
    """What the command line sets: SENDER=…, DOMAIN=…, in capitals."""
    return {name: environ[name.upper()] for name in SETTINGS if environ.get(name.upper())}


class Store:
    """The parameters of one stage in SSM."""

    def __init__(self, ssm: Any, stage: str) -> None:
        self._ssm = ssm
        self._path = f"/kapula/{stage}"

    def read(self) -> dict[str, str]:
        """All plain settings that are stored."""
        pages = self._ssm.get_paginator("get_parameters_by_path").paginate(Path=self._path)
        found = {
            p["Name"].rpartition("/")[2]: p["Value"] for page in pages for p in page["Parameters"]
        }
        return {name: found[name] for name in SETTINGS if name in found}

    def write(self, changed: Mapping[str, str]) -> None:
        """Store settings."""
        for name, value in changed.items():
            self._put(name, value, "String")

    def made(self, name: str, kind: str) -> str:
        """`/kapula/<stage>/<name>:<version>`, with a new random value if there was none."""
        full = f"{self._path}/{name}"
        try:
            version = self._ssm.get_parameter(Name=full)["Parameter"]["Version"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterNotFound":
                raise
            version = self.renew(name, kind)
        return f"{full}:{version}"

    def renew(self, name: str, kind: str) -> int:
        """Give one of the made values a new version."""
        return self._put(name, secrets.token_urlsafe(32), kind)

    def _put(self, name: str, value: str, kind: str) -> int:
        put = {"Name": f"{self._path}/{name}", "Value": value, "Type": kind, "Overwrite": True}
        version: int = self._ssm.put_parameter(**put)["Version"]
        return version


def settle(store: Store, given: Mapping[str, str]) -> dict[str, str]:
    """Stored and given settings together, checked; what was given is stored."""
    stored = store.read()
    settings = {name: s.default for name, s in SETTINGS.items()} | stored | dict(given)
    checked: dict[str, str] = {}
    for name, value in settings.items():
        if value is None:
            raise SettingsError(f"say {name.upper()}=… once; it is kept for the next time")
        if SETTINGS[name].choices and value not in SETTINGS[name].choices:
            raise SettingsError(f"{name.upper()} is {' or '.join(SETTINGS[name].choices)}")
        checked[name] = value
    sender = checked["sender"]
    if "@" not in sender or parseaddr(sender)[1] != sender:
        raise SettingsError("SENDER is an address alone, such as kapula@example.org")
    store.write({n: v for n, v in given.items() if stored.get(n) != v})
    return checked


def for_template(
    settings: Mapping[str, str], secret: str, origin: str, region: str
) -> dict[str, object]:
    """The values that serverless.yml reads, but for the site's and the edge's."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    keep = settings["keep"] == "yes"
    name, _, version = origin.rpartition(":")
    known = [int(version), int(version) - 1] if int(version) > 1 else [int(version)]
    return {
        **settings,
        "region": region,
        "mail_domain": settings["sender"].rpartition("@")[2],
        "protect": keep,
        "deletion_policy": "Retain" if keep else "Delete",
        "secret": secret,
        "origin_header": f"{{{{resolve:ssm:{origin}}}}}",
        # The version before too: the edge takes minutes to change.
        "origin": ",".join(f"{{{{resolve:ssm:{name}:{v}}}}}" for v in known),
        "emulator": "yes" if endpoint else "no",
        "emulator_port": int(endpoint.rpartition(":")[2]) if endpoint else 80,
        "web_acl": "",
        "certificate": "",
    }
