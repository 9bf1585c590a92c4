"""Orchestration of leadlag: what runs when. Concepts live in defs/, plain logic without Dagster in lib/."""
