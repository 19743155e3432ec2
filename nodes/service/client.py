"""The service for Python scripts: frames go in, a frame comes out."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import torch

from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.window import Window
from doublure.nodes.service.faults import ServiceError, ServiceGone
from doublure.nodes.service.link import Link, Progress
from doublure.nodes.service.messages import BATCH, Priority
from doublure.nodes.service.runtime import connect
from doublure.nodes.service.segments import create
from doublure.nodes.service.start import link_or_start

__all__ = ["Client", "ServiceError", "ServiceGone"]

_OUTPUT = 1
"""Number of the segment that results come in; the inputs' follow."""
Cancel = Callable[[], bool]


class Client:
    """A connection to the render service. One render at a time; give every thread a client of its own.

        with Client.connect(name="my script") as client:
            comp = client.render("org.doublure.blend", {"plate": plate, "face": face}, {"mix": 0.5}, number=1001)

    Shared memory is kept between renders, so that frames of one size cost a copy in and a copy out.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._memories: dict[int, mmap.mmap] = {}

    @classmethod
    def connect(cls, name: str = "script", *, start: bool = True) -> Client:
        """Connect, and start a service where none runs.

        Raises:
            ServiceGone: there is none, or it does not come up.
            DoublureError: the runtime folder is not safe.
        """
        if start:
            return cls(link_or_start(name))
        sock = connect()
        if sock is None:
            raise ServiceGone("no render service runs", remedy="start one with doublure serve")
        return cls(Link(sock, name))

    def render(
        self,
        node: str,
        inputs: Mapping[str, Frame],
        params: Mapping[str, Any] | None = None,
        *,
        number: int = 1,
        channels: tuple[str, ...] | None = None,
        window: Window | None = None,
        space: str | None = None,
        scale: float = 1.0,
        priority: Priority = BATCH,
        out: torch.Tensor | None = None,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> Frame:
        """A node's result at one frame.

        Args:
            node: its id.
            inputs: frames by input name; the first is the one whose channels and data window the result has
                where ``channels`` and ``window`` are None. Frames of masks are data.
            params: those that differ from their defaults, at this frame.
            number: the frame number.
            space: what the pictures are in and the result will be; that of the first input where None.
            scale: render scale.
            out: (C, H, W) float32 to copy the result into; new memory where None.
            progress: called with ``(fraction, what)``.
            cancel: asked every 50 ms.

        Raises:
            DoublureError: the frame cannot be rendered (a ServiceError), or the service is gone (a ServiceGone).
            Cancelled: ``cancel`` said so.
        """
        if not inputs:
            raise DoublureError("there is no input", remedy="give at least one frame")
        first = next(iter(inputs.values()))
        channels = first.channels if channels is None else channels
        window = first.data if window is None else window
        space = first.space if space is None else space
        for name, frame in inputs.items():
            if frame.space != space and not _is_mask(node, name):
                raise frame.error(
                    f"input {name!r} is in {frame.space} and not in {space}",
                    "convert all inputs to one space",
                )
        size = len(channels) * window.height * window.width * 4
        pictures = [
            self._lay(name, frame, slot)
            for slot, (name, frame) in enumerate(inputs.items(), start=_OUTPUT + 1)
        ]
        self._memory(_OUTPUT, size)
        done = self._link.ask(
            "render",
            progress=progress,
            cancel=cancel,
            node=node,
            frame=number,
            scale=scale,
            priority=priority,
            params={name: _plain(value) for name, value in (params or {}).items()},
            space=space,
            inputs=pictures,
            output={
                "segment": _OUTPUT,
                "offset": 0,
                "bytes": size,
                "channels": list(channels),
                "window": _corners(window),
            },
        )
        shape = (len(channels), window.height, window.width)
        pixels = torch.empty(shape) if out is None else out
        pixels.copy_(self._planes(self._memories[done["segment"]], done["offset"], shape))
        return Frame(
            pixels, channels, window, first.display, space, pixel_aspect=first.pixel_aspect, number=number
        )

    def track(
        self,
        frames: Iterable[tuple[int, Frame]],
        sidecar: str | os.PathLike[str],
        settings: Mapping[str, Any] | None = None,
        *,
        source: str = "",
        total: int = 0,
        progress: Progress | None = None,
        cancel: Cancel | None = None,
    ) -> tuple[int, int]:
        """Track a face through frames and write a sidecar; returns how many frames show it, and how many there are.

        Args:
            frames: with their numbers, in order.
            settings: ``face_index``, ``threshold``, ``smoothing``.
            source: what to call the plate.
            total: how many frames will come, for ``progress``.

        Raises:
            DoublureError, Cancelled: as ``render``; nothing is written then.
        """
        begun = self._link.ask(
            "track.begin",
            sidecar=str(Path(sidecar).absolute()),
            settings=dict(settings or {}),
            source=source,
            total=total,
        )
        session = begun["session"]
        try:
            for done, (number, frame) in enumerate(frames):
                if progress is not None:
                    progress(done / max(total, done + 1), "tracking")
                picture = self._lay("plate", frame, _OUTPUT + 1)
                self._link.ask(
                    "track.frame",
                    session=session,
                    frame=number,
                    space=frame.space,
                    input=picture,
                    cancel=cancel,
                )
            ended = self._link.ask("track.finish", session=session, cancel=cancel)
        except ServiceGone:
            raise
        except BaseException:
            self._abort(session)
            raise
        return ended["found"], ended["total"]

    def status(self) -> dict[str, Any]:
        """What the service does now."""
        status: dict[str, Any] = self._link.ask("status")["status"]
        return status

    @property
    def pid(self) -> int:
        """The service's process."""
        return int(self._link.service["pid"])

    def close(self) -> None:
        """End the connection, which gives its memory back."""
        self._link.close()
        self._memories.clear()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _abort(self, session: int) -> None:
        try:
            self._link.ask("track.abort", session=session)
        except ServiceError:
            return  # the service has ended the track by itself

    def _lay(self, name: str, frame: Frame, slot: int) -> dict[str, Any]:
        """Copy a frame into shared memory; returns what the protocol says of it."""
        memory = self._memory(slot, frame.pixels.numel() * 4)
        self._planes(memory, 0, tuple(frame.pixels.shape)).copy_(frame.pixels)
        return {
            "name": name,
            "segment": slot,
            "offset": 0,
            "channels": list(frame.channels),
            "data": _corners(frame.data),
            "display": _corners(frame.display),
            "pixel_aspect": frame.pixel_aspect,
            "premultiplied": True,
        }

    def _memory(self, number: int, size: int) -> mmap.mmap:
        """Shared memory of at least ``size`` bytes, which the service knows by ``number``."""
        known = self._memories.get(number)
        if known is None or len(known) < size:
            descriptor, memory = create(size)
            try:
                self._link.ask("segment", descriptor=descriptor, segment=number, bytes=size)
            finally:
                os.close(descriptor)
            self._memories[number] = memory
        return self._memories[number]

    @staticmethod
    def _planes(memory: mmap.mmap, offset: int, shape: tuple[int, ...]) -> torch.Tensor:
        count = shape[0] * shape[1] * shape[2]
        return torch.frombuffer(memory, dtype=torch.float32, count=count, offset=offset).view(shape)


def _is_mask(node: str, name: str) -> bool:
    # Here, because few clients need it, and every node's libraries come along.
    from doublure.nodes.registry import NODES

    return node in NODES and any(item.mask for item in NODES[node].inputs if item.name == name)


def _corners(window: Window) -> list[int]:
    return [window.x0, window.y0, window.x1, window.y1]


def _plain(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return list(value) if isinstance(value, tuple) else value
