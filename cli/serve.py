"""``doublure serve``: the render service, in the foreground; what it does; and its end."""

from __future__ import annotations

import argparse
import time
from typing import Any

from doublure.cli.output import print_json, say
from doublure.core.errors import DoublureError
from doublure.nodes.service.__main__ import mebibytes, seconds
from doublure.nodes.service.link import Link
from doublure.nodes.service.process import CACHE_MIB, IDLE, serve
from doublure.nodes.service.runtime import LOCK, connect, locked, log_file, private_folder

_PATIENCE = 10.0
"""Seconds that a service may take to end."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the verb's arguments."""
    parser = subparsers.add_parser(
        "serve",
        description="Run the render service in the foreground, until it is stopped or nobody has asked for anything "
        "for a while. Plug-ins start it by themselves when they need it.",
        epilog="Exit code: 0 the service ended, or does what was asked; 1 another one runs already, or (with "
        "--status) none runs.",
    )
    parser.add_argument(
        "--idle",
        type=seconds,
        default=IDLE,
        metavar="S",
        help="seconds without a request after which it ends (default %(default)g)",
    )
    parser.add_argument(
        "--cache",
        type=mebibytes,
        default=CACHE_MIB,
        metavar="MiB",
        help="memory for results that may be asked for again (default %(default)s)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--status", action="store_true", help="say what the running service does")
    what.add_argument("--stop", action="store_true", help="end the running service")
    parser.add_argument("--json", action="store_true", help="with --status: print it as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Serve, ask, or stop."""
    if args.status:
        return _status(args.json)
    if args.stop:
        return _stop()
    private_folder()
    say(f"the render service; its log is {log_file()}.")
    if not serve(idle=args.idle, cache_mib=args.cache):
        raise DoublureError("a render service runs already", remedy="see doublure serve --status")
    return 0


def _status(as_json: bool) -> int:
    link = _link()
    if link is None:
        print_json({"running": False}) if as_json else say("no render service runs.")
        return 1
    status = link.ask("status")["status"]
    link.close()
    status["connections"] = [each for each in status["connections"] if each["client"] != _NAME]
    if as_json:
        print_json({"running": True, **status})
    else:
        for line in _table(status):
            print(line)
    return 0


_NAME = "doublure serve"


def _table(status: dict[str, Any]) -> list[str]:
    doing = "rendering" if status["working"] else "idle" if status["ready"] else "starting"
    rows = [
        ("process", str(status["pid"])),
        ("version", status["version"]),
        ("running for", f"{status['seconds']:.0f} s"),
        ("now", f"{doing}, {status['waiting']} requests waiting"),
        ("results", f"{status['rendered']} rendered, {status['cached']} from the cache"),
        ("cache", f"{status['cache_bytes'] / 2**20:.0f} of {status['cache_limit'] / 2**20:.0f} MiB"),
        ("memory", f"{status['memory_bytes'] / 2**20:.0f} MiB"),
        ("ends after", f"{status['idle_limit']:g} s without a request"),
        ("log", status["log"]),
    ]
    for client in status["connections"]:
        size = client["bytes"] / 2**20
        rows.append(("client", f"{client['client']}: {client['requests']} requests, {size:.0f} MiB shared"))
    return [f"{name:<12} {value}" for name, value in rows]


def _stop() -> int:
    link = _link()
    if link is None:
        say("no render service runs.")
        return 0
    link.ask("stop")
    link.close()
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with locked(LOCK, 0.1) as ended:
            if ended:
                say("the render service has ended.")
                return 0
    raise DoublureError("the render service does not end", remedy=f"end process {link.service['pid']}")


def _link() -> Link | None:
    sock = connect()
    return None if sock is None else Link(sock, _NAME)
