"""Two who change the directory at one moment, on true transactions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from functions.kernel.directory import ChangeStamp, DirectoryError, DirectoryFile
from functions.kernel.duties import DUTIES, declared
from functions.services.directory.edit import EntryChanged, EntryEdit, save, snapshot
from functions.services.directory.fields import asked_of, form_from
from functions.services.directory.sent_forms import fingerprint
from tests.faults.rig import Rig
from tests.faults.test_two_writers import at_once

ROUNDS = 10
BEGIN = datetime(2026, 8, 3, tzinfo=UTC)


class TestEditors:
    @pytest.fixture(autouse=True)
    def _everybody_looks_after_everything(self, rig: Rig) -> None:
        self.rig, self.imported = rig, BEGIN
        self.both_in_office()

    def both_in_office(self) -> None:
        directory = self.rig.services.directory
        people = [
            replace(e, retired=False, facts={**e.facts, "duties": DUTIES})
            for e in directory.entries("coordinators")
        ]
        units = [
            replace(e, facts={**e.facts, "coordinators": ("anna", "sten")})
            for e in directory.entries("units")
        ]
        self.imported += timedelta(minutes=1)
        mark = ChangeStamp(self.imported, "import")
        directory.save(DirectoryFile((*people, *units)), mark)

    def attempt(self, source: str, key: str, **typed: str) -> Callable[[], str]:
        present = snapshot(self.rig.services).entry(source, key)
        asked = asked_of(source, present, self.rig.services.directory.entries("coordinators"))
        form = {**form_from(asked, present), **typed}
        wish = EntryEdit(source, key, form, fingerprint(present), asked, "coordinators/other")

        def attempt() -> str:
            try:
                save(self.rig.services, wish)
            except (EntryChanged, DirectoryError) as error:
                return type(error).__name__
            return "saved"

        return attempt

    def test_of_two_last_coordinators_one_stays(self) -> None:
        for _ in range(ROUNDS):
            jobs = [self.attempt("coordinators", key, retired="yes") for key in ("anna", "sten")]
            assert sorted(at_once(*jobs)) == ["DirectoryError", "saved"]
            retired = [e.retired for e in self.rig.services.directory.entries("coordinators")]
            assert sorted(retired) == [False, True]
            self.both_in_office()

    def test_of_two_last_keepers_one_stays(self) -> None:
        for _ in range(ROUNDS):
            less = {"duties.directory": ""}
            jobs = [self.attempt("coordinators", key, **less) for key in ("anna", "sten")]
            assert sorted(at_once(*jobs)) == ["DirectoryError", "saved"]
            people = self.rig.services.directory.entries("coordinators")
            assert sorted("directory" in declared(e.facts) for e in people) == [False, True]
            self.both_in_office()

    def test_of_many_who_edit_one_entry_one_is_first(self) -> None:
        for number in range(ROUNDS):
            places = [f"Place {number} {n}" for n in range(5)]
            jobs = [self.attempt("supervisors", "testi", place=place) for place in places]
            ends = at_once(*jobs)
            assert sorted(ends) == ["EntryChanged"] * 4 + ["saved"]
            stored = snapshot(self.rig.services).entry("supervisors", "testi").facts["place"]
            assert stored == places[ends.index("saved")]

    def test_edits_of_different_entries_are_all_saved(self) -> None:
        keys = ("testi", "maija", "sam")
        jobs = [self.attempt("supervisors", key, place="Uusi paikka") for key in keys]
        assert at_once(*jobs) == ["saved"] * 3
