"""Facts of AdventureWorks in the finished marts, each computed beside them from the raw extracts.

A company that sends stock, costs and purchases and no sales: what is known is published, what is not answers null with
a reason. Not here: how the extracts are landed (test_connector_adventureworks.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.lib.paths import REPO
from tests.python.fixtures_marts import Marts


@pytest.fixture(scope="module")
def raw(real_data: Path):
    """The extracts as views of their file names, all text; nothing of the project in between but the columns' names."""
    said = yaml.safe_load((REPO / "connectors" / "adventureworks" / "_connector.yml").read_text())
    with duckdb.connect() as connection:
        for name, columns in said["files"]["columns"].items():
            listed = ", ".join(f"'{column}': 'varchar'" for column in columns)
            file = real_data / "adventureworks" / f"{name}.csv"
            connection.execute(
                f"create view {name} as select * from read_csv('{file}', delim = '\t', header = false, "
                f"auto_detect = false, quote = '', columns = {{{listed}}})"
            )
        yield connection


def one(marts: Marts, sql: str) -> tuple:
    """The single row of a query as a tuple."""
    (row,) = marts.rows(sql)
    return tuple(row.values())


def test_every_row_is_accounted_for(aw_marts):
    total = "select sum(rows_in), sum(rows_quarantined), sum(rows_unaccounted) from visibility.fct_row_account"
    assert one(aw_marts, total) == (21_712, 57, 0)
    assert one(aw_marts, "select distinct rule_id from visibility.fct_quarantined_row") == ("required:received_at",)


def test_stock_of_each_item_is_that_of_the_tables(aw_marts, raw):
    stocked = dict(
        raw.execute("select ProductID, sum(Quantity::decimal(18, 4)) from ProductInventory group by 1").fetchall()
    )
    found = aw_marts.rows(
        "select item_code, on_hand_qty from visibility.fct_stock_record "
        "inner join core.bridge_sku_system_id using (sku_id)"
    )
    assert {row["item_code"]: row["on_hand_qty"] for row in found} == stocked
    assert sum(stocked.values()) == 335_974


def test_standard_costs_value_what_they_cover_and_the_rest_is_said_to_lack_a_cost(aw_marts, raw):
    [(items, pieces, amount)] = raw.execute(
        "select count(distinct i.ProductID), sum(i.Quantity::bigint)::bigint, "
        "sum(i.Quantity::bigint * p.StandardCost::decimal(18, 6)) "
        "from ProductInventory as i join Product as p using (ProductID) where p.StandardCost::decimal(18, 6) > 0"
    ).fetchall()
    known = "from visibility.fct_stock_record where cost_source = 'standard'"
    assert one(aw_marts, f"select count(*), sum(on_hand_qty)::bigint, sum(on_hand_amount) {known}") == (
        items,
        pieces,
        amount,
    )
    assert items == 232
    missing = one(aw_marts, "select count(*) from visibility.fct_stock_record_flag where rule_id = 'DQ-V1'")
    assert missing == (432 - items,) == (200,)
    stand_ins = aw_marts.rows(
        "select distinct cost_source, is_known_cost from visibility.fct_stock_record where cost_source <> 'standard' "
        "order by all"
    )
    assert [tuple(row.values()) for row in stand_ins] == [("category_median", False), ("last_order", True)]
    coverage = "cost_coverage_ratio, is_low_cost_coverage from lag.kpi_inventory_turnover where scope_type = 'company'"
    ratio, is_low = one(aw_marts, f"select {coverage}")
    by_quantity = one(
        aw_marts,
        "select sum(on_hand_qty) filter (where is_known_cost) / sum(on_hand_qty) from visibility.fct_stock_record",
    )
    assert abs(float(ratio) - float(by_quantity[0])) < 1e-6 and 0 < ratio < Decimal("0.95") and is_low


SILENT = {
    "service_level_gap_ratio": "no_demand",
    "reorder_point_gap_ratio": "no_proposal",
}


@pytest.mark.parametrize("kpi", SILENT)
def test_without_sales_what_needs_demand_is_null_with_its_reason(aw_marts, kpi):
    found = aw_marts.rows(
        f"select kpi_value, reason_code from scorecard.fct_kpi_value where kpi_id = '{kpi}' and scope_type = 'company'"
    )
    assert found and {tuple(row.values()) for row in found} == {(None, SILENT[kpi])}


def test_no_sale_and_no_turn_is_made_up(aw_marts):
    assert one(aw_marts, "select count(*) from core.fct_demand_daily") == (0,)
    assert one(aw_marts, "select count(*) from core.fct_invoice_line") == (0,)
    assert one(aw_marts, "select count(turnover_ratio), count(doh_90_days) from lag.kpi_inventory_turnover") == (0, 0)
    assert one(aw_marts, "select count(gmroii_ratio), count(net_sales_amount) from lag.kpi_gmroii") == (0, 0)
    reasons = aw_marts.rows("select distinct turnover_reason, doh_90_reason from lag.kpi_inventory_turnover")
    assert all(None not in row.values() for row in reasons)


def test_open_orders_are_those_the_tables_call_pending_or_approved(aw_marts, raw):
    expected = raw.execute(
        "select count(*), sum(OrderQty::decimal(18, 4) * UnitPrice::decimal(18, 6)) from PurchaseOrderDetail "
        "join PurchaseOrderHeader using (PurchaseOrderID) where Status in ('1', '2')"
    ).fetchone()
    found = "select count(*), sum(ordered_qty * unit_price_amount) from core.fct_purchase_order_line"
    lines, amount = one(aw_marts, f"{found} where order_line_status = 'open'")
    assert (lines, amount.quantize(Decimal("0.01"))) == (expected[0], expected[1].quantize(Decimal("0.01")))
    assert one(aw_marts, "select as_of_date from core.dim_cutoff") == (date(2014, 9, 22),)


def test_orders_received_in_full_and_on_time_are_counted_from_the_raw_lines(aw_marts, raw):
    """Of the lines due in July 2014 whose goods have come: a week after the order, a week before they are due."""
    received = raw.execute(
        "select count(*), count(*) filter (StockedQty::decimal(18, 2) < OrderQty::decimal(18, 2)) "
        "from PurchaseOrderDetail join PurchaseOrderHeader using (PurchaseOrderID) "
        "where DueDate::timestamp::date between '2014-07-01' and '2014-07-31' and Status <> '2'"
    ).fetchone()
    found = one(
        aw_marts,
        "select count(*), count(*) filter (accepted_qty < ordered_qty) from core.fct_purchase_order_line "
        "where promised_date between date '2014-07-01' and date '2014-07-31' and first_received_date is not null",
    )
    assert found == received and received[0] > 400
