"""Our core: the project's own models, as the main job builds them, on the pinned rows of a benchmark.

Here: dbt's build of the core's tables and what they depend on (no tests), and the readers of its public tables.
Not here: how the tables are made; nothing but names and columns of marts is known here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.company import Bench
from benchmarks.engine import past, shared
from benchmarks.parts import LEDGER, POSITIONS
from orchestration.lib import warehouse

TABLES = ("fct_stock_movement", "fct_stock_position", "fct_stock_on_hand", "fct_demand_daily")
_FROM_THE_LEDGER = ("fct_stock_position", "fct_stock_on_hand", "int_core__demand_day")
_SELECT = ("--select", *(f"+{table}" for table in TABLES), "--exclude-resource-type", "test")


def build(bench: Bench) -> dict[str, Any]:
    """Build from what is pinned: the whole at first, an increment when batches have come. Answers dbt's seconds.

    sql_seconds: the time that models and seeds ran, summed over nodes as dbt tells it; nodes that ran side by side
    count each for itself. RuntimeError with the failing nodes.
    """
    plans: list[warehouse.Plan] = []
    done = warehouse.build(bench.home, on_plan=plans.append, on_node=lambda total, node: None, extra=_SELECT)
    if done.error:
        raise RuntimeError(done.error)
    seconds = {
        str(event["data"]["node_info"]["node_name"]): float(event["data"].get("execution_time") or 0)
        for event in done.events
    }
    return {"sql_seconds": sum(seconds.values()), "plan": plans[0].reason, "nodes": seconds} | _parts(done.events)


def _parts(events: list[dict[str, Any]]) -> dict[str, float]:
    """Seconds from the first node's start until the ledger was ready, and from then until positions, stock on hand and
    demand were."""
    times = {str(node["node_name"]): node for node in (event["data"]["node_info"] for event in events)}
    started = {name: _moment(node["node_started_at"]) for name, node in times.items()}
    finished = {name: _moment(node["node_finished_at"]) for name, node in times.items()}
    ready = min(started[name] for name in _FROM_THE_LEDGER)
    return {
        LEDGER: (ready - min(started.values())).total_seconds(),
        POSITIONS: (max(finished.values()) - ready).total_seconds(),
    }


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


update = build


def connection(bench: Bench) -> duckdb.DuckDBPyConnection:
    """The built tables in the shared shape (engine.shared)."""
    return shared(bench.home.build_db)


def questions(bench: Bench, moment: datetime, sku_id: str, location_id: str) -> dict[str, Callable[[], int]]:
    """The two questions about a past moment, asked of the public tables (engine.past)."""
    return past(bench.home.build_db, moment, sku_id, location_id)


def written(bench: Bench) -> list[Path]:
    """What the build wrote."""
    return [bench.home.build_db]
