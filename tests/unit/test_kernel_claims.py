"""Values that may be used once: what counts as the same, and what an action claims."""

import pytest

from functions.kernel.case import Claim
from functions.kernel.claims import claims, compared, readings
from functions.kernel.errors import Taken
from functions.kernel.fields import Field

ONE, OTHER, FREE = Field("one", unique="n"), Field("other", unique="n"), Field("free")


@pytest.mark.parametrize(
    "typed",
    [
        "inv-2026-7", "INV 2026/007", "INV\u00a02026–7", "ＩＮＶ-2026-７", "inv\u200b-2026-7",
        " inv_2026_07 ", "Inv..2026..7", "INV2026-007",
    ],
)  # fmt: skip
def test_same_value_written_otherwise(typed: str) -> None:
    assert compared(typed) == "inv2026-7"


@pytest.mark.parametrize("typed", ["inv-2026-70", "inv-20267", "2026-7", "inv-2026"])
def test_another_value(typed: str) -> None:
    assert compared(typed) != "inv2026-7"


def test_claims_are_of_unique_fields_that_were_answered() -> None:
    found = claims((ONE, OTHER, FREE), {"one": "A 1", "free": "A 1"})
    assert found == (Claim("n", "a1", "one"),)


def test_two_fields_of_one_act_do_not_share_a_value() -> None:
    with pytest.raises(Taken) as refused:
        claims((ONE, OTHER), {"one": "A-1", "other": "a/01"})
    assert refused.value.field == "other"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1001", "1 001"), ("1001", "1.001"), ("1001", "10 01"), ("1001", "1\u00a0001"),
        ("1001", "No 1 001"), ("1 001", "1-001"), ("26.001", "26-001"), ("1234567", "1 234 567"),
        ("2026-1", "No 2026-1"), ("2026-1", "nro 2026-001"), ("2026-1", "Nr.2026/1"),
        ("2026-1", "Lasku 2026-1"), ("2026-1", "Laskun numero 2026 1"),
        ("2026-1", "fakturanummer 2026-1"), ("2026-1", "INVOICE NO 2026-1"),
        ("2026-1", "\u2116 2026-1"), ("INV 1001", "inv 1 001"), ("INV 1001", "Faktura INV 1001"),
    ],
)  # fmt: skip
def test_one_number_written_twice_is_one(one: str, other: str) -> None:
    assert set(readings(one)) & set(readings(other))
    with pytest.raises(Taken):
        claims((ONE, OTHER), {"one": one, "other": other})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-1-11", "2026-11-1"), ("2026-11", "2026-1-1"), ("INV 1", "1"), ("H 1", "INV 1"),
        ("1.001.1", "1001.1"), ("12.345", "123.45"), ("2026 001", "2026 0011"), ("NOR-1", "1"),
    ],
)  # fmt: skip
def test_two_numbers_are_two(one: str, other: str) -> None:
    assert not set(readings(one)) & set(readings(other))
