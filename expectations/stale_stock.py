"""Suite stale_stock: how old is what we were told, per record and per feed.

Here: ages of records, counts and feeds. Not here: records that look wrong whatever their age (phantom_stock.py).
"""

from __future__ import annotations

from expectations.check import CRITICAL, WARNING, Check, Rule, flagged, within_limit

SUITE = "stale_stock"
_RECORDS = "visibility.fct_stock_record"
_RECORD_KEY = ("sku_id", "location_id")
_SEE_FLAGS = "published with its flag: see visibility.fct_stock_record_flag"

CHECKS: tuple[Check, ...] = (
    within_limit(
        Rule(
            SUITE,
            "DQ-S1",
            WARNING,
            "a stock record is no older than its ABC class allows",
            _SEE_FLAGS,
            dimension="stale",
            owner="inventory_control",
        ),
        _RECORDS,
        _RECORD_KEY,
        "record_age_days",
        "max_record_age_days",
        keys_sql=flagged("DQ-S1"),
    ),
    within_limit(
        Rule(
            SUITE,
            "DQ-S2",
            WARNING,
            "stock was counted within its count cycle and its grace",
            _SEE_FLAGS,
            dimension="stale",
            owner="inventory_control",
        ),
        _RECORDS,
        _RECORD_KEY,
        "days_since_count",
        "max_days_since_count",
        scope="on_hand_qty <> 0",
        keys_sql=flagged("DQ-S2"),
    ),
    within_limit(
        Rule(
            SUITE,
            "SF-1",
            CRITICAL,
            "the feed of every location is alive",
            "the site has sent no event for too long: ask for its batches, land them and run `make refresh`",
            dimension="timeliness",
            owner="data_platform",
        ),
        "visibility.fct_location_audit",
        ("location_id",),
        "feed_age_days",
        "max_feed_age_days",
    ),
    within_limit(
        Rule(
            SUITE,
            "SF-2",
            WARNING,
            "the newest event of every feed is as new as policy asks",
            "published as it is: see visibility.fct_source_freshness and ask the sender for its batches",
            dimension="timeliness",
            owner="data_platform",
        ),
        "visibility.fct_source_freshness",
        ("source", "instance", "entity"),
        "feed_age_days",
        "max_source_age_days",
    ),
)
