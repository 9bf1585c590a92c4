"""The SKU master, its candidates and its conformity against the oracle, and the planted twins."""

from __future__ import annotations

from collections import Counter

import pytest

from orchestration.lib.sql import connect
from tests.python.oracles.sku_master import REQUIRED, SkuMaster


@pytest.fixture
def said(case) -> SkuMaster:
    """The oracle of the company at hand."""
    return SkuMaster(case.company.accepted)


def test_every_item_carries_the_sku_of_the_oracle(case, said):
    rows = case.marts.rows("select division_code, item_code, sku_id from core.dim_item")
    found = {(row["division_code"], row["item_code"]): row["sku_id"] for row in rows}
    assert found == {code: item.sku for code, item in said.items.items()}


def test_candidates_are_those_of_the_oracle(case, said):
    rows = case.marts.rows("select sku_id, other_sku_id, similarity_ratio from visibility.fct_sku_match_candidate")
    found = {(row["sku_id"], row["other_sku_id"]): row["similarity_ratio"] for row in rows}
    expected = said.candidates()
    assert set(found) == set(expected)
    assert all(abs(found[pair] - expected[pair]) <= abs(expected[pair]) / 10**5 for pair in found)


def test_conformity_and_duplicates_are_those_of_the_oracle(case, said):
    rows = case.marts.rows("select * from visibility.kpi_sku_master_conformity where is_required")
    found = {(row["scope_id"], row["attribute_name"]): (row["valid_count"], row["checked_count"]) for row in rows}
    assert found == said.conformity()
    assert {row["attribute_name"] for row in rows} == {"*", *REQUIRED}
    for row in rows:
        assert row["conformity_ratio"] * row["checked_count"] == pytest.approx(row["valid_count"], abs=1e-3)
        skus = [item.sku for code, item in said.items.items() if row["scope_id"] in ("*", code[0])]
        assert (row["record_count"], row["golden_count"]) == (len(skus), len(set(skus)))
        assert row["duplicate_ratio"] * len(skus) == pytest.approx(len(skus) - len(set(skus)), abs=1e-3)


def test_every_missing_or_invalid_attribute_is_a_row(case, said):
    rows = case.marts.rows("select * from visibility.fct_sku_attribute_failure where is_required")
    found = {(row["division_code"], row["item_code"], row["attribute_name"]): row["failure"] for row in rows}
    expected = {}
    for code, item in said.items.items():
        for attribute in REQUIRED:
            there, valid = said.valid(item, attribute)
            if not valid:
                expected[*code, attribute] = "not_valid" if there else "missing"
    assert found == expected
    assert all(row["what_to_do"] for row in rows)


TRUTH = "read_parquet('{root}/truth/sku_twins.parquet')"


def test_planted_twins_are_found_and_near_misses_are_not(tiny):
    """What a steward said is merged or kept apart, what nobody said waits, what the numbers say is a conflict."""
    truth = tiny.marts.rows(f"select * from {TRUTH.format(root=tiny.marts.home.root)}")
    skus = {(r["division_code"], r["item_code"]): r["sku_id"] for r in tiny.marts.rows("select * from core.dim_item")}
    waiting = {
        (r["sku_id"], r["other_sku_id"]) for r in tiny.marts.rows("select * from visibility.fct_sku_match_candidate")
    }
    conflicts = {
        (r["conflict_type"], r["division_code"], r["item_code"])
        for r in tiny.marts.rows("select * from visibility.fct_sku_conflict")
    }
    seen = Counter()
    for row in truth:
        code = (row["division_code"], row["item_code"])
        pair = tuple(sorted((skus[code], skus[row["other_division_code"], row["other_item_code"]])))
        name, _, what = row["found_by"].partition(":")
        if row["verdict"] == "same":
            assert pair[0] == pair[1], row
        elif row["verdict"] == "different" or name == "none":
            assert pair[0] != pair[1], row
            assert pair not in waiting, row
        elif name == "conflict":
            assert (what, *code) in conflicts, row
        else:
            assert pair in waiting, row
        seen[row["verdict"] or name] += 1
    assert set(seen) == {"same", "different", "candidate", "conflict", "none"}


def test_a_code_given_away_twice_has_two_periods(tiny):
    periods = tiny.marts.rows("select * from core.bridge_sku_code_period where not is_current")
    changes = tiny.marts.rows("select * from core.fct_item_change where is_code_reused")
    assert len(periods) == len(changes) == 1
    assert periods[0]["valid_to"] == changes[0]["changed_at"]
    assert periods[0]["sku_id"] != changes[0]["sku_id"]


BROKEN = {
    "categories_consolidate": "update core.dim_sku set category = 'ELSEWHERE' where sku_id in "
    "(select sku_id from core.fct_stock_on_hand where valid_to_date = date '9999-12-31' and on_hand_qty > 0 limit 1)",
    "no_unified_join_fans_out": "insert into core.dim_item select * from core.dim_item limit 1",
    "code_periods_follow_each_other": "update core.bridge_sku_code_period set valid_from = timestamp '1990-01-01' "
    "where is_current",
}


@pytest.mark.parametrize("invariant", BROKEN)
def test_the_invariants_of_the_sku_master_can_fail(tiny, tmp_path, invariant):
    """Totals by standard category, one row per thing named, periods without a gap: each broken once."""
    marts = tiny.marts.copy(tmp_path / "home")
    marts.dbt("test", "--select", invariant, database=marts.home)
    with connect(marts.home.build_db) as connection:
        connection.execute(BROKEN[invariant])
    with pytest.raises(AssertionError, match=invariant):
        marts.dbt("test", "--select", invariant, database=marts.home)
