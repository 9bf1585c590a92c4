"""Lead times, supplier scores and reorder point proposals against the oracle, over every company."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from tests.python.oracles.compare import assert_none, near
from tests.python.oracles.replenishment import Supply, order_now

_supplies: dict[str, Supply] = {}


@pytest.fixture
def supply(case) -> Supply:
    """What the oracle knows of replenishment, once a company."""
    if case.name not in _supplies:
        _supplies[case.name] = Supply(case.company)
    return _supplies[case.name]


def _same(mart, oracle, digits: int = 4) -> bool:
    return near(mart, None if oracle is None else Decimal(float(oracle)), digits)


def _proposals(case) -> dict:
    rows = case.marts.rows(
        "select p.*, r.abc_class from feedback.kpi_reorder_point_proposal as p "
        "inner join visibility.fct_stock_record as r using (sku_id, location_id)"
    )
    return {(row["sku_id"], row["location_id"]): row for row in rows}


def test_lead_times_of_every_record(case, supply):
    found = case.marts.rows("select * from core.fct_replenishment_lead_time")
    mart = {(row["sku_id"], row["location_id"]): row for row in found}
    expected = {record: supply.lead_time(record) for record in case.company.records | set(mart)}
    wrong = list(mart.keys() ^ {record for record, said in expected.items() if said})
    for record, row in mart.items():
        said = expected[record]
        same = (row["supplier_id"], row["lead_time_source"], row["receipt_count"]) == (
            said["supplier"],
            said["source"],
            said["n"],
        )
        pairs = {"lead_time_days": "days", "lead_time_sd_days": "sd", "lead_time_p90_days": "p90"}
        if not same or not all(_same(row[column], said[name]) for column, name in pairs.items()):
            wrong.append((record, row, said))
    assert_none(wrong, len(mart))


def test_scores_of_every_supplier(case, supply):
    found = case.marts.rows("select * from feedback.fct_supplier_score")
    parts = {"otif_ratio": "otif", "quality_ratio": "quality", "lead_time_consistency_ratio": "consistency"}
    parts |= {"quantity_accuracy_ratio": "quantity", "supplier_score_ratio": "score"}
    wrong = list({row["supplier_id"] for row in found} ^ set(supply.scores))
    for row in found:
        said = supply.scores[row["supplier_id"]]
        same = all(_same(row[column], said[name]) for column, name in parts.items())
        if not same or row["due_line_count"] != said["lines"]:
            wrong.append((row, said))
        assert (row["supplier_score_reason"] is None) == (said["score"] is not None)
    assert_none(wrong, len(found))


def test_proposals_of_every_record(case, supply):
    mart = _proposals(case)
    assert set(mart) == case.company.records
    wrong = []
    for record, row in mart.items():
        said = supply.proposal(record, row["abc_class"])
        same = (row["variant"], row["proposal_reason"]) == (said["variant"], said["why"])
        position = row["usable_on_hand_qty"], row["on_order_qty"], row["on_order_due_qty"]
        same &= position == (said["usable"], said["on_order"], said["due"])
        pairs = {"cycle_qty": "cycle", "proposed_safety_stock_qty": "safety", "raw_reorder_point_qty": "raw"}
        pairs |= {"capped_reorder_point_qty": "capped", "current_reorder_point_qty": "now"}
        same &= all(_same(row[column], said.get(name), 3) for column, name in pairs.items())
        if said.get("off_margin", 1) > 0.001:
            same &= row["is_reorder_point_off"] == said.get("off")
        if not same:
            wrong.append((record, row, said))
    assert_none(wrong, len(mart))


def test_rounding_orders_and_money_of_every_proposal(case, supply):
    rows = _proposals(case)
    assert sum(row["proposal_reason"] is None for row in rows.values()) > 0
    for record, row in rows.items():
        point, now = row["proposed_reorder_point_qty"], row["current_reorder_point_qty"]
        if row["proposal_reason"] is not None:
            assert (point, row["suggested_order_qty"], row["stock_change_amount"]) == (None, None, None)
            assert row["change_reason"] == row["stock_change_reason"] == row["proposal_reason"]
            continue
        assert point == max(math.ceil(row["capped_reorder_point_qty"]), 0)
        net = row["usable_on_hand_qty"] + row["on_order_due_qty"]
        assert row["net_position_qty"] == net
        said = supply.proposal(record, row["abc_class"])
        assert float(row["suggested_order_qty"]) == pytest.approx(order_now(float(net), float(point), said), abs=0.01)
        day, cost = case.company.as_of_date, case.company.costs.at(record, case.company.as_of_date)[0]
        rate = case.company.rate(record, day, "closing")
        if now is None or cost is None or rate is None:
            assert row["stock_change_amount"] is None and row["stock_change_reason"] is not None
            assert row["stock_increase_amount"] is None and row["stock_decrease_amount"] is None
            continue
        assert float(row["stock_change_amount"]) == pytest.approx(
            float((point - now) * cost * rate), abs=0.01, rel=1e-5
        )
        assert row["stock_increase_amount"] - row["stock_decrease_amount"] == row["stock_change_amount"]
        assert (row["change_ratio"] is None) == (now <= 0)


def test_the_rank_is_that_of_the_money_between_plan_and_proposal(case):
    rows = sorted(_proposals(case).values(), key=lambda row: row["worth_rank"])
    assert [row["worth_rank"] for row in rows] == list(range(1, len(rows) + 1))
    worth = [row["reorder_point_gap_amount"] for row in rows if row["reorder_point_gap_amount"] is not None]
    assert worth == sorted(worth, reverse=True)
    assert all(row["reorder_point_gap_amount"] is None for row in rows[len(worth) :])


def test_the_gap_of_every_scope(case):
    expected: dict[tuple[str, str], list[int]] = {}
    for record, row in _proposals(case).items():
        for scope in case.company.scopes(record).items():
            both = expected.setdefault(scope, [0, 0])
            both[0] += row["is_reorder_point_off"] is True
            both[1] += row["is_reorder_point_off"] is not None
    found = case.marts.rows("select * from scorecard.fct_kpi_value where kpi_id = 'reorder_point_gap_ratio'")
    mart = {(row["scope_type"], row["scope_id"]): row for row in found}
    expected = {scope: both for scope, both in expected.items() if scope[0] != "sku_location"}
    assert set(mart) == set(expected)
    for scope, (off, both) in expected.items():
        row = mart[scope]
        assert (row["numerator"], row["denominator"]) == (off, both)
        assert _same(row["kpi_value"], off / both if both else None)
        assert row["reason_code"] == (None if both else "no_proposal")


def test_the_edges_are_all_there(edge):
    rows = edge.marts.rows(
        "select * from feedback.kpi_reorder_point_proposal inner join core.fct_replenishment_lead_time "
        "using (sku_id, location_id)"
    )
    assert {row["variant"] for row in rows} == {"standard", "p90"}
    assert {"receipts", "category", "planned", "none"} <= {row["lead_time_source"] for row in rows}
    assert {row["change_reason"] for row in rows} >= {"no_demand", "no_lead_time", "no_parameter", "zero_reorder_point"}
    for named in ("is_capped", "negative_count", "suggested_order_qty", "is_human_override"):
        assert any(row[named] for row in rows), named
        assert any(not row[named] for row in rows), named
    assert any(row["lead_time_days"] == 0 for row in rows)
    assert any(row["receipt_count"] == 1 and row["sd_lead_time_days"] is None for row in rows)
