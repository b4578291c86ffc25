"""Builds the public site: one strict MkDocs build per language, then the shared files.

Three builds and not one, because each language then has its own search index, sitemap
and 404 page. They run as processes of their own so that both cores work and so that
strict mode is MkDocs's own: any warning ends the build with an error.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin

from functions.processes import NAMES
from functions.render.text.texts import page_text
from infra.site.blocks import WAYS
from infra.site.check import check_site, inline_script_hashes
from infra.site.export import SCHEMA, definition_json
from infra.site.organisation import ROOT, Facts, fact, load, stylesheet
from infra.site.schema import schema_json

LANGS = {"fi": "", "sv": "sv/", "en": "en/"}
_PRUNED = ("assets/javascripts", "assets/stylesheets", "assets/images")


class SiteBuildError(RuntimeError):
    """MkDocs refused; the message carries what it said."""


def build_site(out: Path, site_url: str | None = None) -> None:
    """Write the whole site to `out`, replacing what was there only when the new one is whole.

    `site_url` overrides the address in organisation.toml (used for canonical and
    language links and the sitemap). Raises SiteBuildError, SiteCheckError or
    OrganisationError.
    """
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    facts = load()
    address = site_url or fact(facts, "site_url", "fi")
    with TemporaryDirectory(prefix="site-", dir=out.parent) as folder:
        work = Path(folder)
        configs = [_write_config(work, lang, address, facts) for lang in LANGS]
        with ThreadPoolExecutor(max_workers=min(len(configs), os.cpu_count() or 1)) as pool:
            list(pool.map(_mkdocs, configs))
        whole = _compose(work)
        _write_shared(whole, address, facts)
        check_site(whole, address)
        shutil.rmtree(out, ignore_errors=True)
        shutil.move(whole, out)
    policy = json.dumps({"script-src": inline_script_hashes(out)})
    (out.parent / "csp.json").write_text(policy + "\n", encoding="utf-8")


def _write_config(work: Path, lang: str, address: str, facts: Facts) -> Path:
    """Write the small generated config of one language, on top of the hand-written one.

    JSON is YAML; so nothing but the standard library is needed to write it.
    """
    base = ROOT / "mkdocs.yml" if lang == "fi" else ROOT / "site" / f"{lang}.yml"
    config = {
        "INHERIT": os.path.relpath(base, work),
        "docs_dir": str(ROOT / "site" / lang),
        "site_dir": str(work / lang),
        "site_url": urljoin(address, LANGS[lang]),
        "theme": {"custom_dir": str(ROOT / "site" / "theme")},
        "extra": {
            "root_url": address,
            "organisation": _local_facts(facts, lang),
            "ways": {way: _way(lang, way) for way in WAYS},
        },
    }
    path = work / f"{lang}.yml"
    path.write_text(json.dumps(config, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def _way(lang: str, name: str) -> dict[str, str]:
    """Return what a page that is linked from every page is called, and its path.

    Site and served pages take both from the same texts, so that they cannot differ.
    """
    return {"label": page_text(lang, f"page.{name}"), "path": page_text(lang, f"page.{name}_path")}


def _local_facts(facts: Facts, lang: str) -> dict[str, object]:
    """Return the facts with every per-language table replaced by this language's text."""
    local: dict[str, object] = {}
    for key, value in facts.items():
        if isinstance(value, Mapping):
            local[key] = value[lang] if lang in value else _local_facts(value, lang)
        else:
            local[key] = value
    return local


def _mkdocs(config: Path) -> None:
    """Run one strict build; never with `-q`, which would hide warnings from strict mode."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(config)]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SiteBuildError(f"{config.stem}: {done.stdout}{done.stderr}")


def _compose(work: Path) -> Path:
    """Put the languages under one root, where they share its assets; return the root.

    Material's own scripts and styles are dropped: no page of ours loads them.
    """
    root = work / "fi"
    for lang, prefix in LANGS.items():
        if prefix:
            shutil.rmtree(work / lang / "assets")
            shutil.move(work / lang, root / lang)
    for folder in _PRUNED:
        shutil.rmtree(root / folder, ignore_errors=True)
    for archive in root.rglob("sitemap.xml.gz"):
        archive.unlink()  # its timestamp would make every build differ
    return root


def _write_shared(out: Path, address: str, facts: Facts) -> None:
    """Write what is generated from code and settings rather than from pages."""
    (out / "assets/kapula/organisation.css").write_text(stylesheet(facts), encoding="utf-8")
    maps = [f"Sitemap: {urljoin(address, prefix)}sitemap.xml" for prefix in LANGS.values()]
    robots = ["User-agent: *", "Disallow: /api/", *maps]
    (out / "robots.txt").write_text("\n".join(robots) + "\n", encoding="utf-8")
    folder = out / "definitions"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.json").write_text(definition_json(name), encoding="utf-8")
    (folder / SCHEMA).write_text(schema_json(), encoding="utf-8")


def main() -> None:
    """Command line: `python -m infra.site.build --out build/site`."""
    parser = argparse.ArgumentParser(description="Build the public site in three languages.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--site-url", help="address of the site, if not organisation.toml's")
    options = parser.parse_args()
    try:
        build_site(options.out, options.site_url)
    except (SiteBuildError, ValueError) as error:
        sys.exit(f"site: {error}")


if __name__ == "__main__":
    main()
