"""Forecast errors, accuracy, bias, their alerts and the steps of safety stock against the oracle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.python.oracles.compare import assert_none, near
from tests.python.oracles.differences import Case
from tests.python.oracles.forecasts import Forecasts, later


@pytest.fixture(params=["tiny", "edge"])
def company(request) -> Case:
    """Companies whose planners forecast; Wide World Importers has none."""
    return request.getfixturevalue(request.param)


def off(row: dict, figures: dict[str, Any], exact: dict[str, Any]) -> list:
    """(column, mart, oracle) of what is not the same."""
    wrong = [(n, row[n], v) for n, v in figures.items()
             if not near(row[n], None if v is None else Decimal(repr(float(v))), 4)]  # fmt: skip
    return wrong + [(n, row[n], v) for n, v in exact.items() if row[n] != v]


def error_differences(case: Case) -> tuple[list, int]:
    oracle, wrong = Forecasts(case.company, case.marts.rows), []
    rows = case.marts.rows("select * from core.fct_forecast_error where forecast_origin = 'planner'")
    found = {(r["sku_id"], r["location_id"], r["period_type"], r["period_start_date"]): r for r in rows}
    assert set(found) == set(oracle.errors)
    for key, said in oracle.errors.items():
        exact = {"period_end_date": said["end"], "lag_days": said["lag"], "forecast_error_reason": said["reason"],
                 "adjusted_by": said["who"]}  # fmt: skip
        figures = {"forecast_qty": said["forecast"], "statistical_qty": said["statistical"]}
        if said["reason"] is None:
            figures |= {"demand_qty": said["demand"], "error_qty": said["error"]}
            exact["stockout_day_count"] = said["empty"]
        if differs := off(found[key], figures, exact):
            wrong.append((key, differs))
    return wrong, len(found)


def accuracy_differences(case: Case, marts, **values) -> tuple[list, int]:
    said, wrong = Forecasts(case.company, marts.rows, **values).accuracy(), []
    rows = marts.rows("select * from lead.kpi_forecast_accuracy where forecast_origin = 'planner'")
    found = {(r["scope_type"], r["scope_id"], r["month_start_date"]): r for r in rows}
    assert set(found) == set(said)
    for key, row in found.items():
        one, three = said[key], said[key]["window"]
        slope = None if None in one["wapes"] else (one["wapes"][2] - one["wapes"][0]) / 2
        value = one["error_amount"] / one["demand_amount"] if one["demand_amount"] > 0 else None
        window = three["size"] / three["demand"] if three["demand"] > 0 else None
        figures = {"forecast_qty": one["forecast"], "demand_qty": one["demand"], "abs_error_qty": one["size"],
                   "wape_ratio": one["wape"], "bias_ratio": one["bias"], "mape_ratio": one["mape"],
                   "mape_coverage_ratio": one["coverage"], "mase_ratio": one["mase"], "rmse_qty": one["rmse"],
                   "value_wape_ratio": value, "window_wape_ratio": window, "wape_slope_ratio": slope}  # fmt: skip
        figures["accuracy_ratio"] = None if one["wape"] is None else max(1 - one["wape"], 0)
        exact = {"point_count": one["n"], "wape_reason": one["reason"], "accuracy_trend": one["trend"],
                 "uncosted_count": one["uncosted"], "window_month_count": three["months"]}  # fmt: skip
        if differs := off(row, figures, exact):
            wrong.append((key, differs))
    return wrong, len(found)


def bias_differences(case: Case, marts, **values) -> tuple[list, int]:
    said, wrong = Forecasts(case.company, marts.rows, **values).accuracy(), []
    rows = marts.rows("select * from lead.kpi_forecast_bias where forecast_origin = 'planner'")
    assert {(r["scope_type"], r["scope_id"], r["month_start_date"]) for r in rows} == set(said)
    for row in rows:
        key = row["scope_type"], row["scope_id"], row["month_start_date"]
        bias, three = said[key]["bias_of_three"], said[key]["window"]
        figures = {"bias_ratio": bias["bias"], "tracking_signal_ratio": bias["signal"],
                   "censored_share_ratio": bias["censored"], "error_qty": three["error"]}  # fmt: skip
        exact = {"bias_reason": bias["reason"], "is_alert": bias["is_alert"], "bias_severity": bias["severity"],
                 "month_count": three["months"], "point_count": three["n"]}  # fmt: skip
        if differs := off(row, figures, exact):
            wrong.append((key, differs))
    return wrong, len(rows)


def adjustment_differences(case: Case, marts, **values) -> tuple[list, int]:
    oracle, wrong = Forecasts(case.company, marts.rows, **values), []
    accuracy = oracle.accuracy()
    rows = marts.rows("select * from lead.kpi_safety_stock_adjustment")
    assert {(row["sku_id"], row["location_id"]) for row in rows} == set(oracle.statistics)
    for row in rows:
        said = oracle.adjustment((row["sku_id"], row["location_id"]), accuracy)
        figures = {"raw_adjustment_ratio": said["raw"], "adjustment_ratio": said["step"],
                   "proposed_safety_stock_qty": said["proposed"]}  # fmt: skip
        exact = {"error_point_count": said["points"], "sd_source": said["source"],
                 "adjustment_reason": said["reason"], "adjustment_action": said["action"]}  # fmt: skip
        if differs := off(row, figures, exact):
            wrong.append(((row["sku_id"], row["location_id"]), differs))
    return wrong, len(rows)


def test_every_period_that_was_forecast(company):
    assert_none(*error_differences(company))


def test_accuracy_of_every_scope_and_month(company):
    assert_none(*accuracy_differences(company, company.marts))


def test_bias_of_every_scope_and_month(company):
    assert_none(*bias_differences(company, company.marts))


def test_deviation_of_every_record(company):
    oracle, wrong = Forecasts(company.company, company.marts.rows), []
    rows = company.marts.rows("select * from core.fct_forecast_error_statistic")
    for row in rows:
        said = oracle.deviation((row["sku_id"], row["location_id"]))
        figures = {"sd_error_qty": said["sd"], "sd_error_daily_qty": said["daily"]}
        exact = {"error_point_count": said["points"], "period_type": said["kind"]}
        if differs := off(row, figures, exact):
            wrong.append((row["sku_id"], row["location_id"], differs))
    assert_none(wrong, len(rows))


def test_step_of_every_record(company):
    assert_none(*adjustment_differences(company, company.marts))


def test_value_added_of_every_scope_and_month(edge):
    """Planners against the baseline and against the ERP's own figure, over the points that both forecast."""
    planner = Forecasts(edge.company, edge.marts.rows)
    baseline = Forecasts(edge.company, edge.marts.rows, source="baseline").months
    points = planner.scoped()
    points = points[(points["n"] == 1) & (points["scope_type"] != "planner")]
    other = {(r["sku"], r["location"], r["month"], r["kind"]): abs(r["error"])
             for r in baseline.to_dict("records") if r["n"]}  # fmt: skip
    rows = edge.marts.rows("select * from lead.kpi_forecast_value_added")
    said, wrong = {}, []
    for (kind, name), part in points.groupby(["scope_type", "scope_id"]):
        for month in part["month"].unique():
            three = part[(part["month"] <= month) & (part["month"] >= later(month, -2))].to_dict("records")
            for benchmark in ("baseline", "statistical"):
                theirs = [other.get((r["sku"], r["location"], r["month"], r["kind"])) if benchmark == "baseline"
                          else None if r["statistical"] is None or r["statistical"] != r["statistical"]
                          else abs(r["statistical"] - r["demand"]) for r in three]  # fmt: skip
                both = [(abs(r["error"]), t, r["demand"]) for r, t in zip(three, theirs, strict=True) if t is not None]
                said[kind, name, benchmark, month] = [sum(values) for values in zip(*both, strict=True)] + [len(both)]
    assert {(r["scope_type"], r["scope_id"], r["benchmark"], r["month_start_date"]) for r in rows} == set(said)
    for row in rows:
        key = row["scope_type"], row["scope_id"], row["benchmark"], row["month_start_date"]
        own, theirs, demand, n = said[key] if len(said[key]) == 4 else (0, 0, 0, 0)
        reason = "no_benchmark" if not n else "no_demand" if demand <= 0 else None
        value = (theirs - own) / demand if reason is None else None
        figures = {"value_added_ratio": value, "abs_error_qty": own, "benchmark_abs_error_qty": theirs}
        if differs := off(row, figures, {"value_added_reason": reason, "point_count": n}):
            wrong.append((key, differs))
    assert_none(wrong, len(rows))
    assert {row["value_added_verdict"] for row in rows} >= {"planner", "benchmark", None}
    assert {row["value_added_reason"] for row in rows} >= {"no_benchmark", None}


def test_each_alert_is_told_once_and_closes_by_itself(company):
    """Runs of months with an alert, walked month by month."""
    rows = company.marts.rows("select * from lead.kpi_forecast_bias where forecast_origin = 'planner' and is_alert")
    newest = company.marts.rows("select max(month_start_date) as m from lead.kpi_forecast_bias")[0]["m"]
    months: dict[tuple, set] = {}
    for row in rows:
        rule = row["bias_reason"] or f"{'over' if row['error_qty'] > 0 else 'under'}_forecast"
        months.setdefault((row["scope_type"], row["scope_id"], rule), set()).add(row["month_start_date"])
    said = set()
    for key, seen in months.items():
        for month in seen:
            if later(month, -1) in seen:
                continue
            last = month
            while later(last, 1) in seen:
                last = later(last, 1)
            gone = None if last == newest else later(last, 2)
            said.add((*key, later(month, 1), gone))
    told = company.marts.rows(
        "select scope_type, scope_id, rule_id, first_seen_date + 1 as first, resolved_date + 1 as gone "
        "from lead.fct_forecast_bias_alert"
    )
    assert {tuple(row.values()) for row in told} == said
    assert said and len(told) == len(said)


def test_the_edges_occur(edge, tiny):
    def seen(case: Case, sql: str) -> set:
        return {row["x"] for row in case.marts.rows(sql)}

    reasons = "select distinct forecast_error_reason as x from core.fct_forecast_error"
    assert seen(edge, reasons) >= {None, "not_active", "odd_period", "no_version_at_lag"}
    assert seen(edge, "select distinct period_type as x from lead.int_lead__forecast_month") == {"month", "week", "day"}
    assert seen(edge, "select distinct wape_reason as x from lead.kpi_forecast_accuracy") >= {None, "no_demand"}
    biases = "select distinct bias_reason as x from lead.kpi_forecast_bias"
    assert seen(edge, biases) >= {None, "insufficient", "low_value", "over_no_demand", "no_demand"}
    trends = "select distinct accuracy_trend as x from lead.kpi_forecast_accuracy"
    assert seen(edge, trends) >= {None, "deteriorating", "improving", "steady"}
    steps = "select distinct adjustment_reason as x from lead.kpi_safety_stock_adjustment"
    assert seen(edge, steps) | seen(tiny, steps) >= {None, "no_ss", "no_demand", "insufficient"}
