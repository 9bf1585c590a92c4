"""A small finished build database, made by hand: what the audit and the publishing read.

Here: tables with the columns the audit reads, clean unless a test breaks them. Not here: anything dbt builds.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.lib.content_hash import content_hashes
from orchestration.lib.paths import Home

AS_OF = "2026-06-30T00:00:00Z"

TABLES = {
    "visibility.fct_row_account": """
        select 'wms/site_a/movements/b' || i || '/movements.parquet' as file, 'wms/site_a/movements/b' || i as batch_id,
            'wms' as source, 'site_a' as instance, 'movements' as entity, 100 as rows_in, 99 as rows_loaded,
            0 as rows_deduplicated, 1 as rows_quarantined, 0 as rows_unaccounted, 0.0100::decimal(9, 4)
            as quarantined_ratio, 0.0500::decimal(9, 4) as max_quarantined_ratio, null::varchar as file_rule
        from range(3) t(i)""",
    "visibility.fct_ledger_account": """
        select 'site_a' as instance, 297 as rows_accepted, 297 as rows_in_ledger, 0 as rows_superseded,
            0 as rows_quarantined, 0 as rows_unaccounted""",
    "visibility.fct_location_audit": """
        select 'loc_' || i as location_id, timestamp '2026-06-29 12:00:00' as last_event_at, 1 as feed_age_days,
            3 as max_feed_age_days, 1000.00::decimal(18, 2) as stock_amount, 10.00::decimal(18, 2) as flagged_amount,
            0.0100::decimal(9, 4) as flagged_value_ratio, 0.2000::decimal(9, 4) as max_flagged_value_ratio
        from range(2) t(i)""",
    "visibility.fct_stock_record": """
        select 'sku_' || i as sku_id, 'loc_' || (i % 2) as location_id, 'A' as abc_class,
            10.0000::decimal(18, 4) as on_hand_qty, 20.00::decimal(18, 2) as on_hand_amount, 1 as record_age_days,
            1 as max_record_age_days, 10 as days_since_count, 135 as max_days_since_count, 5 as days_since_movement,
            180 as max_days_since_movement, true as was_selling, 0.500000::decimal(9, 6) as zero_sales_probability,
            0.010000::decimal(9, 6) as min_zero_sales_probability, 0.0000::decimal(18, 4) as balance_delta_qty,
            0.5000::decimal(18, 4) as balance_tolerance_qty
        from range(50) t(i)""",
    "visibility.fct_stock_record_evidence": """
        select 'sku_' || i as sku_id, 'loc_' || (i % 2) as location_id, 10.0000::decimal(18, 4) as on_hand_qty,
            0 as short_pick_count, 2 as min_short_picks, 0.0000::decimal(18, 4) as impossible_place_qty,
            0.0000::decimal(18, 4) as opposite_bin_qty, 0.0000::decimal(18, 4) as max_misplaced_qty,
            2.000000::decimal(24, 6) as staging_hours, 24.000000::decimal(18, 6) as max_staging_hours,
            0.010000::decimal(25, 6) as cost_change_ratio, 0.500000::decimal(18, 6) as max_cost_change_ratio
        from range(50) t(i)""",
    "visibility.fct_source_freshness": """
        select 'wms' as source, 'site_' || i as instance, 'movements' as entity, 1 as feed_age_days,
            3 as max_source_age_days
        from range(2) t(i)""",
    "visibility.fct_stock_record_flag": """
        select 'x' as sku_id, 'y' as location_id, 'DQ-N1' as rule_id, date '2026-06-30' as flagged_date,
            'warning' as severity where false""",
    "core.dim_sku": "select 'sku_' || i as sku_id, 'Räksmörgås ' || i as description from range(50) t(i)",
    "core.fct_stock_movement": """
        select i as movement_id, date '2026-01-01' + (i % 90)::integer as event_date, 1.0000::decimal(18, 4) as qty
        from range(3000) t(i)""",
    "staging.stg_wms__movements": "select 1 as private",
    "lag.int_lag__step": "select 1 as private",
    "policy.policy": "select 'max_feed_age_days' as policy_key, '3' as value_number",
    "reference.uoms": "select 'EA' as uom",
}


def make_build(home: Home, statements: tuple[str, ...] = ()) -> None:
    """Write the build database of `home`, then run `statements` on it; it is closed when this returns."""
    home.make()
    home.build_db.unlink(missing_ok=True)
    with duckdb.connect(str(home.build_db)) as connection:
        for name, sql in TABLES.items():
            connection.execute(f"create schema if not exists {name.split('.')[0]}")
            connection.execute(f"create table {name} as {sql}")
        connection.execute("comment on table core.dim_sku is 'One row per SKU; it''s the golden record.'")
        connection.execute("comment on column core.dim_sku.sku_id is 'Golden id.'")
        connection.execute("comment on column core.fct_stock_movement.qty is 'Base UoM.'")
        connection.execute("create view lag.kpi_small as select count(*) as sku_count from core.dim_sku")
        for statement in statements:
            connection.execute(statement)


def content_of(path: Path, database: str = "leadlag"):
    """(content hash, hash per relation) of a closed DuckDB file, attached under the name it has in production."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as {database} (read_only)")
        return content_hashes(connection, database)
