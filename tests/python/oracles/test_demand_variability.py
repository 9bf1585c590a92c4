"""Options of service level and safety stock by class against one rule, of every record, against the oracle."""

from __future__ import annotations

from decimal import Decimal
from statistics import NormalDist

from tests.python.oracles.accepted import policy
from tests.python.oracles.compare import assert_none, near
from tests.python.oracles.service_level import ServiceLevels, decimal


def _costs_like(row, cost, least, unit):
    """Whether a row has the cost of an option and its regret. The mart rounds the shortage of a cycle to six digits;
    `unit`: what a unit short in every cycle costs in a year."""
    bound = 0.0005 + 2e-5 * cost + 2e-6 * unit
    told = float(row["total_cost_amount"]), float(row["regret_amount"])
    return abs(told[0] - cost) <= bound and abs(told[1] - (cost - least)) <= bound


def test_every_option_and_its_regret(case):
    oracle, wrong = ServiceLevels(case.company, case.marts.rows), []
    rows = case.marts.rows("select * from service.kpi_service_level_option")
    flags = {"candidate": "is_candidate", "cap": "is_cap", "plan": "is_plan", "contract": "is_contract"}
    by_record: dict = {}
    for row in rows:
        by_record.setdefault((row["sku_id"], row["location_id"]), []).append(row)
    for record in case.company.records:
        said = oracle.target(record)
        options = said.get("options", [])
        told = by_record.get(record, [])
        least = min((o.cost for o in options), default=None) if options and options[0].cost is not None else None
        cycles = said["annual_demand_qty"] / said["lead_time_order_qty"] if options else 0.0
        unit = cycles * (said["shortage_unit_amount"] or 0.0)
        for option in options:
            same_level = [r for r in told if r[flags[option.origin]] and near(r["csl_ratio"], decimal(option.level))]
            same_level = [r for r in same_level if near(r["needed_reorder_point_qty"], decimal(option.x))]
            if not same_level:
                wrong.append((record, option))
            elif least is not None and not any(_costs_like(row, option.cost, least, unit) for row in same_level):
                wrong.append((record, option, least, same_level))
        if bool(options) != bool(told) or (told and sum(r["is_target"] for r in told) != (least is not None)):
            wrong.append((record, len(options), len(told)))
    assert_none(wrong, len(rows))


def _alike(mart, oracle, whole):
    """Whether two figures agree to a part in ten thousand, or to two millionths of the amount they are parts of."""
    if mart is None or oracle is None:
        return mart is None and oracle is None
    return near(mart, decimal(oracle), 4) or abs(float(mart) - oracle) <= 0.001 + 2e-6 * whole


def test_safety_stock_by_class_and_by_one_rule(case):
    oracle, wrong = ServiceLevels(case.company, case.marts.rows), []
    z, days = NormalDist().inv_cdf(float(policy("uniform_csl"))), float(policy("ss_cap_days"))
    rows = case.marts.rows("select * from service.kpi_demand_variability")
    assert {(row["sku_id"], row["location_id"]) for row in rows} == case.company.records
    for row in rows:
        record = row["sku_id"], row["location_id"]
        said = oracle.target(record)
        expected: dict = {"uniform_ss_qty": None, "class_ss_qty": None, "avoided_amount": None}
        if "demand" in said:
            demand, statistic = said["demand"], oracle.statistics[record]
            cap = max(
                days * said["annual_demand_qty"] / 365, float(statistic["demand_qty"]) / statistic["demand_day_count"]
            )
            needed = max(next(o for o in said["options"] if o.origin == "cap").x - demand.mean, 0.0)
            expected = {"uniform_ss_qty": z * demand.sd, "class_ss_qty": min(needed, cap)}
            cost = said["unit_cost"]
            avoided = expected["uniform_ss_qty"] - expected["class_ss_qty"]
            expected["avoided_amount"] = None if cost is None else avoided * cost
        whole = float(row["uniform_ss_amount"] or 0)  # a difference is as exact as what it is taken from
        off = [name for name, value in expected.items() if not _alike(row[name], value, whole)]
        why = said["service_level_reason"]
        if row["variability_reason"] != (None if why == "no_price" else why):
            off.append("variability_reason")
        if off:
            wrong.append((record, off, row, expected))
    assert_none(wrong, len(rows))


def test_the_companies_have_the_edges(tiny, edge):
    rows = [row for case in (tiny, edge) for row in case.marts.rows("select * from service.kpi_demand_variability")]
    for name in ("is_capped", "is_cv2_assumed"):
        assert {row[name] for row in rows} >= {True, False}, name
    assert any(row["avoided_amount"] and row["avoided_amount"] < 0 for row in rows)
    assert any(row["avoided_amount"] and row["avoided_amount"] > 0 for row in rows)
    assert {"no_demand", "no_lead_time", "no_cost", None} <= {row["variability_reason"] for row in rows}
    assert all(row["class_ss_qty"] is None or row["class_ss_qty"] <= max(row["ss_cap_qty"], Decimal(0)) for row in rows)
