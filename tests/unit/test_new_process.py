"""``make process``: names that it refuses, and that it does all of it or nothing."""

import shutil
from pathlib import Path

import pytest

from functions.kernel import LANGUAGES
from infra import new_process
from infra.new_process import NAVIGATION, TEMPLATE, begin, fault

ROOT = Path(__file__).parents[2]
NAMED = ("functions/render/text/words.py", "tests/unit/test_turns.py", "site/en/privacy.md")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """As much of the repository as a new process touches, and a few names that are taken."""
    shutil.copytree(ROOT / TEMPLATE, tmp_path / TEMPLATE)
    for path in (*NAVIGATION, *NAMED, "functions/processes/contact/__init__.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    for language in LANGUAGES:
        (tmp_path / "site" / language).mkdir(exist_ok=True)
    (tmp_path / "site" / "fi" / "palvelut").mkdir()
    (tmp_path / "tests" / "sixth" / "themeday").mkdir(parents=True)
    return tmp_path


def files(root: Path) -> dict[str, str]:
    found = (p for p in root.rglob("*") if p.is_file())
    return {p.relative_to(root).as_posix(): p.read_text(encoding="utf-8") for p in found}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((n, "letters a to z") for n in ("", "ab", "a" * 31, "Coaching", "coaching2", "työ")),
        *((n, "letters a to z") for n in ("_abc", "abc_", "a__b", "a b", "../up", "a-b")),
        ("class", "Python"),
        ("match", "Python"),
        ("contact", "a process of this name"),
        ("themeday", "a process of this name"),
        ("assets", "something else at this address"),
        ("privacy", "site/en/privacy.md is there"),
        ("palvelut", "site/fi/palvelut is there"),
        ("turns", "tests/unit/test_turns.py is there"),
        ("refund", "functions/render/text/words.py has this word"),
    ],
)
def test_name_is_refused_and_nothing_is_written(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, why: str
) -> None:  # fmt: skip
    before = files(tree)
    monkeypatch.setattr(new_process, "ROOT", tree)
    monkeypatch.setattr("sys.argv", ["new_process", name])
    with pytest.raises(SystemExit) as stopped:
        new_process.main()
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert why in said
    assert said.count("\n") == 1
    assert files(tree) == before


@pytest.mark.parametrize("name", ["abc", "a" * 30, "guided_tour", "coaching"])
def test_name_is_taken(tree: Path, name: str) -> None:
    assert fault(tree, name) == ""


def test_all_of_it_is_in_its_place(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(tree)
    monkeypatch.setattr(new_process, "ROOT", tree)
    monkeypatch.setattr("sys.argv", ["new_process", "guided_tour"])
    new_process.main()
    after = files(tree)
    assert len(after) == len(before) + sum(name.startswith(str(TEMPLATE)) for name in before)
    assert {name for name in before if before[name] != after[name]} == {*NAVIGATION}
    for name in NAVIGATION:
        assert len(after[name].splitlines()) == len(before[name].splitlines()) + 1
        assert "      - guided-tour.md\n" in after[name]
    new = {name: text for name, text in after.items() if name not in before}
    assert [n for n, text in new.items() if "__NAME__" in n + text or "__SLUG__" in n + text] == []
    assert [name for name in new if name.endswith(".txt")] == []
    assert fault(tree, "guided_tour") == "there is a process of this name"


@pytest.mark.parametrize("fails", ["rename", "replace"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_what_fails_half_way_leaves_nothing_behind(
    tree: Path, monkeypatch: pytest.MonkeyPatch, fails: str, nth: int
) -> None:
    before, moved, move = files(tree), list[Path](), getattr(Path, fails)

    def moves(self: Path, target: Path) -> Path:
        moved.append(self)
        if len(moved) == nth:
            raise OSError("disk full")
        done: Path = move(self, target)
        return done

    monkeypatch.setattr(Path, fails, moves)
    with pytest.raises(OSError, match="disk full"):
        begin(tree, "guided_tour")
    assert files(tree) == before
    assert not (tree / "functions" / "processes" / "guided_tour").exists()


def test_navigation_without_its_place_is_an_error(tree: Path) -> None:
    (tree / "site" / "sv.yml").write_text("nav:\n  - index.md\n", encoding="utf-8")
    before = files(tree)
    with pytest.raises(ValueError, match=r"site/sv\.yml"):
        begin(tree, "guided_tour")
    assert files(tree) == before
