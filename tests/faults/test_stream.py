"""The stream repeats, reorders, splits and loses; each mail leaves once all the same."""

import copy
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.entry.mailer import app as mailer
from infra.local.pump import Pump
from infra.local.stream import Checkpoint, StreamReader
from tests.faults.faulty import Crash
from tests.faults.journey import APPLICANT, COORDINATOR, MANAGER, STAGES, Person, begin, walk_to

ENDORSE = STAGES[2]


def unread(rig):
    """The records that are in the stream and were not yet handed to anybody."""
    records = []
    while page := rig.reader.read():
        records += page
    return records


def whole_stream(rig, tmp_path):
    """Every record that was ever written."""
    reader = StreamReader(rig.reader._client, rig.reader._arn, Checkpoint(tmp_path / "all.json"))
    records = []
    while page := reader.read():
        records += page
    return records


@pytest.fixture(scope="class")
def starts(rig):
    return walk_to(rig, "endorse")


class TestFirstTime:
    @pytest.fixture(autouse=True)
    def _endorsed(self, rig, starts):
        """An endorsement was written, its two mails wait, and nobody has read the stream."""
        begin(rig, starts["endorse"])
        page = ENDORSE.act(rig, Person(rig), starts["endorse"].tokens[MANAGER])
        assert page.status == 200
        assert rig.mails() == []

    def expect_both_once(self, rig):
        assert sorted(m.to for m in rig.mails()) == sorted([APPLICANT, COORDINATOR])
        assert rig.pending() == []

    def test_reversed_and_repeated_records_send_each_mail_once(self, rig):
        records = unread(rig)[::-1]
        for batch in (records, records[::-1], records):
            assert mailer.handle(rig.services, {"Records": batch}) == {"batchItemFailures": []}
        self.expect_both_once(rig)

    def test_two_mailers_at_once_send_each_mail_once(self, rig):
        records = unread(rig)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: mailer.handle(rig.services, {"Records": records}), range(8)))
        rig.settle()
        self.expect_both_once(rig)

    def test_batches_cut_anywhere_send_each_mail_once(self, rig):
        records = unread(rig)
        for cut in range(len(records) + 1):
            for batch in (records[:cut], records[cut:]):
                mailer.handle(rig.services, {"Records": batch})
        self.expect_both_once(rig)

    def test_mails_that_the_stream_lost_are_swept_after_two_minutes(self, rig):
        rig.skip_stream()
        assert rig.sweep() == 0
        assert rig.mails() == []
        rig.clock.forward(minutes=2)
        assert rig.sweep() == 2
        self.expect_both_once(rig)

    def test_a_batch_that_stops_half_way_is_finished_by_the_next(self, rig):
        records = [r for r in unread(rig) if "outbox#" in str(r["dynamodb"]["Keys"])]
        mailer.handle(rig.services, {"Records": records[:1]})
        assert len(rig.mails()) == 1
        rig.clock.forward(minutes=3)
        rig.sweep()
        self.expect_both_once(rig)

    def test_a_mailer_killed_between_sending_and_noting_repeats_one_mail_recognisably(self, rig):
        records = unread(rig)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rig.services.cases, "settle", _killed)
            with pytest.raises(Crash):
                mailer.handle(rig.services, {"Records": records})
        rig.settle()
        mails = rig.mails()
        assert len(mails) == 3
        assert len({m.id for m in mails}) == 2
        assert len({m.known() for m in mails}) == 2
        assert rig.pending() == []

    def test_poison_does_not_stop_the_others_and_is_parked(self, rig, tmp_path, caplog):
        records = unread(rig)
        outbox = [r for r in records if "outbox#" in str(r["dynamodb"]["Keys"])]
        item = self._poison_row(rig)
        keys = {"case": item["case"], "part": item["part"]}
        poison = copy.deepcopy(outbox[0])
        poison["dynamodb"] |= {"Keys": keys, "SequenceNumber": "5"}
        keyless = copy.deepcopy(outbox[0])
        keyless["dynamodb"] |= {"Keys": {"part": {"S": "outbox#1"}}, "SequenceNumber": "6"}
        empty = {"eventName": "INSERT", "dynamodb": {"SequenceNumber": "7"}}
        batch = [poison, keyless, empty, *outbox]
        answer = mailer.handle(rig.services, {"Records": batch})
        failed = [f["itemIdentifier"] for f in answer["batchItemFailures"]]
        assert failed == ["6"]  # a mail that no step ordered is parked by the mailer itself
        self.expect_both_once(rig)

        class Once:
            pages = [batch]  # noqa: RUF012

            def read(self):
                return self.pages.pop() if self.pages else []

        checkpoint = Checkpoint(tmp_path / "poison.json")
        Pump(Once(), rig.deliver, checkpoint, sleep=lambda _: None).drain()
        assert checkpoint.after == batch[-1]["dynamodb"]["SequenceNumber"]
        assert "parked stream record" in caplog.text
        row = next(i for i in rig.tables("cases").values() if i["part"]["S"] == "outbox#99999#0")
        assert row["status"]["S"] == "parked"
        assert sorted(m.to for m in rig.mails()) == sorted([APPLICANT, COORDINATOR])

    def _poison_row(self, rig):
        """An outbox row that orders a mail nobody knows."""
        rows = [i for i in rig.tables("cases").values() if i["part"]["S"].startswith("outbox#")]
        waiting = next(i for i in rows if i["status"]["S"] == "pending")
        body = waiting["body"]["S"].replace('"mail": "', '"mail": "no_such_')
        assert body != waiting["body"]["S"]
        item = {**waiting, "part": {"S": "outbox#99999#0"}, "body": {"S": body}}
        rig.admin("PutItem", TableName=f"{rig.prefix}-cases", Item=item)
        rig.skip_stream()
        return item


def _killed(*_):
    raise Crash


class TestReplay:
    def test_replaying_the_stream_changes_nothing(self, rig, starts, tmp_path):
        records = whole_stream(rig, tmp_path)
        assert len(records) > 20
        rig.forget_mails()
        before = rig.tables()
        shuffled = list(records)
        random.Random(7).shuffle(shuffled)
        prefixes = [records[:n] for n in range(0, len(records), 11)]
        for batch in (records, records[::-1], shuffled, *prefixes):
            answer = mailer.handle(rig.services, {"Records": batch})
            assert answer == {"batchItemFailures": []}
        rig.clock.forward(minutes=30)
        mailer.handle(rig.services, {"Records": records})
        assert rig.sweep() == 0
        assert rig.mails() == []
        assert rig.tables() == before
