"""How long each batch took to become readable, recorded as a landing batch of audit.ingestion_runs for the next run.

Here: which batches a run made readable first, and their times, which are the times of files: a manifest's (landed), an
acceptance's (accepted), a publication's (published). No clock is read, so a run that was killed after publishing tells
the same times when it is run again. Not here: what latency means (models/marts/visibility).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib import landing
from orchestration.lib.accepting import accepted_result, result_file
from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.paths import Home
from orchestration.lib.sql import utc_naive

SOURCE, ENTITY = "audit", "ingestion_runs"
CENTRAL, EDGE = "central", "edge"
_MILLI = Decimal("0.001")


def record_runs(
    home: Home,
    reader: Home,
    batches: Sequence[landing.Batch],
    path: str,
    generation: str,
    published: Path,
    seconds: float,
) -> Path | None:
    """Land one row per batch that `path` made readable for the first time, and return the folder; None without any.

    home: where the record lands. reader: the home whose acceptance and publication are told: `home` itself, or a
    site's. batches: what the run read. generation: what it published; published: the file whose time says when.
    seconds: how long the run took.
    """
    instance = path if reader == home else f"{path}-{reader.root.name}"
    known = _recorded(home, instance)
    news = [batch for batch in batches if batch.source != SOURCE and batch.batch_id not in known]
    if not news:
        return None
    published_at = _time_of(published)
    rows = []
    for batch in news:
        result = accepted_result(reader, batch)
        rows.append(
            {
                "batch_id": batch.batch_id,
                "extracted_at": utc_naive(result.extracted_at),
                "landed_at": _time_of(batch.folder / landing.MANIFEST),
                "accepted_at": _time_of(result_file(reader, batch)),
                "published_at": published_at,
                "rows": sum(account.rows_loaded for account in result.accounts),
                "seconds": Decimal(str(seconds)).quantize(_MILLI),
                "path": path,
                "generation": generation,
            }
        )
    contract = load_contracts(home.repo)[SOURCE, ENTITY]
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    table = pa.Table.from_pylist(rows, schema=schema)
    told = hashlib.sha256("\n".join(row["batch_id"] for row in rows).encode()).hexdigest()
    name = f"{generation}-{told[:8]}"
    return landing.write_batch(home.landing, SOURCE, instance, ENTITY, name, table, published_at, contract=contract)


def _recorded(home: Home, instance: str) -> set[str]:
    """Batches that earlier records of this path tell of, withdrawn records too: the first time counts."""
    folder = home.landing / SOURCE / instance / ENTITY
    files = sorted(folder.glob(f"*/{ENTITY}.parquet")) if folder.is_dir() else []
    return {name for file in files for name in pq.read_table(file, columns=["batch_id"])["batch_id"].to_pylist()}


def _time_of(file: Path) -> datetime:
    """When a file was last written, naive UTC, to the microsecond."""
    nanoseconds = file.stat().st_mtime_ns
    moment = datetime.fromtimestamp(nanoseconds // 1_000_000_000, UTC).replace(tzinfo=None)
    return moment.replace(microsecond=nanoseconds // 1_000 % 1_000_000)
