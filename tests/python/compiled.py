"""The project's SQL, compiled once by dbt and run without it: marts of a small stream in about a second.

Here: compiling, the order of the models, running them over the accepted rows of any home, all of them or those that
some models need, and the tests of data. Not here: snapshots and increments (a run is a full refresh), the audit, or
what a stream holds. Contracts are not enforced: the fixtures that build through dbt do that.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib import accepting
from orchestration.lib.content_hash import SUBJECTS
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import connect, ident, literal
from tests.python.dbt_in_process import Dbt

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

    def make(self, connection: duckdb.DuckDBPyConnection, code: str, keeps_views: bool) -> None:
        """Make the table or view by `code`, which is its own with the home named in it. Views of the subjects become
        tables unless `keeps_views`: one would read the database that it is attached to."""
        target = f"{ident(self.schema)}.{ident(self.name)}"
        connection.execute(f"create schema if not exists {ident(self.schema)}")
        if not self.is_python:
            kept = self.is_view and (keeps_views or self.schema not in SUBJECTS)
            connection.execute(f"create {'view' if kept else 'table'} {target} as {code}")
            return
        words: dict[str, Any] = {}
        exec(code, words)  # as the adapter does: `dbtObj` is what dbt compiled in front of the model
        made = words["model"](words["dbtObj"](lambda name: connection.query(f"select * from {name}")), connection)
        connection.register("made_by_python", made)
        connection.execute(f"create table {target} as select * from made_by_python")
        connection.unregister("made_by_python")


@dataclass(frozen=True)
class DataTest:
    """A test of data as dbt compiled it: rows that break a rule, and when they are too many."""

    name: str
    code: str
    is_error: bool  # severity error; a warning fails nothing
    fail_calc: str
    error_if: str

    def failures(self, connection: duckdb.DuckDBPyConnection, code: str) -> int:
        """How many rows break the rule beyond what it allows, by `code`, which is its own with the home named in it."""
        sql = f"select {self.fail_calc}, ({self.fail_calc}) {self.error_if} from ({code}) as broken"
        count, is_failed = connection.execute(sql).fetchone()
        return count if is_failed and self.is_error else 0


@dataclass(frozen=True)
class Project:
    """The compiled models in an order in which each finds what it reads, and the tests of their data; `seeds` is a
    database that holds the seeds."""

    root: str  # the home that the compiled SQL names
    seeds: Path
    nodes: tuple[Node, ...]
    tests: tuple[DataTest, ...]

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
    def build(self, home: Home, is_marts: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Build every model over what `home` has accepted, as the marts of the home or in a database of its own to be
        attached beside others, and hand over the connection."""
        path = home.build_db if is_marts else home.root / "compiled" / "leadlag.duckdb"
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.seeds, path)
        # Streams are small and two tests run at a time: one thread and one commit cost a quarter less.
        with connect(path, threads=1) as connection:
            connection.begin()
            for node in self.nodes:
                try:
                    node.make(connection, node.code.replace(self.root, str(home.root)), keeps_views=is_marts)
                except duckdb.Error as error:
                    raise AssertionError(f"{node.schema}.{node.name}: {error}") from error
            connection.commit()
            yield connection

    def broken_tests(self, connection: duckdb.DuckDBPyConnection, home: Home) -> dict[str, int]:
        """The tests of data that fail on a build of `home` -> how many rows break them."""
        found = {}
        for test in self.tests:
            failures = test.failures(connection, test.code.replace(self.root, str(home.root)))
            if failures:
                found[test.name] = failures
        return found


def compile_project(root: Path) -> Project:
    """Compile the models and the tests of data in a home of their own below `root`."""
    home = Home.at(root).make()
    (home.root / "spill").mkdir(exist_ok=True)
    accepting.accept(home)
    dbt = Dbt(home)
    dbt("seed")
    dbt("compile", "--exclude", "test_type:unit")
    manifest = json.loads((home.target / "manifest.json").read_text(encoding="utf-8"))
    compiled = [n for n in manifest["nodes"].values() if n.get("compiled_code")]
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
        for n in _in_order({n["unique_id"]: n for n in compiled if n["resource_type"] == "model"})
    )
    tests = tuple(
        DataTest(
            name=n["name"],
            code=n["compiled_code"],
            is_error=n["config"]["severity"].lower() == "error",
            fail_calc=n["config"]["fail_calc"],
            error_if=n["config"]["error_if"],
        )
        for n in compiled
        if n["resource_type"] == "test"
    )
    assert nodes, "dbt compiled no model"
    assert tests, "dbt compiled no test of data"
    return Project(str(home.root), home.build_db, nodes, tests)


@cache
def _compiled() -> tuple[Project, tempfile.TemporaryDirectory]:
    folder = tempfile.TemporaryDirectory(prefix="leadlag_compiled_")  # kept with the project, gone with the process
    return compile_project(Path(folder.name) / "home"), folder


def compiled_project() -> Project:
    """The project, compiled once a process."""
    return _compiled()[0]


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
def whole_project() -> Project:
    """Every subject, compiled once a session."""
    if not (REPO / "dbt_project.yml").is_file():
        pytest.skip("no dbt project in this checkout")
    return compiled_project()


@pytest.fixture(scope="session")
def project(whole_project: Project) -> Project:
    """Core and visibility of it."""
    return whole_project.needed_by(lambda node: node.schema in ("core", "visibility"))
