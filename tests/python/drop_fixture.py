"""What people drop, and readers of what became of it, for the tests of the drop folder.

Here: rows, files and looks. Not here: any expectation but that a refusal is told and kept.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from orchestration.lib import drop_folder
from orchestration.lib.drop_folder import Dropped
from orchestration.lib.landing import iter_batches
from orchestration.lib.paths import Home

COUNT = {"count_id": "c1", "item_code": "1E5", "uom": "EA", "book_qty": "10", "counted_qty": "9.5",
         "counted_at": "2026-06-30T21:30:00Z"}  # fmt: skip
NAME = "counts_CHI1_20260630.csv"


def counts(number: int = 2, **changes: object) -> list[dict]:
    return [COUNT | {"count_id": f"c{n}"} | changes for n in range(1, number + 1)]


def drop(home: Home, content: bytes, name: str = NAME, site: str = "CHI1") -> Path:
    folder = home.drop / "cycle_counts" / site
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def look(home: Home, settle=lambda: None) -> list[Dropped]:
    return drop_folder.look(home, settle=settle)


def one(home: Home) -> Dropped:
    [told] = look(home)
    return told


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir() and p.name != ".lock")


def landed_rows(home: Home) -> list[dict]:
    return [
        row
        for batch in iter_batches(home)
        for file in sorted(batch.folder.glob("*.parquet"))
        for row in pq.read_table(file).to_pylist()
    ]


def refused(home: Home, told: Dropped) -> str:
    """Rule of a refusal, after checking that nothing landed and that the reason lies beside the untouched file."""
    assert told.outcome == "refused" and list(iter_batches(home)) == []
    folder = home.drop / "refused" / "cycle_counts" / told.site
    [reason] = folder.glob("*.reason.txt")
    assert (folder / reason.name.removesuffix(".reason.txt")).exists() or "link" in told.rule
    lines = dict(line.split(": ", 1) for line in reason.read_text(encoding="utf-8").splitlines())
    assert set(lines) == {"file", "rule", "what to do"} and lines["rule"] == told.rule
    assert not files(home.drop / "cycle_counts")
    return told.rule
