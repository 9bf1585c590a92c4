"""The plan of the faults of the reports: which event, record or batch is told wrongly, late, twice or not at all.

Belongs here: choosing victims among what the simulation left behind. A fault that leaves a lasting mark takes a key of
its own, so that every break has one cause. Does not belong here: faults of the goods (faults.py), bending the rows
(emit_*.py read this plan) and the ledger of what was planted (truth.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import DAY, stream
from synthetic.company import Company
from synthetic.faults import NEVER, GoodsPlan
from synthetic.ledger import Event
from synthetic.physical import CUT_OFF_AT, Truth
from synthetic.profiles import Profile
from synthetic.records import Records

TIMING_SECONDS = 4 * 3600
IN_CASES_DAYS = 3  # the last n balances are sent in cases
_MARKING = ("lost_in_wms", "lost_in_erp", "unknown_item", "unknown_uom", "sign_error")
MAX_SITE_SHARE = 0.06  # of a site's stock value that one spoilt record may hold


@dataclass(frozen=True)
class ReportPlan:
    """Faults of the reports: positions in Records, keys, and (site, period) pairs of shuffled batches."""

    lost_in_wms: np.ndarray
    lost_in_erp: np.ndarray
    unknown_item: np.ndarray
    unknown_uom: np.ndarray
    sign_error: np.ndarray
    conflicting_redelivery: np.ndarray
    duplicate_same_file: np.ndarray
    duplicate_next_batch: np.ndarray
    late_event: np.ndarray
    late_seconds: np.ndarray  # beside late_event: delay of the recording
    stale_key: np.ndarray
    stale_days: np.ndarray  # beside stale_key: days by which the record stays behind
    in_cases_key: np.ndarray
    timing_key: np.ndarray
    timing_qty: np.ndarray  # beside timing_key: what the ERP has not posted, base units, signed
    shuffled: tuple[tuple[int, int], ...]


def plan_reports(company: Company, goods: GoodsPlan, truth: Truth, records: Records, profile: Profile,
                 seed: int) -> ReportPlan:  # fmt: skip
    """Draw the victims. ValueError names a fault for which the run holds too few candidates."""
    draw = Draw(company, goods, seed)
    counts, last = profile.faults, profile.days - 1
    calendar = records.calendar

    window = (records.day == last) & (records.second % DAY > CUT_OFF_AT - TIMING_SECONDS)
    unposted = np.zeros(company.keys, dtype="int64")
    np.add.at(unposted, records.key[window], records.qty[window])
    timing_key = draw.keys("erp_timing", unposted != 0, counts.erp_timing)

    # Faults that leave a mark strike records that do not outweigh their site: ordinary faults must not block a build.
    value = np.maximum(truth.record[last], 0) * company.of_key("unit_cost").astype(float)
    share = value / np.bincount(company.site_of, weights=value)[company.site_of]
    light = share < MAX_SITE_SHARE

    cases = company.of_key("pack").astype("int64")
    in_cases = draw.keys("erp_balance_in_cases", light & (cases > 1) & (truth.record[last] >= 2 * cases),
                         counts.erp_balance_in_cases)  # fmt: skip

    days = draw.rng.integers(10, min(40, profile.days - 10) + 1, counts.stale_record)
    stale = draw.keys("stale_record", light & (truth.record[-42:].min(axis=0) > 0), counts.stale_record)

    plain = (records.event == int(Event.ISSUE)) & (records.qty <= -2) & (records.day > 14)
    weekly = plain & light[records.key] & (records.period < calendar.history_periods)
    early = plain & light[records.key] & (records.day < last - 4)
    where = {"lost_in_wms": early, "lost_in_erp": early, "unknown_item": weekly, "unknown_uom": weekly,
             "sign_error": weekly}  # fmt: skip
    marked = {kind: draw.events(kind, where[kind], records, getattr(counts, kind)) for kind in _MARKING}

    lateness = draw.rng.integers(1, 3, len(records)) * DAY + draw.rng.integers(0, 1800, len(records))
    lands = calendar.period_of_day[np.minimum(records.day + lateness // DAY, last)]
    overdue = plain & (records.day < last - 3) & (lands > records.period)
    before_last = plain & (records.period < len(calendar.period_ends) - 1)
    late = draw.harmless("late_event", overdue, counts.late_event)
    return ReportPlan(
        **marked,
        conflicting_redelivery=draw.harmless("conflicting_redelivery", before_last, counts.conflicting_redelivery),
        duplicate_same_file=draw.harmless("duplicate_same_file", plain, counts.duplicate_same_file),
        duplicate_next_batch=draw.harmless("duplicate_next_batch", before_last, counts.duplicate_next_batch),
        late_event=late,
        late_seconds=lateness[late],
        stale_key=stale,
        stale_days=days,
        in_cases_key=in_cases,
        timing_key=timing_key,
        timing_qty=unposted[timing_key],
        shuffled=draw.batches(records, counts.out_of_order_batch),
    )


class Draw:
    """Draws without return, of one random stream: a key or an event is struck once."""

    def __init__(self, company: Company, goods: GoodsPlan, seed: int, purpose: str = "faults.reports"):
        self.rng = stream(seed, purpose)
        self.free = np.ones(company.keys, dtype=bool)
        self.free[goods.dead] = False
        self.free[(goods.phantom_day < NEVER) | (goods.negative_day < NEVER)] = False
        self.taken: set[int] = set()

    def keys(self, kind: str, fits: np.ndarray, n: int) -> np.ndarray:
        """Take n free keys of a mask over keys."""
        pool = np.flatnonzero(fits & self.free)
        _enough(kind, n, len(pool))
        chosen = np.sort(self.rng.choice(pool, n, replace=False))
        self.free[chosen] = False
        return chosen

    def events(self, kind: str, fits: np.ndarray, records: Records, n: int) -> np.ndarray:
        """Take n events of a mask over events, each of a free key and in a file of its own."""
        pool = self.rng.permutation(np.flatnonzero(fits & self.free[records.key]))
        chosen: list[int] = []
        files: set[tuple[int, int]] = set()
        for position in pool.tolist():
            file = (int(records.site[position]), int(records.period[position]))
            if len(chosen) < n and self.free[records.key[position]] and file not in files:
                chosen.append(position)
                files.add(file)
                self.free[records.key[position]] = False
        _enough(kind, n, len(chosen))
        self.taken.update(chosen)
        return np.sort(np.array(chosen, dtype="int64"))

    def apart(self, kind: str, fits: np.ndarray, records: Records, n: int) -> np.ndarray:
        """Take n events of a mask over events, each of a free key; several may lie in one file."""
        _, first = np.unique(records.key[fits & self.free[records.key]], return_index=True)
        pool = np.flatnonzero(fits & self.free[records.key])[first]
        _enough(kind, n, len(pool))
        chosen = np.sort(self.rng.choice(pool, n, replace=False))
        self.free[records.key[chosen]] = False
        self.taken.update(chosen.tolist())
        return chosen

    def harmless(self, kind: str, fits: np.ndarray, n: int) -> np.ndarray:
        """Take n events whose fault leaves no mark once everything has arrived; their keys stay free."""
        mask = fits.copy()
        mask[list(self.taken)] = False
        pool = np.flatnonzero(mask)
        _enough(kind, n, len(pool))
        chosen = np.sort(self.rng.choice(pool, n, replace=False))
        self.taken.update(chosen.tolist())
        return chosen

    def batches(self, records: Records, n: int) -> tuple[tuple[int, int], ...]:
        """Take n (site, period) pairs of the weekly history, where a batch holds rows enough to shuffle."""
        sites = int(records.site.max()) + 1
        flat = np.sort(self.rng.choice(sites * records.calendar.history_periods, n, replace=False))
        return tuple((int(x) % sites, int(x) // sites) for x in flat)


def _enough(kind: str, wanted: int, found: int) -> None:
    if found < wanted:
        raise ValueError(f"fault {kind}: {wanted} wanted, {found} fit; lower its count in synthetic/profiles.py")
