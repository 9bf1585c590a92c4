"""Service contracts: what the company promised some of its bigger customers.

Belongs here: the promises, drawn once. Does not belong here: customers (sales.py) and the layout (emit_terms.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.clock import stream
from synthetic.company import CATEGORIES, Company
from synthetic.demand import Demand
from synthetic.profiles import Profile
from synthetic.sales import Customers
from synthetic.tables import MONEY_SCALE, NOT_YET

_TARGETS_BP = (9000, 9300, 9500, 9700, 9800, 9900)
_SHARES = (0.15, 0.2, 0.25, 0.2, 0.12, 0.08)


@dataclass(frozen=True)
class ServiceContracts:
    """One row per contract line; places are -1 where a line names none. Penalties are millionths."""

    contract: np.ndarray
    line: np.ndarray
    customer: np.ndarray
    item: np.ndarray
    category: np.ndarray
    site: np.ndarray
    service_type: np.ndarray
    target_bp: np.ndarray
    window_days: np.ndarray
    penalty: np.ndarray
    basis: np.ndarray
    from_day: np.ndarray
    to_day: np.ndarray
    types: tuple[str, ...] = ("cycle", "fill", "in_stock")
    bases: tuple[str, ...] = ("value_short", "unit_short")
    categories: tuple[str, ...] = tuple(CATEGORIES)


def draw_contracts(company: Company, demand: Demand, customers: Customers, profile: Profile, seed: int
                   ) -> ServiceContracts:  # fmt: skip
    """Draw contracts of two to five lines with the bigger customers: about items they buy, categories or all."""
    rng = stream(seed, "contracts")
    sold = np.zeros(len(company.items))
    np.add.at(sold, company.item_of, demand.rate)
    columns: dict[str, list[np.ndarray]] = {name: [] for name in _COLUMNS}
    contracts = 0
    for number in range(len(company.divisions)):
        pool = np.flatnonzero(customers.division == number)
        big = pool[np.argsort(-customers.weight[pool], kind="stable")][: profile.contracts_per_division]
        lines = rng.integers(2, 6, len(big))
        of = np.repeat(np.arange(len(big)), lines)
        n = len(of)
        own = np.flatnonzero((company.items["division"].to_numpy() == number) & (sold > 0))
        own = own[np.argsort(-sold[own], kind="stable")][: max(len(own) // 3, n)]
        kind = rng.choice(3, n, p=[0.6, 0.3, 0.1])  # an item, a category, everything
        sites = np.flatnonzero(company.division_of_site == number)
        basis = rng.choice([-1, 0, 1], n, p=[0.25, 0.5, 0.25])
        start = rng.choice([-200, 0, profile.days // 4, profile.days // 2], len(big))[of]
        ends = rng.random(n) < 0.2
        columns["contract"].append(contracts + of + 1)
        columns["line"].append(np.arange(n) - np.repeat(np.cumsum(lines) - lines, lines) + 1)
        columns["customer"].append(big[of])
        columns["item"].append(np.where(kind == 0, rng.choice(own, n, replace=len(own) < n), -1))
        columns["category"].append(np.where(kind == 1, rng.integers(0, len(CATEGORIES), n), -1))
        columns["site"].append(np.where(rng.random(n) < 0.4, rng.choice(sites, n), -1))
        columns["service_type"].append(rng.choice(3, n, p=[0.15, 0.6, 0.25]))
        columns["target_bp"].append(rng.choice(_TARGETS_BP, n, p=_SHARES))
        columns["window_days"].append(rng.choice([30, 90, 365], n, p=[0.5, 0.35, 0.15]))
        share = rng.choice([2, 3, 5, 8, 10], n) * MONEY_SCALE // 100
        amount = rng.choice([1, 2, 5], n) * MONEY_SCALE
        columns["penalty"].append(np.where(basis == 1, amount, share))
        columns["basis"].append(basis)
        columns["from_day"].append(start)
        columns["to_day"].append(np.where(ends, start + 365 + profile.days // 2, NOT_YET))
        contracts += len(big)
    return ServiceContracts(**{name: np.concatenate(parts) for name, parts in columns.items()})


_COLUMNS = ("contract", "line", "customer", "item", "category", "site", "service_type", "target_bp", "window_days",
            "penalty", "basis", "from_day", "to_day")  # fmt: skip
