"""Losses of the simulator: each is found by the next count of its goods, and counts tell what they come from.

Not here: what the warehouse makes of them (oracles/test_shrinkage.py).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pyarrow.parquet as pq
import pytest

from synthetic.emit_wms import emit_cycle_counts
from synthetic.losses import CAUSES, costs_on, write_loss_truth
from synthetic.profiles import PROFILES
from synthetic.world import World, build_world
from tests.python.oracles.accepted import seed

SEED = 7


@pytest.fixture(scope="module")
def world() -> World:
    """The tiny company with twenty times its thieves: of its own few losses little could be said."""
    return build_world(replace(PROFILES["tiny"], theft_rate=0.04), SEED)


def test_a_count_finds_what_went_missing_since_the_count_before(world):
    found = np.zeros(len(world.truth.counts["key"]), dtype="int64")
    losses = world.losses
    np.add.at(found, losses.count[losses.count >= 0], losses.qty[losses.count >= 0])
    differences = world.truth.counts["book"] - world.truth.counts["counted"]
    assert (found == differences).all() and (differences != 0).sum() > 20


def test_what_no_count_finds_is_still_missing(world):
    losses, missing = world.losses, np.zeros(world.company.keys, dtype="int64")
    np.add.at(missing, losses.key[losses.count < 0], losses.qty[losses.count < 0])
    last = world.truth.record[-1].astype("int64") - world.truth.physical[-1]
    assert (missing == last).all() and (missing != 0).any()


def test_counts_tell_a_cause_in_words_of_the_seed_where_they_differ(world, contracts):
    known = {row["root_cause"]: row["shrink_cause"] for row in seed("reference/shrink_causes.csv")}
    batches = emit_cycle_counts(world.company, world.truth, world.records, world.losses.told, world.profile,
                                contracts["wms", "cycle_counts"])  # fmt: skip
    rows = [row for batch in batches for row in batch.table.to_pylist()]
    told = Counter(known.get(row["root_cause"], row["root_cause"]) for row in rows if row["root_cause"])
    assert all(row["book_qty"] != row["counted_qty"] for row in rows if row["root_cause"])
    assert {"theft_external", "theft_internal", "see note"} <= set(told) <= {*CAUSES, "see note"}
    silent = sum(row["book_qty"] != row["counted_qty"] and row["root_cause"] is None for row in rows)
    assert 0.15 < silent / (silent + told.total()) < 0.35


def test_the_truth_adds_up_to_the_losses(world, tmp_path):
    write_loss_truth(world.company, world.truth, world.costs, world.profile, world.losses, tmp_path)
    rows, sums = pq.read_table(tmp_path / "losses.parquet").to_pylist(), defaultdict(int)
    for row in rows:
        sums[row["cause"], row["is_counted"]] += row["qty"]
    losses = world.losses
    for place, cause in enumerate(CAUSES):
        for counted in (True, False):
            mine = losses.qty[(losses.cause == place) & ((losses.count >= 0) == counted)].sum()
            assert sums[cause, counted] == mine
    assert sum(Decimal(row["amount"]) for row in rows) > 0


def test_a_cost_is_that_of_its_day(world):
    history = world.costs.history
    steps = history[history["item"] == 0].sort_values("valid_from_day")
    key = int(np.flatnonzero(world.company.item_of == 0)[0])
    division = world.company.divisions[int(world.company.items["division"].iloc[0])]
    rates = world.costs.rates[world.costs.rates["currency"] == division.currency]
    day = int(steps["valid_from_day"].iloc[1])
    (before, after) = costs_on(
        world.company, world.costs, world.profile, np.array([key, key]), np.array([day - 1, day])
    )
    assert before / after == pytest.approx(steps["unit_cost"].iloc[0] / steps["unit_cost"].iloc[1], rel=0.05)
    assert after == pytest.approx(steps["unit_cost"].iloc[1] * rates["average_rate"].mean(), rel=0.05)
