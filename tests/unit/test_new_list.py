"""A list of coaches, added by the files of docs/adding-a-directory-list.md and nothing else."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields as fields_of
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from functions import lists
from functions.entry.desk import app as desk
from functions.kernel import LANGUAGES, check_names
from functions.kernel.check import check
from functions.kernel.definition import Definition
from functions.kernel.directory import DirectoryEntry, DirectoryError
from functions.kernel.directory_lists import (
    PERSON,
    STATE,
    DirectoryList,
    together,
)
from functions.kernel.errors import WrongDefinition
from functions.kernel.fields import Field, Section
from functions.kernel.roles import Role
from functions.processes.supervision.definition import VERSION_1
from functions.render.directory.forms import operator_lines
from functions.render.text import texts
from functions.render.text.texts import page_text
from functions.services.access.people import known, person_key
from functions.services.desk.duties import rights
from functions.services.directory.fields import with_choices
from functions.services.directory.importing import import_directory
from infra.import_directory import summary
from infra.site.duties import page
from tests.fakes import World
from tests.guards.pages import page_faults
from tests.unit.test_desk_directory import fields, said

GUIDE = Path("docs/adding-a-directory-list.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", GUIDE, re.DOTALL))
YAML = """\
coaches:
- key: cora
  name: Cora Coach
  email: cora@example.org
  language: en
  training: Two years.
  sectors: [schools]
  units: [north, south]
  teams_limit: 2
- {key: kai, name: Kai Coach, email: kai@example.org, language: fi, training: Short.}
"""
CSV = """\
kind,key,name,email,language,training,sectors,units,teams_limit
coach,cora,Cora Coach,cora@example.org,en,Two years.,schools,north;south,2
coach,kai,Kai Coach,kai@example.org,fi,Short.,,,
"""
TYPED = {
    "_lang": "en",
    "name": "Nea New",
    "email": "nea@example.org",
    "language": "fi",
    "training": "One year.",
    "units.north": "yes",
    "teams_limit": "3",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the files of the guide, in which the registry looks too."""
    (tmp_path / "texts").mkdir()
    for name, text in FILES.items():
        place = tmp_path if name.endswith(".py") else tmp_path / "texts"
        (place / name).write_text(text, encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(lists, "__path__", [*lists.__path__, str(tmp_path)])
        yield tmp_path
    sys.modules.pop("functions.lists.coaches", None)


class Office(World):
    """A world with two coaches; anna keeps the directory."""

    def __init__(self) -> None:
        super().__init__()
        self.directory.post = lambda box, number, order, at: self.cases.post_once(
            box, number, order, at
        )
        import_directory(YAML.encode(), "yaml", self.directory, self.clock.now())
        self.client: FlaskClient = desk.create_app(self.services).test_client()

    def path(self, who: str) -> str:
        return f"/api/d/{self.desk(f'{who}@example.org')}"

    def get(self, who: str, path: str) -> str:
        got = self.client.get(f"{self.path(who)}{path}")
        assert got.status_code == 200
        return got.text

    def save(self, who: str, path: str, **typed: str) -> int:
        """The form of a page as a browser fills it, with something changed in it."""
        self.clock.forward(minutes=1)
        there = self.path(who) + path
        form = fields(self.client.get(f"{there}?lang=en").text)
        return self.client.post(there, data={**form, **typed}).status_code

    def coach(self, key: str) -> DirectoryEntry:
        found = self.directory.entry("coaches", key)
        assert found
        return found


@pytest.fixture
def office() -> Office:
    return Office()


def test_the_guide_has_one_file_and_its_texts() -> None:
    assert [*FILES] == ["coaches.py", "coaches.fi.toml", "coaches.sv.toml", "coaches.en.toml"]
    assert lists.named("coaches").duty == "coaching"


def test_the_guide_tells_every_field_of_a_definition() -> None:
    assert [f.name for f in fields_of(DirectoryList) if f"`{f.name}`" not in GUIDE] == []


def test_yaml_and_csv_say_the_same(office: Office) -> None:
    cora = office.coach("cora")
    assert cora.names == dict.fromkeys(LANGUAGES, "Cora Coach")
    assert cora.facts["units"] == ("north", "south")
    assert (cora.facts["teams_limit"], cora.facts["sectors"]) == (2, ("schools",))
    other = World()
    file = import_directory(CSV.encode(), "csv", other.directory, other.clock.now())
    assert summary(file) == "Imported 2 coaches."
    assert office.directory.entries("coaches") == other.directory.entries("coaches")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("training: Short.", "training: ''", "line 10: training: Enter an answer."),
        (
            "units: [north, south]",
            "units: [north, nowhere]",
            "line 8: units: “nowhere” is not in the directory. Remove it.",
        ),
        (
            "teams_limit: 2",
            "teams_limit: 21",
            'line 9: teams_limit: "21": The number must be 20 or less.',
        ),
        (
            "kai@example.org",
            "cora@example.org",
            "line 10: email: This address is already in use: cora.",
        ),
        ("language: en", "language: en\n  topics: [general]", "coaches have no such field"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_by_line(old: str, new: str, problem: str) -> None:
    world = World()
    before = world.directory.revision()
    with pytest.raises(DirectoryError) as caught:
        import_directory(
            YAML.replace(old, new).encode(), "yaml", world.directory, world.clock.now()
        )
    assert problem in "\n".join(operator_lines(caught.value.problems))
    assert world.directory.revision() == before


def test_a_list_is_saved_after_those_that_it_names() -> None:
    order = lists.saving_order()
    assert order.index("coordinators") < order.index("units") < order.index("coaches")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_the_directory_are_whole(office: Office, language: str) -> None:
    for who, path in (
        ("anna", "/directory"),
        ("anna", "/directory/coaches/new"),
        ("anna", "/directory/coaches/cora"),
        ("cora", "/own-coach"),
        ("cora", ""),
    ):
        html = office.get(who, f"{path}?lang={language}")
        assert page_faults(html, language) == []
    title = page_text(language, "directory.coaches.title")
    assert f"{title} (2)" in office.get("anna", f"/directory?lang={language}")
    empty = office.client.post(
        f"{office.path('anna')}/directory/coaches/new", data={"_lang": language}
    )
    wanted = ("name", "email", "language", "training")
    labels = [page_text(language, f"directory.fields.{name}.label") for name in wanted]
    assert [line.partition(": ")[0] for line in said(empty.text)] == labels


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_list_is_there(language: str) -> None:
    for each in lists.known():
        parts = ("title", "add", "empty", "lead", "retired_no", "retired_yes")
        keys = [f"directory.{each.name}.{part}" for part in parts]
        assert [f.name for f in each.fields if f.offers and not with_choices(f).choices] == []
        keys += [f"directory.groups.{section.name}" for section in each.sections]
        keys += [f"directory.fields.{field.name}.label" for field in each.fields]
        if each.people and (each.own_page or each.name == "coordinators"):
            keys.append(f"directory.changed_{each.name}")
        if each.own_page:
            keys += [f"{each.own_page}.{part}" for part in ("title", "lead", "who", "saved")]
            keys += [f"{each.own_page}.address", f"desk.pages.{each.own_page}"]
        found = texts._pages(texts.PAGES, tuple(lists.__path__), language)
        assert [key for key in keys if not found.get(key)] == []


def test_an_entry_is_added_and_edited(office: Office) -> None:
    made = office.client.post(f"{office.path('anna')}/directory/coaches/new", data=TYPED)
    assert made.status_code == 303
    assert made.headers["Location"].endswith("/directory/coaches/nea-new?lang=en&saved=yes")
    new = office.coach("nea-new")
    assert (new.facts["units"], new.facts["teams_limit"]) == (("north",), 3)
    assert office.save("anna", "/directory/coaches/nea-new", training="Two years.") == 303
    expected = {**new.facts, "training": "Two years."}
    assert office.coach("nea-new") == replace(new, facts=expected)
    assert "Unit south" in office.get("anna", "/directory/coaches/nea-new?lang=en")


def test_a_unit_out_of_use_can_be_seen_and_let_go(office: Office) -> None:
    south = office.directory.entry("units", "south")
    assert south
    assert office.save("anna", "/directory/units/south", retired="yes") == 303
    html = office.get("anna", "/directory/coaches/cora?lang=en")
    assert "Unit south (no longer in use)" in html
    assert "Unit south" not in office.get("anna", "/directory/coaches/kai?lang=en")


def test_coaches_keep_their_own_entry(office: Office) -> None:
    html = unescape(office.get("cora", "?lang=en"))
    assert '/own-coach?lang=en">Your details as a coach</a>' in html
    assert "/own?" not in html
    own = unescape(office.get("cora", "/own-coach?lang=en"))
    assert page_text("en", "own-coach.who") in own
    assert "<h1>Your details as a coach</h1>" in own
    assert page_text("en", "directory.coaches.sees.coaching") in own
    assert page_text("en", "directory.fields.sectors.hint_own_coaches") in own
    assert "public pages" not in own
    before = office.coach("cora")
    changed = {"training": "Three years.", "email": "x@example.org", "retired": "yes"}
    path = office.path("cora") + "/own-coach"
    form = fields(office.client.get(f"{path}?lang=en").text)
    saved = office.client.post(path, data={**form, **changed})
    there = f"https://kapula.test{path}?lang=en&saved=yes"
    assert (saved.status_code, saved.headers["Location"]) == (303, there)
    shown = unescape(office.client.get(f"{path}?lang=en&saved=yes").text)
    assert page_text("en", "own-coach.saved") in shown
    assert office.coach("cora") == replace(
        before, facts={**before.facts, "training": "Three years."}
    )
    assert "Last changed by Cora Coach" in office.get("anna", "/directory/coaches/cora?lang=en")


def test_a_coach_has_the_rights_of_the_table_alone(office: Office) -> None:
    assert rights()["own-coach"] == {"look": ("coaching",), "edit": ("coaching",)}
    assert rights()["coaches"] == rights()["supervisors"]
    assert "| `own-coach` | edit | – | – | – | – | – | yes |" in page()
    found = known(office.services, person_key(office.services, "cora@example.org"))
    assert found
    assert (found.duties, dict(found.entries)) == ({"coaching"}, {"coaches": "cora"})
    refused = ("/own", "/directory", "/directory/coaches/cora", "/directory/coaches/new", "/merge")
    for path in refused:
        assert office.client.get(office.path("cora") + path).status_code == 404, path
    assert office.client.get(office.path("testi") + "/own-coach").status_code == 404
    assert office.client.get(office.path("anna") + "/own-coach").status_code == 404


def test_supervisor_and_coach_at_once(office: Office) -> None:
    typed = {**TYPED, "name": "Testi", "email": "testi@example.org"}
    path = office.path("anna")
    assert office.client.post(f"{path}/directory/coaches/new", data=typed).status_code == 303
    html = office.get("testi", "?lang=en")
    assert [p for p in ("/own?", "/own-coach?") if p in html] == ["/own?", "/own-coach?"]
    assert office.save("testi", "/own-coach", training="Mine.") == 303
    assert office.coach("testi").facts["training"] == "Mine."
    supervisor = office.directory.entry("supervisors", "testi")
    assert supervisor
    assert "training" not in supervisor.facts


def test_who_is_retired_loses_the_page_and_is_told(office: Office) -> None:
    path = office.path("cora")
    office.deliver_all()
    assert office.save("anna", "/directory/coaches/cora", retired="yes") == 303
    assert office.client.get(f"{path}/own-coach").status_code == 404
    assert office.directory.listings("coaches")[0].key == "kai"
    assert known(office.services, person_key(office.services, "cora@example.org")) is None
    office.deliver_all()
    office.deliver_all()
    mails = [m["Subject"] for m in office.post.sent if m["To"] == "cora@example.org"]
    assert mails == [texts.mail_text("", "duties_changed", "en").subject]
    assert "No longer active (1)" in office.get("anna", "/directory?lang=en")
    assert office.save("anna", "/directory/coaches/cora", retired="no") == 303
    assert office.save("cora", "/own-coach", training="Back.") == 303


def test_who_has_another_duty_and_is_no_coach_any_more_is_told_so(office: Office) -> None:
    sten = {**TYPED, "name": "Sten", "email": "sten@example.org"}
    path = office.path("anna")
    assert office.client.post(f"{path}/directory/coaches/new", data=sten).status_code == 303
    theirs = office.path("sten")
    assert office.client.get(f"{theirs}/own-coach").status_code == 200
    assert office.save("anna", "/directory/coaches/sten", retired="yes") == 303
    assert office.client.get(f"{theirs}/own-coach").status_code == 403


def lost_lists(definition: Definition, there: Sequence[DirectoryList]) -> list[str]:
    """The lists that roles are filled from and that are none of people."""
    faults = check_names.known(definition, there)
    return [m[1] for f in faults if (m := re.search(r"source names the list (\w+), which", f))]


def test_a_process_can_pick_a_coach() -> None:
    role = Role("coach", source="coaches", key="coach")
    assert lists.duty_of(role) == "coaching"
    assert lists.duties_for(role, {}) == ("coaching",)
    definition = replace(VERSION_1, roles=(*VERSION_1.roles, role))
    assert lost_lists(definition, lists.known()) == []
    without = [each for each in lists.known() if each.name != "coaches"]
    assert lost_lists(definition, without) == ["coaches"]
    with pytest.raises(WrongDefinition, match="role coach: source names the list coaches, which"):
        check(definition, without)
    thing = replace(definition, roles=(*VERSION_1.roles, replace(role, source="domains")))
    assert lost_lists(thing, lists.known()) == ["domains"]


GOOD = DirectoryList("pets", "pet", 9, (PERSON, STATE), people=True, duty="purring")
OWN = Section("x", (Field("tail", source="pets"),))
MANY = Section("x", (Field("tail", "number", many=True),))
EXTRA = Section("x", (Field("tail", source="cats"),))


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"sections": (PERSON,)}, "no field retired"),
        ({"sections": (STATE,)}, "no field email"),
        ({"sections": (PERSON, PERSON, STATE)}, "email stands twice"),
        ({"sections": (PERSON, MANY, STATE)}, "tail has many values of kind number"),
        ({"key": "number"}, "no field number"),
        ({"named": ("name", "email")}, "one name, or one in each language"),
        ({"people": False}, "only people have duties"),
        ({"duty": "", "own_page": "own-pet"}, "has a duty by it"),
        ({"own_page": "pets"}, "pets is no page of one's own"),
        ({"duty": "finance"}, "coordinators declare the duty finance"),
        ({"name": "search"}, "the desk has a page of that name"),
        ({"counters": ("lives",)}, "no counter lives"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(changed: dict[str, object], fault: str) -> None:
    with pytest.raises(WrongDefinition, match=re.escape(fault)):
        replace(GOOD, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"name": "supervisors"}, "two lists have the name supervisors"),
        ({"kind": "unit"}, "two lists have the kind unit"),
        ({"position": 1}, "two lists have the position 1"),
        ({"duty": "supervising"}, "two lists have the duty supervising"),
        ({"own_page": "own"}, "two lists have the own_page own"),
        ({"sections": (PERSON, EXTRA, STATE)}, "pets: no list cats"),
        ({"sections": (PERSON, OWN, STATE)}, "lists whose entries name each other"),
    ],
)
def test_lists_that_contradict_each_other_are_refused(
    changed: dict[str, object], fault: str
) -> None:
    assert len(together((*lists.known(), GOOD))) == len(lists.known()) + 1
    with pytest.raises(WrongDefinition, match=re.escape(fault)):
        together((*lists.known(), replace(GOOD, **changed)))  # type: ignore[arg-type]
