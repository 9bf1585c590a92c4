"""Hours of order lines from stage to stage against the oracle, and the bottleneck that the simulator plants."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date

import numpy as np
from scipy.stats import norm, rankdata, spearmanr

from orchestration.lib.sql import connect
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
    assert {row["scope_type"] for row in rows} == {"location", "region", "division", "company"}
    months = tiny.marts.rows(
        "select sum(slow_line_count) as slow from lead.kpi_order_fulfillment_cycle where channel = 'all' "
        "and month_start_date < (select date_trunc('month', as_of_date) from core.dim_cutoff)"
    )
    for scope_type in ("location", "region", "division", "company"):
        assert sum(row["numerator"] for row in rows if row["scope_type"] == scope_type) == months[0]["slow"]


def buffer_links(rows) -> dict[tuple[str, str, str], tuple[int, float | None, float | None]]:
    """(scope type, scope, stage) -> pairs of months, Spearman's correlation and its lower bound, from the two KPIs."""
    cover = {
        (r["scope_id"], r["month_start_date"]): float(r["doh_90_days"])
        for r in rows("select * from lag.kpi_inventory_turnover where scope_type = 'location' and is_month_closed")
        if r["doh_90_days"] is not None
    }
    slow = {
        (r["location_id"], r["cycle_stage"], r["month_start_date"]): float(r["p90_hours"])
        for r in rows("select * from lead.kpi_order_fulfillment_cycle where channel = 'all' and cycle_reason is null")
        if (r["location_id"], r["month_start_date"]) in cover
    }
    company = {r["location_id"]: r["company_code"] for r in rows("select * from core.dim_location")}
    pairs = defaultdict(list)
    for (place, stage, month), hours in slow.items():
        before = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
        if (place, stage, before) in slow:
            change = round(hours - slow[place, stage, before], 6), round(cover[place, month] - cover[place, before], 6)
            pairs["company", company[place], stage].append(change)
            pairs["location", place, stage].append(change)
    found = {}
    for key, points in pairs.items():
        x, y = zip(*points, strict=True)
        if min(len(set(rankdata(x))), len(set(rankdata(y)))) < 2:
            found[key] = len(points), None, None
            continue
        r, n, low = float(spearmanr(x, y).statistic), len(points), None
        if n > 3 and abs(r) < 1:
            low = math.tanh(math.atanh(r) - norm.ppf(0.975) * math.sqrt(1.06 / (n - 3)))
        found[key] = n, r, low
    return found


LINK_MODELS = ("int_scorecard__cycle_buffer_point", "int_scorecard__cycle_buffer_rank", "fct_cycle_buffer_link")


def two_years(tiny, folder):
    """The tiny company with 24 months of stages and cover by chance; packing at the first location moves its cover."""
    marts, chance = tiny.marts.copy(folder), np.random.default_rng(5)
    places = [r["location_id"] for r in marts.rows("select location_id from core.dim_location order by 1")]
    months = [date(2024 + n // 12, n % 12 + 1, 1) for n in range(24)]
    slow, cover = [], []
    for place in places:
        held = 30 + np.cumsum(chance.normal(size=24)).round(1)
        cover += [("location", place, month, True, value) for month, value in zip(months, held, strict=True)]
        for stage in ("pick", "pack"):
            own = 12 + (held / 2 if (place, stage) == (places[0], "pack") else 0) + chance.normal(size=24).round(1) / 4
            slow += [(place, "all", stage, month, hours) for month, hours in zip(months, own, strict=True)]
    gone = {slow[5][:4], slow[6][:4]}  # two months without lines enough
    with connect(marts.home.build_db) as connection:
        connection.execute("delete from lead.kpi_order_fulfillment_cycle")
        connection.execute("delete from lag.kpi_inventory_turnover")
        connection.executemany(
            "insert into lead.kpi_order_fulfillment_cycle (location_id, channel, cycle_stage, month_start_date, "
            "p90_hours) values (?, ?, ?, ?, ?)",
            [row for row in slow if row[:4] not in gone],
        )
        connection.executemany(
            "insert into lag.kpi_inventory_turnover (scope_type, scope_id, month_start_date, is_month_closed, "
            "doh_90_days) values (?, ?, ?, ?, ?)",
            cover,
        )
    marts.rebuild(*LINK_MODELS)
    return marts, places


def test_links_to_the_buffer_stock_are_those_of_scipy(tiny, tmp_path):
    marts, places = two_years(tiny, tmp_path)
    expected = buffer_links(marts.rows)
    rows = marts.rows("select * from scorecard.fct_cycle_buffer_link")
    told = {(r["scope_type"], r["scope_id"], r["cycle_stage"]): r for r in rows}
    assert set(told) == set(expected) and {kind for kind, *_ in told} == {"company", "location"}
    for key, (pairs, r, low) in expected.items():
        row = told[key]
        assert row["month_pair_count"] == pairs, key
        for value, said_of_it in ((r, row["rank_correlation_ratio"]), (low, row["low_ratio"])):
            assert (value is None) == (said_of_it is None) and (value is None or near(said_of_it, value, 5)), key
    assert {pairs for pairs, *_ in expected.values()} > {20, 23}
    risky = {key for key, row in told.items() if row["buffer_link_status"] == "buffer_risk"}
    assert ("location", places[0], "pack") in risky
    assert risky == {key for key, (pairs, _, low) in expected.items() if pairs >= 12 and low > 0}
