"""The detector that nobody can beat: the chance of a phantom for one who knows every true rate and sees what is seen.

Belongs here: the exact filter over what lies on the shelf. Does not belong here: any figure of its quality.

Hidden are the goods on the shelf and the goods that lie astray; they are never both positive, since all goods of a
record go astray at once. So the state is one number and which of the two it is: `shelf[r, q]` and `astray[r, q]` are
chances over q units. Every day they follow the order of events of run.py, and what is seen of the day multiplies in.
Counts are held by the calendar or by what was seen, and goods are ordered by the record: neither says anything of the
shelf.
"""

from __future__ import annotations

import numpy as np

from synthetic.phantom_lab.company import Company
from synthetic.phantom_lab.lab import Lab
from synthetic.phantom_lab.run import MAX_PART, NO_COUNT, History

_CHUNK = 1000
_ABOVE = 16  # units that may lie on a shelf beyond the highest record


def phantom_chances(lab: Lab) -> np.ndarray:
    """Return the chance of every record to be a phantom at the cut-off; 0 where it promises nothing."""
    most = lab.history.record.max(axis=1).astype("int64") + lab.company.batch  # goods found again come on top
    result = np.zeros(len(lab.company))
    order = np.argsort(most, kind="stable")
    for begin in range(0, len(order), _CHUNK):
        rows = order[begin : begin + _CHUNK]
        result[rows] = _Filter(lab.company, lab.history, rows, int(most[rows].max()) + _ABOVE).run()
    return np.where(lab.record > 0, result, 0.0)


class _Filter:
    """The filter of some records, `top` the most units that it can hold."""

    def __init__(self, company: Company, history: History, rows: np.ndarray, top: int):
        self.company, self.rows, self.units = company, rows, np.arange(top + 1)
        self.seen = {
            name: np.ascontiguousarray(getattr(history, name)[rows].T).astype("int64")
            for name in ("receipt", "sale", "short", "found", "count", "record")
        }
        n = len(rows)
        self.opening = self.seen["record"][0] + self.seen["sale"][0] - self.seen["receipt"][0]
        self.shelf, self.astray = np.zeros((n, top + 1)), np.zeros((n, top + 1))
        self.shelf[np.arange(n), self.opening] = 1.0
        self.site = company.site[rows]
        self.report = company.site_report[self.site]
        self.size = company.size[rows]
        self.tail = np.concatenate([np.cumsum(self.size[:, ::-1], axis=1)[:, ::-1], np.zeros((n, 1))], axis=1)
        self.cadence = np.array(company.knobs.cadence)[company.klass[rows]]
        self.phase = company.phase[rows]

    def run(self) -> np.ndarray:
        """Follow every day and return the chance that nothing is on the shelf."""
        c, rows = self.company, self.rows
        for day in range(c.knobs.days):
            live = np.flatnonzero((day < c.site_closed_from[self.site]) & (day < c.last[rows]))
            book = (self.seen["record"][day - 1] if day else self.opening).copy()
            self._find(live, self.seen["found"][day])
            self._receive(live, self.seen["receipt"][day])
            self._lose(live)
            book += self.seen["receipt"][day]
            self._sell(live, day, book)
            book -= self.seen["sale"][day]
            self._count(live, day, book)
            total = self.shelf.sum(axis=1) + self.astray.sum(axis=1)
            self.shelf /= total[:, None]
            self.astray /= total[:, None]
        return self.shelf[:, 0] + self.astray.sum(axis=1)

    def _find(self, live: np.ndarray, told: np.ndarray) -> None:
        """Move what is found back: for certain where it was told, with its chance where not."""
        k = self.company.knobs
        surely, maybe = live[told[live] > 0], live[told[live] == 0]
        self.shelf[surely], self.astray[surely] = self.astray[surely], 0.0
        astray = self.astray[maybe]
        self.shelf[maybe] += astray * (k.found * (1 - k.found_told))
        self.astray[maybe] = astray * (1 - k.found)

    def _receive(self, live: np.ndarray, receipt: np.ndarray) -> None:
        """Add a receipt, in units where it was booked in cases by mistake; what lay astray is found."""
        c, got = self.company, live[receipt[live] > 0]
        if not len(got):
            return
        both, own = self.shelf[got] + self.astray[got], self.rows[got]
        wrong = c.unit_mistake[own][:, None]
        right = _shift(both, receipt[got]) * (1 - wrong)
        self.shelf[got] = right + _shift(both, receipt[got] // c.pack[own]) * wrong
        self.astray[got] = 0.0

    def _lose(self, live: np.ndarray) -> None:
        """Let thefts and breakages take all or one to three units, and let all go astray."""
        c, k, own = self.company, self.company.knobs, self.rows[live]
        whole = c.theft[own] * k.theft_all + c.scrap[own] * k.scrap_all
        part = c.theft[own] * (1 - k.theft_all) + c.scrap[own] * (1 - k.scrap_all)
        shelf = self.shelf[live]
        lost = shelf * ((part / MAX_PART)[:, None])
        after = shelf * (1 - whole - part - c.slotting[own])[:, None]
        after[:, 0] += shelf.sum(axis=1) * whole + shelf[:, 0] * c.slotting[own]
        for units in range(1, MAX_PART + 1):
            after[:, :-units] += lost[:, units:]
            after[:, 0] += lost[:, :units].sum(axis=1)
        self.astray[live, 1:] += shelf[:, 1:] * c.slotting[own][:, None]
        self.shelf[live] = after

    def _sell(self, live: np.ndarray, day: int, book: np.ndarray) -> None:
        """Weigh every state by what the day's order showed, and take what was sold."""
        c = self.company
        chance = c.chance(day)[self.rows] * (book > 0)
        sale, short = self.seen["sale"][day], self.seen["short"][day]
        quiet = live[(sale[live] == 0) & (short[live] == 0)]
        unheard = (chance * (1 - self.report))[quiet]
        self.shelf[quiet, 1:] *= (1 - chance[quiet] + unheard * c.knobs.miss)[:, None]
        self.shelf[quiet, 0] *= 1 - chance[quiet] + unheard
        self.astray[quiet] *= (1 - chance[quiet] + unheard)[:, None]
        self._fail(live[(sale[live] == 0) & (short[live] > 0)])
        self._ship(live[sale[live] > 0], sale, short, book)

    def _fail(self, rows: np.ndarray) -> None:
        """A pick brought nothing: the shelf is empty, or the goods were missed."""
        self.shelf[rows, 1:] *= self.company.knobs.miss

    def _ship(self, rows: np.ndarray, sale: np.ndarray, short: np.ndarray, book: np.ndarray) -> None:
        """Something was sold: all that was asked for, or all there was."""
        if not len(rows):
            return
        sold, lacking, top = sale[rows], short[rows], self.size.shape[1]
        exact = np.where(sold == book[rows], self.tail[rows, sold - 1], self.size[rows, sold - 1])
        more = np.where(sold == book[rows], 0.0, self.tail[rows, np.minimum(sold, top)]) * (1 - self.report[rows])
        is_last = self.units[None, :] == sold[:, None]
        fits = self.units[None, :] >= sold[:, None]
        whole = fits * (exact * (1 - self.company.knobs.miss))[:, None]
        partly = is_last * (more * (1 - self.company.knobs.miss))[:, None]
        likelihood = np.where((lacking > 0)[:, None], is_last * 1.0, whole + partly)
        left = _shift(self.shelf[rows] * likelihood, -sold)
        extra = self.company.mis_ship[self.rows[rows]][:, None]
        after = left * (1 - extra)
        after[:, :-1] += left[:, 1:] * extra
        after[:, :1] += left[:, :1] * extra
        self.shelf[rows], self.astray[rows] = after, 0.0

    def _count(self, live: np.ndarray, day: int, book: np.ndarray) -> None:
        """Believe a count that came in, but for the chance that a scheduled one was only ticked off."""
        count = self.seen["count"][day]
        rows = live[count[live] != NO_COUNT]
        if not len(rows):
            return
        due = day % self.cadence[rows] == self.phase[rows]
        ticked = np.where(due, self.company.knobs.count_ticked, 0.0)
        alike = (count[rows] == book[rows]) * ticked
        self.shelf[rows] *= (self.units[None, :] == count[rows][:, None]) * (1 - ticked)[:, None] + alike[:, None]
        self.astray[rows] *= ((count[rows] == 0) * (1 - ticked) + alike)[:, None]


def _shift(chances: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Move every row up by its units (down where negative); what would pass an end stays at it."""
    n, width = chances.shape
    target = np.clip(np.arange(width)[None, :] + units[:, None], 0, width - 1)
    flat = (np.arange(n)[:, None] * width + target).ravel()
    return np.bincount(flat, chances.ravel(), n * width).reshape(n, width)
