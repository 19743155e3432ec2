from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from doublure.cli import main as main_module
from doublure.cli.main import VERBS, main
from doublure.core.errors import DoublureError

COMMAND = [sys.executable, "-m", "doublure.cli.main"]


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_help_lists_every_verb_and_does_not_load_torch() -> None:
    done = python(
        "import sys\nfrom doublure.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit as end: assert end.code == 0\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    assert done.returncode == 0, done.stderr
    assert all(f"    {verb}" in done.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", ["track", "render", "nodes", "weights"])
def test_help_of_a_verb_does_not_load_torch(verb: str) -> None:
    done = python(
        "import sys\nfrom doublure.cli.main import main\n"
        f"try: main(['{verb}', '--help'])\nexcept SystemExit as end: assert end.code == 0\n"
        "assert 'torch' not in sys.modules"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["render"], ["render", "g.json", "--frames", "a-b"]])
def test_a_wrong_usage_exits_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == "doublure 0.1.0\n"


class Verb:
    """A verb that fails as told."""

    def __init__(self, fault: BaseException) -> None:
        self.fault = fault

    @staticmethod
    def add_parser(subparsers) -> None:
        subparsers.add_parser("nodes").add_argument("--json", action="store_true")

    def run(self, args: object) -> int:
        raise self.fault


def test_a_fault_is_one_sentence_and_exit_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = DoublureError("the file is truncated", file="p.exr", frame=7, remedy="render it again")
    monkeypatch.setattr(main_module, "_module", lambda verb: Verb(fault))
    assert main(["nodes"]) == 1
    told = capsys.readouterr()
    assert told.err == "doublure: p.exr (frame 7): the file is truncated; render it again.\n"
    assert told.out == ""


def test_a_fault_is_one_json_object_where_json_was_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(main_module, "_module", lambda verb: Verb(DoublureError("it is broken")))
    assert main(["nodes", "--json"]) == 1
    assert capsys.readouterr().out == '{\n  "error": "it is broken."\n}\n'


def test_an_interrupt_exits_130(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_module, "_module", lambda verb: Verb(KeyboardInterrupt()))
    assert main(["nodes"]) == 130


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main_module, "_module", lambda verb: Verb(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["nodes"])


def test_a_broken_pipe_is_quiet(tmp_path: Path) -> None:
    process = subprocess.Popen([*COMMAND, "nodes", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.wait()
    assert process.returncode == 141
