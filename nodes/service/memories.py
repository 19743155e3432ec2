"""The shared memory of one connection, by the client's numbers."""

from __future__ import annotations

import mmap

from doublure.nodes.service.faults import BadRequest
from doublure.nodes.service.limits import Limits
from doublure.nodes.service.messages import NewSegment, Picture, Render
from doublure.nodes.service.render_job import RenderJob
from doublure.nodes.service.segments import attach


class Memories:
    """Segments within the limits of a connection. What a request was bound to outlives its release."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._mapped: dict[int, mmap.mmap] = {}

    @property
    def bytes(self) -> int:
        """All that is mapped."""
        return sum(map(len, self._mapped.values()))

    def add(self, message: NewSegment, descriptors: list[int]) -> None:
        """Map what came with the message, in place of what had its number. Raises BadRequest."""
        limits = self._limits
        if len(descriptors) != 1:
            raise BadRequest("a segment comes with one descriptor")
        if message.bytes > limits.segment_bytes:
            raise BadRequest(f"a segment has at most {limits.segment_bytes} bytes")
        others = {number: memory for number, memory in self._mapped.items() if number != message.segment}
        if len(others) >= limits.segments:
            raise BadRequest(f"a connection has at most {limits.segments} segments")
        if sum(map(len, others.values())) + message.bytes > limits.total_bytes:
            raise BadRequest(f"the segments of a connection have at most {limits.total_bytes} bytes")
        self._mapped[message.segment] = attach(descriptors[0], message.bytes)

    def release(self, number: int) -> None:
        """Forget a segment. Raises BadRequest where there is none."""
        if self._mapped.pop(number, None) is None:
            raise BadRequest(f"there is no segment {number}")

    def clear(self) -> None:
        self._mapped.clear()

    def of(self, picture: Picture) -> mmap.mmap:
        """The memory that holds a picture. Raises BadRequest where its pixels are not all there."""
        return self._holding(picture.segment, picture.offset, picture.bytes)

    def bind(self, message: Render) -> RenderJob:
        """A request with its memory. Raises BadRequest where pixels are missing, or the output covers an input."""
        output = message.output
        memories = tuple(self.of(picture) for picture in message.inputs)
        target = self._holding(output.segment, output.offset, output.bytes)
        for picture in message.inputs:
            if (
                picture.segment == output.segment
                and picture.offset < output.offset + output.bytes
                and output.offset < picture.offset + picture.bytes
            ):
                raise BadRequest(f"the output lies over the input {picture.name!r}")
        return RenderJob(message, memories, target)

    def _holding(self, number: int, offset: int, size: int) -> mmap.mmap:
        memory = self._mapped.get(number)
        if memory is None:
            raise BadRequest(f"there is no segment {number}")
        if offset + size > len(memory):
            raise BadRequest(f"segment {number} ends before the pixels do")
        return memory
