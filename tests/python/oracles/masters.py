"""Who is who: SKUs across divisions, units, locations, rates (docs/formulas.md 0.1, B2.6)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any

from tests.python.oracles.accepted import Accepted, latest, seed
from tests.python.oracles.identifiers import global_gtin, text_key
from tests.python.oracles.sku_master import SkuMaster


@dataclass(frozen=True)
class Location:
    """A stock-keeping location and the company it belongs to."""

    location_id: str
    division: str
    site: str
    time_zone: str
    company: str
    currency: str
    company_currency: str
    region: str  # the company's own: two companies may give one name to two regions


class Masters:
    """Masters of a home, each from its latest extract."""

    def __init__(self, accepted: Accepted) -> None:
        self.aliases = {row["uom_alias"]: row["uom_code"] for row in seed("reference/uom_aliases.csv")}
        self.items = latest(accepted.rows("erp", "items"), lambda r: (r.instance, r.item_code))
        self.base_uom = {(i.instance, i.item_code): self.uom(i.base_uom) for i in self.items}
        self.sku = {code: item.sku for code, item in SkuMaster(accepted).items.items()}
        self.golden = self._golden()
        self.category = {sku: text_key(item.category) or "UNCATEGORISED" for sku, item in self.golden.items()}
        self.factors = self._factors(accepted)
        self.locations = self._locations(accepted)
        self.by_site = {location.site: location for location in self.locations.values()}
        self._rates = self._fx(accepted)

    def uom(self, word: str | None) -> str | None:
        """Unit code of a word for a unit, or the word itself."""
        key = text_key(word)
        return self.aliases.get(key, key)

    def factor(self, division: str, item: str, word: str) -> Decimal | None:
        """Base units in one unit: base, the item's own packaging, units of one physical class; None if unknown."""
        unit, base = self.uom(word), self.base_uom.get((division, item))
        if base is None or unit is None:
            return None
        if unit == base:
            return Decimal(1)
        own = self.factors.get((division, item, unit))
        if own is not None:
            return own
        codes = {row["uom_code"]: row for row in seed("reference/uom_codes.csv")}
        if unit in codes and base in codes and codes[unit]["uom_class"] == codes[base]["uom_class"] != "packaging":
            ratio = Decimal(codes[unit]["factor_to_class_base"]) / Decimal(codes[base]["factor_to_class_base"])
            return ratio.quantize(Decimal("0.000001"), ROUND_HALF_UP)
        return None

    def rate(self, currency: str, company_currency: str, month: date, kind: str) -> Decimal | None:
        """Company currency per unit of currency in a month, `average` or `closing`; the last one sent is carried."""
        if currency == company_currency:
            return Decimal(1)
        known = self._rates.get((currency, company_currency), {})
        months = [m for m in known if m <= month]
        return known[max(months)][kind] if months else None

    def _golden(self) -> dict[str, Any]:
        """The item that speaks for a SKU: one with a valid GTIN, then the one last changed, then the first by code."""

        def rank(item: Any) -> tuple:
            changed = -item.updated_at.timestamp() if item.updated_at else float("inf")
            return (global_gtin(item.gtin) is None, changed, item.instance, item.item_code)

        found: dict[str, Any] = {}
        for item in sorted(self.items, key=rank):
            found.setdefault(self.sku[item.instance, item.item_code], item)
        return found

    def _factors(self, accepted: Accepted) -> dict[tuple[str, str, str | None], Decimal]:
        rows = latest(accepted.rows("erp", "item_uoms"), lambda r: (r.instance, r.item_code, self.uom(r.uom)))
        return {(r.instance, r.item_code, self.uom(r.uom)): r.factor_to_base for r in rows}

    def _locations(self, accepted: Accepted) -> dict[str, Location]:
        divisions = {d.division_code: d for d in latest(accepted.rows("erp", "divisions"), lambda r: r.division_code)}
        found = {}
        for row in latest(accepted.rows("erp", "locations"), lambda r: (r.instance, r.location_code)):
            owner = divisions[row.instance]
            location = Location(
                location_id=f"{row.instance}.{row.location_code}",
                division=row.instance,
                site=row.wms_site or row.location_code,
                time_zone=row.time_zone,
                company=owner.company_code,
                currency=owner.currency,
                company_currency=owner.company_currency,
                region=f"{owner.company_code}|{(row.region or '').strip() or '(unknown)'}",
            )
            found[location.location_id] = location
        return found

    def _fx(self, accepted: Accepted) -> dict[tuple[str, str], dict[date, dict[str, Decimal]]]:
        rates: dict[tuple[str, str], dict[date, dict[str, Decimal]]] = defaultdict(dict)
        key = attrgetter("currency", "company_currency", "month_start")
        for row in latest(accepted.rows("erp", "fx_rates"), key):
            pair = row.currency, row.company_currency
            rates[pair][row.month_start] = {"average": row.average_rate, "closing": row.closing_rate}
        return rates
