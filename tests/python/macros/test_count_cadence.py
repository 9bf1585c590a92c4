"""Intervals between counts and between ingestions (docs/formulas.md#count-cadence): arithmetic on the edges."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from tests.python.macros.render import evaluate

AMOUNT, COUNT, RATE = "decimal(24, 4)", "bigint", "decimal(18, 6)"


def dec(values: list) -> list:
    return [None if value is None else Decimal(value) for value in values]


def test_days_to_a_power(macros, duck):
    cases = [("16", "0.5", "4"), ("0", "0.5", "0"), ("7", "1", "7"), ("7", "0", "1"), ("2", "0.5", "1.41421356"),
             (None, "0.5", None), ("3", None, None)]  # fmt: skip
    sql = macros["kpi_decay_days"]("days", "b")
    assert evaluate(duck, sql, {"days": COUNT, "b": RATE}, [c[:2] for c in cases]) == dec([c[2] for c in cases])


def test_rate_of_decay_is_a_ratio_of_sums(macros, duck):
    cases = [("14", "7", "2"), ("0", "7", "0"), ("14", "0", None), (None, "7", None), ("1", "3", "0.333333")]
    sql = macros["kpi_decay_rate"]("error", "days")
    assert evaluate(duck, sql, {"error": AMOUNT, "days": AMOUNT}, [c[:2] for c in cases]) == dec([c[2] for c in cases])


def test_mean_error_is_the_mean_of_the_curve_over_the_cycle(macros, duck):
    sql = macros["kpi_expected_error"]("n", "a", "power", "b")
    columns = {"n": COUNT, "a": RATE, "power": "decimal(18, 8)", "b": RATE}
    for days, b in ((90, 0.5), (365, 0.5), (30, 1.0), (30, 0.0)):
        power = f"{days**b:.8f}"
        [found] = evaluate(duck, sql, columns, [("12", "3.5", power, str(b))])
        steps = 20_000  # the integral of a t^b over the cycle, by the middle of each step
        mean = math.fsum(3.5 * (days * (i + 0.5) / steps) ** b for i in range(steps)) / steps
        assert abs(float(found) - 12 * mean) < 0.01
    assert evaluate(duck, sql, columns, [("12", None, "1", "0.5"), ("0", "3", "1", "0.5")]) == [None, 0]


def test_cost_of_counting_and_counts_a_year(macros, duck):
    sql = [macros["kpi_counting_cost"]("n", "c", "days"), macros["kpi_counts_per_year"]("days")]
    columns = {"n": COUNT, "c": RATE, "days": COUNT}
    cases = [("10", "2.5", "90"), ("10", "2.5", "365"), ("0", "2.5", "90"), ("10", "2.5", None), ("10", "2.5", "0")]
    assert evaluate(duck, sql, columns, cases) == [
        (Decimal("101.3889"), Decimal("4.06")),
        (Decimal(25), 1),
        (0, Decimal("4.06")),
        (None, None),
        (None, None),
    ]


def test_runs_and_waiting_a_day(macros, duck):
    sql = [macros["kpi_ingest_cost"]("c", "minutes"), macros["kpi_waiting_cost"]("r", "rate", "minutes")]
    columns = {"c": RATE, "r": RATE, "rate": RATE, "minutes": RATE}
    cases = [("0.05", "100", "3.65", "1440"), ("0.05", "100", "3.65", "15"), ("0.05", "0", "3.65", "60"),
             ("0.05", None, "3.65", "60"), ("0.05", "100", "3.65", None)]  # fmt: skip
    found = evaluate(duck, sql, columns, cases)
    assert found[0] == (Decimal("0.05"), Decimal("0.5"))
    assert found[1] == (Decimal("4.8"), Decimal("0.005208"))
    assert [row[1] for row in found[2:]] == [0, None, None]


def test_the_best_interval_is_the_root_of_the_formula(macros, duck):
    """C(T) = c / T + e r T / 2 is least at sqrt(2 c / (e r)): both sides of it cost more."""
    cost, per_day, rate = Fraction(1, 20), Fraction(200), Fraction(1)
    best = math.sqrt(2 * cost / (rate / 365 * per_day)) * 1440
    sql = f"{macros['kpi_ingest_cost']('c', 'm')} + {macros['kpi_waiting_cost']('r', 'e', 'm')}"
    columns = {"c": RATE, "r": RATE, "e": RATE, "m": RATE}
    found = evaluate(duck, sql, columns, [("0.05", "200", "1", f"{best * f:.6f}") for f in (0.5, 0.9, 1, 1.1, 2)])
    assert min(found) == found[2] and found[0] > found[1] > found[2] < found[3] < found[4]


def test_rows_within_an_hour(macros, duck):
    sql = macros["kpi_ingest_rows"]("hour", "day", "minutes")
    cases = [
        ("6", "24", "15", "6"),  # within the busiest hour they come one by one, but they come
        ("6", "24", "60", "6"),
        ("6", "24", "120", "12"),
        ("6", "24", "600", "24"),  # never more than the busiest day had
        ("6", "24", "1440", "24"),
        ("6", "24", "10080", "168"),
        ("0", "0", "60", "0"),
    ]
    columns = {"hour": COUNT, "day": COUNT, "minutes": RATE}
    assert evaluate(duck, sql, columns, [c[:3] for c in cases]) == dec([c[3] for c in cases])


def test_sample_with_finite_correction(macros, duck):
    sql = macros["kpi_count_sample_size"]("n", "p", "e", "z")
    columns = {"n": COUNT, "p": RATE, "e": RATE, "z": RATE}

    def expected(n: int, p: str, e: str, z: str) -> int:
        plain = Fraction(z) ** 2 * Fraction(p) * (1 - Fraction(p)) / Fraction(e) ** 2
        return math.ceil(plain / (1 + (plain - 1) / n))

    cases = [
        (n, p, e, "1.96") for n in (1, 2, 40, 500, 10_000, 2_000_000) for p, e in (("0.95", "0.02"), ("0.5", "0.05"))
    ]
    found = evaluate(duck, sql, columns, cases)
    assert found == [expected(*case) for case in cases]
    assert found[-2] == 457 and all(count <= case[0] for count, case in zip(found, cases, strict=True))
    assert evaluate(duck, sql, columns, [("0", "0.95", "0.02", "1.96"), (None, "0.95", "0.02", "1.96")]) == [None, None]
