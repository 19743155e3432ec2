"""Finding the plug-ins, without pyblish's leniency: what it would only log fails here."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyblish.api
import pyblish.plugin

from doublure.pipeline_hooks.required import COLLECTORS, EXTRACTORS, INTEGRATORS, VALIDATORS

PLUGINS = Path(__file__).with_name("plugins")
REQUIRED = (*COLLECTORS, *VALIDATORS, *EXTRACTORS, *INTEGRATORS)


@dataclass(frozen=True)
class Loaded:
    """Plug-ins in their order, and one sentence for everything that is wrong with them."""

    plugins: tuple[Any, ...]
    faults: tuple[str, ...]


def load_plugins(folders: Sequence[Path] = (), required: Sequence[str] = (), own: Path = PLUGINS) -> Loaded:
    """Discover the plug-ins of ``own`` and then of ``folders``; ours come first, so that nobody's replace them.

    What a host has registered elsewhere is not looked at: it is made for that host.

    Args:
        folders: of a studio's own plug-ins. required: names that must be among them. own: ours.
    """
    # As pyblish will name them.
    own, *others = (Path(os.path.abspath(path)) for path in (own, *folders))
    paths = [own, *others]
    faults = [f"there is no folder of plug-ins {path}" for path in paths if not path.is_dir()]
    files = [file for path in paths if path.is_dir() for file in _files(path)]
    for file in files:
        # pyblish keeps what an earlier call loaded, and would hide that the file fails now.
        sys.modules.pop(str(file), None)
    with _errors_told() as told:
        try:
            found = pyblish.plugin.discover(paths=[str(path) for path in paths])
        except SystemExit as error:
            # pyblish lets it pass, and the process would end as if all were well.
            return Loaded(
                (), (*faults, f"a plug-in file ends the process when it is loaded (exit {error.code})")
            )
    # Those registered one by one come along; they are a host's too.
    plugins = [plugin for plugin in found if Path(plugin.__module__).parent in paths]
    for file in files:
        faults += _file_faults(file, plugins, told)
    by_name: dict[str, Any] = {}
    for plugin in plugins:
        by_name.setdefault(plugin.__name__, plugin)
    for name in REQUIRED:
        if name not in by_name:
            faults.append(f"the plug-in {name} was not loaded")
        elif Path(by_name[name].__module__).parent != own:
            faults.append(f"the plug-in {name} was replaced by {by_name[name].__module__}")
        elif not by_name[name].active:
            faults.append(f"the plug-in {name} is switched off")
    faults += [f"the plug-in {name}, which the profile asks for, was not loaded"
               for name in required if name not in by_name or not by_name[name].active]  # fmt: skip
    return Loaded(tuple(plugins), tuple(faults))


def _files(folder: Path) -> list[Path]:
    """The files that pyblish loads from a folder."""
    return sorted(path for path in folder.glob("*.py") if path.is_file() and not path.name.startswith("_"))


def _file_faults(file: Path, plugins: Sequence[Any], told: dict[str, str]) -> Iterator[str]:
    module = sys.modules.get(str(file))
    if module is None:
        yield f"the plug-in file {file} failed to load ({told.get(file.stem, 'no reason given')})"
        return
    accepted = {plugin for plugin in plugins if plugin.__module__ == str(file)}
    if not accepted:
        yield f"pyblish accepts no plug-in of the file {file}"
    for name, value in vars(module).items():
        made_here = isinstance(value, type) and value.__module__ in (file.stem, str(file))
        if made_here and issubclass(value, pyblish.api.Plugin) and value not in accepted:
            yield f"pyblish does not accept the plug-in {name} of the file {file}"


@contextmanager
def _errors_told() -> Iterator[dict[str, str]]:
    """By a file's stem: why pyblish passed over it."""
    told: dict[str, str] = {}

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR and isinstance(record.args, tuple) and len(record.args) == 2:
                error = record.args[1]
                told[str(record.args[0])] = f"{type(error).__name__}: {error}"

    listener, logger = Listener(), logging.getLogger("pyblish")
    silent = logging.NullHandler()
    logger.addHandler(listener)
    logger.addHandler(silent)
    try:
        yield told
    finally:
        logger.removeHandler(listener)
        logger.removeHandler(silent)
