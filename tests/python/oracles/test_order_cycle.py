"""Hours of order lines from stage to stage against the oracle, and the bottleneck that the simulator plants."""

from __future__ import annotations

from synthetic.profiles import PROFILES
from synthetic.truth import planted
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED
from tests.python.oracles.compare import assert_none, near
from tests.python.oracles.order_cycle import said


def test_every_stage_of_every_month(tiny):
    expected, wrong = said(tiny.marts.rows), []
    rows = tiny.marts.rows("select * from lead.kpi_order_fulfillment_cycle")
    told = {(r["location_id"], r["channel"], r["month_start_date"], r["cycle_stage"]): r for r in rows}
    assert set(told) == set(expected)
    for key, values in expected.items():
        for name, value in values.items():
            same = near(told[key][name], value, 4) if isinstance(value, float) else told[key][name] == value
            if not same:
                wrong.append((key, name, told[key][name], value))
    assert_none(wrong, len(rows))
    assert any(row["is_bottleneck"] for row in rows)


def test_the_planted_bottleneck_stands_out(tiny):
    """At its site packing is the bottleneck of the last month; elsewhere it is not."""
    faults = [r for r in planted(build_world(PROFILES["tiny"], SEED)).to_pylist() if r["fault"] == "bottleneck_stage"]
    sites = {f"{row['division_code']}.{row['location_code']}" for row in faults}
    assert sites
    rows = tiny.marts.rows(
        "select * from lead.kpi_order_fulfillment_cycle where channel = 'all' and cycle_stage = 'pack' "
        "and month_start_date = date '2026-06-01'"
    )
    shares = {row["location_id"]: float(row["spread_share_ratio"]) for row in rows}
    print(shares)
    assert {row["location_id"] for row in rows if row["is_bottleneck"]} == sites
    assert min(shares[site] for site in sites) > 2 * max(share for place, share in shares.items() if place not in sites)


def test_the_slow_lines_are_in_the_scorecard(tiny):
    rows = tiny.marts.rows("select * from scorecard.fct_kpi_value where kpi_id = 'order_cycle_slow_ratio'")
    assert {row["scope_type"] for row in rows} == {"location", "division", "company"}
    months = tiny.marts.rows(
        "select sum(slow_line_count) as slow from lead.kpi_order_fulfillment_cycle where channel = 'all' "
        "and month_start_date < (select date_trunc('month', as_of_date) from core.dim_cutoff)"
    )
    assert sum(row["numerator"] for row in rows if row["scope_type"] == "company") == months[0]["slow"]
