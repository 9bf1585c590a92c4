"""How a dbt node looks in Dagster: its key, its group, and where its sources come from.

Here: naming only. Not here: assets (assets.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration.defs.ingestion.assets import accepted_key


class HouseTranslator(DagsterDbtTranslator):
    """Keys are schema/name, as in the warehouse; groups are the dbt groups, and the schema where there is none."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_duplicate_source_asset_keys=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Asset key of a node; all tables of a source are one accepted asset."""
        if dbt_resource_props["resource_type"] == "source":
            return accepted_key(dbt_resource_props["source_name"])
        return super().get_asset_key(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Group of the house: core, visibility, lag ..., staging, unified, policy, registry, reference."""
        group = super().get_group_name(dbt_resource_props)
        return group or dbt_resource_props.get("config", {}).get("schema") or dbt_resource_props["resource_type"]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The description alone: the SQL is in the repository."""
        return dbt_resource_props.get("description") or ""
