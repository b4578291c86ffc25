"""What each duty permits: every page and action of the desk, asked by somebody of each duty."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from functions import lists
from functions.entry.desk import app as desk
from functions.kernel import LANGUAGES
from functions.kernel.directory import ChangeStamp, DirectoryEntry, DirectoryFile
from functions.kernel.directory_changes import DirectoryChange
from functions.kernel.duties import (
    DUTIES,
    LOOKING_AFTER,
    RIGHTS,
    duties_of,
)
from functions.kernel.people import Listing
from functions.lists import duty_of
from functions.processes import NAMES, current
from functions.render.text.texts import page_text
from functions.services.access.people import known, person_key
from functions.services.case import apply
from functions.services.desk.duties import permits, rights
from functions.services.directory.fields import asked_of, form_from
from functions.services.directory.sent_forms import fingerprint
from infra.site.duties import FILE, page
from tests.orders import DATED, Quotes

# Somebody of each duty, and somebody of none.
WHO = {
    "units": "una",
    "topics": "tom",
    "finance": "fiona",
    "directory": "kira",
    "supervising": "testi",
    "": "matti",
}
EVERY = lists.duties()
SOURCES = ("units", "coordinators", "supervisors", "domains")
KEYS = {"units": "south", "coordinators": "tom", "supervisors": "sulo", "domains": "example.org"}
NEW = {
    "units": {
        "name_fi": "A", "name_sv": "B", "name_en": "C", "employer": "E", "language": "fi",
        "coordinators.una": "yes",
    },
    "coordinators": {
        "name": "Nea", "email": "nea@example.org", "language": "fi", "duties.units": "yes",
    },
    "supervisors": {
        "name": "Nea", "email": "nea@example.org", "language": "fi", "forms.pair": "yes",
        "languages.fi": "yes", "maximum": "2",
    },
    "domains": {"domain": "new.example"},
}  # fmt: skip


class Office(Quotes):
    """A directory with one person of each duty, and a case in the hands of each."""

    def __init__(self) -> None:
        super().__init__()
        unit = self.kept("units", "north")
        people = [_person(WHO[duty], duty) for duty in DUTIES]
        people += [replace(self.kept("coordinators", k), retired=True) for k in ("anna", "sten")]
        units = [
            replace(self.kept("units", key), facts={**unit.facts, "coordinators": ("una",)})
            for key in ("north", "south")
        ]
        self.directory.save(DirectoryFile((*people, *units)))
        self.supervision = self.case_at("confirm", "endorse")
        self.order = self.request(*DATED)
        self.until("2026-09-15")
        self.invoice = self.invoice_of(self.order).id
        self.index()

    def kept(self, source: str, key: str) -> DirectoryEntry:
        found = self.directory.entry(source, key)
        assert found
        return found

    def changed(self, *entries: DirectoryEntry) -> None:
        """Entries are saved by somebody, as their page saves them."""
        mark = ChangeStamp(self.clock.now(), "coordinators/somebody")
        for entry in entries:
            change = DirectoryChange(self.directory.entry(entry.source, entry.key), entry, mark)
            self.directory.replace(entry, mark, self.directory.revision(), change)

    def client(self) -> FlaskClient:
        return desk.create_app(self.services).test_client()

    def path(self, who: str) -> str:
        return f"/api/d/{self.desk(f'{who}@example.org')}"


def _person(key: str, duty: str) -> DirectoryEntry:
    facts = {"email": f"{key}@example.org", "language": "fi", "duties": (duty,)}
    return DirectoryEntry(
        "coordinators", key, dict.fromkeys(("fi", "sv", "en"), key.title()), facts
    )  # type: ignore[arg-type]


Attempt = Callable[[Office, str], int]


def _get(where: str) -> Attempt:
    return lambda office, who: office.client().get(office.path(who) + where).status_code


def _post(where: str, **typed: str) -> Attempt:
    return lambda office, who: (
        office.client().post(office.path(who) + where, data=typed).status_code
    )


def _propose(office: Office, who: str) -> int:
    typed = {"_key": apply.mint_key(office.services)}
    return office.client().post(f"{office.path(who)}/merge", data=typed).status_code


def _saved(source: str, **changed: str) -> Attempt:
    """An entry's form as it is filled, with something changed in it."""

    def attempt(office: Office, who: str) -> int:
        key = KEYS[source]
        entry = office.kept(source, key)
        asked = asked_of(source, entry, office.directory.entries("coordinators"))
        typed = {**form_from(asked, entry), "_seen": fingerprint(entry), **changed}
        where = f"{office.path(who)}/directory/{source}/{key}"
        return office.client().post(where, data=typed).status_code

    return attempt


def _people(where: str, posts: bool) -> Attempt:
    """Of the case that the person looks after, else of an application."""

    def attempt(office: Office, who: str) -> int:
        case_id = office.order if who == "tom" else office.supervision
        client, path = office.client(), f"{office.path(who)}/people/{case_id}{where}"
        return (client.post(path, data={"_lang": "en"}) if posts else client.get(path)).status_code

    return attempt


CHANGES = {
    "units": {"employer": "Other"},
    "coordinators": {"name": "Tommi"},
    "supervisors": {"place": "Mallila"},
    "domains": {"retired": "no"},
}
ATTEMPTS: dict[tuple[str, str], Attempt] = {
    ("desk", "look"): _get(""),
    ("search", "look"): _get("?find=1&q=a"),
    ("people", "look"): _people("", posts=False),
    ("people", "link"): _people("/link", posts=True),
    ("people", "replace"): _people("/p1", posts=True),
    ("directory", "look"): _get("/directory"),
    **{(s, "look"): _get(f"/directory/{s}/{KEYS[s]}") for s in SOURCES},
    **{(s, "add"): _post(f"/directory/{s}/new", **NEW[s]) for s in SOURCES},
    **{(s, "edit"): _saved(s, **CHANGES[s]) for s in SOURCES},
    **{(s, "retire"): _saved(s, retired="yes") for s in SOURCES},
    ("own", "look"): _get("/own"),
    ("own", "edit"): _post("/own", place="Mallila"),
    ("merge", "look"): _get("/merge"),
    ("merge", "propose"): _propose,
    **{
        (f"tables.{d.name}.{t.name}", "look"): _get(f"/tables/{d.name}/{t.name}/{t.states[0]}.csv")
        for d in map(current, NAMES)
        for t in d.tables
    },
}
ALLOWED, REFUSED = {200, 303, 409, 422}, {404}


def test_every_row_of_the_table_is_attempted() -> None:
    rows = [(name, action) for name, actions in rights().items() for action in actions]
    assert set(rows) == set(ATTEMPTS)


@pytest.mark.parametrize("duty", [*EVERY, ""])
def test_duty_permits_what_the_table_says_and_no_more(duty: str) -> None:
    office = Office()
    for (name, action), attempt in ATTEMPTS.items():
        may = permits((duty,), name, action) or name == "desk"
        got = attempt(office, WHO[duty])
        assert got in (ALLOWED if may else REFUSED), (duty, name, action, got)


@pytest.mark.parametrize("duty", [*EVERY, ""])
def test_desk_offers_what_the_duty_permits(duty: str) -> None:
    office = Office()
    html = office.client().get(office.path(WHO[duty])).text
    for door in ("merge", "directory", "own"):
        assert (f"/{door}?" in html) is permits((duty,), door)
    assert ('role="search"' in html) is permits((duty,), "search")
    assert ("/tables/quote/" in html) is permits((duty,), "tables.quote.invoices")


def test_finance_finds_invoices_and_has_tables_beyond_the_first_rows() -> None:
    """Invoices are found by search; the tables do not depend on which rows are shown."""
    office = Office()
    client, path = office.client(), office.path("fiona")
    found = client.get(f"{path}?find=1&q=&form=quote.invoice").text
    assert office.invoice in found
    assert office.invoice not in client.get(f"{path}?find=1&q=nothing").text
    office.desks.cards.clear()
    assert "/tables/quote/" in client.get(path).text


def test_published_page_is_the_table() -> None:
    assert FILE.read_text(encoding="utf-8") == page()


def test_every_role_of_the_directory_has_a_duty() -> None:
    for definition in map(current, NAMES):
        for role in definition.roles:
            assert (duty_of(role) in EVERY) is bool(role.source), (definition.name, role.name)
        assert all(duty_of(definition.role(t.role)) for t in definition.tables)


def test_duty_that_nobody_has_falls_to_who_keeps_the_directory() -> None:
    kira = Listing("kira", {}, {"duties": ("directory",)})
    una = Listing("una", {}, {"duties": ("units", "finance")})
    assert duties_of(kira.facts, (kira, una)) == {"directory", "topics"}
    assert duties_of(una.facts, (kira, una)) == {"units", "finance"}
    office = Office()
    fiona = office.kept("coordinators", "fiona")
    office.directory.save(DirectoryFile((replace(fiona, retired=True),)))
    assert [p.ref for p in office.directory.people("duties", "finance")] == ["kira"]
    key = person_key(office.services, "kira@example.org")
    found = known(office.services, key)
    assert found
    assert found.duties == {"directory", "finance"}
    assert RIGHTS["directory"]["look"] == ("directory",)


@pytest.mark.parametrize("duty", EVERY)
def test_who_loses_a_duty_in_the_middle_of_it_is_told(duty: str) -> None:
    """Whatever page of the duty it is; and whoever never had it is refused as ever."""
    pages = [
        (name, action)
        for name, actions in rights().items()
        for action, duties in actions.items()
        if duty in duties and name not in ("desk", "search")
    ]
    assert pages
    for name, action in pages:
        office = Office()
        other = "finance" if {*LOOKING_AFTER} & {*rights()[name][action]} else "units"
        if duty == "supervising":  # and is in office otherwise
            sulo = office.kept("supervisors", WHO[duty])
            office.changed(replace(sulo, retired=True), _person(WHO[duty], other))
        else:
            held = office.kept("coordinators", WHO[duty])
            office.changed(replace(held, facts={**held.facts, "duties": (other,)}))
        assert ATTEMPTS[name, action](office, WHO[duty]) == 403, (name, action)


@pytest.mark.parametrize("language", LANGUAGES)
def test_keeper_who_loses_the_duty_gets_back_what_was_typed(language: str) -> None:
    office = Office()
    client, path = office.client(), office.path("kira")
    kira, tom = office.kept("coordinators", "kira"), office.kept("coordinators", "tom")
    less = replace(kira, facts={**kira.facts, "duties": ("units",)})
    more = replace(tom, facts={**tom.facts, "duties": ("topics", "directory")})
    office.changed(less, more)
    typed = {"name_fi": "Uusi yksikkö", "_lang": language, "_seen": ""}
    before = office.directory.revision()
    got = client.post(f"{path}/directory/units/new", data=typed)
    assert (got.status_code, office.directory.revision()) == (403, before)
    assert page_text(language, "errors.duty_lost.title") in got.text
    assert "Uusi yksikkö" in got.text
    office.clock.forward(hours=13)  # longer than a desk lives: they never saw this page
    path = office.path("kira")
    assert client.post(f"{path}/directory/units/new", data=typed).status_code == 404


def test_duty_taken_away_closes_the_page_at_the_next_request() -> None:
    office = Office()
    client, path = office.client(), office.path("kira")
    assert client.get(f"{path}/directory").status_code == 200
    kira, tom = office.kept("coordinators", "kira"), office.kept("coordinators", "tom")
    office.directory.save(
        DirectoryFile(
            (
                replace(kira, facts={**kira.facts, "duties": ("units",)}),
                replace(tom, facts={**tom.facts, "duties": ("topics", "directory")}),
            )
        )
    )
    assert client.get(f"{path}/directory").status_code == 404
    assert client.get(f"{path}/merge").status_code == 200
