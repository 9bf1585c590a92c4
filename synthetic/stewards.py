"""A data steward of the synthetic company, who judges what a generation asks, knows the truth and errs at times:
`python -m synthetic.stewards [--seed N]`, after a refresh of a home in which the simulator has landed its company.

Belongs here: who is right about which flag by the truth ledger, what the steward says of it, and the filled sheet. Does
not belong here: reading the sheet back (orchestration/lib/dispositions), which is what a person's sheet goes through
too. The draws are a stream of their own, `stewards`, and the warehouse never reads the truth that is written.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from orchestration.lib.dispositions import files, worklist
from orchestration.lib.dispositions.reading import Outcome, read_back
from orchestration.lib.generations import open_current
from orchestration.lib.landing import LandingError
from orchestration.lib.paths import Home
from synthetic.clock import stream

TRUTH = "dispositions.parquet"
_SUSPICIONS = ("DQ-P1", "DQ-P2", "DQ-P3")  # say that goods are gone: the shelf knows
_JUDGED, _MISSED, _CRIED, _MENDED, _MEANT = 0.8, 0.06, 0.04, 0.3, 0.05
_SLOWEST_DAYS = 14
_CONFIRMS = {"phantom": "confirmed_phantom", "stale": "confirmed_stale", "other": "confirmed_error"}


@dataclass(frozen=True)
class Judged:
    """A subject the steward judged. is_right: what is so; verdict: what was said; is_error: whether that misses it."""

    worklist_id: str
    sku_id: str
    location_id: str
    rule_id: str
    is_right: bool
    verdict: str
    is_error: bool
    decided_at: datetime


@dataclass(frozen=True)
class Ledger:
    """What the truth ledger knows, by (division, item, location): physical less recorded stock; planted rules."""

    gap: Mapping[tuple[str, str, str], int]
    planted: frozenset[tuple[str, str, str, str]]  # (division, item, location or "", rule)

    @classmethod
    def read(cls, folder: Path) -> Ledger:
        """The ledger that the simulator wrote to `folder`. LandingError when there is none."""
        if not (folder / "planted.parquet").is_file():
            raise LandingError(f"{folder} holds no truth: land a company with `python -m synthetic` first")
        stock = pq.read_table(folder / "physical_on_hand.parquet").to_pylist()
        faults = pq.read_table(folder / "planted.parquet").to_pylist()
        gap = {
            (row["division_code"], row["item_code"], row["location_code"]): row["physical_qty"] - row["record_qty"]
            for row in stock
        }
        planted = set()
        for row in faults:
            kind, _, rule = row["found_by"].partition(":")
            found = rule if kind == "flag" else "DQ-P4" if kind == "reconciliation" else ""
            if found and row["item_code"]:
                planted.add((row["division_code"] or "", row["item_code"], row["location_code"] or "", found))
        return cls(gap, frozenset(planted))

    def is_right(self, rule: str, location: str, codes: Iterable[tuple[str, str]]) -> bool:
        """Whether a flag says what is so. codes: (division, item) of the SKU; location: `<division>.<code>`."""
        division, _, place = location.partition(".")
        if rule in _SUSPICIONS:
            return sum(self.gap.get((one, item, place), 0) for one, item in codes) < 0
        keys = {(one, item, where, rule) for one, item in codes for where in (place, "") if one == division}
        return bool(keys & self.planted)


def judge(
    asked: Iterable[Mapping], ledger: Ledger, codes: Mapping[str, set], seed: int, as_of: datetime
) -> list[Judged]:
    """What the steward says of each subject that is judged at all, in the order of worklist_id.

    asked: rows of the worklist; codes: sku_id -> (division, item). The same question gets the same answers.
    """
    rng, said = stream(seed, "stewards"), []
    for row in sorted(asked, key=lambda row: row["worklist_id"]):
        chance, error, manner, days, minute = rng.random(), rng.random(), rng.random(), rng.random(), rng.random()
        if chance >= _JUDGED:
            continue
        at = datetime.combine(as_of.date() + timedelta(days=int(days * _SLOWEST_DAYS)), time(8)) + timedelta(
            minutes=int(minute * 540)
        )
        if row["subject_kind"] != "flag":
            options = ("corrected_at_source", "rejected", "accept_as_is")
            verdict = options[int(manner * len(options))]
            said.append(
                Judged(row["worklist_id"], "", "", row["rule_id"], verdict != "accept_as_is", verdict, False, at)
            )
            continue
        right = ledger.is_right(row["rule_id"], row["location_id"], codes.get(row["sku_id"], ()))
        is_error = error < (_MISSED if right else _CRIED)
        confirms = right != is_error
        verdict = _CONFIRMS[row["subject_signal"]] if confirms else "false_alarm"
        if confirms and manner < _MENDED:
            verdict = "fixed"
        elif not confirms and manner < _MEANT and not is_error:
            verdict = "accepted"
        named = (row["worklist_id"], row["sku_id"], row["location_id"], row["rule_id"])
        said.append(Judged(*named, right, verdict, is_error, at))
    return said


def fill_in(path: Path, said: Iterable[Judged]) -> Path:
    """The sheet at `path` with the verdicts in it, saved beside it as `<sheet>.filled.csv`."""
    verdicts = {one.worklist_id: one for one in said}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    header = [*worklist.LOCKED, *worklist.TO_FILL]
    filled = path.with_name(f"{path.stem}.filled.csv")
    cells = []
    for row in rows:
        if one := verdicts.get(row["worklist_id"]):
            row.update(verdict=one.verdict, decided_by="synthetic steward", decided_at=one.decided_at.isoformat(" "))
        cells.append([row[name] for name in header])
    files.write_rows(filled, header, cells)
    return filled


def steward(home: Home, seed: int) -> tuple[Outcome, list[Judged]]:
    """Judge what the published generation asks, land it, and write its truth to <home>/truth/dispositions.parquet.

    GenerationError when nothing is published; LandingError without a truth ledger.
    """
    ledger = Ledger.read(home.root / "truth")
    sheet = worklist.issue(home, limit=files.MAX_ROWS)
    (path, _) = files.write_csv(
        sheet, home.root / "dispositions" / f"{sheet.sheet_id}.csv", worklist.meanings(home.repo)
    )
    with open_current(home) as opened:
        cursor = opened.connection.execute(
            "select * from visibility.fct_steward_worklist where worklist_status <> 'judged'"
        )
        names = [column[0] for column in cursor.description]
        asked = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        codes: dict[str, set] = {}
        for sku, division, item in opened.connection.execute(
            "select sku_id, division_code, item_code from core.bridge_sku_system_id"
        ).fetchall():
            codes.setdefault(sku, set()).add((division, item))
        as_of = opened.connection.execute("select as_of_at from core.dim_cutoff").fetchone()[0]
    said = judge(asked, ledger, codes, seed, as_of)
    done = read_back(home, fill_in(path, said), (as_of + timedelta(days=_SLOWEST_DAYS + 2)).replace(tzinfo=UTC))
    pq.write_table(pa.Table.from_pylist([asdict(one) for one in said]), home.root / "truth" / TRUTH)
    return done, said


def main(argv: list[str] | None = None) -> int:
    """Judge, land and report; 1 when something was rejected."""
    parser = argparse.ArgumentParser(
        prog="python -m synthetic.stewards", description="Judge what is asked, with errors."
    )
    parser.add_argument("--seed", type=int, default=1, help="same question and seed: the same verdicts")
    done, said = steward(Home.from_env(), parser.parse_args(argv).seed)
    print("\n".join(done.told()))
    print(f"{sum(one.is_error for one in said)} of {len(said)} verdicts are wrong, listed in truth/{TRUTH}")
    return 1 if done.rejected else 0


if __name__ == "__main__":
    sys.exit(main())
