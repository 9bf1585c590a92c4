"""What the KPIs cost beside the core: the large synthetic company, built folder by folder, seconds of SQL per model.

Here: landing and accepting the company, the builds and their sums. Not here: the core against other ways (measure.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestration.lib import warehouse
from orchestration.lib.paths import REPO, Home

STAGES = (
    ("core", ("path:seeds", "path:models/staging", "path:models/marts/core")),
    ("visibility", ("path:models/marts/visibility",)),
    ("lag", ("path:models/marts/lag",)),
    ("lead", ("path:models/marts/service", "path:models/marts/lead")),
)
"""In the order they are built: a stage reads itself and those before it."""
OF_LAG = ("kpi_primary_lag_indicator", "kpi_financial_outcome")
"""Models of other folders that answer for lag: they present what it found."""
OF_LEAD = ("lead", "service")
LOCATIONS, DAYS = 12, 730
_KEPT = 0.87 * 0.625
"""SKU-locations per golden SKU and location: a division sells five eighths of the SKUs, its sites keep most of them."""
HEADER = ("subject", "model", "SQL s", ": core")


@dataclass
class Cost:
    """Seconds of SQL by subject and model; `wall`: seconds of each stage; `rows`: what the company came to."""

    seconds: dict[str, dict[str, float]] = field(default_factory=dict)
    wall: dict[str, float] = field(default_factory=dict)

    def total(self, subject: str) -> float:
        """Seconds of all models of a subject."""
        return sum(self.seconds.get(subject, {}).values())


def measure(home: Home, movements: int, stocks: int, told: Callable[[str], None], cost: Cost) -> None:
    """Land the company in `home` unless it is there already, accept it and build stage by stage. `cost` holds what was
    built so far, also when a stage fails."""
    skus = max(40, round(stocks / LOCATIONS / _KEPT))
    if not home.pinned.exists():
        numbers = {"skus": skus, "locations": LOCATIONS, "days": DAYS, "movements": movements}
        words = [word for name, number in numbers.items() for word in (f"--{name}", str(number))]
        run_module(home, "synthetic", "--profile", "large", "--seed", "1", *words)
        run_module(home, "orchestration", "accept")
        told("the company has landed and is accepted")
    folders = _folders()
    for stage, selectors in STAGES:
        started = time.monotonic()
        extra = ("--select", *selectors, "--exclude-resource-type", "test")
        done = warehouse.build(home, on_plan=lambda plan: None, on_node=lambda total, node: None, extra=extra)
        cost.wall[stage] = time.monotonic() - started
        for event in done.events:
            name = str(event["data"]["node_info"]["node_name"])
            subject = "lag" if name in OF_LAG else folders.get(name, "core")
            cost.seconds.setdefault(subject, {})[name] = float(event["data"].get("execution_time") or 0)
        if done.error:
            raise RuntimeError(done.error)
        told(f"{stage}: {cost.wall[stage]:.1f} s")


def rows(cost: Cost, most: int = 12) -> list[tuple[str, ...]]:
    """Lines of the table: each subject with its ratio to the core, then its costliest models."""
    core, lines = cost.total("core"), []
    for subject in sorted(cost.seconds, key=lambda name: (name != "core", -cost.total(name))):
        total = cost.total(subject)
        lines.append((subject, f"all {len(cost.seconds[subject])}", f"{total:.1f}", f"{total / core:.2f}"))
        for name, seconds in sorted(cost.seconds[subject].items(), key=lambda pair: -pair[1])[:most]:
            lines.append((subject, name, f"{seconds:.1f}", f"{seconds / core:.2f}"))
    both = sum(cost.total(subject) for subject in OF_LEAD)
    lines.append((" + ".join(OF_LEAD), "all", f"{both:.1f}", f"{both / core:.2f}"))
    return lines


def _folders() -> dict[str, str]:
    """Model -> its folder below models/marts; what lies in none is part of the core."""
    marts = REPO / "models" / "marts"
    return {path.stem: path.relative_to(marts).parts[0] for end in ("sql", "py") for path in marts.rglob(f"*.{end}")}


def run_module(home: Home, module: str, *words: str) -> None:
    """`python -m module words` on a home; RuntimeError when it fails."""
    environment = {**os.environ, **warehouse.environment(home)}
    done = subprocess.run([sys.executable, "-m", module, *words], cwd=REPO, env=environment, check=False,
                          stdout=subprocess.DEVNULL)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"python -m {module} {' '.join(words)} did not finish (exit code {done.returncode})")
