"""Quantiles and expected shortages of lead-time demand: what SQL has no functions for.

Here: for each distinct (distribution, moments, order quantity, service) the least reorder point that gives the service,
by bisection over the survival functions of SciPy, as decimals. Not here: which services are asked for, costs, targets.

Definitions (docs/formulas.md#service-level): X demand over lead time and review, x reorder point, Q order quantity.
  cycle      P(X <= x)
  shortage   E[(X - x)+] of one cycle
  fill       1 - shortage(x) / Q
  in stock   1 - (shortage(x) - shortage(x + Q)) / Q: the inventory position is uniform between x and x + Q
"""

from decimal import Decimal

import numpy as np
import pyarrow as pa
from scipy import special

ASKED = "lead_time_distribution, mean_lead_time_demand_qty, sd_lead_time_demand_qty, lead_time_order_qty"
ANSWERED = ("csl_ratio", "cycle_ratio", "needed_reorder_point_qty", "expected_shortage_qty", "in_stock_ratio")
WIDTH, DIGITS = 24, 6  # of the decimals that leave this step
MILLION = 10**DIGITS
STEPS = 70  # more than the bits of a float: the search ends where floats do


def survival(kind, mean, sd, x):
    """P(X > x) for x >= -1; x whole numbers where the distribution counts units."""
    if kind == "normal":
        return special.ndtr((mean - x) / sd)
    if kind == "gamma":
        return special.gammaincc((mean / sd) ** 2, np.maximum(x, 0.0) * mean / sd**2)
    if kind == "poisson":
        return np.where(x < 0, 1.0, special.gammainc(np.maximum(x, 0.0) + 1.0, mean))
    if kind == "negative_binomial":
        size, success = mean**2 / (sd**2 - mean), mean / sd**2
        return np.where(x < 0, 1.0, special.betainc(np.maximum(x, 0.0) + 1.0, size, 1.0 - success))
    raise ValueError(f"no distribution {kind}")


def shortage(kind, mean, sd, x):
    """E[(X - x)+] for x >= 0; between whole numbers a counting distribution's is a straight line."""
    if kind == "normal":
        z = (x - mean) / sd
        density = np.exp(-(z**2) / 2.0) / np.sqrt(2.0 * np.pi)
        return np.maximum(sd * (density - z * special.ndtr(-z)), 0.0)
    if kind == "gamma":
        above = special.gammaincc((mean / sd) ** 2 + 1.0, x * mean / sd**2)
        return np.maximum(mean * above - x * survival(kind, mean, sd, x), 0.0)
    whole = np.floor(x)
    if kind == "poisson":
        above = survival(kind, mean, sd, whole - 1.0)
    else:  # E[X; X > k] = mean x P(Y >= k), Y negative binomial of one success more
        size, success = mean**2 / (sd**2 - mean), mean / sd**2
        above = np.where(whole < 1, 1.0, special.betainc(np.maximum(whole, 1.0), size + 1.0, 1.0 - success))
    tail = survival(kind, mean, sd, whole)
    return np.maximum(mean * above - whole * tail - (x - whole) * tail, 0.0)


def unserved(kind, service, mean, sd, order, x):
    """1 - service of a type at reorder point x."""
    if service == "cycle":
        return survival(kind, mean, sd, x)
    short = shortage(kind, mean, sd, x)
    if service == "in_stock":
        short = short - shortage(kind, mean, sd, x + order)
    return short / order


def least_reorder_point(kind, service, target, mean, sd, order):
    """Least x >= 0 with at least the target service: whole where units are counted, else rounded up to six digits."""
    allowed = 1.0 - target
    is_counted = kind in ("poisson", "negative_binomial")
    low, high = np.zeros_like(mean), np.ceil(mean + sd)
    for _ in range(STEPS):
        short = unserved(kind, service, mean, sd, order, high) > allowed
        if not short.any():
            break
        low, high = np.where(short, high, low), np.where(short, 2.0 * high, high)
    high = np.where(unserved(kind, service, mean, sd, order, np.zeros_like(mean)) <= allowed, 0.0, high)
    for _ in range(STEPS):
        middle = np.floor((low + high) / 2.0) if is_counted else (low + high) / 2.0
        met = unserved(kind, service, mean, sd, order, middle) <= allowed
        low, high = np.where(met, low, middle), np.where(met, np.minimum(middle, high), high)
    return high if is_counted else np.ceil(high * MILLION) / MILLION


def answers(kind, service, target, mean, sd, order):
    """(csl, cycle, reorder point, shortage, in stock) of one distribution and type of service, as float arrays."""
    if kind == "constant":  # nothing varies: the mean serves every demand at any service level
        least = target if service == "cycle" else np.zeros_like(mean)
        return least, np.ones_like(mean), mean, np.zeros_like(mean), np.ones_like(mean)
    x = least_reorder_point(kind, service, target, mean, sd, order)
    short = shortage(kind, mean, sd, x)
    cycle = 1.0 - survival(kind, mean, sd, x)
    in_stock = 1.0 - (short - shortage(kind, mean, sd, x + order)) / order
    if service == "cycle":
        least = target
    elif kind in ("poisson", "negative_binomial"):  # the first level whose quantile is x lies just above P(X <= x - 1)
        below = np.floor((1.0 - survival(kind, mean, sd, x - 1.0)) * MILLION) / MILLION
        least = np.minimum(below + 1.0 / MILLION, cycle)
    else:
        least = cycle
    if service != "cycle":  # kept without any reorder point: at every level
        least = np.where(x == 0, 0.0, least)
    return least, cycle, x, short, np.clip(in_stock, 0.0, 1.0)


def decimals(values):
    """Floats as decimals of six digits: the only rounding, and no float leaves this step."""
    cells = [Decimal(int(cell)).scaleb(-DIGITS) for cell in np.rint(values * MILLION)]
    return pa.array(cells, pa.decimal128(WIDTH, DIGITS))


def model(dbt, session):
    """One row per distinct distribution, moments, order quantity and service asked for."""
    requests = dbt.ref("int_service__service_level_request")
    keys = requests.project(f"service_type, target_ratio, {ASKED}").distinct().order("all").to_arrow_table()
    kinds, services = (
        np.array(keys.column(name).to_pylist(), dtype=object) for name in ("lead_time_distribution", "service_type")
    )
    target, mean, sd, order = (
        keys.column(name).cast(pa.float64()).to_numpy() for name in ("target_ratio", *ASKED.split(", ")[1:])
    )
    found = np.zeros((len(ANSWERED), len(keys)))
    for kind, service in sorted(set(zip(kinds, services, strict=True))):
        chosen = (kinds == kind) & (services == service)
        found[:, chosen] = answers(kind, service, target[chosen], mean[chosen], sd[chosen], order[chosen])
    for name, values in zip(ANSWERED, found, strict=True):
        keys = keys.append_column(name, decimals(values))
    return keys
