"""The same plug-ins in hosts that run pyblish themselves: they are lenient, so the plug-ins are strict."""

from __future__ import annotations

import shutil
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyblish.api
import pyblish.logic
import pyblish.plugin
import pyblish.util
import pytest

from doublure.core.check.finding import Finding
from doublure.pipeline_hooks.blocked import BlockedError, blocked, blocked_class, ranges, sentences
from doublure.pipeline_hooks.load import PLUGINS
from doublure.pipeline_hooks.publication import KEY, Publication
from tests.pipeline_hooks.shots import Shot


@pytest.fixture
def host(shot: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A host with our plug-ins registered, as pyblish's windows find them; the folder may be broken."""
    folder = shutil.copytree(PLUGINS, tmp_path / "plugins", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("DOUBLURE_SHOT", str(shot.file))
    before = pyblish.api.registered_paths()
    pyblish.api.deregister_all_paths()
    pyblish.api.register_plugin_path(str(folder))
    yield folder
    pyblish.api.deregister_all_paths()
    for path in before:
        pyblish.api.register_plugin_path(path)


def failed(context: Any) -> list[str]:
    return [one["plugin"].__name__ for one in context.data["results"] if one["error"]]


def test_pyblish_itself_publishes_a_clean_shot(host: Path, shot: Shot) -> None:
    context = pyblish.util.publish()
    assert failed(context) == []
    assert len(context) == 1
    assert (shot.published / "frames.json").exists() or (shot.published / "provenance/frames.json").exists()


def test_pyblish_itself_stops_at_a_broken_shot_with_the_frame_named(host: Path, shot: Shot) -> None:
    shot.comp(1004).unlink()
    context = pyblish.util.publish()
    assert failed(context) == ["ValidateFrames"]
    (error,) = [one["error"] for one in context.data["results"] if one["error"]]
    assert isinstance(error, BlockedError)
    assert "frame 1004" in str(error)
    assert not (shot.folder / "publish").exists()


def test_where_a_validator_is_missing_the_plugins_stop_pyblish(host: Path, shot: Shot) -> None:
    (host / "validate_consent.py").write_text("import a_module_that_is_not_there\n")
    context = pyblish.util.publish()
    assert failed(context) == ["ValidatePlugins"]
    assert not (shot.folder / "publish").exists()


def test_where_all_validators_are_missing_nothing_is_extracted(host: Path, shot: Shot) -> None:
    for path in host.glob("validate_*.py"):
        path.unlink()
    context = pyblish.util.publish()
    assert failed(context) == ["ExtractFiles", "ExtractMarkers", "ExtractMovie", "ExtractReport",
                               "ExtractProvenance", "IntegrateFolder", "IntegrateKitsu"]  # fmt: skip
    assert not (shot.folder / "publish").exists()


def test_where_the_files_are_not_extracted_nothing_is_integrated(host: Path, shot: Shot) -> None:
    (host / "extract_provenance.py").unlink()
    context = pyblish.util.publish()
    assert "IntegrateFolder" in failed(context)
    assert not [path for path in (shot.folder / "publish").rglob("*") if path.is_file()]


def test_without_a_shot_file_a_host_publishes_its_other_work(
    host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DOUBLURE_SHOT")
    context = pyblish.util.publish()
    assert failed(context) == []
    assert len(context) == 0


def test_a_repair_mends_what_its_validator_found(host: Path, shot: Shot) -> None:
    shot.rewrite([1004], spec=lambda header: header.attribute("compression", "rle"))
    context = pyblish.util.validate(pyblish.util.collect())
    (result,) = [one for one in context.data["results"] if one["error"]]
    plugin = result["plugin"]
    done = pyblish.plugin.process(plugin, context, None, plugin.actions[0].id)
    assert done["error"] is None
    assert failed(pyblish.util.validate(pyblish.util.collect())) == []


def test_an_instance_that_is_not_ours_fails_in_one_sentence(host: Path) -> None:
    context = pyblish.api.Context()
    context.create_instance("stranger", family="doublure.shot", families=["doublure.shot"])
    pyblish.util.validate(context)
    assert failed(context)
    assert "was not collected by Doublure" in str(context.data["results"][0]["error"])


class PublishValidationError(Exception):
    """As AYON's: message, title, description in Markdown."""

    def __init__(self, message: str, title: str | None = None, description: str | None = None) -> None:
        super().__init__(message)
        self.message, self.title, self.description = message, title, description


@pytest.fixture(params=["ayon_core.pipeline.publish", "ayon_core.pipeline"])
def ayon(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host of AYON's, which offers its error in one place or the other."""
    parts = request.param.split(".")
    for end in range(1, len(parts) + 1):
        name = ".".join(parts[:end])
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    sys.modules[request.param].PublishValidationError = PublishValidationError  # type: ignore[attr-defined]


@pytest.mark.usefixtures("ayon")
def test_in_ayon_its_own_error_is_raised() -> None:
    assert blocked_class() is PublishValidationError
    error = blocked("Grain", "Is there grain.", [Finding(1004, "there is none", "add some")])
    assert isinstance(error, PublishValidationError)
    assert error.title == "Grain"
    assert error.message == "frame 1004: there is none; add some."
    assert str(error.description).startswith("Is there grain.")


@pytest.mark.usefixtures("ayon")
def test_in_ayon_a_broken_shot_is_stopped_by_its_error(host: Path, shot: Shot) -> None:
    shot.comp(1004).unlink()
    context = pyblish.util.publish()
    (error,) = [one["error"] for one in context.data["results"] if one["error"]]
    assert isinstance(error, PublishValidationError)
    assert (error.title, "frame 1004" in error.message) == ("Frames", True)
    assert "- frame 1004: the frame is missing; render it." in str(error.description)
    assert not (shot.folder / "publish").exists()


@pytest.mark.usefixtures("ayon")
def test_in_ayon_a_clean_shot_is_published(host: Path, shot: Shot) -> None:
    assert failed(pyblish.util.publish()) == []
    assert shot.published.is_dir()


def as_pyblish_lite(context: Any, plugins: list[Any], after: float, until: float) -> list[Any]:
    """One run as pyblish-lite's controller makes it: pair by pair from ``pyblish.logic.Iterator``, stopped by the
    registered test alone. The errors."""
    test, state = pyblish.logic.registered_test(), {"nextOrder": None, "ordersWithError": set()}
    errors = []
    for plugin, instance in pyblish.logic.Iterator(plugins, context):
        if plugin.order < after - 0.5 or not plugin.active or plugin.order >= until + 0.5:
            continue
        if instance is not None and instance.data.get("publish") is False:
            continue
        state["nextOrder"] = plugin.order
        if test(**state):
            break
        error = pyblish.plugin.process(plugin, context, instance)["error"]
        if error is not None:
            errors.append(error)
            state["ordersWithError"].add(plugin.order)
    return errors


@pytest.mark.parametrize("broken", [False, True])
def test_in_pyblish_lite_a_shot_is_collected_validated_and_published_in_three_runs(
    host: Path, shot: Shot, broken: bool
) -> None:
    if broken:
        shot.comp(1004).unlink()
    context, plugins = pyblish.api.Context(), pyblish.api.discover()
    collect, validate = pyblish.api.CollectorOrder, pyblish.api.ValidatorOrder
    assert as_pyblish_lite(context, plugins, collect, collect) == []
    errors = as_pyblish_lite(context, plugins, validate, validate)
    assert ["frame 1004" in str(error) for error in errors] == [True] * broken
    # Who presses Publish all the same is stopped by the plug-ins themselves.
    errors = as_pyblish_lite(context, plugins, pyblish.api.ExtractorOrder, pyblish.api.IntegratorOrder)
    assert bool(errors) is broken
    assert shot.published.exists() is not broken


def test_alike_findings_are_told_in_one_sentence_with_their_frames() -> None:
    found = [Finding(n, "it is soft", "render again") for n in (1001, 1002, 1003, 1007)]
    assert sentences(found) == ["frames 1001-1003, 1007: it is soft; render again."]
    assert sentences([Finding(None, "it is dark", "grade it", "warning")]) == [
        "warning: it is dark; grade it."
    ]
    assert ranges([5, 3, 4, 9]) == "3-5, 9"


def test_a_long_message_ends_with_how_many_more_there_are_and_the_description_has_all() -> None:
    found = [Finding(n, f"value {n}", "look") for n in range(20)]
    error = blocked("Label", "Doc.", found)
    assert isinstance(error, BlockedError)
    assert error.message.splitlines()[-1] == "and 14 more"
    assert error.description.count("\n- ") == 20


def test_the_instance_carries_the_publication(host: Path) -> None:
    context = pyblish.util.collect()
    assert isinstance(context[0].data[KEY], Publication)
    assert len(context[0].data[KEY].facts.frames) == 8
