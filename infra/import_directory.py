"""``python -m infra.import_directory FILE``: bring the organisation's directory up to date."""

import os
import sys
from pathlib import Path

from functions import lists
from functions.kernel.directory import DirectoryError, DirectoryFile, file_problem
from functions.kernel.errors import KapulaError
from functions.render.directory.forms import operator_lines
from functions.services.container import Services
from functions.services.directory.importing import FileKind, import_directory

_KINDS: dict[str, FileKind] = {".yaml": "yaml", ".yml": "yaml", ".csv": "csv"}


def import_file(services: Services, path: Path) -> int:
    """Save every entry of a file and return how many; ``DirectoryError``: none was saved."""
    return len(_imported(services, path).entries)


def main(arguments: list[str]) -> int:
    """Import one file. Exit code 0; 1 if anything was wrong; 2 if no file was named."""
    if len(arguments) != 1:
        print("Usage: python -m infra.import_directory FILE", file=sys.stderr)
        return 2
    from functions.bootstrap import build, settings_from  # reads the settings, so not on import

    try:
        file = _imported(build(settings_from(os.environ)), Path(arguments[0]))
    except DirectoryError as error:
        print("\n".join(operator_lines(error.problems)), file=sys.stderr)
    except OSError as error:
        print(error, file=sys.stderr)
    except KapulaError as error:
        print(f"The directory was not imported whole ({error}). Try again.", file=sys.stderr)
    else:
        print(summary(file))
        return 0
    return 1


def summary(file: DirectoryFile) -> str:
    """``Imported 4 units, 1 domain, 2 coordinators, 6 supervisors.``"""
    counted = ((known, len(file.of(known.name))) for known in lists.file_order())
    parts = (f"{n} {known.kind if n == 1 else known.name}" for known, n in counted if n)
    return f"Imported {', '.join(parts)}."


def _imported(services: Services, path: Path) -> DirectoryFile:
    kind = _KINDS.get(path.suffix.lower())
    if kind is None:
        wrong = f"the name must end in {', '.join(_KINDS)}"
        raise DirectoryError([file_problem(1, "file", wrong)])
    return import_directory(path.read_bytes(), kind, services.directory, services.clock.now())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
