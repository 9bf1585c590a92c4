"""Where an item can be bought: its preferred supplier, a second one for some, and the terms of each.

Belongs here: sources of supply and their terms. Does not belong here: how suppliers deliver (replenishment.py) and the
layout of the ERP's entity (emit_terms.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import stream
from synthetic.company import Company
from synthetic.costs import Costs
from synthetic.profiles import Profile
from synthetic.tables import MONEY_SCALE

_SECOND_RATE = 0.22


@dataclass(frozen=True)
class Sourcing:
    """Sources in order of item, the preferred first; shape (sources,). Amounts are millionths, quantities packs."""

    item: np.ndarray
    supplier: np.ndarray
    is_preferred: np.ndarray
    moq_packs: np.ndarray
    price: np.ndarray  # per pack
    order_cost: np.ndarray


def draw_sourcing(company: Company, costs: Costs, profile: Profile, seed: int) -> Sourcing:
    """Draw the sources of every item; order lines are priced at the preferred source's price."""
    rng = stream(seed, "sourcing")
    items = company.items
    n, per = len(items), profile.suppliers_per_division
    first = items["supplier"].to_numpy().astype("int64")
    offset = rng.integers(1, max(per, 2), n)
    other = first // per * per + (first % per + offset) % per
    second = np.flatnonzero((rng.random(n) < _SECOND_RATE) & (other != first))
    item = np.r_[np.arange(n), second]
    supplier = np.r_[first, other[second]]
    preferred = np.arange(len(item)) < n
    dearer = np.where(preferred, 10_000, rng.integers(10_100, 11_500, len(item)))
    order = np.lexsort((~preferred, item))
    price = unit_price(company, costs)[item] * dearer // 10_000
    cost = rng.choice([25, 35, 45, 60, 80], len(company.suppliers))[supplier] * MONEY_SCALE
    return Sourcing(item[order], supplier[order], preferred[order], moq_packs(company, seed)[item][order],
                    price[order], cost[order])  # fmt: skip


def moq_packs(company: Company, seed: int) -> np.ndarray:
    """Return the least number of packs (units where there is none) that an order of each item must hold."""
    return stream(seed, "moq").choice([1, 1, 1, 2, 3], len(company.items))


def unit_price(company: Company, costs: Costs) -> np.ndarray:
    """Return the purchase price of a pack of every item in millionths of its division's currency."""
    cost = costs.history.groupby("item", sort=True)["unit_cost"].first().to_numpy()
    pack = np.maximum(company.items["pack"].to_numpy().astype("int64"), 1)
    return np.rint(cost * MONEY_SCALE).astype("int64") * pack
