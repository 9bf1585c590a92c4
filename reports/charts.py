"""Charts as inline SVG: no script, no request; colours come from the page's style, so print and dark mode follow.

Here: points to markup. Not here: queries. Every text that reaches markup is escaped; coordinates are rounded to a
tenth, so that the same rows give the same bytes. Floats are used for places on the page only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from markupsafe import Markup, escape

from reports.formats import day

_MAX_MARKS = 64
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Point:
    """A value at the end of a period, None when there is none, and the target in force that day."""

    at: date
    value: Decimal | None
    target: Decimal | None = None


@dataclass(frozen=True)
class Frame:
    """Size of a drawing and of its margins, in units of its view box."""

    width: int
    height: int
    left: int = 56
    right: int = 14
    top: int = 14
    bottom: int = 28


WIDE = Frame(780, 280)
NARROW = Frame(360, 230, left=52, right=10)
SMALL = Frame(260, 84, left=4, right=6, top=8, bottom=6)
SPARK = Frame(230, 44, left=3, right=5, top=5, bottom=5)


def _number(value: float) -> str:
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round values that cover low to high in about `about` steps; low and high may be equal."""
    if low == high:
        low, high = (low - abs(low) * 0.1, high + abs(high) * 0.1) if low else (0.0, 1.0)
    rough = (high - low) / about
    power = 10.0 ** _exponent(rough)
    step = next(s * power for s in _STEPS if s * power >= rough * 0.999)
    first = int(low // step)
    last = int(-(-high // step))
    return [step * i for i in range(first, last + 1)]


def _exponent(value: float) -> int:
    exponent = 0
    while value >= 10:
        value, exponent = value / 10, exponent + 1
    while value < 1:
        value, exponent = value * 10, exponent - 1
    return exponent


class _Scale:
    """Days to x and values to y within a frame."""

    def __init__(self, frame: Frame, points: Sequence[Point], values: Sequence[float]) -> None:
        self.frame = frame
        self.first = points[0].at.toordinal()
        self.span = max(points[-1].at.toordinal() - self.first, 0)
        self.low, self.high = values[0], values[-1]

    def x(self, at: date) -> float:
        inner = self.frame.width - self.frame.left - self.frame.right
        share = (at.toordinal() - self.first) / self.span if self.span else 0.5
        return self.frame.left + inner * share

    def y(self, value: Decimal | float) -> float:
        inner = self.frame.height - self.frame.top - self.frame.bottom
        share = (float(value) - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.frame.top + inner * (1 - share)


def domain_of(points: Sequence[Point]) -> tuple[float, float] | None:
    """Lowest and highest of values and targets; None without any value."""
    values = [float(v) for p in points for v in (p.value, p.target) if v is not None]
    return (min(values), max(values)) if any(p.value is not None for p in points) else None


def _path(scale: _Scale, points: Sequence[Point]) -> Markup:
    """The line, broken where there is no value."""
    parts, pen = [], "M"
    for point in points:
        if point.value is None:
            pen = "M"
            continue
        parts.append(f"{pen}{_number(scale.x(point.at))} {_number(scale.y(point.value))}")
        pen = "L"
    return Markup('<path class="line" d="{}"/>').format("".join(parts))


def _target(scale: _Scale, points: Sequence[Point], right: float) -> Markup:
    """The target in force, as steps; over the whole width when there is one period only."""
    if not scale.span:
        if points[0].target is None:
            return Markup("")
        y = _number(scale.y(points[0].target))
        return Markup('<path class="target" d="M{} {}H{}"/>').format(_number(scale.frame.left), y, _number(right))
    parts: list[str] = []
    before: Decimal | None = None
    for point in points:
        if point.target is None:
            before = None
            continue
        x, y = _number(scale.x(point.at)), _number(scale.y(point.target))
        parts.append(f"M{x} {y}" if before is None else f"H{x}" + (f"V{y}" if before != point.target else ""))
        before = point.target
    return Markup('<path class="target" d="{}"/>').format("".join(parts)) if parts else Markup("")


def _marks(scale: _Scale, points: Sequence[Point], tell: Callable[[Decimal], str], radius: float) -> Markup:
    known = [p for p in points if p.value is not None]
    shown = known if len(known) <= _MAX_MARKS else known[-1:]
    return Markup("").join(
        Markup('<circle class="dot" cx="{}" cy="{}" r="{}"><title>{}: {}</title></circle>').format(
            _number(scale.x(p.at)), _number(scale.y(p.value)), _number(radius), day(p.at), tell(p.value)
        )
        for p in shown
        if p.value is not None
    )


def _x_labels(points: Sequence[Point], most: int) -> list[tuple[date, str]]:
    """Ends of months among the points' days, thinned to `most`, with the year where it begins or the list does."""
    ends: dict[tuple[int, int], date] = {}
    for point in points:
        ends[(point.at.year, point.at.month)] = point.at
    chosen = list(ends.values())
    step = -(-len(chosen) // most)
    chosen = chosen[::-1][::step][::-1]
    if len(chosen) < 2:
        chosen = [points[0].at] if points[0].at == points[-1].at else [points[0].at, points[-1].at]
        return [(at, day(at)) for at in chosen]
    labels, year = [], 0
    for at in chosen:
        labels.append((at, f"{at:%b} {at.year}" if at.year != year else f"{at:%b}"))
        year = at.year
    return labels


def told(points: Sequence[Point]) -> list[Point]:
    """The points from the first value on: an axis begins where something is known."""
    first = next((number for number, p in enumerate(points) if p.value is not None), len(points))
    return list(points[first:])


def line(
    points: Sequence[Point],
    tell: Callable[[Decimal], str],
    beside: Callable[[Decimal], str],
    title: str,
    frame: Frame,
    css: str,
) -> Markup:
    """A line over time with axes, the target dashed, each value told on hover; empty markup without any value.

    tell: a value in words; beside: a round value beside the axis.
    """
    points = told(points)
    domain = domain_of(points)
    if domain is None:
        return Markup("")
    marks = ticks(*domain)
    scale = _Scale(frame, points, marks)
    right = frame.width - frame.right
    axis = [
        Markup('<path class="grid" d="M{} {}H{}"/><text class="y" x="{}" y="{}">{}</text>').format(
            frame.left, _number(scale.y(v)), right, frame.left - 7, _number(scale.y(v) + 4), beside(_exact(v))
        )
        for v in marks
    ]
    labels = _x_labels(points, 8 if frame.width > 500 else 4)
    for number, (at, text) in enumerate(labels):
        anchor = "end" if number == len(labels) - 1 and len(labels) > 1 else "middle"
        anchor = "start" if number == 0 and at == points[0].at and scale.span else anchor
        axis.append(
            Markup('<text class="x" text-anchor="{}" x="{}" y="{}">{}</text>').format(
                anchor, _number(scale.x(at)), frame.height - 8, text
            )
        )
    inside = [_target(scale, points, right), _path(scale, points), _marks(scale, points, tell, 3.2)]
    return _svg(frame, css, title, [*axis, *inside])


def _exact(value: float) -> Decimal:
    return Decimal(repr(round(value, 9)))


def spark(
    points: Sequence[Point],
    tell: Callable[[Decimal], str],
    title: str,
    frame: Frame = SPARK,
    domain: tuple[float, float] | None = None,
) -> Markup:
    """A small line without axes; its end is marked, its target dashed. `domain` lets several share a scale."""
    points = told(points)
    own = domain_of(points)
    if own is None:
        return Markup("")
    low, high = domain or own
    if low == high:
        low, high = low - 1, high + 1
    scale = _Scale(frame, points, [low, high])
    last = [p for p in points if p.value is not None][-1:]
    inside = (
        [
            _target(scale, points, frame.width - frame.right),
            _path(scale, points),
            _marks(scale, last, tell, 3),
        ]
        if scale.span
        else [_target(scale, points, frame.width - frame.right), _marks(scale, points, tell, 3)]
    )
    return _svg(frame, "spark" if frame is SPARK else "small", title, inside)


def _svg(frame: Frame, css: str, title: str, inside: Sequence[Markup]) -> Markup:
    return Markup('<svg class="chart {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        css, frame.width, frame.height, title, Markup("").join(inside)
    )


def bar(value: Decimal | None, low: Decimal, high: Decimal, target: Decimal | None, css: str) -> Markup:
    """A bar from nought to `value` on the scale low to high, with a tick at the target."""
    span = float(high - low)
    if value is None or span <= 0:
        return Markup('<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"></svg>')
    zero, end = (100 * float(v - low) / span for v in (Decimal(0), value))
    left, width = min(zero, end), max(abs(end - zero), 0.6)
    tick = Markup("")
    if target is not None and low <= target <= high:
        at = 100 * float(target - low) / span
        tick = Markup('<rect class="tick" x="{}" y="0" width="0.8" height="10"/>').format(_number(min(at, 99.2)))
    return Markup(
        '<svg class="bar {}" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="fill" x="{}" y="2" width="{}" height="6"/>{}</svg>'
    ).format(escape(css), _number(left), _number(width), tick)
