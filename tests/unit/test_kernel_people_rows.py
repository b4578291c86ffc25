"""Lists of people, typed and pasted: whoever is in them is read, or given back."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.kernel.fields import Field
from functions.kernel.names import names_several
from functions.kernel.parse import lines
from functions.kernel.people_field import drawn, read_people, rows

FIELD = Field("people", "people", lowest=2, highest=30)
ONE = Field("people", "people", lowest=1, highest=30)


def row(name: str, email: str, language: str = "") -> dict[str, str]:
    return {"name": name, "email": email, "language": language}


def test_rows_of_a_long_paste_are_all_read() -> None:
    lines = [f"Person {n}" + "\t" * 600 + f"p{n}@example.net" for n in range(25)]
    people, problems = read_people(FIELD, {"people-pasted": "\n".join(lines)})
    assert problems == []
    assert [p["email"] for p in people] == [f"p{n}@example.net" for n in range(25)]


def test_drawn_gives_back_what_was_pasted_when_it_is_too_much() -> None:
    pasted = "\n".join(f"P{n} p{n}@a.fi" for n in range(30))
    typed = {"people-1-name": "Aino", "people-pasted": pasted}
    assert drawn(FIELD, typed) == ([row("Aino", "")], pasted)
    assert [p.code for p in read_people(FIELD, typed)[1]] == ["many"]
    fewer = pasted.partition("\n")[2]
    assert drawn(FIELD, {**typed, "people-pasted": fewer}) == (
        rows(FIELD, typed)[:1] + rows(FIELD, {"people-pasted": fewer}),
        "",
    )


def test_rows_have_latin_numbers_from_one_to_ninety_nine() -> None:
    typed = {f"people-{n}-name": n for n in ("0", "01", "1", "99", "100", "-1", "1٣", "٣", "1 ")}
    assert rows(FIELD, typed) == [row("1", ""), row("99", "")]


@pytest.mark.parametrize(
    "name",
    ["Aalto-Berg Aino", "Aalto\u2013Berg", "Gal\u00b7la Puig", "Kim Ja Young", "Aino Jaatinen",
     "Sanda Samtani", "Ochoa Ana", "Aino Aalto, Jr.", "Virtanen, Aino Maria", "von Bagh, Aino Maria", "García López, Ana", "Ann (Anna) Berg", "d'Ormesson A.",
     "\u30b8\u30e7\u30f3\u30fb\u30b9\u30df\u30b9", "\u30b8\u30e3\u30f3\uff1d\u30ea\u30e5\u30c3\u30af", "Aino Maria Ek",
     "von Bagh-Ek", "Karl von und zu Berg", "Ravi A/L Kumar", "O\uff07Brien", "O'Brien", "O\u2019Brien", "Jan van 't Hooft", "A:son Berg", "Aino Suomi",
     "Aino Maria Suomi", "Matti Ruotsi", "Aung Swe", "Li En", "Meili Lang", "Person", "Jan en Piet",
     "Aino Aalto-Suomi", "Chen Mei-en", "En-Lai Chou", "A. English", "Aino M. Suomi", "Anna SUOMI",
     "Prof. Aino Ek", "Dr. St. John Ek", "Aalto A.-M.", "Ek Ph.D. Bo", "Martin King 3rd", "Aino Ek (os. Berg)", "Ma. Teresa Cruz", "N!xau", "N\u01c3xau \u01c0Kunta", "Malcolm X Ek", "Kim Tai Young", "Tal Or Cohen", "Aino Kuusi",
     "Aino\u2013Maria", "\u3007\u5ca1 \u512a", "\u30b7\u30b2\u308b \u5ca1\u7530", "\u0418\u0432\u0430\u043d (Ivan) Ek", "Ka\u02bbula", "\u018fliyev", "\u1820\u1821",
     'Ann "Anna" Berg', "N.N. 4", "Aino (1)", "\u0645\u06cc\u200c\u062e\u0648\u0627", "\u5ca1\u7530 \u512a"],
)  # fmt: skip
def test_names_that_only_look_like_two_are_names(name: str) -> None:
    assert read_people(ONE, {"people-1-name": name, "people-1-email": "a@example.org"})[1] == []
    assert not names_several(name.replace(",", ""))


@pytest.mark.parametrize(
    "name",
    [
        "Aino Virtanen, Bo Ek",
        "aino virtanen,bo ek",
        "Virtanen Aino, Ek Bo, Lund Eva",
        "Aino, Bo, Eva",
        "Aino ja Bo",
        "AINO JA BO",
        "Aino OCH Bo",
        "Aino&Bo",
        "Aino \u2013 Bo",
        "Aino \u2022 Bo",
    ],
)
def test_two_people_are_not_one(name: str) -> None:
    typed = {"people-1-name": name, "people-1-email": "a@example.org"}
    assert [(p.field, p.code) for p in read_people(ONE, typed)[1]] == [("people-1-name", "name")]


MARKED = ("1.{}", "1. {}", "01.{}", "1.) {}", "1){}", "(1) {}", "(a) {}", "1.1. {}", "1 . {}", "1.-{}", "a. {}", "a){}", "A) {}",
          "ii. {}", "iv) {}", ".{}", "...{}", "…{}", "-{}", "({})", "1.({})", "(1. {})", "• 1. {}", "- a) {}")  # fmt: skip


@pytest.mark.parametrize("marked", MARKED)
def test_mark_of_a_list_and_brackets_around_a_name_are_no_part_of_it(marked: str) -> None:
    for name in ("Aino Virtanen", "Bo Ek"):
        written = marked.format(name)
        for line in ("{}\tab@x.fi", "{} <ab@x.fi>", "{}; ab@x.fi", "Nimi\tSähköposti\n{}\tab@x.fi"):
            people, problems = read_people(ONE, {"people-pasted": line.format(written)})
            assert people[0]["name"] == name or problems, line.format(written)
        assert [p["name"] for p in people] == [name]
        typed = {"people-1-name": written, "people-1-email": "a@x.fi"}
        assert [(p.field, p.code) for p in read_people(ONE, typed)[1]] == [
            ("people-1-name", "name")
        ]


@pytest.mark.parametrize(
    "name", ["A. Aalto", "v. Bagh Aino", "a. Aalto", "'t Hooft Jan", "A.-M. Aalto"]
)
def test_initial_or_particle_is_no_mark_of_a_list(name: str) -> None:
    people, problems = read_people(ONE, {"people-pasted": f"{name}\tx1@x.fi"})
    assert [(p["name"], problems) for p in people] == [(name, [])]


SIGNS = [
    c
    for c in map(chr, range(0x20, 0x3100))
    if c not in "()"
    and unicodedata.category(c)[0] in "SPC"
    and unicodedata.category(c) not in ("Cf", "Cn", "Cs")
]


@given(st.sampled_from(SIGNS))
@example("=")
@example("\u2192")
@example("\u25aa")
@example("*")
@example("_")
def test_two_names_with_any_sign_between_are_not_one(sign: str) -> None:
    assert names_several(f"Aino {sign} Bertta")


BETWEEN_TWO = (" x ", " nebst ", " Ja ", " Tai ", "\u01c0", " \u01c1 ", "\u01c2 ", "\u30fb", "\u30a0", "\u05be")  # fmt: skip


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u2060", "\u00ad", "\u200d", "\u2063", "\u200b\u200b"]
)
def test_two_names_with_something_unseen_between_are_not_one(unseen: str) -> None:
    name = f"Aino Alku{unseen}Bo Berg"
    for typed in (
        {"people-1-name": name, "people-1-email": "a@x.fi"},
        {"people-pasted": f"{name}\ta@x.fi"},
    ):
        assert ("people-1-name", "name") in [(p.field, p.code) for p in read_people(ONE, typed)[1]]
    assert any(map(names_several, lines({"names": f"{name}\nCarl Dahl"}, "names")))
    within = {"people-1-name": f"Vir{unseen}tanen A{unseen}ino", "people-1-email": "a@x.fi"}
    assert read_people(ONE, within)[0][0]["name"] == "Virtanen Aino"


@pytest.mark.parametrize(
    "line",
    ["(Aino) (Bertta)", "[Aino] [Bertta]", '"Aino" "Bertta"', "'Aino' 'Bertta'", "(Aino) Bertta",
     "Aino=Bertta", "Aino\u2192Bertta", "Aino:Bertta", "Aino_Bertta", "Aino ... Bertta", "N.N. 4 hl\u00f6",
     "Aino tai Bertta", "Aino TAI Bertta", "Aino eller Bertta", "AINO OR BERTTA", "Aino (ja Bertta)", "Aino ja", "ja Bertta",
     "Aino kanssa Bertta", "Aino with Bertta", "Aino vs Bertta", "Aino et Bertta", "Aino oder Bertta", "\u0410\u043d\u043d\u0430 \u0438 \u0411\u043e\u0440\u0438\u0441",
     "Aino. Bertta", "Aino.Bertta", "Aino Ek. Bo Ek", "\u0410\u043d\u043d\u0430. \u0411\u043e\u0440\u0438\u0441", "Aino! Bertta", "Aino!Bertta",
     "Aino\u2014Bertta", "Aino\u2012Bertta", "\u2460Aino \u2461Bertta", "\u2160 Aino \u2161 Bo", "Aino\u00b9 Bo\u00b2", "1Aino 2Bertta", "Aino\u0660Bertta",
     "Aino ym.", "Aino ym", "Aino yms.", "Aino jne.", "Aino et al.", "Aino etc.", "Aino m.fl.", "Aino m. fl.", "Aino mfl", "Aino osv.", "Aino (ym.)", "Aino & co",
     "tiimi (4)", "Kotihoito (12)", "Aino (2)", "tiimi", "Tiimi 4", "arbetsgruppen", "the whole team", "kaksi osallistujaa",
     *(f"Aino Alku{between}Bo Berg" for between in BETWEEN_TWO),
     "N.N. 4hl\u00f6", "4 kpl N.N.", "N.N. 4 personer", "Aino    Bertta", "Aino\u2003\u2003Bertta"],
)  # fmt: skip
def test_several_people_on_a_line_are_not_one(line: str) -> None:
    assert names_several(line)


@pytest.mark.parametrize(
    "name",
    ["Matti Virtanen svenska", "Matti Virtanen (svenska)", "Anna Aalto = englanti", "Anna Aalto sv",
     "suomi:Anna Aalto", "Anna Aalto suomi", "Matti svenska Virtanen", "svenska Anna Aalto",
     "Anna Aalto SV", "matti virtanen ruotsi", "Matti Virtanen \u201csvenska\u201d", "Matti Virtanen \uff08svenska\uff09",
     "Matti Virtanen \u201csv\u201d", "Matti Virtanen \uff53\uff56", "Virtanen-svenska", "Virtanen-SV", "svenska-Matti", "MATTI VIRTANEN SV",
     "SV MATTI VIRTANEN", "MATTI VIRTANEN EN", "KHIN KHIN SWE", "Matti Virtanen svenska!", "Matti Virtanen sv-FI", "Matti\u201csvenska\u201dVirtanen",
     "Matti Virtanen 'svenska'", "Matti Virtanen, Sv.", "Matti Virtanen svenskspr\u00e5kig", "Aalto-suomi Aino-suomi"],
)  # fmt: skip
def test_a_language_is_no_part_of_a_name(name: str) -> None:
    typed = {"people-1-name": name, "people-1-email": "a@example.org"}
    assert [(p.field, p.code) for p in read_people(ONE, typed)[1]] == [("people-1-name", "name")]


@pytest.mark.parametrize(
    "name",
    ["\u13aaino", "\ua4eeino", "\ua4ee\ua4f2\ua4e0\ua4f3", "\u15c5ino", "Aino \u13aaalto", "\u0410ino", "Ain\u03bf", "\u0410\u0301ino",
     "Aino\u05e1", "Ai\u1d34no\u0430", "\u2c80ino", "Aino\u4e00", "\U0001d400ino", "\U0001d400\U0001d422\U0001d427\U0001d428 Aalto", "\u210cans Ek"],
)  # fmt: skip
def test_letters_of_two_scripts_are_no_name(name: str) -> None:
    typed = {"people-1-name": name, "people-1-email": "a@example.org"}
    assert [(p.field, p.code) for p in read_people(ONE, typed)[1]] == [("people-1-name", "name")]


DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
TWO_BY_A_DASH = (
    "Aino Esimerkki{}Bo Exempel\taino@x.fi",
    "Aino Esimerkki{}Bo Exempel <aino@x.fi>",
    "Aino Esimerkki{}Bo Exempel aino@x.fi",
    "aino@x.fi;Aino Esimerkki{}Bo Exempel",
    "Nimi;Sähköposti\nAino Esimerkki{}Bo Exempel;aino@x.fi",
    "Etunimi;Sukunimi;Sähköposti\nAino{}Bo;Exempel;aino@x.fi",
    "Aino Esimerkki aino@x.fi{}Bo Exempel bo@x.fi",
)


@pytest.mark.parametrize("line", TWO_BY_A_DASH)
def test_two_names_that_a_dash_joins_are_not_one_person(line: str) -> None:
    between = [f" {d} " for d in DASHES] + [f"{d} " for d in DASHES] + [f" {d}" for d in DASHES]
    if "Etunimi" not in line:  # two first names may have a dash between them
        between += DASHES[3:]
    taken = {}
    for sign in between:
        people, problems = read_people(FIELD, {"people-pasted": line.format(sign)})
        wrong = {p.field.split("-")[1] for p in problems if p.field != "people"}
        whole = [row for n, row in enumerate(people, 1) if str(n) not in wrong]
        if [row for row in whole if {"Aino", "Bo"} <= {*re.findall(r"\w+", row["name"])}]:
            taken[sign] = whole
    assert taken == {}


@pytest.mark.parametrize(
    "name",
    ["Liisa Anna-Maija Aalto", "Liisa Aalto\u2013Berg", "Anna\u2013Maija Aalto", "A.-M. Aalto"],
)
def test_name_with_a_hyphen_of_its_own_is_one_person(name: str) -> None:
    for pasted in (f"{name}\ta@x.fi", f"{name} <a@x.fi>"):
        people, problems = read_people(FIELD, {"people-pasted": pasted})
        assert [row["name"] for row in people] == [name]
        assert {p.code for p in problems} == {"few"}  # there is nobody else
