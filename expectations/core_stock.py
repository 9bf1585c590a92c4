"""Suites of core's stock: movements, positions, values, counts, balances, bins.

Here: one suite per table, and the conservation of stock between them. Not here: the shapes of the rules (tables.py),
beliefs about single records (phantom_stock.py, stale_stock.py).
"""

from __future__ import annotations

from expectations.check import CRITICAL
from expectations.tables import CUTOFF_DATE, TableSuite, suites

_STOCK, _MONEY, _LOGISTICS = "inventory_control", "finance", "logistics"
_SPLIT = "sku_id location_id lot_code stock_status owner_code"
_LOST = "a model lost or doubled movements: compare both tables for the failing SKU and location, and do not publish"
_OPEN = "valid_to = (select max(valid_to) from core.fct_stock_position)"


def _table(name: str, key: str, owner: str = _STOCK, location: str | None = "location_id", **other: str) -> TableSuite:
    return TableSuite(f"core.{name}", owner, key, location=location, **other)


def _moved(condition: str = "is_current_version") -> str:
    return (
        "select sku_id, location_id, sum(movement_qty) as qty from core.fct_stock_movement "
        f"where {condition} group by sku_id, location_id"
    )


def _both(left: str, right: str) -> str:
    """Relation of SKU-locations with a quantity of either side, absent ones as zero."""
    return (
        "(select coalesce(a.sku_id, b.sku_id) as sku_id, coalesce(a.location_id, b.location_id) as location_id, "
        f"coalesce(a.qty, 0) as left_qty, coalesce(b.qty, 0) as right_qty from ({left}) as a full join ({right}) as b "
        "on a.sku_id = b.sku_id and a.location_id = b.location_id)"
    )


def _without_gaps(table: str, keys: str, start: str = "valid_from", end: str = "valid_to") -> str:
    """Relation of histories: the length of all rows together and the span from the first to the last."""
    names = ", ".join(keys.split())
    return (
        f"(select {names}, min({start}) as {start}, sum(epoch_us({end})) - sum(epoch_us({start})) as covered, "
        f"max(epoch_us({end})) - min(epoch_us({start})) as span from core.{table} group by {names})"
    )


def _history(suite: TableSuite, table: str, keys: str, **columns: str) -> TableSuite:
    return suite.holds(
        "without_gaps",
        "consistency",
        "the rows of a stock follow each other without a gap or an overlap",
        "covered",
        "span",
        relation=_without_gaps(table, keys, **columns),
        advice="an overlap counts stock twice and a gap loses it: compare the rows of the failing stock",
    )


TABLES = (
    _table("fct_stock_movement", "movement_id")
    .filled("movement_id event_id sku_id location_id event_type movement_qty occurred_at event_date posting_date")
    .unique()
    .known("sku_id location_id")
    .ordered("event_date posting_date")
    .past("occurred_at posted_at"),
    _history(
        _table("fct_stock_position", f"{_SPLIT} valid_from")
        .filled(f"{_SPLIT} on_hand_qty valid_from valid_to valid_from_date valid_to_date")
        .unique()
        .known("sku_id location_id")
        .ordered("valid_from valid_to", "valid_from_date valid_to_date"),
        "fct_stock_position",
        _SPLIT,
    ),
    TableSuite("core.fct_stock_position", _STOCK, "sku_id location_id").holds(
        "conserved",
        "accuracy",
        "the movements of a SKU at a location add up to its open positions",
        "left_qty",
        "right_qty",
        severity=CRITICAL,
        relation=_both(
            _moved(),
            "select sku_id, location_id, sum(on_hand_qty) as qty from core.fct_stock_position "
            f"where {_OPEN} group by sku_id, location_id",
        ),
        advice=_LOST,
    ),
    _history(
        _table("fct_stock_on_hand", "sku_id location_id valid_from")
        .filled("sku_id location_id on_hand_qty valid_from valid_to valid_from_date valid_to_date")
        .unique()
        .known("sku_id location_id")
        .ordered("valid_from valid_to", "valid_from_date valid_to_date"),
        "fct_stock_on_hand",
        "sku_id location_id",
    ),
    TableSuite("core.fct_stock_on_hand", _STOCK, "sku_id location_id").holds(
        "conserved",
        "accuracy",
        "the owned movements of a SKU at a location add up to its open stock on hand",
        "left_qty",
        "right_qty",
        severity=CRITICAL,
        relation=_both(
            _moved("is_current_version and is_owned"),
            "select sku_id, location_id, sum(on_hand_qty) as qty from core.fct_stock_on_hand "
            f"where {_OPEN.replace('fct_stock_position', 'fct_stock_on_hand')} group by sku_id, location_id",
        ),
        advice=_LOST,
    ),
    # A view over the changes, not a table of days: the day of the cut-off stands for it, or the audit would expand it.
    TableSuite(
        "core.fct_stock_position_daily",
        _STOCK,
        "sku_id location_id date_day",
        scope=f"date_day = {CUTOFF_DATE}",
    )
    .filled("sku_id location_id date_day on_hand_qty on_hand_nonneg_qty")
    .unique()
    .known("sku_id location_id")
    .not_negative("on_hand_nonneg_qty"),
    TableSuite("core.fct_stock_position_daily", _STOCK, "sku_id location_id").holds(
        "agrees",
        "consistency",
        "stock on the day of the cut-off is the open stock on hand",
        "left_qty",
        "right_qty",
        relation=_both(
            "select sku_id, location_id, on_hand_qty as qty from core.fct_stock_position_daily "
            f"where date_day = {CUTOFF_DATE}",
            "select sku_id, location_id, on_hand_qty as qty from core.fct_stock_on_hand "
            f"where valid_from_date <= {CUTOFF_DATE} "
            f"and valid_to_date > {CUTOFF_DATE}",
        ),
    ),
    _table("fct_stock_state", "sku_id location_id")
    .filled("sku_id location_id as_of_at on_hand_qty available_qty")
    .unique()
    .known("sku_id location_id")
    .not_negative("in_transit_qty on_order_qty")
    .past("as_of_at"),
    _table("fct_stock_value", "sku_id location_id valid_from_date", _MONEY)
    .filled("sku_id location_id on_hand_qty valid_from_date valid_to_date is_known_cost")
    .unique()
    .known("sku_id location_id")
    .not_negative("unit_cost_amount")
    .ordered("valid_from_date valid_to_date"),
    _history(
        _table("fct_unit_cost", "sku_id location_id valid_from_date", _MONEY)
        .filled("sku_id location_id valid_from_date valid_to_date currency cost_source is_known_cost")
        .unique()
        .known("sku_id location_id")
        .not_negative("unit_cost_amount")
        .ordered("valid_from_date valid_to_date"),
        "fct_unit_cost",
        "sku_id location_id",
        start="valid_from_date",
        end="valid_to_date",
    ),
    _table("fct_cost_layer", "sku_id location_id layer_number", _MONEY)
    .filled("sku_id location_id layer_number receipt_date layer_qty unit_cost_amount layer_amount is_known_cost")
    .unique()
    .known("sku_id location_id")
    .not_negative("layer_number age_days layer_qty unit_cost_amount layer_amount")
    .holds(
        "adds_up",
        "accuracy",
        "the amount of a layer is its quantity at its cost, to the last digit kept",
        "layer_amount",
        "round(layer_qty * unit_cost_amount, 4)",
    ),
    _table("fct_stock_balance", "system_code sku_id location_id owner_code cut_off_at")
    .filled("system_code sku_id location_id owner_code cut_off_at as_of_at on_hand_qty is_owned")
    .unique()
    .known("sku_id location_id")
    .past("as_of_at"),
    _table("fct_bin_position", "sku_id location_id bin_code lot_code stock_status owner_code cut_off_at")
    .filled("sku_id location_id bin_code lot_code stock_status owner_code cut_off_at as_of_at on_hand_qty is_owned")
    .unique()
    .known("sku_id location_id")
    .past("as_of_at"),
    _table("fct_cycle_count", "cycle_count_id")
    .filled("cycle_count_id sku_id location_id book_qty counted_qty variance_qty counted_at counted_date")
    .unique()
    .known("sku_id location_id")
    .not_negative("counted_qty")
    .past("counted_at")
    .holds("adds_up", "accuracy", "a variance is counted minus book", "variance_qty", "counted_qty - book_qty"),
    _table("fct_count_result", "first_cycle_count_id counted_date")
    .filled("first_cycle_count_id sku_id location_id counted_date counted_at book_qty counted_qty variance_qty")
    .unique()
    .known("sku_id location_id")
    .not_negative("counted_qty line_count")
    .past("counted_at")
    .holds("adds_up", "accuracy", "a variance is counted minus book", "variance_qty", "counted_qty - book_qty"),
    _table("fct_count_task", "count_task_id")
    .filled("count_task_id sku_id location_id is_done is_due is_late")
    .unique()
    .known("sku_id location_id")
    .not_negative("late_day_count")
    .past("done_at"),
    _table("fct_physical_audit", "auditor audit_id", "quality")
    .filled("auditor audit_id location_id audited_qty audited_at audited_date")
    .unique()
    .known("sku_id location_id")
    .not_negative("audited_qty")
    .past("audited_at"),
    _table("fct_transfer", "transfer_id sku_id", _LOGISTICS, None)
    .filled("transfer_id sku_id shipped_qty received_qty in_transit_qty is_overdue")
    .unique()
    .known("sku_id", from_location_id="core.dim_location.location_id", to_location_id="core.dim_location.location_id")
    .ordered("shipped_at received_at")
    .past("shipped_at received_at")
    .holds(
        "adds_up",
        "accuracy",
        "what is under way is shipped minus received",
        "in_transit_qty",
        "shipped_qty - received_qty",
    ),
    _table("fct_restatement", "sku_id location_id event_date posting_date", _MONEY)
    .filled("sku_id location_id event_date posting_date movement_count restated_qty")
    .unique()
    .known("sku_id location_id")
    .not_negative("movement_count late_movement_count correction_count")
    .ordered("event_date posting_date")
    .holds(
        "adds_up",
        "accuracy",
        "a restated closing is the old one and what was restated",
        "new_closing_qty",
        "old_closing_qty + restated_qty",
    ),
    _table("fct_write_off", "division_code write_off_number", _MONEY)
    .filled("division_code write_off_number sku_id location_id posted_date write_off_kind is_reversal")
    .unique()
    .known("sku_id location_id")
    .past("posted_at"),
    _table("fct_held_back_movement", "site_code event_id")
    .filled("site_code event_id quarantine_rule")
    .unique()
    .past("occurred_at"),
    _table("fct_conflicting_delivery", "site_code event_id sku_id location_id occurred_at")
    .filled("site_code event_id sku_id location_id occurred_at")
    .unique()
    .known("sku_id location_id"),
    _table("fct_sequence_gap", "site_code device_id first_missing_sequence_no")
    .filled("site_code device_id first_missing_sequence_no last_missing_sequence_no missing_event_count")
    .unique()
    .ordered("first_missing_sequence_no last_missing_sequence_no")
    .holds(
        "adds_up",
        "accuracy",
        "the missing events are those between the first and the last",
        "missing_event_count",
        "last_missing_sequence_no - first_missing_sequence_no + 1",
    ),
    _table("fct_clock_skew", "site_code event_id device_id sequence_no device_at recorded_at")
    .filled("site_code event_id device_id device_at recorded_at skew_seconds")
    .unique(),
)

CHECKS = suites(TABLES)
