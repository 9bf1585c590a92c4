"""Unit costs as of a day, company rates, demand and cost of sales by day, against the oracle."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from tests.python.oracles.company import Day
from tests.python.oracles.compare import assert_none, close


def test_unit_cost_of_every_interval(case):
    """Each interval says what the oracle says on its first and last day; intervals have no gap and no overlap."""
    company = case.company
    found = case.marts.rows("select * from core.fct_unit_cost order by sku_id, location_id, valid_from_date")
    differences, ends = [], {}
    for row in found:
        record = row["sku_id"], row["location_id"]
        assert ends.get(record, row["valid_from_date"]) == row["valid_from_date"]
        ends[record] = row["valid_to_date"]
        for day in (row["valid_from_date"], row["valid_to_date"] - timedelta(days=1)):
            cost, source = company.costs.at(record, day)
            mart = row["unit_cost_amount"], row["cost_source"], row["is_known_cost"]
            if mart != (cost, source, source not in ("none", "category_median")):
                differences.append((record, day, mart, (cost, source)))
    assert set(ends) == company.records
    assert set(ends.values()) == {date(9999, 12, 31)}
    assert_none(differences, len(found))


def test_rates_into_company_currency(case):
    company = case.company
    pairs = {(x.currency, x.company_currency) for x in company.masters.locations.values()}
    found = case.marts.rows("select * from core.fct_company_rate")
    assert {(row["currency"], row["company_currency"]) for row in found} == pairs
    differences = [
        (row, rate)
        for row in found
        for kind in ("average", "closing")
        if row[f"{kind}_rate"]
        != (rate := company.masters.rate(row["currency"], row["company_currency"], row["month_start_date"], kind))
    ]
    assert_none(differences, len(found))


def test_demand_of_every_day(case):
    oracle: dict = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for leg in case.company.ledger:
        if leg.is_demand:
            oracle[leg.sku, leg.location, leg.day][0] -= leg.qty
        elif leg.kind == "customer_return":
            oracle[leg.sku, leg.location, leg.day][1] += leg.qty
    found = case.marts.rows("select * from core.fct_demand_daily")
    mart = {
        (r["sku_id"], r["location_id"], r["demand_date"]): [r["gross_demand_qty"], r["returned_qty"]] for r in found
    }
    keys = mart.keys() | oracle.keys()
    assert_none([(key, mart.get(key), oracle.get(key)) for key in keys if mart.get(key) != oracle.get(key)], len(keys))
    assert all(row["net_demand_qty"] == row["gross_demand_qty"] - row["returned_qty"] for row in found)


def total(days: list[Day], name: str) -> Decimal | None:
    """Sum of a figure over days; None when one of them is unknown."""
    values = [getattr(day, name) for day in days]
    return None if None in values else sum(values, Decimal(0))


def test_value_and_cost_of_sales_of_every_month(case):
    """The private step under turns and carrying cost, so that a difference is found where it arises."""
    company = case.company
    found = case.marts.rows("select * from lag.int_lag__stock_value_month")
    months = dict(company.months)
    names = {"qty_days": "qty", "known_cost_qty_days": "known_qty", "value_days": "value", "cogs_amount": "cogs"}
    names |= {"sold_qty": "sold"}
    differences = []
    for row in found:
        first, last = row["month_start_date"], months[row["month_start_date"]]
        series = company.days[row["sku_id"], row["location_id"]]
        days = [series[day] for day in series if first <= day <= last]
        oracle = {column: total(days, name) for column, name in names.items()}
        oracle |= {"known_day_count": len(days), "closing_qty": days[-1].qty}
        wrong = [(column, row[column], value) for column, value in oracle.items() if not close(row[column], value)]
        differences += [(row["sku_id"], row["location_id"], first, *error) for error in wrong]
    expected = sum(company.feed_start[record[1]] <= last for record in company.days for _, last in company.months)
    assert len(found) == expected
    assert_none(differences, len(found))
