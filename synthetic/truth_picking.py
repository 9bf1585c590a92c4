"""The truth ledger's rows of the warehouse floor: goods in a wrong place, failed picks, jumped costs, a slow stage.

Belongs here: rows of the faults of floor_faults.py and what should find each. Does not belong here: the ledger itself
(truth.py).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from synthetic.clock import local_midnight
from synthetic.emit_bins import expired_lot, opposite_qty
from synthetic.emit_picking import bottleneck_from, pick_errors
from synthetic.floor_faults import BOTTLENECK_STAGE, JUMP_DAYS, JUMP_FACTORS
from synthetic.records import site_utc
from synthetic.world import World

FOUND_BY = {
    "short_pick": "flag:DQ-P3",
    "innocent_short_pick": "none:one_pick_is_no_sign",
    "misplaced_goods": "kpi:kpi_slotting_efficiency",
    "closed_bin": "flag:DQ-P5",
    "unknown_bin": "flag:DQ-P5",
    "over_capacity": "flag:DQ-P5",
    "expired_lot": "flag:DQ-P5",
    "never_put_away": "flag:DQ-P6",
    "opposite_bins": "flag:DQ-P7",
    "cost_jump": "flag:DQ-V2",
    "bottleneck_stage": "kpi:kpi_order_fulfillment_cycle",
}


def floor_rows(world: World) -> list[dict]:
    """Return the planted rows, without identity and finder, which truth.planted adds."""
    company, floor, profile = world.company, world.floor, world.profile
    last, rows = profile.days - 1, []
    stock = world.truth.record[last]
    errors = pick_errors(company, world.sales, floor, profile, world.seed)
    for key in floor.often_short(last).tolist():
        n = int(((errors.key == key) & (errors.day > last - 14)).sum())
        detail = {"picks": n, "physical_qty": int(world.truth.physical[last, key])}
        rows.append(_row(world, "short_pick", "pick_errors", key, int(stock[key]), detail))
    for fault in ("innocent_short_pick", "misplaced_goods"):
        rows += [_row(world, fault, "pick_errors", key, 1, {}) for key in getattr(floor, fault).tolist()]
    for fault in ("closed_bin", "unknown_bin", "over_capacity"):
        rows += [_row(world, fault, "bin_balances", key, int(stock[key]), {}) for key in getattr(floor, fault).tolist()]
    for number, key in enumerate(floor.expired_lot.tolist()):
        rows.append(_row(world, "expired_lot", "bin_balances", key, int(stock[key]), {"lot": expired_lot(number)}))
    for key in floor.never_put_away.tolist():
        rows.append(_row(world, "never_put_away", "bin_balances", key, int(floor.staged_qty[key]), {}))
    for key in floor.opposite_bins.tolist():
        rows.append(_row(world, "opposite_bins", "bin_balances", key, opposite_qty(int(stock[key])), {}))
    for place, item in enumerate(floor.cost_jump.tolist()):
        division = company.divisions[int(company.items["division"].iloc[item])].code
        since = profile.first_day + timedelta(days=last - JUMP_DAYS)
        detail = {"factor": JUMP_FACTORS[place % len(JUMP_FACTORS)], "valid_from": f"{since}"}
        rows.append({"fault": "cost_jump", "source": "erp", "instance": division, "entity": "item_costs",
                     "division_code": division, "item_code": company.items["item_code"].iloc[item],
                     "detail": detail})  # fmt: skip
    for site in floor.bottleneck_site.tolist():
        since = profile.first_day + timedelta(days=bottleneck_from(profile))
        row = _site(world, "bottleneck_stage", "order_stages", site)
        rows.append(row | {"detail": {"stage": BOTTLENECK_STAGE, "from_date": f"{since}"}})
    return rows


def _site(world: World, fault: str, entity: str, site: int) -> dict:
    code = world.company.sites[site].code
    division = world.company.divisions[int(world.company.division_of_site[site])].code
    return {"fault": fault, "source": "wms", "instance": code, "entity": entity, "division_code": division,
            "location_code": code}  # fmt: skip


def _row(world: World, fault: str, entity: str, key: int, qty: int, detail: dict) -> dict:
    """One row about a key, at noon of the last day."""
    noon = np.array([local_midnight(world.profile.first_day, world.profile.days - 1) + 12 * 3600])
    return _site(world, fault, entity, int(world.company.site_of[key])) | {
        "item_code": world.company.items["item_code"].iloc[int(world.company.item_of[key])],
        "at": int(site_utc(world.company, np.array([key]), noon)[0]) * 1_000_000,
        "qty": qty,
        "detail": detail,
    }
