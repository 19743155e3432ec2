"""``python -I -m doublure.nodes.service``: how a host starts the service."""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
from math import isfinite

from doublure.core.errors import DoublureError
from doublure.nodes.service.process import CACHE_MIB, IDLE, serve

FAILED, RUNS_ALREADY = 1, 3


def main() -> int:
    """Serve; 0 ended as it should, 1 could not start, 3 another service runs."""
    parser = argparse.ArgumentParser("python -m doublure.nodes.service")
    parser.add_argument("--idle", type=seconds, default=IDLE, metavar="S")
    parser.add_argument("--cache", type=mebibytes, default=CACHE_MIB, metavar="MiB")
    args = parser.parse_args()
    # Whoever started us may go away with its folder, its group of processes and its terminal.
    if os.getpid() != os.getsid(0) and os.getpid() != os.getpgid(0):
        os.setsid()
    os.chdir("/")
    faulthandler.enable()
    try:
        return 0 if serve(idle=args.idle, cache_mib=args.cache) else RUNS_ALREADY
    except DoublureError as error:
        print(f"doublure: {error}", file=sys.stderr, flush=True)
        return FAILED


def seconds(text: str) -> float:
    """A time above 0."""
    number = float(text)
    if not (isfinite(number) and number > 0):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def mebibytes(text: str) -> int:
    """A size, 0 or more."""
    number = int(text)
    if not 0 <= number <= 1 << 24:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to {1 << 24}")
    return number


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: a thread may still be inside torch, whose threads do not like an interpreter that ends.
    os._exit(code)
