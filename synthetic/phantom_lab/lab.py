"""One bench from its parameters: the company at the wanted base rate, and what happened to it.

Belongs here: meeting the base rate, the frozen parameters. Does not belong here: landing and truth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthetic.phantom_lab.company import NEVER, Company, draw_company
from synthetic.phantom_lab.knobs import COMPANIES
from synthetic.phantom_lab.run import History, run

_PILOT_RECORDS = 8_000
_PILOT_SCALES = np.geomspace(0.02, 8.0, 24)
_ATTEMPTS, _CLOSE, _SLOPE = 4, 0.05, 1.1


@dataclass(frozen=True)
class Lab:
    """A company that has lived, and the scale of its hazards."""

    company: Company
    history: History
    scale: float

    @property
    def record(self) -> np.ndarray:
        """What the record says at the cut-off."""
        return self.history.record[:, -1].astype("int64")

    @property
    def shelf(self) -> np.ndarray:
        """What is on the shelf at the cut-off."""
        return self.history.shelf[:, -1].astype("int64")

    @property
    def is_phantom(self) -> np.ndarray:
        """Records that promise goods where none are."""
        return self.history.since != NEVER

    @property
    def base_rate(self) -> float:
        """Share of phantoms among the records that promise goods."""
        return float(self.is_phantom.sum() / (self.record > 0).sum())


def build_lab(company: str, seed: int, records: int, base_rate: float = 0.03, density: float = 1.0) -> Lab:
    """Draw the company and let it live, its hazards scaled to the base rate: by a pilot with the same sites, then by
    what came of it. ValueError for a base rate out of reach.
    """
    if not 0.001 <= base_rate <= 0.3:
        raise ValueError(f"base rate {base_rate}: give a share between 0.001 and 0.3")
    scale = _scale(company, seed, base_rate, density)
    for attempt in range(_ATTEMPTS):
        drawn = draw_company(COMPANIES[company], seed, records, density, scale)
        lab = Lab(drawn, run(drawn), scale)
        if attempt == _ATTEMPTS - 1 or abs(lab.base_rate / base_rate - 1) < _CLOSE:
            break
        scale *= float(np.clip(base_rate / max(lab.base_rate, 1e-4), 0.4, 2.5)) ** _SLOPE
    return lab


def _scale(company: str, seed: int, base_rate: float, density: float) -> float:
    """Return the scale at which a company with the same sites has the base rate: a curve through many scales."""
    scales = np.resize(_PILOT_SCALES, _PILOT_RECORDS)
    pilot = Lab(drawn := draw_company(COMPANIES[company], seed, _PILOT_RECORDS, density, scales), run(drawn), 1.0)
    hit = np.bincount(np.searchsorted(_PILOT_SCALES, scales), pilot.is_phantom, len(_PILOT_SCALES))
    held = np.bincount(np.searchsorted(_PILOT_SCALES, scales), pilot.record > 0, len(_PILOT_SCALES))
    curve = np.polynomial.Polynomial.fit(np.log(_PILOT_SCALES), np.log((hit + 0.5) / (held + 1)), 3, w=np.sqrt(hit + 1))
    fine = np.geomspace(_PILOT_SCALES[0], _PILOT_SCALES[-1], 2001)
    rates = np.maximum.accumulate(np.exp(curve(np.log(fine))))
    return float(fine[min(np.searchsorted(rates, base_rate), len(fine) - 1)])
