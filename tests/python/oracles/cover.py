"""How long stock lasts under what is expected after a month's end, walked day by day (docs/formulas.md#turnover).

Here: the plan of each record from the accepted forecasts, else from its last 91 days, and the walk of every scope.
Stock, sales and costs come from the company's daily series. Not here: cover at the pace of the past (turnover.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from tests.python.oracles.accepted import latest
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.costs import Record
from tests.python.oracles.forecasts import end_of
from tests.python.oracles.turnover import record_figures

PREFERRED = ("week", "month", "day")


@dataclass
class Plan:
    """Demand of each day after a month's end, then the same demand for ever."""

    days: np.ndarray
    tail: float
    source: str


@dataclass
class Cover:
    """A scope: what it holds and what is expected of it, in value and in units."""

    value: float | None = None
    units: float = 0.0
    plans: list[tuple[Plan, float | None]] = field(default_factory=list)  # with the unit cost, None without a value

    @property
    def source(self) -> str | None:
        """What the plans come from."""
        found = {plan.source for plan, _ in self.plans}
        return found.pop() if len(found) == 1 else "mixed" if found else None

    def days(self, in_units: bool) -> float | None:
        """Days until nothing is left; None if that day never comes."""
        stock = self.units if in_units else self.value
        weighed = [(plan, 1.0 if in_units else cost) for plan, cost in self.plans]
        known = [(plan, weight) for plan, weight in weighed if weight is not None]
        if stock is None or not known:
            return None
        daily = np.zeros(max(len(plan.days) for plan, _ in known))
        for plan, weight in known:
            daily[: len(plan.days)] += weight * plan.days
            daily[len(plan.days) :] += weight * plan.tail
        tail = sum(weight * plan.tail for plan, weight in known)
        if stock <= 0:
            return 0.0 if tail > 0 or (daily > 0).any() else None
        for day, gone in enumerate(daily):
            if gone > 0 and gone >= stock:
                return day + stock / gone
            stock -= gone
        return len(daily) + stock / tail if tail > 0 else None


class Expected:
    """What planners, or failing them the baseline, expected of every record."""

    def __init__(self, company: Company) -> None:
        self.company = company

    @cached_property
    def versions(self) -> dict[Record, list[tuple]]:
        """Record -> (source, kind, first day, last day, day it was made, moment, item code, units)."""
        found: dict[Record, list[tuple]] = defaultdict(list)
        masters = self.company.masters
        for source in ("erp", "baseline"):
            told = latest(
                self.company.accepted.rows(source, "demand_forecasts"),
                lambda r: (r.instance, r.item_code, r.location_code, r.made_at, r.period_start),
            )
            for row in told:
                place = masters.locations.get(f"{row.instance}.{row.location_code}")
                sku = masters.sku.get((row.instance, row.item_code))
                factor = masters.factor(row.instance, row.item_code, row.uom) if sku else None
                if place is None or factor is None:
                    continue
                made = row.made_at.replace(tzinfo=UTC).astimezone(ZoneInfo(place.time_zone)).date()
                last = end_of(row.period_type, row.period_start)
                code = row.instance, row.item_code
                version = (source, row.period_type, row.period_start, last, made, row.made_at, code)
                found[sku, place.location_id].append((*version, float(row.forecast_qty * factor)))
        return found

    def plan(self, record: Record, last_day: date, known_days: int) -> Plan | None:
        """The plan at a month's end, or None where nothing says anything."""
        ahead = [v for v in self.versions.get(record, []) if v[4] <= last_day < v[3]]
        for source in ("erp", "baseline"):
            for kind in PREFERRED:
                chosen = [v for v in ahead if v[:2] == (source, kind)]
                if chosen:
                    return self._forecast(chosen, last_day)
        series = self.company.days[record]
        first = max(last_day - timedelta(days=90), self.company.feed_start[record[1]])
        days = [first + timedelta(days=n) for n in range((last_day - first).days + 1)]
        sold = float(sum(series[day].sold for day in days))
        pace = sold / min(91, known_days)
        return Plan(np.zeros(0), pace, "trailing_91_days") if sold > 0 else None

    @staticmethod
    def _forecast(versions: list[tuple], last_day: date) -> Plan:
        newest: dict[tuple, tuple] = {}
        for version in sorted(versions, key=lambda v: v[5]):
            newest[version[2], version[6]] = version
        totals: dict[date, float] = defaultdict(float)
        ends: dict[date, date] = {}
        for (start, _), version in newest.items():
            totals[start] += version[7]
            ends[start] = version[3]
        begun = [start for start in totals if start <= last_day + DAY]
        for start in begun:
            if start < max(begun):  # periods that overlap: the last one begun speaks
                del totals[start], ends[start]
        rates = {start: totals[start] / ((ends[start] - start).days + 1) for start in sorted(totals)}
        horizon = (max(ends.values()) - last_day).days
        daily = np.zeros(horizon)
        for n in range(horizon):
            day = last_day + DAY + timedelta(days=n)
            begun = [start for start in rates if start <= day] or [min(rates)]
            daily[n] = rates[max(begun)]
        length = sum((ends[start] - start).days + 1 for start in totals)
        return Plan(daily, sum(totals.values()) / length, "forecast")


def covers(company: Company, expected: Expected, last_day: date) -> dict[tuple[str, str], Cover]:
    """(scope type, scope id) -> Cover at a month's end."""
    found: dict[tuple[str, str], Cover] = defaultdict(Cover)
    for record, series in company.days.items():
        figures = record_figures(company, record, last_day, "auto", "cogs")
        if figures is None:
            continue
        known = sum(1 for day in series if day <= last_day)
        plan = expected.plan(record, last_day, known)
        in_month = [series[day] for day in series if last_day.replace(day=1) <= day <= last_day]
        has_value = figures.closing is not None and all(day.value is not None for day in in_month)
        cost, _ = company.costs.at(record, last_day)
        rate = company.rate(record, last_day, "closing")
        weight = float(cost * rate) if has_value and cost is not None and rate is not None else None
        for scope in company.scopes(record).items():
            cover = found[scope]
            if has_value:
                cover.value = (cover.value or 0.0) + float(figures.closing)
            cover.units += float(series[last_day].qty)
            if plan is not None:
                cover.plans.append((plan, weight))
    return found
