"""The project's SQL, compiled once by dbt and run without it: marts of a small stream in about a second.

Here: compiling, the order of the models, running them over the accepted rows of any home. Not here: tests of data,
snapshots and increments (a run is a full refresh), the audit, or what a stream holds. Contracts are not enforced: the
fixtures that build through dbt do that.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.lib import accepting
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import connect, ident, literal
from tests.python.fixtures_marts import Dbt

_SEED_SCHEMAS = ("policy", "registry", "reference")


@dataclass(frozen=True)
class Node:
    """A model as dbt compiled it: where it goes and what makes it."""

    schema: str
    name: str
    is_view: bool
    sql: str


@dataclass(frozen=True)
class Project:
    """The compiled models in an order in which each finds what it reads; `seeds` is a database that holds the seeds."""

    root: str  # the home that the compiled SQL names
    seeds: Path
    nodes: tuple[Node, ...]

    @contextmanager
    def run(self, home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
        """Accept what has landed in `home`, build every model, and hand over the connection."""
        accepting.accept(home)
        path = home.root / "compiled" / "leadlag.duckdb"
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir()
        shutil.copyfile(self.seeds, path)
        with connect(path) as connection:
            for node in self.nodes:
                target = f"{ident(node.schema)}.{ident(node.name)}"
                kind = "view" if node.is_view else "table"
                sql = node.sql.replace(self.root, str(home.root))
                try:
                    connection.execute(f"create schema if not exists {ident(node.schema)}")
                    connection.execute(f"create {kind} {target} as {sql}")
                except duckdb.Error as error:
                    raise AssertionError(f"{node.schema}.{node.name}: {error}") from error
            yield connection


def compile_project(root: Path, subjects: Iterable[str]) -> Project:
    """Compile the models that the `subjects` (dbt groups) need, in a home of their own below `root`."""
    home = Home.at(root).make()
    (home.root / "spill").mkdir(exist_ok=True)
    accepting.accept(home)
    dbt = Dbt(home)
    selection = [f"+group:{subject}" for subject in subjects]
    dbt("seed")
    dbt("compile", "--select", *selection)
    manifest = json.loads((home.target / "manifest.json").read_text(encoding="utf-8"))
    compiled = {k: n for k, n in manifest["nodes"].items() if n["resource_type"] == "model" and n.get("compiled_code")}
    nodes = tuple(
        Node(
            n["schema"],
            n["name"],
            n["config"]["materialized"] == "view",
            n["compiled_code"],
        )
        for n in _in_order(compiled)
    )
    return Project(str(home.root), home.build_db, nodes)


def _in_order(models: dict[str, dict]) -> list[dict]:
    done: dict[str, dict] = {}
    waiting = dict(sorted(models.items()))
    while waiting:
        ready = [k for k, n in waiting.items() if not any(parent in waiting for parent in n["depends_on"]["nodes"])]
        assert ready, f"a circle among {sorted(waiting)}"
        for key in ready:
            done[key] = waiting.pop(key)
    return list(done.values())


def tables(connection: duckdb.DuckDBPyConnection, schemas: Iterable[str]) -> list[tuple[str, str]]:
    """(schema, table) of every table and view in the schemas."""
    wanted = ", ".join(literal(schema) for schema in schemas)
    return connection.execute(
        f"select table_schema, table_name from information_schema.tables where table_schema in ({wanted}) order by all"
    ).fetchall()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Core and visibility, compiled once a session."""
    if not (REPO / "dbt_project.yml").is_file():
        pytest.skip("no dbt project in this checkout")
    return compile_project(tmp_path_factory.mktemp("compiled") / "home", ("core", "visibility"))
