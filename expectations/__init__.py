"""The audit between marts and published: suites of Great Expectations checks as data, their runner and their results.

Here: what must hold of a finished build. Not here: thresholds (policy rows, columns of the audited tables), tests of a
model's own grain and relations (dbt), Dagster.
"""
