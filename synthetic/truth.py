"""The truth ledger: what was planted and what is really on the shelf, for measuring detectors against.

Belongs here: one row per planted fault with what should find it, the final physical and recorded stock, headline
figures. Does not belong here: drawing faults (faults.py, report_faults.py). The warehouse never reads these files.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from synthetic.clock import DAY, local_midnight
from synthetic.demand import FAILED_SHARE
from synthetic.emit_terms import promotion_codes
from synthetic.emit_wms import UNKNOWN_ITEM, UNKNOWN_UOM
from synthetic.faults import HOSTILE_TEXTS, MISCOUNT_GROWS_TO, NEVER, SLOW_SECONDS, THEFT_TIMES, drift_from
from synthetic.figures import headline
from synthetic.ledger import Event
from synthetic.records import cut_off_utc, site_utc
from synthetic.report_faults import IN_CASES_DAYS
from synthetic.slot_faults import FOUND_BY as FOUND_BY_SLOTTING
from synthetic.slot_faults import slot_rows
from synthetic.tables import Batch, dates, day_name
from synthetic.truth_finance import FOUND_BY as FINANCE_FAULTS
from synthetic.truth_finance import finance_faults
from synthetic.truth_forecasts import FOUND_BY as FORECAST_FAULTS
from synthetic.truth_forecasts import forecast_faults
from synthetic.truth_iot import FOUND_BY as SENSOR_FAULTS
from synthetic.truth_iot import sensor_faults
from synthetic.truth_orders import FOUND_BY as ORDER_FAULTS
from synthetic.truth_orders import order_faults
from synthetic.truth_picking import FOUND_BY as FOUND_ON_THE_FLOOR_BY
from synthetic.truth_picking import floor_rows
from synthetic.truth_recon import FOUND_BY as FOUND_BY_RECONCILIATION
from synthetic.truth_recon import recon_rows
from synthetic.truth_supply import FOUND_BY as SUPPLY_FAULTS
from synthetic.truth_supply import supply_faults
from synthetic.truth_tpl import FOUND_BY as FOUND_BY_TPL
from synthetic.truth_tpl import tpl_rows
from synthetic.world import World

FOUND_BY = {
    "phantom_stock": "flag:DQ-P1",
    "negative_on_hand": "flag:DQ-N1",
    "dead_stock": "flag:DQ-P2",
    "wrong_safety_stock": "kpi:kpi_reorder_point_proposal",
    "drifting_supplier": "kpi:kpi_receipt_variance",
    "failed_launch": "later:kpi_npi_rule",
    "site_latency": "kpi:kpi_reporting_topology",
    "site_theft": "kpi:kpi_shrinkage",
    "accuracy_drift": "kpi:kpi_count_accuracy",
    "stale_record": "flag:DQ-S1",
    "missing_cost": "flag:DQ-V1",
    "hostile_text": "escaping:every_edge",
    "erp_balance_in_cases": "reconciliation:uom_mismatch",
    "erp_timing": "reconciliation:timing",
    "lost_in_wms": "reconciliation:missing_txn",
    "lost_in_erp": "reconciliation:true_variance",
    "unknown_item": "unified:unknown_item",
    "unknown_uom": "unified:unknown_uom",
    "sign_error": "validator:rule:sign_fits_event_type",
    "conflicting_redelivery": "unified:conflicting_redelivery",
    "duplicate_same_file": "validator:deduplicated",
    "duplicate_next_batch": "unified:superseded",
    "late_event": "unified:late",
    "out_of_order_batch": "none:same_result",
    "critical_batch": "audit:quarantined_ratio",
    **FOUND_BY_TPL,
    **ORDER_FAULTS,
    **FINANCE_FAULTS,
    **FORECAST_FAULTS,
    **SENSOR_FAULTS,
    **SUPPLY_FAULTS,
    **FOUND_ON_THE_FLOOR_BY,
    **FOUND_BY_SLOTTING,
    **FOUND_BY_RECONCILIATION,
}
PLANTED = pa.schema(
    [
        ("fault_id", pa.string()),
        ("fault", pa.string()),
        ("found_by", pa.string()),
        ("source", pa.string()),
        ("instance", pa.string()),
        ("entity", pa.string()),
        ("batch", pa.string()),  # batch that carries the broken row, null when it is in several or in none
        ("division_code", pa.string()),
        ("item_code", pa.string()),
        ("location_code", pa.string()),
        ("event_id", pa.string()),
        ("device_id", pa.string()),
        ("sequence_no", pa.int64()),
        ("at", pa.timestamp("us")),  # UTC: when it happened, or from when the record is wrong
        ("qty", pa.int64()),  # base units, signed: what was stolen, lost, not posted or told wrongly
        ("detail", pa.string()),  # JSON with what is special to the kind
    ]
)


def planted(world: World, critical: tuple[Batch, np.ndarray] | None = None) -> pa.Table:
    """Return the planted faults, one row each, schema PLANTED; `critical` adds the poisoned batch."""
    rows = [
        *_goods_rows(world),
        *_policy_rows(world),
        *_site_rows(world),
        *_record_rows(world),
        *_event_rows(world),
        *order_faults(world),
        *finance_faults(world),
        *forecast_faults(world),
        *sensor_faults(world),
        *supply_faults(world),
        *recon_rows(world, _key_row),
        *_batch_rows(world, critical),
        *floor_rows(world),
        *slot_rows(world),
    ]
    return ledger_of(rows)


def ledger_of(rows: list[dict]) -> pa.Table:
    """Return rows of faults as a table of schema PLANTED, numbered by kind and with what should find them."""
    counters: dict[str, int] = {}
    for row in rows:
        fault = row["fault"]
        counters[fault] = counters.get(fault, 0) + 1
        row["fault_id"] = f"{fault}-{counters[fault]:03d}"
        row["found_by"] = FOUND_BY[fault]
        row["detail"] = json.dumps(row.get("detail", {}), sort_keys=True)
    return pa.Table.from_pylist([{name: row.get(name) for name in PLANTED.names} for row in rows], PLANTED)


def _key_row(world: World, fault: str, key: int, day: int, qty: int, **detail: object) -> dict:
    site = int(world.company.site_of[key])
    at = site_utc(world.company, np.array([key]), np.array([local_midnight(world.profile.first_day, day) + 6 * 3600]))
    division = world.company.divisions[int(world.company.division_of_site[site])].code
    return {
        "fault": fault,
        "source": "erp",
        "instance": division,
        "entity": "inventory_balances",
        "division_code": division,
        "item_code": world.company.items["item_code"].iloc[int(world.company.item_of[key])],
        "location_code": world.company.sites[site].code,
        "at": int(at[0]) * 1_000_000,
        "qty": int(qty),
        "detail": detail,
    }


def _goods_rows(world: World) -> list[dict]:
    """Phantoms, negatives, dead stock and broken masters."""
    rows, goods, ledger = [], world.goods, world.truth.ledger
    last = world.profile.days - 1
    record, physical = world.truth.record[last], world.truth.physical[last]
    for key in np.flatnonzero(goods.phantom_day < NEVER).tolist():
        theft = _last(ledger, key, Event.THEFT)
        day = (int(ledger.second[theft]) - local_midnight(world.profile.first_day, 0)) // DAY
        occasions = float(world.demand.occasions()[key])
        detail = {
            "days_without_sale": last - day,
            "occasions_per_day": round(occasions, 4),
            "probability": float(f"{np.exp(-occasions * (last - day)):.3g}"),
            "record_qty": int(record[key]),
        }
        rows.append(_key_row(world, "phantom_stock", key, day, int(ledger.physical_qty[theft]), **detail))
    for key in np.flatnonzero(goods.negative_day < NEVER).tolist():
        found = _last(ledger, key, Event.UNPOSTED_RECEIPT)
        day = (int(ledger.second[found]) - local_midnight(world.profile.first_day, 0)) // DAY
        detail = {"record_qty": int(record[key]), "physical_qty": int(physical[key])}
        rows.append(_key_row(world, "negative_on_hand", key, day, int(ledger.physical_qty[found]), **detail))
    for key in goods.dead.tolist():
        rows.append(_key_row(world, "dead_stock", key, 0, int(record[key]), days_without_movement=last))
    for place, item in enumerate(goods.missing_cost.tolist()):
        detail = {"unit_cost": None if place % 2 == 0 else 0}
        rows.append(_item_row(world, "missing_cost", item, "item_costs", detail))
    for text, item in zip(HOSTILE_TEXTS, goods.hostile.tolist(), strict=True):
        rows.append(_item_row(world, "hostile_text", item, "items", {"text": text}))
    return rows


def _last(ledger: object, key: int, event: Event) -> int:
    return int(np.flatnonzero((ledger.key == key) & (ledger.event == int(event)))[-1])


def _item_row(world: World, fault: str, item: int, entity: str, detail: dict) -> dict:
    division = world.company.divisions[int(world.company.items["division"].iloc[item])].code
    code = world.company.items["item_code"].iloc[item]
    return {"fault": fault, "source": "erp", "instance": division, "entity": entity, "division_code": division,
            "item_code": code, "detail": detail}  # fmt: skip


def _policy_rows(world: World) -> list[dict]:
    """Safety stocks that a planner set wrongly and suppliers whose lead time grows."""
    rows, company, goods = [], world.company, world.goods
    settings = world.truth.parameters
    for key in np.flatnonzero(goods.wrong_day < NEVER).tolist():
        own = np.flatnonzero(settings.key == key)
        day = int(goods.wrong_day[key])
        before = own[settings.valid_from_day[own] < day][-1]
        detail = {
            "factor": float(goods.wrong_factor[key]),
            "safety_before_qty": int(settings.safety[before]),
            "valid_from": f"{world.profile.first_day + timedelta(days=day)}",
        }
        row = _key_row(world, "wrong_safety_stock", key, day, int(settings.safety[own[-1]]), **detail)
        rows.append(row | {"entity": "planning_parameters"})
    for supplier in np.flatnonzero(goods.drift_day < NEVER).tolist():
        about = company.suppliers.iloc[supplier]
        division, day = company.divisions[int(about["division"])], int(goods.drift_day[supplier])
        detail = {
            "supplier_code": about["supplier_code"],
            "from_date": f"{world.profile.first_day + timedelta(days=day)}",
            "lead_mean_days": float(about["lead_mean"]),
            "grows_by": float(goods.drift_share[supplier]),
        }
        rows.append({"fault": "drifting_supplier", "source": "erp", "instance": division.code,
                     "entity": "purchase_receipts", "division_code": division.code, "detail": detail})  # fmt: skip
    return rows


def _site_rows(world: World) -> list[dict]:
    """Launches that nobody wanted, and sites that are slow, robbed or careless."""
    company, goods, profile = world.company, world.goods, world.profile
    rows = []
    for item in goods.failed.tolist():
        launch = profile.first_day + timedelta(days=int(company.items["launch_day"].iloc[item]))
        detail = {"launch_date": f"{launch}", "share_of_hoped_demand": FAILED_SHARE}
        rows.append(_item_row(world, "failed_launch", item, "items", detail))
    middle = f"{profile.first_day + timedelta(days=drift_from(profile))}"
    for fault, sites, entity, detail in (
        ("site_latency", goods.slow_sites, "movements", {"minutes": [m // 60 for m in SLOW_SECONDS]}),
        ("site_theft", goods.robbed_sites, "cycle_counts", {"times_the_usual": THEFT_TIMES}),
        ("accuracy_drift", goods.careless_sites, "cycle_counts", {"from_date": middle, "grows_to": MISCOUNT_GROWS_TO}),
    ):
        for site in sites.tolist():
            code = company.sites[site].code
            division = company.divisions[int(company.division_of_site[site])].code
            rows.append({"fault": fault, "source": "wms", "instance": code, "entity": entity,
                         "division_code": division, "location_code": code, "detail": detail})  # fmt: skip
    return rows


def _record_rows(world: World) -> list[dict]:
    """Balances that the ERP tells wrongly."""
    rows, plan, truth = [], world.reports, world.truth
    last = world.profile.days - 1
    pack = world.company.of_key("pack")
    for key, days in zip(plan.stale_key.tolist(), plan.stale_days.tolist(), strict=True):
        row = _key_row(world, "stale_record", key, last - days, truth.record[last - days, key], record_age_days=days)
        row["at"] = int(cut_off_utc(world.company, world.profile, last - days)[key]) * 1_000_000
        rows.append(row)
    for key in plan.in_cases_key.tolist():
        qty = int(truth.record[last, key])
        rows.append(_key_row(world, "erp_balance_in_cases", key, last - IN_CASES_DAYS + 1, qty, factor=int(pack[key])))
    for key, qty in zip(plan.timing_key.tolist(), plan.timing_qty.tolist(), strict=True):
        row = _key_row(world, "erp_timing", key, last, qty, window_hours=4)
        row["at"] = int(cut_off_utc(world.company, world.profile, last)[key]) * 1_000_000
        row["batch"] = day_name(world.profile.first_day, last)
        rows.append(row)
    return rows


_EVENT_FAULTS = ("lost_in_wms", "lost_in_erp", "unknown_item", "unknown_uom", "sign_error", "conflicting_redelivery",
                 "duplicate_same_file", "duplicate_next_batch", "late_event")  # fmt: skip


def _event_rows(world: World) -> list[dict]:
    """Events that the WMS or the ERP tells wrongly, late, twice or not at all."""
    rows, records, plan = [], world.records, world.reports
    ends = records.calendar.period_ends
    for fault in _EVENT_FAULTS:
        for place, position in enumerate(getattr(plan, fault).tolist()):
            site = world.company.sites[int(records.site[position])].code
            row = _key_row(world, fault, int(records.key[position]), 0, int(records.qty[position]))
            period, detail = int(records.period[position]), {"uom_told": UNKNOWN_UOM} if fault == "unknown_uom" else {}
            if fault in ("conflicting_redelivery", "duplicate_next_batch"):
                period += 1
            if fault == "late_event":
                seconds = int(plan.late_seconds[place])
                period = int(records.calendar.period_of_day[records.day[position] + seconds // DAY])
                detail = {"late_seconds": seconds}
            if fault == "unknown_item":
                detail = {"item_code_told": UNKNOWN_ITEM.format(place + 1)}
            if fault == "conflicting_redelivery":
                detail = {"qty_told_first": int(records.qty[position]) * 2 - 1}
            device = int(records.device[position])
            row.update(
                source="wms",
                instance=site,
                entity="movements",
                batch=None if fault.startswith("lost") else day_name(world.profile.first_day, int(ends[period])),
                event_id=f"{site}-{int(records.number[position]):08d}",
                device_id=f"{site}-HH{device}" if device else f"{site}-HOST",
                sequence_no=int(records.sequence[position]),
                at=int(records.occurred[position]) * 1_000_000,
                detail=detail,
            )
            rows.append(row)
    return rows


def _batch_rows(world: World, critical: tuple[Batch, np.ndarray] | None) -> list[dict]:
    """Batches that come in disorder or must be stopped."""
    ends = world.records.calendar.period_ends
    rows = [
        {
            "fault": "out_of_order_batch",
            "source": "wms",
            "instance": world.company.sites[site].code,
            "entity": "movements",
            "batch": day_name(world.profile.first_day, int(ends[period])),
        }
        for site, period in world.reports.shuffled
    ]
    if critical is not None:
        batch, broken = critical
        detail = {"rows": batch.table.num_rows, "broken_rows": [int(row) + 1 for row in broken]}
        rows.append({"fault": "critical_batch", "source": batch.source, "instance": batch.instance,
                     "entity": batch.entity, "batch": batch.name, "detail": detail})  # fmt: skip
    return rows


def final_stock(world: World) -> pa.Table:
    """Return physical and recorded stock of every SKU-location at the last cut-off, in base units."""
    company, last = world.company, world.profile.days - 1
    division = company.division_of_site[company.site_of]
    return pa.table(
        {
            "division_code": [company.divisions[n].code for n in division],
            "item_code": list(company.of_key("item_code")),
            "location_code": [company.sites[n].code for n in company.site_of],
            "as_of": pa.array(cut_off_utc(company, world.profile, last) * 1_000_000).cast(pa.timestamp("us")),
            "physical_qty": world.truth.physical[last].astype("int64"),
            "record_qty": world.truth.record[last].astype("int64"),
        }
    )


def promotion_truth(world: World) -> pa.Table:
    """Return every promotion with the uplift it really has on orders beside the one that was planned."""
    company, p = world.company, world.demand.promotions
    division = company.items["division"].to_numpy()[p.item]
    return pa.table(
        {
            "promotion_code": promotion_codes(company, p),
            "division_code": [company.divisions[n].code for n in division],
            "item_code": list(company.items["item_code"].to_numpy()[p.item]),
            "start_date": dates(p.start_day, world.profile.first_day),
            "end_date": dates(p.end_day, world.profile.first_day),
            "is_cancelled": pa.array(p.is_cancelled),
            "planned_uplift_ratio": p.planned_uplift,
            "uplift_ratio": np.where(p.is_cancelled, 0.0, p.uplift),
        }
    )


def write_truth(world: World, folder: Path, critical: tuple[Batch, np.ndarray] | None = None) -> None:
    """Write planted.parquet, planted_tpl.parquet, physical_on_hand, promotions and headline.json into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(planted(world, critical), folder / "planted.parquet", store_schema=False)
    pq.write_table(ledger_of(tpl_rows(world.company, world.tpl)), folder / "planted_tpl.parquet", store_schema=False)
    pq.write_table(final_stock(world), folder / "physical_on_hand.parquet", store_schema=False)
    pq.write_table(promotion_truth(world), folder / "promotions.parquet", store_schema=False)
    text = json.dumps(headline(world), indent=1, sort_keys=True)
    (folder / "headline.json").write_text(text + "\n", encoding="utf-8")
