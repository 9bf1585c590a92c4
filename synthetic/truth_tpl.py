"""The truth ledger of the provider: one row per planted fault of the messages and of the last stock advice.

Belongs here: rows of planted_tpl.parquet and what should find them. Does not belong here: drawing the
faults (tpl.py).
"""

from __future__ import annotations

from synthetic.tpl import TplLog

FOUND_BY = {
    "tpl_lost": "kpi:fct_tpl_sequence_gap",
    "tpl_duplicate_same_file": "validator:deduplicated",
    "tpl_duplicate_next_batch": "unified:duplicate",
    "tpl_conflicting": "unified:superseded",
    "tpl_rejected": "kpi:kpi_tpl_consistency",
    "tpl_unknown_item": "unified:unknown_item",
    "tpl_unknown_uom": "unified:unknown_uom",
    "tpl_missing_field": "validator:required:reference",
    "tpl_late_ack": "kpi:kpi_tpl_consistency",
    "tpl_unanswered": "kpi:kpi_tpl_consistency",
    "tpl_misstated": "kpi:kpi_tpl_consistency",
}


def tpl_rows(company: object, log: TplLog) -> list[dict]:
    """Return the planted faults of the provider; `event_id` is the message id, or the number of the site's event."""
    site = company.sites[log.site].code
    division = company.divisions[int(company.division_of_site[log.site])].code
    codes = company.items["item_code"].to_numpy()
    shared = {"source": "tpl", "instance": log.provider, "division_code": division, "location_code": site}
    rows = []
    for kind, struck in log.faults.items():
        entity = "stock_advices" if kind == "misstated" else "shipment_messages"
        for place in struck.tolist():
            row = shared | {"fault": f"tpl_{kind}", "entity": entity}
            if kind == "misstated":
                row["item_code"] = codes[int(company.item_of[place])]
            elif kind == "unanswered":
                row["event_id"] = f"{place:08d}"
            else:
                message = log.messages.iloc[place]
                row |= {
                    "event_id": f"{log.provider}-{int(message['sequence']):08d}".upper(),
                    "sequence_no": int(message["sequence"]),
                    "item_code": codes[int(message["item"])] if message["item"] >= 0 else None,
                    "at": int(message["sent"]) * 1_000_000,
                    "qty": int(message["qty"]),
                    "detail": {"message_type": message["type"]},
                }
            rows.append(row)
    return rows
