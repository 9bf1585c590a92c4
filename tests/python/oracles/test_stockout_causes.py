"""Stock-outs and causes of the tiny company against what its simulator knows, and the matrix itself.

Here: that the truth tells only real stock-outs, that the warehouse finds those that can be seen and says why. Not here:
the demo company, whose matrix stands in docs/company.md.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pytest

from synthetic.profiles import PROFILES
from synthetic.truth_stockouts import CAUSES, UNKNOWN, true_stockouts
from synthetic.world import World, build_world
from tests.python.fixtures_marts import SEED
from tests.python.oracles.stockout_causes import FOUND, confusion, day_scores, pairs, read_home, scores


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(PROFILES["tiny"], SEED)


def test_the_truth_tells_every_empty_day_of_goods_that_are_asked_for(world):
    company, truth, demand, first = world.company, world.truth, world.demand, world.profile.first_day
    codes = company.items["item_code"].to_numpy()[company.item_of]
    sites = np.array([site.code for site in company.sites])[company.site_of]
    keys = {(item, site): key for key, (item, site) in enumerate(zip(codes, sites, strict=True))}
    told = Counter()
    for row in true_stockouts(world).to_pylist():
        key = keys[row["item_code"], row["location_code"]]
        for day in range((row["start_date"] - first).days, (row["end_date"] - first).days + 1):
            told[key, day] += 1
        assert row["cause"] in (*CAUSES, UNKNOWN)
    assert told
    assert max(told.values()) == 1
    for key in range(company.keys):
        for day in range(world.profile.days):
            is_asked = demand.rate[key] > 0 and demand.launch_day[key] <= day < demand.end_day[key]
            empty = is_asked and (truth.physical[day, key] <= 0 or truth.record[day, key] <= 0)
            assert not empty or told[key, day]
    days = sum(row["oos_days"] for row in true_stockouts(world).to_pylist())
    assert days <= sum(told.values())


def test_the_truth_of_suppliers_is_in_the_receipts(world):
    """A stock-out laid at a supplier has a line that was due and not there, or a last one that came short."""
    from synthetic.truth_stockouts import _replenishments

    lines = _replenishments(world)
    company, first = world.company, world.profile.first_day
    codes = company.items["item_code"].to_numpy()[company.item_of]
    sites = np.array([site.code for site in company.sites])[company.site_of]
    blamed = [row for row in true_stockouts(world).to_pylist() if row["cause"] == "supplier"]
    assert blamed
    for row in blamed:
        key = np.flatnonzero((codes == row["item_code"]) & (sites == row["location_code"]))[0]
        start = (row["start_date"] - first).days
        own = lines[(lines["key"] == key) & (lines["created"] <= start)]
        late = (own["due"] <= start) & (own["settled"] > start)
        short = (own["settled"] <= start) & ~own["in_full"].astype(bool)
        assert late.any() or short.any(), row


def test_the_matrix_of_the_tiny_company(tiny_marts):
    true, found = read_home(tiny_marts.home.root)
    matrix = confusion(true, found)
    causes = scores(matrix)
    there, told, right = causes["supplier"]
    assert right >= 0.9 * there > 0
    assert right >= 0.9 * told
    there, _, right = causes["record_error"]
    assert right >= 0.9 * there > 0
    days_true, days_found, both = day_scores(true, found)
    assert both >= 0.7 * days_true
    assert both >= 0.7 * days_found
    assert len(found) == len(tiny_marts.rows(FOUND)) == sum(n for (_, cause), n in matrix.items() if cause != "none")


def test_pairs_are_by_the_days_they_share():
    def row(first: int, last: int, cause: str) -> dict:
        return {"division_code": "d", "item_code": "i", "location_code": "L", "location_id": "d.L", "cause": cause,
                "start_date": date(2026, 1, first), "end_date": date(2026, 1, last)}  # fmt: skip

    true = [row(1, 4, "supplier"), row(10, 12, "forecast"), row(20, 21, "parameter")]
    found = [row(2, 11, "supplier"), row(12, 14, "unknown"), row(25, 26, "forecast")]
    matrix = confusion(true, found)
    assert matrix == {("supplier", "supplier"): 1, ("forecast", "unknown"): 1, ("none", "forecast"): 1,
                      ("parameter", "none"): 1}  # fmt: skip
    assert scores(matrix)["supplier"] == (1, 1, 1)
    assert day_scores(true, found) == (9, 15, 6)
    assert len(pairs(true, found)) == 4
