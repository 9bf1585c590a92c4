"""Messages and stock of the 3PLs per day, recomputed from the accepted rows (docs/formulas.md 2.4)."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from orchestration.lib.contracts import META_COLUMNS
from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.identifiers import text_key
from tests.python.oracles.masters import Location
from tests.python.oracles.stock import on_hand

ANSWERS = {"940": "945", "943": "944"}


def payload(row: Any) -> tuple[Any, ...]:
    """What a message says, without where it came from."""
    return tuple(row)[: -len(META_COLUMNS)]


@dataclass
class TplDay:
    """Counts of a provider and day; waits: seconds to the acknowledgement, or to the cut-off."""

    messages: int = 0
    missing: int = 0
    due: int = 0
    answered: int = 0
    delivered: int = 0
    duplicates: int = 0
    rejected: int = 0
    compared: int = 0
    matched: int = 0
    waits: list[int] = field(default_factory=list)

    @property
    def p95_minutes(self) -> Decimal | None:
        """The least wait that at least 95 of 100 do not exceed, in minutes."""
        if not self.waits:
            return None
        place = max(math.ceil(Decimal("0.95") * len(self.waits)), 1)
        return Decimal(sorted(self.waits)[place - 1]) / 60


class Tpl:
    """The 3PLs of a company."""

    def __init__(self, company: Company) -> None:
        self.company, self.masters = company, company.masters
        rows = company.accepted.rows("tpl", "item_map")
        self.map = {
            (r.instance, r.division_code, r.provider_item_code, text_key(r.provider_uom)): r
            for r in latest(
                rows, lambda r: (r.instance, r.division_code, r.provider_item_code, text_key(r.provider_uom))
            )
        }
        self.days: dict[tuple[str, date], TplDay] = defaultdict(TplDay)
        self.gaps: dict[tuple[str, int], int] = {}
        self._messages()
        self._stock()

    def meaning(self, provider: str, site: str | None, code: str, uom: str) -> tuple[str | None, Any]:
        """(rule that holds the row back or None, (SKU, location id, factor to the base unit))."""
        location: Location | None = self.masters.by_site.get(site)
        if location is None:
            return "unknown_location", None
        skus = {
            self.masters.sku.get((key[1], row.item_code))
            for key, row in self.map.items()
            if key[:3] == (provider, location.division, code)
        }
        if not skus - {None}:
            return "unknown_item", None
        row = self.map.get((provider, location.division, code, text_key(uom)))
        sku = row and self.masters.sku.get((location.division, row.item_code))
        factor = row and self.masters.factor(location.division, row.item_code, row.uom)
        if not sku or factor is None:
            return "unknown_uom", None
        return None, (sku, location.location_id, factor * (row.factor_to_uom or 1))

    def local_day(self, moment: datetime, site: str | None) -> date:
        """Day of a UTC moment at a site; UTC where the site is unknown."""
        location = self.masters.by_site.get(site)
        zone = ZoneInfo(location.time_zone) if location and location.time_zone else UTC
        return moment.replace(tzinfo=UTC).astimezone(zone).date()

    def _messages(self) -> None:
        deliveries: dict[tuple[str, str], list] = defaultdict(list)
        for row in self.company.accepted.rows("tpl", "shipment_messages"):
            deliveries[row.instance, row.message_id].append(row)
        self.messages = {}
        for name, rows in deliveries.items():
            best = max((r.source_version or 1, r.updated_at) for r in rows)
            winners = [r for r in rows if (r.source_version or 1, r.updated_at) == best]
            assert len({payload(r) for r in winners}) == 1, "a tie between payloads is decided by their hash alone"
            self.messages[name] = message = winners[0]
            day = self.days[name[0], self.local_day(message.sent_at, message.site)]
            day.delivered += len(rows)
            day.duplicates += len(rows) - len({payload(r) for r in rows})
            goods = message.message_type != "846"
            rule = goods and self.meaning(name[0], message.site, message.item_code, message.uom)[0]
            day.rejected += bool(message.status == "rejected" or rule)
            wait = (message.acknowledged_at or self.company.as_of) - message.sent_at
            day.waits.append(max(int(wait.total_seconds()), 0))
        self._numbers()
        self._answers()

    def _numbers(self) -> None:
        numbers: dict[str, dict[int, Any]] = defaultdict(dict)
        for (provider, _), message in self.messages.items():
            numbers[provider][message.sequence_no] = message
        for provider, by_number in numbers.items():
            before = None
            for number in sorted(by_number):
                message = by_number[number]
                day = self.days[provider, self.local_day(message.sent_at, message.site)]
                day.messages += 1
                if before is not None and number > before + 1:
                    day.missing += number - before - 1
                    self.gaps[provider, before + 1] = number - 1
                before = number

    def _answers(self) -> None:
        there = {(name[0], m.message_type, m.reference) for name, m in self.messages.items()}
        patience = timedelta(hours=int(policy("tpl_answer_hours")))
        for (provider, _), m in self.messages.items():
            if m.message_type in ANSWERS and m.sent_at + patience <= self.company.as_of:
                day = self.days[provider, self.local_day(m.sent_at, m.site)]
                day.due += 1
                day.answered += (provider, ANSWERS[m.message_type], m.reference) in there

    def _stock(self) -> None:
        rows = latest(
            self.company.accepted.rows("tpl", "stock_advices"), lambda r: (r.instance, r.advice_id, r.line_no)
        )
        told: dict[tuple[str, str, datetime], dict[str, Decimal]] = {}
        providers: dict[str, set[str]] = defaultdict(set)
        for (provider, _), message in self.messages.items():
            providers[message.site].add(provider)
        for row in rows:
            rule, known = self.meaning(row.instance, row.site, row.item_code, row.uom)
            if rule is None and row.owner_code is None:
                sku, location, factor = known
                held = told.setdefault((row.site, location, row.as_of), {})
                held[sku] = held.get(sku, Decimal(0)) + row.qty * factor
        owned = {record: [leg for leg in legs if leg.is_owned] for record, legs in self.company.by_record.items()}
        for (site, location, at), held in told.items():
            ours = {r[0]: on_hand(legs, at) or Decimal(0) for r, legs in owned.items() if r[1] == location}
            for provider in providers[site]:
                day = self.days[provider, self.local_day(at, site)]
                for sku in held.keys() | ours.keys():
                    theirs, mine = held.get(sku, Decimal(0)), ours.get(sku, Decimal(0))
                    if theirs or mine:
                        tolerance = max(Decimal(policy("recon_abs_tol")), Decimal(policy("recon_pct_tol")) * abs(mine))
                        day.compared += 1
                        day.matched += abs(theirs - mine) <= tolerance
