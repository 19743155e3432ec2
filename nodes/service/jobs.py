"""A render request, from a client's pixels to a client's pixels."""

from __future__ import annotations

import hashlib
import mmap
import stat
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from doublure.core.cancel import check
from doublure.core.color import convert, to_working
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.nodes.context import Context
from doublure.nodes.keys import digest_of, node_key
from doublure.nodes.names import did_you_mean
from doublure.nodes.registry import NODES
from doublure.nodes.scale import scaled
from doublure.nodes.schema import Node, Value
from doublure.nodes.service.cache import Result
from doublure.nodes.service.colour import own
from doublure.nodes.service.messages import Picture, Render
from doublure.nodes.service.planes import frame_of, planes, write_planes
from doublure.nodes.service.render_job import RenderJob
from doublure.nodes.service.ticket import Answer
from doublure.nodes.service.warm import Warm

_CHUNK = 64 << 20
"""Bytes hashed between two looks at the token: 60 ms at 1 GB/s."""

Progress = Callable[[float, str], None]


def passed(job: RenderJob) -> Answer | None:
    """The answer where an input passes through as it lies in memory; None where there is work to do.

    Takes no time: it looks at no pixel and opens no file.

    Raises:
        DoublureError: no such node, bad params, or an input that is missing.
    """
    started = time.perf_counter()
    node, params = _checked(job.request)
    name = _passes(node, params, job.request)
    if name is None:
        return None
    picture, _ = job.picture(name)
    output = job.request.output
    if (picture.channels, picture.data) != (output.channels, output.window) or not _premultiplied(picture):
        return None
    return _done(picture.segment, picture.offset, started)


def render(job: RenderJob, warm: Warm, progress: Progress) -> Answer:
    """Render into the client's memory; returns the fields of ``done``.

    Raises:
        DoublureError: what was asked for cannot be rendered.
        Cancelled: the present token said so.
    """
    started = time.perf_counter()
    answer = passed(job)
    if answer is not None:
        return answer
    request = job.request
    node, params = _checked(request)
    output = request.output
    through = _passes(node, params, request)
    if through is not None:
        write_planes(_input(job, through, request.space), output, job.target)
        return _done(output.segment, output.offset, started)
    for param in node.params:
        if param.kind == "file" and params[param.name]:
            check_file(str(params[param.name]), f"{node.label}.{param.name}")
    ctx = Context(request.frame, warm.shared, scale=request.scale)
    key = _key(job, node, params, ctx)
    known = warm.cache.get(key)
    if known is not None:
        planes(job.target, output.offset, len(output.channels), output.window).copy_(known.planes)
        warm.cached += 1
        return _done(output.segment, output.offset, started, cached=True, notes=known.notes)
    progress(0.0, "rendering")
    frames = {item.name: _frame(job, node, item.name) for item in request.inputs}
    made = convert(node.render(frames, params, ctx), request.space)
    check()
    target = write_planes(made, output, job.target)
    notes = tuple(f"frame {request.frame}: there is no face ({reason})." for reason in ctx.faceless)
    if warm.cache.fits(output.bytes):
        warm.cache.put(key, Result(target.clone(), notes))
    warm.rendered += 1
    return _done(output.segment, output.offset, started, notes=notes)


def picture_digest(picture: Picture, memory: mmap.mmap) -> str:
    """SHA-256 over a picture's pixels, as they lie in memory, and over what they mean."""
    pixels = hashlib.sha256()
    with memoryview(memory) as view:
        for begin in range(picture.offset, picture.offset + picture.bytes, _CHUNK):
            check()
            with view[begin : min(begin + _CHUNK, picture.offset + picture.bytes)] as part:
                pixels.update(part)
    return digest_of(
        {
            "pixels": pixels.hexdigest(),
            "channels": picture.channels,
            "data": list(vars(picture.data).values()),
            "display": list(vars(picture.display).values()),
            "pixel_aspect": picture.pixel_aspect,
            "premultiplied": picture.premultiplied,
        }
    )


def _checked(request: Render) -> tuple[Node, dict[str, Value]]:
    node = NODES.get(request.node)
    if node is None:
        raise DoublureError(f"there is no node {request.node!r}", remedy=did_you_mean(request.node, NODES))
    if node.numbers is not None or node.target is not None:
        raise DoublureError(f"{node.label} is for graphs", remedy="read and write with the host's own nodes")
    params = node.complete(request.params)
    node.check_inputs({picture.name: picture for picture in request.inputs})
    return node, scaled(node, params, request.scale)


def check_file(path: str, owner: str) -> None:
    """Raise DoublureError where a path is relative (to what?), or leads to what could be read for ever."""
    if not Path(path).is_absolute():
        raise DoublureError(f"{owner} is the relative path {path!r}", remedy="give the whole path")
    try:
        mode = Path(path).stat().st_mode
    except OSError:
        return  # whoever opens it says so in better words
    if not stat.S_ISREG(mode):
        raise DoublureError(f"{owner} is no file", file=path, remedy="choose a file")


def _passes(node: Node, params: Mapping[str, Any], request: Render) -> str | None:
    """The input that gives every channel asked for, unchanged."""
    name = node.passes(params)
    picture = next((each for each in request.inputs if each.name == name), None)
    if picture is None:
        return None
    known = {"A"} | (set(picture.channels) & {"R", "G", "B"})
    return name if set(request.output.channels) <= known else None


def _premultiplied(picture: Picture) -> bool:
    return picture.premultiplied or "A" not in picture.channels


def _input(job: RenderJob, name: str, space: str) -> Frame:
    picture, memory = job.picture(name)
    return frame_of(picture, memory, space, job.request.frame)


def _frame(job: RenderJob, node: Node, name: str) -> Frame:
    """An input as the node wants it: in the working space; a mask is data."""
    if node.input(name).mask:
        return _input(job, name, "Raw")
    return to_working(_input(job, name, job.request.space))


def _key(job: RenderJob, node: Node, params: Mapping[str, Any], ctx: Context) -> str:
    request = job.request
    inputs = {
        picture.name: picture_digest(picture, memory)
        for picture, memory in zip(request.inputs, job.memories, strict=True)
    }
    return digest_of(
        {
            "node": node_key(node, params, inputs, ctx),
            "scale": request.scale,
            "space": request.space,
            "ocio": own(),
            "channels": request.output.channels,
            "window": list(vars(request.output.window).values()),
        }
    )


def _done(
    segment: int, offset: int, started: float, *, cached: bool = False, notes: tuple[str, ...] = ()
) -> Answer:
    return {
        "segment": segment,
        "offset": offset,
        "cached": cached,
        "seconds": round(time.perf_counter() - started, 6),
        "notes": list(notes),
    }
