"""Cycles, triggers and reviews of safety stock of every record against the oracle."""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.python.oracles.compare import assert_none, near
from tests.python.oracles.cycles import cycles
from tests.python.oracles.fill import Fill
from tests.python.oracles.safety_stock import SafetyStocks


def test_every_cycle(case):
    said = cycles(case.company, Fill(case.company))
    found = defaultdict(list)
    for row in case.marts.rows("select * from service.int_service__replenishment_cycle order by cycle_number"):
        told = row["least_on_hand_qty"], row["final_on_hand_qty"], row["is_stocked_out"]
        found[row["sku_id"], row["location_id"]].append((row["cycle_start_date"], row["cycle_end_date"], *told))
    wrong = []
    for record in case.company.records:
        expected = [(c.start, c.end, c.least, c.last, c.is_short) for c in said.get(record, [])]
        if found[record] != expected:
            wrong.append((record, found[record], expected))
    assert_none(wrong, sum(map(len, found.values())))


def test_every_record(case):
    oracle, wrong = SafetyStocks(case.company, case.marts.rows), []
    rows = case.marts.rows("select * from service.kpi_safety_stock_performance")
    assert {(row["sku_id"], row["location_id"]) for row in rows} == case.company.records
    for row in rows:
        record = row["sku_id"], row["location_id"]
        said = oracle.window(record, oracle.today)
        runs = [run for run in oracle.low_runs(record) if run[1] is None]
        said |= {"is_amber": bool(runs), "low_day_count": runs[0][2] if runs else 0}
        off = [name for name in ("cycle_count", "stockout_count", "ss_cycle_count", "penetrated_count", "is_red",
                                 "is_blue", "is_amber", "low_day_count") if row[name] != said[name]]  # fmt: skip
        chance = said["tail_probability"]
        told = row["tail_probability"]
        if told != chance and (told is None or chance is None or abs(float(told) - chance) > 1e-7):
            off.append("tail_probability")
        if not near(row["final_stock_ratio"], said["last"] / said["stock"] if said["stock"] else None):
            off.append("final_stock_ratio")
        if off:
            wrong.append((record, off, row, said))
    assert_none(wrong, len(rows))


def test_every_breach_and_its_two_reviews(case):
    oracle = SafetyStocks(case.company, case.marts.rows)
    said = {(*record, *breach) for record in case.company.records for breach in oracle.breaches(record)}
    rows = case.marts.rows("select * from service.fct_operational_review")
    found = Counter(
        (r["sku_id"], r["location_id"], r["trigger_code"], r["opened_date"], r["closed_date"]) for r in rows
    )
    assert_none(sorted(map(str, set(found) ^ said)), len(found))
    assert set(found.values()) == {2}
    leading = Counter(
        (r["sku_id"], r["location_id"], r["trigger_code"], r["opened_date"]) for r in rows if r["is_leading"]
    )
    assert len(leading) == len(found) and set(leading.values()) == {1}


def test_the_companies_have_every_trigger(tiny, edge):
    rows = [row for case in (tiny, edge) for row in case.marts.rows("select * from service.fct_operational_review")]
    assert {row["trigger_code"] for row in rows} >= {"RED", "AMBER"}  # BLUE: the unit test, and Wide World Importers
    assert {row["review_state"] for row in rows} >= {"open", "cleared"}
    assert {row["is_supply_late"] for row in rows} == {row["is_late"] for row in rows} == {True, False}
    sql = "select distinct safety_stock_reason as r from service.kpi_safety_stock_performance"
    assert {row["r"] for case in (tiny, edge) for row in case.marts.rows(sql)} == {"no_ss", "insufficient", None}
    sql = "select distinct stockout_source as s from service.int_service__replenishment_cycle"
    assert {row["s"] for row in edge.marts.rows(sql)} == {"orders", "stock"}
