"""Dropped count files on their way into landing: a job that looks at the drop folder and the sensor that starts it.

Here: one job, one sensor, off until switched on. Not here: looking and landing (lib/drop_folder.py), the interval per
site (lib/drop_cadence.py, policy `count_ingest_minutes`), and the refresh that follows (automation/triggers.py).
"""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from orchestration.lib import drop_cadence, drop_folder
from orchestration.lib.paths import Home


class Sites(dg.Config):
    """Whose drop folders are looked at."""

    sites: list[str]


@dg.op
def land_dropped_files(context: dg.OpExecutionContext, config: Sites) -> None:
    """Land what lies in the drop folders of the sites and log what became of each file."""
    for told in drop_folder.look(Home.from_env(), config.sites):
        (context.log.warning if told.outcome == "refused" else context.log.info)(str(told))


@dg.job(executor_def=dg.in_process_executor, description="Land count files from the drop folder.")
def ingest_counts() -> None:
    """One look at the drop folders of some sites."""
    land_dropped_files()


@dg.sensor(job=ingest_counts, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.STOPPED)
def dropped_counts(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a look at the sites in whose folder something lies and whose interval has passed."""
    home, now = Home.from_env(), time.time()
    looked_at = json.loads(context.cursor or "{}")
    waiting = drop_folder.sites_with_files(home)
    due = drop_cadence.due_sites(home.repo, waiting, looked_at, now, datetime.fromtimestamp(now, UTC).date())
    if not due:
        yield dg.SkipReason(f"{len(waiting)} sites have files, none is due")
        return
    context.update_cursor(json.dumps(looked_at | dict.fromkeys(due, now)))
    yield dg.RunRequest(run_config={"ops": {"land_dropped_files": {"config": {"sites": due}}}})
