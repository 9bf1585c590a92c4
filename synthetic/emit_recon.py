"""What keeps ERP, WMS feed and bins apart as it lands: consigned and blocked goods, and balances that count too much.

Belongs here: events of goods that are not ours or not free, and the bending of ERP balances by the plan. Does not belong
here: choosing the victims (recon_faults.py) and the bins themselves (emit_wms.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract
from synthetic.clock import local_midnight, utc_datetime
from synthetic.company import Company
from synthetic.profiles import Profile
from synthetic.recon_faults import IN_TRANSIT_DAYS, ReconPlan
from synthetic.records import Records, site_utc
from synthetic.tables import Batch, conform, day_name, instants, numbered, pick, quantities

_CAME_AT, _BLOCKED_AT, _RECORDED_AFTER, _SENT_AFTER = 6 * 3600, 6 * 3600 + 900, 45, 20 * 3600


def owners(company: Company, key: np.ndarray) -> pa.Array:
    """Return who owns the consigned goods of each key: the supplier of the item."""
    return pick(company.suppliers["supplier_code"], company.of_key("supplier")[key].astype("int64"))


def emit_set_apart(company: Company, plan: ReconPlan, profile: Profile, contract: Contract) -> Iterator[Batch]:
    """Yield, per site and day, the movements of goods that come on consignment or are blocked; no device numbers them."""
    n = len(plan.consigned_key)
    key = np.concatenate([plan.consigned_key, plan.blocked_key])
    day = np.concatenate([plan.consigned_day, plan.blocked_day])
    qty = np.concatenate([plan.consigned_qty, plan.blocked_qty])
    is_blocked = np.arange(len(key)) >= n
    second = np.array([local_midnight(profile.first_day, int(d)) for d in day], dtype="int64")
    occurred = site_utc(company, key, second + np.where(is_blocked, _BLOCKED_AT, _CAME_AT))
    for place, site in enumerate(company.sites):
        for when in np.unique(day[company.site_of[key] == place]):
            row = np.flatnonzero((company.site_of[key] == place) & (day == when))
            nobody = pa.scalar(None, pa.string())
            status = pc.if_else(pa.array(is_blocked[row]), "available", nobody)
            item = company.item_of[key[row]]
            table = conform(
                {
                    "event_id": numbered(f"{site.code}-X", row + 1, 6),
                    "event_type": pick(["receipt", "status_change"], is_blocked[row].astype("int64")),
                    "from_stock_status": status,
                    "to_stock_status": pc.if_else(pa.array(is_blocked[row]), "quarantine", status),
                    "item_code": pick(company.items["item_code"], item),
                    "owner_code": pc.if_else(pa.array(is_blocked[row]), nobody, owners(company, key[row])),
                    "qty": quantities(qty[row]),
                    "uom": pick(company.items["base_uom"], item),
                    "occurred_at": instants(occurred[row]),
                    "recorded_at": instants(occurred[row] + _RECORDED_AFTER),
                    "reason": pick(["consignment", "held_for_inspection"], is_blocked[row].astype("int64")),
                },
                contract,
            )
            made = utc_datetime(int(occurred[row].max()) + _SENT_AFTER)
            name = f"{day_name(profile.first_day, int(when))}-apart"
            yield Batch("wms", site.code, "movements", name, table, made)


def counted_wrongly(company: Company, records: Records, plan: ReconPlan, profile: Profile) -> dict[int, np.ndarray]:
    """Return per balance day what the ERP has on hand beside its honest record, base units per key."""
    last = profile.days - 1
    beside = {}
    for day in records.calendar.balance_days.tolist():
        more = np.zeros(company.keys, dtype="int64")
        twice = plan.posted_twice[records.day[plan.posted_twice] <= day]
        more[records.key[twice]] += records.qty[twice]
        come = plan.consigned_day <= day
        more[plan.consigned_key[come]] += plan.consigned_qty[come]
        held = plan.blocked_day <= day
        more[plan.blocked_key[held]] -= plan.blocked_qty[held]
        if day > last - IN_TRANSIT_DAYS:
            more[plan.transit_key] += plan.transit_qty
        beside[day] = more
    return beside


def bend_balances(batches: Iterable[Batch], company: Company, records: Records, plan: ReconPlan,
                  profile: Profile) -> Iterator[Batch]:  # fmt: skip
    """Yield the balance batches of the ERP with what it counts wrongly; rows are the keys of the division in order."""
    beside = counted_wrongly(company, records, plan, profile)
    on_way = np.zeros(company.keys, dtype="int64")
    on_way[plan.transit_key] = plan.transit_qty
    names = {day_name(profile.first_day, day): day for day in beside}
    division = {division.code: number for number, division in enumerate(company.divisions)}
    for batch in batches:
        key = np.flatnonzero(company.division_of_site[company.site_of] == division[batch.instance])
        day, table = names[batch.name], batch.table
        table = _add(table, "on_hand_qty", beside[day][key])
        if day > profile.days - 1 - IN_TRANSIT_DAYS:
            table = _add(table, "in_transit_qty", on_way[key])
        yield replace(batch, table=table)


def _add(table: pa.Table, column: str, more: np.ndarray) -> pa.Table:
    place = table.column_names.index(column)
    total = pc.add(table[column].combine_chunks(), quantities(more)).cast(table.schema.field(column).type)
    return table.set_column(place, table.schema.field(column), total)
