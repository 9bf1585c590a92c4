"""The dbt project as assets. Not here: models, or how dbt is run (lib/warehouse.py)."""
