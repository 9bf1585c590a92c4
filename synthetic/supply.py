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
from synthetic.tables import MONEY_SCALE


@dataclass(frozen=True)
class Sourcing:
    """Sources in order of item, the preferred first; shape (sources,). Amounts are millionths, quantities packs."""

    item: np.ndarray
    supplier: np.ndarray
    is_preferred: np.ndarray
    moq_packs: np.ndarray
    price: np.ndarray  # per pack
    order_cost: np.ndarray


def draw_sourcing(company: Company, costs: Costs, seed: int) -> Sourcing:
    """Draw the terms of every source; order lines are priced at the preferred source's price."""
    rng = stream(seed, "sourcing")
    items = company.items
    n = len(items)
    second = np.flatnonzero(items["second_supplier"].to_numpy() >= 0)
    item = np.r_[np.arange(n), second]
    supplier = np.r_[items["supplier"], items["second_supplier"].to_numpy()[second]].astype("int64")
    preferred = np.arange(len(item)) < n
    dearer = np.where(preferred, 10_000, rng.integers(10_100, 11_500, len(item)))
    order = np.lexsort((~preferred, item))
    price = unit_price(company, costs)[item] * dearer // 10_000
    cost = rng.choice([25, 35, 45, 60, 80], len(company.suppliers))[supplier] * MONEY_SCALE
    moq = items["moq_packs"].to_numpy()[item]
    return Sourcing(item[order], supplier[order], preferred[order], moq[order], price[order], cost[order])


def unit_price(company: Company, costs: Costs) -> np.ndarray:
    """Return the purchase price of a pack of every item in millionths of its division's currency."""
    cost = costs.history.groupby("item", sort=True)["unit_cost"].first().to_numpy()
    pack = np.maximum(company.items["pack"].to_numpy().astype("int64"), 1)
    return np.rint(cost * MONEY_SCALE).astype("int64") * pack
