"""The overview as values ready to print: tiles per subject, alerts by owner, data trust, what changed.

Here: what the first page says. Not here: its layout (templates/overview.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
from markupsafe import Markup

from expectations.check import CRITICAL
from orchestration.lib.generations import MARTS, ROLE
from orchestration.lib.sql import connect
from reports import formats
from reports.grids import Cell, Grid
from reports.kpi_page import STATUS_WORDS, Headline
from reports.marts import Kpi, Marts

SUBJECTS = {
    "service": "Service",
    "visibility": "Visibility of stock",
    "lead": "Lead indicators",
    "lag": "Lag indicators",
    "governance": "Governance",
    "feedback": "Feedback",
    "scorecard": "Scorecard",
}
_ALERTS = 30
_LINKS = 5


@dataclass(frozen=True)
class Tile:
    """One KPI on the overview."""

    kpi: Kpi
    href: str
    headline: Headline | None
    alerts: int


@dataclass(frozen=True)
class Change:
    """What differs from the generation before."""

    before: str
    as_of: str
    kpis: Grid
    opened: list[str]
    closed: list[str]


def moment_text(text: str) -> str:
    """ISO text of a moment, as people read it, in UTC."""
    return f"{formats.moment(datetime.fromisoformat(text.replace('Z', '+00:00')))} UTC"


def subjects(marts: Marts, headlines: dict[str, list[Headline]]) -> list[tuple[str, str, list[Tile]]]:
    """(anchor, title, tiles) per subject in the house's order."""
    alerts = dict(marts.rows("select kpi_id, count(*) from scorecard.fct_alert where alert_status = 'open' group by 1"))
    found: dict[str, list[Tile]] = {}
    for kpi in marts.kpis:
        headline = next(iter(headlines[kpi.kpi_id]), None)
        tile = Tile(kpi, f"kpi/{kpi.kpi_id}.html", headline, alerts.get(kpi.kpi_id, 0))
        found.setdefault(marts.schema(kpi), []).append(tile)
    order = list(SUBJECTS)
    ranked = sorted(found, key=lambda s: (order.index(s) if s in order else len(order), s))
    return [(s, SUBJECTS.get(s, formats.words(s)), found[s]) for s in ranked]


def alerts_by_owner(marts: Marts) -> tuple[Grid, int]:
    """Open alerts per owner and KPI with the worst scope, the gravest first, and how many there are.

    Of more than fit, the least grave are left out, but nobody's gravest: every owner finds himself on the page.
    """
    found = marts.rows(
        "select fct_alert.owner, kpi_id, kpi_name, count(*) filter (where severity = 'critical'), count(*), "
        "arg_min((scope_type, scope_id), (severity, -abs(gap_value), alert_id)) "
        "from scorecard.fct_alert inner join scorecard.dim_kpi using (kpi_id) "
        "where alert_status = 'open' group by fct_alert.owner, kpi_id, kpi_name order by 4 desc, 5 desc, 1, 3"
    )
    names = marts.scope_names(worst for *_, worst in found)
    shown = with_every_owner([owner for owner, *_ in found], _ALERTS)
    rows = [
        [
            Cell(formats.words(formats.clean(owner))),
            Cell(name, markup=_link(f"kpi/{kpi_id}.html#alerts", name)),
            Cell(f"{critical:,}", True, status="critical" if critical else ""),
            Cell(f"{alerts:,}", True),
            Cell(names[worst]),
        ]
        for owner, kpi_id, name, critical, alerts, worst in (found[place] for place in shown)
    ]
    head = [("Owner", "", False), ("KPI", "", False), ("Critical", "", True), ("All", "", True)]
    return Grid("Open alerts by owner", [*head, ("Worst at", "", False)], rows, len(found)), sum(
        row[4] for row in found
    )


def with_every_owner(owners: list[str], most: int) -> list[int]:
    """Places of at most `most` rows in their order: the first of each owner, then those that come first."""
    first = sorted({owner: place for place, owner in reversed(list(enumerate(owners)))}.values())
    rest = [place for place in range(len(owners)) if place not in first]
    return sorted((first + rest)[:most])


_VERDICTS = {
    "foretells": ("good", "Foretells"),
    "opposite": ("warning", "The other way round"),
    "not_shown": ("unknown", "Not shown"),
    "constant": ("unknown", "One of the two does not vary"),
    "too_short": ("unknown", "Too few months yet"),
}


def links(marts: Marts) -> Grid | None:
    """Which lead indicator foretells which outcome, how early and how strongly: the surest few."""
    if not marts.has("scorecard.kpi_lead_lag_link"):
        return None
    found = marts.rows(
        "select lead_kpi_id, lead_kpi_name, lag_kpi_id, lag_kpi_name, scope_type, because, link_status, "
        "best_lag_month_count, held_out_correlation_ratio, held_out_low_ratio, held_out_high_ratio, "
        "agreeing_scope_count, scope_count from scorecard.kpi_lead_lag_link "
        "order by link_status <> 'foretells', link_status = 'too_short', abs(held_out_correlation_ratio) desc, 1, 3"
    )
    rows = []
    for lead, lead_name, lag, lag_name, scope, because, verdict, months, r, low, high, agree, scopes in found:
        status, words = _VERDICTS.get(verdict, ("unknown", formats.words(verdict)))
        tried = verdict in ("foretells", "opposite", "not_shown")
        early = f"{months} month{'' if months == 1 else 's'}"
        rows.append(
            [
                Cell("", markup=_link(f"kpi/{lead}.html", lead_name or lead), note=because),
                Cell("", markup=_link(f"kpi/{lag}.html", lag_name or lag)),
                Cell(words, status=status),
                Cell(early if tried else formats.DASH, True),
                Cell(f"{r:+.2f}" if tried else formats.DASH, True),
                Cell(f"{low:+.2f} to {high:+.2f}" if tried else formats.DASH, True),
                Cell(f"{agree} of {scopes} {formats.inner_words(scope)}s" if tried else formats.DASH),
            ]
        )
    held = sum(row[6] == "foretells" for row in found)
    note = f"{held} of {len(found)} foretold their outcome in the months held out from learning. "
    note += "Strength is a correlation, from -1 to 1, with the interval it lies in. "
    page = next((kpi.kpi_name for kpi in marts.kpis if kpi.model == "kpi_lead_lag_link"), None)
    note += f"All of them stand on the page of the KPI: {page}." if page else ""
    labels = ("Lead indicator", "Outcome", "Verdict", "Ahead", "Strength", "Interval", "Where")
    figures = ("Ahead", "Strength", "Interval")
    head = [(label, "", label in figures) for label in labels]
    shown = rows[:_LINKS]
    return Grid("What foretells what", head, shown, len(shown), note, anchor="links")


def _link(href: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, formats.clean(text))


def audit(marts: Marts) -> tuple[str, str, Grid]:
    """(verdict, its standing, rules that did not pass) of the audit."""
    rules = marts.subject.rules
    told = [(name, rule) for name, rule in sorted(rules.items()) if rule["outcome"] != "passed"]
    rows = [
        [
            Cell(name),
            Cell(rule["severity"]),
            Cell(formats.words(rule["outcome"])),
            Cell(f"{rule['failed_rows']:,}", True),
        ]
        for name, rule in told
    ]
    head = [("Rule", "", False), ("Severity", "", False), ("Outcome", "", False), ("Rows", "", True)]
    verdict = f"{len(rules) - len(told)} of {len(rules)} rules passed"
    blocking = sum(rule["severity"] == CRITICAL for _, rule in told)
    if blocking:
        end, standing = f"; {blocking} block{'s' if blocking == 1 else ''}", "critical"
    elif told:
        end, standing = "; what failed does not block", "warning"
    else:
        end, standing = "", "good"
    return verdict + end, standing, Grid("Audit rules that did not pass", head, rows, len(rows))


def flags(marts: Marts) -> Grid | None:
    """Flagged stock records per rule."""
    if not marts.has("visibility.fct_stock_record_flag"):
        return None
    found = marts.rows(
        "select rule_id, rule_name, min(f.severity), count(*), sum(on_hand_amount) "
        "from visibility.fct_stock_record_flag as f left join "
        "(select rule_id, rule_name from registry.record_rules) as r using (rule_id) group by all order by 4 desc, 1"
    )
    rows = [
        [
            Cell(formats.clean(name or rule), note=formats.clean(rule)),
            Cell(formats.words(severity)),
            Cell(f"{records:,}", True),
            Cell(formats.bare(amount, "money"), True),
        ]
        for rule, name, severity, records, amount in found
    ]
    head = [("Flag", "", False), ("Severity", "", False), ("Records", "", True)]
    head.append((f"Stock value, {marts.currency}".rstrip(", "), "", True))
    return Grid("Flagged stock records", head, rows, len(rows), "Flags inform and never block.")


def landed(marts: Marts) -> Grid | None:
    """Rows per source instance, what was held back, and how long before the cut-off the source last spoke."""
    if not marts.has("core.fct_landed_file"):
        return None
    found = marts.rows(
        "select source, instance, max(extracted_at), date_diff('minute', max(extracted_at), max(as_of_at)), "
        "sum(row_count)::bigint, sum(deduplicated_row_count)::bigint, sum(quarantined_row_count)::bigint, "
        "sum(unaccounted_row_count)::bigint from core.fct_landed_file, core.dim_cutoff "
        "group by source, instance order by 1, 2"
    )
    rows = [
        [
            Cell(f"{formats.clean(source).upper()} {formats.clean(instance)}"),
            Cell(formats.moment(last)),
            Cell(_age(minutes), True),
            *(Cell(f"{int(number or 0):,}", True) for number in numbers[:3]),
            Cell(f"{int(numbers[3] or 0):,}", True, status="critical" if numbers[3] else ""),
        ]
        for source, instance, last, minutes, *numbers in found
    ]
    names = ("Source", "Last extract, UTC", "Age", "Rows landed", "Duplicates", "Held back", "Unaccounted")
    head = [(name, "", number > 1) for number, name in enumerate(names)]
    return Grid("Feeds", head, rows, len(rows), "Age counts back from the generation's as-of moment.")


def _age(minutes: int | None) -> str:
    if minutes is None:
        return formats.DASH
    return f"{minutes / 1440:,.1f} days" if minutes >= 2880 else f"{minutes / 60:,.1f} h"


def quarantine(marts: Marts) -> Grid | None:
    """Rows held back, per rule."""
    if not marts.has("visibility.fct_quarantined_row"):
        return None
    found = marts.rows(
        "select rule_id, source || '.' || entity, sum(row_count)::bigint, min(message) "
        "from visibility.fct_quarantined_row group by 1, 2 order by 3 desc, 1, 2"
    )
    rows = [
        [Cell(formats.clean(str(rule))), Cell(formats.clean(str(entity))), Cell(f"{number:,}", True)]
        for rule, entity, number, _ in found
    ]
    head = [("Rule", "", False), ("Entity", "", False), ("Rows", "", True)]
    return Grid("Rows held back", head, rows[:_ALERTS], len(rows))


def changes(marts: Marts, figure_of: dict[str, tuple[Kpi, str]]) -> Change | None:
    """Company values and alerts against the newest earlier generation that is still kept; None without one."""
    before = marts.subject.before
    if before is None:
        return None
    sql = (
        "select kpi_id, scope_id, period_end_date, kpi_value from scorecard.fct_kpi_value where scope_type = 'company' "
        "qualify row_number() over (partition by kpi_id, scope_id order by period_end_date desc) = 1"
    )
    alert_sql = (
        "select kpi_id, scope_type, scope_id, severity from scorecard.fct_alert "
        "where alert_status = 'open' order by all"
    )
    try:
        old = connect(Path(before.path) / ROLE / MARTS, read_only=True)
        try:
            old_values = {(k, s): (end, value) for k, s, end, value in old.execute(sql).fetchall()}
            old_alerts = set(old.execute(alert_sql).fetchall())
        finally:
            old.close()
    except (duckdb.IOException, duckdb.BinderException):  # retention took it, or it has another shape
        return None
    rows = []
    for kpi_id, scope, end, value in sorted(marts.rows(sql)):
        kpi, display = figure_of[kpi_id]
        then_end, then = old_values.get((kpi_id, scope), (None, None))
        if (then_end, then) == (end, value):
            continue
        gap = value - then if value is not None and then is not None else None
        rows.append(
            [
                Cell(kpi.kpi_name, markup=_link(f"kpi/{kpi_id}.html", kpi.kpi_name)),
                Cell(formats.figure(then, display, kpi.unit, marts.currency), True, note=formats.day(then_end)),
                Cell(formats.figure(value, display, kpi.unit, marts.currency), True, note=formats.day(end)),
                Cell(formats.difference(gap, display, formats.unit_word(display, kpi.unit, marts.currency)), True),
            ]
        )
    now = set(marts.rows(alert_sql))
    head = [("KPI", "", False), ("Then", "", True), ("Now", "", True), ("Change", "", True)]
    return Change(
        before.name,
        moment_text(before.manifest["as_of"]),
        Grid("Figures that changed", head, rows, len(rows)),
        _alert_names(marts, figure_of, now - old_alerts),
        _alert_names(marts, figure_of, old_alerts - now),
    )


def _alert_names(
    marts: Marts, figure_of: dict[str, tuple[Kpi, str]], alerts: set[tuple[str, str, str, str]]
) -> list[str]:
    told = sorted(alerts)[:_ALERTS]
    names = marts.scope_names((scope_type, scope_id) for _, scope_type, scope_id, _ in told)
    lines = []
    for kpi_id, scope_type, scope_id, severity in told:
        kpi_name = figure_of[kpi_id][0].kpi_name if kpi_id in figure_of else kpi_id
        lines.append(f"{kpi_name}, {names[scope_type, scope_id]}: {severity}")
    if len(alerts) > len(told):
        lines.append(f"and {len(alerts) - len(told):,} more")
    return lines


def standing(headlines: dict[str, list[Headline]]) -> list[tuple[str, str, int]]:
    """(status, words, number of KPIs) over the companies' latest values."""
    counted: dict[str, int] = {}
    for found in headlines.values():
        for headline in found:
            counted[headline.status] = counted.get(headline.status, 0) + 1
    return [(s, STATUS_WORDS[s], counted[s]) for s in STATUS_WORDS if s in counted]


def stock(marts: Marts) -> list[tuple[str, str]]:
    """What the generation holds: stock value, records, SKUs, locations."""
    facts = []
    if marts.has("visibility.fct_stock_record"):
        records, stocked, amount = marts.rows(
            "select count(*), count(*) filter (where on_hand_qty <> 0), sum(on_hand_amount) "
            "from visibility.fct_stock_record"
        )[0]
        facts.append(("Stock at cost", formats.figure(_decimal(amount), "money", currency=marts.currency)))
        facts.append(("SKU-locations stocked", f"{stocked:,} of {records:,}"))
    skus, locations = marts.rows(
        "select (select count(*) from core.dim_sku), (select count(*) from core.dim_location)"
    )[0]
    return [*facts, ("SKUs", f"{skus:,}"), ("Locations", f"{locations:,}")]


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
