"""Prints what a month costs; `--measure` first runs a case on the local AWS and counts."""

import argparse
import json
import sys
import tomllib
from pathlib import Path

from infra.cost.model import Prices, Use, bill, by_service, use_from

HERE = Path(__file__).parent
MEASURED = HERE / "measured.json"
PRICES = HERE / "prices.toml"
SIZES = (100, 10_000, 1_000_000)  # cases a year


def table(use: Use, prices: Prices) -> str:
    """A row for each service and a column for each size, in dollars a month."""
    sums = [by_service(bill(size, use, prices)) for size in SIZES]
    rows = [("Cases a year", *(f"{size:,}" for size in SIZES))]
    rows += [(service, *(f"{each[service]:,.2f}" for each in sums)) for service in sums[0]]
    rows.append(("Total", *(f"{sum(each.values()):,.2f}" for each in sums)))
    yearly = (sum(s.values()) * 12 / size for s, size in zip(sums, SIZES, strict=True))
    rows.append(("A case", *(f"{each:,.4f}" for each in yearly)))
    return "\n".join(f"{row[0]:14}" + "".join(f"{cell:>14}" for cell in row[1:]) for row in rows)


def main() -> int:
    """Command line; see the module."""
    parser = argparse.ArgumentParser(description="What a month costs, in US dollars.")
    parser.add_argument("--measure", action="store_true", help="measure a case's use anew")
    if parser.parse_args().measure:
        from infra.cost.measure import measured  # starts a local AWS

        text = json.dumps(measured(), indent=2, sort_keys=True)
        MEASURED.write_text(text + "\n", encoding="utf-8")
    known = tomllib.loads(PRICES.read_text(encoding="utf-8"))
    plain = json.loads(MEASURED.read_text(encoding="utf-8"))
    prices = Prices(known["unit"], known["monthly"], known["assumed"])
    print(table(use_from(plain), prices))
    state = "verified" if known["verified"] else "NOT VERIFIED at the source"
    print(f"\nUS dollars a month, eu-north-1, no free tier. Prices of {known['dated']}, {state}.")
    print(f"A case's use was measured on {plain['measured_on']}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
