"""Packages: reproducible, compiled, cut to what is used, and shown to work on their own."""

import ast
import json
import shutil
import subprocess
import sys
import tomllib
import zipfile

import pytest

from functions.kernel.errors import WrongDefinition
from functions.processes import CHECKED
from infra.deploy import package, smoke
from infra.deploy.closure import distributions_of, modules_of
from infra.deploy.install import PackagingError, install
from infra.deploy.package import interpreter_for, lay_out, make_packages
from infra.deploy.plan import FUNCTIONS, LAMBDA, ROOT, here
from infra.deploy.trim import STANDARDS, cut_bundle, cut_model, trim_standards

BY_NAME = {f.name: f for f in FUNCTIONS}
TEXTS = (
    "functions/organisation",
    "functions/processes/supervision/texts/sv",
    "functions/processes/supervision/mails/confirm/fi",
    "functions/render/texts/desk.fi",
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    return folder, make_packages(here(), folder)


def test_packages_are_within_their_limits(packages):
    _, sizes = packages
    assert sorted(sizes) == sorted(BY_NAME)
    assert all(0 < size <= BY_NAME[name].limit for name, size in sizes.items())


def test_packages_of_the_same_tree_are_the_same_bytes(packages, tmp_path):
    folder, sizes = packages
    again = make_packages(here(), tmp_path)
    assert again == sizes
    for name in sizes:
        assert (tmp_path / f"{name}.zip").read_bytes() == (folder / f"{name}.zip").read_bytes()


def test_every_module_is_compiled(packages):
    folder, sizes = packages
    tag = sys.implementation.cache_tag
    for name in sizes:
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            names = set(archive.namelist())
        for source in (n for n in names if n.endswith(".py")):
            where, _, module = source.rpartition("/")
            compiled = f"{module.removesuffix('.py')}.{tag}.pyc"
            assert "/".join(filter(None, (where, "__pycache__", compiled))) in names


def test_only_documents_can_make_files_of_them(packages):
    folder, sizes = packages
    for name in sizes:
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            found = any(n.startswith("typst/") for n in archive.namelist())
        assert found == (name == "documents")


def test_definitions_are_checked_before_they_are_packaged(packages):
    folder, sizes = packages
    for name in sizes:
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            assert "functions/processes/checked" in archive.namelist()
    assert (
        not CHECKED.exists()
    )  # in the tree, where they can be changed, they are checked on import


def test_definition_that_is_broken_is_not_packaged(tmp_path, monkeypatch):
    processes = tmp_path / "functions" / "processes"
    processes.mkdir(parents=True)

    def refuse(name):
        raise WrongDefinition(name)

    monkeypatch.setattr(package.processes, "versions", refuse)
    with pytest.raises(WrongDefinition):
        package._read_ahead(tmp_path)
    assert list(processes.iterdir()) == []


def test_texts_of_processes_are_in_the_packages_that_speak(packages):
    folder, _ = packages
    for name in ("public", "party", "documents", "desk", "mailer", "clock"):
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            for text in TEXTS:
                source = tomllib.loads((ROOT / f"{text}.toml").read_text())
                assert json.loads(archive.read(f"{text}.json")) == source
                assert tomllib.loads(archive.read(f"{text}.toml").decode()) == {}  # not twice


@pytest.mark.parametrize("name", ["indexer", "bounces"])
def test_function_that_renders_nothing_has_no_templates_and_no_texts_of_pages(packages, name):
    folder, _ = packages
    with zipfile.ZipFile(folder / f"{name}.zip") as archive:
        assert not [n for n in archive.namelist() if n.startswith("functions/render/")]


@pytest.mark.parametrize("name", BY_NAME)
def test_function_has_models_of_what_it_calls_and_no_others(packages, name):
    folder, _ = packages
    with zipfile.ZipFile(folder / f"{name}.zip") as archive:
        names = archive.namelist()
    models = {n.split("/")[2] for n in names if n.startswith("botocore/data/") and n.count("/") > 2}
    mails = {"sesv2"} if name in ("mailer", "clock") else set()
    assert models == {"dynamodb", "ssm"} | mails
    assert not [n for n in names if n.startswith(("boto3/", "s3transfer/"))]


def test_functions_without_pages_have_no_web_framework():
    for name in ("mailer", "indexer", "clock", "bounces"):
        function = BY_NAME[name]
        modules, foreign = modules_of(function)
        assert "functions.entry.web" not in modules
        assert "flask" not in distributions_of(function, foreign, LAMBDA)


@pytest.mark.parametrize("name", [name for name in BY_NAME if name != "desk"])
def test_only_the_desk_reads_forms_and_files_of_the_directory(name):
    modules, foreign = modules_of(BY_NAME[name])
    assert not {m for m in modules if m.startswith("functions.services.directory.fields")}
    assert "pyyaml" not in distributions_of(BY_NAME[name], foreign, LAMBDA)


@pytest.mark.parametrize("name", [name for name in BY_NAME if name != "documents"])
def test_only_documents_get_the_library_of_invoices(name):
    modules, foreign = modules_of(BY_NAME[name])
    assert "functions.adapters.einvoice" not in modules
    found = distributions_of(BY_NAME[name], foreign, LAMBDA)
    assert found.isdisjoint({"drafthorse", "lxml", "pypdf"})


def test_package_that_lacks_a_library_is_noticed(tmp_path):
    roots = lay_out(BY_NAME["mailer"], here(), sys.executable, tmp_path / "ours")
    library = tmp_path / "library"
    shutil.copytree(roots[1], library)
    shutil.rmtree(library / "jinja2")
    with pytest.raises(PackagingError, match="jinja2"):
        smoke.run(BY_NAME["mailer"], [roots[0], library], sys.executable)


def test_one_thread_parses_at_a_time(tmp_path, monkeypatch):
    """Two that parse at once fail with a `SystemError` now and then, in Python 3.11."""
    held, parse = [], ast.parse

    def watched(*given, **named):
        held.append(package._one_at_a_time.locked())
        return parse(*given, **named)

    monkeypatch.setattr(ast, "parse", watched)
    lay_out(BY_NAME["public"], here(), sys.executable, tmp_path / "ours")
    assert held
    assert all(held)


def test_model_keeps_operations_and_their_shapes_only():
    model = {
        "metadata": {},
        "operations": {
            "Get": {"input": {"shape": "A"}, "documentation": "x"},
            "Put": {"input": {"shape": "B"}},
        },
        "shapes": {
            "A": {"type": "structure", "members": {"documentation": {"shape": "C"}}},
            "B": {"type": "string"},
            "C": {"type": "string", "documentation": "y"},
        },
    }
    assert cut_model(model, ["Get"]) == {
        "metadata": {},
        "operations": {"Get": {"input": {"shape": "A"}}},
        "shapes": {
            "A": {"type": "structure", "members": {"documentation": {"shape": "C"}}},
            "C": {"type": "string"},
        },
    }


CODES = """
import sys
sys.path[:0] = sys.argv[1:]
from functions.kernel import identifiers
print(identifiers.business_id("0000001-9"), identifiers.iban("FI05 0000 0000 0000 18"), identifiers.rf("1234561"))
"""


def test_standards_keep_no_other_country_and_still_work(tmp_path):
    libraries = tmp_path / "libraries"
    install({"python-stdnum"}, here(), libraries)
    trim_standards(libraries / "stdnum")
    left = {
        p.relative_to(libraries / "stdnum").as_posix() for p in (libraries / "stdnum").rglob("*.*")
    }
    assert left == set(STANDARDS)
    command = [sys.executable, "-S", "-I", "-B", "-c", CODES, str(ROOT), str(libraries)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0000001-9 FI0500000000000018 RF341234561\n", "")


def test_bundle_of_another_layout_is_refused():
    with pytest.raises(ValueError, match="laid out"):
        cut_bundle("-----BEGIN CERTIFICATE-----")


def test_packages_for_lambda_where_its_python_is(tmp_path):
    try:
        interpreter_for(LAMBDA)
    except PackagingError as missing:
        pytest.skip(str(missing))
    sizes = make_packages(LAMBDA, tmp_path)
    assert all(size <= BY_NAME[name].limit for name, size in sizes.items())
    with zipfile.ZipFile(tmp_path / "public.zip") as archive:
        names = archive.namelist()
    assert "functions/entry/public/__pycache__/handler.cpython-313.pyc" in names
    assert not [n for n in names if "x86_64" in n]
