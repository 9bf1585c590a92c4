"""The chance of a phantom on the tiny company: weights against SciPy, chances from signs, no label before its time."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location

import numpy as np
import pytest
from scipy.optimize import minimize

from orchestration.lib.paths import REPO
from orchestration.lib.sql import connect

FIT = REPO / "models/marts/visibility/intermediate/int_visibility__phantom_fit.py"
SIGNS = ("silence_rate", "agreed_rate", "short_rate", "missing_rate", "failed_again_rate", "low_rate", "negative_rate",
         "miss_rate", "empty_rate", "uncounted_rate", "targeted_rate")  # fmt: skip
STEPS = ("int_visibility__site_open_day", "int_visibility__category_day", "int_visibility__phantom_past",
         "int_visibility__phantom_run", "int_visibility__sku_occasion", "int_visibility__phantom_rate")  # fmt: skip


@pytest.fixture(scope="module")
def fit():
    spec = spec_from_file_location("fit", FIT)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def planted(rows: int = 4000):
    """Two signs, an intercept, and sites whose true effects spread by 0.8."""
    rng = np.random.default_rng(3)
    sites = rng.integers(0, 8, rows)
    signs = np.column_stack([np.ones(rows), rng.normal(0, 1, rows), rng.integers(0, 2, rows)])
    effects = (sites[:, None] == np.arange(8)).astype(float)
    truth = rng.normal(0, 0.8, 8)
    found = rng.random(rows) < 1 / (1 + np.exp(-(signs @ [-3.0, 1.0, 2.0] + truth[sites])))
    return np.column_stack([signs, effects]), found.astype(float), truth


def test_weights_are_the_most_likely(fit):
    matrix, found, _ = planted()
    prior, weight = np.r_[0.5, 0.7, 1.0, np.zeros(8)], np.r_[1.0, 2.0, 1.0, np.full(8, 4.0)]

    def loss(beta):
        score = matrix @ beta
        return np.sum(np.log1p(np.exp(score)) - found * score) + np.sum(weight * (beta - prior) ** 2) / 2

    best = minimize(loss, prior, method="BFGS", options={"gtol": 1e-8}).x
    assert fit.climb(matrix, found, prior, prior, weight) == pytest.approx(best, abs=1e-4)


def test_spread_of_sites_is_learnt(fit):
    matrix, found, truth = planted(20_000)
    prior, weight = np.zeros(11), np.r_[0.1, 0.1, 0.1, np.full(8, 0.01)]
    beta = fit.fit(matrix, found, [np.arange(3, 11)], prior, weight, 8)
    assert 1 / np.sqrt(weight[-1]) == pytest.approx(np.std(truth), rel=0.35)
    assert np.corrcoef(beta[3:], truth)[0, 1] > 0.95


def test_a_jump_does_not_throw_the_fit(fit):
    """Signs far out made plain Newton steps diverge; halved ones come home."""
    rng = np.random.default_rng(1)
    signs = np.column_stack([np.ones(3000), np.where(rng.random(3000) < 0.01, 40.0, rng.normal(-6, 2, 3000))])
    found = (rng.random(3000) < 0.02).astype(float)
    beta = fit.climb(signs, found, np.r_[0.0, 1.0], np.r_[0.0, 1.0], np.r_[0.01, 1.0])
    assert np.isfinite(beta).all() and np.abs(beta).max() < 10


def test_chances_follow_from_signs(tiny_marts):
    weights = {r["feature"]: float(r["coefficient_rate"])
               for r in tiny_marts.rows("select * from visibility.fct_phantom_coefficient")}  # fmt: skip
    cells = {(r["location_id"], r["abc_class"]): r
             for r in tiny_marts.rows("select * from visibility.fct_phantom_parameter")}  # fmt: skip
    chances = {(r["sku_id"], r["location_id"]): float(r["phantom_probability"])
               for r in tiny_marts.rows("select * from visibility.kpi_stock_record_health")}  # fmt: skip
    rows = tiny_marts.rows("select * from visibility.int_visibility__phantom_feature where is_cutoff")
    assert len(rows) == len(chances) and any(row["book_qty"] > 0 for row in rows)
    for row in rows:
        cell = cells[row["location_id"], row["abc_class"]]
        score = weights["intercept_rate"] + float(cell["effect_rate"])
        score += sum(weights[name] * float(row[name]) for name in SIGNS)
        said = 1 / (1 + np.exp(-score)) if row["book_qty"] > 0 else 0
        assert chances[row["sku_id"], row["location_id"]] == pytest.approx(said, abs=5e-6)
        hazard = 0.0003 * np.exp(weights["intercept_rate"] + float(cell["effect_rate"]))
        assert float(cell["hazard_rate"]) == pytest.approx(hazard, abs=1e-8)


def test_what_a_look_knew_is_not_changed_by_what_came_later(tiny_marts, tmp_path):
    """Take every event from a day on away: looks of that day and before stay as they were, later ones change."""
    day = "date '2026-05-15'"
    asked = "select * from visibility.int_visibility__phantom_rate where not is_cutoff and look_date {} {} order by all"
    before, after = (tiny_marts.rows(asked.format(sign, day)) for sign in ("<=", ">"))
    copy = tiny_marts.copy(tmp_path / "home")
    with connect(copy.home.build_db) as connection:
        connection.execute(f"delete from visibility.int_visibility__phantom_day where event_date >= {day}")
        connection.execute(f"delete from core.int_core__demand_day where demand_date >= {day}")
    copy.rebuild(*STEPS)
    assert len(before) > 20 and copy.rows(asked.format("<=", day)) == before
    assert copy.rows(asked.format(">", day)) != after


def test_a_company_without_counts_goes_by_policy(tiny_marts, tmp_path):
    copy = tiny_marts.copy(tmp_path / "home")
    with connect(copy.home.build_db) as connection:
        connection.execute("update visibility.int_visibility__phantom_feature set is_phantom = null")
    copy.rebuild("int_visibility__phantom_sample", "int_visibility__phantom_fit", "fct_phantom_coefficient",
                 "fct_phantom_parameter", "int_visibility__phantom_chance")  # fmt: skip
    rows = copy.rows("select * from visibility.fct_phantom_coefficient")
    assert all(r["coefficient_rate"] == r["prior_rate"] and r["coefficient_reason"] == "no_count" for r in rows)
    (row,) = copy.rows("select min(phantom_probability) lo, max(phantom_probability) hi, count(*) n "
                       "from visibility.int_visibility__phantom_chance")  # fmt: skip
    assert row["n"] > 50 and 0 <= row["lo"] < row["hi"] <= 1
