"""Whose an address in a paste is: in any layout it is one person's, their own, or an error of its
row; so it is below names of columns of which one is not known."""

import re
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.kernel.fields import Field
from functions.kernel.list_words import COLUMN_OF
from functions.kernel.people_field import read_people

FIELD = Field("people", "people", lowest=1, highest=99)
PEOPLE = [
    ("Liisa Aalto", "liisa@x.fi"),
    ("Bo Berg", "bo@x.fi"),
    ("Carl Dahl", "carl@x.fi"),
    ("Dan Ek", "dan@x.fi"),
]
BREAKS = ["\n", "\n\n", "\r\n", "\n\t", "\n ", "\n- ", "\n• ", ",\n", ";\n", "\n; "]
SEPARATORS = [*BREAKS, " ", "\t", ", ", "; ", ",", ";", " | ", "|", " - ", " – ", ": "]
AROUND = ["{}", "<{}>", "({})", "mailto:{}", "[{}]"]
LANGUAGES = ["", "", ", fi", "\tsv"]


def read(pasted: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The rows of a paste that are taken, and those that are refused."""
    people, problems = read_people(FIELD, {"people-pasted": pasted})
    wrong = {int(p.field.split("-")[1]) for p in problems if p.field != "people"}
    rows = [(row["name"], row["email"]) for row in people]
    taken = [row for n, row in enumerate(rows, 1) if n not in wrong]
    return taken, [row for n, row in enumerate(rows, 1) if n in wrong]


def assert_nobody_has_anothers(pasted: str) -> None:
    taken, refused = read(pasted)
    assert set(taken) <= set(PEOPLE), (pasted, taken)
    left = {*re.findall(r"[\w.@]+", " ".join(map(" ".join, refused)))}
    told = [person for person in PEOPLE if person[1] in pasted and person not in taken]
    assert {word for person in told for word in " ".join(person).split()} <= left, pasted


@settings(max_examples=500)
@given(
    st.permutations(PEOPLE).flatmap(lambda all_of: st.integers(2, 4).map(lambda n: all_of[:n])),
    st.lists(st.sampled_from(SEPARATORS), min_size=1, max_size=2),
    st.lists(st.sampled_from(SEPARATORS), min_size=1, max_size=2),
    st.sampled_from(AROUND),
    st.sampled_from(LANGUAGES),
    st.booleans(),
    st.data(),
)
def test_in_any_layout_each_address_is_its_own_persons_or_an_error(
    people: list[tuple[str, str]],
    within: list[str],
    between: list[str],
    around: str,
    language: str,
    backwards: bool,
    data: st.DataObject,
) -> None:
    pasted = ""
    for name, address in people:
        cells = [name, around.format(address)][:: -1 if backwards else 1]
        gap = data.draw(st.sampled_from(between)) if pasted else ""
        pasted += gap + data.draw(st.sampled_from(within)).join(cells) + language
    assert_nobody_has_anothers(pasted)


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("within", BREAKS)
@pytest.mark.parametrize("backwards", [False, True])
def test_break_within_a_person_and_none_between_two_of_them_is_an_error_of_all(
    around: str, within: str, backwards: bool
) -> None:
    """So a mail program folds a long line of receivers."""
    turned = -1 if backwards else 1
    cells = [[name, around.format(address)][::turned] for name, address in PEOPLE]
    for between in (", ", "; ", "\t", " ", " | ", " - "):
        assert_nobody_has_anothers(between.join(map(within.join, cells)))


def test_everybody_is_refused_where_a_name_and_an_address_are_alone() -> None:
    whole = [f"{name}\t{address}" for name, address in PEOPLE[:2]]
    taken, refused = read("\n".join(["Carl Dahl", *whole, "dan@x.fi"]))
    assert taken == []
    beside = [(f"{name}; {address}", "") for name, address in PEOPLE[:2]]
    assert refused == [("Carl Dahl", ""), *beside, ("", "dan@x.fi")]


@pytest.mark.parametrize("alone", ["Carl Dahl", "dan@x.fi", "Carl Dahl\t"])
def test_beside_a_row_that_lacks_something_an_address_has_to_say_whose_it_is(alone: str) -> None:
    own = "Liisa Aalto\tliisa@x.fi\nBo Berg\tbo.berg@x.fi"
    assert len(read(f"{own}\n{alone}")[0]) == 2
    taken, refused = read(f"{own}\nEva Lund\tx1@x.fi\n{alone}")
    assert taken == [("Liisa Aalto", "liisa@x.fi"), ("Bo Berg", "bo.berg@x.fi")]
    assert refused[0] == ("Eva Lund; x1@x.fi", "")


def test_person_with_two_addresses_is_the_only_one_who_is_refused() -> None:
    for two in (
        "Carl Dahl\tc@x.fi\td@x.fi",
        "Carl Dahl, c@x.fi, d@x.fi",
        "Carl Dahl c@x.fi d@x.fi",
    ):
        taken, refused = read(f"Liisa Aalto\tliisa@x.fi\n{two}\nBo Berg\tberg@x.fi")
        assert taken == [PEOPLE[0], ("Bo Berg", "berg@x.fi")]
        assert len(refused) == 1


SHOWING = ("{}\tBo.Ek@x.fi", "{}\tbo.ek@x", "{}\tbo.ek@x.nowhere", "{}\t*bo.ek@x.fi", "{}\t1.bo.ek@x.fi", "{}\tbo.ek@x.fi\tviro",
           "{}\tbo.ek@x.fi\tpuh. 040", "{} svenska Holm\tbo.ek@x.fi", "{} ja Eva\tbo.ek@x.fi", "{} A. bo.ek@x.fi", "{}\tb\u200bo.ek@x.fi",
           "{}\tbo.ek@x.fi (työ", "({}\tbo.ek@x.fi", "{}\tbek.@x.fi", "{}, hoitaja <boek@x.fi>", "{} &amp; Co\tbo.ek@x.fi", "{}\tbo.ek@x.fi=")  # fmt: skip


@pytest.mark.parametrize("heads", ["", "Nimi\tSähköposti\n", "Nimi\tSähköposti\tKieli\n"])
@pytest.mark.parametrize("showing", SHOWING)
def test_row_that_is_refused_for_anything_shows_that_a_column_was_moved(
    showing: str, heads: str
) -> None:
    rows = [showing.format("Aino Virtanen"), "Bo Ek\tkissa77@x.fi", "Eva Lund\teva.lund@x.fi"]
    for order in (rows, rows[::-1]):
        taken, refused = read(heads + "\n".join(order))
        assert taken == [("Eva Lund", "eva.lund@x.fi")]
        assert "kissa77@x.fi" in " ".join(map(" ".join, refused))


@pytest.mark.parametrize(
    "local",
    ["bo", "ek", "boek", "ekbo", "bek", "ekb", "be", "eb", "b.e", "b.ek", "e-bo", "bo1", "marko", "mar.pii", "markopii",
     "pii", "mp", "pm", "tim.ahl", "timoahl", "tahl", "mkp", "markokpii", "zo", "z.o", "zob", "zeng", "aahl", "aino.ahl", "vahl"],
)  # fmt: skip
def test_address_of_another_row_is_known_by_names_and_initials_of_any_length(local: str) -> None:
    named = ("Bo Ek", "Marko K. Pii", "Timoteus Ahl", "Zoe O'Brien", "Zoe Eng")
    others = "\n".join(f"{name}\tkissa{n}@x.fi" for n, name in enumerate(named))
    for pasted in (
        f"Aino Virtanen\t{local}@x.fi\n{others}",
        f"{others}\nAino Virtanen\t{local}@x.fi",
    ):
        assert read(pasted)[0] == []


GOOD = (  # names, and what they may have before the @
    ("Liisa Li", "liisa.li liisali lli ll l.li lil liisa li.liisa x841450 sunny7"),
    ("Zoe O'Brien", "zoe zo zob z.obrien obrien zoe.obrien zoe.o'brien x12 k461026 sunny7"),
    ("Bo Ek", "bo ek be bek boek ekbo b.e bo.ek bo.ek4 x.bo sunny7 k461026 info bo+work"),
    ("Yi Åström", "yi ya yiastrom astromyi y.astrom kissa kt123456"),
)


@pytest.mark.parametrize(("name", "locals_"), GOOD)
@pytest.mark.parametrize("heads", ["", "Nimi\tSähköposti\tKieli\n"])
def test_good_list_is_read_whatever_its_addresses_tell(name: str, locals_: str, heads: str) -> None:
    first, *others = ("Aino Virtanen\taino.virtanen@x.fi\tsv", "Marko Holm\tmholm@x.fi", "Per Ahl\tpa2@x.fi\tfi")  # fmt: skip
    for local in ("liisa.li", "ll", "lli"):  # a list without capitals
        assert len(read(f"aino virtanen\taino@x.fi\nliisa li\t{local}@x.fi")[0]) == 2
    for local in locals_.split():
        rows = [first, f"{name}\t{local}@x.fi\tfi", *others]
        assert len(read(heads + "\n".join(rows))[0]) == len(rows), local


def test_language_at_the_end_of_a_line_does_not_begin_the_next_address() -> None:
    pasted = "Sähköposti;Nimi;Kieli\nll@x.fi;Liisa Li;fi\nas@x.fi;Ann Suo;fi\nbe@x.fi;Bo Ek;sv"
    assert len(read(pasted)[0]) == 3


def test_word_that_is_another_name_is_not_read_as_an_initial_and_an_own_one() -> None:
    rows = "Anna Holm\thanna.holm@x.fi\nHanna Holm\taholm@x.fi\nBo Ek\tbo.ek@x.fi"
    assert read(rows)[0] == [("Bo Ek", "bo.ek@x.fi")]


def test_first_and_last_names_in_columns_that_were_moved_apart_are_refused() -> None:
    """``holm@`` is Marko's, of whom the row has the last name alone."""
    heads = "Etunimi\tSukunimi\tEmail"
    assert read(f"{heads}\nSofia\tHolm\tholm@x.fi\nAnn\tOja\tsofia.oja@x.fi")[0] == []
    taken, _ = read(
        f"{heads}\nSofia\tAalto\tsofia.aalto@x.fi\nBo\tAalto\tbo.ek@x.fi\nAnn\tEk\ta@x.fi"
    )
    assert taken == [("Sofia Aalto", "sofia.aalto@x.fi")]
    assert read(f"{heads}\nSofia\tNg\tngm@x.fi\nMei\tKorhonen\tkorhonen@x.fi")[0] == []
    assert read(f"{heads}\nSofia\tNg\tskorhonen@x.fi\nMei\tKorhonen\tmei@x.fi")[0] == []


@pytest.mark.parametrize(
    ("name", "local"),
    [("Olli Nieminen", "tim.nieminen"), ("Tim Aalto", "tim.nieminen"), ("Tim Aalto", "tim"), ("Tim Aalto", "timvirta"),
     ("Liisa Aalto", "liisa.x"), ("Ann Ek", "ann"), ("Ann Ek", "a.e")],
)  # fmt: skip
def test_one_word_of_three_letters_or_a_part_of_an_address_proves_nothing(
    name: str, local: str
) -> None:
    row = f"{name}\t{local}@x.fi"
    assert len(read(row)[0]) == 1
    assert read(f"{row}\nCarl Dahl")[0] == []


UNKNOWN = ("Esihenkilö", "Yhteyshenkilö", "Lähiesimies", "Varahenkilö", "Chef", "Ersättare", "Manager",
           "Esihenkilön e-posti", "Ryhmä")  # fmt: skip
MEMBERS = [
    ("Yi", "Ng"),
    ("Aino", "Aalto"),
    ("Bo", "Berg"),
    ("Carl", "Dahl"),
    ("Dan", "Ek"),
    ("Eva", "Ó Lund"),
]
FORMS = (
    "{f}.{l}",
    "{l}.{f}",
    "{f}",
    "{l}{i}",
    "{i}{l}",
    "{f}{l}",
    "{l}_{f}",
    "{f}.{l}2",
    "x-{f}.{l}",
)
LAYOUTS = (
    "{f} {l}\t{e}",
    "{e}\t{f} {l}",
    "{f} {l} <{e}>",
    "{f} {l}; {e}",
    "{l}, {f} <{e}>",
    "{f} {l} {e}",
)


def local_part(form: str, first: str, last: str) -> str:
    last = last.split()[-1]
    return form.format(f=first, l=last, i=first[0], j=last[0]).lower()


@given(
    st.permutations(MEMBERS).flatmap(lambda all_of: st.integers(2, 5).map(lambda n: all_of[:n])),
    st.sampled_from((*FORMS, "{i}{j}", "{j}{i}", "{i}.{l}")),
    st.sampled_from(LAYOUTS),
    st.sampled_from(("", "Nimi\tSähköposti\n", "Nimi;Sähköposti\n")),
    st.data(),
)
def test_addresses_in_another_order_than_names_are_nobodys(
    people: list[tuple[str, str]], form: str, layout: str, heads: str, data: st.DataObject
) -> None:
    """One column was sorted, or moved by a row."""
    addresses = [f"{local_part(form, *each)}@x.fi" for each in people]
    turned = data.draw(st.permutations(addresses))
    gone = data.draw(st.integers(0, len(people)))  # the row without an address, if any
    lines = [
        layout.format(f=first, l=last, e="" if at == gone else email)
        for at, ((first, last), email) in enumerate(zip(people, turned, strict=True))
    ]
    own = {email for (email, other) in zip(addresses, turned, strict=True) if email == other}
    assert {email for _, email in read(heads + "\n".join(lines))[0]} <= own


ABOUT = ("tilalla {}", "sijainen {}, PKL", "esihenkilö: {}", "{} / HR", "anmäld av {}", "{} (esihenkilö)",
         "c/o {} Ltd", "{}", "{} (HUS)", "on leave; {} covers")  # fmt: skip
LEFT_OUT = sorted(
    word for word, column in COLUMN_OF.items() if column in ("other", "phone") and len(word) > 1
)


@pytest.mark.parametrize("head", LEFT_OUT)
def test_address_of_whom_another_column_names_is_refused(head: str) -> None:
    for about, form in product(ABOUT, FORMS):
        row = f"Ann Ek\t{about.format('Bo Berg')}\t{local_part(form, 'Bo', 'Berg')}@x.fi"
        assert read(f"Nimi\t{head}\tSähköposti\n{row}")[0] == [], row


@pytest.mark.parametrize(
    "address", ["info@x.fi", "ab12@x.fi", "ann.ek@x.fi", "aek@x.fi", "hus-1@x.fi"]
)
def test_address_that_no_word_of_the_paste_is_in_is_its_rows(address: str) -> None:
    pasted = f"Nimi\tYksikkö\tSähköposti\nAnn Ek\tPKL\t{address}\nBo Ek\tKYS\tbo.ek@x.fi"
    assert [email for _, email in read(pasted)[0]] == [address, "bo.ek@x.fi"]


OTHERS = {  # local parts that are not Liisa Aalto's beside what stands below the unknown name
    "Bo Berg": "bo bo.berg berg.bo bberg b.berg bergb berg b bb bo.b liisa.bb berg-liisa info boss x1",
    "Berg": "bo bo.berg bberg b.berg berg b info",
    "Bosse Ek": "bo.aalto bosse.aalto be ek",
    "Anna Aalto": "aalto a.aalto aalto.a anna aaaalto",
    "Frida Holm": "frida fridaholm holm",
    "": "bo bo.berg bberg la l info liisa.berg",
}
OWN = "liisa liisa.aalto aalto.liisa laalto aaltol l.aalto LIISA.AALTO liisaaalto liisa_aalto2"


def table(unknown: str, manager: str, local: str, order: tuple[int, int, int]) -> str:
    heads, row = ("Nimi", unknown, "Sähköposti"), ("Liisa Aalto", manager, f"{local}@x.fi")
    return "\n".join("\t".join(line[at] for at in order) for line in (heads, row))


@pytest.mark.parametrize("unknown", UNKNOWN)
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1), (1, 0, 2), (0, 2, 1)])
def test_beside_an_unknown_column_an_address_has_to_say_so_and_no_text_may_stand_there(
    unknown: str, order: tuple[int, int, int]
) -> None:
    for manager, locals_ in OTHERS.items():
        for local in locals_.split():
            taken, refused = read(table(unknown, manager, local, order))
            assert taken == [], (manager, local)
            assert f"{local}@x.fi" in refused[0][0]
            assert manager in refused[0][0]
    for local in OWN.split():
        assert read(table(unknown, "Bo Berg", local, order))[0] == [], local
        taken, _ = read(table(unknown, "1.8.2026", local, order))
        assert [name for name, _ in taken] == ["Liisa Aalto"], local


def test_column_without_a_name_is_an_unknown_one_where_something_is_written() -> None:
    for row, taken in (
        ("\tLiisa Aalto\tl@x.fi", 1),
        ("1\tLiisa Aalto\tl@x.fi", 1),
        ("Bo Berg\tLiisa Aalto\tbo@x.fi", 0),
        ("Bo Berg\tLiisa Aalto\tliisa@x.fi", 0),
    ):
        assert len(read(f"\tNimi\tSähköposti\n{row}")[0]) == taken, row


@pytest.mark.parametrize("head", ["Huom", "Yksikkö", "Roll", "Employer", "Lähettäjä"])
def test_beside_a_name_in_another_column_an_address_has_to_say_whose_it_is(head: str) -> None:
    table = f"Nimi\t{head}\tSähköposti\nAnn Ek\ttilalla Bo Berg\t"
    assert read(f"{table}k12345@x.fi")[0] == []
    assert len(read(f"{table}ann.ek@x.fi")[0]) == 1
    assert len(read(f"Nimi\t{head}\tSähköposti\nAnn Ek\tPsykiatrian poliklinikka\tk1@x.fi")[0]) == 1
