"""The forecasting methods behind one call, as `statsforecast` has them.

Here: names, the classes of demand they fit, and the call. Not here: which of a class's methods is taken (choosing.py).
Croston starts at the first demand and its interval, TSB at the first indicator (docs/formulas.md A34). ETS without a
trend: over three months it adds little and triples the cost. A forecast is never below nil.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

ALPHA = 0.1  # of sizes, intervals and probabilities alike
SEASON = 12
ETS_MONTHS = 12  # fewer points tell an ETS nothing
CANDIDATES: dict[str, tuple[str, ...]] = {
    "smooth-A": ("croston", "tsb", "ets"),
    "smooth": ("croston", "tsb"),
    "erratic": ("sba", "tsb"),
    "intermittent": ("sba", "tsb"),
    "lumpy": ("sba", "tsb"),
    "none": ("zero",),
}
"""Class of demand -> methods in order of preference: the first is taken until a back-test says otherwise."""


class MissingPackageError(RuntimeError):
    """`statsforecast` is not installed; the message says how to."""


def forecast(method: str, series: Sequence[np.ndarray], horizon: int) -> np.ndarray:
    """Forecast each series `horizon` steps on; shape (series, horizon). Series are of any length, the latest last.

    An empty series, or one without demand, is expected to go on so. MissingPackageError without statsforecast.
    """
    expected = np.zeros((len(series), horizon))
    live = [place for place, values in enumerate(series) if len(values) and np.any(values > 0)]
    if method == "zero" or not live:
        return expected
    expected[live] = _run(method, [series[place] for place in live], horizon)
    return np.maximum(np.nan_to_num(expected), 0.0)


def _run(method: str, series: list[np.ndarray], horizon: int) -> np.ndarray:
    models = _models()
    lengths = np.array([len(values) for values in series])
    if method == "ets":
        seasonal = lengths >= 2 * SEASON
        found = np.zeros((len(series), horizon))
        for is_seasonal in (False, True):
            chosen = np.flatnonzero(seasonal == is_seasonal)
            model = models.AutoETS(season_length=SEASON if is_seasonal else 1, model="ZNZ")  # no trend
            for place in chosen.tolist():
                found[place] = _one(model, series[place], horizon)
        return found
    model = {
        "croston": models.CrostonClassic,
        "sba": models.CrostonSBA,
        "tsb": lambda: models.TSB(alpha_d=ALPHA, alpha_p=ALPHA),
    }[method]()
    return np.stack([_one(model, values, horizon) for values in series])


def _one(model: object, values: np.ndarray, horizon: int) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(model.forecast(y=values.astype("float64"), h=horizon)["mean"], dtype="float64")


def _models():
    try:
        from statsforecast import models
    except ImportError as error:
        raise MissingPackageError(
            "the baseline needs statsforecast, which `make setup` leaves out: run `uv sync --group forecast`"
        ) from error
    return models
