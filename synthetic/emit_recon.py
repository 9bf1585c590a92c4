"""What keeps ERP, WMS feed and bins apart as it lands: consigned and blocked goods, and balances that count too much.

Belongs here: events of goods that are not ours or not free, and the bending of ERP balances by the plan. Does not
belong here: choosing the victims (recon_faults.py) and the bins themselves (emit_wms.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.lib.contracts import Contract
from synthetic.clock import local_midnight
from synthetic.company import Company
from synthetic.profiles import Profile
from synthetic.recon_faults import IN_TRANSIT_DAYS, ReconPlan
from synthetic.records import Records, site_utc
from synthetic.tables import Batch, conform, day_name, instants, numbered, pick, quantities

_CAME_AT, _BLOCKED_AT, _RECORDED_AFTER = 6 * 3600, 6 * 3600 + 900, 45


def owners(company: Company, key: np.ndarray) -> pa.Array:
    """Return who owns the consigned goods of each key: the supplier of the item."""
    return pick(company.suppliers["supplier_code"], company.of_key("supplier")[key].astype("int64"))


def add_set_apart(batches: Iterable[Batch], company: Company, records: Records, plan: ReconPlan, profile: Profile,
                  contract: Contract) -> Iterator[Batch]:  # fmt: skip
    """Yield the movement batches with goods that come on consignment or are blocked, at their place in the order of
    recording; no device numbers them."""
    key = np.concatenate([plan.consigned_key, plan.blocked_key])
    day = np.concatenate([plan.consigned_day, plan.blocked_day])
    qty = np.concatenate([plan.consigned_qty, plan.blocked_qty])
    is_blocked = np.arange(len(key)) >= len(plan.consigned_key)
    second = np.array([local_midnight(profile.first_day, int(d)) for d in day], dtype="int64")
    occurred = site_utc(company, key, second + np.where(is_blocked, _BLOCKED_AT, _CAME_AT))
    place = {site.code: number for number, site in enumerate(company.sites)}
    period = {day_name(profile.first_day, end): number for number, end in enumerate(records.calendar.period_ends)}
    for batch in batches:
        here = (company.site_of[key] == place[batch.instance]) & (
            records.calendar.period_of_day[day] == period[batch.name]
        )
        row = np.flatnonzero(here)
        if len(row) == 0:
            yield batch
            continue
        nobody, blocked, item = pa.scalar(None, pa.string()), pa.array(is_blocked[row]), company.item_of[key[row]]
        apart = conform(
            {
                "event_id": numbered(f"{batch.instance}-X", row + 1, 6),
                "event_type": pick(["receipt", "status_change"], is_blocked[row].astype("int64")),
                "from_stock_status": pc.if_else(blocked, "available", nobody),
                "to_stock_status": pc.if_else(blocked, "quarantine", nobody),
                "item_code": pick(company.items["item_code"], item),
                "owner_code": pc.if_else(blocked, nobody, owners(company, key[row])),
                "qty": quantities(qty[row]),
                "uom": pick(company.items["base_uom"], item),
                "occurred_at": instants(occurred[row]),
                "recorded_at": instants(occurred[row] + _RECORDED_AFTER),
                "reason": pick(["consignment", "held_for_inspection"], is_blocked[row].astype("int64")),
            },
            contract,
        )
        yield replace(batch, table=_insert(batch.table, apart))


def _insert(table: pa.Table, apart: pa.Table) -> pa.Table:
    """Put each row of `apart` before the first of `table` that was recorded later; the others keep their order."""
    told, new = (t["recorded_at"].cast(pa.int64()).to_numpy() for t in (table, apart))
    before = [int(np.argmax(told > at)) if (told > at).any() else len(told) for at in new]
    order = np.insert(np.arange(len(told)), before, len(told) + np.arange(len(new)))
    return pa.concat_tables([table, apart]).take(pa.array(order)).combine_chunks()


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
