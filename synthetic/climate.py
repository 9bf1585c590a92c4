"""Temperature and humidity in the stores: sensors, what they read, and what went wrong with goods or with sensors.

Belongs here: sensors of every site and their readings over the last weeks, with the planted faults. Does not belong
here: the layout of the entities (emit_iot.py) and what goods need (traits.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from synthetic.clock import DAY, local_midnight, stream, to_utc
from synthetic.traits import COLD, ROOM

if TYPE_CHECKING:
    from synthetic.world import World

EVERY = 900  # seconds between readings
ZONES = ("cold", "room")
FAULTS = ("sensor_excursion", "sensor_freeze", "sensor_gap", "sensor_flat_line", "sensor_jump")
EXCURSION, FREEZE, GAP, FLAT, JUMP = range(5)
_LENGTH = ((8, 24), (6, 14), (24, 120), (60, 140), (1, 1))  # readings
_LEVEL, _SWING, _NOISE = (5.0, 20.0), (0.7, 1.6), (0.25, 0.45)  # degrees, by zone
_SAFE = ((2.6, 7.4), (16.0, 24.0))  # what a healthy store keeps to
EXCURSION_C, FREEZE_C, JUMP_C = (11.5, 29.0), -3.5, 9.0  # by zone; below zero; over the reading before
_MEMORY = 0.85  # of one reading's deviation in the next


@dataclass(frozen=True)
class Climate:
    """Sensors site by site, and their readings in order of sensor and time; faults one a sensor at most."""

    site: np.ndarray  # of each sensor
    zone: np.ndarray
    hung_before: np.ndarray  # days before the first reading on which it was hung
    sensor: np.ndarray  # of each reading, as the four below
    at: np.ndarray  # UTC second
    celsius: np.ndarray  # thousandths
    humidity: np.ndarray  # thousandths of a per cent
    fault: np.ndarray  # of each fault, places in FAULTS, as the three below
    fault_sensor: np.ndarray
    fault_from: np.ndarray  # UTC second of the first reading concerned
    fault_until: np.ndarray  # and of the last


def build_climate(world: World) -> Climate:
    """Return what the sensors read over the last `sensor_days` days."""
    profile, company, rng = world.profile, world.company, stream(world.seed, "climate")
    per, n = profile.sensors_per_site, len(company.sites) * profile.sensors_per_site
    site = np.repeat(np.arange(len(company.sites)), per)
    zone = np.where(np.arange(n) % per < max(per // 3, 1), COLD, ROOM)
    steps = profile.sensor_days * (DAY // EVERY) - 8  # the last evening is not sent yet
    start = local_midnight(profile.first_day, profile.days - profile.sensor_days)
    zones = [company.sites[s].time_zone for s in site.tolist()]
    begin = np.concatenate([to_utc(np.array([start]), name) for name in zones])
    at = begin[:, None] + np.arange(steps) * EVERY + rng.integers(0, 60, (n, 1))
    daily = np.sin(2 * np.pi * (np.arange(steps) * EVERY / DAY - 0.375))  # warmest at three in the afternoon
    deviation = _wander(rng, n, steps)
    level = np.array(_LEVEL)[zone] + rng.normal(0.0, 0.3, n)
    swing, noise, safe = np.array(_SWING)[zone], np.array(_NOISE)[zone], np.array(_SAFE)[zone]
    celsius = level[:, None] + swing[:, None] * daily + noise[:, None] * deviation
    celsius = np.clip(celsius, safe[:, :1], safe[:, 1:])
    humidity = np.clip(50.0 - 4.0 * daily + 2.0 * _wander(rng, n, steps), 32.0, 63.0)
    kept = np.ones((n, steps), dtype=bool)
    fault, sensor, first, last = _plan(world, zone, steps)
    for kind, place, since, until in zip(fault.tolist(), sensor.tolist(), first.tolist(), last.tolist(), strict=True):
        span = slice(since, until + 1)
        if kind == GAP:
            kept[place, span] = False
        elif kind == FLAT:
            celsius[place, span] = celsius[place, since]
            humidity[place, span] = humidity[place, since]
        elif kind == JUMP:
            celsius[place, span] = celsius[place, since - 1] + JUMP_C
        else:
            peak = FREEZE_C if kind == FREEZE else EXCURSION_C[int(zone[place])]
            celsius[place, span] = peak + 0.2 * deviation[place, span]
    chosen = np.nonzero(kept)
    return Climate(
        site=site,
        zone=zone,
        hung_before=stream(world.seed, "climate.sensors").integers(20, 400, n),
        sensor=chosen[0],
        at=at[chosen],
        celsius=np.rint(celsius[chosen] * 10).astype("int64") * 100,  # sensors show tenths
        humidity=np.rint(humidity[chosen] * 10).astype("int64") * 100,
        fault=fault,
        fault_sensor=sensor,
        fault_from=at[sensor, first],
        fault_until=at[sensor, last],
    )


def _wander(rng: np.random.Generator, n: int, steps: int) -> np.ndarray:
    """Return deviations of variance one that remember themselves, shape (n, steps)."""
    shock = rng.standard_normal((n, steps)) * np.sqrt(1 - _MEMORY**2)
    result = np.empty((n, steps))
    result[:, 0] = rng.standard_normal(n)
    for step in range(1, steps):
        result[:, step] = _MEMORY * result[:, step - 1] + shock[:, step]
    return result


def _plan(world: World, zone: np.ndarray, steps: int) -> tuple[np.ndarray, ...]:
    """Choose faults: kind, sensor, first and last reading. One a sensor at most; frost comes to cold stores only."""
    rng, counts = stream(world.seed, "faults.sensors"), world.profile.faults
    kinds = np.repeat(np.arange(len(FAULTS)), [getattr(counts, name) for name in FAULTS])
    cold, others = rng.permutation(np.flatnonzero(zone == COLD)), rng.permutation(np.flatnonzero(zone == ROOM))
    frost = counts.sensor_freeze
    if len(cold) < frost or len(kinds) > len(zone):
        raise ValueError("more faults of sensors than sensors: lower the counts sensor_* of the profile")
    rest = rng.permutation(np.r_[cold[frost:], others])
    sensor = np.empty(len(kinds), dtype="int64")
    sensor[kinds == FREEZE] = cold[:frost]
    sensor[kinds != FREEZE] = rest[: len(kinds) - frost]
    low, high = np.array(_LENGTH)[kinds].T
    length = rng.integers(low, high + 1)
    first = rng.integers(steps // 10, steps - 150, len(kinds))
    return kinds, sensor, first, first + length - 1
