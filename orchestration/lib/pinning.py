"""The pinned set: one folder that holds exactly the accepted rows a run reads, swapped as a whole.

Here: its layout `<source>/<entity>/*.parquet` (hard links to accepted batches, one empty typed file per entity), the
record entities about files, quarantined rows and batches, and the atomic move of the `pinned` symlink. Not here: which
batches belong to it (accepting.py). Files are named and rows sorted by batch, so equal pins have equal content.
"""

from __future__ import annotations

import os
import shutil
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib import landing
from orchestration.lib.contracts import Contract
from orchestration.lib.paths import Home
from orchestration.lib.validator import BatchResult, Validator

PIN = "_pin.json"
EMPTY = "_empty.parquet"
ROWS = "rows.parquet"
DRAFT = ".draft-pin-"


@dataclass(frozen=True)
class PinnedBatch:
    """A batch of the pinned set with its result and the folder that holds its accepted Parquet."""

    batch: landing.Batch
    result: BatchResult
    folder: Path


@dataclass(frozen=True)
class Pin:
    """The pinned set of a run: its hash, its cut-off (naive UTC, None when empty) and its batches in order of id."""

    pin_hash: str
    as_of: datetime | None
    batches: tuple[PinnedBatch, ...]


def swap_in(home: Home, pin: Pin, contracts: dict[tuple[str, str], Contract]) -> None:
    """Make `accepted/pinned` this pin. Does nothing when it is already; keeps the pin before it for open readers."""
    pins = home.accepted / "pins"
    folder = pins / pin.pin_hash[:32]
    current = home.pinned.resolve() if home.pinned.is_symlink() else None
    if current == folder.resolve() and (folder / PIN).is_file():
        return
    pins.mkdir(parents=True, exist_ok=True)
    if not (folder / PIN).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        draft = home.accepted / f"{DRAFT}{uuid.uuid4().hex}"
        _lay_out(draft, pin, contracts)
        draft.rename(folder)
    pointer = home.accepted / f"{DRAFT}link-{uuid.uuid4().hex}"
    pointer.symlink_to(Path("pins") / folder.name, target_is_directory=True)
    pointer.replace(home.pinned)
    for other in pins.iterdir():
        if other.resolve() not in (folder.resolve(), current):
            shutil.rmtree(other, ignore_errors=True)


def _lay_out(folder: Path, pin: Pin, contracts: dict[tuple[str, str], Contract]) -> None:
    for (source, entity), contract in contracts.items():
        place = folder / source / entity
        place.mkdir(parents=True)
        pq.write_table(contract.accepted_schema.empty_table(), place / EMPTY, store_schema=False)
    for pinned in pin.batches:
        place = folder / pinned.batch.source / pinned.batch.entity
        for part in pinned.result.parts:
            _link(pinned.folder / part, place / f"{pinned.batch.instance}~{pinned.batch.name}~{part}")
    for entity, rows in (
        ("file_accounts", _file_accounts(pin)),
        ("quarantined_rows", _quarantined_rows(pin)),
        ("pinned_batches", _pinned_batches(pin)),
    ):
        contract = contracts.get(("audit", entity))
        if contract and rows:
            table = pa.Table.from_pylist(rows, schema=contract.accepted_schema)
            pq.write_table(table, folder / "audit" / entity / ROWS, compression="zstd", store_schema=False)
    body = {
        "pin_hash": pin.pin_hash,
        "as_of": landing.iso_utc(pin.as_of) if pin.as_of else None,
        "batches": [{"batch_id": p.batch.batch_id, "manifest_hash": p.batch.manifest_hash} for p in pin.batches],
    }
    landing.write_json(folder / PIN, body, fsync=False)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links, or its limit of links to one file
        shutil.copyfile(source, target)


def _about(pinned: PinnedBatch, file: str, row: int) -> dict:
    """Columns that every record about a batch shares, the meta columns of accepted rows included."""
    batch, extracted_at = pinned.batch, pinned.result.extracted_at
    names = {
        "batch_id": batch.batch_id,
        "source": batch.source,
        "instance": batch.instance,
        "entity": batch.entity,
        "extracted_at": extracted_at,
    }
    meta = {"_batch_id": batch.batch_id, "_instance": batch.instance, "_extracted_at": extracted_at}
    return names | meta | {"_file": file, "_row": row}


def _file_accounts(pin: Pin) -> list[dict]:
    rows = [
        _about(pinned, account.file, number) | vars(account)
        for pinned in pin.batches
        for number, account in enumerate(pinned.result.accounts, start=1)
    ]
    return sorted(rows, key=lambda row: (row["file"], row["_row"]))


def _quarantined_rows(pin: Pin) -> list[dict]:
    rows = []
    for pinned in pin.batches:
        if pinned.result.has_quarantine:
            held = pq.read_table(pinned.folder / Validator.QUARANTINED).to_pylist()
            rows += [row | _about(pinned, row["file"], number) for number, row in enumerate(held, start=1)]
    return sorted(rows, key=lambda row: (row["batch_id"], row["_row"]))


def _pinned_batches(pin: Pin) -> list[dict]:
    rows = [
        _about(pinned, f"{pinned.batch.batch_id}/{landing.MANIFEST}", 1) | {"manifest_hash": pinned.batch.manifest_hash}
        for pinned in pin.batches
    ]
    return sorted(rows, key=lambda row: row["batch_id"])
