"""Inventory to sales against the oracle: every scope, month and quarter; benchmark and alignment with a year before."""

from __future__ import annotations

import pytest

from tests.python.oracles.accepted import policy
from tests.python.oracles.compare import assert_none, close, near
from tests.python.oracles.gmroii import Sales
from tests.python.oracles.stock_to_sales import Period, alignment, benchmark, by_start, periods


def errors(row: dict, said: Period) -> list:
    """What a row of kpi_inventory_to_sales says otherwise than the oracle: (column, mart, oracle)."""
    wrong = []
    for reading, pair in (("sales", said.by_sales), ("cogs", said.by_cogs)):
        mean = None if pair.stock is None else pair.stock / said.known
        sold = "net_sales_amount" if reading == "sales" else "cogs_amount"
        amounts = {f"{reading}_stock_amount": mean, sold: pair.sales}
        wrong += [(name, row[name], value) for name, value in amounts.items() if not close(row[name], value)]
        if pair.sales is not None and 0 < abs(pair.sales) < 1:
            continue  # the mart's four digits say little of sales below one
        ratios = {
            f"inventory_to_{reading}_ratio": said.ratio(reading),
            f"stock_to_period_{reading}_ratio": said.part(reading),
        }
        wrong += [(name, row[name], value) for name, value in ratios.items() if not near(row[name], value, 3)]
        why = said.reason(reading)
        if row[f"inventory_to_{reading}_reason"] != why:
            wrong.append((f"inventory_to_{reading}_reason", row[f"inventory_to_{reading}_reason"], why))
    return wrong


def test_ratios_of_every_scope_and_period(case):
    said = by_start(periods(case.company, Sales(case.company)))
    starts = sorted(said) if len(said) < 30 else sorted(said)[::6]
    differences, total, compared = [], 0, 0
    for kind, start in starts:
        oracle = said[kind, start]
        year_before = said.get((kind, start.replace(year=start.year - 1)), {})
        found = case.marts.rows(
            f"select * from lag.kpi_inventory_to_sales where period_type = '{kind}' "
            f"and period_start_date = date '{start}'"
        )
        assert {(row["scope_type"], row["scope_id"]) for row in found} == set(oracle)
        total += len(found)
        for row in found:
            scope = row["scope_type"], row["scope_id"]
            differences += [(kind, start, *scope, *error) for error in errors(row, oracle[scope])]
            basis, code = alignment(oracle[scope], year_before.get(scope))
            if row["alignment_basis"] is not None and min(row["net_sales_amount"] or 0, row["cogs_amount"] or 0) < 1:
                continue
            compared += basis is not None
            if (row["alignment_basis"], row["alignment_code"]) != (basis, code):
                differences.append((kind, start, *scope, "alignment", row["alignment_code"], code))
            if (row["alignment_code"] is None) == (row["alignment_reason"] is None):
                differences.append((kind, start, *scope, "alignment_reason", row["alignment_reason"], code))
    assert_none(differences, total)
    assert compared > 20 or case.name == "tiny"


def test_benchmark_is_the_last_observation_up_to_the_period(case):
    series = policy("isr_benchmark")
    rows = case.marts.rows("select * from lag.kpi_inventory_to_sales where scope_type = 'company'")
    assert rows
    for row in rows:
        told = benchmark(row["last_day_date"], series)
        assert row["benchmark_ratio"] == told
        if told is None or row["inventory_to_sales_ratio"] is None:
            assert row["benchmark_gap_ratio"] is None
        else:
            assert near(row["benchmark_gap_ratio"], row["inventory_to_sales_ratio"] / told - 1)


@pytest.mark.parametrize("reason", ["open_month", "no_sales", "short_history", "no_cost", None])
def test_every_reason_occurs(edge, reason):
    """The comparison above would be empty words if every figure had one reason."""
    same = "is null" if reason is None else f"= '{reason}'"
    assert edge.marts.rows(f"select 1 from lag.kpi_inventory_to_sales where inventory_to_sales_reason {same} limit 1")


@pytest.mark.parametrize("code", ["aligned", "sales_behind_stock", "ratio_up_and_sales_behind_stock"])
def test_every_alignment_occurs(edge, code):
    assert edge.marts.rows(f"select 1 from lag.kpi_inventory_to_sales where alignment_code = '{code}' limit 1")
