"""DuckDB as every contender on it opens it: the memory limit, threads and spill folder that dbt's profile gives ours.

Here: the connection. Not here: any query.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.company import Bench
from orchestration.lib.sql import connect, literal

KEYS = {
    "position": ("sku_id", "location_id", "lot_code", "stock_status", "owner_code"),
    "on_hand": ("sku_id", "location_id"),
}


STORAGE_VERSION = "v1.5.0"
"""Storage of the files that are built, as profiles.yml has it."""


def memory_limit() -> str:
    """DuckDB's memory limit, as profiles.yml reads it."""
    return os.environ.get("LEADLAG_MEMORY_LIMIT", "4GB")


def threads() -> int:
    """DuckDB's threads, as profiles.yml reads them."""
    return int(os.environ.get("LEADLAG_THREADS", "2"))


@contextmanager
def open_duckdb(bench: Bench, path: Path | str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-write connection to the file, closed with the block."""
    spill = bench.root / "spill"
    spill.mkdir(exist_ok=True)
    with connect(
        path,
        memory_limit=memory_limit(),
        threads=threads(),
        temp_directory=spill,
        storage_version=STORAGE_VERSION,
    ) as connection:
        yield connection


def shared(path: Path | str) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a file with the core's public tables, and temporary views of them in the shape that all
    contenders write: position, on_hand and demand, quantities in ten-thousandths; and movement, the ledger."""
    opened = connect(path, read_only=True, memory_limit=memory_limit(), threads=threads())
    opened.execute("create temp view movement as select * from core.fct_stock_movement")
    for view, table in (("position", "fct_stock_position"), ("on_hand", "fct_stock_on_hand")):
        keys = ", ".join(KEYS[view])
        opened.execute(
            f"create temp view {view} as select {keys}, cast(on_hand_qty * 10000 as bigint) as on_hand_e4, "
            f"valid_from, valid_to, valid_from_date, valid_to_date from core.{table}"
        )
    measures = ", ".join(
        f"cast({name}_qty * 10000 as bigint) as {name}_e4" for name in ("gross_demand", "returned", "net_demand")
    )
    opened.execute(
        "create temp view demand as select sku_id, location_id, demand_date, "
        f"{measures}, issue_count from core.fct_demand_daily"
    )
    return opened


def past(path: Path | str, moment: datetime, sku_id: str, location_id: str) -> dict[str, Callable[[], int]]:
    """Two questions about a past moment to the public tables of a file: every stock of one SKU-location, and the whole
    company's SKU-locations. Each answers how many rows it fetched."""
    opened = connect(path, read_only=True, memory_limit=memory_limit(), threads=threads())
    then = f"valid_from <= {literal(moment)} and valid_to > {literal(moment)}"
    one = f"sku_id = {literal(sku_id)} and location_id = {literal(location_id)}"
    statements = {
        "one": "select lot_code, stock_status, owner_code, on_hand_qty from core.fct_stock_position "
        f"where {one} and {then}",
        "company": f"select sku_id, location_id, on_hand_qty from core.fct_stock_on_hand where {then}",
    }

    def ask(statement: str) -> int:
        return len(opened.execute(statement).fetchall())

    return {name: partial(ask, statement) for name, statement in statements.items()}


def files(folder: Path) -> duckdb.DuckDBPyConnection:
    """Parquet files that a contender without a database wrote, as temporary views in the shape of `shared`."""
    opened = connect()
    for name in ("position", "on_hand", "demand"):
        opened.execute(f"create temp view {name} as from read_parquet({literal(folder / f'{name}.parquet')})")
    return opened
