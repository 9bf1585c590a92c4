"""The project, read once a session.

Here: fixtures of the laws. Not here: rules.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from laws.project import Project, load


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt writes while the laws are read; with what it parsed, for a second reading."""
    return tmp_path_factory.mktemp("laws")


@pytest.fixture(scope="session")
def project(repo: Path, scratch: Path) -> Project:
    """The checkout as the laws see it."""
    return load(repo, scratch)
