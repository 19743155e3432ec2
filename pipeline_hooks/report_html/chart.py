"""One measure over the frames, drawn as inline SVG."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from html import escape
from itertools import pairwise

from doublure.pipeline_hooks.measures import Line, Point

WIDTH, HEIGHT = 640, 120
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 10, 10, 20
_HEADROOM = 1.12
_APART = 11.0


def chart(line: Line, told: Collection[int] = ()) -> str:
    """The line, the allowed band behind it, and a large dot on every frame that the validator has ``told`` (red) or
    that is outside the band all the same (amber); each dot has a tooltip.
    """
    points = line.points
    first, last = points[0].number, points[-1].number
    top = _top(points)

    def x(number: int) -> float:
        share = 0.5 if last == first else (number - first) / (last - first)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        share = min(max(value / top, 0.0), 1.0)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    label = escape(f"{line.label} over the frames {first} to {last}", quote=True)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">',
        f'<polygon class="band" points="{_band(points, x, y, top)}"/>',
        *_scale(points, top, x, y),
        *(f'<polyline class="line" points="{run}"/>' for run in _runs(points, x, y)),
        *(_dot(line, point, x, y, point.number in told) for point in points),
        "</svg>",
    ]
    return "".join(parts)


def _top(points: Iterable[Point]) -> float:
    known = [abs(v) for p in points for v in (p.value, p.low, p.high) if v is not None]
    return max(max(known) * _HEADROOM, 1e-9)


_Map = Callable[[float], float]


def _band(points: tuple[Point, ...], x: Callable[[int], float], y: _Map, top: float) -> str:
    over = [(x(p.number), y(top if p.high is None else p.high)) for p in points]
    under = [(x(p.number), y(0.0 if p.low is None else p.low)) for p in points]
    if len(points) == 1:
        # A single frame has no width; its band has.
        over = [(over[0][0] - 8, over[0][1]), (over[0][0] + 8, over[0][1])]
        under = [(under[0][0] - 8, under[0][1]), (under[0][0] + 8, under[0][1])]
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in over + under[::-1])


def _scale(points: tuple[Point, ...], top: float, x: Callable[[int], float], y: _Map) -> list[str]:
    right, base = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    out = [f'<line class="axis" x1="{_LEFT}" y1="{base}" x2="{right}" y2="{base}"/>']
    bounds = {bound for p in (points[0], points[-1]) for bound in (p.low, p.high) if bound}
    written: list[float] = []
    for value in [*sorted(bounds, reverse=True), 0.0]:
        # Bounds that depend on the face's size lie close together.
        if all(abs(y(value) - place) >= _APART for place in written):
            written.append(y(value))
            out.append(f'<text x="{_LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:.3g}</text>')
    for number in sorted({points[0].number, points[-1].number}):
        anchor = "start" if number == points[0].number else "end"
        out.append(f'<text x="{x(number):.1f}" y="{HEIGHT - 5}" text-anchor="{anchor}">{number}</text>')
    return out


def _runs(points: tuple[Point, ...], x: Callable[[int], float], y: _Map) -> list[str]:
    """Polylines, broken where frames are not consecutive by the usual step."""
    step = min((b.number - a.number for a, b in pairwise(points)), default=1)
    runs: list[list[Point]] = []
    for point in points:
        if runs and point.number - runs[-1][-1].number <= step:
            runs[-1].append(point)
        else:
            runs.append([point])
    return [" ".join(f"{x(p.number):.1f},{y(p.value):.1f}" for p in run) for run in runs]


def _dot(line: Line, point: Point, x: Callable[[int], float], y: _Map, told: bool) -> str:
    kind = "told" if told else "out" if point.excess > 1 else "in"
    radius = 2 if kind == "in" else 4
    words = escape(f"frame {point.number}: {point.value:.4g} {line.unit}".strip())
    return (
        f'<circle class="{kind}" cx="{x(point.number):.1f}" cy="{y(point.value):.1f}" r="{radius}">'
        f"<title>{words}</title></circle>"
    )
