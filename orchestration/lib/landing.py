"""The landing area: how a batch is written, found and withdrawn.

Here: batch folders, manifests, tombstones. Not here: whether a batch is any good (validator.py) and which batches a run
reads (accepting.py). A batch is immutable and is there once its manifest is there; nothing in landing is ever deleted.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from orchestration.lib.contracts import Contract
from orchestration.lib.paths import Home
from orchestration.lib.sql import utc_naive

MANIFEST = "_manifest.json"
TOMBSTONES = "_tombstones"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class LandingError(ValueError):
    """A batch cannot be written, found or withdrawn; the message says what to do."""


@dataclass(frozen=True)
class Batch:
    """A batch that has landed: its four names, its folder, the sha256 of its manifest, and whether it is withdrawn."""

    source: str
    instance: str
    entity: str
    name: str
    folder: Path
    manifest_hash: str
    is_withdrawn: bool = False

    @property
    def batch_id(self) -> str:
        """Global id `<source>/<instance>/<entity>/<batch>`."""
        return f"{self.source}/{self.instance}/{self.entity}/{self.name}"


def write_batch(
    landing: Path,
    source: str,
    instance: str,
    entity: str,
    batch: str,
    table: pa.Table | pd.DataFrame,
    extracted_at: datetime,
    fmt: str = "parquet",
    contract: Contract | None = None,
) -> Path:
    """Write one batch of one file and return its folder; the manifest goes last, so a crash leaves no half batch.

    table: the rows as the source has them; they are not checked, which is the validator's work. extracted_at: when the
    source made the extract (naive means UTC). contract: gives contract_version (1 without) and the event time of
    min/max_event_at. The same content again changes nothing; other content under the same names is a LandingError.
    """
    for name in (source, instance, entity, batch):
        if not NAME.fullmatch(name):
            raise LandingError(f"{name!r} cannot name a batch: use letters, digits, '.', '_' and '-', letter first")
    if fmt not in ("parquet", "csv"):
        raise LandingError(f"format {fmt!r} is unknown: use parquet or csv")
    arrow = to_arrow(table)
    folder = landing / source / instance / entity / batch
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{entity}.{fmt}"
    draft = folder / f".{target.name}.{uuid.uuid4().hex}"
    try:
        _write_file(arrow, draft, fmt)
        first, last = _event_range(arrow, contract)
        manifest = {
            "source": source,
            "instance": instance,
            "entity": entity,
            "contract_version": contract.version if contract else 1,
            "batch": batch,
            "extracted_at": iso_utc(extracted_at),
            "files": [{"name": target.name, "sha256": file_sha256(draft), "rows": arrow.num_rows}],
            "min_event_at": first,
            "max_event_at": last,
        }
        if (folder / MANIFEST).exists():
            _same_or_fail(folder, manifest, draft, target, fmt)
            return folder
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    write_json(folder / MANIFEST, manifest)
    return folder


def iter_batches(home: Home) -> Iterator[Batch]:
    """All batches that have landed, in the order of their ids, withdrawn ones marked. No manifest: not there yet."""
    withdrawn = withdrawn_batches(home)
    for folder in _folders(home.landing, 4):
        manifest = folder / MANIFEST
        if not manifest.exists() and not manifest.is_symlink():
            continue
        source, instance, entity, name = folder.relative_to(home.landing).parts
        digest = file_sha256(manifest) if manifest.is_file() else hashlib.sha256(b"").hexdigest()
        batch = Batch(source, instance, entity, name, folder, digest)
        yield replace(batch, is_withdrawn=batch.batch_id in withdrawn)


def withdrawn_batches(home: Home) -> dict[str, str]:
    """Batch id -> reason of every tombstone. LandingError for a tombstone that cannot be read."""
    found = {}
    for path in sorted((home.landing / TOMBSTONES).glob("*.json")):
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            found[str(body["batch_id"])] = str(body["reason"])
        except (ValueError, KeyError, TypeError) as error:
            raise LandingError(f"tombstone {path} cannot be read ({error}): repair it or write it again") from error
    return found


def withdraw(home: Home, batch_id: str, reason: str) -> str:
    """Take a batch out of all later runs by a tombstone; nothing is deleted. Returns the global id.

    batch_id: the global id or the end of one, cut at a slash, that only one batch has. Withdrawing twice keeps the
    first reason. LandingError lists the candidates when none or several fit.
    """
    if not reason.strip():
        raise LandingError("a withdrawal needs a reason: say why, for whoever reads the tombstone")
    ids = [b.batch_id for b in iter_batches(home)]
    wanted = batch_id.strip().strip("/")
    fitting = [i for i in ids if i == wanted] or [i for i in ids if i.endswith("/" + wanted)]
    if len(fitting) != 1:
        near = fitting or difflib.get_close_matches(wanted, ids, n=5, cutoff=0.3)
        listed = "".join(f"\n  {i}" for i in near[:20]) or " none: the landing area holds no batch like it"
        what = f"{len(fitting)} batches end in" if fitting else "no batch is called"
        raise LandingError(f"{what} {batch_id!r}: give the whole id. Candidates:{listed}")
    found = fitting[0]
    tombstone = home.landing / TOMBSTONES / (found.replace("/", "~") + ".json")
    if not tombstone.exists():
        tombstone.parent.mkdir(parents=True, exist_ok=True)
        write_json(tombstone, {"batch_id": found, "reason": reason.strip()})
    return found


def to_arrow(table: pa.Table | pd.DataFrame) -> pa.Table:
    """The rows as an Arrow table without pandas metadata; a column of mixed Python types becomes text."""
    if isinstance(table, pa.Table):
        return table.replace_schema_metadata(None)
    arrays = []
    for position in range(table.shape[1]):
        series = table.iloc[:, position]
        try:
            arrays.append(pa.Array.from_pandas(series))
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            arrays.append(pa.array([None if pd.isna(v) else str(v) for v in series], pa.string()))
    return pa.Table.from_arrays(arrays, names=[str(name) for name in table.columns])


def iso_utc(moment: datetime) -> str:
    """ISO 8601 text in UTC ending in Z; microseconds only where there are any."""
    return utc_naive(moment).isoformat() + "Z"


def file_sha256(path: Path) -> str:
    """sha256 of a file's bytes as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, body: object, *, fsync: bool = True) -> None:
    """Write JSON under a draft name and move it into place, so that a reader sees all of it or nothing."""
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(body, file, indent=1, sort_keys=True)
        file.write("\n")
        if fsync:
            file.flush()
            os.fsync(file.fileno())
    draft.replace(path)
    if fsync:
        _sync_folder(path.parent)


def _folders(root: Path, depth: int) -> Iterator[Path]:
    if depth == 0:
        yield root
    elif root.is_dir():
        for child in sorted(root.iterdir()):
            if child.is_dir() and not child.name.startswith((".", "_")):
                yield from _folders(child, depth - 1)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_file(table: pa.Table, path: Path, fmt: str) -> None:
    with path.open("wb") as file:
        if fmt == "parquet":
            pq.write_table(table, file, compression="zstd", store_schema=False)
        else:
            pyarrow.csv.write_csv(table, file)
        file.flush()
        os.fsync(file.fileno())


def _event_range(table: pa.Table, contract: Contract | None) -> tuple[str | None, str | None]:
    column = contract.event_time if contract else None
    if not column or column not in table.column_names or not table.num_rows:
        return None, None
    try:
        times = table[column].cast(pa.timestamp("us", "UTC") if _has_zone(table[column].type) else pa.timestamp("us"))
        low, high = (pc.min_max(times)[k].as_py() for k in ("min", "max"))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OverflowError):  # the last: an infinite moment among them
        return None, None
    return (iso_utc(low), iso_utc(high)) if low is not None else (None, None)


def _has_zone(kind: pa.DataType) -> bool:
    return pa.types.is_timestamp(kind) and kind.tz is not None


def _same_or_fail(folder: Path, manifest: dict, draft: Path, target: Path, fmt: str) -> None:
    """The batch is there already: pass when it says the same, whatever version of the writer made its bytes."""
    there = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    same = {k: v for k, v in there.items() if k != "files"} == {k: v for k, v in manifest.items() if k != "files"}
    if same and there["files"] != manifest["files"]:
        same = fmt == "parquet" and target.is_file() and pq.read_table(target).equals(pq.read_table(draft))
    if not same:
        raise LandingError(
            f"{folder}: this batch has landed already with other content, and batches are immutable: "
            "send the correction under a new batch name, or withdraw this one first and then use a new name"
        )
