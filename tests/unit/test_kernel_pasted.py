"""Pasted lists of people: each address is one person's, exactly, or stands in a row with an error."""

import re
import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.kernel import LANGUAGES, clean
from functions.kernel.errors import Problem
from functions.kernel.fields import Field
from functions.kernel.list_words import COLUMN_OF, PEOPLE, columns_of, language_of
from functions.kernel.people_field import drawn, read_people
from functions.render.text.texts import page_text

FIELD = Field("people", "people", lowest=1, highest=99)
Read = list[tuple[str, str, str]]


def read(pasted: str) -> tuple[Read, set[int]]:
    """The rows that a paste makes, and the numbers of those that are refused."""
    people, problems = read_people(FIELD, {"people-pasted": pasted})
    wrong = {int(p.field.split("-")[1]) for p in problems if p.field != "people"}
    return [(row["name"], row["email"], row["language"]) for row in people], wrong


@pytest.mark.parametrize(
    ("pasted", "rows"),
    [
        ("Sinéad O'Brien\tsinead.o'brien@example.org", [("Sinéad O'Brien", "sinead.o'brien@example.org", "")]),
        ("Sinéad O’Brien;o'brien@example.org", [("Sinéad O’Brien", "o'brien@example.org", "")]),
        ("Aino Aalto <aino@example.net>", [("Aino Aalto", "aino@example.net", "")]),
        ("aino@example.net; Aino; sv", [("Aino", "aino@example.net", "sv")]),
        ("Aino\taino@example.net\tEN", [("Aino", "aino@example.net", "en")]),
        ("Aino,aino@example.net,finska", [("Aino", "aino@example.net", "fi")]),
        ('"Aino","aino@example.net","Swedish"', [("Aino", "aino@example.net", "sv")]),
        ("Aino aino@example.net englanti", [("Aino", "aino@example.net", "en")]),
        ("Aino\t040 123 4567\taino@example.net\tsv-FI", [("Aino", "aino@example.net", "sv")]),
        ('"Aalto, Aino" <aino@example.net>', [("Aalto Aino", "aino@example.net", "")]),
        ("“Aalto, Aino” <aino@example.net>", [("Aalto Aino", "aino@example.net", "")]),
        ("'Aino Aalto' <aino@example.net>", [("Aino Aalto", "aino@example.net", "")]),
        ("A B <a@x.fi>; C D <c@x.fi>;", [("A B", "a@x.fi", ""), ("C D", "c@x.fi", "")]),
        ("A B <a@x.fi>, C D <c@x.fi>", [("A B", "a@x.fi", ""), ("C D", "c@x.fi", "")]),
        ("A B a@x.fi; C D, c@x.fi, sv", [("A B", "a@x.fi", ""), ("C D", "c@x.fi", "sv")]),
        (
            '"Aalto, Aino" <a@x.fi>, "Berg, Bo" <b@x.fi>',
            [("Aalto Aino", "a@x.fi", ""), ("Berg Bo", "b@x.fi", "")],
        ),
        ("Aalto, Aino <aino.aalto@x.fi>; B C <c@x.fi>", [("Aalto Aino", "aino.aalto@x.fi", ""), ("B C", "c@x.fi", "")]),
        ("A B <a@x.fi<mailto:a@x.fi>>", [("A B", "a@x.fi", "")]),
        ("A B a@x.fi <mailto:a@x.fi>", [("A B", "a@x.fi", "")]),
        ("A B <MAILTO:a@x.fi>", [("A B", "a@x.fi", "")]),
        ("A B (a@x.fi).", [("A B", "a@x.fi", "")]),
        ("A B: a@x.fi.", [("A B", "a@x.fi", "")]),
        ("\ufeffA\u00a0B\t\u200ba@x.fi\r\nC D\tc+d@x.fi\r\n\r\n", [("A B", "a@x.fi", ""), ("C D", "c+d@x.fi", "")]),
        ("1. A B a@x.fi\n2) C c@x.fi\n• D – d@x.fi – svenska", [("A B", "a@x.fi", ""), ("C", "c@x.fi", ""), ("D", "d@x.fi", "sv")]),
        ("| Nimi | Email |\n|---|---|\n| A B | a@x.fi |", [("A B", "a@x.fi", "")]),
        ("岡田 優\tokada@example.org\nŁukasz Żółw\tl@x.fi", [("岡田 優", "okada@example.org", ""), ("Łukasz Żółw", "l@x.fi", "")]),
        ("Etu\tetu@hyvä.example", [("Etu", "etu@xn--hyv-sla.example", "")]),
        # Names in two columns are one if the address says so; a language that is a name is a name.
        ("Aino\tSuomi\taino.suomi@x.fi", [("Aino Suomi", "aino.suomi@x.fi", "")]),
        ("Aino Suomi aino.suomi@x.fi", [("Aino Suomi", "aino.suomi@x.fi", "")]),
        ("Suomi\tÄinö\taino.suomi@x.fi\tsuomi", [("Suomi Äinö", "aino.suomi@x.fi", "fi")]),
        # A language beside a name is the language of the mails.
        ("Matti Virtanen svenska; m@x.fi", [("Matti Virtanen", "m@x.fi", "sv")]),
        ("Matti Virtanen (svenska);m@x.fi", [("Matti Virtanen", "m@x.fi", "sv")]),
        ("suomi:Anna Aalto;a@x.fi", [("Anna Aalto", "a@x.fi", "fi")]),
        ("Anna Aalto = englanti;a@x.fi", [("Anna Aalto", "a@x.fi", "en")]),
        ("Anna Aalto sv; a@x.fi", [("Anna Aalto", "a@x.fi", "sv")]),
        ("Matti Virtanen “svenska”\tm@x.fi", [("Matti Virtanen", "m@x.fi", "sv")]),
        ("Matti Virtanen（svenska）;m@x.fi", [("Matti Virtanen", "m@x.fi", "sv")]),
        ("Virtanen-svenska;m@x.fi", [("Virtanen", "m@x.fi", "sv")]),
        ("MATTI VIRTANEN SV\tm@x.fi", [("MATTI VIRTANEN", "m@x.fi", "sv")]),
        ("Matti Virtanen ｓｖ;m@x.fi", [("Matti Virtanen", "m@x.fi", "sv")]),
        ("अनिता शर्मा (svenska);m@x.fi", [("अनिता शर्मा", "m@x.fi", "sv")]),
        ("sv अनिता शर्मा;m@x.fi", [("अनिता शर्मा", "m@x.fi", "sv")]),
        ("Aino Aalto-Suomi; a@x.fi", [("Aino Aalto-Suomi", "a@x.fi", "")]),
        ("Aino Maria Suomi; a@x.fi", [("Aino Maria Suomi", "a@x.fi", "")]),
        ("Aung Swe; a@x.fi", [("Aung Swe", "a@x.fi", "")]),
        # Mail programs write the last name first, with a comma and no quotes.
        ("Aalto, Aino <l@x.fi>", [("Aalto Aino", "l@x.fi", "")]),
        ("Aalto, Aino Maria <l@x.fi>;", [("Aalto Aino Maria", "l@x.fi", "")]),
        ("1. von Bagh-Ek, A. <l@x.fi>", [("von Bagh-Ek A.", "l@x.fi", "")]),
        (
            "Aalto, Aino <l@x.fi>; Berg, Bo <b@x.fi>; C D <c@x.fi>",
            [("Aalto Aino", "l@x.fi", ""), ("Berg Bo", "b@x.fi", ""), ("C D", "c@x.fi", "")],
        ),
        ("Suomi, Aino <l@x.fi>", [("Suomi Aino", "l@x.fi", "")]),
        # Initials and the like end a name in a cell of its own.
        ("Aalto A.\tl@x.fi", [("Aalto A.", "l@x.fi", "")]),
        ("Smith Jr.\tl@x.fi\tsv", [("Smith Jr.", "l@x.fi", "sv")]),
        ("AALTO A.;l@x.fi", [("AALTO A.", "l@x.fi", "")]),
        ("Aalto A.-M., l@x.fi", [("Aalto A.-M.", "l@x.fi", "")]),
        ("Ek Ph.D.\tl@x.fi", [("Ek Ph.D.", "l@x.fi", "")]),
        # Names of columns say what is in them; other columns are left out.
        ("Nimi\tSähköposti\tKieli\nA B\ta@x.fi\truotsi", [("A B", "a@x.fi", "sv")]),
        ("E-postadress;Språk;Namn\na@x.fi;;A B", [("A B", "a@x.fi", "")]),
        ("First name,Surname,Job title,Email\nA,B,nurse,a@x.fi", [("A B", "a@x.fi", "")]),
        ("Name  Email address\nA B a@x.fi", [("A B", "a@x.fi", "")]),
        ("Namn\tEfternamn\tEmail\nAino\tÄäri\ta@x.fi", [("Aino Ääri", "a@x.fi", "")]),
        ("Nimi\tEtunimi\tEmail\nÄäri\tAino\ta@x.fi", [("Aino Ääri", "a@x.fi", "")]),
        ("Nimi\tSukunimi\tEmail\nAino Ääri\tÄäri\ta@x.fi", [("Aino Ääri", "a@x.fi", "")]),
        ("Etunimi;Nimi;Sukunimi;Email\nAino;Ääri Aino;Ääri;a@x.fi", [("Aino Ääri", "a@x.fi", "")]),
        *((f"{head};Email\nAino;a@x.fi", [("Aino", "a@x.fi", "")]) for head in ("Vastaanottaja", "Mottagare", "To", "Till", "Työntekijä", "Anställd", "Employee", "Recipient")),
        # A name that the address tells is whole, though it ends in a language.
        ("Zoe Eng zoe.eng2@x.fi", [("Zoe Eng", "zoe.eng2@x.fi", "")]),
        ("Yi Eng y.eng@x.fi", [("Yi Eng", "y.eng@x.fi", "")]),
        # What need not be told may be missing at the end of a line.
        ("Nimi;Sähköposti;Kieli\nAino;a@x.fi\nBo;bo@x.fi;sv", [("Aino", "a@x.fi", ""), ("Bo", "bo@x.fi", "sv")]),
        ("Nimi\tPuhelin\tEmail\tKieli\tOsasto\nAino\t\ta@x.fi", [("Aino", "a@x.fi", "")]),
        ("Nimi,Email,Kieli\nAino,a@x.fi", [("Aino", "a@x.fi", "")]),
        # A name that ends in a stop is whole where brackets or quotes part it from the address.
        ("Virtanen A. <a@x.fi>", [("Virtanen A.", "a@x.fi", "")]),
        ("'Virtanen A.' a@x.fi", [("Virtanen A.", "a@x.fi", "")]),
        ("Nimi\tEmail\nVirtanen A.\ta@x.fi", [("Virtanen A.", "a@x.fi", "")]),
        ("\tNimi\tOsasto\tEmail\n1\tAalto, Aino\tPKL 3\taino.aalto@x.fi", [("Aalto Aino", "aino.aalto@x.fi", "")]),
    ],
)  # fmt: skip
def test_understood(pasted: str, rows: Read) -> None:
    assert read(pasted) == (rows, set())


@pytest.mark.parametrize(
    "pasted",
    [
        "aino@example.net",
        "Aino Aalto",
        "Ann S\ta@x.fi\truotsi\t040 1\tlähihoitaja",
        "Aino Aalto, lähihoitaja\ta@x.fi",
        "Aino Suomi a@x.fi",
        "Aino o’brien@x.fi",
        "Aino ä@x.fi",
        "Aino a＠x.fi",
        "Aino @ home",
        "Aino a@x.fi\tpuh. 040 123 4567",
        "Sähköposti: a@x.fi",
        "To: Aino <a@x.fi>",
        "To: a@x.fi",
        "Vastaanottaja: a@x.fi",
        "Till: a@x.fi",
        "- Mottagare: Aino <a@x.fi>",
        "Vastaanottaja Aino Aalto <a@x.fi>",
        "a@x.fi <a@x.fi>",
        "[Aino](mailto:a@x.fi)",
        "[Aino Aalto](mailto:aino@x.fi)",
        "(a@x.fi, sv)",
        "Aino (a@x.fi, sv)",
        "Zoe O'Bri en58zoe@x.fi",
        "Zoe O'Bri\ten58zoe@x.fi",
        "\U0001d400ino Aalto\taino@x.fi",
        "Aino a(at)x.fi",
        "040 123 4567",
        "Nimi\tEmail\tKieli\nAino\ta@x.fi\tviro",
        "Nimi;Kieli;Email\nAino;a@x.fi",
        "Sukunimi;Etunimi;Email\nAino;a@x.fi",
        "Email;Nimi;Kieli;Osasto\na@x.fi;Aino;PKL",
        "Email;Kieli;Nimi\na@x.fi;Aino",
        "Nimi\tEmail\nAino\ta@x.fi\thoitaja",
        "Nimi\tEmail\tEmail\nAino\t\ta@x.fi",
        "Nimi\tEmail\nAino\ta@x.fi työ",
        '"Aino a@x.fi',
        "[a@x.fi](mailto:a@x.fi)",
        "Aino a@x.fi¹",
        "Aino a@x.fi™",
        "Aino a@x.fiª",
        "Aino 'a@x.fi",
        "Aino *a@x.fi",
        "Aino –a@x.fi",
        "Aino a–b@x.fi",
        "a@x.fi–Aino",
        "1.a@x.fi",
        "Aino/a@x.fi",
        "Aino=a@x.fi",
        "Aino B|a@x.fi",
        "Aino | b|a@x.fi | sv",
        "Aino B\u200ba@x.fi",
        "Aino B\u2060a@x.fi",
        "Aino B\u00ada@x.fi",
        "Aino B\u200ea@x.fi",
        "Aino a@x\u200b.fi",
        "Aino mailto:a@x.fi?subject=b%40x.fi",
        "Virtanen A. a@x.fi",
        "S o' brien@x.fi",
        "Aino a@x.co .fi",
        "=?utf-8?q?aino?= <a@x.fi>",
        "Cc: a@x.fi",
        "Aino ja Bo a@x.fi",
        "Aino & Bo <a@x.fi>",
        "Aino · Bo\ta@x.fi",
        "Anna/Bo\ta@x.fi",
        "1 Anna Ek a@x.fi",
        "2 x Aino\ta@x.fi",
        "Aino und Bo\ta@x.fi",
        "Anna\tSuomi\ta@x.fi",
        "Suomi\tAnna\ta@x.fi",
        "a@x.fi;Anna;English",
        "Nimi\tSukunimi\tEmail\nAino Ääri\tBerg\ta@x.fi",
        "Nimi\t\tEmail\nAino\tÄäri\ta@x.fi",
        "Etunimi\tSuku\tEmail\nAino\tÄäri\ta@x.fi",
        "Anna Aalto på svenska; a@x.fi",
        "Anna Aalto kieli: ruotsi; a@x.fi",
        "Anna Aalto (Suomi); a@x.fi",
        "Anna Aalto suomi svenska; a@x.fi",
        "Matti svenska Virtanen; a@x.fi",
        "Nimi\tEmail\nMatti Virtanen svenska\tm@x.fi",
        "Nimi\tEmail\nMATTI VIRTANEN SV\tm@x.fi",
        "MATTI VIRTANEN EN\tm@x.fi",
        "KHIN KHIN SWE\tm@x.fi",
        "Chen Mei-en;m@x.fi",
        "Anna Aalto “Suomi”; a@x.fi",
        "Aino tai Bertta\ta@x.fi",
        "tiimi (4)\ta@x.fi",
        "\u0410ino Aalto\ta@x.fi",
        "Aino, hoitaja <a@x.fi>",
        "Aino Aalto, Bo Berg <a@x.fi>",
        "Aalto, Aino, RN <a@x.fi>",
        "Aalto, Suomi <a@x.fi>",
        "To: Aalto, Aino <a@x.fi>",
        "A.\taari@x.fi",
        "Ek aino.\taari@x.fi",
        "Ek Aino.\taari@x.fi",
        "Ek A.\tAari@x.fi",
        "ek a.\taari@x.fi",
        "Ek A.<aari@x.fi>",
        "x," * 500 + "Aino <a@x.fi>",
    ],
)
def test_not_understood_is_an_error_of_its_row(pasted: str) -> None:
    rows, wrong = read(pasted)
    assert len(rows) == 1
    assert wrong == {1}


# Separators of data, of lines and of pages, which programs put where nobody sees them.
CONTROLS = ("\x1c", "\x1d", "\x1e", "\x1f", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")


@given(
    st.sampled_from(("sinead.o'brien@x.fi", "a.b_c-d+e@x.fi", "aino.aari@x.fi")),
    st.sampled_from(
        (" ", "\u00a0", "\t", ";", ",", "<", ">", "&nbsp;", "&#160;", " < ", "\u2003", *CONTROLS)
    ),
    st.sampled_from(
        (
            "Sinéad O'Brien {}",
            "{}",
            "Ann\t{}",
            "1. Ann {} sv",
            "Ann {}; Bo <b@x.fi>",
            "{} Ann",
            "{}\tAnn",
        )
    ),
    st.data(),
)
def test_no_part_of_an_address_is_taken_for_it(
    address: str, cut: str, line: str, data: st.DataObject
) -> None:
    """Wherever it is cut beside or after a stop; before the first one a name looks the same."""
    stops = [m.start() for m in re.finditer(r"[.+_]", address.partition("@")[0])]
    at = data.draw(st.integers(stops[0] + 1, address.index("@") + 2))
    rows, wrong = read(line.format(f"{address[:at]}{cut}{address[at:]}"))
    kept = {email for n, (_, email, _) in enumerate(rows, 1) if n not in wrong}
    assert kept <= {address, "b@x.fi"}


@pytest.mark.parametrize("between", ["\t", ";", ","])
@pytest.mark.parametrize(
    ("cells", "row"),
    [
        ("b@x.fi|", ("b@x.fi", "", "")),
        ("Bo b@x.fi|", ("Bo; b@x.fi", "", "")),
        ("'b@x.fi'|", ("'b@x.fi'", "", "")),
        ("b@x.fi|c@x.fi", ("b@x.fi", "c@x.fi", "")),
        ("Bo|b@x.fi c@x.fi", ("Bo; b@x.fi c@x.fi", "", "")),
        ("Bo|b@x.fi|c@x.fi", ("Bo; c@x.fi; b@x.fi", "", "")),
        ("|*b@x.fi", ("*b@x.fi", "", "")),
    ],
)
def test_an_address_in_a_wrong_column_stays_to_be_mended(
    cells: str, row: tuple[str, str, str], between: str
) -> None:
    rows, wrong = read(f"Name|Email\nAnn|ann@x.fi\n{cells}".replace("|", between))
    assert rows == [("Ann", "ann@x.fi", ""), row]
    assert wrong == {2}


@pytest.mark.parametrize(
    "pasted",
    [
        "Anna Ek email: a@x.fi",
        "Anna Ek s-posti a@x.fi",
        "Anna Ek, E-mail address: a@x.fi",
        "ANNA EK EMAIL a@x.fi",
        "anna ek epost: a@x.fi",
        "Työsähköposti Anna Ek <a@x.fi>",
        "Anna Ek to <a@x.fi>",
        "cc Anna Ek <a@x.fi>",
        "CC Anna Ek a@x.fi",
        "till Anna Ek <a@x.fi>",
        "Anna Ek puh. a@x.fi",
        "Anna Ek kieli a@x.fi",
        "nimi Anna Ek a@x.fi",
    ],
)
def test_a_label_beside_a_name_is_no_part_of_it(pasted: str) -> None:
    rows, wrong = read(pasted)
    assert len(rows) == 1
    assert rows[0][0] == "Anna Ek" or wrong == {1}


@pytest.mark.parametrize(
    "name",
    ["Anh To", "To Anh", "Eva From", "Till Berg", "Fritz Lang", "Mei Meili", "Göran Person",
     "No Min", "Roll Eva", "anna lang", "Nimi Rao", "Suvi af Till", "Anna Mail"],
)  # fmt: skip
def test_names_that_are_labels_elsewhere_are_names(name: str) -> None:
    assert read(f"{name} <a@x.fi>") == ([(name, "a@x.fi", "")], set())


def test_all_addresses_of_a_link_stay_to_be_mended() -> None:
    rows, wrong = read("Cee mailto:cee@x.fi?cc=dee@x.fi")
    assert rows == [("Cee", "mailto:cee@x.fi?cc=dee@x.fi", "")]
    assert wrong == {1}


@pytest.mark.parametrize(
    "pasted",
    [
        "Aino\ta@x.fi\tBo\tb@x.fi",
        "a@x.fi\tAino\tb@x.fi\tBo",
        "Aino\ta@work.fi\ta@home.fi",
        "a@x.fi, b@x.fi",
        "Aino <a@x.fi> Bo <b@x.fi>",
        "Aino; a@x.fi, Bo; b@x.fi",
        "Aalto, Aino <a@x.fi>, Berg, Bo <b@x.fi>",
        "Nimi\tEmail\tEsihenkilön email\nAino\ta@x.fi\tb@x.fi",
    ],
)
def test_two_addresses_that_are_not_two_people_are_errors(pasted: str) -> None:
    rows, wrong = read(pasted)
    assert wrong == set(range(1, len(rows) + 1))
    assert all(
        address in "".join(map("".join, rows)) for address in re.findall(r"\w@\w+\.fi", pasted)
    )


COLUMN_WORDS = sorted(COLUMN_OF)


@given(st.lists(st.sampled_from(COLUMN_WORDS), min_size=1, max_size=3), st.sampled_from(" \t;"))
@example(["person"], " ")
@example(["meili"], " ")
@example(["person", "roll"], " ")
@example(["meili", "lang"], "\t")
def test_a_row_between_people_is_a_person_or_says_where_addresses_are(
    words: list[str], between: str
) -> None:
    """No row that may be somebody without an address is left out."""
    line = between.join(word.title() for word in words)
    rows, wrong = read(f"Anna Aalto\ta@x.fi\n{line}\nBo Ek\tb@x.fi")
    heads = [column for word in words for column in columns_of(word)]
    assert "b@x.fi" in "".join(map("".join, rows))
    if "email" not in heads or len(heads) == 1 or all(word in PEOPLE for word in words):
        assert wrong >= {2}
        assert rows[1][0] or rows[1][1]


@pytest.mark.parametrize("first", ["Person", "Meili Lang", "Person\tRoll"])
def test_a_first_row_that_may_be_a_person_is_not_left_out(first: str) -> None:
    rows, wrong = read(f"{first}\nBo Ek\tbo.ek@x.fi")
    assert wrong == {1}
    assert rows[1] == ("Bo Ek", "bo.ek@x.fi", "")


NAMES = (
    "Sinéad O'Brien",
    "Aalto, Aino",
    '"Aalto, Aino"',
    "Suomi",
    "岡田 優",
    "A:son",
    "O’Neil",
    "",
    "'t Hooft",
)
ADDRESSES = (
    "sinead.o'brien@example.org",
    "a+b@x.fi",
    "a_b-c@y.fi",
    "suomi@x.fi",
    "1d@x.fi",
    "d/e=f@x.fi",
    "'x'@y.fi",
    "mailto:a@x.fi?cc=b@x.fi",
    "Å@x.fi",
    "a@hyvä.fi",
    "no@where",
    "x@y.fi.",
    "@",
)
OTHERS = (
    "ruotsi",
    "EN",
    "040 123 4567",
    "lähihoitaja",
    "Nimi",
    "Email",
    "mailto:",
    "1.",
    "-",
    "(",
    ")",
    "'",
    '"',
    "“",
    "’",
    "Name;Email\n",
    "Etunimi\tSukunimi\tSähköposti\tKieli\n",
)
JOINTS = ("\u200b", "\u2060", "\u00ad", "\u200e", "¹", "ª", "™", "–", "−", "*", "=", "/", "|", "'")
PIECES = st.one_of(
    st.sampled_from(NAMES + ADDRESSES + OTHERS),
    st.sampled_from(ADDRESSES),
    st.sampled_from(JOINTS),
    st.sampled_from(CONTROLS),
    st.sampled_from(["\t", ";", ",", "<", ">", " ", "\n", "\r\n", "\u00a0", "\ufeff", "|", " <", ">; ", "; "]),
    st.text(max_size=3),
)  # fmt: skip
# Signs between which an address stands by itself, whatever quotes and brackets are around it.
APART = re.compile(r"[\s<>,;|\"]+")
PLAIN = re.compile(r"(?!\d{1,3}\.)[A-Za-z0-9][\w.+'-]*@.+")
AROUND = r"\s<>,;|\"'()\[\]“”„‘’«»"
UNSEEN = f"(?:{clean.ANY_UNSEEN.pattern})*"


def folded(text: str) -> str:
    """A text in lower case, NFC and the usual width."""
    usual = (
        unicodedata.normalize("NFKC", c) if unicodedata.east_asian_width(c) in "FH" else c
        for c in text
    )
    small = "".join(c.lower() for c in "".join(usual).replace("\u3002", "."))
    return unicodedata.normalize("NFC", small)


def stands_in(address: str, pasted: str) -> bool:
    """Whether an address was written as it is, with nothing joined to it."""
    written = re.escape(folded(clean.writable(address)))
    before, after = f"(?:^|[{AROUND}]|mailto:){UNSEEN}", f"[.:]*{UNSEEN}(?:$|[{AROUND}?])"
    return bool(re.search(f"{before}{written}{after}", folded(pasted)))


def signed(text: str) -> set[str]:
    """The words of a text with an at sign, as the addresses that they are if they are any."""
    words = APART.split(clean.ANY_UNSEEN.sub("", text.replace("\ufffd", "")))
    return {clean.email(word) or clean.bare(word) for word in words if "@" in word}


@settings(max_examples=1000)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_every_address_is_one_persons_exactly_or_an_error(pasted: str) -> None:
    rows, wrong = read(pasted)
    kept = [email for n, (_, email, _) in enumerate(rows, 1) if n not in wrong]
    assert all(PLAIN.fullmatch(email) and stands_in(email, pasted) for email in kept)
    assert len(set(kept)) == len(kept)
    shown = set().union(*(signed(cell) for row in rows for cell in row[:2]))
    assert signed(clean.line(clean.unified(pasted))) <= shown
    assert all(
        not set(name) & set("@<>;|") for n, (name, _, _) in enumerate(rows, 1) if n not in wrong
    )


@given(
    st.lists(st.sampled_from(ADDRESSES[:5]), min_size=1, max_size=4, unique=True),
    st.sampled_from(["; ", ", ", "\n"]),
)
def test_lists_of_names_with_addresses_are_these_people(addresses: list[str], between: str) -> None:
    pasted = between.join(f'"{n}, Ämne" <{a}>' for n, a in zip("ABCD", addresses, strict=False))
    meant = [(f"{n} Ämne", clean.email(a), "") for n, a in zip("ABCD", addresses, strict=False)]
    assert read(pasted) == (meant, set())


@pytest.mark.parametrize("sign", CONTROLS[:4])
@pytest.mark.parametrize(
    "pasted",
    [
        "Aino{}a@x.fi",
        "Aino A.{}a@x.fi",
        "Aino o{}a@x.fi",
        "Aino\ta@x.fi{}b",
        "Nimi\tEmail\nAino\taino.{}a@x.fi",
        "Aino a@x.co{}.fi",
        "Aino <a@x.fi>{}Bo",
        "{}Aino{} a@x.fi",
    ],
)
def test_sign_that_nobody_sees_between_two_things_is_an_error_of_its_row(
    pasted: str, sign: str
) -> None:
    rows, wrong = read(pasted.format(*[sign] * 2))
    assert len(rows) == 1
    assert wrong == {1}
    assert not set(CONTROLS) & set("".join(rows[0]))


@pytest.mark.parametrize("sign", CONTROLS[:4])
def test_sign_that_nobody_sees_around_a_line_or_a_cell_is_no_part_of_it(sign: str) -> None:
    pasted = f"{sign}Aino B\ta@x.fi{sign}\n{sign}\n{sign}Bo{sign}\t{sign}b@x.fi"
    assert read(pasted) == ([("Aino B", "a@x.fi", ""), ("Bo", "b@x.fi", "")], set())


@pytest.mark.parametrize("sign", CONTROLS[4:])
def test_break_of_any_kind_ends_a_line(sign: str) -> None:
    rows = [("Aino B", "a@x.fi", ""), ("Bo", "b@x.fi", "sv")]
    assert read(f"Aino B a@x.fi{sign}b@x.fi;Bo;ruotsi{sign}") == (rows, set())
    rows = [("Virtanen A.", "a@x.fi", ""), ("Bo", "bo@x.fi", "")]
    assert read(f"Virtanen A. <a@x.fi>{sign}{sign}Bo bo@x.fi") == (rows, set())


@pytest.mark.parametrize("sign", CONTROLS[4:])
@pytest.mark.parametrize(
    "pasted", ["aino.{}aari@x.fi Bo", "Bo a@x.co{}.fi", "Bo aino_{} aari@x.fi\tsv", "Bo a{}@x.fi C"]
)
def test_break_of_another_kind_within_an_address_is_an_error(pasted: str, sign: str) -> None:
    rows, wrong = read(pasted.format(sign))
    assert wrong == {*range(1, len(rows) + 1)}
    assert "x." in "".join(map("".join, rows))


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_words_are_known(language: str) -> None:
    for cell in ("name", "email", "language"):
        assert columns_of(page_text(language, f"people.{cell}")) == [cell]
    for code in LANGUAGES:
        assert language_of(page_text(language, f"people.{code}").upper()) == code


@pytest.mark.parametrize(
    "pasted",
    ['"a ' * 20_000, "<" * 60_000, "a@" * 30_000, "a" * 60_000, "(" * 30_000 + "a@x.fi", "1" * 60_000 + "a",
     "a" + "\u0316\u0301" * 10_000, "Nimi " * 12_000, '",' * 30_000, "\x0b" * 60_000, "a\n" * 30_000, "a@x.fi;" * 8_000,
     "x," * 31_000 + "a@x.fi", "'x'," * 15_000, "a@x.fi " * 9_000, "a.@ " * 15_000, "\t" * 60_000 + "a@x.fi", "a.\x0b" * 30_000 + "a@x.fi", "\x1f" * 60_000, "a@x.fi\x0b.fi" * 6_000, ("x,"*390 + "a@x.fi\n") * 80,
     ("nimi\t" * 390 + "\n") * 32, "A B\t" + "a" * 60_000 + "@x.fi", "aa" * 30_000 + "@x.fi Aa Bb", ("Aa Bb\t" + "a'b." * 3_800 + "@x.fi\n") * 4, ". " * 30_000 + "a@x.fi", "x<" * 30_000 + "a@x.fi", "'x' <a@x.fi>;" * 4_800, "a" + "(" * 60_000 + "a", "a. " * 20_000, "(1 " * 20_000, "\u0430\u0316" * 30_000],
    ids=lambda pasted: f"{pasted[:8]!r}",
)  # fmt: skip
def test_any_paste_is_read_in_time_that_grows_with_its_length(pasted: str) -> None:
    """A quarter of it takes about a quarter of the time, and not a sixteenth."""

    def shortest(text: str) -> float:
        def once() -> float:
            began = time.process_time()
            read(text)
            return time.process_time() - began

        return min(once() for _ in range(3))

    size = len(pasted) // 4
    assert shortest(pasted) < 9 * max(*map(shortest, (pasted[:size], pasted[-size:])), 0.005)


def test_paste_that_is_too_long_is_not_read_and_given_back() -> None:
    pasted = "Aino Esimerkki aino@example.net\n" + " " * 66_000
    typed = {f"{FIELD.name}-pasted": pasted}
    assert read_people(FIELD, typed)[1] == [Problem(FIELD.name, "many", FIELD.highest)]
    assert drawn(FIELD, typed) == ([], pasted)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize(
    "rows",
    [
        ('"Nimi"', '"Sähköposti"', '"Aino Virtanen"', '"aino.virtanen@x.fi"'),
        ('"Etunimi"', '"Sukunimi"', "E-mail", '"Aino"', '"Virtanen"', "aino.virtanen@x.fi"),
        ("Namn", '"E-post"', '"Aino Virtanen"', "'aino.virtanen@x.fi'"),
    ],
    ids=["both", "three", "some"],
)
def test_cells_in_quotes_below_heads_are_what_is_in_them(
    rows: tuple[str, ...], separator: str
) -> None:
    half = len(rows) // 2
    text = "\n".join(separator.join(part) for part in (rows[:half], rows[half:]))
    assert read(text) == ([("Aino Virtanen", "aino.virtanen@x.fi", "")], set())
