"""A system this repository has never seen: one folder below connectors/ is all that it needs.

The checkout is copied as it is, a folder is added to the copy, and the command line lands it from files and from a live
database. Whatever else the copy held before it must hold afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fixtures_postgres import Database
from fixtures_refresh import environment_of
from landing_fixture import tree_hashes

from orchestration.lib.paths import REPO, Home

YML = """
system: corner_shop
description: A shop that keeps its books in a spreadsheet, and one day in PostgreSQL.
company: corner
instances: {erp: corner, wms: corner_store}
extracted_at_sql: select max(sold_on)::timestamp from "shop.sale"
files:
  format: csv
  delimiter: '|'
  encoding: cp1252
  quote: ''
  header: false
  columns:
    shop.ware: [code, label, cost]
    shop.sale: [id, code, pieces, sold_on]
tables:
  shop.ware: {}
  shop.sale: {cursor: id, overlap: 100, key: [id]}
"""
SELECTS = {
    "divisions": "select 'corner' as division_code, (select company_code from connector) as company_code, "
    "'EUR' as company_currency, 'EUR' as currency",
    "locations": "select 'corner_store' as location_code, 'Europe/Paris' as time_zone",
    "items": "select code as item_code, label as description, 'EA' as base_uom from \"shop.ware\"",
    "item_costs": "select code as item_code, 'standard' as cost_method, cost::varchar as unit_cost, 'EUR' as currency, "
    "date '2026-01-01' as valid_from from \"shop.ware\"",
    "movements": "select id::varchar as event_id, 'sales_issue' as event_type, code as item_code, "
    "-pieces::decimal(18, 4) as qty, 'EA' as uom, sold_on::timestamp as occurred_at, sold_on::timestamp as recorded_at "
    'from "shop.sale"',
}
WARES = [("007", "Café crème", "1.25"), ("1E5", 'Brûlée 3" dish', "0.50")]
SALES = [(1, "007", "2", "2026-02-01 09:00:00"), (2, "1E5", "1", "2026-02-02 10:30:00")]
TRACKED = ("models", "orchestration", "expectations", "reports", "connectors")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the checkout with the new connector in it."""
    copy = tmp_path / "checkout"
    copy.mkdir()
    for name in TRACKED:
        shutil.copytree(REPO / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    folder = copy / "connectors" / "corner_shop"
    folder.mkdir()
    (folder / "_connector.yml").write_text(YML)
    for entity, query in SELECTS.items():
        (folder / f"{entity}.sql").write_text(query)
    return copy


def command(checkout: Path, home: Home, *arguments: str, **variables: str) -> str:
    """`python -m orchestration ...` of the copy, on a home of its own; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "orchestration", *arguments],
        cwd=checkout,
        env=environment_of(home) | {"PYTHONPATH": str(checkout)} | variables,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_fourth_system_is_a_folder_of_connectors_and_no_other_change(checkout, home, database: Database, tmp_path):
    before = tree_hashes(checkout)
    extracts = tmp_path / "extracts"
    extracts.mkdir()
    (extracts / "shop.ware.csv").write_bytes("".join("|".join(row) + "\r\n" for row in WARES).encode("cp1252"))
    (extracts / "shop.sale.csv").write_bytes(
        "".join("|".join(map(str, row)) + "\r\n" for row in SALES).encode("cp1252")
    )
    landed = command(checkout, home, "land", "--connector", "corner_shop", "--source", str(extracts))
    assert "5 batches are in" in landed
    accepted = command(checkout, home, "accept")
    for entity, rows in {"erp.items": 2, "erp.item_costs": 2, "wms.movements": 2, "erp.divisions": 1}.items():
        assert f"{entity}: {rows} rows in 1 batches, {rows} loaded, 0 deduplicated, 0 quarantined" in accepted

    database.run(
        "create schema shop",
        "create table shop.ware (code text, label text, cost numeric(10, 2))",
        "create table shop.sale (id int, code text, pieces int, sold_on timestamp)",
    )
    with database.connect() as connection:
        connection.cursor().executemany("insert into shop.ware values (%s, %s, %s)", WARES)
        connection.cursor().executemany("insert into shop.sale values (%s, %s, %s, %s)", SALES)
    dsn = {"LEADLAG_SOURCE_DSN": database.dsn}
    again = command(checkout, home, "land", "--connector", "corner_shop", **dsn)
    assert again.count("no news") == 5 and "0 batches are in" in again, "the same rows, by another way"
    database.run("insert into shop.sale values (3, '007', 5, '2026-02-03 08:00')")
    assert "wms/corner_store/movements/20260203T080000" in command(
        checkout, home, "land", "--connector", "corner_shop", **dsn
    )
    assert "wms.movements: 3 rows in 2 batches, 3 loaded" in command(checkout, home, "accept")
    assert tree_hashes(checkout) == before
    assert os.environ.get("LEADLAG_SOURCE_DSN") is None
