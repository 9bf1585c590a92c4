"""What the simulator planted and a record rule should find is found; so is every difference it planted.

Here: recall against the truth ledger. Not here: whether a rule's arithmetic is right (test_records.py and the like).
"""

from __future__ import annotations

from functools import cache

from synthetic import truth
from synthetic.profiles import PROFILES
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED


@cache
def planted_rows() -> list[dict]:
    """The truth ledger of the tiny company."""
    return truth.planted(build_world(PROFILES["tiny"], SEED)).to_pylist()


def _planted(prefix: str) -> list[dict]:
    return [row for row in planted_rows() if row["found_by"].startswith(prefix)]


def test_every_planted_record_fault_is_flagged(tiny_marts):
    found = {
        (row["rule_id"], row["division_code"], row["item_code"], row["location_id"])
        for row in tiny_marts.rows(
            "select rule_id, division_code, item_code, location_id from visibility.fct_stock_record_flag "
            "inner join core.bridge_sku_system_id using (sku_id)"
        )
    }
    planted = _planted("flag:")
    assert {row["fault"] for row in planted} >= {"phantom_stock", "stale_record", "negative_on_hand"}
    for row in planted:
        if row["location_code"] is None:  # a fault of the item master shows wherever the item is stocked
            continue
        rule, place = row["found_by"].removeprefix("flag:"), f"{row['division_code']}.{row['location_code']}"
        assert (rule, row["division_code"], row["item_code"], place) in found, row


def test_every_planted_break_has_its_class(tiny_marts):
    found = {
        (row["break_class"], row["division_code"], row["item_code"], row["location_id"])
        for row in tiny_marts.rows(
            "select break_class, division_code, item_code, location_id from visibility.kpi_stock_reconciliation "
            "inner join core.bridge_sku_system_id using (sku_id)"
        )
    }
    planted = _planted("reconciliation:")
    assert {row["fault"] for row in planted} >= {"erp_balance_in_cases", "erp_timing"}
    for row in planted:
        name, place = row["found_by"].removeprefix("reconciliation:"), f"{row['division_code']}.{row['location_code']}"
        assert (name, row["division_code"], row["item_code"], place) in found, row
