"""Dagster asks an asset for all its keys once per output at every output: what it was told once, it is told again.

Here: that memory. Not here: which keys there are (defs/). The whole warehouse is one multi-asset of some 700 models and
as many checks; making the set of their keys again and again was a fifteenth of the time of a small company's refresh.
"""

from __future__ import annotations

from functools import cached_property

import dagster as dg


def remember_asset_keys() -> None:
    """Let `AssetsDefinition.asset_and_check_keys` be made once per definition; one never changes its keys."""
    made = dg.AssetsDefinition.asset_and_check_keys
    if isinstance(made, property):
        remembered = cached_property(made.fget)
        remembered.__set_name__(dg.AssetsDefinition, "asset_and_check_keys")
        dg.AssetsDefinition.asset_and_check_keys = remembered
