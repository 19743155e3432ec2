"""The reports of a publish, written to a folder."""

from __future__ import annotations

import json
from pathlib import Path

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.outcome import Outcome
from doublure.pipeline_hooks.report_html.page import page
from doublure.pipeline_hooks.report_json import as_dict

JSON_NAME, HTML_NAME = "publish.json", "publish.html"


def make_folder(folder: Path) -> None:
    """Make the folder of a report where it is missing. Raises DoublureError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DoublureError(
            f"the folder cannot be made ({error.strerror or error})", file=folder, remedy="name another one"
        ) from error


def write_reports(outcome: Outcome, folder: Path) -> tuple[Path, Path]:
    """Write ``publish.json`` and ``publish.html``, each atomically; the folder is made where it is missing.

    Raises: DoublureError where they cannot be written.
    """
    make_folder(folder)
    text = json.dumps(as_dict(outcome), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    for name, content in ((JSON_NAME, text), (HTML_NAME, page(outcome))):
        with atomic_file(folder / name) as temporary:
            temporary.write_text(content, encoding="utf-8")
    return folder / JSON_NAME, folder / HTML_NAME
