"""Every choice that policy leaves open is taken each way, and the marts say what the oracle says for it.

Here: rows of unit `choice` in seeds/policy/policy_rows.csv, flipped in a copy of a built database. Not here:
thresholds. The averaging methods and units are flipped in the company of edge cases: the tiny one has four months, and
methods can be told apart only over a year.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from orchestration.lib.sql import connect
from tests.python.fixtures_marts import Marts
from tests.python.oracles.accepted import seed
from tests.python.oracles.carrying import losses
from tests.python.oracles.company import Company
from tests.python.oracles.compare import assert_none
from tests.python.oracles.differences import Case, carrying_differences, class_differences, turnover_differences
from tests.python.oracles.escalation import escalations, weeks
from tests.python.oracles.escalation_differences import escalation_differences
from tests.python.oracles.receipt_differences import line_differences, month_differences
from tests.python.oracles.stock_to_sales import benchmark
from tests.python.oracles.test_fill import fill_differences
from tests.python.oracles.test_forecasts import adjustment_differences
from tests.python.oracles.test_money import audit_differences
from tests.python.oracles.test_obsolescence import flag_differences, write_off_differences
from tests.python.oracles.test_service_level import target_differences
from tests.python.oracles.test_stockouts import event_differences

OPTIONS = {
    "abc_boundary": {"before", "after"},
    "allow_negative_ss": {"true", "false"},
    "estimate_error": {"counted", "ignored"},
    "demand_basis": {"unconstrained", "served"},
    "avg_inventory_method": {"auto", "daily", "13_point", "2_point"},
    "escalation_gap_policy": {"breaks", "bridges"},
    "turnover_numerator": {"cogs", "units"},
    "isr_benchmark": {"ISRATIO", "RETAILIRSA"},
    "early_receipt_rule": {"shown", "punished"},
    "otif_moment": {"shipped", "delivered"},
    "safety_stock_sigma": {"forecast_error", "demand"},
    "shrink_in_cogs": {"true", "false"},
    "accounting_framework": {"ias2", "us_gaap"},
    "carrying_risk_basis": {"rate", "measured"},
    "storage_cost_basis": {"cube", "value"},
    "writeoff_base": {"avg_inventory", "cogs", "gross_stock"},
    "shrink_sector": {"distribution", "retail"},
    "oos_basis": {"atp", "on_hand"},
}
ABC_MODELS = ("int_core__class_review+,+kpi_abc_class",)
TURNOVER_MODELS = ("+kpi_inventory_turnover,path:models/marts/lag",)
ESCALATION_MODELS = ("int_governance__breach_run+,path:models/marts/governance",)
DEMAND_MODELS = ("int_service__demand_moment+,path:models/marts/service",)
LAG_MODELS = ("path:models/marts/lag",)
SHRINK_MODELS = ("int_lag__shrink_sector+,path:models/marts/lag",)
SERVICE_MODELS = ("int_service__service_level_candidate+,path:models/marts/service",)
RECEIPT_MODELS = ("int_core__order_line_timing+,path:models/marts/core", "path:models/marts/lead")
FILL_MODELS = ("int_service__order_line_fill+,path:models/marts/service",)
AUDIT_MODELS = ("int_lag__audit_window+,path:models/marts/lag",)
STOCKOUT_MODELS = ("int_lag__empty_run+,path:models/marts/lag",)
SIGMA_MODELS = ("fct_forecast_error_statistic", "int_lead__safety_stock_need", "kpi_safety_stock_adjustment")
FULL_YEAR = date(2026, 3, 31)  # the company of edge cases knows 13 month ends of its first location


def flipped(marts: Marts, tmp_path, models, **values) -> Marts:
    """A copy of the marts in which policy says otherwise and the models that read it were run again."""
    copy = marts.copy(tmp_path / "flipped")
    copy.set_policy(**values)
    copy.rebuild(*models)
    return copy


def test_every_choice_in_the_seed_is_flipped_here():
    rows = [row for row in seed("policy/policy_rows.csv") if row["unit"] == "choice"]
    assert {row["policy_key"] for row in rows} == set(OPTIONS)
    assert all(row["value"] in OPTIONS[row["policy_key"]] for row in rows)


@pytest.fixture(scope="module")
def tiny(tiny_marts) -> Case:
    return Case("tiny", tiny_marts, Company(tiny_marts.home))


@pytest.fixture(scope="module")
def edge(edge_marts) -> Case:
    return Case("edge", edge_marts, Company(edge_marts.home))


@pytest.mark.parametrize("option", sorted(OPTIONS["abc_boundary"]))
def test_abc_boundary(tiny, tmp_path, option):
    marts = flipped(tiny.marts, tmp_path, ABC_MODELS, abc_boundary=option)
    assert_none(*class_differences(tiny, marts, option))
    sql = "select scope_id, sku_id, review_date, abc_class from lag.kpi_abc_class order by all"
    assert (marts.rows(sql) == tiny.marts.rows(sql)) == (option == "before")


@pytest.mark.parametrize("option", sorted(OPTIONS["avg_inventory_method"]))
def test_avg_inventory_method(edge, tmp_path, option):
    marts = flipped(edge.marts, tmp_path, TURNOVER_MODELS, avg_inventory_method=option)
    assert_none(*turnover_differences(edge, marts, FULL_YEAR, method=option))
    used = "select distinct avg_method_used as m from lag.kpi_inventory_turnover where scope_type = 'sku_location'"
    methods = {row["m"] for row in marts.rows(used)}
    assert methods == ({"daily", "2_point"} if option == "auto" else {option})
    figures = "select scope_id, avg_inventory_amount from lag.kpi_inventory_turnover"
    sql = f"{figures} where last_day_date = date '{FULL_YEAR}' order by all"
    assert (marts.rows(sql) == edge.marts.rows(sql)) == (option == "auto")


@pytest.mark.parametrize("option", sorted(OPTIONS["turnover_numerator"]))
def test_turnover_numerator(edge, tmp_path, option):
    marts = flipped(edge.marts, tmp_path, TURNOVER_MODELS, turnover_numerator=option)
    assert_none(*turnover_differences(edge, marts, FULL_YEAR, numerator=option))
    figures = "select turnover_numerator_amount as n from lag.kpi_inventory_turnover"
    total = f"{figures} where scope_type = 'company' order by all"
    assert (marts.rows(total) == edge.marts.rows(total)) == (option == "cogs")


@pytest.mark.parametrize("option", sorted(OPTIONS["isr_benchmark"]))
def test_isr_benchmark(edge, tmp_path, option):
    marts = flipped(edge.marts, tmp_path, ("int_lag__sector_benchmark", "kpi_inventory_to_sales"), isr_benchmark=option)
    told = marts.rows("select distinct last_day_date, benchmark_ratio from lag.kpi_inventory_to_sales")
    assert len(told) > 15
    assert {row["last_day_date"]: row["benchmark_ratio"] for row in told} == {
        row["last_day_date"]: benchmark(row["last_day_date"], option) for row in told
    }
    sql = "select scope_id, last_day_date, benchmark_gap_ratio from lag.kpi_inventory_to_sales order by all"
    assert (marts.rows(sql) == edge.marts.rows(sql)) == (option == "ISRATIO")


@pytest.mark.parametrize("option", sorted(OPTIONS["shrink_in_cogs"]))
def test_shrink_in_cogs(edge, tmp_path, option):
    """What counts found missing is a cost of sales or it is not; the stock they correct is the same."""
    marts = flipped(edge.marts, tmp_path, AUDIT_MODELS, shrink_in_cogs=option)
    assert_none(*audit_differences(edge, marts, FULL_YEAR, option))
    for amount, moves in (("audited_cogs_amount", True), ("audited_inventory_amount", False)):
        sql = f"select scope_id, {amount} from lag.kpi_turnover_audit order by all"
        assert (marts.rows(sql) == edge.marts.rows(sql)) == (option == "true" or not moves)


def test_thirteen_points_need_thirteen_month_ends(edge, tmp_path):
    """At the end of 2025 there are twelve month ends and enough days: twelve values over 13 are no average."""
    marts = flipped(edge.marts, tmp_path, TURNOVER_MODELS, avg_inventory_method="13_point")
    assert_none(*turnover_differences(edge, marts, date(2025, 12, 31), method="13_point"))
    average = "select avg_inventory_amount as a from lag.kpi_inventory_turnover where last_day_date = date '2025-12-31'"
    assert {row["a"] for row in marts.rows(average)} == {None}


LOST_WEEK = date(2026, 1, 5)  # the first after week 1 of 2026, in the middle of long runs


@pytest.mark.parametrize("reset", [1, 2, 3])
@pytest.mark.parametrize("option", sorted(OPTIONS["escalation_gap_policy"]))
def test_escalation_gap_policy(edge, tmp_path, option, reset):
    """A week is lost for all scopes: it breaks every run or none; runs survive fewer clear weeks than policy asks."""
    said = weeks(edge.company)
    assert sum(its_weeks.pop(LOST_WEEK, None) is not None for its_weeks in said.values()) > 20
    copy = edge.marts.copy(tmp_path / "flipped")
    copy.set_policy(escalation_gap_policy=option, escalation_reset_weeks=reset)
    with connect(copy.home.build_db) as connection:
        lost = f"where week_start_date = date '{LOST_WEEK}'"
        connection.execute(f"delete from governance.int_governance__overstock_week {lost}")
    copy.rebuild(*ESCALATION_MODELS)
    expected = escalations(edge.company, said, reset=reset, gap=option)
    assert_none(*escalation_differences(copy, expected, edge.company.as_of_date))
    broken = [one for one in expected.values() if one.closed and one.closed[1] == "missing_week"]
    assert bool(broken) == (option == "breaks")
    sql = "select escalation_id, breach_week_count from governance.fct_escalation order by all"
    assert copy.rows(sql) != edge.marts.rows(sql)


@pytest.mark.parametrize("option", sorted(OPTIONS["allow_negative_ss"]))
def test_allow_negative_ss(tiny, tmp_path, option):
    marts = flipped(tiny.marts, tmp_path, SERVICE_MODELS, allow_negative_ss=option)
    assert_none(*target_differences(tiny.company, marts, allow_negative=option == "true"))
    lowest = "select min(needed_safety_stock_qty) as n from service.int_service__service_level_candidate"
    assert (marts.rows(lowest)[0]["n"] < 0) == (option == "true")


@pytest.mark.parametrize("option", sorted(OPTIONS["estimate_error"]))
def test_estimate_error(tiny, tmp_path, option):
    marts = flipped(tiny.marts, tmp_path, DEMAND_MODELS, estimate_error=option)
    assert_none(*target_differences(tiny.company, marts, estimate_error=option))
    spread = "select sum(sd_lead_time_demand_qty) as n from service.int_service__lead_time_demand"
    before = tiny.marts.rows(spread)[0]["n"]
    assert marts.rows(spread)[0]["n"] == before if option == "counted" else marts.rows(spread)[0]["n"] < before


@pytest.mark.parametrize("option", sorted(OPTIONS["demand_basis"]))
def test_demand_basis(tiny, tmp_path, option):
    """What empty shelves hid is asked for or it is not: only means, and what stands on them, move."""
    marts = flipped(tiny.marts, tmp_path, DEMAND_MODELS, demand_basis=option)
    assert_none(*target_differences(tiny.company, marts, demand_basis=option))
    mean, before = "select sum(mean_daily_qty) as n from service.int_service__lead_time_demand", tiny.marts.rows
    assert (marts.rows(mean)[0]["n"] < before(mean)[0]["n"]) == (option == "served")


@pytest.mark.parametrize("option", sorted(OPTIONS["early_receipt_rule"]))
def test_early_receipt_rule(edge, tmp_path, option):
    marts = flipped(edge.marts, tmp_path, RECEIPT_MODELS, early_receipt_rule=option)
    assert_none(*line_differences(edge, marts, early_receipt_rule=option))
    assert_none(*month_differences(edge, marts, early_receipt_rule=option))
    sql = "select purchase_order_line_id, is_on_time from lead.kpi_receipt_variance order by all"
    assert (marts.rows(sql) == edge.marts.rows(sql)) == (option == "shown")


def test_the_limits_of_receipts_move_what_they_limit(edge, tmp_path):
    """Each number of policy set apart from the seed: the marts follow the oracle, and each flag moves."""
    limits = {
        "po_receipt_variance_pct": "0.2",
        "po_receipt_min_days": "4",
        "po_receipt_abs_days": "3",
        "po_qty_variance_pct": "0.05",
        "late_tolerance_days": "2",
        "early_tolerance_days": "1",
        "otif_over_tol": "0.1",
        "supplier_exception_share": "0.5",
    }
    marts = flipped(edge.marts, tmp_path, RECEIPT_MODELS, **limits)
    assert_none(*line_differences(edge, marts, **limits))
    assert_none(*month_differences(edge, marts, **limits))
    for flag in ("is_date_alert", "is_quantity_alert", "is_on_time", "is_too_early", "is_in_full"):
        sql = f"select purchase_order_line_id, {flag} from lead.kpi_receipt_variance order by all"
        assert marts.rows(sql) != edge.marts.rows(sql), flag
    sql = "select scope_id, month_start_date, is_exception from lead.fct_receipt_exception order by all"
    assert marts.rows(sql) != edge.marts.rows(sql)


def test_a_line_counts_as_full_from_the_share_of_policy(edge, tmp_path):
    models = ("int_core__order_line_receipt", "fct_purchase_order_line", *RECEIPT_MODELS)
    marts = flipped(edge.marts, tmp_path, models, full_receipt_pct="0.9")
    assert_none(*line_differences(edge, marts, full_receipt_pct="0.9"))
    sql = "select purchase_order_line_id from core.fct_purchase_order_line where is_received_in_full order by all"
    assert len(marts.rows(sql)) > len(edge.marts.rows(sql))


@pytest.mark.parametrize("option", sorted(OPTIONS["otif_moment"]))
def test_otif_moment(edge, tmp_path, option):
    marts = flipped(edge.marts, tmp_path, FILL_MODELS, otif_moment=option)
    assert_none(*fill_differences(edge.company, marts, option))
    sql = "select sum(otif_line_count) as n from service.kpi_fill_rate where scope_type = 'company'"
    assert (marts.rows(sql) == edge.marts.rows(sql)) == (option == "shipped")


@pytest.mark.parametrize("option", sorted(OPTIONS["safety_stock_sigma"]))
def test_safety_stock_sigma(tiny, tmp_path, option):
    marts = flipped(tiny.marts, tmp_path, SIGMA_MODELS, safety_stock_sigma=option)
    assert_none(*adjustment_differences(tiny, marts, safety_stock_sigma=option))
    sql = "select sku_id, location_id, raw_adjustment_ratio from lead.kpi_safety_stock_adjustment order by all"
    assert (marts.rows(sql) == tiny.marts.rows(sql)) == (option == "forecast_error")


@pytest.mark.parametrize("option", sorted(OPTIONS["accounting_framework"]))
def test_accounting_framework(edge, tmp_path, option):
    """Under US GAAP nothing is given back of a write-down, and the written-down value is the new cost."""
    marts = flipped(edge.marts, tmp_path, LAG_MODELS, accounting_framework=option)
    assert_none(*write_off_differences(edge, marts, framework=option))
    assert_none(*flag_differences(edge, marts, framework=option))
    refused = "select sum(disallowed_amount) as n from lag.kpi_obsolescence where scope_type = 'company'"
    reversal = "select sum(nrv_reversal_amount) as n from lag.kpi_excess_obsolete"
    for sql in (refused, reversal):
        assert (marts.rows(sql) == edge.marts.rows(sql)) == (option == "ias2"), sql
    assert (marts.rows(reversal)[0]["n"] > 0) == (option == "ias2")


@pytest.mark.parametrize("option", sorted(OPTIONS["writeoff_base"]))
def test_writeoff_base(edge, tmp_path, option):
    marts = flipped(edge.marts, tmp_path, LAG_MODELS, writeoff_base=option)
    assert_none(*write_off_differences(edge, marts, base=option))
    sql = "select scope_id, write_off_ratio from lag.kpi_obsolescence where scope_type = 'company' order by all"
    assert (marts.rows(sql) == edge.marts.rows(sql)) == (option == "avg_inventory")


@pytest.mark.parametrize("option", sorted(OPTIONS["storage_cost_basis"]))
def test_storage_cost_basis(tiny, tmp_path, option):
    marts = flipped(tiny.marts, tmp_path, LAG_MODELS, storage_cost_basis=option)
    month = tiny.company.months[1]
    assert_none(*carrying_differences(tiny, marts, *month, storage=option))
    sql = "select sum(storage_amount) as n from lag.kpi_carrying_cost"
    assert (marts.rows(sql) == tiny.marts.rows(sql)) == (option == "cube")


@pytest.mark.parametrize("option", sorted(OPTIONS["carrying_risk_basis"]))
def test_carrying_risk_basis(tiny, tmp_path, option):
    """Measured risk is what was written off and found missing; it takes the place of the rate."""
    marts = flipped(tiny.marts, tmp_path, LAG_MODELS, carrying_risk_basis=option)
    month = tiny.company.months[1]
    lost = losses(tiny.company) if option == "measured" else None
    assert_none(*carrying_differences(tiny, marts, *month, lost=lost))
    sql = "select sum(risk_amount) as n from lag.kpi_carrying_cost"
    assert (marts.rows(sql) == tiny.marts.rows(sql)) == (option == "rate")


@pytest.mark.parametrize("boundary", sorted(OPTIONS["abc_boundary"]))
def test_hysteresis(edge, tmp_path, boundary):
    """Two points of the total on either side of a limit: an item there keeps its class."""
    wide = {"abc_hysteresis": "0.02", "abc_boundary": boundary}
    marts = flipped(edge.marts, tmp_path, ABC_MODELS, **wide)
    assert_none(*class_differences(edge, marts, boundary, hysteresis="0.02"))


def test_hysteresis_holds_somebody(edge, tmp_path):
    marts = flipped(edge.marts, tmp_path, ABC_MODELS, abc_hysteresis="0.1")
    assert_none(*class_differences(edge, marts, "before", hysteresis="0.1"))
    held = "select count(*) as n from core.fct_sku_class where abc_class <> cut_abc_class"
    assert marts.rows(held)[0]["n"] > 0 == edge.marts.rows(held)[0]["n"]


@pytest.mark.parametrize("option", sorted(OPTIONS["shrink_sector"]))
def test_shrink_sector(tiny, tmp_path, option):
    """A retailer is held against the newest survey of retailers, others against none; a gap needs the lower bound."""
    marts = flipped(tiny.marts, tmp_path, SHRINK_MODELS, shrink_sector=option, shrinkage_target=0.0)
    rows = marts.rows("select * from lag.kpi_shrinkage")
    if option == "distribution":
        assert {(row["benchmark_ratio"], row["is_above_benchmark"]) for row in rows} == {(None, False)}
        return
    newest = max(seed("reference/shrink_benchmarks.csv"), key=lambda row: row["as_of_date"])
    assert {str(row["benchmark_ratio"].normalize()) for row in rows} == {newest["shrink_ratio"]}
    assert {row["benchmark_reason"] for row in rows} == {None}
    bounded = [row for row in rows if row["lower_ratio"] is not None]
    assert bounded, "with a target of nought every rate above it asks for a bound"
    for row in bounded:
        assert row["lower_ratio"] <= row["shrinkage_ratio"] + Decimal("0.000001")
        assert row["is_above_benchmark"] == (row["lower_ratio"] > row["benchmark_ratio"]), row


@pytest.mark.parametrize("option", sorted(OPTIONS["oos_basis"]))
def test_oos_basis(tiny, tmp_path, option):
    marts = flipped(tiny.marts, tmp_path, STOCKOUT_MODELS, oos_basis=option)
    assert_none(*event_differences(tiny, marts, option))


def test_blocked_goods_are_stock_on_hand_alone(tiny, tmp_path):
    """Somewhere all that is left is set apart: by on hand it is no stock-out, by what can be sold it is."""
    sql = "select coalesce(sum(empty_to_date - empty_from_date), 0) as days from lag.int_lag__empty_run"
    block = (
        "create or replace table core.fct_stock_position as select * exclude (rank_) replace ("
        "case when rank_ <= 200 then 'quarantine' else stock_status end as stock_status) from ("
        "select *, row_number() over (order by sku_id, location_id, lot_code, valid_from) as rank_ "
        "from core.fct_stock_position where on_hand_qty > 0 and valid_from_date < valid_to_date)"
    )
    days = {}
    for option in OPTIONS["oos_basis"]:
        copy = tiny.marts.copy(tmp_path / option)
        with connect(copy.home.build_db) as connection:
            connection.execute("create temp table kept as select * from core.fct_stock_position")
            connection.execute("drop view core.fct_stock_position")
            connection.execute(block.replace("from core.fct_stock_position", "from kept"))
        copy.set_policy(oos_basis=option)
        copy.rebuild("int_lag__empty_run")
        days[option] = copy.rows(sql)[0]["days"]
    assert days["atp"] > days["on_hand"]
