"""A badly slotted site: its fast goods lie far from the dock, too high or too low, and are picked wrongly more often.

Belongs here: choosing the site, where its goods lie instead, the errors of its picks as the WMS sends them, the truth.
Does not belong here: every other error (emit_picking.py) and the layout of bins (emit_bins.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestration.lib.contracts import Contract
from synthetic.clock import stream, utc_datetime
from synthetic.emit_bins import AISLES, HOME, bin_codes
from synthetic.emit_picking import stage_times, weeks_of
from synthetic.tables import Batch, conform, day_name, instants, numbered, pick, quantities
from synthetic.truth_rows import fault_row

if TYPE_CHECKING:
    from synthetic.world import World

FOUND_BY = {"bad_slotting": "kpi:kpi_slotting_efficiency"}
IN_REACH, OUT_OF_REACH = (100, 130), (60, 165)  # centimetres
_KINDS = ("wrong_item", "wrong_qty")
_WRONG_RATE = 0.04  # of the picks out of reach
_EXTRACT_DELAY = 25 * 60
_PICKED = 1  # place in emit_picking.STAGES


@dataclass(frozen=True)
class SlotPlan:
    """Badly slotted sites, how often each key was sold, and the errors that come of it, in order of time."""

    site: np.ndarray
    hits: np.ndarray  # shape (keys,)
    line: np.ndarray  # places of invoice lines, shape (errors,), as the two below
    kind: np.ndarray
    at: np.ndarray  # UTC second

    def bent(self, place: int, key: np.ndarray, depth: np.ndarray, height: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return depth in the aisle and height of the home bins of a site's keys: as they were, but at a bad site."""
        if place not in self.site:
            return depth, height
        depth, height = depth.copy(), height.copy()
        for aisle in range(len(AISLES)):
            own = np.flatnonzero(key % len(AISLES) == aisle)
            fast = own[np.argsort(-self.hits[key[own]], kind="stable")]
            depth[fast] = np.sort(depth[own])[::-1]
            turn = np.arange(len(fast)) % 2
            half = np.arange(len(fast)) < -(-len(fast) // 2)
            height[fast] = np.where(half, np.array(OUT_OF_REACH)[turn], np.array(IN_REACH)[turn])
        return depth, height


def plan_slots(world: World) -> SlotPlan:
    """Choose sites without another fault of a site if there are such, and the picks that go wrong there."""
    company, sales, goods, profile = world.company, world.sales, world.goods, world.profile
    rng = stream(world.seed, "faults.slots")
    order = rng.permutation(len(company.sites))
    other = np.isin(
        order, np.r_[goods.slow_sites, goods.robbed_sites, goods.careless_sites, world.floor.bottleneck_site]
    )
    site = np.sort(np.r_[order[~other], order[other]][: profile.faults.bad_slotting])
    hits = np.bincount(sales.key, minlength=company.keys)
    line, times = stage_times(company, sales, world.floor, profile, world.seed)
    far = np.zeros(company.keys, dtype=bool)
    for place in site.tolist():
        key = np.flatnonzero(company.site_of == place)
        plan = SlotPlan(site, hits, *(np.empty(0, dtype="int64"),) * 3)
        still = np.zeros(len(key), dtype="int64")
        far[key] = np.isin(plan.bent(place, key, still, still)[1], OUT_OF_REACH)
    wrong = np.flatnonzero(far[sales.key[line]] & (rng.random(len(line)) < _WRONG_RATE))
    wrong = wrong[np.argsort(times[wrong, _PICKED], kind="stable")]
    return SlotPlan(site, hits, line[wrong], rng.integers(0, len(_KINDS), len(wrong)), times[wrong, _PICKED])


def emit_slot_errors(world: World, contract: Contract) -> Iterator[Batch]:
    """Yield the errors of badly slotted sites, week by week."""
    company, sales, plan = world.company, world.sales, world.slots
    for place in plan.site.tolist():
        site = company.sites[place]
        own = np.flatnonzero(company.site_of[sales.key[plan.line]] == place)
        for end, since, until in weeks_of(world.profile, site.time_zone):
            number = np.arange(np.searchsorted(plan.at[own], since), np.searchsorted(plan.at[own], until))
            row = own[number]
            line = plan.line[row]
            key, item = sales.key[line], company.item_of[sales.key[line]]
            table = conform(
                {
                    "error_id": numbered("PS-", number + 1, 6),
                    "order_number": numbered("SO-", sales.order[line], 7),
                    "line_number": pick(["1"], np.zeros(len(row), dtype="int64")),
                    "item_code": pick(company.items["item_code"], item),
                    "bin": bin_codes(key, np.full(len(key), HOME)),
                    "error_type": pick(list(_KINDS), plan.kind[row]),
                    "short_qty": quantities(sales.qty[line]),
                    "uom": pick(company.items["base_uom"], item),
                    "occurred_at": instants(plan.at[row]),
                },
                contract,
            )
            name = day_name(world.profile.first_day, end) + "-slots"
            yield Batch("wms", site.code, "pick_errors", name, table, utc_datetime(until + _EXTRACT_DELAY))


def slot_rows(world: World) -> list[dict]:
    """Return a row per badly slotted site."""
    company, rows = world.company, []
    for place in world.slots.site.tolist():
        code = company.sites[place].code
        own = company.site_of[world.sales.key[world.slots.line]] == place
        rows.append(fault_row(
            "bad_slotting", "wms", code, "bins", location_code=code,
            division_code=company.divisions[int(company.division_of_site[place])].code,
            detail={"errors": int(own.sum())},
        ))  # fmt: skip
    return rows
