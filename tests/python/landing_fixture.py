"""Senders for tests of landing: batches written by hand, so that any fault can be in them, and readers of the outcome.

Nothing here goes through write_batch: what an outside system sends must not depend on our own writer.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.contracts import Contract
from orchestration.lib.landing import Batch, file_sha256
from orchestration.lib.paths import Home
from orchestration.lib.sql import connect
from orchestration.lib.validator import FileAccount, Validator

EXTRACTED_AT = "2026-03-01T06:00:00Z"
SAID_OF_ITSELF = (
    "validation_results", "validation_locations", "ingestion_runs", "kpi_values", "closed_kpi_values", "record_flags",
)  # fmt: skip
"""Entities of source audit that the warehouse lands about its own runs: in the account, but in no mart of files."""
MOVEMENT = {
    "event_id": "e1",
    "event_type": "receipt",
    "item_code": "1E5",
    "qty": "12.5",
    "uom": "EA",
    "occurred_at": "2026-03-01T05:00:00Z",
    "recorded_at": "2026-03-01T05:00:01Z",
}


def movements(count: int, **changes: object) -> list[dict]:
    """So many good movements, each with its own event_id, with some values changed in all of them."""
    return [MOVEMENT | {"event_id": f"e{n}"} | changes for n in range(1, count + 1)]


def csv_bytes(rows: list[dict], *, newline: str = "\n", delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """CSV with a header, as a sender would write it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), delimiter=delimiter, lineterminator=newline)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def parquet_bytes(table: pa.Table) -> bytes:
    """Parquet of an Arrow table."""
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def send(
    home: Home,
    files: dict[str, bytes],
    rows: int | dict[str, int],
    /,
    path: str = "wms/site/movements/b1",
    **manifest: object,
) -> Batch:
    """Put files and a manifest that describes them truly, but for what `manifest` overrides."""
    source, instance, entity, name = path.split("/")
    folder = home.landing / path
    folder.mkdir(parents=True)
    listed = []
    for file, content in files.items():
        (folder / file).write_bytes(content)
        count = rows[file] if isinstance(rows, dict) else rows
        listed.append({"name": file, "sha256": hashlib.sha256(content).hexdigest(), "rows": count})
    body = {
        "source": source,
        "instance": instance,
        "entity": entity,
        "contract_version": 1,
        "batch": name,
        "extracted_at": EXTRACTED_AT,
        "files": listed,
        "min_event_at": None,
        "max_event_at": None,
    } | manifest
    (folder / "_manifest.json").write_text(json.dumps(body), encoding="utf-8")
    return Batch(source, instance, entity, name, folder, file_sha256(folder / "_manifest.json"))


class Judge:
    """A validator on a connection of its own, that gives the outcome of a batch as plain Python."""

    def __init__(self, contracts: dict[tuple[str, str], Contract], landing: Path, out: Path) -> None:
        self.connection = connect(preserve_order=True)
        self.contracts, self.landing, self.out = contracts, landing, out

    def __call__(self, batch: Batch) -> tuple[tuple[FileAccount, ...], list[dict], list[dict]]:
        """(accounts of the files, accepted rows, quarantined rows), after checking that they add up."""
        out = self.out / batch.batch_id.replace("/", "~")
        out.mkdir(parents=True)
        result = Validator(self.connection, self.contracts, self.landing).validate(batch, out)
        for account in result.accounts:
            parts = account.rows_loaded, account.rows_deduplicated, account.rows_quarantined
            assert account.rows_in == sum(parts) and min(parts) >= 0
        rows = [row for part in result.parts for row in pq.read_table(out / part).to_pylist()]
        assert len(rows) == sum(a.rows_loaded for a in result.accounts)
        held = pq.read_table(out / Validator.QUARANTINED).to_pylist() if result.has_quarantine else []
        assert sum(h["row_count"] for h in held) == sum(a.rows_quarantined for a in result.accounts)
        return result.accounts, rows, held


def pinned_rows(home: Home, source: str, entity: str) -> list[dict]:
    """All rows of an entity in the pinned set, in order of batch and row."""
    tables = [pq.read_table(p) for p in sorted((home.pinned / source / entity).glob("*.parquet"))]
    rows = pa.concat_tables(tables).to_pylist()
    return sorted(rows, key=lambda row: (row["_batch_id"], row["_file"], row["_row"]))


def tree_hashes(folder: Path) -> dict[str, str]:
    """Path below folder -> sha256, for every file in it."""
    return {str(p.relative_to(folder)): file_sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}
