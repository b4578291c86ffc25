"""Making the environments anew empties nothing that a link leads to."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("link", "target"), [(".venv", ".venv/bootstrap.stamp"), (".venv-aws", ".venv-aws/stamp")]
)
def test_make_refuses_an_environment_that_is_a_link(tmp_path: Path, link: str, target: str) -> None:
    here, other = tmp_path / "here", tmp_path / "other"
    shutil.copytree(ROOT / "infra" / "locks", here / "infra" / "locks")
    shutil.copy(ROOT / "Makefile", here)
    shutil.copytree(ROOT / "infra" / "deploy", here / "infra" / "deploy")
    other.mkdir()
    kept = other / "kept"
    kept.touch()
    (here / link).symlink_to(other)
    order = ["make", "-o", ".venv/bootstrap.stamp"] if link != ".venv" else ["make"]
    made = subprocess.run(
        [*order, target], cwd=here, capture_output=True, text=True, check=False, timeout=120
    )
    assert made.returncode != 0
    assert f"{link} is a link" in made.stderr
    assert kept.exists()
