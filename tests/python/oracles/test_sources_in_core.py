"""Orders, forecasts, money, readings and audits in core hold what landed: no row joined away, none doubled.

Here: core against the accepted rows and against the truth of the simulator, counted apart from the SQL. Not here: what
lands (test_synthetic_sources.py) and the rules of one model (its unit tests).
"""

from __future__ import annotations

from datetime import timedelta

import duckdb
import numpy as np
import pytest

from synthetic.emit_audits import audit_days
from synthetic.emit_finance import plan_finance
from synthetic.forecasts import plan_forecasts
from synthetic.profiles import PROFILES
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED

# core model -> (source, entity, columns of its key); what a later extract replaced counts once
FACTS = {
    "fct_sales_order_line": ("erp", "sales_order_lines", "_instance, order_number, line_number"),
    "dim_customer": ("erp", "customers", "_instance, customer_code"),
    "fct_demand_forecast": ("erp", "demand_forecasts", "_instance, item_code, location_code, made_at, period_start"),
    "fct_promotion": ("erp", "promotions", "_instance, promotion_code, item_code, location_code"),
    "fct_write_off": ("erp", "write_offs", "_instance, write_off_number"),
    "fct_sensor_reading": ("iot", "readings", "_instance, sensor_id, read_at"),
    "fct_physical_audit": ("audit", "physical_audits", "_instance, audit_id"),
    "fct_financial_balance": ("erp", "financial_balances", "_instance, account, location_code, period_end"),
    "fct_system_kpi": ("erp", "system_kpis", "_instance, kpi, scope_type, scope_code, period_end"),
    "fct_disruption": ("erp", "disruptions", "_instance, disruption_code"),
}


@pytest.fixture(scope="module")
def world():
    return build_world(PROFILES["tiny"], SEED)


@pytest.mark.parametrize("model", FACTS)
def test_core_holds_every_accepted_key_once_but_for_what_waits(tiny_marts, model):
    source, entity, key = FACTS[model]
    landed = duckdb.sql(f"""
        select count(*) from (select distinct {key}
        from read_parquet('{tiny_marts.home.pinned}/{source}/{entity}/*.parquet'))
    """).fetchone()[0]  # fmt: skip
    waiting = tiny_marts.rows(f"""
        select coalesce(sum(row_count), 0) as n from core.fct_row_rejection
        where entity = '{entity}' and held_back_by = 'master_data'
    """)[0]["n"]  # fmt: skip
    held = tiny_marts.rows(f"select count(*) as n from core.{model}")[0]["n"]
    assert landed > 0 and held == landed - waiting


def test_orders_of_unknown_items_wait_for_the_master(tiny_marts):
    waiting = tiny_marts.rows("""
        select rule_id, message from core.fct_row_rejection where entity = 'sales_order_lines'
    """)
    assert [row["rule_id"] for row in waiting] == ["unknown_item"] * PROFILES["tiny"].faults.unknown_item_ordered
    assert all("ZZ-ORDERED-" in row["message"] and "refresh" in row["message"] for row in waiting)


def test_every_invoice_line_finds_the_order_line_it_serves(tiny_marts):
    assert tiny_marts.rows("""
        select count(*) > 1000 as is_much, count(*) filter (where orders.order_number is null) as lost,
            count(*) filter (where orders.ordered_qty < shipped_qty) as beyond
        from core.fct_invoice_line as lines
        left join core.fct_sales_order_line as orders
            on lines.division_code = orders.division_code and lines.order_number = orders.order_number
            and lines.order_line_number = orders.line_number and lines.sku_id = orders.sku_id
    """) == [{"is_much": True, "lost": 0, "beyond": 0}]  # fmt: skip


def test_missed_demand_is_what_found_no_goods(tiny_marts, world):
    """Ordered less shipped of lines that were closed or stay open for want of stock, in base units, over the run."""
    lines = world.order_lines
    withdrawn = int(lines.qty[lines.reason > 0].sum())
    told = tiny_marts.rows("select sum(ordered_qty) as n from core.fct_sales_order_line")[0]["n"]
    shipped, missed = int(world.sales.qty.sum()), int(world.truth.unserved["qty"].sum())
    unknown = tiny_marts.rows("""
        select sum(raw.ordered_qty) as n from staging.stg_erp__sales_order_lines as raw where item_code like 'ZZ-%'
    """)[0]["n"]
    assert told == shipped + missed + withdrawn - unknown


def test_the_books_tie_to_the_value_of_stock_but_for_the_planted_gaps(tiny_marts, world):
    """Inventory in local currency at the month end: the general ledger beside quantity times cost of our own.

    The last month end is left out: the faults of the reports lie there. What remains are events that one side lost and
    costs that the master lacks, which is less than half of a planted gap.
    """
    told = tiny_marts.rows("""
        select balances.location_id, balances.period_end_date, balances.source_balance_amount as books,
            sum(stock.on_hand_qty * stock.unit_cost_amount) as ours
        from core.fct_financial_balance as balances
        left join core.fct_stock_value as stock
            on balances.location_id = stock.location_id
            and balances.period_end_date >= stock.valid_from_date and balances.period_end_date < stock.valid_to_date
        where account = 'inventory' and balances.period_end_date < date '2026-06-30'
        group by all
    """)
    gaps = {(row["location_id"], row["period_end_date"]) for row in told if abs(row["books"] / row["ours"] - 1) > 0.015}
    first = world.profile.first_day
    plan = {
        (
            f"{world.company.divisions[int(world.company.division_of_site[site])].code}.{world.company.sites[site].code}",
            first + timedelta(days=int(world.records.calendar.month_ends[month])),
        )
        for month, site in plan_finance(world).gaps
    }
    assert len(told) == 12 and gaps == plan


def test_an_audit_is_the_shelf(tiny_marts, world):
    found = {
        (row["item_code"], row["location_id"].split(".")[1]): int(row["audited_qty"])
        for row in tiny_marts.rows("select item_code, location_id, audited_qty from core.fct_physical_audit")
    }
    company, [day] = world.company, audit_days(world)
    for key in range(company.keys):
        name = company.items["item_code"].iloc[int(company.item_of[key])], company.sites[int(company.site_of[key])].code
        if name in found:
            assert found.pop(name) == int(world.truth.physical[day, key])
    assert not found


def test_the_biased_key_item_shows_in_the_forecasts_of_its_sku(tiny_marts, world):
    [item] = plan_forecasts(world).item.tolist()
    code = world.company.items["item_code"].iloc[item]
    division = world.company.divisions[int(world.company.items["division"].iloc[item])].code
    ratio = tiny_marts.rows(f"""
        select sum(forecast_qty) / sum(statistical_qty) as ratio from core.fct_demand_forecast
        where division_code = '{division}' and item_code = '{code}'
    """)[0]["ratio"]  # fmt: skip
    assert np.isclose(float(ratio), plan_forecasts(world).factor[item], rtol=0.05)
