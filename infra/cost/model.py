"""The sum itself, without a network or a clock: use and prices in, lines of a bill out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

GB = 1e9
MONTHS = 12


@dataclass(frozen=True, slots=True)
class FunctionRun:
    """What one function does for one case. ``memory`` in MB, ``milliseconds`` for all calls."""

    calls: float
    milliseconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Use:
    """What one case uses, on the straight way. Units are DynamoDB's request units."""

    functions: Mapping[str, FunctionRun]
    web: tuple[str, ...]
    mails: float
    mail_bytes: float
    read_units: float
    write_units: float
    stored_bytes: float


@dataclass(frozen=True, slots=True)
class Prices:
    """``unit``: dollars for one of a thing; ``monthly``: for having it; ``assumed``: see there."""

    unit: Mapping[str, float]
    monthly: Mapping[str, float]
    assumed: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of the bill, in dollars a month."""

    service: str
    thing: str
    amount: float
    cost: float


def use_from(plain: Mapping[str, Any]) -> Use:
    """The use that ``measured.json`` holds."""
    functions = {name: FunctionRun(**each) for name, each in plain["functions"].items()}
    numbers = {
        name: float(plain[name]) for name in Use.__slots__ if name not in ("functions", "web")
    }
    return Use(functions=functions, web=tuple(plain["web"]), **numbers)


def bill(cases_a_year: float, use: Use, prices: Prices) -> list[BillLine]:
    """What a month costs at this many new cases a year, spread evenly."""
    lines = [*_moving(cases_a_year / MONTHS, use, prices)]
    lines += _stored(cases_a_year, use, prices)
    return [*lines, *_standing(prices)]


def by_service(lines: list[BillLine]) -> dict[str, float]:
    """Dollars a month by service, in the order they first appear."""
    sums: dict[str, float] = {}
    for line in lines:
        sums[line.service] = sums.get(line.service, 0.0) + line.cost
    return sums


def _moving(cases: float, use: Use, prices: Prices) -> Iterator[BillLine]:
    """All that grows with the cases of a month."""
    assumed = prices.assumed
    done = cases * assumed["more"]
    calls = {name: f.calls * done for name, f in use.functions.items()}
    requests = sum(calls[name] for name in use.web)
    mails = use.mails * done

    def line(service: str, price: str, amount: float) -> BillLine:
        return BillLine(service, price, amount, amount * prices.unit[price])

    clock = assumed["clock_runs"]
    yield line("Lambda", "lambda_request", sum(calls.values()) + clock)
    yield line("Lambda", "lambda_gb_second", _gb_seconds(done, use, assumed))
    yield line("DynamoDB", "dynamodb_write", use.write_units * done)
    yield line("DynamoDB", "dynamodb_read", use.read_units * done + clock * assumed["clock_reads"])
    yield line("API Gateway", "api_request", requests)
    yield line("SES", "ses_mail", mails)
    yield line("SES", "ses_gb", mails * use.mail_bytes / GB)
    fetched = requests + assumed["site_requests"] * cases
    yield line("CloudFront", "cloudfront_request", fetched)
    yield line("CloudFront", "cloudfront_gb", assumed["site_bytes"] * cases / GB)
    yield line("WAF", "waf_request", fetched)
    starts = assumed["cold_share"] * (sum(calls.values()) + clock)
    yield line("KMS", "kms_request", starts)  # each start decrypts the secret once
    yield line("CloudWatch", "logs_gb", (requests + mails + clock) * assumed["log_bytes"] / GB)


def _gb_seconds(done: float, use: Use, assumed: Mapping[str, float]) -> float:
    cold = assumed["cold_share"] * assumed["cold_milliseconds"]
    spent = sum(
        (f.milliseconds + f.calls * cold) / 1000 * f.memory / 1024 for f in use.functions.values()
    )
    runs = assumed["clock_runs"] * assumed["clock_milliseconds"] / 1000
    return spent * done + runs * assumed["clock_memory"] / 1024


def _stored(cases_a_year: float, use: Use, prices: Prices) -> Iterator[BillLine]:
    """What is kept once as many years have passed as a case is kept."""
    kept = cases_a_year * prices.assumed["retention_years"] * use.stored_bytes / GB
    for price in ("dynamodb_gb_month", "dynamodb_recovery_gb_month"):
        yield BillLine("DynamoDB", price, kept, kept * prices.unit[price])


def _standing(prices: Prices) -> Iterator[BillLine]:
    """What costs the same every month."""
    had = {
        ("KMS", "kms_key"): 1.0,
        ("CloudWatch", "alarm"): prices.assumed["alarms"],
        ("CloudWatch", "dashboard"): prices.assumed["dashboards"],
        ("WAF", "waf_acl"): 1.0,
        ("WAF", "waf_rule"): prices.assumed["waf_rules"],
    }
    for (service, thing), amount in had.items():
        yield BillLine(service, thing, amount, amount * prices.monthly[thing])
