"""An import and a page that are saved at one moment: each is checked against what the other did."""

from collections.abc import Callable, Sequence

import pytest

from functions.kernel.directory import ChangeStamp, DirectoryError, DirectoryFile, keeps
from functions.kernel.directory_changes import DirectoryChange
from functions.services.directory.importing import import_directory
from tests.unit.test_directory_told import Kept

RETIRES_KIM = b"""
coordinators:
  - key: kim
    name: Kim
    email: kim@example.org
    language: fi
    duties: [directory]
    retired: yes
"""


@pytest.fixture
def office() -> Kept:
    return Kept()


def before_saving(office: Kept, act: Callable[[], None], times: int) -> None:
    """Let somebody act between what an import has read and what it saves."""
    save, left = office.directory.save, [times]

    def late(
        file: DirectoryFile,
        mark: ChangeStamp | None = None,
        changes: Sequence[DirectoryChange] = (),
        since: int | None = None,
    ) -> int:
        if left[0]:
            left[0] -= 1
            act()
        return save(file, mark, changes, since)

    office.directory.save = late  # type: ignore[method-assign]


def keepers(office: Kept) -> list[str]:
    return [e.key for e in office.directory.entries("coordinators") if keeps(e)]


def test_import_leaves_somebody_who_keeps_the_directory_whatever_a_page_does(office: Kept) -> None:
    kira = office.kept("coordinators", "kira")
    assert keepers(office) == ["kim", "kira"]
    finance = {**kira.facts, "duties": ("finance",)}

    def gives_up() -> None:
        office.directory._entries["coordinators", "kira"] = type(kira)(
            kira.source, kira.key, kira.names, finance
        )
        office.directory._revision += 1

    before_saving(office, gives_up, 1)
    with pytest.raises(DirectoryError):
        import_directory(RETIRES_KIM, "yaml", office.directory, office.clock.now())
    assert keepers(office) == ["kim"]


def test_import_that_is_overtaken_is_saved_all_the_same(office: Kept) -> None:
    before_saving(office, lambda: moved(office), 2)
    import_directory(RETIRES_KIM, "yaml", office.directory, office.clock.now())
    assert keepers(office) == ["kira"]


def moved(office: Kept) -> None:
    office.directory._revision += 1


def test_import_that_is_overtaken_each_time_says_so(office: Kept) -> None:
    before_saving(office, lambda: moved(office), 99)
    with pytest.raises(DirectoryError, match="import it again"):
        import_directory(RETIRES_KIM, "yaml", office.directory, office.clock.now())
    assert keepers(office) == ["kim", "kira"]
