"""The C2PA library, which is an extra: asked for in one place, and always offline."""

from __future__ import annotations

import importlib
import json
from functools import cache
from typing import Any

from doublure.core.errors import DoublureError

MISSING = "signatures need the package c2pa-python"
REMEDY = "install it with pip install 'doublure[provenance]'"


def c2pa() -> Any:
    """The module ``c2pa``. Raises DoublureError where it is not installed."""
    try:
        return importlib.import_module("c2pa")
    except ImportError as error:
        raise DoublureError(MISSING, remedy=REMEDY) from error


@cache
def offline_context(anchors: str | None = None) -> Any:
    """A context that never uses a network.

    Args:
        anchors: PEM certificates that are trusted; None trusts nobody.

    Raises:
        DoublureError: the library is not installed, or refuses the anchors.
    """
    library = c2pa()
    settings: dict[str, Any] = {
        "verify": {"verify_trust": True, "remote_manifest_fetch": False, "ocsp_fetch": False},
    }
    if anchors is not None:
        settings["trust"] = {"trust_anchors": anchors}
    try:
        return library.Context.from_json(json.dumps(settings))
    except library.C2paError as error:
        raise DoublureError(
            f"the trusted certificates cannot be used ({error})", remedy="give PEM certificates"
        ) from error
