"""Other people's libraries are used as they offer themselves: nothing private, nothing replaced.

Names that begin with one underscore are their authors' own, and may change with any version. What
is imported is not written to either: no attribute of a module or a class that stands elsewhere.
Tests may do both. Of our own modules the same is true: what begins with ``_`` stays where it is.
"""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(p for top in ("functions", "infra") for p in (ROOT / top).rglob("*.py"))
OURS = {"functions", "infra"}
ITSELF = {"self", "cls"}
FOR_TYPES = {"_typeshed"}  # what type checkers know of the standard library, for annotations alone
BY_NAME = {"getattr", "setattr", "hasattr", "delattr", "attrgetter", "methodcaller"}
FOR_TESTS = {"unittest", "pytest", "moto"}


def private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def named(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""


class Reader(ast.NodeVisitor):
    """What a module does with what is not its own."""

    def __init__(self, tree: ast.Module) -> None:
        self.found: list[str] = []
        self.imported: dict[str, str] = {}  # names here, and what they stand for
        self.classes: dict[str, ast.ClassDef] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                self._import(node)
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
        for node in ast.walk(tree):  # x = imported.thing
            if isinstance(node, ast.Assign) and self._is_imported(node.value):
                names = (t.id for t in node.targets if isinstance(t, ast.Name))
                self.imported |= dict.fromkeys(names, "?")
        self.visit(tree)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        stem = f"{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
        for each in node.names:
            whole = stem + each.name
            local = each.asname or (each.name if stem else each.name.partition(".")[0])
            self.imported[local] = whole
            first, *parts = whole.split(".")
            if first not in FOR_TYPES and (
                any(map(private, parts)) or (private(first) and first not in OURS)
            ):
                self.found.append(f"{node.lineno}: imports {whole}")
            if first in FOR_TESTS:
                self.found.append(f"{node.lineno}: imports {whole}, which is for tests")

    def _is_imported(self, node: ast.AST) -> bool:
        """Whether this is an imported module, class or function, or a part of one."""
        if isinstance(node, ast.Call):
            return named(node.func) in ("importlib.import_module", "import_module", "__import__")
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.imported

    def visit_Attribute(self, node: ast.Attribute) -> None:
        own = isinstance(node.value, ast.Name) and node.value.id in ITSELF
        if private(node.attr) and not own:
            self.found.append(f"{node.lineno}: {ast.unparse(node)}")
        if isinstance(node.ctx, ast.Store | ast.Del) and self._is_imported(node.value):
            self.found.append(f"{node.lineno}: writes {ast.unparse(node)}")
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        written = isinstance(node.ctx, ast.Store | ast.Del)
        if written and (
            (isinstance(node.value, ast.Attribute) and node.value.attr in ("__dict__", "modules"))
            or (isinstance(node.value, ast.Call) and named(node.value.func) == "vars")
        ):
            self.found.append(f"{node.lineno}: writes {ast.unparse(node)}")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        called = named(node.func).rpartition(".")[2]
        words = [a.value for a in node.args if isinstance(a, ast.Constant)]
        itself = bool(node.args) and named(node.args[0]) in ITSELF
        if (
            called in BY_NAME
            and not itself
            and any(isinstance(w, str) and private(w) for w in words)
        ):
            self.found.append(f"{node.lineno}: {ast.unparse(node)}")
        writes = called in ("setattr", "delattr", "__setattr__", "__delattr__")
        if writes and node.args and self._is_imported(node.args[0]):
            self.found.append(f"{node.lineno}: writes {ast.unparse(node)}")
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """A class made of somebody else's has private names of its own only, and none of theirs."""
        if strangers := list(self._strangers(node)):
            defined = set(self._defined(node))
            for each in filter(_is_own, ast.walk(node)):
                if private(each.attr) and each.attr not in defined:
                    told = f"{ast.unparse(each)} is not of {node.name}"
                    self.found.append(f"{each.lineno}: {told}")
            for name in sorted(filter(private, defined)):
                if any(hasattr(stranger, name) for stranger in strangers):
                    self.found.append(f"{node.lineno}: {node.name}.{name} replaces theirs")
        self.generic_visit(node)

    def _strangers(self, node: ast.ClassDef) -> Iterator[object]:
        """The classes from elsewhere that a class is made of, over those of this module."""
        for base in node.bases:
            name = named(base.value if isinstance(base, ast.Subscript) else base)
            if name in self.classes:
                yield from self._strangers(self.classes[name])
            elif (first := name.partition(".")[0]) in self.imported:
                whole = self.imported[first] + name.removeprefix(first)
                if whole.partition(".")[0] not in OURS:
                    yield _object(whole)

    def _defined(self, node: ast.ClassDef) -> Iterator[str]:
        for base in map(named, node.bases):
            if base in self.classes:
                yield from self._defined(self.classes[base])
        for each in ast.walk(node):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                yield each.name
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
                yield each.id
            elif _is_own(each) and isinstance(each.ctx, ast.Store):
                yield each.attr


def _is_own(node: ast.AST) -> TypeGuard[ast.Attribute]:
    """Whether this is an attribute of ``self``."""
    return isinstance(node, ast.Attribute) and named(node.value) in ITSELF


def _object(whole: str) -> object:
    module, _, name = whole.rpartition(".")
    return getattr(importlib.import_module(module), name)


def findings(source: str) -> list[str]:
    return Reader(ast.parse(source)).found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_nothing_private_of_others_is_used_and_nothing_replaced(path: Path) -> None:
    assert findings(path.read_text(encoding="utf-8")) == []


WRONG = {
    "attribute": "from pynamodb.connection import Connection\nConnection()._client",
    "attribute of ours": "def f(services): return services.cases._settings",
    "attribute set": "def f(shared, own): shared._client = own",
    "by its name": "def f(x): return getattr(x, '_client')",
    "module": "import pynamodb.connection._botocore_private",
    "name of a module": "from sys import _getframe",
    "module replaced": "import socket\nsocket.getaddrinfo = print",
    "name of a class replaced": "from botocore.client import BaseClient\nBaseClient.close = print",
    "ours replaced": "from functions.kernel import text\ntext.clean = print",
    "under another name": "import socket as s\nt = s\nt.getaddrinfo = print",
    "imported late": "import importlib\nm = importlib.import_module('json')\nm.loads = print",
    "by setattr": "import socket\nsetattr(socket, 'getaddrinfo', print)",
    "deleted": "import socket\ndel socket.getaddrinfo",
    "in its dictionary": "def f(entry): entry.__dict__['works'] = None",
    "by vars": "import socket\nvars(socket)['getaddrinfo'] = print",
    "whole module": "import sys\nsys.modules['click'] = None",
    "theirs in a child": "from botocore.auth import SigV4Auth\n"
    "class Signer(SigV4Auth):\n    def f(self): return self._region_name",
    "theirs replaced in a child": "from http.client import HTTPConnection\n"
    "class Own(HTTPConnection):\n    def _send_output(self): pass",
    "theirs in a grandchild": "from flask import Flask\nclass A(Flask): pass\n"
    "class B(A):\n    def f(self): return self._check_setup_finished()",
    "tool of tests": "from unittest.mock import patch",
}
RIGHT = {
    "own": "class A:\n    def __init__(self): self._x = 1\n    def f(self): return self._x",
    "own in a child": "from flask import Flask\nclass A(Flask):\n"
    "    def f(self): self._mine = 1\n    def g(self): return self._mine",
    "settings of an object": "from hypercorn.config import Config\nc = Config()\nc.bind = []",
    "environment": "import os\nos.environ['A'] = 'b'",
    "names of Python": "def f(module): return module.__name__, getattr(module, '__file__', None)",
    "types": "from _typeshed.wsgi import StartResponse",
    "frozen": "class A:\n    def __post_init__(self): object.__setattr__(self, 'x', 1)",
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_is_found(name: str) -> None:
    assert findings(WRONG[name])


@pytest.mark.parametrize("name", RIGHT)
def test_right_is_not(name: str) -> None:
    assert findings(RIGHT[name]) == []
