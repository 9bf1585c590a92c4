"""Fixtures of the fault matrix: the compiled project, the clean company and its marts, a stream to bend."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.lib.paths import Home
from tests.python.compiled import Project, project, whole_project
from tests.python.faults.stream import Clean, Stream
from tests.python.oracles import edge_company

__all__ = ["project", "whole_project"]


@pytest.fixture(scope="session")
def clean(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Clean:
    """The company of edge cases as it was sent."""
    home = Home.at(tmp_path_factory.mktemp("clean") / "home").make()
    edge_company.land(home.landing)
    with project.run(home):
        pass
    database = home.root / "clean.duckdb"
    shutil.copyfile(home.root / "compiled" / "leadlag.duckdb", database)
    return Clean(home, project, database)


@pytest.fixture
def stream(clean: Clean, tmp_path: Path) -> Stream:
    """The clean stream, to be bent."""
    return clean.copy(tmp_path / "home")
