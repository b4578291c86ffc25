"""The directory's pages: what coordinators and supervisors see, save, and are told to mend."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from functions.entry.desk.directory import register
from functions.entry.web import make_app
from functions.kernel import LANGUAGES
from functions.kernel.directory import DirectoryEntry, DirectoryFile
from functions.kernel.errors import Refused, Unavailable
from functions.render.text import dates
from functions.render.text.texts import page_text
from functions.services.container import Services
from functions.services.directory.fields import asked_of, form_from
from functions.services.directory.importing import import_directory
from tests.fake_directory import FIELDS, MemoryDirectory
from tests.fakes import START, World
from tests.guards.pages import page_faults

DEMO = Path("infra/demo/directory.yaml").read_bytes()
HOSTILE = '"><script>alert(1)</script>{{ 7 * 7 }}<b onclick=x>'
PAGES = (
    "directory",
    "directory?q=anna",
    "directory?q=nobody+there",
    *(f"directory/{source}/new" for source in FIELDS),
    "directory/units/nuorten-talo",
    "directory/coordinators/anna",
    "directory/supervisors/testi",
    "directory/domains/example.org",
    "own",
)


@dataclass(frozen=True)
class Stub:
    """A desk as the desk's own app opens it."""

    language: str = "fi"
    entries: Mapping[str, str] = field(default_factory=dict)
    person: str = "hash"
    name: str = "Somebody"
    email: str = "somebody@example.org"


DESKS = {
    "anna": Stub(entries={"coordinators": "anna"}),
    "testi": Stub(entries={"supervisors": "testi"}),
    "both": Stub("sv", {"coordinators": "anna", "supervisors": "testi"}),
    "neither": Stub(),
}


class Place:
    """The pages on the demo directory; the token is a name in ``DESKS``."""

    def __init__(self) -> None:
        world = World()
        self.directory = MemoryDirectory()
        import_directory(DEMO, "yaml", self.directory, world.clock.now())
        self.services: Services = replace(world.services, directory=self.directory)
        self.app: Flask = make_app("desk", self.services)
        register(self.app, self.services, self.open)
        self.client = self.app.test_client()

    def open(self, services: Services, token: str) -> Stub:
        if token not in DESKS:
            raise Refused
        return DESKS[token]

    def get(self, path: str, token: str = "both") -> TestResponse:
        return self.client.get(f"/api/d/{token}/{path}")

    def post(self, path: str, typed: dict[str, str], token: str = "both") -> TestResponse:
        return self.client.post(f"/api/d/{token}/{path}", data=typed)

    def entry(self, source: str, key: str) -> DirectoryEntry:
        return next(e for e in self.directory.entries(source) if e.key == key)

    def form(self, path: str, token: str = "both", language: str = "en") -> dict[str, str]:
        """What the form of a page would send, were nothing changed in it."""
        return fields(self.get(f"{path}?lang={language}", token).text)


def fields(html: str) -> dict[str, str]:
    """The fields of a page's form as a browser would send them."""
    found: dict[str, str] = {}
    form = html[html.index('id="entry"') :]
    for tag in re.findall(r"<input [^>]*>", form):
        known = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if known["type"] not in ("radio", "checkbox") or " checked" in tag:
            found[unescape(known["name"])] = unescape(known["value"])
    for name, text in re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.S
    ):
        found[name] = unescape(text)
    return found


def said(html: str) -> list[str]:
    """The lines of the error summary."""
    part = html.partition('id="errors"')[2].partition("</ul>")[0]
    return [unescape(re.sub("<[^>]+>", "", line)) for line in re.findall(r"<li>(.*?)</li>", part)]


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole(place: Place, path: str, language: str) -> None:
    mark = "&" if "?" in path else "?"
    got = place.get(f"{path}{mark}lang={language}")
    assert (got.status_code, page_faults(got.text, language)) == (200, [])


def test_page_in_the_language_of_the_desk(place: Place) -> None:
    assert '<html lang="sv">' in place.get("directory").text
    assert '<html lang="fi">' in place.get("own", "testi").text


def test_lists_tell_what_is_used_and_what_is_not(place: Place) -> None:
    place.directory.save(DirectoryFile((replace(place.entry("supervisors", "sam"), retired=True),)))
    html = place.get("directory?lang=en").text
    assert "Supervisors (5)" in html
    assert "No longer active (1)" in html
    for entry in (e for source in FIELDS for e in place.directory.entries(source)):
        assert f'href="/api/d/both/directory/{entry.source}/{entry.key}?lang=en"' in html
    assert html.index("Uusi Ohjaajanen") < html.index("Sam Sampleton")  # folded away, below


def test_lists_filtered(place: Place) -> None:
    html = place.get("directory?lang=en&q=HYVAESIMERKKI.example+krister").text
    assert ("Krister" in html, "Provia" in html) == (True, False)
    assert html.count("No results.") == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("token", "path"),
    [
        ("neither", "directory"),
        ("neither", "directory/units/new"),
        ("neither", "own"),
        ("testi", "directory"),
        ("testi", "directory/units/new"),
        ("testi", "directory/supervisors/testi"),
        ("anna", "own"),
        ("nonsense", "directory"),
        ("nonsense", "own"),
        ("anna", "directory/cats/new"),
        ("anna", "directory/units/nowhere"),
        ("anna", "directory/supervisors/anna"),
    ],
)
def test_refused(place: Place, method: str, token: str, path: str) -> None:
    before = place.directory.revision()
    got = place.get(path, token) if method == "GET" else place.post(path, {"name": "x"}, token)
    lists = method == "POST" and path == "directory"  # which take no form
    assert (got.status_code, place.directory.revision()) == (405 if lists else 404, before)


def test_retired_coordinator_refused(place: Place) -> None:
    anna = replace(place.entry("coordinators", "anna"), retired=True)
    place.directory.save(DirectoryFile((anna,)))
    assert place.get("directory").status_code == 404


def test_looking_changes_nothing(place: Place) -> None:
    before = place.directory.revision()
    for path in PAGES:
        place.get(path)
    assert place.directory.revision() == before


@pytest.mark.parametrize(
    "entry", ["units/nuorten-talo", "supervisors/krister", "coordinators/sten"]
)
def test_form_is_filled_with_the_entry(place: Place, entry: str) -> None:
    source, key = entry.split("/")
    stored = place.entry(source, key)
    asked = asked_of(source, stored, place.directory.entries("coordinators"))
    form = place.form(f"directory/{entry}")
    expected = {**form, **{k: v.strip() for k, v in form_from(asked, stored).items()}}
    assert {k: v.strip() for k, v in form.items()} == expected
    assert {v for k, v in form.items() if k not in expected} == set()


def test_new_entry_saved_and_shown(place: Place) -> None:
    typed = {
        "_lang": "en",
        "_seen": "",
        "name": "Uusi Koordinaattori",
        "email": "uusi@example.org",
        "language": "fi",
        "duties.finance": "yes",
    }
    got = place.post("directory/coordinators/new", typed)
    path = "/api/d/both/directory/coordinators/uusi-koordinaattori?lang=en&saved=yes"
    assert (got.status_code, got.headers["Location"]) == (303, f"https://kapula.test{path}")
    html = place.client.get(path).text
    assert page_text("en", "directory.saved_lead") in html
    assert f"Last changed by Anna Esimerkki, {dates.moment(START, 'en')}." in html
    assert place.entry("coordinators", "uusi-koordinaattori").facts["email"] == "uusi@example.org"


def test_imported_entry_says_so(place: Place) -> None:
    html = place.get("directory/units/nuorten-talo?lang=en").text
    assert "when the directory was imported from a file." in html


def test_retire_and_bring_back(place: Place) -> None:
    path = "directory/units/nuorten-talo"
    for retired in ("yes", "no"):
        assert place.post(path, {**place.form(path), "retired": retired}).status_code == 303
        assert place.entry("units", "nuorten-talo").retired is (retired == "yes")


def keep_too(place: Place) -> None:
    """Sten keeps the directory beside Anna."""
    path = "directory/coordinators/sten"
    place.post(path, {**place.form(path), "duties.directory": "yes"})


def test_last_coordinator_told_by_the_names_of_units(place: Place) -> None:
    keep_too(place)
    path = "directory/coordinators/anna"
    got = place.post(path, {**place.form(path), "retired": "yes"})
    assert got.status_code == 422
    assert said(got.text) == [
        "Status: The unit Home Care, Northern Team would have no coordinator left. "
        "Add another one to the unit first. The unit Esimerkkilä Family Centre would have no "
        "coordinator left. Add another one to the unit first."
    ]
    assert fields(got.text)["retired"] == "yes"


def test_leaving_oneself_asked_then_done(place: Place) -> None:
    keep_too(place)
    for unit in ("perhekeskus", "kotihoito-pohjoinen"):
        path = f"directory/units/{unit}"
        place.post(path, {**place.form(path), "coordinators.sten": "yes"})
    path = "directory/coordinators/anna"
    got = place.post(path, {**place.form(path), "retired": "yes"})
    assert (got.status_code, page_faults(got.text, "en")) == (422, [])
    assert 'name="_sure"' in got.text
    assert place.entry("coordinators", "anna").retired is False
    left = place.post(path, {**fields(got.text), "_sure": "yes"})
    assert (left.status_code, page_faults(left.text, "en")) == (200, [])
    assert page_text("en", "directory.leaving.title") in left.text
    assert place.entry("coordinators", "anna").retired is True


def test_two_editors(place: Place) -> None:
    path = "directory/units/nuorten-talo"
    mine, theirs = place.form(path), place.form(path)
    assert place.post(path, {**theirs, "employer": "Theirs <b>"}, "anna").status_code == 303
    got = place.post(path, {**mine, "employer": "Mine", "name_en": "Also mine"})
    assert (got.status_code, page_faults(got.text, "en")) == (409, [])
    for told in ("Theirs &lt;b&gt;", "Mine", "Mallila Youth House", "Also mine"):
        assert told in got.text
    assert place.entry("units", "nuorten-talo").facts["employer"] == "Theirs <b>"
    again = fields(got.text)
    assert (again["employer"], again["name_en"]) == ("Mine", "Also mine")
    assert place.post(path, again).status_code == 303
    assert place.entry("units", "nuorten-talo").facts["employer"] == "Mine"


NEW = {
    "units": {"name_fi": "Korjattu", "employer": "Toinen"},
    "domains": {"retired": "yes"},
    "coordinators": {"email": "korjattu@example.org", "name": "Korjattu"},
    "supervisors": {"email": "korjattu@example.org", "retired": "yes"},
}


def followed(place: Place, got: TestResponse) -> str:
    """The page that an answer leads to."""
    assert got.status_code == 303
    return place.client.get(got.headers["Location"].removeprefix("https://kapula.test")).text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", list(FIELDS))
def test_new_entry_sent_again_after_it_was_changed_is_told_as_saved(
    place: Place, source: str, language: str
) -> None:
    """The form that made it, pressed once more from Back."""
    first = {**place.form(f"directory/{source}/new", language=language), **right(source)}
    html = followed(place, place.post(f"directory/{source}/new", first))
    assert page_text(language, "directory.saved_lead") in html
    (made,) = [e for e in place.directory.entries(source) if e.changed and e.changed.by != "import"]
    path = f"directory/{source}/{made.key}"
    assert place.post(path, {**place.form(path), **NEW[source]}).status_code == 303
    entries, revision = place.directory.entries(source), place.directory.revision()
    html = followed(place, place.post(f"directory/{source}/new", first))
    assert page_faults(html, language) == []
    assert page_text(language, "directory.already_lead") in html
    assert page_text(language, "directory.saved_lead") not in html
    assert (place.directory.entries(source), place.directory.revision()) == (entries, revision)
    other = {**first, **{n: "Muu" for n in ("name", "employer") if n in first}}
    if other != first:  # typed otherwise: compared with the entry that is there, and sent to it
        got = place.post(f"directory/{source}/new", other)
        assert (got.status_code, page_faults(got.text, language)) == (409, [])
        assert f'action="/api/d/both/{path}"' in got.text
        again = fields(got.text)
        assert {n: again[n] for n in right(source)} == {n: other[n] for n in right(source)}
        kept = place.entry(source, made.key).retired
        assert again["retired"] == ("yes" if kept else "no")
        assert place.post(path, again).status_code == 303
        assert len(place.directory.entries(source)) == len(entries)


def test_form_that_was_saved_is_not_saved_again_after_its_entry_went_back(place: Place) -> None:
    path = "directory/coordinators/sten"
    form = place.form(path)
    moved = {**form, "email": "moved@example.org"}
    assert place.post(path, moved).status_code == 303
    assert place.post(path, {**place.form(path), "email": form["email"]}).status_code == 303
    html = followed(place, place.post(path, moved))
    assert page_text("en", "directory.already_lead") in html
    assert place.entry("coordinators", "sten").facts["email"] == form["email"]


def test_form_drawn_before_an_entry_went_there_and_back_is_a_conflict(place: Place) -> None:
    path = "directory/coordinators/sten"
    form = place.form(path)
    for email in ("moved@example.org", form["email"]):
        place.services.clock.forward(minutes=1)  # type: ignore[attr-defined]
        assert place.post(path, {**place.form(path), "email": email}).status_code == 303
    got = place.post(path, {**form, "email": "mine@example.org"})
    assert (got.status_code, fields(got.text)["email"]) == (409, "mine@example.org")
    assert place.entry("coordinators", "sten").facts["email"] == form["email"]


def test_domain_that_went_out_of_use_meanwhile_is_not_opened_by_an_earlier_form(
    place: Place,
) -> None:
    new = {**place.form("directory/domains/new"), "domain": "example.org"}
    place.services.clock.forward(minutes=1)  # type: ignore[attr-defined]
    path = "directory/domains/example.org"
    assert place.post(path, {**place.form(path), "retired": "yes"}).status_code == 303
    got = place.post("directory/domains/new", new)
    assert (got.status_code, page_faults(got.text, "en")) == (409, [])
    assert place.directory.knows_domain("example.org") is False
    later = {**place.form("directory/domains/new"), "domain": "example.org"}
    assert place.post("directory/domains/new", later).status_code == 303
    assert place.directory.knows_domain("example.org") is True


def test_forms_outlive_an_import(place: Place) -> None:
    """One that brings nothing new disturbs no open form, and what was done is remembered."""
    path = "directory/units/nuorten-talo"
    form = place.form(path)
    place.services.clock.forward(minutes=1)  # type: ignore[attr-defined]
    import_directory(DEMO, "yaml", place.directory, place.services.clock.now())
    typed = {**form, "employer": "Muu"}
    assert place.post(path, typed).status_code == 303
    place.services.clock.forward(minutes=1)  # type: ignore[attr-defined]
    import_directory(DEMO, "yaml", place.directory, place.services.clock.now())
    assert page_text("en", "directory.already_lead") in followed(place, place.post(path, typed))
    assert place.entry("units", "nuorten-talo").facts["employer"] != "Muu"


def test_form_in_another_language_keeps_what_was_typed(place: Place) -> None:
    path = "directory/units/nuorten-talo"
    typed = {**place.form(path), "employer": "Half typ", "_say": "sv"}
    before = place.directory.revision()
    got = place.post(path, typed)
    assert (got.status_code, page_faults(got.text, "sv")) == (200, [])
    assert {**fields(got.text), "_lang": "en"} == {k: v for k, v in typed.items() if k != "_say"}
    assert place.directory.revision() == before


def names_of(source: str) -> list[str]:
    asked = asked_of(source, None, [])
    return [a.name for a in asked if a.required]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", list(FIELDS))
def test_everything_empty_is_said_of_each_field(place: Place, source: str, language: str) -> None:
    got = place.post(f"directory/{source}/new", {"_lang": language})
    assert (got.status_code, page_faults(got.text, language)) == (422, [])
    labels = [page_text(language, f"directory.fields.{n}.label") for n in names_of(source)]
    assert [line.partition(": ")[0] for line in said(got.text)] == labels
    assert f"<title>{page_text(language, 'form.error')}: " in got.text


WRONG = [
    *(("units", n, "x" * 121) for n in ("name_fi", "name_sv", "name_en", "employer")),
    ("units", "name_fi", "a\nb"),
    ("units", "language", "de"),
    ("units", "coordinators.nobody", "yes"),
    ("units", "coordinators." + HOSTILE, "yes"),
    ("domains", "domain", "not a domain"),
    ("domains", "domain", HOSTILE),
    ("coordinators", "name", "a\x07b"),
    ("coordinators", "email", "anna.esimerkki@example.org"),
    ("coordinators", "email", "a@b@c"),
    ("coordinators", "email", "a" * 250 + "@b.fi"),
    ("supervisors", "education", "x" * 1001),
    ("supervisors", "experience", "x" * 4001),
    ("supervisors", "licence", "x" * 121),
    ("supervisors", "qualification_year", "12"),
    ("supervisors", "qualification_year", "two"),
    ("supervisors", "framework", "x" * 501),
    ("supervisors", "membership", "x" * 201),
    ("supervisors", "forms.solo", "yes"),
    ("supervisors", "sectors.kotihoito", "yes"),
    ("supervisors", "languages._other", "Finnish, pl"),
    ("supervisors", "languages._other", HOSTILE),
    ("supervisors", "place", "x" * 121),
    ("supervisors", "online", "perhaps"),
    ("supervisors", "maximum", "-1"),
    ("supervisors", "maximum", ""),
    ("supervisors", "ongoing_elsewhere", "1.5"),
    ("supervisors", "longest_new_process", "0"),
    ("supervisors", "schedule_limits", "x" * 501),
    ("supervisors", "contact", "call"),
]


def right(source: str) -> dict[str, str]:
    """A form of a new entry with nothing wrong in it."""
    return {
        "units": {
            **{f"name_{language}": "Uusi" for language in LANGUAGES},
            "employer": "Esimerkki",
            "language": "sv",
            "coordinators.sten": "yes",
        },
        "domains": {"domain": "uusi.example"},
        "coordinators": {
            "name": "Uusi",
            "email": "uusi@example.org",
            "language": "fi",
            "duties.finance": "yes",
        },
        "supervisors": {
            "name": "Uusi",
            "email": "uusi@example.org",
            "language": "fi",
            "forms.pair": "yes",
            "languages.sv": "yes",
            "maximum": "2",
        },
    }[source]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("source", "name", "value"), WRONG)
def test_one_field_wrong_is_said_beside_it_and_nothing_is_lost(
    place: Place, source: str, name: str, value: str, language: str
) -> None:
    typed = {"_lang": language, "_seen": "", **right(source), name: value}
    before = place.directory.revision()
    got = place.post(f"directory/{source}/new", typed)
    assert (got.status_code, place.directory.revision()) == (422, before)
    if "{{" not in value + name:
        assert page_faults(got.text.replace("\x07", ""), language) == []
    field = name.partition(".")[0]
    label = page_text(language, f"directory.fields.{field}.label")
    (line,) = said(got.text)
    assert line.startswith(f"{label}: ")
    assert f'id="e-{field}"' in got.text
    sent = {k: v for k, v in typed.items() if (k, v) != ("online", "perhaps") and v != "de"}
    assert {k: fields(got.text).get(k) for k in sent} == sent


@pytest.mark.parametrize("source", list(FIELDS))
def test_right_form_is_taken(place: Place, source: str) -> None:
    assert place.post(f"directory/{source}/new", right(source)).status_code == 303


def test_hostile_text_is_inert_everywhere(place: Place) -> None:
    typed = {**right("supervisors"), "name": HOSTILE, "education": HOSTILE, "sectors": HOSTILE}
    saved = place.post("directory/supervisors/new", typed)
    unit = place.post("directory/units/new", {**right("units"), "name_fi": HOSTILE})
    for got in (saved, unit):
        path = got.headers["Location"].removeprefix("https://kapula.test")
        for page in (place.client.get(path), place.get("directory?lang=fi&q=script")):
            assert page.status_code == 200
            assert "<script>alert" not in page.text
            assert "<b onclick" not in page.text
            assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 * 7 }}" in page.text
    search = place.client.get("/api/d/both/directory", query_string={"q": HOSTILE, "lang": "fi"})
    assert ("<script>alert" in search.text, search.status_code) == (False, 200)


def test_own_data_saved_by_the_supervisor(place: Place) -> None:
    form = place.form("own", "testi")
    assert {"email", "retired", "key", "picture"} & set(form) == set()
    typed = {**form, "place": "Mallila", "email": "x@example.org", "retired": "yes", "key": "maija"}
    before = place.entry("supervisors", "testi")
    got = place.post("own", typed, "testi")
    there = "https://kapula.test/api/d/testi/own?lang=en&saved=yes"
    assert (got.status_code, got.headers["Location"]) == (303, there)
    expected = replace(before, facts={**before.facts, "place": "Mallila"})
    assert place.entry("supervisors", "testi") == expected
    seen = place.get("directory/supervisors/testi?lang=en").text
    assert "Last changed by Testi Työnohjaaja," in seen
    assert page_text("en", "own.saved") in place.get("own?lang=en&saved=yes", "testi").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_own_data_tells_who_sees_what(place: Place, language: str) -> None:
    html = unescape(place.get(f"own?lang={language}", "testi").text)
    for group in ("person", "skills", "work", "capacity", "contact"):
        assert page_text(language, f"directory.supervisors.sees.{group}") in html
    assert page_text(language, "own.who") in html
    assert page_text(language, "own.address", address="testi.tyonohjaaja@example.org") in html


def test_own_data_changed_by_a_coordinator_meanwhile(place: Place) -> None:
    form = place.form("own", "testi")
    path = "directory/supervisors/testi"
    assert place.post(path, {**place.form(path), "maximum": "1"}, "anna").status_code == 303
    got = place.post("own", {**form, "place": "Mallila"}, "testi")
    assert (got.status_code, page_faults(got.text, "en")) == (409, [])
    assert place.post("own", fields(got.text), "testi").status_code == 303


def test_fault_of_a_field_that_is_not_asked_is_said_too(place: Place) -> None:
    """Stored before there was a rule for it."""
    testi = place.entry("supervisors", "testi")
    facts = {**testi.facts, "picture": "no such.exe"}
    place.directory.save(DirectoryFile((replace(testi, facts=facts),)))
    got = place.post("own", {**place.form("own", "testi"), "place": "Mallila"}, "testi")
    assert (got.status_code, page_faults(got.text, "en")) == (422, [])
    assert said(got.text) == [
        "Picture: “no such.exe” is not the name of a picture file. Enter it like this: maija.jpg."
    ]


def test_database_silent_keeps_what_was_typed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object) -> None:
        raise Unavailable("replace")

    typed = {"_lang": "en", **right("coordinators"), "name": "Kept Name"}
    monkeypatch.setattr(place.directory, "replace", silent)
    got = place.post("directory/coordinators/new", typed)
    assert got.status_code == 503
    assert 'name="name" value="Kept Name"' in got.text
