"""Stand-ins: small modules in the place of those that libraries import and functions never use.

Importing them is a fifth of a cold start. A stand-in has the names that others import from
the real module, and nothing behind them: whoever uses one anyway is told which, and why it is
not there, instead of getting a wrong answer. `smoke.py` shows that functions answer with them.
"""

import ast
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.deploy.install import PackagingError


@dataclass(frozen=True, slots=True)
class StandIn:
    """What is left of a module, and why the rest of it is not missed.

    `names` can be imported, and raise when they are used; `made` are classes of which the
    library makes one without asking anything of it; `kept` are taken over from the real module;
    `through` are names that it merely hands on, from another. `gone` leaves nothing, not even
    the module: for one that no library imports any more, as all who did are stood in for.
    """

    why: str
    names: tuple[str, ...] = ()
    made: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    through: tuple[tuple[str, str], ...] = ()
    gone: bool = False


_COMMANDS = "Lambda starts no server and types no commands"
_COMPILED = "templates are compiled when the package is made"
_NO_CHARTS = "tables have no charts"
_OWN_CLIENT = "functions/adapters/wire.py asks DynamoDB, and keys come from the environment"

# Of every function that has the library at all.
ALWAYS: Mapping[str, StandIn] = {
    "werkzeug.serving": StandIn(_COMMANDS, ("run_simple", "is_running_from_reloader")),
    "werkzeug.test": StandIn("tests run elsewhere", ("Client",)),
    "werkzeug.sansio.multipart": StandIn(
        "entry/reading.py reads forms, and refuses all but urlencoded ones",
        ("Data", "Epilogue", "Field", "File", "MultipartDecoder", "NeedData"),
    ),
    "flask.cli": StandIn(_COMMANDS, made=("AppGroup",)),
    "click": StandIn(_COMMANDS),
    "itsdangerous": StandIn(
        "nothing is signed for the browser: there are no cookies",
        ("BadSignature", "URLSafeTimedSerializer"),
    ),
    "jinja2.bccache": StandIn(
        _COMPILED, ("BytecodeCache", "FileSystemBytecodeCache", "MemcachedBytecodeCache")
    ),
    "jinja2.compiler": StandIn(_COMPILED, ("CodeGenerator", "generate")),
    "jinja2.lexer": StandIn(_COMPILED, ("Lexer", "TokenStream", "get_lexer")),
    "jinja2.nodes": StandIn(_COMPILED, ("Template",), kept=("EvalContext",)),
    "jinja2.parser": StandIn(_COMPILED, ("Parser",)),
    "xlsxwriter.chart": StandIn(_NO_CHARTS, ("Chart",)),
    **{
        f"xlsxwriter.chart_{kind}": StandIn(_NO_CHARTS, (f"Chart{kind.title()}",))
        for kind in (
            "area",
            "bar",
            "column",
            "doughnut",
            "line",
            "pie",
            "radar",
            "scatter",
            "stock",
        )
    },
}

# Of those besides that send no mail, and so need no client of botocore's.
WITHOUT_MAIL: Mapping[str, StandIn] = {
    "botocore.client": StandIn(_OWN_CLIENT, through=(("ClientError", "botocore.exceptions"),)),
    "botocore.config": StandIn(_OWN_CLIENT),
    # The local AWS tries to import it, and leaves a function alone that has none.
    "botocore.handlers": StandIn(_OWN_CLIENT, gone=True),
    "botocore.session": StandIn(_OWN_CLIENT, ("Session", "get_session")),
    "pynamodb.connection._botocore_private": StandIn(_OWN_CLIENT, ("BotocoreBaseClientPrivate",)),
    "dateutil.parser": StandIn("DynamoDB and SSM answer without dates"),
    "dateutil.tz": StandIn("DynamoDB and SSM answer without dates", ("tzlocal", "tzutc")),
}

# `Absent` can stand where a class is asked for, in an annotation or as a base. Names with
# two underscores are Python's own questions, and answered as by any module.
_BODY = """
_SAID = {said!r}


def _refuse(name):
    raise RuntimeError(f"{{__name__}}.{{name}} is used, and is only a stand-in: {{_SAID}}")


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    _refuse(name)


class _Absent(type):
    def __call__(cls, *_args, **_named):
        _refuse(cls.__name__)

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        _refuse(f"{{cls.__name__}}.{{name}}")


class _Made:
    def __init__(self, *_args, **_named):
        pass

    def __getattr__(self, name):
        _refuse(f"{{type(self).__name__}}.{{name}}")
"""


def stand_ins_of(operations: Iterable[str]) -> dict[str, StandIn]:
    """By module, for a function that asks these services of AWS."""
    return {**ALWAYS} if "sesv2" in operations else {**ALWAYS, **WITHOUT_MAIL}


def put(libraries: Path, chosen: Mapping[str, StandIn]) -> None:
    """Replace modules in a folder of installed distributions. Who lacks a library needs none."""
    for module, stand_in in chosen.items():
        path = libraries.joinpath(*module.split("."))
        if not (libraries / module.partition(".")[0]).is_dir():
            continue
        if path.is_dir():
            real = path / "__init__.py"
            source = source_of(module, stand_in, real.read_text(encoding="utf-8"))
            shutil.rmtree(path)
            path.mkdir()
        elif (real := path.with_suffix(".py")).is_file():
            source = source_of(module, stand_in, real.read_text(encoding="utf-8"))
        else:
            raise PackagingError(f"{module} is not there any more: a stand-in for nothing")
        if stand_in.gone:
            real.unlink()
        else:
            real.write_text(source, encoding="utf-8")


def source_of(module: str, stand_in: StandIn, real: str) -> str:
    """The text of a stand-in; `real` is that of the module it stands in for."""
    lines = [f'"""Stands in for {module}: {stand_in.why}."""']
    lines += (f"from {where} import {name}" for name, where in stand_in.through)
    if stand_in.kept:
        lines += _kept(module, stand_in.kept, real)
    lines.append(_BODY.format(said=stand_in.why))
    lines += (f"{name} = _Absent({name!r}, (), {{}})" for name in stand_in.names)
    lines += (f"{name} = type({name!r}, (_Made,), {{}})" for name in stand_in.made)
    return "\n".join(lines) + "\n"


def _kept(module: str, names: tuple[str, ...], real: str) -> Iterator[str]:
    """The imports of a module and some of its definitions, as they are written there."""
    found = set()
    for node in ast.parse(real).body:
        name = getattr(node, "name", "")
        if isinstance(node, ast.Import | ast.ImportFrom) or name in names:
            found.add(name)
            yield ast.get_source_segment(real, node) or ""
    if missing := set(names) - found:
        raise PackagingError(f"{module} has no {', '.join(sorted(missing))} any more")
