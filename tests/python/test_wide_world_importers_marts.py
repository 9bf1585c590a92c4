"""Facts of Wide World Importers in the finished marts, each computed beside them from the raw extracts.

Here: what a reader of the real database can check by hand. Not here: how the extracts are landed
(test_connector_wide_world_importers.py) and the row-by-row oracles (oracles/).
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from tests.python.fixtures_marts import Marts

LEDGER_ROWS = 236_667
RECEIVED = 139_418_326
ISSUED = 8_950_628
ITEMS = 227


@pytest.fixture(scope="module")
def raw(real_data: Path):
    """The extracts as views `transactions`, `lines`, `items`, `holdings`; nothing of the project in between."""
    folder = real_data / "wide_world_importers"
    files = {"transactions": "Warehouse.StockItemTransactions", "lines": "Purchasing.PurchaseOrderLines"}
    files |= {"items": "Warehouse.StockItems", "holdings": "Warehouse.StockItemHoldings"}
    with duckdb.connect() as connection:
        for name, file in files.items():
            connection.execute(f"create view {name} as select * from read_parquet('{folder / file}.parquet')")
        yield connection


def one(marts: Marts, sql: str):
    """The single row of a query as a tuple."""
    (row,) = marts.rows(sql)
    return tuple(row.values())


def test_every_row_of_the_ledger_is_accounted_for(wwi_marts, raw):
    assert raw.execute("select count(*) from transactions").fetchone() == (LEDGER_ROWS,)
    files = "select sum(rows_in), sum(rows_loaded), sum(rows_unaccounted) from visibility.fct_row_account"
    assert one(wwi_marts, f"{files} where entity = 'movements'") == (LEDGER_ROWS, LEDGER_ROWS, 0)
    ledger = "rows_accepted, rows_in_ledger, rows_superseded, rows_quarantined, rows_unaccounted"
    account = one(wwi_marts, f"select {ledger} from visibility.fct_ledger_account")
    assert account == (LEDGER_ROWS, LEDGER_ROWS, 0, 0, 0)
    assert (
        one(wwi_marts, "select count(*), count(distinct event_id) from core.fct_stock_movement") == (LEDGER_ROWS,) * 2
    )
    assert one(wwi_marts, "select count(*) from visibility.fct_quarantined_row") == (0,)


def test_receipts_equal_received_outers_times_units_for_every_item(wwi_marts, raw):
    """Purchase lines count outers, the ledger counts units: item by item, from raw to mart."""
    bought = dict(
        raw.execute(
            "select StockItemID::bigint::varchar, sum(ReceivedOuters * QuantityPerOuter)::bigint "
            "from lines join items using (StockItemID) group by 1"
        ).fetchall()
    )
    assert len(bought) == ITEMS
    assert sum(bought.values()) == RECEIVED
    by_item = "inner join core.bridge_sku_system_id using (sku_id) group by item_code"
    receipts = wwi_marts.rows(f"select item_code, sum(received_qty)::bigint as q from core.fct_receipt {by_item}")
    moved = f"core.fct_stock_movement as m {by_item.replace('group', 'where m.event_type = $$receipt$$ group')}"
    ledger = wwi_marts.rows(f"select item_code, sum(movement_qty)::bigint as q from {moved}")
    assert {row["item_code"]: row["q"] for row in receipts} == bought
    assert {row["item_code"]: row["q"] for row in ledger} == bought


def test_issues_are_what_left(wwi_marts, raw):
    assert raw.execute("select -sum(Quantity)::bigint from transactions where TransactionTypeID = 10").fetchone() == (
        ISSUED,
    )
    issued = "select -sum(movement_qty)::bigint from core.fct_stock_movement where event_type = 'sales_issue'"
    assert one(wwi_marts, issued) == (ISSUED,)
    assert one(wwi_marts, "select sum(gross_demand_qty)::bigint from core.fct_demand_daily") == (ISSUED,)


def test_all_items_break_because_the_opening_never_entered_the_ledger(wwi_marts, raw):
    drift = dict(
        raw.execute(
            "select StockItemID::bigint::varchar, (sum(Quantity) - any_value(QuantityOnHand))::bigint "
            "from transactions join holdings using (StockItemID) group by 1"
        ).fetchall()
    )
    found = wwi_marts.rows(
        "select item_code, delta_qty::bigint as delta, break_class, is_matched, side_alone, evidence, explained_qty "
        "from visibility.kpi_stock_reconciliation inner join core.bridge_sku_system_id using (sku_id)"
    )
    assert len(found) == ITEMS
    assert {row["break_class"] for row in found} == {"opening_balance"}
    assert not any(row["is_matched"] for row in found)
    assert {row["item_code"]: row["delta"] for row in found} == drift
    assert all(row["explained_qty"] == row["delta"] and row["side_alone"] == "unknown" for row in found), "no bins told"
    # 218 items need an opening; nine hold less than their ledger: issues before its first event are missing too.
    lacking = [row for row in found if row["delta"] > 0]
    assert len(lacking) == sum(delta > 0 for delta in drift.values()) == 9
    assert all(("ledger lacks issues too" in row["evidence"]) == (row in lacking) for row in found)
    agreement = "select matched_record_count, record_count, agreed_record_count, match_ratio "
    assert one(wwi_marts, f"{agreement} from visibility.fct_stock_agreement where scope_type = 'company'") == (
        0, ITEMS, 0, 0,
    )  # fmt: skip
    explained = "select count(*) from visibility.fct_stock_record_flag where rule_id = 'DQ-P4'"
    assert one(wwi_marts, explained) == (0,), "what a missing opening explains is no error of the record"


def class_counts(marts: Marts) -> str:
    """Items in A, B and C at the review of the cut-off."""
    rows = marts.rows(
        "select abc_class from lag.kpi_abc_class where scope_type = 'company' and is_provisional "
        "and window_start_date is not null"
    )
    counts = Counter(row["abc_class"] for row in rows)
    assert sum(counts.values()) == ITEMS
    return f"{counts['A']}/{counts['B']}/{counts['C']}"


def test_abc_of_the_last_twelve_months_and_of_all_months_by_both_rules(wwi_marts, tmp_path):
    """The item that crosses a limit belongs to the better class (before) or the worse (after); counted by hand once."""
    assert class_counts(wwi_marts) == "67/64/96"
    expected = {(12, "after"): "66/64/97", (41, "before"): "65/66/96", (41, "after"): "64/66/97"}
    marts = wwi_marts.copy(tmp_path / "flipped")
    found = {}
    for months, boundary in expected:
        marts.set_policy(abc_window_months=months, abc_boundary=boundary)
        marts.rebuild("int_core__class_review+,+kpi_abc_class")
        found[months, boundary] = class_counts(marts)
    assert found == expected
    starts = "select distinct window_start_date::varchar from lag.kpi_abc_class where is_provisional"
    assert one(marts, starts) == ("2013-01-01",)


ABSENT = {
    "bins": "select count(bin_on_hand_qty) from visibility.kpi_stock_reconciliation",
    "devices": "select count(*) from core.fct_sequence_gap",
    "transfers": "select count(*) from core.fct_transfer",
    "lots": "select count(*) from core.dim_lot",
    "cycle counts": "select count(*) from core.fct_cycle_count",
    "a date of a last count": "select count(last_counted_at) from visibility.fct_stock_record",
    "a confirmation of an order": "select count(confirmed_at) + count(sent_at) from core.fct_purchase_order_line",
    "a country of a supplier": "select count(country) from core.dim_supplier",
    "a shelf life": "select count(shelf_life_days) from core.dim_sku",
    "turns in the first year": "select count(turnover_ratio) from lag.kpi_inventory_turnover "
    "where known_day_count < 346 and month_start_date < date '2013-12-01'",
}


@pytest.mark.parametrize("what", ABSENT)
def test_what_the_database_does_not_have_is_not_made_up(wwi_marts, what):
    assert one(wwi_marts, ABSENT[what]) == (0,), what


def test_a_figure_without_data_is_null_with_its_reason(wwi_marts):
    pairs = [
        ("lag.kpi_inventory_turnover", "turnover_ratio", "turnover_reason"),
        ("lag.kpi_inventory_turnover", "doh_90_days", "doh_90_reason"),
        ("lag.kpi_carrying_cost", "carrying_cost_ratio", "carrying_cost_reason"),
        ("lag.kpi_carrying_cost", "carrying_cost_to_cogs_ratio", "carrying_cost_to_cogs_reason"),
        ("lag.kpi_abc_class", "abc_class", "abc_reason"),
        ("scorecard.fct_kpi_value", "kpi_value", "reason_code"),
    ]
    reasons = set()
    for table, value, reason in pairs:
        rows = wwi_marts.rows(
            f"select {value} is null as is_null, {reason} as why, count(*) as n from {table} group by all"
        )
        assert rows
        assert all(row["is_null"] == (row["why"] is not None) for row in rows), (table, value)
        reasons |= {row["why"] for row in rows}
    assert reasons >= {"short_history", "no_stock", "no_demand", "no_sales"}


def test_lines_without_a_receipt_stay_with_nothing_received(wwi_marts, raw):
    waiting = "select count(*) from lines where ReceivedOuters = 0 and LastReceiptDate is null"
    (count,) = raw.execute(waiting).fetchone()
    assert count > 0
    found = one(
        wwi_marts,
        "select count(*), max(received_qty), count(first_received_date) from core.fct_purchase_order_line "
        "where received_qty = 0 and ordered_qty > 0",
    )
    assert found == (count, 0, 0)


def test_one_currency_needs_no_rates(wwi_marts):
    rates = "select min(average_rate), max(closing_rate), bool_or(is_carried) from core.fct_company_rate"
    assert one(wwi_marts, rates) == (1, 1, False)
    assert one(wwi_marts, "select count(*) from unified.stg_unified__fx_rate") == (0,)
