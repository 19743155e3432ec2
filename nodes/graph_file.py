"""Graphs as JSON files (``graph.schema.json`` beside this file)."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.nodes.graph import Graph, Link
from doublure.nodes.keyframes import Animation, animation_json
from doublure.nodes.names import did_you_mean
from doublure.nodes.registry import NODES
from doublure.nodes.schema import Node, Param
from doublure.nodes.values import parse_value

SCHEMA = "doublure.graph/1"


def load_graph(path: str | os.PathLike[str], types: Mapping[str, Node] = NODES) -> Graph:
    """Read a graph file. Relative paths in it are relative to the file's folder.

    Args:
        path: the JSON file.
        types: the node types it may use, by id.

    Raises:
        DoublureError: no such file, not JSON, not a graph, unknown types, params or values.
    """
    path = Path(path)
    try:
        data = json.loads(
            path.read_text(encoding="utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except OSError as error:
        raise DoublureError(
            f"the graph cannot be read ({error.strerror or error})", file=path, remedy="check the path"
        ) from error
    except ValueError as error:
        raise DoublureError(
            f"the graph is not sound JSON ({error})", file=path, remedy="correct it"
        ) from error
    try:
        return graph_from_json(data, path.absolute().parent, types)
    except DoublureError as error:
        raise DoublureError(error.what, file=path, remedy=error.remedy) from error


def graph_from_json(data: Any, folder: str | os.PathLike[str], types: Mapping[str, Node] = NODES) -> Graph:
    """A graph from parsed JSON. Raises DoublureError as ``load_graph``."""
    if isinstance(data, dict) and data.get("schema") != SCHEMA:
        raise DoublureError(
            f"this is not a {SCHEMA} file (its schema is {data.get('schema', 'not named')})",
            remedy=f'give a graph that begins {{"schema": "{SCHEMA}"',
        )
    fault = jsonschema.exceptions.best_match(_validator().iter_errors(data))
    if fault is not None:
        place = "/".join(str(part) for part in fault.absolute_path) or "the top"
        raise DoublureError(f"the graph is wrong at {place} ({_short(fault.message)})", remedy="correct it")
    graph = Graph(folder)
    for name, entry in data["nodes"].items():
        kind = entry["type"]
        if kind not in types:
            raise DoublureError(f"node {name} has an unknown type {kind!r}", remedy=did_you_mean(kind, types))
        inputs, params = entry.get("inputs", {}), entry.get("params", {})
        for key in inputs:
            types[kind].input(key, name)
        for key in params:
            types[kind].param(key, name)
        graph.add(name, types[kind], **inputs, **params)
    return graph


def graph_to_json(graph: Graph) -> dict[str, Any]:
    """The graph as JSON data; paths inside its folder become relative to it."""
    nodes: dict[str, Any] = {}
    for name, node in graph.nodes.items():
        params = {
            key: _plain(value, node.type.param(key), graph.folder) for key, value in node.params.items()
        }
        nodes[name] = {"type": node.type.id, "inputs": dict(node.inputs), "params": params}
    return {"schema": SCHEMA, "nodes": nodes}


def save_graph(graph: Graph, path: str | os.PathLike[str]) -> None:
    """Write a graph file atomically. Raises DoublureError when it cannot be written."""
    with atomic_file(path) as temporary:
        temporary.write_text(json.dumps(graph_to_json(graph), indent=2) + "\n", encoding="utf-8")


def override(graph: Graph, assignment: str) -> None:
    """Set a param from ``node.param=value`` as typed on a command line; paths are relative to the current folder.

    A value that begins with ``{`` is JSON: keyframes or a link.

    Raises:
        DoublureError: not of that form, no such node or param, a bad value.
    """
    place, equals, text = assignment.partition("=")
    name, dot, param = place.strip().partition(".")
    if not equals or not dot:
        raise DoublureError(f"{assignment!r} sets nothing", remedy="write it node.param=value")
    declared = graph.node(name).type.param(param, name)
    if not text.startswith("{"):
        graph.set(name, param, parse_value(declared, text, f"{name}.{param}"), folder=Path.cwd())
        return
    try:
        value = json.loads(text)
    except ValueError as error:
        raise DoublureError(
            f"the value of {name}.{param} is not sound JSON ({error})", remedy="correct it"
        ) from error
    graph.set(name, param, value, folder=Path.cwd())


@cache
def _validator() -> jsonschema.protocols.Validator:
    schema = json.loads(Path(__file__).with_name("graph.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _plain(value: Any, declared: Param, folder: Path) -> Any:
    if isinstance(value, Link):
        return {"link": str(value)}
    if isinstance(value, Animation):
        return animation_json(value)
    if isinstance(value, tuple):
        return list(value)
    if declared.kind == "file" and value and Path(value).is_relative_to(folder):
        return Path(value).relative_to(folder).as_posix()
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the name {name!r} comes twice")
    return dict(pairs)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _short(message: str) -> str:
    return message if len(message) < 160 else f"{message[:80]} … {message[-60:]}"
