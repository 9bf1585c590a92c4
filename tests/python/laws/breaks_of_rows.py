"""Breaks of policy and registry: rows of seeds, keys that models ask for.

Here: one entry per way to break. Not here: breaks of the manifest, of SQL and Python text.
"""

from __future__ import annotations

from laws.breaks import Break
from laws.draft import Draft

_POLICY = "seeds/policy/policy_rows.csv"
_SCOPES = "seeds/registry/policy_scopes.csv"
_REGISTRY = "seeds/registry/kpi_registry.csv"
_PAGE = "reports/pages/carrying_cost_ratio.yml"
_A_LIMIT = {"policy_key": "abc_a_limit", "scope_type": "company"}
_CARRYING = {"kpi_id": "carrying_cost_ratio"}
_UNUSED = ("every_key_asked_for_is_used",)
_CHOICE = {"policy_key": "abc_boundary"}


def _asks(keys: str, scopes: str = "{}") -> str:
    return f"{{{{ policy_as_of({keys}, over='classes', as_of='review_date', scopes={scopes}) }}}} as asked"


def _second_period(draft: Draft, until: str, begin: str) -> None:
    draft.change(_POLICY, _A_LIMIT, effective_to=until)
    draft.add(_POLICY, _A_LIMIT, effective_from=begin, effective_to="")


def _choice_only_in_a_comment(draft: Draft) -> None:
    draft.add(_POLICY, _CHOICE, policy_key="abc_basis")
    draft.append("tests/python/test_policy_flips.py", '"""Flips; abc_basis is one."""\n\n# abc_basis is a choice\n')


def _page(before: str, after: str):
    return lambda draft: draft.edit(_PAGE, before, after)


def _page_without_kpi(draft: Draft) -> None:
    draft.files["reports/pages/carrying_cost.yml"] = draft.files[_PAGE]


def _no_page(draft: Draft) -> None:
    del draft.files[_PAGE]


def _registry(**values: str):
    return lambda draft: draft.change(_REGISTRY, _CARRYING, **values)


BREAKS = [
    Break(
        "policy_is_asked_for_by_literal_keys",
        "a model computes the keys it asks for",
        lambda d: d.column("kpi_abc_class", _asks("my_keys")),
        "arguments that are no literals",
    ),
    Break(
        "policy_is_asked_for_by_literal_keys",
        "a model reads dim_policy by hand",
        lambda d: d.edit(d.path("kpi_abc_class"), "ref('fct_sku_class')", "ref('dim_policy')"),
        "reads dim_policy by hand",
    ),
    Break(
        "every_policy_row_is_read",
        "a row that no model asks for",
        lambda d: d.add(_POLICY, _A_LIMIT, policy_key="abc_c_limit"),
        "abc_c_limit (company *): no model reads it",
    ),
    Break(
        "every_policy_row_is_read",
        "a row of a scope that its reader does not pass",
        lambda d: d.add(_POLICY, _A_LIMIT, scope_type="division", scope_id="north"),
        "does not pass scope division",
    ),
    Break(
        "every_policy_row_is_read",
        "a target for one location",
        lambda d: d.add(_POLICY, {"policy_key": "gmroii_target"}, scope_type="location", scope_id="north.1"),
        "targets are read for the company only",
    ),
    Break(
        "every_key_asked_for_is_used",
        "a model asks for a key and drops it",
        lambda d: d.column("kpi_abc_class", _asks("['abc_a_limit']")),
        "asks for policy abc_a_limit and does not use it",
    ),
    Break(
        "every_key_asked_for_exists",
        "a model asks for a key without rows",
        lambda d: d.column("kpi_abc_class", _asks("['abc_c_limit']")),
        "asks for policy abc_c_limit, which has no company row",
        _UNUSED,
    ),
    Break(
        "every_key_asked_for_exists",
        "a model asks for a choice as a number",
        lambda d: d.column("kpi_abc_class", _asks("['abc_boundary']")),
        "abc_boundary as a number",
        _UNUSED,
    ),
    Break(
        "every_scope_is_ranked",
        "a row of a scope without a rank",
        lambda d: d.add(_POLICY, _A_LIMIT, scope_type="planet", scope_id="earth"),
        "scope type is not in",
        ("every_policy_row_is_read",),
    ),
    Break(
        "every_scope_is_ranked",
        "a model asks by a scope without a rank",
        lambda d: d.column("kpi_abc_class", _asks("['abc_a_limit']", "{'planet': 'scope_id'}")),
        "asks by scope planet",
        _UNUSED,
    ),
    Break(
        "every_scope_is_ranked",
        "two scopes of one rank",
        lambda d: d.change(_SCOPES, {"scope_type": "sku"}, scope_rank="1"),
        "two scopes of one rank",
    ),
    Break(
        "every_scope_is_ranked",
        "a company row that names a member",
        lambda d: d.change(_POLICY, _A_LIMIT, scope_id="north"),
        "scope_id is `*` for company",
    ),
    Break(
        "policy_periods_fit_together",
        "two rows in force on one day",
        lambda d: _second_period(d, "2026-06-01", "2026-05-01"),
        "overlaps",
    ),
    Break(
        "policy_periods_fit_together",
        "a month without a row",
        lambda d: _second_period(d, "2026-05-01", "2026-06-01"),
        "close the gap",
    ),
    Break(
        "policy_periods_fit_together",
        "a row that ends before it begins",
        lambda d: d.change(_POLICY, _A_LIMIT, effective_to="1999-01-01"),
        "not after it begins",
    ),
    Break(
        "policy_values_fit_their_unit",
        "a number that is a word",
        lambda d: d.change(_POLICY, _A_LIMIT, value="most"),
        "value `most` is no number",
    ),
    Break(
        "policy_values_fit_their_unit",
        "a key in two units",
        lambda d: d.change(_POLICY, {"policy_key": "max_record_age_days", "scope_type": "company"}, unit="hours"),
        "differs from the key's days",
    ),
    Break(
        "policy_values_fit_their_unit",
        "a row that nobody approved",
        lambda d: d.change(_POLICY, _A_LIMIT, approved_by=""),
        "approved_by is empty",
    ),
    Break(
        "every_choice_is_flipped_by_a_test",
        "a choice that only a comment of the test file names",
        _choice_only_in_a_comment,
        "abc_basis (company *): no test",
        ("every_policy_row_is_read",),
    ),
    Break("registry_rows_are_complete", "capability 8.1", _registry(capability="8.1"), "capability 8.1"),
    Break("registry_rows_are_complete", "neither lead nor lag", _registry(lead_lag="both"), "lead_lag is both"),
    Break(
        "registry_rows_are_complete", "an unknown direction", _registry(direction="on_target"), "direction on_target"
    ),
    Break("registry_rows_are_complete", "a KPI without an owner", _registry(owner=""), "owner is empty"),
    Break(
        "registry_rows_are_complete",
        "a second row of one KPI",
        lambda d: d.add(_REGISTRY, _CARRYING),
        "a second row of that id",
    ),
    Break(
        "registry_parts_exist",
        "a formula that no macro has",
        _registry(formula_macro="kpi_nothing"),
        "formula kpi_nothing is no macro",
    ),
    Break(
        "registry_parts_exist",
        "a formula outside macros/kpi",
        _registry(formula_macro="divide"),
        "formula divide is no macro of macros/kpi",
    ),
    Break(
        "registry_parts_exist",
        "a formula of another KPI",
        _registry(formula_macro="kpi_reconciliation_tolerance"),
        "neither kpi_carrying_cost nor a model above it uses",
    ),
    Break(
        "registry_parts_exist",
        "a model that does not exist",
        _registry(model="kpi_nothing"),
        "model kpi_nothing does not exist",
        ("registry_and_scorecard_agree",),
    ),
    Break(
        "registry_parts_exist",
        "a target without a policy row",
        _registry(target_policy="carrying_goal"),
        "target policy carrying_goal",
        ("every_policy_row_is_read",),
    ),
    Break(
        "registry_parts_exist",
        "an alert scope that is no scope",
        _registry(alert_scope_type="planet"),
        "alert scope planet",
    ),
    Break("registry_pages_exist", "a page elsewhere", _registry(bi_page="docs/no.md#x"), "docs/no.md"),
    Break("registry_pages_exist", "a page that does not exist", _no_page, "does not exist; write it"),
    Break("registry_pages_exist", "a page without a KPI", _page_without_kpi, "no row of"),
    Break("registry_pages_exist", "a page without a meaning", _page("meaning:", "title:"), "meaning is missing"),
    Break("registry_pages_exist", "a key no page has", _page("worst:", "wurst:"), "unknown key wurst"),
    Break(
        "registry_pages_exist",
        "a column its model lacks",
        _page("risk_amount,", "riks_amount,"),
        "no column riks_amount",
    ),
    Break(
        "registry_pages_exist",
        "a model that is none",
        _page("tables:\n  - ", "tables:\n  - from: kpi_no\n    "),
        "kpi_no does",
    ),
    Break(
        "registry_pages_exist",
        "a formula nowhere",
        _page("meaning:", "formula: docs/formulas.md#no\nmeaning:"),
        "#no is no",
    ),
    Break(
        "registry_and_scorecard_agree",
        "a KPI without a branch in the scorecard",
        lambda d: d.add(_REGISTRY, _CARRYING, kpi_id="new_ratio"),
        "no branch for new_ratio",
        also=("registry_pages_exist",),  # it has no page either
    ),
    Break(
        "registry_and_scorecard_agree",
        "a branch of the scorecard without a row",
        lambda d: d.rendered("int_scorecard__link_kpi_value", "'ghost_ratio' as kpi_id"),
        "branch ghost_ratio has no row",
    ),
    Break(
        "registry_and_scorecard_agree",
        "a KPI model that no row names",
        lambda d: d.rename("fct_ledger_account", "kpi_ledger_account"),
        "no registry row names this KPI model",
    ),
]
