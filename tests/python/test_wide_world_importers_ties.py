"""Turnover, margin, fill rate, inventory to sales and excess of Wide World Importers, tied to its raw tables.

Here: each figure of the marts beside one query over the extracts, with nothing of the project in between. Not here:
ABC, receipts and issues (test_wide_world_importers_marts.py).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.python.fixtures_marts import Marts
from tests.python.oracles.accepted import policy

MONTHS = [date(2014, 1, 1), date(2014, 12, 1), date(2015, 7, 1), date(2016, 2, 1), date(2016, 5, 1)]


@pytest.fixture(scope="module")
def raw(real_data: Path):
    """The extracts as views; nothing of the project in between."""
    folder = real_data / "wide_world_importers"
    files = {
        "transactions": "Warehouse.StockItemTransactions",
        "holdings": "Warehouse.StockItemHoldings",
        "invoice_lines": "Sales.InvoiceLines",
        "orders": "Sales.Orders",
        "order_lines": "Sales.OrderLines",
    }
    with duckdb.connect() as connection:
        for name, file in files.items():
            connection.execute(f"create view {name} as select * from read_parquet('{folder / file}.parquet')")
        connection.execute(
            "create view moves as select StockItemID as item, TransactionOccurredWhen::date as day, "
            "Quantity::decimal(18, 4) as qty, TransactionTypeID = 10 as is_sale, LastCostPrice::decimal(18, 6) as cost "
            "from transactions join holdings using (StockItemID)"
        )
        yield connection


def month_row(marts: Marts, table: str, month: date) -> dict:
    """The company's row of a month."""
    (row,) = marts.rows(
        f"select * from lag.{table} where scope_type = 'company' and last_day_date = (select max(last_day_date) "
        f"from lag.{table} where month(last_day_date) = {month.month} and year(last_day_date) = {month.year})"
        + (" and period_type = 'month'" if table == "kpi_inventory_to_sales" else "")
    )
    return row


def cogs(raw, first: str, last: str) -> Decimal:
    """Units sold in days of the ledger at the one cost each item has."""
    told = raw.execute(f"select sum(-qty * cost) from moves where is_sale and day between {first} and {last}")
    return told.fetchone()[0]


def window(month: date) -> tuple[str, str]:
    """First and last day of the twelve months to a month's end, as SQL."""
    first = f"(date '{month}' - interval 11 month)::date"
    return first, f"last_day(date '{month}')"


def value_days(raw, first: str, last: str) -> Decimal:
    """Value of stock at the end of each day, added up; less than nothing counts as nothing."""
    query = f"""
        with days as (
            select unnest(generate_series({first}::timestamp, {last}::timestamp, interval 1 day))::date as day
        ),
        levels as (
            select d.day, m.item, any_value(m.cost) as cost, sum(m.qty) filter (where m.day <= d.day) as qty
            from days d cross join (select item, day, cost, sum(qty) as qty from moves group by all) m group by all
        )
        select sum(greatest(coalesce(qty, 0), 0) * cost) from levels
    """
    return raw.execute(query).fetchone()[0]


@pytest.mark.parametrize("month", MONTHS)
def test_turnover_and_cost_of_sales(wwi_marts, raw, month):
    first, last = window(month)
    row = month_row(wwi_marts, "kpi_inventory_turnover", month)
    sold = cogs(raw, first, last)
    (days,) = raw.execute(f"select {last} - {first} + 1").fetchone()
    mean = value_days(raw, first, last) / days
    assert row["avg_method_used"] == "daily"
    assert abs(row["turnover_numerator_amount"] - sold) < 1
    assert abs(row["avg_inventory_amount"] - mean) < 1
    assert abs(row["turnover_ratio"] - sold / mean) < Decimal("0.00001") * max(1, sold / mean)
    for window_days in (90, 91):
        recent = cogs(raw, f"{last} - {window_days - 1}", last)
        assert abs(row[f"cogs_{window_days}_amount"] - recent) < 1
        assert abs(row[f"doh_{window_days}_days"] - row["closing_amount"] * window_days / recent) < Decimal("0.01")


@pytest.mark.parametrize("month", MONTHS)
def test_gross_margin(wwi_marts, raw, month):
    """Invoiced without tax, less the cost of what left the ledger; invoices take the day of their issues."""
    first, last = window(month)
    sold = raw.execute(
        "with dates as (select InvoiceID, min(TransactionOccurredWhen)::date as day from transactions "
        "where InvoiceID is not null group by 1) "
        "select sum(ExtendedPrice::decimal(18, 6) - TaxAmount::decimal(18, 6)) from invoice_lines join dates "
        f"using (InvoiceID) where day between {first} and {last}"
    ).fetchone()[0]
    row = month_row(wwi_marts, "kpi_gmroii", month)
    margin = sold - cogs(raw, first, last)
    assert abs(row["net_sales_amount"] - sold) < 1
    assert abs(row["gross_margin_amount"] - margin) < 1
    assert abs(row["gross_margin_ratio"] - margin / sold) < Decimal("0.00001")


@pytest.mark.parametrize("month", MONTHS)
def test_inventory_to_sales(wwi_marts, raw, month):
    _, last = window(month)
    stock = value_days(raw, last, last)
    sold = cogs(raw, f"date '{month}'", last)
    row = month_row(wwi_marts, "kpi_inventory_to_sales", month)
    assert abs(row["cogs_stock_amount"] - stock) < 1
    assert abs(row["inventory_to_cogs_ratio"] - stock / sold) < Decimal("0.0001") * max(1, stock / sold)


def test_excess(wwi_marts, raw):
    """Stock above reorder point, order and cover of mean demand, item by item; the rest has less than nothing."""
    demand, cover = int(policy("demand_window_days")), int(policy("excess_cover_days"))
    (end,) = raw.execute("select max(day) from moves").fetchone()
    # An item that is younger than the window is measured over the days it has.
    rows = raw.execute(
        f"""select item::varchar, sum(qty),
            sum(-qty) filter (where is_sale and day > date '{end}' - {demand})
            / least({demand}, date '{end}' - min(day) + 1)::decimal,
            any_value(ReorderLevel), any_value(TargetStockLevel)
        from moves join holdings on item = StockItemID group by item"""
    ).fetchall()
    limits = {item: float(level) + max(float(target - level), 0.0) + float(mean or 0) * cover
              for item, _, mean, level, target in rows}  # fmt: skip
    statuses = "select * from lead.kpi_stock_status inner join core.bridge_sku_system_id using (sku_id)"
    said = {row["item_code"]: row for row in wwi_marts.rows(statuses)}
    assert len(said) == len(rows) == 227
    for item, held, *_ in rows:
        assert said[item]["on_hand_qty"] == held
        assert abs(float(said[item]["excess_qty"]) - limits[item]) < 0.01, item
        assert (said[item]["stock_status"] == "excess") == (float(held) > limits[item])
    assert sum(row["stock_status"] == "excess" for row in said.values()) == 9


@pytest.mark.parametrize("month", MONTHS)
def test_fill_rate(wwi_marts, raw, month):
    """Lines and units picked by the day first asked for; what went back-ordered keeps that day and fills nothing."""
    told = raw.execute(
        "with lines as (select *, PickingCompletedWhen::date <= ExpectedDeliveryDate::date as in_time, "
        "PickedQuantity = Quantity as is_whole from order_lines "
        "join (select OrderID, ExpectedDeliveryDate from orders) using (OrderID) "
        f"where ExpectedDeliveryDate between date '{month}' and last_day(date '{month}') "
        "and ExpectedDeliveryDate < (select max(day) from moves)) "
        "select count(*), count(*) filter (in_time and is_whole), sum(Quantity), "
        "sum(PickedQuantity) filter (in_time), sum((Quantity * UnitPrice)::decimal(18, 2)), "
        "sum((PickedQuantity * UnitPrice)::decimal(18, 2)) filter (in_time) from lines"
    ).fetchone()
    query = "select * from service.kpi_fill_rate where scope_type = 'company' and month_start_date = ?"
    (row,) = wwi_marts.rows(query.replace("?", f"date '{month}'"))
    lines, filled_lines, units, filled_units, value, filled_value = told
    assert lines > 4_000
    assert (row["judged_line_count"], row["filled_line_count"]) == (lines, filled_lines)
    assert (row["asked_qty"], row["filled_qty"]) == (units, filled_units)
    assert abs(row["asked_amount"] - value) < 1
    assert abs(row["filled_amount"] - filled_value) < 1
    assert abs(float(row["line_fill_ratio"]) - filled_lines / lines) < 1e-5
    assert abs(float(row["unit_fill_ratio"]) - filled_units / units) < 1e-5
    assert 0.95 < row["line_fill_ratio"] < 1
