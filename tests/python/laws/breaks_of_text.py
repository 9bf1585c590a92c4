"""Breaks of SQL and Python text and of the tree.

Here: one entry per way to break. Not here: breaks of the manifest, of seeds.
"""

from __future__ import annotations

from laws.breaks import Break
from laws.draft import FINAL, Draft

_KPI, _FILE = "kpi_abc_class", "models/marts/lag/kpi_abc_class.sql"
_FORMULAS = "macros/kpi/abc.sql"
_LIB = "orchestration/lib/paths.py"
_CHECK = "expectations/check.py"
_STEP = "int_service__lead_time_demand_quantile"
_STEP_FILE = f"models/marts/service/intermediate/{_STEP}.py"


def _column(expression: str):
    return lambda draft: draft.column(_KPI, expression)


def _typed(draft: Draft) -> None:
    draft.declare(_KPI, "usage_share_ratio", "double")


def _source_typed(draft: Draft) -> None:
    draft.manifest["sources"]["source.leadlag.wms.movements"]["columns"]["qty"]["data_type"] = "double"


def _shim(draft: Draft, name: str, path: str) -> None:
    sql = f"{{% macro {name}(x) %}}{{{{ return(adapter.dispatch('{name}', 'leadlag')(x)) }}}}{{% endmacro %}}"
    draft.manifest["macros"][f"macro.leadlag.{name}"] = {"name": name, "original_file_path": path, "macro_sql": sql}
    if path.startswith("macros/portable/"):
        default = f"default__{name}"
        draft.manifest["macros"][default] = {"name": default, "original_file_path": path, "macro_sql": ""}


def _too_many_shims(draft: Draft) -> None:
    for i in range(11):
        _shim(draft, f"more_{i}", "macros/portable/more.sql")


def _long_models(draft: Draft) -> None:
    for key, node in draft.manifest["nodes"].items():
        path = node["original_file_path"]
        if key.startswith("model.") and path.endswith(".sql"):
            room = max(0, min(46, 150 - draft.files[path].count("\n")))
            draft.files[path] = "-- why\n" * room + draft.files[path]


def _step(text: str):
    return lambda draft: draft.append(_STEP_FILE, f"\n\n{text}\n")


def _step_among_the_kpis(draft: Draft) -> None:
    for ending in (".py", ".yml"):
        path = _STEP_FILE.replace(".py", ending)
        draft.files[path.replace("intermediate/", "")] = draft.files.pop(path)
    node = draft.model(_STEP)
    node |= {key: node[key].replace("intermediate/", "") for key in ("original_file_path", "patch_path")}


def _step_without_reader(draft: Draft) -> None:
    for node in draft.manifest["nodes"].values():
        nodes = node["depends_on"].get("nodes", [])
        nodes[:] = [key for key in nodes if key != f"model.leadlag.{_STEP}" or node["resource_type"] != "model"]


def _late_import(draft: Draft) -> None:
    draft.edit(_FILE, FINAL, "late as (\n    select * from {{ ref('dim_sku') }}\n),\n\n" + FINAL)


def _joined_ref(draft: Draft) -> None:
    draft.edit(_FILE, "    from compared\n", "    from compared\n    left join {{ ref('dim_sku') }} using (sku_id)\n")


BREAKS = [
    Break(
        "no_policy_number_in_a_model",
        "a threshold in the SQL of a model",
        _column("usage_share_ratio > 0.08 as is_large"),
        "the number 0.08",
    ),
    Break(
        "no_policy_number_in_a_model",
        "a threshold in a Jinja variable",
        lambda d: d.edit(_FILE, FINAL, "{% set limit = 30 %}\n\n" + FINAL),
        "the number 30",
    ),
    Break(
        "no_policy_number_in_a_model",
        "a rate inside the argument of a macro",
        _column("{{ divide('usage_amount * 0.25', 'total_amount') }} as rated_ratio"),
        "the number 0.25",
    ),
    Break(
        "no_policy_number_in_a_model",
        "a threshold written as text",
        _column("usage_share_ratio > cast('0.4' as decimal(6, 4)) as is_large"),
        "the number 0.4",
    ),
    Break(
        "no_policy_number_in_a_model",
        "a threshold in a formula",
        lambda d: d.append(_FORMULAS, "\n{% macro kpi_x(a) %}case when {{ a }} > 0.95 then 1 end{% endmacro %}\n"),
        f"{_FORMULAS}",
    ),
    Break(
        "no_policy_number_in_a_model",
        "a date from which something holds",
        _column("review_date > date '2026-01-01' as is_new_rule"),
        "the date 2026-01-01",
    ),
    Break(
        "no_float_aggregate",
        "a macro renders avg()",
        lambda d: d.rendered(_KPI, "avg(usage_qty) as mean_qty"),
        "renders avg()",
    ),
    Break(
        "no_float_aggregate",
        "stddev() over decimals",
        lambda d: d.rendered(_KPI, "stddev_samp(usage_qty) over () as sd_qty"),
        "renders stddev_samp()",
    ),
    Break("no_float_anywhere", "a cast to double", _column("cast(usage_qty as double) as x_qty"), "`as double`"),
    Break("no_float_anywhere", "a square root", _column("sqrt(usage_qty) as root_qty"), "`sqrt`"),
    Break("no_float_anywhere", "a contract with a double", _typed, "kpi_abc_class.usage_share_ratio is double"),
    Break("no_float_anywhere", "a landing contract with a double", _source_typed, "movements.qty is double"),
    Break("division_only_through_the_macro", "a / b", _column("usage_qty / value_rank as mean_qty"), "`/` divides"),
    Break("division_only_through_the_macro", "a // b", _column("value_rank // 2 as half_rank"), "`//` divides"),
    Break(
        "rounding_only_through_the_macro",
        "round() in a model",
        _column("round(usage_qty, 2) as round_qty"),
        "`round` rounds",
    ),
    Break(
        "formulas_are_arithmetic_only",
        "a formula that reads a model",
        lambda d: d.append(_FORMULAS, "\n{% macro kpi_x() %}(select max(a) from {{ ref('b') }}){% endmacro %}\n"),
        "`ref` in a formula",
    ),
    Break(
        "duckdb_words_stay_in_portable",
        "max_by() in a model",
        _column("max_by(usage_qty, review_date) as last_qty"),
        "`max_by` is DuckDB's own",
    ),
    Break("duckdb_words_stay_in_portable", "a cast by ::", _column("value_rank::integer as x_rank"), "`::`"),
    Break(
        "duckdb_words_stay_in_portable",
        "select * exclude",
        lambda d: d.edit(_FILE, "        *,\n", "        * exclude (scope_id),\n"),
        "`* exclude`",
    ),
    Break(
        "duckdb_words_stay_in_portable",
        "a text by a word that Spark wants a length with",
        _column("cast(value_rank as varchar) as rank_text"),
        "`as varchar)`",
    ),
    Break(
        "duckdb_words_stay_in_portable",
        "a text with a quote in it",
        _column("'the book''s' as side"),
        "`k''s`: Spark keeps both quotes",
    ),
    Break(
        "duckdb_words_stay_in_portable",
        "a window that passes over nulls",
        _column("last_value(sku_id ignore nulls) over (order by location_id) as last_sku_id"),
        "`ignore nulls`",
    ),
    Break(
        "contracts_have_types_of_both_engines",
        "an integer of 128 bits",
        lambda d: d.declare(_KPI, "device_hash", "hugeint"),
        "column device_hash is hugeint",
    ),
    Break(
        "contracts_have_types_of_both_engines",
        "a decimal without digits",
        lambda d: d.declare(_KPI, "usage_ratio", "decimal"),
        "column usage_ratio is decimal",
    ),
    Break(
        "macros_of_portable_are_dispatched",
        "a shim outside macros/portable, without a default",
        lambda d: _shim(d, "shim", "macros/kpi/abc.sql"),
        "shims lie in macros/portable",
    ),
    Break(
        "macros_of_portable_are_dispatched",
        "a shim that says nothing for Spark",
        lambda d: _shim(d, "shim", "macros/portable/more.sql"),
        "shim has no spark__shim",
    ),
    Break("macros_of_portable_are_dispatched", "an eleventh shim", _too_many_shims, "over 10"),
    Break(
        "no_row_is_joined_away_on_the_way_in",
        "a unified view joins without left",
        lambda d: d.edit(d.path("stg_unified__item_cost"), "left join locations", "join locations"),
        "`join locations` can drop rows",
    ),
    Break(
        "models_fit_on_a_page",
        "a model of 151 lines",
        lambda d: d.append(_FILE, "-- why\n" * (151 - d.files[_FILE].count("\n"))),
        "151 lines",
        ("models_begin_with_imports_and_end_with_final",),
    ),
    Break("models_fit_on_a_page", "models that are long in the middle", _long_models, "median"),
    Break(
        "models_begin_with_imports_and_end_with_final", "an import after the first verb", _late_import, "import late"
    ),
    Break("models_begin_with_imports_and_end_with_final", "a ref in a join", _joined_ref, "CTE final joins a ref"),
    Break(
        "models_begin_with_imports_and_end_with_final",
        "a where after the last CTE",
        lambda d: d.edit(_FILE, "select * from final\n", "select * from final where is_moved\n"),
        "does not end with",
    ),
    Break(
        "models_begin_with_imports_and_end_with_final",
        "a model that begins with select",
        lambda d: d.edit(_FILE, "with classes as", "select 1; with classes as"),
        "does not begin with `with`",
    ),
    Break(
        "ctes_are_laid_out_alike",
        "two blank lines",
        lambda d: d.edit(_FILE, "),\n\n", "),\n\n\n"),
        "two blank lines",
    ),
    Break(
        "ctes_are_laid_out_alike",
        "no blank line",
        lambda d: d.edit(_FILE, "),\n\n", "),\n"),
        "no blank line",
    ),
    Break(
        "ctes_are_laid_out_alike",
        "a leading comma",
        lambda d: d.edit(_FILE, FINAL, FINAL + "        1 as one_rank\n        ,"),
        "a leading comma",
    ),
    Break(
        "keywords_are_lower_case",
        "SELECT",
        lambda d: d.edit(_FILE, FINAL, FINAL.replace("select", "SELECT")),
        "SELECT; write it in lower case",
    ),
    Break(
        "python_files_are_small_and_introduced",
        "a module of 451 lines",
        lambda d: d.append(_LIB, "# more\n" * (451 - d.files[_LIB].count("\n"))),
        "451 lines",
    ),
    Break(
        "python_files_are_small_and_introduced",
        "a module that does not say what it is",
        lambda d: d.append("orchestration/lib/helpers.py", "x = 1\n"),
        "no module docstring",
    ),
    Break("no_clock_in_sql", "current_date in a model", _column("current_date as built_date"), "`current_date`"),
    Break("no_clock_in_sql", "now() in a formula", lambda d: d.append(_FORMULAS, "\nnow()\n"), "`now`"),
    Break(
        "no_clock_in_sql", "dbt's start time in a model", _column("'{{ x }}' || {{ run_started_at }}"), "run_started_at"
    ),
    Break("no_clock_in_sql", "a sample by random()", _column("random() as x"), "`random`"),
    Break(
        "no_clock_in_python",
        "an expectation asks for today",
        lambda d: d.append(_CHECK, "\n\nfrom datetime import datetime as dt\n\nTODAY = dt.now()\n"),
        "`dt.now` reads the clock",
    ),
    Break(
        "no_clock_in_python",
        "SQL in Python asks for today",
        lambda d: d.append(_CHECK, "\n\nQUERY = 'select current_date'\n"),
        "`current_date` reads the clock",
    ),
    Break(
        "no_clock_in_python",
        "a Python model asks for today",
        lambda d: d.append(_STEP_FILE, "\n\nfrom datetime import date\n\nTODAY = date.today()\n"),
        "`date.today` reads the clock",
    ),
    Break(
        "no_clock_in_python",
        "the simulator reads the wall clock",
        lambda d: d.append("synthetic/clock.py", "\n\nimport time\n\nSTART = time.time()\n"),
        "`time.time` reads the clock",
    ),
    Break(
        "folders_are_those_of_the_design",
        "a folder at the top",
        lambda d: d.append("utils/things.py", '"""Things."""\n'),
        "utils/: no folder of docs/laws.md",
    ),
    Break(
        "folders_are_those_of_the_design",
        "a subject that docs/laws.md does not name",
        lambda d: d.append("models/marts/finance/README.md", "x"),
        "models/marts/finance/",
    ),
    Break(
        "folders_are_those_of_the_design",
        "notes at the top",
        lambda d: d.append("notes.txt", "x"),
        "notes.txt: a file at the top",
    ),
    Break(
        "tasks_are_written_once",
        "a task written over another's",
        lambda d: d.edit("Makefile", "\ntest-tryton: setup", "\ntryton: setup"),
        "test-tryton is written 0 times",
    ),
    Break(
        "tasks_are_written_once",
        "a task that .PHONY does not name",
        lambda d: d.append("Makefile", "\nnightly: setup\n"),
        "nightly is not named in .PHONY",
    ),
    Break(
        "no_folder_is_empty", "an empty folder", lambda d: d.empty_folders.append("models/marts/lead"), "marts/lead/"
    ),
    Break(
        "library_and_expectations_know_no_dagster",
        "lib imports dagster",
        lambda d: d.append(_LIB, "\nfrom dagster import asset\n"),
        "imports dagster.asset",
    ),
    Break(
        "library_and_expectations_know_no_dagster",
        "expectations import the definitions",
        lambda d: d.append(_CHECK, "\nfrom orchestration.definitions import defs\n"),
        "imports orchestration.definitions.defs",
    ),
    Break(
        "definitions_stay_thin",
        "definitions.py of 41 lines",
        lambda d: d.append(
            "orchestration/definitions.py", "# more\n" * (41 - d.files["orchestration/definitions.py"].count("\n"))
        ),
        "41 lines",
    ),
    Break(
        "python_models_are_private_steps",
        "a Python model among the KPIs",
        _step_among_the_kpis,
        "outside intermediate/",
        ("model_names_tell_the_folder", "python_models_only_compute"),
    ),
    Break("python_models_are_private_steps", "a Python model that no SQL model reads", _step_without_reader, "no SQL"),
    Break(
        "python_models_are_private_steps",
        "a Python model that is a view",
        lambda d: d.model(_STEP)["config"].update(materialized="view"),
        "materialized view",
    ),
    Break(
        "python_models_are_private_steps",
        "a Python model over a Python model",
        lambda d: d.reads(_STEP, f"model.{_STEP}"),
        "a Python model reads",
        ("no_circle_between_models",),
    ),
    Break(
        "python_models_only_compute",
        "a Python model reads a file",
        _step("PRICES = pa.csv.read_csv('prices.csv')"),
        "`read_csv` reads past the graph",
    ),
    Break(
        "python_models_only_compute",
        "a Python model adds floats up",
        _step("def total(values):\n    return values.sum()"),
        "`sum` adds floats up",
    ),
    Break("python_models_only_compute", "a threshold in a Python model", _step("LIMIT = 0.95"), "the number 0.95"),
]
