"""Marts built by the real project, once a session: the tiny company, a company of edge cases, Wide World Importers.

Here: the fixtures `tiny_marts`, `edge_marts`, `wwi_marts` ... (read them, never write them), and copies of a built
database that a test may change. dbt builds the tiny company; the others are built by the same SQL, compiled once, with
the same tests of data: a fifth of the time. Not here: the refresh job with its audit and publishing
(fixtures_refresh.py). conftest.py makes them known to every module.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib import accepting, connectors
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import connect
from synthetic.land import land as land_world
from synthetic.profiles import PROFILES
from synthetic.world import build_world
from tests.python.compiled import compiled_project
from tests.python.dbt_in_process import Dbt
from tests.python.oracles import edge_company

SEED = 7
_NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


@dataclass
class Marts:
    """A home with a built database. `connect()` opens it read-only; close what you open."""

    home: Home
    dbt: Dbt

    def connect(self) -> duckdb.DuckDBPyConnection:
        """A read-only connection in UTC."""
        return connect(self.home.build_db, read_only=True)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """The rows of a query as dictionaries."""
        with self.connect() as connection:
            cursor = connection.execute(sql)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def copy(self, folder: Path) -> Marts:
        """The same marts in a database of their own below `folder`, to be changed; the accepted rows are shared."""
        home = Home.at(folder)
        home.build.mkdir(parents=True)
        shutil.copyfile(self.home.build_db, home.build_db)
        return Marts(home, self.dbt)

    def rebuild(self, *models: str) -> None:
        """Run the named dbt models (selectors) in this database and nothing else."""
        self.dbt("run", "--select", *models, database=self.home)

    def set_policy(self, **values: object) -> None:
        """Give policy keys one value for every scope and period, as if the seed said so."""
        with connect(self.home.build_db) as connection:
            for key, value in values.items():
                changed = connection.execute(
                    "update core.dim_policy set value_text = ?, value_number = try_cast(? as decimal(18, 6)) "
                    "where policy_key = ? returning policy_key",
                    [str(value), str(value), key],
                ).fetchall()
                assert changed, f"no policy row {key}"


def build(home: Home) -> Marts:
    """Accept what has landed in `home` and build all models by their compiled SQL. AssertionError where data breaks a
    test."""
    project = compiled_project()
    accepting.accept(home)
    (home.root / "spill").mkdir(exist_ok=True)
    with project.build(home, is_marts=True) as connection:
        broken = project.broken_tests(connection, home)
    assert not broken, f"tests of data: {broken}"
    return Marts(home, Dbt(home))


def build_by_dbt(home: Home) -> Marts:
    """Accept what has landed in `home` and let dbt build everything but unit tests: contracts, snapshots, tests."""
    accepting.accept(home)
    (home.root / "spill").mkdir(exist_ok=True)
    dbt = Dbt(home)
    dbt("build", *_NO_UNIT_TESTS)
    return Marts(home, dbt)


def simulate(home: Home) -> None:
    """Land the tiny synthetic company."""
    land_world(build_world(PROFILES["tiny"], SEED), home)


_built: dict[str, Marts] = {}


def _once(
    name: str,
    factory: pytest.TempPathFactory,
    land: Callable[[Home], object],
    build: Callable[[Home], Marts] = build,
) -> Marts:
    if not (REPO / "dbt_project.yml").is_file():
        pytest.skip("no dbt project in this checkout")
    if name not in _built:
        home = Home.at(factory.mktemp(name) / "home").make()
        land(home)
        _built[name] = build(home)
    return _built[name]


@pytest.fixture(scope="session")
def tiny_marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    """The tiny synthetic company: four months, planted faults."""
    return _once("tiny_marts", tmp_path_factory, simulate, build_by_dbt)


@pytest.fixture(scope="session")
def edge_marts(tmp_path_factory: pytest.TempPathFactory) -> Marts:
    """The company of edge cases: eighteen months, three currencies (oracles/edge_company.py)."""
    return _once("edge_marts", tmp_path_factory, lambda home: edge_company.land(home.landing))


@pytest.fixture(scope="session")
def wwi_marts(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Marts:
    """Wide World Importers; skipped with a reason where there is no real data."""
    source = real_data / "wide_world_importers"
    return _once("wwi_marts", tmp_path_factory, lambda h: connectors.land_connector("wide_world_importers", source, h))


@pytest.fixture(scope="session")
def aw_marts(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Marts:
    """AdventureWorks, which sends no sales; skipped with a reason where there is no real data."""
    source = _adventureworks(real_data)
    return _once("aw_marts", tmp_path_factory, lambda h: connectors.land_connector("adventureworks", source, h))


@pytest.fixture(scope="session")
def three_marts(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Marts:
    """The tiny company with Wide World Importers and AdventureWorks as further divisions of it."""
    sources = {
        "wide_world_importers": real_data / "wide_world_importers",
        "adventureworks": _adventureworks(real_data),
    }

    def land(home: Home) -> None:
        simulate(home)
        for system, source in sources.items():
            connectors.land_connector(system, source, home, company="LEAD")

    return _once("three_marts", tmp_path_factory, land)


def _adventureworks(real_data: Path) -> Path:
    if not (real_data / "adventureworks").is_dir():
        pytest.skip(f"no AdventureWorks in {real_data}")
    return real_data / "adventureworks"
