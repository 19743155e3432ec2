"""Read: an OpenEXR sequence into the graph, in ACEScg."""

from __future__ import annotations

import re
from pathlib import Path

from doublure.core.color import resolve_space, to_working
from doublure.core.errors import DoublureError
from doublure.core.frame import Frame
from doublure.core.sequence import FrameReader, Sequence
from doublure.nodes.context import Context, Setup
from doublure.nodes.digest import file_digest
from doublure.nodes.schema import Inputs, Node, Param, Params


def sequence(params: Params) -> Sequence:
    """The files that a Read's params name. Raises DoublureError for an unreadable pattern or range."""
    return Sequence.parse(params["pattern"], params["frames"] or None)


def on_disk(files: Sequence) -> list[int]:
    """The frame numbers whose files exist, ascending; a hole between them is no fault here."""
    if not files.numbered:
        return [1] if files.path(1).is_file() else []
    folder = files.path(1).parent
    found: set[int] = set()
    if folder.is_dir():
        for entry in folder.iterdir():
            numbers = (int(digits) for digits in re.findall(r"-?\d+", entry.name, re.ASCII))
            found.update(number for number in numbers if files.path(number).name == entry.name)
    return sorted(found)


def _prepare(params: Params, setup: Setup) -> None:
    sequence(params)
    if params["space"]:
        resolve_space(params["space"])


def _path(params: Params, number: int) -> Path:
    return sequence(params).path(number)


def _render(inputs: Inputs, params: Params, ctx: Context) -> Frame:
    files = sequence(params)
    if files.explicit is not None and ctx.number not in files.explicit:
        raise DoublureError(
            f"the frame is not among those named, {files.explicit[0]} to {files.explicit[-1]}",
            file=files.pattern,
            frame=ctx.number,
            remedy="widen the range of the Read, or render fewer frames",
        )
    return to_working(FrameReader(files, [], space=params["space"] or None).read(ctx.number))


Read = Node(
    id="org.doublure.read",
    label="Read",
    version=1,
    help="Reads an OpenEXR sequence and converts it to ACEScg. Windows, channels and header are kept.",
    inputs=(),
    params=(
        Param(
            "pattern",
            "file",
            "",
            "Pattern",
            "The files, such as plate.####.exr, plate.1001-1048#.exr, plate.%04d.exr or one plain file.",
            animatable=False,
            required=True,
        ),
        Param(
            "frames",
            "string",
            "",
            "Frames",
            "The range that exists, such as 1001-1048. Empty: the pattern's own range, or what is on the disk.",
            animatable=False,
            keyed=False,
        ),
        Param(
            "space",
            "string",
            "",
            "Colour space",
            "Colour space of the files, an OCIO name such as ACEScg. Empty: what each file's colorInteropID says; "
            "it is never guessed.",
            animatable=False,
        ),
    ),
    render=_render,
    prepare=_prepare,
    content=lambda params, ctx: {
        "file": file_digest(_path(params, ctx.number), ctx.shared, number=ctx.number)
    },
    numbers=lambda params: sequence(params).numbers,
    # Where nothing is on the disk, ``numbers`` raises the sentence that says so.
    existing=lambda params: list(
        sequence(params).explicit or on_disk(sequence(params)) or sequence(params).numbers
    ),
    reads=lambda params, number: [_path(params, number)],
)
