"""The reliability diagram of docs/phantom_stock.md: what was said of records, and what part of them it held for.

Here: one picture of the measured bands. Not here: measuring them (measures.py). matplotlib is a tool of development.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

_SMALLEST = 0.0004  # of the axes, both logarithmic: most records are of low chance
_COLOURS = {"a": ("#1f3a5f", "#4f7cac", "#9db4c8"), "b": ("#8c2f1b", "#c8553d", "#e3a38f")}
_MARKERS = "o^sDv"


def draw(found: Sequence[dict], file: Path) -> None:
    """Draw the bands of every measured company into `file` (PNG); a band in which nothing came stands at the foot."""
    figure, axis = plt.subplots(figsize=(6.4, 5.6), layout="constrained")
    axis.plot([_SMALLEST, 1], [_SMALLEST, 1], color="#9a9a9a", linewidth=1, linestyle="--", label="as said")
    drawn: Counter[str] = Counter()
    for told in found:
        colours, place = _COLOURS.get(told["company"], ("#3c6e47",)), drawn[told["company"]]
        colour, marker = colours[place % len(colours)], _MARKERS[place % len(_MARKERS)]
        drawn[told["company"]] += 1
        said = [band["said"] for band in told["bands"]]
        came = [max(band["came"], _SMALLEST) for band in told["bands"]]
        axis.plot(
            said,
            came,
            color=colour,
            marker=marker,
            markersize=4,
            linewidth=1,
            label=f"company {told['company']}, seed {told['seed']}",
        )
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlim(_SMALLEST, 1.1)
    axis.set_ylim(_SMALLEST, 1.1)
    axis.set_xlabel("chance that was said, mean of the band")
    axis.set_ylabel("share that was a phantom")
    axis.set_title("Reliability of the chance of a phantom", loc="left", fontsize=11, color="#1f3a5f")
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(color="#e6e6e6", linewidth=0.7)
    axis.legend(frameon=False, fontsize=8, loc="upper left")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=110, metadata={"Software": None})
    plt.close(figure)
