"""The list of supervisors in the offer: what each row says, and filtering that loses nothing."""

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from functions.entry.party.app import create_app
from functions.kernel import LANGUAGES, ranking
from functions.kernel.directory import DirectoryEntry, DirectoryFile
from functions.processes import NAMES, versions
from functions.render.form import choosing
from functions.render.form.choosing import MAX_SHOWN, PAGE, cut
from functions.render.form.facets import MAX_VALUES
from functions.render.text.texts import page_text, process_text
from functions.services.case import apply
from functions.services.case.act import act
from tests.fakes import World
from tests.faults.pages import Element, Page
from tests.guards.pages import page_faults

LONG = "Kokemusta lastensuojelusta ja perhetyöstä. " * 5 + "\n\nViimeinen sana: kapula."
SUPERVISORS: dict[str, dict[str, Any]] = {
    "aada": {
        "forms": ("individual", "pair"),
        "languages": ("fi", "sv"),
        "sectors": ("Kotihoito", "päihdetyö"),
        "education": "Psykologi",
        "experience": LONG,
        "framework": "Systeeminen",
        "membership": "Yhdistys",
        "licence": "Lupa",
        "qualification_year": 2009,
        "place": "Mallila",
        "online": True,
        "maximum": 3,
        "ongoing_elsewhere": 1,
        "schedule_limits": "Vain tiistaisin.",
        "contact": "Soita aamulla.",
    },
    "bertta": {
        "forms": ("group",),
        "languages": ("sv",),
        "sectors": ("kotihoito",),
        "maximum": 1,
        "ongoing_elsewhere": 1,
        "longest_new_process": 5,
    },
    "celia": {"forms": ("individual",), "languages": ("fi",), "maximum": 2},
    "daniel": {"maximum": 2, "retired": True},
}
WISH = {"number_of_sessions": "12", "supervision_language": "fi", "mode": "hybrid"}


def entry(key: str, facts: Mapping[str, Any]) -> DirectoryEntry:
    known = {"email": f"{key}@example.org", "language": "fi", **facts}
    retired = bool(known.pop("retired", False))
    names = dict.fromkeys(LANGUAGES, f"{key.title()} Työnohjaaja")
    return DirectoryEntry("supervisors", key, names, known, retired)


class Desk:
    """A coordinator's page about one application that waits for an offer."""

    def __init__(self, supervisors: Mapping[str, Mapping[str, Any]] = SUPERVISORS) -> None:
        self.world = World()
        gone = {"testi": {"retired": True}, "sulo": {"retired": True}}
        everybody = {**gone, **supervisors}
        self.world.directory.save(DirectoryFile(tuple(entry(*x) for x in everybody.items())))
        self.case = self._coordinating()
        self.token = self.world.token(self.case, "coordinator")
        self.client = create_app(self.world.services).test_client()

    def _coordinating(self) -> str:
        case_id = apply.send(self.world.services, self.world.draft(**WISH))
        self.world.do(case_id, "confirm")
        self.world.do(case_id, "endorse")
        return case_id

    def get(self, language: str = "fi") -> Page:
        got = self.client.get(f"/api/t/{self.token}?lang={language}")
        return Page(got.status_code, got.text)

    def post(self, language: str = "fi", **typed: str) -> Page:
        data = {"_lang": language, "action": "offer", **typed}
        got = self.client.post(f"/api/t/{self.token}", data=data)
        return Page(got.status_code, got.text)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def rows(page: Page) -> list[str]:
    """The keys of the supervisors shown, in order."""
    radios = page.root.find("input", type="radio", name="supervisor")
    return [r.attributes["value"] for r in radios]


def part(page: Page, html_id: str) -> Element:
    (found,) = [e for e in page.root.walk() if e.attributes.get("id") == html_id]
    return found


def text(element: Element) -> str:
    return " ".join(element.text().split())


def counted(page: Page) -> str:
    return text(part(page, "list-supervisor"))


def checked(page: Page) -> list[str]:
    radios = page.root.find("input", type="radio", name="supervisor")
    return [r.attributes["value"] for r in radios if "checked" in r.attributes]


def said(key: str, language: str = "fi", **numbers: int | str) -> str:
    return page_text(language, f"choosing.{key}", **numbers)


def test_best_first_and_nobody_retired(desk: Desk) -> None:
    page = desk.get()
    assert rows(page) == ["aada", "celia", "bertta"]
    assert checked(page) == []
    assert counted(page) == said("count_all", total=3)


def test_row_tells_every_fact(desk: Desk) -> None:
    page = desk.get()
    row = text(part(page, "r-supervisor-aada"))
    assert "1 / 3 – 0" in row
    assert "Käynnissä 1, enintään 3, jonossa 0" in row
    assert text(part(page, "o-supervisor-aada")) == (
        "Ohjaa yksilötyönohjausta suomeksi, onnistuu etänä, tilaa kahdelle."
    )
    for told in ("Psykologi", "yksilötyönohjaus, parityönohjaus", "suomi, ruotsi", "Mallila"):
        assert told in row
    whole = text(part(page, "d-supervisor-aada"))
    for told in (
        "Systeeminen",
        "Yhdistys",
        "Lupa",
        "2009",
        "Kotihoito, päihdetyö",
        "voi ohjata etänä",
    ):
        assert told in whole
    assert "Viimeinen sana: kapula." in whole
    aside = text(part(page, "a-supervisor-aada"))
    assert aside == (
        "Yhteydenotto: Soita aamulla. Sähköposti: aada@example.org Aikataulu: Vain tiistaisin."
    )


def test_long_experience_is_flagged_and_short_is_not(desk: Desk) -> None:
    page = desk.get()
    cell = next(
        e
        for e in part(page, "r-supervisor-aada").walk()
        if e.attributes.get("class") == "k-pick__cell k-pick__cell--experience"
    )
    assert text(cell).endswith(f"… {said('goes_on')}")
    assert "Viimeinen sana" not in text(cell)
    assert said("whole") in text(part(page, "d-supervisor-aada"))
    assert said("goes_on") not in text(part(page, "r-supervisor-celia"))
    assert said("rest") in text(part(page, "d-supervisor-celia"))


@pytest.mark.parametrize(
    ("whole", "most", "short", "was_cut"),
    [
        ("one two", 7, "one two", False),
        ("one  two\n\nthree", 9, "one two …", True),
        ("one, two", 5, "one …", True),
        ("abcdefgh", 4, "abcd …", True),
        ("abc " * 99, 0, ("abc " * 99).strip(), False),
    ],
)
def test_cut(whole: str, most: int, short: str, was_cut: bool) -> None:
    assert cut(whole, most) == (short, was_cut)


@pytest.mark.parametrize("language", LANGUAGES)
def test_limit_and_warnings_in_words(desk: Desk, language: str) -> None:
    page = desk.get(language)
    notes = part(page, "o-supervisor-bertta")
    filled = {"guided": "individual", "spoken": "fi"}
    words = {
        name: process_text("supervision", language, f"facts.{name}_values.{value}")
        for name, value in filled.items()
    }
    numbers = {"ongoing": 1, "maximum": 1, "sessions": 12, "longest": 5}
    for code in ("warning.form", "warning.language", "warning.full", "warning.long", "badge.short"):
        sentence = process_text("supervision", language, f"facts.{code}")
        assert sentence.format(**words, **numbers) in text(notes)
    assert len([e for e in notes.walk() if "k-pick__warning" in e.attributes.get("class", "")]) == 4
    (tag,) = [e for e in notes.walk() if "k-tag--short" in e.attributes.get("class", "")]
    assert "5" in tag.text()
    assert process_text("supervision", language, "facts.explained") in text(page.root)
    assert page_faults(unescape(page.html), language) == []


def test_a_warning_is_no_wall(desk: Desk) -> None:
    assert desk.post(supervisor="bertta").status == 303
    case = desk.world.case(desk.case)
    assert (case.state, case.answers["supervisor"]) == ("offered", "bertta")


@pytest.mark.parametrize("language", LANGUAGES)
def test_filter_keeps_all_that_was_typed_and_decides_nothing(desk: Desk, language: str) -> None:
    stored = desk.world.stored()
    page = desk.post(
        language, supervisor="celia", offer_message="Sopisiko?", _form="pair", _filter="apply"
    )
    assert page.status == 200
    assert desk.world.stored() == stored
    assert checked(page) == ["celia"]
    (message,) = page.root.find("textarea", name="offer_message")
    assert message.text().strip() == "Sopisiko?"
    assert rows(page) == ["celia", "aada"], "the chosen one never disappears"
    assert said("outside", language) in text(part(page, "o-supervisor-celia"))
    assert counted(page) == said("count_filtered", language, found=1, total=3)
    selected = [o for o in page.root.find("option") if "selected" in o.attributes]
    assert "pair" in [o.attributes["value"] for o in selected]
    assert not page.errors()
    assert page_faults(unescape(page.html), language) == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"_form": "individual"}, ["aada", "celia"]),
        ({"_sector": "kotihoito"}, ["aada", "bertta"]),
        ({"_language": "sv"}, ["aada", "bertta"]),
        ({"_place": "mallila"}, ["aada"]),
        ({"_place": "online"}, ["aada"]),
        ({"_vacancy": "free"}, ["aada", "celia"]),
        ({"_language": "sv", "_vacancy": "free"}, ["aada"]),
        ({"_sort": "name"}, ["aada", "bertta", "celia"]),
        ({"_sort": "form"}, ["aada", "celia", "bertta"]),
        ({"_sort": "language"}, ["aada", "celia", "bertta"]),
        ({"_sort": "sector"}, ["aada", "bertta", "celia"]),
        ({"_sort": "place"}, ["aada", "celia", "bertta"]),
        ({"_sort": "vacancy"}, ["aada", "celia", "bertta"]),
        ({"_form": "individual", "_sort": "name"}, ["aada", "celia"]),
    ],
)
def test_filter_and_sort(desk: Desk, typed: dict[str, str], found: list[str]) -> None:
    assert rows(desk.post(**typed, _filter="apply")) == found


@pytest.mark.parametrize(
    "typed",
    [
        {"_form": "nonsense"},
        {"_form": "<script>alert(1)</script>", "_sort": "__class__"},
        {"_language": "xx", "_place": "{0}", "_sector": "\N{SNOWMAN}" * 500},
        {"_unheard_of": "1", "_vacancy": "full"},
        {"_shown": "9" * 30},
        {"_shown": "²", "_filter": "-5"},
        {"_filter": ""},
        {"supervisor": "nobody"},
        {"supervisor": "daniel"},
    ],
)
def test_unknown_values_are_ignored(desk: Desk, typed: dict[str, str]) -> None:
    page = desk.post(**{"_filter": "apply", **typed})
    assert (page.status, rows(page), checked(page)) == (200, ["aada", "celia", "bertta"], [])
    assert counted(page) == said("count_all", total=3)
    assert "<script>alert" not in page.html


def test_nothing_fits_teaches_and_all_come_back(desk: Desk) -> None:
    typed = {"_form": "group", "_language": "fi"}
    page = desk.post(**typed, _filter="apply")
    assert (rows(page), counted(page)) == ([], said("none_found"))
    assert page_faults(unescape(page.html), "fi") == []
    page = desk.post(**typed, _sort="name", _filter="all")
    assert rows(page) == ["aada", "bertta", "celia"]
    wrong = desk.post(**typed)
    assert (wrong.status, rows(wrong)) == (422, []), "a filter is kept when something is wrong"
    assert wrong.root.find("a", href="#list-supervisor")


def test_nobody_in_the_directory() -> None:
    page = Desk({}).get()
    assert (rows(page), counted(page)) == ([], said("empty"))
    assert page_faults(unescape(page.html), "fi") == []


def test_none_chosen_and_a_foreign_value_are_wrong_as_ever(desk: Desk) -> None:
    for key in ("", "daniel", "anna"):
        page = desk.post(supervisor=key)
        assert (page.status, set(page.errors())) == (422, {"supervisor"})
    assert page.root.find("a", href="#f-supervisor-aada")


def test_filter_on_a_page_without_a_list_decides_nothing(desk: Desk) -> None:
    desk.world.do(desk.case, "offer", supervisor="aada")
    token = desk.world.token(desk.case, "supervisor")
    stored = desk.world.stored()
    data = {"action": "accept", "contact_instructions": "Soita minulle.", "_filter": "apply"}
    got = desk.client.post(f"/api/t/{token}", data=data)
    assert (got.status_code, desk.world.stored()) == (200, stored)
    assert "Soita minulle." in got.text


def crowd(size: int) -> dict[str, dict[str, Any]]:
    big = {"education": "E" * 1000, "experience": "x " * 2000, "contact": "c" * 1000}
    return {
        f"s{n:03}": {
            **big,
            "forms": ("individual",),
            "languages": ("fi",),
            "maximum": 1 + n % 5,
            "place": f"Place {n}",
            "sectors": tuple(f"sector {n} {m}" for m in range(5)),
        }
        for n in range(size)
    }


def test_five_hundred_are_bounded_and_more_can_be_asked_for() -> None:
    desk = Desk(crowd(500))
    page = desk.get()
    assert len(rows(page)) == PAGE
    assert counted(page) == said("count_some", shown=PAGE, total=500)
    assert len(page.html) < 600_000
    for select in page.root.find("select"):
        assert len(select.find("option")) <= MAX_VALUES + 1
    window, before = PAGE, rows(page)
    while window < MAX_SHOWN:
        (more,) = [
            b.attributes
            for b in page.root.find("button", name="_filter")
            if b.attributes["value"].isdigit()
        ]
        window = int(more["value"])
        page = desk.post(supervisor="s499", offer_message="Hei", _filter=more["value"])
        shown = rows(page)
        assert shown[: shown.index(before[0])] in ([], ["s499"])
        assert more["formaction"].rpartition("#")[2] in page.html
        assert checked(page) == ["s499"]
        assert len(shown) in (window, window + 1)
    assert said("capped", limit=MAX_SHOWN) in text(page.root)
    assert len(rows(desk.post(_filter="999"))) == MAX_SHOWN
    assert len(rows(desk.post(_shown="75"))) == 75, "kept when something is wrong"
    assert len(rows(desk.post(_shown="75", _filter="apply"))) == PAGE


HOSTILE = '"><script>alert(1)</script>{0.__class__}{{7*7}}<img src=x onerror=alert(1)>'


def test_hostile_text_of_a_supervisor_is_inert() -> None:
    words = ("education", "experience", "framework", "membership", "licence", "place")
    facts: dict[str, Any] = dict.fromkeys((*words, "schedule_limits", "contact"), HOSTILE)
    plain: dict[str, Any] = dict.fromkeys(facts, "Quiet words")
    facts["sectors"], facts["languages"] = (HOSTILE,), (HOSTILE,)
    plain["sectors"], plain["languages"] = ("Quiet",), ("quiet",)
    pages = [Desk({"aada": {**x, "maximum": 2}}).get() for x in (facts, plain)]
    bones = [
        [(e.tag, *sorted(e.attributes)) for e in page.root.walk() if e.tag != "option"]
        for page in pages
    ]
    assert bones[0] == bones[1]
    assert HOSTILE in text(pages[0].root)
    assert "<script>alert" not in pages[0].html
    desk = Desk({"aada": {**facts, "maximum": 2}})
    assert rows(desk.post(_place=HOSTILE.casefold(), _filter="apply")) == ["aada"]


def test_names_of_filters_are_no_fields() -> None:
    ours = {"_lang", "_filter", "_shown", "_sort", "_step", "_go", "_say", "_key", "_seen"}
    for definition in (d for name in NAMES for d in versions(name)):
        fields = definition.fields()
        assert not [name for name in fields if name.startswith("_")]
        for field in fields.values():
            names = [f"_{facet.name}" for facet in field.ranked.facets] if field.ranked else []
            assert len(names) == len(set(names))
            assert not ours & set(names)


def test_kernel_and_render_know_nothing_of_supervision() -> None:
    for module in (ranking, choosing):
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        assert not re.search("superv|ongoing|_form\\b|sector", source)


@pytest.mark.parametrize(("language", "first"), [("fi", "finn"), ("sv", "sven")])
def test_without_a_wish_the_language_is_that_of_the_mails(language: str, first: str) -> None:
    """Who does not speak it comes later, and is warned of."""
    desk = Desk({"finn": {"languages": ("fi",)}, "sven": {"languages": ("sv",)}})
    case_id = apply.send(desk.world.services, desk.world.draft(language))
    confirm = desk.world.token(case_id, "applicant")
    act(desk.world.services, confirm, {"action": "confirm"}, language)
    desk.world.do(case_id, "endorse")
    desk.token = desk.world.token(case_id, "coordinator")
    page = desk.get("en")
    (other,) = {"finn", "sven"} - {first}
    assert rows(page) == [first, other]
    spoken = process_text("supervision", "en", f"facts.spoken_values.{language}")
    warning = process_text("supervision", "en", "facts.warning.language").format(spoken=spoken)
    assert page.root.text().count(warning) == 1
