"""Every plug-in says what it is, in the way that pyblish and its windows want it."""

from __future__ import annotations

import sys
from pathlib import Path

import pyblish.api
import pytest

from doublure.pipeline_hooks.load import PLUGINS, REQUIRED, load_plugins
from doublure.pipeline_hooks.required import ABSOLUTE, COLLECTORS, EXTRACTORS, FAMILY, INTEGRATORS, VALIDATORS

LOADED = load_plugins()
BY_NAME = {plugin.__name__: plugin for plugin in LOADED.plugins}
ORDERS = {
    pyblish.api.CollectorOrder: COLLECTORS,
    pyblish.api.ValidatorOrder: VALIDATORS,
    pyblish.api.ExtractorOrder: EXTRACTORS,
    pyblish.api.IntegratorOrder: INTEGRATORS,
}


def test_all_plugins_load_and_there_are_no_others() -> None:
    assert LOADED.faults == ()
    assert sorted(BY_NAME) == sorted(REQUIRED)
    assert len(LOADED.plugins) == len(BY_NAME)
    assert set(VALIDATORS) >= ABSOLUTE


@pytest.mark.parametrize("name", REQUIRED)
def test_a_plugin_has_a_label_a_documentation_an_order_a_family_and_any_host(name: str) -> None:
    plugin = BY_NAME[name]
    assert plugin.label
    assert plugin.__doc__
    assert plugin.__doc__.strip().endswith(".")
    (base,) = [order for order, names in ORDERS.items() if name in names]
    assert base - 0.5 <= plugin.order < base + 0.5
    assert plugin.families == ([FAMILY] if name != "CollectShot" else ["*"])
    assert plugin.hosts == ["*"]
    assert not plugin.optional


@pytest.mark.parametrize("name", REQUIRED)
def test_a_plugin_lies_in_the_file_of_its_name(name: str) -> None:
    kind = next(word for word in ("Collect", "Validate", "Extract", "Integrate") if name.startswith(word))
    expected = PLUGINS / f"{kind.lower()}_{name.removeprefix(kind).lower()}.py"
    assert Path(BY_NAME[name].__module__) == expected


def test_validators_run_in_the_order_in_which_they_are_listed_and_labels_differ() -> None:
    ordered = [plugin.__name__ for plugin in LOADED.plugins if plugin.__name__ in VALIDATORS]
    assert tuple(ordered) == VALIDATORS
    assert len({BY_NAME[name].label for name in VALIDATORS}) == len(VALIDATORS)


def test_repairs_are_offered_where_a_validator_has_failed() -> None:
    actions = {name: plugin.actions for name, plugin in BY_NAME.items() if plugin.actions}
    assert sorted(actions) == ["ValidateEncoding", "ValidateFrames", "ValidateTime"]
    for offered in actions.values():
        for action in offered:
            assert action.on == "failed"
            assert action.label
            assert action.__doc__


def test_loading_twice_gives_the_same_plugins() -> None:
    again = load_plugins()
    assert [one.__name__ for one in again.plugins] == [one.__name__ for one in LOADED.plugins]
    assert str(PLUGINS / "validate_time.py") in sys.modules
