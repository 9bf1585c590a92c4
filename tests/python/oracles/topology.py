"""Latency of feeds and where uses are served best, from docs/formulas.md#topology and the accepted rows alone.

Here: recent events, observed quantiles, the recommendation. Not here: the warehouse. Runs are an argument: how long
each batch took from extraction to readers, and how long the edge builds of each site took.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.python.oracles.accepted import Accepted, latest, policy, seed

Feed = tuple[str, str, str]
FEEDS = {
    ("wms", "movements"): (("event_id",), "occurred_at", "recorded_at"),
    ("wms", "cycle_counts"): (("count_id",), "counted_at", None),
    ("wms", "bin_balances"): (("bin", "item_code", "lot", "stock_status", "owner_code", "as_of"), "as_of", None),
    ("wms", "order_stages"): (("order_number", "line_number", "stage"), "occurred_at", None),
    ("wms", "pick_errors"): (("error_id",), "occurred_at", "found_at"),
    ("erp", "purchase_receipts"): (("receipt_number",), "received_at", None),
    ("erp", "sales_invoice_lines"): (("invoice_number", "line_number"), "invoiced_at", None),
    ("erp", "sales_returns"): (("return_number", "line_number"), "returned_at", None),
    ("erp", "write_offs"): (("write_off_number",), "posted_at", None),
    ("erp", "inventory_balances"): (("item_code", "location_code", "owner_code", "as_of"), "as_of", None),
    ("iot", "readings"): (("sensor_id", "read_at"), "read_at", None),
    ("tpl", "shipment_messages"): (("message_id",), "sent_at", "received_at"),
    ("tpl", "stock_advices"): (("advice_id", "line_no"), "as_of", None),
}


@dataclass
class Latencies:
    """What is known of a feed: seconds of its recent events by measure, wrong clocks, its last event."""

    last_event_at: datetime | None = None
    skewed: int = 0
    record: list[int] = field(default_factory=list)
    extraction: list[int] = field(default_factory=list)
    central: list[int] = field(default_factory=list)
    available: list[int] = field(default_factory=list)  # central where it is known, else extraction


def observed(values: Iterable[int], share: float) -> int | None:
    """The least value that a share of at least `share` of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(round(share * len(ordered), 6)), 1) - 1] if ordered else None


def seconds(start: datetime, end: datetime) -> int:
    """Ticks of the second hand between two moments."""
    return int((end.replace(microsecond=0) - start.replace(microsecond=0)).total_seconds())


def latencies(accepted: Accepted, availability: Mapping[str, int]) -> dict[Feed, Latencies]:
    """Latencies of every feed that has delivered. availability: batch id -> seconds from extraction to readers."""
    midnight = datetime.combine(accepted.as_of_date, datetime.min.time())
    start = midnight - timedelta(days=int(policy("latency_window_days")))
    found: dict[Feed, Latencies] = {}
    for (source, entity), (key, event, recorded) in FEEDS.items():
        first: dict[tuple, Any] = {}
        for row in accepted.rows(source, entity):
            feed = found.setdefault((source, row.instance, entity), Latencies())
            moment = getattr(row, event)
            if moment <= accepted.as_of and (feed.last_event_at is None or moment > feed.last_event_at):
                feed.last_event_at = moment
            name = (row.instance, *(getattr(row, part) for part in key))
            if name not in first or (row.extracted_at, row.batch_id) < (first[name].extracted_at, first[name].batch_id):
                first[name] = row
        for row in first.values():
            if row.extracted_at <= start:
                continue
            feed, happened = found[source, row.instance, entity], getattr(row, event)
            written = (getattr(row, recorded) if recorded else None) or happened
            if written < happened or row.extracted_at < happened:
                feed.skewed += 1
                continue
            extraction = seconds(happened, row.extracted_at)
            feed.record.append(seconds(happened, written))
            feed.extraction.append(extraction)
            if row.batch_id in availability:
                feed.central.append(extraction + availability[row.batch_id])
            feed.available.append(extraction + availability.get(row.batch_id, 0))
    return found


@dataclass(frozen=True)
class Served:
    """What is said of a use at a site."""

    central: int | None
    edge: int | None
    rows_per_day: int
    within: int
    path: str | None


def topology(
    accepted: Accepted, availability: Mapping[str, int], edge_builds: Mapping[str, list[float]]
) -> dict[tuple[str, str], Served]:
    """(use, location) -> Served, of every use of the seed and every location whose site has sent a WMS batch."""
    known = latencies(accepted, availability)
    reporting = {instance for source, instance, _ in known if source == "wms"}
    places = latest(accepted.rows("erp", "locations"), lambda row: (row.instance, row.location_code))
    found = {}
    for place in places:
        site = place.wms_site or place.location_code
        if site not in reporting:
            continue
        for use in seed("reference/reporting_use_cases.csv"):
            instance = place.instance if use["source"] == "erp" else site
            feed = known.get((use["source"], instance, use["entity"]), Latencies())
            location = f"{place.instance}.{place.location_code}"
            found[use["use_case_id"], location] = _serve(use, feed, edge_builds.get(site))
    return found


def _serve(use: dict[str, str], feed: Latencies, builds: list[float] | None) -> Served:
    need, days = int(use["need_seconds"]), int(policy("latency_window_days"))
    central = observed(feed.central or feed.extraction, 0.95)
    rows = math.ceil(len(feed.extraction) / days)
    floor = edge = None
    if use["source"] == "wms" and feed.record:
        floor = observed(feed.record, 0.95) + int(policy("edge_refresh_seconds"))
        if builds:
            edge = floor + math.ceil(sorted(builds)[math.ceil(0.95 * len(builds)) - 1])
    within = sum(value <= need for value in feed.available)
    return Served(central, edge, rows, within, _path(need, central, edge, floor, rows, int(use["max_rows_per_day"])))


def _path(need: int, central: int | None, edge: int | None, floor: int | None, rows: int, budget: int) -> str | None:
    if central is None:
        return None
    if 2 * central <= need and rows <= budget:
        return "central"
    if central <= need < 2 * central:
        return "hybrid"
    if edge is not None and edge <= need:
        return "edge"
    if edge is None and floor is not None and floor <= need:
        return None
    return "operational_system_only"
