"""Lots of the goods that expire: every delivery is a lot, and the oldest leaves first.

Belongs here: which lot a recorded flow belongs to, splitting a flow that takes from two. Does not belong here: flows
themselves (physical.py) and the layout of the entity (emit_wms.py). Dated goods are bought for each site straight from
the supplier, so that a lot lives at one site; goods come with the same age every time, so that first in is first out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import DAY, local_midnight
from synthetic.company import Company
from synthetic.ledger import Event, Ledger
from synthetic.profiles import Profile

AGE_AT_RECEIPT = 20  # days since production when the goods come in
NO_LOT = -1
EXPIRED = 1  # reference of a scrap flow that is no damage


@dataclass(frozen=True)
class Lots:
    """Lots in order of key and receipt; every array has shape (lots,)."""

    key: np.ndarray
    received: np.ndarray  # local second
    expiry_day: np.ndarray  # simulated day, last one on which the lot may be sold


class ShelfLife:
    """What the oldest lots of every dated key still hold, kept while the warehouse runs.

    Goods that come back or are found belong to the newest lot; so what has expired by a day is all that came in before
    the first delivery that has not, less all that left.
    """

    def __init__(self, company: Company, profile: Profile):
        usable = usable_days(company)
        self.key = np.flatnonzero(usable > 0)
        self.usable = usable[self.key]
        self.place = np.full(company.keys, -1)
        self.place[self.key] = np.arange(len(self.key))
        self.start = local_midnight(profile.first_day, 0)
        self.entered, self.left = np.zeros(len(self.key), dtype="int64"), np.zeros(len(self.key), dtype="int64")
        self.before = np.full((profile.days, len(self.key)), 1 << 60)  # what came in before a day's first delivery

    def take(self, event: Event, key: np.ndarray, qty: np.ndarray, second: np.ndarray) -> None:
        """Remember recorded flows of one kind."""
        place = self.place[key]
        mine = np.flatnonzero(place >= 0)
        if len(mine) == 0:
            return
        place, amount = place[mine], np.asarray(qty)[mine]
        if event in (Event.OPENING, Event.RECEIPT):
            day = (np.broadcast_to(second, len(key))[mine] - self.start) // DAY
            np.minimum.at(self.before, (day, place), self.entered[place])
        np.add.at(self.entered, place, np.maximum(amount, 0))
        np.add.at(self.left, place, np.maximum(-amount, 0))

    def expired(self, day: int) -> tuple[np.ndarray, np.ndarray]:
        """Return keys and units of the lots whose last day of sale is today or past."""
        bound = self.entered.copy()
        for usable in np.unique(self.usable[self.usable <= day]):
            own = np.flatnonzero(self.usable == usable)
            bound[own] = np.minimum(bound[own], self.before[day - usable + 1 : day + 1, own].min(axis=0))
        qty = np.where(day >= self.usable, np.maximum(bound - self.left, 0), 0)
        return self.key[qty > 0], qty[qty > 0]


def usable_days(company: Company) -> np.ndarray:
    """Return the days for which each key's goods may be sold after they came in, 0 where they do not expire."""
    life = company.of_key("shelf_life_days").astype("int64")
    return np.where(life > 0, life - AGE_AT_RECEIPT, 0)


def allot(company: Company, ledger: Ledger, profile: Profile) -> tuple[Ledger, np.ndarray, Lots]:
    """Return the recorded flows with those split that take from several lots, the lot of each, and the lots."""
    usable = usable_days(company)
    dated = np.flatnonzero(usable[ledger.key] > 0)
    dated = dated[np.argsort(ledger.key[dated], kind="stable")]  # by key, then time
    key, qty = ledger.key[dated], ledger.qty[dated].astype("int64")
    begins = np.isin(ledger.event[dated], (int(Event.OPENING), int(Event.RECEIPT))) & (qty > 0)
    newest = _newest(key, begins)
    received = ledger.second[dated][begins]
    expiry_day = (received - local_midnight(profile.first_day, 0)) // DAY + usable[key[begins]]
    leaving, part_of, part_qty, part_lot = _take(key, qty, newest)
    pieces = np.ones(len(ledger), dtype="int64")
    pieces[dated[leaving]] = np.bincount(part_of, minlength=len(leaving))
    row = np.repeat(np.arange(len(ledger)), pieces)
    lot = np.full(len(ledger), NO_LOT)
    lot[dated] = newest
    split, lot = ledger.where(row), lot[row]
    # The parts come by key and then time, the rows by time: a stable sort by flow pairs them.
    is_part = np.zeros(len(ledger), dtype=bool)
    is_part[dated[leaving]] = True
    target = np.flatnonzero(is_part[row])
    order = np.argsort(dated[leaving][part_of], kind="stable")
    told, moved = split.qty.copy(), split.physical_qty.copy()
    told[target] = -part_qty[order]
    moved[target] = np.where(moved[target] != 0, told[target], 0)
    lot[target] = part_lot[order]
    split = Ledger(split.key, split.event, split.second, told, moved, split.reference)
    return split, lot, Lots(key[begins], received, expiry_day)


def _take(key: np.ndarray, qty: np.ndarray, newest: np.ndarray) -> tuple[np.ndarray, ...]:
    """Take every outflow from the oldest lots that are left.

    Rows are sorted by key and time. Returns the rows that leave, and of their parts: the place among them, units, lot.
    """
    entering, leaving = np.maximum(qty, 0), np.maximum(-qty, 0)
    before_in, before_out = np.cumsum(entering) - entering, np.cumsum(leaving) - leaving
    came, left = np.flatnonzero(entering > 0), np.flatnonzero(leaving > 0)
    # Both flows on one axis of units, each key beginning where what came in of the keys before it ends: a lot is an
    # interval that begins in `starts`, an outflow the interval from `begin` to `end`.
    label = newest[came]
    new = np.ones(len(came), dtype=bool)
    new[1:] = (label[1:] != label[:-1]) | (key[came][1:] != key[came][:-1])
    starts, label = before_in[came][new], label[new]
    first_row = np.searchsorted(key, key[left], side="left")
    begin = before_in[first_row] + before_out[left] - before_out[first_row]
    end = begin + leaving[left]
    first = np.searchsorted(starts, begin, side="right") - 1
    last = np.maximum(np.searchsorted(starts, end, side="left") - 1, first)
    pieces = last - first + 1
    part_of = np.repeat(np.arange(len(left)), pieces)
    lot_at = first[part_of] + np.arange(len(part_of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    ends = np.r_[starts[1:], end.max(initial=0)]
    part_end = np.where(lot_at == last[part_of], end[part_of], ends[lot_at])
    part_qty = part_end - np.maximum(begin[part_of], starts[lot_at])
    return left, part_of, part_qty, np.minimum(label[lot_at], newest[left][part_of])  # never from a lot yet to come


def _newest(key: np.ndarray, begins: np.ndarray) -> np.ndarray:
    """Return for every row the number of the newest lot of its key, NO_LOT before the first."""
    number = np.cumsum(begins) - 1
    before = (np.cumsum(begins) - begins)[np.searchsorted(key, key, side="left")] if len(key) else number
    return np.where(number >= before, number, NO_LOT)
