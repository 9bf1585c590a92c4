"""Definitions by concept: ingestion, warehouse, quality, publishing, automation. Not here: anything without Dagster."""
