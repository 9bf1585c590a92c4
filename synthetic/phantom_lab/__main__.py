"""Command line: `python -m synthetic.phantom_lab --home DIR --seed N [--records N] [--base-rate 0.03] [--company a|b]`.

Belongs here: arguments and the closing words. Does not belong here: anything that a test would call.
"""

from __future__ import annotations

import argparse
import sys
import time

from orchestration.lib.landing import LandingError
from orchestration.lib.paths import Home
from synthetic.phantom_lab.knobs import COMPANIES
from synthetic.phantom_lab.lab import build_lab
from synthetic.phantom_lab.landing import land
from synthetic.phantom_lab.truth import write_truth


def main(argv: list[str] | None = None) -> int:
    """Simulate, land and write the truth; return 0, or 1 when the home holds another company already."""
    parser = argparse.ArgumentParser(prog="python -m synthetic.phantom_lab", description="Land the hard company.")
    parser.add_argument("--home", required=True, help="home to land in, below it landing/ and truth/")
    parser.add_argument("--company", choices=sorted(COMPANIES), default="a", help="knobs of the company")
    parser.add_argument("--seed", type=int, default=1, help="same arguments and seed: the same bytes")
    parser.add_argument("--records", type=int, default=20_000, help="stock records (SKU at a site)")
    parser.add_argument("--base-rate", type=float, default=0.03, help="share of phantoms at the cut-off to aim at")
    parser.add_argument("--density", type=float, default=1.0, help="multiplies demand: 0.2 is sparse")
    options = parser.parse_args(argv)
    start = time.monotonic()
    try:
        lab = build_lab(options.company, options.seed, options.records, options.base_rate, options.density)
        home = Home.at(options.home)
        rows = land(lab, home)
    except (ValueError, LandingError) as error:
        print(f"[phantom_lab] {error}")
        return 1
    path = write_truth(lab, home.root / "truth")
    print(f"[phantom_lab] {len(lab.company):,} records, base rate {lab.base_rate:.4f}, hazards times {lab.scale:.3f}")
    print(
        f"[phantom_lab] {rows:,} rows landed in {time.monotonic() - start:.1f} s below {home.landing}; truth in {path}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
