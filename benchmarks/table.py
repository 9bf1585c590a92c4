"""The table of a benchmark: one line per phase and contender, with ratios to ours from the same run.

Here: text and Markdown. Not here: measuring (measure.py).
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

from benchmarks.company import Company
from benchmarks.engine import memory_limit, threads
from benchmarks.measure import Figure
from benchmarks.parts import LEDGER, POSITIONS

HEADER = (
    "phase",
    "contender",
    "wall s",
    "work s",
    "SQL s",
    "CPU s",
    "peak MB",
    "result MB",
    "written MB",
    "wall : ours",
    "work : ours",
    "memory : ours",
)
_MB = 1_000_000
_PARTS = {LEDGER: "build: ledger", POSITIONS: "build: from the ledger"}


def rows(figures: list[Figure]) -> list[tuple[str, ...]]:
    """Cells of the table, phases together. A ratio says how many times ours the contender needed."""
    phases = list(dict.fromkeys(figure.phase for figure in figures))
    lines = []
    for phase in phases:
        there = [figure for figure in figures if figure.phase == phase]
        ours = next((figure for figure in there if figure.contender == "ours" and not figure.error), None)
        for figure in there:
            if figure.error:
                lines.append((phase, figure.contender, figure.error, *[""] * (len(HEADER) - 3)))
            elif phase == "as of":
                lines += [_question(figure, ours, name) for name in ("one", "company")]
            else:
                lines.append(_line(figure, ours))
        if phase == "build":
            lines += [
                _part(figure, ours, part, what) for part, what in _PARTS.items() for figure in there if not figure.error
            ]
    return lines


def _line(figure: Figure, ours: Figure | None) -> tuple[str, ...]:
    own, base = figure.figures, ours.figures if ours else {}
    return (
        figure.phase,
        figure.contender,
        f"{figure.wall:.1f}",
        f"{own['seconds']:.1f}",
        f"{own.get('sql_seconds', own['seconds']):.1f}",
        f"{own['cpu_seconds']:.1f}",
        f"{own['peak_bytes'] / _MB:.0f}",
        f"{own['disk_bytes'] / _MB:.0f}",
        f"{own['written_bytes'] / _MB:.0f}",
        _ratio(figure.wall, ours.wall if ours else None),
        _ratio(own["seconds"], base.get("seconds")),
        _ratio(own["peak_bytes"], base.get("peak_bytes")),
    )


def _part(figure: Figure, ours: Figure | None, part: str, what: str) -> tuple[str, ...]:
    seconds, base = figure.figures[part], (ours.figures if ours else {}).get(part)
    empty = [""] * (HEADER.index("work : ours") - 5)
    return (what, figure.contender, "", f"{seconds:.1f}", f"{seconds:.1f}", *empty, _ratio(seconds, base), "")


def _question(figure: Figure, ours: Figure | None, name: str) -> tuple[str, ...]:
    seconds, base = figure.figures[f"{name}_seconds"], (ours.figures if ours else {}).get(f"{name}_seconds")
    what = "as of: one SKU-location" if name == "one" else "as of: whole company"
    peak = f"{figure.figures['peak_bytes'] / _MB:.0f}"
    return (
        what,
        figure.contender,
        "",
        f"{seconds:.3f}",
        f"{seconds:.3f}",
        "",
        peak,
        "",
        "",
        "",
        _ratio(seconds, base),
        "",
    )


def _ratio(value: float, base: float | None) -> str:
    return f"{value / base:.2f}" if base else ""


def heaviest(figures: list[Figure], most: int = 6) -> list[str]:
    """Which nodes of ours took the longest in each phase, so that ledger and positions can be told apart."""
    lines = []
    for figure in figures:
        nodes = sorted((figure.figures.get("nodes") or {}).items(), key=lambda pair: -pair[1])[:most]
        if nodes:
            told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in nodes)
            lines.append(f"{figure.contender}, {figure.phase}: {told}")
    return lines


def text(lines: list[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> str:
    """The table for a terminal."""
    widths = [max(len(row[n]) for row in [header, *lines]) for n in range(len(header))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n < 2 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in [header, *lines]
    )


def markdown(lines: list[tuple[str, ...]], header: tuple[str, ...] = HEADER) -> str:
    """The table as Markdown."""
    rule = ["---"] * 2 + ["---:"] * (len(header) - 2)
    return "".join("| " + " | ".join(row) + " |\n" for row in [header, tuple(rule), *lines])


def machine(company: Company) -> str:
    """One paragraph: the company, the machine and the settings that the figures hold for."""
    cpu = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1_000_000_000
    return (
        f"{company.movements:,} movements of {company.stocks:,} SKU-locations at {company.sites} sites over "
        f"{company.days:,} days (seed {company.seed}). {os.cpu_count()} cores of {cpu}, {memory:.0f} GB; DuckDB with "
        f"{threads()} threads and {memory_limit()}; Python {platform.python_version()}."
    )
