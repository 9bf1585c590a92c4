"""dbt's own unit tests, run as a person runs them: on the throw-away target, whose tables exist and are empty.

Here: that they run and pass, and that no KPI model is without one. Not here: what they say (each model's YAML).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from orchestration.lib import accepting, warehouse
from orchestration.lib.paths import REPO, Home


def _dbt(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from dbt.cli.main import dbtRunner; sys.exit(not dbtRunner().invoke(sys.argv[1:]).success)"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments, "--target", "empty"],
        cwd=REPO,
        env={**os.environ, **warehouse.environment(home)},
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_unit_tests_pass_on_empty_tables(home: Home):
    accepting.accept(home)  # nothing has landed: every source is an empty typed file
    (home.root / "empty").mkdir(exist_ok=True)
    tables = _dbt(home, "build", "--empty", "--exclude-resource-type", "unit_test", "test")
    assert tables.returncode == 0, tables.stdout[-3000:]
    tests = _dbt(home, "test", "--select", "test_type:unit")
    assert tests.returncode == 0, tests.stdout[-5000:]
    passed = re.search(r"PASS=(\d+)", tests.stdout)
    written = sum(
        len(re.findall(r"^  - name:", path.read_text(encoding="utf-8").split("\nunit_tests:")[1], re.MULTILINE))
        for path in (REPO / "models").rglob("*.yml")
        if "\nunit_tests:" in path.read_text(encoding="utf-8")
    )
    assert passed and int(passed[1]) == written > 0


@pytest.mark.parametrize("path", sorted((REPO / "models" / "marts").rglob("kpi_*.yml")), ids=lambda p: p.stem)
def test_every_kpi_model_has_a_unit_test(path):
    assert f"model: {path.stem}" in path.read_text(encoding="utf-8"), f"{path.name}: write a unit test of its edges"
