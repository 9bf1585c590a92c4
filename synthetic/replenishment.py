"""The buyers: reorder points, purchase orders with lead times and receipts in parts, and stock taken from the hub.

Belongs here: planning and supply. Does not belong here: posting goods (physical.py) or the ERP's view of an order
(emit_erp.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import local_midnight, stream
from synthetic.company import Company
from synthetic.demand import Demand
from synthetic.profiles import Profile

_SPLIT_RATE, _SHORT_RATE, _FROM_HUB_RATE = 0.15, 0.02, 0.5
_PLANNER_LAG = 45.0  # days after which a planner sees that an item declines
_BEFORE_LAUNCH, _BEFORE_END = 25, 45  # days


@dataclass(frozen=True)
class PurchaseOrders:
    """Order lines (one per key and review) and their receipts; quantities in base units, seconds local."""

    key: np.ndarray
    created: np.ndarray
    planned_days: np.ndarray
    slip_days: np.ndarray  # days by which the supplier moves the promise; 0 when it stays
    ordered: np.ndarray
    to_come: np.ndarray  # less than ordered when the line will be closed short
    receipt_order: np.ndarray
    receipt_second: np.ndarray
    receipt_qty: np.ndarray
    receipt_rejected: np.ndarray


class Buyer:
    """Reorder-point buying over arrays of keys, with one review every morning."""

    def __init__(self, company: Company, demand: Demand, profile: Profile, seed: int):
        self.company, self.demand, self.profile = company, demand, profile
        self.rng = stream(seed, "buying")
        keys = company.keys
        supplier = company.of_key("supplier")
        self.lead = company.suppliers["lead_mean"].to_numpy()[supplier]
        self.spread = company.suppliers["lead_spread"].to_numpy()[supplier]
        guess = np.exp(self.rng.normal(0.0, 0.12, keys))
        self.mean = demand.daily_mean() * guess
        deviation = np.sqrt(self.lead * demand.daily_variance() + (self.mean * self.lead * self.spread) ** 2)
        self.safety = profile.safety_factor * deviation
        self.pack = np.maximum(company.of_key("pack").astype("int64"), 1)
        self.on_order = np.zeros(keys, dtype="int64")
        self.schedule: dict[int, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {}
        self.lines: list[tuple[np.ndarray, ...]] = []
        self.receipts: list[tuple[np.ndarray, ...]] = []
        self.n = 0

    def opening_stock(self) -> np.ndarray:
        """Return the stock with which each key starts, shape (keys,): somewhere in its cycle, 0 before launch."""
        cycle = self.safety + self.mean * self.profile.cover_days * self.rng.uniform(0.25, 1.0, self.company.keys)
        return np.where(self.demand.launch_day > 0, 0, np.ceil(cycle)).astype("int64")

    def wanted(self, day: int, record: np.ndarray, frozen: np.ndarray) -> np.ndarray:
        """Return the base units that each key needs to order this morning (0: nothing), whole packs, shape (keys,)."""
        seen = self.demand.life_factor(day - _PLANNER_LAG)
        young = (day >= self.demand.launch_day - _BEFORE_LAUNCH) & (day < self.demand.launch_day + 2 * _PLANNER_LAG)
        seen = np.where(young, 0.8, seen)
        alive = (self.demand.rate > 0) & (day < self.demand.end_day - _BEFORE_END) & ~frozen
        point = seen * (self.mean * (self.lead + 1.0) + self.safety)
        short = alive & (seen > 0) & (record + self.on_order <= point)
        target = point + seen * self.mean * self.profile.cover_days - (record + self.on_order)
        packs = np.ceil(np.maximum(target, 1.0) / self.pack).astype("int64")
        return np.where(short, packs * self.pack, 0)

    def from_hub(self, place: int, wanted: np.ndarray, record: np.ndarray, physical: np.ndarray,
                 blocked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
        """Return key, hub key and quantity for the wishes of the n-th site of each division that the hub can serve."""
        n = self.profile.sites_per_division
        key = np.flatnonzero((wanted > 0) & (self.company.hub_of >= 0) & (self.company.site_of % n == place) & ~blocked)
        key = key[self.rng.random(len(key)) < _FROM_HUB_RATE]
        hub = self.company.hub_of[key]
        surplus = np.minimum(record[hub] - (self.mean * self.lead + self.safety)[hub].astype("int64"), physical[hub])
        qty = np.minimum(wanted[key], surplus)
        fits = (qty >= np.maximum(wanted[key] // 4, 1)) & ~blocked[hub]
        self.on_order[key[fits]] += qty[fits]
        return key[fits], hub[fits], qty[fits]

    def landed(self, key: np.ndarray, qty: np.ndarray) -> None:
        """Take arrived transfers off the open quantity."""
        np.subtract.at(self.on_order, key, qty)

    def order(self, day: int, wanted: np.ndarray) -> None:
        """Raise an order line for every wish and schedule its receipts, sometimes in two parts, sometimes short."""
        key = np.flatnonzero(wanted > 0)
        n = len(key)
        if n == 0:
            return
        ordered = wanted[key]
        pack = self.pack[key]
        packs = ordered // pack
        short = (self.rng.random(n) < _SHORT_RATE) & (packs >= 5)
        come = np.where(short, packs * 4 // 5, packs) * pack
        lead = np.rint(self.lead[key] * np.exp(self.rng.normal(0.0, 1.0, n) * self.spread[key])).astype("int64").clip(2)
        planned = np.rint(self.lead[key]).astype("int64")
        slip = np.where((lead > planned + 2) & (self.rng.random(n) < 0.6), lead - planned, 0)
        line = self.n + np.arange(n)
        self.n += n
        split = (self.rng.random(n) < _SPLIT_RATE) & (come >= 2 * pack)
        first = np.where(split, np.maximum(come // pack * 7 // 10, 1) * pack, come)
        gap = self.rng.integers(2, 6, n)
        created = local_midnight(self.profile.first_day, day) + 6 * 3600 + self.rng.integers(0, 3000, n)
        self.lines.append((key, created, planned, slip, ordered, come))
        self.on_order[key] += come
        self._plan(line, key, day + lead, first)
        self._plan(line[split], key[split], (day + lead + gap)[split], (come - first)[split])

    def _plan(self, line: np.ndarray, key: np.ndarray, day: np.ndarray, qty: np.ndarray) -> None:
        for when in np.unique(day):
            on = day == when
            self.schedule.setdefault(int(when), []).append((line[on], key[on], qty[on]))

    def arrivals(self, day: int, frozen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return order line, key and quantity of today's arrivals. Deliveries for frozen keys never come."""
        parts = self.schedule.pop(day, None)
        if parts is None:
            return (np.zeros(0, dtype="int64"),) * 3
        line, key, qty = (np.concatenate(part) for part in zip(*parts, strict=True))
        here = ~frozen[key]
        line, key, qty = line[here], key[here], qty[here]
        np.subtract.at(self.on_order, key, qty)
        return line, key, qty

    def post_receipts(self, line: np.ndarray, second: np.ndarray, qty: np.ndarray, rejected: np.ndarray) -> None:
        """Remember receipts for the ERP: order line, local second, base units received and rejected."""
        self.receipts.append((line, second, qty, rejected))

    def close(self) -> PurchaseOrders:
        """Return all order lines and receipts of the run."""
        lines = [np.concatenate(part) for part in zip(*self.lines, strict=True)]
        receipts = [np.concatenate(part) for part in zip(*self.receipts, strict=True)]
        return PurchaseOrders(*lines, *receipts)
