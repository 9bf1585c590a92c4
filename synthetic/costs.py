"""Cost of every item over time and the exchange rates, in the division's and the company's currency.

Belongs here: the drift of costs and rates. Does not belong here: which item's cost is missing in the ERP (faults.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from synthetic.clock import month_starts, stream
from synthetic.company import COMPANY_CURRENCY, Company
from synthetic.profiles import Profile

_BASE_RATE = {"EUR": 1.08}
_COST_STEP_DAYS = 91


@dataclass(frozen=True)
class Costs:
    """`history`: item, valid_from_day, unit_cost (division's currency). `rates`: currency, month_start, two rates."""

    history: pd.DataFrame
    rates: pd.DataFrame
    rate_of_item: np.ndarray  # last closing rate of each item's division

    def current(self) -> np.ndarray:
        """Return the last unit cost of every item in the company's currency, shape (items,)."""
        return self.history.groupby("item", sort=True)["unit_cost"].last().to_numpy() * self.rate_of_item


def build_costs(company: Company, profile: Profile, seed: int) -> Costs:
    """Draw a moving-average cost per item and quarter (steps of a few per cent) and monthly rates of each currency."""
    rng = stream(seed, "costs")
    base = company.items["unit_cost"].to_numpy()
    starts = np.r_[-30, np.arange(_COST_STEP_DAYS, profile.days - 5, _COST_STEP_DAYS)]
    steps = np.exp(np.cumsum(rng.normal(0.004, 0.025, (len(starts), len(base))), axis=0))
    cost = np.round(base[None, :] * steps, 4)
    offset = rng.integers(0, 28, len(base))  # every item changes on a day of its own
    days = starts[:, None] + np.where(starts[:, None] < 0, 0, -offset[None, :])
    history = pd.DataFrame(
        {
            "item": np.tile(np.arange(len(base)), len(starts)),
            "valid_from_day": days.ravel(),
            "unit_cost": cost.ravel(),
        }
    )
    months = month_starts(profile.first_day.replace(day=1), profile.last_day)
    parts = []
    for currency in sorted({division.currency for division in company.divisions}):
        walk = np.exp(np.cumsum(rng.normal(0.0, 0.008, len(months) + 1)))
        level = _BASE_RATE.get(currency, 1.0) * (walk if currency != COMPANY_CURRENCY else np.ones_like(walk))
        parts.append(
            pd.DataFrame(
                {
                    "currency": currency,
                    "month_start": months,
                    "average_rate": np.round((level[:-1] + level[1:]) / 2, 6),
                    "closing_rate": np.round(level[1:], 6),
                }
            )
        )
    rates = pd.concat(parts, ignore_index=True)
    closing = rates.groupby("currency")["closing_rate"].last()
    currency_of_item = [company.divisions[number].currency for number in company.items["division"]]
    return Costs(history, rates, closing.loc[currency_of_item].to_numpy())
