"""Sites built from published generations of the tiny company: one as it is, one whose texts are hostile.

Here: copies of the refreshed home's publication, and the sites in them. Not here: what a page must be (test_pages_*).
"""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.lib.generations import MARTS, ROLE, current
from orchestration.lib.paths import Home
from reports.site import Site, build
from tests.python.fixtures_refresh import Refreshed

HOSTILE = (
    "<script>document.title='hacked'</script>",
    "</script></style><img src=x onerror=\"document.title='hacked'\">",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "＝1+1",
    "  =1+1",
    "שלום \u202ecba\u202c 123",
    "{{ 7 * 7 }} {% raw %}",
    "&lt;b&gt; \"quoted\" 'and' `ticked`",
    "nul \x01 bell \x07",
    "a" * 300,
    "javascript:alert(1)",
    "",
)


@dataclass(frozen=True)
class Built:
    """A home with a site of its current generation."""

    home: Home
    site: Site

    def marts(self) -> duckdb.DuckDBPyConnection:
        """The generation's tables, read-only."""
        return duckdb.connect(str(current(self.home).path / ROLE / MARTS), read_only=True)


def assert_no_cell_runs(paths: Iterable[Path]) -> None:
    """No cell of these CSV files is a formula to a spreadsheet, and every kind of start that would be one was met."""
    seen = set()
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for cell in row:
                    bare = cell.lstrip()
                    seen.add(bare[:2])
                    number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
                    assert bare[:1] not in ("=", "+", "@", "-", "＝") or number, (path.name, cell)
    assert {"'=", "'+", "'-", "'@", "'＝"} <= seen


def published_copy(refreshed: Refreshed, root: Path) -> Home:
    """A home that holds a copy of what is published, which a test may change."""
    home = Home.at(root).make()
    shutil.rmtree(home.published)
    shutil.copytree(refreshed.home.published, home.published, symlinks=True)
    return home


def change_marts(home: Home, *statements: str) -> None:
    """Change the published tables of a copy, as if the data had been so."""
    path = current(home).path / ROLE / MARTS
    path.chmod(0o644)
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)


def spoil(home: Home) -> None:
    """Give SKUs, locations, categories and flags' evidence hostile texts, in turn."""
    texts = ", ".join("'" + text.replace("'", "''") + "'" for text in HOSTILE)

    turn = f"([{texts}])[1 + rowid % {len(HOSTILE)}]"
    change_marts(
        home,
        f"update core.dim_sku set sku_description = {turn}, category = {turn}",
        f"update core.dim_location set location_name = {turn}",
        f"update visibility.fct_stock_record_flag set evidence = {turn}",
        "update scorecard.fct_kpi_value set scope_id = '<script>' || scope_id where scope_type = 'category'",
        "update scorecard.fct_kpi_value set reason_code = '<i>' || reason_code where reason_code is not null",
        "update scorecard.fct_alert set owner = '<b>owner</b>'",
        "update visibility.fct_quarantined_row set rule_id = '<u>' || rule_id",
    )


@pytest.fixture(scope="session")
def tiny_site(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of the tiny company; read it, never write it."""
    home = published_copy(refreshed, tmp_path_factory.mktemp("pages") / "home")
    return Built(home, build(home))


@pytest.fixture(scope="session")
def hostile_site(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of the tiny company with hostile texts; read it, never write it."""
    home = published_copy(refreshed, tmp_path_factory.mktemp("hostile") / "home")
    spoil(home)
    return Built(home, build(home))
