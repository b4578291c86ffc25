"""What a local stack keeps between two starts: clock, secret, lock."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.local import state
from infra.local.clock import MovableClock
from infra.local.sitebuild import fingerprint
from infra.local.state import FolderInUseError, StateFolder, running_stack


def test_clock_moves_on_and_stays_moved(tmp_path):
    path = tmp_path / "clock.json"
    MovableClock(path).advance(timedelta(days=4))
    clock = MovableClock(path)
    clock.advance(timedelta(hours=1))
    ahead = MovableClock(path).now() - datetime.now(UTC)
    assert abs(ahead - timedelta(days=4, hours=1)) < timedelta(seconds=5)


@pytest.mark.parametrize("step", [timedelta(), timedelta(seconds=-1)])
def test_clock_never_goes_back(tmp_path, step):
    clock = MovableClock(tmp_path / "clock.json")
    with pytest.raises(ValueError, match="forward"):
        clock.advance(step)
    assert not (tmp_path / "clock.json").exists()


def test_secret_is_kept_and_private(tmp_path):
    folder = StateFolder(tmp_path)
    secret = folder.secret()
    assert len(secret) == 64
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    folder.close()
    assert StateFolder(tmp_path).secret() == secret


def test_folder_serves_one_stack_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "WAIT_FOR_LOCK", 0.05)
    first = StateFolder(tmp_path)
    with pytest.raises(FolderInUseError, match=str(tmp_path)):
        StateFolder(tmp_path)
    first.close()
    StateFolder(tmp_path).close()


def test_running_stack_is_found_only_while_it_runs(tmp_path):
    assert running_stack(tmp_path) is None
    folder = StateFolder(tmp_path)
    folder.announce("http://site", "http://aws")
    assert running_stack(tmp_path) == {"url": "http://site", "endpoint": "http://aws"}
    folder.lock.close()  # killed: the announcement stays behind
    assert running_stack(tmp_path) is None


def test_fingerprint_follows_names_and_contents(tmp_path):
    page = tmp_path / "site" / "index.md"
    page.parent.mkdir()
    for name in ("mkdocs.yml", "infra/locks/run.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    page.write_text("one")
    first = fingerprint(tmp_path)
    (tmp_path / "other.txt").write_text("not part of the site")
    assert fingerprint(tmp_path) == first
    page.write_text("two")
    second = fingerprint(tmp_path)
    page.rename(page.with_name("new.md"))
    assert len({first, second, fingerprint(tmp_path)}) == 3
