"""The project's SQL, compiled once by dbt and run without it: marts of a small stream in about a second.

Here: compiling, the order of the models, running them over the accepted rows of any home, all of them or those that
some models need. Not here: tests of data, snapshots and increments (a run is a full refresh), the audit, or what a
stream holds. Contracts are not enforced: the fixtures that build through dbt do that.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib import accepting
from orchestration.lib.content_hash import SUBJECTS
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import connect, ident, literal
from tests.python.fixtures_marts import Dbt

_SEED_SCHEMAS = ("policy", "registry", "reference")


@dataclass(frozen=True)
class Node:
    """A model as dbt compiled it: where it goes, what makes it, and the ids of the nodes it reads."""

    key: str
    schema: str
    name: str
    is_view: bool
    is_python: bool
    code: str
    parents: frozenset[str]

    def make(self, connection: duckdb.DuckDBPyConnection, code: str) -> None:
        """Make the table or view by `code`, which is its own with the home named in it."""
        target = f"{ident(self.schema)}.{ident(self.name)}"
        connection.execute(f"create schema if not exists {ident(self.schema)}")
        if not self.is_python:
            kept = self.is_view and self.schema not in SUBJECTS  # a view would read the database that it is attached to
            connection.execute(f"create {'view' if kept else 'table'} {target} as {code}")
            return
        words: dict[str, Any] = {}
        exec(code, words)  # as the adapter does: `dbtObj` is what dbt compiled in front of the model
        made = words["model"](words["dbtObj"](lambda name: connection.query(f"select * from {name}")), connection)
        connection.register("made_by_python", made)
        connection.execute(f"create table {target} as select * from made_by_python")
        connection.unregister("made_by_python")


@dataclass(frozen=True)
class Project:
    """The compiled models in an order in which each finds what it reads; `seeds` is a database that holds the seeds."""

    root: str  # the home that the compiled SQL names
    seeds: Path
    nodes: tuple[Node, ...]

    def needed_by(self, wanted: Callable[[Node], bool]) -> Project:
        """The same project cut down to the wanted models and what they read, directly or through others."""
        needed: set[str] = set()
        for node in reversed(self.nodes):
            if node.key in needed or wanted(node):
                needed |= {node.key} | node.parents
        return replace(self, nodes=tuple(node for node in self.nodes if node.key in needed))

    @contextmanager
    def run(self, home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
        """Accept what has landed in `home`, build every model, and hand over the connection."""
        accepting.accept(home)
        with self.build(home) as connection:
            yield connection

    @contextmanager
    def build(self, home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
        """Build every model over what `home` has accepted, and hand over the connection."""
        path = home.root / "compiled" / "leadlag.duckdb"
        shutil.rmtree(path.parent, ignore_errors=True)
        path.parent.mkdir(parents=True)
        shutil.copyfile(self.seeds, path)
        with connect(path) as connection:
            for node in self.nodes:
                try:
                    node.make(connection, node.code.replace(self.root, str(home.root)))
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
            key=n["unique_id"],
            schema=n["schema"],
            name=n["name"],
            is_view=n["config"]["materialized"] == "view",
            is_python=n["language"] == "python",
            code=n["compiled_code"],
            parents=frozenset(n["depends_on"]["nodes"]),
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
def whole_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Every subject, compiled once a session."""
    if not (REPO / "dbt_project.yml").is_file():
        pytest.skip("no dbt project in this checkout")
    return compile_project(tmp_path_factory.mktemp("compiled") / "home", SUBJECTS)


@pytest.fixture(scope="session")
def project(whole_project: Project) -> Project:
    """Core and visibility of it."""
    return whole_project.needed_by(lambda node: node.schema in ("core", "visibility"))
