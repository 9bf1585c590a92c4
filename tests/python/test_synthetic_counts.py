"""Counting tasks and recounts of the simulator: what lands is what the truth says, and nothing else was touched.

Not here: the counts themselves (test_synthetic.py).
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthetic.emit_counts import emit_counts, write_count_truth
from synthetic.profiles import PROFILES
from synthetic.world import World, build_world

SEED = 7


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(PROFILES["tiny"], SEED)


@pytest.fixture(scope="module")
def batches(world, contracts):
    return list(emit_counts(world.company, world.truth, world.records, world.profile, SEED, contracts))


def rows_of(batches, entity: str) -> list[dict]:
    return [
        row | {"site": batch.instance, "extracted": batch.extracted_at.replace(tzinfo=None)}
        for batch in batches
        if batch.entity == entity
        for row in batch.table.to_pylist()
    ]


def last_words(batches) -> dict[str, dict]:
    """Task -> what was told of it last."""
    return {row["task_id"]: row for row in sorted(rows_of(batches, "count_tasks"), key=lambda row: row["extracted"])}


def truth_of(world, folder) -> dict[str, str]:
    write_count_truth(world.company, world.truth, world.profile, SEED, folder)
    table = pq.read_table(folder / "counts.parquet").to_pylist()
    found = {row["id"]: row["kind"] for row in table}
    assert len(found) == len(table)
    return found


def test_every_task_is_done_in_time_late_or_never_as_the_truth_says(world, batches, tmp_path):
    truth, end = truth_of(world, tmp_path), max(batch.extracted_at for batch in batches).replace(tzinfo=None)
    tasks = last_words(batches)
    told = {}
    for name, row in tasks.items():
        never = row["done_at"] is None and row["due_at"] < end
        told[name] = "never" if never else "late" if row["done_at"] and row["done_at"] > row["due_at"] else "on_time"
    assert told == {name: kind for name, kind in truth.items() if kind != "recount"}
    kinds = list(told.values())
    assert kinds.count("late") >= 2 and kinds.count("never") >= 2 and kinds.count("on_time") > len(kinds) / 2


def test_a_task_is_told_when_it_is_raised_and_again_when_it_is_done(world, batches):
    for row in rows_of(batches, "count_tasks"):
        assert row["created_at"] <= row["extracted"] and row["created_at"] <= row["due_at"]
        assert row["done_at"] is None or row["created_at"] <= row["done_at"] <= row["extracted"]
        assert (row["done_at"] is None) == (row["count_id"] is None)
    counted = {f"CC-{number:07d}" for number in world.truth.counts["number"]}
    answered = [row["count_id"] for row in last_words(batches).values() if row["count_id"]]
    assert len(answered) == len(set(answered)) and set(answered) < counted
    told = [row["task_id"] for row in rows_of(batches, "count_tasks")]
    assert len(told) > len(set(told)), "some span two quarters"


def test_recounts_repeat_counts_that_differed_minutes_later(world, batches, tmp_path):
    counts = world.truth.counts
    differed = {f"CC-{n:07d}": int(found) for n, book, found in
                zip(counts["number"], counts["book"], counts["counted"], strict=True) if book != found}  # fmt: skip
    again = rows_of(batches, "cycle_counts")
    assert 1 <= len(again) < len(differed)
    assert {row["count_id"] for row in again} == {n for n, k in truth_of(world, tmp_path).items() if k == "recount"}
    for row in again:
        assert row["trigger"] == "recount" and row["counted_qty"] == row["book_qty"] == differed[row["recount_of"]]


def test_the_same_seed_gives_the_same_rows_and_draws_from_a_stream_of_its_own(world, batches, contracts):
    again = list(emit_counts(world.company, world.truth, world.records, world.profile, SEED, contracts))
    assert pa.concat_tables([b.table for b in again if b.entity == "count_tasks"]).equals(
        pa.concat_tables([b.table for b in batches if b.entity == "count_tasks"])
    )
    other = build_world(PROFILES["tiny"], SEED)
    assert all(np.array_equal(other.truth.counts[name], world.truth.counts[name]) for name in world.truth.counts)
    assert isinstance(batches[0].extracted_at, datetime)
