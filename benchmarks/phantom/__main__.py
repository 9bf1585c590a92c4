"""`python -m benchmarks.phantom`: make companies, build the marts, measure the detectors beside the ceiling.

Here: words of the command line and the order of the tables. Not here: anything that is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from benchmarks.phantom import delay, figures
from benchmarks.phantom.point import Point, compiled, measured
from benchmarks.phantom.report import table
from orchestration.lib.paths import Home

BASE_RATES = (0.005, 0.01, 0.03, 0.05, 0.1)
DENSITIES = (0.1, 0.25, 0.5, 1.0, 2.0)
_CURVE = ("curve", "base rate", "average precision", "ceiling", "of ceiling", "of best single", "score of rules",
          "first 100 of the count list", "first 100 by probability", "first 100 of the ceiling",
          "calibration error")  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Measure what the command line asks for and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.phantom", description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", default="seeds", choices=("seeds", "curves", "delay"))
    parser.add_argument("--seeds", default="101,102,103", help="held-out seeds, by commas; 1 to 99 are for fitting")
    parser.add_argument("--companies", default="a,b", help="by commas")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--json", type=Path, help="write every figure to this file too")
    parser.add_argument("--diagram", type=Path, help="seeds: draw what was said against what came into this PNG")
    parser.add_argument("--keep", action="store_true", help="leave the companies' homes where they are")
    options = parser.parse_args(argv)
    root = Home.from_env().root / "phantom"
    seeds = [int(seed) for seed in options.seeds.split(",")]
    points = [Point(c, seed, options.records) for c in options.companies.split(",") for seed in seeds]
    project = compiled()
    if options.what == "delay":
        found = [line for point in points for line in delay.measure(point, project, root)]
        print(table(found))
    elif options.what == "curves":
        found = _curves(points, project, root)
    else:
        found = [_seed(point, project, root, options.keep) for point in points]
        _sum_up(found)
        if options.diagram:
            from benchmarks.phantom.diagram import draw

            draw(found, options.diagram)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1, default=float) + "\n", encoding="utf-8")
    return 0


def _seed(point: Point, project, root: Path, keep: bool) -> dict:
    _, rows = measured(point, project, root, keep)
    told = {
        "company": point.company,
        "seed": point.seed,
        "headline": figures.headline(rows),
        "rules": figures.rules(rows),
        "groups": figures.groups(rows),
        "bands": figures.bands(rows),
        "bands of the ceiling": figures.bands(rows, "ceiling"),
    }
    print(f"\n## Company {point.company}, seed {point.seed}\n", flush=True)
    print(table({"figure": name, "value": value} for name, value in told["headline"].items()))
    for name in ("rules", "groups", "bands", "bands of the ceiling"):
        print(f"\n{name}\n\n{table(told[name])}", flush=True)
    return told


def _sum_up(found: list[dict]) -> None:
    print("\n## All seeds\n")
    lines = [{"company": told["company"], "seed": told["seed"], **told["headline"]} for told in found]
    wanted = ("company", "seed", "base rate", "average precision", "ceiling", "of ceiling", "best single",
              "of best single", "score of rules", "first 100 of the count list", "first 100 by probability",
              "stale precision", "stale recall", "calibration error")  # fmt: skip
    print(table(lines, list(wanted)), flush=True)


def _curves(points: list[Point], project, root: Path) -> list[dict]:
    lines = []
    for point in points:
        wanted = [(f"base rate {rate:g}", Point(point.company, point.seed, point.records, base_rate=rate))
                  for rate in BASE_RATES]  # fmt: skip
        wanted += [(f"demand x {times:g}", Point(point.company, point.seed, point.records, density=times))
                   for times in DENSITIES]  # fmt: skip
        for curve, one in wanted:
            lines.append({"company": one.company, "seed": one.seed, "curve": curve,
                          **figures.headline(measured(one, project, root)[1])})  # fmt: skip
            print(table(lines[-1:], list(_CURVE)).splitlines()[-1], flush=True)
    print("\n" + table(lines, ["company", "seed", *_CURVE]))
    return lines


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    sys.exit(main())
