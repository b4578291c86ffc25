"""Which mailbox an address reaches: for rules that two people must differ, and for limits.

Mail always goes to the address as it was typed, and what an address may open is decided by
``same_address``. The form of ``mailbox`` is only ever compared.
"""

from functions.kernel import clean

# Domains under which one provider gives everybody the same mailbox: alias → the name used here.
_ALIASES = {
    alias: first
    for first, *others in (
        ("gmail.com", "googlemail.com"),
        ("icloud.com", "me.com", "mac.com"),
        ("proton.me", "protonmail.com", "protonmail.ch", "pm.me"),
        ("fastmail.com", "fastmail.fm"),
        ("yandex.com", "yandex.ru", "ya.ru", "yandex.by", "yandex.kz", "yandex.ua"),
    )
    for alias in others
}
# Characters in front of the @ that a provider does not look at.
_IGNORED = {"gmail.com": ".", "proton.me": "._-"}
_SUBDOMAINS = ("fastmail.com", "fastmail.fm")  # anything@name.fastmail.com reaches name


def mailbox(address: str) -> str:
    """The mailbox that an address reaches, in a form to compare.

    Case and what follows a ``+`` do not count, the domain is in IDNA form, a provider's other
    domains count as its first one, and dots only where the provider looks at them.
    """
    local, host = _parts(address)
    for provider in _SUBDOMAINS:
        if host.endswith(f".{provider}"):
            local, host = host.removesuffix(f".{provider}"), provider
    host = _ALIASES.get(host, host)
    name = local.partition("+")[0] or local
    for ignored in _IGNORED.get(host, ""):
        name = name.replace(ignored, "")
    return f"{name or local}@{host}"


def same_mailbox(one: str, other: str) -> bool:
    """Whether two addresses may be one person's: for every rule that two people must differ."""
    return mailbox(one) == mailbox(other)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are one, but for case and the form of the domain: what is mailed to
    the one may be opened as the other."""
    return plain(one) == plain(other)


def plain(address: str) -> str:
    """An address in lower case with its domain in IDNA form, as keys and access compare it."""
    return "@".join(_parts(address))


def _parts(address: str) -> tuple[str, str]:
    """What stands before and after the last @, both in their form to compare."""
    local, _, host = address.strip().rpartition("@")
    return local.casefold(), clean.domain(host.rstrip(".")) or host.casefold()


def masked(email: str) -> str:
    """An address that its owner knows again and nobody learns: ``m•••@example.org``."""
    local, _, host = email.rpartition("@")
    return f"{local[:1] if len(local) > 1 else ''}•••@{host}"
