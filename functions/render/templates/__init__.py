"""Jinja2 templates, all autoescaped; an undefined name is an error, not an empty string."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("functions.render", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def template(name: str) -> Template:
    """A compiled template by its file name."""
    return _environment().get_template(name)
