"""``python -m infra.site.floor_plan``: write the table of rooms in docs/floor-plan.md."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docs" / "floor-plan.md"
BEGIN, END = "<!-- rooms: made by infra.site.floor_plan -->", "<!-- end of rooms -->"


def packages() -> list[Path]:
    """Every package of the code but single processes, outer ones first."""
    found = [p.parent for top in ("functions", "infra") for p in (ROOT / top).rglob("__init__.py")]
    processes = ROOT / "functions" / "processes"
    return sorted(p for p in found if p.parent != processes)


def table() -> str:
    """The rooms: each package with the first line about it, and its modules."""
    lines = ["| Room | What is in it | Modules |", "|---|---|---|"]
    for folder in packages():
        docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
        modules = sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__")
        path, what = folder.relative_to(ROOT).as_posix(), docstring.split("\n")[0]
        lines.append(f"| `{path}/` | {what} | {', '.join(modules) or '–'} |")
    return "\n".join(lines)


def with_table(page: str) -> str:
    """The page with the table as it should be."""
    made = f"{BEGIN}\n\n{table()}\n\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: made, page, flags=re.DOTALL)


if __name__ == "__main__":
    FILE.write_text(with_table(FILE.read_text(encoding="utf-8")), encoding="utf-8")
