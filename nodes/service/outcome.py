"""What work came to, as an answer: done, or an error with a code and one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from doublure.core.cancel import Cancelled, cancellable
from doublure.core.errors import DoublureError
from doublure.nodes.service.faults import BadRequest
from doublure.nodes.service.log import LOG
from doublure.nodes.service.ticket import Answer, Token

_LONGEST = 4000
_WORDS = {
    "cancelled": "the request was cancelled.",
    "stopped": "the render service is being stopped.",
}


def error(id: int, code: str, sentence: str, log: Path) -> Answer:
    """The message of an error; a sentence that quotes too much is cut."""
    if len(sentence) > _LONGEST:
        sentence = sentence[: _LONGEST - 1] + "…"
    return {"type": "error", "id": id, "code": code, "message": sentence, "log": str(log)}


def given_up(id: int, token: Token, log: Path) -> Answer:
    """The error of a request that is no longer wanted."""
    code = token.reason or "cancelled"
    return error(id, code, _WORDS[code], log)


def outcome(id: int, work: Callable[[], Answer], token: Token, log: Path) -> Answer:
    """Do the work. Whatever it raises becomes an error: the service goes on."""
    try:
        with cancellable(token.asked):
            return {"type": "done", "id": id, **work()}
    except Cancelled:
        return given_up(id, token, log)
    except BadRequest as fault:
        return error(id, "bad_request", f"{fault}.", log)
    except DoublureError as fault:
        return error(id, "node", str(fault), log)
    except BaseException as fault:
        LOG.exception("request %d failed", id)
        if _out_of_memory(fault):
            return error(
                id, "memory", "there is not enough memory for this frame; close other programs.", log
            )
        return error(
            id, "internal", f"the render service failed ({type(fault).__name__}); its log is {log}.", log
        )


def _out_of_memory(fault: BaseException) -> bool:
    # torch has no class of its own for it on the processor.
    return isinstance(fault, MemoryError) or "can't allocate memory" in str(fault)
