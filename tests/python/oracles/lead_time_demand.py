"""Demand over lead time as probability, computed another way than the marts do: mass functions added up, integrals.

Here: survival, expected shortage and reorder points of one distribution (docs/formulas.md 1.1). Not here: costs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from scipy import integrate, optimize, stats

MILLION = 1_000_000


@dataclass(frozen=True)
class LeadTimeDemand:
    """Demand X over lead time and review; `kind` as in docs/formulas.md."""

    kind: str
    mean: float
    sd: float

    @property
    def is_counted(self) -> bool:
        """Whether X counts whole units."""
        return self.kind in ("poisson", "negative_binomial")

    @cached_property
    def mass(self) -> np.ndarray:
        """P(X = 0), P(X = 1) ... until nothing is left, each from its logarithm."""
        count = int(self.mean + 60 * max(self.sd, math.sqrt(self.mean)) + 200)
        if self.kind == "poisson":
            logs = [k * math.log(self.mean) - self.mean - math.lgamma(k + 1) for k in range(count)]
        else:
            size, success = self.mean**2 / (self.sd**2 - self.mean), self.mean / self.sd**2
            start = size * math.log(success) - math.lgamma(size)
            failure = math.log1p(-success)
            logs = [start + math.lgamma(k + size) - math.lgamma(k + 1) + k * failure for k in range(count)]
        return np.exp(np.array(logs))

    def above(self, x: float) -> float:
        """P(X > x)."""
        if self.is_counted:
            return float(self.mass[max(math.floor(x) + 1, 0) :].sum())
        if self.kind == "normal":
            return NormalDist().cdf((self.mean - x) / self.sd)
        return float(stats.gamma.sf(x, (self.mean / self.sd) ** 2, scale=self.sd**2 / self.mean))

    def shortage(self, x: float) -> float:
        """E[(X - x)+]: the sum of what exceeds x, or the integral of the survival function beyond it."""
        if self.is_counted:
            return float((np.maximum(np.arange(len(self.mass)) - x, 0.0) * self.mass).sum())
        parts = [x + n * self.sd for n in (0, 0.5, 1, 2, 4, 8, 16, 40)]
        whole = pairwise(parts)
        return sum(integrate.quad(self.above, low, high, epsabs=1e-13, epsrel=1e-11)[0] for low, high in whole)

    def service(self, kind: str, x: float, order: float) -> float:
        """Service of a type at reorder point x with orders of `order`."""
        if kind == "cycle":
            return 1 - self.above(x)
        short = self.shortage(x) - (self.shortage(x + order) if kind == "in_stock" else 0.0)
        return 1 - short / order

    def reorder_point(self, kind: str, target: float, order: float) -> float:
        """Least x >= 0 with at least the service."""
        if self.kind == "constant":
            return self.mean
        if self.is_counted:
            return float(next(x for x in range(len(self.mass)) if self.service(kind, x, order) >= target))
        if self.service(kind, 0.0, order) >= target:
            return 0.0
        if kind == "cycle" and self.kind == "normal":
            return self.mean + self.sd * NormalDist().inv_cdf(target)
        if kind == "cycle":
            return float(stats.gamma.ppf(target, (self.mean / self.sd) ** 2, scale=self.sd**2 / self.mean))
        high = self.mean + self.sd
        while self.service(kind, high, order) < target:
            high *= 2
        return optimize.brentq(lambda x: self.service(kind, x, order) - target, 0.0, high, xtol=1e-9)

    def level(self, kind: str, target: float, x: float) -> float:
        """Least cycle service level whose reorder point is x: the target itself for cycle, 0 when x is 0."""
        if kind == "cycle":
            return target
        if x == 0 or self.kind == "constant":
            return 0.0
        if self.is_counted:
            below = 1 - self.above(x - 1)
            return min(math.floor(below * MILLION) / MILLION + 1 / MILLION, 1 - self.above(x))
        return 1 - self.above(x)
