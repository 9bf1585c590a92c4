"""Formulas of storage and shelf life (docs/formulas.md#shelf-life) on their edges."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from tests.python.macros.render import evaluate

C, ACTIVATION = "decimal(9, 3)", 10_000


def heat(celsius: float) -> float:
    return math.exp(-ACTIVATION / (celsius + 273.15) + ACTIVATION / 273.15)


def test_heat_factor_is_that_of_the_textbook(macros, duck):
    columns, cases = {"t": C, "a": "decimal(18, 6)"}, [(t, ACTIVATION) for t in (-30, -3.5, 0, 5, 8, 20, 25, 40)]
    found = evaluate(duck, macros["kpi_heat_factor"]("t", "a"), columns, cases)
    assert [float(value) for value in found] == pytest.approx([heat(t) for t, _ in cases], rel=1e-5)
    assert evaluate(duck, macros["kpi_heat_factor"]("t", "a"), columns, [(None, ACTIVATION)]) == [None]


@pytest.mark.parametrize(
    "readings", [[(5, 3600)], [(5, 1800), (25, 1800)], [(2, 86_400), (8, 900), (40, 60)], [(-20, 600), (-18, 600)]]
)
def test_mean_kinetic_temperature(macros, duck, readings):
    seconds = sum(w for _, w in readings)
    mean = sum(w * math.exp(-ACTIVATION / (t + 273.15)) for t, w in readings) / seconds
    exact = ACTIVATION / -math.log(mean) - 273.15
    total = Decimal(str(round(sum(w * heat(t) for t, w in readings), 6)))
    columns = {"h": "decimal(30, 6)", "s": "bigint", "a": "decimal(18, 6)"}
    sql = macros["kpi_mean_kinetic_celsius"]("h", "s", "a")
    (found,) = evaluate(duck, sql, columns, [(total, seconds, ACTIVATION)])
    assert float(found) == pytest.approx(exact, abs=0.002)
    assert float(found) >= sum(t * w for t, w in readings) / seconds - 0.002, "never below the arithmetic mean"
    assert evaluate(duck, sql, columns, [(0, 0, ACTIVATION)]) == [None]


def test_ageing(macros, duck):
    columns = {"t": C, "r": C, "q": "decimal(18, 6)"}
    cases = [(15, 5, 2), (5, 5, 2), (-5, 5, 2), (25, 5, 3), (5, None, 2)]
    found = evaluate(duck, macros["kpi_ageing_factor"]("t", "r", "q"), columns, cases)
    assert found == [Decimal(2), Decimal(1), Decimal("0.5"), Decimal(9), None]


def test_storage_state(macros, duck):
    cases = [(8, 2, 8, "safe"), (2, 2, 8, "safe"), ("8.001", 2, 8, "high"), ("1.999", 2, 8, "low"),
             (50, None, None, None), (50, None, 60, "safe"), (None, 2, 8, None)]  # fmt: skip
    sql = macros["kpi_storage_state"]("m", "l", "h")
    assert evaluate(duck, sql, dict.fromkeys("mlh", C), [case[:-1] for case in cases]) == [case[-1] for case in cases]


def test_a_spike_leaps_there_and_back(macros, duck):
    cases = [(5, 14, 5, 5, True), (5, -4, 5, 5, True), (5, 14, 14, 5, False), (5, 10, 5, 5, False),
             (None, 14, 5, 5, False), (5, 14, None, 5, False)]  # fmt: skip
    sql = macros["kpi_is_spike"]("b", "m", "a", "x")
    assert evaluate(duck, sql, dict.fromkeys("bmax", C), [case[:-1] for case in cases]) == [case[-1] for case in cases]


def test_remaining_life(macros, duck):
    columns = {"d": "bigint", "e": "decimal(24, 6)", "f": "boolean"}
    cases = [(100, "2.5", False, "97.50"), (100, "-9", False, "100"), (100, None, False, "100"), (2, "2.5", False, "0"),
             (-3, "0", False, "0"), (100, "0", True, "0"), (None, "1", True, None)]  # fmt: skip
    found = evaluate(duck, macros["kpi_remaining_life_days"]("d", "e", "f"), columns, [case[:-1] for case in cases])
    assert found == [None if case[-1] is None else Decimal(case[-1]) for case in cases]


def test_what_is_not_taken_is_at_risk(macros, duck):
    columns = dict.fromkeys("qt", "decimal(24, 6)")
    found = evaluate(duck, macros["kpi_lot_risk_qty"]("q", "t"), columns, [(10, 4), (10, 10), (10, "10.0001"), (0, 0)])
    assert found == [6, 0, 0, 0]
    assert evaluate(duck, macros["kpi_storage_ratio"]("q", "t"), columns, [(1, 4), (1, 0)]) == [Decimal("0.25"), None]
