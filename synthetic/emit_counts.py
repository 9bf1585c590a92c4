"""Counting at every site beyond the counts themselves: the tasks that ask for them, and recounts of what differed.

Belongs here: which tasks are done in time, late or never, which counts are repeated, their layout and their truth. Does
not belong here: what was counted (physical.py) and the layout of the first counts (emit_wms.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from orchestration.lib.contracts import Contract
from synthetic.clock import DAY, local_midnight, stream, to_utc, utc_datetime
from synthetic.company import Company
from synthetic.physical import Truth
from synthetic.profiles import Profile
from synthetic.records import Records, site_utc
from synthetic.tables import NOT_YET, Batch, conform, day_name, decimals, instants, numbered, pick

ON_TIME, LATE, NEVER = range(3)
KINDS = ("on_time", "late", "never")
_LATE_SHARE, _NEVER_SHARE, _RECOUNT_SHARE = 20, 30, 3  # one of so many
_RAISED_AT, _DUE_AT, _RECOUNT_AFTER = 6 * 3600, 23 * 3600, 180
_EXTRACT_DELAY = 20 * 60


@dataclass(frozen=True)
class CountPlan:
    """Tasks in order of being raised, local seconds, `count` -1 and `done` NOT_YET where none; and recounted rows."""

    key: np.ndarray
    created: np.ndarray
    due: np.ndarray
    done: np.ndarray
    count: np.ndarray
    kind: np.ndarray
    recounted: np.ndarray  # rows of Truth.counts


def plan_counts(company: Company, truth: Truth, profile: Profile, seed: int) -> CountPlan:
    """Raise a task for every count but the opening one, some due before they are done, and some that nobody does."""
    rng = stream(seed, "count_tasks")
    start = int(local_midnight(profile.first_day, 0))
    counts, day = truth.counts, (truth.counts["second"] - start) // DAY
    row = np.flatnonzero(day > 0)
    raised = np.maximum(day[row] - rng.integers(3, 11, len(row)), 0)
    due = day[row] + rng.integers(0, 6, len(row))
    kind = np.zeros(len(row), dtype="int64")
    able = np.flatnonzero(day[row] - raised >= 3)
    late = rng.choice(able, min(len(able), max(2, len(row) // _LATE_SHARE)), replace=False)
    kind[late] = LATE
    due[late] = raised[late] + rng.integers(0, 2, len(late))
    stocked = np.flatnonzero(truth.record[-1] > 0)
    ignored = rng.choice(stocked, min(len(stocked), max(2, len(row) // _NEVER_SHARE)), replace=False)
    asked = rng.integers(profile.days // 2, profile.days - 12, len(ignored))
    none = np.full(len(ignored), -1)
    created = start + np.concatenate([raised, asked]) * DAY + _RAISED_AT
    order = np.lexsort((np.concatenate([counts["key"][row], ignored]), created))
    differed = row[counts["book"][row] != counts["counted"][row]]
    return CountPlan(
        key=np.concatenate([counts["key"][row], ignored])[order],
        created=created[order],
        due=(start + np.concatenate([due, asked + 7]) * DAY + _DUE_AT)[order],
        done=np.concatenate([counts["second"][row], none * 0 + NOT_YET])[order],
        count=np.concatenate([counts["number"][row], none])[order],
        kind=np.concatenate([kind, none * 0 + NEVER])[order],
        recounted=np.sort(rng.choice(differed, -(-len(differed) // _RECOUNT_SHARE), replace=False)),
    )


def emit_counts(company: Company, truth: Truth, records: Records, profile: Profile, seed: int,
                contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:  # fmt: skip
    """Yield tasks and recounts of every site quarter by quarter; a task is told when raised and again when done."""
    plan = plan_counts(company, truth, profile, seed)
    start = int(local_midnight(profile.first_day, 0))
    for place, site in enumerate(company.sites):
        begin = 0
        for end in records.calendar.quarter_ends:
            over = start + (int(end) + 1) * DAY
            at = utc_datetime(int(to_utc(np.array([over]), site.time_zone)[0]) + _EXTRACT_DELAY)
            told = (_within(plan.created, begin, over) | _within(plan.done, begin, over)) & (plan.created < over)
            rows = np.flatnonzero(told & (company.site_of[plan.key] == place))
            table = conform(_tasks(company, plan, rows, over), contracts["wms", "count_tasks"])
            yield Batch("wms", site.code, "count_tasks", day_name(profile.first_day, end), table, at)
            second = truth.counts["second"][plan.recounted]
            here = company.site_of[truth.counts["key"][plan.recounted]] == place
            rows = plan.recounted[_within(second, begin, over) & here]
            if len(rows):
                table = conform(_recounts(company, truth, rows), contracts["wms", "cycle_counts"])
                name = day_name(profile.first_day, end) + "-recounts"
                yield Batch("wms", site.code, "cycle_counts", name, table, at)
            begin = over


def write_count_truth(company: Company, truth: Truth, profile: Profile, seed: int, folder: Path) -> None:
    """Write counts.parquet into `folder`: every task with what became of it, and every recount."""
    plan = plan_counts(company, truth, profile, seed)
    recounted = truth.counts["key"][plan.recounted]
    keys = np.concatenate([plan.key, recounted])
    table = pa.table(
        {
            "id": pa.concat_arrays([_task_ids(plan, np.arange(len(plan.key))), _recount_ids(truth, plan.recounted)]),
            "site_code": pick([site.code for site in company.sites], company.site_of[keys]),
            "item_code": pick(company.items["item_code"], company.item_of[keys]),
            "kind": [*(KINDS[kind] for kind in plan.kind), *["recount"] * len(recounted)],
        }
    )
    pq.write_table(table, folder / "counts.parquet", store_schema=False)


def _within(second: np.ndarray, begin: int, end: int) -> np.ndarray:
    return (second >= begin) & (second < end)


def _task_ids(plan: CountPlan, rows: np.ndarray) -> pa.Array:
    return numbered("CT-", rows + 1, 7)


def _recount_ids(truth: Truth, rows: np.ndarray) -> pa.Array:
    return numbered("RC-", truth.counts["number"][rows], 7)


def _tasks(company: Company, plan: CountPlan, rows: np.ndarray, over: int) -> dict[str, pa.Array | list]:
    key, is_done = plan.key[rows], _within(plan.done[rows], 0, over)
    done = np.where(is_done, site_utc(company, key, np.where(is_done, plan.done[rows], 0)), NOT_YET)
    count = numbered("CC-", np.maximum(plan.count[rows], 0), 7)
    return {
        "task_id": _task_ids(plan, rows),
        "item_code": pick(company.items["item_code"], company.item_of[key]),
        "trigger": ["scheduled"] * len(rows),
        "created_at": instants(site_utc(company, key, plan.created[rows])),
        "due_at": instants(site_utc(company, key, plan.due[rows])),
        "done_at": instants(done),
        "count_id": pc.if_else(pa.array(is_done), count, pa.scalar(None, pa.string())),
    }


def _recounts(company: Company, truth: Truth, rows: np.ndarray) -> dict[str, pa.Array | list]:
    """A second person counts the same minutes later: by then the record holds what the first one found."""
    counts = {name: values[rows] for name, values in truth.counts.items()}
    item = company.item_of[counts["key"]]
    return {
        "count_id": _recount_ids(truth, rows),
        "item_code": pick(company.items["item_code"], item),
        "uom": pick(company.items["base_uom"], item),
        "book_qty": decimals(counts["counted"] * 10_000),
        "counted_qty": decimals(counts["counted"] * 10_000),
        "counted_at": instants(site_utc(company, counts["key"], counts["second"] + _RECOUNT_AFTER)),
        "trigger": ["recount"] * len(rows),
        "is_blind": [True] * len(rows),
        "recount_of": numbered("CC-", counts["number"], 7),
    }
