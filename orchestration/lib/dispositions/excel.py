"""A steward's sheet as an Excel workbook: drop-downs of the verdicts, locked evidence, and reading it back as text.

Here: all that knows openpyxl, which is asked for only here. Codes are written as text, so that Excel leaves them alone;
a formula is read as its words and never as its value.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from orchestration.lib.dispositions.cells import text_of
from orchestration.lib.dispositions.files import MAX_ROWS, SheetError
from orchestration.lib.dispositions.worklist import LOCKED, NUMBERS, TO_FILL, Sheet
from orchestration.lib.landing import LandingError

MAX_UNPACKED_BYTES = 256 * 1024**2
_WORKLIST, _LEGEND = "worklist", "verdicts"
_WIDTHS = {"evidence": 60, "what_to_do": 50, "comment": 50, "sku_id": 26, "landed_file": 40, "verdict": 22}


def write_workbook(sheet: Sheet, path: Path, meanings: Iterable[dict[str, str]]) -> list[Path]:
    """Write the sheet as a workbook with a legend of the verdicts. LandingError without openpyxl."""
    openpyxl = _openpyxl()
    from openpyxl.styles import Font, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    page = book.active
    page.title = _WORKLIST
    header = [*LOCKED, *TO_FILL]
    page.append(header)
    for place, name in enumerate(header, 1):
        page.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, 18)
        page.cell(1, place).font = Font(bold=True)
    choices: dict[str, DataValidation] = {}
    verdict_column = get_column_letter(header.index("verdict") + 1)
    for number, row in enumerate(sheet.rows, 2):
        for place, name in enumerate(header, 1):
            cell = page.cell(number, place)
            if name in TO_FILL:
                cell.protection = Protection(locked=False)
                cell.number_format = "@"
            elif name in NUMBERS and row[name]:
                cell.value = Decimal(row[name])
            elif row[name]:
                # A text is a text, whatever it begins with: never a formula.
                cell.value, cell.data_type, cell.number_format = row[name], "s", "@"
        options = row["verdict_options"]
        if options not in choices:
            listed = '"' + ",".join(options.split()) + '"'
            choices[options] = DataValidation(type="list", formula1=listed, allow_blank=True, showErrorMessage=True)
        choices[options].add(f"{verdict_column}{number}")
    for choice in choices.values():
        page.add_data_validation(choice)
    page.freeze_panes = "C2"
    page.auto_filter.ref = page.dimensions
    page.protection.sheet, page.protection.autoFilter, page.protection.formatColumns = True, False, False
    legend = book.create_sheet(_LEGEND)
    told = list(meanings)
    for row in [list(told[0]), *(list(one.values()) for one in told)]:
        legend.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    book.save(draft)
    draft.replace(path)
    return [path]


def read_workbook(path: Path, content: bytes) -> list[tuple[int, list[str]]]:
    """(row number, cells as text) of the worklist in a workbook; SheetError for what is none or unpacks to too much."""
    openpyxl = _openpyxl()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > MAX_UNPACKED_BYTES:
                raise SheetError(path, "too_large", f"it unpacks to {unpacked} bytes: split it")
            for part in packed.infolist():
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in packed.read(part)[:4096]:
                    raise SheetError(
                        path, "unreadable", "it declares XML entities, which no workbook needs: save it anew"
                    )
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    except SheetError:
        raise
    except Exception as error:  # openpyxl raises whatever its parser meets
        raise SheetError(
            path,
            "unreadable",
            f"it is no Excel workbook that can be read ({type(error).__name__}): save it as .xlsx or CSV",
        ) from None
    page = book[_WORKLIST] if _WORKLIST in book.sheetnames else book.worksheets[0]
    rows = []
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        if number > MAX_ROWS + 1:
            break
        rows.append((number, [text_of(value) for value in cells]))
    return rows


def _openpyxl():
    try:
        import openpyxl
    except ImportError:
        raise LandingError(
            "Excel needs the package openpyxl, which is not installed: use CSV, or `make setup`"
        ) from None
    return openpyxl
