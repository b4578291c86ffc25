"""Values that may be used once: what counts as the same, and what an action claims."""

import pytest

from functions.kernel.case import Claim
from functions.kernel.claims import claims, compared
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
