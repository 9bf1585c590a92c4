"""What the marts say about order lines otherwise than the oracle: shared by the comparison and by flipped policies.

Here: one function per mart that gives (differences, rows compared). Not here: how many differences there may be.
"""

from __future__ import annotations

from decimal import Decimal

from tests.python.fixtures_marts import Marts
from tests.python.oracles.compare import close, near
from tests.python.oracles.differences import Case
from tests.python.oracles.receipts import limits, months, order_lines

# Column of kpi_receipt_variance -> attribute of the oracle's line.
EXACT = {
    "supplier_id": "supplier",
    "location_id": "location",
    "division_code": "division",
    "receipt_state": "state",
    "lead_time_start_date": "start",
    "planned_date": "planned",
    "first_received_date": "first",
    "weighted_received_date": "weighted",
    "full_receipt_date": "full",
    "promised_lead_time_days": "promised_days",
    "actual_lead_time_days": "actual_days",
    "deviation_days": "deviation",
    "rescheduled_deviation_days": "rescheduled",
    "is_overdue": "is_overdue",
    "date_variance_reason": "date_reason",
    "date_direction": "direction",
    "is_date_alert": "is_date_alert",
    "is_too_early": "is_too_early",
    "ordered_qty": "ordered",
    "accepted_qty": "accepted",
    "is_quantity_alert": "is_quantity_alert",
    "is_on_time": "is_on_time",
    "is_in_full": "is_in_full",
    "is_otif": "is_otif",
    "otif_reason": "otif_reason",
    "ordered_amount_reason": "amount_reason",
}
_COUNTS = {
    "line_count": "lines",
    "overdue_line_count": "overdue",
    "date_judged_line_count": "date_judged",
    "date_alert_line_count": "date_alerts",
    "late_alert_line_count": "late_alerts",
    "quantity_judged_line_count": "quantity_judged",
    "quantity_alert_line_count": "quantity_alerts",
    "otif_judged_line_count": "otif_judged",
    "otif_line_count": "otif",
    "unvalued_line_count": "unvalued",
}


def line_differences(case: Case, marts: Marts, **policy: str) -> tuple[list, int]:
    """Rows of kpi_receipt_variance that do not say what the oracle says, and how many there are."""
    oracle = order_lines(case.company, limits(**policy))
    found = marts.rows("select * from lead.kpi_receipt_variance")
    assert {row["purchase_order_line_id"] for row in found} == set(oracle)
    wrong = []
    for row in found:
        key = row["purchase_order_line_id"]
        said = oracle[key]
        wrong += [
            (key, name, row[name], getattr(said, a)) for name, a in EXACT.items() if row[name] != getattr(said, a)
        ]
        for name, value in (
            ("date_variance_ratio", said.variance),
            ("quantity_variance_ratio", said.quantity_variance),
        ):
            if not near(row[name], value):
                wrong.append((key, name, row[name], value))
        if not close(row["ordered_amount"], said.amount):
            wrong.append((key, "ordered_amount", row["ordered_amount"], said.amount))
    return wrong, len(found)


def month_differences(case: Case, marts: Marts, **policy: str) -> tuple[list, int]:
    """Rows of fct_receipt_exception that do not say what the oracle says, and how many there are."""
    oracle = months(order_lines(case.company, limits(**policy)), case.company.as_of_date)
    found = marts.rows("select * from lead.fct_receipt_exception")
    assert {(row["scope_type"], row["scope_id"], row["month_start_date"]) for row in found} == set(oracle)
    wrong = []
    for row in found:
        key = row["scope_type"], row["scope_id"], row["month_start_date"]
        said = oracle[key]
        wrong += [(*key, n, row[n], getattr(said, a)) for n, a in _COUNTS.items() if row[n] != getattr(said, a)]
        shares = {
            "date_alert": (said.date_alerts, said.date_judged),
            "quantity_alert": (said.quantity_alerts, said.quantity_judged),
            "otif": (said.otif, said.otif_judged),
        }
        for name, (part, whole) in shares.items():
            if not near(row[f"{name}_ratio"], Decimal(part) / whole if whole else None):
                wrong.append((*key, name, row[f"{name}_ratio"], part, whole))
            if (row[f"{name}_ratio"] is None) != (row[f"{name}_reason"] == "no_judged_line"):
                wrong.append((*key, name, row[f"{name}_reason"]))
        if said.otif_judged > said.unvalued:
            amounts = row["otif_judged_amount"], row["otif_amount"]
            if not (close(amounts[0], said.judged_amount) and close(amounts[1], said.otif_amount)):
                wrong.append((*key, "amounts", *amounts, said.judged_amount, said.otif_amount))
            share = said.otif_amount / said.judged_amount if said.judged_amount else None
            if not near(row["otif_value_ratio"], share):
                wrong.append((*key, "otif_value_ratio", row["otif_value_ratio"], share))
        elif row["otif_value_ratio"] is not None or row["otif_value_reason"] not in ("no_judged_line", "no_value"):
            wrong.append((*key, "otif_value_reason", row["otif_value_reason"]))
    return wrong, len(found)
