"""Independent oracles: what the marts must say, computed in plain Python from the accepted rows and docs/formulas.md.

Here: readers of accepted rows, one module per measure, a company of edge cases, and the tests that compare with the
marts row by row. Not here: any SQL of the project; the seeds and the landing contract are all that both sides share.
"""
