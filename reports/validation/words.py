"""What a rule is, in words: what it says, what to do, who owns it, which marts and KPIs it is about.

Here: words. Not here: outcomes (results.py). They come from the suites of this checkout, from the record rules as
published and from the registry; a rule that this checkout no longer has keeps its page with what its results tell.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from expectations.check import FLAGS, Check
from expectations.suites import SUITES
from reports import formats
from reports.definitions import Page
from reports.marts import Kpi, Marts
from reports.validation.results import Outcome

NOBODY = "data_steward"
"""Who a finding goes to while neither the rule nor a KPI about its mart names an owner: the reader of this report."""


@dataclass(frozen=True)
class Words:
    """One rule for people; `check` is None where this checkout no longer has it."""

    title: str
    says: str
    advice: str
    owner: str
    dimension: str
    table: str
    kpis: tuple[Kpi, ...]
    check: Check | None
    is_flag: bool


def sentence(text: str) -> str:
    """A clause as a sentence: a capital letter in front and a full stop behind."""
    told = formats.clean(text).strip()
    return told and told[:1].upper() + told[1:] + ("" if told.endswith((".", "!", "?")) else ".")


class Vocabulary:
    """Looks up rules for one generation."""

    def __init__(self, marts: Marts, pages: Mapping[str, Page], suites: tuple[Check, ...] = SUITES) -> None:
        self.marts, self.pages = marts, pages
        self.checks = {check.rule.name: check for check in suites}

    @cached_property
    def record_rules(self) -> dict[str, tuple[str, str]]:
        """{rule_id: (name, what to do)} as published."""
        if not self.marts.has("registry.record_rules"):
            return {}
        found = self.marts.rows("select rule_id, rule_name, what_to_do from registry.record_rules")
        return {rule: (name, what) for rule, name, what in found}

    @cached_property
    def flagging(self) -> set[str]:
        """Rules that write flags."""
        if not self.marts.has(FLAGS):
            return set()
        return {rule for (rule,) in self.marts.rows(f"select distinct rule_id from {FLAGS}")} | set(self.record_rules)

    def about(self, table: str) -> tuple[Kpi, ...]:
        """KPIs made of a mart or showing it: those whose model it is come first."""
        name = table.partition(".")[2] or table
        made = [kpi for kpi in self.marts.kpis if kpi.model == name]
        shown = [kpi for kpi in self.marts.kpis if kpi not in made and name in self._models(kpi)]
        return (*made, *shown)

    def _models(self, kpi: Kpi) -> set[str]:
        page = self.pages.get(kpi.kpi_id)
        if page is None:
            return set()
        return {*page.files, *(t.rows.model for t in page.tables), *(g.rows.model for g in page.groups)}

    def of(self, outcome: Outcome) -> Words:
        """The words of a rule."""
        check = self.checks.get(outcome.name)
        is_flag = outcome.rule in self.flagging
        name, what = self.record_rules.get(outcome.rule, ("", ""))
        says = sentence(check.rule.says) if check else ""
        table = check.table if check else (FLAGS if is_flag else "")
        kpis = tuple(dict.fromkeys([*(self.about(FLAGS) if is_flag else ()), *(self.about(table) if table else ())]))
        owner = outcome.further("owner") or (check.rule.owner if check else "")
        dimension = outcome.further("dimension") or (check.rule.dimension if check else "")
        return Words(
            formats.clean(name) or says.removesuffix(".") or formats.clean(outcome.rule),
            says,
            sentence(what or (check.rule.advice if check else "")),
            owner or (kpis[0].owner if kpis else NOBODY),
            dimension,
            table,
            kpis,
            check,
            is_flag,
        )
