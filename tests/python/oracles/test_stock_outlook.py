"""Projected stock-outs and labels of every record against a day-by-day run of the same stock."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import timedelta

from tests.python.oracles.accepted import policy
from tests.python.oracles.compare import assert_none

STATE = "select * from core.fct_stock_state"


def _by_record(rows):
    return {(row["sku_id"], row["location_id"]): row for row in rows}


def _run(supply, daily, until):
    """First day on which what has come is less than what will have been asked for, walking day by day; None."""
    total = 0.0
    for day in range(until):
        total += sum(qty for at, qty in supply if at == day)
        if max(total, 0.0) < daily * (day + 1) - 1e-6:
            return day, total
    return None, total


def _supply(case, marts, state):
    """Record -> [(days from the cut-off, quantity)]: what is usable, and the open order lines with a day."""
    today, horizon = case.company.as_of_date, int(policy("projection_days"))
    supply = defaultdict(list)
    for record, row in state.items():
        supply[record].append((0, float(row["available_qty"] + row["reserved_qty"])))
    for line in marts.rows("select * from core.fct_purchase_order_line where order_line_status = 'open'"):
        left, day = (
            line["ordered_qty"] - (line["accepted_qty"] or 0),
            line["promised_date"] or line["original_promised_date"],
        )
        if left > 0 and day is not None:
            at = (day - today).days if day > today else int(policy("overdue_receipt_days"))
            if at < horizon:
                supply[line["sku_id"], line["location_id"]].append((at, float(left)))
    return supply


def test_every_projection(case):
    marts, horizon, wrong = case.marts, int(policy("projection_days")), []
    state, found = _by_record(marts.rows(STATE)), _by_record(marts.rows("select * from lead.kpi_projected_stockout"))
    statistics = _by_record(marts.rows("select * from core.fct_demand_statistic"))
    lead_times = _by_record(marts.rows("select * from core.fct_replenishment_lead_time"))
    supply = _supply(case, marts, state)
    assert set(found) == case.company.records
    for record, row in found.items():
        daily = float(statistics[record]["mean_daily_qty"]) if record in statistics else 0.0
        day, total = _run(supply[record], daily, horizon) if daily > 0 else (None, 0.0)
        expected = None if day is None else case.company.as_of_date + timedelta(days=day)
        lost = 0.0
        if day is not None:
            coming = [at for at, _ in supply[record] if at > day]
            days = lead_times.get(record, {}).get("lead_time_days")
            until = min(coming) if coming else min(horizon if days is None else float(days), horizon)
            lost = max(daily * until - max(total, 0.0), 0.0)
        off = row["projected_stockout_date"] != expected
        off = off or not math.isclose(float(row["lost_qty"]), lost, rel_tol=1e-6, abs_tol=1e-4)
        balance = sum(qty for _, qty in supply[record]) - daily * horizon
        off = off or not math.isclose(float(row["projected_balance_qty"]), balance, rel_tol=1e-6, abs_tol=1e-3)
        why = "no_demand" if daily <= 0 else "beyond_horizon" if day is None else None
        if off or row["projected_stockout_reason"] != why:
            wrong.append((record, row, expected, lost, balance, why))
    assert_none(wrong, len(found))


def test_every_label(case):
    marts, company, wrong = case.marts, case.company, []
    today = company.as_of_date
    state, found = _by_record(marts.rows(STATE)), _by_record(marts.rows("select * from lead.kpi_stock_status"))
    statistics = _by_record(marts.rows("select * from core.fct_demand_statistic"))
    plans = marts.rows("select * from core.fct_planning_parameter where is_leading")
    plans = _by_record(row for row in plans if row["valid_from_date"] <= today < row["valid_to_date"])
    proposals = _by_record(marts.rows("select * from feedback.kpi_reorder_point_proposal"))  # test_replenishment.py
    items = defaultdict(list)
    for item in marts.rows("select * from core.dim_item"):
        items[item["division_code"], item["sku_id"]].append(item["item_status"])
    firsts = _by_record(marts.rows("select * from core.bridge_sku_location"))
    for record, row in found.items():
        stock, plan = state[record], plans.get(record, {})
        usable = stock["available_qty"] + stock["reserved_qty"]
        daily = float(statistics[record]["mean_daily_qty"]) if record in statistics else 0.0
        first = firsts[record]["first_event_date"]
        statuses = items[firsts[record]["division_code"], record[0]]
        limit = float(plan.get("reorder_point_qty") or 0) + float(plan.get("order_qty") or 0)
        limit += daily * float(policy("excess_cover_days"))
        is_new = first is None or (today - first).days < int(policy("stock_new_days"))
        if (statuses and set(statuses) <= {"obsolete", "discontinued"}) or (
            daily <= 0 and stock["on_hand_qty"] > 0 and not is_new
        ):
            label = "obsolete"
        elif is_new:
            label = "new"
        elif usable <= 0:
            label = "out"
        elif plan.get("safety_stock_qty") is not None and usable < plan["safety_stock_qty"]:
            label = "below_safety_stock"
        elif (
            plan.get("reorder_point_qty") is not None
            and proposals[record]["usable_on_hand_qty"] + proposals[record]["on_order_due_qty"]
            <= plan["reorder_point_qty"]
        ):
            label = "reorder"
        else:
            label = "excess" if float(usable) > limit + 1e-6 else "ok"
        if row["stock_status"] != label:
            wrong.append((record, row, label))
    assert_none(wrong, len(found))


def test_the_companies_have_every_label(tiny, edge):
    rows = [row for case in (tiny, edge) for row in case.marts.rows("select * from lead.kpi_stock_status")]
    labels = {row["stock_status"] for row in rows}
    assert labels >= {"obsolete", "new", "out", "below_safety_stock", "reorder", "excess", "ok"}, labels
