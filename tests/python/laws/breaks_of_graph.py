"""Breaks of what the manifest says: who reads whom, declarations, names.

Here: one entry per way to break. Not here: breaks of SQL and Python text, of seeds.
"""

from __future__ import annotations

from typing import Any

from laws.breaks import Break
from laws.draft import Draft

_KPI, _KPI_FILE = "kpi_abc_class", "models/marts/lag/kpi_abc_class.sql"
_CIRCLES = ("no_circle_between_folders", "no_circle_between_models")


def _source(draft: Draft, name: str = "wms.movements") -> dict[str, Any]:
    return draft.manifest["sources"][f"source.leadlag.{name}"]


def _config(draft: Draft, model: str, **values: Any) -> None:
    draft.model(model)["config"].update(values)


def _without_test(draft: Draft, model: str) -> None:
    nodes = draft.manifest["nodes"]
    for key in [k for k, n in nodes.items() if n.get("attached_node") == f"model.leadlag.{model}"]:
        del nodes[key]


def _grain(draft: Draft, model: str) -> list[str]:
    for node in draft.manifest["nodes"].values():
        if node.get("attached_node") == f"model.leadlag.{model}" and node["test_metadata"]["name"] == "unique_grain":
            return node["test_metadata"]["kwargs"]["columns"]
    raise LookupError(f"{model} has no unique_grain")


def _two_in_one_file(draft: Draft) -> None:
    draft.edit("models/marts/lag/kpi_abc_class.yml", "models:\n", "models:\n  - name: kpi_other\n")


def _folder_circle(draft: Draft) -> None:
    draft.reads("fct_row_account", "model.kpi_carrying_cost")
    draft.reads("kpi_abc_class", "model.fct_ledger_account")


def _model_circle(draft: Draft) -> None:
    draft.reads("dim_sku", "model.dim_supplier")
    draft.reads("dim_supplier", "model.dim_sku")


BREAKS = [
    Break(
        "staging_reads_one_source_table_of_its_own",
        "an erp view reads a table of wms",
        lambda d: d.reads("stg_erp__items", "source.wms.movements"),
        "reads source wms.movements",
    ),
    Break(
        "staging_reads_one_source_table_of_its_own",
        "an erp view reads a second table of erp",
        lambda d: d.reads("stg_erp__items", "source.erp.locations"),
        "split it",
    ),
    Break(
        "staging_reads_one_source_table_of_its_own",
        "a staging view joins",
        lambda d: d.edit(
            d.path("stg_erp__items"), "    from source\n", "    from source\n    left join x using (id)\n"
        ),
        "`join` in a staging view",
    ),
    Break(
        "unified_reads_staging_and_reference_seeds",
        "a unified view reads the KPI registry",
        lambda d: d.reads("stg_unified__fx_rate", "seed.kpi_registry"),
        "reads seed kpi_registry",
    ),
    Break(
        "unified_reads_staging_and_reference_seeds",
        "a unified view reads a source past staging",
        lambda d: d.reads("stg_unified__fx_rate", "source.erp.fx_rates"),
        "reads source erp.fx_rates",
    ),
    Break(
        "core_reads_unified_and_seeds",
        "a dimension reads staging past unified",
        lambda d: d.reads("dim_sku", "model.stg_erp__items"),
        "reads staging stg_erp__items",
    ),
    Break(
        "core_reads_unified_and_seeds",
        "a dimension reads a KPI",
        lambda d: d.reads("dim_cutoff", "model.kpi_abc_class"),
        "reads subject kpi_abc_class",
        _CIRCLES,
    ),
    Break(
        "subjects_read_core_seeds_and_each_other",
        "a KPI reads a unified view",
        lambda d: d.reads(_KPI, "model.stg_unified__sku"),
        "reads unified stg_unified__sku",
    ),
    Break(
        "subjects_read_core_seeds_and_each_other",
        "a subject reads the scorecard",
        lambda d: d.reads("fct_row_account", "model.dim_kpi"),
        "of the scorecard, which comes last",
        ("no_circle_between_folders",),
    ),
    Break("no_circle_between_folders", "visibility reads lag and lag visibility", _folder_circle, "in a circle"),
    Break("no_circle_between_models", "two dimensions read each other", _model_circle, "is a circle"),
    Break(
        "intermediate_models_stay_inside",
        "a step of lag is made public",
        lambda d: _config(d, "int_lag__stock_held_month", access="public"),
        "access is public",
    ),
    Break(
        "intermediate_models_stay_inside",
        "service reads a step of lag",
        lambda d: d.reads("kpi_financial_outcome", "model.int_lag__stock_held_month"),
        "a step of lag",
    ),
    Break(
        "sources_lie_in_the_accepted_area",
        "a source is pointed at landing",
        lambda d: _source(d)["config"]["meta"].update(external_location="read_parquet('x/landing/wms/{name}/*')"),
        "lies at read_parquet('x/landing",
    ),
    Break(
        "models_read_through_the_graph",
        "a model reads a file",
        lambda d: d.column(_KPI, "(select max(x) from read_parquet('published/current/x.parquet')) as x_rank"),
        "`read_parquet`",
    ),
    Break(
        "models_read_through_the_graph",
        "a model reads a table by its name",
        lambda d: d.rendered(_KPI, "(select max(x) from visibility.fct_stock_record) as x_rank"),
        "`visibility.fct_stock_record`",
    ),
    Break(
        "every_model_has_its_own_yaml",
        "a model is described in a YAML for all",
        lambda d: d.model(_KPI).update(patch_path="leadlag://models/marts/lag/_models.yml"),
        "described in models/marts/lag/_models.yml",
    ),
    Break("every_model_has_its_own_yaml", "a YAML describes two models", _two_in_one_file, "kpi_other, kpi_abc_class"),
    Break(
        "every_model_has_its_own_yaml",
        "a model file that dbt does not build",
        lambda d: d.append("models/marts/lag/kpi_old.sql", "select 1\n"),
        "dbt does not build it",
    ),
    Break(
        "every_description_names_the_grain",
        "a description that says no grain",
        lambda d: d.model(_KPI).update(description="ABC classes."),
        "does not begin with its grain",
    ),
    Break(
        "every_model_tests_its_grain",
        "the grain test is removed",
        lambda d: _without_test(d, _KPI),
        "no unique_grain test",
    ),
    Break(
        "every_model_tests_its_grain",
        "the grain names a column the model lacks",
        lambda d: _grain(d, _KPI).append("colour"),
        "`colour`",
    ),
    Break(
        "every_contract_is_enforced",
        "a contract is switched off",
        lambda d: _config(d, _KPI, contract={"enforced": False}),
        "not enforced",
    ),
    Break(
        "every_contract_is_enforced",
        "a column without a type",
        lambda d: d.declare(_KPI, "colour", None),
        "column colour has no data_type",
    ),
    Break(
        "every_column_is_described",
        "a column without words",
        lambda d: d.declare(_KPI, "colour", "varchar", ""),
        "column colour has no description",
    ),
    Break(
        "every_column_is_described",
        "a source column without words",
        lambda d: _source(d)["columns"]["event_id"].update(description=" "),
        "wms.movements.event_id lacks",
    ),
    Break(
        "every_column_is_described",
        "a source table without a kind",
        lambda d: _source(d)["config"]["meta"].update(kind=None),
        "wms.movements lacks contract_version, kind or key",
    ),
    Break(
        "every_column_is_described",
        "a seed column without a type",
        lambda d: d.edit("seeds/reference/uom_codes.csv", "uom_code,", "colour,uom_code,"),
        "column colour differs",
    ),
    Break(
        "group_and_schema_follow_the_folder",
        "a mart is written to another schema",
        lambda d: _config(d, _KPI, schema="marts"),
        "schema marts",
    ),
    Break(
        "group_and_schema_follow_the_folder",
        "a mart belongs to another subject's group",
        lambda d: _config(d, _KPI, group="visibility"),
        "group visibility; its folder says lag",
    ),
    Break(
        "schema_change_fails",
        "a model ignores new columns",
        lambda d: _config(d, "fct_stock_position", on_schema_change="ignore"),
        "on_schema_change is ignore",
    ),
    Break(
        "merge_keys_are_never_null",
        "an incremental model without a key",
        lambda d: _config(d, "fct_stock_position", meta={}),
        "incremental without keys",
    ),
    Break(
        "merge_keys_are_never_null",
        "a merge key that may be null",
        lambda d: _config(d, "fct_stock_position", meta={"keys": ["sku_id", "on_hand_qty"]}),
        "merge key on_hand_qty",
    ),
    Break(
        "no_index_no_constraint",
        "a model asks for an index",
        lambda d: _config(d, _KPI, indexes=[{"columns": ["sku_id"]}]),
        "config has indexes",
    ),
    Break(
        "no_index_no_constraint",
        "a column is given a primary key",
        lambda d: d.model(_KPI)["columns"]["sku_id"].update(constraints=[{"type": "primary_key"}]),
        "constraints on column sku_id",
    ),
    Break(
        "no_index_no_constraint",
        "a macro creates an index",
        lambda d: d.append("macros/policy/policy.sql", "\n{% macro x() %}create index i on t (a){% endmacro %}\n"),
        "`create index`",
    ),
    Break(
        "vars_are_run_mechanics",
        "a target becomes a dbt var",
        lambda d: d.edit("dbt_project.yml", "\nvars:\n", "\nvars:\n  turnover_target: 6\n"),
        "var turnover_target is no run mechanics",
    ),
    Break(
        "vars_are_run_mechanics",
        "a model reads a var of policy",
        lambda d: d.column(_KPI, "{{ var('abc_limit') }} as abc_limit"),
        "var abc_limit is not in dbt_project.yml",
    ),
    Break(
        "model_names_tell_the_folder",
        "a fact of core without its prefix",
        lambda d: d.rename("fct_audit_result", "audit_result"),
        "begins with none of dim_, bridge_, fct_",
    ),
    Break(
        "column_names_tell_unit_and_type",
        "a decimal without a unit",
        lambda d: d.declare(_KPI, "usage", "decimal(18, 4)"),
        "column usage (decimal) tells no unit",
    ),
    Break(
        "column_names_tell_unit_and_type",
        "a boolean that does not ask",
        lambda d: d.declare(_KPI, "moved", "boolean"),
        "column moved (boolean)",
    ),
    Break(
        "column_names_tell_unit_and_type",
        "a text that calls itself a date",
        lambda d: d.declare(_KPI, "moved_date", "varchar"),
        "column moved_date (varchar)",
    ),
    Break(
        "column_names_tell_unit_and_type",
        "a timestamp without _at",
        lambda d: d.declare(_KPI, "moved_time", "timestamp"),
        "column moved_time (timestamp)",
    ),
]
