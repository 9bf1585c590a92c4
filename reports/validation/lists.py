"""Two pages of lists: rows that were held back with their evidence, and flagged records with the count list.

Here: rows of published marts as tables and files. Not here: rules and outcomes (report.py).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from expectations.check import FLAGS
from orchestration.lib.sql import literal
from reports import downloads, formats
from reports.definitions import Rows, Shown, Table
from reports.grids import Cell, Grid, ModelTables
from reports.marts import Marts
from reports.overview import flags as flags_by_rule
from reports.subject import BLOCKED

QUARANTINE = "visibility.fct_quarantined_row"
ACCOUNTS = "visibility.fct_row_account"
HEALTH = "visibility.kpi_stock_record_health"
SHOWN, SECTIONS, EVIDENCE, ENDING, PER_LOCATION = 12, 20, 500, 100, 10
COUNTS_SHOWN = 300
_HELD_BY = {"validator": "the validator", "master_data": "master data"}


def totals(marts: Marts) -> list[tuple[str, str]]:
    """Rows held back and records flagged, for the summary."""
    facts = []
    if marts.has(QUARANTINE):
        held = marts.rows(f"select coalesce(sum(row_count), 0)::bigint from {QUARANTINE}")[0][0]
        facts.append(("Rows held back", f"{held:,}"))
    if marts.has(FLAGS):
        records = marts.rows(f"select count(*) from (select distinct sku_id, location_id from {FLAGS})")[0][0]
        facts.append(("Records with a flag", f"{records:,}"))
    return facts


def pages(marts: Marts, site: Path, hrefs: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """{file below the report: what it says} of the two pages; hrefs: pages of rules by their id."""
    return {"quarantine.html": quarantine(marts, site), "flags.html": flags(marts, site, hrefs)}


# --- held back ------------------------------------------------------------------------------------------------------


def quarantine(marts: Marts, site: Path) -> dict[str, Any]:
    """Rows held back: by rule, by file, and rule by rule with the row as it came."""
    told: dict[str, Any] = {
        "title": "Rows held back",
        "meaning": "Rows and files that were not let into the warehouse, why, and what to do. Nothing is lost: each "
        "comes in once it is corrected and sent again, or once its master data is there.",
        "sections": [],
        "downloads": [],
        "empty": "Nothing was held back.",
    }
    if not marts.has(QUARANTINE):
        return told | {"empty": "This generation does not hold the list of rows held back."}
    groups = marts.rows(
        "select rule_id, held_back_by, source, instance, entity, sum(row_count)::bigint, count(distinct landed_file) "
        f"from {QUARANTINE} group by all order by 6 desc, 1, 2, 3, 4, 5"
    )
    if not groups:
        return told
    kinds = list(dict.fromkeys((rule, by, source, entity) for rule, by, source, _, entity, *_ in groups))
    rows = []
    for rule, by, source, instance, entity, number, files in groups:
        place, words, note = kinds.index((rule, by, source, entity)), rule_words(rule), formats.clean(str(rule))
        shown = place < SECTIONS
        rows.append(
            [
                Cell("" if shown else words, markup=_anchor(f"#rows-{place}", words) if shown else None, note=note),
                Cell(_HELD_BY.get(by, formats.words(formats.clean(by or formats.DASH)))),
                Cell(_sender(source, instance)),
                Cell(formats.words(formats.clean(entity or formats.DASH))),
                Cell(f"{number:,}", True),
                Cell(f"{files:,}", True),
            ]
        )
    labels = ("Rule", "Held back by", "Sender", "Entity", "Rows", "Files")
    head = [(label, "", place > 3) for place, label in enumerate(labels)]
    grids = [Grid("By rule", head, rows, len(rows)), *_files(marts)]
    told["sections"] = [("Overview", "overview", grids)]
    details = [_held(marts, place, *kind) for place, kind in enumerate(kinds[:SECTIONS])]
    told["sections"].append(("The rows themselves", "rows", details))
    sql = f"select * from {QUARANTINE}"
    told["downloads"] = downloads.write(marts, site, "validation_quarantine", "Every row held back", sql)
    return told


def has_count_list(marts: Marts) -> bool:
    """False for a build that is not published: nobody is sent to count by it."""
    return marts.subject.kind != BLOCKED


def rule_words(rule: str) -> str:
    """A contract's rule for people: `required:reference` reads Required: reference."""
    kind, _, rest = str(rule).partition(":")
    return formats.clean(f"{formats.words(kind)}: {formats.inner_words(rest)}" if rest else formats.words(kind))


def _files(marts: Marts) -> list[Grid]:
    """Files with rows held back, the worst share first, with policy's bound."""
    if not marts.has(ACCOUNTS):
        return []
    names = ("file", "batch_id", "rows_in", "rows_loaded", "rows_quarantined", "quarantined_ratio")
    table = Table(
        "By file",
        Rows("fct_row_account", "rows_quarantined > 0"),
        tuple(Shown(name) for name in (*names, "max_quarantined_ratio")),
        ("quarantined_ratio desc", "rows_quarantined desc", "file"),
        SHOWN,
        "The share of a file that was held back; above the limit the build is not published.",
    )
    grid = ModelTables(marts).table(table, None, "files")
    return [grid] if grid else []


def _held(marts: Marts, place: int, rule: str, by: str | None, source: str, entity: str) -> Grid:
    """The first rows that one rule held back of one entity, with the row as it came where it is kept."""
    values = (("rule_id", rule), ("held_back_by", by), ("source", source), ("entity", entity))
    where = " and ".join(f"{name} is not distinct from {literal(value)}" for name, value in values)
    number = marts.rows(f"select count(*) from {QUARANTINE} where {where}")[0][0]
    found = marts.rows(
        f"select landed_file, file_row_number, message, raw_row from {QUARANTINE} where {where} "
        f"order by landed_file, file_row_number limit {SHOWN}"
    )
    has_rows = any(raw for *_, raw in found)
    rows = [
        [
            Cell(formats.clean(file or formats.DASH)),
            Cell(formats.DASH if row is None else f"{row:,}", True),
            Cell(shortened((message or "").removeprefix(f"{file}, row {row}: ").removeprefix(f"{rule}: "))),
            *([Cell(evidence(raw))] if has_rows else []),
        ]
        for file, row, message, raw in found
    ]
    head = [("File", "", False), ("Row", "", True), ("Why, and what to do", "", False)]
    head += [("As it came", "", False)] if has_rows else []
    title = f"{rule_words(rule)}, {_sender(source, '')} {formats.inner_words(formats.clean(entity or ''))}"
    return Grid(title.strip(), head, rows, number, anchor=f"rows-{place}")


def _sender(source: str | None, instance: str | None) -> str:
    return formats.clean(f"{(source or '').upper()} {instance or ''}").strip() or formats.DASH


def shortened(text: str | None) -> str:
    """A long text without its middle, for what to do stands at the end; the file beside the page holds it whole."""
    told = formats.clean(text or "").strip()
    if len(told) > EVIDENCE:
        told = f"{told[: EVIDENCE - ENDING].rstrip()} … (cut, whole in the file below) … {told[-ENDING:].lstrip()}"
    return told or formats.DASH


def evidence(raw: str | None) -> str:
    """The row as it came, without the fields that were empty; a row that is no JSON as it is."""
    if not raw:
        return formats.DASH
    try:
        fields = json.loads(raw)
    except ValueError:
        return shortened(raw)
    if not isinstance(fields, dict):
        return shortened(raw)
    return shortened(", ".join(f"{name}: {value}" for name, value in fields.items() if value is not None))


def _anchor(href: str, text: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, formats.clean(text) or formats.DASH)


# --- flags ----------------------------------------------------------------------------------------------------------


def flags(marts: Marts, site: Path, hrefs: Mapping[str, str]) -> dict[str, Any]:
    """Flagged records: by rule, phantom and stale ones with their evidence, and what to count first."""
    told: dict[str, Any] = {
        "title": "Flags and the count list",
        "meaning": "Stock records that a rule doubts, with what speaks against each, and which records to count first. "
        "A flag informs and never blocks: the record is published as it is.",
        "sections": [],
        "downloads": [],
        "empty": "No record carries a flag.",
    }
    sections: list[tuple[str, str, list[Grid]]] = []
    if (overview := flags_by_rule(marts)) is not None and overview.rows:
        sections.append(("Overview", "overview", [_linked(overview, hrefs)]))
        for title, anchor, where in (
            ("Phantom signals: stock that may not be there", "phantom", "is_phantom_signal"),
            ("Stale signals: records nobody renewed", "stale", "is_stale_signal and not is_phantom_signal"),
            ("Other flags", "others", "not is_stale_signal and not is_phantom_signal"),
        ):
            if grids := _flagged(marts, where, anchor):
                sections.append((title, anchor, grids))
        told["downloads"] += downloads.write(
            marts, site, "validation_flags", "Every flag with its evidence", f"select * from {FLAGS}"
        )
    if not has_count_list(marts):
        told |= {
            "title": "Flags",
            "meaning": "Stock records that a rule doubts, with what speaks against each. A flag informs and never "
            "blocks. A build that is not published gives out no count list: count by the one that readers have.",
        }
    elif marts.has(HEALTH) and (counted := _count_list(marts)) and counted.rows:
        sections.append(("What to count first", "count", [counted]))
        told["downloads"] += downloads.write(
            marts,
            site,
            "validation_count_list",
            "The count list: every record with its rank",
            f"select * from {HEALTH}",
        )
    return told | {"sections": sections}


def _linked(grid: Grid, hrefs: Mapping[str, str]) -> Grid:
    """The overview's table with each flag leading to its rule's page."""
    rows = []
    for first, *rest in grid.rows:
        href = hrefs.get(first.note)
        rows.append([Cell("", markup=_anchor(href, first.text), note=first.note) if href else first, *rest])
    return Grid("Flags by rule", grid.head, rows, grid.total, grid.note)


def _flagged(marts: Marts, where: str, anchor: str) -> list[Grid]:
    tables, grids = ModelTables(marts), []
    rules = marts.rows(
        f"select rule_id, count(*) from {FLAGS} where {where} group by 1 order by 2 desc, 1 limit {SECTIONS}"
    )
    for place, (rule, _) in enumerate(rules, start=1):
        names = ("sku_id", "location_id", "severity", "evidence", "on_hand_qty", "on_hand_amount")
        name = marts.rules.get(rule)
        table = Table(
            formats.clean(f"{name} ({rule})" if name else str(rule)),
            Rows("fct_stock_record_flag", f"({where}) and rule_id = {literal(rule)}"),
            tuple(Shown(column) for column in names),
            ("on_hand_amount desc", "sku_id", "location_id"),
            SHOWN,
        )
        if grid := tables.table(table, None, f"{anchor}-{place}"):
            grids.append(grid)
    return grids


def _count_list(marts: Marts) -> Grid | None:
    known = marts.columns(HEALTH)
    if "count_priority_rank" not in known:
        return None
    names = (
        "location_id", "count_priority_rank", "sku_id", "on_hand_qty", "on_hand_amount", "phantom_probability",
        "value_at_risk_amount", "flag_count", "days_since_count",
    )  # fmt: skip
    labels = {"count_priority_rank": "Rank", "days_since_count": "Days since count", "flag_count": "Flags"}
    chosen = tuple(Shown(name, label=labels.get(name, "")) for name in names if name in known)
    table = Table(
        "Count list by location",
        Rows("kpi_stock_record_health", f"count_priority_rank <= {PER_LOCATION}"),
        chosen,
        ("location_id", "count_priority_rank"),
        COUNTS_SHOWN,
        f"The first {PER_LOCATION} of each location: what cannot be comes first, then money in doubt.",
    )
    return ModelTables(marts).table(table, None, "count-list")
