"""When the drop folder is looked at: the interval per site by policy, the sensor, the job and the word `counts`.

Not here: what becomes of a file (test_drop_folder.py).
"""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pytest
from landing_fixture import csv_bytes

from orchestration.lib import drop_cadence
from orchestration.lib.landing import iter_batches
from orchestration.lib.paths import REPO, Home
from tests.python.fixtures_refresh import run_cli

COUNT = {"count_id": "c1", "item_code": "a", "uom": "EA", "book_qty": "1", "counted_qty": "1",
         "counted_at": "2026-06-30T08:00:00Z"}  # fmt: skip
JUNE = date(2026, 6, 30)


def drop(home: Home, site: str, content: bytes | None = None) -> None:
    folder = home.drop / "cycle_counts" / site
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"counts_{site}_20260630.csv").write_bytes(
        csv_bytes([COUNT | {"count_id": site}]) if content is None else content
    )


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A checkout that has policy rows and nothing else."""
    seed = tmp_path / "repo" / "seeds" / "policy" / "policy_rows.csv"
    seed.parent.mkdir(parents=True)
    lines = [
        "policy_key,scope_type,scope_id,value,effective_from,effective_to",
        "count_ingest_minutes,company,*,60,2000-01-01,2026-06-01",
        "count_ingest_minutes,company,*,240,2026-06-01,",
        "count_ingest_minutes,location,north.CHI1,15,2000-01-01,",
        "other,location,south.BER1,1,2000-01-01,",
    ]
    seed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path / "repo"


@pytest.mark.parametrize(
    ("site", "on", "minutes"),
    [("CHI1", JUNE, 15), ("BER1", JUNE, 240), ("BER1", date(2026, 5, 31), 60), ("BER1", date(2026, 6, 1), 240)],
)
def test_the_interval_is_that_of_the_narrowest_row_in_force(policy, site, on, minutes):
    assert drop_cadence.ingest_minutes(policy, site, on) == minutes


def test_a_day_without_a_row_is_said(policy):
    with pytest.raises(LookupError, match="count_ingest_minutes"):
        drop_cadence.ingest_minutes(policy, "BER1", date(1999, 1, 1))


@pytest.mark.parametrize(
    ("looked_at", "now", "due"),
    [
        ({}, 0.0, ["BER1", "CHI1"]),
        ({"BER1": 0.0, "CHI1": 0.0}, 899.0, []),
        ({"BER1": 0.0, "CHI1": 0.0}, 900.0, ["CHI1"]),
        ({"BER1": 0.0, "CHI1": 0.0}, 14_400.0, ["BER1", "CHI1"]),
        ({"BER1": 500.0, "CHI1": 500.0}, 499.0, ["BER1", "CHI1"]),  # the clock was set back
    ],
)
def test_a_site_is_due_after_its_own_interval(policy, looked_at, now, due):
    assert drop_cadence.due_sites(policy, ["BER1", "CHI1"], looked_at, now, JUNE) == due


def test_the_seed_has_an_interval_for_every_site():
    assert drop_cadence.ingest_minutes(REPO, "anywhere", JUNE) > 0
    with (REPO / "seeds" / "policy" / "policy_rows.csv").open(encoding="utf-8") as file:
        rows = {
            row["policy_key"]: Decimal(row["value"]) for row in csv.DictReader(file) if "ingest" in row["policy_key"]
        }
    candidates = [value for key, value in rows.items() if key.startswith("candidate_ingest_minutes_")]
    assert candidates == [15, 60, 240, 1440, 10080] and rows["count_ingest_minutes"] in candidates


def test_the_sensor_asks_once_per_interval_and_the_job_lands(home):
    from orchestration.defs.ingestion import drops

    assert drops.dropped_counts.default_status == dg.DefaultSensorStatus.STOPPED
    with dg.instance_for_test() as instance:

        def tick(cursor: str | None) -> dg.SensorEvaluationContext:
            context = dg.build_sensor_context(instance=instance, cursor=cursor)
            context.asked = drops.dropped_counts.evaluate_tick(context).run_requests
            return context

        assert tick(None).asked == [], "nothing lies there"
        drop(home, "CHI1")
        drop(home, "BER1")
        first = tick(None)
        [request] = first.asked
        assert request.run_config["ops"]["land_dropped_files"]["config"]["sites"] == ["BER1", "CHI1"]
        again = drops.dropped_counts.evaluate_tick(
            dg.build_sensor_context(instance=instance, cursor=json.dumps({"BER1": 0, "CHI1": 9e12 - 9e12}))
        )
        assert len(again.run_requests) == 1, "long ago"
        done = drops.ingest_counts.execute_in_process(run_config=request.run_config, instance=instance)
        assert done.success
        assert sorted(b.instance for b in iter_batches(home)) == ["BER1", "CHI1"]
        drop(home, "CHI1", csv_bytes([COUNT | {"count_id": "later"}]))
        assert tick(first.cursor).asked == [], "not due again within the interval"


def test_by_hand(home):
    drop(home, "CHI1")
    drop(home, "BER1", b"")
    done = run_cli(home, "counts", "--site", "CHI1")
    assert done.returncode == 0, done.stderr
    assert "landed 1 rows as wms/CHI1/cycle_counts/20260630T080000-" in done.stdout
    assert "make refresh" in done.stdout
    done = run_cli(home, "counts")
    assert done.returncode == 1 and "BER1/counts_BER1_20260630.csv: refused: empty: " in done.stdout
    assert "nothing lies in" in run_cli(home, "counts").stdout


def test_a_wrong_declaration_is_told_without_a_traceback(home):
    drop(home, "CHI1")
    (home.drop / "sites.yml").write_text("[", encoding="utf-8")
    done = run_cli(home, "counts")
    assert done.returncode == 1 and "sites.yml" in done.stderr and "Traceback" not in done.stderr
