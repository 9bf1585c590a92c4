"""Rules of bins, picks and costs, the phantom score and the ages of feeds against the oracle, and what was planted.

Here: every company against an independent recomputation; precision and recall on the tiny company. Not here: the rules
of the books (test_reconciliation.py).
"""

from __future__ import annotations

import json
from decimal import Decimal

from synthetic import truth
from synthetic.profiles import PROFILES
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED
from tests.python.oracles.compare import assert_none, close
from tests.python.oracles.floor import (
    impossible,
    jumped,
    never_put_away,
    newest_events,
    often_short,
    opposite,
    phantom_score,
)


def flagged(case, rule: str) -> dict:
    """Record -> observed value of the flags of a rule."""
    rows = case.marts.rows(f"select * from visibility.fct_stock_record_flag where rule_id = '{rule}'")
    return {(row["sku_id"], row["location_id"]): row["observed_value"] for row in rows}


def test_short_picks(case):
    assert flagged(case, "DQ-P3") == often_short(case.company)


def test_impossible_places(case):
    assert flagged(case, "DQ-P5") == impossible(case.company)


def test_receipts_never_put_away(case):
    mart, oracle = flagged(case, "DQ-P6"), never_put_away(case.company)
    assert set(mart) == set(oracle)
    assert all(abs(float(mart[record]) - hours) < 0.001 for record, hours in oracle.items())


def test_opposite_bins(case):
    assert flagged(case, "DQ-P7") == opposite(case.company)


def test_jumped_costs(case):
    mart, oracle = flagged(case, "DQ-V2"), jumped(case.company)
    assert set(mart) == set(oracle)
    assert all(abs(mart[record] - change) <= Decimal("0.000001") for record, change in oracle.items())


def test_the_companies_break_every_rule(tiny, edge):
    for rule in ("DQ-P3", "DQ-P5", "DQ-P6"):
        assert flagged(tiny, rule) and flagged(edge, rule), f"nothing to compare for {rule}"
    for rule in ("DQ-P7", "DQ-V2"):
        assert flagged(tiny, rule), f"nothing to compare for {rule}"


def test_record_health(case):
    hits: dict[tuple[str, str], set[str]] = {}
    for row in case.marts.rows("select * from visibility.fct_stock_record_flag"):
        hits.setdefault((row["sku_id"], row["location_id"]), set()).add(row["rule_id"])
    found = case.marts.rows("select * from visibility.kpi_stock_record_health")
    wrong = []
    for row in found:
        rules = hits.get((row["sku_id"], row["location_id"]), set())
        score = phantom_score(rules)
        at_risk = None if row["on_hand_amount"] is None else row["on_hand_amount"] * row["phantom_probability"]
        if row["phantom_score_ratio"] != score or not close(row["value_at_risk_amount"], at_risk):
            wrong.append((row, score, at_risk))
        if row["flag_count"] != len(rules):
            wrong.append((row, rules))
    assert_none(wrong, len(found))
    places = sorted((row["location_id"], row["count_priority_rank"]) for row in found)
    counts = {place: sum(1 for row in found if row["location_id"] == place) for place, _ in places}
    assert places == [(place, rank) for place in sorted(counts) for rank in range(1, counts[place] + 1)]


def test_value_in_doubt_adds_up_in_the_scorecard(case):
    ((company,),) = [
        list(row.values())
        for row in case.marts.rows(
            "select sum(numerator) from scorecard.fct_kpi_value where kpi_id = 'phantom_value_ratio' "
            "and scope_type = 'company'"
        )
    ]
    ((parts,),) = [
        list(row.values())
        for row in case.marts.rows("select sum(value_at_risk_amount) from visibility.kpi_stock_record_health")
    ]
    assert close(company, parts or 0)


def test_ages_of_feeds(case):
    oracle = newest_events(case.company)
    found = {
        (row["source"], row["instance"], row["entity"]): row
        for row in case.marts.rows("select * from visibility.fct_source_freshness")
    }
    assert set(oracle) <= set(found), "an entity with an event time is missing in stg_unified__newest_event"
    for key, row in found.items():
        newest = oracle.get(key)
        assert row["newest_event_at"] == newest, key
        age = newest and (case.company.as_of_date - newest.date()).days
        assert row["feed_age_days"] == age, key
        if row["max_source_age_days"] is not None:
            assert row["is_stale"] is (age is None or age > row["max_source_age_days"]), key


def test_precision_and_recall_of_the_planted_faults(tiny):
    """Every planted fault is found, and of these rules nothing is flagged that was not planted."""
    world = build_world(PROFILES["tiny"], SEED)
    planted: dict[str, set] = {}
    everywhere: dict[str, set] = {}
    for row in truth.planted(world).to_pylist():
        if row["found_by"].startswith("flag:"):
            rule, place = row["found_by"].removeprefix("flag:"), f"{row['division_code']}.{row['location_code']}"
            if row["location_code"]:
                planted.setdefault(rule, set()).add((row["division_code"], row["item_code"], place))
            else:
                everywhere.setdefault(rule, set()).add((row["division_code"], row["item_code"]))
    found: dict[str, set] = {}
    for row in tiny.marts.rows(
        "select rule_id, l.division_code, item_code, location_id from visibility.fct_stock_record_flag "
        "inner join core.dim_location as l using (location_id) "
        "inner join core.bridge_sku_system_id using (sku_id, division_code)"
    ):
        found.setdefault(row["rule_id"], set()).add((row["division_code"], row["item_code"], row["location_id"]))
    for rule in ("DQ-P3", "DQ-P5", "DQ-P6", "DQ-P7", "DQ-N1", "DQ-S1"):
        assert found.get(rule) == planted[rule], rule
    assert {key[:2] for key in found["DQ-V2"]} == everywhere["DQ-V2"]
    assert found["DQ-P1"] >= planted["DQ-P1"] and len(found["DQ-P1"]) <= 2 * len(planted["DQ-P1"])


def test_the_innocent_are_left_alone(tiny):
    """One failed pick, goods found elsewhere, a receipt of today in staging, an empty closed bin: no flag of theirs."""
    innocent = [
        (row["fault"], f"{row['division_code']}.{row['location_code']}", row["item_code"], json.loads(row["detail"]))
        for row in truth.planted(build_world(PROFILES["tiny"], SEED)).to_pylist()
        if row["fault"] in ("innocent_short_pick", "misplaced_goods")
    ]
    assert len(innocent) == 4
    rows = tiny.marts.rows(
        "select location_id, item_code, rule_id from visibility.fct_stock_record_flag inner join core.dim_location "
        "using (location_id) inner join core.bridge_sku_system_id using (sku_id, division_code) where rule_id = 'DQ-P3'"
    )
    accused = {(row["location_id"], row["item_code"]) for row in rows}
    assert not accused & {(place, item) for _, place, item, _ in innocent}
