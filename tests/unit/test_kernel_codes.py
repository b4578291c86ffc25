"""Codes with check digits: published examples, how people write them, and errors they find."""

from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum import iso11649

from functions.kernel.countries import vat_id
from functions.kernel.identifiers import (
    business_id,
    document_number,
    e_invoice_address,
    iban,
    is_reference,
    operator_fits,
    operator_id,
    reference,
    reference_from,
    reference_number,
    rf,
)

DIGITS = st.text(st.sampled_from("0123456789"), min_size=7, max_size=7)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
BASES = st.integers(10**7, 10**19 - 1).map(str)


def checked(digits: str) -> str | None:
    """A business ID by the rule, or None where it has no check digit."""
    left = sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % 11
    return None if left == 1 else f"{digits}-{0 if left == 0 else 11 - left}"


def swapped(code: str, i: int, j: int) -> str:
    letters = list(code)
    letters[i], letters[j] = letters[j], letters[i]
    return "".join(letters)


def account(number: int) -> str:
    """A Finnish IBAN by the rule: F is 15 and I is 18."""
    return f"FI{98 - int(f'{number:014}151800') % 97:02}{number:014}"


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("2077474-0", "2077474-0"),  # the example of python-stdnum
        ("1234567-1", "1234567-1"),
        ("12345671", "1234567-1"),
        (" 1234567 - 1 ", "1234567-1"),
        ("1234567–1", "1234567-1"),
        ("1234567\u20111", "1234567-1"),
        ("FI12345671", "1234567-1"),
        ("fi 12345671", "1234567-1"),
        ("0000001-9", "0000001-9"),
        ("000001-9", "0000001-9"),
        ("１234567-1", "1234567-1"),
    ],
)
def test_business_id(typed: str, normal: str) -> None:
    assert business_id(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1234567-2",
        "1234567",
        "0000019",
        "00001-9",
        "12345671-1",
        "1234567--1",
        "1-2345671",
        "SE12345671",
        "1234567-1x",
        "123456٧-1",
        "1234567\n1",
        "x" * 5000,
        "9" * 5000,
    ],
)
def test_what_is_no_business_id(typed: str) -> None:
    assert business_id(typed) is None


@given(DIGITS)
def test_business_id_by_its_weights(digits: str) -> None:
    right = checked(digits)
    assert {c for c in range(10) if business_id(f"{digits}-{c}")} == (
        {int(right[-1])} if right else set()
    )


@given(DIGITS.map(lambda d: "0" + d[1:]))
def test_old_business_id_gets_its_zero(digits: str) -> None:
    right = checked(digits)
    assume(right)
    assert business_id(str(right)[1:]) == right


@given(DIGITS, st.integers(0, 7), st.integers(1, 9))
def test_business_id_finds_every_wrong_digit(digits: str, at: int, by: int) -> None:
    right = checked(digits)
    assume(right)
    code = str(right).replace("-", "")
    wrong = code[:at] + str((int(code[at]) + by) % 10) + code[at + 1 :]
    assert business_id(code) == right
    assert business_id(wrong) is None


@given(DIGITS, st.integers(0, 7), st.integers(0, 7))
def test_business_id_finds_every_two_digits_swapped(digits: str, i: int, j: int) -> None:
    right = checked(digits)
    assume(right)
    code = str(right).replace("-", "")
    assume(code[i] != code[j])
    assert business_id(swapped(code, i, j)) is None


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("FI21 1234 5600 0007 85", "FI2112345600000785"),  # the example of the IBAN registry
        ("fi2112345600000785", "FI2112345600000785"),
        ("FI05\u00a00000 0000 0000 18", "FI0500000000000018"),
        ("BE31435411161155", "BE31435411161155"),
        ("BE04435411161156", "BE04435411161156"),  # only Belgium's own check digits are wrong
        ("GR16 0110 1050 0000 1054 7023 795", "GR1601101050000010547023795"),
    ],
)
def test_iban(typed: str, normal: str) -> None:
    assert iban(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "FI",
        "FI2112345600000786",
        "FI211234560000078",
        "FI21123456000007850",
        "XX2112345600000785",
        "2112345600000785",
        "FI٢١12345600000785",
        "fı2112345600000785",  # its capital would be I
        "ﬁ2112345600000785",  # a ligature, in capitals two letters
        "FI21-1234560000078-5x",
        "FI" + "1" * 5000,
    ],
)
def test_what_is_no_iban(typed: str) -> None:
    assert iban(typed) is None


@given(st.integers(0, 10**14 - 1))
def test_iban_has_one_pair_of_check_digits(number: int) -> None:
    right = account(number)
    found = {c for c in range(100) if iban(f"FI{c:02}{number:014}")}
    assert found == {int(right[2:4])}


@given(st.integers(0, 10**14 - 1), st.integers(2, 17), st.integers(2, 17), st.integers(1, 9))
def test_iban_finds_wrong_and_swapped_digits(number: int, i: int, j: int, by: int) -> None:
    code = account(number)
    assert iban(code) == code
    assert iban(code[:i] + str((int(code[i]) + by) % 10) + code[i + 1 :]) is None
    assert code[i] == code[j] or iban(swapped(code, i, j)) is None


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("003712345671", "003712345671"),
        ("0037 1234567 1", "003712345671"),
        ("003712345671abc12", "003712345671ABC12"),
        ("FI21 1234 5600 0007 85", "FI2112345600000785"),
    ],
)
def test_e_invoice_address(typed: str, normal: str) -> None:
    assert e_invoice_address(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "0037",
        "003712345672",
        "00371234567",
        "003712345671ABCDEF",
        "003712345671AB-1",
        "12345671",
        "1234567-1",
        "003612345671",
        "someone@example.org",
        "003712345671ä",
    ],
)
def test_what_is_no_e_invoice_address(typed: str) -> None:
    assert e_invoice_address(typed) is None


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("NDEAFIHH", "NDEAFIHH"),
        ("ndea fi hh xxx", "NDEAFIHHXXX"),
        ("003721291126", "003721291126"),
        ("E204503", "E204503"),
        ("FI28768767", "FI28768767"),
        ("apix", "APIX"),
        ("885790000000418", "885790000000418"),
        ("6430000000009", "6430000000009"),
    ],
)
def test_operator_id(typed: str, normal: str) -> None:
    assert operator_id(typed) == normal


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "AB",
        "X" * 36,
        "003721291127",
        "0037",
        "FI2112345600000785",
        "a@b.fi",
        "PANKKIÄ",
        "A-B-C",
        "X" * 35,
        "Maventa 003721291126",
        "003721291126 Maventa",
        "Maventa",
        "Nordea NDEAFIHH",
        "NDEAQQHH",
        "6430000000000",
        "E20450",
    ],
)
def test_what_is_no_operator(typed: str) -> None:
    assert operator_id(typed) is None


@pytest.mark.parametrize(
    ("address", "operator", "fits"),
    [
        ("FI2112345600000785", "NDEAFIHH", True),
        ("FI2112345600000785", "AABAFI22XXX", True),
        ("FI2112345600000785", "MALLILAN", False),
        ("FI2112345600000785", "NDEASESS", False),
        ("003712345671", "MALLILAN", False),
        ("0216:003712345671", "MALLILAN", False),
        ("9918:BE31435411161155", "KREDBEBB", True),
        ("BE31435411161155", "NDEAFIHH", False),
        ("FR1420041010050500013M02606", "CEPAGPG1", True),
        ("003712345671", "003721291126", True),
        ("003712345671", "INEXCHANGE", True),
        ("003712345671", "FI28768767", True),
        ("TE12345678", "NDEASESS", True),
        ("0007:5561888404", "NDEASESS", True),
        ("FI2112345600000785", "", True),
    ],
)
def test_bank_is_of_the_country_of_the_address(address: str, operator: str, fits: bool) -> None:
    assert operator_fits(address, operator) == fits


CODES = (
    (business_id, "1234567-1"),
    (business_id, "12345671"),
    (iban, "FI2112345600000785"),
    (iban, "BE31435411161155"),
    (e_invoice_address, "003712345671"),
    (e_invoice_address, "0037 1234567 1"),
    (e_invoice_address, "003712345671A1"),
    (e_invoice_address, "TE12345678"),
    (e_invoice_address, "0216:003712345671"),
    (e_invoice_address, "0216:0037 12345671"),
    (e_invoice_address, "0088:6430000000009"),
    (e_invoice_address, "0192:974760673"),
    (e_invoice_address, "0209:123A"),
    (operator_id, "003721291126"),
    (operator_id, "NDEAFIHH"),
    (operator_id, "E204503"),
    (operator_id, "APIX"),
    (reference_number, "1234561"),
    (vat_id, "US12345"),
    (vat_id, "FI12345671"),
    (vat_id, "GB980780684"),
)


@given(st.sampled_from(CODES), st.text(st.sampled_from("ABKNUX"), min_size=2, max_size=8))
@example((operator_id, "003721291126"), "APIX")
@example((e_invoice_address, "003712345671"), "KUNTA")
@example((operator_id, "NDEAFIHH"), "OMA")
def test_a_name_beside_a_code_is_no_part_of_it(
    code: tuple[Callable[[str], str | None], str], name: str
) -> None:
    read, written = code
    assume((read, name) != (operator_id, "XXX"))
    assert read(written)
    for typed in (f"{written} {name}", f"{name} {written}", f"{written}\u00a0{name}"):
        assert read(typed) is None


@pytest.mark.parametrize("digits", ["1", "00100", "12345"])
@pytest.mark.parametrize("read", [e_invoice_address, operator_id])
def test_a_number_beside_an_ovt_identifier_is_no_part_of_it(
    read: Callable[[str], str | None], digits: str
) -> None:
    assert read(f"003712345671{digits}") == f"003712345671{digits}"
    assert read(f"003712345671 {digits}") is None


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("1001", "1001"),
        (" 2026-001 ", "2026-001"),
        ("2026–001", "2026-001"),
        ("２０２６/7", "2026/7"),
        ("INV 2026.7", "INV 2026.7"),
    ],
)
def test_document_number(typed: str, normal: str) -> None:
    assert document_number(typed) == normal


@pytest.mark.parametrize(
    "typed",
    ["", "-", "lasku", "2026--1", "2026-", "=1+1", "2026;1", "А-1", "ä1", "1\n2", "١٢", "2026_1"],
)
def test_what_is_no_document_number(typed: str) -> None:
    assert document_number(typed) is None


@pytest.mark.parametrize(
    ("base", "whole"),
    [
        ("123456", "1234561"),  # Finance Finland
        ("123456712345678", "1234567123456784"),
        ("1234567", "12345672"),
        ("100", "1009"),
        ("1" * 19, "1" * 19 + "7"),
    ],
)
def test_reference(base: str, whole: str) -> None:
    assert reference(base) == whole
    assert is_reference(whole)


@pytest.mark.parametrize("base", ["", "12", "1" * 20, "0123", "12a", "1 234", "-123", "١٢٣"])
def test_what_no_reference_is_made_from(base: str) -> None:
    with pytest.raises(ValueError, match="3-19 digits"):
        reference(base)


@pytest.mark.parametrize("typed", ["12 34561", "00000000000001234561", " 1234561 "])
def test_reference_as_it_is_written(typed: str) -> None:
    assert is_reference(typed)
    assert rf(typed) == rf("1234561")


@pytest.mark.parametrize(
    "typed", ["", "0000", "13", "123", "1234562", "RF341234561", "1234561x", "1" * 21, "١٢٣٤٥٦١"]
)
def test_what_is_no_reference(typed: str) -> None:
    assert not is_reference(typed)
    with pytest.raises(ValueError, match="national"):
        rf(typed)


@given(BASES, st.data(), st.integers(1, 9))
def test_reference_finds_every_wrong_digit(base: str, data: st.DataObject, by: int) -> None:
    whole = reference(base)
    at = data.draw(st.integers(0, len(whole) - 1))
    assert is_reference(whole)
    assert not is_reference(whole[:at] + str((int(whole[at]) + by) % 10) + whole[at + 1 :])


@given(BASES, st.data())
def test_reference_finds_neighbours_swapped_unless_five_apart(
    base: str, data: st.DataObject
) -> None:
    whole = reference(base)
    at = data.draw(st.integers(0, len(whole) - 2))
    apart = abs(int(whole[at]) - int(whole[at + 1]))
    assert is_reference(swapped(whole, at, at + 1)) == (apart in (0, 5))


@given(BASES, st.data(), st.integers(1, 9))
def test_rf(base: str, data: st.DataObject, by: int) -> None:
    code = rf(reference(base))
    at = data.draw(st.integers(2, len(code) - 1))
    assert iso11649.validate(code) == code
    assert int(f"{code[4:]}2715{code[2:4]}") % 97 == 1  # R is 27 and F is 15
    assert not iso11649.is_valid(code[:at] + str((int(code[at]) + by) % 10) + code[at + 1 :])


def test_rf_of_an_example() -> None:
    assert rf("1234561") == "RF341234561"


def test_reference_from_a_case_stays_the_same() -> None:
    assert reference_from("a") == "275226180083"
    assert reference_from("a", "1") == "795055518350"
    assert reference_from("a1") != reference_from("a", "1")


@given(st.text(max_size=40), st.text(max_size=5))
def test_reference_from_any_case(case_id: str, serial: str) -> None:
    base = reference_from(case_id, serial)
    assert len(base) == 12
    assert base == reference_from(case_id, serial)
    assert is_reference(reference(base))
