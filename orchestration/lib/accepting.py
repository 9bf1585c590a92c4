"""Acceptance: validate what is new in landing and pin the set of accepted batches that a run reads.

Here: the cache of validated batches, and what an acceptance did. Not here: how a batch is validated (validator.py) or
how the pinned folder is laid out and swapped (pinning.py). Killed at any moment, the next call finishes the work: every
result and every pin appears by one rename.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.lib import landing, pinning, sql
from orchestration.lib.contracts import Contract, contracts_hash, load_contracts
from orchestration.lib.lock import writer_lock
from orchestration.lib.paths import Home
from orchestration.lib.validator import VERSION, BatchResult, Validator

RESULT = "_result.json"
DRAFT = ".draft-"
NO_NEWS_OF_STOCK = frozenset({"audit", "baseline", "steward"})
"""Sources that tell what was found, reckoned or decided: however late they come, the data reaches no further."""


@dataclass
class EntityCounts:
    """Batches and rows of one pinned entity; rows_in = rows_loaded + rows_deduplicated + rows_quarantined."""

    batches: int = 0
    rows_in: int = 0
    rows_loaded: int = 0
    rows_deduplicated: int = 0
    rows_quarantined: int = 0


@dataclass(frozen=True)
class Acceptance:
    """What is pinned. as_of: naive UTC, None when nothing has landed; validated: batches checked by this very call."""

    pin_hash: str
    as_of: datetime | None
    entities: dict[tuple[str, str], EntityCounts] = field(default_factory=dict)
    pinned: int = 0
    withdrawn: int = 0
    validated: int = 0


def accept(home: Home, progress: Callable[[str], None] | None = None) -> Acceptance:
    """Validate the batches not yet validated under the present contracts, pin all that are not withdrawn.

    progress: called with one line per batch that is validated. Raises ContractError when a contract is at fault,
    LockHeldError when another process writes this home. A second call with nothing new changes no file.
    """
    home.make()
    with writer_lock(home.build / ".lock", timeout_seconds=30):
        return _accept(home, progress or (lambda line: None))


def _accept(home: Home, progress: Callable[[str], None]) -> Acceptance:
    contracts = load_contracts(home.repo)
    _clean(home)
    batches = list(landing.iter_batches(home))
    chosen = [batch for batch in batches if not batch.is_withdrawn]
    results: dict[str, BatchResult] = {}
    missing: list[tuple[landing.Batch, str]] = []
    for batch in chosen:
        key = _key(batch, contracts.get((batch.source, batch.entity)))
        known = _known(_result_folder(home, batch), key)
        if known is None:
            missing.append((batch, key))
        else:
            results[batch.batch_id] = known
    if missing:
        results |= _validate(home, contracts, missing, progress)
    pin = pinning.Pin(
        pin_hash=_pin_hash(chosen, contracts),
        as_of=_as_of(chosen, results),
        batches=tuple(pinning.PinnedBatch(b, results[b.batch_id], _result_folder(home, b)) for b in chosen),
    )
    pinning.swap_in(home, pin, contracts)
    counts: dict[tuple[str, str], EntityCounts] = {}
    for batch in chosen:
        entity = counts.setdefault((batch.source, batch.entity), EntityCounts())
        entity.batches += 1
        for account in results[batch.batch_id].accounts:
            entity.rows_in += account.rows_in
            entity.rows_loaded += account.rows_loaded
            entity.rows_deduplicated += account.rows_deduplicated
            entity.rows_quarantined += account.rows_quarantined
    return Acceptance(pin.pin_hash, pin.as_of, counts, len(chosen), len(batches) - len(chosen), len(missing))


def result_file(home: Home, batch: landing.Batch) -> Path:
    """The file in which the acceptance of a batch is kept; its time says when the batch was accepted."""
    return _result_folder(home, batch) / RESULT


def accepted_result(home: Home, batch: landing.Batch) -> BatchResult:
    """What the acceptance of a pinned batch came to. OSError when it was not accepted."""
    return BatchResult.from_json(json.loads(result_file(home, batch).read_text(encoding="utf-8")))


def _validate(
    home: Home,
    contracts: dict[tuple[str, str], Contract],
    missing: list[tuple[landing.Batch, str]],
    progress: Callable[[str], None],
) -> dict[str, BatchResult]:
    results = {}
    spill = home.accepted / f"{DRAFT}spill"
    connection = sql.connect(temp_directory=spill, preserve_order=True)
    try:
        validator = Validator(connection, contracts, home.landing)
        for number, (batch, key) in enumerate(missing, start=1):
            result = results[batch.batch_id] = _validate_one(home, validator, batch, key)
            rows = sum(a.rows_in for a in result.accounts)
            held = sum(a.rows_quarantined for a in result.accounts)
            note = f", {held} quarantined" if held or result.has_quarantine else ""
            progress(f"[{number}/{len(missing)}] {batch.batch_id}: {rows} rows{note}")
    finally:
        connection.close()
        shutil.rmtree(spill, ignore_errors=True)
    return results


def _validate_one(home: Home, validator: Validator, batch: landing.Batch, key: str) -> BatchResult:
    draft = home.accepted / f"{DRAFT}{uuid.uuid4().hex}"
    draft.mkdir()
    result = validator.validate(batch, draft)
    sizes = {name: (draft / name).stat().st_size for name in result.parts}
    body = {"key": key, "batch_id": batch.batch_id, "sizes": sizes, **result.as_json()}
    landing.write_json(draft / RESULT, body, fsync=False)
    _publish_quarantine(home, validator, batch, draft, result)
    folder = _result_folder(home, batch)
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rename(home.accepted / f"{DRAFT}old-{uuid.uuid4().hex}")
    draft.rename(folder)
    return result


def _publish_quarantine(
    home: Home, validator: Validator, batch: landing.Batch, draft: Path, result: BatchResult
) -> None:
    """Show what was held back as JSON lines, for the sender; no file when nothing was."""
    path = home.quarantine / batch.source / batch.instance / batch.entity / f"{batch.name}.jsonl"
    if not result.has_quarantine:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = sql.file_literal(draft / Validator.QUARANTINED)
    lines = draft / "quarantined.jsonl"
    validator.connection.execute(f"copy (select * from read_parquet({rows})) to {sql.literal(lines)} (format json)")
    lines.replace(path)


def _known(folder: Path, key: str) -> BatchResult | None:
    """The cached result, or None when there is none for this key or a file of it is not as it was written."""
    try:
        body = json.loads((folder / RESULT).read_text(encoding="utf-8"))
        if body["key"] != key or any((folder / n).stat().st_size != size for n, size in body["sizes"].items()):
            return None
        return BatchResult.from_json(body)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _key(batch: landing.Batch, contract: Contract | None) -> str:
    text = f"{batch.manifest_hash} {contract.fingerprint if contract else 'no contract'} {VERSION}"
    return hashlib.sha256(text.encode()).hexdigest()


def _pin_hash(batches: list[landing.Batch], contracts: dict[tuple[str, str], Contract]) -> str:
    lines = sorted(f"{b.batch_id} {b.manifest_hash}" for b in batches)
    lines.append(f"contracts {contracts_hash(contracts)} validator {VERSION}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _as_of(batches: list[landing.Batch], results: dict[str, BatchResult]) -> datetime | None:
    """Cut-off of the pinned set: the latest extraction of a readable batch; audits and decisions do not count."""
    moments = [
        results[b.batch_id].extracted_at
        for b in batches
        if b.source not in NO_NEWS_OF_STOCK
        and all(a.file_rule in (None, "unlisted_file") for a in results[b.batch_id].accounts)
    ]
    return max(moments, default=None)


def _result_folder(home: Home, batch: landing.Batch) -> Path:
    return home.accepted / "batches" / batch.source / batch.instance / batch.entity / batch.name


def _clean(home: Home) -> None:
    """Remove what a killed acceptance left behind."""
    for leftover in home.accepted.glob(f"{DRAFT}*"):
        if leftover.is_symlink():
            leftover.unlink()
        else:
            shutil.rmtree(leftover, ignore_errors=True)
