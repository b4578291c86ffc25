"""Desks come right, and their mails leave, whatever call fails on the way."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.entry.indexer import app as indexer
from functions.services.desk.index import index_case, worklist_items
from tests.faults.faulty import WAYS, Crash
from tests.faults.journey import MANAGER, begin, walk_to


@pytest.fixture(scope="class")
def starts(rig):
    return walk_to(rig, "accept")


def the_case(rig):
    """The one case there is."""
    (case_id,) = {i["case"]["S"] for (t, _), i in rig.tables("cases").items() if "salt" in i and t}
    return case_id


def event(case_id):
    keys = {"case": {"S": case_id}, "part": {"S": "case"}}
    return {"Records": [{"dynamodb": {"Keys": keys, "SequenceNumber": "1"}}]}


def right(rig, case_id):
    """Whether the desks show the case as it stands and nothing else."""
    case = rig.services.cases.several([case_id])[case_id]
    wanted = {(c.desk, c.sort_key) for c in worklist_items(rig.services, case)}
    rows = [i for (table, _), i in rig.tables("desks").items() if table == "desks"]
    laid = {(i["desk"]["S"], i["sort_key"]["S"]) for i in rows if "version" not in i}
    return laid == wanted == set(rig.services.desks.indexed(case_id).fingerprints)


class TestIndexer:
    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("stage", ["endorse", "accept"])
    def test_every_call_fails_once(self, rig, starts, way, stage):
        begin(rig, starts[stage])
        case_id = the_case(rig)
        rig.tap.arm()
        index_case(rig.services, case_id)
        calls = [name for name, *_ in rig.tap.calls]
        assert calls == ["GetItem", "Query", "Query", "TransactWriteItems"]  # the case, its timers
        for number in range(1, len(calls) + 1):
            begin(rig, starts[stage])
            rig.tap.arm(number, way)
            try:
                answer = indexer.handle(rig.services, event(case_id))
            except Crash:
                answer = {"batchItemFailures": [{"itemIdentifier": "1"}]}
            rig.tap.arm()
            assert right(rig, case_id) or answer["batchItemFailures"]
            assert indexer.handle(rig.services, event(case_id)) == {"batchItemFailures": []}
            assert right(rig, case_id)

    def test_many_at_once_agree(self, rig, starts):
        begin(rig, starts["accept"])
        case_id = the_case(rig)
        with ThreadPoolExecutor(8) as pool:
            events = [event(case_id)] * 24
            answers = list(pool.map(lambda each: indexer.handle(rig.services, each), events))
        assert right(rig, case_id)
        assert {"batchItemFailures": []} in answers


class TestLink:
    @pytest.mark.parametrize("way", WAYS)
    def test_every_call_fails_once(self, rig, starts, way):
        """Of asking: what was answered with a page is sent; of sending: it is sent all the same."""
        begin(rig, starts["endorse"])
        index_case(rig.services, the_case(rig))
        rig.clock.forward(hours=WAYS.index(way))  # a write is repeated by its token: not here
        start = rig.tables()
        form = {"email": MANAGER, "_lang": "fi"}
        rig.tap.arm()
        assert rig.apps["desk"].post("/api/desk", data=form).status_code == 200
        asking = len(rig.tap.calls)
        rig.pump.drain()
        both = len(rig.tap.calls)
        assert [m.to for m in rig.mails()] == [MANAGER]
        for number in range(1, both + 1):
            rig.restore(start)
            rig.clock.forward(seconds=1)
            rig.tap.arm(number, way)
            try:
                status = rig.apps["desk"].post("/api/desk", data=form).status_code
            except Crash:
                status = 500
            if number <= asking:
                rig.tap.arm()
            rig.pump.drain()
            rig.tap.arm()
            rig.settle()
            sent = [m.to for m in rig.mails()]
            assert status in (200, 429, 500, 503)
            assert set(sent) <= {MANAGER}
            assert len(sent) in ((1, 2) if status == 200 else (0, 1)), (number, way, sent)
