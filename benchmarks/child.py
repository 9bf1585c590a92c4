"""One contender, one phase, one process: runs it and writes its figures as JSON.

Here: what a process can only measure about itself. Not here: the order of phases (measure.py). Started as
`python -m benchmarks.child <contender> <phase> <folder> <result.json>`.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import time
from datetime import datetime, timedelta
from datetime import time as day_time
from pathlib import Path
from typing import Any

from benchmarks.company import LAST_DAY, Bench

CONTENDERS = ("ours", "hand", "spine", "polars", "pandas")
MOMENT = datetime.combine(LAST_DAY - timedelta(days=400), day_time(12))
STOCK = ("ITEM-D1-I000000", "D1.S00")
"""The busiest SKU-location of every company."""


def module(contender: str) -> Any:
    """The contender's module. ValueError for a name that is none."""
    if contender not in CONTENDERS:
        raise ValueError(f"no contender {contender!r}: one of {', '.join(CONTENDERS)}")
    return importlib.import_module(f"benchmarks.{'ours' if contender == 'ours' else contender + '_script'}")


def run(contender: str, phase: str, bench: Bench) -> dict[str, Any]:
    """Figures of one phase: `seconds` of the work itself, without starting Python, and what the contender adds."""
    script = module(contender)
    if phase == "as of":
        figures: dict[str, Any] = {"seconds": 0.0}
        for name, ask in script.questions(bench, MOMENT, *STOCK).items():
            started = time.monotonic()
            figures[f"{name}_rows"] = ask()
            figures[f"{name}_seconds"] = time.monotonic() - started
            figures["seconds"] += figures[f"{name}_seconds"]
        return figures
    started = time.monotonic()
    figures = (script.build if phase == "build" else script.update)(bench)
    return figures | {
        "seconds": time.monotonic() - started,
        "disk_bytes": sum(path.stat().st_size for path in script.written(bench)),
    }


def peak_bytes() -> int:
    """Peak resident memory of this process alone (getrusage would start from the parent's)."""
    return int(re.search(r"VmHWM:\s+(\d+) kB", _proc("status"))[1]) * 1024  # type: ignore[index] - Linux always says it


def _proc(name: str) -> str:
    return Path(f"/proc/self/{name}").read_text(encoding="utf-8")


if __name__ == "__main__":
    contender, phase, folder, result = sys.argv[1:]
    figures = run(contender, phase, Bench(Path(folder)))
    usage = os.times()
    figures |= {
        "cpu_seconds": usage.user + usage.system + usage.children_user + usage.children_system,
        "peak_bytes": peak_bytes(),
        "written_bytes": int(re.search(r"^write_bytes: (\d+)", _proc("io"), re.MULTILINE)[1]),  # type: ignore[index] - as above
    }
    Path(result).write_text(json.dumps(figures), encoding="utf-8")
