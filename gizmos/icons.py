"""The tools' icons: those of the OpenFX nodes, in the size that a host's menu shows."""

from __future__ import annotations

import cv2
import numpy as np

from doublure.gizmos.tool import Tool
from doublure.nodes.ofx.icons import draw_icon


def icon(tool: Tool | None, size: int) -> bytes:
    """A PNG with alpha.

    Args:
        tool: the plain face is drawn for a tool of several nodes, and for the menu where None.
        size: its side in pixels.
    """
    node = tool.members[0].node.id if tool is not None and len(tool.members) == 1 else ""
    drawn = cv2.imdecode(np.frombuffer(draw_icon(node), np.uint8), cv2.IMREAD_UNCHANGED)
    assert drawn is not None
    pixels = drawn.astype(np.float32) / 255
    # Averaged premultiplied, so that the edge has no fringe.
    pixels[..., :3] *= pixels[..., 3:]
    small = np.asarray(cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA), np.float32)
    small[..., :3] /= np.maximum(small[..., 3:], 1e-6)
    done, png = cv2.imencode(".png", np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8))
    assert done
    return bytes(png.tobytes())
