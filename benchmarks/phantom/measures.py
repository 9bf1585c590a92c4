"""Measures of a ranking and of a probability against the truth, by numpy alone.

Here: average precision, precision of the first, calibration. Not here: where scores come from.
"""

from __future__ import annotations

import numpy as np

EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1.0)


def average_precision(score: np.ndarray, truth: np.ndarray) -> float:
    """Return the mean of the precision over the recall, equal scores taken together; nan without a true row.

    Equal scores are one step, so that the order of rows within them gives and takes nothing.
    """
    if not truth.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order])
    last = np.r_[score[order][1:] != score[order][:-1], True]
    found = hits[last]
    precision = found / (np.flatnonzero(last) + 1)
    return float((np.diff(np.r_[0, found]) * precision).sum() / truth.sum())


def precision_of_first(score: np.ndarray, truth: np.ndarray, first: int) -> float:
    """Return the precision among the first rows by falling score; ties by place, as a list would show them."""
    chosen = np.argsort(-score, kind="stable")[:first]
    return float(truth[chosen].mean()) if len(chosen) else float("nan")


def precision_recall(flagged: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Return precision and recall of a yes or no; nan where nothing is flagged or nothing is true."""
    both = float((flagged & truth).sum())
    return (
        both / flagged.sum() if flagged.any() else float("nan"),
        both / truth.sum() if truth.any() else float("nan"),
    )


def log_loss(chance: np.ndarray, truth: np.ndarray) -> float:
    """Return the mean of minus the logarithm of the chance given to what came."""
    given = np.clip(np.where(truth, chance, 1 - chance), 1e-6, 1.0)
    return float(-np.log(given).mean())


def reliability(chance: np.ndarray, truth: np.ndarray) -> list[dict[str, float]]:
    """Return for each band of chances how many rows it has, what they were given and what came."""
    band = np.clip(np.searchsorted(EDGES, chance, side="right") - 1, 0, len(EDGES) - 2)
    return [
        {
            "from": EDGES[place],
            "to": EDGES[place + 1],
            "records": int((band == place).sum()),
            "said": float(chance[band == place].mean()),
            "came": float(truth[band == place].mean()),
        }
        for place in range(len(EDGES) - 1)
        if (band == place).any()
    ]


def calibration_error(chance: np.ndarray, truth: np.ndarray) -> float:
    """Return the mean distance between what was said and what came over the bands, weighted by their rows."""
    bands = reliability(chance, truth)
    return sum(band["records"] * abs(band["said"] - band["came"]) for band in bands) / len(truth)
