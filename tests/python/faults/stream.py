"""A landed stream that a test may bend, and the marts that come of it beside those of the clean one.

Here: copies of the clean home, batches read and written again by hand, comparison of marts. Not here: any fault.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.contracts import load_contracts
from orchestration.lib.landing import write_batch
from orchestration.lib.paths import REPO, Home
from orchestration.lib.sql import literal
from tests.python.compiled import Project, tables

SUBJECTS = ("core", "visibility")
# What these hold is the very history of delivery that a fault changes; everything else must be the same.
ACCOUNTS = {
    "fct_conflicting_delivery",
    "fct_delivery_account",
    "fct_feed",
    "fct_feed_event",
    "fct_feed_latency",
    "fct_held_back_movement",
    "fct_ingestion_run",
    "fct_landed_file",
    "fct_ledger_account",
    "fct_newest_event",
    "fct_quarantined_row",
    "fct_row_account",
    "fct_row_rejection",
    "fct_source_freshness",
    "fct_steward_worklist",
    "int_visibility__feed_latency_event",
    "int_visibility__master_break",
    "int_visibility__use_case_latency",
    "int_visibility__worklist_row",
    "kpi_reporting_topology",
}


@dataclass
class Stream:
    """A landing area below `home` that is the test's own; batches are named `<source>/<instance>/<entity>/<batch>`."""

    home: Home

    def rows(self, batch: str) -> list[dict]:
        """The rows of a landed batch."""
        (path,) = (self.home.landing / batch).glob("*.parquet")
        return pq.read_table(path).to_pylist()

    def batches(self, entity: str) -> list[str]:
        """The batches of `<source>/<instance>/<entity>`, in order of their names."""
        return [f"{entity}/{folder.name}" for folder in sorted((self.home.landing / entity).iterdir())]

    def write(self, batch: str, rows: list[dict], at: datetime, fmt: str = "parquet") -> None:
        """Land a batch, in place of the one of that name if there is one."""
        source, instance, entity, name = batch.split("/")
        shutil.rmtree(self.home.landing / batch, ignore_errors=True)
        contract = load_contracts(REPO)[source, entity]
        schema = pa.schema([(c.name, pa.null()) for c in contract.columns]) if not rows else None
        table = pa.Table.from_pylist(rows, schema) if rows else pa.table({n: [] for n in schema.names})
        kept = table.select([n for n in table.column_names if not n.startswith("_")])
        write_batch(self.home.landing, source, instance, entity, name, kept, at, fmt=fmt, contract=contract)

    def change(self, batch: str, change: Callable[[list[dict]], list[dict]]) -> None:
        """Land a batch anew with its rows changed, extracted when it was."""
        self.write(batch, change(self.rows(batch)), self.extracted_at(batch))

    def extracted_at(self, batch: str) -> datetime:
        """When the batch was extracted."""
        text = (self.home.landing / batch / "_manifest.json").read_text(encoding="utf-8")
        moment = text.split('"extracted_at": "')[1].split('"')[0]
        return datetime.fromisoformat(moment.replace("Z", "+00:00"))


@dataclass
class Clean:
    """The clean home, its marts in a database file, and the project that made them."""

    home: Home
    project: Project
    database: Path

    def copy(self, root: Path) -> Stream:
        """A stream of one's own: landing copied, what was accepted kept so that only changes are validated."""
        home = Home.at(root).make()
        for name in ("landing", "accepted"):
            shutil.rmtree(home.root / name, ignore_errors=True)
            shutil.copytree(self.home.root / name, home.root / name, symlinks=True, copy_function=_link)
        return Stream(home)

    @contextmanager
    def marts(self, stream: Stream):
        """A connection to the marts of the stream, with those of the clean one attached as `clean`."""
        with self.project.run(stream.home) as connection:
            connection.execute(f"attach {literal(str(self.database))} as clean (read_only)")
            yield connection
            connection.execute("detach clean")


def _link(source: str, target: str) -> str:
    os.link(source, target)
    return target


def differences(marts: duckdb.DuckDBPyConnection, apart: Iterable[str] = ()) -> dict[str, int]:
    """Mart -> rows of one side only, lineage (`_meta...`) left out; empty when all are the same."""
    found = {}
    for schema, table in tables(marts, SUBJECTS):
        if table in ACCOUNTS or table in apart:
            continue
        columns = [c[0] for c in marts.execute(f"describe {schema}.{table}").fetchall() if not c[0].startswith("_meta")]
        listed = ", ".join(f'"{column}"' for column in columns)
        ours, theirs = (f"select {listed} from {db}{schema}.{table}" for db in ("", "clean."))
        (rows,) = marts.execute(
            f"select (select count(*) from ({ours} except all {theirs}))"
            f" + (select count(*) from ({theirs} except all {ours}))"
        ).fetchone()
        if rows:
            found[f"{schema}.{table}"] = rows
    return found


def one(marts: duckdb.DuckDBPyConnection, query: str) -> object:
    """The one value of a query."""
    return marts.execute(query).fetchone()[0]


def all_rows_accounted(marts: duckdb.DuckDBPyConnection) -> None:
    """Rows in = loaded + deduplicated + quarantined per file, and no accepted movement is lost on its way."""
    assert one(marts, "select count(*) from visibility.fct_row_account where rows_unaccounted <> 0") == 0
    assert one(marts, "select count(*) from core.fct_delivery_account where unaccounted_row_count <> 0") == 0


def later(moment: datetime, **delta: float) -> datetime:
    """The moment moved on, in UTC."""
    return moment.astimezone(UTC) + timedelta(**delta)
