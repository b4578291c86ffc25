"""Whose service this is: one file, so that another organisation makes it theirs."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.render.text.files import toml

if TYPE_CHECKING:
    from functions.kernel.documents import Seller

FILE = Path(__file__).parents[2] / "organisation.toml"


@cache
def organisation() -> dict[str, Any]:
    """The settings of ``organisation.toml``, as they stand there."""
    return toml(FILE)


def setting(key: str, language: str) -> str:
    """One setting in the reader's language; settings without languages are as they are."""
    value = organisation()[key]
    return str(value[language] if isinstance(value, dict) else value)


def refund(language: str) -> str:
    """Within how many days money is returned, as the end of a sentence: " within 14 days"; "" if
    the organisation has promised nothing."""
    from functions.render.text.texts import page_text  # few texts speak of it

    days = organisation().get("refund_days")
    return f" {page_text(language, 'document.refund', days=days)}" if days else ""


def help_lines(language: str) -> tuple[str, ...]:
    """Where there is help at once, for whom something urgent is about: what holds everywhere in
    Finland, and what the organisation adds, if it does."""
    from functions.render.text.texts import page_text  # which few readers of this file need

    own = organisation().get("help", {}).get(language, "")
    return (page_text(language, "urgent.help"), *([own] if own else []))


def sectors() -> tuple[str, ...]:
    """The keys of the sectors in which supervisors work."""
    return tuple(organisation()["sectors"])


def sector(key: str, language: str) -> str:
    """What a sector is called, or its key if the organisation has no such sector any more."""
    names = organisation()["sectors"].get(key, {})
    return str(names.get(language, key))


def employer(name: str, language: str) -> str:
    """An employer's name in a language, found by its name in any; others stay as written."""
    for names in organisation()["employers"].values():
        if name.strip().casefold() in {each.casefold() for each in names.values()}:
            return str(names[language])
    return name


def seller(language: str = "fi") -> "Seller":
    """Who invoices, under the name and address that it has in ``language``.

    ValueError if one of its codes cannot be right, before a payer finds out.
    """
    from functions.kernel import identifiers
    from functions.kernel.documents import Seller  # few functions invoice, and all read this file

    given = organisation()["seller"]
    spoken = {name: given[name][language] for name in ("name", "street", "city")}
    found = Seller(**{**given, **spoken})
    right = {
        "business_id": identifiers.business_id(found.business_id),
        "vat_id": f"FI{found.business_id.replace('-', '')}",
        "iban": identifiers.iban(found.iban),
        "bic": identifiers.bic(found.bic)
        if identifiers.operator_fits(found.iban, found.bic)
        else None,
        "e_address": identifiers.e_invoice_address(found.e_address),
        "operator": identifiers.operator_id(found.operator),
    }
    if wrong := [name for name, code in right.items() if code != getattr(found, name)]:
        raise ValueError(f"organisation.toml: [seller] {', '.join(wrong)}")
    return found
