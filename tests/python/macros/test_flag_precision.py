"""Formulas of the precision of flags, on the edges (docs/formulas.md#flag-precision)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.python.macros.render import evaluate

COUNTS = {"c": "integer", "f": "integer", "m": "decimal(18, 6)"}
CASES = [
    ((0, 0, 1), None, "no_verdict"),
    ((0, 0, 0), None, "no_verdict"),
    ((1, 0, 1), "1", None),
    ((0, 1, 1), "0", None),
    ((4, 5, 10), None, "few_verdicts"),
    ((5, 5, 10), "0.5", None),
    ((2, 1, 0), "0.666667", None),
    ((2, 1, None), None, None),
]


def test_precision_needs_enough_verdicts_and_says_why_not(macros, duck):
    rows = [case[0] for case in CASES]
    ratio = evaluate(duck, macros["kpi_flag_precision_ratio"]("c", "f", "m"), COUNTS, rows)
    assert ratio == [None if case[1] is None else Decimal(case[1]) for case in CASES]
    reason = evaluate(duck, macros["kpi_flag_precision_reason"]("c", "f", "m"), COUNTS, rows)
    assert reason == [case[2] for case in CASES]


@pytest.mark.parametrize(
    ("book", "counted", "tolerance", "missing"),
    [
        (100, 95, "0.05", False), (100, "94.9999", "0.05", True), (100, 106, "0.05", False), (100, 100, "0", False),
        (100, "99.9999", "0", True), (1, 0, "0.05", True), (100, 0, None, None), (100, 100, None, False),
    ],
)  # fmt: skip
def test_stock_is_missing_below_the_tolerance_only(macros, duck, book, counted, tolerance, missing):
    columns = {"b": "decimal(18, 4)", "k": "decimal(18, 4)", "t": "decimal(18, 6)"}
    assert evaluate(duck, macros["kpi_is_stock_missing"]("b", "k", "t"), columns, [(book, counted, tolerance)]) == [
        missing
    ]


def test_names_of_subjects_keep_their_parts_apart(macros, duck):
    rows = [("a", "bc"), ("ab", "c"), ("", None), (None, ""), ("a 1:b", None), ("a", "b"), ("1:a", ""), (None, None)]
    found = evaluate(duck, macros["subject_name"](["x", "y"]), {"x": "varchar", "y": "varchar"}, rows)
    assert len(set(found)) == len(rows)
    assert None not in found
