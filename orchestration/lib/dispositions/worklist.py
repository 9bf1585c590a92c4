"""What stewards are asked: rows of visibility.fct_steward_worklist as a sheet, and the copy of it that is kept.

Here: reading the published worklist and issuing a sheet. Not here: file formats (files.py), reading a filled sheet
(reading.py). The copy of every issued sheet is what a filled one is compared with, so that it may come back after
later generations.
"""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from orchestration.lib.dispositions.cells import text_of
from orchestration.lib.generations import open_current
from orchestration.lib.landing import LandingError, write_json
from orchestration.lib.paths import Home

LOCKED = (
    "sheet_id", "worklist_id", "subject_kind", "sku_id", "sku_description", "location_id", "feed_name", "landed_file",
    "file_row_number", "rule_id", "rule_name", "severity", "opened_date", "open_days", "evidence", "observed_value",
    "threshold_value", "on_hand_qty", "at_stake_amount", "what_to_do", "owner", "last_verdict", "last_judged_by",
    "last_judged_at", "last_note", "verdict_options",
)  # fmt: skip
TO_FILL = ("verdict", "decided_by", "decided_at", "comment")
EXACT = ("sku_id", "location_id", "landed_file", "rule_id")
"""Columns that name the subject: the copy keeps them as published, whatever a sheet can show of them."""
NUMBERS = ("file_row_number", "open_days", "observed_value", "threshold_value", "on_hand_qty", "at_stake_amount")
_ROWS = f"""
    select {", ".join(LOCKED[1:])}
    from visibility.fct_steward_worklist
    where (? or worklist_status <> 'judged') and (? = '' or owner = ?) and (? = '' or location_id = ?)
    order by at_stake_amount desc nulls last, open_days desc, worklist_id
"""


@dataclass(frozen=True)
class Sheet:
    """An issued sheet. rows: the locked cells as text by column; left_off: subjects that the limit left out."""

    sheet_id: str
    generation: str
    rows: list[dict[str, str]]
    left_off: int


def issue(home: Home, *, owner: str = "", location: str = "", limit: int = 500, everything: bool = False) -> Sheet:
    """A sheet of what the published generation asks, most money first, of which the home keeps a copy.

    everything: those that were judged already too. The same question gives the same sheet. GenerationError when
    nothing is published; LandingError when the generation is older than the worklist.
    """
    with open_current(home) as opened:
        name = opened.generation.name
        if not _has_worklist(opened.connection):
            raise LandingError(f"generation {name} has no worklist yet: run `make refresh` first")
        asked = [everything, owner, owner, location, location]
        found = opened.connection.execute(_ROWS, asked).fetchall()
    told = [dict(zip(LOCKED[1:], map(text_of, row), strict=True)) for row in found[:limit]]
    mark = hashlib.sha256(json.dumps([name, told]).encode()).hexdigest()[:12]
    sheet = Sheet(f"S-{mark}", name, [{"sheet_id": f"S-{mark}"} | row for row in told], len(found) - len(told))
    folder = _issued(home)
    folder.mkdir(parents=True, exist_ok=True)
    exact = [dict(zip(LOCKED[1:], row, strict=True)) for row in found[:limit]]
    kept = [
        shown | {"exact": {name: row[name] for name in EXACT}} for shown, row in zip(sheet.rows, exact, strict=True)
    ]
    write_json(folder / f"{sheet.sheet_id}.json", {"generation": name, "rows": kept})
    return sheet


def issued_rows(home: Home, sheet_id: str) -> dict[str, dict] | None:
    """worklist_id -> locked cells of an issued sheet, its names as published under `exact`; None if unknown."""
    if not sheet_id.startswith("S-") or not sheet_id[2:].isalnum():
        return None
    path = _issued(home) / f"{sheet_id}.json"
    if not path.is_file():
        return None
    return {row["worklist_id"]: row for row in json.loads(path.read_text(encoding="utf-8"))["rows"]}


def asked_now(home: Home) -> set[str]:
    """worklist_id of everything that the published generation asks."""
    with open_current(home) as opened:
        if not _has_worklist(opened.connection):
            return set()
        found = opened.connection.execute("select worklist_id from visibility.fct_steward_worklist").fetchall()
    return {name for (name,) in found}


def meanings(repo: Path) -> list[dict[str, str]]:
    """The verdicts and what each means, from seeds/registry/steward_verdicts.csv."""
    with (repo / "seeds" / "registry" / "steward_verdicts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _issued(home: Home) -> Path:
    return home.root / "dispositions" / "issued"


def _has_worklist(connection: object) -> bool:
    found = connection.execute(
        "select count(*) from information_schema.tables "
        "where table_schema = 'visibility' and table_name = 'fct_steward_worklist'"
    ).fetchone()
    return bool(found[0])
