"""The project on Apache Spark: the same tables with the same rows as on DuckDB, and shims that agree on their edges.

Run by `make test-spark`, which installs dbt-spark and pyspark in an environment of their own; here alone DuckDB works.
Not here: increments (Parquet takes no row away), data tests and unit tests, which are DuckDB's.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.paths import REPO
from orchestration.lib.sql import connect, file_literal, ident
from tests.python.fixtures_marts import Marts
from tests.python.spark.comparing import differing_rows
from tests.python.spark.probes import probes

# Models that Spark does not build (docs/decisions/0030-spark.md); it reads the rows that DuckDB made of them.
GIVEN = {"int_visibility__sku_match_pair"} | {path.stem for path in (REPO / "models").rglob("*.py")}
# What the golden path shows must hold rows, or equal tables would prove nothing.
GOLDEN = {
    "fct_stock_movement", "fct_stock_position", "fct_stock_on_hand", "fct_demand_daily", "fct_unit_cost", "fct_alert",
    "fct_kpi_value", "fct_supplier_score", "kpi_inventory_turnover", "kpi_gmroii", "kpi_carrying_cost",
    "kpi_stock_reconciliation", "kpi_service_level_target", "kpi_receipt_variance", "kpi_reorder_point_proposal",
    "kpi_abc_class",
}  # fmt: skip


@dataclass(frozen=True)
class Built:
    """What Spark made: `place`/warehouse, what became of each node, the values of each probe."""

    place: Path
    results: dict[str, dict]
    probes: dict[str, list[list[str | None]]]


def _python() -> str:
    """The interpreter that has Spark; skips with the reason where it cannot work."""
    if not os.environ.get("LEADLAG_SPARK"):
        pytest.skip("five minutes of both processors: make test-spark")
    java = Path(os.environ["JAVA_HOME"]) / "bin" / "java" if os.environ.get("JAVA_HOME") else shutil.which("java")
    if not java or not Path(java).is_file():
        pytest.skip("no Java on this machine: Spark needs 17 or later (JAVA_HOME, or java on the path)")
    said = subprocess.run([str(java), "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if not version or int(version.group(1)) < 17:
        pytest.skip(f"Spark needs Java 17 or later; {java} is {said.splitlines()[0] if said else 'silent'}")
    python = Path(os.environ.get("LEADLAG_SPARK_PYTHON", REPO / ".spark" / "bin" / "python"))
    probe = [str(python), "-c", "import pyspark, dbt.adapters.spark"]
    if not python.is_file() or subprocess.run(probe, capture_output=True, check=False).returncode:
        pytest.skip(f"no pyspark with dbt-spark in {python}: make test-spark installs them")
    return str(python)


@pytest.fixture(scope="session")
def spark_python() -> str:
    """The interpreter that has Spark, asked for before anything is built."""
    return _python()


@pytest.fixture(scope="session")
def built(spark_python: str, tiny_marts: Marts, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Seeds and all models on Spark, over the batches of the tiny company."""
    home = tmp_path_factory.mktemp("spark") / "home"
    place = home / "spark"
    place.mkdir(parents=True)
    (home / "accepted").symlink_to(tiny_marts.home.accepted, target_is_directory=True)
    with tiny_marts.connect() as connection:
        for name in GIVEN:
            _give(connection, name, place / "given")
    (place / "probes.json").write_text(json.dumps(probes("spark")), encoding="utf-8")
    log = place / "spark.log"
    with log.open("w", encoding="utf-8") as output:
        build = Path(__file__).parent / "build_on_spark.py"
        environment = os.environ | {"LEADLAG_HOME": str(home)}
        command = [spark_python, str(build)]
        process = subprocess.run(command, env=environment, stdout=output, stderr=output, timeout=3600, check=False)
    results = place / "results.json"
    assert results.is_file(), f"Spark ended with {process.returncode}:\n{log.read_text(encoding='utf-8')[-3000:]}"
    nodes = {node["name"]: node for node in json.loads(results.read_text(encoding="utf-8"))}
    return Built(place, nodes, json.loads((place / "probed.json").read_text(encoding="utf-8")))


def _give(connection: duckdb.DuckDBPyConnection, name: str, given: Path) -> None:
    (schema,) = connection.execute("select schema_name from duckdb_tables() where table_name = ?", [name]).fetchone()
    folder = given / schema / name
    folder.mkdir(parents=True)
    table = f"{ident(schema)}.{ident(name)}"
    connection.execute(f"copy {table} to {file_literal(folder / 'rows.parquet')} (format parquet)")


def test_every_model_and_seed_is_built_on_spark(built: Built, tiny_marts: Marts):
    failed = [node for node in built.results.values() if node["status"] != "success"]
    assert not failed, "\n".join(f"{node['name']}: {node['status']} {node['message'][:600]}" for node in failed)
    nodes = tiny_marts.dbt._manifest().nodes.values()
    assert set(built.results) == {n.name for n in nodes if n.resource_type in ("model", "seed")} - GIVEN


def test_every_table_has_the_rows_of_duckdb(built: Built, tiny_marts: Marts):
    counts, differences = {}, []
    with tiny_marts.connect() as connection:
        for node in built.results.values():
            if node["status"] == "success":
                folder = built.place / "warehouse" / f"{node['schema']}.db" / node["name"]
                counts[node["name"]], said = differing_rows(connection, node["schema"], node["name"], folder)
                differences += [said] if said else []
    assert not differences, f"{len(differences)} of {len(counts)} tables differ:\n" + "\n".join(differences)
    assert not {name for name in GOLDEN if not counts.get(name)}
    print(f"{len(counts)} tables, {sum(counts.values())} rows, the same on Spark and DuckDB")


@pytest.mark.parametrize("name", sorted(probes("default")))
def test_a_shim_gives_the_same_values(built: Built, duck: duckdb.DuckDBPyConnection, name: str):
    ours = [list(row) for row in duck.execute(probes("default")[name]).fetchall()]
    assert built.probes[name] == ours


@pytest.fixture(scope="session")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection without tables."""
    with connect() as connection:
        yield connection


@pytest.mark.parametrize(
    ("there", "found"),
    [
        ("select * from core.t", ""),
        ("select k, q, 'other' as _meta_run from core.t", ""),
        ("select k, q::decimal(30, 6) as q, _meta_run from core.t", ""),
        ("select k, case k when 1 then 2.51 else q end as q, _meta_run from core.t", "1 of 3 rows have DuckDB alone"),
        ("select * from core.t union all select * from core.t where k = 1", "1 of 3 rows have the other alone"),
        ("select distinct * from core.t", "1 of 3 rows have DuckDB alone"),
    ],
)
def test_the_comparison_sees_a_changed_a_lost_and_a_doubled_row(tmp_path: Path, there: str, found: str):
    with duckdb.connect() as connection:
        connection.execute("create schema core")
        connection.execute(
            "create table core.t as "
            "select * from (values (1, 2.50, 'a'), (2, null, 'a'), (2, null, 'a')) v(k, q, _meta_run)"
        )
        connection.execute(f"copy ({there}) to {file_literal(tmp_path / 'rows.parquet')} (format parquet)")
        count, said = differing_rows(connection, "core", "t", tmp_path)
    assert count == 3
    assert found in said and bool(found) == bool(said)


def test_a_missing_column_is_no_equal_table(tmp_path: Path):
    with duckdb.connect() as connection:
        connection.execute("create schema core; create table core.t as select 1 as k, 2 as q")
        connection.execute(f"copy (select 1 as k) to {file_literal(tmp_path / 'rows.parquet')} (format parquet)")
        with pytest.raises(AssertionError, match=r"core\.t lacks q"):
            differing_rows(connection, "core", "t", tmp_path)
