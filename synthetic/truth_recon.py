"""The truth ledger of the faults between ERP, WMS feed and bins: one row per planted fault.

Belongs here: what is special to these kinds, and what should find each. Does not belong here: the shape of a row
(truth.py) and choosing the victims (recon_faults.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from synthetic.emit_recon import owners

if TYPE_CHECKING:
    from synthetic.world import World

FOUND_BY = {
    "opening_missing": "reconciliation:opening_balance",
    "missing_transfer_leg": "reconciliation:missing_txn",
    "posted_twice": "reconciliation:duplicate_txn",
    "in_transit_as_stock": "reconciliation:in_transit",
    "consignment_as_own": "reconciliation:ownership",
    "blocked_left_out": "reconciliation:status_mismatch",
    "bin_deviation": "side_alone:wms",
}


def recon_rows(world: World, key_row: Callable[..., dict]) -> list[dict]:
    """Return the rows; `qty` is what one side counts and the others do not, `key_row` lays out a row of a key."""
    plan, records, last = world.recon, world.records, world.profile.days - 1
    rows = []
    for fault in ("opening_missing", "missing_transfer_leg", "posted_twice"):
        for position in getattr(plan, fault).tolist():
            key, site = int(records.key[position]), world.company.sites[int(records.site[position])].code
            device = int(records.device[position])
            row = key_row(world, fault, key, int(records.day[position]), int(records.qty[position]))
            row.update(
                event_id=f"{site}-{int(records.number[position]):08d}",
                device_id=f"{site}-HH{device}" if device else f"{site}-HOST",
                sequence_no=int(records.sequence[position]),
                at=int(records.occurred[position]) * 1_000_000,
            )
            if fault != "posted_twice":
                row.update(source="wms", instance=site, entity="movements")
            if fault == "missing_transfer_leg":
                row["detail"] = {"transfer_id": f"TR-{int(records.reference[position]):07d}"}
            rows.append(row)
    for key, qty in zip(plan.transit_key.tolist(), plan.transit_qty.tolist(), strict=True):
        rows.append(key_row(world, "in_transit_as_stock", key, last, qty))
    consigned = zip(plan.consigned_key.tolist(), plan.consigned_day.tolist(), plan.consigned_qty.tolist(), strict=True)
    for (key, day, qty), owner in zip(consigned, owners(world.company, plan.consigned_key).to_pylist(), strict=True):
        rows.append(key_row(world, "consignment_as_own", key, day, qty, owner_code=owner))
    for key, day, qty in zip(plan.blocked_key.tolist(), plan.blocked_day.tolist(), plan.blocked_qty.tolist(),
                             strict=True):  # fmt: skip
        rows.append(key_row(world, "blocked_left_out", key, day, qty))
    for key, off in zip(plan.bin_key.tolist(), plan.bin_off.tolist(), strict=True):
        site = world.company.sites[int(world.company.site_of[key])].code
        row = key_row(world, "bin_deviation", key, last, off)
        rows.append(row | {"source": "wms", "instance": site, "entity": "bin_balances"})
    return rows
