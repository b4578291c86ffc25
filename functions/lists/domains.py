"""Domains of the e-mail addresses that line managers may have."""

from functions.kernel import clean
from functions.kernel.directory_lists import RETIRED, DirectoryList
from functions.kernel.fields import Code, Field, Section


def _domain(raw: str) -> str | None:
    """A domain in IDNA form, also where it was typed with the @ sign before it."""
    return clean.domain(clean.bare(raw).removeprefix("@"))


_DOMAIN = Field("domain", longest=253, code=Code("domain", _domain, "example.org"))

LIST = DirectoryList(
    name="domains",
    kind="domain",
    position=4,
    in_files=(),
    key="domain",
    named=(),
    sections=(Section("domain", (_DOMAIN, RETIRED)),),
)
