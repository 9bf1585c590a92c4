"""Rules of bins, picks and costs recomputed from the accepted rows: DQ-P3, P5, P6, P7, V2, the phantom score, the ages
of the feeds (docs/formulas.md B2.2 and #freshness).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import yaml

from orchestration.lib.paths import REPO
from tests.python.landing_fixture import SAID_OF_ITSELF
from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company
from tests.python.oracles.costs import Record
from tests.python.oracles.records import stock_at_cut_off

Place = tuple[Record, str]  # record and bin


def bins_now(company: Company) -> list:
    """Bin balances of each site's last moment, as the latest extract of it tells them, with known item and unit."""
    moments: dict[str, dict[datetime, list]] = defaultdict(lambda: defaultdict(list))
    batches: dict[str, list] = defaultdict(list)
    for row in company.accepted.rows("wms", "bin_balances"):
        batches[row.batch_id].append(row)
    for rows in batches.values():
        moments[rows[0].instance][max(row.as_of for row in rows)].append(rows)
    found = []
    for extracts in moments.values():
        last = max(at for at in extracts if at <= company.as_of)
        found += max(extracts[last], key=lambda rows: (rows[0].extracted_at, rows[0].batch_id))
    return [row for row in found if company.bin_record(row)]


def _qty(company: Company, row) -> Decimal:
    division = company.masters.by_site[row.instance].division
    return row.qty * company.masters.factor(division, row.item_code, row.uom)


def per_bin(company: Company) -> dict[Place, Decimal]:
    """Units of a record in each bin, all lots, states and owners together."""
    held: dict[Place, Decimal] = defaultdict(Decimal)
    for row in bins_now(company):
        held[company.bin_record(row), row.bin] += _qty(company, row)
    return held


def bin_list(company: Company) -> dict[str, dict[str, object]]:
    """Location -> bin -> its row, of the latest list of each site; a site without a list is missing."""
    rows = company.accepted.rows("wms", "bins")
    newest = {row.instance: max(r.extracted_at for r in rows if r.instance == row.instance) for row in rows}
    listed: dict[str, dict[str, object]] = defaultdict(dict)
    for row in rows:
        if row.instance in company.masters.by_site and row.extracted_at == newest[row.instance]:
            listed[company.masters.by_site[row.instance].location_id][row.bin] = row
    return listed


def expiry_dates(company: Company) -> dict[tuple[Record, str], date]:
    """(record, lot) -> last day of sale; of two codes of a SKU the earlier."""
    found: dict[tuple[Record, str], date] = {}
    for row in latest(company.accepted.rows("wms", "lots"), lambda r: (r.instance, r.item_code, r.lot)):
        place = company.masters.by_site.get(row.instance)
        sku = place and company.masters.sku.get((place.division, row.item_code))
        if sku and row.expiry_date:
            key = (sku, place.location_id), row.lot
            found[key] = min(found.get(key, row.expiry_date), row.expiry_date)
    return found


def impossible(company: Company) -> dict[Record, Decimal]:
    """DQ-P5: record -> units of its worst fault of place."""
    listed, expiry = bin_list(company), expiry_dates(company)
    faults: dict[Record, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for (record, code), qty in per_bin(company).items():
        bins = listed.get(record[1])
        if bins is None:
            continue
        row = bins.get(code)
        if row is None:
            faults[record]["unknown"] += max(qty, Decimal(0))
            continue
        if row.status == "closed":
            faults[record]["closed"] += max(qty, Decimal(0))
        if row.capacity_qty is not None:
            faults[record]["full"] += max(qty - row.capacity_qty, Decimal(0))
    expired: dict[Place, Decimal] = defaultdict(Decimal)
    for row in bins_now(company):
        zone = ZoneInfo(company.masters.by_site[row.instance].time_zone)
        moment = max(r.as_of for r in bins_now(company) if r.instance == row.instance)
        today = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).date()
        last = expiry.get((company.bin_record(row), row.lot or "-"))
        if last and last < today and (row.stock_status or "available") == "available":
            expired[company.bin_record(row), row.bin] += _qty(company, row)
    in_bins: dict[Record, Decimal] = defaultdict(Decimal)
    for (record, _), qty in expired.items():
        in_bins[record] += max(qty, Decimal(0))
    in_ledger = _expired_in_ledger(company, expiry)
    for record in set(in_bins) | set(in_ledger):
        faults[record]["expired"] = max(in_bins.get(record, Decimal(0)), in_ledger.get(record, Decimal(0)))
    worst = {record: max(parts.values(), default=Decimal(0)) for record, parts in faults.items()}
    return {record: qty for record, qty in worst.items() if qty > Decimal(policy("max_misplaced_qty"))}


def _expired_in_ledger(company: Company, expiry: dict) -> dict[Record, Decimal]:
    levels: dict[tuple, Decimal] = defaultdict(Decimal)
    for leg in company.ledger:
        last = expiry.get(((leg.sku, leg.location), leg.lot))
        if last and last < company.as_of_date and leg.status == "available" and leg.at <= company.as_of:
            levels[(leg.sku, leg.location), leg.lot, leg.owner] += leg.qty
    found: dict[Record, Decimal] = defaultdict(Decimal)
    for (record, *_), qty in levels.items():
        found[record] += max(qty, Decimal(0))
    return found


def never_put_away(company: Company) -> dict[Record, float]:
    """DQ-P6: record -> hours since the oldest of the goods in staging came in, where it is too long ago."""
    listed, staged = bin_list(company), defaultdict(Decimal)
    for (record, code), qty in per_bin(company).items():
        row = listed.get(record[1], {}).get(code)
        if row is not None and row.zone_type == "staging":
            staged[record] += qty
    moments = {}
    for row in bins_now(company):
        record = company.bin_record(row)
        moments[record[1]] = max(row.as_of, moments.get(record[1], row.as_of))
    found = {}
    for record, qty in staged.items():
        at = moments[record[1]]
        came: dict[datetime, Decimal] = defaultdict(Decimal)
        for leg in filter(lambda leg: leg.is_current, company.by_record.get(record, [])):
            if leg.kind in ("receipt", "transfer_in", "production") and leg.qty > 0 and leg.happened_at <= at:
                came[leg.happened_at] += leg.qty
        left, since = qty, None
        for moment in sorted(came, reverse=True):
            since = moment
            left -= came[moment]
            if left <= 0:
                break
        if qty > 0 and since and (at - since) > timedelta(hours=float(policy("max_staging_hours"))):
            found[record] = (at - since).total_seconds() / 3600
    return found


def opposite(company: Company) -> dict[Record, Decimal]:
    """DQ-P7: record -> units that one bin lacks and others have too much of."""
    less, more = defaultdict(Decimal), defaultdict(Decimal)
    for (record, _), qty in per_bin(company).items():
        less[record] += max(-qty, Decimal(0))
        more[record] += max(qty, Decimal(0))
    both = {record: min(less[record], more[record]) for record in less}
    return {record: qty for record, qty in both.items() if qty > Decimal(policy("max_misplaced_qty"))}


def often_short(company: Company) -> dict[Record, int]:
    """DQ-P3: record with stock -> picks that found too little of late and since the last count."""
    first = company.as_of - timedelta(days=int(policy("short_pick_window_days")))
    counted: dict[Record, datetime] = {}
    for row in latest(company.accepted.rows("wms", "cycle_counts"), lambda r: (r.instance, r.count_id)):
        record = company.bin_record(row)
        if record:
            counted[record] = max(row.counted_at, counted.get(record, row.counted_at))
    found: dict[Record, int] = defaultdict(int)
    for row in latest(company.accepted.rows("wms", "pick_errors"), lambda r: (r.instance, r.error_id)):
        place = company.masters.by_site.get(row.instance)
        sku = place and company.masters.sku.get((place.division, row.item_code))
        if not sku or row.error_type not in ("short_pick", "not_found") or row.found_at is not None:
            continue
        record = sku, place.location_id
        if first < row.occurred_at <= company.as_of and row.occurred_at > counted.get(record, datetime.min):
            found[record] += 1
    stock, least = stock_at_cut_off(company), int(policy("min_short_picks"))
    return {record: n for record, n in found.items() if n >= least and stock.get(record, 0) > 0}


def jumped(company: Company) -> dict[Record, Decimal]:
    """DQ-V2: record with stock -> relative change of its cost against the one before, where it is too large."""
    limit, stock, found = Decimal(policy("max_cost_change_ratio")), stock_at_cut_off(company), {}
    for record in company.records:
        days = {day for (owner, _), steps in company.costs._steps.items() if owner == record for day, _ in steps}
        runs: list[tuple] = []
        for day in sorted(day for day in days if day <= company.as_of_date):
            if not runs or company.costs.at(record, day) != runs[-1]:
                runs.append(company.costs.at(record, day))
        if len(runs) < 2 or stock.get(record, 0) == 0:
            continue
        change = abs(runs[-1][0] / runs[-2][0] - 1)
        if change > limit:
            found[record] = change
    return found


WEIGHTS = {"DQ-P1": "frozen_seller", "DQ-P3": "short_picks", "DQ-P4": "ledger_off", "DQ-N1": "negative",
           "DQ-P7": "opposite_bins", "DQ-S2": "count_overdue"}  # fmt: skip


def phantom_score(rules: set[str]) -> Decimal:
    """1 less the product of what each sign leaves of the belief in a record."""
    left = Decimal(1)
    for rule in rules & set(WEIGHTS):
        left *= 1 - Decimal(policy(f"phantom_weight_{WEIGHTS[rule]}"))
    return 1 - left


def newest_events(company: Company) -> dict[tuple[str, str, str], datetime | None]:
    """(source, instance, entity) of every entity that has an event time, by its contract -> its newest event."""
    found: dict[tuple[str, str, str], datetime | None] = {}
    for path in sorted((REPO / "models" / "staging").glob("*/_*__sources.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]:
            for table in source["tables"]:
                moment = table["config"]["meta"].get("event_time")
                if not moment or (source["name"] == "audit" and table["name"] in SAID_OF_ITSELF):
                    continue
                for row in company.accepted.rows(source["name"], table["name"]):
                    key, at = (source["name"], row.instance, table["name"]), getattr(row, moment)
                    known = found.setdefault(key, None)
                    if at is not None and at <= row.extracted_at.replace(tzinfo=None):
                        found[key] = max(at, known or at)
    return found
