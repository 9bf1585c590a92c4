"""The days of the company: what the record says, what is on the shelf, and what anybody could see of it.

Belongs here: the day loop over arrays of records. Does not belong here: rates (company.py), landing (landing.py).

A day has one order of events: mis-slotted goods are found, receipts come, goods vanish, one order is picked, the shelf
is counted, goods are ordered. ceiling.py follows the same order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import stream
from synthetic.phantom_lab.company import NEVER, Company
from synthetic.phantom_lab.knobs import CAUSES

_THEFT, _SHIPPED, _SCRAP, _SLOTTED, _UNITS, _COUNT = range(len(CAUSES))
SCHEDULED, TARGETED = 0, 1
NO_COUNT = -1
MAX_PART = 3  # units that a small theft or breakage takes, at most


@dataclass
class History:
    """(records, days) of what can be seen, and the state at the cut-off of what cannot. Quantities in base units."""

    receipt: np.ndarray
    sale: np.ndarray
    short: np.ndarray  # quantity of a reported short pick, 0 where none
    found: np.ndarray  # whether pickers reported that goods were found elsewhere
    count: np.ndarray  # NO_COUNT where none came in
    trigger: np.ndarray
    record: np.ndarray  # at the end of the day
    shelf: np.ndarray  # hidden: on the shelf at the end of the day
    since: np.ndarray  # hidden: day since which the record is a phantom, NEVER where it is none
    cause: np.ndarray  # hidden: place in CAUSES, -1 where none


def run(company: Company) -> History:
    """Live through every day. Same company and seed: the same history."""
    days = company.knobs.days
    state = _State(company, stream(company.seed, f"phantom_lab.run.{company.knobs.name}"))
    shape = (len(company), days)
    seen = {name: np.zeros(shape, dtype="int16") for name in ("receipt", "sale", "short", "count", "record", "shelf")}
    seen |= {name: np.zeros(shape, dtype="int8") for name in ("found", "trigger")}
    for day in range(days):
        state.live(day)
        for name, kept in seen.items():
            kept[:, day] = getattr(state, name)
    return History(**seen, since=state.since, cause=state.cause)


class _State:
    """The company in the middle of its days."""

    def __init__(self, company: Company, rng: np.random.Generator):
        self.company, self.rng = company, rng
        n = len(company)
        self.record = rng.integers(company.reorder // 2, company.reorder + company.batch + 1)
        self.shelf = self.record.copy()
        self.astray = np.zeros(n, dtype="int64")  # goods put into a wrong place
        self.arrives = np.full(n, NEVER)
        self.lost = np.zeros((len(CAUSES), n), dtype="int64")  # unrecorded since the last correction, by cause
        self.since, self.cause = np.full(n, NEVER), np.full(n, -1)
        self.cadence = np.array(company.knobs.cadence)[company.klass]
        self.phase = company.phase

    def live(self, day: int) -> None:
        """Let one day pass."""
        c = self.company
        self.open = (day < c.site_closed_from[c.site]) & (day < c.last)
        self._find()
        self._receive(day)
        self._lose()
        self._sell(day)
        self._count(day)
        self._order(day)
        self._judge(day)

    def _draw(self) -> np.ndarray:
        return self.rng.random(len(self.company))

    def _find(self) -> None:
        back = self.open & (self.astray > 0) & (self._draw() < self.company.knobs.found)
        self.found = back & (self._draw() < self.company.knobs.found_told)
        self._put_back(back)

    def _put_back(self, back: np.ndarray) -> None:
        self.shelf += np.where(back, self.astray, 0)
        self.lost[_SLOTTED][back] = 0
        self.astray[back] = 0

    def _receive(self, day: int) -> None:
        c = self.company
        comes = self.open & (self.arrives <= day)
        wrong = comes & (self._draw() < c.unit_mistake)
        self.receipt = np.where(comes, c.batch, 0)
        self.record += self.receipt
        came = np.where(wrong, c.batch // c.pack, self.receipt)
        self.shelf += came
        self.lost[_UNITS] += self.receipt - came
        self._put_back(comes & (self.astray > 0))  # putting away finds what lies astray
        self.arrives[comes] = NEVER

    def _lose(self) -> None:
        c, k = self.company, self.company.knobs
        what, part = self._draw(), 1 + (self._draw() * MAX_PART).astype("int64")
        steps = np.cumsum(
            [c.theft * k.theft_all, c.theft * (1 - k.theft_all), c.scrap * k.scrap_all, c.scrap * (1 - k.scrap_all),
             c.slotting], axis=0)  # fmt: skip
        kind = (what[None, :] >= steps).sum(axis=0)
        able = self.open & (self.shelf > 0) & (kind < len(steps))
        taken = np.where(able, np.where(np.isin(kind, (1, 3)), np.minimum(part, self.shelf), self.shelf), 0)
        self.shelf -= taken
        cause = np.array([_THEFT, _THEFT, _SCRAP, _SCRAP, _SLOTTED])[np.minimum(kind, 4)]
        for number in (_THEFT, _SCRAP, _SLOTTED):
            self.lost[number] += np.where(cause == number, taken, 0)
        self.astray += np.where(cause == _SLOTTED, taken, 0)

    def _sell(self, day: int) -> None:
        c = self.company
        wanted = self._draw() < c.chance(day)
        sizes = 1 + (self._draw()[:, None] >= np.cumsum(c.size, axis=1)[:, :-1]).sum(axis=1)
        asked = np.where(self.open & wanted, np.minimum(sizes, self.record), 0)
        missed = (self._draw() < c.knobs.miss) & (self.shelf > 0)
        self.sale = np.where(missed, 0, np.minimum(asked, self.shelf))
        self.short = np.where(self._draw() < c.site_report[c.site], asked - self.sale, 0)
        self.record -= self.sale
        self.shelf -= self.sale
        extra = (self.sale > 0) & (self._draw() < c.mis_ship) & (self.shelf > 0)
        self.shelf -= extra
        self.lost[_SHIPPED] += extra

    def _count(self, day: int) -> None:
        c = self.company
        due = self.open & (day % self.cadence == self.phase) & (day > 0)
        asked = self.open & (self.short > 0) & (self._draw() < c.site_targeted[c.site]) & ~due
        lost = due & (self._draw() < c.site_lost[c.site])
        ticked = due & (self._draw() < c.knobs.count_ticked)
        counted = (due & ~lost) | asked
        self.count = np.where(counted, np.where(ticked, self.record, self.shelf), NO_COUNT)
        self.trigger = np.where(asked, TARGETED, SCHEDULED)
        right = counted & ~ticked
        self.record = np.where(right, self.shelf, self.record)
        self.lost[:, right & (self.astray == 0)] = 0
        self.failed = (lost | ticked) & (self.record > 0) & (self.shelf <= 0)

    def _order(self, day: int) -> None:
        c = self.company
        needed = self.open & (self.record <= c.reorder) & (self.arrives == NEVER) & (day < np.minimum(c.ends, c.fades))
        self.arrives = np.where(needed, day + c.lead_days, self.arrives)

    def _judge(self, day: int) -> None:
        phantom = (self.record > 0) & (self.shelf <= 0)
        starts = phantom & (self.since == NEVER)
        main = np.where(self.astray > 0, _SLOTTED, self.lost.argmax(axis=0))
        self.cause = np.where(starts, main, np.where(phantom, self.cause, -1))
        self.cause[phantom & self.failed] = _COUNT
        self.since = np.where(phantom, np.minimum(self.since, day), NEVER)
