"""Formulas of safety stock at work (docs/formulas.md#safety-stock) on their edges, and its binomial tail."""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from math import comb

import numpy as np
import pytest
from scipy import stats

from orchestration.lib.paths import REPO
from tests.python.macros.render import evaluate

QTY = "decimal(18, 4)"
RATIO = "decimal(18, 8)"


def said(macros, duck, name, columns, cases):
    sql = macros[name](*columns)
    return evaluate(duck, sql, columns, [case[:-1] for case in cases])


def test_a_cycle_is_short_by_orders_or_by_stock(macros, duck):
    cases = [(True, "0", "-5", False), (True, "0.0001", "9", True), (False, "0", "0", True), (False, "7", "1", False)]
    columns = {"t": "boolean", "u": QTY, "s": QTY}
    assert said(macros, duck, "kpi_is_cycle_short", columns, cases) == [case[-1] for case in cases]


def test_penetration(macros, duck):
    cases = [("4.9999", "5", True), ("5", "5", False), ("-1", "0", None), ("-1", None, None)]
    assert said(macros, duck, "kpi_is_penetrated", {"s": QTY, "x": QTY}, cases) == [case[-1] for case in cases]


def test_red(macros, duck):
    columns = {"k": "integer", "n": "integer", "p": RATIO, "t": RATIO, "m": RATIO, "a": RATIO}
    cases = [
        (3, 6, "0.95", "0.0022", "6", "0.05", True),
        (3, 5, "0.95", "0.0011", "6", "0.05", None),  # too few
        (3, 6, "0.95", "0.05", "6", "0.05", False),  # not beyond chance
        (3, 60, "0.95", "0.01", "6", "0.05", False),  # no more than allowed
        (0, 6, "1", "1", "6", "0.05", False),
        (1, None, "0.95", None, "6", "0.05", None),
    ]
    assert said(macros, duck, "kpi_is_red", columns, cases) == [case[-1] for case in cases]


def test_blue(macros, duck):
    columns = {"k": "integer", "n": "integer", "m": RATIO, "r": RATIO}
    cases = [
        (0, 6, "6", "0.1", True),
        (1, 10, "6", "0.1", False),  # a tenth is not less
        (1, 11, "6", "0.1", True),
        (0, 5, "6", "0.1", None),
        (None, None, "6", "0.1", None),
    ]
    assert said(macros, duck, "kpi_is_blue", columns, cases) == [case[-1] for case in cases]


def test_who_leads_and_what_is_gravest(macros, duck):
    cases = [("RED", True, "procurement"), ("RED", False, "logistics"), ("BLUE", False, "procurement"),
             ("AMBER", False, "logistics")]  # fmt: skip
    columns = {"c": "varchar", "late": "boolean"}
    assert said(macros, duck, "kpi_review_function", columns, cases) == [case[-1] for case in cases]
    cases = [(True, True, True, "RED"), (False, True, True, "AMBER"), (False, False, True, "BLUE"),
             (False, False, False, None), (None, None, None, None)]  # fmt: skip
    columns = dict.fromkeys(("r", "a", "b"), "boolean")
    assert said(macros, duck, "kpi_trigger_code", columns, cases) == [case[-1] for case in cases]


def test_states_and_reasons(macros, duck):
    cases = [("corrected", None, "done"), ("deferred", None, "open"), ("deferred", "2026-06-01", "cleared"),
             (None, "2026-06-01", "cleared"), (None, None, "open"), ("accepted", "2026-06-01", "done")]  # fmt: skip
    columns = {"o": "varchar", "c": "date"}
    assert said(macros, duck, "kpi_review_state", columns, cases) == [case[-1] for case in cases]
    cases = [("5", 6, "6", None), ("5", 5, "6", "insufficient"), ("5", None, "6", "insufficient")]
    cases += [("0", 9, "6", "no_ss"), (None, 9, "6", "no_ss")]
    columns = {"s": QTY, "n": "integer", "m": RATIO}
    assert said(macros, duck, "kpi_safety_stock_reason", columns, cases) == [case[-1] for case in cases]


def _model():
    path = REPO / "models/marts/service/intermediate/int_service__stockout_chance.py"
    spec = importlib.util.spec_from_file_location("stockout_chance", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("chance", [0.001, 0.05, 0.1, 0.5, 0.999])
def test_binomial_tail_is_exact(chance):
    """Against the sum of its terms, and against scipy.stats, to a ten-millionth."""
    found = _model().tail
    trials, hits = (grid.ravel().astype(float) for grid in np.meshgrid(np.arange(1, 60), np.arange(0, 60)))
    keep = hits <= trials
    trials, hits = trials[keep], hits[keep]
    tails = found(trials, hits, np.full(len(trials), chance))
    assert np.abs(tails - stats.binom.sf(hits - 1, trials, chance)).max() < 1e-7
    for n, k, value in list(zip(trials, hits, tails, strict=True))[::97]:
        exact = sum(comb(int(n), j) * chance**j * (1 - chance) ** (int(n) - j) for j in range(int(k), int(n) + 1))
        assert abs(exact - value) < 1e-7
    assert Decimal(repr(round(float(found(np.array([7.0]), np.array([3.0]), np.array([0.05]))[0]), 8))) == Decimal(
        "0.00375704"
    )
