"""How long a million rows take from a live PostgreSQL into landing, against plain SQLAlchemy.

The ordinary suite lands twenty thousand and looks at their sums; the million is a campaign (marker `proof`,
LEADLAG_PROOF=1) and prints its figures (`-s`).
"""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from fixtures_postgres import Database

from orchestration.lib.connectors import land_connector
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import REPO, Home

YML = """
system: bulk
description: One big table.
instances: {wms: bulk}
tables:
  move: {cursor: updated_at, overlap: 1 hour, key: [id]}
"""
MOVEMENTS = """
select id::varchar as event_id, 'receipt' as event_type, item as item_code, lot, bin as to_bin,
    qty::decimal(18, 4) as qty, uom, happened as occurred_at, updated_at as recorded_at, ref as reference
from move
"""
TABLE = """
create table move as
select n as id, 'SKU' || n % 5000 as item, 'L' || n % 900 as lot, 'B' || n % 700 as bin,
    ((n % 977) * 1.0625)::numeric(18, 4) as qty, 'EA' as uom,
    timestamptz '2025-01-01 00:00+00' + n * interval '1 second' as happened,
    timestamptz '2025-01-01 00:00+00' + n * interval '1 second' as updated_at,
    gen_random_uuid() as ref, (n * 0.013)::numeric as price
from generate_series(1, {rows}) as n
"""
PLAIN = "select id::text, 'receipt', item, lot, bin, qty, uom, happened, updated_at, ref::text from move"
NAMES = ["event_id", "event_type", "item_code", "lot", "to_bin", "qty", "uom", "occurred_at", "recorded_at", "ref"]


@pytest.fixture
def bulk(home, tmp_path) -> Home:
    folder = tmp_path / "repo"
    shutil.copytree(REPO / "models" / "staging", folder / "models" / "staging")
    (folder / "connectors" / "bulk").mkdir(parents=True)
    (folder / "connectors" / "bulk" / "_connector.yml").write_text(YML)
    (folder / "connectors" / "bulk" / "movements.sql").write_text(MOVEMENTS)
    return Home(home.root, home.landing, folder)


def timed(work) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def plain(database: Database, landing: Path) -> None:
    """The same rows as one would read them without Arrow: row by row through SQLAlchemy and psycopg."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(database.dsn.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text(PLAIN)).fetchall()
    table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(NAMES)})
    write_batch(landing, "wms", "plain", "movements", "b1", table, datetime(2026, 1, 1))


def landed(home: Home, ids: list[str]) -> tuple:
    files = [str(home.landing / batch / "movements.parquet") for batch in ids]
    with duckdb.connect() as connection:
        return connection.execute(
            f"select count(*), sum(qty), count(distinct event_id) from read_parquet({files})"
        ).fetchone()


def land_twice(home: Home, database: Database, rows: int) -> tuple[float, float]:
    """Seconds of the first landing, and of one after a thousandth of the rows has changed."""
    database.run(TABLE.format(rows=rows), "analyze move")
    first, ids = timed(lambda: land_connector("bulk", None, home, dsn=database.dsn))
    [expected] = database.run("select count(*), sum(qty), count(distinct id) from move")
    assert landed(home, ids) == expected
    database.run(
        f"update move set qty = qty + 1, updated_at = updated_at + interval '2 days' where id > {rows - rows // 1000}"
    )
    second, ids = timed(lambda: land_connector("bulk", None, home, dsn=database.dsn))
    assert landed(home, ids)[0] == rows // 1000
    return first, second


def test_twenty_thousand_rows_land_whole_and_then_only_what_changed(bulk, database):
    land_twice(bulk, database, 20_000)


@pytest.mark.proof
def test_a_million_rows_land_in_seconds(bulk, database, tmp_path):
    first, second = land_twice(bulk, database, 1_000_000)
    slow, _ = timed(lambda: plain(database, tmp_path / "plain"))
    told = f"land {first:.1f} s, after 1,000 changes {second:.1f} s, SQLAlchemy {slow:.1f} s"
    print(f"\n1,000,000 rows x 10 columns: {told}")
    assert first < 60
