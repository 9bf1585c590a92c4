"""How old the stock of the cut-off is and what its age costs (docs/formulas.md#stock-ageing, B4.1).

Here: buckets, provisions and their sums over the layers of layers.py. Not here: how layers come about.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.layers import layers

BUCKETS = [(90, "0-90", "0"), (180, "91-180", "0"), (365, "181-365", "0.25"), (730, "366-730", "0.5")]
OLDEST = (None, ">730", "1")
AGED = 180


@dataclass(frozen=True)
class Aged:
    """A layer with its age. amount and provision: company currency, None without cost or rate."""

    age: int
    bucket: str
    qty: Decimal
    amount: Decimal | None
    provision: Decimal | None
    is_known: bool


def bucket(age: int) -> tuple[str, Decimal]:
    """Name and provision rate of an age."""
    _, name, rate = next((row for row in BUCKETS if age <= row[0]), OLDEST)
    return name, Decimal(rate)


def aged_layers(company: Company) -> dict[Record, list[Aged]]:
    """Layers of every record with stock, the oldest first."""
    found = {}
    for record, members in layers(company).items():
        found[record] = []
        for layer in members:
            age = max((company.as_of_date - layer.day).days, 0)
            cost, source = company.costs.at(record, layer.day)
            rate = company.rate(record, company.as_of_date, "closing")
            amount = None if cost is None or rate is None else layer.qty * cost * rate
            name, share = bucket(age)
            provision = None if amount is None else amount * share
            is_known = source not in ("none", "category_median")
            found[record].append(Aged(age, name, layer.qty, amount, provision, is_known))
    return found


@dataclass
class Sums:
    """A scope: value, aged value and provision of what has a cost (None without any), quantities of all."""

    stock: Decimal | None = None
    aged: Decimal | None = None
    provision: Decimal | None = None
    qty: Decimal = Decimal(0)
    known_qty: Decimal = Decimal(0)


def scope_sums(company: Company) -> dict[tuple[str, str], Sums]:
    """(scope type, scope id) -> sums of its layers."""
    found: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for record, members in aged_layers(company).items():
        for scope in company.scopes(record).items():
            said = found[scope]
            for layer in members:
                said.qty += layer.qty
                said.known_qty += layer.qty if layer.is_known else 0
                if layer.amount is not None:
                    said.stock = (said.stock or 0) + layer.amount
                    said.aged = (said.aged or 0) + (layer.amount if layer.age > AGED else 0)
                    said.provision = (said.provision or 0) + layer.provision
    return found
