"""Forecasts and sales targets as every division's ERP reports them.

Belongs here: the layout of the two entities and the targets that a division sets itself. Does not belong here: what
planners expect (forecasts.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from orchestration.lib.contracts import Contract
from synthetic.clock import local_midnight, month_starts, stream, to_utc, utc_datetime
from synthetic.company import CATEGORIES
from synthetic.emit_erp import night
from synthetic.emit_masters import FORMATS, snapshots
from synthetic.forecasts import Forecasts, family_of, monthly, plan_forecasts, planner_of, weekly
from synthetic.tables import MONEY_SCALE, Batch, conform, dates, day_name, decimals, instants, pick

if TYPE_CHECKING:
    from synthetic.world import World

_MADE_AT = {"month": 20 * 3600, "week": 18 * 3600}  # local second of the day
_STRETCH, _SPREAD = 1.03, 0.05  # targets over what is sold in the end
_MONTHS_AHEAD = 6


def emit_forecasts(world: World, contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:
    """Yield the forecasts made in each month, and both snapshots of the targets."""
    faults = plan_forecasts(world)
    made = {"month": monthly(world, faults), "week": weekly(world, faults)}
    planner = planner_of(world)
    for number, division in enumerate(world.company.divisions):
        before = -1
        for end in world.records.calendar.month_ends.tolist():
            parts = [_table(world, f, period, planner, number, before, end, contracts["erp", "demand_forecasts"])
                     for period, f in made.items()]  # fmt: skip
            at = utc_datetime(night(world.company, world.profile, number, end))
            name = day_name(world.profile.first_day, end)
            yield Batch("erp", division.code, "demand_forecasts", name, pa.concat_tables(parts), at)
            before = end
    yield from _targets(world, contracts["erp", "sales_targets"])


def _table(world: World, made: Forecasts, period: str, planner: np.ndarray, number: int, after: int, until: int,
           contract: Contract) -> pa.Table:  # fmt: skip
    """Return the forecasts of one division made on the days after `after` and up to `until`."""
    company = world.company
    cut = slice(*np.searchsorted(made.made_day, [after, until], side="right"))
    row = np.arange(cut.start, cut.stop)
    row = row[company.division_of_site[company.site_of[made.key[row]]] == number]
    item = company.item_of[made.key[row]]
    zone = company.divisions[number].sites[0].time_zone
    moments, back = np.unique(made.made_day[row], return_inverse=True)
    made_at = to_utc(local_midnight(world.profile.first_day, moments) + _MADE_AT[period], zone)[back]
    names = [f"planner {n % world.profile.planners_per_division + 1}" for n in range(int(planner.max()) + 1)]
    adjusted = np.where(made.is_adjusted[row], planner[item], len(names))
    return conform(
        {
            "item_code": pick(company.items["item_code"], item),
            "location_code": pick([site.code for site in company.sites], company.site_of[made.key[row]]),
            "made_at": instants(made_at),
            "period_start": dates(made.start_day[row], world.profile.first_day),
            "period_type": pick([period], np.zeros(len(row), dtype="int64")),
            "forecast_qty": decimals(made.qty[row]),
            "statistical_qty": decimals(made.statistical[row]),
            "uom": pick(company.items["base_uom"], item),
            "method": pick(["seasonal_mean"], np.zeros(len(row), dtype="int64")),
            "adjusted_by": pick([*names, None], adjusted),
        },
        contract,
    )


def _targets(world: World, contract: Contract) -> Iterator[Batch]:
    """Yield what each division means to sell of a category in a month: a little more than it sold in the end."""
    profile, names = world.profile, list(CATEGORIES)
    months = month_starts(profile.first_day, profile.last_day)
    first = np.datetime64(profile.first_day, "M").astype(int)
    sold = np.zeros((len(months), len(world.company.divisions) * len(names)))
    month = (np.datetime64(profile.first_day) + world.sales.invoiced_day).astype("datetime64[M]").astype(int) - first
    known = month < len(months)
    family = family_of(world)[world.company.item_of[world.sales.key]]
    np.add.at(sold, (month[known], family[known]), world.sales.net[known] / MONEY_SCALE)
    ahead = np.arange(_MONTHS_AHEAD)
    aim = np.vstack([sold, sold[np.maximum(len(months) - 12 + ahead, 0)]])
    noise = stream(world.seed, "sales_targets").normal(0.0, _SPREAD, aim.shape)
    aim = np.rint(aim * _STRETCH * np.exp(noise) / 100) * 100
    starts = (np.datetime64(profile.first_day, "M") + np.arange(len(aim))).astype("datetime64[D]")
    for number, division in enumerate(world.company.divisions):
        own = aim[:, number * len(names) : (number + 1) * len(names)]
        for day, at, _ in snapshots(world.company, profile, number):
            table = conform(
                {
                    "category": names * len(aim),
                    "month_start": pa.array(np.repeat(starts, len(names))),
                    "target_amount": decimals((own.ravel() * MONEY_SCALE).astype("int64"), 18, 6),
                    "currency": [division.currency] * own.size,
                },
                contract,
            )
            yield Batch("erp", division.code, "sales_targets", day_name(profile.first_day, day), table,
                        utc_datetime(at), FORMATS[number % len(FORMATS)])  # fmt: skip
