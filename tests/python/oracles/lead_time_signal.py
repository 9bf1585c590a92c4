"""Lead times of late against their base, and the chart of missing receipts (docs/formulas.md#lead-time-signal).

Here: numpy and scipy over the oracle's own order lines, written from the page. Not here: the comparison.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, log

import numpy as np
from scipy.stats import f as f_distribution

from tests.python.oracles.accepted import policy
from tests.python.oracles.company import Company
from tests.python.oracles.receipts import Line, limits, order_lines

DAY = timedelta(days=1)


def number(key: str) -> float:
    """A policy row of the company as a number."""
    return float(policy(key))


def observed(values: list[float], share: float) -> float:
    """The least value that a share of the values does not exceed."""
    return sorted(values)[ceil(share * len(values) - 1e-9) - 1]


def months_back(day: date, months: int) -> date:
    """The same day so many months before, kept inside the month."""
    index = day.year * 12 + day.month - 1 - months
    last = (date(index // 12 + (index % 12 == 11), (index + 1) % 12 + 1, 1) - DAY).day
    return date(index // 12, index % 12 + 1, min(day.day, last))


@dataclass(frozen=True)
class Sample:
    """Lead times of one segment on a day: base, recent, and how many of the recent are overdue lines."""

    base: list[float]
    recent: list[float]
    overdue: int


class LeadTimes:
    """The order lines of a company and the days on which they are compared."""

    def __init__(self, company: Company) -> None:
        self.today = company.as_of_date
        self.lines = [line for line in order_lines(company, limits()).values() if self._has_lead_time(line)]
        first = months_back(self.today, int(number("lead_time_history_months")))
        month, days = self.today.replace(day=1), {self.today}
        while month > first:
            days.add(month - DAY)
            month = (month - DAY).replace(day=1)
        self.days = sorted(days)

    @staticmethod
    def _has_lead_time(line: Line) -> bool:
        return line.state in ("received", "open", "closed_short") and (line.full is None or line.full >= line.start)

    def samples(self, day: date, segment) -> dict[str, Sample]:
        """Segment id -> its two samples on a day; `segment` names the segment of a line."""
        recent_from = day - timedelta(number("lead_time_recent_days"))
        base_from = recent_from - timedelta(number("lead_time_base_days"))
        base, recent, overdue = defaultdict(list), defaultdict(list), defaultdict(list)
        for line in self.lines:
            if line.full is not None and line.full <= day:
                if line.full > recent_from:
                    recent[segment(line)].append((line.full - line.start).days)
                elif line.full > base_from:
                    base[segment(line)].append((line.full - line.start).days)
            elif line.start <= day and line.planned is not None and line.planned < day:
                overdue[segment(line)].append((day - line.start).days)
        found = {}
        for name in {*base, *recent, *overdue}:
            cap = number("lead_time_cap_factor") * observed(base[name], 0.99) if base[name] else float("inf")
            late = [min(days, cap) for days in recent[name] + overdue[name]]
            found[name] = Sample([min(days, cap) for days in base[name]], late, len(overdue[name]))
        return found

    def said(self, sample: Sample) -> dict:
        """What is said of a segment's two samples."""
        out = {"recent_count": len(sample.recent), "base_count": len(sample.base), "overdue_count": sample.overdue}
        logs = {}
        for name, values in (("recent", sample.recent), ("base", sample.base)):
            logs[name] = np.var([log(max(v, 1)) for v in values], ddof=1) if len(values) > 1 else None
            out[f"{name}_mean_days"] = np.mean(values) if values else None
            out[f"{name}_sd_days"] = np.std(values, ddof=1) if len(values) > 1 else None
            out[f"{name}_p50_days"] = observed(values, 0.5) if values else None
            out[f"{name}_p95_days"] = observed(values, 0.95) if values else None
        few = out["recent_count"] < number("lead_time_recent_min_lines")
        few = few or out["base_count"] < number("lead_time_base_min_lines")
        reason = "no_receipt" if not sample.recent or not sample.base else "insufficient" if few else None
        if reason is None and round(logs["base"], 6) == 0:
            reason = "zero_variance"
        out |= {"lead_time_reason": reason, "shift_days": None, "spread_ratio": None, "tail_probability": None}
        if reason is None:
            ratio = logs["recent"] / logs["base"]
            out["shift_days"] = out["recent_mean_days"] - out["base_mean_days"]
            out["spread_ratio"] = ratio**0.5
            out["tail_probability"] = f_distribution.sf(ratio, len(sample.recent) - 1, len(sample.base) - 1)
        return out

    def chart(self) -> dict[tuple[str, date], float]:
        """(supplier, end of the week) -> CUSUM of missing receipts, by its recursion over the weeks looked at."""
        deviations: dict[str, list[tuple[date, float]]] = defaultdict(list)
        by_supplier = defaultdict(list)
        for line in self.lines:
            by_supplier[line.supplier].append(line)
        bases = {day: self.samples(day, lambda line: line.supplier) for day in self.days}
        monday = self.days[0] + DAY
        monday += timedelta(days=-monday.weekday() % 7)
        while monday <= self.today:
            sunday = min(monday + 6 * DAY, self.today)
            day = max(d for d in self.days if d < monday)
            for supplier, lines in by_supplier.items():
                base = bases[day].get(supplier, Sample([], [], 0)).base
                alive = [x for x in lines if x.start <= sunday and (x.full or sunday) >= monday]
                if alive and len(base) >= number("lead_time_base_min_lines"):
                    deviations[supplier].append((sunday, self._deviation(base, alive, monday, sunday)))
            monday += 7 * DAY
        slack, weeks, found = number("lead_time_cusum_slack"), int(number("lead_time_chart_weeks")), {}
        for supplier, rows in deviations.items():
            for place, (sunday, _) in enumerate(rows):
                total = 0.0
                for then, deviation in rows[: place + 1]:
                    if (sunday - then).days < 7 * weeks:
                        total = max(0.0, total + deviation - slack)
                found[supplier, sunday] = total
        return found

    @staticmethod
    def _deviation(base: list[float], lines: list[Line], monday: date, sunday: date) -> float:
        """Receipts missing in a week, in standard deviations: each line by its chances at the ages it passed there."""
        ages = np.floor(np.array(base))
        chances = {age: (ages == age).sum() / (ages >= age).sum() for age in set(ages.tolist())}
        expected = received = 0.0
        for line in lines:
            last = min(sunday, line.full or sunday)
            received += line.full is not None and line.full <= sunday
            low, high = (monday - line.start).days, (last - line.start).days
            expected += sum(chance for age, chance in chances.items() if low <= age <= high)
        return (expected - received) / max(expected, 1.0) ** 0.5
