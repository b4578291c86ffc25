"""``python -m infra.site.duties``: write docs/duties.md from the table that the desk asks."""

from pathlib import Path

from functions import lists
from functions.services.desk.duties import rights

FILE = Path(__file__).parents[2] / "docs" / "duties.md"
_HEAD = """\
# Duties: who may do what on the desk

Made from the table that the desk itself asks (`functions/kernel/duties.py`, and what lists and
processes add to it in `functions/services/desk/duties.py`) by `python -m infra.site.duties`; a test
compares.

What the duties are, and how somebody gets them: [directory.md](directory.md). *supervising* is
the duty of everybody among the supervisors. Who has no duty (an applicant, a line manager, a
client) sees their desk and the cases on it, and has none of the other pages.

- `desk` shows the cases in which the person has a place, and of these what the process says that
  their role sees. A place that somebody has because of the directory holds only while they are in
  office and have the duty for it.
- `people` is of the cases that the person looks after.
- `search` is in the cases that the person holds by one of these duties.
- `tables.…` has the cases in which the person holds the role of the table.

"""


def page() -> str:
    """The whole file."""
    every = lists.duties()
    lines = [f"| Page | Action | {' | '.join(every)} |", f"|---|---|{':-:|' * len(every)}"]
    for name, actions in rights().items():
        for action, duties in actions.items():
            ticks = " | ".join("yes" if duty in duties else "–" for duty in every)
            lines.append(f"| `{name}` | {action} | {ticks} |")
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(page(), encoding="utf-8")
