"""Companies built without dbt are held to the same tests of data, and a row that breaks one is seen.

Here: the builder of the fixtures itself. Not here: what the companies are for.
"""

from __future__ import annotations

from orchestration.lib import accepting
from orchestration.lib.paths import Home
from tests.python.compiled import compiled_project


def test_a_row_that_stands_twice_fails_the_test_of_its_grain(tmp_path):
    home = Home.at(tmp_path / "home").make()
    accepting.accept(home)
    project = compiled_project()
    with project.build(home, is_marts=True) as connection:
        assert project.broken_tests(connection, home) == {}
        twice = connection.execute("insert into core.dim_policy from core.dim_policy limit 1 returning 1").fetchall()
        broken = project.broken_tests(connection, home)
    assert twice and {name for name in broken if "dim_policy" in name and "unique" in name}, broken
