"""The buyers: purchase orders by the parameters in force, lead times, receipts in parts, stock taken from the hub.

Belongs here: supply. Does not belong here: setting the parameters (planning.py), posting goods (physical.py) or the
ERP's view of an order (emit_erp.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import local_midnight, stream
from synthetic.company import Company
from synthetic.demand import Demand
from synthetic.faults import GoodsPlan
from synthetic.planning import BEFORE_LAUNCH, Parameters, Planner
from synthetic.profiles import Profile

_SPLIT_RATE, _SHORT_RATE, _FROM_HUB_RATE, _SECOND_SOURCE_RATE = 0.15, 0.02, 0.5, 0.12
_HELD_RATE = 0.7  # of the deliveries ready early: held until the promised day
_STUCK_RATE, _STUCK_TIMES = 0.05, (1.8, 3.5)  # deliveries that a supplier cannot make, and how much longer they take
_BEFORE_END = 45  # days before the end of an item on which its last order is raised
_SATURDAY = 5


@dataclass(frozen=True)
class PurchaseOrders:
    """Order lines (one per key and review) and their receipts; quantities in base units, seconds local."""

    key: np.ndarray
    supplier: np.ndarray
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
    """Reorder-point buying over arrays of keys, with one review every working morning."""

    def __init__(self, company: Company, demand: Demand, plan: GoodsPlan, profile: Profile, seed: int):
        self.company, self.demand, self.plan, self.profile = company, demand, plan, profile
        self.rng = stream(seed, "buying")
        keys = company.keys
        self.supplier = company.of_key("supplier").astype("int64")
        self.second_supplier = company.of_key("second_supplier").astype("int64")
        suppliers = company.suppliers
        self.lead = suppliers["lead_mean"].to_numpy()
        self.spread = suppliers["lead_spread"].to_numpy()
        self.promise = suppliers["planned_days"].to_numpy()
        self.careless = 1.5 - 1.4 * suppliers["care"].to_numpy()  # times the usual rate of what goes wrong
        self.planned = self.promise[self.supplier]
        self.pack = np.maximum(company.of_key("pack").astype("int64"), 1)
        self.dated = company.of_key("shelf_life_days").astype("int64") > 0
        self.planner = Planner(company, demand, plan, self.planned, self.spread[self.supplier], profile, seed)
        self.on_order = np.zeros(keys, dtype="int64")
        self.schedule: dict[int, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {}
        self.lines: list[tuple[np.ndarray, ...]] = []
        self.receipts: list[tuple[np.ndarray, ...]] = []
        self.n = 0

    def opening_stock(self) -> np.ndarray:
        """Return the stock with which each key starts, shape (keys,): somewhere in its cycle, 0 before launch."""
        planner = self.planner
        cycle = planner.safety + planner.order_qty * self.rng.uniform(0.25, 1.0, self.company.keys)
        return np.where(self.demand.launch_day > 0, 0, np.ceil(cycle)).astype("int64")

    def wanted(self, day: int, record: np.ndarray, frozen: np.ndarray) -> np.ndarray:
        """Return the base units that each key needs to order this morning (0: nothing), whole packs, shape (keys,)."""
        planner, demand = self.planner, self.demand
        planner.review(day)
        if self.is_weekend(day):
            return np.zeros(self.company.keys, dtype="int64")
        alive = (demand.rate > 0) & (day < demand.end_day - _BEFORE_END) & ~frozen
        alive &= day >= demand.launch_day - BEFORE_LAUNCH
        coming = demand.promotions.expected(day, self.planned + 7, self.company.keys) if demand.promotions else 0.0
        point = planner.point + np.ceil(demand.daily_mean() * coming).astype("int64")
        position = record + self.on_order
        need = np.where(alive & (position <= point), np.maximum(planner.order_qty, point - position + self.pack), 0)
        return -(-need // self.pack) * self.pack

    def is_weekend(self, day: int | np.ndarray) -> bool | np.ndarray:
        """Return whether nobody buys and nobody delivers on a day."""
        return (self.profile.first_day.weekday() + day) % 7 >= _SATURDAY

    def from_hub(self, place: int, wanted: np.ndarray, record: np.ndarray, physical: np.ndarray,
                 blocked: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
        """Return key, hub key and quantity for the wishes of the n-th site of each division that the hub can serve."""
        here = (wanted > 0) & (self.company.hub_of >= 0) & (self.company.place_of_site[self.company.site_of] == place)
        key = np.flatnonzero(here & ~blocked & ~self.dated)
        key = key[self.rng.random(len(key)) < _FROM_HUB_RATE]
        hub = self.company.hub_of[key]
        surplus = np.minimum(record[hub] - self.planner.point[hub], physical[hub])
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
        other = (self.second_supplier[key] >= 0) & (self.rng.random(n) < _SECOND_SOURCE_RATE)
        supplier = np.where(other, self.second_supplier[key], self.supplier[key])
        drift = np.clip((day - self.plan.drift_day[supplier]) / self.profile.drift_days, 0.0, 1.0)
        usual = self.lead[supplier] * (1.0 + drift * self.plan.drift_share[supplier])
        lead = np.rint(usual * np.exp(self.rng.normal(0.0, 1.0, n) * self.spread[supplier])).astype("int64").clip(2)
        stuck = self.rng.random(n) < _STUCK_RATE * self.careless[supplier]
        lead = np.where(stuck, np.rint(lead * self.rng.uniform(*_STUCK_TIMES, n)).astype("int64"), lead)
        lead = self._weekday(day + lead) - day
        planned = self._weekday(day + self.promise[supplier]) - day
        lead = np.where((lead < planned) & (self.rng.random(n) < _HELD_RATE), planned, lead)
        slip = np.where((lead > planned + 2) & (self.rng.random(n) < 0.6), lead - planned, 0)
        line = self.n + np.arange(n)
        self.n += n
        split = (self.rng.random(n) < _SPLIT_RATE * self.careless[supplier]) & (come >= 2 * pack)
        first = np.where(split, np.maximum(come // pack * 7 // 10, 1) * pack, come)
        gap = self._weekday(day + lead + self.rng.integers(2, 6, n)) - day - lead
        created = local_midnight(self.profile.first_day, day) + 6 * 3600 + self.rng.integers(0, 3000, n)
        self.lines.append((key, supplier, created, planned, slip, ordered, come))
        self.on_order[key] += come
        self._plan(line, key, day + lead, first)
        self._plan(line[split], key[split], (day + lead + gap)[split], (come - first)[split])

    def _weekday(self, day: np.ndarray) -> np.ndarray:
        """Return the day itself, or the Monday after it where it falls on a weekend."""
        weekday = (self.profile.first_day.weekday() + day) % 7
        return day + np.where(weekday >= _SATURDAY, 7 - weekday, 0)

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

    def settings(self) -> Parameters:
        """Return every setting of the planning parameters."""
        return self.planner.close()

    def close(self) -> PurchaseOrders:
        """Return all order lines and receipts of the run."""
        lines = [np.concatenate(part) for part in zip(*self.lines, strict=True)]
        receipts = [np.concatenate(part) for part in zip(*self.receipts, strict=True)]
        return PurchaseOrders(*lines, *receipts)
