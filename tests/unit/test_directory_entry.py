"""The command that imports a directory: what it says, and how it ends."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from functions.kernel.directory import DirectoryError
from functions.kernel.errors import Unavailable
from infra import import_directory as entry
from tests.fake_directory import MemoryDirectory
from tests.fakes import FakeClock

DEMO = Path("infra/demo/directory.yaml")


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> MemoryDirectory:
    """What the command finds when it has ``bootstrap`` build the services."""
    register = MemoryDirectory()
    bootstrap = SimpleNamespace(
        settings_from=lambda environ: environ,
        build=lambda settings: SimpleNamespace(directory=register, clock=FakeClock()),
    )
    monkeypatch.setitem(sys.modules, "functions.bootstrap", bootstrap)
    return register


def test_import_file_demo() -> None:
    services: Any = SimpleNamespace(directory=MemoryDirectory(), clock=FakeClock())
    assert entry.import_file(services, DEMO) == 15


def test_import_file_unknown_ending(tmp_path: Path) -> None:
    services: Any = SimpleNamespace(directory=MemoryDirectory(), clock=FakeClock())
    with pytest.raises(DirectoryError, match=r"^line 1: file: the name must end in \.yaml, "):
        entry.import_file(services, tmp_path / "people.xlsx")


def test_main_demo(register: MemoryDirectory, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main([str(DEMO)]) == 0
    said = capsys.readouterr()
    counted = "Imported 5 units, 2 domains, 2 coordinators, 6 supervisors.\n"
    assert (said.out, said.err) == (counted, "")
    assert len(register.entries("supervisors")) == 6


def test_main_one_domain(
    register: MemoryDirectory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "People.CSV"
    file.write_text("kind,domain\r\ndomain,example.org\r\n")
    assert (entry.main([str(file)]), capsys.readouterr().out) == (0, "Imported 1 domain.\n")


def test_main_wrong_file(
    register: MemoryDirectory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.yaml"
    file.write_text("domains:\n- domain: example.org\n- domain: org\n- {}\n")
    assert entry.main([str(file)]) == 1
    said = capsys.readouterr()
    wrong = "Enter the domain like this: organisation.fi, without the @ sign."
    lines = [f'line 3: domain: "org": {wrong}', "line 4: domain: Enter an answer."]
    assert (said.out, said.err.splitlines()) == ("", lines)
    assert register.entries("domains") == ()


def test_main_no_such_file(register: MemoryDirectory, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main(["nowhere.yaml"]) == 1
    assert "nowhere.yaml" in capsys.readouterr().err


def test_main_database_silent(
    register: MemoryDirectory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def silent(*_: object) -> int:
        raise Unavailable("UpdateError")

    monkeypatch.setattr(register, "save", silent)
    assert entry.main([str(DEMO)]) == 1
    expected = "The directory was not imported whole (UpdateError). Try again.\n"
    assert capsys.readouterr().err == expected


def test_main_without_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.main([]) == 2
    assert capsys.readouterr().err == "Usage: python -m infra.import_directory FILE\n"
