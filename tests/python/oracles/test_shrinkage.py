"""Losses of every scope and quarter against the oracle, their edges, and the bound against SciPy's bootstrap."""

from __future__ import annotations

import importlib.util
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import numpy as np
import pytest
from scipy import stats

from orchestration.lib.paths import REPO
from tests.python.oracles.accepted import policy
from tests.python.oracles.compare import CENT, RELATIVE, assert_none, ratio_close
from tests.python.oracles.shrinkage import CAUSES, Loss, by_scope, quarter

_BOUND = REPO / "models/marts/lag/intermediate/int_lag__shrink_bound.py"
_losses: dict[str, dict] = {}


@pytest.fixture
def losses(case) -> dict[tuple, Loss]:
    """What the oracle finds, once a company."""
    if case.name not in _losses:
        _losses[case.name] = by_scope(case.company)
    return _losses[case.name]


def _close(mart, oracle, terms: int) -> bool:
    """A hundredth apart, or a millionth; each counted record is rounded to four digits before it is added."""
    bound = CENT + terms * Decimal("0.0001")
    return abs(Decimal(mart) - oracle) <= max(bound, abs(oracle) * RELATIVE * 10)


def _errors(row: dict, said: Loss, is_open: bool) -> list:
    amounts = {"retail_loss_amount": said.lost["retail"], "retail_found_amount": said.found["retail"],
               "cost_loss_amount": said.lost["cost"], "cost_found_amount": said.found["cost"],
               "retail_shrink_amount": said.net("retail"), "cost_shrink_amount": said.net("cost"),
               "retail_gross_amount": said.lost["retail"] + said.found["retail"],
               "net_sales_amount": said.sales, "cogs_amount": said.cogs, "value_days": said.held,
               "unknown_amount": said.causes["unknown"]}  # fmt: skip
    amounts |= {f"{cause}_amount": said.causes[cause] for cause in CAUSES}
    terms = 2 * (said.counts + 1)
    wrong = [(name, row[name], value) for name, value in amounts.items() if not _close(row[name], value, terms)]
    counts = {"count_count": said.counts, "opening_count": said.opening, "priced_count": said.priced,
              "costed_count": said.costed}  # fmt: skip
    wrong += [(name, row[name], value) for name, value in counts.items() if row[name] != value]
    for name, measured, without, part, whole, factor in (
        ("shrinkage", said.priced, "no_price", said.net("retail"), said.sales, 1),
        ("shrinkage_cost", said.costed, "no_cost", said.net("cost"), said.cogs, 1),
        ("shrinkage_stock", said.costed, "no_cost", said.net("cost"), said.held, 365),
    ):
        why = said.reason(measured, without, whole, is_open)
        if row[f"{name}_reason"] != why:
            wrong.append((f"{name}_reason", row[f"{name}_reason"], why))
        elif (row[f"{name}_ratio"] is None) != (why is not None):
            wrong.append((f"{name}_ratio", row[f"{name}_ratio"], why))
        elif why is None and not ratio_close(row[f"{name}_ratio"], part, whole, factor):
            wrong.append((f"{name}_ratio", row[f"{name}_ratio"], part * factor / whole))
    return wrong


def test_losses_of_every_scope_and_quarter(case, losses):
    rows = case.marts.rows("select * from lag.kpi_shrinkage")
    keys = {(row["scope_type"], row["scope_id"], row["quarter_start_date"]) for row in rows}
    assert keys == set(losses)
    wrong, today = [], case.company.as_of_date
    for row in rows:
        key = row["scope_type"], row["scope_id"], row["quarter_start_date"]
        is_open = quarter(today + timedelta(days=1)) == row["quarter_start_date"]
        assert row["is_quarter_closed"] == (not is_open)
        wrong += [(*key, *error) for error in _errors(row, losses[key], is_open)]
    assert_none(wrong, len(rows))


def test_regions_add_up_to_the_companies(case):
    sums = "sum(retail_loss_amount) as lost, sum(net_sales_amount) as sold, sum(count_count) as counts"
    sql = "select {} from lag.kpi_shrinkage where scope_type = '{}' group by quarter_start_date order by all"
    regions, companies = (case.marts.rows(sql.format(sums, name)) for name in ("region", "company"))
    assert regions == companies, "a place whose region nobody tells is in the company's unknown one"


def test_the_edges_are_all_there(edge, tiny):
    reasons = {row["shrinkage_reason"] for row in edge.marts.rows("select * from lag.kpi_shrinkage")}
    reasons |= {row["shrinkage_reason"] for row in tiny.marts.rows("select * from lag.kpi_shrinkage")}
    assert {None, "no_count", "low_coverage", "open_quarter"} <= reasons
    found = edge.marts.rows("select sum(cost_found_amount) as f, sum(opening_count) as o from lag.kpi_shrinkage")[0]
    assert found["o"] > 0
    (both,) = tiny.marts.rows(
        "select sum(cost_loss_amount) as lost, sum(cost_found_amount) as found from lag.kpi_shrinkage "
        "where scope_type = 'company'"
    )
    assert both["lost"] > both["found"] > 0, "lost and found stand apart, and net against each other"


def test_a_bound_is_said_where_a_rate_asks_for_one(case):
    least, target = int(policy("shrink_min_counts")), Decimal(policy("shrinkage_target"))
    rows = case.marts.rows("select * from lag.kpi_shrinkage")
    for row in rows:
        asked = row["priced_count"] >= least and row["shrinkage_ratio"] is not None and row["shrinkage_ratio"] > target
        assert row["lower_ratio"] is None or asked, row
        assert row["benchmark_ratio"] is None and row["benchmark_reason"] == "no_benchmark", "nobody is a retailer"
        if row["is_above_target"]:
            assert asked and row["lower_ratio"] > target, row
    assert case.name == "wwi" or any(row["count_count"] for row in rows)


def test_stages_hold_every_line(case):
    (mart,) = case.marts.rows("select coalesce(sum(line_count), 0) as n, sum(shrink_amount) as a "
                              "from lag.fct_shrinkage_stage")  # fmt: skip
    (told,) = case.marts.rows("select count(*) as n from core.fct_count_result")
    assert mart["n"] == told["n"]


def test_what_was_planted_is_recovered(tiny):
    """Net loss at cost of every site is what really went missing until its last counts (causes: docs/company.md)."""
    planted = dict(duckdb.sql(f"""
        select division_code || '.' || location_code, sum(cast(amount as decimal(24, 4)))
        from '{tiny.marts.home.root}/truth/losses.parquet' where is_counted group by all
    """).fetchall())  # fmt: skip
    rows = tiny.marts.rows(
        "select scope_id, sum(cost_shrink_amount + opening_amount) as amount, "
        f"sum({' + '.join(f'{cause}_amount' for cause in CAUSES)}) as told, sum(unknown_amount) as untold "
        "from lag.kpi_shrinkage where scope_type = 'location' group by scope_id"
    )
    assert len(rows) > 1 and sum(planted.values()) > 0
    for row in rows:
        assert float(row["amount"]) == pytest.approx(float(planted.get(row["scope_id"], 0)), rel=0.02, abs=0.01), row
    assert sum(row["told"] for row in rows) > 0, "causes are told"


@pytest.fixture(scope="module")
def lower_bound():
    spec = importlib.util.spec_from_file_location("shrink_bound", _BOUND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.lower_bound


@pytest.mark.parametrize(("size", "seed"), [(30, 1), (80, 2), (250, 3), (250, 4)])
def test_the_bound_is_that_of_scipys_bootstrap(lower_bound, size, seed):
    rng = np.random.default_rng(seed)
    sold = rng.lognormal(8, 1, size).round(2)
    lost = np.where(rng.random(size) < 0.4, rng.lognormal(3, 1, size), 0).round(2)
    mine = float(lower_bound((lost * 10_000).astype("int64"), (sold * 10_000).astype("int64"), 1000, 25))

    def ratio(x, y, axis=-1):
        return x.sum(axis=axis) / y.sum(axis=axis)

    theirs = stats.bootstrap((lost, sold), ratio, paired=True, vectorized=True, n_resamples=20_000,
                             method="percentile", rng=np.random.default_rng(9))  # fmt: skip
    low, width = theirs.confidence_interval.low, lost.sum() / sold.sum() - theirs.confidence_interval.low
    assert abs(mine - low) < 0.15 * width, (mine, low, width)


def test_the_same_counts_give_the_same_bound(lower_bound):
    lost, sold = np.arange(1, 41, dtype="int64") * 7_000, np.full(40, 1_000_000, dtype="int64")
    said = {lower_bound(lost, sold, 1000, 25) for _ in range(3)}
    assert said == {lower_bound(lost.copy(), sold.copy(), 1000, 25)} and len(said) == 1
    assert lower_bound(lost, sold * 0, 1000, 25) is None, "a draw without sales has no ratio"
    assert lower_bound(np.full(40, 5_000), sold, 1000, 25) == Decimal("0.005"), "no spread: the rate itself"


def test_quarters():
    assert [quarter(date(2026, month, 28)).month for month in (1, 3, 4, 12)] == [1, 1, 4, 10]
