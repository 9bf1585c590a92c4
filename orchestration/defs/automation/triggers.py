"""Jobs (`refresh`, `land_tpl`, `land_baseline`) and what starts them: schedules, a sensor on landing. All off at first.

Here: job, schedule, sensor. Not here: assets.
"""

import hashlib
import json
from collections.abc import Iterator

import dagster as dg

from orchestration.lib import landing
from orchestration.lib.paths import Home
from orchestration.lib.pinning import PIN

refresh = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(["landing", "tpl"], ["landing", "baseline"]),
    executor_def=dg.in_process_executor,
    description="accept -> dbt build -> audit -> publish -> pages, in one process that holds the writer's lock.",
)

# A job of its own: a provider that does not answer must not keep the warehouse from what the others sent.
land_tpl = dg.define_asset_job(
    "land_tpl",
    selection=dg.AssetSelection.assets(["landing", "tpl"]),
    executor_def=dg.in_process_executor,
    description="Fetch what is new at the providers' APIs; the sensor new_batches then asks for a refresh.",
)

hourly_tpl = dg.ScheduleDefinition(
    name="hourly_land_tpl",
    job=land_tpl,
    cron_schedule="20 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)

# A job of its own with a budget of its own: forecasting is monthly work and no part of a build.
land_baseline = dg.define_asset_job(
    "land_baseline",
    selection=dg.AssetSelection.assets(["landing", "baseline"]),
    executor_def=dg.in_process_executor,
    description="Forecast every SKU-location from what is published; the next refresh reads it like any forecast.",
)

monthly_baseline = dg.ScheduleDefinition(
    name="monthly_land_baseline",
    job=land_baseline,
    cron_schedule="0 7 2 * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)

daily = dg.ScheduleDefinition(
    name="daily_refresh",
    job=refresh,
    cron_schedule="0 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.STOPPED,
)


@dg.sensor(job=refresh, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.STOPPED)
def new_batches(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Ask for a refresh when batches have landed or were withdrawn since the last pin; our own audits do not count."""
    home = Home.from_env()
    there = {b.batch_id for b in landing.iter_batches(home) if not b.is_withdrawn and b.source != "audit"}
    path = home.pinned / PIN
    pinned = json.loads(path.read_text(encoding="utf-8"))["batches"] if path.is_file() else []
    known = {b["batch_id"] for b in pinned if not b["batch_id"].startswith("audit/")}
    if there == known:
        yield dg.SkipReason(f"all {len(known)} batches are pinned")
        return
    key = hashlib.sha256("\n".join(sorted(there)).encode()).hexdigest()
    yield dg.RunRequest(run_key=key)
