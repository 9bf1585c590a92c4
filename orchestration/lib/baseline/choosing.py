"""Which method forecasts which class: rolling origins, each choice by what was known at its origin.

Here: forecasts of every candidate at every origin, their errors, the choice. Not here: how a method forecasts
(methods.py), where the demand comes from (series.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.lib.baseline.methods import CANDIDATES, forecast

SAMPLE = 1000
"""Series of a class by which its candidates are told apart: more tell no more, and an ETS costs 400 of the others."""

Forecaster = Callable[[str, Sequence[np.ndarray], int], np.ndarray]
Classes = Callable[[int], np.ndarray]


@dataclass(frozen=True)
class Origin:
    """What was forecast at the end of a month for the months after it; shape of `qty` (records, horizon)."""

    month: int
    has_begun: np.ndarray
    method: np.ndarray
    qty: np.ndarray


def roll(
    series_until: Callable[[int], list[np.ndarray]],
    classes: Classes,
    origins: Sequence[int],
    horizon: int,
    forecaster: Forecaster = forecast,
    wanted: Callable[[int], bool] = lambda month: True,
) -> list[Origin]:
    """Forecast at each origin in turn with the method that had erred least for the class at the origins before.

    wanted: whether an origin's forecasts are needed; of the others only the errors of SAMPLE series a class are.
    series_until: demand of every record up to a month. classes: keys of CANDIDATES per record as of a month. The error
    of a candidate is its squared error of the next month over the record's mean demand squared, pooled over the class
    and all earlier origins: squares, since an absolute error rewards a forecast of nothing
    where demand is rare.
    """
    losses: dict[tuple[str, str], list[float]] = {}
    before: list[tuple[int, np.ndarray, dict[str, np.ndarray]]] = []
    found = []
    for month in origins:
        series = series_until(month)
        for earlier, names, said in before:
            if earlier + 1 == month:
                _score(losses, series, names, said)
        names = classes(month)
        begun = np.array([len(values) > 0 for values in series])
        qty, method = np.zeros((len(series), horizon)), np.full(len(series), "zero", dtype=object)
        told: dict[str, np.ndarray] = {}
        for name, candidates in CANDIDATES.items():
            members = np.flatnonzero((names == name) & begun)
            if not len(members):
                continue
            if len(candidates) > 1:
                tried = members[:: -(-len(members) // SAMPLE)]
                for candidate in candidates:
                    expected = forecaster(candidate, [series[place] for place in tried.tolist()], horizon)
                    told.setdefault(candidate, np.full((len(series), horizon), np.nan))[tried] = expected
            if wanted(month):
                method[members] = best(losses, name)
                qty[members] = forecaster(method[members[0]], [series[place] for place in members.tolist()], horizon)
        before.append((month, names, told))
        found.append(Origin(month, begun, method, qty))
    return found


def best(losses: dict[tuple[str, str], list[float]], name: str) -> str:
    """The candidate of a class that erred least so far; the first where nothing is known."""
    known = [c for c in CANDIDATES[name] if losses.get((name, c))]
    return min(known, key=lambda c: float(np.mean(losses[name, c]))) if known else CANDIDATES[name][0]


def _score(losses: dict, series: list[np.ndarray], names: np.ndarray, said: dict[str, np.ndarray]) -> None:
    """Add the errors of one origin's candidates in the month that has come since."""
    actual = np.array([values[-1] if len(values) else np.nan for values in series])
    scale = np.array([values[:-1].mean() if len(values) > 1 else np.nan for values in series])
    for candidate, expected in said.items():
        with np.errstate(divide="ignore", invalid="ignore"):
            error = ((expected[:, 0] - actual) / scale) ** 2
        for name in CANDIDATES:
            values = error[(names == name) & np.isfinite(error)]
            if len(values):
                losses.setdefault((name, candidate), []).append(float(values.mean()))
