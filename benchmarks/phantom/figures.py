"""The figures of one measured company: the model, the ceiling, every rule, the count list, stale records, groups.

Here: figures of one frame of records (point.joined). Not here: how they are printed (report.py).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.phantom import measures
from benchmarks.phantom.point import has_rule

FIRST = 100
STALE_RULE = "DQ-S1"
RULES = "score of rules"
_GROUPS = {
    "class": "true_class",
    "site": "location_code",
    "cause": "cause",
    "silent because": "innocent_reason",
}


def promising(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the records that promise goods: only they can be phantoms, and only they are ranked."""
    return rows[rows["recorded_qty"] > 0].reset_index(drop=True)


def detectors(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return every single detector's score: each rule as yes or no, what the rules look at, the score that was."""
    scores = {
        rule: has_rule(rows, rule).astype(float) for rule in sorted({*" ".join(rows["rules"].fillna("")).split()})
    }
    chance = rows["zero_sales_probability"].fillna(1.0).to_numpy()
    scores["silence, graded"] = 1 - np.where(rows["was_selling"].fillna(False).astype(bool), chance, 1.0)
    scores["short picks, graded"] = rows["short_pick_count"].fillna(0).to_numpy(dtype=float)
    scores["days without movement"] = rows["days_since_movement"].fillna(0).to_numpy(dtype=float)
    scores["days without count"] = rows["days_since_count"].fillna(0).to_numpy(dtype=float)
    scores["low recorded stock"] = -rows["recorded_qty"].to_numpy(dtype=float)
    scores[RULES] = rows["phantom_score_ratio"].fillna(0).to_numpy(dtype=float)
    return scores


def headline(rows: pd.DataFrame) -> dict[str, float]:
    """Return the figures of a company that the targets speak of."""
    held = promising(rows)
    truth, model = held["is_phantom"].to_numpy(), held["phantom_probability"].to_numpy()
    ceiling = held["ceiling"].to_numpy()
    single = {name: measures.average_precision(score, truth) for name, score in detectors(held).items()}
    by_rules = single.pop(RULES)
    best = max(single, key=lambda name: single[name])
    top = measures.average_precision(ceiling, truth)
    ours = measures.average_precision(model, truth)
    stale_precision, stale_recall = measures.precision_recall(has_rule(rows, STALE_RULE), rows["is_stale"].to_numpy())
    value = held["on_hand_amount"].fillna(0).to_numpy()
    return {
        "records": len(held),
        "phantoms": int(truth.sum()),
        "base rate": float(truth.mean()),
        "average precision": ours,
        "ceiling": top,
        "of ceiling": ours / top,
        "best single": best,
        "of best single": single[best],
        RULES: by_rules,
        "first 100 of the count list": count_list_precision(held),
        "first 100 by probability": measures.precision_of_first(model, truth, FIRST),
        "first 100 of the ceiling": measures.precision_of_first(ceiling, truth, FIRST),
        "first 100 of the ceiling by value": measures.precision_of_first(ceiling * value, truth, FIRST),
        "stale precision": stale_precision,
        "stale recall": stale_recall,
        "calibration error": measures.calibration_error(model, truth),
        "expected phantoms": float(model.sum()),
        "log loss": measures.log_loss(model, truth),
        "log loss of the ceiling": measures.log_loss(ceiling, truth),
    }


def count_list_precision(held: pd.DataFrame) -> float:
    """Return the share of phantoms among the first hundred to count: the lists of all sites, taken rank by rank."""
    order = held.sort_values(["count_priority_rank", "location_code"], kind="stable")
    return float(order["is_phantom"].head(FIRST).mean())


def rules(rows: pd.DataFrame) -> list[dict]:
    """Return how every single detector does alone; precision and recall for those that say yes or no."""
    held = promising(rows)
    truth = held["is_phantom"].to_numpy()
    table = []
    for name, score in detectors(held).items():
        line = {"detector": name, "average precision": measures.average_precision(score, truth)}
        if name.startswith("DQ-"):
            precision, recall = measures.precision_recall(score > 0, truth)
            line |= {"flagged": int((score > 0).sum()), "precision": precision, "recall": recall}
        table.append(line)
    return sorted(table, key=lambda line: -line["average precision"])


def groups(rows: pd.DataFrame) -> list[dict]:
    """Return by class, site, cause and innocent silence: phantoms, average precision of model and ceiling, and how
    many of the records that a list as long as there are phantoms would name are none.

    By cause the precision is over all records, with the phantoms of the other causes left out.
    """
    held = promising(rows)
    cut = held["phantom_probability"].nlargest(int(held["is_phantom"].sum())).min()
    table = []
    for kind, column in _GROUPS.items():
        names = held[column].fillna("none" if kind != "cause" else "")
        for name in sorted(set(names) - {""}):
            here = (names == name) | ~held["is_phantom"] if kind == "cause" else names == name
            part = held[here]
            truth, chance = part["is_phantom"].to_numpy(), part["phantom_probability"].to_numpy()
            named = part["phantom_probability"] >= cut
            table.append(
                {
                    "by": kind,
                    "of": name,
                    "records": len(part),
                    "phantoms": int(truth.sum()),
                    "average precision": measures.average_precision(chance, truth),
                    "ceiling": measures.average_precision(part["ceiling"].to_numpy(), truth),
                    "named in vain": int((named & ~part["is_phantom"]).sum()),
                    "found": float(named[part["is_phantom"]].mean()) if truth.any() else float("nan"),
                }
            )
    return table


def bands(rows: pd.DataFrame, column: str = "phantom_probability") -> list[dict[str, float]]:
    """Return what was said and what came of it."""
    held = promising(rows)
    return measures.reliability(held[column].to_numpy(), held["is_phantom"].to_numpy())
