"""Whether a shot's graph swaps with the model that the shot names."""

from __future__ import annotations

from pathlib import Path

from doublure.core.check.finding import Finding
from doublure.core.errors import DoublureError
from doublure.core.provenance.hashes import hash_file
from doublure.nodes.graph_file import load_graph

_SWAP = "org.doublure.swap"


def check_graph(path: Path, model: str, number: int) -> list[Finding]:
    """Errors where the graph cannot be read, swaps nothing, or swaps with another model than ``model``.

    Args:
        path: the graph. model: SHA-256 of the shot's model. number: a frame, for params that are animated.
    """
    try:
        graph = load_graph(path)
        swaps = [name for name, node in graph.nodes.items() if node.type.id == _SWAP]
        used = {name: Path(str(graph.params_at(name, number)["model"])) for name in swaps}
        hashes = {name: hash_file(file).sha256 for name, file in used.items()}
    except DoublureError as error:
        return [Finding(None, f"{path.name}: {error.what}", error.remedy or "name the graph of the shot")]
    if not swaps:
        return [Finding(None, f"{path.name} swaps no face", "name the graph that the shot was made with")]
    return [
        Finding(
            None,
            f"{path.name}: {name} uses {used[name].name}, which is not the shot's model",
            "render with the model that was agreed to",
        )
        for name, found in hashes.items()
        if found != model
    ]
