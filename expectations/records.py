"""Suites of the record tables: is each stock record whole and true to the stock it tells of.

Here: completeness, consistency and accuracy of records, evidence and flags. Not here: beliefs about the stock itself
(phantom_stock.py) and its age (stale_stock.py).
"""

from __future__ import annotations

from expectations.tables import TableSuite, suites

_STOCK = "inventory_control"
_RECORD = "sku_id location_id"
_MODEL = "the record does not tell of this stock: compare it with core.fct_stock_state for the failing SKU and location"


def _table(name: str, key: str = _RECORD) -> TableSuite:
    return TableSuite(f"visibility.{name}", _STOCK, key)


def _beside(name: str, column: str, other: str, other_column: str) -> str:
    """Relation of a record's column (this) and the same of another table (that), for the pairs both have."""
    return (
        f"(select a.sku_id, a.location_id, a.{column} as this, b.{other_column} as that from visibility.{name} as a "
        f"inner join {other} as b on a.sku_id = b.sku_id and a.location_id = b.location_id)"
    )


_MISSING = (
    "(select s.sku_id, s.location_id, (r.sku_id is not null)::integer as records from core.fct_stock_state as s "
    "left join visibility.fct_stock_record as r on s.sku_id = r.sku_id and s.location_id = r.location_id)"
)

TABLES = (
    _table("fct_stock_record")
    .filled("sku_id location_id as_of_date abc_class on_hand_qty")
    .unique()
    .known("sku_id location_id")
    .not_negative("unit_cost_amount record_age_days days_since_count days_since_movement zero_sales_probability")
    .past("record_as_of last_counted_at")
    .holds(
        "complete",
        "completeness",
        "every SKU-location with a stock state has its record",
        "records",
        "1",
        relation=_MISSING,
        advice=_MODEL,
    )
    .holds(
        "agrees",
        "accuracy",
        "the stock on record is the stock on hand",
        "this",
        "that",
        relation=_beside("fct_stock_record", "on_hand_qty", "core.fct_stock_state", "on_hand_qty"),
        advice=_MODEL,
    )
    .holds(
        "adds_up",
        "accuracy",
        "the amount on record is its quantity above zero at its cost, to the last digit kept",
        "on_hand_amount",
        "round(greatest(on_hand_qty, 0) * unit_cost_amount, 4)",
        advice=_MODEL,
    ),
    _table("fct_stock_record_evidence")
    .filled("sku_id location_id as_of_date on_hand_qty")
    .unique()
    .known("sku_id location_id")
    .not_negative("closed_bin_qty unknown_bin_qty over_capacity_qty opposite_bin_qty staging_qty short_pick_count")
    .past("bins_as_of_at last_short_pick_at")
    .holds(
        "agrees",
        "consistency",
        "evidence and record tell of one stock on hand",
        "this",
        "that",
        relation=_beside("fct_stock_record_evidence", "on_hand_qty", "visibility.fct_stock_record", "on_hand_qty"),
        advice=_MODEL,
    ),
    _table("fct_stock_record_flag", "sku_id location_id rule_id flagged_date")
    .filled("sku_id location_id rule_id flagged_date severity evidence is_phantom_signal is_stale_signal")
    .unique()
    .known("sku_id location_id")
    .words("severity", "error warn info"),
)

CHECKS = suites(TABLES)
