"""Masters of the company of edge cases: items, sites, costs with gaps, rates with gaps, prices in two currencies.

Here: rows in landing columns per division. Not here: what happened to the goods (edge_company.py), order lines and
receipts (edge_orders.py).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from tests.python.oracles import edge_orders, edge_supply

SITES = {
    "E1": ("east", "America/New_York"),
    "W1": ("west", "Europe/Madrid"),
    "W2": ("west", "Asia/Tokyo"),
    "I1": ("isle", "Europe/London"),
}
REGIONS = {"E1": "coast", "W1": "coast", "W2": None, "I1": "  "}
"""A region of two divisions, and two places that tell none."""

CURRENCIES = {"east": "USD", "west": "EUR", "isle": "GBP"}
FROZEN_FROM = date(2026, 4, 20)
"""e10 and w02 stop selling with stock on hand; e02, the same SKU as w02, is taken off sale."""

# (division, item, category, base unit, gtin, brand, mpn): shared keys make one SKU, restricted ones do not.
ITEMS = [
    ("east", "e01", "Tools", "EA", "4006381333931", None, None),
    ("west", "w01", " tools ", "PCS", "04006381333931", None, None),
    ("east", "e02", "Tools", "EA", None, "Acme", "X-1"),
    ("west", "w02", "Tools", "EA", "40063813339", " acme ", "x-1"),  # eleven digits are no GTIN: brand and part decide
    ("east", "e03", "Tools", "EA", None, None, None),
    ("east", "e04", "Oddments", "EA", None, None, None),
    ("east", "e05", "Tools", "EA", "4006381333932", None, None),  # wrong check digit
    ("east", "e06", "Tools", "EA", None, None, None),
    ("east", "e07", "Own label", "EA", "2000000000008", None, None),  # restricted circulation: the same number in
    ("west", "w07", "Own label", "EA", "2000000000008", None, None),  # two divisions is two SKUs
    ("east", "e08", "Own label", "EA", "20000004", None, None),  # restricted as well, in eight digits
    ("west", "w08", "Own label", "EA", "20000004", None, None),
    ("east", "e09", "Tools", "EA", None, None, None),
    ("east", "e10", "Tools", "EA", None, None, None),
    ("east", "e11", "Tools", "EA", None, None, None),
    ("east", "e12", "Tools", "EA", None, None, None),
    ("east", "e13", "Bulk", "KG", None, None, None),
    ("west", "w20", "Parts", "EA", None, None, None),
    ("west", "w21", "Imports", "EA", None, None, None),
    ("isle", "i01", "Tools", "EA", None, None, None),
    ("east", "e15", "Tools", "EA", None, None, None),
    ("east", "e16", "Tools", "EA", None, None, None),
    ("east", "e14", "Tools", "EA", "0000000000000", None, None),  # noughts where no number is known: the check digit
    ("west", "w14", "Tools", "EA", "0000000000000", None, None),  # fits, and it is no identity
]

# (item, method, cost, valid from, location). e04 has none; w20 and w21 only what was ordered.
COSTS = [
    ("e01", "standard", "9.5", "2024-06-01", None),  # answers before the first moving average
    # A moving average that moves on the 15th of every month.
    *(
        ("e01", "moving_average", f"{10 + n * 0.37:.4f}", f"{2025 + n // 12}-{n % 12 + 1:02d}-15", None)
        for n in range(18)
    ),
    ("e02", "standard", "3.333333", "2024-06-01", None),
    ("e02", "standard", "4.5", "2026-02-01", None),
    ("e02", "standard", "4.75", "2026-03-01", "E1"),  # narrower than the division
    ("e03", "last_purchase", "7.25", "2025-04-01", None),  # nothing is known before
    ("e05", "moving_average", "2.5", "2024-06-01", None),
    ("e06", "moving_average", "20", "2024-06-01", None),
    ("e07", "moving_average", "1.005", "2024-06-01", None),
    ("e08", "moving_average", "0.0501", "2024-06-01", None),
    ("e09", "moving_average", "15", "2024-06-01", None),
    ("e10", "moving_average", "6", "2024-06-01", None),
    ("e10", "moving_average", "6.5", "2026-01-01", None),  # from the day of a review on, which looks at the day before
    ("e11", "moving_average", "3", "2026-06-01", None),
    ("e15", "standard", "2", "2024-06-01", None),
    ("e16", "standard", "2", "2024-06-01", None),
    ("e12", "moving_average", "8", "2024-06-01", None),
    ("e12", "moving_average", "0", "2025-08-01", None),  # nought, negative and null all mean missing
    ("e12", "moving_average", "-1", "2025-10-01", None),
    ("e12", "moving_average", None, "2025-12-01", None),
    ("e13", "moving_average", "1.234567", "2024-06-01", None),
    ("w01", "moving_average", "9.1", "2024-06-01", None),
    ("w01", "moving_average", "11.9", "2026-01-20", None),
    ("w02", "standard", "2.75", "2024-06-01", None),
    ("w07", "standard", "5", "2024-06-01", None),
    ("w08", "standard", "5", "2024-06-01", None),
    ("i01", "standard", "4", "2024-06-01", None),
]

# (item, currency, price, created, status) of west's purchase order lines.
ORDERS = [
    ("w20", "EUR", "36", "2024-12-20", "open"),
    ("w20", "EUR", "48", "2025-11-01", "received"),
    ("w20", "EUR", "99", "2026-01-01", "cancelled"),
    ("w21", "USD", "10", "2024-12-20", "received"),
]


def masters(division: str) -> dict[str, list[dict]]:
    """Rows per ERP entity of one division."""
    company = {"company_code": "ACME", "company_currency": "USD", "currency": CURRENCIES[division]}
    return {
        "divisions": [{"division_code": division, **company}],
        "items": items(division),
        "item_uoms": [{"item_code": "e01", "uom": "CASE", "factor_to_base": Decimal(12)}] if division == "east" else [],
        "locations": [
            {"location_code": site, "location_type": "warehouse", "time_zone": zone, "wms_site": site}
            | {"region": REGIONS[site]}
            for site, (owner, zone) in SITES.items()
            if owner == division
        ],
        "item_costs": costs(division),
        "fx_rates": rates(division),
        "purchase_order_lines": orders(division)
        + edge_orders.order_lines(division)
        + edge_supply.order_lines(division),
        "purchase_receipts": edge_orders.receipts(division) + edge_supply.receipts(division),
        **edge_supply.terms(division),
    }


def items(division: str) -> list[dict]:
    """Items of one division; e02 is off sale."""
    names = ("category", "base_uom", "gtin", "brand", "mpn")
    rows = [
        {"item_code": item, "status": "active", **dict(zip(names, more, strict=True))}
        for owner, item, *more in ITEMS
        if owner == division
    ]
    for row in rows:
        if row["item_code"] == "e02":
            row |= {"status": "discontinued", "end_of_life_date": FROZEN_FROM}
    return rows


def costs(division: str) -> list[dict]:
    """Costs of the division's items in its currency."""
    own = {item for owner, item, *_ in ITEMS if owner == division}
    names = ("item_code", "cost_method", "unit_cost", "valid_from", "location_code", "currency")
    return [
        dict(
            zip(
                names,
                (item, method, cost and Decimal(cost), date.fromisoformat(day), location, CURRENCIES[division]),
                strict=True,
            )
        )
        for item, method, cost, day, location in COSTS
        if item in own
    ]


def rates(division: str) -> list[dict]:
    """EUR: every month to April 2026, then silence. GBP: December 2024, no January 2025, then every month."""
    if division == "east":
        return []
    months = [(2024, 12), *((2025, m) for m in range(1, 13)), *((2026, m) for m in range(1, 7))]
    months = [m for m in months if (m < (2026, 5) if division == "west" else m != (2025, 1))]
    base = Decimal("1.05") if division == "west" else Decimal("1.25")
    pair = {"currency": CURRENCIES[division], "company_currency": "USD"}
    rows = []
    for number, (year, month) in enumerate(months):
        rate = base + Decimal(number) / 100
        two = {"average_rate": rate, "closing_rate": rate + Decimal("0.005")}
        rows.append({**pair, "month_start": date(year, month, 1), **two})
    return rows


def orders(division: str) -> list[dict]:
    """Purchase order lines: prices in euros and in dollars."""
    if division != "west":
        return []
    line = {"line_number": "1", "supplier_code": "s", "location_code": "W1", "ordered_qty": Decimal(5), "uom": "EA"}
    return [
        {**line, "order_number": f"P{n}", "item_code": item, "status": status, "currency": currency}
        | {"unit_price": Decimal(price), "created_at": datetime.fromisoformat(day)}
        for n, (item, currency, price, day, status) in enumerate(ORDERS)
    ]
