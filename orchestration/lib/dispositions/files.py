"""A steward's sheet as a file: written as CSV or Excel, read back as text.

Here: encodings, delimiters, drop-downs, what may be opened. Not here: what the cells mean (reading.py). Excel needs the
package openpyxl; without it a sheet is CSV.
"""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from orchestration.lib.dispositions.cells import guarded, unguarded
from orchestration.lib.dispositions.worklist import LOCKED, TO_FILL, Sheet
from orchestration.lib.landing import LandingError

MAX_BYTES = 32 * 1024**2
MAX_ROWS = 100_000
_DELIMITERS = (",", ";", "\t")
_PACKED = b"PK\x03\x04"


class SheetError(LandingError):
    """A whole file cannot be read as a filled sheet: the message names the file, the rule and what to do."""

    def __init__(self, path: Path, rule: str, text: str) -> None:
        super().__init__(f"{path}: {rule}: {text}")
        self.rule = rule


def write_csv(sheet: Sheet, path: Path, meanings: Iterable[dict[str, str]]) -> list[Path]:
    """Write the sheet, and beside it the legend of the verdicts; returns both. UTF-8 with the mark Excel needs."""
    legend = path.with_name(f"{path.stem}.verdicts.csv")
    rows = [[row[name] for name in LOCKED] + [""] * len(TO_FILL) for row in sheet.rows]
    write_rows(path, [*LOCKED, *TO_FILL], rows)
    told = list(meanings)
    write_rows(legend, list(told[0]), [list(row.values()) for row in told])
    return [path, legend]


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV that is there whole or not at all, each cell guarded against being run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([guarded(cell) for cell in row] for row in rows)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def read(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """(header, [(row number as the spreadsheet counts it, cells)]) of a filled sheet, rows without any text left out.

    SheetError when the file is not there, too large, packed, in another encoding, or has no header of a sheet.
    """
    if not path.is_file():
        raise SheetError(path, "file", "there is no such file: give the path of the filled sheet")
    if path.stat().st_size > MAX_BYTES:
        raise SheetError(path, "too_large", f"it is larger than {MAX_BYTES} bytes: split it")
    content = path.read_bytes()
    if content.startswith(_PACKED):
        from orchestration.lib.dispositions.excel import read_workbook

        rows = read_workbook(path, content)
    else:
        rows = _csv_rows(path, content)
    if not rows:
        raise SheetError(path, "empty", "it holds nothing, not even a header: fill in a sheet of `make dispositions`")
    if len(rows) > MAX_ROWS:
        raise SheetError(path, "too_large", f"it has more than {MAX_ROWS} rows: split it")
    header = [cell.strip().lower() for cell in rows[0][1]]
    while header and not header[-1]:
        header.pop()
    _check_header(path, header)
    told = [(number, cells) for number, cells in rows[1:] if any(cell.strip() for cell in cells)]
    return header, told


def _csv_rows(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SheetError(
            path, "encoding", f"byte {error.start + 1} is not {encoding}: save it as `CSV UTF-8 (comma delimited)`"
        ) from None
    first = text.split("\n", maxsplit=1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows: list[tuple[int, list[str]]] = []
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):
            rows.append((number, [unguarded(cell) for cell in row]))
    except csv.Error as error:
        place = f"after row {rows[-1][0]}" if rows else "in its header"
        raise SheetError(
            path, "unreadable", f"it is no CSV {place} ({error}): check quotes and save it again"
        ) from None
    return rows


def _check_header(path: Path, header: list[str]) -> None:
    wanted = [*LOCKED, *TO_FILL]
    missing = [name for name in wanted if name not in header]
    if missing:
        raise SheetError(
            path,
            "columns",
            f"columns are missing: {', '.join(missing)}: a sheet comes back with the columns it was issued with, "
            "fill in a new one of `make dispositions`",
        )
    twice = sorted({name for name in wanted if header.count(name) > 1})
    if twice:
        raise SheetError(path, "columns", f"columns stand there twice: {', '.join(twice)}: take the others out")


def writer_of(form: str) -> Callable[[Sheet, Path, Iterable[dict[str, str]]], list[Path]]:
    """The writer of a format, `csv` or `xlsx`; LandingError for another one, or without the package it needs."""
    if form == "csv":
        return write_csv
    if form == "xlsx":
        from orchestration.lib.dispositions.excel import write_workbook

        return write_workbook
    raise LandingError(f"format {form!r} is unknown: use csv or xlsx")
