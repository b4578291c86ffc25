"""The local AWS (``infra/local/aws.py``) without its snapshots.

What these tests write need not outlive them, and copying thousands of stream records twice a
second would cost more than the tests do. Run by ``LocalAws`` in the place of the program.
"""

import importlib.util
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).resolve().parents[2] / "infra" / "local" / "aws.py"


def _program() -> Any:
    spec = importlib.util.spec_from_file_location("aws", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def _forget(_: Any) -> None:
    """In the place of ``Saver.save``."""


if __name__ == "__main__":
    aws = _program()
    aws.Saver.save = _forget
    aws.main()
