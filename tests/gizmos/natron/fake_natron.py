"""A small stand-in for Natron's Python: records what a PyPlug makes, and has no method that Natron lacks."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ENGINE = SimpleNamespace(StringParam=SimpleNamespace(TypeEnum=SimpleNamespace(eStringTypeLabel="label")))
DIMENSIONS = {"Double": 1, "Int": 1, "Double2D": 2, "Color": 3}


class FakeParam:
    """One parameter of the kind that ``create<Kind>Param`` makes."""

    def __init__(self, kind: str, name: str, label: str = "") -> None:
        self.kind, self.name, self.label = kind, name, label
        self.help, self.animated = "", None
        self.defaults: dict[int, Any] = {}
        self.restored: set[int] = set()
        self.bounds: dict[str, Any] = {}
        self.options: list[str] = []
        self.children: list[FakeParam] = []
        self.expressions: dict[int, str] = {}
        self.strict = False
        self.value: tuple[Any, ...] | None = None
        self.alias: FakeParam | None = None
        self.type: str | None = None
        self.opened = False

    def setHelp(self, text: str) -> None:  # noqa: N802
        self.help = text

    def setAnimationEnabled(self, on: bool) -> None:  # noqa: N802
        self.animated = on

    def setOptions(self, options: list[tuple[str, str]]) -> None:  # noqa: N802
        assert self.kind == "Choice"
        self.options = [name for name, _ in options]

    def setOpened(self, on: bool) -> None:  # noqa: N802
        assert self.kind == "Group"
        self.opened = on

    def addParam(self, param: FakeParam) -> None:  # noqa: N802
        assert self.kind in ("Page", "Group")
        self.children.append(param)

    def setType(self, kind: str) -> None:  # noqa: N802
        assert self.kind == "String"
        self.type = kind

    def setDefaultValue(self, value: Any, dimension: int | None = None) -> None:  # noqa: N802
        assert (dimension is not None) == (self.kind in DIMENSIONS), self.name
        if self.kind == "Int":
            assert type(value) is int
        if self.kind == "Choice":
            assert value in self.options
        self.defaults[dimension or 0] = value

    def restoreDefaultValue(self, dimension: int = 0) -> None:  # noqa: N802
        assert dimension in self.defaults
        self.restored.add(dimension)

    def _bound(self, name: str, value: Any, dimension: int) -> None:
        assert dimension < DIMENSIONS[self.kind]
        self.bounds[f"{name}{dimension}"] = value

    def setMinimum(self, value: Any, dimension: int) -> None:  # noqa: N802
        self._bound("minimum", value, dimension)

    def setMaximum(self, value: Any, dimension: int) -> None:  # noqa: N802
        self._bound("maximum", value, dimension)

    def setDisplayMinimum(self, value: Any, dimension: int) -> None:  # noqa: N802
        self._bound("low", value, dimension)

    def setDisplayMaximum(self, value: Any, dimension: int) -> None:  # noqa: N802
        self._bound("high", value, dimension)

    def set(self, *values: Any) -> None:
        self.value = values

    def setExpression(self, text: str, has_ret: bool, dimension: int) -> None:  # noqa: N802
        assert has_ret is False
        self.expressions[dimension] = text

    def setAsAlias(self, other: FakeParam) -> bool:  # noqa: N802
        """Natron ties like to like only; its newer versions raise where older ones return false."""
        if other.kind != self.kind:
            if other.strict:
                raise ValueError("Cannot alias a parameter of a different kind")
            return False
        self.alias = other
        return True


class FakeNode:
    """A node or a group; ``refused`` are the params that this Natron gives None for."""

    def __init__(self, plugin: str, params: list[FakeParam], refused: frozenset[str] = frozenset()) -> None:
        self.plugin, self.refused = plugin, refused
        self.params = {param.name: param for param in params}
        self.inputs: dict[int, FakeNode] = {}
        self.name = self.label = ""
        self.position: tuple[float, float] | None = None
        self.pages: list[str] = []
        self.refreshed = False

    def __getattr__(self, name: str) -> Any:
        if not (name.startswith("create") and name.endswith("Param")):
            raise AttributeError(name)
        kind = name.removeprefix("create").removesuffix("Param")
        assert kind in ("Page", "Group", "Button", "Boolean", "Choice", "String", "File", *DIMENSIONS)

        def create(name: str, label: str, *rest: Any) -> FakeParam | None:
            assert name not in self.params
            assert rest == ((False,) if kind == "Color" else ())
            if name in self.refused:
                return None
            self.params[name] = FakeParam(kind, name, label)
            return self.params[name]

        return create

    def getParam(self, name: str) -> FakeParam | None:  # noqa: N802
        return None if name in self.refused else self.params.get(name)

    def setScriptName(self, name: str) -> bool:  # noqa: N802
        assert name.isidentifier()
        self.name = name
        return True

    def setLabel(self, label: str) -> None:  # noqa: N802
        self.label = label

    def setPosition(self, x: float, y: float) -> None:  # noqa: N802
        self.position = (x, y)

    def connectInput(self, index: int, node: FakeNode) -> bool:  # noqa: N802
        assert index not in self.inputs
        self.inputs[index] = node
        return True

    def setPagesOrder(self, names: list[str]) -> None:  # noqa: N802
        self.pages = names

    def refreshUserParamsGUI(self) -> None:  # noqa: N802
        self.refreshed = True


class FakeApp:
    """Makes nodes; ``known`` are the plug-ins and the params that each has, by kind."""

    def __init__(
        self, known: dict[str, dict[str, str]], refused: frozenset[str] = frozenset(), *, strict: bool = False
    ) -> None:
        self.known, self.refused, self.strict = known, refused, strict
        self.nodes: list[FakeNode] = []

    def createNode(self, plugin: str, major: int, group: FakeNode) -> FakeNode | None:  # noqa: N802
        if plugin not in self.known:
            return None
        params = [FakeParam(kind, name) for name, kind in self.known[plugin].items()]
        for param in params:
            param.strict = self.strict
        self.nodes.append(FakeNode(plugin, params, self.refused))
        return self.nodes[-1]


def load(path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The PyPlug as Natron imports it."""
    monkeypatch.setitem(sys.modules, "NatronEngine", ENGINE)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
