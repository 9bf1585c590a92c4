"""docs/faults.md names, for every fault of ingestion, tests that exist and run.

Here: the page against the test files. Not here: the faults.
"""

from __future__ import annotations

import re

from orchestration.lib.paths import REPO

PAGE = REPO / "docs" / "faults.md"
INGESTION = {*range(1, 28), *range(41, 47)}
_ROW = re.compile(r"^\| (\d+) \|(.*)\|(.*)\|(.*)\|$", re.M)
_TEST = re.compile(r"`([a-z_/]+\.py)(?:::(\w+))?`")


def rows() -> dict[int, tuple[str, str]]:
    """Row -> (what becomes of it, the tests as written)."""
    return {int(n): (outcome.strip(), tests.strip()) for n, _, outcome, tests in _ROW.findall(PAGE.read_text("utf-8"))}


def test_every_fault_of_ingestion_has_its_row():
    assert rows().keys() == INGESTION


def test_every_row_is_shown_by_tests_that_exist():
    for number, (outcome, tests) in rows().items():
        named = _TEST.findall(tests)
        assert named or outcome.startswith("not here:"), f"row {number} names no test"
        for file, test in named:
            path = REPO / "tests" / "python" / file
            assert path.is_file(), f"row {number}: {file}"
            assert not test or re.search(rf"^def {test}\w*\(", path.read_text("utf-8"), re.M), f"row {number}: {test}"


def test_every_test_of_the_matrix_is_named_by_the_page():
    """A test `test_row_NN...` belongs to the rows it is named after."""
    page = {number: tests for number, (_, tests) in rows().items()}
    for path in sorted((REPO / "tests" / "python" / "faults").glob("test_*.py")):
        for name in re.findall(r"^def (test_rows?_[\d_]+\w*)\(", path.read_text("utf-8"), re.M):
            for number in map(int, re.match(r"test_rows?_((?:\d\d_)+)", name)[1].strip("_").split("_")):
                if number in page:
                    assert f"faults/{path.name}" in page[number], f"row {number} does not name {path.name}"
