"""Tests of the dbt macros: each is rendered over rows of VALUES in DuckDB. No model, seed or warehouse is touched."""
