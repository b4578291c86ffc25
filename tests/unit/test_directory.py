"""The directory file: what is taken, and every mistake by its line."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.kernel.directory import DirectoryError, DirectoryFile, Entry
from functions.services.directory import (
    LARGEST,
    FileKind,
    decode,
    import_directory,
    read_directory,
)
from functions.services.directory_columns import COLUMNS
from functions.services.directory_rows import KINDS
from tests.fake_directory import MemoryDirectory

DEMO = Path("infra/demo/directory.yaml").read_text(encoding="utf-8")
ANNA = "coordinators:\n- {key: anna, name: Anna A, email: anna@example.org, language: fi}\n"
UNIT = (
    "units:\n- key: u\n  name_fi: Yy\n  name_sv: Uu\n  name_en: You\n  employer: E\n"
    "  language: fi\n  coordinators: [anna]\n"
)
BASIC = "name: S, email: s@example.org, language: fi, forms: [pair], languages: [fi], maximum: 3"


def problems(text: str, kind: FileKind = "yaml", stored: Iterable[Entry] = ()) -> list[str]:
    with pytest.raises(DirectoryError) as caught:
        read_directory(text, kind, stored)
    return str(caught.value).split("\n")


def with_field(field: str, value: str) -> str:
    kept = [part for part in BASIC.split(", ") if part.partition(":")[0] != field]
    lines = ["supervisors:", "- key: s", *(f"  {part}" for part in kept), f"  {field}: {value}"]
    return "\n".join(lines) + "\n"


def as_csv(file: DirectoryFile, delimiter: str = ",") -> str:
    """The same entries in one CSV file, as a spreadsheet program would write them."""
    kinds = {source: kind for kind, source in KINDS.items()}
    columns = dict.fromkeys(c.name for specs in COLUMNS.values() for c in specs)
    out = io.StringIO()
    writer = csv.DictWriter(out, ["kind", *columns], delimiter=delimiter)
    writer.writeheader()
    for entry in file.entries:
        told: dict[str, Any] = dict(entry.facts)
        if entry.source == "units":
            told |= {f"name_{language}": name for language, name in entry.names.items()}
        elif entry.source != "domains":
            told["name"] = entry.names["fi"]
        told[COLUMNS[entry.source][0].name] = entry.key
        if entry.retired:
            told["retired"] = "yes"
        cells = {k: "; ".join(v) if isinstance(v, tuple) else v for k, v in told.items()}
        writer.writerow({"kind": kinds[entry.source], **cells})
    return out.getvalue()


def test_demo_file_read() -> None:
    file = read_directory(DEMO, "yaml")
    told = {s: [e.key for e in file.of(s)] for s in COLUMNS}
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
        "  sectors: [school, '007']\n  languages: [fi, 'no']\n  framework: f\n  membership: m\n"
        "  licence: 123\n  qualification_year: 2001\n  place: p\n  online: false\n  maximum: 0\n"
        "  ongoing_elsewhere: 2\n  longest_new_process: 5\n  schedule_limits: ~\n"
        "  contact: call me\n  picture: s.jpg\n  retired: no\n"
    )
    one = dict.fromkeys(("fi", "sv", "en"), "Sanna  S")
    facts = {
        "email": "s@example.org",
        "language": "sv",
        "education": "e",
        "experience": "one\n\ntwo",
        "forms": ("pair", "crisis"),
        "sectors": ("school", "007"),
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
    unit_facts = {"employer": "E", "language": "fi", "coordinators": ("anna",)}
    assert read_directory(text, "yaml").entries == (
        Entry("domains", idna, dict.fromkeys(("fi", "sv", "en"), idna), {}, True),
        Entry("coordinators", "anna", anna, {"email": "anna@example.org", "language": "fi"}),
        Entry("units", "u", {"fi": "Yy", "sv": "Uu", "en": "You"}, unit_facts),
        Entry("supervisors", "s", one, facts),
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
        ("units:\n- key: ä\n".encode("latin-1"), "line 2: file: is not in UTF-8; save it again with the encoding UTF-8"),
        ("kind".encode("utf-16"), "line 1: file: is not in UTF-8; save it again with the encoding UTF-8"),
        (b"#" * (LARGEST + 1), "line 1: file: is larger than 1,000,000 bytes; import it in parts"),
    ],
)  # fmt: skip
def test_decode_refused(raw: bytes, message: str) -> None:
    with pytest.raises(DirectoryError) as caught:
        decode(raw)
    assert str(caught.value) == message


def test_file_too_large() -> None:
    expected = ["line 1: file: is larger than 1,000,000 bytes; import it in parts"]
    assert problems("#" + "ä" * (LARGEST // 2)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["line 1: file: has no entries"]),
        ("units:\n", ["line 1: file: has no entries"]),
        ("- a\n", ["line 1: file: must have the lists units, domains, coordinators, supervisors"]),
        ("\nunits: a\n", ['line 2: units: must be a list: start each with "- "']),
        ("units:\n- a\n", ['line 2: units: each must have fields such as "key: …"']),
        ("cats:\n- a\n", ['line 2: "cats": is not one of the lists units, domains, coordinators, supervisors']),
        ("a: b: c\n", ["line 1: file: cannot be read as YAML: mapping values are not allowed here"]),
        ("units:\n\t- a\n", ["line 2: file: cannot be read as YAML: found character '\\t' that cannot start any token"]),
        ("units: []\n---\nunits: []\n", ["line 2: file: cannot be read as YAML: but found another document"]),
        ("domains:\n- &a {domain: a.example}\n- *a\n", [
            'line 2: file: "&a": anchors and aliases are not used here',
            'line 3: file: "*a": anchors and aliases are not used here',
        ]),
        ("domains:\n- !!python/object:os.system {}\n", [
            'line 2: file: tags (with "!") are not used here; put quotes around the text'
        ]),
        ("[" * 900_000, ["line 1: file: is nested too deep"]),
        ("units:\n- key: a\x07\n", [
            "line 2: file: has a control character, which cannot be seen; type this line again"
        ]),
        ("units:\n\n- key: \ufffd\n", [
            "line 3: file: has letters that were lost (�); save the original again as UTF-8"
        ]),
        ("domains:\n- domain: a.example\n  domain: b.example\n", ['line 3: "domain": is there twice']),
        ("domains:\n- ? [a]\n  : b\n  domain: b.example\n", ['line 2: "": a field must have a name']),
        ("domains:\n- domain: {a: b}\n", ["line 2: domain: must be a text or a list of texts", "line 2: domain: must be one text, not a list"]),
    ],
)  # fmt: skip
def test_yaml_unreadable(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["line 1: file: has no entries"]),
        ("a,b\n", ["line 1: kind: is not among the columns on the first line"]),
        ("kind,cats,key,key\n", ['line 1: "cats": is not the name of a column', "line 1: key: is the name of two columns"]),
        ("kind,domain\n\ncat,a.example\n,b.example\n", [
            'line 3: kind: "cat" is not one of unit, domain, coordinator, supervisor',
            "line 4: kind: is missing",
        ]),
        ("kind,domain\ndomain,a.example,x\n", ["line 2: file: this row has more cells than there are columns"]),
        ("kind,domain,\ndomain,a.example,x\n", ['line 2: file: "x" is in a nameless column']),
        ('kind,domain\ndomain,"a.example\n', ["line 2: file: cannot be read as CSV: unexpected end of data"]),
        ("kind,domain,email\ndomain,a.example,a@b.example\n", ["line 2: email: domains have no such field"]),
        ('kind,key,name,email,language\ncoordinator,a,"A\nB",a@example.org,fi\ncoordinator,b,B,b,fi\n', [
            "line 2: name: has a line break or a tab; write it on one line",
            'line 4: email: "b" is not an e-mail address',
        ]),
    ],
)  # fmt: skip
def test_csv_unreadable(text: str, expected: list[str]) -> None:
    assert problems(text, "csv") == expected


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "''", "is missing"),
        ("name", "[a, b]", "must be one text, not a list"),
        ("name", '"a\\nb"', "has a line break or a tab; write it on one line"),
        ("name", '"a\\0b"', "has a control character, which cannot be seen; type the text again"),
        ("name", "x" * 121, "has 121 characters; the most is 120"),
        ("contact", "call", "has 4 characters; the least is 5"),
        ("email", "s(at)example.org", '"s(at)example.org" is not an e-mail address'),
        ("email", "Sanna <s@example.org>", '"Sanna <s@example.org>" is not an e-mail address'),
        ("language", "de", '"de" is not one of fi, sv, en'),
        ("forms", "pair", "must be a list, such as [first, second]"),
        ("forms", "[pair, pair]", 'has "pair" twice'),
        ("forms", "[]", "is missing"),
        ("forms", "[solo]", '"solo" is not one of individual, pair, group, community, situational, crisis, managers'),
        ("languages", "[Finnish]", '"Finnish" is not a language code such as fi, sv, en or se'),
        ("sectors", "[" + ", ".join(map(str, range(51))) + "]", "has 51 values; the most is 50"),
        ("maximum", "-1", "-1 is not between 0 and 999"),
        ("maximum", "many", '"many" is not a whole number'),
        ("maximum", "1.5", '"1.5" is not a whole number'),
        ("maximum", "٣", '"٣" is not a whole number'),
        ("longest_new_process", "0", "0 is not between 1 and 999"),
        ("qualification_year", "20015", "20015 is not between 1900 and 2100"),
        ("online", "perhaps", '"perhaps" is not yes or no'),
        ("picture", "https://example.org/a.jpg", '"https://example.org/a.jpg" is not the name of a picture file, such as "maija.jpg"'),
        ("employer", "E", "supervisors have no such field"),
    ],
)  # fmt: skip
def test_field_wrong(field: str, value: str, message: str) -> None:
    text = with_field(field, value)
    line = 2 if message == "is missing" else len(text.splitlines())
    assert problems(text) == [f"line {line}: {field}: {message}"]


@pytest.mark.parametrize("key", ["Anna", "-a", "a b", "å", "a" * 41, "a/b"])
def test_key_wrong(key: str) -> None:
    means = 'a key: small letters a-z, digits and hyphens, at most 40, such as "anna-a"'
    assert problems(ANNA.replace("key: anna", f"key: {key}")) == [
        f'line 2: key: "{key}" is not {means}'
    ]


@pytest.mark.parametrize("domain", ["@example.org", "*.example.org", "org", "a b.example", "1.2.3.4"])
def test_domain_wrong(domain: str) -> None:
    expected = [f'line 2: domain: "{domain}" is not a domain such as example.org']
    assert problems(f"domains:\n- domain: '{domain}'\n") == expected


def test_problems_all_at_once_by_line() -> None:
    text = UNIT.replace("  name_sv: Uu\n", "").replace("[anna]", "[bo]") + ANNA.replace("fi", "xx")
    assert problems(text) == [
        "line 2: name_sv: is missing",
        'line 7: coordinators: "bo" is not a coordinator in this file or in the directory',
        'line 9: language: "xx" is not one of fi, sv, en',
    ]


def test_duplicates_named_with_their_lines() -> None:
    text = "domains:\n- domain: hyvä.example\n- domain: xn--hyv-sla.example\n" + ANNA + ANNA[14:]
    assert problems(text) == [
        'line 3: domain: "xn--hyv-sla.example" is there already, on line 2',
        'line 6: key: "anna" is there already, on line 5',
    ]


def test_unit_without_coordinators() -> None:
    expected = ["line 2: coordinators: is missing"]
    assert problems(UNIT.replace("[anna]", "[]")) == expected


def stored(text: str) -> list[Entry]:
    return list(read_directory(text, "yaml").entries)


def test_unit_naming_a_stored_coordinator() -> None:
    assert read_directory(UNIT, "yaml", stored(ANNA)).of("units")[0].coordinators == ("anna",)


def test_unit_naming_only_retired_coordinators() -> None:
    gone = ANNA.replace("}", ", retired: yes}")
    expected = "coordinators: all are retired; name one who is not"
    assert problems(UNIT, stored=stored(gone)) == [f"line 8: {expected}"]
    assert problems(gone + UNIT) == [f"line 10: {expected}"]


def test_last_coordinator_of_a_stored_unit_retired() -> None:
    gone = "coordinators:\n- key: anna\n  name: A\n  email: a@example.org\n  language: fi\n"
    expected = ['line 6: retired: the unit "u" would have no coordinator left']
    assert problems(f"{gone}  retired: yes\n", stored=stored(ANNA + UNIT)) == expected


def test_coordinator_retired_when_the_unit_has_another() -> None:
    bo = "- {key: bo, name: Bo, email: bo@example.org, language: sv}\n"
    text = ANNA.replace("}", ", retired: yes}") + bo + UNIT.replace("[anna]", "[bo]")
    file = read_directory(text, "yaml", stored(ANNA + UNIT))
    assert [(e.key, e.retired) for e in file.of("coordinators")] == [("anna", True), ("bo", False)]


def test_address_of_two_people_in_a_list() -> None:
    bo = "- {key: bo, name: Bo, email: ANNA@example.org, language: sv}\n"
    expected = 'email: is also the address of "anna"'
    assert problems(ANNA + bo) == [f"line 3: {expected}"]
    assert problems(f"coordinators:\n{bo}", stored=stored(ANNA)) == [f"line 2: {expected}"]


def test_address_free_when_its_earlier_owner_is_retired() -> None:
    bo = "- {key: bo, name: Bo, email: anna@example.org, language: sv}\n"
    text = ANNA.replace("}", ", retired: yes}") + bo
    assert len(read_directory(text, "yaml", stored(ANNA)).entries) == 2


def test_bidirectional_controls_removed() -> None:
    name = read_directory(ANNA.replace("Anna A", "Anna \u202eA"), "yaml").entries[0].names["fi"]
    assert name == "Anna A"


def test_import_saves_all_or_nothing() -> None:
    register = MemoryDirectory()
    with pytest.raises(DirectoryError):
        import_directory((ANNA + UNIT.replace("[anna]", "[bo]")).encode(), "yaml", register)
    assert register.entries("coordinators") == ()
    assert len(import_directory((ANNA + UNIT).encode(), "yaml", register).entries) == 2
    assert import_directory(UNIT.encode(), "yaml", register).entries == register.entries("units")


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=200), kind=st.sampled_from(["yaml", "csv"]))
def test_any_text_is_read_or_refused(text: str, kind: FileKind) -> None:
    try:
        read_directory(text, kind)
    except DirectoryError as error:
        assert error.problems


_SCRAPS = ["units:\n", "domains:\n", "- ", "key: a\n", "  ", "domain: a.fi\n", "[", "]", "{", "}"]
_SCRAPS += [": ", "|\n", "&a ", "*a", "!!x ", "'", '"', "\n", "---\n", "? ", "<<: ", "~", "%", "\t"]
_SCRAPS += ["kind,", "key,", "coordinators", ";", "\x85", "\u2028", "\ud800", "\uffff"]


@settings(max_examples=400, deadline=None)
@given(scraps=st.lists(st.sampled_from(_SCRAPS), max_size=30))
def test_any_scraps_are_read_or_refused(scraps: list[str]) -> None:
    for kind in ("yaml", "csv"):
        test_any_text_is_read_or_refused.hypothesis.inner_test("".join(scraps), kind)


def test_documentation_tells_every_field() -> None:
    told = Path("docs/directory.md").read_text(encoding="utf-8")
    names = {f"`{c.name}`" for columns in COLUMNS.values() for c in columns}
    assert {name for name in names if name not in told} == set()
