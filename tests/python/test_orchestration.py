"""The main job: what Dagster shows, what `refresh` does on the tiny company, and what a person is told when it cannot.

Needs the dbt project and the simulator; the refreshed home is shared by the session (fixtures_refresh.py).
"""

from __future__ import annotations

import ast
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
import yaml

from expectations.suites import SUITES
from orchestration.lib import lock
from orchestration.lib.content_hash import SUBJECTS
from orchestration.lib.generations import current, current_name, open_current, verify
from orchestration.lib.paths import REPO, Home
from tests.python.fixtures_blocked import STOCK, Unblocked
from tests.python.fixtures_refresh import Refreshed, run_cli

HOUSE = {"ingestion", "staging", "unified", "policy", "registry", "reference", "quality", "publishing", *SUBJECTS}


@pytest.fixture(scope="module")
def defs(refreshed: Refreshed) -> dg.Definitions:
    """The definitions as `dagster dev` loads them, over the refreshed home."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEADLAG_HOME", str(refreshed.home.root))
        from orchestration.definitions import defs
        from orchestration.lib.warehouse import environment

        for name in environment(refreshed.home):
            patch.setenv(name, os.environ.get(name, ""))
        yield defs


def test_lib_and_expectations_know_nothing_of_dagster():
    for path in [*(REPO / "orchestration" / "lib").rglob("*.py"), *(REPO / "expectations").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.split(".")[0] in ("dagster", "dagster_dbt")], path


def test_definitions_stay_thin():
    assert len((REPO / "orchestration" / "definitions.py").read_text(encoding="utf-8").splitlines()) <= 40


def test_every_asset_is_in_a_group_of_the_house(defs):
    graph = defs.resolve_asset_graph()
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups <= HOUSE, groups - HOUSE
    assert {"ingestion", "core", "visibility", "lag", "scorecard", "quality", "publishing"} <= groups


def ancestors(graph, key: dg.AssetKey) -> set[dg.AssetKey]:
    found, todo = set(), [key]
    while todo:
        new = graph.get(todo.pop()).parent_keys - found
        found |= new
        todo += new
    return found


def test_the_graph_goes_from_landing_through_the_audit_to_published(defs):
    graph = defs.resolve_asset_graph()
    above = ancestors(graph, dg.AssetKey(["published"]))
    assert {dg.AssetKey(["landing", "wms"]), dg.AssetKey(["accepted", "audit"]), dg.AssetKey(["audit"])} <= above
    marts = {k for k in graph.get_all_asset_keys() if k.path[0] in SUBJECTS and len(k.path) == 2}
    assert marts
    assert marts <= above, "every mart reaches the published generation"
    assert dg.AssetKey(["audit"]) not in ancestors(graph, dg.AssetKey(["audit"]))


def test_every_rule_and_every_data_test_is_an_asset_check(defs, refreshed):
    graph = defs.resolve_asset_graph()
    names = {key.name for key in graph.asset_check_keys if key.asset_key == dg.AssetKey(["audit"])}
    assert names == {f"{c.rule.suite}__{c.rule.id.replace('-', '_')}" for c in SUITES}
    manifest = json.loads((refreshed.home.target / "manifest.json").read_text())
    tests = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    assert tests <= {key.name for key in graph.asset_check_keys}, "laws over several models among them"


def test_an_asset_makes_the_set_of_its_keys_once(defs):
    (one,) = [a for a in defs.assets if isinstance(a, dg.AssetsDefinition) and a.op.name == "dbt"]
    assert one.asset_and_check_keys is one.asset_and_check_keys
    assert one.asset_and_check_keys == {*one.keys, *one.check_keys}
    part = one.subset_for({min(one.keys)}, set())
    assert part.asset_and_check_keys == {*part.keys, *part.check_keys} < one.asset_and_check_keys


def test_the_job_runs_in_one_process_and_nothing_starts_by_itself(defs):
    assert defs.resolve_job_def("refresh").executor_def is dg.in_process_executor
    assert defs.resolve_schedule_def("daily_refresh").default_status == dg.DefaultScheduleStatus.STOPPED
    assert defs.resolve_sensor_def("new_batches").default_status == dg.DefaultSensorStatus.STOPPED


def test_the_sensor_asks_for_a_run_when_a_batch_has_landed(defs, refreshed, copy_home, monkeypatch):
    sensor = defs.resolve_sensor_def("new_batches")

    def asks(home: Home) -> list[str]:
        monkeypatch.setenv("LEADLAG_HOME", str(home.root))
        monkeypatch.setenv("LEADLAG_LANDING", str(home.landing))
        with dg.instance_for_test() as instance:
            done = sensor.evaluate_tick(dg.build_sensor_context(instance=instance))
        return [request.run_key for request in done.run_requests]

    assert asks(refreshed.home) == [], "the landed results of the own audit do not count"
    home = copy_home()
    batch = next(p.parent for p in (home.landing / "wms").rglob("_manifest.json"))
    shutil.copytree(batch, batch.with_name("again"))
    assert len(asks(home)) == 1


def test_dagster_sends_nothing_and_listens_on_loopback(refreshed):
    settings = yaml.safe_load((refreshed.home.dagster / "dagster.yaml").read_text())
    assert settings["telemetry"] == {"enabled": False}
    assert '"127.0.0.1"' in (REPO / "orchestration" / "refreshing.py").read_text()


def test_refresh_publishes_a_whole_generation_and_shows_progress(refreshed):
    generation = current(refreshed.home)
    verify(generation)
    for phase in ("start", "accept", "build", "audit", "publish"):
        assert f"  {phase:<8} " in refreshed.output
    assert len(refreshed.output.splitlines()) < 120, "progress, not a wall of logs"
    outcomes = {rule["outcome"] for rule in generation.manifest["audit"]["rules"].values()}
    assert "could_not_check" not in outcomes
    assert not list((refreshed.home.build).glob("*.wal"))


def test_flags_are_published_and_do_not_block(refreshed):
    with open_current(refreshed.home) as opened:
        rules = {
            rule
            for (rule,) in opened.connection.execute(
                "select distinct rule_id from visibility.fct_stock_record_flag"
            ).fetchall()
        }
    assert {"DQ-N1", "DQ-S1"} <= rules, "the planted negative and stale records"


def test_the_summary_tells_every_section(refreshed):
    done = run_cli(refreshed.home, "summary")
    assert done.returncode == 0, done.stderr
    for part in (
        "Rows",
        "Stock value",
        "Key figures",
        "Alerts",
        "Flagged records",
        "ERP against WMS",
        "Audit:",
        "next",
    ):
        assert part in done.stdout, part


def test_a_block_leaves_readers_with_what_they_had_and_names_the_batches_to_withdraw(refreshed, blocked):
    assert blocked.code == 1
    assert current_name(blocked.home) == blocked.generation == current_name(refreshed.home)
    assert f"Readers still see {blocked.generation}" in blocked.said
    assert "row_accounting AR-2 failed" in blocked.said
    assert "make withdraw BATCH=" in blocked.said


def test_of_two_refreshes_at_once_one_writes_and_the_other_is_told(unblocked: Unblocked):
    assert sorted(unblocked.outputs.values()) == [0, 1], unblocked.outputs
    refused = next(output for output, code in unblocked.outputs.items() if code == 1)
    assert "another leadlag process writes this home" in refused
    verify(current(unblocked.home))


def test_a_withdrawal_unblocks_and_the_build_equals_the_first(unblocked: Unblocked, refreshed: Refreshed):
    assert current_name(unblocked.home) != current_name(refreshed.home)
    before, after = (current(one.home).manifest["content_hash"] for one in (refreshed, unblocked))
    assert after == before


def test_a_reader_notices_neither_the_withdrawal_nor_the_next_generation(unblocked: Unblocked, refreshed: Refreshed):
    assert unblocked.reader.generation.name == current_name(refreshed.home)
    assert unblocked.reader.connection.execute(STOCK).fetchone() == unblocked.seen


def test_a_second_writer_is_told_and_changes_nothing(copy_home: Callable[[], Home]):
    home = copy_home()
    before = (home.build / "_state.json").read_bytes()
    with lock.writer_lock(home.build / ".lock"):
        done = run_cli(home, "refresh")
    assert done.returncode == 1
    assert str(os.getpid()) in done.stderr
    assert (home.build / "_state.json").read_bytes() == before


def test_what_is_published_carries_descriptions(refreshed):
    with open_current(refreshed.home) as opened:
        bare = opened.connection.execute(
            f"select schema_name || '.' || table_name from duckdb_tables() where schema_name in {SUBJECTS} "
            "and comment is null"
        ).fetchall()
    assert bare == []


def test_an_empty_home_says_what_to_do(tmp_path: Path):
    home = Home.at(tmp_path / "empty").make()
    done = run_cli(home, "refresh")
    assert done.returncode == 1
    assert "make demo" in done.stderr
    assert "Nothing is published yet" in done.stderr
    for command in ("summary", "rollback", "verify", "audit"):
        done = run_cli(home, command)
        assert done.returncode == 1, command
        assert "make demo" in done.stderr, command
        assert "Traceback" not in done.stderr, command


def test_dbt_of_a_person_has_a_file_of_its_own():
    profile = yaml.safe_load((REPO / "profiles.yml").read_text())["leadlag"]
    assert profile["target"] == "dev"
    assert profile["outputs"]["dev"]["path"] != profile["outputs"]["build"]["path"]


def test_the_published_file_is_write_protected(refreshed):
    marts = current(refreshed.home).path / "full" / "marts.duckdb"
    assert marts.stat().st_mode & 0o222 == 0


def test_published_tables_equal_the_build(refreshed):
    build = f"attach '{refreshed.home.build_db}' as leadlag (read_only)"
    with open_current(refreshed.home) as opened:
        opened.connection.execute(build)
        for name in opened.generation.manifest["tables"]:
            for one, two in ((f"leadlag.{name}", f"marts.{name}"), (f"marts.{name}", f"leadlag.{name}")):
                query = f"select count(*) from (from {one} except all from {two})"
                assert opened.connection.execute(query).fetchone() == (0,), name
