"""The audit as an asset. Not here: the suites (expectations/)."""
