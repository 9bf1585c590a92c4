"""The code location that `dagster dev` and `make refresh` load. Everything is defined under defs/, nothing here."""

from __future__ import annotations

import dagster as dg

from orchestration.defs.automation import triggers
from orchestration.defs.ingestion import assets as ingestion
from orchestration.defs.ingestion import drops
from orchestration.defs.publishing import assets as publishing
from orchestration.defs.quality import assets as quality
from orchestration.defs.warehouse import assets as warehouse
from orchestration.resources import Writer

defs = dg.Definitions(
    assets=[
        *ingestion.landing,
        ingestion.landed_tpl,
        ingestion.landed_baseline,
        ingestion.accepted,
        warehouse.dbt_models,
        quality.audited,
        publishing.published,
        publishing.pages,
    ],
    jobs=[triggers.refresh, triggers.land_tpl, triggers.land_baseline, drops.ingest_counts],
    schedules=[triggers.daily, triggers.hourly_tpl, triggers.monthly_baseline],
    sensors=[triggers.new_batches, drops.dropped_counts],
    resources={"writer": Writer()},
    executor=dg.in_process_executor,
)
