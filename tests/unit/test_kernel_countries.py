"""VAT numbers and numbers of organisations in other countries."""

import pytest
from babel import Locale

from functions.kernel.countries import COUNTRIES, EU, organisation_id, vat_id, vat_id_is_of
from functions.kernel.identifiers import e_invoice_address
from functions.render.text.words import country


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("SE556188840401", "SE556188840401"),
        ("se 556188-8404 01", "SE556188840401"),
        ("EE 100 931 558", "EE100931558"),
        ("EL094259216", "EL094259216"),
        ("DE 136,695 976", None),
        ("DE136695976", "DE136695976"),
        ("NO 995 525 828 MVA", "NO995525828MVA"),
        ("GB 980 7806 84", "GB980780684"),
        ("XI 980 7806 84", "XI980780684"),
        ("CHE-107.787.577 MWST", "CHE107787577MWST"),
        ("FI12345671", "FI12345671"),
        ("US123456789", "US123456789"),
        ("SE556188840402", None),
        ("EE100931557", None),
        ("GR094259216", None),
        ("EU528003646", None),
        ("556188840401", None),
        ("XX123456789", None),
        ("SE", None),
        ("ＳＥ556188840401", None),
        ("ЅЕ556188840401", None),
        ("S" * 5000, None),
    ],
)
def test_vat_id(typed: str, normal: str | None) -> None:
    assert vat_id(typed) == normal


def test_vat_id_names_its_country() -> None:
    assert vat_id_is_of("GR", "EL094259216")
    assert vat_id_is_of("AX", "FI12345671")
    assert vat_id_is_of("GB", "XI980780684")
    assert not vat_id_is_of("SE", "EE100931558")


@pytest.mark.parametrize(
    ("where", "typed", "right"),
    [
        ("SE", "556188-8404", True),
        ("SE", "556188-8405", False),
        ("NO", "988 077 917", True),
        ("NO", "988 077 918", False),
        ("EE", "12345678", True),
        ("EE", "12345679", False),
        ("DK", "13585628", True),
        ("DK", "13585629", False),
        ("DE", "HRB 12345 B", True),
        ("DE", "none", False),
    ],
)
def test_organisation_id(where: str, typed: str, right: bool) -> None:
    assert organisation_id(where, typed) is right


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_country_has_a_name(language: str) -> None:
    names = [country(code, language) for code in COUNTRIES]
    assert len(set(names)) == len(COUNTRIES) == 249
    assert {*COUNTRIES} >= EU
    assert country("SE", language) == Locale.parse(language).territories["SE"]


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("0216:003712345671", "0216:003712345671"),
        ("0216: 0037 1234567 1", "0216:003712345671"),
        ("0007:5561888404", "0007:5561888404"),
        ("0212:1234567-1", "0212:1234567-1"),
        ("9930:de136695976", "9930:DE136695976"),
        ("TE003712345671", "TE003712345671"),
        ("0216:003712345672", None),
        ("0216:1234567-1", None),
        ("0007:5561888405", None),
        ("9999:12345", None),
        ("0216:", None),
        (":003712345671", None),
        ("0216:0216:003712345671", None),
        ("TE", None),
        ("TESTING-IT", None),
        ("TELEPHONE", None),
    ],
)
def test_e_invoice_addresses_beyond_ovt_and_iban(typed: str, normal: str | None) -> None:
    assert e_invoice_address(typed) == normal
