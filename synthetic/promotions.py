"""The promotions of every division: which items, when, at what discount, and how much they really lift demand.

Belongs here: the plan of the promotions, drawn once, and its effect on a day's orders. Does not belong here: what the
ERP tells of them (emit_terms.py) and the price on an invoice (sales.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import stream
from synthetic.company import Company
from synthetic.profiles import Profile

MECHANICS = ("price_cut", "bundle", "display", "coupon")
CHANNELS = ("branch", "web", "field_sales")
_AHEAD_DAYS = 60  # promotions that start within these days after the last one are planned already
_DIP_DAYS, _DIP_SHARE = 12, 0.35  # customers who bought ahead stay away: this share of the uplift, this long
_CANCELLED_RATE = 0.03


@dataclass(frozen=True)
class Promotions:
    """One row per promotion; arrays have shape (promotions,), the arrays of `keys` shape (promotion-keys,)."""

    item: np.ndarray
    start_day: np.ndarray
    end_day: np.ndarray  # last day
    discount_bp: np.ndarray  # hundredths of a per cent off the price
    uplift: np.ndarray  # true: 0.5 is half as many orders again
    planned_uplift: np.ndarray
    mechanic: np.ndarray
    channel: np.ndarray
    is_cancelled: np.ndarray
    key: np.ndarray  # SKU-location of each promotion-key, and its promotion
    of: np.ndarray

    def factor(self, day: int, keys: int) -> np.ndarray:
        """Return by how much the promotions multiply the orders of every key on a day, shape (keys,)."""
        result = np.ones(keys)
        start, end = self.start_day[self.of], self.end_day[self.of]
        running = (start <= day) & (day <= end)
        result[self.key[running]] *= 1.0 + self.uplift[self.of[running]]
        after = (end < day) & (day <= end + _DIP_DAYS)
        result[self.key[after]] *= 1.0 - np.minimum(_DIP_SHARE * self.uplift[self.of[after]], 0.5)
        return result

    def expected(self, day: int, ahead: np.ndarray, keys: int) -> np.ndarray:
        """Return the planned extra demand, in days of usual demand, of promotions that start within `ahead` days."""
        result = np.zeros(keys)
        start, end = self.start_day[self.of], self.end_day[self.of]
        soon = (start - ahead[self.key] <= day) & (day <= end)
        left = (end - np.maximum(start, day) + 1)[soon]
        result[self.key[soon]] = self.planned_uplift[self.of[soon]] * left
        return result

    def running(self, key: np.ndarray, day: np.ndarray, days: int) -> np.ndarray:
        """Return the promotion that runs for each key on each day, -1 where none does."""
        first, last = np.maximum(self.start_day[self.of], 0), np.minimum(self.end_day[self.of], days - 1)
        length = np.maximum(last - first + 1, 0)
        row = np.repeat(np.arange(len(self.of)), length)
        offset = np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)
        cell = self.key[row] * days + first[row] + offset
        order = np.argsort(cell, kind="stable")
        cell, promotion = cell[order], self.of[row][order]
        asked = key.astype("int64") * days + day
        if len(cell) == 0:
            return np.full(len(asked), -1)
        place = np.minimum(np.searchsorted(cell, asked), len(cell) - 1)
        return np.where(cell[place] == asked, promotion[place], -1)


def plan_promotions(company: Company, rate: np.ndarray, profile: Profile, seed: int) -> Promotions:
    """Draw the promotions of the steadily sold items. `rate`: orders a day of every key."""
    rng = stream(seed, "promotions")
    sold = np.zeros(len(company.items))
    np.add.at(sold, company.item_of, rate)
    steady = company.items["life"].to_numpy() == "steady"
    item, start = [], []
    for number in range(len(company.divisions)):
        pool = np.flatnonzero((company.items["division"].to_numpy() == number) & steady)
        pool = pool[np.argsort(-sold[pool], kind="stable")][: max(len(pool) // 2, profile.promoted_items)]
        chosen = np.sort(rng.choice(pool, min(profile.promoted_items, len(pool)), replace=False))
        yearly = rng.integers(2, 5, len(chosen))
        slot = 365 // yearly
        first = rng.integers(0, slot) + min(30, profile.days // 4)
        first = np.minimum(first, max(profile.days - 50, 1))  # even a short company sees one
        horizon = profile.days + _AHEAD_DAYS
        times = np.maximum((horizon - first + slot - 1) // slot, 0)
        row = np.repeat(np.arange(len(chosen)), times)
        turn = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
        begin = first[row] + turn * slot[row] + np.where(turn > 0, rng.integers(-12, 13, len(row)), 0)
        item.append(chosen[row])
        start.append(begin)
    items, starts = np.concatenate(item), np.concatenate(start)
    n = len(items)
    discount = rng.choice([500, 1000, 1500, 2000, 2500], n, p=[0.15, 0.3, 0.25, 0.2, 0.1])
    uplift = np.exp(rng.normal(np.log(0.35 + discount / 2500.0), 0.3, n)).clip(0.1, 2.5)
    cancelled = rng.random(n) < _CANCELLED_RATE
    per_item = np.bincount(company.item_of, minlength=len(company.items))
    by_item = np.argsort(company.item_of, kind="stable")
    offset = np.cumsum(per_item) - per_item
    live = np.flatnonzero(~cancelled)
    keys_of = per_item[items[live]]
    of = np.repeat(live, keys_of)
    turn = np.arange(len(of)) - np.repeat(np.cumsum(keys_of) - keys_of, keys_of)
    return Promotions(
        item=items,
        start_day=starts,
        end_day=starts + rng.choice([6, 9, 13], n, p=[0.5, 0.2, 0.3]),
        discount_bp=discount,
        uplift=np.round(uplift, 4),
        planned_uplift=np.round((uplift * np.exp(rng.normal(-0.05, 0.35, n))).clip(0.05, 3.0), 2),
        mechanic=rng.choice(len(MECHANICS), n, p=[0.55, 0.15, 0.2, 0.1]),
        channel=rng.choice(len(CHANNELS), n, p=[0.6, 0.25, 0.15]),
        is_cancelled=cancelled,
        key=by_item[offset[items[of]] + turn],
        of=of,
    )
