"""Full refresh equals increment, and the same inputs give the same marts under any threads and session time zone.

Here: the tiny company built in steps, as its batches arrived, beside the build in one go; every table, every row. Not
here: what happens when a build is interrupted (test_kill.py) or a batch is withdrawn (test_warehouse.py).
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from orchestration.lib import accepting
from orchestration.lib.content_hash import SUBJECTS, VALIDATION_HISTORY, content_hashes
from orchestration.lib.landing import MANIFEST
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect, ident, literal
from tests.python.dbt_in_process import Dbt
from tests.python.fixtures_marts import Marts

STEPS = ("2026-05-25", "2026-06-29", "9999-12-31")
"""Batches extracted before each date arrive together: the history, some weeks, the last days with late rows."""
STEPWISE = {"LEADLAG_STEP_ROWS": "300", "LEADLAG_THREADS": "1", "LEADLAG_SESSION_TIME_ZONE": "America/Los_Angeles"}
OTHERWISE = {"LEADLAG_STEP_ROWS": "1000", "LEADLAG_THREADS": "4", "LEADLAG_SESSION_TIME_ZONE": "Asia/Kolkata"}
"""The fixture tiny_marts is built with two threads in UTC: two settings in the ordinary suite, a third behind proof."""


def arrivals(landing: Path) -> list[tuple[str, Path]]:
    """(extracted_at, folder) of every batch, in order of extraction."""
    manifests = sorted(landing.rglob(MANIFEST))
    return sorted((json.loads(path.read_text(encoding="utf-8"))["extracted_at"], path.parent) for path in manifests)


@pytest.fixture(scope="module")
def stepwise(tiny_marts, tmp_path_factory) -> Marts:
    """The tiny company, accepted and built on one database again and again as its batches arrive."""
    home = Home.at(tmp_path_factory.mktemp("stepwise") / "home").make()
    (home.root / "spill").mkdir()
    marts, waiting = Marts(home, Dbt(home)), arrivals(tiny_marts.home.landing)
    counts = []
    for step, until in enumerate(STEPS):
        arrived = [batch for batch in waiting if batch[0] < until]
        waiting = [batch for batch in waiting if batch[0] >= until]
        assert arrived, f"nothing arrives before {until}: choose other STEPS"
        for _, folder in arrived:
            shutil.copytree(folder, home.landing / folder.relative_to(tiny_marts.home.landing))
        accepting.accept(home)
        if step == 0:
            marts.dbt("seed")
        marts.dbt("run", **STEPWISE)
        counts.append(marts.rows("select count(*) as n from core.fct_stock_movement")[0]["n"])
    assert not waiting
    assert counts == sorted(set(counts)), "every step brought new movements"
    return marts


def tables(marts: Marts) -> list[tuple[str, str]]:
    """(schema, table) of every mart, private steps, ledger and storage of the positions too; views left out."""
    schemas = ", ".join(literal(schema) for schema in (*SUBJECTS, "unified", "kernel"))
    rows = marts.rows(
        f"select schema_name as s, table_name as t from duckdb_tables() where schema_name in ({schemas}) "
        f"and not (schema_name = 'kernel' and not starts_with(table_name, 'fct_'))"
    )
    return sorted((row["s"], row["t"]) for row in rows)


def test_increments_equal_a_build_in_one_go(tiny_marts, stepwise):
    """EXCEPT ALL both ways over all columns but `_meta*`."""
    names = tables(tiny_marts)
    assert names == tables(stepwise)
    assert {
        "stg_unified__movement",
        "fct_stock_position_closed",
        "fct_stock_on_hand_open",
        "kpi_inventory_turnover",
    } <= {table for _, table in names}
    different = {}
    with connect() as connection:
        connection.execute(f"attach {literal(tiny_marts.home.build_db)} as once (read_only)")
        connection.execute(f"attach {literal(stepwise.home.build_db)} as steps (read_only)")
        for schema, table in names:
            if f"{schema}.{table}" in VALIDATION_HISTORY:
                continue
            columns = connection.execute(
                "select column_name from duckdb_columns() where database_name = 'once' and schema_name = ? "
                "and table_name = ? and not starts_with(column_name, '_meta') order by column_index",
                [schema, table],
            ).fetchall()
            listed = ", ".join(ident(column) for (column,) in columns)
            sides = [f"select {listed} from {db}.{ident(schema)}.{ident(table)}" for db in ("once", "steps")]
            gone = connection.execute(f"{sides[0]} except all {sides[1]} limit 3").fetchall()
            more = connection.execute(f"{sides[1]} except all {sides[0]} limit 3").fetchall()
            if gone or more:
                different[f"{schema}.{table}"] = {"only in one go": gone, "only in steps": more}
    assert not different


def hash_of(home: Home) -> str:
    """Content hash of a closed build database."""
    with connect() as connection:
        connection.execute(f"attach {literal(home.build_db)} as leadlag (read_only)")
        return content_hashes(connection, "leadlag")[0]


def test_steps_have_the_content_hash_of_one_go(tiny_marts, stepwise):
    assert hash_of(stepwise.home) == hash_of(tiny_marts.home)


@pytest.mark.proof
def test_threads_and_session_time_zone_change_nothing(tiny_marts, tmp_path):
    """Built in one go again, with other threads and another session time zone."""
    home = Home.at(tmp_path / "other")
    home.build.mkdir(parents=True)
    with connect(home.build_db) as connection:  # policy and reference seeds are inputs: the same rows
        connection.execute(f"attach {literal(tiny_marts.home.build_db)} as source (read_only)")
        for schema in ("policy", "registry", "reference"):
            connection.execute(f"create schema {schema}")
            names = connection.execute(
                "select table_name from duckdb_tables() where database_name = 'source' and schema_name = ?", [schema]
            ).fetchall()
            for (name,) in names:
                connection.execute(f"create table {schema}.{ident(name)} as from source.{schema}.{ident(name)}")
    tiny_marts.dbt("run", database=home, **OTHERWISE)
    assert hash_of(home) == hash_of(tiny_marts.home)
