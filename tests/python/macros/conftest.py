"""What every macro test needs: the rendered macros and a bare DuckDB."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.lib.sql import connect
from tests.python.macros.render import Macros


@pytest.fixture(scope="session")
def macros() -> Macros:
    """All macros of the project, for a full build."""
    return Macros()


@pytest.fixture(scope="session")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection without tables."""
    connection = connect()
    yield connection
    connection.close()
