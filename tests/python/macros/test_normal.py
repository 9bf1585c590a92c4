"""The normal quantile against scipy, its symmetry and its edges (docs/formulas.md#normal)."""

from __future__ import annotations

from decimal import Decimal

import numpy
from scipy.stats import norm

from tests.python.macros.render import evaluate

COLUMNS = {"p": "decimal(9, 6)"}
TOLERANCE = 0.000001
NEAR = Decimal("0.000001")


def test_the_quantile_is_that_of_scipy_over_the_whole_range(macros, duck):
    tails = [1, 2, 5, 9, 10, 50, 100, 500, 999]
    grid = [Decimal(n) / 1_000_000 for n in [*tails, *range(1_000, 1_000_000, 997)]]
    grid += [1 - p for p in grid]
    found = evaluate(duck, macros["kpi_normal_quantile"]("p"), COLUMNS, [(p,) for p in grid])
    errors = numpy.abs(numpy.array(found, dtype=float) - norm.ppf(numpy.array(grid, dtype=float)))
    assert len(grid) > 2_000
    assert errors.max() <= TOLERANCE


def test_the_service_levels_people_use(macros, duck):
    known = {"0.5": "0", "0.8": "0.841621", "0.9": "1.281552", "0.95": "1.644854", "0.975": "1.959964"}
    known |= {"0.98": "2.053749", "0.99": "2.326348", "0.995": "2.575829", "0.999": "3.090232"}
    found = evaluate(duck, macros["kpi_normal_quantile"]("p"), COLUMNS, [(p,) for p in known])
    off = {p: z for (p, expected), z in zip(known.items(), found, strict=True) if abs(z - Decimal(expected)) > NEAR}
    assert off == {}


def test_the_quantile_is_odd_and_rises_across_the_seams_of_the_branches(macros, duck):
    points = ["0.074998", "0.074999", "0.075", "0.075001", "0.075002"]
    rows = [(p,) for p in points] + [(1 - Decimal(p),) for p in points]
    found = evaluate(duck, macros["kpi_normal_quantile"]("p"), COLUMNS, rows)
    low, high = found[:5], found[5:]
    assert low == sorted(set(low))
    assert [-z for z in low] == high


def test_beyond_the_open_interval_there_is_no_quantile(macros, duck):
    rows = [("0",), ("1",), ("-0.1",), ("1.5",), (None,)]
    assert evaluate(duck, macros["kpi_normal_quantile"]("p"), COLUMNS, rows) == [None] * 5
