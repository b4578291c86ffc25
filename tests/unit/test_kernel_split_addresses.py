"""Addresses that a separator, a stop or a break has cut in a paste: the row is refused, or the
address is whole. So is a column of addresses of somebody else."""

import re
import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel import clean
from functions.kernel.fields import Field
from functions.kernel.list_words import COLUMN_OF, LANGUAGE_OF
from functions.kernel.people_field import read_people

FIELD = Field("people", "people", lowest=1, highest=99)
# Stops of domains, and what looks like one; colons, hyphens, dashes and signs of other keys.
STOPS = (*clean.FULL_STOPS, *"․﹒·•‥…‧∙⋅・･●۔։˙︒⸳_!?@:：∶", "..", ". .")
SIGNS = ("-", "‐", "‑", "–", "—", "−", "/", "*", "=", "~", "&")
PLACES = ("{d} {w}", " {d}{w}", "\t{d}{w}", "{d}\t{w}", "\t{d} {w}", ";{d}{w}", "{d};{w}", "; {d}{w}",
          "{d}, {w}", ",{d}{w}", " ,{d} {w}", "\u00a0{d}{w}", "{d} ({w})", " ({d}{w})", '{d} "{w}"')  # fmt: skip
AROUND = (
    "Aino Aalto aino@student.helsinki{}",
    "Aino Aalto <aino@student.helsinki{}>",
    "Aino Aalto <aino@student.helsinki>{}",
    'Aino Aalto "aino@student.helsinki"{}',
    "Aino Aalto\taino@student.helsinki{}",
    "Nimi;Sähköposti;Kieli\nAino Aalto;aino@student.helsinki{}",
    "Nimi;Sähköposti;Yksikkö\nAino Aalto;aino@student.helsinki{}",
    "Nimi\tSähköposti\tPuh\nAino Aalto\taino@student.helsinki{}",
)
WORDS = ("fi", "Sv", "suomi", "en-GB", "fi 040 123 4567")


def kept(pasted: str) -> set[str]:
    """The addresses of the rows of a paste that are not refused."""
    people, problems = read_people(FIELD, {"people-pasted": pasted})
    wrong = {p.field.split("-")[1] for p in problems if p.field != "people"}
    return {row["email"] for n, row in enumerate(people, 1) if str(n) not in wrong}


@pytest.mark.parametrize("dot", STOPS + SIGNS)
def test_what_a_stop_parts_from_an_address_may_be_its_end(dot: str) -> None:
    places = (*PLACES, " {d} {w}") if dot in STOPS else PLACES
    texts = [line.format(place) for line, place in product(AROUND, places)]
    found = {text: kept(text.format(d=dot, w=word)) for text, word in product(texts, WORDS)}
    every = product([AROUND[0].format(place) for place in places[:4]], LANGUAGE_OF)
    found |= {text: kept(text.format(d=dot, w=word)) for text, word in every}
    assert {text: emails for text, emails in found.items() if emails} == {}


@pytest.mark.parametrize("word", LANGUAGE_OF)
def test_what_a_tab_or_a_semicolon_or_a_comma_parts_from_an_address_is_a_language(
    word: str,
) -> None:
    for between in ("\t", ";", "; ", ", ", " ", " - ", " – ", " | "):
        assert kept(f"Aino Aalto aino@x.fi{between}{word}") == {"aino@x.fi"}
    assert kept(f"Aino Aalto,aino@x.fi,{word}") == {"aino@x.fi"}


@pytest.mark.parametrize(
    "inside",
    ["aino@student.helsinki fi", "aino@student.helsinki,fi", "aino@student.helsinki;sv", "aino aalto@x.fi",
     "aino,aalto@x.fi", "aino@student.helsinki\u00a0fi", "aino@student.helsinki. fi", 'aino@student.helsinki" fi'],
)  # fmt: skip
@pytest.mark.parametrize(
    "line", ["Aino Aalto <{}>", "Nimi;Email\nAino Aalto;<{}>", "A <{}>; B <b@x.fi>"]
)
def test_brackets_around_an_address_hold_nothing_else(inside: str, line: str) -> None:
    assert kept(line.format(inside)) <= {"b@x.fi"}


TORN = (
    "Aino Aalto;aino@student.helsinki;.fi",
    "Aino Aalto;aino@student.helsinki.;fi",
    "Aino Aalto;aino@student.helsinki;. fi",
    "Aino Aalto;aino@student.helsinki.;040 123 4567",
    "Aino Aalto;aino@mail.student;helsinki.fi",
    "Aino Aalto;aino@mail.student;040 helsinki.fi",
    "Aino Aalto;aino@student.helsinki;fi",
    "Aino Aalto aino_;aalto@x.fi;",
    "Aino Aalto aino.;aalto@x.fi;",
    "Aino Aalto aino-;aalto@x.fi;",
    "Aino Aalto aino:;aalto@x.fi;",
    "Aino Aalto aino .;aalto@x.fi;",
    "Aino Aalto aino;aalto@x.fi;",
    "Aino Aalto a;aalto@x.fi;",
    '"Aino Aalto aino_";"aalto@x.fi";""',
    "Aino Aalto;aino.;aalto@x.fi",
    "Aino Aalto;aino.m;aalto@x.fi",
    "Aino Aalto;aino;aalto@x.fi",
    "Aino Aalto;040 aino.;aalto@x.fi",
    "aino@student.helsinki;.fi;Aino Aalto",
    "aino@student.helsinki.;fi;Aino Aalto",
    "aino@student.helsinki;fi;Aino",
)
HEADS = ("Nimi;Sähköposti;Yksikkö", "Nimi;Sähköposti;Puh", "Nimi;Yksikkö;Sähköposti", "Nimi;Puh;Sähköposti",
         "Nimi;Sähköposti;Xyz", "Nimi;Xyz;Sähköposti", "Sähköposti;Yksikkö;Nimi", "Nimi;Sähköposti",
         "Etunimi;Sukunimi;Sähköposti", "Sähköposti;Etunimi;Sukunimi")  # fmt: skip


@pytest.mark.parametrize("between", [";", ",", " | "])
@pytest.mark.parametrize("heads", HEADS)
@pytest.mark.parametrize("line", TORN)
def test_torn_line_below_names_of_columns_is_refused(line: str, heads: str, between: str) -> None:
    assert kept(f"{heads}\n{line}".replace(";", between)) == set()


@pytest.mark.parametrize("line", TORN)
def test_torn_line_below_names_of_columns_with_tabs_is_refused(line: str) -> None:
    """But what a tab alone parts from an address is a cell: nobody types one for a stop."""
    torn = [kept(f"{heads}\n{line}".replace(";", "\t")) for heads in HEADS]
    assert set().union(*torn) <= ({"aino@student.helsinki"} if ";fi" in line else set())


@given(
    st.sampled_from(("sinead.o'brien@mail.example.org", "a.b_c-d+e@sub.x.fi", "aino.aari@y.x.fi")),
    st.sampled_from(HEADS),
    st.sampled_from((",", ";", "\t")),
    st.data(),
)
def test_no_cut_at_a_stop_makes_another_address_below_names_of_columns(
    address: str, heads: str, between: str, data: st.DataObject
) -> None:
    """The separator stands beside a stop, wherever people may have typed the address."""
    stops = [m.start() for m in re.finditer(r"[.+_]", address)]
    at = data.draw(st.sampled_from(stops)) + data.draw(st.booleans())
    cells = ["Sinéad Maria O'Brien", "040 123 4567", f"{address[:at]};{address[at:]}"]
    order = data.draw(st.permutations(cells))
    rows = ";".join(order[: data.draw(st.integers(2, 3))])
    assert kept(f"{heads}\n{rows}".replace(";", between)) <= {address}


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        ("Nimi;Puh;Sähköposti", "Aino Aalto;040.123.4567;{}"),
        ("Nimi;Alkaa;Sähköposti", "Aino Aalto;1.8.2026;{}"),
        ("Nimi;Sähköposti;Puh", "Aino Aalto;{};+358 40 123 4567"),
        ("Nimi;Sähköposti;Puh", "Aino Aalto;{};(09) 123 4567"),
        ("Nimi;Sähköposti;Huom", "Aino Aalto;{};-"),
        ("Nimi;Sähköposti;Huom", "Aino Aalto;{};(vuorotyö)"),
        ("Nimi;Osasto;Sähköposti", "Aino Aalto;PKL 3;{}"),
        ("Nimi;Sähköposti;", "Aino Aalto;{}"),
        ("Nimi;Sähköposti;Kieli", "Aino Aalto;{};;"),
        ("Nimi;Sähköposti", "Virtanen A.;{}"),
    ],
)
def test_other_columns_are_left_out(heads: str, row: str) -> None:
    for between in ("\t", ";"):
        pasted = f"{heads}\n{row}".format("aino.aalto@x.fi").replace(";", between)
        assert kept(pasted) == {"aino.aalto@x.fi"}


@pytest.mark.parametrize("between", [";", ","])
def test_last_name_before_a_separator_is_no_whole_name(between: str) -> None:
    pasted = "Nimi;Yksikkö;Sähköposti\nAalto; Aino;aino@x.fi".replace(";", between)
    assert kept(pasted) == set()


@pytest.mark.parametrize(
    "row", ["Aino", "a@x.fi", "Aino;a@x.fi;;sv", "Aino;a@x.fi;ei ole", "Aino;a@x.fi;os.fi"]
)
def test_row_that_does_not_fit_the_names_of_columns_is_refused(row: str) -> None:
    assert kept(f"Nimi;Sähköposti;Puh\n{row}") == set()


BREAKS = ("\n", "\r\n", "\n\n", "\n \t\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("sign", BREAKS)
@pytest.mark.parametrize(
    "pasted",
    ["Aino Aalto aino@student.helsinki.{}fi", "Aino Aalto aino@student.helsinki{}.fi", "Aino Aalto <aino@student.helsinki>{}.fi",
     "Aino Aalto aino@mail.student{}helsinki.fi", "Aino Aalto aino@student.helsinki{}fi", "Aino Aalto aino@student.helsinki{}-fi",
     "Aino Aalto aino@student.helsinki.{}fi 040 123", 'Aino Aalto "aino@student.helsinki."{}fi', "Aino Aalto aino@student.helsinki{}· fi",
     "aino.{}aalto@x.fi Aino Aalto", "aino_{}aalto@x.fi;Aino Aalto", "Aino aino.m{}aalto@x.fi\tAino", "Nimi;Email\nAino;aino@student.helsinki.{}fi;"],
)  # fmt: skip
def test_break_within_an_address_is_an_error_of_both_rows(pasted: str, sign: str) -> None:
    assert kept(pasted.format(sign)) == set()


@pytest.mark.parametrize("mark", ["", "- ", "• ", "1. ", "· ", "* "])
def test_break_between_people_is_none_within_an_address(mark: str) -> None:
    lines = [
        f"{mark}Bo Ek b@x.fi.",
        f"{mark}cee ek <c@x.fi>",
        f"{mark}D Ek d@x.fi",
        "eva@x.fi Eva Lund",
    ]
    assert kept("\n".join(lines)) == {"b@x.fi", "c@x.fi", "d@x.fi", "eva@x.fi"}


@pytest.mark.parametrize(
    "line",
    ["A B a@student.helsinki.; fi, c@x.fi", "A B <a@student.helsinki>; .fi C D <c@x.fi>", "C D <c@x.fi>; aino.; A B <aalto@x.fi>"],
)  # fmt: skip
def test_cut_between_people_on_one_line_is_an_error(line: str) -> None:
    assert kept(line) <= {"c@x.fi"} | ({"aalto@x.fi"} if "A B <aalto" in line else set())


@pytest.mark.parametrize(
    "pasted",
    ["Aino aino. - aalto@x.fi", "Aino aino.: aalto@x.fi", "Aino Aalto aino – aalto@x.fi", 'aino@student.helsinki" fi (Aino Aalto)',
     "aino@student.helsinki (fi;Aino Aalto", "aino@med.lu; se (Aino Aalto)", "aino@example, org Aino", "Aino\taino.'aalto@x.fi",
     "Aino\taino'.aalto@x.fi", "aino\naalto@x.fi Aino", "Aino aino@student.helsinki\nfi | sv",
     "Nimi,Sähköposti,Puh\nAino Aalto,aino@student.helsinki;fi"],
)  # fmt: skip
def test_other_cuts_are_errors(pasted: str) -> None:
    assert kept(pasted) == set()


PEOPLE = ("Esihenkilön", "Esimiehen", "Lähiesihenkilön", "Huoltajan", "Työnantajan", "Omaisen", "Chefens ", "Chefs", "Vårdnadshavarens ",
          "Manager", "Manager's ", "Boss ", "Parent ", "Emergency ", "Ei", "Ej", "No", "Vanha", "Gammal ", "Old", "Cc", "Esihenkilön oma ",
          "Chefens jobb", "Manager work ")  # fmt: skip
NOUNS = (
    "sähköposti",
    "sähköpostiosoite",
    "e-post",
    "epostadress",
    "email",
    "e-mail",
    "s-posti",
    "mejl",
    "meili",
)


@pytest.mark.parametrize("whose", PEOPLE)
def test_addresses_of_somebody_else_are_nobodys_own(whose: str) -> None:
    for joint, noun, between in product(("", "-", "_", " "), NOUNS, (";", "\t", ",")):
        head = f"{whose}{joint}{noun}"
        for row in ("Aino Aalto;boss@x.fi", "Aino Aalto;boss@x.fi;"):
            assert kept(f"Nimi;{head}\n{row}".replace(";", between)) == set(), head
        assert kept(f"{head};Nimi\nboss@x.fi;Aino Aalto".replace(";", between)) == set(), head
        assert kept(f"Nimi;{head}\nAino Aalto boss@x.fi".replace(";", between)) == set(), head
        both = f"Nimi;Sähköposti;{head}\nAino;aino@x.fi;boss@x.fi\nBodil;bodil@x.fi;"
        assert kept(both.replace(";", between)) == {"bodil@x.fi"}, head


OWN = ("Sähköposti", "Työsähköposti", "työ-sähköposti", "Työ_sähköpostiosoite", "Oma sähköposti", "Kotisähköposti", "E-post", "Jobb-e-post",
       "Jobbmejl", "Privat e-postadress", "Arbets-epost", "Deltagarens e-post", "E-mail", "work-email", "Work e-mail address", "Email_Address",
       "Home email", "own_email", "Participant's email", "Osallistujan sähköposti", "E-mail address:", "sähköposti*")  # fmt: skip


@pytest.mark.parametrize("head", OWN)
def test_address_of_the_person_is_their_own_at_work_and_at_home(head: str) -> None:
    assert kept(f"Nimi;{head}\nAino Aalto;aino@x.fi") == {"aino@x.fi"}


@pytest.mark.parametrize(
    "pasted",
    ["@a\x0b" * 20_000, "@a" + "\x0b" * 40_000, "a " * 32_000, "a@x.fi\n. " * 7_000, "\n".join(["ﷺ" * 133 + "\ta@x.fi"] * 30)],
    ids=["breaks within addresses", "breaks", "words", "stops after breaks", "long names"],
)  # fmt: skip
def test_paste_of_odd_text_is_read_in_linear_time(pasted: str) -> None:
    """Four times as much takes four times as long; it would be 16 times if each was read with each."""

    def once(text: str) -> float:
        began = time.process_time()
        assert read_people(FIELD, {"people-pasted": text})[1]
        return time.process_time() - began

    quarter = pasted[: len(pasted) // 4]
    whole, part = (min(once(text) for _ in range(5)) for text in (pasted, quarter))
    assert whole < 9 * max(part, 0.002)


def test_name_that_is_too_long_is_not_asked_whether_it_is_one() -> None:
    _, problems = read_people(FIELD, {"people-1-name": "ﷺ" * 133, "people-1-email": "a@x.fi"})
    assert [(p.field, p.code) for p in problems] == [("people-1-name", "long")]


UNKNOWN_HEADS = (
    "Esihenkilö",
    "Lähiesihenkilö",
    "Chef",
    "Närmaste chef",
    "Manager",
    "Vastuuhenkilö",
)
OF_A_MANAGER = (
    ("Aino Aalto", "boss@x.fi"),
    ("Aino Aalto", "Bo Boss <boss@x.fi>"),
    ("Aino Aalto aino@x.fi", "boss@x.fi"),
    ("aino@x.fi", "Bo Boss"),
    ("aino@x.fi", "Bo Boss boss@x.fi"),
    ("suomi", "Bo Boss boss@x.fi"),
    ("", "Bo Boss boss@x.fi"),
)


@pytest.mark.parametrize("separator", [";", "\t", ", ", "|", " | "])
@pytest.mark.parametrize("backwards", [False, True])
def test_what_stands_below_a_column_of_an_unknown_name_is_nobodys_own(
    separator: str, backwards: bool
) -> None:
    """One known name of a column beside one that is not: neither the address nor the name below the
    latter is the participant's."""
    wrong = {}
    known = [word for word in COLUMN_OF if word != "#"]
    turned = -1 if backwards else 1
    for number, head in enumerate(known):
        other = UNKNOWN_HEADS[number % len(UNKNOWN_HEADS)]
        for before in ("", separator.join(("Cai Cederberg", "cai@x.fi")) + "\n"):
            heads = separator.join((head, other)[::turned])
            rows = (separator.join(row[::turned]) for row in OF_A_MANAGER)
            pasted = f"{before}{heads}\n" + "\n".join(rows)
            if found := kept(pasted) - ({"cai@x.fi"} if before else set()):
                wrong[pasted] = found
    assert wrong == {}


def test_names_of_columns_that_are_all_known_are_read_as_before() -> None:
    for separator in (";", "\t", ", ", " | "):
        heads, row = ("Nimi", "Sähköposti"), ("Aino Aalto", "aino@x.fi")
        assert kept(f"{separator.join(heads)}\n{separator.join(row)}") == {"aino@x.fi"}
        more, rows = (*heads, "Ryhmä"), (*row, "3")
        assert kept(f"{separator.join(more)}\n{separator.join(rows)}") == {"aino@x.fi"}
