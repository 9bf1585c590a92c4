"""Links of lead indicators to outcomes recomputed with pandas and scipy from docs/formulas.md#lead-lag-link.

Here: correlations at each lag from the values of the scorecard, learnt and held out. Not here: where values come from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats


@dataclass(frozen=True)
class Link:
    """One lag of a link: points and correlation where it was learnt; points, correlation, interval, what it adds, and
    in how many scopes lead and outcome moved as expected where it was held out. Correlations are nan where constant."""

    learnt_points: int
    learnt: float
    points: int
    held_out: float
    low: float
    high: float
    partial: float
    agreeing: int
    scopes: int


def links(values: pd.DataFrame, lead: str, lag: str, sign: int, max_lag: int, holdout: int, level: float):
    """{lag in months: Link} of two KPIs. values: kpi_id, scope_id, period_end_date, kpi_value of one scope type."""
    told = values.dropna(subset=["kpi_value"]).copy()
    told["month"] = pd.to_datetime(told["period_end_date"]).dt.to_period("M")
    months = told.groupby(["kpi_id", "scope_id", "month"])["kpi_value"].mean()
    x, y = months[lead], months[lag]
    rows = []
    for (scope, month), value in x.items():
        for months_ahead in range(1, max_lag + 1):
            key = scope, month + months_ahead
            if key in y.index and (scope, month) in y.index:
                rows.append((months_ahead, scope, key[1], value, y[key], y[scope, month]))
    points = pd.DataFrame(rows, columns=["lag", "scope", "month", "x", "y", "z"])
    points["held"] = points["month"] > points["month"].max() - holdout
    found = {}
    for months_ahead, at in points.groupby("lag"):
        learnt = at[~at["held"]]
        means = learnt.groupby("scope")[["x", "y", "z"]].mean()
        away = at[at["scope"].isin(means.index)].copy()
        away[["x", "y", "z"]] -= means.loc[away["scope"]].to_numpy()
        before, after = away[~away["held"]], away[away["held"]]
        own = after[["x", "y"]] - after.groupby("scope")[["x", "y"]].transform("mean")
        products = (own["x"] * own["y"]).groupby(after["scope"]).sum() * sign
        found[months_ahead] = Link(
            len(before), _r(before, "x", "y"), len(after), _r(after, "x", "y"), *_interval(after, level),
            _partial(after), int((products > 0).sum()), len(products),
        )  # fmt: skip
    return found


def _r(points: pd.DataFrame, a: str, b: str) -> float:
    if len(points) < 2 or np.ptp(points[a]) < 1e-9 or np.ptp(points[b]) < 1e-9:
        return float("nan")
    return float(stats.pearsonr(points[a], points[b]).statistic)


def _interval(points: pd.DataFrame, level: float) -> tuple[float, float]:
    if len(points) < 4 or np.isnan(_r(points, "x", "y")):
        return float("nan"), float("nan")
    said = stats.pearsonr(points["x"], points["y"]).confidence_interval(level)
    return float(said.low), float(said.high)


def _partial(points: pd.DataFrame) -> float:
    """Correlation of what a straight line through z leaves of x and y."""
    if len(points) < 3 or np.ptp(points["z"]) < 1e-9:
        return float("nan")
    rest = {n: points[n] - np.polyval(np.polyfit(points["z"], points[n], 1), points["z"]) for n in ("x", "y")}
    return _r(pd.DataFrame(rest), "x", "y")
