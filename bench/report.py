"""How every bench reports: one JSON object on standard output, everything else on standard error."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch


@dataclass(frozen=True)
class Row:
    """One measured number.

    Attributes:
        id: ``bench.measure``, stable over time ("frame_io.ratio").
        value: the number.
        unit: its unit ("x", "ms", "dB").
        target: the number to reach, or None where the row is only context.
        better: which way is better.
    """

    id: str
    value: float
    unit: str
    target: float | None
    better: Literal["higher", "lower"]

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.better == "higher" else self.value <= self.target


def run(
    name: str,
    measure: Callable[[argparse.Namespace], list[Row]],
    options: Callable[[argparse.ArgumentParser], None] | None = None,
) -> None:
    """The ``main`` of a bench: parse ``--json`` and ``--quick``, measure, print.

    Args:
        name: the bench's name, that of its module.
        measure: does the work, given the parsed arguments; what it prints goes to standard error.
        options: adds arguments of its own.
    """
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=measure.__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    parser.add_argument("--quick", action="store_true", help="fewer runs, under 5 minutes on 2 cores")
    if options:
        options(parser)
    arguments = parser.parse_args()
    with redirect_stdout(sys.stderr):
        rows = measure(arguments)
    if arguments.json:
        print(json.dumps(as_object(name, rows), indent=2))
        return
    for row in rows:
        target = "" if row.target is None else f"  target {row.target:g} ({'met' if row.met else 'missed'})"
        print(f"{row.id:<36}{row.value:>12.4g} {row.unit}{target}")


def as_object(name: str, rows: list[Row]) -> dict[str, object]:
    """The JSON object of a bench."""
    return {"bench": name, "commit": commit(), "machine": machine(), "rows": [asdict(row) for row in rows]}


def commit() -> str:
    """The short commit of this source tree, with ``+`` where files differ from it; "unknown" outside git."""
    root = Path(__file__).resolve().parent
    try:
        short = _git(root, "rev-parse", "--short", "HEAD")
        return short + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def machine() -> str:
    """Processor, usable cores, GPU where torch sees one, system and Python, in words."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    words = [_processor(), f"{cores} cores"]
    if torch.cuda.is_available():
        words.append(torch.cuda.get_device_name())
    return ", ".join([*words, platform.system(), f"Python {platform.python_version()}"])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *words], check=True, capture_output=True, text=True
    ).stdout.strip()
