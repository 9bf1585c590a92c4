"""Batches that arrive in any order, some at a time, come to what one build over all of them comes to; through dbt.

Here: increments of core over lots of plans, each step with other threads and another session time zone, and each after
a few models were built alone over a part of its batches. Not here: the company as a whole, in the order of its
extractions (test_increment.py).
"""

from __future__ import annotations

import random

import pytest

from orchestration.lib.sql import connect
from tests.python.dbt_in_process import Dbt
from tests.python.streams import area
from tests.python.streams.marts import Loom, report
from tests.python.streams.plan import Delivery, Plan

CORE = "+group:core"
LEDGER = ("stg_unified__movement_month", "stg_unified__redelivery", "stg_unified__movement", "fct_stock_position")
ALONE = (LEDGER, (*LEDGER, "stg_unified__site_start", "stg_unified__close_day", "stg_unified__open_day"))
"""Without the calendar of the new batches, and with it but without the versions that the books hold."""
SETTINGS = (
    {"LEADLAG_THREADS": "1", "LEADLAG_SESSION_TIME_ZONE": "America/Los_Angeles"},
    {"LEADLAG_THREADS": "2", "LEADLAG_SESSION_TIME_ZONE": "UTC"},
    {"LEADLAG_THREADS": "4", "LEADLAG_SESSION_TIME_ZONE": "Asia/Kolkata"},
)

Batch = tuple[str, str]


def batch_of(delivery: Delivery) -> Batch:
    """What arrives as one."""
    return delivery.site, delivery.batch


def by_extraction(plans: list[Plan], steps: int) -> dict[Batch, int]:
    """The step at which each batch arrives: history first, then day by day to the last."""
    times = {batch_of(d): d.extracted_at for plan in plans for d in plan.deliveries}
    days = sorted({at.date() for at in times.values()})
    return {batch: max(0, days.index(at.date()) - len(days) + steps) for batch, at in times.items()}


def at_random(plans: list[Plan], steps: int, seed: int) -> dict[Batch, int]:
    """Any batch at any step: months that come years late, the newest first."""
    chance = random.Random(f"arrivals {seed}")
    batches = sorted({batch_of(d) for plan in plans for d in plan.deliveries})
    return {batch: chance.randrange(steps) for batch in batches}


def arrives(loom: Loom, plans: list[Plan], arrival: dict[Batch, int], steps: int) -> None:
    """Build the plans step by step with dbt and in one go without it; AssertionError where core differs."""
    home = loom.home("steps")
    (home.root / "spill").mkdir(exist_ok=True)
    dbt = Dbt(home)
    for step in range(steps):
        here = [d for plan in plans for d in plan.deliveries if arrival[batch_of(d)] <= step]
        if step == 0:
            dbt("seed")
        else:  # as a person may: models alone, before what they read knows of the new batches, and before all came
            late = set(sorted(batch for batch, at in arrival.items() if at == step)[::2])
            area.write(home, plans, [d for d in here if batch_of(d) not in late])
            dbt("run", "--select", *ALONE[step % len(ALONE)])
        area.write(home, plans, here)
        dbt("run", "--select", CORE, **SETTINGS[step % len(SETTINGS)])
    with loom.sent(plans) as connection:
        tables = connection.execute("select count(*) from core.fct_stock_movement").fetchone()[0]
        assert tables > 0
    with connect(home.build_db) as connection:
        wrong = loom.against_sent(connection)
    assert not wrong, report(wrong, [plan.seed for plan in plans])


def test_a_backfill_in_any_order_is_a_build_in_one_go(core_loom: Loom):
    plans = [Plan(seed) for seed in range(5000, 5120)]
    arrives(core_loom, plans, at_random(plans, 3, seed=1), 3)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(5))
def test_many_backfills(core_loom: Loom, seed: int):
    plans = [Plan(n) for n in range(10_000 + 200 * seed, 10_200 + 200 * seed)]
    arrives(core_loom, plans, at_random(plans, 6, seed), 6)


@pytest.mark.proof
def test_day_by_day(core_loom: Loom):
    plans = [Plan(seed) for seed in range(20_000, 20_200)]
    arrives(core_loom, plans, by_extraction(plans, 15), 15)
