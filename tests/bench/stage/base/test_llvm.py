"""Which Mitsuba there is."""

from __future__ import annotations

import pytest

from bench.stage.base.llvm import llvm_version


@pytest.mark.parametrize(
    ("name", "version"), [("libLLVM.so.19.1", 19.1), ("libLLVM-16.so.1", 16), ("libLLVM.so", 0)]
)
def test_library_versions_are_read_from_names(name: str, version: float) -> None:
    assert llvm_version(name) == version
