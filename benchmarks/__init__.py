"""Benchmarks of the core: one seeded company of any size, five ways to make the same tables, one table of ratios.

Here: what `make bench` runs. Not here: the demo company (synthetic/), or tests of the core's figures (tests/python).
"""
