"""One measured company: made, landed, accepted, built by the project's SQL, and joined with its truth.

Here: a home of its own for each company, thrown away afterwards. Not here: what is measured (figures.py).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from orchestration.lib.paths import Home
from synthetic.phantom_lab.ceiling import phantom_chances
from synthetic.phantom_lab.lab import Lab, build_lab
from synthetic.phantom_lab.landing import land
from synthetic.phantom_lab.truth import truth_table
from tests.python.compiled import Project, compiled_project

WANTED = (
    "kpi_stock_record_health",
    "fct_stock_record_flag",
    "fct_stock_record_evidence",
    "fct_quarantined_row",
)


@dataclass(frozen=True)
class Point:
    """What to make."""

    company: str
    seed: int
    records: int = 20_000
    base_rate: float = 0.03
    density: float = 1.0

    @property
    def name(self) -> str:
        """Name of its home."""
        return f"{self.company}{self.seed}-{self.records}-{self.base_rate:g}-{self.density:g}"


def compiled() -> Project:
    """The project's SQL, compiled once and cut down to what the measures read."""
    return compiled_project().needed_by(lambda node: node.name in WANTED)


def measured(point: Point, project: Project, root: Path, keep: bool = False) -> tuple[Lab, pd.DataFrame]:
    """Make the company and return it with one row per record: its truth, the ceiling and what the models say."""
    home = Home.at(root / point.name)
    shutil.rmtree(home.root, ignore_errors=True)
    lab = build_lab(point.company, point.seed, point.records, point.base_rate, point.density)
    land(lab, home)
    with project.run(home) as connection:
        said, quarantined = read(connection), held_back(connection)
    if not keep:
        shutil.rmtree(home.root)
    if quarantined:
        raise RuntimeError(f"{point.name}: {quarantined} rows quarantined; the bench must land none such")
    return lab, joined(lab, said)


def joined(lab: Lab, said: pd.DataFrame) -> pd.DataFrame:
    """Join truth, ceiling and what the models say, a row per record that promises goods or is stale."""
    truth = truth_table(lab).to_pandas()
    truth["ceiling"] = phantom_chances(lab)
    rows = truth.merge(said, on=["item_code", "location_code"], how="left", validate="one_to_one")
    missing = rows["phantom_probability"].isna() & (rows["recorded_qty"] > 0)
    if missing.any():
        raise RuntimeError(f"{int(missing.sum())} records are in the truth and not in kpi_stock_record_health")
    return rows


def read(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Read what the models say: probability, rank, every rule that a record breaks, and what the rules look at."""
    health = connection.execute(
        """
        select
            ids.item_code,
            locations.location_code,
            health.abc_class,
            cast(health.on_hand_qty as double) as on_hand_qty,
            cast(health.on_hand_amount as double) as on_hand_amount,
            cast(health.phantom_probability as double) as phantom_probability,
            cast(health.phantom_score_ratio as double) as phantom_score_ratio,
            health.count_priority_rank,
            cast(records.zero_sales_probability as double) as zero_sales_probability,
            records.was_selling,
            records.days_since_movement,
            records.days_since_count,
            evidence.short_pick_count,
            coalesce(flags.rules, '') as rules
        from visibility.kpi_stock_record_health as health
        inner join core.bridge_sku_system_id as ids on health.sku_id = ids.sku_id
        inner join core.dim_location as locations on health.location_id = locations.location_id
        inner join visibility.fct_stock_record as records
            on health.sku_id = records.sku_id and health.location_id = records.location_id
        inner join visibility.fct_stock_record_evidence as evidence
            on health.sku_id = evidence.sku_id and health.location_id = evidence.location_id
        left join (
            select sku_id, location_id, string_agg(rule_id, ' ' order by rule_id) as rules
            from visibility.fct_stock_record_flag
            group by sku_id, location_id
        ) as flags
            on health.sku_id = flags.sku_id and health.location_id = flags.location_id
        """
    ).df()
    return health


def held_back(connection: duckdb.DuckDBPyConnection) -> int:
    """Return how many landed rows did not pass, by the validator or by what they name."""
    return connection.execute("select count(*) from visibility.fct_quarantined_row").fetchone()[0]


def has_rule(rows: pd.DataFrame, rule: str) -> np.ndarray:
    """Return which records break a rule."""
    return rows["rules"].fillna("").str.split().apply(lambda names: rule in names).to_numpy(dtype=bool)
