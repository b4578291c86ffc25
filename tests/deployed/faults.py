"""What may be wrong with the packaged template: each check gives the faults it finds."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from infra.deploy.plan import FUNCTIONS

Template = dict[str, Any]
PERSONAL = ("CasesTable", "DesksTable", "DirectoryTable", "GrantsTable")


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a kind, by logical id."""
    found = template["Resources"].items()
    return {name: r.get("Properties", {}) for name, r in found if r["Type"] == kind}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for policy in role["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]


def on_aws(resource: Any) -> Any:
    """A resource as it is where there is no emulator."""
    if isinstance(resource, dict) and resource.get("Fn::If", [""])[0] == "Emulator":
        return resource["Fn::If"][2]
    return resource


def rights(template: Template, name: str) -> dict[str, set[str]]:
    """What a function may do: resource (as text) → actions."""
    role = of_type(template, "AWS::IAM::Role")[f"{name.capitalize()}Role"]
    found: dict[str, set[str]] = {}
    for statement in statements(role):
        for resource in listed(statement["Resource"]):
            key = json.dumps(on_aws(resource))
            found.setdefault(key, set()).update(listed(statement["Action"]))
    return found


def roles(template: Template) -> Iterator[str]:
    """Each function has a role of its own; every right names its actions and its resource."""
    functions = of_type(template, "AWS::Lambda::Function")
    used = [json.dumps(f["Role"]) for f in functions.values()]
    if len(set(used)) != len(FUNCTIONS) or len(used) != len(FUNCTIONS):
        yield "functions share a role"
    for name, role in of_type(template, "AWS::IAM::Role").items():
        if role.get("ManagedPolicyArns"):
            yield f"{name} has a managed policy"
        trusted = role["AssumeRolePolicyDocument"]["Statement"]
        if [s["Principal"] for s in trusted] != [{"Service": "lambda.amazonaws.com"}]:
            yield f"{name} trusts others than Lambda"
        for s in statements(role):
            if any("*" in action for action in listed(s["Action"])):
                yield f"{name} {s['Sid']}: an action with *"
            if any(json.dumps(on_aws(r)).strip('"') == "*" for r in listed(s["Resource"])):
                yield f"{name} {s['Sid']}: resource *"


def public(template: Template) -> Iterator[str]:
    """Whoever anybody may call reads no case and no link, decrypts nothing, sends nothing. It opens
    cases, and asks by conditions alone whether one is there."""
    for resource, actions in rights(template, "public").items():
        for action in actions:
            service, _, verb = action.partition(":")
            if service in ("kms", "ses", "sqs", "sns"):
                yield f"public may {action}"
            if "CasesTable" in resource and verb not in ("ConditionCheckItem", "PutItem"):
                yield f"public may {action} on cases"
            if "CasesTable" not in resource and verb == "ConditionCheckItem":
                yield f"public may {action} on {resource}"
            if "GrantsTable" in resource or "DesksTable" in resource:
                yield f"public may {action} on what links open"


def documents(template: Template) -> Iterator[str]:
    """Who shows documents reads what a link needs, and writes nothing."""
    allowed = {"logs:CreateLogStream", "logs:PutLogEvents", "ssm:GetParameter"}
    allowed |= {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"}
    for resource, actions in rights(template, "documents").items():
        yield from (f"documents may {a} on {resource}" for a in sorted(actions - allowed))
        if "QuotasTable" in resource:
            yield f"documents may {sorted(actions)} on {resource}"


def desks(template: Template) -> Iterator[str]:
    """Only the indexer changes desks; who shows them decides nothing and sends nothing."""
    for function in FUNCTIONS:
        for resource, actions in rights(template, function.name).items():
            verbs = {action.partition(":")[2] for action in actions}
            if "DesksTable" in resource and function.name != "indexer" and verbs != {"Query"}:
                yield f"{function.name} may {sorted(verbs)} desks"
            whole = '["CasesTable", "Arn"]' in resource and function.name == "indexer"
            if whole and verbs != {"BatchGetItem", "Query"}:
                yield f"indexer may {sorted(verbs)} cases"
    for resource, actions in rights(template, "desk").items():
        if "CasesTable" in resource and "dynamodb:UpdateItem" in actions:
            yield "desk may change cases"


def timers(template: Template) -> Iterator[str]:
    """Who writes cases writes their timers; only the clock finds and moves them."""
    writing = {"DeleteItem", "PutItem"}
    allowed = {
        "public": {"PutItem"},
        "indexer": {"Query"},
        "clock": {*writing, "Query", "UpdateItem"},
        **dict.fromkeys(("party", "desk", "mailer", "bounces"), writing),
    }
    for function in FUNCTIONS:
        verbs = {
            action.partition(":")[2]
            for resource, actions in rights(template, function.name).items()
            if "TimersTable" in resource
            for action in actions
        }
        if verbs != allowed.get(function.name, set()):
            yield f"{function.name} may {sorted(verbs)} timers"


def decrypting(template: Template) -> Iterator[str]:
    """No function may use the key of the notes until there are notes."""
    for function in FUNCTIONS:
        for actions in rights(template, function.name).values():
            yield from (f"{function.name} may {a}" for a in actions if a.startswith("kms:"))


def sending(template: Template) -> Iterator[str]:
    """Only who sends mail may, and only by the one identity and configuration set."""
    for function in FUNCTIONS:
        for resource, actions in rights(template, function.name).items():
            if any(a.startswith("ses:") for a in actions):
                if function.name not in ("mailer", "clock"):
                    yield f"{function.name} may send mail"
                if "identity/example.org" not in resource and "configuration-set/" not in resource:
                    yield f"{function.name} may send mail as {resource}"


def logs(template: Template) -> Iterator[str]:
    """Every log is deleted in time and structured."""
    for name, group in of_type(template, "AWS::Logs::LogGroup").items():
        if not group.get("RetentionInDays"):
            yield f"{name} keeps its log for ever"
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        if function.get("LoggingConfig", {}).get("LogFormat") != "JSON":
            yield f"{name} does not log in JSON"


def access_logs(template: Template) -> Iterator[str]:
    """By route, never by path: a path can hold the token of a link. Nothing of the visitor."""
    for name, stage in of_type(template, "AWS::ApiGatewayV2::Stage").items():
        told = json.dumps(stage.get("AccessLogSettings", {}).get("Format", ""))
        if "$context.routeKey" not in told:
            yield f"{name} does not log by route"
        for private in ("path", "sourceIp", "userAgent", "identity"):
            if private in told:
                yield f"{name} logs {private}"
    if "Logging" in template["Resources"]["Cdn"]["Properties"]["DistributionConfig"]:
        yield "CloudFront logs paths"


def functions(template: Template) -> Iterator[str]:
    """Processor, interpreter, time and what becomes of an event that fails."""
    for name, function in of_type(template, "AWS::Lambda::Function").items():
        if (function["Runtime"], function["Architectures"]) != ("python3.13", ["arm64"]):
            yield f"{name} is for another interpreter than its package"
        if not 3 <= function["Timeout"] <= 120 or function["MemorySize"] < 512:
            yield f"{name}: time or memory"
        if "KAPULA_SECRET" in function["Environment"]["Variables"]:
            yield f"{name} has the secret in its environment"
    for name in ("ClockLambdaFunction", "BouncesLambdaFunction"):
        if "DeadLetterConfig" not in template["Resources"][name]["Properties"]:
            yield f"{name} loses what fails"
    if "ReservedConcurrentExecutions" not in json.dumps(
        template["Resources"]["MailerLambdaFunction"]
    ):
        yield "the mailer may take all room"


def stream(template: Template) -> Iterator[str]:
    """One bad record stops nobody, and what is given up on is kept."""
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping")
    filters = sorted(json.dumps(m.get("FilterCriteria", "")) for m in mappings.values())
    if len(filters) != 2 or not any("outbox#" in f for f in filters):
        yield "one stream, one mailer, one indexer"
    if not any(re.search(r"part\W+S\W+case\W", f) and "outbox#" not in f for f in filters):
        yield "stream: every write wakes the indexer"
    for mapping in mappings.values():
        wanted = {
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 5,
            "MaximumRecordAgeInSeconds": 3600,
            "StartingPosition": "TRIM_HORIZON",
        }
        for key, value in wanted.items():
            if mapping.get(key) != value:
                yield f"stream: {key}"
        if "FailedQueue" not in json.dumps(mapping.get("DestinationConfig", "")):
            yield "stream: what is given up on is lost"


def tables(template: Template) -> Iterator[str]:
    """Nothing is lost by a mistake: recovery, protection, retention; what ages away does."""
    for name, table in of_type(template, "AWS::DynamoDB::Table").items():
        resource = template["Resources"][name]
        recovery = table.get("PointInTimeRecoverySpecification", {})
        if recovery.get("PointInTimeRecoveryEnabled") is not True:
            yield f"{name} cannot be recovered"
        if table.get("DeletionProtectionEnabled") is not True:
            yield f"{name} is not protected"
        if {resource.get(p) for p in ("DeletionPolicy", "UpdateReplacePolicy")} != {"Retain"}:
            yield f"{name} goes with the stack"
        if table.get("BillingMode") != "PAY_PER_REQUEST":
            yield f"{name} costs when idle"
    for name in ("GrantsTable", "QuotasTable"):
        ttl = template["Resources"][name]["Properties"].get("TimeToLiveSpecification")
        if ttl != {"AttributeName": "expires", "Enabled": True}:
            yield f"{name} keeps what has expired"
    cases = template["Resources"]["CasesTable"]["Properties"]
    if cases["StreamSpecification"] != {"StreamViewType": "NEW_IMAGE"}:
        yield "cases: stream"
    key = template["Resources"]["NotesKey"]
    if not key["Properties"].get("EnableKeyRotation") or key.get("DeletionPolicy") != "Retain":
        yield "the key of notes"


def alarms(template: Template) -> Iterator[str]:
    """What goes wrong is told to a person, and every alarm goes to the topic."""
    found = of_type(template, "AWS::CloudWatch::Alarm")
    watched = {
        (a["Namespace"], a["MetricName"], json.dumps(a.get("Dimensions"))) for a in found.values()
    }
    for function in FUNCTIONS:
        for metric in ("Errors", "Throttles"):
            if not any(m == metric and f"kapula-guard-{function.name}" in d for _, m, d in watched):
                yield f"nobody hears of {metric} of {function.name}"
    metrics = {metric for _, metric, _ in watched}
    for metric in (
        "ApproximateNumberOfMessagesVisible",
        "OldestUnsentMail",
        "Reputation.BounceRate",
        "Reputation.ComplaintRate",
        "5xx",
        "IteratorAge",
        "ParkedMails-guard",
        "ParkedTimers",
    ):
        if metric not in metrics:
            yield f"nobody hears of {metric}"
    for name, alarm in found.items():
        if alarm.get("AlarmActions") != [{"Ref": "AlarmTopic"}]:
            yield f"{name} tells nobody"
    oldest = next(a for a in found.values() if a["MetricName"] == "OldestUnsentMail")
    if oldest["TreatMissingData"] != "breaching":
        yield "a clock that stands still is not noticed"


def mail(template: Template) -> Iterator[str]:
    """Signed, with a way back for bounces that only SES can use."""
    identity = next(iter(of_type(template, "AWS::SES::EmailIdentity").values()))
    if identity["DkimAttributes"] != {"SigningEnabled": True}:
        yield "no DKIM"
    if identity["MailFromAttributes"]["MailFromDomain"] != "mail.example.org":
        yield "no MAIL FROM"
    events = next(iter(of_type(template, "AWS::SES::ConfigurationSetEventDestination").values()))
    if not {"bounce", "complaint"} <= set(events["EventDestination"]["MatchingEventTypes"]):
        yield "bounces are not told"
    policy = json.dumps(template["Resources"]["FeedbackTopicPolicy"])
    if "AWS:SourceAccount" not in policy or '"Service": "ses.amazonaws.com"' not in policy:
        yield "anybody may say that a mail bounced"


def site(template: Template) -> Iterator[str]:
    """One domain, a closed bucket, strict headers, no cache between people and their pages."""
    config = template["Resources"]["Cdn"]["Properties"]["DistributionConfig"]
    behaviors = {b["PathPattern"]: b for b in config["CacheBehaviors"]}
    if behaviors["/api/*"]["CachePolicyId"] != "4135ea2d-6df8-44a3-9df3-4b5a84be39ad":
        yield "answers of the functions are cached"
    for behavior in (config["DefaultCacheBehavior"], *behaviors.values()):
        if behavior["ViewerProtocolPolicy"] not in ("redirect-to-https", "https-only"):
            yield "plain HTTP"
    if "WebACLId" not in config:
        yield "no rate rule"
    headers = of_type(template, "AWS::CloudFront::ResponseHeadersPolicy")
    for name, policy in headers.items():
        security = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        if "StrictTransportSecurity" not in security:
            yield f"{name}: no HSTS"
    csp = json.dumps(headers["SiteHeaders"])
    if "ContentSecurityPolicy" not in csp or "unsafe" in csp:
        yield "the site's CSP"
    bucket = template["Resources"]["SiteBucket"]["Properties"]
    if set(bucket["PublicAccessBlockConfiguration"].values()) != {True}:
        yield "the bucket is open"
    if "aws:SecureTransport" not in json.dumps(template["Resources"]["SiteBucketPolicy"]):
        yield "the bucket answers without TLS"


def throttling(template: Template) -> Iterator[str]:
    """A flood ends at the gateway."""
    for stage in of_type(template, "AWS::ApiGatewayV2::Stage").values():
        settings = stage.get("DefaultRouteSettings", {})
        if not 0 < settings.get("ThrottlingRateLimit", 0) <= 100:
            yield "the API is not throttled"


CHECKS: tuple[Callable[[Template], Iterator[str]], ...] = (
    roles,
    public,
    documents,
    desks,
    timers,
    decrypting,
    sending,
    logs,
    access_logs,
    functions,
    stream,
    tables,
    alarms,
    mail,
    site,
    throttling,
)
