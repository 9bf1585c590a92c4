"""Uplift of promotions by numpy (docs/formulas.md#promotion), from the facts of core.

Here: quiet days, baseline, uplift with its band and cannibalisation of one promotion of a record, written from
the page. Not here: the comparison.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import numpy as np
from scipy.stats import norm

from tests.python.oracles.accepted import policy

DAY = timedelta(days=1)


def number(key: str) -> float:
    """A policy row of the company as a number."""
    return float(policy(key))


def span(first: date, last: date) -> list[date]:
    """Every day from the first to the last."""
    return [first + n * DAY for n in range((last - first).days + 1)]


class Promotions:
    """Demand, stock-outs and promotions of a built company. `rows` reads its marts."""

    def __init__(self, rows) -> None:
        [cutoff] = rows("select as_of_date from core.dim_cutoff")
        self.today = cutoff["as_of_date"]
        self.records = {(r["sku_id"], r["location_id"]): r for r in rows("select * from core.bridge_sku_location")}
        self.demand, self.category = defaultdict(float), defaultdict(float)
        for r in rows("select * from core.fct_demand_daily"):
            self.demand[r["sku_id"], r["location_id"], r["demand_date"]] = float(r["gross_demand_qty"])
        self.promotions = [r for r in rows("select * from core.fct_promotion") if not r["is_cancelled"]]
        self.running, self.dip = defaultdict(list), set()
        for p in self.promotions:
            record = p["sku_id"], p["location_id"]
            for day in span(p["start_date"], p["end_date"]):
                self.running[*record, day].append(p)
            for day in span(p["end_date"] + DAY, p["end_date"] + int(number("promotion_dip_days")) * DAY):
                self.dip.add((*record, day))
        for (sku, place, day), qty in self.demand.items():
            if not self.running.get((sku, place, day)) and (sku, place) in self.records:
                self.category[place, self.records[sku, place]["category"], day] += qty
        self.empty = defaultdict(list)
        for r in rows("select * from core.fct_stock_on_hand where on_hand_qty <= 0"):
            self.empty[r["sku_id"], r["location_id"]].append((r["valid_from_date"], r["valid_to_date"]))
        self.seasons = self._seasons()

    def _seasons(self) -> dict[tuple, float]:
        """(division, category, month) -> index, where the category was sold from the first month of the window on."""
        until = self.today.replace(day=1)
        months = until.year * 12 + until.month - 1 - int(number("season_window_months"))
        begin = date(months // 12, months % 12 + 1, 1)
        sold, first = defaultdict(float), {}
        for (sku, place, day), qty in self.demand.items():
            record = self.records[sku, place]
            group = record["division_code"], record["category"]
            if begin <= day < until:
                sold[*group, day.month] += qty
                first[group] = min(day, first.get(group, day))
        days = defaultdict(int)
        for day in span(begin, until - DAY):
            days[day.month] += 1
        index = {}
        for group, day in first.items():
            if (day - begin).days < days[begin.month]:
                mine = {month: qty for (*g, month), qty in sold.items() if tuple(g) == group}
                mean = sum(mine.values()) / sum(days[month] for month in mine)
                index |= {(*group, month): qty / days[month] / mean for month, qty in mine.items()}
        return index

    def season(self, record: tuple[str, str], day: date) -> float:
        """Seasonal index of a record's day."""
        known = self.records[record]
        return self.seasons.get((known["division_code"], known["category"], day.month), 1.0)

    def is_empty(self, record: tuple[str, str], day: date) -> bool:
        """Whether nothing was on hand when the day ended."""
        return any(since <= day < until for since, until in self.empty.get(record, []))

    def others(self, record: tuple[str, str], day: date) -> float:
        """What the other records of the category sold at the location, those on promotion left out."""
        total = self.category.get((record[1], self.records[record]["category"], day), 0.0)
        own = 0.0 if self.running.get((*record, day)) else self.demand.get((*record, day), 0.0)
        return total - own

    def quiet_days(self, record: tuple[str, str], p: dict) -> dict[int, list[date]]:
        """Weekday -> its last quiet days before a promotion."""
        anchor = min(p["start_date"], self.today + DAY)
        begin = min(p["start_date"], self.today) - int(number("promotion_lookback_days")) * DAY
        begin = max(begin, self.records[record]["first_event_date"])
        found = defaultdict(list)
        for day in reversed(span(begin, anchor - DAY)):
            quiet = not self.running.get((*record, day)) and (*record, day) not in self.dip
            if quiet and not self.is_empty(record, day):
                found[day.isoweekday()].append(day)
        return {weekday: days[: int(number("promotion_baseline_weeks"))] for weekday, days in found.items()}

    def owner(self, record: tuple[str, str], day: date) -> str | None:
        """Code of the deepest promotion of a day."""
        running = self.running.get((*record, day), [])
        order = sorted(running, key=lambda p: (-float(p["discount_ratio"] or -1), -p["start_date"].toordinal(),
                                               p["promotion_code"]))  # fmt: skip
        return order[0]["promotion_code"] if order else None

    def said(self, p: dict) -> dict:
        """What is said of a promotion that has begun."""
        record = p["sku_id"], p["location_id"]
        quiet = self.quiet_days(record, p)
        days = [d for d in span(p["start_date"], min(p["end_date"], self.today))
                if self.owner(record, d) == p["promotion_code"]]  # fmt: skip
        run = [d for d in days if not self.is_empty(record, d)]
        sold = sum(self.demand.get((*record, d), 0.0) for d in run)
        out = {"run_day_count": len(run), "empty_day_count": len(days) - len(run), "uplift_reason": None}
        points = min((len(quiet.get(d.isoweekday(), [])) for d in run), default=0)
        if not run:
            return out | {"uplift_reason": "promo_out_of_stock"}
        if points < number("promotion_min_points"):
            return out | {"uplift_reason": "insufficient_baseline"}
        own = self._expected(record, run, quiet, lambda d: self.demand.get((*record, d), 0.0))
        if own["baseline"] <= 0:
            return out | {"uplift_reason": "new_on_promo"}
        rest = self._expected(record, run, quiet, lambda d: self.others(record, d))
        ratio, z = sold / own["baseline"], norm.ppf((1 + number("promotion_confidence")) / 2)
        error = (own["variance"] * own["season"] * max(ratio, 1) + ratio**2 * own["variance"] * own["spread"]) ** 0.5
        taken = rest["baseline"] - sum(self.others(record, d) for d in run)
        width = z * (rest["variance"] * (rest["season"] + rest["spread"])) ** 0.5
        return out | {
            "promotion_qty": sold, "baseline_qty": own["baseline"], "uplift_ratio": ratio - 1,
            "uplift_low_ratio": ratio - 1 - z * error / own["baseline"],
            "uplift_high_ratio": ratio - 1 + z * error / own["baseline"],
            "incremental_qty": sold - own["baseline"], "cannibalised_qty": taken,
            "cannibalised_low_qty": taken - width, "cannibalised_high_qty": taken + width,
        }  # fmt: skip

    def _expected(self, record, run: list[date], quiet: dict[int, list[date]], qty) -> dict[str, float]:
        """Baseline of some days, the variance of a day around its weekday, and the weights of either error."""
        usual = {w: np.array([qty(d) / self.season(record, d) for d in days]) for w, days in quiet.items()}
        residual = sum(((values - values.mean()) ** 2).sum() for values in usual.values())
        weights = defaultdict(float)
        for day in run:
            weights[day.isoweekday()] += self.season(record, day)
        return {
            "baseline": sum(w * usual[weekday].mean() for weekday, w in weights.items()),
            "variance": residual / (sum(map(len, usual.values())) - len(usual)),
            "season": sum(weights.values()),
            "spread": sum(w**2 / len(usual[weekday]) for weekday, w in weights.items()),
        }
