"""How long a host waits for the OpenFX plug-in: while it starts, and for a frame.

The host is that of the plug-in's tests, built without sanitisers. It hands out its own memory, so that a frame's time
is the plug-in's and the service's alone. A frame goes the whole way, host to service and back, through a node that
finds nothing to do there: Track's overlay on frames that show no face. What needs no service is not asked of it.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from statistics import median

import numpy as np

from doublure.core.errors import DoublureError
from doublure.core.face.topology import canonical_shape
from doublure.core.face.track import FaceFrame, Track
from doublure.nodes.ofx.build import SOURCES, compile_shim
from doublure.nodes.ofx.bundle import install
from tests.nodes.ofx.driver import OK, Host

HOST = Path(__file__).parents[1] / "tests" / "nodes" / "ofx" / "host"
SIZES = {"1080p": (1920, 1080), "4k": (4096, 2160)}


def host_times(starts: int, rounds: int) -> tuple[float, dict[str, float]]:
    """Median seconds of a host's start (load and describe every node), and of a frame by size.

    Where the service runs is for the environment to say; it is started where it does not.

    Args:
        starts: how many hosts are started.
        rounds: how many frames of each size are timed, after three that are not.

    Raises:
        DoublureError: no C compiler, or a frame that is not what went in.
    """
    with tempfile.TemporaryDirectory(prefix="doublure-ofx-") as folder:
        program = Path(folder) / "host"
        compile_shim(program, sources=sorted(HOST.glob("*.c")), extra=(f"-I{SOURCES}",), link=("-ldl", "-lm"))
        bundle = install(Path(folder))
        loads = []
        for _ in range(starts):
            started = _start(program, bundle)
            loads.append(float(started.loaded["seconds"]))
            started.close()
        started = _start(program, bundle)
        frames = {name: _frame_seconds(started, size, rounds) for name, size in SIZES.items()}
        started.close()
    return median(loads), frames


def _start(program: Path, bundle: Path) -> Host:
    return Host(program, bundle, dict(os.environ), {"direct": 1})


def _frame_seconds(started: Host, size: tuple[int, int], rounds: int) -> float:
    width, height = size
    pixels = np.random.default_rng(0).uniform(0, 4, (height, width, 4)).astype(np.float32)
    pixels[..., 3] = 1
    numbers = range(1, rounds + 5)
    sidecar = started.folder / f"{width}.json"
    lost = {number: FaceFrame.lost(number, "there is none") for number in numbers}
    Track("noise", width, height, 1.0, canonical_shape(), lost).save(sidecar)
    instance = started.create("track")
    box = started.connect(instance, "Source", pixels)
    started.param(instance, "sidecar", sidecar)
    started.param(instance, "overlay", 1)
    status, result = started.render(instance, box, time=numbers[0])
    if status != OK or not np.array_equal(result, pixels):
        raise DoublureError(f"a frame in the host is not what went in ({started.report()['messages']!r})")
    spent = []
    # Every frame has a number of its own, so that none is one that the service remembers.
    for number in numbers[1:]:
        answer = started.command(
            "render", instance, "-", number, 1, 4, 0, 0, width, height, 0, 0, width, height, 1, "-", 1
        )
        spent.append(float(answer["seconds"][0]))
    return median(spent[3:])
