"""The last look at a document before it is written."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doublure.core.consent.document import Document, document_bytes, parse_json
from doublure.core.consent.schema import check_schema


def checked(data: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """``data`` as it will be read back.

    Raises:
        DoublureError: it would be refused then: not strict JSON, or not what the schema of ``kind`` asks.
    """
    path = Path(f"the new {kind} file")
    content = document_bytes(data)
    parsed = parse_json(content, path)
    check_schema(Document(parsed, path, hashlib.sha256(content).hexdigest()), kind)
    return parsed
