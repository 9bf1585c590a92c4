"""Forecast errors, accuracy, bias and steps of safety stock, recomputed from accepted rows with pandas and numpy.

Here: docs/formulas.md 3.1 and 6.2 in floats. Lead times, moments of demand, classes and parameters come from their
marts, which have oracles of their own; forecasts, demand, stock and costs from the accepted rows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy.stats import norm

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import DAY, Company
from tests.python.oracles.costs import Record

LENGTHS = {"month": 0, "week": 1, "day": 2}


def month_of(day: date) -> date:
    """First day of the month of a day."""
    return day.replace(day=1)


def later(month: date, months: int) -> date:
    """First day of the month so many months on."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def end_of(kind: str, start: date) -> date:
    """Last day of a period."""
    if kind == "month":
        moved = later(start, 1)
        return date(moved.year, moved.month, start.day) - DAY
    return start + timedelta(days=6 if kind == "week" else 0)


def first_of(kind: str, day: date) -> date:
    """First day of the period a day lies in."""
    return month_of(day) if kind == "month" else day - timedelta(days=day.weekday()) if kind == "week" else day


class Forecasts:
    """Everything about the forecasts of one company."""

    def __init__(self, company: Company, rows: Callable[[str], list[dict]], source: str = "erp", **values: Any) -> None:
        self.company, self.masters, self.today = company, company.masters, company.as_of_date
        self.values, self.source = values, source
        self.lead_times = self._by_record(rows("select * from core.fct_replenishment_lead_time"))
        self.statistics = self._by_record(rows("select * from core.fct_demand_statistic"))
        self.plans = self._by_record(
            r for r in rows("select * from core.fct_planning_parameter where is_leading")
            if r["valid_from_date"] <= self.today < r["valid_to_date"]
        )  # fmt: skip
        self.classes = {(r["company_code"], r["sku_id"]): r["abc_class"]
                        for r in rows("select * from core.fct_governing_class")}  # fmt: skip
        tomorrow = self.today + DAY
        self.last_month = later(month_of(tomorrow), -1)

    @staticmethod
    def _by_record(rows: Any) -> dict[Record, dict]:
        return {(row["sku_id"], row["location_id"]): row for row in rows}

    def number(self, key: str) -> float:
        """A policy value, or what the test sets in its place."""
        return float(self.values.get(key, policy(key)))

    def demand(self, record: Record) -> dict[date, float]:
        """Gross demand of each day with any."""
        found: dict[date, float] = defaultdict(float)
        for leg in self.company.by_record.get(record, []):
            if leg.is_demand:
                found[leg.day] -= float(leg.qty)
        return found

    def empty_days(self, record: Record, start: date, end: date) -> int:
        """Days from start to end that ended without stock of our own."""
        owned = [leg.day for leg in self.company.by_record.get(record, []) if leg.is_owned]
        days = self.company.days.get(record, {})
        return sum(days[d].qty <= 0 for d in days if owned and max(start, min(owned)) <= d <= end)

    @cached_property
    def errors(self) -> dict[tuple, dict]:
        """(SKU, location, period type, first day) -> what was forecast in time and what came of it."""
        told = latest(
            self.company.accepted.rows(self.source, "demand_forecasts"),
            lambda r: (r.instance, r.item_code, r.location_code, r.made_at, r.period_start),
        )
        versions: dict[tuple, list] = defaultdict(list)
        for row in told:
            place = self.masters.locations.get(f"{row.instance}.{row.location_code}")
            sku = self.masters.sku.get((row.instance, row.item_code))
            factor = self.masters.factor(row.instance, row.item_code, row.uom) if sku else None
            if row.location_code is None or place is None or factor is None:
                continue
            if end_of(row.period_type, row.period_start) > self.today:
                continue
            made = row.made_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(place.time_zone)).date()
            kept = None if row.statistical_qty is None else float(row.statistical_qty * factor)
            version = (
                (row.period_start - made).days,
                row.made_at,
                float(row.forecast_qty * factor),
                kept,
                row.adjusted_by,
            )
            versions[sku, place.location_id, row.period_type, row.period_start, row.item_code].append(version)
        found: dict[tuple, dict] = {}
        for (sku, location, kind, start, _), members in sorted(versions.items()):
            said = self.version((sku, location), members)
            key = sku, location, kind, start
            if key in found:
                found[key]["forecast"] += said["forecast"]
            else:
                found[key] = said | self.outcome((sku, location), kind, start, said)
        for key, row in found.items():
            row["error"] = row["forecast"] - row["demand"]
            assert row["end"] == end_of(*key[2:])
        return found

    def version(self, record: Record, members: list[tuple]) -> dict[str, Any]:
        """The last version old enough, else the oldest."""
        lead = (self.lead_times.get(record) or {}).get("lead_time_days")
        wanted = self.number("forecast_lag_default_days") if lead is None else float(lead)
        wanted = round(min(wanted, self.number("forecast_lag_max_days")) + 1e-9, 2)
        old = [m for m in members if m[0] >= wanted]
        lag, _, qty, kept, who = min(old, key=lambda m: (m[0], -m[1].timestamp())) if old else max(members)
        return {"lag": lag, "forecast": qty, "statistical": kept, "who": who, "is_in_time": bool(old)}

    def outcome(self, record: Record, kind: str, start: date, said: dict) -> dict[str, Any]:
        """What was demanded in a period, and why it may not be judged."""
        end, first = end_of(kind, start), self.company.first_day.get(record)
        demand = sum(qty for day, qty in self.demand(record).items() if start <= day <= end)
        if first_of(kind, start) != start:  # the demand of another period: never judged
            demand = 0.0
        reason = (
            "not_active"
            if first is None or end < first
            else "odd_period"
            if first_of(kind, start) != start
            else None
            if said["is_in_time"]
            else "no_version_at_lag"
        )
        empty = self.empty_days(record, start, end)
        return {"end": end, "demand": demand, "empty": empty, "days": (end - start).days + 1, "reason": reason}

    @cached_property
    def months(self) -> pd.DataFrame:
        """One row per record and closed month of the history."""
        parts: dict[tuple, dict[str, list]] = defaultdict(lambda: defaultdict(list))
        for (sku, location, kind, _), row in self.errors.items():
            month = month_of(row["end"])
            if later(month, 1) - DAY > self.today or not self._is_kept(month):
                continue
            parts[sku, location, month][kind].append(row)
        rows = []
        for (sku, location, month), kinds in parts.items():
            judged = {kind: [r for r in found if r["reason"] is None] for kind, found in kinds.items()}
            kind = min(kinds, key=lambda name: (not judged[name], LENGTHS[name]))
            used = judged[kind]
            row = {"sku": sku, "location": location, "month": month, "kind": kind, "n": int(bool(used))}
            row["reason"] = None if used else min(r["reason"] for r in kinds[kind])
            row["forecast"] = sum(r["forecast"] for r in used)
            row["demand"] = sum(r["demand"] for r in used)
            row["error"] = row["forecast"] - row["demand"]
            told = [r["statistical"] for r in used]
            row["statistical"] = None if None in told or not told else sum(told)
            row["empty"], row["days"] = sum(r["empty"] for r in used), sum(r["days"] for r in used)
            row["who"] = min((r["who"] for r in used if r["who"]), default=None)
            row["scale"] = self.scale((sku, location), month) if used else None
            row["cost"] = self.cost((sku, location))
            rows.append(row)
        return pd.DataFrame(rows)

    def _is_kept(self, month: date) -> bool:
        start = later(month_of(self.today), -int(self.number("forecast_history_months")))
        return month > start or (month == start and self.today.day == 1)

    def scale(self, record: Record, month: date) -> float | None:
        """Mean step of a naive forecast over the months before."""
        by_month: dict[date, float] = defaultdict(float)
        for day, qty in self.demand(record).items():
            by_month[month_of(day)] += qty
        series, current = [], month_of(self.company.first_day[record])
        while current < month:
            series.append(by_month[current])
            current = later(current, 1)
        season, y = int(self.number("mase_season_months")), np.array(series)
        steps = np.abs(y[season:] - y[:-season]) if len(y) >= 2 * season else np.abs(np.diff(y))
        return float(steps.mean()) if len(steps) else None

    def cost(self, record: Record) -> float | None:
        """Unit cost at the cut-off in company currency."""
        if record not in self.company.records:
            return None
        cost, rate = self.company.costs.at(record, self.today)[0], self.company.rate(record, self.today, "closing")
        return None if cost is None or rate is None else float(cost * rate)

    def scoped(self) -> pd.DataFrame:
        """The months once per scope they belong to."""
        parts = []
        for row in self.months.to_dict("records"):
            scopes = self.company.scopes((row["sku"], row["location"]))
            scopes["family"] = f"{scopes['division']}|{scopes['category']}"
            if isinstance(row["who"], str):
                scopes["planner"] = f"{scopes['division']}|{row['who']}"
            parts += [row | {"scope_type": kind, "scope_id": name} for kind, name in scopes.items()]
        return pd.DataFrame(parts)

    def sums(self, part: pd.DataFrame) -> dict[str, Any]:
        """Figures of some record-months of one scope."""
        used = part[part["n"] == 1]
        size, known = used["error"].abs(), used["cost"].notna()
        positive = used["demand"] > 0
        scaled = used["scale"].astype(float) > 0
        demand, n = used["demand"].sum(), len(used)
        cost = used["cost"].astype(float)
        return {
            "n": n,
            "months": used["month"].nunique(),
            "forecast": used["forecast"].sum(),
            "demand": demand,
            "error": used["error"].sum(),
            "size": size.sum(),
            "wape": size.sum() / demand if n and demand > 0 else None,
            "bias": used["error"].sum() / demand if n and demand > 0 else None,
            "mape": (size[positive] / used["demand"][positive]).mean() if positive.any() else None,
            "coverage": positive.sum() / n if n else None,
            "mase": size[scaled].sum() / used["scale"][scaled].astype(float).sum() if scaled.any() else None,
            "rmse": math.sqrt((used["error"] ** 2).mean()) if n else None,
            "demand_amount": (used["demand"] * cost)[known].sum(),
            "forecast_amount": (used["forecast"] * cost)[known].sum(),
            "error_amount": (size * cost)[known].sum(),
            "uncosted": int((~known).sum()),
            "censored": used["empty"].sum() / used["days"].sum() if n else None,
        }

    def accuracy(self) -> dict[tuple, dict[str, Any]]:
        """(scope type, scope, month) -> figures of the month and of the three."""
        found = {}
        for (kind, name), part in self.scoped().groupby(["scope_type", "scope_id"]):
            for month in sorted(part["month"].unique()):
                own = {back: self.sums(part[part["month"] == later(month, -back)]) for back in (0, 1, 2)}
                three = self.sums(part[(part["month"] <= month) & (part["month"] >= later(month, -2))])
                said, wapes = own[0], [own[back]["wape"] for back in (2, 1, 0)]
                reasons = part[(part["month"] == month) & (part["n"] == 0)]["reason"]
                reason = reasons.min() if not said["n"] else "no_demand" if said["wape"] is None else None
                found[kind, name, month] = said | {"reason": reason, "window": three, "wapes": wapes}
                found[kind, name, month] |= {"trend": self.trend(wapes), "bias_of_three": self.bias(kind, name, three)}
        return found

    def trend(self, wapes: list[float | None]) -> str | None:
        """A word for three values."""
        if None in wapes:
            return None
        first, middle, last = (round(w, 6) for w in wapes)
        slope = np.polyfit([0, 1, 2], [first, middle, last], 1)[0]
        rise, trigger = self.number("wape_rise_trigger"), self.number("wape_slope_trigger")
        if (slope >= trigger - 1e-12 and last > first) or (first < middle < last and last - first >= rise):
            return "deteriorating"
        if (-slope >= trigger - 1e-12 and first > last) or (first > middle > last and first - last >= rise):
            return "improving"
        return "steady"

    def bias(self, kind: str, name: str, three: dict) -> dict[str, Any]:
        """Bias of three months: reason, alert and severity."""
        amount = None if three["uncosted"] else max(three["forecast_amount"], three["demand_amount"])
        reason = (
            "insufficient"
            if three["months"] < self.number("forecast_bias_min_months")
            else "no_demand"
            if three["demand"] <= 0 and three["forecast"] <= 0
            else "low_value"
            if amount is not None and round(amount, 4) < self.number("forecast_bias_min_amount")
            else "over_no_demand"
            if three["demand"] <= 0
            else None
        )
        limit = self.number("forecast_bias_limit")
        size = abs(round(three["bias"], 6)) if reason is None else None
        is_biased = reason == "over_no_demand" or (size is not None and size > limit)
        red = reason == "over_no_demand" or (is_biased and size > limit * self.number("forecast_bias_red_factor"))
        is_key = kind not in ("sku", "sku_location") or self.is_key(kind, name)
        severity = ("RED" if red else "AMBER") if is_biased and is_key else None
        signal = -three["error"] * three["n"] / three["size"] if three["size"] > 0 else None
        return {"reason": reason, "is_alert": is_biased and is_key, "severity": severity, "signal": signal,
                "bias": three["bias"] if reason is None else None, "censored": three["censored"]}  # fmt: skip

    def is_key(self, kind: str, name: str) -> bool:
        """Class A of a company where it was forecast, or key in the item that speaks for the SKU."""
        sku, _, place = name.rpartition("|") if kind == "sku_location" else (name, "", "")
        marked = any(i.is_key for i in self.masters.items if self.masters.sku[i.instance, i.item_code] == sku)
        months = self.months[self.months["sku"] == sku]
        places = {place} if place else set(months["location"])
        return marked or any(self.classes.get((self.masters.locations[p].company, sku)) == "A" for p in places)

    def deviation(self, record: Record) -> dict[str, Any]:
        """Spread of the lag-matched errors of the last three closed months, of the finest periods."""
        start, end = later(self.last_month, -2), later(self.last_month, 1) - DAY
        kinds: dict[str, list[dict]] = defaultdict(list)
        for (sku, location, kind, _), row in self.errors.items():
            if (sku, location) == record and row["reason"] is None and start <= row["end"] <= end:
                kinds[kind].append(row)
        if not kinds:
            return {"points": 0, "sd": None, "daily": None, "kind": None}
        kind = max(kinds, key=lambda name: (len(kinds[name]), LENGTHS[name]))
        values = [row["error"] for row in kinds[kind]]
        said: dict[str, Any] = {"points": len(values), "kind": kind, "sd": None, "daily": None}
        if len(values) >= self.number("forecast_error_min_points"):
            said["sd"] = float(np.std(values, ddof=1))
            said["daily"] = said["sd"] / math.sqrt(max(row["days"] for row in kinds[kind]))
        return said

    def adjustment(self, record: Record, accuracy: dict) -> dict[str, Any]:
        """The step of safety stock of a record."""
        statistic, plan = self.statistics[record], self.plans.get(record, {})
        spread, sigma = self.deviation(record), self.values.get("safety_stock_sigma", policy("safety_stock_sigma"))
        uses_error = spread["daily"] is not None and sigma == "forecast_error"
        deviation = spread["daily"] if uses_error else statistic["sd_daily_qty"]
        lead, mean = self.lead_times.get(record, {}), float(statistic["mean_daily_qty"] or 0)
        days = lead.get("lead_time_days")
        said = accuracy.get(("sku_location", "|".join(record), self.last_month))
        old = plan.get("safety_stock_qty")
        months = said["window"]["months"] if said else 0
        reason = (
            "no_ss" if not old or old <= 0
            else "no_demand" if mean <= 0
            else "no_lead_time" if days is None
            else "insufficient"
            if months < self.number("forecast_bias_min_months")
            or spread["points"] < self.number("forecast_error_min_points")
            else None
        )  # fmt: skip
        result = {"points": spread["points"], "source": "forecast_error" if uses_error else "demand", "reason": reason}
        if reason is not None:
            return result | {"raw": None, "step": None, "action": None, "proposed": None}
        level = plan.get("service_level_ratio")
        if level is None:
            company = self.masters.locations[record[1]].company
            level = self._default_level(self.classes.get((company, record[0]), "-"))
        wait = float(days) + float(plan.get("review_days") or 0)
        lead_sd = float(lead.get("lead_time_sd_days") or 0)
        need = max(norm.ppf(float(level)) * math.sqrt(wait * float(deviation) ** 2 + mean**2 * lead_sd**2), 0)
        raw, cap = need / float(old), self.number("ss_step_cap")
        step = float(np.clip(raw, 1 - cap, 1 + cap))
        biased = said["bias_of_three"]
        is_off = biased["reason"] == "over_no_demand" or (
            biased["bias"] is not None and abs(round(biased["bias"], 6)) > self.number("forecast_bias_limit")
        )
        action = (
            "fix_forecast_first" if is_off
            else "raise" if said["trend"] == "deteriorating" and step > 1
            else "lower" if said["trend"] == "improving" and step < 1
            else "hold"
        )  # fmt: skip
        proposed = float(old) * (step if action in ("raise", "lower") else 1)
        return result | {"raw": raw, "step": step, "action": action, "proposed": proposed}

    @staticmethod
    def _default_level(abc: str) -> float:
        try:
            return float(policy("default_service_level", ("abc_class", abc)))
        except StopIteration:
            return float(policy("default_service_level"))
