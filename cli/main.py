"""The command ``doublure``: finds the verb, runs it, and turns every failure into one sentence and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from doublure.cli.output import print_json, say
from doublure.core.errors import DoublureError

VERBS = {
    "track": "follow a face through a plate",
    "faceset": "collect a person's faces from sequences and stills, and tell which are missing",
    "train": "learn a model from footage of the driver and of the hero",
    "render": "render a graph of nodes over a range of frames",
    "export": "write a hero as TorchScript or ONNX, for Nuke's Inference and other hosts",
    "serve": "run the render service that compositors' plug-ins speak to, or ask what it does",
    "ofx": "build, install or remove the OpenFX bundle for compositors",
    "nodes": "list the nodes with their inputs and params",
    "publish": "check a finished shot, sign it and put the version in its place",
    "verify": "check a shot against its signed provenance",
    "weights": "fetch or list the pinned detector weights",
    "consent": "make, sign, check and revoke likeness records",
    "nuke": "install or remove the tools for Nuke",
    "natron": "install or remove the tools for Natron",
    "demo": "replace the face in the example shot and score it against the truth",
}
"""Verb -> help line. Each is a module of this package with ``add_parser(subparsers)`` and ``run(args) -> int``; only
the verb that is used is imported, so that help comes at once."""

FAILED, USAGE, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns:
        0 done; 1 a fault, told on standard error; 130 interrupted; 141 nobody reads the output any more.

    Raises:
        SystemExit: 2 for a wrong usage, 0 after help.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    verb = argv[0] if argv and argv[0] in VERBS else None
    args = _parser(verb).parse_args(argv)
    as_json = getattr(args, "json", False)
    try:
        code = int(_module(args.verb).run(args))
        sys.stdout.flush()
    except DoublureError as error:
        say(str(error))
        if as_json:
            print_json({"error": str(error)})
        return FAILED
    except KeyboardInterrupt:
        say("interrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more when it ends, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


def _parser(verb: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("doublure", description="Face replacement for film.")
    parser.add_argument("--version", action="version", version=f"doublure {version('doublure')}")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for name, line in VERBS.items():
        if name == verb:
            _module(name).add_parser(subparsers)
        else:
            subparsers.add_parser(name, help=line)
    return parser


def _module(verb: str) -> Any:
    return importlib.import_module(f"doublure.cli.{verb}")


if __name__ == "__main__":
    sys.exit(main())
