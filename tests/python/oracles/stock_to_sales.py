"""Stock in months of sales, per scope, month and quarter (docs/formulas.md#inventory-to-sales, A31, B4.4).

Stock, cost of sales and net sales of a record come from the daily series and the oracle of GMROII; here: which records
are in the pair, periods, and what is judged after the sum.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.python.oracles.accepted import policy, seed
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.gmroii import Sales

Scope = tuple[str, str]


@dataclass
class Pair:
    """Stock summed over month ends beside sales; None while no record is in."""

    stock: Decimal | None = None
    sales: Decimal | None = None

    def add(self, stock: Decimal | None, sales: Decimal | None) -> None:
        """Sum of what is known."""
        if stock is not None:
            self.stock = (self.stock or 0) + stock
        if sales is not None:
            self.sales = (self.sales or 0) + sales


@dataclass
class Period:
    """A scope in a month or a quarter, by both readings."""

    months: int
    by_sales: Pair
    by_cogs: Pair
    last_day: date
    known: int = 0
    sent: int = 0

    @property
    def is_over(self) -> bool:
        """Whether its last month is complete; a quarter ends in March, June, September or December."""
        after = self.last_day + DAY
        return after.day == 1 and (after.month - 1) % self.months == 0

    def reason(self, reading: str) -> str | None:
        """Why there is no ratio, the first that holds."""
        pair = self.by_sales if reading == "sales" else self.by_cogs
        if not self.is_over:
            return "open_month"
        if reading == "sales" and self.sent == 0:
            return "no_sales"
        if self.known < self.months or (reading == "sales" and self.sent < self.known):
            return "short_history"
        if pair.stock is None or pair.sales is None:
            return "no_cost"
        return "no_sales" if pair.sales <= 0 else None

    def ratio(self, reading: str) -> Decimal | None:
        """Mean stock over mean monthly sales."""
        pair = self.by_sales if reading == "sales" else self.by_cogs
        if self.reason(reading) is not None:
            return None
        return (pair.stock / self.months) / (pair.sales / self.months)

    def part(self, reading: str) -> Decimal | None:
        """Mean stock over all sales of the period."""
        pair = self.by_sales if reading == "sales" else self.by_cogs
        return None if self.reason(reading) is not None else pair.stock / self.months / pair.sales


def months_of_scopes(company: Company, sales: Sales) -> dict[tuple[Scope, date], Period]:
    """(scope, first of month) -> the month."""
    found: dict[tuple[Scope, date], Period] = {}
    for record, series in company.days.items():
        division = company.masters.locations[record[1]].division
        for first, end in company.months:
            start = max(first, company.feed_start[record[1]])
            if start > end:
                continue
            days = [series[day] for day in series if start <= day <= end]
            stock = series[end].value if all(day.value is not None for day in days) else None
            cogs = None if any(day.cogs is None for day in days) else sum((d.cogs for d in days), Decimal(0))
            told = sales.first_month.get(division)
            is_sent = told is not None and told <= first
            is_rated = (record, first) not in sales.unrated
            for scope in company.scopes(record).items():
                month = found.setdefault((scope, first), Period(1, Pair(), Pair(), end, 1))
                month.sent = max(month.sent, int(is_sent))
                if stock is not None and cogs is not None:
                    month.by_cogs.add(stock, cogs)
                if stock is not None and is_sent and is_rated:
                    month.by_sales.add(stock, sales.by_month.get((record, first), Decimal(0)))
    return found


def periods(company: Company, sales: Sales) -> dict[tuple[Scope, str, date], Period]:
    """(scope, month or quarter, first day) -> the period."""
    months = months_of_scopes(company, sales)
    found = {(scope, "month", first): month for (scope, first), month in months.items()}
    for (scope, first), month in sorted(months.items(), key=lambda item: item[0][1]):
        start = date(first.year, first.month - (first.month - 1) % 3, 1)
        quarter = found.setdefault((scope, "quarter", start), Period(3, Pair(), Pair(), month.last_day))
        quarter.last_day = month.last_day
        quarter.known += 1
        quarter.sent += month.sent
        quarter.by_sales.add(month.by_sales.stock, month.by_sales.sales)
        quarter.by_cogs.add(month.by_cogs.stock, month.by_cogs.sales)
    return found


def alignment(now: Period, before: Period | None) -> tuple[str | None, str | None]:
    """(which sales are compared, what is out of line), None where a year before is not known."""
    for basis, reading in (("net_sales", "sales"), ("cogs", "cogs")):
        if before is None or now.ratio(reading) is None or before.ratio(reading) is None:
            continue
        mine, old = ((p.by_sales if reading == "sales" else p.by_cogs) for p in (now, before))
        if before.ratio(reading) <= 0 or old.stock <= 0:
            return basis, None
        change = now.ratio(reading) / before.ratio(reading) - 1
        gap = mine.sales / old.sales - mine.stock / old.stock
        is_up, is_behind = change > Decimal(policy("isr_change_limit")), gap < -Decimal(policy("isr_growth_gap_limit"))
        words = ["ratio_up"] * is_up + ["sales_behind_stock"] * is_behind
        return basis, "_and_".join(words) or "aligned"
    return None, None


def benchmark(last_day: date, series: str) -> Decimal | None:
    """The last observation of a series up to a day."""
    rows = [r for r in seed("reference/inventory_to_sales_benchmarks.csv") if r["series_id"] == series]
    known = [r for r in rows if date.fromisoformat(r["observed_month"]) <= last_day]
    return Decimal(max(known, key=lambda r: r["observed_month"])["benchmark_ratio"]) if known else None


def by_start(found: dict[tuple[Scope, str, date], Period]) -> dict[tuple[str, date], dict[Scope, Period]]:
    """The periods of one kind and first day together."""
    grouped: dict[tuple[str, date], dict[Scope, Period]] = defaultdict(dict)
    for (scope, kind, first), period in found.items():
        grouped[kind, first][scope] = period
    return grouped
