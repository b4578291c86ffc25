"""Which functions there are, for which interpreter they are packaged, and how large they may be."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "deploy"
PACKAGES = WORK / "packages"

_TABLES: Mapping[str, tuple[str, ...]] = {
    "dynamodb": (
        "BatchGetItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "TransactWriteItems",
        "UpdateItem",
    ),
    "ssm": ("GetParameter",),
}
_MAIL = {**_TABLES, "sesv2": ("SendEmail",)}


@dataclass(frozen=True, slots=True)
class Function:
    """One function: the entry it serves and the operations of AWS that it may call.

    `leaves_out`: distributions that its modules name but never reach here, each for a
    reason that holds by rights. `limit`: bytes of the zip; a test holds it.
    """

    name: str
    operations: Mapping[str, tuple[str, ...]]
    limit: int
    leaves_out: frozenset[str] = frozenset()

    @property
    def handler(self) -> str:
        """The module that Lambda imports."""
        return f"functions.entry.{self.name}.handler"


# Needed though no module names them: zoneinfo reads the zones where the system has none.
ALWAYS = ("tzdata",)

# What reads invoices written by others; ours are written with the standard library.
_UNREACHED = frozenset({"lxml", "pypdf"})

# What reads codes with check digits: only what people type into forms and documents has any.
_NO_CODES = frozenset({"python-stdnum"})

FUNCTIONS = (
    Function("public", _TABLES, 6_850_000),
    Function("party", _TABLES, 7_050_000),
    Function("documents", _TABLES, 41_500_000, _UNREACHED),
    Function("desk", _TABLES, 8_200_000, _NO_CODES),
    Function("mailer", _MAIL, 5_950_000, _NO_CODES),
    Function("indexer", _TABLES, 3_450_000, _NO_CODES),
    Function("clock", _MAIL, 5_950_000, _NO_CODES),
    Function("bounces", _TABLES, 3_450_000, _NO_CODES),
)


@dataclass(frozen=True, slots=True)
class Target:
    """What packages are made for: a Python minor version, and a platform as uv and pip name it.

    `platform` None is this very machine, for the emulator, which runs functions itself.
    """

    python: str
    platform: str | None

    @property
    def minor(self) -> tuple[int, int]:
        """The version as numbers."""
        major, _, minor = self.python.partition(".")
        return int(major), int(minor)


LAMBDA = Target("3.13", "aarch64")


def here() -> Target:
    """For the interpreter that runs this; the local AWS has the same one."""
    return Target(f"{sys.version_info.major}.{sys.version_info.minor}", None)
