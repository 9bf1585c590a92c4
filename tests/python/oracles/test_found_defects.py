"""Defects that the oracles found once, each on its smallest example, so that a return says what it is.

Here: cases of the company of edge cases by name. Not here: the comparison of whole marts, which sees them too.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal


def one(edge, sql: str) -> tuple:
    """The single row of a query."""
    (row,) = edge.marts.rows(sql)
    return tuple(row.values())


def test_an_open_month_has_no_year_and_no_turns_yet(edge):
    """Eleven months and twenty days of sales over a year were called turns."""
    found = edge.marts.rows("select * from lag.kpi_inventory_turnover where not is_month_closed")
    assert {(row["turnover_ratio"], row["doh_365_days"], row["turnover_reason"]) for row in found} == {
        (None, None, "open_month")
    }
    assert any(row["doh_90_days"] is not None for row in found), "cover of the last 90 days needs no year"


def test_a_rate_missing_long_ago_does_not_hide_todays_stock(edge):
    """A gap anywhere in the twelve months made closing stock and 90-day cover null."""
    figures = "select closing_amount, cogs_90_amount, doh_90_days from lag.kpi_inventory_turnover"
    found = one(edge, f"{figures} where scope_id = 'isle.I1' and last_day_date = date '2025-09-30'")
    assert all(value is not None and value > 0 for value in found)


def test_the_last_rate_is_carried_into_the_first_month(edge):
    """December's rate was forgotten because the calendar begins with the ledger in January."""
    rates = "select average_rate, closing_rate, is_carried from core.fct_company_rate"
    january = one(edge, f"{rates} where currency = 'GBP' and month_start_date = date '2025-01-01'")
    assert january == (Decimal("1.25"), Decimal("1.255"), True)


def test_ninety_days_of_sales_take_each_months_own_rate(edge):
    """All of them were converted at the last month's: over one window that began within it both amounts must agree."""
    figures = "select turnover_numerator_amount, cogs_90_amount from lag.kpi_inventory_turnover"
    year, quarter = one(edge, f"{figures} where scope_id = 'west.W1' and last_day_date = date '2025-03-31'")
    assert year == quarter > 0


def test_a_price_in_another_currency_is_no_price_in_ours(edge):
    """Ten dollars of an order were a cost of ten euros."""
    ordered = "sku_id = 'ITEM-west-w21' and is_known_cost"
    found = edge.marts.rows(f"select unit_cost_amount, currency from core.fct_unit_cost where {ordered}")
    assert (10, "EUR") not in {(row["unit_cost_amount"], row["currency"]) for row in found}


def test_what_one_division_stopped_selling_may_be_frozen_in_another(edge):
    """The golden record's end of life spoke for every division."""
    found = edge.marts.rows("select sku_id, location_id from visibility.fct_stock_record_flag where rule_id = 'DQ-P1'")
    flagged = {(row["sku_id"], row["location_id"]) for row in found}
    assert ("MPN-ACME|X-1-EA", "west.W1") in flagged
    assert ("MPN-ACME|X-1-EA", "east.E1") not in flagged


def test_restricted_and_placeholder_gtins_merge_nothing(edge):
    """A GTIN-8 beginning with 2 and a row of noughts have right check digits and name nothing."""
    found = edge.marts.rows("select item_code, sku_id, gtin_status from core.bridge_sku_system_id")
    skus = {row["item_code"]: (row["sku_id"], row["gtin_status"]) for row in found}
    for item in ("e07", "w07", "e08", "w08", "e14", "w14"):
        division = {"e": "east", "w": "west"}[item[0]]
        assert skus[item] == (f"ITEM-{division}-{item}", "restricted_prefix")


def test_an_unknown_opening_is_not_nil(edge):
    """Two points without the first halved the average of every location with a short history."""
    figures = "select avg_method_used, avg_inventory_amount, closing_amount from lag.kpi_inventory_turnover"
    method, average, closing = one(edge, f"{figures} where scope_id = 'west.W2' and last_day_date = date '2025-12-31'")
    assert (method, average) == ("2_point", None)
    assert closing > 0


def test_demand_comes_at_most_once_a_period(edge):
    """52 weeks with demand were counted among 51: active weeks were sevens of days, demand weeks ISO weeks."""
    assert one(edge, "select count(*) from core.fct_sku_class where adi_ratio < 1") == (0,)


def test_unit_costs_are_maximal_runs(edge):
    """Every order date cut the interval, whatever cost was in force."""
    steps = (
        "select (unit_cost_amount, cost_source) as cost, lag((unit_cost_amount, cost_source)) "
        "over (partition by sku_id, location_id order by valid_from_date) as before from core.fct_unit_cost"
    )
    assert one(edge, f"select count(*) from ({steps}) where cost = before") == (0,)


def test_a_cost_from_the_day_of_a_review_is_not_its_cost(edge):
    """The review looks at the day before: e10 costs 6 up to 31 December 2025 and 6.5 from 1 January."""
    usage = "select usage_amount, usage_qty from lag.kpi_abc_class where sku_id = 'ITEM-east-e10'"
    amount, qty = one(edge, f"{usage} and scope_type = 'company' and review_date = date '{date(2026, 1, 1)}'")
    assert amount == 6 * qty > 0
