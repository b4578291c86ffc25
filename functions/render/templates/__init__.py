"""Jinja2 templates, all autoescaped; an undefined name is an error, not an empty string."""

from functools import cache
from pathlib import Path

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
    Template,
    select_autoescape,
)

FOLDER = Path(__file__).parent
COMPILED = FOLDER / "compiled"


def environment(loader: BaseLoader) -> Environment:
    """How every template is compiled, wherever it comes from."""
    return Environment(
        loader=loader,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def precompile(target: Path) -> None:
    """Compile all templates to Python: for packaging, into ``compiled`` beside this file."""
    environment(FileSystemLoader(FOLDER)).compile_templates(target, ["html", "txt"], zip=None)


@cache
def _environment() -> Environment:
    ready = COMPILED.is_dir()
    return environment(ModuleLoader(COMPILED) if ready else FileSystemLoader(FOLDER))


@cache
def template(name: str) -> Template:
    """A compiled template by its file name."""
    return _environment().get_template(name)
