"""Sheets as Excel workbooks: drop-downs, codes that stay text, formulas that never run, and workbooks made to hurt.

Here: what is special to .xlsx; needs openpyxl. Not here: the rules of a row (test_dispositions.py).
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from orchestration.lib.dispositions.asking import give_out
from orchestration.lib.dispositions.files import SheetError
from orchestration.lib.dispositions.reading import Outcome, read_back
from orchestration.lib.landing import LandingError, iter_batches
from orchestration.lib.paths import Home
from tests.python.worklist_fixture import ASKED, OPTIONS, ROW_OPTIONS, SKUS, publish_worklist

NOW = datetime(2026, 7, 3, 12)


@pytest.fixture
def asking(home: Home) -> Home:
    """A home whose published generation asks eight flags with hostile names and one row."""
    publish_worklist(home, ASKED)
    return home


def book_of(home: Home) -> Path:
    give_out(home, "xlsx")
    (path,) = (home.root / "dispositions").glob("*.xlsx")
    return path


def columns_of(page: object) -> dict[str, int]:
    return {cell.value: cell.column for cell in page[1]}


def fill(path: Path, cells: dict[tuple[int, str], object]) -> Path:
    book = openpyxl.load_workbook(path)
    page = book["worklist"]
    at = columns_of(page)
    for (row, name), value in cells.items():
        page.cell(row, at[name]).value = value
    filled = path.with_name("filled.xlsx")
    book.save(filled)
    return filled


def landed(home: Home) -> list[dict]:
    batches = [batch for batch in iter_batches(home) if batch.entity == "dispositions"]
    return [row for batch in batches for row in pq.read_table(next(batch.folder.glob("*.parquet"))).to_pylist()]


def read(home: Home, path: Path) -> Outcome:
    return read_back(home, path, NOW)


def test_a_workbook_offers_the_verdicts_that_fit_and_locks_the_rest(asking: Home):
    book = openpyxl.load_workbook(book_of(asking))
    page = book["worklist"]
    at = columns_of(page)
    offered = {}
    for choice in page.data_validations.dataValidation:
        for area in choice.sqref.ranges:
            offered |= {row: choice.formula1 for row in range(area.min_row, area.max_row + 1)}
            assert (area.min_col, area.max_col) == (at["verdict"], at["verdict"])
    assert offered[2] == '"' + OPTIONS.replace(" ", ",") + '"'
    assert offered[10] == '"' + ROW_OPTIONS.replace(" ", ",") + '"'
    assert page.protection.sheet
    assert page.cell(2, at["evidence"]).protection.locked
    assert not page.cell(2, at["comment"]).protection.locked
    assert [page.cell(row, at["sku_id"]).value for row in (2, 3, 4)] == list(SKUS[:3])
    assert page.cell(5, at["sku_id"]).data_type == "s"
    assert page.cell(2, at["at_stake_amount"]).data_type == "n"
    legend = [[cell.value for cell in row] for row in book["verdicts"].iter_rows()]
    assert legend[0] == ["subject_signal", "verdict", "is_confirmed", "verdict_means"]
    assert len(legend) == 16


def test_a_filled_workbook_lands_every_name_as_published(asking: Home):
    cells = {}
    for row in range(2, 10):
        cells |= {
            (row, "verdict"): "fixed",
            (row, "decided_by"): "ann",
            (row, "decided_at"): datetime(2026, 7, 2, 9, 30),
        }
    cells[3, "comment"] = '=HYPERLINK("http://x","y")'
    cells[4, "decided_at"] = "2026-07-01"
    done = read(asking, fill(book_of(asking), cells))
    assert (done.landed, done.rejected) == (8, [])
    rows = {row["sku_id"]: row for row in landed(asking)}
    assert sorted(rows) == sorted(SKUS)
    assert rows["1E5"]["note"] == '=HYPERLINK("http://x","y")'
    assert rows["1E5"]["decided_at"] == datetime(2026, 7, 2, 9, 30)
    assert rows["MAR1"]["decided_at"] == datetime(2026, 7, 1)


@pytest.mark.parametrize(
    ("cell", "value", "rule"),
    [
        ("decided_by", "=1+1", "formula"), ("verdict", '="fixed"', "unknown_verdict"),
        ("evidence", "=A1", "changed_evidence"),
        ("opened_date", datetime(2026, 6, 21), "changed_evidence"), ("worklist_id", 5, "unknown_key"),
    ],
)  # fmt: skip
def test_a_formula_or_another_value_is_rejected(asking: Home, cell: str, value: object, rule: str):
    said = {(2, "verdict"): "fixed", (2, "decided_by"): "ann", (2, "decided_at"): "2026-07-02"}
    done = read(asking, fill(book_of(asking), said | {(2, cell): value}))
    assert [(one.row_number, one.rule) for one in done.rejected] == [(2, rule)]
    assert done.reject_file.name == "filled.rejected.csv"
    assert not landed(asking)


def test_a_day_that_excel_made_of_a_cell_is_the_same_day(asking: Home):
    said = {(2, "verdict"): "fixed", (2, "decided_by"): "ann", (2, "decided_at"): datetime(2026, 7, 2)}
    done = read(asking, fill(book_of(asking), said | {(2, "opened_date"): datetime(2026, 6, 20), (2, "sku_id"): 123}))
    assert (done.landed, done.rejected) == (1, [])
    assert [row["sku_id"] for row in landed(asking)] == ["00123"]


def packed(path: Path, name: str, change) -> Path:
    """A copy of a workbook with one part changed."""
    with zipfile.ZipFile(path) as source:
        parts = {part: source.read(part) for part in source.namelist()}
    parts[name] = change(parts[name])
    bent = io.BytesIO()
    with zipfile.ZipFile(bent, "w", zipfile.ZIP_DEFLATED) as target:
        for part, content in parts.items():
            target.writestr(part, content)
    out = path.with_name("bent.xlsx")
    out.write_bytes(bent.getvalue())
    return out


def test_workbooks_made_to_hurt_are_refused(asking: Home, monkeypatch: pytest.MonkeyPatch):
    path = book_of(asking)
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    bent = packed(path, "xl/workbook.xml", lambda content: entity + content.split(b"?>", 1)[-1])
    with pytest.raises(SheetError, match="entities"):
        read(asking, bent)
    with pytest.raises(SheetError, match="no Excel workbook"):
        read(asking, packed(path, "xl/workbook.xml", lambda content: b"<x"))
    monkeypatch.setattr("orchestration.lib.dispositions.excel.MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(SheetError, match="unpacks to"):
        read(asking, path)


def test_another_format_is_refused(asking: Home):
    with pytest.raises(LandingError, match="use csv or xlsx"):
        give_out(asking, "ods")
