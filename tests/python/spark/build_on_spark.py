"""Builds models on Spark in one process: sources, seeds, the models named; writes what became of each to results.json.

Run by the interpreter of the environment `.spark` (`make test-spark`), with LEADLAG_HOME at a home whose batches are
accepted; arguments are those of `dbt run`. Models under <home>/spark/given/<schema>/<model>/*.parquet are taken as they
lie there, queries of probes.json are answered in probed.json. Not here: the comparison, which DuckDB does over the
Parquet files.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner

REPO = Path(__file__).resolve().parents[3]


def main(place: Path, arguments: list[str]) -> int:
    """Build into `place`/warehouse. The exit code is 1 when a node failed."""
    os.environ |= {
        "DBT_PROFILES_DIR": str(REPO),
        "DBT_PROJECT_DIR": str(REPO),
        "DBT_TARGET_PATH": str(place / "target"),
        "DBT_LOG_PATH": str(place / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "PYSPARK_PYTHON": sys.executable,
    }
    shutil.rmtree(place / "warehouse", ignore_errors=True)
    place.mkdir(exist_ok=True)
    os.chdir(place)
    dbt("run-operation", "register_sources")
    given = take_given(place)
    nodes = dbt("seed").results + dbt("run", *arguments, "--exclude", *given).results
    results = [
        {
            "name": node.node.name,
            "schema": node.node.schema,
            "kind": node.node.config.materialized,
            "status": str(node.status),
            "seconds": round(node.execution_time, 1),
            "message": str(node.message),
        }
        for node in nodes
    ]
    write_views(place, results)
    answer_probes(place)
    (place / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    return 1 if any(result["status"] == "error" for result in results) else 0


def dbt(*arguments: str) -> Any:
    """Run a dbt command on target spark; what it says is in its logs and its result."""
    outcome = dbtRunner().invoke([*arguments, "--target", "spark", "--no-use-colors", "--log-level", "none"])
    if outcome.exception:
        raise outcome.exception
    return outcome.result


def take_given(place: Path) -> list[str]:
    """Tables that are not built here, named in Spark where their models would write them."""
    spark = session()
    folders = sorted((place / "given").glob("*/*"))
    for folder in folders:
        spark.sql(f"create schema if not exists {folder.parent.name}")
        spark.sql(f"create table {folder.parent.name}.{folder.name} using parquet location '{folder}'")
    return [folder.name for folder in folders]


def session() -> Any:
    """The Spark session that dbt works in."""
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()


def write_views(place: Path, results: list[dict[str, Any]]) -> None:
    """Views as Parquet beside the tables, so that another engine can read all of it."""
    spark = session()
    for result in results:
        if result["kind"] == "view" and result["status"] == "success":
            folder = place / "warehouse" / f"{result['schema']}.db" / result["name"]
            spark.table(f"{result['schema']}.{result['name']}").write.mode("overwrite").parquet(str(folder))


def answer_probes(place: Path) -> None:
    """The rows of each query of probes.json, or the error in place of a row."""
    questions = place / "probes.json"
    if questions.is_file():
        queries = json.loads(questions.read_text(encoding="utf-8"))
        answers = {name: answer(sql) for name, sql in queries.items()}
        (place / "probed.json").write_text(json.dumps(answers), encoding="utf-8")


def answer(sql: str) -> list[list[str | None]]:
    """Rows of text."""
    try:
        return [list(row) for row in session().sql(sql).collect()]
    except Exception as error:  # a probe that fails is one failing test, not the end of all
        return [[str(error)]]


if __name__ == "__main__":
    sys.exit(main(Path(os.environ["LEADLAG_HOME"]) / "spark", sys.argv[1:]))
