"""One page about the published generation for a person at a terminal.

Here: queries over published/current and their layout. Not here: anything that is not published, and any judgement of
its own: every number is a row of a mart.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from orchestration.lib.generations import MARTS, ROLE, OpenGeneration, open_current
from orchestration.lib.paths import Home

_WIDTH = 100


def summary(home: Home) -> str:
    """The page as text. GenerationError when nothing is published yet."""
    with open_current(home) as opened:
        parts = [
            _head(opened),
            _rows(opened),
            _stock(opened),
            _kpis(opened),
            _alerts(opened),
            _flags(opened),
            _breaks(opened),
            _audit(opened),
            _next(home, opened),
        ]
    return "\n\n".join(part for part in parts if part)


def _query(opened: OpenGeneration, sql: str) -> list[tuple]:
    """Rows of a query; none when a mart is not part of this generation."""
    try:
        return opened.connection.execute(sql).fetchall()
    except duckdb.CatalogException:
        return []


def number(value: object) -> str:
    """A number with thousands separators and at most four decimals; other values as text, null as a dash."""
    if value is None:
        return "-"
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return str(value)
    text = f"{value:,.4f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Title and columns; numbers to the right. Control characters of the data are shown as '?'."""
    cells = [[_printable(number(value)) for value in row] for row in rows]
    widths = [max(len(name), *(len(row[i]) for row in cells)) for i, name in enumerate(header)]
    right = [bool(rows) and all(isinstance(r[i], int | Decimal | None) for r in rows) for i in range(len(header))]

    def line(values: Sequence[str]) -> str:
        padded = [v.rjust(w) if r else v.ljust(w) for v, w, r in zip(values, widths, right, strict=True)]
        return ("  " + "  ".join(padded)).rstrip()

    return "\n".join([title, line(header), *(line(row) for row in cells)])


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:60]


def _head(opened: OpenGeneration) -> str:
    manifest = opened.generation.manifest
    title = f"leadlag: published generation {opened.generation.name}, as of {manifest['as_of']}"
    return f"{'=' * _WIDTH}\n{title}\n{'=' * _WIDTH}"


def _rows(opened: OpenGeneration) -> str:
    rows = _query(
        opened,
        "select source, count(*), sum(rows_in)::bigint, sum(rows_loaded)::bigint, sum(rows_deduplicated)::bigint, "
        "sum(rows_quarantined)::bigint, sum(rows_unaccounted)::bigint from visibility.fct_row_account "
        "group by rollup (source) order by source nulls last",
    )
    if not rows:
        return ""
    told = [(source or "all", *rest) for source, *rest in rows]
    header = ("source", "files", "landed", "accepted", "deduplicated", "quarantined", "unaccounted")
    reasons = _query(
        opened,
        "select rule_id, sum(row_count)::bigint from visibility.fct_quarantined_row "
        "group by rule_id order by 2 desc, 1 limit 5",
    )
    why = ", ".join(f"{_printable(str(rule))} {number(count)}" for rule, count in reasons)
    return _table("Rows", header, told) + (f"\n  quarantined by rule: {why}" if why else "")


def _stock(opened: OpenGeneration) -> str:
    currencies = _query(opened, "select distinct company_currency from core.bridge_sku_location order by 1")
    currency = "/".join(str(c) for (c,) in currencies)
    rows = _query(
        opened,
        "select count(*), count(*) filter (where on_hand_qty <> 0), sum(on_hand_amount) "
        "from visibility.fct_stock_record",
    )
    if not rows:
        return ""
    records, stocked, amount = rows[0]
    value = "unknown (no cost)" if amount is None else f"{amount:,.2f} {currency}".rstrip()
    return f"Stock value {value} at cost, in {number(stocked)} stocked of {number(records)} SKU-location records"


def _kpis(opened: OpenGeneration) -> str:
    rows = _query(
        opened,
        "select kpi_name, lead_lag, scope_id, period_end_date, kpi_value, unit, coalesce(reason_code, '') "
        "from scorecard.fct_kpi_value inner join scorecard.dim_kpi using (kpi_id) where scope_type = 'company' "
        "qualify row_number() over (partition by kpi_id, scope_id order by period_end_date desc) = 1 order by all",
    )
    header = ("KPI", "kind", "company", "period end", "value", "unit", "no value because")
    return _table("Key figures, latest period", header, rows) if rows else ""


def _alerts(opened: OpenGeneration) -> str:
    rows = _query(
        opened,
        "select severity, kpi_name, count(*) from scorecard.fct_alert inner join scorecard.dim_kpi using (kpi_id) "
        "where alert_status = 'open' group by all order by all",
    )
    return _table("Alerts", ("severity", "KPI", "scopes"), rows) if rows else "Alerts: none"


def _flags(opened: OpenGeneration) -> str:
    rows = _query(
        opened,
        "select rule_id, rule_name, case when flags.is_phantom_signal then 'phantom' "
        "when flags.is_stale_signal then 'stale' else 'value' end, count(*), sum(on_hand_amount)::decimal(24, 2) "
        "from visibility.fct_stock_record_flag as flags left join registry.record_rules using (rule_id) "
        "group by all order by all",
    )
    totals = _query(
        opened,
        "select count(distinct (sku_id, location_id)) filter (where is_phantom_signal), "
        "count(distinct (sku_id, location_id)) filter (where is_stale_signal) from visibility.fct_stock_record_flag",
    )
    if not totals:
        return ""
    phantom, stale = totals[0]
    title = f"Flagged records: {number(phantom)} suspected phantom, {number(stale)} stale (flags never block)"
    return _table(title, ("rule", "name", "kind", "records", "stock value"), rows) if rows else title


def _breaks(opened: OpenGeneration) -> str:
    rows = _query(
        opened,
        "select break_class, count(*), sum(abs(delta_qty))::decimal(24, 4) from ("
        "select * from visibility.kpi_stock_reconciliation "
        "qualify cut_off_at = max(cut_off_at) over (partition by location_id)"  # companies close at other hours
        ") group by break_class order by 2 desc, 1",
    )
    header = ("class", "records", "units apart")
    return _table("ERP against WMS at each location's last cut-off", header, rows) if rows else ""


def _audit(opened: OpenGeneration) -> str:
    rules = opened.generation.manifest["audit"].get("rules", {})
    if not rules:
        return ""
    told = [
        (name, rule["severity"], rule["outcome"], rule["failed_rows"])
        for name, rule in rules.items()
        if rule["outcome"] != "passed"
    ]
    passed = f"Audit: {len(rules) - len(told)} of {len(rules)} rules passed"
    return (
        _table(f"{passed}; not passed, not blocking:", ("rule", "severity", "outcome", "rows"), told)
        if told
        else passed
    )


def _next(home: Home, opened: OpenGeneration) -> str:
    marts = home.published / "current" / ROLE / MARTS
    pages = home.root / "site" / "index.html"
    built = pages.with_name(opened.generation.name).is_dir()
    lines = [
        "Where to look next",
        f"  marts        {marts}  (open read-only, for example lag.kpi_abc_class)",
        f"  held back    visibility.fct_quarantined_row, and per batch in {home.quarantine}",
        "  asset graph  make dev   (http://127.0.0.1:3000)",
        "  again        make refresh · make rollback · make help",
        f"  pages        {pages.as_uri()}" if built else "  pages        make open",
    ]
    return "\n".join(lines)
