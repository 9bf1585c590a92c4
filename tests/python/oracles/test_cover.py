"""Cover ahead and cover in units against the oracle, every scope."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.python.oracles.compare import assert_none, ratio_close
from tests.python.oracles.cover import Expected, covers

UNIT_SCOPES = ("sku", "sku_location")


def some_months(case) -> list:
    """All months, or of many the first, one between and the last two."""
    months = case.company.months
    return months if len(months) < 8 else [months[n] for n in (0, len(months) // 2, -2, -1)]


def alike(mart, oracle: float | None) -> bool:
    """Whether two covers agree: money has four digits, so a long one of little demand is known to a thousandth."""
    if mart is None or oracle is None:
        return mart is None and oracle is None
    return abs(float(mart) - oracle) <= 0.02 + 0.001 * oracle


def errors(row: dict, said) -> list:
    """What a row of kpi_inventory_turnover says otherwise than the oracle: (column, mart, oracle)."""
    has_units = row["scope_type"] in UNIT_SCOPES
    value, units = said.days(in_units=False), said.days(in_units=True) if has_units else None
    pairs = {"doh_forward_days": value, "doh_forward_unit_days": units}
    wrong = [(name, row[name], days) for name, days in pairs.items() if not alike(row[name], days)]
    exact = {
        "forward_source": said.source,
        "wos_forward_reason": "no_cost" if said.value is None else "no_demand" if value is None else None,
        "wos_forward_unit_reason": "mixed_units" if not has_units else "no_demand" if units is None else None,
    }
    return wrong + [(name, row[name], told) for name, told in exact.items() if row[name] != told]


def test_cover_ahead_of_every_scope(case):
    expected, differences, total = Expected(case.company), [], 0
    for _, last_day in some_months(case):
        oracle = covers(case.company, expected, last_day)
        found = case.marts.rows(f"select * from lag.kpi_inventory_turnover where last_day_date = date '{last_day}'")
        assert {(row["scope_type"], row["scope_id"]) for row in found} == set(oracle)
        total += len(found)
        for row in found:
            scope = row["scope_type"], row["scope_id"]
            differences += [(last_day, *scope, *error) for error in errors(row, oracle[scope])]
    assert_none(differences, total)


def test_weeks_are_sevenths_and_units_have_their_own_cover(case):
    """Cover in units against the daily series of one SKU, and every week against its days."""
    rows = case.marts.rows("select * from lag.kpi_inventory_turnover")
    assert rows
    for row in rows:
        for ahead in ("", "_unit"):
            days, weeks = row[f"doh_forward{ahead}_days"], row[f"wos_forward{ahead}_weeks"]
            assert weeks is None if days is None else abs(weeks * 7 - days) < Decimal("0.00001")
        for days in (90, 91):
            cover, sold = row[f"doh_{days}_unit_days"], row[f"sold_{days}_qty"]
            if cover is not None:
                assert row["scope_type"] in UNIT_SCOPES
                assert ratio_close(cover, row["closing_qty"], sold, days)


def test_units_sold_and_held_are_those_of_the_ledger(case):
    last_day = case.company.months[-1][1]
    rows = case.marts.rows(
        f"select * from lag.kpi_inventory_turnover where scope_type = 'sku_location' "
        f"and last_day_date = date '{last_day}'"
    )
    assert rows
    for row in rows:
        sku, location = row["scope_id"].rsplit("|", 1)
        series = case.company.days[sku, location]
        assert row["closing_qty"] == series[last_day].qty
        for days in (90, 91):
            recent = [day.sold for on, day in series.items() if (last_day - on).days < days]
            assert row[f"sold_{days}_qty"] == sum(recent)


@pytest.mark.parametrize("source", ["forecast", "trailing_91_days", "mixed", None])
def test_every_source_of_demand_occurs(edge, source):
    """The comparison above would be empty words if all plans came from one place."""
    same = "is null" if source is None else f"= '{source}'"
    assert edge.marts.rows(f"select 1 from lag.kpi_inventory_turnover where forward_source {same} limit 1")


@pytest.mark.parametrize("reason", ["no_cost", "no_demand", None])
def test_every_reason_of_no_cover_occurs(edge, reason):
    same = "is null" if reason is None else f"= '{reason}'"
    assert edge.marts.rows(f"select 1 from lag.kpi_inventory_turnover where wos_forward_reason {same} limit 1")


def test_stock_without_sales_turns_nought_times_and_has_no_cover(edge):
    """On hand above nil and no cost of sales: turns 0, weeks of supply null, no_demand."""
    rows = edge.marts.rows(
        "select * from lag.kpi_inventory_turnover where closing_amount > 0 and turnover_numerator_amount = 0 "
        "and turnover_reason is null and wos_91_reason <> 'short_history'"
    )
    assert rows
    assert {(row["turnover_ratio"], row["wos_91_weeks"], row["wos_91_reason"]) for row in rows} == {
        (Decimal(0), None, "no_demand")
    }
    assert {row["doh_365_reason"] for row in rows} == {"no_demand"}
