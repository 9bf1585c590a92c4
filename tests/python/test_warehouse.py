"""How a build starts and ends: state marker, rebuild, full refresh, increment; dbt in process on a small project."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.lib import warehouse
from orchestration.lib.lock import LockHeldError
from orchestration.lib.paths import REPO, Home
from orchestration.lib.warehouse import BuildError, make_plan, read_pin

PROJECT = """
name: leadlag
version: "1.0"
profile: leadlag
model-paths: [models]
models: {+materialized: table}
"""
BATCHES = ("wms/a/movements/1", "wms/a/movements/2")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with a pin, over a dbt project of two models."""
    repo = tmp_path / "repo"
    (repo / "models").mkdir(parents=True)
    (repo / "dbt_project.yml").write_text(PROJECT)
    (repo / "profiles.yml").write_text((REPO / "profiles.yml").read_text())
    (repo / "models" / "one.sql").write_text("select 1 as i")
    (repo / "models" / "grows.sql").write_text(
        "{{ config(materialized='incremental') }} select i from {{ ref('one') }}"
    )
    home = Home(tmp_path / "home", tmp_path / "home" / "landing", repo).make()
    for name in warehouse.environment(home):
        monkeypatch.setenv(name, "")
    pin(home)
    return home


def pin(home: Home, batches=BATCHES, as_of: str | None = "2026-06-30T00:00:00Z") -> None:
    home.pinned.mkdir(exist_ok=True)
    body = {"pin_hash": "-".join(batches), "as_of": as_of, "batches": [{"batch_id": b} for b in batches]}
    (home.pinned / "_pin.json").write_text(json.dumps(body))


def build(home: Home, **more) -> warehouse.Build:
    return warehouse.build(home, on_plan=lambda plan: None, on_node=lambda total, name: None, **more)


def rows(home: Home) -> int:
    with duckdb.connect(str(home.build_db), read_only=True) as connection:
        return connection.execute("select count(*) from main.grows").fetchone()[0]


def test_a_build_ends_clean_and_closed_and_the_next_is_an_increment(home):
    done = build(home)
    assert (done.error, done.plan.rebuild, done.nodes) == (None, True, 2)
    assert not home.build_db.with_name("leadlag.duckdb.wal").exists()
    again = build(home)
    assert (again.plan.rebuild, again.plan.full_refresh) == (False, False)
    assert rows(home) == 2
    assert build(home, full_refresh=True).plan.full_refresh
    assert rows(home) == 1


def test_a_withdrawn_batch_and_a_changed_project_force_a_full_refresh(home):
    build(home)
    pin(home, (*BATCHES, "wms/a/movements/3"))
    assert not make_plan(home, read_pin(home)).full_refresh, "a new batch is an increment"
    pin(home, BATCHES[:1])
    plan = make_plan(home, read_pin(home))
    assert plan.full_refresh
    assert BATCHES[1] in plan.reason
    pin(home)
    (home.repo / "models" / "one.sql").write_text("select 2 as i")
    assert make_plan(home, read_pin(home)).full_refresh


def spoil_state(home: Home, **changes) -> None:
    path = home.build / "_state.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


SPOILS = {
    "interrupted": lambda home: spoil_state(home, status="dirty"),
    "other versions": lambda home: spoil_state(home, versions={"duckdb": "0.1"}),
    "stale wal": lambda home: home.build_db.with_name("leadlag.duckdb.wal").write_bytes(b"stale"),
    "no marker": lambda home: (home.build / "_state.json").unlink(),
    "marker torn": lambda home: (home.build / "_state.json").write_text('{"status": "cle'),
    "file torn": lambda home: home.build_db.write_bytes(home.build_db.read_bytes()[:5000]),
    "file lost": lambda home: home.build_db.unlink(),
    "somebody else": lambda home: duckdb.connect(str(home.build_db)).execute("create table x as select 1").close(),
}


@pytest.mark.parametrize("what", sorted(SPOILS))
def test_a_file_in_doubt_is_rebuilt_from_accepted(home, what):
    build(home)
    build(home)
    SPOILS[what](home)
    plan = make_plan(home, read_pin(home))
    assert plan.rebuild, plan.reason
    done = build(home)
    assert done.error is None
    assert rows(home) == 1, "nothing of the old file is left"
    assert not make_plan(home, read_pin(home)).rebuild


def test_a_failed_model_is_told_by_name_and_leaves_the_marker_dirty(home):
    build(home)
    (home.repo / "models" / "one.sql").write_text("select no_such_column from (select 1 as i)")
    done = build(home)
    assert "model one (models/one.sql)" in done.error
    assert "no_such_column" in done.error
    assert make_plan(home, read_pin(home)).rebuild
    with pytest.raises(BuildError, match="no finished build"):
        warehouse.require_clean(home, read_pin(home))


def test_only_a_build_of_the_same_pin_may_be_audited(home):
    build(home)
    warehouse.require_clean(home, read_pin(home))
    pin(home, (*BATCHES, "wms/a/movements/3"))
    with pytest.raises(BuildError, match="other batches"):
        warehouse.require_clean(home, read_pin(home))


def test_nothing_landed_says_what_to_do(home):
    pin(home, (), as_of=None)
    with pytest.raises(BuildError, match="make demo"):
        build(home)


def test_the_manifest_is_parsed_again_only_when_the_project_changed(home):
    path = warehouse.prepare_manifest(home)
    first = path.stat().st_mtime_ns
    assert warehouse.prepare_manifest(home).stat().st_mtime_ns == first
    (home.repo / "models" / "more.sql").write_text("select 3 as i")
    assert "model.leadlag.more" in json.loads(warehouse.prepare_manifest(home).read_text())["nodes"]
    (home.repo / "models" / "more.sql").write_text("select {{ ref('absent') }}")
    with pytest.raises(BuildError, match="absent"):
        warehouse.prepare_manifest(home)


def test_a_build_that_memory_does_not_hold_says_what_to_set(home, monkeypatch):
    monkeypatch.setenv("LEADLAG_MEMORY_LIMIT", "20MB")
    (home.repo / "models" / "large.sql").write_text("select list(range) as i from range(30000000)")
    error = build(home).error or ""
    assert "large.sql" in error
    assert "share 20MB of memory. Set LEADLAG_MEMORY_LIMIT to more, or LEADLAG_THREADS=1" in error
    (home.repo / "models" / "large.sql").write_text("select no_such_column")
    error = build(home).error or ""
    assert "large.sql" in error and "LEADLAG_MEMORY_LIMIT" not in error


def test_telemetry_of_every_tool_is_off(home):
    environment = warehouse.environment(home)
    assert environment["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert environment["DO_NOT_TRACK"] == environment["DAGSTER_DISABLE_TELEMETRY"] == "1"
    assert environment["GX_ANALYTICS_ENABLED"] == "false"
    assert Path(environment["LEADLAG_HOME"]).is_absolute()


def test_a_build_waits_for_nobody(home, monkeypatch):
    def held(path, timeout_seconds=0.0):
        raise LockHeldError(path, {"pid": 1})

    monkeypatch.setattr(warehouse, "writer_lock", held)
    with pytest.raises(LockHeldError):
        build(home)
    assert not home.build_db.exists()
