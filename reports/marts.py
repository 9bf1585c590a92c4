"""Reading the marts that pages tell of: tables and columns, names of SKUs and locations, one KPI judged at a time.

Here: queries that several parts of the site share. Not here: what a page shows (kpi_page.py, overview.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration.lib.catalogue import relations
from orchestration.lib.sql import ident, literal
from reports.definitions import Rows, order_terms
from reports.formats import DASH, clean, words
from reports.subject import Subject

PERIOD_COLUMNS = (
    "month_start_date", "month_date", "week_start_date", "quarter_start_date", "period_end_date", "period_start_date",
    "review_date", "cut_off_at", "flagged_date", "as_of_date",
)  # fmt: skip
"""Columns by whose latest value a model's latest rows are chosen when its page names none."""

UNKNOWN = "(unknown)"
"""What a scope id says of a company or region that nobody told."""

_JUDGED = """
create or replace temp table judged as
with registry as (
    select kpi_id, direction, target_policy from scorecard.dim_kpi
),
latest as (
    select
        *,
        lag(kpi_value) over (partition by kpi_id, scope_type, scope_id order by period_end_date) as previous_value,
        row_number() over (partition by kpi_id, scope_type, scope_id order by period_end_date desc) as recency
    from scorecard.fct_kpi_value
    where kpi_id = {kpi_id}
),
policy as (
    select policy_key, value_number, effective_from, effective_to from core.dim_policy where scope_type = 'company'
)
select
    latest.* exclude (recency),
    target.value_number as target_value,
    latest.kpi_value - target.value_number as gap_value,
    case
        when latest.kpi_value is null then 'unknown'
        when target.value_number is null then 'untargeted'
        when registry.direction = 'higher_is_better' and latest.kpi_value >= target.value_number then 'good'
        when registry.direction = 'lower_is_better' and latest.kpi_value <= target.value_number then 'good'
        when abs(latest.kpi_value - target.value_number) > abs(target.value_number) * critical.value_number
            then 'critical'
        else 'warning'
    end as status
from latest
inner join registry using (kpi_id)
left join policy as target
    on registry.target_policy = target.policy_key
    and latest.period_end_date >= target.effective_from and latest.period_end_date < target.effective_to
left join policy as critical
    on critical.policy_key = 'alert_critical_gap_ratio'
    and latest.period_end_date >= critical.effective_from and latest.period_end_date < critical.effective_to
where latest.recency = 1
"""


@dataclass(frozen=True)
class Kpi:
    """A registry row as published."""

    kpi_id: str
    kpi_name: str
    capability: str
    lead_lag: str
    formula_macro: str
    model: str
    unit: str
    direction: str
    grain: str
    owner: str
    cadence: str
    target_policy: str
    alert_scope_type: str


@dataclass(frozen=True)
class Value:
    """The latest value of one KPI and scope with the target of its day; status good, warning, critical, unknown (no
    value) or untargeted."""

    scope_type: str
    scope_id: str
    period_end: date
    value: Decimal | None
    previous: Decimal | None
    target: Decimal | None
    gap: Decimal | None
    status: str
    numerator: Decimal | None
    denominator: Decimal | None
    reason: str | None


@dataclass(frozen=True)
class Column:
    """A column of a published table with the words of its contract."""

    name: str
    data_type: str
    comment: str


@dataclass(frozen=True)
class Record:
    """What one SKU at one location is: names for people."""

    sku_id: str
    location_id: str


class Marts:
    """One subject, open for reading. Queries that name a table it lacks are a fault, not an absence: ask `has` first.
    spill: where what memory cannot hold goes, unless the connection knows."""

    def __init__(self, subject: Subject, spill: Path | None = None) -> None:
        self.subject = subject
        self.connection = subject.connection
        self.connection.execute("set preserve_insertion_order = true")
        if spill is not None:
            self.connection.execute(f"set temp_directory = {literal(str(spill))}")

    def judge(self, kpi: Kpi) -> None:
        """Make `judged`: the latest value of every scope of one KPI with its target and standing."""
        self.connection.execute(_JUDGED.replace("{kpi_id}", literal(kpi.kpi_id)))

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.connection.execute(sql, parameters).fetchall()

    @cached_property
    def tables(self) -> dict[str, str]:
        """{table: schema.table} of what is published; of two of one name the first schema's."""
        return {name.split(".", 1)[1]: name for name in sorted(self.subject.tables, reverse=True)}

    def has(self, name: str) -> bool:
        """True when `schema.table` is published."""
        return name in self.subject.tables

    @cached_property
    def _known(self) -> dict[str, dict[str, Column]]:
        (database,) = self.rows("select current_database()")[0]
        return {
            name: {column.name: Column(column.name, column.type, column.comment or "") for column in relation.columns}
            for name, relation in relations(self.connection, database).items()
        }

    def columns(self, table: str) -> dict[str, Column]:
        """Columns of `schema.table` in their order."""
        return self._known.get(table, {})

    @cached_property
    def kpis(self) -> list[Kpi]:
        """Registry rows, by capability and name."""
        names = ", ".join(Kpi.__dataclass_fields__)
        return [Kpi(*row) for row in self.rows(f"select {names} from scorecard.dim_kpi order by capability, kpi_name")]

    def schema(self, kpi: Kpi) -> str:
        """Schema of the KPI's model; `scorecard` when the model is not published."""
        return self.tables.get(kpi.model, "scorecard.").split(".", 1)[0]

    def values(self, kpi_id: str, where: str, order: str, limit: int = 1000) -> list[Value]:
        """Latest values of the KPI that was judged last."""
        return [
            Value(*row)
            for row in self.rows(
                "select scope_type, scope_id, period_end_date, kpi_value, previous_value, target_value, gap_value, "
                f"status, numerator, denominator, reason_code from judged where kpi_id = ? and {where} "
                f"order by {order} limit {int(limit)}",
                [kpi_id],
            )
        ]

    @cached_property
    def currency(self) -> str:
        """Currency that amounts are in; empty when companies differ."""
        if not self.has("core.bridge_sku_location"):
            return ""
        found = self.rows("select distinct company_currency from core.bridge_sku_location where company_currency <> ''")
        return str(found[0][0]) if len(found) == 1 else ""

    @cached_property
    def locations(self) -> dict[str, str]:
        """{location_id: name, with its code where the name does not tell it}."""
        found = self.rows("select location_id, location_name, location_code from core.dim_location")
        return {
            location_id: clean(f"{name} ({code})" if name and code and code not in name else name or location_id)
            for location_id, name, code in found
        }

    @cached_property
    def rules(self) -> dict[str, str]:
        """{rule_id: name} of the record rules."""
        if not self.has("registry.record_rules"):
            return {}
        return dict(self.rows("select rule_id, rule_name from registry.record_rules"))

    def descriptions(self, sku_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
        """{sku_id: (description, category)} of the SKUs named."""
        asked = sorted(set(sku_ids))
        found = self.rows(
            "select sku_id, sku_description, category from core.dim_sku where sku_id in (select unnest(?::varchar[]))",
            [asked],
        )
        return {sku_id: (clean(text or ""), clean(category or "")) for sku_id, text, category in found}

    def records(self, scope_ids: Iterable[str]) -> dict[str, Record]:
        """{scope_id of scope type sku_location: its SKU and location}."""
        found = self.rows(
            "select scope_id, sku_id, location_id from core.bridge_stock_scope "
            "where scope_type = 'sku_location' and scope_id in (select unnest(?::varchar[]))",
            [sorted(set(scope_ids))],
        )
        return {scope_id: Record(sku_id, location_id) for scope_id, sku_id, location_id in found}

    def scope_names(self, scopes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Scopes (type, id) for people: SKUs and whatever has a dimension with names are looked up there."""
        asked = sorted(set(scopes))
        by_type: dict[str, list[str]] = {}
        for scope_type, scope_id in asked:
            by_type.setdefault(scope_type, []).append(scope_id)
        names = {scope: self.scope_name(*scope) for scope in asked}
        for scope_type, ids in by_type.items():
            if scope_type == "sku":
                found = {sku_id: text for sku_id, (text, _) in self.descriptions(ids).items() if text}
            elif scope_type == "sku_location":
                records = self.records(ids)
                skus = self.descriptions(record.sku_id for record in records.values())
                found = {
                    scope_id: f"{skus.get(r.sku_id, ('', ''))[0] or clean(r.sku_id)}, "
                    f"{self.scope_name('location', r.location_id)}"
                    for scope_id, r in records.items()
                }
            else:
                found = self._dimension_names(scope_type, ids)
            names |= {(scope_type, scope_id): name for scope_id, name in found.items()}
        return names

    def _dimension_names(self, scope_type: str, ids: list[str]) -> dict[str, str]:
        """Names from core.dim_<scope type>, where it has <scope type>_id and <scope type>_name."""
        table, key, name = f"core.dim_{scope_type}", f"{scope_type}_id", f"{scope_type}_name"
        if scope_type == "location" or not self.has(table) or not self.columns(table).keys() >= {key, name}:
            return {}
        found = self.rows(
            f"select {ident(key)}, min({ident(name)}) from core.{ident('dim_' + scope_type)} "
            f"where {ident(key)} in (select unnest(?::varchar[])) group by 1",
            [ids],
        )
        return {scope_id: clean(text) for scope_id, text in found if text}

    def scope_name(self, scope_type: str, scope_id: str) -> str:
        """A scope for people as far as its id and the locations tell it; `scope_names` looks further."""
        if scope_type == "location":
            return self.locations.get(scope_id, clean(scope_id))
        if scope_type in ("division", "category"):
            return words(clean(scope_id).lower() if scope_id.isupper() else clean(scope_id))
        if scope_type == "region" and "|" in scope_id:
            company, region = scope_id.split("|", 1)
            name = "Region not told" if region == UNKNOWN else words(clean(region))
            return f"{name} ({'company not told' if company == UNKNOWN else clean(company)})"
        if scope_type == "location_category" and "|" in scope_id:
            location_id, category = scope_id.split("|", 1)
            return f"{self.locations.get(location_id, clean(location_id))}, {clean(category).lower()}"
        return clean(scope_id) or DASH

    def latest(self, table: str, rows: Rows, target: Decimal | None = None) -> str:
        """SQL of a model's latest rows as `rows` says; without a word, by the first period column it has."""
        known = self.columns(table)
        column = rows.latest or next((c for c in PERIOD_COLUMNS if c in known), "")
        where = rows.where.replace("$target", literal(target) if target is not None else "null")
        text = f"select * from {'.'.join(ident(part) for part in table.split('.', 1))}"
        text += f" where {where}" if where else ""
        if column:
            over = f"partition by {', '.join(map(ident, rows.per))}" if rows.per else ""
            text += f" qualify {ident(column)} is not distinct from max({ident(column)}) over ({over})"
        return text

    def ranked(self, sql: str, order_by: tuple[str, ...]) -> str:
        """The query ordered by the terms and behind them by every column: a total order."""
        terms = [
            f"{f'abs({ident(column)})' if magnitude else ident(column)} {'desc' if falling else 'asc'} nulls last"
            for column, magnitude, falling in order_terms(order_by)
        ]
        rest = [ident(str(row[0])) for row in self.rows(f"describe {sql}")]
        return f"select * from ({sql}) order by {', '.join([*terms, *rest])}"


def count(marts: Marts, sql: str) -> int:
    """Number of rows of a query."""
    found = marts.connection.execute(f"select count(*) from ({sql})").fetchone()
    return int(found[0]) if found else 0
