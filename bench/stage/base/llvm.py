"""Picks the Mitsuba variant: the vectorised LLVM one where a usable libLLVM exists, else the scalar one."""

from __future__ import annotations

import glob
import os
import re
import sys
from types import ModuleType

LIBRARY_FOLDERS = (
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/lib/llvm-*/lib",
    "/usr/local/lib",
)
OLDEST_LLVM = 16


def llvm_version(path: str) -> float:
    """Version named by a libLLVM file name, e.g. 19.1 for ``libLLVM.so.19.1``; 0 when it names none."""
    numbers = re.findall(r"\d+(?:\.\d+)?", os.path.basename(path))
    return max((float(n) for n in numbers), default=0.0)


def find_llvm() -> str | None:
    """Path of the newest libLLVM that Dr.Jit can use (16 or later), or None."""
    found = [p for d in LIBRARY_FOLDERS for p in glob.glob(f"{d}/libLLVM*.so*")]
    usable = [p for p in found if llvm_version(p) >= OLDEST_LLVM]
    return max(usable, key=llvm_version, default=None)


def load_mitsuba() -> ModuleType:
    """Mitsuba with its variant set. Prints one line on standard error that says which."""
    if "DRJIT_LIBLLVM_PATH" not in os.environ:
        library = find_llvm()
        if library is not None:
            os.environ["DRJIT_LIBLLVM_PATH"] = library
    import mitsuba

    if mitsuba.variant() is None:
        variant = "llvm_ad_rgb" if "DRJIT_LIBLLVM_PATH" in os.environ else "scalar_rgb"
        mitsuba.set_variant(variant)
        mitsuba.set_log_level(mitsuba.LogLevel.Error)
        if variant != "scalar_rgb":
            import drjit

            # Threads add splats in any order, which changes the last bits; frames are rendered side by side instead.
            drjit.set_thread_count(1)
        print(f"stage: Mitsuba {mitsuba.__version__}, variant {variant}", file=sys.stderr)
    return mitsuba
