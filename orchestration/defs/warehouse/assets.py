"""The dbt project as assets: one per seed, snapshot and model; data tests are asset checks.

Here: one multi-asset that builds them all. Not here: how dbt is run and when it starts over (lib/warehouse.py).
"""

import json
from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from orchestration.asset_keys import remember_asset_keys
from orchestration.defs.warehouse.translator import HouseTranslator
from orchestration.lib import progress, warehouse
from orchestration.lib.content_hash import SUBJECTS
from orchestration.lib.paths import Home
from orchestration.resources import Writer


def _load_manifest() -> dict[str, Any]:
    """The dbt manifest, prepared if need be. A law over several models becomes a check of the first it names."""
    manifest = json.loads(warehouse.prepare_manifest(Home.from_env()).read_text(encoding="utf-8"))
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node") and node["depends_on"]["nodes"]:
            node["attached_node"] = node["depends_on"]["nodes"][0]
    return manifest


MANIFEST = _load_manifest()
TRANSLATOR = HouseTranslator()
remember_asset_keys()


def mart_ends() -> list[dg.AssetKey]:
    """Keys of the published models that no other model reads: together they stand for all marts."""
    nodes = MANIFEST["nodes"]
    read = {parent for node in nodes.values() if node["resource_type"] == "model" for parent in _parents(node)}
    return [
        TRANSLATOR.get_asset_key(node)
        for unique_id, node in sorted(nodes.items())
        if node["resource_type"] == "model" and node["schema"] in SUBJECTS and unique_id not in read
    ]


def _parents(node: dict[str, Any]) -> list[str]:
    return node["depends_on"]["nodes"]


class BuildConfig(dg.Config):
    """full_refresh: build every model from scratch although an increment would do."""

    full_refresh: bool = False


@dbt_assets(manifest=MANIFEST, dagster_dbt_translator=TRANSLATOR, name="dbt")
def dbt_models(context: dg.AssetExecutionContext, writer: Writer, config: BuildConfig) -> Iterator[Any]:
    """Build and test the whole project in the private working database."""
    if context.is_subset:
        raise dg.Failure("the warehouse is built as a whole: run the job `refresh`")
    counter = progress.Counter("build")
    done = warehouse.build(
        writer.home,
        full_refresh=config.full_refresh,
        on_plan=lambda plan: progress.say("build", f"{_mode(plan)}: {plan.reason}"),
        on_node=counter.step,
    )
    for event in done.events:
        yield from DbtCoreCliEventMessage(raw_event=event, event_history_metadata={}).to_default_asset_events(
            manifest=MANIFEST, dagster_dbt_translator=TRANSLATOR, context=context
        )
    if done.error:
        raise warehouse.BuildError(done.error)
    progress.say("build", f"{done.nodes} seeds, models and data tests done")


def _mode(plan: warehouse.Plan) -> str:
    return "from an empty file" if plan.rebuild else "full refresh" if plan.full_refresh else "increment"
