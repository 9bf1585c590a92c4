"""The fault matrix of ingestion: each fault planted in a stream, and what the warehouse makes of it.

Here: docs/faults.md's rows at the level of the marts, over the company of edge cases. Not here: what the validator does
with one file or row (test_validator*.py), which the same page names.
"""
