"""Ledger and positions against the oracle: exact, row by row."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

from tests.python.oracles.compare import assert_none
from tests.python.oracles.stock import on_hand, runs

LEG_COLUMNS = ("movement_id", "sku", "location", "lot", "status", "owner", "is_owned", "event_type", "kind")
LEG_COLUMNS += ("qty", "happened_at", "event_day", "at", "day", "is_current", "is_demand", "is_cogs")


def test_skus_across_divisions(case):
    found = case.marts.rows("select division_code, item_code, sku_id from core.bridge_sku_system_id")
    assert {(r["division_code"], r["item_code"]): r["sku_id"] for r in found} == case.company.masters.sku


def test_every_leg_of_the_ledger(case):
    found = case.marts.rows(
        "select movement_id, sku_id, location_id, lot_code, stock_status, owner_code, is_owned, event_type, "
        "movement_type, movement_qty, occurred_at, event_date, "
        "posted_at, posting_date, is_current_version, is_demand, is_cogs from core.fct_stock_movement"
    )
    mart = {row["movement_id"]: tuple(row.values()) for row in found}
    assert len(mart) == len(found)
    oracle = {leg.movement_id: tuple(getattr(leg, name) for name in LEG_COLUMNS) for leg in case.company.ledger}
    differences = [(mart.get(key), oracle.get(key)) for key in mart.keys() | oracle if mart.get(key) != oracle.get(key)]
    assert_none(differences, len(mart.keys() | oracle))


def test_positions_are_the_same_runs(case):
    keys = "sku_id, location_id, lot_code, stock_status, owner_code"
    found = case.marts.rows(f"select {keys}, on_hand_qty, valid_from, valid_to from core.fct_stock_position")
    mart = Counter(tuple(row.values()) for row in found)
    oracle = Counter(
        (*key, *run)
        for key, its in runs(case.company.ledger, lambda g: (g.sku, g.location, g.lot, g.status, g.owner)).items()
        for run in its
    )
    assert_none(list((mart - oracle).items()) + list((oracle - mart).items()), len(found))


def test_stock_on_hand_is_the_same_runs(case):
    found = case.marts.rows("select sku_id, location_id, on_hand_qty, valid_from, valid_to from core.fct_stock_on_hand")
    mart = Counter(tuple(row.values()) for row in found)
    oracle = Counter((*record, *run) for record, its in case.company.owned_runs.items() for run in its)
    assert_none(list((mart - oracle).items()) + list((oracle - mart).items()), len(found))


def test_any_moment_is_a_filter(case):
    """At random moments, at instants of events and just before them, the open row says the sum of what happened."""
    company, chance = case.company, random.Random(3)
    records = sorted(company.owned_runs)
    moments = [chance.choice(company.ledger).at for _ in range(8)]
    moments += [moment - timedelta(microseconds=1) for moment in moments[:4]] + [company.as_of]
    differences, total = [], 0
    with case.marts.connect() as connection:
        for moment in moments:
            found = connection.execute(
                "select sku_id, location_id, on_hand_qty from core.fct_stock_on_hand "
                "where valid_from <= ? and ? < valid_to",
                [moment, moment],
            ).fetchall()
            mart = {(sku, location): qty for sku, location, qty in found}
            assert len(mart) == len(found), "one row per stock and instant"
            for record in chance.sample(records, min(60, len(records))):
                owned = [leg for leg in company.by_record[record] if leg.is_owned]
                total += 1
                if mart.get(record) != on_hand(owned, moment):
                    differences.append((record, moment, mart.get(record), on_hand(owned, moment)))
    assert_none(differences, total)


def test_closing_stock_of_every_day(case):
    found = case.marts.rows(
        "select sku_id, location_id, date_day, on_hand_nonneg_qty from core.fct_stock_position_daily "
        "where date_day >= (select as_of_date - 400 from core.dim_cutoff)"
    )
    mart = {((row["sku_id"], row["location_id"]), row["date_day"]): row["on_hand_nonneg_qty"] for row in found}
    assert len(mart) == len(found)
    differences, total = [], 0
    for record, series in case.company.days.items():
        for day, state in series.items():
            if (case.company.as_of_date - day).days <= 400:
                total += 1
                if mart.get((record, day), Decimal(0)) != state.qty:
                    differences.append((record, day, mart.get((record, day)), state.qty))
    assert_none(differences, total)
