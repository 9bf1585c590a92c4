"""The laws of the house as tests: rules over the project, the proof that each of them can fail.

Here: what the checkout must look like. Not here: what its tables must contain (tests/invariants, tests/generic).
"""
