"""The plug-ins as a table for docs/publish.md: ``python -m doublure.pipeline_hooks.guide`` writes it there anew."""

from __future__ import annotations

import sys
from pathlib import Path

from doublure.core.atomic import atomic_file
from doublure.core.errors import DoublureError
from doublure.pipeline_hooks.load import load_plugins
from doublure.pipeline_hooks.profile import load_profile
from doublure.pipeline_hooks.required import ABSOLUTE, VALIDATORS

START, END = (
    "<!-- plug-ins: written by python -m doublure.pipeline_hooks.guide -->",
    "<!-- end of plug-ins -->",
)


def plugin_table() -> str:
    """Every plug-in in the order in which it runs: name, what it asks, who may accept it, repairs."""
    warnings = load_profile("default", Path()).warnings
    rows = ["| plug-in | asks or does | may be accepted | repair |", "|---|---|---|---|"]
    for plugin in load_plugins().plugins:
        name = plugin.__name__
        help_text = " ".join((plugin.__doc__ or "").split())
        if name not in VALIDATORS:
            accepted = ""
        elif name in ABSOLUTE:
            accepted = "never"
        else:
            accepted = "yes" if name in warnings else "warnings only"
        repairs = ", ".join(str(action.label) for action in plugin.actions)
        rows.append(f"| `{name}` | {help_text} | {accepted} | {repairs} |")
    return "\n".join(rows)


def with_table(text: str) -> str:
    """``text`` with the table between its two markers. Raises DoublureError where they are not there."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise DoublureError("the markers of the table are not there", remedy=f"write {START} and {END}")
    return f"{before}{START}\n{plugin_table()}\n{END}{after}"


def main() -> int:
    """Write the table into the guide that is named, or docs/publish.md."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/publish.md")
    text = with_table(path.read_text(encoding="utf-8"))
    with atomic_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
