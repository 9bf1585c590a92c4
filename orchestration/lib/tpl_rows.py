"""Rows of a provider's API on their way to landing batches: nothing is judged here, and nothing is left out.

Here: a row as plain text columns, the landing of a file of them, and the holes in what has landed. Not here: HTTP and
the pipeline (tpl_api.py), the judgement of rows (validator.py). A row with a field that the contract does not know
keeps all its fields and lands in a batch of its own, which the validator holds back as a whole: neither the field nor
the row is lost, and the good rows beside it load.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib import landing
from orchestration.lib.contracts import Contract
from orchestration.lib.paths import Home

POSITION, AS_OF, RAW = "_position", "_as_of", "_raw"
_PRIVATE_USE = ("\ue000", "\uf8ff")  # dlt marks types by a first character of this range


def text_of(value: object) -> str | None:
    """A JSON value as the text that the validator reads; numbers as they were written."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)


def transport(row: object, contract: Contract, rename: dict[str, str]) -> dict[str, object]:
    """The row as text columns of the contract, or whole as JSON in RAW when it has other fields or odd text.

    rename: field of the provider -> column of the contract.
    """
    if not isinstance(row, dict):
        row = {"value": row}
    position, as_of = row.pop(POSITION, 0), row.pop(AS_OF, None)
    named = {rename.get(name, name): value for name, value in row.items()}
    columns = {column.name for column in contract.columns}
    plain = named.keys() <= columns and len(named) == len(row)
    texts = {name: text_of(value) for name, value in named.items()} if plain else {}
    if not plain or any(t and _PRIVATE_USE[0] <= t[0] <= _PRIVATE_USE[1] for t in texts.values()):
        texts = {RAW: json.dumps(named if len(named) == len(row) else row, ensure_ascii=True)}
    return texts | {POSITION: position, AS_OF: as_of}


def land_file(home: Home, provider: str, contract: Contract, path: Path) -> list[str]:
    """Land one Parquet file of transported rows; returns the ids of its batches, those that were there included.

    The name of a batch is the moment of the extract and a hash of its rows, so that the same rows again, after a crash
    say, are the same batch. A snapshot that says what the latest one says lands nothing.
    """
    rows = pq.read_table(path).to_pylist()
    known = [column.name for column in contract.columns]
    extracted_at = max((row[AS_OF] for row in rows if row.get(AS_OF)), default=None)
    if not rows or extracted_at is None:
        return []
    good, drifted = [], []
    for row in rows:
        fields = json.loads(row[RAW]) if row.get(RAW) else {name: row.get(name) for name in known}
        fields = {name: text_of(value) for name, value in fields.items()}
        (good if fields.keys() <= set(known) else drifted).append(fields)
    ids = []
    for part, names in ((good, known), *_by_fields(drifted)):
        if part:
            table = pa.table({n: pa.array([row.get(n) for row in part], pa.string()) for n in names})
            ids += _land(home, provider, contract, table, datetime.fromisoformat(extracted_at))
    return ids


def _by_fields(rows: list[dict]) -> list[tuple[list[dict], list[str]]]:
    """Drifted rows by the set of their fields: each set is a file of its own, so that a reader sees what changed."""
    kinds: dict[tuple[str, ...], list[dict]] = {}
    for row in rows:
        kinds.setdefault(tuple(sorted(row)), []).append(row)
    return [(part, list(names)) for names, part in sorted(kinds.items())]


def _land(home: Home, provider: str, contract: Contract, table: pa.Table, extracted_at: datetime) -> list[str]:
    digest = hashlib.sha256(json.dumps([table.column_names, *table.to_pydict().values()]).encode()).hexdigest()[:16]
    name = f"{extracted_at:%Y%m%dT%H%M%SZ}-{digest}"
    if contract.kind == "snapshot":
        before = [batch.name for batch in batches(home, provider, contract.entity)]
        if before and max(before).endswith(digest):
            return []
    landing.write_batch(
        home.landing, contract.source, provider, contract.entity, name, table, extracted_at, contract=contract
    )
    return [f"{contract.source}/{provider}/{contract.entity}/{name}"]


def batches(home: Home, provider: str, entity: str) -> Iterator[landing.Batch]:
    """Batches of one entity of a provider that have landed and are not withdrawn."""
    withdrawn = landing.withdrawn_batches(home)
    folder = home.landing / "tpl" / provider / entity
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        batch = landing.Batch("tpl", provider, entity, path.name, path, "")
        if (path / landing.MANIFEST).is_file() and batch.batch_id not in withdrawn:
            yield batch


def sequence_numbers(home: Home, provider: str, entity: str) -> set[int]:
    """Every whole sequence_no that has landed, held back or not."""
    found: set[int] = set()
    for batch in batches(home, provider, entity):
        for path in batch.folder.glob("*.parquet"):
            if "sequence_no" in pq.read_schema(path).names:
                numbers = pq.read_table(path, columns=["sequence_no"])["sequence_no"].to_pylist()
                found.update(int(n) for n in numbers if n is not None and str(n).isdecimal())
    return found


def holes(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """(first, last) of each run of numbers missing between two that are there, the latest first."""
    there = sorted(set(numbers))
    found = [(a + 1, b - 1) for a, b in pairwise(there) if b > a + 1]
    return found[::-1]
