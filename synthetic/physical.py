"""The physical warehouse, day by day, over arrays of SKU-locations.

Belongs here: what really happens to goods (receipts, transfers, returns, sales, scrap, theft, counts) and what an
honest record of it would say. Does not belong here: demand (demand.py), buying
(replenishment.py), reports and their faults.

Order of a day (local time), so that no flow uses goods that come later: theft in the night, receipts and transfers in,
review and transfers out, customer returns, sales 08:00-21:00, scrap, cycle counts before 22:00.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import local_midnight, stream
from synthetic.company import Company
from synthetic.demand import Demand
from synthetic.faults import MISCOUNT_GROWS_TO, THEFT_TIMES, GoodsPlan, drift_from
from synthetic.ledger import Event, Ledger, Log
from synthetic.lots import EXPIRED, ShelfLife
from synthetic.planning import Parameters
from synthetic.profiles import Profile
from synthetic.replenishment import Buyer, PurchaseOrders

OPENING_AT, RETURNS_AT, SCRAP_AT, COUNTS_AT = 120, 7 * 3600 + 2700, 21 * 3600 + 300, 21 * 3600 + 1800
OPENING_COUNT_AT = 600
CUT_OFF_AT = 22 * 3600  # local second of the day at which balances are cut
_RETURN_LAG, _RETURN_RATE = 9, 0.026
_SCRAP_RATE, _MISCOUNT_RATE, _REJECT_RATE = 0.001, 0.012, 0.02
_COUNT_CYCLE = (85, 170, 340)  # days, by planned value class


@dataclass(frozen=True)
class Truth:
    """What really happened. Matrices have shape (days, keys) at 22:00 local time, in base units."""

    ledger: Ledger
    orders: PurchaseOrders
    physical: np.ndarray
    record: np.ndarray
    in_transit: np.ndarray
    counts: dict[str, np.ndarray]  # key, second, book, counted, number; one row per count
    unserved: dict[str, np.ndarray]  # day, key, qty of demand that found no goods, is_part: some of the line was served
    ordered_lines: int
    parameters: Parameters


def simulate(company: Company, demand: Demand, plan: GoodsPlan, profile: Profile, seed: int) -> Truth:
    """Run the warehouse over all days of the profile."""
    return _Warehouse(company, demand, plan, profile, seed).run()


class _Warehouse:
    """State of the run: physical and recorded stock per key, goods on their way, the log."""

    def __init__(self, company: Company, demand: Demand, plan: GoodsPlan, profile: Profile, seed: int):
        self.company, self.demand, self.plan, self.profile = company, demand, plan, profile
        self.rng = stream(seed, "physical")
        self.demand_rng = stream(seed, "orders")
        keys = company.keys
        self.log = Log()
        self.physical = np.zeros(keys, dtype="int64")
        self.record = np.zeros(keys, dtype="int64")
        self.in_transit = np.zeros(keys, dtype="int64")
        self.frozen = np.zeros(keys, dtype=bool)
        self.frozen[plan.dead] = True
        self.fired = np.zeros(keys, dtype=bool)
        self.buyer = Buyer(company, demand, plan, profile, seed)
        hours = np.array([(site.receiving_from * 60, site.receiving_to * 60) for site in company.sites])
        self.receiving = hours[company.site_of]
        robbed = np.isin(company.site_of, plan.robbed_sites)
        self.theft_rate = profile.theft_rate * np.where(robbed, THEFT_TIMES, 1)
        self.careless = np.isin(company.site_of, plan.careless_sites)
        self.shelf = ShelfLife(company, profile)
        self.pack = company.of_key("pack").astype("int64")
        self.transfers: dict[int, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {}
        self.transfer_number = self.count_number = self.order_number = 0
        self.sold: dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]] = {}
        self.counts: list[tuple[np.ndarray, ...]] = []
        self.unserved: list[tuple[np.ndarray, ...]] = []
        value = demand.daily_mean() * company.of_key("unit_cost")
        rank = np.argsort(np.argsort(-value)) / keys
        self.cycle = np.array(_COUNT_CYCLE)[np.digitize(rank, (0.2, 0.5))]
        self.count_phase = self.rng.integers(0, self.cycle)

    def run(self) -> Truth:
        """Play every day and return what happened."""
        days, keys = self.profile.days, self.company.keys
        physical, record, transit = (np.zeros((days, keys), dtype="int32") for _ in range(3))
        self.open()
        for day in range(days):
            self.steal(day)
            self.receive(day)
            self.receive_transfers(day)
            self.strike(day)
            self.replenish(day)
            self.take_back(day)
            self.sell(day)
            if day == days - 1:
                self.sell_late(day)
            self.scrap(day)
            self.count(day)
            physical[day], record[day], transit[day] = self.physical, self.record, self.in_transit
        names = ("key", "second", "book", "counted", "number")
        counts = {name: np.concatenate(part) for name, part in zip(names, zip(*self.counts, strict=True), strict=True)}
        missed = (np.concatenate(part) for part in zip(*self.unserved, strict=True))
        unserved = dict(zip(("day", "key", "qty", "is_part"), missed, strict=True))
        return Truth(self.log.close(), self.buyer.close(), physical, record, transit, counts, unserved,
                     self.order_number, self.buyer.settings())  # fmt: skip

    def at(self, day: int, second: int | np.ndarray) -> int | np.ndarray:
        """Return local seconds for a second of a day."""
        return local_midnight(self.profile.first_day, day) + second

    def move(self, event: Event, key: np.ndarray, second: np.ndarray, qty: np.ndarray,
             physical_qty: np.ndarray | None = None, reference: np.ndarray | int = -1) -> None:  # fmt: skip
        """Apply flows to the goods and, if the event is recorded, to the record, and log them."""
        real = qty if physical_qty is None else physical_qty
        np.add.at(self.physical, key, real)
        np.add.at(self.record, key, qty)
        self.shelf.take(event, key, qty, second)
        self.log.add(event, key, second, qty, real, reference)

    def open(self) -> None:
        """Stock the sites from a full physical count: an opening balance and a count row per stocked key."""
        stock = self.buyer.opening_stock()
        dead = self.plan.dead
        stock[dead] = self.rng.integers(20, 150, len(dead))
        key = np.flatnonzero(stock > 0)
        self.move(Event.OPENING, key, self.at(0, OPENING_AT) + np.arange(len(key)) % 60, stock[key])
        self.post_counts(key, self.at(0, OPENING_COUNT_AT) + np.arange(len(key)) % 60)

    def steal(self, day: int) -> None:
        """Small thefts that no system hears of."""
        if day == 0:
            return
        key = np.flatnonzero((self.rng.random(self.company.keys) < self.theft_rate) & ~self.frozen)
        qty = np.minimum(self.rng.integers(1, 4, len(key)), self.physical[key])
        key, qty = key[qty > 0], qty[qty > 0]
        self.move(Event.THEFT, key, self.at(day, 60), np.zeros_like(qty), -qty)

    def receive(self, day: int) -> None:
        """Post purchase receipts; a few are miscounted on the dock, a few partly rejected and sent back at once."""
        order, key, qty = self.buyer.arrivals(day, self.frozen)
        if len(key) == 0:
            return
        opens, closes = self.receiving[key].T
        second = self.at(day, opens + (self.rng.random(len(key)) * (closes - opens - 900)).astype("int64"))
        slip = self.rng.integers(1, 3, len(key)) * self.rng.choice((-1, 1), len(key), p=(0.6, 0.4))
        slip = np.where((self.rng.random(len(key)) < self.miscount_rate(day, key)) & (qty > 2), slip, 0)
        slip = np.where(self.buyer.dated[key], np.minimum(slip, 0), slip)  # a lot is never sold before it is posted
        self.move(Event.RECEIPT, key, second, qty, qty + slip, order)
        unit = np.maximum(self.pack[key], 1)
        rejected = np.where((self.rng.random(len(key)) < _REJECT_RATE) & (qty >= 3 * unit), unit, 0)
        self.buyer.post_receipts(order, second, qty, rejected)
        bad = np.flatnonzero((rejected > 0) & (self.physical[key] >= rejected))
        self.move(Event.SUPPLIER_RETURN, key[bad], second[bad] + 600, -rejected[bad], reference=order[bad])

    def miscount_rate(self, day: int, key: np.ndarray) -> np.ndarray:
        """Return the share of receipts that are miscounted on the dock; it grows at careless sites."""
        begin = drift_from(self.profile)
        grown = np.clip((day - begin) / (self.profile.days - begin), 0.0, 1.0) * (MISCOUNT_GROWS_TO - _MISCOUNT_RATE)
        return _MISCOUNT_RATE + np.where(self.careless[key], grown, 0.0)

    def receive_transfers(self, day: int) -> None:
        """Post the second legs of the transfers that arrive."""
        for key, qty, number in self.transfers.pop(day, ()):
            opens, closes = self.receiving[key].T
            second = opens + (self.rng.random(len(key)) * (closes - opens)).astype("int64")
            self.move(Event.TRANSFER_IN, key, self.at(day, second), qty, reference=number)
            np.subtract.at(self.in_transit, key, qty)
            self.buyer.landed(key, qty)

    def strike(self, day: int) -> None:
        """Plant the faults of the goods: the theft behind a phantom, the unposted receipt behind a negative record."""
        plan = self.plan
        ready = (plan.phantom_day <= day) & ~self.fired & (self.in_transit == 0)
        ready &= (self.record >= 3) & (self.physical > 0)
        key = np.flatnonzero(ready)
        self.move(Event.THEFT, key, self.at(day, 6 * 3600), np.zeros_like(key), -self.physical[key])
        self.fired[key] = self.frozen[key] = True
        key = np.flatnonzero((plan.negative_day <= day) & ~self.fired & (self.in_transit == 0) & (self.record >= 0))
        extra = 8 + 2 * np.ceil(self.demand.daily_mean()[key]).astype("int64")
        found = extra + np.maximum(self.record[key] - self.physical[key], 0)
        self.move(Event.UNPOSTED_RECEIPT, key, self.at(day, 6 * 3600 + 60), np.zeros_like(key), found)
        sold = self.record[key] + extra // 2
        numbers = self.order_number + np.arange(len(key))
        self.order_number += len(key)
        self.move(Event.ISSUE, key, self.at(day, 8 * 3600), -sold, reference=numbers)
        self.fired[key] = self.frozen[key] = True

    def replenish(self, day: int) -> None:
        """Let the buyer review every key; other sites are first served from the hub's surplus."""
        armed = (self.plan.phantom_day - 4 <= day) | (self.plan.negative_day - 4 <= day)
        wanted = self.buyer.wanted(day, self.record, self.frozen)
        for place in range(1, int(self.company.place_of_site.max()) + 1):
            key, hub, qty = self.buyer.from_hub(place, wanted, self.record, self.physical, self.frozen | armed)
            if len(key) == 0:
                continue
            number = self.transfer_number + np.arange(len(key))
            self.transfer_number += len(key)
            second = self.at(day, 7 * 3600 + self.rng.integers(0, 2400, len(key)))
            self.move(Event.TRANSFER_OUT, hub, second, -qty, reference=number)
            np.add.at(self.in_transit, key, qty)
            for wait in (1, 2, 3):
                late = np.flatnonzero(number % 3 + 1 == wait)
                self.transfers.setdefault(day + wait, []).append((key[late], qty[late], number[late]))
            wanted[key] = 0
        self.buyer.order(day, wanted)

    def take_back(self, day: int) -> None:
        """Take back part of what was sold some days ago, restocked as available."""
        key, qty, number = self.sold.pop(day - _RETURN_LAG, (np.zeros(0, int),) * 3)
        back = np.flatnonzero((self.rng.random(len(key)) < _RETURN_RATE) & ~self.frozen[key])
        amount = 1 + (self.rng.random(len(back)) * qty[back]).astype("int64")
        second = self.at(day, RETURNS_AT + self.rng.integers(0, 840, len(back)))
        self.move(Event.CUSTOMER_RETURN, key[back], second, np.minimum(amount, qty[back]), reference=number[back])

    def sell(self, day: int) -> None:
        """Serve the day's orders in order of time from the goods on the shelf; what is missing is lost."""
        key, second, size = self.demand.draw(day, self.demand_rng)
        number = self.order_number + np.arange(len(key))
        self.order_number += len(key)
        total = np.cumsum(size)
        before = total - size
        first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, int)
        asked_before = before - np.repeat(before[first], np.diff(np.r_[first, len(key)]))
        served = np.clip(self.physical[key] - asked_before, 0, size)
        hit = served > 0
        self.move(Event.ISSUE, key[hit], second[hit], -served[hit], reference=number[hit])
        self.sold[day] = (key[hit], served[hit], number[hit])
        miss = served < size
        self.unserved.append((np.full(miss.sum(), day), key[miss], (size - served)[miss], served[miss] > 0))

    def sell_late(self, day: int) -> None:
        """Sell two units each to a few late shoppers, so that the last evening leaves something the ERP can miss."""
        key = self.plan.late_shoppers
        key = key[(self.physical[key] >= 4) & ~self.frozen[key]][: 3 * self.profile.faults.erp_timing]
        numbers = self.order_number + np.arange(len(key))
        self.order_number += len(key)
        self.move(Event.ISSUE, key, self.at(day, SCRAP_AT - 240), np.full(len(key), -2), reference=numbers)

    def scrap(self, day: int) -> None:
        """Write off what has expired, and a damaged unit or two."""
        key, qty = self.shelf.expired(day)
        key, qty = key[~self.frozen[key]], qty[~self.frozen[key]]
        missing = np.maximum(self.record[key] - self.physical[key], 0)  # taken for some of the oldest goods
        second = self.at(day, SCRAP_AT - 200 + np.arange(len(key)) % 100)
        self.move(Event.SCRAP, key, second, -qty, -np.maximum(qty - missing, 0), EXPIRED)
        hit = (self.rng.random(self.company.keys) < _SCRAP_RATE) & (self.physical >= 2) & ~self.frozen
        key = np.flatnonzero(hit)
        self.move(Event.SCRAP, key, self.at(day, SCRAP_AT + np.arange(len(key))), -self.rng.integers(1, 3, len(key)))

    def count(self, day: int) -> None:
        """Count the keys whose cycle is due; keys with a planted fault are not counted again."""
        due = (day > 0) & ((day + self.count_phase) % self.cycle == 0) & ~self.frozen
        key = np.flatnonzero(due)
        self.post_counts(key, self.at(day, COUNTS_AT + self.rng.integers(0, 1500, len(key))))

    def post_counts(self, key: np.ndarray, second: np.ndarray) -> None:
        """Post count rows and, at the same instant, the adjustment of each difference."""
        book, found = self.record[key].copy(), self.physical[key].copy()
        number = self.count_number + np.arange(len(key))
        self.count_number += len(key)
        self.counts.append((key, np.asarray(second), book, found, number))
        off = found != book
        self.move(Event.ADJUSTMENT, key[off], second[off], (found - book)[off], np.zeros(off.sum(), dtype="int64"),
                  number[off])  # fmt: skip
