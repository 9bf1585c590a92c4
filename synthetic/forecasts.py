"""What planners expect to sell: monthly and weekly forecasts with their lags, honest but for the planted biases.

Belongs here: who plans what, the errors of the method, the biases of planners, families and key items. Does not belong
here: demand itself (demand.py) and the layout of the ERP's entity (emit_forecasts.py). The honest figure is the true
rate of the period times a noise that grows with the lag; nobody foresees an end, a phantom or a failed launch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic.clock import month_starts, stream
from synthetic.company import CATEGORIES
from synthetic.demand import WEEKDAY

if TYPE_CHECKING:
    from synthetic.world import World

MONTH_LAGS, WEEK_LAGS, WEEKS_MADE = 3, 13, 26
_WEEKLY_SHARE = 0.12  # of the SKU-locations, those of the greatest value
_NOISE, _NOISE_PER_MONTH = 0.12, 0.05
_ADJUSTED_SHARE = 0.2  # of the honest figures that a planner touches
PLANNER_FACTORS = (1.28, 0.74)  # of biased planners, in turn
FAMILY_FACTOR = 1.22
KEY_FACTORS = (1.45, 0.62)
_LISTED_BEFORE = 90  # days before its launch on which an item is planned first


@dataclass(frozen=True)
class ForecastFaults:
    """Biases in force over the whole run."""

    planner: np.ndarray  # numbers of planners, over all divisions
    family: np.ndarray  # division x category, numbered division by division
    item: np.ndarray  # items
    factor: np.ndarray  # of each item, all three multiplied; shape (items,)


@dataclass(frozen=True)
class Forecasts:
    """Forecasts of one length of period, in order of making; shape (forecasts,). Quantities are ten-thousandths."""

    key: np.ndarray
    made_day: np.ndarray
    start_day: np.ndarray
    qty: np.ndarray
    statistical: np.ndarray
    is_adjusted: np.ndarray


def planner_of(world: World) -> np.ndarray:
    """Return the planner of every item: each division has some, who share its items evenly."""
    per, division = world.profile.planners_per_division, world.company.items["division"].to_numpy()
    return division * per + stream(world.seed, "forecasts.planners").integers(0, per, len(division))


def family_of(world: World) -> np.ndarray:
    """Return the family of every item: its category in its division, numbered division by division."""
    names = list(CATEGORIES)
    category = [names.index(text) for text in world.company.items["category"].str.strip().str.title()]
    return world.company.items["division"].to_numpy() * len(names) + np.array(category)


def plan_forecasts(world: World) -> ForecastFaults:
    """Choose biased planners, families that are over-forecast, and a few key items apart from both."""
    rng, counts = stream(world.seed, "faults.forecasts"), world.profile.faults
    planner_of_item, family_of_item = planner_of(world), family_of(world)
    planner = np.sort(rng.choice(np.unique(planner_of_item), counts.biased_planner, replace=False))
    family = np.sort(rng.choice(np.unique(family_of_item), counts.biased_family, replace=False))
    sold = np.zeros(len(planner_of_item))
    np.add.at(sold, world.company.item_of, world.demand.daily_mean())
    free = ~np.isin(planner_of_item, planner) & ~np.isin(family_of_item, family)
    free &= world.company.items["life"].to_numpy() == "steady"
    best = np.flatnonzero(free)[np.argsort(-sold[free], kind="stable")]
    pool = best[: max(len(best) // 5, counts.biased_key_item)]
    item = np.sort(rng.choice(pool, counts.biased_key_item, replace=False))
    factor = np.ones(len(sold))
    for place, number in enumerate(planner.tolist()):
        factor[planner_of_item == number] *= PLANNER_FACTORS[place % 2]
    factor[np.isin(family_of_item, family)] *= FAMILY_FACTOR
    factor[item] *= np.array(KEY_FACTORS)[np.arange(len(item)) % 2]
    return ForecastFaults(planner, family, item, factor)


def monthly(world: World, faults: ForecastFaults) -> Forecasts:
    """Forecast three months at the end of every month, for every SKU-location."""
    first, ends = world.profile.first_day, world.records.calendar.month_ends
    last = world.profile.last_day.replace(year=world.profile.last_day.year + 1)
    starts = np.array([(month - first).days for month in month_starts(first, last)])
    made, start, end = [], [], []
    for day in ends.tolist():
        after = int(np.searchsorted(starts, day, side="right"))
        for lag in range(MONTH_LAGS):
            made.append(day)
            start.append(starts[after + lag])
            end.append(starts[after + lag + 1])
    return _forecast(world, faults, np.arange(world.company.keys), made, start, end, "month")


def weekly(world: World, faults: ForecastFaults) -> Forecasts:
    """Forecast thirteen weeks on each of the last Sundays, for the SKU-locations of the greatest value."""
    days = world.profile.days
    value = world.demand.daily_mean() * world.company.of_key("unit_cost")
    key = np.sort(np.argsort(-value, kind="stable")[: max(int(len(value) * _WEEKLY_SHARE), 1)])
    sundays = np.arange((6 - world.profile.first_day.weekday()) % 7, days, 7)[-WEEKS_MADE:]
    made = np.repeat(sundays, WEEK_LAGS)
    start = made + 1 + 7 * np.tile(np.arange(WEEK_LAGS), len(sundays))
    return _forecast(world, faults, key, made.tolist(), start.tolist(), (start + 7).tolist(), "week")


def _forecast(world: World, faults: ForecastFaults, keys: np.ndarray, made: list, start: list, end: list,
              period: str) -> Forecasts:  # fmt: skip
    """Return the forecasts of `keys` for periods [start, end) made on days `made`; what is not sold yet has none."""
    demand, rng = world.demand, stream(world.seed, f"forecasts.{period}")
    promoted = _promoted(world, keys, np.array(start), np.array(end))
    parts: dict[str, list[np.ndarray]] = {name: [] for name in Forecasts.__dataclass_fields__}
    for place, (day, begin, stop) in enumerate(zip(made, start, end, strict=True)):
        planned = (begin >= demand.launch_day[keys] - 1) & (day >= demand.launch_day[keys] - _LISTED_BEFORE)
        row = np.flatnonzero(planned & (begin < demand.end_day[keys]))
        key, middle = keys[row], (begin + stop) / 2
        seen = np.where(middle < demand.launch_day[key] + 45, 0.6, demand.life_factor(float(day))[key])
        seen = np.where(day < demand.launch_day[key], 0.6, np.maximum(seen, 0.05))
        hope = np.where(day < demand.launch_day[key] + 120, demand.hope[key], 1.0)
        usual = demand.daily_mean()[key] * demand.level(middle)[key] * float(np.mean(WEEKDAY))
        sigma = _NOISE + _NOISE_PER_MONTH * (begin - day) / 30.0
        noise = np.exp(rng.normal(0.0, sigma, len(row)) - sigma**2 / 2)
        method = np.rint((usual * seen * hope * (stop - begin) + promoted[place, row]) * noise * 10_000)
        touched = rng.random(len(row)) < _ADJUSTED_SHARE
        bias = faults.factor[world.company.item_of[key]]
        touch = np.where(touched, np.exp(rng.normal(0.0, 0.05, len(row))), 1.0) * bias
        values = (key, np.full(len(row), day), np.full(len(row), begin), np.rint(method * touch).astype("int64"),
                  method.astype("int64"), touched | (bias != 1.0))  # fmt: skip
        for name, value in zip(parts, values, strict=True):
            parts[name].append(value)
    return Forecasts(**{name: np.concatenate(columns) for name, columns in parts.items()})


def _promoted(world: World, keys: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the units that planners add for planned promotions in each period, shape (periods, keys)."""
    promotions, result = world.demand.promotions, np.zeros((len(start), len(keys)))
    place = np.full(world.company.keys, -1)
    place[keys] = np.arange(len(keys))
    chosen = np.flatnonzero(place[promotions.key] >= 0)
    of, at = promotions.of[chosen], place[promotions.key[chosen]]
    extra = promotions.planned_uplift[of] * world.demand.daily_mean()[promotions.key[chosen]]
    for row, (begin, stop) in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        days = np.minimum(promotions.end_day[of] + 1, stop) - np.maximum(promotions.start_day[of], begin)
        np.add.at(result[row], at, np.maximum(days, 0) * extra)
    return result
