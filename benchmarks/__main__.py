"""`python -m benchmarks`: make a company, run the contenders, print one table. See docs/performance.md.

Here: words of the command line. Not here: anything that is measured.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from benchmarks import outside, subjects, table
from benchmarks.child import CONTENDERS
from benchmarks.company import Bench, Company
from benchmarks.generate import write_company
from benchmarks.measure import PHASES, Figure, measure
from orchestration.lib.paths import Home

ALL_FIT = 20_000_000
"""Up to here every contender fits into the memory of an ordinary machine; above, ours and the limit run by default."""
BILLION, AT_LEAST, STEP = 1_000_000_000, 300_000_000, 50_000_000
_GROWTH = ("movements", "SKU-locations", "days", "wall s", "SQL s", "SQL µs per movement", "peak MB")


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("table", "billion", "growth", "subjects", "outside"))
    parser.add_argument("--movements", type=int, default=ALL_FIT)
    parser.add_argument("--stocks", type=int, help="SKU-locations (default: one for 5,000 movements)")
    parser.add_argument("--days", type=int, default=1826)
    parser.add_argument("--profile", default="demo", help="of the synthetic company whose build `outside` looks at")
    parser.add_argument("--contenders", help=f"of {', '.join(CONTENDERS)}, by commas")
    parser.add_argument("--phases", default=",".join(PHASES), help="by commas, build first")
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    parser.add_argument("--keep", action="store_true", help="leave the company's rows where they are")
    arguments = parser.parse_args()
    if arguments.what == "growth":
        return _growth(arguments)
    if arguments.what == "subjects":
        return _subjects(arguments)
    if arguments.what == "outside":
        return _outside(arguments)
    if arguments.what == "billion":
        arguments.movements = _largest()
    company = Company.of(arguments.movements, arguments.stocks, arguments.days)
    default = ",".join(CONTENDERS if company.movements <= ALL_FIT else CONTENDERS[:2])
    contenders = (arguments.contenders or default).split(",")
    figures = _run(company, contenders, arguments.phases.split(","), arguments.keep)
    lines, heaviest = table.rows(figures), table.heaviest(figures)
    print("\n".join(["", table.machine(company), "", table.text(lines), "", *heaviest]))
    if arguments.markdown:
        page = [table.machine(company), "", table.markdown(lines), *(f"- {line}" for line in heaviest)]
        arguments.markdown.write_text("\n".join(page) + "\n", encoding="utf-8")
    return 1 if any(figure.error for figure in figures) else 0


def _run(company: Company, contenders: list[str], phases: list[str], keep: bool) -> list[Figure]:
    bench = Bench(Home.from_env().root / "bench")
    need, free = company.disk_bytes(), _free(bench.root)
    print(
        f"bench: {company.movements:,} movements need about {need / 1e9:.1f} GB of disk; {free / 1e9:.1f} GB are free"
    )
    if need > free:
        sys.exit("bench: that does not fit; give fewer MOVEMENTS or a LEADLAG_HOME on a larger disk")
    shutil.rmtree(bench.root, ignore_errors=True)
    try:
        write_company(bench, company)
        size = sum(path.stat().st_size for path in bench.home.pinned.glob("wms/movements/*"))
        print(f"bench: the company is written, {size / 1e6:.0f} MB of Parquet", flush=True)
        return measure(bench, company, contenders, phases, lambda words: print(f"bench: {words}", flush=True))
    finally:
        if not keep:
            shutil.rmtree(bench.root, ignore_errors=True)


def _subjects(arguments: argparse.Namespace) -> int:
    """What the KPIs cost beside the core, on a synthetic company with everything that a company tells."""
    home = Home.at(Home.from_env().root / "bench")
    stocks = arguments.stocks or arguments.movements // 100
    print(f"bench: {arguments.movements:,} movements of about {stocks:,} SKU-locations", flush=True)
    cost, error = subjects.Cost(), None
    try:
        subjects.measure(home, arguments.movements, stocks, lambda words: print(f"bench: {words}", flush=True), cost)
    except RuntimeError as failed:
        error = failed
    finally:
        if not arguments.keep:
            shutil.rmtree(home.root, ignore_errors=True)
    if cost.seconds.get("core"):
        lines = subjects.rows(cost)
        print(f"\n{table.text(lines, subjects.HEADER)}")
        if arguments.markdown:
            arguments.markdown.write_text(table.markdown(lines, subjects.HEADER), encoding="utf-8")
    if error:
        sys.exit(f"bench: the rest could not be built: {error}")
    return 0


def _outside(arguments: argparse.Namespace) -> int:
    """What a build of everything costs outside SQL."""
    home = Home.at(Home.from_env().root / "bench")
    try:
        found = outside.measure(home, arguments.profile, lambda words: print(f"bench: {words}", flush=True))
    except RuntimeError as failed:
        sys.exit(f"bench: {failed}")
    finally:
        if not arguments.keep:
            shutil.rmtree(home.root, ignore_errors=True)
    lines = outside.rows(found)
    print(f"\n{table.text(lines, outside.HEADER)}")
    if arguments.markdown:
        arguments.markdown.write_text(table.markdown(lines, outside.HEADER), encoding="utf-8")
    return 0


def _free(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _largest() -> int:
    """One billion, or the largest multiple of 50 M that nine tenths of the free disk hold."""
    need, free = Company.of(BILLION).disk_bytes(), _free(Home.from_env().root)
    print(f"bench: {BILLION:,} movements need about {need / 1e9:.0f} GB of disk; {free / 1e9:.0f} GB are free")
    fits = int(BILLION * 0.9 * free / need) // STEP * STEP
    if fits < STEP:
        sys.exit("bench: not even 50,000,000 movements fit; run `make bench MOVEMENTS=...` with fewer")
    if fits < AT_LEAST:
        print(f"bench: fewer than {AT_LEAST:,} fit; what follows says less than it should")
    return min(BILLION, fits)


def _growth(arguments: argparse.Namespace) -> int:
    """Ours alone, one number changed at a time: movements, SKU-locations, days."""
    base, days = arguments.movements, arguments.days
    stocks = arguments.stocks or Company.of(base).stocks
    sizes = [(base // 4, stocks, days), (base // 2, stocks, days), (base, stocks, days)]
    sizes += [(base, stocks // 4, days), (base, stocks * 4, days), (base, stocks, days // 4), (base, stocks, days * 2)]
    lines = []
    for movements, at, over in sizes:
        company = Company.of(movements, at, over)
        (figure,) = _run(company, ["ours"], ["build"], keep=False)
        if figure.error:
            sys.exit(f"bench: {figure.error}")
        sql, peak = figure.figures["sql_seconds"], figure.figures["peak_bytes"] / 1e6
        numbers = (f"{movements:,}", f"{company.stocks:,}", f"{over:,}", f"{figure.wall:.1f}", f"{sql:.1f}")
        lines.append((*numbers, f"{sql / movements * 1e6:.2f}", f"{peak:.0f}"))
    print(f"\n{table.text(lines, _GROWTH)}")
    if arguments.markdown:
        arguments.markdown.write_text(table.markdown(lines, _GROWTH), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
