"""A small stream of stock events drawn from one seed: the same seed, the same stream, alone or beside others.

Here: two sites of one division, their items and masters, what happened there, and how the sites delivered it. Not here:
what must change nothing about it (bends.py), where it is written (area.py).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

FIRST_DAY = datetime(2026, 1, 5)
DAYS = 90  # over both changes to summer time
CUT_OFF = datetime(2026, 4, 10, 6)
ZONES = ("America/New_York", "Europe/Madrid", "Asia/Tokyo", "Asia/Kolkata", "UTC")
STATUSES = ("available", "quarantine", "damaged", "reserved")
KINDS = {
    "sales_issue": 30,
    "receipt": 22,
    "transfer_out": 7,
    "status_change": 7,
    "adjustment": 7,
    "reversal": 8,
    "customer_return": 5,
    "opening_balance": 3,
    "production": 2,
    "supplier_return": 3,
    "scrap": 2,
    "consumption": 2,
}
UNKNOWN = {"zz", "FURLONG"}  # an item and a unit that no master knows: such rows wait in quarantine
INBOUND = ("receipt", "customer_return", "production", "opening_balance", "status_change", "transfer_in")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of a batch. Its place in the list of a plan is its place in the file."""

    site: str
    batch: str
    extracted_at: datetime
    row: dict[str, Any]


@dataclass
class Plan:
    """What one seed draws. `events` is the last word on each event, `deliveries` all that was said about them."""

    seed: int
    chance: random.Random = field(init=False, repr=False)
    sites: dict[str, str] = field(init=False)  # site -> time zone
    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"plan {self.seed}")
        self.sites = {f"{self.division}A": self.chance.choice(ZONES), f"{self.division}B": self.chance.choice(ZONES)}
        for _ in range(self.chance.randint(8, 40)):
            self._happen()
        self._deliver()

    @property
    def division(self) -> str:
        """Every name in a plan begins with its seed, so that a row of a mart says whose it is."""
        return f"P{self.seed}"

    def _happen(self) -> None:
        chance = self.chance
        site = chance.choice(list(self.sites))
        kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "reversal":
            self._take_back(site)
            return
        item = chance.choices(("a", "b", "c", "zz"), (10, 6, 4, 0.3))[0]
        qty, uom = self._quantity(item)
        out = kind not in INBOUND and not (kind == "adjustment" and chance.random() < 0.5)
        row = {"event_type": kind, "item_code": item, "qty": -qty if out else qty, "uom": uom}
        row |= {"lot": chance.choice((None, None, None, "L1", "L2")), "owner_code": self._owner()}
        if kind == "status_change":
            row["from_stock_status"], row["to_stock_status"] = chance.sample(STATUSES, 2)
        else:
            row["stock_status"] = chance.choice((None, None, "available", "quarantine"))
        at = self._moment(site)
        if kind == "transfer_out":
            row["transfer_id"] = f"T{len(self.events)}"
            if chance.random() < 0.8:
                (other,) = set(self.sites) - {site}
                arrives = min(at + timedelta(hours=chance.randint(0, 90)), CUT_OFF - timedelta(days=4))
                self._add(other, row | {"event_type": "transfer_in", "qty": qty}, arrives)
        self._add(site, row, at)

    def _take_back(self, site: str) -> None:
        """A reversal, sometimes before or at the instant of what it takes back, sometimes of what nobody knows."""
        past = [row for owner, row in self.events if owner == site and row["event_type"] != "status_change"]
        past = [row for row in past if row["event_type"] != "reversal"]
        if not past:
            return
        taken = self.chance.choice(past)
        kept = ("item_code", "uom", "lot", "owner_code", "stock_status")
        row = {name: taken.get(name) for name in kept} | {"event_type": "reversal", "qty": -taken["qty"]}
        row["reverses_event_id"] = taken["event_id"] if self.chance.random() < 0.95 else "never-seen"
        shift = self.chance.choice((timedelta(0), timedelta(hours=-1), timedelta(hours=5), timedelta(days=9)))
        self._add(site, row, min(taken["occurred_at"] + shift, CUT_OFF - timedelta(days=4)))

    def _owner(self) -> str | None:
        return self.chance.choices((None, self.division, "vendor"), (6, 2, 1))[0]

    def _quantity(self, item: str) -> tuple[Decimal, str]:
        chance = self.chance
        if item == "c":
            grams = chance.random() < 0.4
            return Decimal(chance.randint(1, 90_000)) / (1 if grams else 10_000), "G" if grams else "kg"
        if item == "a" and chance.random() < 0.3:
            return Decimal(chance.randint(1, 3)), "CASE"
        return Decimal(chance.randint(0, 40)), chance.choices(("EA", "pcs", "FURLONG"), (12, 4, 0.3))[0]

    def _moment(self, site: str) -> datetime:
        """Any second, or the instant of another event of the site, or the second around a local midnight."""
        chance = self.chance
        others = [row["occurred_at"] for owner, row in self.events if owner == site]
        if others and chance.random() < 0.25:
            return chance.choice(others)
        day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        if chance.random() < 0.15:
            offsets = {"America/New_York": 5, "Europe/Madrid": -1, "Asia/Tokyo": -9, "Asia/Kolkata": -5.5, "UTC": 0}
            return day + timedelta(hours=offsets[self.sites[site]], seconds=chance.choice((-1, 0, 1)))
        return day + timedelta(seconds=chance.randrange(86_400))

    def _add(self, site: str, row: dict[str, Any], at: datetime) -> None:
        told = at + timedelta(seconds=self.chance.choice((0, 30, 30, 3_600)))
        number = {"event_id": f"{site}-{len(self.events):03d}", "occurred_at": at, "recorded_at": told}
        number |= {"device_id": f"{site}-D", "sequence_no": len(self.events)}
        self.events.append((site, number | row))

    def _deliver(self) -> None:
        """Each event in the first batch after it, or a later one; some again, corrected or not."""
        chance = self.chance
        times = {}
        for site in self.sites:
            hours = sorted(chance.sample(range(24, 24 * (DAYS + 3)), chance.randint(1, 5)))
            times[site] = [FIRST_DAY + timedelta(hours=hour) for hour in hours] + [CUT_OFF]
        for site, row in self.events:
            self._send(site, row, times[site])
            while chance.random() < 0.2:
                self._send(site, self._again(row), times[site])

    def _send(self, site: str, row: dict[str, Any], times: list[datetime]) -> None:
        later = [at for at in times if at >= max(row["recorded_at"], row["occurred_at"])]
        at = later[0] if self.chance.random() < 0.8 else self.chance.choice(later)
        self.deliveries.append(Delivery(site, f"{at:%m%d%H}", at, row))

    def _again(self, row: dict[str, Any]) -> dict[str, Any]:
        """The event once more: the same, a version up or down, recorded later, or a tie that the payload decides."""
        chance = self.chance
        other = row | chance.choice(
            (
                {"qty": row["qty"] * 2},
                {"lot": "L2"},
                {"item_code": "b", "uom": "EA"},
                {"occurred_at": row["occurred_at"] - timedelta(days=2)},
                {"stock_status": "damaged"} if row["event_type"] != "status_change" else {"lot": "L1"},
            )
        )
        return chance.choice(
            (
                row,
                row,
                other | {"source_version": 2},
                other | {"source_version": 3},
                other | {"source_version": 0},
                other | {"recorded_at": row["recorded_at"] + timedelta(hours=2)},
                other,
            )
        )

    def masters(self) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
        """(source, instance, entity) -> rows of everything but movements."""
        division, currency = self.division, "EUR" if self.seed % 3 == 0 else "USD"
        company = {"company_code": "ACME", "company_currency": "USD", "currency": currency}
        found = {
            "divisions": [{"division_code": division, **company}],
            "items": [
                {"item_code": code, "category": category, "base_uom": unit, "status": "active"}
                for code, category, unit in (("a", "Tools", "EA"), ("b", "Parts", "EA"), ("c", "Bulk", "KG"))
            ],
            "item_uoms": [{"item_code": "a", "uom": "CASE", "factor_to_base": Decimal(12)}],
            "locations": [
                {"location_code": site, "location_type": "warehouse", "time_zone": zone, "wms_site": site}
                for site, zone in self.sites.items()
            ],
            "item_costs": self._costs(currency),
            "inventory_balances": [
                {"item_code": "a", "location_code": site, "on_hand_qty": Decimal(30), "uom": "EA", "as_of": CUT_OFF}
                for site in self.sites
            ],
        }
        if currency == "EUR":
            rate = {"currency": "EUR", "company_currency": "USD", "average_rate": Decimal("1.1")}
            months = (date(2026, month, 1) for month in (1, 2, 3, 4))
            found["fx_rates"] = [rate | {"month_start": m, "closing_rate": Decimal("1.12")} for m in months]
        return {("erp", division, entity): rows for entity, rows in found.items()}

    def _costs(self, currency: str) -> list[dict[str, Any]]:
        """`a` moves whatever its standard, `b` costs more at one site, `c` has no cost before March or none at all."""
        steps = [
            ("a", "moving_average", "10.5", date(2025, 12, 1), None),
            ("a", "moving_average", "11.123456", date(2026, 2, 3), None),
            ("a", "standard", "9", date(2026, 2, 20), None),
            ("b", "standard", "4", date(2025, 12, 1), None),
            ("b", "standard", "4.75", date(2026, 3, 1), f"{self.division}A"),
        ]
        if self.seed % 2:
            steps.append(("c", "last_purchase", "0.333333", date(2026, 3, 1), None))
        names = ("item_code", "cost_method", "unit_cost", "valid_from", "location_code")
        return [
            dict(zip(names, step, strict=True)) | {"unit_cost": Decimal(step[2]), "currency": currency}
            for step in steps
        ]


def utc(moment: datetime) -> datetime:
    """The moment with its zone."""
    return moment.replace(tzinfo=UTC)
