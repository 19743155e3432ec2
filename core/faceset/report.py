"""What a set holds, lacks and left out, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from doublure.core.faceset.coverage import EXPRESSIONS, LIGHTS, PITCH, POSES, YAW, Coverage
from doublure.core.faceset.face import Face

_PITCH_NAMES = ("up above 30°", "up 10-30°", "level", "down 10-30°", "down above 30°")


def coverage_text(coverage: Coverage) -> str:
    """The coverage as tables and the gaps as a list; columns run from the picture's left to its right."""
    heads = [f"{low}..{high}" for low, high in pairwise(YAW)]
    parts = [
        "pose: yaw in degrees (nose to the picture's left: negative) by pitch",
        _table(heads, _PITCH_NAMES, coverage.map),
        "",
        "expression by pose (left: yaw below -25°)",
        _table([*POSES, "all"], EXPRESSIONS, np.c_[coverage.by_pose, coverage.expressions]),
        "",
        "light by pose (left and right are the picture's)",
        _table([*POSES, "all"], LIGHTS, np.c_[coverage.light_by_pose, coverage.lights]),
        "",
        "light by expression",
        _table([name.replace("mouth ", "m. ") for name in EXPRESSIONS], LIGHTS, coverage.light_by_expression),
        "",
        "exposure of the face about middle grey: {:+.1f} to {:+.1f} stops, median {:+.1f}; "
        "red over blue: {:+.1f} to {:+.1f} stops, median {:+.1f}".format(
            *(coverage.stops[i] for i in (0, 2, 1)), *(coverage.warmth[i] for i in (0, 2, 1))
        ),
        "",
        "missing:" if coverage.gaps else "nothing that is looked for is missing",
        *(f"- {gap}" for gap in coverage.gaps),
    ]
    return "\n".join(parts)


def left_out_text(faces: Sequence[Face], reasons: Sequence[str]) -> str:
    """Every face that is left out, one a line, with its reason."""
    return "\n".join(f"{face.id}: {reason}" for face, reason in zip(faces, reasons, strict=True) if reason)


def kinds(reasons: Sequence[str]) -> dict[str, int]:
    """How many faces were left out for which kind of reason, the most frequent first."""
    counts: dict[str, int] = {}
    for reason in reasons:
        if reason:
            kind = next((name for start, name in _KINDS if start in reason), "other")
            counts[kind] = counts.get(kind, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


_KINDS = (
    ("somebody else", "somebody else"),
    ("it repeats", "repeats another"),
    ("is sharper", "repeats another"),
    ("blurred", "blurred"),
    ("pixels across", "too small"),
    ("hidden", "hidden"),
    ("dark", "too dark"),
    ("clipped", "clipped"),
    ("inside the picture", "cut off"),
    ("not the largest", "unknown person"),
    ("that are kept cover it", "not needed"),
)


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """``Coverage`` as JSON."""
    return {
        "faces": coverage.faces,
        "yaw_edges": list(YAW),
        "pitch_edges": list(PITCH),
        "map": coverage.map.tolist(),
        "expressions": dict(zip(EXPRESSIONS, coverage.expressions, strict=True)),
        "lights": dict(zip(LIGHTS, coverage.lights, strict=True)),
        "expression_by_pose": _named(EXPRESSIONS, POSES, coverage.by_pose),
        "light_by_pose": _named(LIGHTS, POSES, coverage.light_by_pose),
        "light_by_expression": _named(LIGHTS, EXPRESSIONS, coverage.light_by_expression),
        "exposure_stops": [round(v, 2) for v in coverage.stops],
        "warmth_stops": [round(v, 2) for v in coverage.warmth],
        "missing": list(coverage.gaps),
    }


def _named(rows: Sequence[str], columns: Sequence[str], counts: np.ndarray) -> dict[str, dict[str, int]]:
    return {
        row: {column: int(count) for column, count in zip(columns, line, strict=True)}
        for row, line in zip(rows, counts, strict=True)
    }


def _table(heads: Sequence[str], names: Sequence[str], counts: np.ndarray) -> str:
    """Right-aligned columns; an empty cell is a point, so that holes are seen."""
    widths = [max(len(head), 4) for head in heads]
    first = max(len(name) for name in names)
    lines = [" " * first + "  " + "  ".join(h.rjust(w) for h, w in zip(heads, widths, strict=True))]
    for name, row in zip(names, counts, strict=True):
        cells = [str(int(n)) if n else "." for n in row]
        lines.append(
            name.ljust(first) + "  " + "  ".join(c.rjust(w) for c, w in zip(cells, widths, strict=True))
        )
    return "\n".join(lines)
