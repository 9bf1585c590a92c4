"""Formulas of the chance of a phantom (docs/formulas.md#phantom), the silence against numeric integration."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from scipy.integrate import quad

from tests.python.macros.render import evaluate

SILENCE = {
    "rate": "decimal(18, 8)", "days": "integer", "onset": "integer", "hazard": "decimal(18, 6)",
    "log_sd": "decimal(18, 6)", "seen": "integer", "most": "decimal(18, 6)",
}  # fmt: skip


def silence(rate, days, onset, hazard, log_sd, seen):
    """Log odds by integrating over the day on which the record turned, for three rates of weight 1, 4, 1."""
    spread = math.sqrt(3 * (log_sd**2 + 1 / (1 + seen)))
    gone = there = 0.0
    for step, weight in ((-1, 1), (0, 4), (1, 1)):
        pace = rate * math.exp(step * spread)
        gone += weight * quad(lambda s, pace=pace: hazard * math.exp(-hazard * s) * math.exp(-pace * s), 0, onset)[0]
        there += weight * math.exp(-(hazard + pace) * days)
    return math.log(gone / there)


def test_silence_is_the_integral_of_the_hidden_state(macros, duck):
    cases = [
        (0.2, 10, 10, 0.0003, 0.3, 20),
        (0.01, 200, 200, 0.001, 0.3, 2),
        (0.0, 100, 100, 0.0003, 0.3, 0),  # nobody asks: 1 - e^-ht against e^-ht
        (0.3, 20, 4, 0.0003, 0.3, 50),  # turned before the first failed pick
        (0.000001, 1, 1, 0.01, 0.0, 0),
    ]
    macro = macros["kpi_silence_log_odds"]("rate", "days", "onset", "hazard", "log_sd", "seen", "most")
    for case, found in zip(cases, evaluate(duck, macro, SILENCE, [(*case, 20) for case in cases]), strict=True):
        assert float(found) == pytest.approx(silence(*case), abs=2e-6), case


def test_silence_at_its_edges(macros, duck):
    macro = macros["kpi_silence_log_odds"]("rate", "days", "onset", "hazard", "log_sd", "seen", "most")
    cases = [
        (0.9, 900, 900, 0.0003, 0.3, 99, 10, "10"),  # nobody is as sure as e^-rt is
        (0.9, 0, 0, 0.0003, 0.3, 99, 10, "-10"),  # no silence
        (0.9, 10, 10, 0, 0.3, 99, 10, None),  # nothing ever turns
    ]
    found = evaluate(duck, macro, SILENCE, [case[:-1] for case in cases])
    assert found == [case[-1] and Decimal(case[-1]) for case in cases]


def test_rate_and_pace_of_peers(macros, duck):
    kinds = {"n": "integer", "days": "integer", "a": "decimal(18, 6)", "b": "decimal(18, 6)"}
    found = evaluate(
        duck, macros["kpi_occasion_rate"]("n", "days", "a", "b"), kinds, [("0", "0", "0.5", "60"), (9, 40, 1, 10)]
    )
    assert found == [Decimal("0.00833333"), Decimal("0.20000000")]
    kinds = {"run": "integer", "run_days": "integer", "base": "integer", "base_days": "integer"}
    cases = [
        (0, 10, 50, 100, "0.500000"),
        (5, 10, 50, 100, "1.000000"),
        (99, 10, 0, 0, "1.000000"),
        (99, 1, 1, 99, "3"),
    ]
    macro = macros["kpi_peer_ratio"]("run", "run_days", "base", "base_days", "5", "3")
    assert evaluate(duck, macro, kinds, [case[:4] for case in cases]) == [Decimal(case[4]) for case in cases]


def test_missed_occasions_are_their_mean(macros, duck):
    """Expected r (t - s), s the day of turning, given silence: by integration."""
    kinds = {"rate": "decimal(18, 8)", "days": "integer"}
    cases = [(0.1, 30), (0.9, 200), (0.005, 10)]
    found = evaluate(duck, macros["kpi_missed_occasions"]("rate", "days"), kinds, [*cases, (0, 9), (0.5, 0)])
    for (rate, days), cell in zip(cases, found[:3], strict=True):
        weight = quad(lambda s, rate=rate: math.exp(-rate * s), 0, days)[0]
        mean = quad(lambda s, rate=rate, days=days: math.exp(-rate * s) * rate * (days - s), 0, days)[0] / weight
        assert float(cell) == pytest.approx(mean, abs=2e-6)
    assert found[3:] == [0, 0]


def test_share_reported(macros, duck):
    kinds = {"n": "integer", "missed": "decimal(18, 6)"}
    cases = [(0, 0, "0.500000"), (10, 10, "0.750000"), (99, 10, "0.950000"), (0, 90, "0.050000")]
    macro = macros["kpi_report_ratio"]("n", "missed", "0.5", "10", "0.95")
    assert evaluate(duck, macro, kinds, [case[:2] for case in cases]) == [Decimal(case[2]) for case in cases]


def test_low_record(macros, duck):
    kinds = {"on_hand": "decimal(18, 4)", "issue": "decimal(24, 6)"}
    cases = [(1, 1), (9, 0), (-5, 3), (99, None), (9, -4)]
    found = evaluate(duck, macros["kpi_low_record"]("on_hand", "issue"), kinds, cases)
    said = [0, -math.log(10), math.log(4), math.log(2) - math.log(100), -math.log(10)]
    assert [float(cell) for cell in found] == pytest.approx(said, abs=1e-6)


def test_worth_of_a_count(macros, duck):
    kinds = {"qty": "decimal(18, 4)", "daily": "decimal(24, 6)", "margin": "decimal(18, 6)"}
    cases = [
        (10, 1, 2, "20"),
        (100, 1, 2, "120"),
        (10, 0, 2, "0"),
        (-5, 1, 2, "0"),
        (10, 1, -2, "0"),
        (10, 1, None, None),
    ]
    found = evaluate(
        duck, macros["kpi_blocked_margin"]("qty", "daily", "60", "margin"), kinds, [case[:3] for case in cases]
    )
    assert found == [case[3] and Decimal(case[3]) for case in cases]
    kinds = {"p": "decimal(18, 6)", "stock": "decimal(24, 4)", "margin": "decimal(24, 4)"}
    cases = [("0.5", 100, 20, "57.5"), (0, 100, 20, "-2.5"), (1, 0, 0, "-2.5"), ("0.5", None, 20, None)]
    found = evaluate(
        duck, macros["kpi_count_value"]("p", "stock", "margin", "2.5"), kinds, [case[:3] for case in cases]
    )
    assert found == [case[3] and Decimal(case[3]) for case in cases]


def test_hazard(macros, duck):
    kinds = {"prior": "decimal(18, 6)", "factor": "decimal(18, 6)"}
    found = evaluate(
        duck, macros["kpi_phantom_hazard"]("prior", "factor"), kinds, [("0.0003", 0), ("0.001", "0.693147")]
    )
    assert found == [Decimal("0.00030000"), Decimal("0.00200000")]
