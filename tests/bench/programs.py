"""The folders that are started: our packages as they are deployed, the floor, the runtime client.

Everything is compiled, as it is in Lambda; nothing of this environment can be imported.
"""

import importlib.util
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from infra.deploy.archive import compile_all
from infra.deploy.install import install
from infra.deploy.package import lay_out
from infra.deploy.plan import FUNCTIONS, here
from infra.deploy.trim import trim
from tests.bench.run import Program

CLIENT = ("awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py")
STOCK = ("botocore", "jmespath", "python-dateutil", "six", "urllib3")
OPERATIONS = ("GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem")
MISSING = (
    "The Lambda runtime client is missing: add `awslambdaric` to infra/locks/dev.in and run "
    "`make lock`,\nor install it anywhere and name its folder: "
    "python -m tests.bench --client /tmp/x/lib/python3.11/site-packages"
)


class MissingClientError(Exception):
    """The runtime client is not installed; the message says what to do."""


def ours(name: str, work: Path, authority: str) -> Program:
    """A function of ours, laid out as it is packaged."""
    function = next(f for f in FUNCTIONS if f.name == name)
    folder = work / name
    if not folder.exists():
        own = folder.with_suffix(".own")
        for root in lay_out(function, here(), sys.executable, own):
            shutil.copytree(root, folder, dirs_exist_ok=True)
        _trust(folder, authority)
    return Program(folder, f"{function.handler}.handler")


def floor(work: Path, authority: str, *, cut: bool) -> Program:
    """The bare handler; on botocore as it is shipped, or with its data cut."""
    folder = work / ("floor-cut" if cut else "floor")
    if not folder.exists():
        install(STOCK, here(), folder)
        if cut:
            trim(folder, {"dynamodb": OPERATIONS})
        _trust(folder, authority)
        shutil.copyfile(Path(__file__).with_name("bare.py"), folder / "bare.py")
        compile_all(folder, here(), sys.executable)
    return Program(folder, "bare.handler")


def nothing(work: Path) -> Program:
    """A handler that does nothing: what the interpreter and the runtime client cost."""
    folder = work / "nothing"
    folder.mkdir(exist_ok=True)
    text = 'def handler(event, context):\n    return {"statusCode": 303, "body": ""}\n'
    (folder / "nothing.py").write_text(text, encoding="utf-8")
    compile_all(folder, here(), sys.executable)
    return Program(folder, "nothing.handler")


def told(program: Program, status: int, calls: list[tuple[str, dict[str, Any]]]) -> Program:
    """The bare handler, told what to call."""
    text = json.dumps({"status": status, "calls": calls})
    (program.root / "bare.json").write_text(text, encoding="utf-8")
    return program


def client(work: Path, given: Path | None) -> Path:
    """A folder with nothing but the runtime client, from ``given`` or this environment."""
    folder = work / "client"
    folder.mkdir()
    for name in CLIENT:
        path = _found(name, given)
        if path is None:
            raise MissingClientError(MISSING)
        if path.is_dir():
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            shutil.copyfile(path, folder / path.name)
    starter = Path(__file__).with_name("bench_client.py")
    shutil.copyfile(starter, folder / starter.name)
    compile_all(folder, here(), sys.executable)
    return folder


def _trust(folder: Path, authority: str) -> None:
    """One more certificate at the end of botocore's."""
    with (folder / "botocore" / "cacert.pem").open("a", encoding="utf-8") as bundle:
        bundle.write(authority)


def _found(name: str, given: Path | None) -> Path | None:
    if given:
        return next((p for p in given.glob(f"{name}*") if p.suffix in ("", ".py", ".so")), None)
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin)
    return path.parent if path.name == "__init__.py" else path
