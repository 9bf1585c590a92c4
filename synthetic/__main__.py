"""Command line of the simulator: `python -m synthetic --profile tiny|demo|large --seed N [--fault critical]`.

Belongs here: arguments, progress and the closing words. Does not belong here: anything that a test would call.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from datetime import date

from orchestration.lib.landing import LandingError
from orchestration.lib.paths import Home
from synthetic.figures import headline
from synthetic.land import land
from synthetic.profiles import PROFILES
from synthetic.scale import LARGE, large_profile
from synthetic.truth import planted
from synthetic.world import build_world


def main(argv: list[str] | None = None) -> int:
    """Simulate, land and report; return 0, or 1 when the home holds another world already."""
    parser = argparse.ArgumentParser(prog="python -m synthetic", description="Land a synthetic company.")
    profiles = [*sorted(PROFILES), "large"]
    parser.add_argument("--profile", choices=profiles, default="demo", help="size of the company")
    for name, (default, text) in LARGE.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"profile large: {text} ({default:,})")
    parser.add_argument("--seed", type=int, default=1, help="same profile and seed: the same bytes")
    parser.add_argument("--last-day", type=date.fromisoformat, help="last simulated day, to stand beside other data")
    parser.add_argument("--fault", choices=["critical"], help="also land a batch that the audit must block")
    options = parser.parse_args(argv)
    if options.seed < 0:
        parser.error("--seed must be 0 or more")
    profile = PROFILES.get(options.profile)
    try:
        numbers = (getattr(options, name) for name in LARGE)
        profile = profile or large_profile(*numbers, seed=options.seed)
    except ValueError as error:
        parser.error(str(error))
    if options.last_day:
        profile = replace(profile, last_day=options.last_day)
    home, start = Home.from_env(), time.monotonic()

    def say(text: str) -> None:
        print(f"[synthetic] {text}", flush=True)

    say(f"simulating profile {options.profile}, seed {options.seed}")
    world = build_world(profile, options.seed)
    try:
        landed = land(world, home, critical=options.fault == "critical", progress=say)
    except LandingError as error:
        say(str(error))
        say(
            "this home holds another world: set LEADLAG_HOME to a new folder, or use the profile and seed of that world"
        )
        return 1
    for name in sorted(landed.rows):
        say(f"{name:<26} {landed.rows[name]:>9,} rows in {landed.batches[name]:>4} batches")
    for name, value in headline(world).items():
        say(f"{name:<26} {value if isinstance(value, str) else f'{value:,}':>12}")
    say(f"{planted(world).num_rows} faults planted, listed in {home.root / 'truth' / 'planted.parquet'}")
    if landed.critical:
        say(f"a poisoned batch has landed: {landed.critical}")
        say(f"the audit must block it; undo it with: make withdraw BATCH={landed.critical}")
    say(f"landed in {time.monotonic() - start:.1f} s below {home.landing}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
