"""A link's token is its holder's alone: in no log, no table, no stream, no page of anybody else."""

import json
import logging

import pytest

from functions.entry.reading import MAX_BYTES
from functions.services.access import links
from tests.abuse.http_client import FORM_PATH, TYPED, URLENCODED


def test_a_token_is_in_no_log_header_or_error_page(kit, caplog, capfd, monkeypatch):
    caplog.set_level(logging.DEBUG)
    case_id = kit.new("submitted", 1)
    token, status = kit.token(case_id, "manager"), kit.token(case_id, "manager", "status")
    unknown = "canary-".ljust(43, "Z")
    caplog.clear()  # what minting them logged was told by this test itself
    form = {"Content-Type": URLENCODED}
    typed = {"action": "endorse", **TYPED["endorse"]}
    answers = []
    for each in (token, status, unknown):
        path = f"/api/t/{each}"
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"):
            answers.append(kit.ask(method, path))
        answers += [
            kit.ask("POST", path, "a=b", {"Content-Type": "text/plain"}),
            kit.ask("POST", path, "a=" + "x" * (MAX_BYTES + 1), form),
            kit.ask("POST", path, "a=%FF", form),
            kit.ask("POST", f"{path}/nothing", "", form),
            kit.ask("GET", f"{path}/fresh"),
            kit.ask("GET", f"{path}%2F.."),
        ]
        answers += [kit.post(path, {"action": "none"}), kit.post(f"{path}/fresh", {"_lang": "fi"})]
    answers += [kit.post(f"/api/t/{token}", typed), kit.post(f"/api/t/{token}", typed)]
    for fails in ("crash", "timeout"):
        error = RuntimeError(f"{fails} while opening") if fails == "crash" else None

        def broken(*_, error=error):
            raise error or TimeoutError

        for name in ("case", "page"):  # how links read: to act, and to show
            monkeypatch.setattr(kit.services.cases, name, broken)
        answers += [kit.get(f"/api/t/{token}"), kit.post(f"/api/t/{token}", typed)]
        assert [a.status for a in answers[-2:]] == [500, 500]
        monkeypatch.undo()
    kit.stack.settle()
    secrets = (token, status, unknown)
    for answer in answers:
        told = [v for k, v in answer.headers if k != "Location"]
        page = answer.body.decode() if answer.status not in (200, 303, 409, 422) else ""
        assert not any(s in part for s in secrets for part in (*told, page)), answer.status
    out = capfd.readouterr()
    # The SDK's and the server's own debug lines count too: everything that any logger said.
    logs = (
        "\n".join(r.getMessage() + str(r.exc_text or "") for r in caplog.records)
        + out.out
        + out.err
    )
    assert "/api/t/<token>" in logs
    for secret in secrets:
        assert secret not in logs
    assert {a.status for a in answers} >= {200, 303, 400, 404, 405, 409, 413, 422, 500}


def test_no_store_holds_a_raw_token(kit):
    """Tables, and with them outbox and stream, have hashes only; every mail has a token."""
    kit.new("active", 2)
    kit.new("withdrawn", 3)
    kit.new("unconfirmed", 4)
    kit.stack.settle()
    mailed = {link.rpartition("/")[2] for m in kit.stack.mailbox() for link in m["links"]}
    assert len(mailed) > 12
    reader = kit.stack._pump._reader
    shards = reader._client.describe_stream(StreamArn=reader._arn)["StreamDescription"]["Shards"]
    iterator = reader._client.get_shard_iterator(
        StreamArn=reader._arn, ShardId=shards[0]["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    stream = []
    while page := reader._client.get_records(ShardIterator=iterator, Limit=1000):
        stream += page["Records"]
        iterator = page.get("NextShardIterator")
        if not page["Records"] or not iterator:
            break
    assert len(stream) > 20
    stored = json.dumps([kit.tables(), stream], default=str)
    for token in mailed | set(kit.minted):
        assert token not in stored
        assert links.token_hash(token) in stored


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_kind_of_answer_carries_the_protective_headers(kit, language):
    """``kit.get`` and ``kit.post`` check them each time; these are the kinds there are."""
    case_id = kit.new("submitted", 10 + len(language) + ord(language[0]))
    token = kit.token(case_id, "manager")
    sent = {"Accept-Language": language}
    kinds = [
        kit.get(f"/api/t/{token}"),
        kit.get(f"{FORM_PATH}/sent", **{"Accept-Language": language}),
        kit.post(FORM_PATH, {}),
        kit.post(f"/api/t/{token}", {}),
        kit.checked(kit.ask("PUT", f"/api/t/{token}", None, sent)),
        kit.checked(kit.ask("GET", "/api/nowhere", None, sent)),
        kit.checked(kit.ask("POST", FORM_PATH, "x", sent)),
        kit.checked(
            kit.ask("POST", FORM_PATH, b"x" * (MAX_BYTES + 1), {**sent, "Content-Type": URLENCODED})
        ),
        kit.post(f"/api/t/{token}", {"action": "endorse", **TYPED["endorse"]}),
        kit.post(f"/api/t/{token}", {"action": "endorse", **TYPED["endorse"]}),
    ]
    assert [k.status for k in kinds] == [200, 200, 422, 422, 405, 404, 400, 413, 303, 409]
    assert kinds[4].page.language == "en"  # below a link, in its reader's language
    for answer in kinds[5:8]:
        assert answer.page.language == language
