"""The organisation's own facts, read once from one file.

An organisation that takes Kapula into use edits `functions/organisation.toml` and nothing else; so
every page, stylesheet and mail must take names, contacts and colours from there.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "functions" / "organisation.toml"

# What coloured text is read against (kapula.css: --k-paper, --k-tint, light and dark).
_LIGHT = ("#ffffff", "#e6f0ee")
_DARK = ("#0d1a1e", "#15282d")
# Text on the accent (--k-on-turn), and the light ground that its edge must stand out from.
_ON_ACCENT = "#1a1204"
_ACCENT_GROUND = "#fdf1dc"
_MIN_TEXT_CONTRAST = 7.0
_MIN_EDGE_CONTRAST = 4.0

Facts = Mapping[str, object]


class OrganisationError(ValueError):
    """A fact is missing or unfit; the build must stop rather than publish a hole."""


def load(path: Path = FILE) -> Facts:
    """Return the facts as nested mappings (str -> str | mapping)."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def fact(facts: Facts, key: str, lang: str) -> str:
    """Return the text at a dotted `key`, in `lang` where it differs by language.

    Raises OrganisationError when there is no such text, so that a typing error in a
    page fails the build.
    """
    value: object = facts
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping):
        value = value.get(lang)
    if not isinstance(value, str):
        raise OrganisationError(f"organisation.toml has no text for {key!r} ({lang})")
    return value


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2, "relative luminance")."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio 1–21 of two `#rrggbb` colours (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def edge(colour: str, ground: str) -> str:
    """Return `colour` darkened until it stands out from `ground` as a border must.

    A warm accent is too light for that on white, and a dark one could carry no text.
    """
    share = 1.0
    darker = colour
    while contrast(darker, ground) < _MIN_EDGE_CONTRAST:
        share -= 0.02
        channels = (round(int(colour[i : i + 2], 16) * share) for i in (1, 3, 5))
        darker = "#" + "".join(f"{channel:02x}" for channel in channels)
    return darker


def stylesheet(facts: Facts) -> str:
    """Return CSS custom properties of the organisation's colours, checked for contrast.

    The check stands here because an organisation that changes its colours must not
    be able to publish pages that people cannot read.
    """
    colours = {
        name: fact(facts, f"colours.{name}", "fi")
        for name in ("primary", "primary_dark", "accent", "accent_dark")
    }
    pairs = [(colours["primary"], ground) for ground in _LIGHT]
    pairs += [(colours["primary_dark"], ground) for ground in _DARK]
    pairs += [(_ON_ACCENT, colours[name]) for name in ("accent", "accent_dark")]
    for colour, ground in pairs:
        if contrast(colour, ground) < _MIN_TEXT_CONTRAST:
            raise OrganisationError(f"{colour} on {ground} is below {_MIN_TEXT_CONTRAST}:1")
    colours["accent_edge"] = edge(colours["accent"], _ACCENT_GROUND)
    rules = "".join(
        f"  --org-{name.replace('_', '-')}: {value};\n" for name, value in colours.items()
    )
    return f":root {{\n{rules}}}\n"
