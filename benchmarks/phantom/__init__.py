"""How well phantom and stale stock are found, on the bench of synthetic/phantom_lab, beside a ceiling nobody can beat.

Here: what `make proof-phantom` runs. Not here: the bench and its truth, which no figure of this package may change.
"""
