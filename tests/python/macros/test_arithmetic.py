"""Division, products and rounding: exact decimals, ties away from zero, null where there is no quotient."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.python.macros.render import evaluate

FOUR = {"n": "decimal(18, 4)", "d": "decimal(18, 4)"}
SIX = {"n": "decimal(24, 6)", "d": "decimal(24, 6)"}
LONGEST = Decimal("999999999999999.999999")  # fewer than 16 integer digits, six after the point: what divide promises
SQUARE = Decimal("999999999999999999999999.999999")  # and of a dividend fewer than 25, up to six digits of the quotient


def quotient(n: Decimal | None, d: Decimal | None, scale: int) -> Decimal | None:
    """n / d rounded half away from zero, as the macro promises it; None without a quotient."""
    if n is None or not d:
        return None
    with localcontext(prec=80):
        return (n / d).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)


@pytest.mark.parametrize("scale", [1, 2, 4, 6, 12])
def test_divide_rounds_ties_away_from_zero_and_is_null_without_a_quotient(macros, duck, scale):
    texts = ["0", "1", "-1", "2", "3", "-3", "7", "1.005", "-1.005", "0.0005", "-0.0005", "2.675", "1000000", "0.0001"]
    cases = [(Decimal(n), Decimal(d)) for n in texts for d in texts] + [(None, Decimal(1)), (Decimal(1), None)]
    found = evaluate(duck, macros["divide"]("n", "d", scale), FOUR, cases)
    assert found == [quotient(n, d, scale) for n, d in cases]


def test_the_tie_that_binary_fractions_miss(macros, duck):
    cases = [("1.005", "1"), ("-1.005", "1"), ("2.010", "2"), ("0.015", "1"), ("1.004999", "1")]
    found = evaluate(duck, macros["divide"]("n", "d", 2), SIX, cases)
    assert found == [Decimal(x) for x in ("1.01", "-1.01", "1.01", "0.02", "1.00")]


def test_divide_holds_at_the_widest_operands_it_promises(macros, duck):
    small = Decimal("0.000001")
    cases = [
        (LONGEST, Decimal(1)),
        (-LONGEST, Decimal(3)),
        (LONGEST, LONGEST),
        (small, LONGEST),
        (Decimal(10) ** 11, small),
        (SQUARE, LONGEST),
        (SQUARE.copy_negate(), Decimal(10) ** 7),
    ]
    columns = {"n": "decimal(30, 6)", "d": "decimal(24, 6)"}
    found = evaluate(duck, macros["divide"]("n", "d", 6), columns, cases)
    assert found == [quotient(n, d, 6) for n, d in cases]


def test_divide_accepts_expressions_of_any_precedence_and_integers(macros, duck):
    sql = f"select {macros['divide']('5 - 1', '1 + 1', 2)}, {macros['divide']('cast(null as integer)', '1')}"
    assert duck.execute(sql).fetchone() == (Decimal("2.00"), None)


def test_a_divisor_below_the_smallest_unit_gives_null_and_never_an_error(macros, duck):
    found = evaluate(
        duck, macros["divide"]("n", "d"), {"n": "decimal(18, 4)", "d": "decimal(18, 8)"}, [("1", "0.00000001")]
    )
    assert found == [None]


def test_divide_gives_a_decimal_of_the_scale_it_was_asked_for(macros, duck):
    sql = f"select typeof({macros['divide']('1.0', '3.0', 4)}), typeof({macros['divide']('1.0', '3.0')})"
    assert duck.execute(sql).fetchone() == ("DECIMAL(24,4)", "DECIMAL(24,6)")


NUMERATORS = st.decimals(-(10**12), 10**12, places=6)
DIVISORS = st.decimals(-(10**6), 10**6, places=6)


@settings(max_examples=20, deadline=None)
@given(pairs=st.lists(st.tuples(NUMERATORS, DIVISORS), min_size=50, max_size=200), scale=st.sampled_from([2, 4, 6]))
def test_divide_equals_decimal_division(macros, duck, pairs, scale):
    assert evaluate(duck, macros["divide"]("n", "d", scale), SIX, pairs) == [quotient(n, d, scale) for n, d in pairs]


@settings(max_examples=20, deadline=None)
@given(
    values=st.lists(st.decimals(-(10**12), 10**12, places=8), min_size=50, max_size=200),
    scale=st.sampled_from([0, 2, 4]),
)
def test_fixed_rounds_half_away_from_zero(macros, duck, values, scale):
    found = evaluate(duck, macros["fixed"]("x", scale), {"x": "decimal(28, 8)"}, [(value,) for value in values])
    assert found == [value.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP) for value in values]


BESIDE_TIES = st.tuples(
    st.integers(-(10**13), 10**13) | st.integers(-1000, 1000),
    st.sampled_from([Decimal(e) for e in ("0", "1e-10", "-1e-10", "1e-8", "-1e-8", "2e-7", "-2e-7", "1e-6", "-1e-6")]),
)
"""Whole units of the last digit, and how far beside the half of one more."""


@settings(max_examples=40, deadline=None)
@given(points=st.lists(BESIDE_TIES, min_size=50, max_size=200), scale=st.sampled_from([2, 4]))
def test_fixed_beside_ties(macros, duck, points, scale):
    unit = Decimal(1).scaleb(-scale)
    with localcontext(prec=80):
        values = [(units + Decimal("0.5")) * unit + beside for units, beside in points]
        expected = [value.quantize(unit, ROUND_HALF_UP) for value in values]
    found = evaluate(duck, macros["fixed"]("x", scale, 30), {"x": "decimal(38, 10)"}, [(value,) for value in values])
    assert found == expected


@settings(max_examples=40, deadline=None)
@given(
    points=st.lists(
        st.tuples(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.sampled_from([0, 1, -1])), min_size=50
    ),
    scale=st.sampled_from([1, 2, 4]),
)
def test_divide_beside_ties(macros, duck, points, scale):
    small = Decimal("0.000001")
    with localcontext(prec=80):
        half_units = [(Decimal(2 * units + 1) / 2).scaleb(-scale) for units, _, _ in points]
        pairs = [
            ((half * d + beside * small).quantize(small), Decimal(d))
            for half, (_, d, beside) in zip(half_units, points, strict=True)
        ]
    assert evaluate(duck, macros["divide"]("n", "d", scale), SIX, pairs) == [quotient(n, d, scale) for n, d in pairs]


def test_fixed_gives_the_digits_it_was_asked_for_and_fails_beyond_them(macros, duck):
    sql = f"select typeof({macros['fixed']('x', 6, 18)}), typeof({macros['fixed']('x', 0)}) from (select 1.5 as x)"
    assert duck.execute(sql).fetchone() == ("DECIMAL(18,6)", "DECIMAL(24,0)")
    with pytest.raises(duckdb.Error):
        evaluate(duck, macros["fixed"]("x", 6, 18), {"x": "decimal(38, 10)"}, [("1000000000000",)])


def test_fixed_on_ties(macros, duck):
    cases = ["1.005", "-1.005", "2.675", "0.0005", "1.00449999"]
    found = evaluate(duck, macros["fixed"]("x", 2), {"x": "decimal(18, 8)"}, [(x,) for x in cases])
    assert found == [Decimal(x) for x in ("1.01", "-1.01", "2.68", "0.00", "1.00")]
    assert evaluate(duck, macros["fixed"]("x"), {"x": "decimal(18, 8)"}, [(None,)]) == [None]


@settings(max_examples=20, deadline=None)
@given(
    pairs=st.lists(
        st.tuples(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**6), 10**6, places=6)), min_size=50
    )
)
def test_multiply_is_exact(macros, duck, pairs):
    columns = {"a": "decimal(18, 4)", "b": "decimal(18, 6)"}
    with localcontext(prec=80):
        assert evaluate(duck, macros["multiply"]("a", "b"), columns, pairs) == [a * b for a, b in pairs]


FACTORS = st.decimals(-(10**9), 10**9, places=6) | st.decimals(-100, 100, places=2)
RATES = st.decimals(-(10**4), 10**4, places=8) | st.sampled_from([Decimal("0.5"), Decimal("0.00000005"), Decimal(1)])


@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(FACTORS, RATES), min_size=50), scale=st.sampled_from([0, 2, 4, 6]))
def test_product_is_the_exact_product_rounded_half_away_from_zero(macros, duck, pairs, scale):
    found = evaluate(duck, macros["product"]("a", "b", scale), {"a": "decimal(24, 6)", "b": "decimal(18, 8)"}, pairs)
    with localcontext(prec=80):
        assert found == [(a * b).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP) for a, b in pairs]


def test_product_rounds_its_first_factor_to_six_digits_and_is_null_without_a_factor(macros, duck):
    columns = {"a": "decimal(38, 10)", "b": "decimal(18, 4)"}
    found = evaluate(duck, macros["product"]("a", "b"), columns, [("0.0000005", "1"), (None, "1"), ("1", None)])
    assert found == [Decimal("0.000001"), None, None]
    kind = duck.execute(f"select typeof({macros['product']('1.5', '2', 4, 18)})").fetchone()
    assert kind == ("DECIMAL(18,4)",)


def test_multiply_does_not_overflow_where_duckdb_alone_does(macros, duck):
    row = [("99999999999999.9999", "999999.999999")]
    columns = {"a": "decimal(18, 4)", "b": "decimal(18, 6)"}
    with localcontext(prec=80):
        assert evaluate(duck, macros["multiply"]("a", "b"), columns, row) == [Decimal(row[0][0]) * Decimal(row[0][1])]
    with pytest.raises(duckdb.Error):
        evaluate(duck, "a * b", columns, row)
