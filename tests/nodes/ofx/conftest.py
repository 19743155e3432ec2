"""The shim and the test host, built once a session with the sanitisers, and a service to speak to."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from doublure.core.errors import DoublureError
from doublure.nodes.ofx.build import SOURCES, compile_shim, find_compiler
from doublure.nodes.ofx.bundle import install
from tests.nodes.ofx.driver import FakeService, Host

HERE = Path(__file__).parent
SANITISERS = (
    "-O1",
    "-fsanitize=address,undefined",
    "-fno-sanitize-recover=undefined",
    "-fno-omit-frame-pointer",
)

MakeHost = Callable[..., Host]


@pytest.fixture(scope="session")
def compiler() -> None:
    try:
        find_compiler()
    except DoublureError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory, compiler: None) -> Path:
    """The test host."""
    output = tmp_path_factory.mktemp("host") / "host"
    compile_shim(
        output,
        sources=sorted((HERE / "host").glob("*.c")),
        extra=(*SANITISERS, f"-I{SOURCES}"),
        link=("-ldl", "-lm"),
    )
    return output


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory, compiler: None) -> Path:
    """The bundle with a sanitised shim."""
    return install(tmp_path_factory.mktemp("plugins"), extra=SANITISERS)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name."""
    folder = Path(tempfile.mkdtemp(prefix="d-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def environment(short_folder: Path) -> dict[str, str]:
    """Where the shim looks for a service: nowhere near the user's own."""
    return {
        "DOUBLURE_RUNTIME_DIR": str(short_folder / "run"),
        "XDG_STATE_HOME": str(short_folder / "state"),
    }


@pytest.fixture
def fake(short_folder: Path, environment: dict[str, str]) -> Iterator[FakeService]:
    """A fake service, which the shim starts when it needs it."""
    start = short_folder / "python"
    start.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{HERE / "fake_service.py"}" "{short_folder}"\n')
    start.chmod(0o755)
    environment["DOUBLURE_PYTHON"] = str(start)
    service = FakeService(short_folder)
    yield service
    service.kill()


@pytest.fixture
def host(program: Path, bundle: Path, environment: dict[str, str]) -> Iterator[MakeHost]:
    """Starts hosts, ``host(option=value…)``, and looks at the end whether one complained."""
    hosts: list[Host] = []

    def start(**options: Any) -> Host:
        hosts.append(Host(program, bundle, environment, options))
        assert hosts[-1].loaded["status"] == 0
        return hosts[-1]

    yield start
    for each in hosts:
        if each.process.poll() is None:
            each.close()
        shutil.rmtree(each.folder, ignore_errors=True)
