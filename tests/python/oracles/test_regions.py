"""Regions: of one name in two companies, of places that tell none, and of what sites do.

Here: the company of edge cases with one division under another company; KPIs that sum sites and not stock records. Not
here: regions of stock records of one company, which every oracle compares as it does the other scopes (company.py).
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from orchestration.lib import accepting
from orchestration.lib.paths import Home
from tests.python.compiled import compiled_project
from tests.python.dbt_in_process import Dbt
from tests.python.faults.stream import Stream
from tests.python.fixtures_marts import Marts
from tests.python.oracles import edge_company
from tests.python.oracles.company import Company
from tests.python.oracles.compare import assert_none, close
from tests.python.oracles.differences import Case, carrying_differences, turnover_differences
from tests.python.oracles.shrinkage import by_scope

KPIS = ("kpi_inventory_turnover", "kpi_carrying_cost", "kpi_shrinkage")
REGIONS = {
    "east.E1": "OTHER|coast",
    "west.W1": "ACME|coast",
    "west.W2": "ACME|(unknown)",
    "isle.I1": "ACME|(unknown)",
}
OF_SITES = (
    "bin_accuracy_ratio", "count_accuracy_ratio", "count_ingest_excess_ratio", "count_overdue_value_ratio",
    "count_variance_ratio", "customer_otif_ratio", "escalation_ack_ratio", "golden_zone_ratio", "line_fill_ratio",
    "order_cycle_slow_ratio", "overstock_value_ratio", "pick_error_ratio", "reporting_need_ratio",
    "slotting_efficiency_ratio", "storage_safe_ratio", "unit_fill_ratio",
)  # fmt: skip
"""KPIs that sum what locations did, and not the stock records of the bridge."""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Case:
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


def test_a_region_is_of_its_company_and_one_that_nobody_told_is_unknown(two):
    rows = two.marts.rows(
        "select distinct location_id, scope_id from core.bridge_stock_scope where scope_type = 'region'"
    )
    assert {row["location_id"]: row["scope_id"] for row in rows} == REGIONS and len(rows) == len(REGIONS)
    told = two.marts.rows("select location_id, region_id from core.dim_location")
    assert {row["location_id"]: row["region_id"] for row in told} == REGIONS


def test_each_record_is_in_one_region(two):
    sql = "select count(*) as n, count(distinct sku_id || ' ' || location_id) as records from core.{} where true {}"
    (region,) = two.marts.rows(sql.format("bridge_stock_scope", "and scope_type = 'region'"))
    (record,) = two.marts.rows(sql.format("bridge_sku_location", ""))
    assert region == record and record["n"] > 0


def test_turns_and_cost_of_holding_stay_apart(two):
    differences, total = [], 0
    for month, last_day in two.company.months[-3:]:
        for wrong, rows in (
            turnover_differences(two, two.marts, last_day),
            carrying_differences(two, two.marts, month, last_day),
        ):
            differences, total = differences + wrong, total + rows
    assert_none(differences, total)


def test_losses_stay_apart(two):
    rows = two.marts.rows(
        "select scope_id, quarter_start_date as first from lag.kpi_shrinkage where scope_type = 'region'"
    )
    expected = {(scope_id, first) for kind, scope_id, first in by_scope(two.company) if kind == "region"}
    assert {(row["scope_id"], row["first"]) for row in rows} == expected
    assert {scope_id for scope_id, _ in expected} == set(REGIONS.values())


@pytest.mark.parametrize("company", ["ACME", "OTHER"])
def test_regions_add_up_to_their_company(two, company):
    sums = "month_start_date, sum(closing_amount) as closing, sum(value_days) as value_days"
    rows = "select {} from lag.kpi_inventory_turnover inner join lag.kpi_carrying_cost "
    rows += "using (scope_type, scope_id, month_start_date) where scope_type = '{}' and scope_id like '{}' "
    rows += "group by month_start_date order by month_start_date"
    regions = two.marts.rows(rows.format(sums, "region", f"{company}|%"))
    assert regions == two.marts.rows(rows.format(sums, "company", company)) and regions


def test_what_sites_do_adds_up_to_their_region(tiny):
    places = tiny.company.masters.locations
    kpis = ", ".join(f"'{kpi}'" for kpi in OF_SITES)
    rows = tiny.marts.rows(f"select * from scorecard.fct_kpi_value where kpi_id in ({kpis})")
    sums: dict[tuple, list[Decimal | None]] = defaultdict(lambda: [None, None])
    for row in (row for row in rows if row["scope_type"] == "location"):
        key = row["kpi_id"], places[row["scope_id"]].region, row["period_end_date"]
        told = sums[key]
        for place, name in enumerate(("numerator", "denominator")):
            if row[name] is not None:
                told[place] = (told[place] or 0) + row[name]
    regions = {
        (row["kpi_id"], row["scope_id"], row["period_end_date"]): row for row in rows if row["scope_type"] == "region"
    }
    assert set(regions) == set(sums) and {kpi for kpi, *_ in sums} == set(OF_SITES)
    wrong = [
        (key, row["numerator"], row["denominator"], sums[key])
        for key, row in regions.items()
        if not close(row["numerator"], sums[key][0]) or not close(row["denominator"], sums[key][1])
    ]
    assert_none(wrong, len(regions))
    assert len({region for _, region, _ in sums}) > 1, "the company has several regions"
