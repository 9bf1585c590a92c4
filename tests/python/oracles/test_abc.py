"""ABC classes of every review against the oracle, both rules for the item that crosses a limit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.python.oracles.compare import assert_none
from tests.python.oracles.differences import class_differences


def test_reviews_are_half_yearly_and_one_is_provisional(case):
    """1 January and 1 July from the second day of the ledger to the cut-off, and the day after the cut-off."""
    company = case.company
    first = min(company.first_day.values())
    regular = {
        date(year, month, 1)
        for year in range(first.year, company.as_of_date.year + 1)
        for month in (1, 7)
        if first < date(year, month, 1) <= company.as_of_date
    }
    found = case.marts.rows("select distinct review_date, is_provisional from lag.kpi_abc_class")
    expected = {(day, False) for day in regular} | {(company.as_of_date + timedelta(days=1), True)}
    assert {(row["review_date"], row["is_provisional"]) for row in found} == expected


def test_classes_of_every_review(case):
    assert_none(*class_differences(case, case.marts, "before"))


@pytest.mark.parametrize("scope_type", ["company", "division"])
def test_shares_add_up_and_ranks_have_no_holes(case, scope_type):
    found = case.marts.rows(
        "select scope_id, review_date, is_provisional, count(*) as n, max(value_rank) as top, "
        "sum(usage_share_ratio) as s, max(cumulative_share_ratio) as through, "
        "count(distinct value_rank) as ranks from lag.kpi_abc_class "
        f"where scope_type = '{scope_type}' group by all"
    )
    assert found
    for row in found:
        assert row["n"] == row["top"] == row["ranks"]
        assert abs(row["s"] - 1) < row["n"] * 0.000001
        assert row["through"] == 1
