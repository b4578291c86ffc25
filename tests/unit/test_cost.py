"""The monthly cost, against a bill worked out by hand."""

import json
import tomllib
from dataclasses import replace

import pytest

from functions.services.mail.deliver import deliver
from infra import import_directory
from infra.cost.__main__ import MEASURED, PRICES, SIZES, table
from infra.cost.measure import BASE_URL, MEASURED_DESK, WARMING, WEB, Meter, Run, item_bytes
from infra.cost.model import BillLine, FunctionRun, Prices, Use, bill, by_service, use_from
from infra.local.stack import DEMO
from tests.fakes import World

USE = Use(
    functions={"web": FunctionRun(4, 200, 1024), "mail": FunctionRun(2, 100, 512)},
    web=("web",),
    mails=3,
    mail_bytes=1000,
    read_units=10,
    write_units=20,
    stored_bytes=5000,
)
PRICE = Prices(
    unit={
        "lambda_request": 0.5,
        "lambda_gb_second": 2.0,
        "dynamodb_write": 0.25,
        "dynamodb_read": 0.125,
        "dynamodb_gb_month": 4.0,
        "dynamodb_recovery_gb_month": 2.0,
        "api_request": 0.5,
        "ses_mail": 0.25,
        "ses_gb": 10.0,
        "cloudfront_request": 0.5,
        "cloudfront_gb": 8.0,
        "waf_request": 0.25,
        "kms_request": 1.0,
        "logs_gb": 100.0,
    },
    monthly={"kms_key": 1.0, "alarm": 0.5, "dashboard": 3.0, "waf_acl": 5.0, "waf_rule": 2.0},
    assumed={
        "site_requests": 5,
        "site_bytes": 1e9,
        "more": 2,
        "cold_share": 0.5,
        "cold_milliseconds": 100,
        "log_bytes": 1e6,
        "retention_years": 2,
        "clock_runs": 100,
        "clock_milliseconds": 50,
        "clock_memory": 512,
        "clock_reads": 3,
        "alarms": 4,
        "dashboards": 1,
        "waf_rules": 2,
    },
)

# 120 cases a year are 10 a month; with `more` = 2, what happens is that of 20.
# Calls: web 4 x 20 = 80, mail 2 x 20 = 40, the clock's 100: 220, of which half start cold.
# GB seconds: web (0.2 s + 4 x 0.05 s) x 1 GB = 0.4, mail (0.1 + 2 x 0.05) x 0.5 = 0.1, so
# 0.5 x 20 = 10; the clock 100 x 0.05 s x 0.5 GB = 2.5.
# CloudFront: the 80 requests and 5 x 10 files. Logs: 80 + 60 mails + 100 lines of 1 MB.
# Kept: 120 x 2 years x 5,000 bytes = 0.0012 GB.
BY_HAND = [
    BillLine("Lambda", "lambda_request", 220, 110.0),
    BillLine("Lambda", "lambda_gb_second", 12.5, 25.0),
    BillLine("DynamoDB", "dynamodb_write", 400, 100.0),
    BillLine("DynamoDB", "dynamodb_read", 500, 62.5),
    BillLine("API Gateway", "api_request", 80, 40.0),
    BillLine("SES", "ses_mail", 60, 15.0),
    BillLine("SES", "ses_gb", 0.00006, 0.0006),
    BillLine("CloudFront", "cloudfront_request", 130, 65.0),
    BillLine("CloudFront", "cloudfront_gb", 10, 80.0),
    BillLine("WAF", "waf_request", 130, 32.5),
    BillLine("KMS", "kms_request", 110, 110.0),
    BillLine("CloudWatch", "logs_gb", 0.24, 24.0),
    BillLine("DynamoDB", "dynamodb_gb_month", 0.0012, 0.0048),
    BillLine("DynamoDB", "dynamodb_recovery_gb_month", 0.0012, 0.0024),
    BillLine("KMS", "kms_key", 1, 1.0),
    BillLine("CloudWatch", "alarm", 4, 2.0),
    BillLine("CloudWatch", "dashboard", 1, 3.0),
    BillLine("WAF", "waf_acl", 1, 5.0),
    BillLine("WAF", "waf_rule", 2, 4.0),
]


def test_bill_worked_out_by_hand():
    lines = bill(120, USE, PRICE)
    assert [(x.service, x.thing) for x in lines] == [(x.service, x.thing) for x in BY_HAND]
    assert [x.amount for x in lines] == pytest.approx([x.amount for x in BY_HAND])
    assert [x.cost for x in lines] == pytest.approx([x.cost for x in BY_HAND])


def test_bill_summed_by_service():
    assert by_service(BY_HAND) == pytest.approx(
        {
            "Lambda": 135.0,
            "DynamoDB": 162.5072,
            "API Gateway": 40.0,
            "SES": 15.0006,
            "CloudFront": 145.0,
            "WAF": 41.5,
            "KMS": 111.0,
            "CloudWatch": 29.0,
        }
    )


def test_bill_of_no_cases_is_what_stands():
    services = by_service(bill(0, USE, PRICE))
    assert services["SES"] == services["API Gateway"] == services["CloudFront"] == 0
    assert services["WAF"] == 9.0


def test_item_is_sized_by_names_and_utf8():
    # case 4 + "abc" 3; revision 8 + one digit 1; name 4 + "Å" 2 bytes; gone 4 + a null 1.
    item = {
        "case": {"S": "abc"},
        "revision": {"N": "1"},
        "name": {"S": "Å"},
        "gone": {"NULL": True},
    }
    assert item_bytes(item) == 27


def test_table_of_the_kept_files_has_every_size():
    known = tomllib.loads(PRICES.read_text(encoding="utf-8"))
    prices = Prices(known["unit"], known["monthly"], known["assumed"])
    use = use_from(json.loads(MEASURED.read_text(encoding="utf-8")))
    first, *_, total, per_case = table(use, prices).splitlines()
    assert first.split()[-3:] == [f"{size:,}" for size in SIZES]
    assert total.startswith("Total")
    assert per_case.startswith("A case")


class Walked(Run):
    """The measured walk in memory, where mails are sent from the outbox as it is."""

    def __init__(self, world: World) -> None:
        rules = replace(world.services.rules, base_url=BASE_URL)
        super().__init__(replace(world.services, rules=rules), Meter())
        self.world = world

    def _mail(self) -> None:
        for key in self.world.pending():
            deliver(self.services, *key)


def test_measured_walk_comes_to_a_desk_that_is_open():
    world = World()
    import_directory.import_file(world.services, DEMO)
    Walked(world).walk(WARMING)  # as it is measured: one after the other
    run = Walked(world)
    run.walk(MEASURED_DESK)
    assert [run.calls[name] for name in WEB] == [6, 12, 4]
    with pytest.raises(RuntimeError, match="422"):
        run.see_desk("maija.mallikas@example.org", "")
