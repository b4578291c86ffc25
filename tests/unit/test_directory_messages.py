"""What the import says of each mistake, and of which line."""

import pytest

from functions.kernel.directory import DirectoryError
from functions.render.directory.forms import operator_lines
from functions.services.directory.importing import FileKind, read_directory

ANNA = "coordinators:\n- {key: anna, name: Anna A, email: anna@example.org, language: fi, duties: [directory]}\n"
NO_KEY = (
    "cannot be a key. A key has lower-case letters a–z, digits and hyphens, at most 40 characters, "
    "and is not a word that the service itself uses."
)
LINE = "Enter the text on one line, without tabs."
EMAIL = "Enter an email address in the correct format, like name@organisation.fi."
NUMBER = "Enter a whole number in digits."
BASIC = "name: S, email: s@example.org, language: fi, forms: [pair], languages: [fi], maximum: 3"


def test_key_that_is_a_page_refused() -> None:
    assert problems(ANNA.replace("key: anna", "key: new")) == [f"line 2: key: “new” {NO_KEY}"]


def problems(text: str, kind: FileKind = "yaml") -> list[str]:
    with pytest.raises(DirectoryError) as caught:
        read_directory(text, kind)
    return operator_lines(caught.value.problems)


def with_field(field: str, value: str) -> str:
    kept = [part for part in BASIC.split(", ") if part.partition(":")[0] != field]
    lines = ["supervisors:", "- key: s", *(f"  {part}" for part in kept), f"  {field}: {value}"]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["line 1: file: has no entries"]),
        ("units:\n", ["line 1: file: has no entries"]),
        ("- a\n", ["line 1: file: must have the lists units, domains, coordinators, supervisors"]),
        ("\nunits: a\n", ['line 2: units: must be a list: start each with "- "']),
        ("units:\n- a\n", ['line 2: units: each must have fields such as "key: …"']),
        (
            "cats:\n- a\n",
            ['line 2: "cats": is not one of the lists units, domains, coordinators, supervisors'],
        ),
        (
            "a: b: c\n",
            ["line 1: file: cannot be read as YAML: mapping values are not allowed here"],
        ),
        (
            "units:\n\t- a\n",
            [
                "line 2: file: cannot be read as YAML: "
                "found character '\\t' that cannot start any token"
            ],
        ),
        (
            "units: []\n---\nunits: []\n",
            ["line 2: file: cannot be read as YAML: but found another document"],
        ),
        (
            "domains:\n- &a {domain: a.example}\n- *a\n",
            [
                'line 2: file: "&a": anchors and aliases are not used here',
                'line 3: file: "*a": anchors and aliases are not used here',
            ],
        ),
        (
            "domains:\n- !!python/object:os.system {}\n",
            ['line 2: file: tags (with "!") are not used here; put quotes around the text'],
        ),
        ("[" * 900_000, ["line 1: file: is nested too deep"]),
        (
            "units:\n- key: a\x07\n",
            ["line 2: file: has a control character, which cannot be seen; type this line again"],
        ),
        (
            "units:\n\n- key: \ufffd\n",
            ["line 3: file: has letters that were lost (�); save the original again as UTF-8"],
        ),
        (
            "domains:\n- domain: a.example\n  domain: b.example\n",
            ['line 3: "domain": is there twice'],
        ),
        (
            "domains:\n- ? [a]\n  : b\n  domain: b.example\n",
            ['line 2: "": a field must have a name'],
        ),
        ("domains:\n- domain: {a: b}\n", ["line 2: domain: must be a text or a list of texts"]),
    ],
)
def test_yaml_unreadable(text: str, expected: list[str]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["line 1: file: has no entries"]),
        ("a,b\n", ["line 1: kind: is not among the columns on the first line"]),
        (
            "kind,cats,key,key\n",
            [
                'line 1: "cats": is not the name of a column',
                "line 1: key: is the name of two columns",
            ],
        ),
        (
            "kind,domain\n\ncat,a.example\n,b.example\n",
            [
                'line 3: kind: "cat" is not one of unit, domain, coordinator, supervisor',
                "line 4: kind: is missing",
            ],
        ),
        (
            "kind,domain\ndomain,a.example,x\n",
            ["line 2: file: this row has more cells than there are columns"],
        ),
        ("kind,domain,\ndomain,a.example,x\n", ['line 2: file: "x" is in a nameless column']),
        (
            'kind,domain\ndomain,"a.example\n',
            ["line 2: file: cannot be read as CSV: unexpected end of data"],
        ),
        (
            "kind,domain,email\ndomain,a.example,a@b.example\n",
            ["line 2: email: domains have no such field"],
        ),
        (
            'kind,key,name,email,language,duties\ncoordinator,a,"A\nB",a@example.org,fi,directory\n'
            "coordinator,b,B,b,fi,finance\n",
            [
                f'line 2: name: "A?B": {LINE}',
                f'line 4: email: "b": {EMAIL}',
            ],
        ),
    ],
)
def test_csv_unreadable(text: str, expected: list[str]) -> None:
    assert problems(text, "csv") == expected


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "''", "Enter an answer."),
        ("name", "[a, b]", "must be one text, not a list"),
        ("name", '"a\\nb"', f'"a?b": {LINE}'),
        (
            "name",
            '"a\\0b"',
            '"a?b": There are characters here that we cannot handle. Enter the text again.',
        ),
        (
            "name",
            "x" * 121,
            f'"{"x" * 59}…": The text is too long. It must be 120 characters or fewer.',
        ),
        ("contact", "call", '"call": Tell us a little more. Enter at least 5 characters.'),
        ("email", "s(at)example.org", f'"s(at)example.org": {EMAIL}'),
        ("email", "Sanna <s@example.org>", f'"Sanna <s@example.org>": {EMAIL}'),
        ("language", "de", "There is no option “de”. Select another. The options are fi, sv, en."),
        ("forms", "pair", "must be a list, such as [first, second]"),
        ("forms", "[pair, pair]", "“pair” is here twice. Remove one."),
        ("forms", "[]", "Select at least one option."),
        (
            "forms",
            "[solo]",
            "There is no option “solo”. Select another. The options are individual, pair, group, "
            "community, situational, crisis, managers.",
        ),
        ("sectors", "[home-care, home-care]", "“home-care” is here twice. Remove one."),
        (
            "languages",
            "[Finnish]",
            "“Finnish” is not a language code. Enter a code of two or three lower-case letters, such as pl.",
        ),
        (
            "sectors",
            "[" + ", ".join(map(str, range(51))) + "]",
            "There are too many values here. The maximum is 50.",
        ),
        ("maximum", "-1", f'"-1": {NUMBER}'),
        ("maximum", "many", f'"many": {NUMBER}'),
        ("maximum", "1.5", f'"1.5": {NUMBER}'),
        ("maximum", "٣", f'"٣": {NUMBER}'),
        ("longest_new_process", "0", '"0": The number must be 1 or more.'),
        ("qualification_year", "20015", '"20015": The number must be 2100 or less.'),
        ("online", "perhaps", '"perhaps": Select one of the options. The options are yes, no.'),
        (
            "picture",
            "//example.org/a.jpg",
            "“//example.org/a.jpg” is not the name of a picture file. Enter it like this: maija.jpg.",
        ),
        ("employer", "E", "supervisors have no such field"),
    ],
)
def test_field_wrong(field: str, value: str, message: str) -> None:
    text = with_field(field, value)
    line = 2 if value in ("''", "[]") else len(text.splitlines())
    assert problems(text) == [f"line {line}: {field}: {message}"]


@pytest.mark.parametrize("key", ["Anna", "-a", "a b", "å", "a" * 41, "a/b"])
def test_key_wrong(key: str) -> None:
    assert problems(ANNA.replace("key: anna", f"key: {key}")) == [f"line 2: key: “{key}” {NO_KEY}"]


@pytest.mark.parametrize(
    "domain", ["aino@example.org", "*.example.org", "org", "a b.example", "1.2.3.4"]
)
def test_domain_wrong(domain: str) -> None:
    told = "Enter the domain like this: organisation.fi, without the @ sign."
    assert problems(f"domains:\n- domain: '{domain}'\n") == [f'line 2: domain: "{domain}": {told}']
