"""Suites of core's flow of goods: what is wanted, ordered, received, shipped, returned and measured on the way.

Here: one suite per table. Not here: the shapes of the rules (tables.py), stock (core_stock.py).
"""

from __future__ import annotations

from expectations.tables import TableSuite, suites

_SELL, _BUY, _PLAN, _DEMAND, _LOGISTICS = "sales", "procurement", "inventory_planning", "demand_planning", "logistics"


def _table(name: str, owner: str, key: str, location: str | None = "location_id") -> TableSuite:
    return TableSuite(f"core.{name}", owner, key, location=location)


TABLES = (
    _table("fct_sales_order_line", _SELL, "division_code order_number line_number")
    .filled("division_code order_number line_number sku_id location_id ordered_date ordered_qty order_line_status")
    .unique()
    .known("sku_id location_id customer_id")
    .not_negative("ordered_qty ordered_amount")
    .ordered("ordered_at cancelled_at")
    .past("ordered_at cancelled_at"),
    _table("fct_invoice_line", "finance", "division_code invoice_number line_number")
    .filled("division_code invoice_number line_number sku_id location_id invoiced_date shipped_qty net_amount currency")
    .unique()
    .known("sku_id location_id")
    .not_negative("shipped_qty discount_amount")
    .past("shipped_at invoiced_at"),
    _table("fct_sales_return", _SELL, "division_code return_number line_number")
    .filled("division_code return_number line_number sku_id location_id returned_date returned_qty is_restocked")
    .unique()
    .known("sku_id location_id")
    .not_negative("returned_qty credit_amount")
    .past("returned_at"),
    _table("fct_purchase_order_line", _BUY, "purchase_order_line_id")
    .filled("purchase_order_line_id sku_id location_id supplier_id ordered_qty received_qty accepted_qty open_qty")
    .unique()
    .known("sku_id location_id supplier_id")
    .not_negative("ordered_qty received_qty accepted_qty open_qty unit_price_amount")
    .ordered("first_received_date last_received_date", "accepted_qty received_qty", "created_at closed_at")
    .past("created_at sent_at confirmed_at closed_at"),
    _table("fct_receipt", _BUY, "receipt_id")
    .filled("receipt_id sku_id location_id received_qty accepted_qty received_at received_date")
    .unique()
    .known("sku_id location_id")
    .not_negative("received_qty rejected_qty")
    .past("received_at")
    .holds("adds_up", "accuracy", "accepted is received minus rejected", "accepted_qty", "received_qty - rejected_qty"),
    _table("fct_receipt_judgement", _BUY, "purchase_order_line_id")
    .filled("purchase_order_line_id sku_id location_id receipt_state")
    .unique()
    .known(
        "sku_id location_id supplier_id", purchase_order_line_id="core.fct_purchase_order_line.purchase_order_line_id"
    ),
    _table("fct_lead_time_pool", _BUY, "pool_type pool_id", None)
    .filled("pool_type pool_id receipt_count")
    .unique()
    .not_negative("receipt_count negative_count capped_count sd_lead_time_days"),
    _table("fct_replenishment_lead_time", _PLAN, "sku_id location_id")
    .filled("sku_id location_id as_of_date receipt_count lead_time_source")
    .unique()
    .known("sku_id location_id supplier_id")
    .not_negative("receipt_count negative_count sd_lead_time_days planned_lead_time_days lead_time_sd_days"),
    _table("fct_inventory_position", _PLAN, "sku_id location_id")
    .filled("sku_id location_id as_of_date usable_on_hand_qty on_order_qty on_order_due_qty net_position_qty")
    .unique()
    .known("sku_id location_id")
    .not_negative("on_order_qty on_order_due_qty")
    .ordered("on_order_due_qty on_order_qty", "as_of_date horizon_date")
    .holds(
        "adds_up",
        "accuracy",
        "the position is what is usable and what arrives in time",
        "net_position_qty",
        "usable_on_hand_qty + on_order_due_qty",
    ),
    _table("fct_demand_daily", _DEMAND, "sku_id location_id demand_date")
    .filled("sku_id location_id demand_date gross_demand_qty returned_qty net_demand_qty issue_count")
    .unique()
    .known("sku_id location_id")
    .not_negative("returned_qty issue_count")
    .holds(
        "adds_up",
        "accuracy",
        "net demand is gross demand minus returns",
        "net_demand_qty",
        "gross_demand_qty - returned_qty",
    ),
    _table("fct_demand_statistic", _DEMAND, "sku_id location_id")
    .filled("sku_id location_id as_of_date active_day_count demand_day_count")
    .unique()
    .known("sku_id location_id")
    .not_negative("active_day_count demand_day_count mean_daily_qty sd_daily_qty adi_ratio nonzero_cv2_ratio")
    .ordered("window_start_date as_of_date", "demand_day_count active_day_count"),
    _table(
        "fct_demand_forecast", _DEMAND, "forecast_origin division_code item_code location_id made_at period_start_date"
    )
    .filled(
        "forecast_origin division_code item_code made_at period_type period_start_date period_end_date forecast_qty"
    )
    .unique()
    .known("sku_id location_id")
    .not_negative("forecast_qty statistical_qty")
    .ordered("period_start_date period_end_date")
    .words("period_type", "day week month quarter")
    .past("made_at"),
    _table("fct_forecast_error", _DEMAND, "sku_id location_id forecast_origin period_type period_start_date")
    .filled("sku_id location_id forecast_origin period_type period_start_date period_end_date demand_qty")
    .unique()
    .known("sku_id location_id")
    .not_negative("forecast_qty stockout_day_count period_day_count")
    .ordered("period_start_date period_end_date", "stockout_day_count period_day_count")
    .holds("adds_up", "accuracy", "an error is forecast minus demand", "error_qty", "forecast_qty - demand_qty"),
    _table("fct_forecast_error_statistic", _DEMAND, "sku_id location_id")
    .filled("sku_id location_id as_of_date error_point_count sd_source")
    .unique()
    .known("sku_id location_id")
    .not_negative("error_point_count sd_error_qty sd_error_daily_qty sd_demand_daily_qty planning_sd_daily_qty"),
    _table("fct_cogs_daily", "finance", "sku_id location_id event_date")
    .filled("sku_id location_id event_date month_start_date sold_qty is_uncosted")
    .unique()
    .known("sku_id location_id")
    .ordered("month_start_date event_date"),
    _table("fct_promotion", _SELL, "division_code promotion_code sku_id location_id")
    .filled("division_code promotion_code sku_id location_id start_date end_date is_cancelled")
    .unique()
    .known("sku_id location_id")
    .not_negative("discount_ratio")
    .ordered("start_date end_date"),
    _table("fct_order_stage", _LOGISTICS, "location_id order_number line_number order_stage")
    .filled("location_id order_number line_number order_stage occurred_at occurred_date")
    .unique()
    .known("sku_id location_id")
    .not_negative("stage_qty")
    .words("order_stage", "released picked packed shipped delivered")
    .past("occurred_at"),
    _table("fct_pick_error", _LOGISTICS, "pick_error_id")
    .filled("pick_error_id sku_id location_id error_type occurred_at occurred_date")
    .unique()
    .known("sku_id location_id")
    .not_negative("short_qty")
    .past("occurred_at"),
    _table("fct_shipment_message", _LOGISTICS, "shipment_message_id")
    .filled("shipment_message_id provider_code message_id message_type direction delivery_count duplicate_count")
    .unique()
    .known("sku_id location_id")
    .not_negative("delivery_count duplicate_count")
    .words("direction", "from_provider to_provider"),
    _table("fct_sensor_reading", "quality", "gateway_code sensor_id read_at")
    .filled("gateway_code sensor_id read_at read_date")
    .unique()
    .known("location_id")
    .not_negative("humidity_pct")
    .past("read_at"),
)

CHECKS = suites(TABLES)
