"""The test host as a Python object: one method a command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]
Box = tuple[int, int, int, int]

OK, FAILED, UNSUPPORTED, BAD_HANDLE, DEFAULT = 0, 1, 5, 9, 14
UNTOUCHED = -12345.0
"""What the host fills an output with before a render."""


class Host:
    """The program that loads the bundle. Box coordinates have y up; pixel arrays have their first row on top.

    Args:
        program, bundle: built by the fixtures.
        environment: of the program.
        options: see ``set_option`` in ``host/main.c``.
    """

    def __init__(
        self, program: Path, bundle: Path, environment: dict[str, str], options: dict[str, Any]
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ofx-"))
        with open(self.folder / "stderr", "w") as stderr:
            self.process = subprocess.Popen(
                [program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env={**os.environ, "ASAN_OPTIONS": "detect_leaks=1", **environment},
            )
        for name, value in options.items():
            self.command("option", name, value)
        self.loaded = self.command("load", bundle / "Contents" / "Linux-x86-64" / "Doublure.ofx")

    def command(self, *words: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write("\t".join(str(word) for word in words) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        assert line, f"the host died: {self.errors()}"
        return dict(json.loads(line))

    def errors(self) -> str:
        return (self.folder / "stderr").read_text()

    def close(self) -> None:
        """Unload, and fail where the host or a sanitiser complains."""
        assert self.command("unload")["status"] == OK
        report = self.report()
        out, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, self.errors()
        assert "runtime error" not in self.errors(), self.errors()
        assert report["complaints"] == ""
        assert report["images_out"] == 0
        assert report["progress_open"] == 0
        assert out == ""
        shutil.rmtree(self.folder)

    def report(self) -> dict[str, Any]:
        return self.command("report")

    def create(self, plugin: str, context: str = "General") -> int:
        created = self.command("create", plugin, f"OfxImageEffectContext{context}")
        assert created["status"] == OK
        return int(created["instance"])

    def connect(
        self, instance: int, clip: str, pixels: Pixels, at: tuple[int, int] = (0, 0), scale: float = 1
    ) -> Box:
        """Connect (H, W, C) pixels whose lowest left pixel is ``at``; their box."""
        height, width, channels = pixels.shape
        path = self.folder / f"{clip}.raw"
        path.write_bytes(np.ascontiguousarray(pixels[::-1], np.float32).tobytes())
        box = (at[0], at[1], at[0] + width, at[1] + height)
        self.command("clip", instance, clip, channels, *box, scale, path)
        return box

    def swap(self, pixels: Pixels, at: tuple[int, int] = (0, 0), scale: float = 1) -> tuple[int, Box]:
        """A Swap node with its plate and files, and the plate's box."""
        instance = self.create("swap")
        self.param(instance, "model", "/model.safetensors")
        self.param(instance, "track", "/track.json")
        return instance, self.connect(instance, "Source", pixels, at, scale)

    def param(self, instance: int, name: str, value: Any) -> None:
        self.command("param", instance, name, value)

    def start_render(self, instance: int, box: Box, **options: Any) -> dict[str, Any]:
        """Render ``box``, or with ``window`` only that part of it; the statuses, and the outputs as ``pixels``.

        With ``abort`` the host wants to stop once that file exists.
        """
        window = options.get("window", box)
        channels, threads = options.get("channels", 4), options.get("threads", 1)
        path = self.folder / "output"
        answer = self.command(
            "render",
            instance,
            path,
            options.get("time", 1),
            options.get("scale", 1),
            channels,
            *window,
            *box,
            threads,
            options.get("abort", "-"),
            int(options.get("interactive", False)),
        )
        shape = (box[3] - box[1], box[2] - box[0], channels)
        answer["pixels"] = [
            np.fromfile(f"{path}.{index}", np.float32).reshape(shape)[::-1] for index in range(threads)
        ]
        return answer

    def render(self, instance: int, box: Box, **options: Any) -> tuple[int, Pixels]:
        """The status and the output of one render."""
        answer = self.start_render(instance, box, **options)
        return answer["status"][0], answer["pixels"][0]

    def action(self, instance: int, name: str, time: float = 1) -> dict[str, Any]:
        return self.command("action", instance, name, time)


class FakeService:
    """The folder that a fake service reads and writes, and its process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.set_mode("double")

    def set_mode(self, mode: str) -> None:
        (self.folder / "mode").write_text(mode)

    @property
    def requests(self) -> list[dict[str, Any]]:
        path = self.folder / "requests"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def busy(self) -> Path:
        """A file that exists once slow work has begun."""
        return self.folder / "busy"

    def last(self, kind: str) -> dict[str, Any]:
        return [message for message in self.requests if message["type"] == kind][-1]

    @property
    def starts(self) -> int:
        path = self.folder / "starts"
        return len(path.read_text()) if path.exists() else 0

    @property
    def pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def kill(self) -> None:
        """End it and wait until it is gone."""
        try:
            os.kill(self.pid, signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            return
        for _ in range(100):
            try:
                state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
            except FileNotFoundError:
                return
            if state == "Z":
                return
            time.sleep(0.02)
