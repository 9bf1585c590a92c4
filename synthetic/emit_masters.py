"""The masters of every division's ERP: two full snapshots, the second one with some attributes changed.

Belongs here: divisions, exchange rates, items, units, costs, locations and suppliers as the ERP extracts them. Does not
belong here: stock and orders (emit_erp.py). The second division sends CSV, the first one Parquet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pandas as pd
import pyarrow as pa

from orchestration.lib.contracts import Contract
from synthetic.clock import local_midnight, stream, to_utc, utc_datetime
from synthetic.company import COMPANY_CODE, COMPANY_CURRENCY, Company, gtin_check_digit
from synthetic.costs import Costs
from synthetic.emit_erp import last_night
from synthetic.emit_wms import CASE
from synthetic.faults import HOSTILE_TEXTS, GoodsPlan
from synthetic.profiles import Profile
from synthetic.tables import NOT_YET, Batch, conform, dates, day_name, decimals, instants, money
from synthetic.traits import capacity, trait_columns

FORMATS = ("parquet", "csv")
PORTS = {"CN": "CNSHA", "MX": "MXZLO", "DE": "DEHAM", "PT": "PTLEI"}  # of loading; the others come by road
_ENTITIES = ("divisions", "fx_rates", "items", "item_uoms", "item_costs", "locations", "suppliers")


def emit_masters(company: Company, costs: Costs, goods: GoodsPlan, profile: Profile, seed: int,
                 contracts: dict[tuple[str, str], Contract]) -> Iterator[Batch]:  # fmt: skip
    """Yield both snapshots of every master of every division."""
    for number, division in enumerate(company.divisions):
        for day, at, is_last in snapshots(company, profile, number):
            snapshot = _Snapshot(company, costs, goods, profile, seed, number, day, at, is_last)
            for entity in _ENTITIES:
                yield Batch(
                    source="erp",
                    instance=division.code,
                    entity=entity,
                    name=day_name(profile.first_day, day),
                    table=conform(getattr(snapshot, entity)(), contracts["erp", entity]),
                    extracted_at=utc_datetime(at),
                    fmt=FORMATS[number % len(FORMATS)],
                )


def snapshots(company: Company, profile: Profile, number: int) -> Iterator[tuple[int, int, bool]]:
    """Yield day, UTC second and whether it is the last one, of both snapshots of a division's masters."""
    older = (profile.last_day.replace(day=1) - profile.first_day).days
    morning = np.array([local_midnight(profile.first_day, older) + 6 * 3600])
    yield older, int(to_utc(morning, company.divisions[number].sites[0].time_zone)[0]), False
    yield profile.days - 1, last_night(company, profile, number), True


class _Snapshot:
    """The masters of one division as they stood when a snapshot was made; each method returns one entity's columns."""

    def __init__(self, company: Company, costs: Costs, goods: GoodsPlan, profile: Profile, seed: int, number: int,
                 day: int, at: int, is_last: bool):  # fmt: skip
        self.company, self.costs, self.goods, self.profile = company, costs, goods, profile
        self.number, self.day, self.at = number, day, at
        self.division = company.divisions[number]
        items = company.items[company.items["division"] == number].copy()
        texts = pd.Series(list(HOSTILE_TEXTS), index=goods.hostile)
        planted = items.index.intersection(texts.index)
        items.loc[planted, "description"] += " " + texts.loc[planted]
        rng = stream(seed, f"masters.{number}")
        self.changed = np.sort(rng.choice(items.index.to_numpy(), profile.master_changes, replace=False))
        if not is_last:
            items.loc[self.changed, "list_price"] = (items.loc[self.changed, "list_price"] * 0.94).round(2)
            items.loc[self.changed[::2], "subcategory"] = "General"
        self.frame, self.is_last = items, is_last
        self.traits = trait_columns(company, profile, seed, items.index.to_numpy(), day)
        self.capacity = capacity(company, seed)

    def divisions(self) -> dict:
        """The division itself."""
        return {
            "division_code": [self.division.code],
            "division_name": [self.division.name],
            "company_code": [COMPANY_CODE],
            "company_currency": [COMPANY_CURRENCY],
            "currency": [self.division.currency],
            "acquired_on": pa.array([self.division.acquired_on], pa.string()).cast(pa.date32()),
        }

    def fx_rates(self) -> dict:
        """Monthly rates of the division's currency, up to the month of the snapshot."""
        rates = self.costs.rates
        today = self.profile.first_day + timedelta(days=int(self.day))
        rates = rates[(rates["currency"] == self.division.currency) & (rates["month_start"] <= today)]
        return {
            "currency": list(rates["currency"]),
            "company_currency": [COMPANY_CURRENCY] * len(rates),
            "month_start": list(rates["month_start"]),
            "average_rate": decimals(_scaled(rates["average_rate"], 8), 18, 8),
            "closing_rate": decimals(_scaled(rates["closing_rate"], 8), 18, 8),
        }

    def items(self) -> dict:
        """The item master; status follows the item's life, updated_at the last change that the ERP knows."""
        frame, end = self.frame, self.frame["end_day"].to_numpy()
        status = np.where(end <= self.day, "obsolete", np.where(end - 45 <= self.day, "discontinued", "active"))
        launch, shelf = frame["launch_day"].to_numpy(), frame["shelf_life_days"].to_numpy()
        created = local_midnight(self.profile.first_day, -60 + np.arange(len(frame)) % 40) + 9 * 3600
        changed = frame.index.isin(self.changed) & self.is_last
        return {
            "item_code": list(frame["item_code"]),
            "description": list(frame["description"]),
            "category": list(frame["category"]),
            "subcategory": list(frame["subcategory"]),
            "brand": list(frame["brand"]),
            "base_uom": list(frame["base_uom"]),
            "gtin": _texts(frame["gtin"]),
            "mpn": _texts(frame["mpn"]),
            "status": list(status),
            "is_key": [bool(value) for value in frame["unit_cost"] > frame["unit_cost"].quantile(0.9)],
            "launch_date": dates(launch, self.profile.first_day),
            "end_of_life_date": dates(np.where(end < 50_000, end, NOT_YET), self.profile.first_day),
            "shelf_life_days": pa.array(shelf.astype("int32"), mask=shelf == 0),
            "list_price": money(frame["list_price"].to_numpy()),
            "currency": [self.division.currency] * len(frame),
            "updated_at": instants(np.where(changed, self.at - 10 * 86_400, created)),
            **self.traits,
        }

    def item_uoms(self) -> dict:
        """Cases of the items that have them, with the case's own GTIN-14 where the unit has a GTIN."""
        frame = self.frame[self.frame["pack"] > 1]
        return {
            "item_code": list(frame["item_code"]),
            "uom": [CASE] * len(frame),
            "factor_to_base": decimals(_scaled(frame["pack"], 6), 18, 6),
            "gtin": [None if pd.isna(gtin) else _case_gtin(gtin) for gtin in frame["gtin"]],
        }

    def item_costs(self) -> dict:
        """Moving-average costs known so far; of the items without a cost every other one is null, the rest zero."""
        history = self.costs.history
        chosen = history["item"].isin(self.frame.index) & (history["valid_from_day"] <= self.day)
        history = history[chosen].sort_values(["item", "valid_from_day"])
        item, cost = history["item"].to_numpy(), history["unit_cost"].to_numpy()
        missing = np.isin(item, self.goods.missing_cost)
        null = np.isin(item, self.goods.missing_cost[::2])
        return {
            "item_code": list(self.company.items["item_code"].to_numpy()[item]),
            "cost_method": ["moving_average"] * len(history),
            "unit_cost": money(np.where(missing, 0.0, cost), null),
            "currency": [self.division.currency] * len(history),
            "valid_from": dates(history["valid_from_day"].to_numpy(), self.profile.first_day),
        }

    def locations(self) -> dict:
        """The division's sites; each is run by the WMS instance of the same code."""
        sites = [s for s, d in zip(self.company.sites, self.company.division_of_site, strict=True) if d == self.number]
        return {
            "location_code": [site.code for site in sites],
            "location_name": [site.name for site in sites],
            "location_type": ["warehouse"] * len(sites),
            "region": [site.region for site in sites],
            "country": [site.country for site in sites],
            "time_zone": [site.time_zone for site in sites],
            "capacity_m3": decimals(self.capacity[self.company.division_of_site == self.number] * 10_000),
        }

    def suppliers(self) -> dict:
        """The division's suppliers."""
        frame = self.company.suppliers
        frame = frame[frame["division"] == self.number]
        told = {name: list(frame[name]) for name in ("supplier_code", "supplier_name", "country")}
        return told | {"port": [PORTS.get(country) for country in frame["country"]]}


def _texts(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(value) else str(value) for value in values]


def _scaled(values: pd.Series, scale: int) -> np.ndarray:
    return np.rint(values.to_numpy().astype(float) * 10**scale).astype("int64")


def _case_gtin(unit_gtin: str) -> str:
    """Return the GTIN-14 of a case: indicator 1, the unit's digits, a check digit of its own."""
    body = "1" + unit_gtin.zfill(13)[:12]
    return body + gtin_check_digit(body)
