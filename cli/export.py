"""`doublure export`: a hero as TorchScript or ONNX, for hosts that run networks by themselves."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from doublure.cli.arguments import add_consent
from doublure.cli.output import print_json, say
from doublure.core.errors import DoublureError

if TYPE_CHECKING:
    from doublure.core.swap.export_hero import Origin

KNOBS = {
    "mix": (1.0, 0.0, 1.0, "Identity: 0 is the face in the crop, 1 the hero."),
    "complexion": (1.0, 0.0, 1.0, "How much of the hero's own large features replaces the performer's."),
    "sharpness": (0.0, -1.0, 1.0, "Gain of the finest details: 0 as predicted, 1 doubled, negative softer."),
}
"""Float of the exported module -> value, slider's range and tip."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "export",
        description="Write one hero of a model as TorchScript (with a .nk beside it that makes a .cat file for Nuke's"
        " Inference) or as ONNX: an aligned crop goes in, the swapped face and its matte come out. Where the file is"
        " used nobody asks for consent any more, so hero and driver must permit it here, shot by shot.",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="the trained model, a .safetensors file")
    parser.add_argument("--hero", default="", metavar="NAME", help="whose face (default: the only hero)")
    parser.add_argument("--torchscript", type=Path, metavar="FILE.pt", help="write TorchScript, and FILE.nk")
    parser.add_argument("--onnx", type=Path, metavar="FILE.onnx", help="write ONNX; needs doublure[export]")
    add_consent(parser, "the likeness records of hero and driver")
    parser.add_argument(
        "--shot", action="append", default=[], metavar="SHOT", help="a shot that it is for; may be repeated"
    )
    parser.add_argument(
        "--driver", metavar="NAME", help="whose performance it is put on (default: the model's driver)"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Ask, then write."""
    from doublure.core.consent.exporting import ExportConsent
    from doublure.core.consent.training import as_header
    from doublure.core.swap.export_hero import Origin, hero_crop
    from doublure.core.swap.infer import Swapper
    from doublure.core.swap.network_input import channels
    from doublure.core.swap.train import model_digest

    _check_outputs(args)
    digest = model_digest(args.model)
    swapper = Swapper.load(args.model)
    if model_digest(args.model) != digest:
        raise DoublureError(
            "the model was changed while it was read",
            file=args.model,
            remedy="begin again when nobody writes it",
        )
    model = swapper.model
    hero = model.names[swapper.hero_index(args.hero)]
    driver = args.driver or next((each["name"] for each in model.people if each["role"] == "driver"), None)
    shots = tuple(dict.fromkeys(args.shot))
    consent = ExportConsent(tuple(args.consent), args.trust, args.project, shots)
    grants = consent.require(hero, driver, digest)
    for grant in grants:
        say(f"{grant.person} ({grant.part}) consents: {grant.path}, {grant.record}.")
    origin = Origin(digest, hero, driver or "", args.project, shots, model.network.shape.size, grants)
    module = hero_crop(swapper, hero)
    written = []
    if args.torchscript is not None:
        from doublure.core.swap.export_torchscript import write_torchscript

        write_torchscript(args.torchscript, module, origin)
        behind = channels(guided=model.rests is not None)[4:]
        written += [args.torchscript, _write_nk(args.torchscript, origin, behind)]
    if args.onnx is not None:
        from doublure.core.swap.export_onnx import write_onnx

        write_onnx(args.onnx, module, origin)
        written.append(args.onnx)
    say("from here on nobody asks for consent: what the file may be used for is in the records.")
    if args.json:
        print_json(
            {
                "hero": hero,
                "size": origin.size,
                "model": digest,
                "consent": as_header(grants),
                "files": [str(path) for path in written],
            }
        )
    else:
        for path in written:
            print(path)
    return 0


def _write_nk(torchscript: Path, origin: Origin, behind: Sequence[str]) -> Path:
    """``behind`` are the channels that go in behind R, G, B and A."""
    from doublure.core.atomic import atomic_file
    from doublure.gizmos.nk.writer import write
    from doublure.gizmos.nuke.cat_file import cat_file_creator

    path = torchscript.with_suffix(".nk")
    text = write(cat_file_creator(torchscript, f"Doublure {origin.hero}", KNOBS, behind))
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path


def _check_outputs(args: argparse.Namespace) -> None:
    """Refuse what could not be written before anything is read."""
    if args.torchscript is None and args.onnx is None:
        raise DoublureError(
            "nothing is to be written", remedy="give --torchscript FILE.pt or --onnx FILE.onnx"
        )
    if args.onnx is not None:
        from doublure.core.swap.export_onnx import require_onnx

        require_onnx(args.onnx)
    for path, suffix in ((args.torchscript, ".pt"), (args.onnx, ".onnx")):
        if path is None:
            continue
        if path.suffix != suffix:
            raise DoublureError(f"its name does not end in {suffix}", file=path, remedy="name it so")
        if not path.absolute().parent.is_dir():
            raise DoublureError(
                f"the folder {path.parent} does not exist", file=path, remedy="create it first"
            )
