"""The record of each batch's way into the warehouse: what it tells, and that a run with nothing new adds nothing.

Here: the landed record of a refreshed home, and records made by hand over files with known times. Not here: what
follows from it (unit tests of fct_ingestion_run, oracles/test_topology.py); that a second refresh has the same content
(test_orchestration.py).
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.lib import accepting, landing
from orchestration.lib.content_hash import RUN_TIMES, VALIDATION_HISTORY, content_hashes
from orchestration.lib.generations import MANIFEST, current
from orchestration.lib.ingestion_runs import CENTRAL, EDGE, record_runs
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect
from tests.python.landing_fixture import csv_bytes, movements, send

LANDED, ACCEPTED, PUBLISHED = (datetime(2026, 3, 1, 6, minute, 0, 123456, tzinfo=UTC) for minute in (1, 3, 9))


def rows_of(home: Home) -> list[dict]:
    files = sorted(home.landing.glob("audit/*/ingestion_runs/*/ingestion_runs.parquet"))
    return pa.concat_tables([pq.read_table(file) for file in files]).to_pylist() if files else []


def set_time(file: Path, moment: datetime) -> None:
    nanoseconds = int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1_000
    os.utime(file, ns=(nanoseconds, nanoseconds))


@pytest.fixture
def accepted(home: Home, tmp_path: Path) -> tuple[Home, Path]:
    """A home with one accepted batch of three rows, and a publication; all files have known times."""
    batch = send(home, {"movements.csv": csv_bytes(movements(3))}, 3)
    set_time(batch.folder / landing.MANIFEST, LANDED)
    accepting.accept(home)
    set_time(accepting.result_file(home, batch), ACCEPTED)
    published = tmp_path / "MANIFEST.json"
    published.write_text("{}")
    set_time(published, PUBLISHED)
    return home, published


def record(home: Home, published: Path, path: str = CENTRAL, generation: str = "g000001-x", reader: Home | None = None):
    batches = list(landing.iter_batches(home))
    return record_runs(home, reader or home, batches, path, generation, published, 6.0004)


def test_the_times_are_those_of_the_files(accepted):
    home, published = accepted
    assert record(home, published) is not None
    assert rows_of(home) == [
        {
            "batch_id": "wms/site/movements/b1",
            "extracted_at": datetime(2026, 3, 1, 6),
            "landed_at": LANDED.replace(tzinfo=None),
            "accepted_at": ACCEPTED.replace(tzinfo=None),
            "published_at": PUBLISHED.replace(tzinfo=None),
            "rows": 3,
            "seconds": Decimal("6.000"),
            "path": "central",
            "generation": "g000001-x",
        }
    ]


def test_a_run_with_nothing_new_lands_nothing_and_a_new_batch_lands_alone(accepted):
    home, published = accepted
    record(home, published)
    before = rows_of(home)
    accepting.accept(home)
    assert record(home, published, generation="g000002-y") is None, "neither the batch nor the record of it is news"
    assert rows_of(home) == before
    send(home, {"movements.csv": csv_bytes(movements(2))}, 2, "wms/site/movements/b2")
    accepting.accept(home)
    record(home, published, generation="g000003-z")
    new = [row for row in rows_of(home) if row not in before]
    assert [(row["batch_id"], row["rows"], row["generation"]) for row in new] == [
        ("wms/site/movements/b2", 2, "g000003-z")
    ]


def test_a_run_killed_after_publishing_records_the_same_times_later(accepted, tmp_path):
    home, published = accepted
    first = record(home, published)
    told = rows_of(home)
    for file in first.iterdir():
        file.unlink()
    assert rows_of(home) == []
    record(home, published)
    assert rows_of(home) == told


def test_the_edge_has_a_record_of_its_own(accepted):
    home, published = accepted
    record(home, published)
    own = home.edge("SITE").make()
    send(own, {"movements.csv": csv_bytes(movements(3))}, 3)
    accepting.accept(own)
    record(home, published, EDGE, "edge-SITE-1", reader=own)
    assert sorted(row["path"] for row in rows_of(home)) == ["central", "edge"]
    assert (home.landing / "audit" / "edge-SITE").is_dir()
    assert not rows_of(own), "the record lands where the central run reads it"
    accepting.accept(home)
    counts = accepting.accept(home).entities["audit", "ingestion_runs"]
    assert (counts.rows_in, counts.rows_loaded) == (2, 2), "the record keeps its contract"


def test_a_refresh_records_every_batch_it_published(refreshed):
    home, rows = refreshed.home, rows_of(refreshed.home)
    pinned = {batch.batch_id for batch in landing.iter_batches(home) if batch.source != "audit"}
    assert {row["batch_id"] for row in rows} == pinned
    assert len(rows) == len(pinned) > 100
    generation = current(home)
    published_at = datetime.fromtimestamp((generation.path / MANIFEST).stat().st_mtime, UTC).replace(tzinfo=None)
    for row in rows:
        assert row["landed_at"] <= row["accepted_at"] <= row["published_at"], row
        assert abs((row["published_at"] - published_at).total_seconds()) < 0.001
        assert (row["generation"], row["path"]) == (generation.name, CENTRAL)
        assert 0 < row["seconds"] < 3600


def test_times_of_runs_are_no_content():
    with connect() as connection:
        connection.execute("attach ':memory:' as leadlag")
        for name in sorted({name.split(".")[0] for name in RUN_TIMES}):
            connection.execute(f"create schema leadlag.{name}")
        for name in sorted(RUN_TIMES):
            connection.execute(f"create table leadlag.{name} as select 1 as seconds")
        connection.execute("create table leadlag.core.dim_sku as select 1 as sku_id")
        before = content_hashes(connection, "leadlag")[0]
        for name in sorted(RUN_TIMES):
            connection.execute(f"update leadlag.{name} set seconds = 2")
        assert content_hashes(connection, "leadlag")[0] == before
        connection.execute("update leadlag.core.dim_sku set sku_id = 2")
        assert content_hashes(connection, "leadlag")[0] != before


def test_only_what_a_run_took_is_left_out_of_the_content(refreshed):
    """A relation that reads the times of runs is no content (RUN_TIMES, VALIDATION_HISTORY), or reads no column of
    them (the scorecard)."""
    nodes = json.loads((refreshed.home.target / "manifest.json").read_text())["nodes"]
    models = {key: node for key, node in nodes.items() if node["resource_type"] == "model"}
    reached, todo = set(), ["model.leadlag.fct_ingestion_run"]
    while todo:
        key = todo.pop()
        reached.add(key)
        todo += [child for child, node in models.items() if key in node["depends_on"]["nodes"] and child not in reached]
    published = {
        f"{models[key]['schema']}.{models[key]['name']}"
        for key in reached
        if not models[key]["name"].startswith("int_")
    }
    scorecard = {
        "fct_kpi_value", "fct_closed_kpi_value", "fct_kpi_restatement", "fct_alert", "fct_lead_lag_correlation",
        "kpi_lead_lag_link",
    }  # fmt: skip
    assert published - RUN_TIMES - VALIDATION_HISTORY == {f"scorecard.{name}" for name in scorecard}
    branch = models["model.leadlag.int_scorecard__visibility_kpi_value"]["raw_code"]
    for word in ("central_p95", "edge_", "recommended_path", "slo_attainment_ratio", "is_central_measured"):
        assert word not in branch, f"{word} depends on how long runs took"
