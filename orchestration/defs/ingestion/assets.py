"""Assets between the senders and the warehouse: what has landed, and what of it was accepted and pinned for this run.

Here: one asset per landing source, external but for the providers' APIs (lib/tpl_api.py), and one accepted asset per
source. Not here: validation (lib/accepting.py).
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.lib import progress, tpl_api, warehouse
from orchestration.lib.accepting import EntityCounts, accept
from orchestration.lib.baseline.landing import land_published, within_budget
from orchestration.lib.contracts import load_contracts
from orchestration.lib.paths import REPO, Home
from orchestration.resources import Writer

GROUP = "ingestion"
SOURCES = tuple(sorted({source for source, _ in load_contracts(REPO)}))
TPL_SOURCE = "tpl"
BASELINE_SOURCE = "baseline"  # made from what is published: as a downstream asset it would close a circle as well
OWN_SOURCE = "audit"  # the warehouse writes it: as an upstream asset it would close a circle with the audit


def accepted_key(source: str) -> dg.AssetKey:
    """Asset of the accepted rows of a source; every dbt source table of it maps here."""
    return dg.AssetKey(["accepted", source])


landing = [
    dg.AssetSpec(
        ["landing", source],
        group_name=GROUP,
        kinds={"parquet"},
        description=f"Batches of source {source}, as its systems send them. Immutable; written from outside.",
    )
    for source in SOURCES
    if source not in (OWN_SOURCE, TPL_SOURCE, BASELINE_SOURCE)
]


@dg.asset(key=["landing", TPL_SOURCE], group_name=GROUP, kinds={"dlt", "parquet"})
def landed_tpl(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Batches of the third-party logistics providers of connectors/tpl/, fetched from their APIs; immutable."""
    home, totals = Home.from_env().make(), {"batches": 0, "rows": 0, "pages": 0, "retries": 0, "holes_asked": 0}
    for path in sorted((home.repo / "connectors" / "tpl").glob("*.yml")):
        provider = tpl_api.load_provider(home.repo, path.stem)
        progress.say("land-tpl", f"reading {provider.code}")
        done = tpl_api.fetch(home, provider, context.log.info)
        for name in totals:
            value = getattr(done, name)
            totals[name] += len(value) if isinstance(value, list) else value
    progress.say("land-tpl", ", ".join(f"{value} {name}" for name, value in totals.items()))
    return dg.MaterializeResult(metadata=totals)


@dg.asset(key=["landing", BASELINE_SOURCE], group_name=GROUP, kinds={"python", "parquet"})
def landed_baseline(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Forecasts of our own for the months after the last closed one, made from the published generation; immutable."""
    done = land_published(Home.from_env().make())
    within_budget(done, context.log.warning)
    progress.say("baseline", f"{done.rows} forecasts in {len(done.batches)} new batches, {done.seconds:.0f} s")
    counts = {f"records_{method}": count for method, count in sorted(done.methods.items())}
    return dg.MaterializeResult(
        metadata={"batches": len(done.batches), "rows": done.rows, "seconds": done.seconds, **counts}
    )


@dg.multi_asset(
    name="accept",
    specs=[
        dg.AssetSpec(
            accepted_key(source),
            deps=[] if source == OWN_SOURCE else [dg.AssetKey(["landing", source])],
            group_name=GROUP,
            kinds={"parquet"},
            description=f"Typed rows of source {source} that kept its contract, of the batches pinned for this run.",
        )
        for source in SOURCES
    ],
)
def accepted(context: dg.AssetExecutionContext, writer: Writer) -> Iterator[dg.MaterializeResult]:
    """Validate new batches, quarantine what breaks a contract, pin the set that this run reads."""
    progress.say("accept", "validating new batches")
    counter = progress.Counter("accept")
    acceptance = accept(writer.home, counter.line)
    warehouse.read_pin(writer.home)  # says what to do when nothing has landed
    totals = EntityCounts()
    for source in SOURCES:
        counts = [c for (name, _), c in acceptance.entities.items() if name == source]
        sums = {field: sum(getattr(c, field) for c in counts) for field in vars(totals)}
        for field, value in sums.items():
            setattr(totals, field, getattr(totals, field) + value)
        yield dg.MaterializeResult(asset_key=accepted_key(source), metadata={**sums, "pin_hash": acceptance.pin_hash})
    progress.say(
        "accept",
        f"{totals.rows_in} rows in {totals.batches} batches: {totals.rows_loaded} loaded, "
        f"{totals.rows_deduplicated} deduplicated, {totals.rows_quarantined} quarantined "
        f"({acceptance.validated} new, {acceptance.withdrawn} withdrawn)",
    )
