"""Texts: every key a process needs is there in every language, and only those that may be filled."""

import shutil
import tomllib
from pathlib import Path

import pytest

from functions import lists, processes
from functions.kernel import LANGUAGES
from functions.processes.supervision.definition import VERSION_1
from functions.render.text import texts
from infra.missing_texts import missing_texts

FOLDERS = (texts.PAGES, *(Path(place) / "texts" for place in lists.__path__))
FINNISH = [p for folder in FOLDERS for p in sorted(folder.glob("*.fi.toml"))]
MAIL = 'subject = "S"\nask = "A"\nbody = ["B1", "B2"]\nbutton = "P"\nwhy = "W"\nsilence = "N"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of supervision's real texts, with a plain mail wherever one is wanted."""
    shutil.copytree(processes.FOLDER / "supervision" / "texts", tmp_path / "supervision" / "texts")
    for mail in VERSION_1.all_mails:
        place = tmp_path / "supervision" / "mails" / mail.name
        place.mkdir(parents=True)
        for lang in LANGUAGES:
            (place / f"{lang}.toml").write_text(MAIL, encoding="utf-8")
    monkeypatch.setattr(processes, "folder", tmp_path.joinpath)
    return tmp_path / "supervision"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", processes.NAMES)
def test_texts_of_every_process_lack_nothing(name: str) -> None:
    assert [missing_texts(d) for d in processes.versions(name)] == [[]]


def test_missing_whole_texts_none(folder: Path) -> None:
    assert missing_texts(VERSION_1) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("texts/fi.toml", 'endorse = "puoltaa"', "", "fi: diagram.actions.endorse"),
        ("texts/sv.toml", "[tasks.offered]", "[tasks.other]", "sv: tasks.offered.title"),
        ("texts/en.toml", 'manager = "line manager"', 'manager = " "', "en: roles.manager"),
        ("texts/en.toml", "Looking for", "{who}", "en: states.coordinating.name: {who}"),
        ("texts/en.toml", "Looking for", "{", "en: states.coordinating.name: {?}"),
        ("mails/stuck/sv.toml", 'ask = "A"', "", "sv: mails.stuck.ask"),
        ("mails/stuck/sv.toml", '["B1", "B2"]', "[]", "sv: mails.stuck.body"),
        ("mails/stuck/sv.toml", '"B2"', '"{title}"', "sv: mails.stuck.body.1: {title}"),
    ],
)
def test_missing_broken_text_named(folder: Path, file: str, old: str, new: str, fault: str) -> None:
    edit(folder / file, old, new)
    assert fault in missing_texts(VERSION_1)


def test_missing_absent_mail_named(folder: Path) -> None:
    (folder / "mails" / "stuck" / "fi.toml").unlink()
    assert missing_texts(VERSION_1) == [
        f"fi: mails.stuck.{part}" for part in ("subject", "ask", "button", "why", "silence", "body")
    ]


def test_process_text_by_key(folder: Path) -> None:
    assert texts.process_text("supervision", "sv", "diagram.actions.endorse") == "tillstyrker"


def test_process_text_absent_refused(folder: Path) -> None:
    with pytest.raises(texts.MissingText, match=r"supervision\.fi: fields\.none\.label"):
        texts.process_text("supervision", "fi", "fields.none.label")


def test_maybe_absent_empty(folder: Path) -> None:
    assert texts.maybe("supervision", "fi", "fields.none.hint") == ""
    assert texts.maybe("supervision", "fi", "case_type") == "hakemus"


def test_mail_text_whole(folder: Path) -> None:
    expected = texts.MailText("S", "A", ("B1", "B2"), "P", "W", "N")
    assert texts.mail_text("supervision", "stuck", "en") == expected


def test_mail_text_part_absent_refused(folder: Path) -> None:
    edit(folder / "mails" / "stuck" / "en.toml", 'why = "W"', "")
    with pytest.raises(texts.MissingText, match=r"mails\.stuck\.why"):
        texts.mail_text("supervision", "stuck", "en")


def test_page_text_files_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.fi.toml").write_text('[a]\nleft = "{n} jäljellä"\n', encoding="utf-8")
    (tmp_path / "b.fi.toml").write_text('[b]\nx = "y"\n', encoding="utf-8")
    monkeypatch.setattr(texts, "PAGES", tmp_path)
    assert texts.page_text("fi", "a.left", n=3) == "3 jäljellä"
    assert texts.page_text("fi", "b.x") == "y"
    for lang, key in (("fi", "b.z"), ("fi", "a.left"), ("sv", "b.x")):
        with pytest.raises(texts.MissingText):
            texts.page_text(lang, key)


def test_page_texts_same_keys_and_placeholders_in_every_language() -> None:
    def shape(path: Path) -> dict[str, list[str]]:
        flat = dict(texts._leaves(tomllib.loads(path.read_text(encoding="utf-8")), ""))
        return {key: texts.placeholders(text) for key, text in flat.items()}

    for path in FINNISH:
        shapes = [shape(path.with_name(path.name.replace(".fi.", f".{x}."))) for x in LANGUAGES]
        assert shapes == [shapes[0]] * len(LANGUAGES), path.name


def test_page_texts_no_key_in_two_files() -> None:
    seen: dict[str, str] = {}
    for path in FINNISH:
        for key in texts.flat_texts(path):
            assert seen.setdefault(key, path.name) == path.name, key


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", processes.NAMES)
def test_process_says_in_its_own_words_only_what_is_not_said_for_all(name: str, lang: str) -> None:
    for_all = texts.flat_texts(texts.OF_ALL / f"{lang}.toml")
    own = texts.flat_texts(processes.folder(name) / "texts" / f"{lang}.toml")
    assert for_all
    assert not [key for key, text in for_all.items() if own.get(key) == text]
    assert {**texts.texts_of(name, lang), **own} == texts.texts_of(name, lang)


def test_what_is_said_for_all_is_said_in_every_language() -> None:
    keys = [set(texts.flat_texts(texts.OF_ALL / f"{lang}.toml")) for lang in LANGUAGES]
    assert keys == [keys[0]] * len(LANGUAGES)
