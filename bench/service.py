"""How quick is the render service, how soon is it there, and what does it hold when nobody asks?

The round trip is that of a host: its RGBA float frame is copied into shared memory, a node that passes it through
answers, and the result is copied into the host's own frame. ``service.memcpy_ratio`` is the 4K round trip over a plain
copy of the same bytes there and back again, in turns; what is above 1 is the service's own.

``service.cold_s`` is the time from "no service runs" to the first frame, the start of Python and torch included; the
files are in the page cache after the first of several starts, of which the median counts. ``service.idle_mb`` is the
resident memory of a service that has rendered a small frame; ``service.worked_mb`` that after the 4K round trips, with
the clients' frames in shared memory and what the cache keeps.

``service.ofx_load_ms`` is what an OpenFX host waits when it starts, ``service.ofx_ms_…`` for a frame
(``bench.ofx_host``).

``service.cancel_ms`` is how long a 4K Blend goes on after its client asks it to stop, the worst of several moments;
``service.cancel_close_up_ms`` the same where the face fills the picture.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch

from bench.ofx_host import host_times
from bench.report import Row, run
from doublure.core.cancel import Cancelled
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.nodes.service.client import Client
from doublure.nodes.service.link import Link
from doublure.nodes.service.runtime import LOCK, connect, locked

HD, UHD = (1920, 1080), (4096, 2160)
FACE, CLOSE_UP = 900, 2160
"""Heights of a face at 4K, in pixels: a medium close-up, and one that fills the picture."""
_TRACK, _SIDECAR = "org.doublure.track", {"sidecar": "/none/track.json"}
_BLEND = "org.doublure.blend"


def picture(size: tuple[int, int], seed: int) -> Frame:
    """RGBA noise."""
    width, height = size
    pixels = torch.rand(4, height, width, generator=torch.Generator().manual_seed(seed))
    return Frame.from_rgb(pixels, "ACEScg", number=1)


def face(size: tuple[int, int], high: int) -> Frame:
    """A disc of noise in the middle, ``high`` pixels across with a soft edge, premultiplied."""
    width, height = size
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    alpha = ((high / 2 - ((x - width / 2) ** 2 + (y - height / 2) ** 2).sqrt()) / 40).clamp(0, 1)
    made = picture(size, 2)
    pixels = made.pixels * alpha
    pixels[3] = alpha
    return made.with_pixels(pixels)


def timed(work: Callable[[], object]) -> float:
    """Seconds on the clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def round_trips(client: Client, size: tuple[int, int], rounds: int) -> tuple[float, float]:
    """Median seconds of a pass through the service, and of a copy there and back."""
    plate = picture(size, 1)
    out, there, back = (torch.zeros_like(plate.pixels) for _ in range(3))

    def through() -> None:
        client.render(_TRACK, {"plate": plate}, _SIDECAR, out=out, priority="interactive")

    def copy() -> None:
        there.copy_(plate.pixels)
        back.copy_(there)

    for _ in range(3):
        through()
        copy()
    if not torch.equal(out, plate.pixels):
        raise DoublureError("what passed through the service is not what went in")
    pairs = [(timed(through), timed(copy)) for _ in range(rounds)]
    return median(one for one, _ in pairs), median(other for _, other in pairs)


def cold_start() -> float:
    """Seconds from no service to a rendered frame."""
    stop()
    plate, front = picture((64, 48), 1), face((64, 48), 40)

    def first() -> None:
        with Client.connect("bench") as client:
            client.render(_BLEND, {"plate": plate, "face": front}, number=1)

    return timed(first)


def stop() -> None:
    """End the service, and wait until it has ended."""
    sock = connect()
    if sock is not None:
        link = Link(sock, "bench")
        link.ask("stop")
        link.close()
    with locked(LOCK, 10.0) as ended:
        if not ended:
            raise DoublureError("the render service does not end")


def cancels(client: Client, high: int, rounds: int) -> list[float]:
    """Seconds from a request to stop to the end of a 4K Blend, asked at moments over its whole length."""
    plate, front = picture(UHD, 1), face(UHD, high)
    inputs = {"plate": plate, "face": front}
    whole = timed(lambda: client.render(_BLEND, inputs, number=0))
    print(f"a 4K Blend of a face {high} px high takes {whole:.2f} s")
    spent = []
    for turn in range(rounds):
        begun: list[float] = []
        asked: list[float] = []
        moment = whole * (turn + 0.5) / rounds

        def started(fraction: float, what: str, begun: list[float] = begun) -> None:
            if what == "rendering":
                begun.append(time.perf_counter())

        def enough(begun: list[float] = begun, asked: list[float] = asked, moment: float = moment) -> bool:
            if begun and time.perf_counter() - begun[-1] >= moment:
                asked.append(time.perf_counter())
            return bool(asked)

        try:
            client.render(_BLEND, inputs, number=turn + 1, progress=started, cancel=enough)
        except Cancelled:
            spent.append(time.perf_counter() - asked[0])
            print(f"cancelled {moment:.2f} s into it, it went on for {spent[-1] * 1000:.0f} ms")
    return spent


def measure(arguments: argparse.Namespace) -> list[Row]:
    """The render service: round trips, a cold start, memory at rest, OpenFX hosts, and the time to stop."""
    rounds, starts, stops = (15, 2, 6) if arguments.quick else (60, 5, 20)
    with tempfile.TemporaryDirectory(prefix="doublure-service-") as folder:
        os.environ["DOUBLURE_RUNTIME_DIR"] = str(Path(folder) / "run")
        os.environ["XDG_STATE_HOME"] = str(Path(folder) / "state")
        try:
            cold = [cold_start() for _ in range(starts)]
            with Client.connect("bench") as client:
                idle = client.status()["memory_bytes"]
                hd, _ = round_trips(client, HD, rounds)
                uhd, copy = round_trips(client, UHD, rounds)
            load, hosted = host_times(starts=2 * starts, rounds=rounds)
            with Client.connect("bench") as client:
                worked = client.status()["memory_bytes"]
                stopped = cancels(client, FACE, stops)
                close = cancels(client, CLOSE_UP, stops)
        finally:
            stop()
    print(f"cold starts: {', '.join(f'{each:.2f} s' for each in cold)}", file=sys.stderr)
    rows = [
        Row("service.ms_1080p", hd * 1000, "ms", 10, "lower"),
        Row("service.ms_4k", uhd * 1000, "ms", 40, "lower"),
        Row("service.memcpy_ratio", uhd / copy, "x", 4, "lower"),
        Row("service.cold_s", median(cold), "s", 6, "lower"),
        Row("service.idle_mb", idle / 1e6, "MB", None, "lower"),
        Row("service.worked_mb", worked / 1e6, "MB", None, "lower"),
    ]
    rows.append(Row("service.ofx_load_ms", load * 1000, "ms", 20, "lower"))
    rows += [
        Row(f"service.ofx_ms_{size}", spent * 1000, "ms", None, "lower") for size, spent in hosted.items()
    ]
    if stopped:
        rows.append(Row("service.cancel_ms", max(stopped) * 1000, "ms", 200, "lower"))
    if close:
        rows.append(Row("service.cancel_close_up_ms", max(close) * 1000, "ms", None, "lower"))
    return rows


if __name__ == "__main__":
    run("service", measure)
