"""Forecasts of our own, against which those of planners are measured: a monthly run outside the ordinary build.

Here: series and demand classes as published (series.py), the methods (methods.py), the choice among them by rolling
origins (choosing.py), the batches that land (landing.py). Not here: errors and added value, which the warehouse works
out for every forecast alike. The methods need the dependency group `forecast` of pyproject.toml.
"""
