"""How long tests take is read from pytest's own report, and is about tests that exist."""

from pathlib import Path

from tests.seconds import noted, of_files, read, scope, shortest

ROOT = Path(__file__).parents[2]
REPORT = """<testsuites><testsuite>
<testcase classname="tests.unit.test_a" name="test_one" time="0.7"/>
<testcase classname="tests.unit.test_a" name="test_two" time="0.6"/>
<testcase classname="tests.faults.test_b.TestC" name="test_one" time="9.04"/>
<testcase classname="tests.faults.test_b.TestD" name="test_one" time="0.1"/>
</testsuite></testsuites>"""


def test_seconds_are_summed_by_file_or_class_and_small_ones_left_out():
    assert read(REPORT) == {"tests/faults/test_b.py::TestC": 9.0, "tests/unit/test_a.py": 1.3}


def test_what_is_noted_is_there():
    assert len(noted()) > 50
    assert min(noted().values()) > 0
    for name in noted():
        file, _, rest = name.partition("::")
        text = (ROOT / file).read_text("utf-8")
        assert not rest or f"class {rest}" in text or f"\n{rest} = " in text, name


def test_scope_of_a_class_within_a_file_is_that_of_xdist(request):
    here = request.node.nodeid.rpartition("::")[0]
    assert scope("tests.unit.test_seconds.TestX") == f"{here}::TestX"


SECONDS = {"a.py": 9.0, "b.py": 2.0, "c.py::D": 3.0, "c.py::E": 0.5}
SCOPES = ["a.py", "b.py", "c.py::D", "c.py::E", "new.py"]


def test_within_a_time_the_shortest_are_chosen_and_the_new_ones():
    assert shortest(SCOPES, SECONDS, 0) == {"new.py"}
    assert shortest(SCOPES, SECONDS, 5.4) == {"new.py", "c.py::E", "b.py"}
    assert shortest(SCOPES, SECONDS, 5.5) == {"new.py", "c.py::E", "b.py", "c.py::D"}
    assert shortest(SCOPES, SECONDS, 99) == {*SCOPES}


def test_a_file_is_as_long_as_its_classes_together():
    assert of_files(SCOPES, SECONDS) == {"a.py": 9.0, "b.py": 2.0, "c.py": 3.5, "new.py": 0.0}
