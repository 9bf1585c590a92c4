"""Order lines against promise and quantity, and their shares by month (docs/formulas.md 3.4, A23-A26, A36).

Here: plain Python over the accepted order lines and receipts, written from the page. Not here: the comparison.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.python.oracles.accepted import latest, policy
from tests.python.oracles.company import Company

UNJUDGED = {"cancelled", "nothing_ordered", "no_promise", "not_due", "received_before_order", "never_received"}


@dataclass(frozen=True)
class Limits:
    """The policy rows of the company."""

    full: Decimal
    variance: Decimal
    least_days: Decimal
    absolute_days: Decimal
    quantity: Decimal
    late_days: Decimal
    early_days: Decimal
    early_rule: str
    over: Decimal
    exception: Decimal
    late_exception: Decimal


def limits(**changed: str) -> Limits:
    """What the seed says, but for what a test has changed by key."""

    def row(key: str) -> str:
        return changed.get(key) or policy(key)

    numbers = (
        "full_receipt_pct",
        "po_receipt_variance_pct",
        "po_receipt_min_days",
        "po_receipt_abs_days",
        "po_qty_variance_pct",
        "late_tolerance_days",
        "early_tolerance_days",
    )
    read = [Decimal(row(key)) for key in numbers]
    shares = [Decimal(row(key)) for key in ("otif_over_tol", "supplier_exception_share", "supplier_late_share")]
    return Limits(*read, row("early_receipt_rule"), *shares)


@dataclass
class Line:
    """An order line as it should be said; None where a figure has no meaning."""

    supplier: str
    location: str
    region: str
    division: str
    company: str
    state: str
    start: date
    planned: date | None
    first: date | None
    weighted: date | None
    full: date | None
    promised_days: int | None
    actual_days: int | None
    deviation: int | None
    rescheduled: int | None
    is_overdue: bool
    date_reason: str | None
    variance: Decimal | None
    direction: str | None
    is_date_alert: bool | None
    is_too_early: bool | None
    ordered: Decimal
    accepted: Decimal
    quantity_variance: Decimal | None
    is_quantity_alert: bool | None
    is_on_time: bool | None
    is_in_full: bool | None
    is_otif: bool | None
    otif_reason: str | None
    amount: Decimal | None
    amount_reason: str | None


def order_lines(company: Company, said: Limits) -> dict[str, Line]:
    """Order line id -> Line of every order line at a known location, of a known item in a known unit."""
    masters = company.masters
    came: dict[tuple[str, str, str], list[tuple[date, Decimal]]] = defaultdict(list)
    for row in latest(company.accepted.rows("erp", "purchase_receipts"), lambda r: (r.instance, r.receipt_number)):
        place = masters.locations.get(f"{row.instance}.{row.location_code}")
        factor = masters.factor(row.instance, row.item_code, row.uom)
        if place and factor:
            accepted = (row.received_qty - (row.rejected_qty or 0)) * factor
            came[row.instance, row.order_number, row.line_number].append((_day(row.received_at, place), accepted))
    found = {}
    rows = company.accepted.rows("erp", "purchase_order_lines")
    for row in latest(rows, lambda r: (r.instance, r.order_number, r.line_number)):
        place = masters.locations.get(f"{row.instance}.{row.location_code}")
        factor = masters.factor(row.instance, row.item_code, row.uom)
        if place and factor:
            key = row.instance, row.order_number, row.line_number
            found["/".join(key)] = _line(company, row, place, factor, sorted(came[key]), said)
    return found


def _day(moment: Any, place: Any) -> date:
    """The business day of a naive UTC moment at a location."""
    return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(place.time_zone)).date()


def _full_day(came: list[tuple[date, Decimal]], needed: Decimal) -> date:
    """The first day at whose end enough had come."""
    days = sorted({day for day, _ in came})
    return next(d for d in days if sum(qty for day, qty in came if day <= d) >= needed)


def _line(company: Company, row: Any, place: Any, factor: Decimal, came: list, said: Limits) -> Line:
    start = _day(row.confirmed_at or row.sent_at or row.created_at, place)
    planned = row.original_promised_date or row.promised_date
    ordered = row.ordered_qty * factor
    accepted = sum((qty for _, qty in came), Decimal(0))
    is_full = ordered > 0 and accepted >= ordered * said.full
    closed = row.status != "open"
    last = max((day for day, _ in came), default=None)
    full = _full_day(came, ordered * said.full) if is_full else last if closed else None
    is_settled = full is not None or closed
    if row.status == "cancelled":
        state = "cancelled"
    elif ordered == 0:
        state = "nothing_ordered"
    elif is_full:
        state = "received"
    elif not closed:
        state = "open"
    else:
        state = "never_received" if full is None else "closed_short"
    wanted = state not in ("cancelled", "nothing_ordered")

    def off(promise: date | None) -> int | None:
        """Days from a promise to the receipt, or to the cut-off when it has passed; None when neither is there."""
        if not wanted or promise is None:
            return None
        if is_settled:
            return None if full is None else (full - promise).days
        return (company.as_of_date - promise).days if company.as_of_date > promise else None

    deviation = off(planned)
    promised_days = None if planned is None else (planned - start).days
    actual_days = None if full is None else (full - start).days
    if not wanted:
        reason = state
    elif planned is None:
        reason = "no_promise"
    elif state == "never_received":
        reason = state
    elif deviation is None:
        reason = "not_due"
    elif actual_days is not None and actual_days < 0:
        reason = "received_before_order"
    else:
        reason = "no_plan" if promised_days <= 0 else None
    judged = reason not in UNJUDGED
    alert = early = on_time = None
    if judged:
        size = abs(deviation)
        above = size > promised_days * said.variance and size > said.least_days
        alert = above if reason is None else size > said.absolute_days
        early = deviation < -said.early_days
        if deviation > said.late_days:
            on_time = False
        elif is_settled:
            on_time = not (early and said.early_rule == "punished")
    elif reason == "never_received":
        on_time = False
    counted = wanted and is_settled
    in_full = (is_full and accepted - ordered <= ordered * said.over) if counted else None
    otif = None if on_time is None else bool(on_time and in_full)
    amount, why = _amount(company, row, place, start)
    return Line(
        supplier=f"{row.instance}.{row.supplier_code}",
        location=place.location_id,
        division=row.instance,
        region=place.region,
        company=place.company,
        state=state,
        start=start,
        planned=planned,
        first=min((day for day, _ in came), default=None),
        weighted=_weighted(came, accepted, start),
        full=full,
        promised_days=promised_days,
        actual_days=actual_days,
        deviation=deviation,
        rescheduled=off(row.promised_date),
        is_overdue=state == "open" and deviation is not None,
        date_reason=reason,
        variance=Decimal(abs(deviation)) / promised_days if reason is None else None,
        direction=("late" if deviation > 0 else "early" if deviation < 0 else "on_time") if judged else None,
        is_date_alert=alert,
        is_too_early=early,
        ordered=ordered,
        accepted=accepted,
        quantity_variance=(accepted - ordered) / ordered if counted else None,
        is_quantity_alert=abs(accepted - ordered) > ordered * said.quantity if counted else None,
        is_on_time=on_time,
        is_in_full=in_full,
        is_otif=otif,
        otif_reason=None if on_time is not None else reason if reason in UNJUDGED else "not_due",
        amount=amount,
        amount_reason=why,
    )


def _weighted(came: list[tuple[date, Decimal]], accepted: Decimal, start: date) -> date | None:
    """The mean day of receipt, each by what was accepted, to the nearest day; a half goes away from the order."""
    if accepted == 0:
        return None
    mean = sum((qty * (day - start).days for day, qty in came), Decimal(0)) / accepted
    return start + timedelta(days=int(mean.quantize(Decimal(1), ROUND_HALF_UP)))


def _amount(company: Company, row: Any, place: Any, start: date) -> tuple[Decimal | None, str | None]:
    """(value in company currency at the average rate of the order's month, why there is none)."""
    if row.unit_price is None:
        return None, "no_price"
    same = row.currency == place.company_currency
    # Rates are known for the currencies of divisions.
    divisions = {location.currency for location in company.masters.locations.values()}
    rate = Decimal(1) if same else None
    if not same and row.currency in divisions:
        rate = company.masters.rate(row.currency, place.company_currency, start.replace(day=1), "average")
    return (None, "no_rate") if rate is None else (row.ordered_qty * row.unit_price * rate, None)


@dataclass
class Month:
    """Counts of a scope in a month."""

    lines: int = 0
    overdue: int = 0
    date_judged: int = 0
    date_alerts: int = 0
    late_alerts: int = 0
    quantity_judged: int = 0
    quantity_alerts: int = 0
    otif_judged: int = 0
    otif: int = 0
    unvalued: int = 0
    judged_amount: Decimal = Decimal(0)
    otif_amount: Decimal = Decimal(0)


def months(lines: dict[str, Line], as_of: date) -> dict[tuple[str, str, date], Month]:
    """(scope type, scope id, first day of the month) -> counts of the lines due in it, up to the cut-off."""
    found: dict[tuple[str, str, date], Month] = defaultdict(Month)
    for line in lines.values():
        if line.state in ("cancelled", "nothing_ordered") or line.planned is None or line.planned > as_of:
            continue
        scopes = {
            "supplier": line.supplier,
            "location": line.location,
            "region": line.region,
            "division": line.division,
            "company": line.company,
        }
        for scope in scopes.items():
            month = found[(*scope, line.planned.replace(day=1))]
            month.lines += 1
            month.overdue += line.is_overdue
            month.date_judged += line.is_date_alert is not None
            month.date_alerts += line.is_date_alert is True
            month.late_alerts += line.is_date_alert is True and line.deviation > 0
            month.quantity_judged += line.is_quantity_alert is not None
            month.quantity_alerts += line.is_quantity_alert is True
            month.otif_judged += line.is_otif is not None
            month.otif += line.is_otif is True
            if line.is_otif is not None:
                month.unvalued += line.amount is None
                month.judged_amount += line.amount or 0
                month.otif_amount += (line.amount or 0) if line.is_otif else 0
    return found
