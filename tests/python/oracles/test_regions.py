"""Two companies with regions of one name, a region of two divisions, and places whose region nobody told.

Here: the company of edge cases with one division under another company. Not here: regions of one company, which every
oracle compares as it does the other scopes (company.py).
"""

from __future__ import annotations

import pytest

from orchestration.lib import accepting
from orchestration.lib.paths import Home
from tests.python.compiled import compiled_project
from tests.python.dbt_in_process import Dbt
from tests.python.faults.stream import Stream
from tests.python.fixtures_marts import Marts
from tests.python.oracles import edge_company
from tests.python.oracles.company import Company
from tests.python.oracles.compare import assert_none
from tests.python.oracles.differences import Case, carrying_differences, turnover_differences
from tests.python.oracles.shrinkage import by_scope

KPIS = ("kpi_inventory_turnover", "kpi_carrying_cost", "kpi_shrinkage")
REGIONS = {
    "east.E1": "OTHER|coast",
    "west.W1": "ACME|coast",
    "west.W2": "ACME|(unknown)",
    "isle.I1": "ACME|(unknown)",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """East, whose site is on the coast as one of west's is, belongs to another company."""
    home = Home.at(tmp_path_factory.mktemp("regions") / "home").make()
    edge_company.land(home.landing)
    stream = Stream(home)
    for batch in stream.batches("erp/east/divisions"):
        stream.change(batch, lambda rows: [row | {"company_code": "OTHER"} for row in rows])
    accepting.accept(home)
    (home.root / "spill").mkdir(exist_ok=True)
    with compiled_project().needed_by(lambda node: node.name in KPIS).build(home, is_marts=True):
        pass
    return Case("regions", Marts(home, Dbt(home)), Company(home))


def test_a_region_is_of_its_company_and_one_that_nobody_told_is_unknown(case):
    rows = case.marts.rows(
        "select distinct location_id, scope_id from core.bridge_stock_scope where scope_type = 'region'"
    )
    assert {row["location_id"]: row["scope_id"] for row in rows} == REGIONS and len(rows) == len(REGIONS)
    told = case.marts.rows("select location_id, region_id from core.dim_location")
    assert {row["location_id"]: row["region_id"] for row in told} == REGIONS


def test_each_record_is_in_one_region(case):
    sql = "select count(*) as n, count(distinct sku_id || ' ' || location_id) as records from core.{} where true {}"
    (region,) = case.marts.rows(sql.format("bridge_stock_scope", "and scope_type = 'region'"))
    (record,) = case.marts.rows(sql.format("bridge_sku_location", ""))
    assert region == record and record["n"] > 0


def test_turns_and_cost_of_holding_stay_apart(case):
    differences, total = [], 0
    for month, last_day in case.company.months[-3:]:
        for wrong, rows in (
            turnover_differences(case, case.marts, last_day),
            carrying_differences(case, case.marts, month, last_day),
        ):
            differences, total = differences + wrong, total + rows
    assert_none(differences, total)


def test_losses_stay_apart(case):
    rows = case.marts.rows(
        "select scope_id, quarter_start_date as first from lag.kpi_shrinkage where scope_type = 'region'"
    )
    expected = {(scope_id, first) for kind, scope_id, first in by_scope(case.company) if kind == "region"}
    assert {(row["scope_id"], row["first"]) for row in rows} == expected
    assert {scope_id for scope_id, _ in expected} == set(REGIONS.values())


@pytest.mark.parametrize("company", ["ACME", "OTHER"])
def test_regions_add_up_to_their_company(case, company):
    sums = "month_start_date, sum(closing_amount) as closing, sum(value_days) as value_days"
    rows = "select {} from lag.kpi_inventory_turnover inner join lag.kpi_carrying_cost "
    rows += "using (scope_type, scope_id, month_start_date) where scope_type = '{}' and scope_id like '{}' "
    rows += "group by month_start_date order by month_start_date"
    regions = case.marts.rows(rows.format(sums, "region", f"{company}|%"))
    assert regions == case.marts.rows(rows.format(sums, "company", company)) and regions
