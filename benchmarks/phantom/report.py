"""The measured figures as text, in tables that are also Markdown.

Here: columns and digits. Not here: the figures.
"""

from __future__ import annotations

from collections.abc import Iterable


def table(lines: Iterable[dict], columns: list[str] | None = None) -> str:
    """Return lines of equal keys as a Markdown table; floats with three digits, what is missing as a dash."""
    lines = list(lines)
    names = columns or list(dict.fromkeys(name for line in lines for name in line))
    cells = [names, *([_cell(line.get(name)) for name in names] for line in lines)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(names))]
    text = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    return "\n".join([text[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *text[1:]])


def _cell(value: object) -> str:
    if value is None or value != value:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else f"{value}"
