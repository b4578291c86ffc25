"""Addresses in pastes to which something is joined, or from which a space has cut a part: the row
is refused, and plain lists are read."""

from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.kernel import clean
from functions.kernel.fields import Field
from functions.kernel.people_field import read_people

FIELD = Field("people", "people", lowest=1, highest=99)
PEOPLE = [
    ("Sofia", "Lindgren", "sofia.lindgren@hus.fi"),
    ("Aino Maria", "Aalto", "aino.aalto@edu.hel.fi"),
    ("Bo", "Berg", "bberg@x.co.uk"),
    ("Eva", "af Ek", "ek-eva@gmail.com"),
    ("Thi", "Ruotsalainen", "ruotsalainent@x.fi"),
    ("Carl", "Dahl", "e1234567@student.example.org"),
    ("Łukasz", "Ngô", "lukasz.ngo2@hus.fi"),
]
ADDRESSES = {address for _, _, address in PEOPLE}
PLAIN = {
    "{f} {l}\t{e}": "\n",
    "{e}\t{f} {l}": "\n",
    "{l} {f} {e}": "\n",
    "{f} {l} {e}": "\n",
    "{f} {l} <{e}>": "\n",
    "{l}, {f} <{e}>": "\n",
    "{f} {l}; {e}": "\n",
    "{f} {l}; {e}; svenska": "\n",
    "{f} {l} <{e}> ": ";",
    "{l}, {f}  <{e}>": "; ",
    '"{l}, {f}" <{e}>': ", ",
    "{f} {l}  <{e}>": ", ",
}


def read(pasted: str) -> tuple[dict[str, str], int]:
    """The names of the rows that are taken by their addresses, and how many are refused."""
    people, problems = read_people(FIELD, {"people-pasted": pasted})
    wrong = {int(p.field.split("-")[1]) for p in problems if p.field != "people"}
    taken = {row["email"]: row["name"] for n, row in enumerate(people, 1) if n not in wrong}
    return taken, len(wrong)


@pytest.mark.parametrize(("layout", "between"), PLAIN.items())
def test_plain_lists_are_read(layout: str, between: str) -> None:
    for people in (PEOPLE, PEOPLE[::-1], PEOPLE[:1], PEOPLE[5:]):
        pasted = between.join(layout.format(f=f, l=n, e=e) for f, n, e in people)
        taken, refused = read(pasted)
        assert refused == 0, pasted
        told = {e: set(f"{f} {n}".split()) for f, n, e in people}
        assert {e: set(name.split()) for e, name in taken.items()} == told


@settings(max_examples=600)
@given(
    st.sampled_from(PEOPLE[:5]),
    st.sampled_from([(str.lower, str.title), (str.lower, str.lower), (str.upper, str.upper)]),
    st.sampled_from(["{f} {l} {e}", "{l} {f} {e}", "{f} {l}, {e}", "{f} {l}\t{e}", "{e} {f} {l}"]),
    st.integers(1, 30),
    st.sampled_from([" ", "\n", "\t", "; ", ", "]),
)
@example(PEOPLE[0], (str.lower, str.title), "{f} {l} {e}", 4, " ")
@example(PEOPLE[4], (str.lower, str.title), "{f} {l}\n{e}", 11, " ")
def test_address_that_is_cut_anywhere_is_whole_or_an_error(
    person: tuple[str, str, str], cases: tuple, layout: str, at: int, cut: str
) -> None:
    first, last, address = person
    of_address, of_name = cases
    at = min(at, len(address) - 1)
    torn = of_address(f"{address[:at]}{cut}{address[at:]}")
    taken, _ = read(layout.format(f=of_name(first), l=of_name(last), e=torn))
    assert not {email.lower() for email in taken} - {address}


@pytest.mark.parametrize("joint", ["", ".", "_", "-", "+", "'"])
@pytest.mark.parametrize("person", PEOPLE[:3], ids=lambda person: person[1])
def test_name_that_is_joined_to_an_address_is_no_part_of_it(
    person: tuple[str, str, str], joint: str
) -> None:
    first, last, address = person
    for before, after in product(
        (f"{first} {last}", f"{last} {first}", f"{first}\t{last}", f"{first} {last} sv", ""),
        ("Bo", f"{first} {last}", "Suomi", "sv", "Åsa Ek", "Sairaanhoitaja", ""),
    ):
        if before and not (before.endswith("sv") and joint):
            assert set(read(f"{before}{joint}{address}")[0]) <= {address}
        if after and (joint, after) != (".", "sv"):
            taken, _ = read(f"{before} {address}{joint}{after}".strip())
            assert set(taken) <= {address}, after


@pytest.mark.parametrize(
    "pasted",
    ["Aino Aalto 0401234567aino.aalto@hus.fi", "Aino Aalto svaino@x.fi", "Aino Aalto hoitajaaino@x.fi",
     "Sofia Lindgren 12 34@x.fi", "Sofia Lindgren\tsofia.lindgren@edu.hel fi", "Sofia Lindgren\tsofia.lindgren@edu.hel\tfi",
     "Aino Aalto PKL 3 aino.aalto@x.fi", "Sofia Lindgren slind gren@x.fi", "Sofia Lindgren sofia-lind gren@x.fi",
     "Aino Aalto aino.aalto@hus.fi.Bo", "Aino Aalto aino@x.fiÅsa", "Aino Aalto\taino@hus。fi", "Aino <mailtoaino@x.fi>",
     "Aino Aalto sairaanhoitaja <aino@x.fi>", "Ann Ek via bo@x.fi", "Aino Aalto Matti Meikä matti.meika@x.fi",
     "Aino Aalto Matti Meikä\tmatti.meika@x.fi", "Aino Aalto Matti Meikä info@x.fi", "nen@x.fi\tAino Mäkinen", "a@x.fi Sofia Lindgren"],
)  # fmt: skip
def test_what_may_be_a_part_of_an_address_is_an_error(pasted: str) -> None:
    assert read(pasted)[0] == {}


@pytest.mark.parametrize(
    "pasted",
    ["ann@x.fi\tBerg, Bo <bo@x.fi>", "Ann Ek ann@x.fi Bo Berg, bo@x.fi Carl Dahl, carl@x.fi Ek, Dora <dora@x.fi>",
     "xpi@x.fi Ida Palm Skog, Per <xsp@x.fi>", "Dahl Carl (xdc@x.fi) Ek, Ann <xea@x.fi>", "ann@x.fi Ann Ek; bo@x.fi Bo Berg",
     "Liv Moe, xpi@x.fi;Palm Ida xdc@x.fi, Dahl Carl", "Ann Ek <ann@x.fi>\tBo Berg <bo@x.fi>", "ann@x.fi, Ann Ek bo@x.fi"],
)  # fmt: skip
def test_list_on_one_line_without_names_before_addresses_is_an_error(pasted: str) -> None:
    taken, refused = read(pasted)
    assert (taken, refused) == ({}, 1)


@pytest.mark.parametrize(
    "name", ["Suomi, Usko", "English, Ann", "Ruotsi, Matti", "Suomi, Usko Matti", "Svensk,Eva"]
)
def test_surname_that_is_a_language_is_not_cut_off(name: str) -> None:
    for line in (
        "{}\tx1@x.fi",
        "{};x1@x.fi",
        '"{}"\tx1@x.fi',
        "{} <x1@x.fi>",
        "x1@x.fi;{}",
        "Nimi\tEmail\n{}\tx1@x.fi",
    ):
        taken, _ = read(line.format(name))
        assert all(set(name.replace(",", " ").split()) == set(n.split()) for n in taken.values())
    if len(name.split()) == 2:
        apart = "\t".join(f'"{part.strip()}"' for part in name.split(","))
        assert read(f"{apart}\tx1@x.fi")[0] == {}


@pytest.mark.parametrize(
    "pasted",
    ["Liisa|Eng|l@x.fi", "Pekka|Englanti|p@x.fi", "Mei|En|m@x.fi", "Eng|Liisa|l@x.fi", "l@x.fi|Liisa|Eng", "Liisa|ENG|l@x.fi",
     "liisa|eng|l@x.fi", "Lee|Fi|l@x.fi", "Fin|Ida|i@x.fi", "Aung|Swe|a@x.fi", "Pekka Englanti|p@x.fi", "Eng, Liisa <l@x.fi>",
     "Mei Ling|En|m@x.fi\nAino|Virtanen|aino.virtanen@x.fi", "Mei Ling|En|m@x.fi\nAino Maria|Virtanen|av@x.fi", "Liisa|l@x.fi|Eng\nBo|b@x.fi|Ek",
     "Liisa|Eng|l@x.fi\nBo|Eng|b@x.fi"],
)  # fmt: skip
def test_surname_that_is_a_language_or_its_code_is_not_taken_for_it(pasted: str) -> None:
    for between in "\t;":
        taken, refused = read(pasted.replace("|", between))
        assert set(taken) <= {"aino.virtanen@x.fi"}
        assert refused


@pytest.mark.parametrize(
    "pasted",
    ["Liisa|eng|l@x.fi", "Liisa|l@x.fi|Eng", "Liisa Aalto|Eng|l@x.fi", "Liisa|svenska|l@x.fi", "Liisa|SV|l@x.fi", "Liisa (sv)|l@x.fi",
     "Liisa|Eng|l@x.fi\nBo|Sv|b@x.fi", "Liisa|Eng|l@x.fi\nBo||b@x.fi\nIda|Fi|i@x.fi", "Liisa Aalto|l@x.fi|EN\nBo Ek|b@x.fi", "Nimi|Kieli|Email\nLiisa|Eng|l@x.fi\nMei En|Fi|m@x.fi"],
)  # fmt: skip
def test_language_that_cannot_be_the_name_is_the_language(pasted: str) -> None:
    for between in "\t;":
        people, problems = read_people(FIELD, {"people-pasted": pasted.replace("|", between)})
        assert problems == []
        assert people[0]["name"] in ("Liisa", "Liisa Aalto")
        assert people[0]["language"] in ("en", "sv")


@pytest.mark.parametrize(
    "head", ["Ohjattavan nimi", "Osallistujan nimi", "Deltagarens namn", "Participant name", "Osallistujan sukunimi", "Who takes part?", "Chefens namn"]
)  # fmt: skip
def test_name_below_an_unknown_head_is_asked_about(head: str) -> None:
    for separator in ("\t", ";"):
        pasted = f"Nimi|Sähköposti|{head}\nSanna Sek|sanna.sek@x.fi|Aino Aalto"
        assert read(pasted.replace("|", separator)) == ({}, 1)


def test_row_whose_text_is_in_other_columns_stays() -> None:
    taken, refused = read("Nimi\tTitteli\tSähköposti\n\tAnn Ek\t\nBo Berg\thoitaja\tbo.berg@x.fi")
    assert (set(taken), refused) == ({"bo.berg@x.fi"}, 1)


JOINED = "a@نامه\u200cای.com"


def test_joiner_in_a_domain_is_an_error_and_what_is_drawn_reads_back_as_itself() -> None:
    assert clean.email(JOINED) is None
    assert clean.email(clean.plain(JOINED)) is None
    assert clean.email("a@xn--mgba3gch31f060k.com") is None
    assert clean.email("a@x\u200c.fi") == "a@x.fi"
    assert clean.email("a@x.fi\u0307") is None


@given(st.text("نامهایएकक्षåäöабвé\u200c\u200dab1-", min_size=1, max_size=6))
def test_address_reads_back_as_it_is_drawn(label: str) -> None:
    address = clean.email(f"a@{label}.fi")
    assert address is None or clean.email(clean.writable(address)) == address


def test_what_surrounds_no_address_is_refused_in_forms_as_in_pastes() -> None:
    for written in ("'a@x.fi", "='a@x.fi", "=a@x.fi"):
        assert clean.email(written) is None
    assert clean.phone("0400 123 456 050 765 4321") is None
    assert clean.phone("TEL:0401234567") == "0401234567"
