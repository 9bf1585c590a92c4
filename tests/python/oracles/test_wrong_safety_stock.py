"""Safety stocks that the simulator's planners set wrongly are found among all reorder point proposals.

Here: recall and precision against the truth ledger, on the tiny company and on one of 600 records.
Not here: whether the arithmetic is right (test_replenishment.py).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestration.lib.paths import Home
from synthetic import truth
from synthetic.land import land as land_world
from synthetic.profiles import PROFILES
from synthetic.world import build_world
from tests.python.fixtures_marts import SEED, Marts, build

TINY = PROFILES["tiny"]
MIDDLE = replace(
    TINY,
    name="middle",
    days=240,
    goods_per_division=150,
    shared_goods=40,
    suppliers_per_division=8,
    faults=replace(TINY.faults, wrong_safety_stock=30),
)


def _planted(profile) -> set[tuple[str, str, str]]:
    rows = truth.planted(build_world(profile, SEED)).to_pylist()
    rows = [row for row in rows if row["fault"] == "wrong_safety_stock"]
    assert {row["found_by"] for row in rows} == {"kpi:kpi_reorder_point_proposal"}
    return {(row["division_code"], row["item_code"], f"{row['division_code']}.{row['location_code']}") for row in rows}


def _flagged(marts: Marts, flag: str) -> list[set[tuple[str, str, str]]]:
    """Every flagged record as the set of the item codes it goes by in its division."""
    rows = marts.rows(
        "select p.sku_id, p.location_id, i.division_code, i.item_code from feedback.kpi_reorder_point_proposal as p "
        "inner join core.dim_location using (location_id) inner join core.bridge_sku_system_id as i "
        f"on p.sku_id = i.sku_id and dim_location.division_code = i.division_code where p.{flag}"
    )
    records: dict[tuple[str, str], set] = {}
    for row in rows:
        names = records.setdefault((row["sku_id"], row["location_id"]), set())
        names.add((row["division_code"], row["item_code"], row["location_id"]))
    return list(records.values())


def _recall_and_precision(marts: Marts, profile, flag: str) -> tuple[float, float]:
    planted, flagged = _planted(profile), _flagged(marts, flag)
    found = [names for names in flagged if names & planted]
    return len(found) / len(planted), len(found) / len(flagged)


def test_every_planted_safety_stock_of_the_tiny_company_is_off(tiny_marts):
    recall, _ = _recall_and_precision(tiny_marts, TINY, "is_safety_stock_off")
    assert recall == 1.0
    [count] = tiny_marts.rows("select count(*) as records from feedback.kpi_reorder_point_proposal")
    assert len(_flagged(tiny_marts, "is_safety_stock_off")) <= count["records"] // 8


@pytest.mark.proof
def test_most_of_what_is_off_in_a_larger_company_was_planted(tmp_path):
    home = Home.at(tmp_path / "home").make()
    land_world(build_world(MIDDLE, SEED), home)
    marts = build(home)
    recall, precision = _recall_and_precision(marts, MIDDLE, "is_safety_stock_off")
    assert recall >= 0.95
    assert precision >= 0.6
    recall, precision = _recall_and_precision(marts, MIDDLE, "is_reorder_point_off")
    assert recall >= 0.8
    assert precision < 0.5  # the reorder point alone does not tell a wrong safety stock from a lead time seen otherwise
