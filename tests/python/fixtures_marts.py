"""Marts built by the real project, once a session: the tiny company, a company of edge cases, Wide World Importers.

Here: dbt in this process on a home of its own, the fixtures `tiny_marts`, `edge_marts`, `wwi_marts` ... (read them,
never write them), and copies of a built database that a test may change. Not here: the refresh job with its audit and
publishing (fixtures_refresh.py). conftest.py makes them known to every module.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.lib import accepting, connectors, warehouse
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import connect
from synthetic.land import land as land_world
from synthetic.profiles import PROFILES
from synthetic.world import build_world
from tests.python.oracles import edge_company

SEED = 7
_NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Environment variables for the length of a block, put back afterwards."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


_parsed: dict[Path, tuple[Any, Path]] = {}


@dataclass
class Dbt:
    """dbt on one home: commands on target `build` in this process, which parses the project once for all its homes.

    AssertionError with the failing nodes when a command does not succeed.
    """

    home: Home

    def __call__(self, *arguments: str, database: Home | None = None, **variables: str) -> None:
        """Run a dbt command; `database`: another home whose build database it works on; variables: environment."""
        variables = warehouse.environment(self.home) | variables
        with environment(**variables):
            manifest = self._manifest()
        if database is not None:
            variables["LEADLAG_HOME"] = str(database.root)
        with environment(**variables):
            self._invoke(list(arguments), manifest)

    def _manifest(self) -> Any:
        """The parsed project, its sources in this home: nothing else in it knows the home it was parsed for."""
        repo = self.home.repo
        if repo not in _parsed:
            _parsed[repo] = self._invoke(["parse"], None).result, self.home.root
        manifest, root = _parsed[repo]
        for source in manifest.sources.values():
            for meta in (source.meta, source.source_meta, source.config.meta):
                if "external_location" in meta:
                    moved = meta["external_location"].replace(f"'{root}/", f"'{self.home.root}/")
                    meta["external_location"] = moved
        _parsed[repo] = manifest, self.home.root
        return manifest

    @staticmethod
    def _invoke(arguments: list[str], manifest: Any) -> Any:
        from dbt.cli.main import dbtRunner

        try:
            quiet = ["--target", "build", "--log-level", "none", "--no-use-colors"]
            outcome = dbtRunner(manifest=manifest).invoke([*arguments, *quiet])
        finally:
            warehouse._close_dbt()
        results = getattr(outcome.result, "results", None) or []
        bad = [f"{r.node.name}: {r.message}" for r in results if str(r.status) in ("error", "fail", "runtime error")]
        assert outcome.success, f"dbt {' '.join(arguments)}: {outcome.exception or ''} " + "; ".join(bad)
        return outcome


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
    """Accept what has landed in `home` and build everything but unit tests."""
    accepting.accept(home)
    (home.root / "spill").mkdir(exist_ok=True)
    dbt = Dbt(home)
    dbt("build", *_NO_UNIT_TESTS)
    return Marts(home, dbt)


def simulate(home: Home) -> None:
    """Land the tiny synthetic company."""
    land_world(build_world(PROFILES["tiny"], SEED), home)


_built: dict[str, Marts] = {}


def _once(name: str, factory: pytest.TempPathFactory, land: Callable[[Home], object]) -> Marts:
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
    return _once("tiny_marts", tmp_path_factory, simulate)


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
