"""Turns, days on hand and cost of holding against the oracle, every scope."""

from __future__ import annotations

from datetime import date

import pytest

from tests.python.oracles.compare import assert_none, ratio_close
from tests.python.oracles.differences import carrying_differences, turnover_differences


def months_of(case) -> list[tuple[date, date]]:
    """All months, or of a long history some: the first, the first full year, one between, the last two."""
    months = case.company.months
    return months if len(months) < 20 else [months[n] for n in (0, 10, 11, 25, -2, -1)]


def test_turns_and_cover_of_every_scope(case):
    differences, total = [], 0
    for _, last_day in months_of(case):
        wrong, rows = turnover_differences(case, case.marts, last_day)
        differences, total = differences + wrong, total + rows
    assert_none(differences, total)


@pytest.mark.parametrize("name", ["turnover_ratio", "doh_90_days", "doh_365_days"])
def test_the_history_gives_figures_to_compare(edge, name):
    """The comparison above would be empty words if every figure were null."""
    found = edge.marts.rows(
        f"select scope_type, count({name}) as n from lag.kpi_inventory_turnover where is_month_closed group by 1"
    )
    assert len(found) == 7
    assert all(row["n"] >= 6 for row in found)


def test_the_other_covers_follow_from_the_same_amounts(case):
    found = case.marts.rows("select * from lag.kpi_inventory_turnover")
    assert found
    for row in found:
        if row["turnover_ratio"] and row["turnover_numerator_amount"] > 0:
            parts = row["avg_inventory_amount"], row["turnover_numerator_amount"]
            assert ratio_close(row["doh_365_days"], *parts, factor=365)
        if row["wos_91_reason"] is None:
            assert ratio_close(row["doh_91_days"], row["closing_amount"], row["cogs_91_amount"], factor=91)
            assert ratio_close(row["wos_91_weeks"], row["closing_amount"], row["cogs_91_amount"], factor=13)


def test_cost_of_holding_of_every_scope(case):
    differences, total = [], 0
    for month, last_day in months_of(case):
        wrong, rows = carrying_differences(case, case.marts, month, last_day)
        differences, total = differences + wrong, total + rows
    assert_none(differences, total)
