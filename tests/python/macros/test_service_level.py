"""Formulas of the service level (docs/formulas.md 1.1) on their edges."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

QTY = "decimal(24, 6)"


def values(macros, duck, name, columns, cases, **named):
    """Value of a macro over cases whose last cell is what is expected."""
    sql = macros[name](*columns, **named)
    return evaluate(duck, sql, dict.fromkeys(columns, QTY), [case[:-1] for case in cases])


def expected(cases):
    return [None if case[-1] is None else Decimal(case[-1]) for case in cases]


def test_deviation_over_lead_time(macros, duck):
    cases = [
        ("10", "3", "20", "0", "9.486833"),
        ("10", "3", "20", "2", "41.109610"),  # sqrt(90 + 400 x 4)
        ("0", "3", "20", "0", "0"),
        ("10", "0", "20", "0", "0"),
        ("1000", "50000", "100000", "30", "3391164.991563"),
        (None, "3", "20", "0", None),
        ("10", None, "20", "0", None),
    ]
    assert values(macros, duck, "kpi_lead_time_demand_sd", ["d", "s", "m", "l"], cases) == expected(cases)


def test_error_of_what_is_estimated(macros, duck):
    cases = [("9", "27", "12"), ("9", "0", "9"), ("9", None, "9"), ("0", "27", "0"), (None, "27", None)]
    assert values(macros, duck, "kpi_days_with_estimate_error", ["d", "n"], cases) == expected(cases)
    cases = [("2", "9", "2.108185"), ("2", "1", "2.828427"), ("0", "9", "0"), ("2", "0", None), (None, "9", None)]
    assert values(macros, duck, "kpi_sd_with_estimate_error", ["s", "n"], cases) == expected(cases)


def test_distribution_by_class(macros, duck):
    columns = {"kind": "varchar", "mean": QTY, "sd": QTY}
    cases = [
        ("smooth", "10", "3", "normal"),
        ("erratic", "10", "3", "gamma"),
        ("intermittent", "10", "3", "poisson"),
        ("intermittent", "9", "3", "poisson"),  # a variance equal to the mean
        ("intermittent", "8.999999", "3", "negative_binomial"),
        ("lumpy", "4", "3", "negative_binomial"),
        ("lumpy", "40", "3", "poisson"),
        ("smooth", "10", "0", "constant"),
        (None, "10", "3", None),
        ("smooth", "0", "0", "constant"),  # delivered at once
        ("smooth", "0", "3", None),
        (None, "0", "0", None),
        ("smooth", None, "3", None),
        ("smooth", "10", None, None),
    ]
    sql = macros["kpi_lead_time_distribution"]("kind", "mean", "sd")
    assert evaluate(duck, sql, columns, [case[:-1] for case in cases]) == [case[-1] for case in cases]


def test_economic_order_quantity(macros, duck):
    cases = [
        ("3120", "12", "6", "0.25", "223.427841"),  # sqrt(2 x 3,120 x 12 / 1.5)
        ("1000", "100", "10", "0.2", "316.227766"),
        ("0", "100", "10", "0.2", None),
        ("1000", "0", "10", "0.2", None),
        ("1000", None, "10", "0.2", None),
        ("1000", "100", None, "0.2", None),
        ("1000", "100", "10", "0", None),
    ]
    assert values(macros, duck, "kpi_economic_order_qty", ["d", "k", "c", "h"], cases) == expected(cases)


def test_cost_of_a_unit_short(macros, duck):
    cases = [
        ("20", "10", "0.1", "12"),
        ("8", "10", "0.05", "0.4"),  # sold below cost: goodwill alone
        ("20", "10", "0", "10"),
        (None, "10", "0.1", None),
        ("20", None, "0.1", None),
    ]
    assert values(macros, duck, "kpi_shortage_unit_amount", ["p", "c", "g"], cases) == expected(cases)


def test_safety_stock_is_cut_at_nil_unless_it_may_be_negative(macros, duck):
    columns = {"x": QTY, "m": QTY, "n": "boolean"}
    cases = [
        ("12", "10", "false", "2"),
        ("8", "10", "false", "0"),
        ("8", "10", "true", "-2"),
        ("10", "10", "false", "0"),
        (None, "10", "false", None),
        ("12", None, "false", None),
    ]
    sql = macros["kpi_safety_stock_qty"]("x", "m", "n")
    assert evaluate(duck, sql, columns, [case[:-1] for case in cases]) == expected(cases)


def test_fill_and_units_short(macros, duck):
    cases = [
        ("2", "100", "0.98"),
        ("0", "100", "1"),
        ("150", "100", "0"),  # more short in a cycle than one order brings
        ("1", "0", None),
        (None, "100", None),
    ]
    assert values(macros, duck, "kpi_fill_ratio", ["e", "q"], cases) == expected(cases)
    cases = [("0.5", "1000", "50", "10"), ("0", "1000", "50", "0"), ("0.5", "1000", "0", None), (None, "1", "1", None)]
    assert values(macros, duck, "kpi_short_qty", ["e", "d", "q"], cases) == expected(cases)


def test_optimum_with_back_orders(macros, duck):
    cases = [
        ("100", "2", "20", "1000", "0.99"),
        ("100", "2", "0.1", "1000", "0"),  # a shortage that costs less than any safety stock
        ("100", "2", "0", "1000", None),
        ("100", "2", None, "1000", None),
        ("100", "2", "20", "0", None),
    ]
    assert values(macros, duck, "kpi_backorder_optimum_ratio", ["q", "h", "b", "d"], cases) == expected(cases)


def test_target_of_three_parts(macros, duck):
    cases = [
        (None, "0.95", "0.98", "0.95"),
        (None, "0.99", "0.98", "0.98"),
        ("0.985", "0.99", "0.98", "0.985"),
        ("0.5", "0.95", "0.98", "0.95"),
        ("0", "0.95", "0.98", "0.95"),
        ("0.985", None, "0.98", None),  # what costs least is not known
        ("0.985", "0.95", None, None),
    ]
    assert values(macros, duck, "kpi_service_level_target", ["f", "o", "c"], cases) == expected(cases)


def test_yearly_demand_and_cost_of_safety_stock(macros, duck):
    cases = [("0", "0"), ("1.5", "547.5"), (None, None)]
    assert values(macros, duck, "kpi_annual_demand_qty", ["m"], cases) == expected(cases)
    cases = [("23.2635", "10", "0.2", "46.5270"), ("-2", "10", "0.2", "-4"), ("1", None, "0.2", None)]
    assert values(macros, duck, "kpi_safety_stock_cost", ["s", "c", "h"], cases) == expected(cases)


def test_service_of_the_promised_type(macros, duck):
    columns = {"kind": "varchar", "c": QTY, "f": QTY, "i": QTY}
    cases = [("cycle", "0.9", "0.95", "0.97"), ("fill", "0.9", "0.95", "0.97"), ("in_stock", "0.9", "0.95", "0.97")]
    sql = macros["kpi_service_of_type"]("kind", "c", "f", "i")
    assert evaluate(duck, sql, columns, [*cases, ("other", "1", "1", "1")]) == [
        Decimal("0.9"),
        Decimal("0.95"),
        Decimal("0.97"),
        None,
    ]
