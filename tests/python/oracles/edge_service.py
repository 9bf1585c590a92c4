"""What the edge company charges and has promised: list prices and service contracts.

Here: rows for the ERP entities items (price) and service_contracts. Not here: terms of supply and planning.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

# item -> (list price, currency; none means the division's). e05 is sold below its cost, e08 for nothing; e06 has none.
PRICES = {
    "e01": ("20", "USD"), "e02": ("6", None), "e03": ("12", "USD"), "e05": ("2", "USD"),
    "e07": ("3", "USD"), "e08": ("0", "USD"), "e10": ("9", "USD"), "e11": ("5", "USD"), "e12": ("16", "EUR"),
    "e15": ("3", "USD"), "w01": ("18", "EUR"), "w20": ("80", "SEK"),
}  # fmt: skip

LAST = "2026-06-20"  # first day after, the day of the extract: no longer in force
# (division, contract, line, customer, item, category, location, type, target, penalty, basis, currency, from, to)
CONTRACTS = [
    ("east", "K1", "1", "c1", None, None, None, "fill", "0.9", "0.05", "value_short", None, "2025-01-01", None),
    ("east", "K1", "2", "c1", "e01", None, None, "fill", "0.97", "2", "unit_short", None, "2025-01-01", None),
    ("east", "K1", "3", "c1", "e01", None, "E1", "fill", "0.96", "3", "unit_short", "EUR", "2025-01-01", None),
    ("east", "K2", "1", "c2", None, " tools", None, "cycle", "0.97", "1", "unit_short", "USD", "2025-01-01", None),
    ("east", "K3", "1", "c3", "e03", None, "E1", "in_stock", "0.995", "1", "unit_short", "SEK", "2025-01-01", None),
    ("east", "K3", "2", "c3", "e06", None, None, "in_stock", "0.999", "9", "unit_short", None, "2025-01-01", LAST),
    ("east", "K3", "3", "c3", "e12", None, None, "cycle", "0.999", None, "unit_short", "USD", "2026-06-20", None),
    ("east", "K3", "4", "c3", "e11", None, None, "in_stock", "0.9", None, None, None, "2027-01-01", None),
    ("east", "K4", "1", "c4", "nothing", None, None, "cycle", "0.9", None, None, None, "2025-01-01", None),
    ("west", "K5", "1", "c1", None, "Tools", None, "fill", "0.98", "0.1", "value_short", "EUR", "2025-01-01", None),
]  # fmt: skip
_NAMES = (
    "division", "contract_number", "line_number", "customer_code", "item_code", "category", "location_code",
    "service_type", "target_ratio", "penalty_rate", "penalty_basis", "currency", "valid_from", "valid_to",
)  # fmt: skip


def with_service(division: str, rows: dict[str, list[dict]]) -> dict[str, list[dict]]:
    """The division's rows with list prices and contracts."""
    for item in rows["items"]:
        price, currency = PRICES.get(item["item_code"], (None, None))
        item |= {"list_price": price and Decimal(price), "currency": currency}
    contracts = [dict(zip(_NAMES, line, strict=True)) for line in CONTRACTS]
    return rows | {"service_contracts": [_typed(line) for line in contracts if line.pop("division") == division]}


def _typed(line: dict) -> dict:
    days = {name: line[name] and date.fromisoformat(line[name]) for name in ("valid_from", "valid_to")}
    return line | days | {name: line[name] and Decimal(line[name]) for name in ("target_ratio", "penalty_rate")}
