"""The published generation and its pages: what readers see after a run.

Here: two assets. Not here: export, pointer, retention (lib/publishing.py, lib/generations.py), what a page
says (reports/).
"""

import dagster as dg

from expectations.audit import passed_audit
from orchestration.defs.quality.assets import AUDIT
from orchestration.defs.warehouse.assets import mart_ends
from orchestration.lib import landing, progress, warehouse
from orchestration.lib.generations import MANIFEST
from orchestration.lib.ingestion_runs import CENTRAL, record_runs
from orchestration.lib.published_history import TOLD, record
from orchestration.lib.publishing import publish
from orchestration.resources import Writer
from reports.definitions import PageError
from reports.site import build


@dg.asset(
    key=["published"],
    deps=sorted({AUDIT, *mart_ends()}),
    group_name="publishing",
    kinds={"duckdb", "parquet"},
)
def published(context: dg.AssetExecutionContext, writer: Writer) -> dg.MaterializeResult:
    """Export the audited build to a new generation, move `published/current` to it; record its way and its figures."""
    home = writer.home
    verdict = passed_audit(home)
    done = publish(
        home,
        home.build_db,
        pin_hash=verdict.pin_hash,
        content_hash=verdict.content_hash,
        content=verdict.content,
        as_of=verdict.as_of,
        audit=verdict.summary,
        on_step=lambda step: progress.say("publish", step) if step == "exported" else None,
    )
    name = done.generation.name
    news = f"current is now {name}" if done.is_new else f"{name} holds the same content of the same batches already"
    progress.say("publish", news)
    pinned = warehouse.read_pin(home).batches
    batches = [batch for batch in landing.iter_batches(home) if batch.batch_id in pinned]
    record_runs(home, home, batches, CENTRAL, name, done.generation.path / MANIFEST, progress.elapsed())
    for entity in TOLD:
        record(home, entity)
    return dg.MaterializeResult(
        metadata={
            "generation": name,
            "is_new": done.is_new,
            "content_hash": verdict.content_hash,
            "path": dg.MetadataValue.path(str(done.generation.path)),
            "linked_files": done.linked_files,
        }
    )


@dg.asset(key=["pages"], deps=[published], group_name="publishing", kinds={"html"})
def pages(context: dg.AssetExecutionContext, writer: Writer) -> dg.MaterializeResult:
    """Build the site of the published generation. When that fails the generation is published all the same."""
    try:
        site = build(writer.home)
    except Exception as error:
        raise PageError(f"the generation is published, but its pages could not be built: {error}") from error
    progress.say("pages", f"{len(site.pages)} pages: {site.entry.as_uri()}")
    return dg.MaterializeResult(metadata={"pages": len(site.pages), "entry": dg.MetadataValue.path(str(site.entry))})
