"""The baseline: methods by the book, choices without hindsight, batches that land once.

Here: orchestration/lib/baseline. Not here: errors and added value (oracles/test_forecasts.py). Methods need
statsforecast, of the dependency group `forecast`; without it their tests are skipped with that reason.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pyarrow.parquet as pq
import pytest

from orchestration.lib.baseline import landing
from orchestration.lib.baseline.choosing import roll
from orchestration.lib.baseline.methods import CANDIDATES, forecast
from orchestration.lib.baseline.series import classes_at, first_day, month_number, read_history
from orchestration.lib.contracts import load_contracts
from orchestration.lib.paths import Home


def mean_of_all(method, series, horizon):
    """Stands for every method: the mean, and twice it for the first candidates, so that the back-test can tell."""
    twice = 2.0 if method in ("sba", "croston", "ets") else 1.0
    means = [values.mean() if len(values) else 0.0 for values in series]
    return np.repeat(np.array(means)[:, None] * (0.0 if method == "zero" else twice), horizon, axis=1)


def test_an_origin_knows_nothing_that_comes_after_it():
    demand, asked = np.arange(1.0, 13.0), []

    def spying(method, series, horizon):
        asked.append(max(values.max() for values in series))
        return mean_of_all(method, series, horizon)

    rolled = roll(lambda month: [demand[: month + 1]], lambda month: np.array(["smooth"]), [5, 6, 7], 3, spying)
    assert asked == [6.0, 6.0, 6.0, 7.0, 7.0, 7.0, 8.0, 8.0, 8.0]  # two candidates tried, one taken
    assert [origin.month for origin in rolled] == [5, 6, 7]
    assert rolled[0].qty.shape == (1, 3)


def test_the_method_that_erred_less_is_taken_from_the_next_origin_on():
    def level(month):
        return [np.full(month + 1, 10.0), np.full(month + 1, 4.0), np.zeros(0)]

    names = np.array(["lumpy", "smooth", "lumpy"])
    rolled = roll(level, lambda month: names, [4, 5, 6], 2, mean_of_all)
    assert [origin.method[0] for origin in rolled] == ["sba", "tsb", "tsb"]  # the first stands until something is known
    assert [origin.method[1] for origin in rolled] == ["croston", "tsb", "tsb"]
    assert rolled[1].qty[0].tolist() == [10.0, 10.0]
    assert not rolled[0].has_begun[2] and rolled[0].qty[2].tolist() == [0.0, 0.0]


def test_classes_at_the_cut_off_are_those_of_the_marts(tiny_marts):
    with tiny_marts.connect() as connection:
        history = read_history(connection)
        found = classes_at(connection, history, history.as_of.date())
    rows = tiny_marts.rows("select sku_id, location_id, demand_class from core.fct_demand_statistic")
    said = {(row["sku_id"], row["location_id"]): row["demand_class"] or "none" for row in rows}
    keys = zip(history.records["sku_id"], history.records["location_id"], strict=True)
    assert dict(zip(keys, found.tolist(), strict=True)) == said
    assert set(said.values()) <= set(CANDIDATES) and len(set(said.values())) >= 4


def test_the_history_is_the_demand_of_the_marts(tiny_marts):
    with tiny_marts.connect() as connection:
        history = read_history(connection)
    [row] = tiny_marts.rows("select sum(gross_demand_qty) as q from core.fct_demand_daily")
    assert np.isclose(history.demand.sum(), float(row["q"]))
    lengths = [len(values) for values in history.until(month_number(history.as_of.date()))]
    assert lengths == (history.demand.shape[1] - history.starts).tolist()


def test_what_landed_keeps_its_contract_and_lands_once(tiny_marts, tmp_path):
    home = Home.at(tmp_path / "home").make()
    with tiny_marts.connect() as connection:
        done = landing.land(home, connection, origins=3, forecaster=mean_of_all)
        again = landing.land(home, connection, origins=3, forecaster=mean_of_all)
        [as_of] = connection.execute("select as_of_at from core.dim_cutoff").fetchone()
    assert len(done.batches) == 6 and done.rows > 500
    assert again.batches == () and again.rows == 0
    newest = (as_of.date() + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    rows = []
    for batch in done.batches:
        folder = home.landing / batch
        rows += pq.read_table(folder / "demand_forecasts.parquet").to_pylist()
    assert {row["made_at"].date() for row in rows} == {
        first_day(month_number(newest) - back + 1) - timedelta(days=1) for back in range(3)
    }
    for row in rows:
        ahead = month_number(row["period_start"]) - month_number(row["made_at"].date())
        assert 1 <= ahead <= landing.HORIZON and row["period_start"].day == 1
        assert row["method"].endswith(landing.BACK_TEST) == (row["made_at"].date() < newest)
        assert row["forecast_qty"] == row["statistical_qty"] >= Decimal(0)
    contract = load_contracts(home.repo)["baseline", "demand_forecasts"]
    assert {column.name for column in contract.columns} == set(rows[0])


def by_hand(values: np.ndarray, method: str, alpha: float = 0.1) -> float:
    """Croston, SBA and TSB as their papers have them, one period ahead (docs/formulas.md A34)."""
    if method == "tsb":
        has = values > 0
        probability, size = float(has[0]), float(values[has][0])
        seen = bool(has[0])
        for value, is_demand in zip(values[1:], has[1:], strict=True):
            probability += alpha * (float(is_demand) - probability)
            if is_demand:
                size = value if not seen else size + alpha * (value - size)
                seen = True
        return probability * size
    places = np.flatnonzero(values > 0)
    size, interval = float(values[places[0]]), float(places[0] + 1)
    for before, place in pairwise(places):
        size += alpha * (values[place] - size)
        interval += alpha * (place - before - interval)
    return size / interval * (1 - alpha / 2 if method == "sba" else 1)


@pytest.mark.parametrize("method", ["croston", "sba", "tsb"])
def test_methods_are_those_of_the_books(method):
    pytest.importorskip("statsforecast", reason="of the dependency group `forecast`")
    rng = np.random.default_rng(7)
    series = [rng.poisson(0.7, 24) * rng.integers(1, 9, 24).astype(float) for _ in range(40)]
    series = [values for values in series if (values > 0).sum() >= 2]
    found = forecast(method, series, 3)
    assert found.shape == (len(series), 3)
    expected = [by_hand(values, method) for values in series]
    assert np.allclose(found[:, 0], expected, rtol=1e-6)
    assert np.allclose(found[:, 0], found[:, 2])


def test_ets_sees_a_season_and_nothing_is_expected_of_nothing():
    pytest.importorskip("statsforecast", reason="of the dependency group `forecast`")
    months = np.arange(48)
    wave = 100 + 40 * np.sin(2 * np.pi * months / 12)
    [said] = forecast("ets", [wave], 3)
    assert np.allclose(said, 100 + 40 * np.sin(2 * np.pi * (months[-1] + np.arange(1, 4)) / 12), rtol=0.1)
    for method in ("croston", "sba", "tsb", "ets", "zero"):
        assert forecast(method, [np.zeros(12), np.zeros(0)], 2).tolist() == [[0.0, 0.0], [0.0, 0.0]]
