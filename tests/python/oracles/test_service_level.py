"""Service level targets of every record and scope against the oracle, whose quantiles are computed another way."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest

from tests.python.oracles.compare import assert_none, near, ratio_close
from tests.python.oracles.lead_time_demand import LeadTimeDemand
from tests.python.oracles.service_level import ServiceLevels, decimal

TEXTS = ("service_level_reason", "lead_time_distribution", "decided_by")
FIGURES = (
    "cap_ratio", "shortage_unit_amount", "annual_demand_qty", "lead_time_order_qty", "cost_optimum_ratio",
    "contract_floor_ratio", "service_level_target_ratio", "needed_reorder_point_qty", "needed_safety_stock_qty",
    "fill_ratio", "in_stock_ratio", "holding_cost_amount", "shortage_cost_amount", "penalty_cost_amount",
    "total_cost_amount", "contract_premium_amount", "planned_total_cost_amount",
)  # fmt: skip


def same(mart, oracle) -> bool:
    """Five digits, or the rounding of amounts to four."""
    both = mart is not None and oracle is not None
    return near(mart, oracle) or (both and abs(mart - oracle) <= Decimal("0.0002"))


def target_differences(company, marts, **choices):
    """(differences, number of records) between the marts and the oracle."""
    oracle, wrong = ServiceLevels(company, marts.rows, **choices), []
    found = {(r["sku_id"], r["location_id"]): r for r in marts.rows("select * from service.kpi_service_level_target")}
    assert set(found) == company.records
    for record in sorted(company.records):
        row, said = found[record], oracle.target(record)
        texts = [name for name in TEXTS if name != "lead_time_distribution" or name in said]
        off = [name for name in texts if row[name] != said.get(name)]
        known = [name for name in FIGURES if name != "lead_time_order_qty" or name in said]
        off += [name for name in known if not same(row[name], decimal(said.get(name)))]
        if off:
            wrong.append((record, {name: (row[name], said.get(name)) for name in off}))
    return wrong, len(found)


def test_targets_of_every_record(case):
    assert_none(*target_differences(case.company, case.marts))


def test_there_is_something_to_compare(tiny, edge):
    """The comparison above says little unless every distribution, every part and a contract have decided somewhere."""
    sql = "select distinct {0} as x from service.kpi_service_level_target where {0} is not null"
    kinds = {row["x"] for marts in (tiny.marts, edge.marts) for row in marts.rows(sql.format("lead_time_distribution"))}
    assert {"normal", "gamma", "negative_binomial"} <= kinds
    parts = {row["x"] for marts in (tiny.marts, edge.marts) for row in marts.rows(sql.format("decided_by"))}
    assert parts == {"contract", "cap", "cost_optimum"}
    reasons = {row["x"] for row in edge.marts.rows(sql.format("service_level_reason"))}
    assert {"no_demand", "no_lead_time", "no_cost", "no_price"} <= reasons
    missed = "select count(*) as n from service.int_service__service_level_candidate where penalty_cost_amount > 0"
    assert tiny.marts.rows(missed)[0]["n"] > 0


def test_gap_of_every_scope(case):
    oracle = ServiceLevels(case.company, case.marts.rows)
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for record in case.company.records:
        said = oracle.target(record)
        target, planned = said.get("service_level_target_ratio"), said.get("planned_service_level_ratio")
        for scope in case.company.scopes(record).items():
            if target is None or planned is None:
                sums[scope]  # a scope without anything to compare has a row as well
                continue
            value = said["annual_demand_qty"] * float(case.company.costs.at(record, case.company.as_of_date)[0])
            value *= float(case.company.rate(record, case.company.as_of_date, "closing"))
            sums[scope][0] += value if planned < target else 0
            sums[scope][1] += value
    found = case.marts.rows("select * from scorecard.fct_kpi_value where kpi_id = 'service_level_gap_ratio'")
    assert {(row["scope_type"], row["scope_id"]) for row in found} == set(sums)
    for row in found:
        short, total = sums[row["scope_type"], row["scope_id"]]
        if total == 0:
            assert row["kpi_value"] is None and row["reason_code"] is not None
        else:
            assert ratio_close(row["kpi_value"], Decimal(repr(short)), Decimal(repr(total))), row


@pytest.mark.parametrize("kind", ["normal", "gamma", "negative_binomial", "poisson"])
def test_the_oracle_knows_its_distributions(kind):
    """Mean from the survival function: E[X] = E[(X - 0)+] where X is not negative."""
    demand = LeadTimeDemand(kind, 30.0, 4.0 if kind in ("poisson", "normal") else 7.0)
    assert abs(demand.shortage(0.0) - 30.0) < 1e-6
    assert 0.94 < demand.service("cycle", demand.reorder_point("cycle", 0.95, 10.0), 10.0) < 0.975
