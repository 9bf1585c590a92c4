"""Fixtures every test may need: the checkout, a throw-away home, the landing contracts, the real sample data.

Here: nothing that only one area needs; that lives in a module beside its tests (landing_fixture.py, marts_fixture.py).
"""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from orchestration.lib.contracts import Contract, load_contracts
from orchestration.lib.paths import REPO, Home
from tests.python.browser_checks import browser
from tests.python.fixtures_blocked import blocked, hostile_blocked, unblocked
from tests.python.fixtures_marts import aw_marts, edge_marts, three_marts, tiny_marts, wwi_marts
from tests.python.fixtures_next_day import next_day
from tests.python.fixtures_pages import hostile_site, tiny_site
from tests.python.fixtures_postgres import cluster, database, new_database
from tests.python.fixtures_refresh import copy_home, refreshed
from tests.python.fixtures_report import hostile_report, report_site

# As `python -m orchestration` does: dbt's manifest lives to the end and need not be looked through for garbage.
gc.set_threshold(100_000, 20, 100)

# Fixtures that several areas share; a module asks for them by name.
__all__ = [
    "aw_marts",
    "blocked",
    "browser",
    "cluster",
    "copy_home",
    "database",
    "edge_marts",
    "hostile_blocked",
    "hostile_report",
    "hostile_site",
    "new_database",
    "next_day",
    "refreshed",
    "report_site",
    "three_marts",
    "tiny_marts",
    "tiny_site",
    "unblocked",
    "wwi_marts",
]


@pytest.fixture(scope="session")
def repo() -> Path:
    """Root of the checkout."""
    return REPO


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A fresh home, also for subprocesses: LEADLAG_HOME points at it."""
    fresh = Home.at(tmp_path / "home").make()
    monkeypatch.setenv("LEADLAG_HOME", str(fresh.root))
    monkeypatch.delenv("LEADLAG_LANDING", raising=False)
    return fresh


@pytest.fixture(scope="session")
def contracts() -> dict[tuple[str, str], Contract]:
    """The landing contracts of the checkout."""
    return load_contracts(REPO)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real sample data: LEADLAG_REAL_DATA, or ../shared/data beside the checkout."""
    folder = Path(os.environ.get("LEADLAG_REAL_DATA") or REPO.parent / "shared" / "data")
    if not (folder / "wide_world_importers").is_dir():
        pytest.skip(f"no real data at {folder}: set LEADLAG_REAL_DATA to a folder that holds wide_world_importers/")
    return folder


# Tests that share a built home run in one worker, so that it is built once; the rest goes by module.
_SHARED_HOMES = {
    "test_orchestration": "refreshed home",
    "test_kill": "refreshed home",
    "test_bi_access": "refreshed home",
    "test_pages_in_a_browser": "refreshed home",
    "test_pages_site": "refreshed home",
    "test_acknowledging": "refreshed home",
    "test_ingestion_runs": "refreshed home",
    "test_published_history": "refreshed home",
    "test_policy_flips": "built marts",
    "test_stewards": "compiled project",
    "test_compiled": "compiled project",
    "test_edge": "built marts",
    "test_plans": "built marts",
    "test_increment": "built marts",
    "test_row_accounting": "built marts",
    "test_wide_world_importers_marts": "built marts",
    "test_adventureworks_marts": "built marts",
    "test_three_systems_together": "built marts",
    "test_validation_report": "refreshed home",
    "test_validation_report_in_a_browser": "refreshed home",
    "test_blocked_report": "refreshed home",
    "test_blocked_report_in_a_browser": "refreshed home",
}
# A folder whose tests share one. Streams compile the project again: with the faults they would be the last to end.
_SHARED_FOLDERS = {"oracles": "built marts", "faults": "compiled project", "streams": "streams"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Say which tests belong together when the suite is spread over workers (`pytest -n 2 --dist loadgroup`)."""
    folder = item.path.parent.name
    group = _SHARED_FOLDERS.get(folder) or _SHARED_HOMES.get(item.path.stem, item.path.stem)
    item.add_marker(pytest.mark.xdist_group(folder if folder in ("laws", "macros") else group))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Versions that no longer group would build every shared home twice, unnoticed."""
    if getattr(session.config.option, "loadgroup", False) and not all("@" in item.nodeid for item in session.items):
        raise pytest.UsageError("pytest-xdist groups nothing: pin versions of both that fit together")


# Groups that take longest, in the order in which workers take them up: what is left for the end must be short, or one
# worker waits for the other.
_LONGEST_FIRST = ("built marts", "refreshed home", "compiled project", "streams")


def _turn(item: pytest.Item) -> int:
    marker = item.get_closest_marker("xdist_group")
    group = marker.args[0] if marker else ""
    return _LONGEST_FIRST.index(group) if group in _LONGEST_FIRST else len(_LONGEST_FIRST)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest groups first; campaigns (marker `proof`) run behind `make proof` only."""
    items.sort(key=_turn)
    if os.environ.get("LEADLAG_PROOF"):
        return
    for item in items:
        if item.get_closest_marker("proof"):
            item.add_marker(pytest.mark.skip(reason="a slow campaign: make proof"))
