"""Coefficients of the chance that a pick goes wrong, site by site: a logistic model, ridge 1, by Newton's method.

Here: the fit on the weeks that are not held out, for sites with enough errors, as decimals. Not here: what the features
mean, the prediction and how well it does (docs/formulas.md#slotting).
"""

from decimal import Decimal

import numpy as np
import pyarrow as pa

FEATURES = ["low_rate", "high_rate", "neighbour_rate", "velocity_rate", "cube_rate", "density_rate"]
WIDTH, DIGITS, ROUNDS = 18, 6, 50


def fit(features, trials, errors):
    """Intercept and coefficients at the maximum of the penalised likelihood; the intercept is free."""
    matrix = np.column_stack([np.ones(len(features)), features])
    ridge = np.diag([0.0] + [1.0] * features.shape[1])
    beta = np.zeros(matrix.shape[1])
    for _ in range(ROUNDS):
        chance = 1.0 / (1.0 + np.exp(-(matrix @ beta)))
        weight = trials * chance * (1.0 - chance)
        gradient = matrix.T @ (errors - trials * chance) - ridge @ beta
        beta = beta + np.linalg.solve((matrix.T * weight) @ matrix + ridge, gradient)
    return beta


def model(dbt, session):
    """One row per site and feature."""
    rows = dbt.ref("int_lead__pick_feature").filter("has_enough_errors and not is_holdout")
    names = ["location_id", "trial_count", "error_count", *FEATURES]
    table = rows.order("location_id, sku_id, bin_code, week_start_date").project(", ".join(names)).to_arrow_table()
    sites = np.array(table.column("location_id").to_pylist(), dtype=object)
    trials, errors = (table.column(name).cast(pa.float64()).to_numpy() for name in ("trial_count", "error_count"))
    features = np.empty((len(sites), len(FEATURES)))
    for place, name in enumerate(FEATURES):
        features[:, place] = table.column(name).cast(pa.float64()).to_numpy()
    found = []
    for site in sorted(set(sites)):
        own = np.flatnonzero(sites == site)
        beta = fit(features[own], trials[own], errors[own])
        found += [(site, name, value) for name, value in zip(["intercept", *FEATURES], beta, strict=True)]
    cells = [Decimal(int(np.rint(value * 10**DIGITS))).scaleb(-DIGITS) for _, _, value in found]
    return pa.table({
        "location_id": pa.array([site for site, _, _ in found], pa.string()),
        "feature": pa.array([name for _, name, _ in found], pa.string()),
        "coefficient_rate": pa.array(cells, pa.decimal128(WIDTH, DIGITS)),
    })  # fmt: skip
