"""Every month of the supplier scorecard recomputed (docs/formulas.md#supplier-score), in exact fractions.

Here: windows, parts, score, rank, trend and what hangs on a supplier, from accepted order lines, receipts and terms; a
past month with what is known now, as the page says. Not here: the comparison.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.forecasts import later
from tests.python.oracles.receipts import Line as Judged
from tests.python.oracles.receipts import limits, order_lines
from tests.python.oracles.replenishment import Line, Supply

SIX = Fraction(1, 2 * 10**6)  # scores nearer than this may share a rank by their six digits
PARTS = ("otif", "quality", "consistency", "quantity")


@dataclass
class Row:
    """A supplier in a month; None where a figure has no meaning."""

    supplier: str
    company: str
    division: str
    first: date
    last: date
    counts: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    sums: dict[str, Fraction] = field(default_factory=dict)
    mean_days: Fraction | None = None
    sd_days: float | None = None
    parts: dict[str, Fraction | float | None] = field(default_factory=dict)
    value_ratio: Fraction | None = None
    weighted: float = 0.0
    weight: Fraction = Fraction(0)
    score: float | None = None
    reason: str | None = None
    rank: int | None = None
    near_tie: bool = False
    earlier: float | None = None
    spend: Fraction | None = None
    single: Fraction | None = None


def number(key: str) -> Fraction:
    """A policy value as an exact fraction."""
    return Fraction(policy(key))


def total(parts: Iterable[Fraction]) -> Fraction:
    """An exact sum, by denominator first: added one by one, the denominators of thousands of lines grow without end."""
    found: dict[int, int] = defaultdict(int)
    for part in parts:
        found[part.denominator] += part.numerator
    return sum((Fraction(above, below) for below, above in found.items()), Fraction(0))


def share(part: Any, whole: Any) -> Fraction | None:
    """A ratio, None over nothing."""
    return Fraction(part) / Fraction(whole) if whole else None


class Scorecard:
    """Rows by (supplier, first day of the month)."""

    def __init__(self, company: Company, **changed: str) -> None:
        self.company, self.masters, self.today = company, company.masters, company.as_of_date
        self.supply = Supply(company)
        self.lines: dict[str, Line] = {line.name: line for line in self.supply.lines}
        self.judged: dict[str, Judged] = order_lines(company, limits(**changed))
        self.by_supplier: dict[str, list[str]] = defaultdict(list)
        for name, line in self.lines.items():
            self.by_supplier[line.supplier].append(name)

    @cached_property
    def sources(self) -> dict[tuple[str, str], set[str]]:
        """(division, SKU) -> suppliers that have terms for it or were ever ordered from."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in self.company.accepted.rows("erp", "item_suppliers"):
            if sku := self.masters.sku.get((row.instance, row.item_code)):
                found[row.instance, sku].add(f"{row.instance}.{row.supplier_code}")
        for line in self.lines.values():
            found[line.supplier.split(".", 1)[0], line.sku].add(line.supplier)
        return found

    @cached_property
    def rows(self) -> dict[tuple[str, date], Row]:
        """Every supplier in every month up to the cut-off."""
        companies = {place.division: place.company for place in self.masters.locations.values()}
        found: dict[tuple[str, date], Row] = {}
        for row in latest(self.company.accepted.rows("erp", "suppliers"), lambda r: (r.instance, r.supplier_code)):
            for first, last in self.company.months:
                name = f"{row.instance}.{row.supplier_code}"
                mine = Row(name, companies[row.instance], row.instance, first, last)
                self._window(mine)
                self._lead_times(mine)
                self._score(mine)
                found[name, first] = mine
        months = int(policy("supplier_trend_months"))
        for (name, first), row in found.items():
            before = found.get((name, later(first, -months)))
            row.earlier = before and before.score
            peers = [other for (_, month), other in found.items() if (month, other.company) == (first, row.company)]
            self._place(row, peers)
        return found

    def _window(self, row: Row) -> None:
        begin = row.last - timedelta(days=int(policy("supplier_score_window_days")))
        names = [
            name
            for name in self.by_supplier[row.supplier]
            if self.judged[name].is_otif is not None and begin < self.judged[name].planned <= row.last
        ]
        judged = [self.judged[name] for name in names]
        lines = [self.lines[name] for name in names]
        got = [(sum(q for _, q, _ in x.receipts), sum(q for *_, q in x.receipts)) for x in lines]
        rejected = [Fraction(bad) / Fraction(came) for came, bad in got if came > 0]
        settled = [x for x in judged if x.quantity_variance is not None]
        wrong = [
            min(abs(Fraction(x.accepted) - Fraction(x.ordered)) / Fraction(x.ordered), Fraction(1)) for x in settled
        ]
        alone = [self.sources[row.division, x.sku] == {row.supplier} for x in lines]
        row.counts = {
            "due_line_count": len(names),
            "otif_line_count": sum(x.is_otif for x in judged),
            "received_line_count": len(rejected),
            "measured_line_count": len(settled),
            "unvalued_line_count": sum(x.amount is None for x in judged),
        }
        row.amounts = {
            "due_amount": sum((x.amount or Decimal(0) for x in judged), Decimal(0)),
            "otif_amount": sum((x.amount or Decimal(0) for x in judged if x.is_otif), Decimal(0)),
            "single_source_amount": sum(
                (x.amount or Decimal(0) for x, only in zip(judged, alone, strict=True) if only), Decimal(0)
            ),
        }
        row.sums = {"rejected_lines_ratio": total(rejected), "wrong_lines_ratio": total(wrong)}
        row.value_ratio = share(row.amounts["otif_amount"], row.amounts["due_amount"])
        row.parts = {
            "otif": share(row.counts["otif_line_count"], len(names)),
            "quality": 1 - row.sums["rejected_lines_ratio"] / len(rejected) if rejected else None,
            "quantity": 1 - row.sums["wrong_lines_ratio"] / len(settled) if settled else None,
        }

    def _lead_times(self, row: Row) -> None:
        begin = row.last - timedelta(days=int(policy("lead_time_window_days")))
        days = []
        for line in (self.lines[name] for name in self.by_supplier[row.supplier]):
            day = line.full_day
            if day and line.status != "cancelled" and begin < day <= row.last and day >= line.start:
                days.append((day - line.start).days)
        days.sort()
        if days:
            most = days[math.ceil(0.99 * len(days) - 1e-9) - 1] * number("lead_time_cap_factor")
            days = [min(Fraction(n), most) for n in days]
            row.mean_days = total(days) / len(days)
        consistency: float | None = None
        if len(days) > 1:
            squares = total(n * n for n in days) - row.mean_days**2 * len(days)
            row.sd_days = math.sqrt(squares / (len(days) - 1))
            consistency = 1 - min(row.sd_days / float(row.mean_days), 1.0) if row.mean_days else 1.0
        row.counts["lead_time_count"] = len(days)
        row.parts["consistency"] = consistency

    def _score(self, row: Row) -> None:
        weights = {name: number(f"supplier_score_{name}_weight") for name in PARTS}
        known = {name: part for name, part in row.parts.items() if part is not None}
        row.weighted = float(sum(weights[name] * part for name, part in known.items()))
        row.weight = sum((weights[name] for name in known), Fraction(0))
        row.score = row.weighted / float(row.weight) if known else None
        row.reason = None if known else "no_lines"

    @staticmethod
    def _place(row: Row, peers: list[Row]) -> None:
        if row.score is not None:
            scores = [round(other.score, 6) for other in peers if other.score is not None]
            row.rank = 1 + sum(score > round(row.score, 6) for score in scores)
            row.near_tie = any(0 < abs(other.score - row.score) < 3 * SIX for other in peers if other.score is not None)
        whole = sum((other.amounts["due_amount"] for other in peers), Decimal(0))
        row.spend = share(row.amounts["due_amount"], whole)
        row.single = share(row.amounts["single_source_amount"], whole)

    def is_closed(self, row: Row) -> bool:
        """Whether the whole month has passed."""
        return (row.last + DAY).day == 1
