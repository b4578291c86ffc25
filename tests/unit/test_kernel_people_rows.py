"""Lists of people, typed and pasted: whoever is in them is read, or given back."""

import pytest

from functions.kernel.fields import Field
from functions.kernel.list_words import names_joined
from functions.kernel.people_rows import drawn, read_people, rows

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
     "Sanda Samtani", "Ochoa Ana", "Aino Aalto, Jr.", "Ann (Anna) Berg", "d'Ormesson A.",
     "\u30b8\u30e7\u30f3\u30fb\u30b9\u30df\u30b9"],
)  # fmt: skip
def test_names_that_only_look_like_two_are_names(name: str) -> None:
    assert read_people(ONE, {"people-1-name": name, "people-1-email": "a@example.org"})[1] == []
    assert not names_joined(name)


@pytest.mark.parametrize(
    "name",
    ["Aino ja Bo", "AINO JA BO", "Aino OCH Bo", "Aino&Bo", "Aino \u2013 Bo", "Aino \u2022 Bo"],
)
def test_two_people_are_not_one(name: str) -> None:
    typed = {"people-1-name": name, "people-1-email": "a@example.org"}
    assert [(p.field, p.code) for p in read_people(ONE, typed)[1]] == [("people-1-name", "name")]
