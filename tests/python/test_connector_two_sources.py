"""One connector, two sources: Wide World Importers from files and from a live PostgreSQL, by the same SELECTs.

The database is made here from the extracts, with the types that a database would have: whole numbers and exact decimals
where the extracts hold floats. Where there is no real data or no PostgreSQL the tests skip and say so.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from fixtures_postgres import Database
from landing_fixture import tree_hashes

from orchestration.lib.connectors import land_connector, load_connector
from orchestration.lib.paths import REPO, Home

_WHOLE = ("InvoiceID", "PurchaseOrderID", "SupplierID", "Barcode", "CustomerID")
_TYPES = {"BIGINT": "bigint", "VARCHAR": "text", "TIMESTAMP": "timestamp", "BOOLEAN": "boolean"}


def load(database: Database, source: Path, folder: Path) -> None:
    """Make the connector's tables in the database from the extracts in source, by way of files in folder."""
    for table in load_connector(REPO, "wide_world_importers").tables:
        schema, name = table.name.split(".")
        file = source / f"{table.name}.parquet"
        with duckdb.connect() as connection, database.connect() as live:
            described = connection.execute(f"describe from '{file}'").fetchall()
            kinds = {
                column: _TYPES.get(kind) or ("bigint" if column in _WHOLE else "numeric(18, 2)")
                for column, kind, *_ in described
            }
            picked = ", ".join(
                f'"{column}"::{"decimal(18, 2)" if kind.startswith("numeric") else "bigint"} as "{column}"'
                if kind in ("bigint", "numeric(18, 2)")
                else f'"{column}"'
                for column, kind in kinds.items()
            )
            csv = folder / f"{table.name}.csv"
            connection.execute(f"copy (select {picked} from '{file}') to '{csv}' (format csv, header false)")
            live.execute(f'create schema if not exists "{schema}"')
            columns = ", ".join(f'"{column}" {kind}' for column, kind in kinds.items())
            live.execute(f'create table "{schema}"."{name}" ({columns})')
            with (
                live.cursor().copy(f'copy "{schema}"."{name}" from stdin (format csv)') as copy,
                csv.open("rb") as rows,
            ):
                while block := rows.read(1 << 20):
                    copy.write(block)
            csv.unlink()


@pytest.fixture(scope="module")
def live(new_database, real_data, tmp_path_factory) -> Database:
    database = new_database()
    load(database, real_data / "wide_world_importers", tmp_path_factory.mktemp("csv"))
    return database


def contents(ids: list[str]) -> set[tuple[str, str]]:
    """Entity and content hash of each batch."""
    return {(batch.split("/")[2], batch[-10:]) for batch in ids}


def test_files_and_database_land_the_same_rows(live, real_data, tmp_path):
    files = land_connector("wide_world_importers", real_data / "wide_world_importers", Home.at(tmp_path / "files"))
    rows = land_connector("wide_world_importers", None, Home.at(tmp_path / "live"), dsn=live.dsn)
    assert len(files) == 15
    assert contents(rows) == contents(files)


def test_after_the_files_the_database_brings_no_news_but_what_has_changed_since(live, real_data, tmp_path):
    home = Home.at(tmp_path / "home")
    land_connector("wide_world_importers", real_data / "wide_world_importers", home)
    before = tree_hashes(home.landing)
    assert land_connector("wide_world_importers", None, home, dsn=live.dsn) == []
    assert tree_hashes(home.landing) == before
    live.run(
        """insert into "Warehouse"."StockItemTransactions" (
            "StockItemTransactionID", "StockItemID", "TransactionTypeID", "TransactionOccurredWhen", "Quantity",
            "LastEditedWhen"
        ) values (1000000, 1, 12, '2016-05-31 10:00', -3, '2016-05-31 11:00')"""
    )
    landed = land_connector("wide_world_importers", None, home, dsn=live.dsn)
    with duckdb.connect() as connection:
        rows = {
            batch.split("/")[2]: connection.execute(
                f"select count(*) from '{home.landing / batch}/*.parquet'"
            ).fetchone()
            for batch in landed
        }
    assert rows == {"movements": (1,)}
