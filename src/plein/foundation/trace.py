"""Which processing the work at hand belongs to: W3C Trace Context, taken from whoever calls and sent to whom we call.

A processing (Dataverwerking) is a trace; each action in it is a span. Source: W3C Trace Context level 1, section 3.2.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_FORM = re.compile(r"^(?!ff)[0-9a-f]{2}-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}(-.*)?$")


@dataclass(frozen=True, slots=True)
class Trace:
    """Where in a processing we are.

    trace_id: 32 hex; span_id: 16 hex, the action at hand; parent_span_id: 16 hex or "", who called it;
    processor: address of the calling application, or "".
    """

    trace_id: str
    span_id: str
    parent_span_id: str = ""
    processor: str = ""

    def child(self) -> "Trace":
        """Go one action deeper in the same processing."""
        return Trace(self.trace_id, new_span_id(), self.span_id)

    @property
    def header(self) -> str:
        """Write the `traceparent` header for a call to another application."""
        return f"00-{self.trace_id}-{self.span_id}-01"


_current: ContextVar[Trace | None] = ContextVar("plein_trace", default=None)


def new_trace_id() -> str:
    """Make a trace id; never all zeros, which means "none"."""
    return f"{secrets.randbelow(2**128 - 1) + 1:032x}"


def new_span_id() -> str:
    """Make a span id; never all zeros, which means "none"."""
    return f"{secrets.randbelow(2**64 - 1) + 1:016x}"


def started(header: str = "", *, processor: str = "") -> Trace:
    """Start at the edge: go on in the caller's processing when its header is well formed, else begin a new one."""
    found = _FORM.match(header.strip().lower())
    if not found or set(found["trace"]) == {"0"} or set(found["span"]) == {"0"}:
        return Trace(new_trace_id(), new_span_id(), processor=processor)
    return Trace(found["trace"], new_span_id(), found["span"], processor)


def current() -> Trace:
    """Tell where we are; outside any processing that is the start of a new one each time."""
    return _current.get() or started()


@contextmanager
def within(trace: Trace) -> Iterator[Trace]:
    """Do a piece of work as part of a processing."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


def outgoing() -> dict[str, str]:
    """Give the headers that every HTTP call to another application carries."""
    return {"traceparent": current().header}


def move_to(span_id: str) -> None:
    """Say that the action at hand is now this one, so that calls to others name it as the one that called."""
    here = _current.get()
    if here is not None:
        _current.set(Trace(here.trace_id, span_id, here.parent_span_id, here.processor))
