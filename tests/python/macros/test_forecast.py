"""Errors, trends and biases of forecasts (docs/formulas.md A9-A12, A28, B3.1, B6.2)."""

from __future__ import annotations

from decimal import Decimal

from tests.python.macros.render import evaluate

QTY = {"a": "decimal(24, 4)", "b": "decimal(24, 4)"}
RATIO = "decimal(24, 6)"


def _dec(values):
    return [None if value is None else Decimal(value) for value in values]


def test_wape_accuracy_bias(macros, duck):
    rows = [("50", "200"), ("0", "200"), ("300", "200"), ("-30", "200"), ("5", "0"), ("0", "0"), (None, "5")]
    assert evaluate(duck, macros["kpi_wape_ratio"]("a", "b"), QTY, rows) == _dec(
        ["0.25", "0", "1.5", "-0.15", None, None, None]
    )
    assert evaluate(duck, macros["kpi_forecast_bias_ratio"]("a", "b"), QTY, rows) == _dec(
        ["0.25", "0", "1.5", "-0.15", None, None, None]
    )
    assert evaluate(duck, macros["kpi_absolute_percentage_ratio"]("a", "b"), QTY, rows[:5]) == _dec(
        ["0.25", "0", "1.5", "-0.15", None]
    )
    accuracy = evaluate(
        duck, macros["kpi_forecast_accuracy_ratio"]("w"), {"w": RATIO}, [("0.25",), ("1",), ("1.5",), (None,)]
    )
    assert accuracy == _dec(["0.75", "0", "0", None])


def test_why_an_error_has_no_ratio(macros, duck):
    columns = {"n": "integer", "d": "decimal(24, 4)", "r": "varchar"}
    rows = [(0, "0", "not_active"), (2, "0", None), (2, "1", "no_version_at_lag"), (2, "1", None)]
    found = evaluate(duck, macros["kpi_wape_reason"]("n", "d", "r"), columns, rows)
    assert found == ["not_active", "no_demand", None, None]


def test_mase_and_its_unit(macros, duck):
    assert evaluate(duck, macros["kpi_mase_ratio"]("a", "b"), QTY, [("3", "2"), ("3", "0"), ("3", None)]) == _dec(
        ["1.5", None, None]
    )
    columns = {"ss": RATIO, "sn": "integer", "m": "integer", "ts": RATIO, "tn": "integer"}
    rows = [
        ("36", 12, 12, "46", 23),  # as many seasonal steps as a season has months
        ("33", 11, 12, "44", 22),  # one too few: month to month
        (None, 0, 12, "0", 3),  # never moved: a naive forecast is never wrong
        (None, 0, 12, None, 0),
    ]
    found = evaluate(duck, macros["kpi_mase_scale_qty"]("ss", "sn", "m", "ts", "tn"), columns, rows)
    assert found == _dec(["3", "2", "0", None])


def test_rmse_and_tracking_signal(macros, duck):
    columns = {"s": "decimal(24, 4)", "n": "integer"}
    found = evaluate(duck, macros["kpi_rmse_qty"]("s", "n"), columns, [("50", 2), ("0", 3), ("0", 0)])
    assert found == _dec(["5", "0", None])
    columns = {"e": "decimal(24, 4)", "ae": "decimal(24, 4)", "n": "integer"}
    rows = [("30", "30", 3), ("-30", "30", 3), ("0", "12", 3), ("0", "0", 3)]
    found = evaluate(duck, macros["kpi_tracking_signal"]("e", "ae", "n"), columns, rows)
    assert found == _dec(["-3", "3", "0", None])  # A - F: over-forecast is below nil


def test_the_trend_of_three_months(macros, duck):
    columns = {"f": RATIO, "m": RATIO, "l": RATIO}
    cases = [
        (("0.20", "0.20", "0.24"), "deteriorating"),  # 0.02 a month: at the trigger
        (("0.20", "0.30", "0.239999"), "steady"),
        (("0.20", "0.22", "0.24"), "deteriorating"),
        (("0.20", "0.21", "0.22"), "steady"),  # three in a row, by chance
        (("0.24", "0.20", "0.20"), "improving"),
        (("0.24", "0.90", "0.20"), "improving"),
        ((None, "0.20", "0.24"), None),
        (("0.20", None, "0.24"), None),
        (("0.20", "0.20", None), None),
    ]
    trend = macros["kpi_accuracy_trend"]("f", "m", "l", "0.02", "0.04")
    assert evaluate(duck, trend, columns, [case for case, _ in cases]) == [said for _, said in cases]
    risen = macros["kpi_accuracy_trend"]("f", "m", "l", "0.5", "0.02")  # by the rise alone
    assert evaluate(duck, risen, columns, [("0.20", "0.21", "0.22"), ("0.20", "0.19", "0.22")]) == [
        "deteriorating",
        "steady",
    ]
    slope = evaluate(duck, macros["kpi_slope_of_three"]("f", "l"), columns, [("0.2", "9", "0.3"), (None, "9", "0.3")])
    assert slope == _dec(["0.05", None])


def test_bias_alerts_are_strict_and_need_enough(macros, duck):
    columns = {"n": "integer", "f": "decimal(24, 4)", "a": "decimal(24, 4)", "v": "decimal(24, 4)"}
    cases = [
        ((3, "108", "100", "100"), None),
        ((2, "108", "100", "100"), "insufficient"),
        ((3, "108", "100", "99.99"), "low_value"),
        ((3, "108", "100", None), None),  # an unknown cost is no reason to be silent
        ((3, "108", "0", "500"), "over_no_demand"),
        ((3, "5", "0", "5"), "low_value"),
        ((3, "0", "0", "0"), "no_demand"),
        ((3, "5", "-2", None), "over_no_demand"),
    ]
    reason = macros["kpi_bias_reason"]("n", "3", "f", "a", "v", "100")
    assert evaluate(duck, reason, columns, [case for case, _ in cases]) == [said for _, said in cases]
    columns = {"b": RATIO, "r": "varchar"}
    cases = [
        (("0.08", None), False, None),  # strict
        (("0.080001", None), True, "AMBER"),
        (("-0.080001", None), True, "AMBER"),
        (("0.16", None), True, "AMBER"),
        (("0.160001", None), True, "RED"),
        (("-0.5", None), True, "RED"),
        ((None, "over_no_demand"), True, "RED"),
        ((None, "insufficient"), None, None),
        (("0.5", "low_value"), None, None),
    ]
    rows = [case for case, *_ in cases]
    assert evaluate(duck, macros["kpi_is_biased"]("b", "r", "0.08"), columns, rows) == [case[1] for case in cases]
    severity = macros["kpi_bias_severity"]("b", "r", "cast(0.08 as decimal(18, 6))", "cast(2 as decimal(18, 6))")
    assert evaluate(duck, severity, columns, rows) == [case[2] for case in cases]
