"""From the value of stock at a month's opening to that at its close, by days (docs/formulas.md#stock-value-bridge).

Here: the steps of every record and month, walked over the days of the ledger. Not here: comparisons (test_money.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from tests.python.oracles.company import DAY, Company
from tests.python.oracles.costs import Record

ZERO = Decimal(0)
KINDS = {
    "opening_balance": "opening_balance",
    "receipt": "receipt",
    "supplier_return": "supplier_return",
    "production": "production",
    "consumption": "production",
    "sales_issue": "cost_of_sales",
    "customer_return": "customer_return",
    "scrap": "write_off",
    "adjustment": "count_adjustment",
}
STEPS = (
    *("opening_balance", "receipt", "supplier_return", "production", "cost_of_sales", "customer_return", "write_off"),
    *("count_adjustment", "other", "transfer", "in_transit", "price", "negative", "fx", "uncosted"),
)


@dataclass
class Bridge:
    """Sums of a month in company currency; what cannot be valued of a record makes all of its change uncosted."""

    opening: Decimal = ZERO
    closing: Decimal = ZERO
    steps: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    uncosted_records: int = 0
    records: int = 0

    def add(self, other: Bridge) -> None:
        """Sum over records."""
        self.opening += other.opening
        self.closing += other.closing
        self.uncosted_records += other.uncosted_records
        self.records += other.records
        for step, amount in other.steps.items():
            self.steps[step] += amount


@dataclass
class _Month:
    """What happened to one record in one month; None once something in it has no cost."""

    steps: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    uncosted: bool = False
    held_uncosted: bool = False
    closing: Decimal = ZERO  # local currency

    def take(self, step: str, qty: Decimal, cost: Decimal | None) -> None:
        """A quantity at a cost."""
        if qty and cost is None:
            self.uncosted = True
        elif qty:
            self.steps[step] += qty * cost


def bridges(company: Company) -> dict[tuple[str, str, date], Bridge]:
    """(scope type, scope id, first day of month) -> Bridge."""
    transfers = _transfers(company)
    found: dict[tuple[str, str, date], Bridge] = defaultdict(Bridge)
    for record in company.days:
        walked = _walk(company, record)
        opening: Decimal | None = ZERO
        opening_local = ZERO
        for first, last in company.months:
            if last < company.feed_start[record[1]]:
                continue
            month = walked[first]
            average, closing_rate = (company.rate(record, last, kind) for kind in ("average", "closing"))
            closing = None if month.held_uncosted or closing_rate is None else month.closing * closing_rate
            moved, missing = transfers.get((record, first), ({}, False))
            own = Bridge(opening or ZERO, closing or ZERO, records=1)
            if None in (opening, closing, average) or month.uncosted or missing:
                own.uncosted_records = 1
                own.steps["uncosted"] = own.closing - own.opening
            else:
                for step, amount in month.steps.items():
                    own.steps[step] += amount * average
                for step, amount in moved.items():
                    own.steps[step] += amount
                own.steps["fx"] = closing - opening - average * (month.closing - opening_local)
            for scope in company.scopes(record).items():
                found[*scope, first].add(own)
            opening, opening_local = closing, month.closing
    return found


def _walk(company: Company, record: Record) -> dict[date, _Month]:
    """Every day of the record: what moved at the cost of the day, and what a new cost made of what lay there."""
    by_day = defaultdict(lambda: defaultdict(Decimal))
    for leg in company.by_record.get(record, []):
        if leg.is_owned:
            by_day[leg.day][leg.kind] += leg.qty
    months: dict[date, _Month] = defaultdict(_Month)
    level, day = ZERO, company.feed_start[record[1]]
    before = company.costs.at(record, day - DAY)[0]
    while day <= company.as_of_date:
        month, cost = months[day.replace(day=1)], company.costs.at(record, day)[0]
        if level > 0 and cost != before:
            if cost is None or before is None:
                month.uncosted = True
            else:
                month.steps["price"] += level * (cost - before)
        lacking = max(-level, ZERO)
        sums = defaultdict(Decimal)
        for kind, qty in by_day.get(day, {}).items():
            level += qty
            if kind not in ("transfer_in", "transfer_out"):
                sums[KINDS.get(kind, "other")] += qty
        for step, qty in sums.items():
            month.take(step, qty, cost)
        month.take("negative", max(-level, ZERO) - lacking, cost)
        month.held_uncosted |= level > 0 and cost is None
        month.closing = max(level, ZERO) * (cost or ZERO)
        before, day = cost, day + DAY
    return months


def _transfers(company: Company) -> dict[tuple[Record, date], tuple[dict[str, Decimal], bool]]:
    """(record, month) -> amounts by step, and whether a cost or rate is missing."""
    together = defaultdict(list)
    for record, legs in company.by_record.items():
        for leg in legs:
            if leg.is_owned and leg.kind in ("transfer_in", "transfer_out"):
                name = leg.source.transfer_id or leg.movement_id
                together[name, leg.sku, leg.day.replace(day=1)].append((record, leg))
    found: dict = {}
    for (_, _, month), legs in together.items():
        amounts = []
        for record, leg in legs:
            cost, rate = company.costs.at(record, leg.day)[0], company.rate(record, leg.day, "average")
            amounts.append(None if cost is None or rate is None else leg.qty * cost * rate)
        settled = sum((leg.qty for _, leg in legs), ZERO) == 0
        known = [amount for amount in amounts if amount is not None]
        first = min(range(len(legs)), key=lambda n: (-legs[n][1].qty, legs[n][1].movement_id))
        for place, ((record, _), amount) in enumerate(zip(legs, amounts, strict=True)):
            steps, missing = found.get((record, month), (defaultdict(Decimal), False))
            steps["transfer" if settled else "in_transit"] += amount or ZERO
            if settled and place == first:
                steps["transfer"] -= sum(known, ZERO)
                steps["price"] += sum(known, ZERO)
            found[record, month] = steps, missing or amount is None
    return found
