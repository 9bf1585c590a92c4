"""The demo company, Wide World Importers and AdventureWorks in one home, as divisions of one company.

What can be added up must equal the sum of the parts, each built alone; a figure that moves because a neighbour is there
is a fan-out, a code taken for another's, or a rate that leaks.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest
from fixtures_refresh import simulate

from orchestration.lib.paths import Home
from tests.python.fixtures_marts import Marts

FIGURES = {
    "stock value": "select sum(on_hand_amount) from visibility.fct_stock_record",
    "stock at a known cost": "select sum(on_hand_amount) from visibility.fct_stock_record where is_known_cost",
    "quantity on hand": "select sum(on_hand_qty) from visibility.fct_stock_record",
    "net sales": "select sum(net_amount) from core.fct_invoice_line",
    "net sales in their own currencies": "select sum(source_net_amount) from core.fct_invoice_line",
    "cost of goods sold": "select sum(cogs_amount) from core.fct_cogs_daily",
    "demand": "select sum(gross_demand_qty) from core.fct_demand_daily",
    "open orders": "select sum((ordered_qty - received_qty) * unit_price_amount) from core.fct_purchase_order_line "
    "where order_line_status = 'open'",
    "received": "select sum(received_qty) from core.fct_receipt",
    "rows landed": "select sum(rows_in) from visibility.fct_row_account",
    "rows held back": "select sum(rows_quarantined) from visibility.fct_row_account",
    "rows unaccounted": "select sum(rows_unaccounted) from visibility.fct_row_account",
}
COUNTS = [
    *("core.dim_sku", "core.dim_location", "core.dim_supplier", "core.bridge_sku_system_id", "core.fct_stock_movement"),
    *("core.fct_stock_position", "core.fct_stock_balance", "core.fct_purchase_order_line", "core.fct_receipt"),
    *("core.fct_invoice_line", "core.fct_planning_parameter", "core.fct_item_supplier", "visibility.fct_stock_record"),
]


@pytest.fixture(scope="module")
def parts(tiny_marts, wwi_marts, aw_marts) -> list[Marts]:
    return [tiny_marts, wwi_marts, aw_marts]


def value(marts: Marts, query: str) -> Decimal:
    [row] = marts.rows(query)
    [found] = row.values()
    return Decimal(0) if found is None else found


def test_they_are_divisions_of_one_company_in_one_currency(three_marts):
    found = three_marts.rows(
        "select division_code, company_code, company_currency, count(*) as n from core.dim_location "
        "group by all order by all"
    )
    assert [tuple(row.values()) for row in found] == [
        ("adventureworks", "LEAD", "USD", 1),
        ("north", "LEAD", "USD", 2),
        ("south", "LEAD", "USD", 2),
        ("wwi", "LEAD", "USD", 1),
    ]


@pytest.mark.parametrize("figure", FIGURES)
def test_a_consolidated_figure_is_the_sum_of_its_parts(three_marts, parts, figure):
    alone = [value(marts, FIGURES[figure]) for marts in parts]
    assert value(three_marts, FIGURES[figure]) == sum(alone)
    assert any(alone) or figure == "rows unaccounted"


@pytest.mark.parametrize("table", COUNTS)
def test_no_row_is_lost_or_multiplied_by_its_neighbours(three_marts, parts, table):
    count = f"select count(*) from {table}"
    assert value(three_marts, count) == sum(value(marts, count) for marts in parts) > 0


def test_the_company_row_of_a_month_is_the_sum_of_its_divisions(three_marts):
    """Where all four have stock; the value of the month's end and the cost of the year's sales."""
    sums = (
        "select scope_type, sum(closing_amount) as closing, sum(turnover_numerator_amount) as cogs, "
        "sum(cogs_90_amount) as recent from lag.kpi_inventory_turnover where month_start_date = date '2026-05-01' "
        "and scope_type in ('company', 'division') group by 1 order by 1"
    )
    company, division = three_marts.rows(sums)
    assert (company.pop("scope_type"), division.pop("scope_type")) == ("company", "division")
    assert company == division and all(value > 0 for value in company.values())


def test_each_division_keeps_the_figures_it_has_alone(three_marts, parts):
    """Month by month up to the day of its own extract; what comes after it is known to the one who waits only."""
    query = (
        "select scope_id, month_start_date, closing_amount, turnover_numerator_amount, turnover_ratio, "
        "turnover_reason, cost_coverage_ratio from lag.kpi_inventory_turnover "
        "where scope_type = 'division' and is_month_closed order by all"
    )
    together = {(row["scope_id"], row["month_start_date"]): row for row in three_marts.rows(query)}
    alone = [row for marts in parts for row in marts.rows(query)]
    assert len(alone) > 40
    for row in alone:
        assert together[row["scope_id"], row["month_start_date"]] == row


def test_the_made_company_can_end_on_the_last_day_of_another(tmp_path):
    """`make demo LAST_DAY=2016-05-31`: the same company on other days, so that no neighbour's feed looks dead."""
    home = Home.at(tmp_path).make()
    simulate(home, "--last-day", "2016-05-31")
    query = "select min(occurred_at)::date, max(occurred_at)::date, count(*) from read_parquet('{}')"
    files = home.landing / "wms" / "*" / "movements" / "*" / "*.parquet"
    with duckdb.connect() as connection:
        first, last, rows = connection.execute(query.format(files)).fetchone()
    assert date(2016, 1, 20) < first < date(2016, 2, 10) and date(2016, 5, 31) <= last <= date(2016, 6, 1)
    assert rows > 3_000
