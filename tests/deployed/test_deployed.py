"""Kapula deployed into a local AWS with IAM enforced, walked, deployed again, taken away.

The tests of this module are one story and run in this order.
"""

import itertools
import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.client import HTTPConnection

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import sync_playwright

from functions.kernel.durations import HELSINKI
from infra.deploy.plan import FUNCTIONS, ROOT
from tests.deployed.attempts import attempt
from tests.deployed.cloud import STAGE, Cloud, Deployed, Front, Now
from tests.deployed.visitor import Visitor
from tests.faults.journey import COORDINATOR, SUPERVISOR
from tests.faults.ordering import BILLING, CLIENT, DATES, FINANCE, PRICED, REQUEST
from tests.journeys.browser import HEIGHT, WIDTHS, Eyes
from tests.journeys.conftest import CHROMIUM, FLAGS
from tests.journeys.groups import enter_desk
from tests.journeys.journey import Journey
from tests.workbooks import sheet_of

# What the emulator accepts without doing it. Each is shown another way: most by reading the
# packaged template (tests/guards/test_template*.py), the rest where it says so.
ACCEPTED_ONLY = {
    "TTL": "template; expiry is checked in code (tests/journeys/test_links.py)",
    "point-in-time recovery": "template",
    "reserved concurrency": "template",
    "arm64 and python3.13": "template; tests/guards/test_template_packages.py makes them",
    "on-error queues of the clock and of bounces": "template",
    "stream: partial answers, retries, bisect, age limit": "template; tests/unit/test_entry_mailer.py",
    "rate rule of the WAF": "template of the edge stack",
    "throttling of the API": "template",
    "caching by CloudFront": "template: /api/* has AWS's CachingDisabled",
    "bounces told by SES": "here: SES's notification is published to the topic by hand",
    "access log, metrics, alarms, dashboard": "template",
    "SES evaluated by identity": "template; the emulator asks for `*`, which is given only there",
    "S3 by TLS only": "template",
    "DKIM, MAIL FROM": "template",
}


def test_what_the_emulator_does_not_do_is_shown_where_it_says():
    named = re.findall(r"tests/[a-z_/]+\.py", " ".join(ACCEPTED_ONLY.values()))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.fixture(scope="module")
def cloud(tmp_path_factory) -> Iterator[Cloud]:
    running = Cloud(tmp_path_factory.mktemp("cloud") / "aws")
    try:
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def deployed(cloud) -> Deployed:
    told = cloud.run("deploy", SENDER="kapula@example.org", ALARM_EMAIL="ops@example.org")
    assert "Packages:" in told
    cloud.run("import-directory", "infra/demo/directory.yaml")
    return Deployed(cloud, cloud.outputs()["Url"], Now())


@pytest.fixture(scope="module")
def eyes(deployed, tmp_path_factory) -> Iterator[Eyes]:
    front = Front(deployed.cloud.port, tmp_path_factory.mktemp("front"))
    rules = f"--host-resolver-rules=MAP *.cloudfront.net:443 127.0.0.1:{front.port}"
    flags = [*FLAGS, rules, "--ignore-certificate-errors"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        with browser.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT}) as context:
            context.set_default_timeout(60_000)  # every function's first answer starts a process
            yield Eyes(context.new_page(), deployed.url, None)
        browser.close()
    front.close()


def ask(deployed, path, method="GET"):
    """Status, headers and body through CloudFront."""
    connection = HTTPConnection("127.0.0.1", deployed.cloud.port, timeout=60)
    host = deployed.url.removeprefix("https://")
    connection.request(method, path, headers={"Host": host, "X-Forwarded-Proto": "https"})
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return answer.status, headers, answer.read().decode()


def invoke(deployed, function, event):
    """A function called by hand, which must not fail; its answer."""
    answer = deployed.cloud.client("lambda").invoke(
        FunctionName=f"kapula-{STAGE}-{function}", Payload=json.dumps(event).encode()
    )
    body = answer["Payload"].read().decode()
    assert "FunctionError" not in answer, body
    return json.loads(body)


def test_site_is_served_with_its_headers(deployed):
    status, headers, body = ask(deployed, "/sv/")
    assert status == 200
    assert '<html lang="sv">' in body
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["referrer-policy"] == "no-referrer"


def test_site_address_without_slash_leads_to_the_page(deployed):
    status, headers, _ = ask(deployed, "/sv/dataskydd")
    assert (status, headers["location"]) == (301, "/sv/dataskydd/")


@pytest.mark.parametrize(
    ("path", "language"),
    [("/nope/", "fi"), ("/sv/nope", "sv"), ("/en/no/such/page/", "en"), ("/nope.png", "fi")],
)
def test_missing_page_is_in_the_language_of_its_path(deployed, path, language):
    status, headers, body = ask(deployed, path)
    assert status == 404
    assert f'<html lang="{language}">' in body
    assert "x-amz-meta-status" not in headers or path.endswith(".png")


def test_function_past_cloudfront_is_refused(deployed):
    api = deployed.cloud.client("apigatewayv2").get_apis()["Items"][0]["ApiId"]
    connection = HTTPConnection("127.0.0.1", deployed.cloud.port, timeout=60)
    connection.request("GET", f"/_aws/execute-api/{api}/$default/api/t/abc")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (403, b"")


def test_unknown_link_is_a_page_in_the_readers_language(deployed):
    status, headers, body = ask(deployed, "/api/t/abc?lang=sv")
    assert status == 404
    assert '<html lang="sv">' in body
    assert headers["cache-control"] == "no-store"
    assert "script-src 'self'" in headers["content-security-policy"]  # the function's own
    assert headers["strict-transport-security"]


@pytest.mark.parametrize("name", ["quote", "quote.pdf", "quote.xml"])
def test_document_of_an_unknown_link_is_a_page_of_the_function_of_documents(deployed, name):
    status, headers, body = ask(deployed, f"/api/t/abc/documents/{name}?lang=sv")
    assert (status, '<html lang="sv">' in body) == (404, True)
    assert headers["cache-control"] == "no-store"
    status, _, _ = ask(deployed, f"/api/t/abc/documents/{name}", "POST")
    assert status == 405  # it takes no form; the function of links would answer 404


def test_individual_application_becomes_active(deployed, eyes):
    journey = Journey(deployed, eyes, next(itertools.count(1)))
    journey.apply()
    for step in (journey.confirm, journey.endorse, journey.offer, journey.accept):
        step()
    assert all(letter.link.startswith("https://") for letter in journey.letters)
    assert not deployed.outbox("parked")


def test_desk_is_mailed_and_shows_the_case(deployed, eyes):
    """The roles of desk, mailer and indexer suffice for my matters, and no more is tried."""
    manager = next(m["to"] for m in deployed.mailbox() if m["to"].startswith("pekka."))
    eyes.language = "fi"
    eyes.go(f"{deployed.url}/omat-asiat/")
    eyes.fill({"email": manager})
    eyes.press("main form button[type=submit]")
    deployed.settle()
    links = [link for m in deployed.mailbox() if m["to"] == manager for link in m["links"]]
    desk = next(link for link in links if "/api/d/" in link)
    enter_desk(eyes, desk)

    def rows():
        eyes.go(desk)
        return eyes.texts(".k-desk tbody tr")

    (row,) = wait_for(rows)
    assert "Työnohjaus alkamassa" in row
    eyes.press(".k-desk__title a")
    eyes.press(".k-back a")
    invoke(deployed, "clock", {"digest": True})
    assert "Laid out 1 cases, failed with 0." in deployed.cloud.run("reindex")
    assert len(rows()) == 1
    assert not deployed.outbox("parked")


def test_nightly_check_logs_a_history_that_was_changed(deployed):
    """The clock's role suffices to find cases at rest or waiting, and to read their histories."""
    table, name = deployed.cloud.client("dynamodb"), f"kapula-{STAGE}-cases"
    found = table.scan(TableName=name, ConsistentRead=True)["Items"]
    (row,) = (item for item in found if item["part"] == {"S": "case"})

    def seal_with(seal):
        table.update_item(
            TableName=name,
            Key={"case": row["case"], "part": row["part"]},
            UpdateExpression="SET seal = :s",
            ExpressionAttributeValues={":s": seal},
        )

    invoke(deployed, "clock", {"check_histories": True})
    assert "history broken" not in deployed.cloud.run("logs", "clock")
    seal_with({"S": "0" * 64})
    invoke(deployed, "clock", {"check_histories": True})
    seal_with(row["seal"])
    told = wait_for(lambda: re.findall(r".*history broken.*", deployed.cloud.run("logs", "clock")))
    assert told[0].endswith(f"history broken: {row['case']['S']}")


def test_schedule_fired_by_hand_sends_what_the_stream_lost(deployed):
    rows = deployed.outbox("sent")
    row, before = rows[-1], len(deployed.mailbox())
    deployed.cloud.client("dynamodb").update_item(
        TableName=f"kapula-{STAGE}-cases",
        Key={"case": row["case"], "part": row["part"]},
        UpdateExpression="SET #s = :p, due_shard = :d, due_at = :t",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={
            ":p": {"S": "pending"},
            ":d": {"S": "mail#0"},
            ":t": {"S": "2026-01-01T00:00:00.000000+00:00"},
        },
    )
    rule = deployed.cloud.client("events").describe_rule(Name=f"kapula-{STAGE}-clock")
    assert (rule["ScheduleExpression"], rule["State"]) == ("rate(5 minutes)", "ENABLED")
    done = invoke(deployed, "clock", {"source": "aws.events", "detail-type": "Scheduled Event"})
    assert done["acted"] == 1
    assert done["overdue"] > 0
    assert len(deployed.mailbox()) == before + 1
    told = deployed.cloud.run("logs", "clock")
    metric = next(line for line in told.splitlines() if "OldestUnsentMail" in line)
    assert f'"Stage": "{STAGE}"' in metric
    assert '"ParkedTimers": 0' in metric


def test_quote_is_printed_accepted_and_its_invoice_in_the_table(deployed):
    """The roles of links, documents and desks suffice where cases open others, and for files."""
    visitor, today = Visitor(deployed), datetime.now(HELSINKI).date()
    visitor.sends("quote", "request", "sending", REQUEST)
    visitor.decides(CLIENT, "confirm")
    until = (today + timedelta(days=30)).isoformat()
    visitor.decides(COORDINATOR, "quote", **{**PRICED, "valid_until": until})
    offer = visitor.links(CLIENT)[0]
    status, kind, made = visitor.ask(f"{offer}/documents/quote.pdf")
    assert (status, kind, made[:5]) == (200, "application/pdf", b"%PDF-")
    visitor.decides(CLIENT, "accept_organisation", **BILLING)
    visitor.decides(COORDINATOR, "offer", supervisor="testi")
    visitor.decides(SUPERVISOR, "accept", contact_instructions="Soita maanantaina.")
    days = {"start_date": today.isoformat(), "end_date": until}  # it begins at once
    visitor.decides(COORDINATOR, "schedule", **{**DATES, **days})
    visitor.ask("/api/desk", {"email": FINANCE, "_lang": "sv"})
    deployed.settle()
    desk = visitor.links(FINANCE, "/api/d/")[0].partition("?")[0]
    assert visitor.ask(desk, {"device": "own"})[0] == 303

    def rows():
        status, kind, told = visitor.ask(f"{desk}/tables/quote/invoices/invoice_due.csv?lang=en")
        assert (status, kind.partition(";")[0]) == (200, "text/csv")
        found = told.decode("utf-8-sig").splitlines()[1:]
        *_, book = visitor.ask(f"{desk}/tables/quote/invoices/invoice_due.xlsx?lang=en")
        assert len(sheet_of(book).rows) == 1 + len(found)
        return found

    (row,) = wait_for(rows)
    assert REQUEST["organisation"] in row
    assert "1250.50" in row
    assert not deployed.outbox("parked")


def test_log_holds_no_address_and_no_token(deployed):
    told = deployed.cloud.run("logs")
    for mail in deployed.mailbox():
        assert str(mail["to"]) not in told
        assert all(link.rpartition("/")[2] not in told for link in mail["links"])


@pytest.mark.parametrize(
    ("function", "service", "call", "arguments"),
    [
        ("public", "dynamodb", "query", {"table": "cases"}),
        ("public", "dynamodb", "get_item", {"table": "cases"}),
        ("public", "dynamodb", "scan", {"table": "cases"}),
        ("public", "dynamodb", "get_item", {"table": "grants"}),
        ("public", "dynamodb", "delete_item", {"table": "timers"}),
        ("public", "kms", "decrypt", {}),
        ("public", "sesv2", "send_email", {}),
        ("party", "dynamodb", "put_item", {"table": "grants"}),
        ("party", "dynamodb", "scan", {"table": "cases"}),
        ("party", "dynamodb", "delete_item", {"table": "cases"}),
        ("party", "dynamodb", "query", {"table": "timers"}),
        ("party", "sesv2", "send_email", {}),
        ("documents", "dynamodb", "put_item", {"table": "cases"}),
        ("documents", "dynamodb", "put_item", {"table": "grants"}),
        ("documents", "dynamodb", "update_item", {"table": "directory"}),
        ("documents", "sesv2", "send_email", {}),
        ("mailer", "dynamodb", "get_item", {"table": "grants"}),
        ("mailer", "dynamodb", "put_item", {"table": "directory"}),
        ("desk", "dynamodb", "update_item", {"table": "cases"}),
        ("desk", "dynamodb", "put_item", {"table": "desks"}),
        ("desk", "dynamodb", "delete_item", {"table": "grants"}),
        ("desk", "sesv2", "send_email", {}),
        ("indexer", "dynamodb", "put_item", {"table": "cases"}),
        ("indexer", "dynamodb", "get_item", {"table": "grants"}),
        ("indexer", "dynamodb", "put_item", {"table": "timers"}),
        ("indexer", "sesv2", "send_email", {}),
        ("clock", "dynamodb", "get_item", {"table": "grants"}),
        ("clock", "dynamodb", "delete_item", {"table": "cases"}),
        ("bounces", "dynamodb", "put_item", {"table": "grants"}),
        ("bounces", "dynamodb", "query", {"table": "directory"}),
        ("bounces", "sesv2", "send_email", {}),
    ],
)
def test_role_is_refused_what_is_not_its_own(deployed, roles, function, service, call, arguments):
    client = deployed.cloud.client(service, roles[function])
    with pytest.raises(ClientError) as refusal:
        getattr(client, call)(**attempt(service, call, **arguments))
    code = refusal.value.response["Error"]["Code"]
    assert code in ("AccessDeniedException", "AccessDenied"), refusal.value


def test_public_role_may_read_the_directory(deployed, roles):
    """The refusals above are those of IAM, not of something broken."""
    client = deployed.cloud.client("dynamodb", roles["public"])
    assert client.query(**attempt("dynamodb", "query", "directory"))["Count"] == 2


@pytest.fixture(scope="module")
def roles(deployed):
    return {f.name: deployed.cloud.keys_of(f"kapula-{STAGE}-{f.name}") for f in FUNCTIONS}


def test_bounce_told_by_ses_stops_mail_to_that_address(deployed):
    mail = next(m for m in deployed.mailbox() if m["to"].startswith("aino."))
    origin = tag_of(deployed, mail["to"])
    feedback = {
        "eventType": "Bounce",
        "mail": {"tags": {"origin": [origin]}},
        "bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": mail["to"]}]},
    }
    topic = deployed.cloud.outputs()["FeedbackTopicArn"]
    deployed.cloud.client("sns").publish(TopicArn=topic, Message=json.dumps(feedback))
    quotas = deployed.cloud.client("dynamodb")

    def suppressed():
        rows = quotas.scan(TableName=f"kapula-{STAGE}-quotas")["Items"]
        return [row for row in rows if row["quota"]["S"].startswith("suppressed#")]

    wait_for(suppressed)


def tag_of(deployed, address):
    """What the last mail to somebody carried for SES to tell again."""
    folder = deployed.cloud.state / "mail"
    requests = [json.loads(p.read_bytes())["Request"] for p in sorted(folder.glob("*.json"))]
    mine = [r for r in requests if r["Destination"]["ToAddresses"] == [address]]
    assert mine[-1]["ConfigurationSetName"] == f"kapula-{STAGE}"
    return next(t["Value"] for t in mine[-1]["EmailTags"] if t["Name"] == "origin")


def wait_for(condition, patience=40.0):
    end = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.3)
    return found


def test_second_deploy_changes_nothing(deployed):
    events = deployed.cloud.client("cloudformation")
    before = events.describe_stack_events(StackName=f"kapula-{STAGE}")["StackEvents"]
    told = deployed.cloud.run("deploy")
    after = events.describe_stack_events(StackName=f"kapula-{STAGE}")["StackEvents"]
    assert "No changes" in told
    assert "Site: 0 files put, 0 deleted." in told
    assert len(after) == len(before)


def test_replay_gives_back_what_was_given_up_on(deployed):
    queue = deployed.cloud.outputs()["FailedQueueUrl"]
    sqs = deployed.cloud.client("sqs")
    sqs.purge_queue(QueueUrl=queue)
    for body in ({"source": "aws.events"}, {"DDBStreamBatchInfo": whole_stream(deployed)}):
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(body))
    before = len(deployed.mailbox())
    row = deployed.outbox("sent")[-1]
    deployed.cloud.client("dynamodb").update_item(
        TableName=f"kapula-{STAGE}-cases",
        Key={"case": row["case"], "part": row["part"]},
        UpdateExpression="SET #s = :p, due_shard = :d, due_at = :t",
        ExpressionAttributeNames={"#s": "status"},
        ExpressionAttributeValues={
            ":p": {"S": "parked"},
            ":d": {"S": "parked#0"},
            ":t": {"S": "2026-01-01T00:00:00.000000+00:00"},
        },
    )
    told = deployed.cloud.run("replay")
    assert "Replayed 2, left 0. (mailer 1, clock 1)" in told
    assert "Parked mails that the clock tries anew: 1." in told
    assert len(deployed.mailbox()) == before
    assert not deployed.outbox("parked")


def whole_stream(deployed) -> dict[str, object]:
    """All of the stream as a batch of it that was given up on."""
    table = deployed.cloud.client("dynamodb").describe_table(TableName=f"kapula-{STAGE}-cases")
    arn = table["Table"]["LatestStreamArn"]
    streams = deployed.cloud.client("dynamodbstreams")
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**place)["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    first, last = (records[n]["dynamodb"]["SequenceNumber"] for n in (0, -1))
    return {
        "streamArn": arn,
        "shardId": shard,
        "startSequenceNumber": first,
        "endSequenceNumber": last,
        "batchSize": len(records),
    }


def test_remove_leaves_what_is_protected_and_nothing_else(deployed):
    cloud = deployed.cloud
    bucket = cloud.outputs()["SiteBucketName"]
    cloud.run("remove")
    tables = cloud.client("dynamodb").list_tables()["TableNames"]
    assert sorted(tables) == [
        f"kapula-{STAGE}-{name}"
        for name in ("cases", "desks", "directory", "grants", "quotas", "timers")
    ]
    with pytest.raises(ClientError, match="protect"):
        cloud.client("dynamodb").delete_table(TableName=tables[0])
    assert len(cloud.client("kms").list_keys()["Keys"]) == 1
    assert cloud.client("lambda").list_functions()["Functions"] == []
    assert bucket not in [b["Name"] for b in cloud.client("s3").list_buckets()["Buckets"]]
    assert cloud.client("cloudfront").list_distributions()["DistributionList"]["Quantity"] == 0
    assert cloud.client("sqs").list_queues().get("QueueUrls", []) == []
    roles = cloud.client("iam").list_roles()["Roles"]
    assert [r["RoleName"] for r in roles if r["RoleName"].startswith("kapula-")] == []
