"""Stand-ins: loud when they are used, of modules that exist, and enough for every answer."""

import importlib
import shutil
import sys

import pytest

from infra.deploy import smoke
from infra.deploy.install import PackagingError
from infra.deploy.package import lay_out
from infra.deploy.plan import FUNCTIONS, here
from infra.deploy.standins import ALWAYS, WITHOUT_MAIL, StandIn, put, source_of, stand_ins_of

BY_NAME = {f.name: f for f in FUNCTIONS}
REAL = "import os\nclass Kept:\n    word = 'real'\nclass Gone:\n    pass\n"
STAND_IN = StandIn(
    "nobody asks", ("Used", "Base"), ("Made",), ("Kept",), (("PurePath", "pathlib"),)
)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """A stand-in as it is put into a package."""
    library = tmp_path / "library_of_a_test"
    library.mkdir()
    (library / "__init__.py").write_text("")
    (library / "part.py").write_text(REAL)
    put(tmp_path, {"library_of_a_test.part": STAND_IN})
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("library_of_a_test.part")
    for name in [n for n in sys.modules if n.startswith("library_of_a_test")]:
        del sys.modules[name]


def test_names_can_be_imported_annotated_and_subclassed(module):
    class Child(module.Base):
        pass

    def annotated(given: module.Used) -> module.Used | None: ...

    assert not isinstance(1, module.Used)
    assert module.Kept.word == "real"
    assert module.PurePath("a").name == "a"
    module.Made(1, a=2).name = "x"


@pytest.mark.parametrize(
    ("use", "named"),
    [
        (lambda m: m.Used(), "Used"),
        (lambda m: m.Used.method, "Used.method"),
        (lambda m: type("Child", (m.Base,), {})(), "Child"),
        (lambda m: m.Made().method, "Made.method"),
        (lambda m: m.Gone, "Gone"),
        (lambda m: exec("from library_of_a_test.part import Gone"), "Gone"),
    ],
)
def test_use_is_refused_and_says_why(module, use, named):
    with pytest.raises(RuntimeError, match=rf"part\.{named} is used.*stand-in: nobody asks"):
        use(module)


def test_functions_without_mail_have_more_of_them():
    assert stand_ins_of({}) == {**ALWAYS, **WITHOUT_MAIL}
    assert stand_ins_of({"sesv2": ("SendEmail",)}) == ALWAYS


def test_package_becomes_one_module_with_nothing_below(tmp_path):
    (tmp_path / "click" / "deep").mkdir(parents=True)
    (tmp_path / "click" / "__init__.py").write_text("from .deep import x\n")
    put(tmp_path, {"click": StandIn("no commands")})
    assert [p.name for p in (tmp_path / "click").iterdir()] == ["__init__.py"]


def test_module_that_is_gone_cannot_be_imported(module, tmp_path):
    put(tmp_path, {"library_of_a_test.part": StandIn("nobody asks", gone=True)})
    del sys.modules["library_of_a_test.part"]
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("library_of_a_test.part")


def test_library_that_is_not_there_needs_none(tmp_path):
    put(tmp_path, {"click": StandIn("no commands")})
    assert list(tmp_path.iterdir()) == []


def test_stand_in_for_what_is_gone_is_noticed(tmp_path):
    (tmp_path / "flask").mkdir()
    with pytest.raises(PackagingError, match=r"flask\.gone is not there"):
        put(tmp_path, {"flask.gone": StandIn("x")})
    with pytest.raises(PackagingError, match="has no Lost any more"):
        source_of("flask.gone", StandIn("x", kept=("Lost",)), REAL)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("werkzeug.routing.matcher", "StateMachineMatcher"),  # every request
        ("jinja2.nodes", "EvalContext"),  # every page
        ("botocore.retries.quota", "RetryQuota"),  # trouble with AWS
    ],
)
def test_package_that_uses_one_is_refused(tmp_path, module, name):
    roots = lay_out(BY_NAME["public"], here(), sys.executable, tmp_path / "ours")
    library = tmp_path / "library"
    shutil.copytree(roots[1], library, ignore=shutil.ignore_patterns("__pycache__"))
    put(library, {module: StandIn("a try", ("Template", name))})
    with pytest.raises(PackagingError, match=f"{name} is used, and is only a stand-in"):
        smoke.run(BY_NAME["public"], [roots[0], library], sys.executable)
