"""The directory file: what is taken, and every mistake by its line."""

import csv
import io
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions import lists
from functions.kernel.directory import DirectoryEntry, DirectoryError, DirectoryFile, Fact
from functions.render.directory.forms import operator_lines
from functions.services.directory.importing import (
    LARGEST,
    FileKind,
    decode,
    import_directory,
    read_directory,
)
from tests.fake_directory import FIELDS, MemoryDirectory

DEMO = Path("infra/demo/directory.yaml").read_text(encoding="utf-8")
ANNA = "coordinators:\n- {key: anna, name: Anna A, email: anna@example.org, language: fi, duties: [units, directory]}\n"
KEEPER = "- {key: kim, name: Kim, email: kim@example.org, language: sv, duties: [directory]}\n"
UNIT = (
    "units:\n- key: u\n  name_fi: Yy\n  name_sv: Uu\n  name_en: You\n  employer: E\n"
    "  language: fi\n  coordinators: [anna]\n"
)
NO_COORDINATOR = "The unit u would have no coordinator left. Add another one to the unit first."
NOW = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)
NOT_UTF_8 = "is not in UTF-8; save it again with the encoding UTF-8"


def problems(
    text: str, kind: FileKind = "yaml", stored: Iterable[DirectoryEntry] = ()
) -> list[str]:
    with pytest.raises(DirectoryError) as caught:
        read_directory(text, kind, stored)
    return operator_lines(caught.value.problems)


def as_csv(file: DirectoryFile, delimiter: str = ",") -> str:
    """The same entries in one CSV file, as a spreadsheet program would write them."""
    kinds = {known.name: known.kind for known in lists.known()}
    columns = dict.fromkeys(c.name for specs in FIELDS.values() for c in specs)
    out = io.StringIO()
    writer = csv.DictWriter(out, ["kind", *columns], delimiter=delimiter)
    writer.writeheader()
    for entry in file.entries:
        told: dict[str, Any] = dict(entry.facts)
        if entry.source == "units":
            told |= {f"name_{language}": name for language, name in entry.names.items()}
        elif entry.source != "domains":
            told["name"] = entry.names["fi"]
        told[lists.named(entry.source).key] = entry.key
        if entry.retired:
            told["retired"] = "yes"
        cells = {k: "; ".join(v) if isinstance(v, tuple) else v for k, v in told.items()}
        writer.writerow({"kind": kinds[entry.source], **cells})
    return out.getvalue()


def test_demo_file_read() -> None:
    file = read_directory(DEMO, "yaml")
    told = {s: [e.key for e in file.of(s)] for s in FIELDS}
    assert told == {
        "units": [
            "perhekeskus",
            "kotihoito-pohjoinen",
            "nuorten-talo",
            "svenska-tjanster",
            "asumispalvelut",
        ],
        "domains": ["example.org", "hyvaesimerkki.example.org"],
        "coordinators": ["anna", "sten"],
        "supervisors": ["testi", "maija", "provia", "sam", "uusi", "krister"],
    }


def test_demo_file_has_only_example_addresses() -> None:
    file = read_directory(DEMO, "yaml")
    hosts = {str(e.facts["email"]).rpartition("@")[2] for e in file.entries if "email" in e.facts}
    assert hosts == {e.key for e in file.of("domains")}


def test_entries_every_field() -> None:
    text = (
        "domains:\n- {domain: Hyvä.Example.ORG, retired: yes}\n"
        + ANNA
        + UNIT
        + "supervisors:\n- key: s\n  name: ' Sanna  S '\n  email: s@EXAMPLE.org\n  language: sv\n"
        "  education: e\n  experience: |\n    one\n\n    two\n  forms:\n  - pair\n  - crisis\n"
        "  sectors: [schools, home-care]\n  languages: [fi, 'no']\n  framework: f\n  membership: m\n"
        "  licence: 123\n  qualification_year: 2001\n  place: p\n  online: false\n  maximum: 0\n"
        "  ongoing_elsewhere: 2\n  longest_new_process: 5\n  schedule_limits: ~\n"
        "  contact: call me\n  picture: s.jpg\n  retired: no\n"
    )
    one = dict.fromkeys(("fi", "sv", "en"), "Sanna S")
    facts: dict[str, Fact] = {
        "email": "s@example.org",
        "language": "sv",
        "education": "e",
        "experience": "one\n\ntwo",
        "forms": ("pair", "crisis"),
        "sectors": ("schools", "home-care"),
        "languages": ("fi", "no"),
        "framework": "f",
        "membership": "m",
        "licence": "123",
        "qualification_year": 2001,
        "place": "p",
        "online": False,
        "maximum": 0,
        "ongoing_elsewhere": 2,
        "longest_new_process": 5,
        "contact": "call me",
        "picture": "s.jpg",
    }
    idna = "xn--hyv-sla.example.org"
    anna = dict.fromkeys(("fi", "sv", "en"), "Anna A")
    anna_facts: dict[str, Fact] = {"email": "anna@example.org", "language": "fi"}
    anna_facts["duties"] = ("units", "directory")
    unit_facts: dict[str, Fact] = {"employer": "E", "language": "fi", "coordinators": ("anna",)}
    assert read_directory(text, "yaml").entries == (
        DirectoryEntry("domains", idna, dict.fromkeys(("fi", "sv", "en"), idna), {}, True),
        DirectoryEntry("coordinators", "anna", anna, anna_facts),
        DirectoryEntry("units", "u", {"fi": "Yy", "sv": "Uu", "en": "You"}, unit_facts),
        DirectoryEntry("supervisors", "s", one, facts),
    )


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_equals_yaml(delimiter: str) -> None:
    file = read_directory(DEMO, "yaml")
    assert read_directory(as_csv(file, delimiter), "csv") == file


@pytest.mark.parametrize("kind", ["yaml", "csv"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_line_ends(kind: FileKind, bom: str, end: str) -> None:
    file = read_directory(DEMO, "yaml")
    text = DEMO if kind == "yaml" else as_csv(file).replace("\r\n", "\n")
    assert read_directory(decode((bom + text.replace("\n", end)).encode()), kind) == file
    assert read_directory(bom + text.replace("\n", end), kind) == file


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("units:\n- key: ä\n".encode("latin-1"), f"line 2: file: {NOT_UTF_8}"),
        ("kind".encode("utf-16"), f"line 1: file: {NOT_UTF_8}"),
        (b"#" * (LARGEST + 1), "line 1: file: is larger than 1,000,000 bytes; import it in parts"),
    ],
)
def test_decode_refused(raw: bytes, message: str) -> None:
    with pytest.raises(DirectoryError) as caught:
        decode(raw)
    assert operator_lines(caught.value.problems) == [message]


def test_file_too_large() -> None:
    expected = ["line 1: file: is larger than 1,000,000 bytes; import it in parts"]
    assert problems("#" + "ä" * (LARGEST // 2)) == expected


def test_problems_all_at_once_by_line() -> None:
    text = UNIT.replace("  name_sv: Uu\n", "").replace("[anna]", "[bo]") + ANNA.replace("fi", "xx")
    assert problems(text) == [
        "line 2: name_sv: Enter an answer.",
        "line 7: coordinators: “bo” is not in the directory. Remove it.",
        "line 9: language: There is no option “xx”. Select another. The options are fi, sv, en.",
    ]


def test_duplicates_named_with_their_lines() -> None:
    text = "domains:\n- domain: hyvä.example\n- domain: xn--hyv-sla.example\n" + ANNA + ANNA[14:]
    assert problems(text) == [
        'line 3: domain: "xn--hyv-sla.example" is there already, on line 2',
        'line 6: key: "anna" is there already, on line 5',
    ]


def test_unit_without_coordinators() -> None:
    expected = ["line 2: coordinators: Select at least one option."]
    assert problems(UNIT.replace("[anna]", "[]")) == expected


def stored(text: str) -> list[DirectoryEntry]:
    return list(read_directory(text, "yaml").entries)


def test_unit_naming_a_stored_coordinator() -> None:
    assert read_directory(UNIT, "yaml", stored(ANNA)).of("units")[0].coordinators == ("anna",)


def test_unit_naming_only_retired_coordinators() -> None:
    gone = ANNA.replace("}", ", retired: yes}") + KEEPER
    expected = (
        "coordinators: None of the people you selected are active any more. Select someone who is."
    )
    assert problems(UNIT, stored=stored(gone)) == [f"line 8: {expected}"]
    assert problems(gone + UNIT) == [f"line 11: {expected}"]


def test_last_coordinator_of_a_stored_unit_retired() -> None:
    gone = "coordinators:\n- key: anna\n  name: A\n  email: a@example.org\n  language: fi\n"
    gone += "  duties: [units, directory]\n  retired: yes\n"
    expected = [f"line 7: retired: {NO_COORDINATOR}"]
    assert problems(gone, stored=stored(ANNA + KEEPER + UNIT)) == expected


def test_coordinator_of_a_unit_has_the_duty() -> None:
    other = ANNA + KEEPER
    expected = (
        "coordinators: kim does not coordinate units. Add the duty to them first or clear the box."
    )
    text = UNIT.replace("[anna]", "[anna, kim]")
    assert problems(text, stored=stored(other)) == [f"line 8: {expected}"]
    lost = other.replace("[units, directory]", "[topics]")
    expected = f"duties: {NO_COORDINATOR}"
    assert problems(lost, stored=stored(other + UNIT)) == [f"line 2: {expected}"]


def test_somebody_keeps_the_directory() -> None:
    expected = "Nobody would manage the directory any more. Give the duty to another person first."
    none = ANNA.replace(", directory", "")
    assert problems(none) == [f"line 2: duties: {expected}"]
    gone = ANNA.replace("}", ", retired: yes}")
    assert problems(gone) == [f"line 2: retired: {expected}"]
    kept = stored(ANNA + KEEPER)
    assert read_directory(none, "yaml", kept).entries[0].facts["duties"] == ("units",)
    away = "coordinators:\n" + KEEPER.replace("[directory]", "[finance]")
    assert len(read_directory(away, "yaml", kept).entries) == 1
    assert problems(none + KEEPER.replace("[directory]", "[finance]"), stored=kept) == [
        f"line 2: duties: {expected}"
    ]


def test_duties_are_told_and_fit_the_topics() -> None:
    bare = ANNA.replace(", duties: [units, directory]", "")
    assert problems(bare) == ["line 2: duties: Select at least one option."]
    text = ANNA.replace("}", ", topics: [general]}")
    assert problems(text) == [
        "line 2: topics: Only people who answer messages have topics. Add the duty or clear the topics."
    ]
    wrong = ANNA.replace("units, directory", "directory, cleaning")
    assert problems(wrong) == [
        "line 2: duties: There is no option “cleaning”. Select another. "
        "The options are units, topics, finance, directory."
    ]


def test_coordinator_retired_when_the_unit_has_another() -> None:
    bo = "- {key: bo, name: Bo, email: bo@example.org, language: sv, duties: [units, directory]}\n"
    text = ANNA.replace("}", ", retired: yes}") + bo + UNIT.replace("[anna]", "[bo]")
    file = read_directory(text, "yaml", stored(ANNA + UNIT))
    assert [(e.key, e.retired) for e in file.of("coordinators")] == [("anna", True), ("bo", False)]


def test_address_of_two_people_in_a_list() -> None:
    bo = (
        "- {key: bo, name: Bo, email: ANNA@example.org, language: sv, duties: [units, directory]}\n"
    )
    expected = (
        "email: This address is already in use: anna. Each person must have their own address."
    )
    assert problems(ANNA + bo) == [f"line 3: {expected}"]
    assert problems(f"coordinators:\n{bo}", stored=stored(ANNA)) == [f"line 2: {expected}"]


def test_address_free_when_its_earlier_owner_is_retired() -> None:
    bo = (
        "- {key: bo, name: Bo, email: anna@example.org, language: sv, duties: [units, directory]}\n"
    )
    text = ANNA.replace("}", ", retired: yes}") + bo
    assert len(read_directory(text, "yaml", stored(ANNA)).entries) == 2


def test_bidirectional_controls_removed() -> None:
    name = read_directory(ANNA.replace("Anna A", "Anna \u202eA"), "yaml").entries[0].names["fi"]
    assert name == "Anna A"


def test_import_saves_all_or_nothing() -> None:
    register = MemoryDirectory()
    with pytest.raises(DirectoryError):
        import_directory((ANNA + UNIT.replace("[anna]", "[bo]")).encode(), "yaml", register, NOW)
    assert register.entries("coordinators") == ()
    assert len(import_directory((ANNA + UNIT).encode(), "yaml", register, NOW).entries) == 2
    assert import_directory(UNIT.encode(), "yaml", register, NOW).entries == register.entries(
        "units"
    )


def read_or_refuse(text: str, kind: FileKind) -> None:
    with suppress(DirectoryError):  # and no other
        read_directory(text, kind)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200), kind=st.sampled_from(["yaml", "csv"]))
def test_any_text_is_read_or_refused(text: str, kind: FileKind) -> None:
    read_or_refuse(text, kind)


_SCRAPS = ["units:\n", "domains:\n", "- ", "key: a\n", "  ", "domain: a.fi\n", "[", "]", "{", "}"]
_SCRAPS += [": ", "|\n", "&a ", "*a", "!!x ", "'", '"', "\n", "---\n", "? ", "<<: ", "~", "%", "\t"]
_SCRAPS += ["kind,", "key,", "coordinators", ";", "\x85", "\u2028", "\ud800", "\uffff"]


@settings(max_examples=400, deadline=None)
@given(scraps=st.lists(st.sampled_from(_SCRAPS), max_size=30))
def test_any_scraps_are_read_or_refused(scraps: list[str]) -> None:
    read_or_refuse("".join(scraps), "yaml")
    read_or_refuse("".join(scraps), "csv")


def test_documentation_tells_every_field() -> None:
    told = Path("docs/directory.md").read_text(encoding="utf-8")
    names = {f"`{c.name}`" for columns in FIELDS.values() for c in columns}
    assert {name for name in names if name not in told} == set()
