"""``doublure nodes``: the declarations, for people and for generators."""

from __future__ import annotations

import argparse

from doublure.cli.output import print_json


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser("nodes", description="List the nodes with their inputs and params.")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the full declarations as one JSON object")
    form.add_argument("--markdown", action="store_true", help="print the node reference (docs/nodes.md)")


def run(args: argparse.Namespace) -> int:
    """Print the declarations."""
    from doublure.nodes import NODES, describe
    from doublure.nodes.reference import reference

    if args.json:
        print_json({"nodes": [describe(node) for node in NODES.values()]})
    elif args.markdown:
        print(reference(NODES.values()), end="")
    else:
        for node in NODES.values():
            print(f"{node.id}  ({', '.join(item.name for item in node.inputs) or 'no input'})")
            for param in node.params:
                print(f"  {param.name:<18}{param.kind:<8}{param.default!s:<14}{param.help}")
    return 0
