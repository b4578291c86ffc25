"""Cuts the libraries of a package down to what its function uses.

Everything here is data that is read at a start (botocore's models, certificates) or that
weighs without being read (locales, time zones, tests). `smoke.py` shows that what is left
is enough.
"""

import gzip
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

LOCALES = ("root", "fi", "fi_FI", "sv", "sv_FI", "en", "en_001", "en_150", "en_GB", "en_FI")
ZONES = ("Europe/Helsinki",)
# AWS's endpoints chain to Amazon's own roots, or to the Starfield one that cross-signs them.
ROOTS = ("Amazon Root CA", "Starfield Services Root Certificate Authority - G2")
# What kernel/identifiers.py and kernel/countries.py ask of python-stdnum, and what that imports
# itself.
_COUNTRY_FILES = """
    at/postleitzahl at/uid at/vnr be/nn be/vat bg/egn bg/pnf bg/vat ch/uid ch/vat cy/vat
    cz/dic cz/rc de/handelsregisternummer de/vat dk/cpr dk/cvr ee/ik ee/kmkr ee/registrikood
    es/cif es/dni es/nie es/nif eu/oss eu/vat fi/alv fi/hetu fi/ytunnus fr/accise fr/siren
    fr/tva gb/vat gr/vat hr/oib hu/anum ie/vat it/iva lt/pvm lu/tva lv/pvn mt/vat nl/bsn
    nl/btw nl/postcode no/fodselsnummer no/mva no/orgnr pl/nip pt/nif ro/cf ro/cnp ro/cui
    se/orgnr se/personnummer se/postnummer se/vat si/ddv si/emso si/maticna sk/dph sk/rc
"""
_BY_COUNTRY = _COUNTRY_FILES.split()
STANDARDS = (
    *("__init__.py", "exceptions.py", "util.py", "numdb.py", "iban.py", "iban.dat"),
    *("bic.py", "ean.py", "luhn.py"),
    *("iso7064/__init__.py", "iso7064/mod_97_10.py", "iso7064/mod_11_10.py"),
    *dict.fromkeys(f"{name.partition('/')[0]}/__init__.py" for name in _BY_COUNTRY),
    *(f"{name}.py" for name in _BY_COUNTRY),
)
_ENDPOINT_NAMES = {"dynamodb": "dynamodb", "sesv2": "email", "ssm": "ssm"}
_BOTOCORE_FILES = ("_retry.json", "partitions.json", "sdk-default-configuration.json")


def trim(libraries: Path, operations: Mapping[str, Iterable[str]]) -> None:
    """Cut everything in a folder of installed distributions."""
    for record in libraries.glob("*.dist-info"):
        shutil.rmtree(record)
    for tests in [*libraries.rglob("tests"), *libraries.rglob("testing")]:
        shutil.rmtree(tests, ignore_errors=True)
    for unused in (*libraries.rglob("*.pyi"), *libraries.rglob("py.typed")):
        unused.unlink()
    # What urllib3 is in browsers; it is imported nowhere else.
    shutil.rmtree(libraries / "urllib3" / "contrib" / "emscripten", ignore_errors=True)
    _trim_botocore(libraries / "botocore", operations)
    _trim_locales(libraries / "babel")
    _trim_zones(libraries / "tzdata")
    trim_standards(libraries / "stdnum")
    trim_invoices(libraries / "drafthorse")
    for archive in (libraries / "dateutil").rglob("*.tar.gz"):
        archive.unlink()


def cut_model(model: dict[str, Any], operations: Iterable[str]) -> dict[str, Any]:
    """A botocore service model with these operations only, and the shapes they lead to."""
    kept = {name: model["operations"][name] for name in sorted(operations)}
    shapes: dict[str, Any] = {}
    todo = list(_shape_names(kept))
    while todo:
        name = todo.pop()
        if name not in shapes:
            shapes[name] = model["shapes"][name]
            todo += _shape_names(shapes[name])
    cut = {**model, "operations": kept, "shapes": dict(sorted(shapes.items()))}
    return _undocumented(cut)  # type: ignore[no-any-return]


def _shape_names(node: Any) -> Iterator[str]:
    """The values of every `"shape": name` below."""
    if isinstance(node, dict):
        if isinstance(node.get("shape"), str):
            yield node["shape"]
        for inner in node.values():
            yield from _shape_names(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _shape_names(inner)


def _undocumented(node: Any) -> Any:
    """Without the texts for people. A member called `documentation` is a table, so it stays."""
    if isinstance(node, dict):
        return {
            key: _undocumented(inner)
            for key, inner in node.items()
            if not (key == "documentation" and isinstance(inner, str))
        }
    return [_undocumented(inner) for inner in node] if isinstance(node, list) else node


def _trim_botocore(package: Path, operations: Mapping[str, Iterable[str]]) -> None:
    data, kept = package / "data", package / "data.kept"
    kept.mkdir()
    _keep_models(data, kept, operations)
    shutil.rmtree(data)
    kept.rename(data)
    bundle = package / "cacert.pem"
    bundle.write_text(cut_bundle(bundle.read_text(encoding="utf-8")), encoding="utf-8")


def _keep_models(data: Path, kept: Path, operations: Mapping[str, Iterable[str]]) -> None:
    for name in _BOTOCORE_FILES:
        shutil.copy(data / name, kept / name)
    for service, names in operations.items():
        version = max(path.name for path in (data / service).iterdir())
        folder = kept / service / version
        folder.mkdir(parents=True)
        model = cut_model(_load(data / service / version / "service-2"), names)
        _dump(model, folder / "service-2.json")
        rules = _load(data / service / version / "endpoint-rule-set-1")
        _dump(rules, folder / "endpoint-rule-set-1.json")
    _dump(_cut_endpoints(_load(data / "endpoints"), operations), kept / "endpoints.json")


def _cut_endpoints(endpoints: dict[str, Any], services: Iterable[str]) -> dict[str, Any]:
    names = {_ENDPOINT_NAMES[service] for service in services}
    for partition in endpoints["partitions"]:
        partition["services"] = {k: v for k, v in partition["services"].items() if k in names}
    return endpoints


def cut_bundle(bundle: str) -> str:
    """Of a bundle of certificates with comments, as botocore's is, Amazon's own roots."""
    kept = [
        block
        for block in bundle.split("\n# Issuer: ")
        if any(f"Subject: CN={name}" in block for name in ROOTS)
    ]
    if len(kept) < len(ROOTS):
        raise ValueError("the certificates are not laid out as expected")
    return "".join(f"# Issuer: {block.strip()}\n\n" for block in kept)


def _trim_locales(package: Path) -> None:
    if package.exists():
        for path in (package / "locale-data").glob("*.dat"):
            if path.stem not in LOCALES:
                path.unlink()


def _trim_zones(package: Path) -> None:
    if not package.exists():
        return
    zones = {package / "zoneinfo" / name for name in ZONES}
    for path in sorted((package / "zoneinfo").rglob("*")):
        if path.is_file() and path not in zones and path.name != "__init__.py":
            path.unlink()


def trim_standards(package: Path) -> None:
    """Leave of python-stdnum only `STANDARDS`."""
    kept = {package / name for name in STANDARDS}
    for path in sorted(package.rglob("*"), reverse=True):  # what is in a folder before itself
        if path.is_file() and path not in kept:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def trim_invoices(package: Path) -> None:
    """Leave of drafthorse what writes XML: schemas are for checks with lxml, the rest for PDF."""
    shutil.rmtree(package / "schema", ignore_errors=True)
    for name in ("pdf.py", "xmp_schema.py"):
        (package / name).unlink(missing_ok=True)


def _load(path: Path) -> dict[str, Any]:
    """A data file of botocore, compressed or not."""
    packed = path.with_name(path.name + ".json.gz")
    if packed.exists():
        return json.loads(gzip.decompress(packed.read_bytes()))  # type: ignore[no-any-return]
    return json.loads(path.with_name(path.name + ".json").read_bytes())  # type: ignore[no-any-return]


def _dump(data: Any, path: Path) -> None:
    """Not compressed: the zip is, and a start need not be slowed by unpacking twice."""
    path.write_text(json.dumps(data, separators=(",", ":")), encoding="utf-8")
