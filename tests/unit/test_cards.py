"""The public page of supervisors: who is on it, what of them, and what an address may ask."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from functions import lists
from functions.entry.public.app import create_app
from functions.kernel import LANGUAGES
from functions.kernel.directory import DirectoryEntry
from functions.kernel.errors import Unavailable
from functions.processes import current
from functions.render.directory import supervisors
from functions.render.directory.supervisors import LONG, MAX_CARDS, SHOWN, cards_page
from functions.render.text.texts import page_text
from functions.render.text.words import Words
from functions.services.directory.importing import read_directory
from tests.fake_directory import MemoryDirectory
from tests.fakes import World
from tests.guards.pages import page_faults

DEMO = read_directory(Path("infra/demo/directory.yaml").read_text(encoding="utf-8"), "yaml")
PATH = "/api/supervisors"
STORY = "Kokemusta perhetyöstä. " * 20 + "\n\nViimeinen sana: kapula."
FACTS: dict[str, Any] = {
    "published": True,
    "forms": ("individual", "crisis"),
    "sectors": ("home-care", "substance-use"),
    "languages": ("fi", "se", "pl"),
    "place": "Mallila",
    "online": True,
    "education": "Psykologi\n(PsM)",
    "licence": "Lupa 7",
    "qualification_year": 2009,
    "framework": "Systeeminen",
    "experience": STORY,
    "membership": "Yhdistys",
    "maximum": 777,
    "ongoing_elsewhere": 666,
    "longest_new_process": 557,
    "schedule_limits": "Vain tiistaisin.",
    "contact": "Soita numeroon 040 555 4433.",
}


def entry(key: str = "aada", name: str = "Aada Aalto", **changed: Any) -> DirectoryEntry:
    """Somebody who permits it, unless ``changed`` says otherwise; None leaves a fact out."""
    retired = changed.pop("retired", False)
    facts = {"email": f"{key}@secret.example", "language": "fi", **FACTS, **changed}
    told = {n: v for n, v in facts.items() if v is not None}
    return DirectoryEntry("supervisors", key, dict.fromkeys(LANGUAGES, name), told, retired)


def client(*entries: DirectoryEntry) -> FlaskClient:
    world = World()
    services = replace(world.services, directory=MemoryDirectory(*entries))
    return create_app(services).test_client()


def shown(page: str) -> list[str]:
    """The names on the cards, in order."""
    return [unescape(name) for name in re.findall(r'<h2 id="c-[^"]*">([^<]*)</h2>', page)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_whole(language: str) -> None:
    got = client(*DEMO.entries).get(f"{PATH}?lang={language}")
    assert got.status_code == 200
    assert page_faults(got.text, language) == []
    assert f"<h1>{page_text(language, 'cards.title')}</h1>" in got.text
    people = DEMO.of("supervisors")
    assert shown(got.text) == sorted(
        e.names["fi"] for e in people if e.facts.get("published") and not e.retired
    )
    assert page_text(language, "page.contact_path") in got.text
    assert 'class="k-top"' in got.text


def test_what_is_shown_is_decided_here() -> None:
    """A fact that is added to the directory stays unseen until somebody adds it here."""
    columns = {c.name for c in lists.named("supervisors").fields}
    assert set(SHOWN) <= columns
    assert columns - set(SHOWN) == {
        "key",
        "name",
        "email",
        "language",
        "maximum",
        "ongoing_elsewhere",
        "longest_new_process",
        "schedule_limits",
        "contact",
        "picture",
        "published",
        "retired",
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_organisations_own_is_shown(language: str) -> None:
    directory = MemoryDirectory(entry())
    for counter in ("ongoing", "queued"):
        directory.move("supervisors", "aada", counter, 4321)
    page = cards_page(language, directory, {})
    assert "Aada Aalto" in page
    for secret in ("secret.example", "777", "666", "557", "4987", "4321", "tiistai", "040 555"):
        assert secret not in page
    assert "tel:" not in page
    assert page.count("mailto:") == 1  # the organisation's own, in the footer


def test_every_fact_in_words() -> None:
    page = unescape(cards_page("fi", MemoryDirectory(entry()), {}))
    for told in (
        "yksilötyönohjaus, kriisityönohjaus",
        "kotihoito, päihdetyö",
        "suomi, pohjoissaame, pl",
        "<span>Mallila</span>, voi ohjata etänä",
        "Psykologi (PsM)",
        "Lupa 7",
        "2009",
        "Systeeminen",
        "Yhdistys",
        "kapula.",
    ):
        assert told in page
    assert ">AA</text>" in page
    (begins,) = re.findall(r"<dd><p>(.*?)</p><details", page)
    assert len(begins) <= LONG + 2
    assert begins.endswith("…")


def test_own_words_say_their_language() -> None:
    page = cards_page("sv", MemoryDirectory(entry(language="fi")), {})
    assert '<dd lang="fi">Psykologi (PsM)</dd>' in page
    assert "<dd>individuell handledning, krishandledning</dd>" in page
    assert '<span lang="fi">Mallila</span>, kan handleda på distans' in page
    own = cards_page("fi", MemoryDirectory(entry()), {}).partition("<article")[2]
    assert "lang=" not in own.partition("</article>")[0]


@pytest.mark.parametrize(
    "hidden", [{"published": None}, {"published": False}, {"retired": True}], ids=str
)
def test_only_who_permits_it_and_is_in_use(hidden: dict[str, Any]) -> None:
    someone = entry("zelda", "Zelda Hidden", sectors=("hiddensector",), **hidden)
    page = client(entry(), someone).get(PATH).text
    assert shown(page) == ["Aada Aalto"]
    assert "zelda" not in page.lower()
    assert "hiddensector" not in page
    alone = client(someone).get(PATH).text
    assert page_text("fi", "cards.empty") in alone
    assert "<form" not in alone


def test_order_is_finnish() -> None:
    names = ["Öhman", "Zeta", "Åke", "Äijä", "aalto", "Ursula", "Yrjö", "Ünal"]
    people = [entry(f"k{n}", name) for n, name in enumerate(names)]
    assert shown(client(*people).get(PATH).text) == [
        "aalto", "Ursula", "Ünal", "Yrjö", "Zeta", "Åke", "Äijä", "Öhman",
    ]  # fmt: skip


PEOPLE = (
    entry("a", "A", forms=("group",), languages=("fi",), sectors=("Kotihoito",), place="Mallila"),
    entry("b", "B", forms=("crisis",), languages=("sv",), sectors=("kotihoito",), online=False),
    entry("c", "C", forms=("group", "crisis"), languages=("sv", "fi"), sectors=None, place=None),
)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "ABC"),
        ("form=group", "AC"),
        ("form=crisis&language=sv", "BC"),
        ("sector=kotihoito", "AB"),
        ("sector=KOTIHOITO", "AB"),
        ("place=mallila", "AB"),
        ("place=online", "AC"),
        ("form=group&place=mallila&language=fi&sector=kotihoito", "A"),
        ("form=group&sector=kotihoito&language=sv", ""),
        ("form=&language=", "ABC"),
        ("form=nonsense", "ABC"),
        ("form=group&form=crisis", "AC"),
        ("published=no&retired=yes&room=free&_form=crisis&email=a", "ABC"),
    ],
)
def test_filters(query: str, names: str) -> None:
    got = client(*PEOPLE).get(f"{PATH}?lang=en&{query}")
    assert (got.status_code, "".join(shown(got.text))) == (200, names)
    assert page_faults(got.text, "en") == []
    if not names:
        assert page_text("en", "cards.none_found") in unescape(got.text)
    assert 'name="vacancy"' not in got.text


def test_filters_stay_when_the_language_changes() -> None:
    page = unescape(client(*PEOPLE).get(f"{PATH}?lang=fi&form=crisis&x=y&sector=kotihoito").text)
    assert 'href="?lang=sv&form=crisis&sector=kotihoito"' in page
    assert '<option value="crisis" selected>' in page


@pytest.mark.parametrize(
    "query",
    [
        "lang=" + "x" * 6000,
        "form=" + "%F0%9F%92%A9" * 700,
        "form=%FF%FE%00&language=%ED%A0%80",
        "lang=../../etc/passwd&form=<script>alert(1)</script>",
        "&".join(f"u{n}={n}" for n in range(1500)),
        "form[]=group&form%00=x&=&&&===",
        "sector=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E&place={{7*7}}",
    ],
    ids=lambda q: q[:20],
)
def test_odd_addresses_are_answered(query: str) -> None:
    got = client(*PEOPLE).get(f"{PATH}?{query}")
    assert (got.status_code, shown(got.text)) == (200, list("ABC"))
    assert page_faults(got.text, "fi") == []
    assert "alert(1)" not in got.text
    assert "{{" not in got.text


HOSTILE = '"><img src=x onerror=alert(1)></dd></article><script>{{7*7}}</script>\u202e'


def test_hostile_facts_are_inert() -> None:
    texts = ("education", "licence", "framework", "membership", "place")
    facts = dict.fromkeys(texts, HOSTILE) | {"sectors": (HOSTILE,), "experience": HOSTILE * 9}
    got = client(entry("h", HOSTILE, languages=("fi", HOSTILE), forms=(HOSTILE,), **facts)).get(
        PATH
    )
    assert got.status_code == 200
    for faults in ("<img src=x", "<script>{{", "49<", "</dd></article><script"):
        assert faults not in got.text
    assert got.text.count("<article") == got.text.count("</article>") == 1
    assert got.text.count("<script") == 2  # our own two files


def test_picture_stands_over_the_initials() -> None:
    page = cards_page("fi", MemoryDirectory(entry(picture="aada.jpg")), {})
    assert '<img src="/assets/kapula/people/aada.jpg" alt=""' in page
    assert "<img" not in cards_page("fi", MemoryDirectory(entry()), {})


def test_page_may_be_kept_but_not_its_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    got = client(entry()).get(PATH)
    assert got.headers["Cache-Control"] == "public, max-age=300"
    assert got.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in got.headers
    assert client(entry()).post(PATH).headers["Cache-Control"] == "no-store"

    def down(*_: object) -> None:
        raise Unavailable("directory")

    monkeypatch.setattr(MemoryDirectory, "listings", down)
    got = client(entry()).get(PATH)
    assert (got.status_code, got.headers["Cache-Control"]) == (503, "no-store")


def test_very_many_are_capped_in_words() -> None:
    people = [entry(f"k{n}", f"N{n:04}") for n in range(MAX_CARDS + 5)]
    page = client(*people).get(f"{PATH}?lang=en").text
    assert len(shown(page)) == MAX_CARDS
    assert page_text("en", "choosing.capped", limit=MAX_CARDS) in page


def test_nobody_told_anything_but_what_they_must() -> None:
    bare = {n: None for n in FACTS if n not in ("published", "forms", "languages")}
    page = client(entry("x", " ", **bare)).get(PATH)
    assert page.status_code == 200
    assert page.text.count("<dt>") == 2


def test_form_posts_do_not_import_the_page() -> None:
    """The bench counts what a form that is sent imports; this page is no part of it."""
    source = Path("functions/entry/public/app.py").read_text(encoding="utf-8")
    assert "import cards_page" in source
    assert not re.search(r"^from functions\.render", source, re.MULTILINE)
    assert supervisors.SOURCE == "supervisors"


def test_sectors_are_told_and_filtered_in_every_language() -> None:
    """A Swedish reader finds home care, whoever wrote the entry, in whichever language."""
    names = {"fi": "kotihoito", "sv": "hemvård", "en": "home care"}
    asked = client(entry(language="fi"), entry("bo", "Bo B", sectors=("schools",), language="sv"))
    for language, name in names.items():
        page = unescape(asked.get(f"{PATH}?lang={language}").text)
        assert f'<option value="home-care">{name}</option>' in page
        assert not any(other in page for other in names.values() if other != name)
        found = unescape(asked.get(f"{PATH}?lang={language}&sector=home-care").text)
        assert "Aada" in found
        assert "Bo B" not in found


@pytest.mark.parametrize(("language", "also"), [("fi", "myös "), ("sv", "även "), ("en", "also ")])
def test_whoever_works_online_alone_does_not_do_so_also(language: str, also: str) -> None:
    somebody = replace(entry(), facts={k: v for k, v in entry().facts.items() if k != "place"})
    words = Words(current("supervision"), language, MemoryDirectory(somebody))
    told = words.fact("online", somebody)
    assert told
    assert also not in told
    assert told in unescape(cards_page(language, words.directory, {}))
