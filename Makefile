# leadlag: everything a person or CI does, as one word each. `make help` lists the words.
# What belongs here: names of tasks and the command behind each. Logic lives in `python -m orchestration`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo refresh edge land land-tpl baseline counts escalations acknowledge dispositions withdraw rollback generations verify summary open audit dev docs test test-spark test-tryton lint format proof proof-phantom bench bench-billion bench-growth bench-subjects bench-outside tryton clean

PYTHON  ?= python3
PROFILE ?= demo
SEED    ?= 20260630
FAULT   ?=
# The demo company may end on another day, to stand beside the data of another system (docs/guides/add_a_source.md).
LAST_DAY ?=
# PROFILE=large is driven by numbers; those not given keep the defaults of `python -m synthetic --help`.
SKUS      ?=
LOCATIONS ?=
DAYS      ?=
MOVEMENTS ?=
STOCKS    ?=
LARGE   := $(if $(SKUS),--skus "$(SKUS)") $(if $(LOCATIONS),--locations "$(LOCATIONS)") \
           $(if $(DAYS),--days "$(DAYS)") $(if $(MOVEMENTS),--movements "$(MOVEMENTS)")
# What the benchmarks write beside the table, whether their company stays, and any other word of `python -m benchmarks --help`.
MARKDOWN ?=
KEEP     ?=
BENCH   := $(if $(MARKDOWN),--markdown "$(MARKDOWN)") $(if $(KEEP),--keep) $(ARGS)
PY      := .venv/bin/python
UV      := .uv/bin/uv

export LEADLAG_HOME ?= $(CURDIR)/.leadlag
export PYTHONPATH := $(CURDIR)
# Thousands of modules are compiled once, not at every start.
unexport PYTHONDONTWRITEBYTECODE
export UV_PYTHON_DOWNLOADS := never
# Every tool that would phone home is told not to.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := 1
export GX_ANALYTICS_ENABLED := false
export RUNTIME__DLTHUB_TELEMETRY := false

# The linter compiles every model; it keeps dbt's droppings away from the job's.
LINT_ENV := PYTHONWARNINGS=ignore DBT_PROFILES_DIR="$(CURDIR)" DBT_TARGET_PATH="$(LEADLAG_HOME)/empty/target" DBT_LOG_PATH="$(LEADLAG_HOME)/empty/logs"

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.uv/.stamp:
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v < (3, 14) else "leadlag needs Python 3.11, 3.12 or 3.13; $(PYTHON) is %d.%d. Try: make $(MAKECMDGOALS) PYTHON=python3.12" % v)'
	@echo "setup: making the environment (once)"
	@$(PYTHON) -m venv .uv || { echo "setup: $(PYTHON) has no venv; on Debian: apt-get install python3-venv"; exit 1; }
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check uv
	@touch $@

.venv/.stamp: .uv/.stamp pyproject.toml uv.lock
	@$(UV) sync --quiet --frozen --python .uv/bin/python
	@touch $@

setup: .venv/.stamp ## make the environment from uv.lock (every other word does it by itself)
	@mkdir -p "$(LEADLAG_HOME)"/{dev,build,empty,spill}

demo: setup ## make the demo company, run the main job, print the summary [FAULT=critical] [PROFILE=tiny|large] [LAST_DAY=2016-05-31]
	@$(PY) -m synthetic --profile $(PROFILE) --seed $(SEED) $(if $(FAULT),--fault "$(FAULT)") $(if $(LAST_DAY),--last-day "$(LAST_DAY)") $(LARGE)
	@$(PY) -m orchestration refresh
	@$(PY) -m orchestration summary

edge: setup ## build one site's marts from its own WMS feed: SITE=<code> [AS_OF=<UTC>]
	@$(PY) -m orchestration edge --site "$(SITE)" $(if $(AS_OF),--as-of "$(AS_OF)")

land: setup ## land a real system: CONNECTOR=<system> SOURCE=<folder>, or its database by LEADLAG_SOURCE_DSN [COMPANY=<code>] [ARGS=--full]
	@$(PY) -m orchestration land --connector "$(CONNECTOR)" $(if $(SOURCE),--source "$(SOURCE)") $(if $(COMPANY),--company "$(COMPANY)") $(ARGS)

land-tpl: setup ## land what is new at a 3PL's API: PROVIDER=<code>, its address in LEADLAG_TPL_URL
	@$(PY) -m orchestration land-tpl --provider "$(PROVIDER)"

refresh: setup ## run the main job: accept, build, audit, publish [ARGS=--full-refresh]
	@$(PY) -m orchestration refresh $(ARGS)

counts: setup ## land the count files in the drop folder [SITE=<code>]
	@$(PY) -m orchestration counts $(if $(SITE),--site "$(SITE)")

baseline: setup ## forecast every SKU-location ourselves from what is published, once a month [ARGS="--origins 6"]
	@$(UV) sync --quiet --frozen --inexact --group forecast --python .uv/bin/python
	@$(PY) -m orchestration baseline $(ARGS)

withdraw: setup ## withdraw a landed batch by a tombstone: BATCH=<id> [REASON="..."]
	@$(PY) -m orchestration withdraw --batch "$(BATCH)" --reason "$(or $(REASON),withdrawn by hand)"

escalations: setup ## list the open escalations, gravest first
	@$(PY) -m orchestration escalations

acknowledge: setup ## take an escalation or alert into work: ALERT=<id> BY=<who> [NOTE="..."] [AT=<UTC>]
	@$(PY) -m orchestration acknowledge --alert "$(ALERT)" --by "$(BY)" $(if $(NOTE),--note "$(NOTE)") $(if $(AT),--at "$(AT)")

dispositions: setup ## write what stewards are asked as a sheet [FORMAT=xlsx] [OWNER=] [SITE=] [ARGS="--limit 50"]; read it back: FILE=<sheet> [BY=] [AT=] [TEAM=]
	@$(PY) -m orchestration dispositions $(if $(FILE),--file "$(FILE)") $(if $(BY),--by "$(BY)") $(if $(AT),--at "$(AT)") $(if $(TEAM),--team "$(TEAM)") $(if $(FORMAT),--format "$(FORMAT)") $(if $(OWNER),--owner "$(OWNER)") $(if $(SITE),--site "$(SITE)") $(ARGS)

rollback: setup ## move published/current back one generation [TO=<generation>]
	@$(PY) -m orchestration rollback $(if $(TO),--to "$(TO)")

generations: setup ## list the published generations
	@$(PY) -m orchestration generations

verify: setup ## check the checksums of the published generation
	@$(PY) -m orchestration verify

summary: setup ## print what the published generation says
	@$(PY) -m orchestration summary

open: setup ## build the pages of the published generation and print their address
	@$(PY) -m orchestration pages

audit: setup ## audit the working build again without publishing, or a published generation: GENERATION=<name>
	@$(PY) -m orchestration audit $(if $(GENERATION),--generation "$(GENERATION)")

dev: setup ## Dagster's pages on 127.0.0.1: asset graph, checks, runs
	@$(PY) -m orchestration dev

docs: setup ## write docs/reference from the registry, the policy, the rules and the contract
	@$(PY) -m orchestration docs

lint: setup ## ruff and sqlfluff
	@echo "lint: ruff" && .venv/bin/ruff check --quiet . && .venv/bin/ruff format --quiet --check .
	@echo "lint: sqlfluff" && $(LINT_ENV) .venv/bin/sqlfluff lint --processes 2 --disable-progress-bar --quiet models tests/invariants

format: setup ## mend what the linters can mend
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format --quiet . ; $(LINT_ENV) .venv/bin/sqlfluff fix --quiet models tests/invariants

test: setup lint ## the whole suite: lint, dbt unit tests, pytest
	@$(PY) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

test-spark: setup ## build every table on Apache Spark too and compare the rows (Java 17 or later)
	@UV_PROJECT_ENVIRONMENT=.spark $(UV) sync --quiet --frozen --only-group spark --python .uv/bin/python
	@LEADLAG_SPARK=1 $(PY) -m pytest -s tests/python/spark

test-tryton: setup ## live the company through in a real Tryton on a throw-away PostgreSQL: the shipped dump, row by row
	@UV_PROJECT_ENVIRONMENT=.tryton $(UV) sync --quiet --frozen --only-group tryton --python .uv/bin/python
	@LEADLAG_PROOF=1 $(PY) -m pytest -rs -m proof tests/python/test_connector_tryton.py

proof: setup ## slow campaigns: 20 kills and other long runs
	@LEADLAG_PROOF=1 $(PY) -m pytest -m proof

proof-phantom: setup ## how well phantom and stale stock are found, beside a ceiling [ARGS="curves --seeds 101 --records 20000 --companies a,b"]
	@$(PY) -m benchmarks.phantom $(ARGS)

bench: setup ## our core against pandas, polars, the spine way and a hand script [MOVEMENTS=20000000] [MARKDOWN=<file>] [KEEP=1]
	@$(PY) -m benchmarks table $(if $(MOVEMENTS),--movements "$(MOVEMENTS)") $(BENCH)

bench-billion: setup ## the same for a billion movements, or as many as the disk holds, ours and the hand script alone
	@$(PY) -m benchmarks billion $(BENCH)

bench-growth: setup ## what ours costs as movements, SKU-locations and days grow [MOVEMENTS=20000000]
	@$(PY) -m benchmarks growth $(if $(MOVEMENTS),--movements "$(MOVEMENTS)") $(BENCH)

bench-subjects: setup ## what the KPIs cost beside the core, on a large synthetic company [MOVEMENTS=20000000] [STOCKS=200000] [KEEP=1]
	@$(PY) -m benchmarks subjects $(if $(MOVEMENTS),--movements "$(MOVEMENTS)") $(if $(STOCKS),--stocks "$(STOCKS)") $(BENCH)

bench-outside: setup ## seconds of a whole build in which no SQL ran: parse, nodes, tests [PROFILE=demo] [KEEP=1]
	@$(PY) -m benchmarks outside --profile $(PROFILE) $(BENCH)

tryton: setup ## live a company through in Tryton: DATABASE=<to be made> [DUMP=<file>], server in TRYTOND_DATABASE_URI
	@test -n "$(DATABASE)" -a -n "$(TRYTOND_DATABASE_URI)" || { echo "tryton: give DATABASE=<name to be made> and set TRYTOND_DATABASE_URI to postgresql://user@host:port"; exit 1; }
	@UV_PROJECT_ENVIRONMENT=.tryton $(UV) sync --quiet --frozen --only-group tryton --python .uv/bin/python
	@.tryton/bin/python connectors/tryton/company.py "$(DATABASE)" $(if $(DUMP),--dump "$(DUMP)")

clean: ## remove the environment and everything a run made
	@rm -rf .venv .uv .tryton .spark .leadlag target logs
