"""The plan of the faults between ERP, WMS feed and bins: who counts what the others do not, one key each.

Belongs here: choosing keys and events that no other fault holds, and how much is told wrongly. Does not belong here:
bending the rows (emit_recon.py) and the ledger of what was planted (truth_recon.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synthetic.company import Company
from synthetic.faults import NEVER, GoodsPlan
from synthetic.ledger import Event
from synthetic.orders import OrderBook
from synthetic.physical import Truth
from synthetic.profiles import Profile
from synthetic.records import Records
from synthetic.report_faults import MAX_SITE_SHARE, Draw, ReportPlan
from synthetic.tables import NOT_YET

_VISIBLE = 0.02  # a difference is at least this share of the record, so that no tolerance hides it
_BLOCKED_DAYS, IN_TRANSIT_DAYS = 30, 3  # goods were blocked at most, and are counted on their way for, the last n days


@dataclass(frozen=True)
class ReconPlan:
    """Faults between the sides: positions in Records, keys, and quantities in base units beside them."""

    opening_missing: np.ndarray  # positions: opening balances that never enter the feed
    missing_transfer_leg: np.ndarray  # positions: goods that came in, told by nobody
    posted_twice: np.ndarray  # positions: issues that the ERP posts twice
    transit_key: np.ndarray
    transit_qty: np.ndarray  # on their way from the supplier, and on hand in the ERP already
    consigned_key: np.ndarray
    consigned_qty: np.ndarray
    consigned_day: np.ndarray
    blocked_key: np.ndarray
    blocked_qty: np.ndarray
    blocked_day: np.ndarray
    bin_key: np.ndarray
    bin_off: np.ndarray  # signed: what the bins hold more than the WMS's own movements say

    def unsent(self, plan: ReportPlan) -> ReportPlan:
        """Return the plan of the reports in which the WMS loses these events too."""
        lost = np.concatenate([plan.lost_in_wms, self.opening_missing, self.missing_transfer_leg])
        return replace(plan, lost_in_wms=np.sort(lost))


def plan_recon(company: Company, goods: GoodsPlan, truth: Truth, records: Records, book: OrderBook, reports: ReportPlan,
               profile: Profile, seed: int) -> ReconPlan:  # fmt: skip
    """Draw the victims. ValueError names a fault for which the run holds too few candidates."""
    draw = Draw(company, goods, seed, "faults.recon")
    draw.free[_held(goods, reports, records)] = False
    counts, last = profile.faults, profile.days - 1
    told = records.calendar.balance_days
    record = truth.record[last].astype("int64")
    least = truth.record[told].min(axis=0).astype("int64")  # the smallest balance that is ever told of a key
    value = np.maximum(record, 0) * company.of_key("unit_cost").astype(float)
    light = value < MAX_SITE_SHARE * np.bincount(company.site_of, weights=value)[company.site_of]
    light &= company.of_key("shelf_life_days").astype("int64") == 0  # lots would have to be bent with the rest
    seen = np.maximum(np.ceil(record * _VISIBLE), 1)

    def fits(qty: np.ndarray) -> np.ndarray:
        return light[records.key] & (np.abs(qty) >= seen[records.key])

    came_in = fits(records.qty) & (record[records.key] >= records.qty)
    legs = came_in & (records.event == int(Event.TRANSFER_IN)) & (records.day < last - 5)
    openings = came_in & (records.event == int(Event.OPENING)) & (records.sequence > 1)
    issues = fits(records.qty) & (records.event == int(Event.ISSUE)) & (records.day > 14) & (records.day < last - 1)
    issues &= (records.qty <= -2) & (least[records.key] >= -records.qty)
    leg = draw.events("missing_transfer_leg", legs, records, counts.missing_transfer_leg)
    opening = draw.apart("opening_missing", openings, records, counts.opening_missing)
    twice = draw.events("posted_twice", issues, records, counts.posted_twice)

    open_line = np.flatnonzero((book.closed == NOT_YET) & (book.created_day < last - IN_TRANSIT_DAYS))
    coming = np.zeros(company.keys, dtype="int64")
    coming[book.key[open_line]] = book.to_come[open_line]
    transit = draw.keys("in_transit_as_stock", light & (coming >= seen) & (coming > 0), counts.in_transit_as_stock)
    blocked = draw.keys("blocked_left_out", light & (least >= 4), counts.blocked_left_out)
    consigned = draw.keys("consignment_as_own", light & (least > 0), counts.consignment_as_own)
    bins = draw.keys("bin_deviation", light & (record >= 8), counts.bin_deviation)
    return ReconPlan(
        opening_missing=opening,
        missing_transfer_leg=leg,
        posted_twice=twice,
        transit_key=transit,
        transit_qty=coming[transit],
        consigned_key=consigned,
        consigned_qty=(seen[consigned] + draw.rng.integers(5, 40, len(consigned))).astype("int64"),
        consigned_day=draw.rng.integers(profile.days // 4, profile.days * 3 // 4, len(consigned)),
        blocked_key=blocked,
        blocked_qty=np.maximum(least[blocked] // 2, 2),
        blocked_day=last - draw.rng.integers(8, _BLOCKED_DAYS, len(blocked)),
        bin_key=bins,
        bin_off=(seen[bins] + draw.rng.integers(0, 3, len(bins))).astype("int64") * draw.rng.choice((-1, 1), len(bins)),
    )


def _held(goods: GoodsPlan, reports: ReportPlan, records: Records) -> np.ndarray:
    """Return the keys on which another fault leaves a mark."""
    events = (reports.lost_in_wms, reports.lost_in_erp, reports.unknown_item, reports.unknown_uom, reports.sign_error,
              reports.conflicting_redelivery)  # fmt: skip
    return np.concatenate([
        *(records.key[positions] for positions in events),
        reports.stale_key,
        reports.in_cases_key,
        reports.timing_key,
        np.flatnonzero(goods.wrong_day < NEVER),
    ])  # fmt: skip
