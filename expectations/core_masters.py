"""Suites of core's dimensions, bridges and master facts: what a thing is, where it lies, what it may cost.

Here: one suite per table. Not here: the shapes of the rules (tables.py), stock (core_stock.py), orders and demand
(core_flow.py), accounts and feeds (core_accounts.py).
"""

from __future__ import annotations

from expectations.tables import TableSuite, suites

_MASTER, _STOCK, _BUY, _PLAN, _SELL = "master_data", "inventory_control", "procurement", "inventory_planning", "sales"


def _table(name: str, owner: str, key: str, location: str | None = None) -> TableSuite:
    return TableSuite(f"core.{name}", owner, key, location=location)


TABLES = (
    _table("dim_sku", _MASTER, "sku_id")
    .filled("sku_id sku_description category base_uom_code sku_status")
    .unique()
    .not_negative("shelf_life_days source_record_count division_count")
    .ordered("launch_date end_of_life_date"),
    _table("dim_item", _MASTER, "division_code item_code")
    .filled("division_code item_code sku_id match_rule category item_status base_uom_code")
    .unique()
    .known("sku_id")
    .ordered("storage_min_celsius storage_max_celsius"),
    _table("dim_location", _MASTER, "location_id")
    .filled(
        "location_id division_code location_code location_type time_zone company_code region_id currency "
        "company_currency"
    )
    .unique(),
    _table("dim_supplier", _BUY, "supplier_id").filled("supplier_id division_code supplier_code").unique(),
    _table("dim_customer", _SELL, "customer_id").filled("customer_id division_code customer_code is_internal").unique(),
    _table("dim_bin", _STOCK, "location_id bin_code")
    .filled("location_id bin_code is_current")
    .unique()
    .known("location_id")
    .not_negative("height_cm capacity_m3 capacity_qty distance_m"),
    _table("dim_lot", _STOCK, "sku_id location_id lot_code")
    .filled("sku_id location_id lot_code")
    .unique()
    .known("sku_id location_id")
    .past("received_at"),
    _table("dim_date", "data_platform", "date_day")
    .filled("date_day month_start_date month_end_date quarter_start_date week_start_date iso_weekday")
    .unique()
    .ordered("month_start_date date_day", "date_day month_end_date", "week_start_date date_day"),
    _table("dim_cutoff", "data_platform", "as_of_at")
    .filled("as_of_at as_of_date")
    .unique()
    .holds("one_row", "consistency", "there is one cut-off", "(select count(*) from core.dim_cutoff)", "1"),
    _table("dim_close", "data_platform", "as_of_date")
    .filled("as_of_date")
    .unique()
    .ordered("closed_until_date as_of_date"),
    _table("dim_policy", "supply_chain_governance", "policy_key scope_type scope_id effective_from")
    .filled("policy_key scope_type scope_id scope_rank value_text unit effective_from effective_to approved_by")
    .unique()
    .ordered("effective_from effective_to"),
    _table("dim_sku_handling", _MASTER, "division_code sku_id")
    .filled("division_code sku_id")
    .unique()
    .known("sku_id")
    .not_negative("storage_min_humidity_pct storage_max_humidity_pct cube_m3")
    .ordered("storage_min_celsius storage_max_celsius", "storage_min_humidity_pct storage_max_humidity_pct"),
    _table("dim_sku_phase_out", _MASTER, "division_code sku_id")
    .filled("division_code sku_id is_superseded")
    .unique()
    .known("sku_id", successor_sku_id="core.dim_sku.sku_id"),
    _table("bridge_item_gtin", _MASTER, "division_code item_code uom_code is_base_unit")
    .filled("division_code item_code uom_code factor_to_base is_base_unit gtin gtin_status")
    .unique()
    .not_negative("factor_to_base"),
    _table("bridge_sku_code_period", _MASTER, "division_code item_code valid_from")
    .filled("division_code item_code valid_from valid_to is_current sku_id match_rule")
    .unique()
    .known("sku_id")
    .ordered("valid_from valid_to"),
    _table("bridge_sku_location", _MASTER, "sku_id location_id")
    .filled("sku_id location_id category region_id division_code company_code currency company_currency")
    .unique()
    .known("sku_id location_id"),
    _table("bridge_sku_packaging", _MASTER, "sku_id division_code uom_code factor_to_base")
    .filled("sku_id division_code uom_code factor_to_base")
    .unique()
    .known("sku_id")
    .not_negative("factor_to_base"),
    _table("bridge_sku_system_id", _MASTER, "division_code item_code")
    .filled("division_code item_code sku_id match_rule gtin_status")
    .unique()
    .known("sku_id"),
    _table("bridge_stock_scope", _PLAN, "sku_id location_id scope_type")
    .filled("sku_id location_id scope_type scope_id")
    .unique()
    .known("sku_id location_id"),
    _table("fct_item_change", _MASTER, "division_code item_code attribute_name changed_at")
    .filled("division_code item_code sku_id attribute_name changed_at is_code_reused")
    .unique()
    .known("sku_id")
    .past("changed_at"),
    _table("fct_match_verdict", _MASTER, "division_code item_code other_division_code other_item_code")
    .filled("division_code item_code other_division_code other_item_code verdict verdict_outcome decided_at")
    .unique()
    .words("verdict", "same different"),
    _table("fct_item_supplier", _BUY, "division_code item_code supplier_id")
    .filled("division_code item_code sku_id supplier_id is_preferred is_chosen")
    .unique()
    .known("sku_id supplier_id")
    .not_negative("moq_qty order_multiple_qty planned_lead_time_days unit_price_amount order_cost_amount"),
    _table("fct_list_price", _SELL, "division_code sku_id")
    .filled("division_code sku_id list_price_amount currency")
    .unique()
    .known("sku_id")
    .not_negative("list_price_amount"),
    _table("fct_planning_parameter", _PLAN, "item_code location_id valid_from_date")
    .filled("sku_id location_id item_code valid_from_date valid_to_date is_leading")
    .unique()
    .known("sku_id location_id")
    .not_negative("reorder_point_qty safety_stock_qty order_qty review_days service_level_ratio")
    .ordered("valid_from_date valid_to_date"),
    _table("fct_service_contract", _SELL, "division_code contract_number line_number sku_id location_id")
    .filled("contract_number line_number sku_id location_id service_type target_ratio valid_from_date valid_to_date")
    .unique()
    .known("sku_id location_id")
    .not_negative("target_ratio window_day_count penalty_price_ratio penalty_unit_amount")
    .ordered("valid_from_date valid_to_date"),
    _table("fct_slotting", _STOCK, "sku_id location_id bin_code valid_from_date")
    .filled("sku_id location_id bin_code valid_from_date valid_to_date")
    .unique()
    .known("sku_id location_id")
    .ordered("valid_from_date valid_to_date"),
    _table("fct_company_rate", "finance", "currency company_currency month_start_date")
    .filled("currency company_currency month_start_date is_carried")
    .unique()
    .not_negative("average_rate closing_rate"),
    _table("fct_sku_class", _PLAN, "scope_type scope_id sku_id review_date is_provisional")
    .filled("scope_type scope_id sku_id review_date is_provisional usage_amount abc_class")
    .unique()
    .known("sku_id")
    .not_negative("value_rank")
    .ordered("effective_from_date effective_to_date", "cumulative_amount total_amount")
    .words("abc_class", "A B C D N"),
    _table("fct_governing_class", _PLAN, "company_code sku_id")
    .filled("company_code sku_id abc_class")
    .unique()
    .known("sku_id")
    .words("abc_class", "A B C D N")
    .words("xyz_class", "X Y Z"),
    _table("fct_disruption", _BUY, "division_code disruption_code")
    .filled("division_code disruption_code disruption_type scope_type start_date disruption_status")
    .unique()
    .known("supplier_id")
    .ordered("start_date end_date"),
)

CHECKS = suites(TABLES)
