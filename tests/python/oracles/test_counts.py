"""Counts, their decay and both recommendations against the oracle (counts.py), on the three companies."""

from __future__ import annotations

from decimal import Decimal

from tests.python.oracles.compare import assert_none, close, near
from tests.python.oracles.counts import decays, ingestion, lines, pairs, recommended_days, system_qty, yearly_cost


def classes_of(case) -> dict:
    rows = case.marts.rows("select sku_id, location_id, abc_class from visibility.fct_stock_record")
    return {(row["sku_id"], row["location_id"]): row["abc_class"] for row in rows}


def test_each_count_is_held_against_the_ledger_just_before_it(case):
    oracle = {line.id: line for line in lines(case.company)}
    found = case.marts.rows("select * from core.fct_cycle_count")
    assert {row["cycle_count_id"] for row in found} == set(oracle) and len(found) == len(oracle)
    differences = []
    for row in found:
        line = oracle[row["cycle_count_id"]]
        system = system_qty(case.company, line)
        adjustment = None if system is None else line.counted - system
        reason = "bin_level" if line.bin is not None else "no_ledger" if system is None else None
        mart = row["system_qty"], row["adjustment_qty"], row["adjustment_reason"], row["counted_date"]
        if mart != (system, adjustment, reason, line.day):
            differences.append((line, mart, system))
    if case.name != "wwi":
        assert_none(differences, len(found))


def test_most_counts_find_the_ledger_where_the_wms_has_it(tiny):
    """But for the planted lost and wrong events, book and ledger agree at the instant."""
    rows = tiny.marts.rows(
        "select book_qty = system_qty as is_same from core.fct_cycle_count where system_qty is not null"
    )
    assert sum(row["is_same"] for row in rows) >= 0.9 * len(rows) > 100


def test_pairs(case):
    oracle = {(p.record, p.day): p for p in pairs(case.company)}
    found = case.marts.rows("select * from visibility.int_visibility__count_pair")
    mart = {((row["sku_id"], row["location_id"]), row["counted_date"]): row for row in found}
    assert set(mart) == set(oracle)
    differences = [
        (key, row, oracle[key])
        for key, row in mart.items()
        if (row["elapsed_day_count"], row["variance_qty"]) != (oracle[key].elapsed, oracle[key].variance)
        or not close(row["error_amount"], oracle[key].error)
    ]
    if case.name != "wwi":
        assert_none(differences, len(found))


def test_decay_costs_and_cadence(case):
    oracle = decays(case.company, classes_of(case))
    found = case.marts.rows("select * from visibility.kpi_count_cadence")
    mart = {(row["location_id"], row["abc_class"]): row for row in found}
    assert set(mart) == set(oracle) and len(mart) == len(found)
    differences = []
    for key, row in mart.items():
        said = oracle[key]
        same = (row["record_count"], row["fitted_on"], row["cadence_reason"]) == (
            said.records,
            said.fitted_on,
            said.reason,
        )
        same = same and row["recommended_count_day_count"] == recommended_days(said, key[1])
        if not (same and near(row["decay_amount"], said.rate)):
            differences.append((row, said, recommended_days(said, key[1])))
    assert_none(differences, len(found))
    options = case.marts.rows("select * from visibility.fct_count_cadence_option where cadence_reason is null")
    wrong = [
        row
        for row in options
        if not near(
            row["total_cost_amount"],
            yearly_cost(oracle[row["location_id"], row["abc_class"]], row["count_day_count"]),
            3,
        )
    ]
    assert not wrong, wrong[:3]
    chosen = [row for row in options if row["is_chosen"]]
    assert len(chosen) == sum(1 for said in oracle.values() if said.reason is None)


def test_ingestion(case):
    found = case.marts.rows("select * from visibility.kpi_count_ingestion")
    assert {row["location_id"] for row in found} == set(case.company.masters.locations)
    for row in found:
        oracle = ingestion(case.company, row["location_id"])
        if not oracle:
            assert (row["ingestion_reason"], row["recommended_minute_count"]) == ("no_count", None)
            continue
        if row["error_per_day_amount"] == 0:
            assert row["ingestion_reason"] in ("no_variance", "no_cost") and row["recommended_minute_count"] is None
            continue
        allowed = {minutes: cost for minutes, (cost, _, is_within) in oracle.items() if is_within}
        best = min(allowed, key=lambda minutes: (round(allowed[minutes], 6), -minutes))
        assert row["recommended_minute_count"] == best
        assert near(row["recommended_cost_amount"], allowed[best])
        assert near(row["present_cost_amount"], oracle[row["present_minute_count"]][0])
        assert near(row["rows_per_hour_rate"], oracle[best][1])


def test_overdue_value_is_what_lies_longer_than_recommended(case):
    rows = case.marts.rows("select * from visibility.kpi_count_cadence")
    records = case.marts.rows("select * from visibility.fct_stock_record")
    for row in rows:
        its = [r for r in records if (r["location_id"], r["abc_class"]) == (row["location_id"], row["abc_class"])]
        days = row["recommended_count_day_count"]
        overdue = sum(
            (r["on_hand_amount"] or Decimal(0) for r in its if days is not None and r["days_since_count"] > days),
            Decimal(0),
        )
        assert row["overdue_amount"] == (None if days is None else overdue)


def test_the_edge_company_shows_the_edges(edge):
    reasons = {row["cadence_reason"] for row in edge.marts.rows("select * from visibility.kpi_count_cadence")}
    assert {None, "no_count", "no_records"} <= reasons
    rows = edge.marts.rows("select * from core.fct_cycle_count")
    assert {"bin_level", None} <= {row["adjustment_reason"] for row in rows}
    by_id = {row["cycle_count_id"]: row for row in rows}
    first, second = by_id["E1/k1"], by_id["E1/k1-again"]
    assert first["was_recounted"] and not second["was_recounted"]
    assert first["adjustment_qty"] == -2 and second["adjustment_qty"] == 1, "each against its own instant"
    day = edge.marts.rows("select * from visibility.int_visibility__count_pair where counted_date = date '2026-05-20'")
    assert [row["variance_qty"] for row in day if row["variance_qty"] == -1], "the recount against the first book"
    assert [row for row in day if row["variance_qty"] == 0], "too much in one bin, too little in another"
    sold = [row for row in rows if row["cycle_count_id"].startswith("E1/k3")]
    assert {row["adjustment_qty"] for row in sold} == {Decimal(0)}, (
        "counted before and after the sales of a day: no error"
    )
