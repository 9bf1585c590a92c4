"""Giving a sheet out: the files of it below the home, and what a person reads about them.

Here: names and places of the files. Not here: what is asked (worklist.py), formats (files.py, excel.py).
"""

from __future__ import annotations

from orchestration.lib.dispositions import files, worklist
from orchestration.lib.paths import Home


def give_out(
    home: Home, form: str = "csv", *, owner: str = "", location: str = "", limit: int = 500, everything: bool = False
) -> list[str]:
    """Write `<home>/dispositions/<sheet>.csv` or .xlsx and return the lines to print.

    The same question of the same generation writes the same file; one that is there already, filled in perhaps, stays.
    """
    write = files.writer_of(form)
    sheet = worklist.issue(home, owner=owner, location=location, limit=limit, everything=everything)
    if not sheet.rows:
        return [f"{sheet.generation} asks nothing that is not judged already"]
    path = home.root / "dispositions" / f"{sheet.sheet_id}.{form}"
    if path.exists():
        return [f"{path} is there already, with {len(sheet.rows)} rows: fill it in, or move it away for a fresh one"]
    written = write(sheet, path, worklist.meanings(home.repo))
    left = f"; {sheet.left_off} more were left off, see --limit" if sheet.left_off else ""
    lines = [f"{len(sheet.rows)} rows of {sheet.generation}, most money first{left}: {written[0]}"]
    lines += [f"what each verdict means: {other}" for other in written[1:]]
    return [*lines, f"fill in {', '.join(worklist.TO_FILL)}, then `make dispositions FILE={written[0]}`"]
