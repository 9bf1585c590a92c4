"""The storage of Dagster's events: what runs wrote through open connections, Dagster's own storage reads.

Here: orchestration/run_events.py. Not here: which events a refresh writes (test_orchestration.py).
"""

from __future__ import annotations

import sqlite3

import dagster as dg
import pytest
from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage

from orchestration.lib.paths import Home
from orchestration.refreshing import configure_dagster
from orchestration.run_events import OpenEventLogStorage

pytestmark = pytest.mark.filterwarnings("ignore::dagster.BetaWarning")  # logging by dagster.yaml is one

COUNTED, CHECKED = dg.AssetKey("counted"), "is_counted"


@dg.asset(check_specs=[dg.AssetCheckSpec(CHECKED, asset="counted")])
def counted():
    yield dg.MaterializeResult(metadata={"rows": 7}, check_results=[dg.AssetCheckResult(passed=True)])


@pytest.fixture
def instance(home: Home, monkeypatch: pytest.MonkeyPatch):
    configure_dagster(home)
    monkeypatch.setenv("DAGSTER_HOME", str(home.dagster))
    with dg.DagsterInstance.get() as found:
        yield found


def test_a_home_keeps_its_events_there(instance):
    assert isinstance(instance.event_log_storage, OpenEventLogStorage)


def test_dagsters_own_storage_reads_what_two_runs_wrote(instance, home):
    runs = [dg.materialize([counted], instance=instance) for _ in range(2)]
    assert all(run.success for run in runs)
    theirs = ConsolidatedSqliteEventLogStorage(str(home.dagster / "events"))
    for run in runs:
        ours = instance.all_logs(run.run_id)
        assert len(ours) > 8
        assert theirs.get_logs_for_run(run.run_id) == ours
    (record,) = theirs.get_asset_records([COUNTED])
    assert record.asset_entry.last_run_id == runs[-1].run_id
    assert record.asset_entry.last_materialization.asset_materialization.metadata["rows"].value == 7
    key = dg.AssetCheckKey(COUNTED, CHECKED)
    assert len(theirs.get_asset_check_execution_history(key, limit=9)) == 2


def test_it_leaves_the_disk_to_sqlite_and_lets_go_of_the_file(instance, home):
    storage = instance.event_log_storage
    with storage.run_connection(None) as connection:
        assert connection.exec_driver_sql("pragma synchronous").scalar() == 1
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
    dg.materialize([counted], instance=instance)
    log = home.dagster / "events" / "event_log.db-wal"
    assert log.exists()
    storage.dispose()
    assert not log.exists(), "the last connection to close merges the log"
    with sqlite3.connect(home.dagster / "events" / "event_log.db") as other:
        assert other.execute("select count(*) from event_logs").fetchone()[0] > 8
