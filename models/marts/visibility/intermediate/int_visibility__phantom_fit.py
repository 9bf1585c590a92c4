"""What the signs of a phantom weigh, company by company: a logistic model of what counts found, by Newton's method.

Here: the most likely coefficients under the priors of policy, and those of sites, classes and both under normal
priors whose spread is that of the effects (empirical Bayes), as decimals. Not here: what the signs mean, what
a company without counts is told (docs/formulas.md#phantom, docs/decisions/0049-the-chance-of-a-phantom.md).
"""

from decimal import Decimal

import numpy as np
import pyarrow as pa

WIDTH, DIGITS = 18, 6
ROUNDS, HALVINGS, LIMIT = 30, 20, 500  # a logistic beyond the limit is 0 or 1 in any float
NEAR = 10 ** -(DIGITS + 2)  # a step that no digit shows
ALL = "*"


def loss(matrix, found, beta, prior, weight):
    """Negative logarithm of the likelihood times the prior."""
    score = matrix @ beta
    return np.ones(len(found)) @ (np.logaddexp(0.0, score) - found * score) + weight @ (beta - prior) ** 2 / 2.0


def curvature(matrix, beta, weight):
    """Chances and second derivatives at `beta`."""
    chance = 1.0 / (1.0 + np.exp(-np.clip(matrix @ beta, -LIMIT, LIMIT)))
    return chance, (matrix.T * (chance * (1.0 - chance))) @ matrix + np.diag(weight)


def climb(matrix, found, beta, prior, weight):
    """The most likely coefficients: Newton's steps, each halved until it does not lead down."""
    for _ in range(ROUNDS):
        chance, second = curvature(matrix, beta, weight)
        step = np.linalg.solve(second, matrix.T @ (found - chance) - weight * (beta - prior))
        here = loss(matrix, found, beta, prior, weight)
        for _ in range(HALVINGS):
            if loss(matrix, found, beta + step, prior, weight) <= here:
                break
            step = step / 2.0
        beta = beta + step
        if np.abs(step).max() < NEAR:
            break
    return beta


def fit(matrix, found, blocks, prior, weight, rounds):
    """Coefficients; the weight of each block of effects is learnt from them, the first weight being policy's."""
    beta, least = prior.copy(), weight.copy()
    for _ in range(rounds):
        beta = climb(matrix, found, beta, prior, weight)
        spread = np.linalg.inv(curvature(matrix, beta, weight)[1])
        for block in blocks:
            size = beta[block] @ beta[block] + np.trace(spread[np.ix_(block, block)])
            weight[block] = np.maximum(len(block) / size, least[block])
    return beta


def terms_of(sites, classes):
    """Names of the effects of a company, (location, class) with `*` for all, and the rows each holds for."""
    kinds = [
        [(site, ALL) for site in sorted(set(sites))],
        [(ALL, klass) for klass in sorted(set(classes))],
        sorted(set(zip(sites, classes, strict=True))),
    ]
    names, columns, blocks = [], [], []
    for kind in kinds:
        blocks.append(np.arange(len(names), len(names) + len(kind)))
        names += kind
        columns += [((sites == s) | (s == ALL)) & ((classes == k) | (k == ALL)) for s, k in kind]
    return names, np.column_stack(columns).astype(float), blocks


def model(dbt, session):
    """One row per company and sign, and per company, location and class."""
    priors = dbt.ref("int_visibility__phantom_prior").order("feature").to_arrow_table()
    features = priors.column("feature").to_pylist()
    means, weights = (priors.column(name).cast(pa.float64()).to_numpy() for name in ("prior_rate", "prior_weight_rate"))
    rows = dbt.ref("int_visibility__phantom_sample").order("company_code, sku_id, location_id, look_date")
    table = rows.to_arrow_table()
    companies, all_sites, all_classes = (
        np.array(table.column(name).to_pylist(), dtype=object) for name in ("company_code", "location_id", "abc_class")
    )
    found = table.column("is_phantom").cast(pa.int8()).to_numpy().astype(float)
    signs = np.empty((len(found), len(features)))
    for place, name in enumerate(features):
        signs[:, place] = table.column(name).cast(pa.float64()).to_numpy()
    rounds, cell_weight = (priors.column(name).to_pylist() for name in ("round_count", "cell_weight_rate"))
    lines = []
    for company in sorted(set(companies)):
        own = np.flatnonzero(companies == company)
        names, effects, blocks = terms_of(all_sites[own], all_classes[own])
        beta = fit(
            np.column_stack([signs[own], effects]), found[own], [block + len(features) for block in blocks],
            np.concatenate([means, np.zeros(len(names))]),
            np.concatenate([weights, np.full(len(names), float(cell_weight[0]))]), rounds[0],
        )  # fmt: skip
        keys = [(name, ALL, ALL) for name in features] + [("effect", *name) for name in names]
        lines += [(company, *key, value) for key, value in zip(keys, beta, strict=True)]
    cells = [Decimal(int(np.rint(line[-1] * 10**DIGITS))).scaleb(-DIGITS) for line in lines]
    keys = ("company_code", "feature", "location_id", "abc_class")
    return pa.table(
        {name: pa.array([line[place] for line in lines], pa.string()) for place, name in enumerate(keys)}
        | {"coefficient_rate": pa.array(cells, pa.decimal128(WIDTH, DIGITS))}
    )
