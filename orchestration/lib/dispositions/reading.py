"""A filled sheet read back: which of its rows are verdicts, and landing them as source steward/dispositions.

Here: the rules of one row and of the rows together, the reject file, the batch. Not here: file formats (files.py), what
a verdict changes (models). Nothing is lost: a row with a word in it lands or stands in the reject file with its reason.
Time is an argument.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from orchestration.lib.contracts import arrow_type, load_contracts
from orchestration.lib.dispositions import files
from orchestration.lib.dispositions.cells import RISKY, same_cell
from orchestration.lib.dispositions.worklist import LOCKED, TO_FILL, asked_now, issued_rows
from orchestration.lib.landing import LandingError, write_batch
from orchestration.lib.paths import Home
from orchestration.lib.row_rules import CLOCK_SKEW
from orchestration.lib.sql import utc_naive

SOURCE, ENTITY = "steward", "dispositions"
MAX_COMMENT, MAX_NAME = 2000, 200
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})( \d{1,2}:\d{2}(:\d{2})?)?")


@dataclass(frozen=True)
class Rejected:
    """A row that did not land: number as the spreadsheet counts it, the rule it breaks, what to do, its cells."""

    row_number: int
    rule: str
    message: str
    cells: list[str]

    def told(self, path: Path) -> str:
        """The line a person reads."""
        return f"{path.name}, row {self.row_number}: {self.rule}: {self.message}"


@dataclass
class Outcome:
    """What became of a file: rows landed in `batch`, rejected into `reject_file`, left blank; notices do no harm."""

    path: Path
    landed: int = 0
    batch: str = ""
    blank: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    reject_file: Path | None = None
    notices: list[str] = field(default_factory=list)

    def told(self) -> list[str]:
        """The lines a person reads, worst last."""
        lines = [f"note: {notice}" for notice in self.notices]
        lines += [one.told(self.path) for one in self.rejected]
        landed = f"{self.landed} verdicts landed as {self.batch}" if self.batch else "no verdict landed"
        lines.append(f"{landed}; {self.blank} rows are not judged yet" if self.blank else landed)
        if self.reject_file:
            lines.append(
                f"{len(self.rejected)} rows did not land: mend them in {self.reject_file} and read that file back"
            )
        if self.batch:
            lines.append("now run `make refresh`")
        return lines


class _RuleError(Exception):
    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


def read_back(
    home: Home, path: Path, now: datetime, *, team: str = "stewards", by: str = "", at: datetime | None = None
) -> Outcome:
    """Land the verdicts of a filled sheet and say what became of each row.

    now: a decision that lies after it is refused. by, at: who decided and when, for rows that leave it blank. The same
    file again lands nothing new. SheetError when the file as a whole cannot be read; GenerationError when nothing is
    published.
    """
    header, rows = files.read(path)
    reader = _Reader(home, header, utc_naive(now), by.strip(), utc_naive(at) if at else None)
    done, verdicts = Outcome(path), []
    asked = asked_now(home)
    for number, cells in rows:
        try:
            verdict = reader.verdict(number, cells)
        except _RuleError as error:
            done.rejected.append(Rejected(number, error.rule, str(error), cells))
            continue
        if verdict is None:
            done.blank += 1
            continue
        verdicts.append((number, cells, verdict))
        if verdict["worklist_id"] not in asked:
            done.notices.append(
                f"{path.name}, row {number}: {verdict['worklist_id']} is asked no more (flag or row is gone); "
                f"the verdict lands as one on {verdict['flagged_date'] or verdict['landed_file']}"
            )
    done.notices = [f"{path.name}, {notice}" for notice in reader.notices] + done.notices
    verdicts = _without_contradictions(verdicts, done)
    if done.rejected:
        done.rejected.sort(key=lambda one: one.row_number)
        done.reject_file = _write_rejects(path, header, done.rejected)
    if verdicts:
        done.landed, done.batch = len(verdicts), _land(home, team, verdicts)
    return done


class _Reader:
    """The rules of one row."""

    def __init__(self, home: Home, header: list[str], now: datetime, by: str, at: datetime | None) -> None:
        self.home, self.header, self.now, self.by, self.at = home, header, now, by, at
        self.sheets: dict[str, dict[str, dict] | None] = {}
        self.notices: list[str] = []

    def verdict(self, number: int, cells: list[str]) -> dict | None:
        """The verdict of a row as a row of the landing entity plus worklist_id; None when nothing was filled in."""
        if len(cells) > len(self.header) and any(cell.strip() for cell in cells[len(self.header) :]):
            raise _RuleError("cells", "it has more cells than the header: a comma or quote in a comment is not quoted")
        padded = cells + [""] * (len(self.header) - len(cells))
        row = {name: padded[self.header.index(name)] for name in (*LOCKED, *TO_FILL)}
        filled = {name: row[name].strip() for name in TO_FILL}
        if not any(filled.values()):
            return None
        sent = self._sent(row)
        self._compare(number, row, sent)
        verdict = re.sub(r"[\s-]+", "_", filled["verdict"].lower())
        options = sent["verdict_options"].split()
        if not verdict:
            raise _RuleError("no_verdict", f"it is filled in but has no verdict: take one of {', '.join(options)}")
        if verdict not in options:
            raise _RuleError(
                "unknown_verdict", f"{filled['verdict']!a} is no verdict here: take one of {', '.join(options)}"
            )
        by, decided = self._by(filled["decided_by"]), self._at(filled["decided_at"])
        opened = date.fromisoformat(sent["opened_date"])
        if decided.date() < opened:
            raise _RuleError("before_the_flag", f"{decided} lies before it was raised ({opened}): correct decided_at")
        if len(filled["comment"]) > MAX_COMMENT:
            raise _RuleError("comment", f"it is longer than {MAX_COMMENT} characters: shorten it")
        is_flag, exact = sent["subject_kind"] == "flag", sent["exact"]
        return {
            "worklist_id": sent["worklist_id"],
            "subject_kind": sent["subject_kind"],
            "sku_id": exact["sku_id"],
            "location_id": exact["location_id"],
            "rule_id": exact["rule_id"],
            "flagged_date": opened if is_flag else None,
            "landed_file": exact["landed_file"],
            "row_number": None if is_flag else int(sent["file_row_number"]),
            "verdict": verdict,
            "decided_by": by,
            "decided_at": decided,
            "note": filled["comment"] or None,
        }

    def _sent(self, row: dict[str, str]) -> dict:
        sheet, key = row["sheet_id"].strip(), row["worklist_id"].strip()
        if sheet not in self.sheets:
            self.sheets[sheet] = issued_rows(self.home, sheet)
        issued = self.sheets[sheet]
        if issued is None:
            raise _RuleError("unknown_sheet", f"no sheet {sheet!a} was issued here: fill in one of `make dispositions`")
        if key not in issued:
            raise _RuleError("unknown_key", f"sheet {sheet} does not ask {key!a}: leave worklist_id as it was issued")
        return issued[key]

    def _compare(self, number: int, row: dict[str, str], sent: dict) -> None:
        for name in LOCKED:
            if row[name].strip() == sent[name].strip():
                continue
            shown = f"{name} says {row[name][:60]!a}, it was issued as {sent[name][:60]!a}"
            if not same_cell(row[name], sent[name]):
                raise _RuleError(
                    "changed_evidence",
                    f"{shown}: was a column sorted by itself? Fill in the empty columns only, each in its row",
                )
            if name in ("sku_id", "location_id"):
                self.notices.append(f"row {number}: {shown}: a spreadsheet rewrote it, what was issued is taken")

    def _by(self, told: str) -> str:
        by = told or self.by
        if not by:
            raise _RuleError("no_name", "nobody decided it: fill in decided_by, or give BY=<who>")
        if by.startswith(RISKY):
            raise _RuleError("formula", f"{by[:40]!a} in decided_by reads like a formula: write a name or a function")
        if len(by) > MAX_NAME:
            raise _RuleError("name", f"decided_by is longer than {MAX_NAME} characters: write a name or a function")
        return by

    def _at(self, told: str) -> datetime:
        moment = _moment(told) if told else self.at
        if moment is None:
            if told:
                raise _RuleError(
                    "day",
                    f"{told[:40]!a} is no day that reads one way only: write 2026-07-02 or 2026-07-02 09:30 (UTC)",
                )
            raise _RuleError("no_day", "it was decided on no day: fill in decided_at, or give AT=<when>")
        if moment > self.now + CLOCK_SKEW:
            raise _RuleError("future", f"{moment} lies ahead: correct decided_at (UTC)")
        return moment.replace(microsecond=0)


def _moment(text: str) -> datetime | None:
    """The instant, naive UTC, that ISO 8601 or a dotted day names; None for anything that reads two ways."""
    try:
        if _ISO.fullmatch(text):
            return utc_naive(datetime.fromisoformat(text.replace(" Z", "Z")))
        if match := _DOTTED.fullmatch(text):
            clock = (match[4] or " 0:00").strip().split(":")
            return datetime(int(match[3]), int(match[2]), int(match[1]), *map(int, clock))
    except ValueError:
        return None
    return None


def _without_contradictions(verdicts: list[tuple], done: Outcome) -> list[dict]:
    """One verdict per subject; where rows of one subject differ all of them are rejected, and equal ones count once."""
    said: dict[str, list[tuple]] = {}
    for one in verdicts:
        said.setdefault(one[2]["worklist_id"], []).append(one)
    kept = []
    for key, rows in said.items():
        if len({json.dumps(verdict, default=str, sort_keys=True) for _, _, verdict in rows}) == 1:
            kept.append(rows[0][2])
            continue
        numbers = ", ".join(str(number) for number, _, _ in rows)
        message = f"rows {numbers} say different things of {key}: keep one of them"
        done.rejected += [Rejected(number, "contradiction", message, cells) for number, cells, _ in rows]
    return kept


def _write_rejects(path: Path, header: list[str], rejected: list[Rejected]) -> Path:
    target = path.with_name(f"{path.stem}.rejected.csv")
    width = max(len(header), *(len(one.cells) for one in rejected))
    named = header + [f"cell_{place + 1}" for place in range(len(header), width)]
    rows = [
        [*one.cells, *[""] * (width - len(one.cells)), str(one.row_number), one.rule, one.message] for one in rejected
    ]
    try:
        files.write_rows(target, [*named, "rejected_row", "rejected_rule", "rejected_because"], rows)
    except OSError as error:
        raise LandingError(
            f"{target} cannot be written ({error.strerror}): nothing has landed; mend it, read again"
        ) from None
    return target


def _land(home: Home, team: str, verdicts: list[dict]) -> str:
    contract = load_contracts(home.repo)[SOURCE, ENTITY]
    rows = sorted((_identified(team, verdict) for verdict in verdicts), key=lambda row: row["disposition_id"])
    schema = pa.schema([(column.name, arrow_type(column.data_type)) for column in contract.columns])
    moment = max(row["decided_at"] for row in rows)
    mark = hashlib.sha256("\n".join(row["disposition_id"] for row in rows).encode()).hexdigest()[:12]
    batch = f"{moment:%Y%m%dT%H%M%S}-{mark}"
    table = pa.Table.from_pylist(rows, schema=schema)
    write_batch(home.landing, SOURCE, team, ENTITY, batch, table, moment.replace(tzinfo=UTC), contract=contract)
    return f"{SOURCE}/{team}/{ENTITY}/{batch}"


def _identified(team: str, verdict: dict) -> dict:
    body = json.dumps([team, verdict], default=str, sort_keys=True)
    identity = {"disposition_id": f"D-{hashlib.sha256(body.encode()).hexdigest()[:20]}"}
    return identity | {name: value for name, value in verdict.items() if name != "worklist_id"}
