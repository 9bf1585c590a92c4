"""The plan of the faults of the warehouse floor: goods in a wrong place, failed picks, a slow stage, a mistyped cost.

Belongs here: choosing victims among the keys that carry no other fault. Does not belong here: bending the rows
(emit_bins.py, emit_picking.py) and the ledger of what was planted (truth_picking.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from synthetic.clock import DAY, stream
from synthetic.company import Company
from synthetic.costs import Costs
from synthetic.faults import NEVER, GoodsPlan
from synthetic.ledger import Event
from synthetic.lots import usable_days
from synthetic.physical import CUT_OFF_AT, Truth
from synthetic.profiles import Profile
from synthetic.recon_faults import ReconPlan
from synthetic.records import Records
from synthetic.report_faults import ReportPlan

RECENT_DAYS = 14  # the days before the cut-off on which a rule looks for picks that went wrong
BOTTLENECK_STAGE = "packed"
JUMP_DAYS = 12  # days before the cut-off since which a jumped cost holds
JUMP_FACTORS = (1.8, 0.4)
_STAGED_AT_MOST = 21  # days since the receipt that was never put away
_LIGHTEST = 4  # victims whose records count as errors are drawn among the n x 4 lightest, so that no site is in doubt


@dataclass(frozen=True)
class FloorPlan:
    """Victims of each fault: keys, but for cost_jump (items) and bottleneck_site (sites)."""

    closed_bin: np.ndarray
    unknown_bin: np.ndarray
    over_capacity: np.ndarray
    expired_lot: np.ndarray
    never_put_away: np.ndarray
    opposite_bins: np.ndarray
    misplaced_goods: np.ndarray
    innocent_short_pick: np.ndarray
    cost_jump: np.ndarray
    bottleneck_site: np.ndarray
    staged_qty: np.ndarray  # shape (keys,): units in the staging bin, rightly or not
    short_key: np.ndarray  # picks that found too little although the record held goods: shape (picks,), as below
    short_day: np.ndarray
    short_qty: np.ndarray
    short_is_part: np.ndarray

    def often_short(self, last: int) -> np.ndarray:
        """Return the keys with two or more such picks on the recent days."""
        key, n = np.unique(self.short_key[self.short_day > last - RECENT_DAYS], return_counts=True)
        return key[n >= 2]


def plan_floor(company: Company, goods: GoodsPlan, truth: Truth, records: Records, reports: ReportPlan,
               recon: ReconPlan, profile: Profile, seed: int) -> FloorPlan:  # fmt: skip
    """Draw the victims. ValueError names a fault for which the run holds too few candidates."""
    counts, last = profile.faults, profile.days - 1
    draw = _Draw(company, goods, truth, records, reports, recon, seed)
    stock = truth.record[last].astype("int64")
    received, age = _last_arrivals(company, records, last)
    waiting = (age >= 2) & (age <= _STAGED_AT_MOST) & (stock >= 2)
    never = draw.keys("never_put_away", waiting, counts.never_put_away)
    expired = draw.light("expired_lot", (usable_days(company) > 0) & (stock >= 3), counts.expired_lot)
    closed = draw.light("closed_bin", stock >= 2, counts.closed_bin)
    unknown = draw.light("unknown_bin", stock >= 2, counts.unknown_bin)
    over = draw.light("over_capacity", stock >= 6, counts.over_capacity)
    opposite = draw.keys("opposite_bins", stock >= 4, counts.opposite_bins)
    held = truth.physical[-RECENT_DAYS:].min(axis=0) > 0
    misplaced = draw.keys("misplaced_goods", held, counts.misplaced_goods)
    innocent = draw.keys("innocent_short_pick", held, counts.innocent_short_pick)

    # What came in today may still stand in staging: every other receipt does, and no rule may mind.
    staged = np.zeros(company.keys, dtype="int64")
    fresh = np.flatnonzero((age == 0) & draw.free & (stock >= 1))[::2]
    staged[fresh] = np.minimum(received[fresh], stock[fresh])
    staged[never] = np.minimum(received[never], stock[never])
    missed = truth.unserved
    short = np.flatnonzero(truth.record[missed["day"], missed["key"]] > 0)
    return FloorPlan(closed, unknown, over, expired, never, opposite, misplaced, innocent,
                     cost_jump=_costs(company, goods, stock, profile, seed),
                     bottleneck_site=_sites(company, goods, profile, seed), staged_qty=staged,
                     short_key=missed["key"][short], short_day=missed["day"][short], short_qty=missed["qty"][short],
                     short_is_part=missed["is_part"][short])  # fmt: skip


def told_costs(costs: Costs, plan: FloorPlan, profile: Profile) -> Costs:
    """Return the costs as the ERP tells them: those of the victims jump shortly before the end; the true ones stay."""
    now = costs.history.groupby("item", sort=True)["unit_cost"].last().to_numpy()[plan.cost_jump]
    factor = np.array(JUMP_FACTORS)[np.arange(len(plan.cost_jump)) % len(JUMP_FACTORS)]
    jumped = pd.DataFrame({"item": plan.cost_jump, "valid_from_day": profile.days - 1 - JUMP_DAYS,
                           "unit_cost": np.round(now * factor, 4)})  # fmt: skip
    return replace(costs, history=pd.concat([costs.history, jumped], ignore_index=True))


class _Draw:
    """Draws keys without return among those without another fault."""

    def __init__(self, company: Company, goods: GoodsPlan, truth: Truth, records: Records, reports: ReportPlan,
                 recon: ReconPlan, seed: int):  # fmt: skip
        self.rng = stream(seed, "faults.floor")
        self.free = (goods.phantom_day == NEVER) & (goods.negative_day == NEVER) & (goods.wrong_day == NEVER)
        self.free[goods.dead] = False
        for keys in (reports.stale_key, reports.in_cases_key, reports.timing_key, recon.transit_key,
                     recon.consigned_key, recon.blocked_key, recon.bin_key):  # fmt: skip
            self.free[keys] = False
        for events in (reports.lost_in_wms, reports.lost_in_erp, reports.unknown_item, reports.unknown_uom,
                       reports.sign_error, recon.opening_missing, recon.missing_transfer_leg,
                       recon.posted_twice):  # fmt: skip
            self.free[records.key[events]] = False
        value = np.maximum(truth.record[-1], 0) * company.of_key("unit_cost").astype(float)
        self.share = value / np.bincount(company.site_of, weights=value)[company.site_of]

    def keys(self, kind: str, fits: np.ndarray, n: int) -> np.ndarray:
        """Take n free keys of a mask over keys."""
        return self._take(kind, np.flatnonzero(fits & self.free), n)

    def light(self, kind: str, fits: np.ndarray, n: int) -> np.ndarray:
        """Take n free keys among those that hold least of their site's value."""
        pool = np.flatnonzero(fits & self.free)
        return self._take(kind, pool[np.argsort(self.share[pool], kind="stable")][: _LIGHTEST * n], n)

    def _take(self, kind: str, pool: np.ndarray, n: int) -> np.ndarray:
        if len(pool) < n:
            raise ValueError(f"fault {kind}: {n} wanted, {len(pool)} fit; lower its count in synthetic/profiles.py")
        chosen = np.sort(self.rng.choice(pool, n, replace=False))
        self.free[chosen] = False
        return chosen


def _last_arrivals(company: Company, records: Records, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what came in on the last day of arrival of every key before the cut-off, and how many days ago it was."""
    arrival = np.isin(records.event, (int(Event.RECEIPT), int(Event.TRANSFER_IN)))
    came = np.flatnonzero(arrival & (records.second % DAY < CUT_OFF_AT))
    day = np.full(company.keys, -NEVER)
    np.maximum.at(day, records.key[came], records.day[came])
    latest = came[records.day[came] == day[records.key[came]]]
    qty = np.zeros(company.keys, dtype="int64")
    np.add.at(qty, records.key[latest], records.qty[latest])
    return qty, last - day


def _costs(company: Company, goods: GoodsPlan, stock: np.ndarray, profile: Profile, seed: int) -> np.ndarray:
    """Choose cheap items in stock whose cost somebody mistypes."""
    cost = company.items["unit_cost"].to_numpy()
    held = np.zeros(len(cost), dtype=bool)
    held[company.item_of[stock > 0]] = True
    held[goods.missing_cost] = False
    pool = np.flatnonzero(held & (cost < np.quantile(cost, 0.5)))
    return np.sort(stream(seed, "faults.costs").choice(pool, profile.faults.cost_jump, replace=False))


def _sites(company: Company, goods: GoodsPlan, profile: Profile, seed: int) -> np.ndarray:
    """Choose the sites at which one stage becomes a bottleneck, without another fault if there are such."""
    order = stream(seed, "faults.stages").permutation(len(company.sites))
    other = np.isin(order, np.r_[goods.slow_sites, goods.robbed_sites, goods.careless_sites])
    return np.sort(np.r_[order[~other], order[other]][: profile.faults.bottleneck_stage])
