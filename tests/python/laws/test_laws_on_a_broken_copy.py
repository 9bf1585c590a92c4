"""A copy of the checkout broken in a file, as a person would, and read through dbt again.

Here: the proof that what dbt makes of a bad file reaches the laws. Not here: the breaks in memory (breaks_of_*.py).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from laws.catalogue import LAWS
from laws.project import Project, load

BAD = """\
{{ config(contract={'enforced': false}, on_schema_change='ignore') }}

with skus as (
    select * from {{ ref('stg_unified__sku') }}
),

final as (
    select
        sku_id,
        avg(shelf_life_days) as mean_days
    from skus
    where division_count > 7 and launch_date < current_date
    group by sku_id
)

select * from final
"""
BROKEN = {
    "subjects_read_core_seeds_and_each_other": "reads unified stg_unified__sku",
    "every_contract_is_enforced": "contract is not enforced",
    "schema_change_fails": "on_schema_change is ignore",
    "every_model_has_its_own_yaml": "described in no file",
    "every_model_tests_its_grain": "no unique_grain test",
    "every_description_names_the_grain": "does not begin with its grain",
    "no_float_aggregate": "renders avg()",
    "no_policy_number_in_a_model": ":12: the number 7",
    "no_clock_in_sql": ":12: `current_date`",
    "registry_and_scorecard_agree": "no registry row names this KPI model",
}


@pytest.fixture(scope="module")
def broken(repo: Path, project: Project, scratch: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The dbt project in a folder of its own, with one bad model; dbt parses again only what differs."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("models", "macros", "seeds", "tests/generic", "tests/invariants", "snapshots"):
        if (repo / name).is_dir():
            shutil.copytree(repo / name, copy / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(repo / name, copy / name)
    (copy / "models/marts/lag/kpi_bad.sql").write_text(BAD, encoding="utf-8")
    return load(copy, scratch, select="kpi_bad")


@pytest.mark.parametrize("name", BROKEN)
def test_a_bad_file_is_reported(name: str, broken: Project) -> None:
    found = [v for v in LAWS[name].violations(broken) if "kpi_bad" in v]
    assert any(BROKEN[name] in violation for violation in found), found
