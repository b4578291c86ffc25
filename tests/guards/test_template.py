"""The packaged template keeps what the emulator cannot show; each guard is shown red, too."""

import copy
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from functions.entry.desk import app as desk
from functions.entry.documents import app as documents
from functions.entry.party import app as party
from functions.entry.public import app as public
from infra.deploy.plan import FUNCTIONS, LAMBDA
from infra.local.child import ROOT
from tests.deployed.faults import CHECKS, of_type
from tests.deployed.packaged import package
from tests.fakes import World

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-1111-1111-1111-111111111111"
OWN = {"domain": "kapula.example.org", "zone": "Z0123456789ABC", "certificate": CERTIFICATE}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return package(tmp_path_factory.mktemp("service"), **OWN)


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.__name__)
def test_template_has_no_fault(template, check):
    assert list(check(template)) == []


def at(template, path):
    """The value that holds the last name of a path, and that name."""
    *way, last = path
    node = template["Resources"]
    for name in way:
        node = node[name]
    return node, last


TABLE = ("CasesTable", "Properties")
STATEMENT = ("PublicRole", "Properties", "Policies", 0, "PolicyDocument", "Statement")
DOCUMENTS = ("DocumentsRole", "Properties", "Policies", 0, "PolicyDocument", "Statement")
BROKEN = [
    ("roles", (*STATEMENT, 0, "Resource"), "*"),
    ("roles", (*STATEMENT, 0, "Action"), ["logs:*"]),
    ("roles", ("PartyLambdaFunction", "Properties", "Role"), {"Fn::GetAtt": ["ClockRole", "Arn"]}),
    ("public", (*STATEMENT, 2, "Action"), ["dynamodb:PutItem", "dynamodb:Query"]),
    ("public", (*STATEMENT, 2, "Action"), ["dynamodb:ConditionCheckItem", "dynamodb:GetItem"]),
    ("public", (*STATEMENT, 4, "Action"), ["dynamodb:ConditionCheckItem"]),
    ("public", (*STATEMENT, 2, "Resource"), [{"Fn::GetAtt": ["GrantsTable", "Arn"]}]),
    ("public", (*STATEMENT, 2, "Action"), ["kms:Decrypt"]),
    ("public", (*STATEMENT, 2, "Resource"), [{"Fn::GetAtt": ["DesksTable", "Arn"]}]),
    ("documents", (*DOCUMENTS, 2, "Action"), ["dynamodb:Query", "dynamodb:PutItem"]),
    ("documents", (*DOCUMENTS, 2, "Resource"), [{"Fn::GetAtt": ["QuotasTable", "Arn"]}]),
    ("desks", (*STATEMENT, 2, "Resource"), [{"Fn::GetAtt": ["DesksTable", "Arn"]}]),
    ("timers", (*STATEMENT, 3, "Action"), ["dynamodb:PutItem", "dynamodb:DeleteItem"]),
    ("timers", (*STATEMENT, 2, "Resource"), [{"Fn::GetAtt": ["TimersTable", "Arn"]}]),
    ("alarms", ("ParkedTimersAlarm", "Properties", "MetricName"), "Invocations"),
    ("decrypting", (*STATEMENT, 2, "Action"), ["kms:Decrypt"]),
    ("sending", (*STATEMENT, 2, "Action"), ["ses:SendEmail"]),
    ("logs", ("PublicLogGroup", "Properties", "RetentionInDays"), None),
    ("access_logs", ("HttpApiStage", "Properties", "AccessLogSettings", "Format"), "$context.path"),
    ("functions", ("PublicLambdaFunction", "Properties", "Architectures"), ["x86_64"]),
    ("functions", ("ClockLambdaFunction", "Properties", "DeadLetterConfig"), ...),
    (
        "stream",
        ("MailerEventSourceMappingDynamodbCasesTable", "Properties", "MaximumRetryAttempts"),
        -1,
    ),
    (
        "stream",
        ("IndexerEventSourceMappingDynamodbCasesTable", "Properties", "FilterCriteria"),
        {},
    ),
    ("tables", (*TABLE, "DeletionProtectionEnabled"), False),
    ("tables", (*TABLE, "PointInTimeRecoverySpecification"), {}),
    ("tables", ("CasesTable", "DeletionPolicy"), "Delete"),
    ("alarms", ("FailedQueueAlarm", "Properties", "AlarmActions"), []),
    ("alarms", ("MailerErrorsAlarm", "Properties", "MetricName"), "Invocations"),
    ("mail", ("FeedbackTopicPolicy", "Properties", "PolicyDocument"), {}),
    (
        "site",
        ("SiteBucket", "Properties", "PublicAccessBlockConfiguration", "BlockPublicAcls"),
        False,
    ),
    ("throttling", ("HttpApiStage", "Properties", "DefaultRouteSettings"), {}),
]


@pytest.mark.parametrize(("check", "path", "value"), BROKEN, ids=lambda x: str(x)[:60])
def test_broken_template_is_noticed(template, check, path, value):
    broken = copy.deepcopy(template)
    node, last = at(broken, path)
    if value is ...:
        del node[last]
    else:
        node[last] = value
    assert list(next(c for c in CHECKS if c.__name__ == check)(broken))


def test_packages_are_for_the_runtime_of_the_template(template):
    runtimes = {f["Runtime"] for f in of_type(template, "AWS::Lambda::Function").values()}
    assert runtimes == {f"python{LAMBDA.python}"}
    names = set(of_type(template, "AWS::Lambda::Function"))
    assert names == {f"{f.name.capitalize()}LambdaFunction" for f in FUNCTIONS}


def test_base_url_is_the_own_domain_else_cloudfronts(template):
    variables = template["Resources"]["PublicLambdaFunction"]["Properties"]["Environment"]
    assert variables["Variables"]["KAPULA_BASE_URL"] == {
        "Fn::If": [
            "OwnDomain",
            {"Fn::Sub": "https://${Domain}"},
            {"Fn::Sub": "https://${Cdn.DomainName}"},
        ]
    }


def test_every_route_of_the_functions_is_reached(template):
    """The HTTP API sends the most exact route; each route of each app is under its own."""
    routes = of_type(template, "AWS::ApiGatewayV2::Route").values()
    assert {r["RouteKey"] for r in routes} == {
        "ANY /api/forms/{proxy+}",
        "ANY /api/t/{token}/documents/{name}",
        "ANY /api/supervisors",
        "ANY /api/desk",
        "ANY /api/d/{proxy+}",
        "ANY /api/{proxy+}",
    }
    made = World().services
    forms, desks, links, files = (
        [str(r) for r in entry.create_app(made).url_map.iter_rules()]
        for entry in (public, desk, party, documents)
    )
    assert forms
    assert desks
    assert links
    assert files
    exact = re.compile(r"/api/t/<token>/documents/<name>(\.[a-z]+)?")
    assert all(exact.fullmatch(rule) for rule in files)
    assert not any(re.match("/api/t/[^/]+/documents", rule) for rule in links)
    assert all(r == "/api/supervisors" or r.startswith("/api/forms/") for r in forms)
    assert all(rule == "/api/desk" or rule.startswith("/api/d/") for rule in desks)
    others = ("/api/forms/", "/api/supervisors", "/api/d/", "/api/desk")
    assert all(r.startswith("/api/") and not r.startswith(others) for r in links)


def test_edge_counts_what_goes_to_the_functions():
    """The rate rule: by address, for /api/ only, with a readable answer and no samples of paths."""
    edge = (ROOT / "infra" / "aws" / "edge.yml").read_text()
    assert re.search(r"AggregateKeyType: IP\b", edge)
    assert "SearchString: /api/" in edge
    told = re.findall(r"Type: ([A-Z_]+)}", edge[edge.index("TextTransformations") :])
    assert told == ["URL_DECODE", "NORMALIZE_PATH"]  # /%61pi/ and /x/../api/ go there as well
    assert "ResponseCode: 429" in edge
    assert edge.count("SampledRequestsEnabled: false") == 2
    assert "SampledRequestsEnabled: true" not in edge


def test_no_registry_and_no_download_address_in_the_tree():
    for name in ("package.json", "package-lock.json", ".npmrc", "serverless.yml"):
        text = (ROOT / name).read_text()
        assert "registry." not in text, name
        assert '"resolved"' not in text, name
    assert "://" not in (ROOT / "package-lock.json").read_text()


def lint(path: Path, region: str, *ignored: str) -> str:
    """What cfn-lint has to say."""
    linter = Path(sys.executable).with_name("cfn-lint")
    command = [str(linter), "--regions", region, "--template", str(path)]
    if ignored:
        command += ["--ignore-checks", *ignored]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_cfn_lint_passes(template, tmp_path):
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))
    # W3005: osls repeats in DependsOn what a reference says already.
    assert lint(path, "eu-north-1", "W3005") == ""
    assert lint(ROOT / "infra" / "aws" / "edge.yml", "us-east-1") == ""
