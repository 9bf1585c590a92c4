"""Orders, forecasts, money, readings and audits in core hold what landed: no row joined away, none doubled.

Here: core against the accepted rows and against the truth of the simulator, counted apart from the SQL. Not here: what
lands (test_synthetic_sources.py) and the rules of one model (its unit tests).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import duckdb
import numpy as np
import pytest

from synthetic import truth
from synthetic.books import CostAt
from synthetic.emit_audits import audit_days
from synthetic.emit_finance import plan_finance
from synthetic.forecasts import plan_forecasts
from synthetic.profiles import PROFILES
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED
from tests.python.oracles.accepted import latest

# core model -> (source, entity, columns of its key); what a later extract replaced counts once
FACTS = {
    "fct_sales_order_line": ("erp", "sales_order_lines", "_instance, order_number, line_number"),
    "dim_customer": ("erp", "customers", "_instance, customer_code"),
    "fct_demand_forecast": ("erp", "demand_forecasts", "_instance, item_code, location_code, made_at, period_start"),
    "fct_write_off": ("erp", "write_offs", "_instance, write_off_number"),
    "fct_sensor_reading": ("iot", "readings", "_instance, sensor_id, read_at"),
    "fct_physical_audit": ("audit", "physical_audits", "_instance, audit_id"),
    "fct_financial_balance": ("erp", "financial_balances", "_instance, account, location_code, period_end"),
    "fct_system_kpi": ("erp", "system_kpis", "_instance, kpi, scope_type, scope_code, period_end"),
    "fct_disruption": ("erp", "disruptions", "_instance, disruption_code"),
}


NEVER_SENT = ("lost_in_wms", "opening_missing", "missing_transfer_leg")
"""Planted events that the books know and the WMS never told: what our stock lacks by them."""


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


@pytest.mark.parametrize("name", ["tiny", "edge"])
def test_a_promotion_stands_once_per_sku_and_location_at_which_it_runs(request, name):
    """Without a location it runs at all of its division; codes of one SKU are one promotion, off when all are off."""
    case = request.getfixturevalue(name)
    masters = case.company.masters
    members = defaultdict(list)
    key = ("instance", "promotion_code", "item_code", "location_code")
    for row in latest(case.company.accepted.rows("erp", "promotions"), lambda r: tuple(getattr(r, k) for k in key)):
        sku, place = masters.sku.get((row.instance, row.item_code)), f"{row.instance}.{row.location_code}"
        for location in masters.locations.values() if sku else ():
            if location.division == row.instance and (row.location_code is None or location.location_id == place):
                members[row.instance, row.promotion_code, sku, location.location_id].append(row)
    expected = {
        key: {
            "mechanic": min(r.mechanic for r in rows),
            "discount_ratio": max((r.discount_ratio for r in rows if r.discount_ratio is not None), default=None),
            "start_date": min(r.start_date for r in rows),
            "end_date": max(r.end_date for r in rows),
            "is_cancelled": all(r.status == "cancelled" for r in rows),
            "planned_uplift_ratio": max(
                (r.planned_uplift_ratio for r in rows if r.planned_uplift_ratio is not None), default=None
            ),
        }
        for key, rows in members.items()
    }
    found = case.marts.rows("select * from core.fct_promotion")
    grain = ("division_code", "promotion_code", "sku_id", "location_id")
    assert len(found) == len(expected) > 0
    assert {tuple(row.pop(column) for column in grain): row for row in found} == expected


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

    The last month end is left out: the faults of the reports lie there. Goods of events that the WMS never sent are
    added to ours as the truth ledger tells them. What remains are costs that the master lacks and events held back,
    which is less than half of a planted gap.
    """
    unsent = _never_sent(world)
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
    gaps = set()
    for row in told:
        lacking = sum(value for day, value in unsent[row["location_id"]] if day <= row["period_end_date"])
        if abs(float(row["books"]) / (float(row["ours"]) + lacking) - 1) > 0.015:
            gaps.add((row["location_id"], row["period_end_date"]))
    first = world.profile.first_day
    plan = {
        (
            f"{world.company.divisions[int(world.company.division_of_site[site])].code}.{world.company.sites[site].code}",
            first + timedelta(days=int(world.records.calendar.month_ends[month])),
        )
        for month, site in plan_finance(world).gaps
    }
    assert len(told) == 12 and gaps == plan


def _never_sent(world):
    """Location -> (day, value in local currency) of every planted event that the WMS never sent."""
    company, cost_at = world.company, CostAt(world)
    item_of = {
        (company.divisions[int(division)].code, code): number
        for number, (division, code) in enumerate(
            zip(company.items["division"], company.items["item_code"], strict=True)
        )
    }
    found = defaultdict(list)
    for row in truth.planted(world).to_pylist():
        if row["fault"] in NEVER_SENT:
            day = row["at"].date()
            item = np.array([item_of[row["division_code"], row["item_code"]]])
            cost = float(cost_at(item, (day - world.profile.first_day).days)[0])
            found[f"{row['division_code']}.{row['location_code']}"].append((day, row["qty"] * cost))
    assert found
    return found


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
