"""ABC, XYZ and demand class: limits, the item that crosses one, variation from exact sums."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.python.macros.render import evaluate

ABC = {"b": "decimal(24, 4)", "t": "decimal(24, 4)", "total": "decimal(24, 4)", "rule": "varchar"}
SUMS = {"n": "integer", "s": "decimal(18, 4)", "s2": "decimal(30, 4)"}


def classes(macros, duck, values, rule, total=None):
    """Class of each value in a list sorted by falling value, with limits 80 % and 95 %."""
    through = list(accumulate(values))
    total = through[-1] if total is None else total
    rows = [(t - v, t, total, rule) for v, t in zip(values, through, strict=True)]
    macro = macros["kpi_abc_class"]("b", "t", "total", "0.8", "0.95", "rule")
    return evaluate(duck, macro, ABC, rows)


@pytest.mark.parametrize(
    ("values", "before", "after"),
    [
        ([50, 25, 15, 6, 4], "AAABC", "AABCC"),  # 90 crosses 80: A before, B after; 96 crosses 95: B before, C after
        ([80, 15, 5], "ABC", "ABC"),  # exactly on the limit: nothing crosses
        ([100], "A", "C"),  # one item crosses both limits
        ([20, 20, 20, 20, 20], "AAAAB", "AAAAC"),
        ([1, 0, 0], "ACC", "CCC"),
    ],
)
def test_the_item_that_crosses_the_limit(macros, duck, values, before, after):
    assert "".join(classes(macros, duck, values, "before")) == before
    assert "".join(classes(macros, duck, values, "after")) == after


def test_no_value_no_rule_no_class(macros, duck):
    assert classes(macros, duck, [0, 0], "before") == [None, None]
    assert classes(macros, duck, [5, 5], "nonsense") == [None, None]
    assert classes(macros, duck, [5, 5], None) == [None, None]
    assert evaluate(
        duck, macros["kpi_abc_class"]("b", "t", "total", "0.8", "0.95", "rule"), ABC, [(0, 1, None, "before")]
    ) == [None]


def test_the_limit_is_exact_at_huge_values(macros, duck):
    huge = Decimal("99999999999999999.9999")
    four_fifths = (huge * 8 / 10).quantize(Decimal("0.0001"), ROUND_CEILING)
    rows = [(four_fifths, huge, huge, "before"), (four_fifths - Decimal("0.0001"), huge, huge, "before")]
    found = evaluate(duck, macros["kpi_abc_class"]("b", "t", "total", "0.8", "0.95", "rule"), ABC, rows)
    assert found == ["B", "A"]


@settings(max_examples=30, deadline=None)
@given(values=st.lists(st.integers(0, 10**6), min_size=1, max_size=60), rule=st.sampled_from(["before", "after"]))
def test_classes_fall_and_hold_their_share(macros, duck, values, rule):
    ordered = sorted(values, reverse=True)
    if sum(ordered) == 0:
        return
    found = classes(macros, duck, ordered, rule)
    assert found == sorted(found)
    share = Fraction(sum(v for v, c in zip(ordered, found, strict=True) if c == "A"), sum(ordered))
    assert share >= Fraction(4, 5) if rule == "before" else share <= Fraction(4, 5)


def cv2(values: list[Fraction]) -> Fraction | None:
    """Sample variance over squared mean."""
    if len(values) < 2 or sum(values) == 0:
        return None
    mean = Fraction(sum(values), len(values))
    return sum((v - mean) ** 2 for v in values) / (len(values) - 1) / mean**2


def test_variation_of_known_series(macros, duck):
    series = [[10, 10, 10], [0, 20], [5], [], [0, 0], [1, 2, 3, 4], [0] * 51 + [1]]
    rows = [(len(s), sum(s), sum(x * x for x in s)) for s in series]
    found = evaluate(duck, macros["kpi_cv2"]("n", macros["kpi_mean_square_ratio"]("s", "s2")), SUMS, rows)
    assert found[:6] == [Decimal("0.000000"), Decimal("2.000000"), None, None, None, Decimal("0.266667")]
    assert found[6] == Decimal("52.000000")


@settings(max_examples=30, deadline=None)
@given(series=st.lists(st.lists(st.integers(0, 9999), min_size=1, max_size=60), min_size=10, max_size=40))
def test_variation_from_exact_sums_equals_the_definition(macros, duck, series):
    rows = [(len(s), sum(s), sum(x * x for x in s)) for s in series]
    found = evaluate(duck, macros["kpi_cv2"]("n", macros["kpi_mean_square_ratio"]("s", "s2")), SUMS, rows)
    for values, value in zip(series, found, strict=True):
        expected = cv2([Fraction(v) for v in values])
        assert (value is None) == (expected is None)
        if expected is not None:  # the ratio of sums is kept to 8 digits: n of them may add up
            assert abs(Fraction(value) - expected) <= Fraction(2, 10**6)


def test_variation_of_a_bulk_good_kept_in_grams(macros, duck):
    weeks = [10**8, 2 * 10**8, 10**8, 4 * 10**8, 3 * 10**8]  # 1,100 t in five weeks
    found = evaluate(
        duck,
        macros["kpi_cv2"]("n", macros["kpi_mean_square_ratio"]("s", "s2")),
        SUMS,
        [(len(weeks), sum(weeks), sum(x * x for x in weeks))],
    )
    assert abs(Fraction(found[0]) - cv2([Fraction(w) for w in weeks])) <= Fraction(2, 10**6)


def test_variation_of_very_small_quantities(macros, duck):
    found = evaluate(
        duck,
        macros["kpi_cv2"]("n", macros["kpi_mean_square_ratio"]("s", "s2")),
        SUMS,
        [(2, "0.03", "0.0005"), (2, "0.2", "0.04")],
    )
    assert found == [Decimal("0.222222"), Decimal("2.000000")]


def test_demand_class_gives_the_harder_class_at_a_cut(macros, duck):
    cases = [
        ("1.319999", "0.489999", "smooth"),
        ("1.32", "0.489999", "intermittent"),
        ("1.319999", "0.49", "erratic"),
        ("1.32", "0.49", "lumpy"),
        ("1", None, "smooth"),  # one week with demand: no variation is known
        ("9", None, "intermittent"),
        (None, "0.1", None),
        (None, None, None),
    ]
    columns = {"adi": "decimal(24, 6)", "cv2": "decimal(24, 6)"}
    found = evaluate(
        duck, macros["kpi_demand_class"]("adi", "cv2", "1.32", "0.49"), columns, [case[:2] for case in cases]
    )
    assert found == [case[2] for case in cases]


def test_xyz_class_at_its_limits(macros, duck):
    cases = [("0", "X"), ("0.25", "X"), ("0.250001", "Y"), ("1", "Y"), ("1.000001", "Z"), (None, None)]
    found = evaluate(
        duck, macros["kpi_xyz_class"]("cv2", "0.5", "1.0"), {"cv2": "decimal(24, 6)"}, [case[:1] for case in cases]
    )
    assert found == [case[1] for case in cases]


@pytest.mark.parametrize(
    ("cut", "previous", "before", "through", "rule", "held"),
    [
        ("B", "A", 81, 90, "before", "A"),  # within two points of 80
        ("B", "A", 82, 90, "before", "B"),  # two points beyond: it moves
        ("A", "B", 78, 85, "before", "B"),
        ("A", "B", 77, 85, "before", "A"),
        ("C", "B", 96, 97, "before", "B"),
        ("C", "B", 97, 98, "before", "C"),
        ("B", "C", 93, 95, "before", "C"),
        ("B", "C", 92, 95, "before", "B"),
        ("B", "A", 70, 82, "after", "A"),
        ("B", "A", 70, 83, "after", "B"),
        ("A", "B", 70, 78, "after", "A"),
        ("A", "B", 70, 79, "after", "B"),
        ("C", "A", 81, 99, "before", "A"),  # what was cut two classes away is held by where it lies
        ("D", "A", 100, 100, "before", "D"),
        ("B", "N", 81, 90, "before", "B"),
        ("B", None, 81, 90, "before", "B"),
        (None, "A", 81, 90, "before", None),
    ],
)
def test_an_item_near_a_limit_is_held(macros, duck, cut, previous, before, through, rule, held):
    columns = {"cut": "varchar", "previous": "varchar", "b": "decimal(24, 4)", "t": "decimal(24, 4)", "rule": "varchar"}
    sql = macros["kpi_held_class"]("cut", "previous", "b", "t", "100", "0.8", "0.95", "rule", "0.02")
    assert evaluate(duck, sql, columns, [(cut, previous, before, through, rule)]) == [held]


def test_without_hysteresis_nobody_is_held(macros, duck):
    columns = {"b": "decimal(24, 4)", "t": "decimal(24, 4)", "rule": "varchar", "old": "varchar"}
    cut = macros["kpi_abc_class"]("b", "t", "100", "0.8", "0.95", "rule")
    held = macros["kpi_held_class"](f"({cut})", "old", "b", "t", "100", "0.8", "0.95", "rule", "0")
    rows = [(b, b + 5, rule, old) for b in range(0, 96, 5) for rule in ("before", "after") for old in "ABCN"]
    assert evaluate(duck, held, columns, rows) == evaluate(duck, cut, columns, rows)


def test_value_of_a_move_and_gap_of_a_class(macros, duck):
    money = {"a": "decimal(24, 4)", "b": "decimal(24, 4)"}
    found = evaluate(duck, macros["kpi_migration_amount"]("a", "b"), money, [("100", "0"), ("1", "2")])
    assert found == [Decimal(50), Decimal("1.5")]
    gap = macros["kpi_class_gap"]("a", "5", "7", "low", "high", "'none'")
    rows = [("4.9", "0"), ("5", "0"), ("7", "0"), ("7.1", "0"), (None, "0")]
    assert evaluate(duck, gap, money, rows) == ["low", None, None, "high", "none"]
